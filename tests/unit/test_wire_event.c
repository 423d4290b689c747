/* test_wire_event: events come back from the log exactly; envelopes have the shape of CloudEvents;
 * and what goes to displays holds nothing that belongs to a person, whatever the event holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "digest.h"
#include "wire.h"

/* ---- random events ---- */

static uint64_t seed;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static bool coin(void)
{
    return (next_random() >> 20 & 1) != 0;
}

static void random_text(char *text, size_t size)
{
    static const char *const parts[] = {"a", "中", "\"", "\\", "é", "\xe2\x80\xa8",
                                        " ", "7",  "/",  "\n"};
    size_t used = 0;
    size_t target = coin() ? 0 : next_random() % size;
    while (used < target) {
        const char *part = parts[next_random() % 10];
        size_t length = strlen(part);
        if (used + length >= size) {
            break;
        }
        memcpy(text + used, part, length);
        used += length;
    }
    text[used] = '\0';
}

static int32_t random_int32(void)
{
    static const int32_t edges[] = {0, -1, 1, INT32_MAX, INT32_MIN};
    return coin() ? edges[next_random() % 5] : (int32_t)(next_random() >> 40);
}

static int64_t random_int64(void)
{
    static const int64_t edges[] = {0, -1, 1, INT64_MAX, INT64_MIN};
    return coin() ? edges[next_random() % 5] : (int64_t)(next_random() >> 20);
}

#define RANDOM_TEXT(place) random_text(place, sizeof(place))

static void random_why(struct event_why *why)
{
    why->rule = (enum event_rule)(next_random() % (EVENT_RULE_WALK_IN + 1));
    why->score = random_int64();
    why->head = random_int64();
    why->aged = random_int64();
    why->pref = random_int64();
    why->policy = (enum hall_rule)(next_random() % (HALL_RULE_LONGEST + 1));
    why->age_ms = random_int64();
    why->rate_pm = random_int32();
    RANDOM_TEXT(why->guard);
    why->guard_times = random_int32();
    why->guard_age_ms = random_int64();
    why->urgent_no = random_int32();
    why->urgent_cap = random_int32();
    why->overtaken = random_int32();
    why->listed = (int32_t)(next_random() % (EVENT_OVERTOOK_MAX + 1));
    for (int i = 0; i < why->listed; i++) {
        why->overtook[i] = random_int32();
        RANDOM_TEXT(why->numbers[i]);
    }
    why->detailed = coin() ? why->listed : 0;
    for (int i = 0; i < why->detailed; i++) {
        why->passed[i] = (struct event_passed){.score = random_int64(),
                                               .age_ms = random_int64(),
                                               .rate_pm = random_int32(),
                                               .times = random_int32(),
                                               .cap = random_int32()};
    }
}

static void random_numbers(struct event *event)
{
    int32_t *const places[] = {
        &event->part,       &event->visit,         &event->leg,          &event->calls,
        &event->window,     &event->target_window, &event->series_value, &event->new_leg,
        &event->defer,      &event->level,         &event->on,           &event->changed,
        &event->told_low_s, &event->told_s,        &event->told_high_s,  &event->told_pm};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (coin()) {
            *places[i] = random_int32();
        }
    }
    int64_t *const large[] = {&event->base_ms, &event->until_ms, &event->slot_ms, &event->count,
                              &event->announcement};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        *large[i] = random_int64();
    }
}

static void random_event(struct event *event, enum event_kind kind)
{
    event_init(event, kind);
    event->seq = random_int64();
    event->at_ms = (int64_t)(next_random() >> 24);
    event->day = (int32_t)(next_random() % 40000);
    event->actor = (enum event_actor)(next_random() % 4);
    event->state = (enum ticket_state)(next_random() % (TICKET_STATE_COUNT + 1));
    event->position = (enum event_position)(next_random() % 3);
    random_numbers(event);
    RANDOM_TEXT(event->zone);
    RANDOM_TEXT(event->scale);
    RANDOM_TEXT(event->words);
    RANDOM_TEXT(event->actor_id);
    RANDOM_TEXT(event->reason);
    RANDOM_TEXT(event->ticket_id);
    RANDOM_TEXT(event->number);
    RANDOM_TEXT(event->service);
    RANDOM_TEXT(event->cls);
    RANDOM_TEXT(event->clerk);
    RANDOM_TEXT(event->lang);
    RANDOM_TEXT(event->channel);
    RANDOM_TEXT(event->external_ref);
    RANDOM_TEXT(event->note);
    RANDOM_TEXT(event->outcome);
    RANDOM_TEXT(event->approver);
    RANDOM_TEXT(event->subject);
    RANDOM_TEXT(event->role);
    if (coin()) {
        for (size_t i = 0; i < TICKET_TOKEN_SIZE; i++) {
            event->token[i] = (uint8_t)next_random();
            event->identity[i] = (uint8_t)next_random();
        }
    }
    if (coin()) {
        random_why(&event->why);
    }
}

static void every_event_comes_back(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100000);
    for (uint64_t i = 1; i <= 5000; i++) {
        struct event event;
        struct event back;
        seed = i * UINT64_C(0x9e3779b97f4a7c15);
        random_event(&event, (enum event_kind)(i % EVENT_KIND_COUNT));
        buf_clear(&buf);
        wire_event_data(&buf, &event);
        assert_false(buf_failed(&buf));
        enum err err = wire_event_read(event.seq, event.at_ms, event.day,
                                       event_kind_text(event.kind), buf.data, buf.length, &back);
        if (err || memcmp(&event, &back, sizeof event) != 0) {
            print_message("seed %llu: %s\n", (unsigned long long)i, buf_text(&buf));
        }
        assert_int_equal(err, ERR_NONE);
        assert_memory_equal(&event, &back, sizeof event);
    }
    buf_fini(&buf);
}

static void empty_members_are_left_out(void **state)
{
    (void)state;
    struct buf buf;
    struct event event;
    buf_init(&buf, 10000);
    event_init(&event, EVENT_HALL_DAY_OPENED);
    event.day = 1;
    wire_event_data(&buf, &event);
    assert_string_equal(buf_text(&buf), "{\"day\":\"1970-01-02\",\"actor\":{\"kind\":\"system\"}}");
    buf_fini(&buf);
}

/* What every explanation begins with, and one that names a ticket. */
#define WHY                                                                                        \
    "{\"why\":{\"rule\":\"POLICY\",\"score\":1,\"head\":1,\"aged\":1,\"pref\":1,\"overtaken\":1,"
#define LISTED "\"overtook\":[\"A1\"],\"visits\":[1]"

/* Not JSON, not an event, or not what the writer would have printed. */
static const char *const unreadable[] = {
    "",
    "[]",
    "{",
    "{\"unknown\":1}",
    "{\"window\":\"3\"}",
    "{\"window\":4294967297}",
    "{\"window\":3.0}",
    "{\"number\":\"A0123456789012\"}",
    "{\"number\":7}",
    "{\"state\":\"gone\"}",
    "{\"state\":3}",
    "{\"position\":\"middle\"}",
    "{\"token\":\"00\"}",
    "{\"actor\":\"user\"}",
    "{\"actor\":{\"kind\":\"cat\"}}",
    "{\"window\":1,\"window\":2}",
    "{\"calls\":1,\"window\":2}",
    "{\"day\":\"2026-11-23\",\"day\":\"2026-11-23\"}",
    "{\"window\":1}x",
    "{\"window\":1,}",
    "{,\"window\":1}",
    "{\"window\":01}",
    "{\"window\":-}",
    "{\"window\":}",
    "{\"window\" 1}",
    "{\"window\":1 \"calls\":1}",
    "{\"count\":9223372036854775808}",
    "{\"count\":-9223372036854775809}",
    "{\"count\":99999999999999999999999}",
    "{\"note\":\"\\ud83d\\ude42\"}",
    "{\"note\":\"\\u0000\"}",
    "{\"note\":\"\\u12g4\"}",
    "{\"note\":\"\\x\"}",
    "{\"note\":\"\n\"}",
    "{\"note\":\"\xff\"}",
    "{\"note\":\"\xc0\x80\"}",
    "{\"note\":\"\xed\xa0\x80\"}",
    "{\"note\":\"\xf4\x90\x80\x80\"}",
    "{\"note\":\"\xe4\xbd",
    "{\"note\":\"a\\",
    "{\"note\":\"a",
    "{\"why\":{\"rule\":\"POLICY\"}}",
    "{\"why\":{\"rule\":\"NO_RULE\",\"score\":1,\"head\":1,\"aged\":1,\"pref\":1,\"overtaken\":"
    "0}}",
    WHY "\"overtook\":[\"A1\"],\"visits\":[]}}",
    WHY "\"policy\":\"lottery\"}}",
    WHY "\"rate\":1,\"age\":1}}",
    WHY "\"passed\":[[1,1,1,1,1]]}}",
    WHY LISTED ",\"passed\":[[1,1,1,1,1],[1,1,1,1,1]]}}",
    WHY LISTED ",\"passed\":[[1,1,1,1]]}}",
    WHY LISTED ",\"passed\":[1,1,1,1,1]}}",
    WHY LISTED ",\"rate\":1}}",
};

/* A log from before the overtaken were told of one by one still replays. */
static void an_older_explanation_is_understood(void **state)
{
    (void)state;
    static const char text[] = WHY "\"guard\":\"A7\"," LISTED "}}";
    struct event event;
    assert_int_equal(wire_event_read(1, 2, 3, "ticket.called", text, strlen(text), &event),
                     ERR_NONE);
    assert_string_equal(event.why.guard, "A7");
    assert_string_equal(event.why.numbers[0], "A1");
    assert_int_equal(event.why.listed, 1);
    assert_int_equal(event.why.detailed, 0);
    assert_int_equal(event.why.policy, HALL_RULE_SCORE);
}

static void other_data_does_not_replay(void **state)
{
    (void)state;
    struct event event;
    event_init(&event, EVENT_CONFIG_CHANGED);
    event.seq = 42;
    for (size_t i = 0; i < sizeof unreadable / sizeof unreadable[0]; i++) {
        enum err err =
            wire_event_read(1, 2, 3, "ticket.called", unreadable[i], strlen(unreadable[i]), &event);
        if (err != ERR_REPLAY) {
            print_message("taken: %s\n", unreadable[i]);
        }
        assert_int_equal(err, ERR_REPLAY);
    }
    assert_int_equal(wire_event_read(1, 2, 3, "ticket.eaten", "{}", 2, &event), ERR_REPLAY);
    assert_int_equal(event.seq, 42);
    assert_int_equal(
        wire_event_read(1, 2, 3, "ticket.called", "{\"window\":3,\"calls\":1}", 22, &event),
        ERR_NONE);
    assert_int_equal(event.window, 3);
    assert_int_equal(event.seq, 1);
    assert_int_equal(event.at_ms, 2);
    assert_int_equal(event.day, 3);
}

/* Data that another tool wrote in the same order, with spaces and other escapes, is the same event.
 */
static void spaces_and_escapes_are_understood(void **state)
{
    (void)state;
    static const char text[] =
        " { \"window\" :\t3 ,\r\n\"note\" : \"\\u4e2d\\/\\u00E9\\b\\ud7ff中\" , "
        "\"count\": -9223372036854775808 } ";
    struct event event;
    assert_int_equal(wire_event_read(1, 2, 3, "ticket.called", text, strlen(text), &event),
                     ERR_NONE);
    assert_int_equal(event.window, 3);
    assert_string_equal(event.note, "中/é\b\xed\x9f\xbf中");
    assert_true(event.count == INT64_MIN);
}

/* A member that the table forgets would be lost from the log: who adds one adds it there, to
 * random_event() above, and corrects this number. */
static void no_member_was_added_unseen(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct event), 2152);
}

/* ---- envelopes ---- */

/* An event whose texts can be found again wherever they come out. */
static void marked_event(struct event *event, enum event_kind kind)
{
    event_init(event, kind);
    event->seq = 18234;
    event->at_ms = INT64_C(1795397400120);
    event->day = 20780;
    event->actor = EVENT_ACTOR_USER;
    event->visit = 11;
    event->leg = 12;
    event->state = TICKET_CALLED;
    event->calls = 2;
    event->window = 3;
    event->until_ms = event->at_ms + 600000;
    event->level = 4;
    memset(event->token, 0xab, sizeof event->token);
    memset(event->identity, 0xcd, sizeof event->identity);
    (void)snprintf(event->actor_id, sizeof event->actor_id, "MARKactor");
    (void)snprintf(event->reason, sizeof event->reason, "MARKreason");
    (void)snprintf(event->ticket_id, sizeof event->ticket_id, "0TICKETID");
    (void)snprintf(event->number, sizeof event->number, "A012");
    (void)snprintf(event->service, sizeof event->service, "pension");
    (void)snprintf(event->cls, sizeof event->cls, "elderly");
    (void)snprintf(event->clerk, sizeof event->clerk, "MARKclerk");
    (void)snprintf(event->external_ref, sizeof event->external_ref, "MARKref");
    (void)snprintf(event->note, sizeof event->note, "MARKnote");
    (void)snprintf(event->outcome, sizeof event->outcome, "MARKoutcome");
    (void)snprintf(event->approver, sizeof event->approver, "MARKapprover");
    (void)snprintf(event->subject, sizeof event->subject, "MARKsubject");
    event->why.rule = EVENT_RULE_GUARD_K;
    (void)snprintf(event->why.guard, sizeof event->why.guard, "MARKgrd");
    event->why.listed = 1;
    event->why.overtaken = 1;
    (void)snprintf(event->why.numbers[0], sizeof event->why.numbers[0], "MARKovr");
}

static json_t *print_envelope(const struct event *event, enum wire_audience audience,
                              struct buf *buf)
{
    buf_clear(buf);
    wire_event_envelope(buf, event, 7, "demo", audience);
    assert_false(buf_failed(buf));
    if (buf->length == 0) {
        return NULL;
    }
    json_t *root = json_loadb(buf->data, buf->length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    return root;
}

static const char *get_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "(none)";
}

static void staff_envelope_has_the_shape_of_the_api(void **state)
{
    (void)state;
    struct buf buf;
    struct event event;
    buf_init(&buf, 100000);
    setenv("TZ", "Asia/Shanghai", 1);
    marked_event(&event, EVENT_TICKET_CALLED);
    json_t *root = print_envelope(&event, WIRE_STAFF, &buf);
    assert_string_equal(get_text(root, "specversion"), "1.0");
    assert_string_equal(get_text(root, "id"), "demo-7-18234");
    assert_string_equal(get_text(root, "source"), "/halls/demo");
    assert_string_equal(get_text(root, "type"), "ticket.called");
    assert_string_equal(get_text(root, "subject"), "tickets/0TICKETID");
    assert_string_equal(get_text(root, "time"), "2026-11-23T09:30:00.120+08:00");
    assert_int_equal(json_integer_value(json_object_get(root, "seq")), 18234);
    const json_t *data = json_object_get(root, "data");
    assert_string_equal(get_text(data, "number"), "A012");
    assert_int_equal(json_integer_value(json_object_get(data, "window")), 3);
    assert_string_equal(get_text(data, "service"), "pension");
    assert_string_equal(get_text(data, "class"), "elderly");
    assert_int_equal(json_integer_value(json_object_get(data, "leg")), 12);
    assert_string_equal(get_text(data, "day"), "2026-11-23");
    assert_int_equal(json_integer_value(json_object_get(data, "calls")), 2);
    assert_string_equal(get_text(data, "state"), "called");
    assert_string_equal(get_text(json_object_get(data, "actor"), "kind"), "user");
    assert_string_equal(get_text(json_object_get(data, "actor"), "id"), "MARKactor");
    assert_string_equal(get_text(data, "until"), "2026-11-23T09:40:00.120+08:00");
    assert_string_equal(get_text(json_object_get(data, "why"), "rule"), "GUARD_K");
    assert_null(json_object_get(data, "token"));
    assert_null(json_object_get(data, "identity"));
    assert_null(strstr(buf_text(&buf), "abababab"));
    assert_null(strstr(buf_text(&buf), "cdcdcdcd"));
    json_decref(root);
    buf_fini(&buf);
}

static bool is_listed(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

static void displays_learn_nothing_personal(void **state)
{
    (void)state;
    static const char *const allowed[] = {"number", "window", "service", "class", "day",
                                          "calls",  "state",  "reason",  "until", NULL};
    struct buf buf;
    buf_init(&buf, 100000);
    int printed = 0;
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        struct event event;
        marked_event(&event, (enum event_kind)kind);
        json_t *root = print_envelope(&event, WIRE_PUBLIC, &buf);
        if (root == NULL) {
            continue;
        }
        printed++;
        const char *name;
        json_t *value;
        json_object_foreach(json_object_get(root, "data"), name, value)
        {
            assert_true(is_listed(name, allowed));
        }
        bool place = kind == EVENT_WINDOW_PAUSED || kind == EVENT_SERVICE_SUSPENDED ||
                     kind == EVENT_ANNOUNCEMENT_DROPPED;
        const char *mark = strstr(buf_text(&buf), "MARK");
        assert_true(place ? mark != NULL && strncmp(mark, "MARKreason", 10) == 0 : mark == NULL);
        assert_null(strstr(buf_text(&buf), "abab"));
        assert_null(strstr(buf_text(&buf), "cdcd"));
        json_decref(root);
    }
    assert_true(printed > 10);
    buf_fini(&buf);
}

static void displays_get_only_what_concerns_them(void **state)
{
    (void)state;
    static const struct {
        enum event_kind kind;
        bool shown;
    } cases[] = {
        {EVENT_TICKET_CALLED, true},        {EVENT_TICKET_RECALLED, true},
        {EVENT_TICKET_UNDONE, true},        {EVENT_WINDOW_PAUSED, true},
        {EVENT_TICKET_AMENDED, false},      {EVENT_TICKET_PRINTED, false},
        {EVENT_TICKET_PRINT_FAILED, false}, {EVENT_RATING_SUBMITTED, false},
        {EVENT_HALL_ALERT_RAISED, false},   {EVENT_HALL_ALERT_CLEARED, false},
        {EVENT_CONFIG_CHANGED, false},      {EVENT_USER_LOGGED_IN, false},
        {EVENT_USER_LOGGED_OUT, false},     {EVENT_DEVICE_ERROR, false},
        {EVENT_WINDOW_UPDATED, false},      {EVENT_ANNOUNCEMENT_QUEUED, true},
        {EVENT_ANNOUNCEMENT_DROPPED, true},
    };
    struct buf buf;
    buf_init(&buf, 100000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event event;
        marked_event(&event, cases[i].kind);
        json_t *root = print_envelope(&event, WIRE_PUBLIC, &buf);
        assert_int_equal(root != NULL, cases[i].shown);
        json_decref(root);
    }
    buf_fini(&buf);
}

static void subjects_follow_the_kind(void **state)
{
    (void)state;
    static const struct {
        enum event_kind kind;
        const char *subject;
    } cases[] = {
        {EVENT_TICKET_ISSUED, "tickets/0TICKETID"},
        {EVENT_RATING_SUBMITTED, "tickets/0TICKETID"},
        {EVENT_APPOINTMENT_CREATED, "tickets/0TICKETID"},
        {EVENT_WINDOW_OPENED, "windows/3"},
        {EVENT_WINDOW_UPDATED, "windows/3"},
        {EVENT_SERVICE_SUSPENDED, "services/pension"},
        {EVENT_SERVICE_RESUMED, "services/pension"},
        {EVENT_SERVICE_DIVERTED, "services/pension"},
        {EVENT_HALL_DAY_CLOSED, "hall"},
        {EVENT_HALL_ALERT_RAISED, "hall"},
        {EVENT_ANNOUNCEMENT_STARTED, "announcements/0"},
        {EVENT_DEVICE_OFFLINE, "devices/MARKsubject"},
        {EVENT_DEVICE_REVOKED, "devices/MARKsubject"},
        {EVENT_CONFIG_CHANGED, "config"},
        {EVENT_USER_LOGGED_OUT, "users/MARKsubject"},
    };
    struct buf buf;
    buf_init(&buf, 100000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event event;
        marked_event(&event, cases[i].kind);
        json_t *root = print_envelope(&event, WIRE_STAFF, &buf);
        assert_string_equal(get_text(root, "subject"), cases[i].subject);
        json_decref(root);
    }
    buf_fini(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_comes_back),
        cmocka_unit_test(empty_members_are_left_out),
        cmocka_unit_test(other_data_does_not_replay),
        cmocka_unit_test(an_older_explanation_is_understood),
        cmocka_unit_test(spaces_and_escapes_are_understood),
        cmocka_unit_test(no_member_was_added_unseen),
        cmocka_unit_test(staff_envelope_has_the_shape_of_the_api),
        cmocka_unit_test(displays_learn_nothing_personal),
        cmocka_unit_test(displays_get_only_what_concerns_them),
        cmocka_unit_test(subjects_follow_the_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
