/* test_wire_view: the views of a small hall with people in it, made by the real core, read back
 * with another JSON implementation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "fixture.h"
#include "wire.h"

/* Two zones: window 1 (a) and 2 (a, b) in "main", window 3 (c) in "up". */
static const char document[] =
    "{\"hall\":{\"code\":\"h\",\"name\":{\"zh-CN\":\"大厅\",\"en\":\"Hall\"},\"timezone\":\"Asia/"
    "Shanghai\"},"
    "\"zones\":[{\"code\":\"main\",\"name\":{\"zh-CN\":\"一\",\"en\":\"One\"}},"
    "{\"code\":\"up\",\"name\":{\"zh-CN\":\"二\",\"en\":\"Two\"}}],"
    "\"services\":["
    "{\"code\":\"a\",\"group\":\"g\",\"name\":{\"zh-CN\":\"甲\",\"en\":\"Aa\"},\"prefix\":\"A\","
    "\"first\":1,"
    "\"last\":99,\"target_wait_s\":600,\"quota_day\":50},"
    "{\"code\":\"b\",\"group\":\"g\",\"name\":{\"zh-CN\":\"乙\",\"en\":\"Bb\"},\"prefix\":\"B\","
    "\"first\":1,"
    "\"last\":99,\"target_wait_s\":600},"
    "{\"code\":\"c\",\"name\":{\"zh-CN\":\"丙\",\"en\":\"Cc\"},\"prefix\":\"C\",\"first\":1,"
    "\"last\":99,"
    "\"target_wait_s\":600}],"
    "\"windows\":["
    "{\"no\":1,\"name\":{\"zh-CN\":\"一号\",\"en\":\"W1\"},\"zone\":\"main\",\"services\":[\"a\"]},"
    "{\"no\":2,\"name\":{\"zh-CN\":\"二号\",\"en\":\"W2\"},\"zone\":\"main\",\"services\":[\"a\","
    "\"b\"]},"
    "{\"no\":3,\"name\":{\"zh-CN\":\"三号\",\"en\":\"W3\"},\"zone\":\"up\",\"services\":[\"c\"]}]}";

static struct wire_config *config;
static struct fixture f;
static struct buf buf;
static struct wire_view view;

static int set_up(void **state)
{
    (void)state;
    struct wire_problem problem;
    setenv("TZ", "Asia/Shanghai", 1);
    if (wire_config_create(document, strlen(document), &problem, &config)) {
        print_message("%s %s\n", problem.errors[0].pointer, problem.errors[0].detail);
        return -1;
    }
    buf_init(&buf, 1000000);
    fixture_open(&f, wire_config_hall(config));
    fixture_cmd(&f, CMD_DAY_OPEN);
    (void)fixture_step(&f);
    view = (struct wire_view){.core = f.core, .config = config};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(&f);
    wire_config_destroy(config);
    buf_fini(&buf);
    return 0;
}

static json_t *read_back(void)
{
    assert_false(buf_failed(&buf));
    json_error_t error;
    json_t *root = json_loadb(buf.data, buf.length, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        print_message("%s\n%s\n", error.text, buf_text(&buf));
    }
    assert_non_null(root);
    buf_clear(&buf);
    assert_int_equal(json_integer_value(json_object_get(root, "seq")), core_next_seq(f.core) - 1);
    return root;
}

static json_t *clerk_view(int32_t window)
{
    view.now = f.now;
    assert_int_equal(wire_view_clerk(&buf, &view, window), ERR_NONE);
    return read_back();
}

static json_t *lobby_view(void)
{
    view.now = f.now;
    wire_view_lobby(&buf, &view);
    return read_back();
}

static json_t *display_view(const char *zone)
{
    view.now = f.now;
    assert_int_equal(wire_view_display(&buf, &view, zone), ERR_NONE);
    return read_back();
}

/* A value by path: "windows/0/no". */
static const json_t *at(const json_t *root, const char *path)
{
    const json_t *value = root;
    char part[64];
    for (const char *s = path; *s != '\0';) {
        size_t length = strcspn(s, "/");
        assert_true(length < sizeof part);
        memcpy(part, s, length);
        part[length] = '\0';
        value = json_is_array(value) ? json_array_get(value, (size_t)strtol(part, NULL, 10))
                                     : json_object_get(value, part);
        s += length + (s[length] == '/' ? 1 : 0);
    }
    if (value == NULL) {
        print_message("nothing at %s\n", path);
    }
    assert_non_null(value);
    return value;
}

static const char *text_at(const json_t *root, const char *path)
{
    const char *text = json_string_value(at(root, path));
    return text != NULL ? text : "(no text)";
}

static int64_t int_at(const json_t *root, const char *path)
{
    assert_true(json_is_integer(at(root, path)));
    return json_integer_value(at(root, path));
}

static bool has_text(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_alert(const json_t *root, const char *code)
{
    const json_t *alerts = at(root, "alerts");
    for (size_t i = 0; i < json_array_size(alerts); i++) {
        if (strcmp(text_at(json_array_get(alerts, i), "code"), code) == 0) {
            return true;
        }
    }
    return false;
}

static void kiosk_shows_services_and_why_closed(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    struct cmd *cmd = fixture_cmd(&f, CMD_SUSPEND_SERVICE);
    text_copy_cut(cmd->service, sizeof cmd->service, "b");
    text_copy_cut(cmd->reason, sizeof cmd->reason, "停电");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    view.now = f.now;
    wire_view_kiosk(&buf, &view);
    json_t *root = read_back();
    assert_string_equal(text_at(root, "hall/name/en"), "Hall");
    assert_string_equal(text_at(root, "day"), "2026-11-23");
    assert_true(json_is_true(at(root, "open")));
    assert_int_equal(json_array_size(at(root, "groups")), 1);
    assert_string_equal(text_at(root, "groups/0/code"), "g");
    assert_int_equal(json_array_size(at(root, "services")), 3);
    assert_string_equal(text_at(root, "services/0/code"), "a");
    assert_int_equal(int_at(root, "services/0/waiting"), 1);
    assert_true(json_is_true(at(root, "services/0/open")));
    assert_true(json_is_null(at(root, "services/0/code_reason")));
    assert_true(json_is_false(at(root, "services/1/open")));
    assert_string_equal(text_at(root, "services/1/reason"), "停电");
    assert_string_equal(text_at(root, "services/1/code_reason"), "service-closed");
    assert_true(json_is_null(at(root, "services/2/group")));
    assert_true(json_is_array(at(root, "notices")));
    assert_string_equal(text_at(root, "classes/0/basis"), "self");
    json_decref(root);
}

static void kiosk_is_closed_while_reading_only(void **state)
{
    (void)state;
    view.read_only = true;
    view.now = f.now;
    wire_view_kiosk(&buf, &view);
    json_t *root = read_back();
    assert_true(json_is_false(at(root, "open")));
    json_decref(root);
    root = lobby_view();
    assert_true(has_alert(root, "read-only"));
    json_decref(root);
}

static void display_follows_a_call(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_true(fixture_issue(&f, "c", "") >= 0);
    fixture_staff(&f, 1);
    assert_int_equal(fixture_window(&f, CMD_NEXT, 1), ERR_NONE);
    json_t *root = display_view("");
    assert_int_equal(json_array_size(at(root, "windows")), 3);
    assert_string_equal(text_at(root, "windows/0/state"), "calling");
    assert_string_equal(text_at(root, "windows/0/number"), "A01");
    assert_string_equal(text_at(root, "windows/1/state"), "closed");
    assert_true(json_is_null(at(root, "windows/1/number")));
    assert_int_equal(json_array_size(at(root, "calls")), 1);
    assert_string_equal(text_at(root, "calls/0/number"), "A01");
    assert_int_equal(int_at(root, "calls/0/window"), 1);
    assert_int_equal(int_at(root, "calls/0/calls"), 1);
    assert_int_equal(json_array_size(at(root, "waiting")), 3);
    assert_int_equal(int_at(root, "waiting/0/count"), 0);
    assert_int_equal(int_at(root, "waiting/2/count"), 1);
    assert_null(json_object_get(at(root, "windows/0"), "clerk"));
    json_decref(root);
    root = display_view("up");
    assert_int_equal(json_array_size(at(root, "windows")), 1);
    assert_int_equal(int_at(root, "windows/0/no"), 3);
    assert_int_equal(json_array_size(at(root, "calls")), 0);
    assert_int_equal(json_array_size(at(root, "waiting")), 1);
    assert_string_equal(text_at(root, "waiting/0/service"), "c");
    json_decref(root);
    assert_int_equal(wire_view_display(&buf, &view, "cellar"), ERR_NOT_FOUND);
    assert_int_equal(buf.length, 0);
}

static void clerk_sees_window_queue_and_actions(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        assert_true(fixture_issue(&f, "a", "") >= 0);
    }
    json_t *root = clerk_view(2);
    assert_string_equal(text_at(root, "window/state"), "closed");
    assert_true(json_is_null(at(root, "current")));
    assert_true(has_text(at(root, "actions"), "open"));
    assert_false(has_text(at(root, "actions"), "next"));
    json_decref(root);
    fixture_staff(&f, 2);
    fixture_wait(&f, 90);
    root = clerk_view(2);
    assert_true(has_text(at(root, "actions"), "next"));
    assert_false(has_text(at(root, "actions"), "recall"));
    assert_string_equal(text_at(root, "next/number"), "A01");
    assert_int_equal(json_array_size(at(root, "waiting")), 10);
    assert_string_equal(text_at(root, "waiting/0/number"), "A01");
    assert_int_equal(int_at(root, "waiting/0/waited_s"), 90);
    assert_int_equal(int_at(root, "waiting_count"), 12);
    assert_int_equal(json_array_size(at(root, "queues")), 2);
    assert_int_equal(int_at(root, "queues/0/waiting"), 12);
    assert_int_equal(int_at(root, "queues/0/oldest_s"), 90);
    assert_int_equal(int_at(root, "queues/0/target_s"), 600);
    assert_true(json_is_null(at(root, "queues/1/oldest_s")));
    assert_int_equal(json_array_size(at(root, "services")), 3);
    assert_int_equal(json_array_size(at(root, "windows")), 3);
    assert_string_equal(text_at(root, "reasons/pause/0/zh-CN"), "午餐");
    json_decref(root);
    assert_int_equal(wire_view_clerk(&buf, &view, 9), ERR_NOT_FOUND);
    assert_int_equal(buf.length, 0);
}

static void clerk_sees_current_held_and_undo(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    fixture_staff(&f, 1);
    assert_int_equal(fixture_window(&f, CMD_NEXT, 1), ERR_NONE);
    json_t *root = clerk_view(1);
    assert_string_equal(text_at(root, "current/number"), "A01");
    assert_string_equal(text_at(root, "current/state"), "called");
    assert_true(has_text(at(root, "actions"), "start"));
    assert_true(has_text(at(root, "actions"), "no-show"));
    assert_true(has_text(at(root, "actions"), "undo"));
    /* The default is to ask about a called ticket before the next one. */
    assert_false(has_text(at(root, "actions"), "next"));
    assert_string_equal(text_at(root, "undo/number"), "A01");
    assert_string_equal(text_at(root, "undo/until"), "2026-11-23T08:00:30.000+08:00");
    json_decref(root);
    struct cmd *cmd = fixture_cmd(&f, CMD_HOLD);
    text_copy_cut(cmd->number, sizeof cmd->number, "A01");
    text_copy_cut(cmd->reason, sizeof cmd->reason, "填表");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    fixture_wait(&f, 60);
    root = clerk_view(1);
    assert_true(json_is_null(at(root, "current")));
    assert_true(json_is_null(at(root, "undo")));
    assert_int_equal(int_at(root, "counts/held"), 1);
    assert_string_equal(text_at(root, "held/0/number"), "A01");
    assert_string_equal(text_at(root, "held/0/until"), "2026-11-23T08:30:00.000+08:00");
    assert_true(has_text(at(root, "actions"), "next"));
    assert_false(has_text(at(root, "actions"), "undo"));
    assert_false(has_text(at(root, "actions"), "close"));
    json_decref(root);
}

static void lobby_raises_and_drops_alerts(void **state)
{
    (void)state;
    static const struct wire_device devices[] = {
        {.code = "led1", .online = true, .since_ms = 1000},
        {.code = "led2", .online = false, .since_ms = 1000, .detail = "no answer"}};
    json_t *root = lobby_view();
    assert_int_equal(json_array_size(at(root, "alerts")), 0);
    json_decref(root);
    view.devices = devices;
    view.device_count = 2;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    root = lobby_view();
    assert_true(has_alert(root, "device-offline"));
    assert_true(has_alert(root, "no-open-window"));
    assert_false(has_alert(root, "wait-over-target"));
    assert_string_equal(text_at(root, "devices/1/detail"), "no answer");
    assert_int_equal(int_at(root, "services/0/quota"), 50);
    assert_int_equal(int_at(root, "services/0/issued"), 1);
    assert_true(json_is_null(at(root, "services/1/quota")));
    json_decref(root);
    fixture_staff(&f, 1);
    fixture_wait(&f, 601);
    root = lobby_view();
    assert_true(has_alert(root, "wait-over-target"));
    assert_false(has_alert(root, "no-open-window"));
    assert_int_equal(int_at(root, "services/0/oldest_s"), 601);
    assert_int_equal(int_at(root, "services/0/windows"), 1);
    assert_string_equal(text_at(root, "windows/0/state"), "open");
    json_decref(root);
    fixture_cmd(&f, CMD_ASSIST)->on = true;
    f.cmd.window = 1;
    assert_int_equal(fixture_step(&f), ERR_NONE);
    root = lobby_view();
    assert_true(has_alert(root, "assist"));
    assert_true(json_is_true(at(root, "windows/0/assist")));
    json_decref(root);
}

static void a_device_of_which_nothing_is_known_is_an_alert_after_ten_seconds(void **state)
{
    (void)state;
    struct wire_device device = {.code = "led1", .state = WIRE_DEVICE_UNKNOWN, .latency_us = -1};
    view.devices = &device;
    view.device_count = 1;
    json_t *root = lobby_view();
    device.since_ms = device.known_ms = view.now.ms; /* it started */
    json_decref(root);
    root = lobby_view();
    assert_false(has_alert(root, "device-unknown"));
    assert_true(json_is_null(at(root, "devices/0/last_ok_at")));
    assert_true(json_is_null(at(root, "devices/0/latency_ms")));
    json_decref(root);
    fixture_wait(&f, 9);
    root = lobby_view();
    assert_int_equal(json_array_size(at(root, "alerts")), 0);
    json_decref(root);
    fixture_wait(&f, 1);
    root = lobby_view();
    assert_true(has_alert(root, "device-unknown"));
    json_decref(root);
    device.state = WIRE_DEVICE_ONLINE;
    device.latency_us = 31400;
    device.troubles[1] = 3;
    device.known_ms = device.last_ok_ms = view.now.ms;
    root = lobby_view();
    assert_string_equal(text_at(root, "devices/0/state"), "online");
    assert_int_equal(int_at(root, "devices/0/latency_ms"), 31);
    assert_int_equal(int_at(root, "devices/0/errors/garbled"), 3);
    json_decref(root);
    fixture_wait(&f, 10); /* the thread of its port hangs */
    root = lobby_view();
    assert_true(has_alert(root, "device-unknown"));
    assert_true(json_is_false(at(root, "devices/0/online")));
    json_decref(root);
    device.state = WIRE_DEVICE_FAULTY;
    root = lobby_view();
    assert_true(has_alert(root, "device-faulty"));
    json_decref(root);
}

/* Advice that is followed already is not said any more; without a forecast nothing is. */
static void lobby_tells_what_would_help(void **state)
{
    (void)state;
    static struct wire_foreseen foreseen = {
        .at_ms = FIXTURE_START_MS,
        .level_pm = 814,
        .covered_pm = 796,
        .late = {0.456, 0, 0},
        .advice_count = 2,
        .advice = {
            {.window = 0,
             .service = 0,
             .opens = true,
             .late_now = 0.456,
             .late_then = 0.1,
             .now = {.low_ms = 600000, .p50_ms = 720000, .p90_ms = 840000, .high_ms = 840000},
             .then = {.low_ms = -1, .high_ms = -1, .p50_ms = -1, .p90_ms = -1}},
            {.window = 2, .service = 0, .opens = false, .late_now = 0.456, .late_then = 0.2}}};
    json_t *root = lobby_view();
    assert_true(json_is_null(at(root, "forecast")));
    assert_int_equal(json_array_size(at(root, "suggestions")), 0);
    assert_true(json_is_null(at(root, "services/0/late_pct")));
    json_decref(root);
    view.foreseen = &foreseen;
    fixture_staff(&f, 3);
    root = lobby_view();
    assert_int_equal(int_at(root, "services/0/late_pct"), 46);
    assert_int_equal(int_at(root, "forecast/level_pct"), 81);
    assert_int_equal(int_at(root, "forecast/covered_pct"), 80);
    assert_int_equal(json_array_size(at(root, "suggestions")), 2);
    assert_string_equal(text_at(root, "suggestions/0/kind"), "open-window");
    assert_int_equal(int_at(root, "suggestions/0/window"), 1);
    assert_string_equal(text_at(root, "suggestions/0/service"), "a");
    assert_int_equal(int_at(root, "suggestions/0/late_then_pct"), 10);
    assert_int_equal(int_at(root, "suggestions/0/eta_now/about_s"), 720);
    assert_true(json_is_null(at(root, "suggestions/0/eta_then")));
    assert_string_equal(text_at(root, "suggestions/1/kind"), "add-service");
    json_decref(root);
    fixture_staff(&f, 1); /* done, and window 3 goes home */
    assert_int_equal(fixture_window(&f, CMD_WINDOW_CLOSE, 3), ERR_NONE);
    root = lobby_view();
    assert_int_equal(json_array_size(at(root, "suggestions")), 0);
    json_decref(root);
}

static void rating_invites_for_the_prompt_only(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    fixture_staff(&f, 1);
    assert_int_equal(fixture_window(&f, CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(fixture_ticket(&f, CMD_START, "A01"), ERR_NONE);
    view.now = f.now;
    assert_int_equal(wire_view_rating(&buf, &view, 1), ERR_NONE);
    json_t *root = read_back();
    assert_string_equal(text_at(root, "state"), "idle");
    assert_true(json_is_null(at(root, "ticket")));
    json_decref(root);
    assert_int_equal(fixture_ticket(&f, CMD_FINISH, "A01"), ERR_NONE);
    assert_int_equal(wire_view_rating(&buf, &view, 1), ERR_NONE);
    root = read_back();
    assert_string_equal(text_at(root, "state"), "invite");
    assert_string_equal(text_at(root, "ticket/number"), "A01");
    assert_string_equal(text_at(root, "clerk"), "c1");
    assert_string_equal(text_at(root, "scale"), "five");
    assert_string_equal(text_at(root, "scale_version"), "five/1");
    assert_int_equal(int_at(root, "reasons_up_to"), 2);
    assert_int_equal(json_array_size(at(root, "reasons")), 6);
    assert_string_equal(text_at(root, "reasons/1/code"), "waiting");
    assert_string_equal(text_at(root, "reasons/1/name/zh-CN"), "等候时间长");
    assert_string_equal(text_at(root, "until"), "2026-11-23T08:00:20.000+08:00");
    json_decref(root);
    fixture_wait(&f, 20);
    view.now = f.now;
    assert_int_equal(wire_view_rating(&buf, &view, 1), ERR_NONE);
    root = read_back();
    assert_string_equal(text_at(root, "state"), "idle");
    json_decref(root);
    assert_int_equal(wire_view_rating(&buf, &view, 9), ERR_NOT_FOUND);
}

static void windows_and_queue_envelope(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "b", "") >= 0);
    view.now = f.now;
    wire_view_windows(&buf, &view);
    json_t *root = json_loadb(buf.data, buf.length, JSON_REJECT_DUPLICATES, NULL);
    buf_clear(&buf);
    assert_int_equal(json_array_size(at(root, "items")), 3);
    assert_int_equal(int_at(root, "items/2/no"), 3);
    assert_string_equal(text_at(root, "items/2/zone"), "up");
    assert_true(json_is_null(at(root, "next_cursor")));
    json_decref(root);
    wire_queue_envelope(&buf, &view, 4);
    root = json_loadb(buf.data, buf.length, JSON_REJECT_DUPLICATES, NULL);
    assert_string_equal(text_at(root, "type"), "queue.updated");
    assert_string_equal(text_at(root, "source"), "/halls/h");
    assert_null(json_object_get(root, "seq"));
    assert_string_equal(text_at(root, "data/services/1/service"), "b");
    assert_int_equal(int_at(root, "data/services/1/waiting"), 1);
    json_decref(root);
    buf_clear(&buf);
}

#define VIEW_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEW_TEST(kiosk_shows_services_and_why_closed),
        VIEW_TEST(kiosk_is_closed_while_reading_only),
        VIEW_TEST(display_follows_a_call),
        VIEW_TEST(clerk_sees_window_queue_and_actions),
        VIEW_TEST(clerk_sees_current_held_and_undo),
        VIEW_TEST(lobby_raises_and_drops_alerts),
        VIEW_TEST(a_device_of_which_nothing_is_known_is_an_alert_after_ten_seconds),
        VIEW_TEST(lobby_tells_what_would_help),
        VIEW_TEST(rating_invites_for_the_prompt_only),
        VIEW_TEST(windows_and_queue_envelope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
