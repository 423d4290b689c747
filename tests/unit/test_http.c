/* Tests of the pure parts of the HTTP floor: the gate, routes, buckets, identities, topics, the
 * reaper's decision, and small parsers. The rest is tested against the running daemon (tests/http).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/http/http_internal.h"

static void test_gate_targets(void **state)
{
    static const char *const good[] = {"/",     "/a/b?c=d", "/a%20b", "/a?x=//y", "/.well-known",
                                       "/a..b", "/a/..b"};
    static const char *const bad[] = {
        "",      "a",     "*",      "http://h/", "//",    "/a//b", "/a/./b", "/a/..",   "/..",
        "/.",    "/a%00", "/a%2f",  "/a%2F",     "/a%5C", "/%2e",  "/a?%2E", "/a%4",    "/a%",
        "/a%g0", "/a b",  "/a\x7f", "/a\x80",    "/a#b",  "/a\\b", "/a\tb",  "/a?x=%00"};
    char target[HTTP_TARGET_MAX + 2];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(http_gate_target(good[i]), ERR_NONE);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(http_gate_target(bad[i]), ERR_MALFORMED_REQUEST);
    }
    memset(target, 'a', sizeof(target));
    target[0] = '/';
    target[HTTP_TARGET_MAX] = 0;
    assert_int_equal(http_gate_target(target), ERR_NONE);
    target[HTTP_TARGET_MAX] = 'a';
    target[HTTP_TARGET_MAX + 1] = 0;
    assert_int_equal(http_gate_target(target), ERR_MALFORMED_REQUEST);
}

static enum err gate_of(const char *const *pairs)
{
    struct http_gate gate;

    http_gate_init(&gate);
    http_gate_add(&gate, "Host", 4, "h", 1);
    for (; *pairs; pairs += 2) {
        http_gate_add(&gate, pairs[0], strlen(pairs[0]), pairs[1], strlen(pairs[1]));
    }
    return http_gate_check(&gate);
}

static void test_gate_headers(void **state)
{
    struct http_gate gate;

    (void)state;
    assert_int_equal(gate_of((const char *const[]){"Accept", "*/*", NULL}), ERR_NONE);
    assert_int_equal(gate_of((const char *const[]){"content-LENGTH", "12", NULL}), ERR_NONE);
    assert_int_equal(gate_of((const char *const[]){"Transfer-Encoding", "Chunked", NULL}),
                     ERR_NONE);
    assert_int_equal(gate_of((const char *const[]){"Host", "h", NULL}), ERR_MALFORMED_REQUEST);
    assert_int_equal(gate_of((const char *const[]){"Content-Length", "1 ", NULL}),
                     ERR_MALFORMED_REQUEST);
    assert_int_equal(gate_of((const char *const[]){"Content-Length ", "1", NULL}),
                     ERR_MALFORMED_REQUEST);
    assert_int_equal(gate_of((const char *const[]){"Content-Length", "0x1", NULL}),
                     ERR_MALFORMED_REQUEST);
    assert_int_equal(
        gate_of((const char *const[]){"Content-Length", "1", "Transfer-Encoding", "chunked", NULL}),
        ERR_MALFORMED_REQUEST);
    assert_int_equal(gate_of((const char *const[]){"Transfer-Encoding", "identity", NULL}),
                     ERR_MALFORMED_REQUEST);
    assert_int_equal(gate_of((const char *const[]){"Cookie", "a", "cookie", "b", NULL}),
                     ERR_MALFORMED_REQUEST);
    http_gate_init(&gate);
    assert_int_equal(http_gate_check(&gate), ERR_MALFORMED_REQUEST);
    http_gate_add(&gate, "Host", 4, "h", 1);
    http_gate_add(&gate, "X", 1, "a\0b", 3);
    assert_int_equal(http_gate_check(&gate), ERR_MALFORMED_REQUEST);
}

static void test_methods(void **state)
{
    (void)state;
    assert_string_equal(http_gate_method("PATCH"), "PATCH");
    assert_null(http_gate_method("patch"));
    assert_null(http_gate_method("CONNECT"));
    assert_null(http_gate_method(""));
}

static void test_decode(void **state)
{
    char text[8];

    (void)state;
    assert_int_equal(http_decode(text, sizeof(text), "a%41+b", 6, true), ERR_NONE);
    assert_string_equal(text, "aA b");
    assert_int_equal(http_decode(text, sizeof(text), "a+b", 3, false), ERR_NONE);
    assert_string_equal(text, "a+b");
    assert_int_equal(http_decode(text, sizeof(text), "1234567", 7, false), ERR_NONE);
    assert_int_equal(http_decode(text, sizeof(text), "12345678", 8, false), ERR_TOO_LONG);
    assert_int_equal(http_decode(text, sizeof(text), "%00", 3, false), ERR_MALFORMED_REQUEST);
    assert_int_equal(http_decode(text, sizeof(text), "%4", 2, false), ERR_MALFORMED_REQUEST);
}

static void test_route_members(void **state)
{
    struct http_params params = {0};
    const char *token = "0123456789abcdef0123456789ABCDEF";
    char path[64];

    (void)state;
    assert_true(http_route_match("/w/{no}/next", "/w/12/next", &params));
    assert_int_equal(params.no, 12);
    assert_false(http_route_match("/w/{no}", "/w/0", &params));
    assert_false(http_route_match("/w/{no}", "/w/012", &params));
    assert_false(http_route_match("/w/{no}", "/w/1000", &params));
    assert_false(http_route_match("/w/{no}", "/w/", &params));
    assert_false(http_route_match("/w/{no}", "/w/1/", &params));
    assert_false(http_route_match("/w/{no}/next", "/w/1", &params));
    assert_true(http_route_match("/t/{id}", "/t/a%20b", &params));
    assert_string_equal(params.id, "a b");
    (void)snprintf(path, sizeof(path), "/t/%s", token);
    assert_true(http_route_match("/t/{token}", path, &params));
    assert_true(http_route_match("/a/{list}/{code}", "/a/zones/main", &params));
    assert_string_equal(params.section->name, "zones");
    assert_string_equal(params.code, "main");
    assert_false(http_route_match("/a/{list}", "/a/rating", &params));
    assert_true(http_route_match("/a/{part}", "/a/scales", &params));
    assert_string_equal(params.section->name, "rating");
    assert_false(http_route_match("/a/{part}", "/a/zones", &params));
    assert_false(http_route_match("/a/{part}", "/a/nothing", &params));
    path[10] = 'g';
    assert_false(http_route_match("/t/{token}", path, &params));
}

/* Each row of the table finds itself, and no row stands twice or hides another. */
static void test_route_table(void **state)
{
    (void)state;
    for (int i = 0; i < http_route_count; i++) {
        const struct http_route *row = &http_routes[i];
        const struct http_route *found = NULL;
        struct http_params params;
        char allow[HTTP_ALLOW_SIZE];
        char path[128];
        size_t length = 0;
        for (const char *at = row->path; *at; at++) {
            const char *fill = strncmp(at, "{no}", 4) == 0      ? "7"
                               : strncmp(at, "{token}", 7) == 0 ? "00000000000000000000000000000000"
                               : strncmp(at, "{list}", 6) == 0  ? "zones"
                               : strncmp(at, "{part}", 6) == 0  ? "rating"
                               : *at == '{'                     ? "x"
                                                                : NULL;
            size_t size = fill ? strlen(fill) : 1;
            assert_true(length + size < sizeof(path));
            memcpy(path + length, fill ? fill : at, size);
            length += size;
            at += fill ? strcspn(at, "}") : 0;
        }
        path[length] = 0;
        assert_int_equal(http_route_find(row->method, path, &params, allow, &found), ERR_NONE);
        assert_ptr_equal(found, row);
        assert_true(row->roles != 0);
        assert_true(strcmp(row->method, "GET") != 0 || row->body_max == 0);
        assert_int_equal(http_route_find("OPTIONS", path, &params, allow, &found),
                         ERR_METHOD_NOT_ALLOWED);
        assert_non_null(strstr(allow, row->method));
    }
}

static void test_buckets(void **state)
{
    struct http_buckets *buckets = calloc(1, sizeof(*buckets));
    uint8_t one[16] = {1};
    uint8_t two[16] = {2};
    int64_t wait_ms = 0;

    (void)state;
    assert_non_null(buckets);
    for (int i = 0; i < 20; i++) {
        assert_true(http_bucket_take(buckets, HTTP_BUCKET_LOGIN, one, 1000, &wait_ms));
    }
    assert_false(http_bucket_take(buckets, HTTP_BUCKET_LOGIN, one, 1000, &wait_ms));
    assert_in_range(wait_ms, 1, 201);
    assert_true(http_bucket_take(buckets, HTTP_BUCKET_LOGIN, two, 1000, &wait_ms));
    assert_true(http_bucket_take(buckets, HTTP_BUCKET_PUBLIC, one, 1000, &wait_ms));
    assert_true(http_bucket_take(buckets, HTTP_BUCKET_LOGIN, one, 1200, &wait_ms));
    assert_false(http_bucket_take(buckets, HTTP_BUCKET_LOGIN, one, 1200, &wait_ms));
    /* A long pause fills it, and no more than that. */
    for (int i = 0; i < 20; i++) {
        assert_true(http_bucket_take(buckets, HTTP_BUCKET_LOGIN, one, 9000000000, &wait_ms));
    }
    assert_false(http_bucket_take(buckets, HTTP_BUCKET_LOGIN, one, 9000000000, &wait_ms));
    /* More addresses than there is room for: none of them is refused its first request. */
    for (int i = 0; i < 5000; i++) {
        uint8_t many[16] = {(uint8_t)i, (uint8_t)(i >> 8), 7};
        assert_true(http_bucket_take(buckets, HTTP_BUCKET_LOGIN, many, 9000000000 + i, &wait_ms));
    }
    free(buckets);
}

static struct identity_entry entry_of(int number, int64_t expires_ms)
{
    struct identity_entry entry = {.expires_ms = expires_ms};

    /* The first two bytes choose the place: few homes, so that entries stand in each other's way.
     */
    entry.hash[0] = (uint8_t)(number % 8);
    entry.hash[2] = (uint8_t)number;
    entry.hash[3] = (uint8_t)(number >> 8);
    return entry;
}

static void test_identities(void **state)
{
    struct http_identities identities;
    struct identity_entry entry;

    (void)state;
    assert_int_equal(http_identities_init(&identities), ERR_NONE);
    for (int i = 0; i < HTTP_IDENTITY_MAX; i++) {
        entry = entry_of(i, i % 2 ? 1000 : 0);
        assert_int_equal(http_identities_add(&identities, &entry, 10), ERR_NONE);
    }
    entry = entry_of(HTTP_IDENTITY_MAX, 0);
    assert_int_equal(http_identities_add(&identities, &entry, 10), ERR_HALL_FULL);
    for (int i = 0; i < HTTP_IDENTITY_MAX; i += 3) {
        entry = entry_of(i, 0);
        http_identities_remove(&identities, entry.hash);
        http_identities_remove(&identities, entry.hash);
    }
    for (int i = 0; i < HTTP_IDENTITY_MAX; i++) {
        entry = entry_of(i, 0);
        bool here = http_identities_find(&identities, entry.hash, 999) != NULL;
        assert_int_equal(here, i % 3 != 0);
        bool later = http_identities_find(&identities, entry.hash, 1000) != NULL;
        assert_int_equal(later, i % 3 != 0 && i % 2 == 0);
    }
    /* When it is full again, those that are over make room. */
    for (int i = 0; i < HTTP_IDENTITY_MAX; i++) {
        entry = entry_of(5000 + i, 0);
        enum err err = http_identities_add(&identities, &entry, 2000);
        if (err) {
            assert_int_equal(err, ERR_HALL_FULL);
            assert_in_range(i, HTTP_IDENTITY_MAX / 2, HTTP_IDENTITY_MAX);
            break;
        }
        assert_non_null(http_identities_find(&identities, entry.hash, 2000));
    }
    assert_int_equal(identities.count, HTTP_IDENTITY_MAX);
    http_identities_fini(&identities);
}

static void test_reaper(void **state)
{
    (void)state;
    assert_false(http_socket_overdue(HTTP_PHASE_HEAD, 1000, 10999));
    assert_true(http_socket_overdue(HTTP_PHASE_HEAD, 1000, 11000));
    assert_false(http_socket_overdue(HTTP_PHASE_BODY, 1000, 20999));
    assert_true(http_socket_overdue(HTTP_PHASE_BODY, 1000, 21000));
    assert_false(http_socket_overdue(HTTP_PHASE_IDLE, 1000, 60999));
    assert_true(http_socket_overdue(HTTP_PHASE_IDLE, 1000, 61000));
    assert_true(http_socket_overdue(HTTP_PHASE_ANSWER, 1000, 61000));
    assert_false(http_socket_overdue(HTTP_PHASE_WORK, 0, INT64_MAX));
}

static void test_etags(void **state)
{
    (void)state;
    assert_int_equal(http_job_etag(NULL), -1);
    assert_int_equal(http_job_etag("*"), -1);
    assert_int_equal(http_job_etag("\"v17\""), 17);
    assert_int_equal(http_job_etag("W/\"v17\""), 17);
    assert_int_equal(http_job_etag("v17"), -2);
    assert_int_equal(http_job_etag("\"v\""), -2);
    assert_int_equal(http_job_etag("\"v17"), -2);
    assert_int_equal(http_job_etag("\"v9999999999999999999999\""), -2);
}

static void test_topics(void **state)
{
    const struct http_zones zones = {.code = {"main", "upper"}, .count = 2};
    struct bus_frame frame = {
        .window = 3, .zone = 1, .service = "card", .kind = "ticket.called", .ticket_id = "01"};
    struct http_topics topics;

    (void)state;
    assert_int_equal(http_topics_parse(&topics, ""), ERR_NONE);
    assert_true(http_topics_match(&topics, &frame, &zones));
    static const struct {
        const char *text;
        bool matches;
    } cases[] = {{"window:3", true},
                 {"window:4", false},
                 {"display:upper", true},
                 {"display:main", false},
                 {"display", true},
                 {"service:card", true},
                 {"service:car", false},
                 {"ticket:01", true},
                 {"ticket:02", false},
                 {"hall", false},
                 {"window:4,service:card", true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(http_topics_parse(&topics, cases[i].text), ERR_NONE);
        assert_int_equal(http_topics_match(&topics, &frame, &zones), cases[i].matches);
    }
    assert_int_equal(http_topics_parse(&topics, "window:4"), ERR_NONE);
    text_copy_cut(frame.kind, sizeof(frame.kind), "queue.updated");
    assert_true(http_topics_match(&topics, &frame, &zones));
    static const char *const bad[] = {"x",           "window",   "window:", "window:0",
                                      "window:1000", "service:", ":",       "windowx:1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(http_topics_parse(&topics, bad[i]), ERR_MALFORMED_REQUEST);
    }
}

static void test_languages(void **state)
{
    (void)state;
    assert_true(http_reply_prefers_zh("zh-CN,zh;q=0.9,en;q=0.8"));
    assert_true(http_reply_prefers_zh("zh,en"));
    assert_false(http_reply_prefers_zh("en,zh"));
    assert_false(http_reply_prefers_zh("en;q=0.5"));
    assert_false(http_reply_prefers_zh("zh;q=0"));
    assert_false(http_reply_prefers_zh("zhuang"));
    assert_false(http_reply_prefers_zh("zh;q=88888888888888, en"));
    assert_true(http_reply_prefers_zh("zh;q=0.125,en;q=0.12"));
    assert_false(http_reply_prefers_zh(NULL));
    assert_false(http_reply_prefers_zh(""));
}

/* Every code has a status that a client can act on. */
static void test_statuses(void **state)
{
    (void)state;
    assert_int_equal(http_status(ERR_NONE), 200);
    for (int err = ERR_NONE + 1; err < ERR_COUNT; err++) {
        assert_in_range(http_status((enum err)err), 400, 503);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gate_targets),  cmocka_unit_test(test_gate_headers),
        cmocka_unit_test(test_methods),       cmocka_unit_test(test_decode),
        cmocka_unit_test(test_route_members), cmocka_unit_test(test_route_table),
        cmocka_unit_test(test_buckets),       cmocka_unit_test(test_identities),
        cmocka_unit_test(test_reaper),        cmocka_unit_test(test_etags),
        cmocka_unit_test(test_topics),        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_statuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
