/* What a window screen is told of the clerk: only what the hall shows, only while the clerk is on
 * duty there. */
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

/* fixture_staff() puts clerk "c1" on duty at window 1, "c2" at 2. The list is not in order. */
#define PEOPLE                                                                                     \
    "\"people\":["                                                                                 \
    "{\"clerk\":\"c2\",\"name\":{\"zh-CN\":\"欧\",\"en\":\"Ou\"}},"                               \
    "{\"clerk\":\"c1\",\"number\":\"017\",\"name\":{\"zh-CN\":\"张静\",\"en\":\"Zhang Jing\"},"  \
    "\"title\":{\"zh-CN\":\"社保岗\"},\"party_member\":true}]"

struct hall_case {
    struct wire_config *config;
    struct fixture f;
};

static void open_hall(struct hall_case *hall, const char *show)
{
    char document[2000];
    struct wire_problem problem;
    (void)snprintf(document, sizeof document,
                   "{\"hall\":{\"timezone\":\"Asia/Shanghai\"},"
                   "\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"name\":{\"en\":\"A\"}}],"
                   "\"windows\":[{\"no\":1,\"services\":[\"a\"]},{\"no\":2,\"services\":[\"a\"]}],"
                   "\"staff\":{%s%s}}",
                   show, PEOPLE);
    if (wire_config_create(document, strlen(document), &problem, &hall->config)) {
        fail_msg("%s %s", problem.errors[0].pointer, problem.errors[0].detail);
    }
    fixture_open(&hall->f, wire_config_hall(hall->config));
    fixture_cmd(&hall->f, CMD_DAY_OPEN);
    (void)fixture_step(&hall->f);
}

static void close_hall(struct hall_case *hall)
{
    fixture_close(&hall->f);
    wire_config_destroy(hall->config);
}

/* `staff` of both windows, as the display's view has it. */
static void check(const struct hall_case *hall, const char *first, const char *second)
{
    const char *const expected[] = {first, second};
    struct wire_view view = {.core = hall->f.core, .config = hall->config, .now = hall->f.now};
    struct buf buf;
    buf_init(&buf, 100000);
    assert_int_equal(wire_view_display(&buf, &view, ""), ERR_NONE);
    json_t *root = json_loadb(buf.data, buf.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    for (size_t i = 0; i < 2; i++) {
        json_t *window = json_array_get(json_object_get(root, "windows"), i);
        char *staff = json_dumps(json_object_get(window, "staff"), JSON_ENCODE_ANY | JSON_COMPACT);
        assert_string_equal(staff, expected[i]);
        free(staff);
    }
    json_decref(root);
    buf_fini(&buf);
}

static void nothing_is_told_unless_the_hall_says_so(void **state)
{
    (void)state;
    static const char *const silent[] = {"", "\"show\":[],"};
    for (size_t i = 0; i < 2; i++) {
        struct hall_case hall;
        open_hall(&hall, silent[i]);
        fixture_staff(&hall.f, 1);
        check(&hall, "null", "null");
        close_hall(&hall);
    }
}

static void what_is_shown_is_told_and_no_more(void **state)
{
    (void)state;
    static const struct {
        const char *show, *first, *second;
    } rows[] = {
        {"\"show\":[\"number\"],", "{\"number\":\"017\"}", "{}"},
        {"\"show\":[\"name\"],", "{\"name\":{\"zh-CN\":\"张静\",\"en\":\"Zhang Jing\"}}",
         "{\"name\":{\"zh-CN\":\"欧\",\"en\":\"Ou\"}}"},
        {"\"show\":[\"initial\"],", "{\"name\":{\"zh-CN\":\"张*\",\"en\":\"Z*\"}}",
         "{\"name\":{\"zh-CN\":\"欧\",\"en\":\"O*\"}}"},
        {"\"show\":[\"party_member\",\"title\"],",
         "{\"title\":{\"zh-CN\":\"社保岗\",\"en\":\"社保岗\"},\"party_member\":true}", "{}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hall_case hall;
        open_hall(&hall, rows[i].show);
        fixture_staff(&hall.f, 1);
        fixture_staff(&hall.f, 2);
        check(&hall, rows[i].first, rows[i].second);
        close_hall(&hall);
    }
}

static void only_while_on_duty(void **state)
{
    (void)state;
    static const char card[] = "{\"number\":\"017\"}";
    struct hall_case hall;
    open_hall(&hall, "\"show\":[\"number\"],");
    check(&hall, "null", "null");
    fixture_staff(&hall.f, 1);
    check(&hall, card, "null");
    struct cmd *pause = fixture_cmd(&hall.f, CMD_WINDOW_PAUSE);
    pause->window = 1;
    text_copy_cut(pause->reason, sizeof pause->reason, "lunch");
    assert_int_equal(fixture_step(&hall.f), ERR_NONE);
    check(&hall, card, "null");
    assert_int_equal(fixture_window(&hall.f, CMD_WINDOW_CLOSE, 1), ERR_NONE);
    check(&hall, "null", "null");
    close_hall(&hall);
}

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_unless_the_hall_says_so),
        cmocka_unit_test(what_is_shown_is_told_and_no_more),
        cmocka_unit_test(only_while_on_duty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
