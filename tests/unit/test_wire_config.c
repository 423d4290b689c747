/* The configuration document: what is taken, what is refused and where, what is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web_files.h"
#include "wire.h"

#define TEXT_MAX 1000000

static struct wire_config *create(const char *text)
{
    struct wire_problem problem;
    struct wire_config *config = NULL;
    enum err err = wire_config_create(text, strlen(text), &problem, &config);
    if (err) {
        print_message("%s %s\n", problem.errors[0].pointer, problem.errors[0].detail);
    }
    assert_int_equal(err, ERR_NONE);
    assert_int_equal(problem.error_count, 0);
    assert_non_null(config);
    return config;
}

static const char *demo_text(void)
{
    for (const struct web_file *file = web_files; file->path != NULL; file++) {
        if (strcmp(file->path, "src/demo/hall.json") == 0) {
            return (const char *)file->begin;
        }
    }
    fail_msg("the demo hall is not part of the program");
    return NULL;
}

/* ---- the demo hall ---- */

static void test_demo_is_accepted(void **state)
{
    (void)state;
    struct wire_config *config = create(demo_text());
    const struct hall *hall = wire_config_hall(config);
    assert_string_equal(hall->name.zh, "城南政务服务大厅");
    assert_string_equal(hall->name.en, "Chengnan Service Hall");
    assert_int_equal(hall->service_count, 8);
    assert_int_equal(hall->window_count, 6);
    assert_int_equal(hall->zone_count, 2);
    assert_int_equal(hall->class_count, 6);
    assert_string_equal(hall->classes[0].code, "ordinary");
    const char *groups[HALL_SERVICE_MAX];
    int group_count = 0;
    for (int i = 0; i < hall->service_count; i++) {
        char prefix[2] = {(char)('A' + i), '\0'};
        assert_string_equal(hall->services[i].prefix, prefix);
        assert_int_equal(hall->services[i].hours_count, 0);
        int known = 0;
        for (int k = 0; k < group_count; k++) {
            known += strcmp(groups[k], hall->services[i].group) == 0;
        }
        if (known == 0) {
            groups[group_count++] = hall->services[i].group;
        }
    }
    assert_int_equal(group_count, 3);
    bool fast = false;
    bool integrated = false;
    bool backup = false;
    for (int i = 0; i < hall->window_count; i++) {
        fast = fast || hall->windows[i].kind == HALL_WINDOW_FAST;
        integrated = integrated || hall->windows[i].kind == HALL_WINDOW_INTEGRATED;
        for (int k = 0; k < hall->windows[i].service_count; k++) {
            backup = backup || hall->windows[i].services[k].tier == HALL_TIER_BACKUP;
        }
    }
    assert_true(fast && integrated && backup);
    wire_config_destroy(config);
}

static void test_demo_signs(void **state)
{
    (void)state;
    struct wire_config *config = create(demo_text());
    assert_int_equal(wire_config_port_count(config), 2);
    assert_string_equal(wire_config_port(config, 0)->link, "sim:bus1");
    assert_int_equal(wire_config_display_count(config), 9);
    for (int i = 0; i < 6; i++) {
        const struct wire_display *led = wire_config_display(config, i);
        assert_string_equal(led->driver, "modbus");
        assert_int_equal(led->address, i + 1);
        assert_int_equal(led->window, i + 1);
        assert_string_equal(led->zone, "");
        assert_int_equal(led->option_count, 1);
        assert_string_equal(led->options[0].key, "digits");
        assert_string_equal(led->options[0].value, "4");
    }
    const struct wire_display *wall = wire_config_display(config, 7);
    assert_string_equal(wall->zone, "upper");
    assert_int_equal(wall->window, 0);
    assert_int_equal(wall->rows, 6);
    assert_false(wall->notices || wall->welcome);
    assert_true(wire_config_display(config, 6)->notices);
    const struct wire_display *welcome = wire_config_display(config, 8);
    assert_true(welcome->welcome && welcome->notices);
    assert_string_equal(welcome->zone, "*");
    wire_config_destroy(config);
}

/* ---- defaults and values ---- */

static void test_empty_document_is_the_defaults(void **state)
{
    (void)state;
    struct wire_config *config = create("{}");
    static struct hall expected;
    hall_set_defaults(&expected);
    assert_memory_equal(wire_config_hall(config), &expected, sizeof expected);
    wire_config_destroy(config);
}

static void test_service_and_window_defaults(void **state)
{
    (void)state;
    struct wire_config *config =
        create("{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"name\":{\"en\":\"Alpha\"}},"
               "{\"code\":\"b\",\"prefix\":\"\",\"name\":{\"zh-CN\":\"乙\",\"en\":\"\"}}],"
               "\"windows\":[{\"no\":12,\"services\":[\"b\"]}]}");
    const struct hall *hall = wire_config_hall(config);
    const struct hall_service *service = &hall->services[0];
    assert_string_equal(service->name.zh, "Alpha");
    assert_string_equal(hall->services[1].name.en, "乙");
    assert_string_equal(hall->services[1].prefix, "");
    assert_int_equal(service->first, 1);
    assert_int_equal(service->last, 999);
    assert_int_equal(service->quota_day, 0);
    assert_int_equal(service->target_wait_ms, 900000);
    assert_int_equal(service->expected_service_ms, 300000);
    const struct hall_window *window = &hall->windows[0];
    assert_int_equal(window->zone, -1);
    assert_int_equal(window->classes, 0);
    assert_int_equal(window->service_count, 1);
    assert_int_equal(window->services[0].service, 1);
    assert_int_equal(window->services[0].tier, HALL_TIER_PRIMARY);
    assert_string_equal(window->name.en, "Window 12");
    wire_config_destroy(config);
}

static void test_hall_members(void **state)
{
    (void)state;
    struct wire_config *config = create(
        "{\"hall\":{\"code\":\"north\",\"timezone\":\"Europe/Berlin\",\"day_close\":\"02:05\","
        "\"next_on_called\":\"no_show\",\"auto_start_s\":15,\"recall_max\":4,\"recall_gap_s\":2.5,"
        "\"undo_s\":10,\"hold_max\":7,\"hold_s\":60,\"no_show\":{\"mode\":\"auto\",\"min_calls\":1,"
        "\"answer_s\":30,\"restore_after_calls\":5,\"restore_max\":1,\"gap_s\":90}},"
        "\"rating\":{\"prompt_s\":5,\"window_s\":3600,\"scale\":\"five\"}}");
    const struct hall *hall = wire_config_hall(config);
    assert_string_equal(hall->code, "north");
    assert_string_equal(hall->timezone, "Europe/Berlin");
    assert_int_equal(hall->day_close_min, 125);
    assert_int_equal(hall->next_on_called, HALL_ON_CALLED_NO_SHOW);
    assert_int_equal(hall->auto_start_ms, 15000);
    assert_int_equal(hall->recall_max, 4);
    assert_int_equal(hall->recall_gap_ms, 2500);
    assert_int_equal(hall->undo_ms, 10000);
    assert_int_equal(hall->hold_max, 7);
    assert_int_equal(hall->hold_ms, 60000);
    assert_int_equal(hall->no_show_mode, HALL_NO_SHOW_AUTO);
    assert_int_equal(hall->no_show_min_calls, 1);
    assert_int_equal(hall->no_show_answer_ms, 30000);
    assert_int_equal(hall->restore_after_calls, 5);
    assert_int_equal(hall->restore_max, 1);
    assert_int_equal(hall->restore_gap_ms, 90000);
    assert_int_equal(hall->rating_prompt_ms, 5000);
    assert_int_equal(hall->rating_window_ms, 3600000);
    assert_true(hall->rating_shows_clerk);
    assert_int_equal(hall->rating_reason_count, 6);
    assert_string_equal(hall->rating_reasons_version, "1");
    wire_config_destroy(config);
}

static void test_rating_reasons(void **state)
{
    (void)state;
    struct wire_config *config =
        create("{\"rating\":{\"clerk\":\"none\",\"reasons\":{\"version\":\"2026-a\",\"items\":["
               "{\"code\":\"noise\",\"name\":{\"zh-CN\":\"嘈杂\",\"en\":\"Noise\"}}]}}}");
    const struct hall *hall = wire_config_hall(config);
    assert_false(hall->rating_shows_clerk);
    assert_string_equal(hall->rating_reasons_version, "2026-a");
    assert_int_equal(hall->rating_reason_count, 1);
    assert_string_equal(hall->rating_reasons[0].code, "noise");
    assert_string_equal(hall->rating_reasons[0].name.en, "Noise");
    wire_config_destroy(config);
    config = create("{\"rating\":{\"reasons\":{\"version\":\"0\",\"items\":[]}}}");
    assert_int_equal(wire_config_hall(config)->rating_reason_count, 0);
    wire_config_destroy(config);
}

static void test_classes_override_or_add(void **state)
{
    (void)state;
    struct wire_config *config =
        create("{\"classes\":[{\"code\":\"vip\",\"head_s\":-60,\"cap\":-1},"
               "{\"code\":\"soldier\",\"basis\":\"card\",\"name\":{\"en\":\"Soldier\"},\"rank\":-3,"
               "\"group\":15},{\"code\":\"ordinary\",\"max_wait_s\":0}],"
               "\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"name\":{\"en\":\"A\"}}],"
               "\"windows\":[{\"no\":1,\"services\":[\"a\"],\"classes\":[\"vip\",\"soldier\"]}]}");
    const struct hall *hall = wire_config_hall(config);
    assert_int_equal(hall->class_count, 7);
    assert_string_equal(hall->classes[0].code, "ordinary");
    assert_int_equal(hall->classes[0].max_wait_ms, 0);
    assert_int_equal(hall->classes[5].head_ms, -60000);
    assert_int_equal(hall->classes[5].cap, -1);
    assert_int_equal(hall->classes[5].rate_pm, 1500);
    assert_string_equal(hall->classes[6].name.zh, "Soldier");
    assert_int_equal(hall->classes[6].basis, HALL_BASIS_CARD);
    assert_int_equal(hall->classes[6].rate_pm, 1000);
    assert_int_equal(hall->classes[6].rank, -3);
    assert_int_equal(hall->windows[0].classes, 1 << 5 | 1 << 6);
    wire_config_destroy(config);
}

static void test_policy_members(void **state)
{
    (void)state;
    struct wire_config *config = create(
        "{\"policy\":{\"rule\":\"ratio\",\"w_share\":30,\"idle_help\":false,\"idle_early\":false,"
        "\"idle_order\":\"longest_idle\",\"group_weights\":[5],"
        "\"appointment\":{\"early_s\":1,\"grace_s\":2,\"head_s\":3},"
        "\"urgent\":{\"burst\":2,\"refill_s\":60,\"per_day\":4}}}");
    const struct hall_policy *policy = &wire_config_hall(config)->policy;
    assert_int_equal(policy->rule, HALL_RULE_RATIO);
    assert_int_equal(policy->w_share, 30);
    assert_false(policy->idle_help);
    assert_false(policy->idle_early);
    assert_true(policy->longest_idle);
    assert_int_equal(policy->group_weights[0], 5);
    assert_int_equal(policy->group_weights[1], 1);
    assert_int_equal(policy->early_ms, 1000);
    assert_int_equal(policy->grace_ms, 2000);
    assert_int_equal(policy->appointment_head_ms, 3000);
    assert_int_equal(policy->urgent_burst, 2);
    assert_int_equal(policy->urgent_refill_ms, 60000);
    assert_int_equal(policy->urgent_per_day, 4);
    wire_config_destroy(config);
}

static void test_hours_members(void **state)
{
    (void)state;
    struct wire_config *config =
        create("{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"name\":{\"en\":\"A\"},\"hours\":"
               "[{\"days\":[1,3,7],\"from\":\"08:30\",\"to\":\"17:00\"},{\"to\":\"24:00\"}]}]}");
    const struct hall_service *service = &wire_config_hall(config)->services[0];
    assert_int_equal(service->hours_count, 2);
    assert_int_equal(service->hours[0].weekdays, 0x45);
    assert_int_equal(service->hours[0].from_min, 510);
    assert_int_equal(service->hours[0].to_min, 1020);
    assert_int_equal(service->hours[1].weekdays, 0x7f);
    assert_int_equal(service->hours[1].from_min, 0);
    assert_int_equal(service->hours[1].to_min, 1440);
    wire_config_destroy(config);
}

/* ---- printing ---- */

static void test_print_and_create_again(void **state)
{
    (void)state;
    struct buf first;
    struct buf second;
    buf_init(&first, TEXT_MAX);
    buf_init(&second, TEXT_MAX);
    struct wire_config *config = create(demo_text());
    wire_config_print(&first, config);
    struct wire_config *again = create(buf_text(&first));
    wire_config_print(&second, again);
    assert_false(buf_failed(&first));
    assert_string_equal(buf_text(&first), buf_text(&second));
    assert_memory_equal(wire_config_hall(config), wire_config_hall(again), sizeof(struct hall));
    assert_int_equal(strncmp(buf_text(&first), "{\n  \"hall\": {\n    \"code\": \"demo\",", 30), 0);
    struct buf changes;
    buf_init(&changes, TEXT_MAX);
    wire_config_diff(&changes, config, again);
    assert_string_equal(buf_text(&changes), "{\"changes\":[]}");
    buf_fini(&changes);
    buf_fini(&first);
    buf_fini(&second);
    wire_config_destroy(config);
    wire_config_destroy(again);
}

static void test_print_into_a_small_buffer_fails(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    struct wire_config *config = create(demo_text());
    wire_config_print(&buf, config);
    assert_true(buf_failed(&buf));
    buf_fini(&buf);
    wire_config_destroy(config);
}

static void test_diff(void **state)
{
    (void)state;
    struct wire_config *from =
        create("{\"hall\":{\"code\":\"x\",\"hold_max\":5},\"services\":["
               "{\"code\":\"a\",\"prefix\":\"A\",\"quota_day\":10,\"name\":{\"en\":\"N\"}}]}");
    struct wire_config *to =
        create("{\"hall\":{\"code\":\"x\",\"undo_s\":9},\"services\":["
               "{\"code\":\"a\",\"prefix\":\"A\",\"quota_day\":20,\"name\":{\"en\":\"N\"},"
               "\"card\":{\"a/b\":\"t\"}}],\"zones\":[]}");
    struct buf buf;
    buf_init(&buf, TEXT_MAX);
    wire_config_diff(&buf, from, to);
    assert_string_equal(buf_text(&buf),
                        "{\"changes\":["
                        "{\"path\":\"/hall/hold_max\",\"from\":5,\"to\":null},"
                        "{\"path\":\"/hall/undo_s\",\"from\":null,\"to\":9},"
                        "{\"path\":\"/services/0/quota_day\",\"from\":10,\"to\":20},"
                        "{\"path\":\"/services/0/card\",\"from\":null,\"to\":{\"a/b\":\"t\"}},"
                        "{\"path\":\"/zones\",\"from\":null,\"to\":[]}]}");
    buf_fini(&buf);
    wire_config_destroy(from);
    wire_config_destroy(to);
}

/* 300 dates against none: 200 are listed, 100 counted. */
static void test_diff_is_bounded(void **state)
{
    (void)state;
    static char text[TEXT_MAX];
    size_t length = (size_t)snprintf(text, sizeof text, "{\"calendar\":{\"holidays\":[");
    for (int i = 0; i < 300; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s\"%d-01-01\"",
                                   i > 0 ? "," : "", 2000 + i);
    }
    (void)snprintf(text + length, sizeof text - length, "]}}");
    struct wire_config *from = create("{\"calendar\":{\"holidays\":[]}}");
    struct wire_config *to = create(text);
    struct buf buf;
    buf_init(&buf, TEXT_MAX);
    wire_config_diff(&buf, from, to);
    const char *answer = buf_text(&buf);
    assert_non_null(strstr(answer, "/calendar/holidays/199\""));
    assert_null(strstr(answer, "/calendar/holidays/200\""));
    assert_non_null(strstr(answer, "],\"more\":100}"));
    buf_fini(&buf);
    wire_config_destroy(from);
    wire_config_destroy(to);
}

static void test_voice_members(void **state)
{
    (void)state;
    struct wire_config *silent = create("{}");
    assert_false(wire_config_hall(silent)->voice.on);
    wire_config_destroy(silent);
    struct wire_config *config = create("{\"voice\":{}}");
    const struct hall_voice *voice = &wire_config_hall(config)->voice;
    assert_true(voice->on && voice->zh && !voice->en && voice->chime && !voice->yao);
    assert_int_equal(voice->repeats, 2);
    assert_int_equal(voice->alarm_ms, 60000);
    assert_int_equal(voice->stale_ms, 120000);
    wire_config_destroy(config);
    config =
        create("{\"zones\":[{\"code\":\"a\",\"name\":{\"en\":\"A\"}}],"
               "\"windows\":[{\"no\":1,\"voice\":\"pharmacy\"}],"
               "\"voice\":{\"languages\":[\"en\"],\"repeats\":3,\"yao\":true,\"chime\":false,"
               "\"rating\":true,\"soon\":2,\"alarm_s\":30,\"stale_s\":90,"
               "\"volume\":[{\"zone\":\"a\",\"from\":\"12:00\",\"to\":\"14:00\",\"percent\":40},"
               "{\"percent\":80}],\"quiet\":[{\"from\":\"22:00\",\"to\":\"07:00\"}]}}");
    const struct hall *hall = wire_config_hall(config);
    voice = &hall->voice;
    assert_true(!voice->zh && voice->en && voice->yao && !voice->chime && voice->rating);
    assert_int_equal(voice->repeats, 3);
    assert_int_equal(voice->soon, 2);
    assert_int_equal(voice->alarm_ms, 30000);
    assert_int_equal(voice->stale_ms, 90000);
    assert_int_equal(voice->volume_count, 2);
    assert_int_equal(voice->volumes[0].zone, 0);
    assert_int_equal(voice->volumes[0].from_min, 720);
    assert_int_equal(voice->volumes[1].zone, -1);
    assert_int_equal(voice->volumes[1].to_min, 1440);
    assert_int_equal(voice->volumes[1].percent, 80);
    assert_int_equal(voice->quiet[0].from_min, 1320);
    assert_int_equal(voice->quiet[0].to_min, 420);
    assert_int_equal(hall->windows[0].place, HALL_PLACE_PHARMACY);
    wire_config_destroy(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_demo_is_accepted),
        cmocka_unit_test(test_demo_signs),
        cmocka_unit_test(test_empty_document_is_the_defaults),
        cmocka_unit_test(test_service_and_window_defaults),
        cmocka_unit_test(test_rating_reasons),
        cmocka_unit_test(test_hall_members),
        cmocka_unit_test(test_classes_override_or_add),
        cmocka_unit_test(test_policy_members),
        cmocka_unit_test(test_hours_members),
        cmocka_unit_test(test_voice_members),
        cmocka_unit_test(test_print_and_create_again),
        cmocka_unit_test(test_print_into_a_small_buffer_fails),
        cmocka_unit_test(test_diff),
        cmocka_unit_test(test_diff_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
