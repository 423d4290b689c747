/* test_core_voice: the queues of announcements: how much is said of each, where, in which language,
 * and that no row of commands breaks their laws or loses one in replay. */
#include <stdio.h>

#include "core_case.h"

#define LIST_MAX 64

static struct announcement items[LIST_MAX];

static int open_voice(void **state)
{
    static struct hall hall;
    (void)state;
    fixture_small_hall(&hall);
    hall.voice.on = true;
    fixture_open(&f, &hall);
    return 0;
}

static int list(const char *zone)
{
    return core_list_announcements(f.core, zone, items, LIST_MAX);
}

static enum err say(const char *text)
{
    struct cmd *cmd = fixture_cmd(&f, CMD_ANNOUNCE);
    cmd->announcement = ANNOUNCEMENT_TEXT;
    text_copy_cut(cmd->note, sizeof cmd->note, text);
    return fixture_step(&f);
}

static enum err speak(enum cmd_spoken spoken, const char *player)
{
    assert_true(list("main") > 0);
    struct cmd *cmd = fixture_cmd(&f, CMD_ANNOUNCE_STATE);
    cmd->count = items[0].id;
    cmd->spoken = spoken;
    text_copy_cut(cmd->subject, sizeof cmd->subject, player);
    return fixture_step(&f);
}

/* Two readings with a chime; one reading when three wait, no chime when six wait. */
static void a_long_queue_says_less(void **state)
{
    (void)state;
    fixture_issue(&f, "a", "");
    static const struct {
        int readings;
        bool chime;
    } first[] = {{2, true}, {2, true}, {1, true}, {1, true}, {1, true}, {1, false}, {1, false}};
    for (int i = 0; i < 7; i++) {
        char text[8];
        (void)snprintf(text, sizeof text, "t%d", i);
        assert_int_equal(say(text), ERR_NONE);
        assert_int_equal(list("main"), i + 1);
        assert_int_equal(items[0].readings, first[i].readings);
        assert_int_equal(items[0].chime, first[i].chime);
    }
    /* How it is read is decided when it begins, and then stays. */
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p1"), ERR_NONE);
    assert_int_equal(f.events[0].count, 1);
    assert_int_equal(f.events[0].on, 0);
    for (int i = 0; i < 6; i++) {
        int64_t begun = items[0].id;
        assert_int_equal(speak(CMD_SPOKEN_ENDED, "p1"), ERR_NONE);
        assert_int_equal(list("main"), 6 - i);
        assert_true(items[0].id > begun); /* in order */
        assert_int_equal(speak(CMD_SPOKEN_STARTED, "p1"), ERR_NONE);
        assert_int_equal(f.events[0].count, first[5 - i].readings);
        assert_int_equal(f.events[0].on, first[5 - i].chime);
    }
    assert_int_equal(say("a"), ERR_NONE);
    assert_int_equal(say("b"), ERR_NONE);
    assert_int_equal(list("main"), 3);
    assert_int_equal(items[0].readings, 2);
}

/* The other page takes over in the middle: it says the announcement anew. */
static void another_player_begins_again(void **state)
{
    (void)state;
    fixture_issue(&f, "a", "");
    assert_int_equal(say("one"), ERR_NONE);
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p1"), ERR_NONE);
    assert_int_equal(f.event_count, 1);
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p1"), ERR_NONE); /* a repeated report */
    assert_int_equal(f.event_count, 0);
    fixture_wait(&f, 12);
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p2"), ERR_NONE);
    assert_int_equal(f.event_count, 1);
    assert_string_equal(core_voice_player(f.core, "main"), "p2");
    list("main");
    assert_int_equal(items[0].started_ms, f.now.ms);
}

/* It broke off while the call stood, and while it stands it is said again; not once the visitor has
 * come. */
static void what_is_over_is_not_begun_again(void **state)
{
    (void)state;
    fixture_issue(&f, "a", "");
    fixture_staff(&f, 1);
    assert_int_equal(fixture_window(&f, CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p1"), ERR_NONE);
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p2"), ERR_NONE);
    assert_int_equal(f.events[0].kind, EVENT_ANNOUNCEMENT_STARTED);
    assert_int_equal(list("main"), 1);
    char number[TICKET_NUMBER_SIZE];
    text_copy_cut(number, sizeof number, items[0].number);
    assert_int_equal(fixture_ticket(&f, CMD_START, number), ERR_NONE);
    assert_int_equal(list("main"), 1); /* whoever says it says it to its end */
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p2"), ERR_NONE);
    assert_int_equal(f.event_count, 0);
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p3"), ERR_NONE);
    assert_int_equal(f.event_count, 1);
    assert_int_equal(f.events[0].kind, EVENT_ANNOUNCEMENT_DROPPED);
    assert_int_equal(list("main"), 0);
}

static void a_window_is_heard_in_its_zone(void **state)
{
    static struct hall hall;
    (void)state;
    fixture_close(&f);
    fixture_small_hall(&hall);
    hall.voice.on = true;
    hall.zone_count = 2;
    text_copy_cut(hall.zones[1].code, sizeof hall.zones[1].code, "upper");
    hall.windows[1].zone = 1;
    hall.windows[2].zone = -1;
    hall.windows[3].kind = HALL_WINDOW_BACK_OFFICE;
    fixture_open(&f, &hall);
    static const struct {
        const char *service;
        int window, in_main, in_upper;
    } cases[] = {{"a", 1, 1, 0}, {"b", 2, 1, 1}, {"b", 3, 2, 2}, {"c", 4, 2, 2}};
    for (int i = 0; i < 4; i++) {
        fixture_issue(&f, cases[i].service, "");
        fixture_staff(&f, cases[i].window);
        assert_int_equal(on_window(CMD_NEXT, cases[i].window), ERR_NONE);
        assert_true(f.result.visit >= 0);
        assert_int_equal(list("upper"), cases[i].in_upper);
        assert_int_equal(list("main"), cases[i].in_main);
    }
    assert_int_equal(list("elsewhere"), 0);
}

static void english_is_for_those_who_want_it(void **state)
{
    (void)state;
    struct cmd *cmd = fixture_cmd(&f, CMD_ISSUE);
    text_copy_cut(cmd->service, sizeof cmd->service, "a");
    text_copy_cut(cmd->lang, sizeof cmd->lang, "en-GB");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    fixture_issue(&f, "b", "");
    fixture_staff(&f, 1);
    fixture_staff(&f, 2);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(on_window(CMD_NEXT, 2), ERR_NONE);
    assert_int_equal(list("main"), 2);
    assert_string_equal(items[0].lang, "zh-CN,en");
    assert_string_equal(items[1].lang, "zh-CN");
}

/* Other kinds go by place: beyond the bound the oldest that has not begun goes. */
static void a_queue_is_bounded(void **state)
{
    (void)state;
    fixture_issue(&f, "a", "");
    assert_int_equal(say("first"), ERR_NONE);
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p1"), ERR_NONE);
    for (int i = 1; i < CORE_VOICE_MAX; i++) {
        assert_int_equal(say("next"), ERR_NONE);
    }
    assert_int_equal(list("main"), CORE_VOICE_MAX);
    int64_t second = items[1].id;
    assert_int_equal(say("over"), ERR_NONE);
    assert_int_equal(f.event_count, 2);
    assert_int_equal(f.events[0].kind, EVENT_ANNOUNCEMENT_DROPPED);
    assert_string_equal(f.events[0].reason, "full");
    assert_int_equal(f.events[0].announcement, second);
    assert_int_equal(list("main"), CORE_VOICE_MAX);
    assert_string_equal(items[0].text, "first");
    assert_string_equal(items[CORE_VOICE_MAX - 1].text, "over");
}

/* The core says when it wants to be asked: for the alert, and for dropping. */
static void the_clock_is_told(void **state)
{
    (void)state;
    call_one();
    int64_t called_ms = f.now.ms;
    assert_int_equal(core_deadline_ms(f.core, &f.now), called_ms + 60000);
    fixture_wait(&f, 60);
    (void)fixture_cmd(&f, CMD_TICK);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(f.event_count, 1);
    assert_int_equal(f.events[0].kind, EVENT_HALL_ALERT_RAISED);
    assert_int_equal(core_deadline_ms(f.core, &f.now), called_ms + 120000);
    list("main");
    assert_true(items[0].late);
    /* Said late is better than never: the alert goes. */
    assert_int_equal(speak(CMD_SPOKEN_STARTED, "p1"), ERR_NONE);
    assert_int_equal(f.event_count, 2);
    assert_int_equal(f.events[1].kind, EVENT_HALL_ALERT_CLEARED);
}

static void only_managers_have_things_said(void **state)
{
    (void)state;
    fixture_issue(&f, "a", "");
    struct cmd *cmd = fixture_cmd(&f, CMD_ANNOUNCE);
    cmd->by = CMD_BY_CLERK;
    cmd->announcement = ANNOUNCEMENT_LOST;
    assert_int_equal(fixture_step(&f), ERR_FORBIDDEN);
    cmd = fixture_cmd(&f, CMD_ANNOUNCE);
    cmd->announcement = ANNOUNCEMENT_LOST;
    cmd->zone_count = 1;
    text_copy_cut(cmd->zones[0], sizeof cmd->zones[0], "attic");
    assert_int_equal(fixture_step(&f), ERR_INVALID_BODY);
    assert_string_equal(f.result.field, "/zones");
    cmd = fixture_cmd(&f, CMD_ANNOUNCE);
    cmd->announcement = ANNOUNCEMENT_LOST;
    cmd->window = 77;
    assert_int_equal(fixture_step(&f), ERR_INVALID_BODY);
    assert_string_equal(f.result.field, "/window");
    assert_int_equal(say("well"), ERR_NONE);
    list("main");
    assert_int_equal(f.result.announcement, items[0].id);
}

/* A visitor who left something behind is called back to where he was. */
static void the_window_of_a_return_is_known(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(on_ticket(CMD_FINISH, "A001"), ERR_NONE);
    struct cmd *cmd = fixture_cmd(&f, CMD_ANNOUNCE);
    cmd->announcement = ANNOUNCEMENT_RETURN;
    text_copy_cut(cmd->number, sizeof cmd->number, "A001");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(list("main"), 1);
    assert_int_equal(items[0].window, 1);
    assert_string_equal(items[0].number, "A001");
}

/* ---- any row of commands ---- */

static uint64_t seed;

static uint32_t pick(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % below;
}

static void any_ticket_command(void)
{
    static const enum cmd_kind kinds[] = {CMD_RECALL, CMD_START,   CMD_FINISH, CMD_NO_SHOW,
                                          CMD_CANCEL, CMD_RETURN,  CMD_HOLD,   CMD_RESUME,
                                          CMD_UNDO,   CMD_TRANSFER};
    enum cmd_kind kind = kinds[pick(sizeof kinds / sizeof kinds[0])];
    char number[TICKET_NUMBER_SIZE];
    (void)snprintf(number, sizeof number, "%c%03u", 'A' + (int)pick(2), 1 + pick(12));
    struct cmd *cmd = fixture_cmd(&f, kind);
    text_copy_cut(cmd->number, sizeof cmd->number, number);
    text_copy_cut(cmd->reason, sizeof cmd->reason, "any");
    cmd->target_window = kind == CMD_TRANSFER ? 1 + (int32_t)pick(3) : 0;
    (void)fixture_step(&f);
}

static void any_command(void)
{
    switch (pick(6)) {
    case 0:
        fixture_issue(&f, pick(2) == 0 ? "a" : "b", "");
        break;
    case 1:
        (void)on_window(CMD_NEXT, 1 + (int32_t)pick(3));
        break;
    case 2:
    case 3:
        if (list("main") > 0) {
            (void)speak((enum cmd_spoken)pick(3), pick(4) == 0 ? "p2" : "p1");
        }
        break;
    default:
        any_ticket_command();
        break;
    }
}

/* No call is unspoken longer than the alarm allows without an alert. */
static void check_alarms(void)
{
    int count = list("main");
    for (int i = 0; i < count; i++) {
        bool call = items[i].kind == ANNOUNCEMENT_CALL || items[i].kind == ANNOUNCEMENT_RECALL;
        int64_t age_ms = f.now.ms - items[i].queued_ms;
        if (call && items[i].started_ms == 0) {
            assert_true(items[i].late == (age_ms >= 60000));
        }
        assert_true(items[i].started_ms != 0 || age_ms < 120000);
    }
}

static void any_day_keeps_the_laws(void **state)
{
    (void)state;
    int said = 0;
    for (uint64_t start = 1; start <= 20; start++) {
        seed = start * 0x9e3779b97f4a7c15U;
        fixture_close(&f);
        open_voice(NULL);
        for (int w = 1; w <= 3; w++) {
            fixture_staff(&f, w);
        }
        for (int i = 0; i < 400; i++) {
            any_command(); /* fixture_step checks the laws */
            fixture_wait(&f, pick(8));
            (void)fixture_cmd(&f, CMD_TICK);
            assert_int_equal(fixture_step(&f), ERR_NONE);
            check_alarms();
        }
        for (int i = 0; i < f.log_count; i++) {
            said += f.log[i].kind == EVENT_ANNOUNCEMENT_STARTED ? 1 : 0;
        }
        fixture_check_replay(&f);
    }
    assert_true(said > 100); /* or nothing was tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_long_queue_says_less, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(another_player_begins_again, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(what_is_over_is_not_begun_again, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(a_window_is_heard_in_its_zone, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(english_is_for_those_who_want_it, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(a_queue_is_bounded, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(the_clock_is_told, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(only_managers_have_things_said, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(the_window_of_a_return_is_known, open_voice, close_hall),
        cmocka_unit_test_setup_teardown(any_day_keeps_the_laws, open_voice, close_hall),
    };
    return cmocka_run_group_tests_name("core_voice", tests, NULL, NULL);
}
