/* test_wire_answer: tickets, slips, explanations, problems and the small answers, read back with
 * another JSON implementation and compared with the shapes of the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "wire.h"

static const char document[] =
    "{\"hall\":{\"code\":\"h\",\"name\":{\"zh-CN\":\"大厅\",\"en\":\"Hall\"},"
    "\"timezone\":\"Asia/Shanghai\"},"
    "\"classes\":[{\"code\":\"ordinary\",\"name\":{\"zh-CN\":\"普通\",\"en\":\"Ordinary\"}},"
    "{\"code\":\"elderly\",\"name\":{\"zh-CN\":\"老人\",\"en\":\"Elderly\"},\"cap\":8}],"
    "\"services\":[{\"code\":\"pension\",\"name\":{\"zh-CN\":\"养老\",\"en\":\"Pension\"},"
    "\"prefix\":\"A\",\"first\":1,\"last\":999}],"
    "\"windows\":[{\"no\":3,\"name\":{\"zh-CN\":\"三号\",\"en\":\"Three\"},\"services\":["
    "\"pension\"]}]}";

static struct wire_config *config;
static struct buf buf;

static int set_up(void **state)
{
    (void)state;
    struct wire_problem problem;
    setenv("TZ", "Asia/Shanghai", 1);
    buf_init(&buf, 100000);
    enum err err = wire_config_create(document, strlen(document), &problem, &config);
    if (err) {
        print_message("%s %s\n", problem.errors[0].pointer, problem.errors[0].detail);
    }
    return err ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    wire_config_destroy(config);
    buf_fini(&buf);
    return 0;
}

/* What stands in `buf`; the caller json_decref()s it. */
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
    return root;
}

static const json_t *member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        print_message("no member %s\n", name);
    }
    assert_non_null(value);
    return value;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(member(object, name));
    assert_non_null(text);
    return text;
}

static int64_t int_of(const json_t *object, const char *name)
{
    assert_true(json_is_integer(member(object, name)));
    return json_integer_value(member(object, name));
}

static bool null_of(const json_t *object, const char *name)
{
    return json_is_null(member(object, name));
}

static void waiting_ticket(struct ticket *ticket)
{
    memset(ticket, 0, sizeof *ticket);
    (void)snprintf(ticket->id, sizeof ticket->id, "01J9ID");
    (void)snprintf(ticket->number, sizeof ticket->number, "A012");
    (void)snprintf(ticket->cls, sizeof ticket->cls, "elderly");
    (void)snprintf(ticket->lang, sizeof ticket->lang, "zh-CN");
    (void)snprintf(ticket->channel, sizeof ticket->channel, "kiosk");
    ticket->day = 20780;
    ticket->state = TICKET_WAITING;
    ticket->issued_ms = INT64_C(1795397400120);
    ticket->version = 1;
    ticket->ahead = 5;
    ticket->eta =
        (struct eta){.low_ms = 300000, .p50_ms = 660000, .p90_ms = 1020000, .high_ms = 1020000};
    memset(ticket->token, 0xa1, sizeof ticket->token);
    ticket->leg_count = 1;
    ticket->legs[0].no = 1;
    ticket->legs[0].state = TICKET_WAITING;
    ticket->legs[0].entered_ms = ticket->issued_ms;
    ticket->legs[0].overtakes = 2;
    (void)snprintf(ticket->legs[0].service, sizeof ticket->legs[0].service, "pension");
}

static void ticket_has_the_shape_of_the_api(void **state)
{
    (void)state;
    struct ticket ticket;
    waiting_ticket(&ticket);
    wire_ticket_print(&buf, &ticket, config);
    json_t *root = read_back();
    assert_string_equal(text_of(root, "id"), "01J9ID");
    assert_string_equal(text_of(root, "number"), "A012");
    assert_string_equal(text_of(root, "day"), "2026-11-23");
    assert_string_equal(text_of(root, "state"), "waiting");
    assert_string_equal(text_of(root, "service"), "pension");
    assert_string_equal(text_of(root, "class"), "elderly");
    assert_string_equal(text_of(root, "lang"), "zh-CN");
    assert_int_equal(int_of(root, "calls"), 0);
    assert_int_equal(int_of(root, "ahead"), 5);
    assert_int_equal(int_of(member(root, "eta"), "p50_s"), 660);
    assert_int_equal(int_of(member(root, "eta"), "p90_s"), 1020);
    assert_string_equal(text_of(root, "issued_at"), "2026-11-23T09:30:00.120+08:00");
    assert_string_equal(text_of(root, "print_state"), "none");
    assert_string_equal(text_of(root, "public_url"), "/t/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1");
    assert_int_equal(int_of(root, "version"), 1);
    static const char *const nulls[] = {"window",   "clerk", "called_at",   "started_at",
                                        "ended_at", "note",  "external_ref"};
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++) {
        assert_true(null_of(root, nulls[i]));
    }
    const json_t *leg = json_array_get(member(root, "legs"), 0);
    assert_int_equal(int_of(leg, "no"), 1);
    assert_string_equal(text_of(leg, "state"), "waiting");
    assert_true(null_of(leg, "window"));
    assert_true(null_of(leg, "rating"));
    assert_true(null_of(leg, "rating_exempt"));
    assert_true(json_is_false(member(leg, "rating_lapsed")));
    assert_true(json_is_false(member(leg, "asked_by_machine")));
    assert_true(json_is_false(member(leg, "asked_by_clerk")));
    assert_string_equal(text_of(leg, "entered_at"), "2026-11-23T09:30:00.120+08:00");
    json_decref(root);
}

static void ticket_shows_its_last_leg(void **state)
{
    (void)state;
    struct ticket ticket;
    waiting_ticket(&ticket);
    ticket.leg_count = 2;
    ticket.legs[1] = ticket.legs[0];
    ticket.legs[0].state = TICKET_TRANSFERRED;
    ticket.legs[0].window = 1;
    ticket.legs[0].called_ms = 1000;
    ticket.legs[1].no = 2;
    ticket.legs[1].window = 3;
    ticket.legs[1].calls = 2;
    ticket.legs[1].called_ms = 2000;
    ticket.ahead = -1;
    ticket.eta = ETA_UNKNOWN;
    ticket.state = TICKET_CALLED;
    ticket.legs[1].state = TICKET_CALLED;
    wire_ticket_print(&buf, &ticket, config);
    json_t *root = read_back();
    assert_int_equal(int_of(root, "window"), 3);
    assert_int_equal(int_of(root, "calls"), 2);
    assert_string_equal(text_of(root, "called_at"), "1970-01-01T08:00:02.000+08:00");
    assert_true(null_of(root, "ahead"));
    assert_true(null_of(root, "eta"));
    assert_int_equal(json_array_size(member(root, "legs")), 2);
    json_decref(root);
    /* Given back to the queue it has no window, though its leg remembers one. */
    ticket.state = TICKET_WAITING;
    ticket.legs[1].state = TICKET_WAITING;
    wire_ticket_print(&buf, &ticket, config);
    root = read_back();
    assert_true(null_of(root, "window"));
    assert_int_equal(int_of(json_array_get(member(root, "legs"), 1), "window"), 3);
    json_decref(root);
}

static void slip_has_what_a_visitor_needs(void **state)
{
    (void)state;
    static const char *const lines[] = {"大厅 / Hall",
                                        "A012",
                                        "养老 / Pension",
                                        "3号窗口 / window 3",
                                        "前面还有 5 位 / 5 ahead of you",
                                        "预计等候约 11 分钟(5-20) / about 11 min (5-20)",
                                        "2026-11-23 09:30"};
    struct ticket ticket;
    waiting_ticket(&ticket);
    wire_issue_print(&buf, &ticket, config);
    json_t *root = read_back();
    const json_t *slip = member(root, "slip");
    assert_int_equal(json_array_size(member(slip, "lines")), 8);
    assert_string_equal(json_string_value(json_array_get(member(slip, "lines"), 7)), ticket.id);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(json_string_value(json_array_get(member(slip, "lines"), i)), lines[i]);
    }
    assert_string_equal(text_of(slip, "qr"), text_of(root, "public_url"));
    json_decref(root);
}

/* Without a wait no range is told; else as eta_say() has it. */
static void slip_says_the_range(void **state)
{
    (void)state;
    static const struct {
        struct eta eta;
        const char *line;
    } cases[] = {
        {{0, 0, 0, 0}, "无需等候 / no wait"},
        {{0, 60000, 1, 60000}, "预计等候约 0 分钟(0-1) / about 0 min (0-1)"},
        {{930000, 1500000, 1200000, 1500000}, "预计等候约 20 分钟(15-25) / about 20 min (15-25)"},
    };
    struct ticket ticket;
    waiting_ticket(&ticket);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ticket.eta = cases[i].eta;
        wire_issue_print(&buf, &ticket, config);
        json_t *root = read_back();
        const json_t *lines = member(member(root, "slip"), "lines");
        assert_string_equal(json_string_value(json_array_get(lines, 5)), cases[i].line);
        json_decref(root);
    }
}

/* Paper of 32 columns: broken at a space in the second half of the line, else where it ends. */
static void slip_breaks_between_words(void **state)
{
    (void)state;
    struct wire_slip slip;
    struct ticket ticket;
    waiting_ticket(&ticket);
    ticket.eta =
        (struct eta){.low_ms = 1800000, .p50_ms = 2700000, .p90_ms = 3900000, .high_ms = 3900000};
    wire_slip_make(&slip, &ticket, config, "");
    wire_slip_text(&buf, &slip, 32);
    assert_non_null(
        strstr(buf_text(&buf), "\n预计等候约 45 分钟(30-65) /\nabout 45 min (30-65)\n"));
    buf_clear(&buf);
    wire_slip_text(&buf, &slip, 20);
    assert_non_null(
        strstr(buf_text(&buf), "\n预计等候约 45\n分钟(30-65) / about\n45 min (30-65)\n"));
    buf_clear(&buf);
}

static void visitor_sees_nothing_personal(void **state)
{
    (void)state;
    struct ticket ticket;
    waiting_ticket(&ticket);
    (void)snprintf(ticket.note, sizeof ticket.note, "MARK");
    (void)snprintf(ticket.external_ref, sizeof ticket.external_ref, "MARK");
    (void)snprintf(ticket.legs[0].clerk, sizeof ticket.legs[0].clerk, "MARK");
    wire_public_ticket_print(&buf, &ticket, true, config);
    assert_null(strstr(buf_text(&buf), "MARK"));
    assert_null(strstr(buf_text(&buf), "01J9ID"));
    assert_null(strstr(buf_text(&buf), "elderly"));
    json_t *root = read_back();
    assert_string_equal(text_of(root, "number"), "A012");
    assert_string_equal(text_of(root, "service"), "pension");
    assert_string_equal(text_of(root, "state"), "waiting");
    assert_int_equal(int_of(root, "ahead"), 5);
    assert_true(null_of(root, "window"));
    assert_string_equal(text_of(member(member(root, "hall"), "name"), "en"), "Hall");
    assert_true(json_is_true(member(root, "rating_open")));
    assert_int_equal(int_of(member(root, "rating"), "reasons_up_to"), 2);
    assert_int_equal(json_array_size(member(member(root, "rating"), "reasons")), 6);
    json_decref(root);
    wire_public_ticket_print(&buf, &ticket, false, config);
    root = read_back();
    assert_true(json_is_false(member(root, "rating_open")));
    assert_true(null_of(root, "rating"));
    json_decref(root);
}

/* ---- explanations ---- */

static void next_says_why(void **state)
{
    (void)state;
    struct ticket ticket;
    struct event_why why = {.rule = EVENT_RULE_POLICY,
                            .score = INT64_C(1080000000),
                            .head = INT64_C(600000000),
                            .aged = INT64_C(480000000),
                            .overtaken = 1,
                            .listed = 1,
                            .numbers = {"A010"}};
    waiting_ticket(&ticket);
    wire_next_print(&buf, &ticket, NULL, &why, config);
    json_t *root = read_back();
    assert_string_equal(text_of(member(root, "ticket"), "number"), "A012");
    assert_true(null_of(root, "finished"));
    const json_t *told = member(root, "why");
    assert_string_equal(text_of(told, "rule"), "POLICY");
    assert_int_equal(int_of(told, "score"), 1080000000);
    assert_string_equal(json_string_value(json_array_get(member(told, "overtook"), 0)), "A010");
    assert_int_equal(int_of(told, "overtaken"), 1);
    assert_string_equal(text_of(told, "text_en"),
                        "A012 has 18.0 points, the most this window could call: 10.0 head start, "
                        "8.0 for waiting, 0.0 for this window; it passed 1 who came earlier.");
    assert_non_null(strstr(text_of(told, "text"), "18.0 分"));
    json_decref(root);
    wire_next_print(&buf, NULL, &ticket, NULL, config);
    root = read_back();
    assert_true(null_of(root, "ticket"));
    assert_true(null_of(root, "why"));
    assert_string_equal(text_of(member(root, "finished"), "number"), "A012");
    json_decref(root);
}

static void every_rule_has_two_sentences(void **state)
{
    (void)state;
    struct ticket ticket;
    struct event called;
    waiting_ticket(&ticket);
    event_init(&called, EVENT_TICKET_CALLED);
    called.window = 3;
    called.at_ms = 5000;
    (void)snprintf(called.why.guard, sizeof called.why.guard, "A009");
    char before[400] = "";
    for (int rule = EVENT_RULE_POLICY; rule <= EVENT_RULE_WALK_IN; rule++) {
        called.why.rule = (enum event_rule)rule;
        wire_why_print(&buf, &(struct wire_why){.ticket = &ticket, .called = &called, .passed = -1},
                       config);
        json_t *root = read_back();
        const char *zh = text_of(root, "text");
        const char *en = text_of(root, "text_en");
        bool guard = rule == EVENT_RULE_GUARD_K || rule == EVENT_RULE_GUARD_W;
        assert_true(strncmp(zh, "A012 ", 5) == 0 && strncmp(en, "A012 ", 5) == 0);
        assert_true(strlen(zh) > 15 && strlen(en) > 15 && strcmp(zh, en) != 0);
        assert_int_equal(strstr(zh, "A009") != NULL && strstr(en, "A009") != NULL, guard);
        assert_string_not_equal(en, before);
        (void)snprintf(before, sizeof before, "%s", en);
        assert_int_equal(int_of(root, "window"), 3);
        json_decref(root);
    }
}

static void waiting_ticket_is_told_its_bound(void **state)
{
    (void)state;
    struct ticket ticket;
    waiting_ticket(&ticket);
    wire_why_print(&buf, &(struct wire_why){.ticket = &ticket, .passed = -1}, config);
    json_t *root = read_back();
    assert_true(json_is_false(member(root, "called")));
    assert_int_equal(int_of(root, "passed"), 2);
    assert_int_equal(int_of(root, "cap"), 8);
    assert_string_equal(text_of(root, "text_en"),
                        "A012 still waits and was passed 2 times; its order "
                        "can still change, at most 6 times more.");
    json_decref(root);
}

/* Numbers out of a damaged log must not overflow on the way to a sentence. */
static void extreme_scores_are_printed(void **state)
{
    (void)state;
    struct ticket ticket;
    struct event_why why = {.rule = EVENT_RULE_POLICY,
                            .score = INT64_MAX,
                            .head = INT64_MIN,
                            .aged = -30000000,
                            .pref = 2999999};
    waiting_ticket(&ticket);
    wire_next_print(&buf, &ticket, NULL, &why, config);
    json_t *root = read_back();
    assert_non_null(strstr(text_of(member(root, "why"), "text_en"), "-0.5 for waiting, 0.0 for"));
    json_decref(root);
}

/* ---- problems ---- */

static void problem_has_the_shape_of_rfc_9457(void **state)
{
    (void)state;
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_WRONG_STATE);
    problem.status = 409;
    problem.state = TICKET_DONE;
    problem.has_allowed = true;
    problem.allowed = 1U << CMD_RECALL | 1U << CMD_NO_SHOW | 1U << CMD_AMEND;
    (void)snprintf(problem.detail_en, sizeof problem.detail_en, "A \"quoted\" one");
    (void)snprintf(problem.request_id, sizeof problem.request_id, "r1");
    wire_problem_print(&buf, &problem, false);
    json_t *root = read_back();
    assert_string_equal(text_of(root, "type"), "urn:problem:wrong-state");
    assert_string_equal(text_of(root, "code"), "wrong-state");
    assert_string_equal(text_of(root, "title"), err_title(ERR_WRONG_STATE));
    assert_string_equal(text_of(root, "detail"), "A \"quoted\" one");
    assert_string_equal(text_of(root, "request_id"), "r1");
    assert_string_equal(text_of(root, "state"), "done");
    assert_int_equal(int_of(root, "status"), 409);
    assert_int_equal(json_array_size(member(root, "allowed")), 2);
    assert_string_equal(json_string_value(json_array_get(member(root, "allowed"), 0)), "recall");
    assert_string_equal(json_string_value(json_array_get(member(root, "allowed"), 1)), "no-show");
    assert_null(json_object_get(root, "errors"));
    json_decref(root);
    wire_problem_print(&buf, &problem, true);
    root = read_back();
    assert_string_equal(text_of(root, "title"), "当前状态不允许此操作");
    assert_null(json_object_get(root, "detail"));
    json_decref(root);
}

static void problem_keeps_eight_findings(void **state)
{
    (void)state;
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_INVALID_BODY);
    for (int i = 0; i < WIRE_PROBLEM_ERROR_MAX + 3; i++) {
        char pointer[200];
        (void)snprintf(pointer, sizeof pointer, "/%0150d", i);
        wire_problem_add(&problem, pointer,
                         "中中中中中中中中中中中中中中中中中中中中中中中中"
                         "中中中中中中中中中中中中中中中中中中中中中中中中");
    }
    wire_problem_print(&buf, &problem, true);
    json_t *root = read_back();
    assert_int_equal(json_array_size(member(root, "errors")), WIRE_PROBLEM_ERROR_MAX);
    assert_null(json_object_get(root, "state"));
    assert_null(json_object_get(root, "allowed"));
    json_decref(root);
}

static void every_code_has_titles(void **state)
{
    (void)state;
    for (int err = 0; err < ERR_COUNT; err++) {
        struct wire_problem problem;
        wire_problem_init(&problem, (enum err)err);
        for (int zh = 0; zh <= 1; zh++) {
            wire_problem_print(&buf, &problem, zh != 0);
            json_t *root = read_back();
            const char *title = text_of(root, "title");
            assert_int_equal(((unsigned char)title[0] & 0x80) != 0, zh != 0);
            json_decref(root);
        }
    }
}

/* ---- the others ---- */

static void window_has_the_shape_of_the_api(void **state)
{
    (void)state;
    struct core_window_info info = {
        .no = 3, .state = CORE_WINDOW_CALLING, .clerk = "zhang", .since_ms = 1000, .version = 7};
    struct ticket ticket;
    waiting_ticket(&ticket);
    wire_window_print(&buf, wire_config_hall(config), &info, &ticket, config);
    json_t *root = read_back();
    assert_int_equal(int_of(root, "no"), 3);
    assert_string_equal(text_of(root, "state"), "calling");
    assert_string_equal(text_of(root, "clerk"), "zhang");
    assert_string_equal(text_of(member(root, "ticket"), "number"), "A012");
    assert_string_equal(json_string_value(json_array_get(member(root, "services"), 0)), "pension");
    assert_string_equal(text_of(root, "since"), "1970-01-01T08:00:01.000+08:00");
    assert_int_equal(int_of(root, "version"), 7);
    assert_true(null_of(root, "reason"));
    json_decref(root);
    wire_window_print(&buf, wire_config_hall(config), &info, NULL, config);
    root = read_back();
    assert_true(null_of(root, "ticket"));
    json_decref(root);
}

static void identity_and_day(void **state)
{
    (void)state;
    struct identity identity = {
        .kind = IDENTITY_USER, .roles = ROLE_CLERK | ROLE_SUPERVISOR, .window = 3, .name = "li"};
    wire_identity_print(&buf, &identity, "c5");
    json_t *root = read_back();
    assert_string_equal(text_of(member(root, "user"), "name"), "li");
    assert_int_equal(json_array_size(member(root, "roles")), 2);
    assert_string_equal(json_string_value(json_array_get(member(root, "roles"), 0)), "clerk");
    assert_int_equal(int_of(root, "window"), 3);
    assert_string_equal(text_of(root, "csrf"), "c5");
    json_decref(root);
    int64_t counts[4] = {10, 2, 1, 3};
    wire_day_print(&buf, 20780, false, counts);
    assert_string_equal(buf_text(&buf), "{\"day\":\"2026-11-23\",\"open\":false,\"done\":10,"
                                        "\"expired\":2,\"unclosed\":1,\"cancelled\":3}");
    buf_clear(&buf);
}

static void history_tells_actor_and_time(void **state)
{
    (void)state;
    struct event event;
    event_init(&event, EVENT_TICKET_HELD);
    event.seq = 9;
    event.at_ms = 1000;
    event.actor = EVENT_ACTOR_USER;
    event.state = TICKET_HELD;
    memset(event.token, 0xab, sizeof event.token);
    (void)snprintf(event.actor_id, sizeof event.actor_id, "li");
    (void)snprintf(event.reason, sizeof event.reason, "填表");
    wire_history_item_print(&buf, &event);
    assert_null(strstr(buf_text(&buf), "abab"));
    json_t *root = read_back();
    assert_int_equal(int_of(root, "seq"), 9);
    assert_string_equal(text_of(root, "at"), "1970-01-01T08:00:01.000+08:00");
    assert_string_equal(text_of(root, "type"), "ticket.held");
    assert_string_equal(text_of(root, "reason"), "填表");
    assert_string_equal(text_of(member(root, "actor"), "id"), "li");
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticket_has_the_shape_of_the_api),
        cmocka_unit_test(ticket_shows_its_last_leg),
        cmocka_unit_test(slip_has_what_a_visitor_needs),
        cmocka_unit_test(slip_says_the_range),
        cmocka_unit_test(slip_breaks_between_words),
        cmocka_unit_test(visitor_sees_nothing_personal),
        cmocka_unit_test(next_says_why),
        cmocka_unit_test(every_rule_has_two_sentences),
        cmocka_unit_test(waiting_ticket_is_told_its_bound),
        cmocka_unit_test(extreme_scores_are_printed),
        cmocka_unit_test(problem_has_the_shape_of_rfc_9457),
        cmocka_unit_test(problem_keeps_eight_findings),
        cmocka_unit_test(every_code_has_titles),
        cmocka_unit_test(window_has_the_shape_of_the_api),
        cmocka_unit_test(identity_and_day),
        cmocka_unit_test(history_tells_actor_and_time),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
