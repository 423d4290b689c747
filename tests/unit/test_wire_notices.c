/* Notices: which are in force, in which order.
 *
 * 2026-11-23 is day 20780 (test_hall.c), so that its midnight at UTC+8 is 20780 * 86400 - 8 * 3600
 * seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/wire/wire_config_internal.h"

#define OFFSET_S (8 * 3600)
#define MIDNIGHT_MS ((INT64_C(20780) * 86400 - OFFSET_S) * 1000)
#define HOUR_MS INT64_C(3600000)

static const char document[] =
    "{\"notices\":["
    "{\"code\":\"late\",\"order\":9,\"text\":{\"en\":\"late\"}},"
    "{\"code\":\"today\",\"start\":\"2026-11-23\",\"end\":\"2026-11-23\",\"text\":{\"en\":\"day\"}}"
    ","
    "{\"code\":\"hour\",\"start\":\"2026-11-23T10:00:00+08:00\",\"end\":\"2026-11-23T11:00:00+08:"
    "00\","
    "\"text\":{\"zh-CN\":\"一\",\"en\":\"one\"}},"
    "{\"code\":\"first\",\"order\":-1,\"category\":\"guide\",\"text\":{\"zh-CN\":\"二\"}}]}";

static void check(const struct wire_config *config, const struct core_now *now,
                  const char *expected)
{
    struct buf buf;
    buf_init(&buf, 10000);
    wire_config_print_notices_at(&buf, config, now);
    json_error_t error;
    json_t *array = json_loads(buf_text(&buf), 0, &error);
    assert_non_null(array);
    char codes[100] = "";
    for (size_t i = 0; i < json_array_size(array); i++) {
        size_t length = strlen(codes);
        const json_t *notice = json_array_get(array, i);
        (void)snprintf(codes + length, sizeof codes - length, "%s%s", i > 0 ? " " : "",
                       json_string_value(json_object_get(notice, "code")));
    }
    assert_string_equal(codes, expected);
    json_decref(array);
    buf_fini(&buf);
}

static void check_at(const struct wire_config *config, int64_t ms, const char *expected)
{
    struct core_now now = {.ms = ms, .offset_s = OFFSET_S};
    check(config, &now, expected);
}

static struct wire_config *create(const char *text)
{
    struct wire_problem problem;
    struct wire_config *config = NULL;
    assert_int_equal(wire_config_create(text, strlen(text), &problem, &config), ERR_NONE);
    return config;
}

static void test_in_force(void **state)
{
    (void)state;
    struct wire_config *config = create(document);
    check(config, NULL, "first today hour late");
    check_at(config, MIDNIGHT_MS - 1, "first late");
    check_at(config, MIDNIGHT_MS, "first today late");
    check_at(config, MIDNIGHT_MS + 10 * HOUR_MS - 1, "first today late");
    check_at(config, MIDNIGHT_MS + 10 * HOUR_MS, "first today hour late");
    check_at(config, MIDNIGHT_MS + 11 * HOUR_MS, "first today late");
    check_at(config, MIDNIGHT_MS + 24 * HOUR_MS - 1, "first today late");
    check_at(config, MIDNIGHT_MS + 24 * HOUR_MS, "first late");
    wire_config_destroy(config);
}

static void test_texts(void **state)
{
    (void)state;
    struct wire_config *config = create(document);
    struct core_now now = {.ms = MIDNIGHT_MS - 1, .offset_s = OFFSET_S};
    struct buf buf;
    buf_init(&buf, 10000);
    wire_config_print_notices_at(&buf, config, &now);
    assert_string_equal(
        buf_text(&buf),
        "[{\"code\":\"first\",\"category\":\"guide\",\"text\":{\"zh-CN\":\"二\",\"en\":"
        "\"二\"}},{\"code\":\"late\",\"text\":{\"zh-CN\":\"late\",\"en\":\"late\"}}]");
    buf_fini(&buf);
    wire_config_destroy(config);
}

static void test_none(void **state)
{
    (void)state;
    struct wire_config *config = create("{}");
    struct buf buf;
    buf_init(&buf, 100);
    wire_config_print_notices_at(&buf, config, NULL);
    assert_string_equal(buf_text(&buf), "[]");
    buf_fini(&buf);
    wire_config_destroy(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_force),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
