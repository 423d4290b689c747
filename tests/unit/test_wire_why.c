/* test_wire_why: "why before mine?": the sentence of every rule and policy, word for word in both
 * languages, and what is said of the future. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "wire.h"

#define MIN_MS INT64_C(60000)
#define POINT INT64_C(60000000)

static const char document[] =
    "{\"hall\":{\"code\":\"h\",\"name\":{\"zh-CN\":\"大厅\",\"en\":\"Hall\"},"
    "\"timezone\":\"Asia/Shanghai\"},"
    "\"classes\":[{\"code\":\"ordinary\",\"name\":{\"zh-CN\":\"普通\",\"en\":\"Ordinary\"},\"cap\":"
    "8},"
    "{\"code\":\"elderly\",\"name\":{\"zh-CN\":\"老人\",\"en\":\"Elderly\"},\"cap\":8},"
    "{\"code\":\"vip\",\"name\":{\"zh-CN\":\"贵宾\",\"en\":\"VIP\"},\"cap\":-1}],"
    "\"policy\":{\"urgent\":{\"burst\":1,\"refill_s\":1800,\"per_day\":3}},"
    "\"services\":[{\"code\":\"pension\",\"name\":{\"zh-CN\":\"养老\",\"en\":\"Pension\"},"
    "\"prefix\":\"A\",\"first\":1,\"last\":999}],"
    "\"windows\":[{\"no\":3,\"name\":{\"zh-CN\":\"三号\",\"en\":\"Three\"},\"services\":["
    "\"pension\"]}]}";

static struct wire_config *config;

static int set_up(void **state)
{
    (void)state;
    struct wire_problem problem;
    setenv("TZ", "Asia/Shanghai", 1);
    return wire_config_create(document, strlen(document), &problem, &config) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    wire_config_destroy(config);
    return 0;
}

/* N014, ordinary, which has waited 14 minutes; and the call of E012, elderly, 4 minutes, before it.
 */
static struct ticket passed_ticket(void)
{
    struct ticket ticket = {.id = "01J9ID",
                            .number = "N014",
                            .cls = "ordinary",
                            .state = TICKET_WAITING,
                            .leg_count = 1};
    ticket.legs[0] = (struct ticket_leg){.no = 1, .state = TICKET_WAITING, .service = "pension"};
    return ticket;
}

static struct event passing_call(enum event_rule rule)
{
    struct event call;
    event_init(&call, EVENT_TICKET_CALLED);
    call.at_ms = INT64_C(1795397400120);
    call.window = 3;
    text_copy_cut(call.number, sizeof call.number, "E012");
    text_copy_cut(call.cls, sizeof call.cls, "elderly");
    text_copy_cut(call.service, sizeof call.service, "pension");
    text_copy_cut(call.clerk, sizeof call.clerk, "zhang");
    call.why = (struct event_why){.rule = rule,
                                  .score = 18 * POINT,
                                  .head = 10 * POINT,
                                  .aged = 8 * POINT,
                                  .age_ms = 4 * MIN_MS,
                                  .rate_pm = 2000,
                                  .overtaken = 2,
                                  .listed = 2,
                                  .numbers = {"N013", "N014"},
                                  .detailed = 2};
    call.why.passed[1] = (struct event_passed){
        .score = 14 * POINT, .age_ms = 14 * MIN_MS, .rate_pm = 1000, .times = 2, .cap = 8};
    return call;
}

static json_t *print(const struct ticket *ticket, const struct event *call, bool own)
{
    struct buf buf;
    const struct wire_why facts = {
        .ticket = ticket, .calls = call, .call_count = call != NULL, .passed = 2};
    buf_init(&buf, 100000);
    if (own) {
        wire_public_why_print(&buf, &facts, config);
    } else {
        wire_why_print(&buf, &facts, config);
    }
    json_t *root = json_loadb(buf.data, buf.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_null(strstr(buf_text(&buf), "zhang"));
    buf_fini(&buf);
    return root;
}

static void check_texts(const json_t *object, const char *zh, const char *en)
{
    assert_string_equal(json_string_value(json_object_get(object, "text")), zh);
    assert_string_equal(json_string_value(json_object_get(object, "text_en")), en);
}

/* What N014 is told of that call; staff are told the same. */
static void check_call(const struct ticket *ticket, const struct event *call, const char *zh,
                       const char *en)
{
    for (int own = 0; own < 2; own++) {
        json_t *root = print(ticket, call, own == 1);
        const json_t *list = json_object_get(root, "passed_by");
        assert_int_equal(json_array_size(list), 1);
        const json_t *told = json_array_get(list, 0);
        check_texts(told, zh, en);
        assert_string_equal(json_string_value(json_object_get(told, "number")), "E012");
        assert_string_equal(json_string_value(json_object_get(told, "called_at")),
                            "2026-11-23T09:30:00.120+08:00");
        assert_int_equal(json_integer_value(json_object_get(told, "window")), 3);
        assert_string_equal(json_string_value(json_object_get(told, "rule")),
                            event_rule_text(call->why.rule));
        json_decref(root);
    }
}

/* What is said in a case; it is a rule or a policy. */
struct told {
    int which;
    const char *zh;
    const char *en;
};
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void points_decide(void **state)
{
    (void)state;
    struct ticket ticket = passed_ticket();
    struct event call = passing_call(EVENT_RULE_POLICY);
    check_call(&ticket, &call,
               "E012（老人）：起始 10 分钟 + 2 × 等候 4 分钟 = 18 分；您：14 分钟 = 14 分。"
               "您已被越过 2 次，最多 8 次。",
               "E012 is elderly: 10 min head start + 2 × 4 min waited = 18 points; yours: 14 min = "
               "14 points. You have been passed 2 of at most 8 times.");
    /* Both have a head start and a preference; a rate in between; no limit. */
    text_copy_cut(call.cls, sizeof call.cls, "vip");
    text_copy_cut(ticket.cls, sizeof ticket.cls, "elderly");
    call.why.rate_pm = 2500;
    call.why.pref = 3 * POINT;
    call.why.score = 23 * POINT;
    call.why.passed[1] = (struct event_passed){
        .score = 22 * POINT, .age_ms = 9 * MIN_MS / 2, .rate_pm = 2000, .times = 1, .cap = -1};
    check_call(
        &ticket, &call,
        "E012（贵宾）：起始 10 分钟 + 2.5 × 等候 4 分钟 + 窗口偏好 3 分钟 = 23 分；"
        "您：起始 10 分钟 + 2 × 4.5 分钟 + 窗口偏好 3 分钟 = 22 分。"
        "您已被越过 1 次，次数没有上限。",
        "E012 is VIP: 10 min head start + 2.5 × 4 min waited + 3 min for this window = 23 "
        "points; yours: 10 min head start + 2 × 4.5 min + 3 min for this window = 22 points. "
        "You have been passed 1 time; there is no limit to that.");
}

/* Near ties are told as finely as it takes; a class that both have is not worth a word. */
static void near_points_are_told_apart(void **state)
{
    (void)state;
    struct ticket ticket = passed_ticket();
    struct event call = passing_call(EVENT_RULE_POLICY);
    text_copy_cut(ticket.cls, sizeof ticket.cls, "elderly");
    call.why.passed[1].score = 18 * POINT - POINT / 100;
    call.why.passed[1].age_ms = 18 * MIN_MS - MIN_MS / 100;
    check_call(&ticket, &call,
               "E012：起始 10 分钟 + 2 × 等候 4 分钟 = 18 分；您：17.99 分钟 = 17.99 分。"
               "您已被越过 2 次，最多 8 次。",
               "E012: 10 min head start + 2 × 4 min waited = 18 points; yours: 17.99 min = 17.99 "
               "points. You have been passed 2 of at most 8 times.");
}

static void other_policies_say_what_decided(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {HALL_RULE_FIFO, "先到先办：E012 的计时早于您。您已被越过 2 次，最多 8 次。",
         "Whoever waits longest goes first: E012 has waited longer than you. You have been passed "
         "2 "
         "of at most 8 times."},
        {HALL_RULE_STRICT,
         "E012（老人）的类别排在您的类别（普通）之前。您已被越过 2 次，最多 8 次。",
         "E012 is elderly, a class that goes before yours (ordinary). You have been passed 2 of at "
         "most 8 times."},
        {HALL_RULE_RATIO,
         "各组按比例轮流：这次轮到 E012（老人）所在的组。您已被越过 2 次，最多 8 次。",
         "Groups take turns: it was that of E012 (elderly). You have been passed 2 of at most 8 "
         "times."},
        {HALL_RULE_LONGEST,
         "最长的队列先办：那是 E012 所在的队列（养老）。您已被越过 2 次，最多 8 次。",
         "The longest queue goes first: that of E012 (Pension). You have been passed 2 of at most "
         "8 "
         "times."},
    };
    struct ticket ticket = passed_ticket();
    struct event call = passing_call(EVENT_RULE_POLICY);
    for (size_t i = 0; i < COUNT(cases); i++) {
        call.why.policy = (enum hall_rule)cases[i].which;
        check_call(&ticket, &call, cases[i].zh, cases[i].en);
    }
}

static void guards_say_whom_they_protect(void **state)
{
    (void)state;
    struct ticket ticket = passed_ticket();
    struct event call = passing_call(EVENT_RULE_GUARD_K);
    text_copy_cut(call.why.guard, sizeof call.why.guard, "E012");
    call.why.guard_times = 8;
    check_call(&ticket, &call, "E012 已被越过 8 次，先到的号先办。您已被越过 2 次，最多 8 次。",
               "E012 had been passed 8 times, so older tickets go first. You have been passed 2 of "
               "at most 8 times.");
    text_copy_cut(call.why.guard, sizeof call.why.guard, "N031");
    check_call(&ticket, &call,
               "N031 已被越过 8 次，先到的号先办，E012 也在其中。"
               "E012（老人）：起始 10 分钟 + 2 × 等候 4 分钟 = 18 分；您：14 分钟 = 14 分。"
               "您已被越过 2 次，最多 8 次。",
               "N031 had been passed 8 times, so older tickets go first, E012 among them. E012 is "
               "elderly: 10 min head start + 2 × 4 min waited = 18 points; yours: 14 min = 14 "
               "points. You have been passed 2 of at most 8 times.");
    call.why.rule = EVENT_RULE_GUARD_W;
    call.why.guard_age_ms = 62 * MIN_MS + MIN_MS / 2;
    text_copy_cut(call.why.guard, sizeof call.why.guard, "E012");
    check_call(&ticket, &call,
               "E012 已等候 62.5 分钟，超过最长时限，先到的号先办。您已被越过 2 次，最多 8 次。",
               "E012 had waited 62.5 min, beyond the limit, so older tickets go first. You have "
               "been passed 2 of at most 8 times.");
}

/* These do not count against the limit, so it is not spoken of. */
static void calls_beside_the_policy_say_what_they_are(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {EVENT_RULE_URGENT, "E012 获准急事特办：今日第 1 次，每日最多 3 次，理由已记录。",
         "E012: urgent grant no. 1 of 3 today, reason on file."},
        {EVENT_RULE_CHOSEN, "E012 由工作人员选呼，理由已记录。",
         "E012 was chosen by staff; the reason is on file."},
        {EVENT_RULE_DEFERRED, "E012 过号后恢复；没有其他人等候，提前叫到。",
         "E012 came back after a missed call; nobody else was waiting, so it was called early."},
        {EVENT_RULE_EARLY, "E012 是预约号；没有其他人等候，在预约时间前叫到。",
         "E012 has an appointment; nobody else was waiting, so it was called before its time."},
        {EVENT_RULE_RESUMED, "E012 原在本窗口挂起，现在恢复办理。",
         "E012 was on hold at this window and is resumed."},
        {EVENT_RULE_WALK_IN, "E012 在窗口现场办理。",
         "E012 was taken at the window without a wait."},
    };
    struct ticket ticket = passed_ticket();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct event call = passing_call((enum event_rule)cases[i].which);
        call.why.urgent_no = 1;
        call.why.urgent_cap = 3;
        check_call(&ticket, &call, cases[i].zh, cases[i].en);
    }
    struct event older = passing_call(EVENT_RULE_URGENT); /* of a log without the number */
    check_call(&ticket, &older, "E012 获准急事特办，理由已记录。",
               "E012 has an urgent grant; the reason is on file.");
}

/* A log from before the overtaken were told of one by one: what it knows, and no more. */
static void an_older_log_says_less(void **state)
{
    (void)state;
    struct ticket ticket = passed_ticket();
    struct event call = passing_call(EVENT_RULE_POLICY);
    call.why.detailed = 0;
    check_call(&ticket, &call,
               "E012 得 18.0 分，在本窗口可叫的号中最高：起始 10.0 分，等候 8.0 分，"
               "窗口偏好 0.0 分；越过先到的 2 人。",
               "E012 has 18.0 points, the most this window could call: 10.0 head start, 8.0 for "
               "waiting, 0.0 for this window; it passed 2 who came earlier.");
    call.why.rule = EVENT_RULE_GUARD_K;
    text_copy_cut(call.why.guard, sizeof call.why.guard, "E012");
    check_call(&ticket, &call, "E012 被越过的次数已到上限，先到的号先办。",
               "E012 had been passed as often as allowed, so older tickets go first.");
    call.why.rule = EVENT_RULE_GUARD_W;
    check_call(&ticket, &call, "E012 的等候已超过最长时限，先到的号先办。",
               "E012 had waited beyond the limit, so older tickets go first.");
}

/* The called ticket's own sentence says what decided, too: most points only where points decide. */
static void own_sentence_follows_the_policy(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {HALL_RULE_FIFO, "E012 在本窗口可叫的号中等候最久；越过先到的 2 人。",
         "E012 had waited longest of those this window could call; it passed 2 who came earlier."},
        {HALL_RULE_STRICT, "E012 的类别在本窗口可叫的号中排位最先；越过先到的 2 人。",
         "E012 is of the class that goes first among those this window could call; it passed 2 who "
         "came earlier."},
        {HALL_RULE_RATIO, "E012 所在的组按比例轮到；越过先到的 2 人。",
         "E012 was called in the turn of its group of classes; it passed 2 who came earlier."},
        {HALL_RULE_LONGEST, "E012 所在的队列在本窗口可叫的队列中最长；越过先到的 2 人。",
         "E012 stood in the longest of the queues this window could call from; it passed 2 who "
         "came earlier."},
    };
    struct ticket ticket = passed_ticket();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct event call = passing_call(EVENT_RULE_POLICY);
        struct buf buf;
        call.why.policy = (enum hall_rule)cases[i].which;
        text_copy_cut(ticket.number, sizeof ticket.number, "E012");
        buf_init(&buf, 100000);
        wire_next_print(&buf, &ticket, NULL, &call.why, config);
        json_t *root = json_loadb(buf.data, buf.length, JSON_REJECT_DUPLICATES, NULL);
        const json_t *why = json_object_get(root, "why");
        check_texts(why, cases[i].zh, cases[i].en);
        const json_t *over = json_array_get(json_object_get(why, "passed_over"), 1);
        assert_string_equal(json_string_value(json_object_get(over, "number")), "N014");
        assert_int_equal(json_integer_value(json_object_get(over, "score")), 14 * POINT);
        assert_int_equal(json_integer_value(json_object_get(over, "times")), 2);
        assert_int_equal(json_integer_value(json_object_get(over, "cap")), 8);
        json_decref(root);
        buf_fini(&buf);
    }
}

static void the_future_has_a_bound(void **state)
{
    (void)state;
    struct ticket ticket = passed_ticket();
    json_t *root = print(&ticket, NULL, true);
    check_texts(root,
                "您已被越过 2 次，最多 8 次。您的顺序还可能变化：最多再被越过 6 次。"
                "急事特办另计，全厅每日最多 3 次。",
                "You have been passed 2 of at most 8 times. Your order can still change: at most 6 "
                "more. Urgent grants come on top: at most 3 a day in the whole hall.");
    assert_int_equal(json_integer_value(json_object_get(root, "passed")), 2);
    assert_int_equal(json_integer_value(json_object_get(root, "cap")), 8);
    assert_int_equal(json_integer_value(json_object_get(root, "more")), 6);
    assert_int_equal(json_integer_value(json_object_get(root, "urgent_per_day")), 3);
    assert_int_equal(json_integer_value(json_object_get(root, "unnamed")), 2); /* no call does */
    assert_null(json_object_get(root, "id"));
    json_decref(root);
    text_copy_cut(ticket.cls, sizeof ticket.cls, "vip");
    root = print(&ticket, NULL, true);
    check_texts(root,
                "您已被越过 2 次，次数没有上限。您的顺序还可能变化。急事特办另计，全厅每日最多 3 "
                "次。",
                "You have been passed 2 times; there is no limit to that. Your order can still "
                "change. Urgent grants come on top: at most 3 a day in the whole hall.");
    assert_true(json_is_null(json_object_get(root, "cap")));
    assert_true(json_is_null(json_object_get(root, "more")));
    json_decref(root);
    ticket.state = TICKET_CALLED;
    root = print(&ticket, NULL, true);
    check_texts(root, "等候期间您被越过 2 次。", "While you waited you were passed 2 times.");
    assert_true(json_is_null(json_object_get(root, "more")));
    json_decref(root);
}

/* Numbers out of a damaged log must not overflow on the way to a sentence. */
static void damaged_numbers_are_printed(void **state)
{
    (void)state;
    struct ticket ticket = passed_ticket();
    struct event call = passing_call(EVENT_RULE_POLICY);
    call.why.score = INT64_MIN;
    call.why.head = INT64_MIN;
    call.why.age_ms = INT64_MAX;
    call.why.rate_pm = INT32_MIN;
    call.why.passed[1] = (struct event_passed){.score = INT64_MIN,
                                               .age_ms = INT64_MAX,
                                               .rate_pm = INT32_MIN,
                                               .times = INT32_MAX,
                                               .cap = INT32_MIN};
    json_t *root = print(&ticket, &call, true);
    const char *text = json_string_value(
        json_object_get(json_array_get(json_object_get(root, "passed_by"), 0), "text_en"));
    assert_non_null(strstr(text, "-153722867280.913 points; yours"));
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_decide),
        cmocka_unit_test(near_points_are_told_apart),
        cmocka_unit_test(other_policies_say_what_decided),
        cmocka_unit_test(guards_say_whom_they_protect),
        cmocka_unit_test(calls_beside_the_policy_say_what_they_are),
        cmocka_unit_test(an_older_log_says_less),
        cmocka_unit_test(own_sentence_follows_the_policy),
        cmocka_unit_test(the_future_has_a_bound),
        cmocka_unit_test(damaged_numbers_are_printed),
    };
    return cmocka_run_group_tests_name("wire why", tests, set_up, tear_down);
}
