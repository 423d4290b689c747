/* test_wire_edit: one section, or one element, of a configuration read and changed alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire_admin.h"

static const char document[] =
    "{\"hall\":{\"code\":\"h\"},"
    "\"zones\":[{\"code\":\"a\",\"name\":{\"en\":\"A\"}},{\"code\":\"b\",\"name\":{\"en\":\"B\"}}],"
    "\"services\":[{\"code\":\"tax\",\"name\":{\"en\":\"Tax\"},\"prefix\":\"A\"}],"
    "\"windows\":[{\"no\":3,\"services\":[\"tax\"]},{\"no\":30,\"services\":[\"tax\"]}]}";

struct fixture {
    struct wire_config *config;
    struct wire_problem problem;
    struct wire_edit edit;
    struct buf buf;
};

static int setup(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    buf_init(&fixture.buf, 100000);
    *state = &fixture;
    return (int)wire_config_create(document, sizeof document - 1, &fixture.problem,
                                   &fixture.config);
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    wire_config_destroy(fixture->config);
    buf_fini(&fixture->buf);
    return 0;
}

static const struct wire_section *section(const char *name)
{
    return wire_section_find(name, strlen(name));
}

/* The document after that change, or before it when the change is refused. */
static enum err change(struct fixture *fixture, enum wire_verb verb, const char *name,
                       const char *code, const char *body)
{
    buf_clear(&fixture->buf);
    fixture->edit = (struct wire_edit){.section = section(name), .verb = verb};
    text_copy_cut(fixture->edit.code, sizeof fixture->edit.code, code);
    return wire_config_edit(&fixture->buf, fixture->config, &fixture->edit, body, strlen(body),
                            &fixture->problem);
}

/* What that section of the changed document is. */
static void assert_section(struct fixture *fixture, const char *name, const char *expected)
{
    struct wire_config *changed = NULL;
    struct wire_problem problem;
    struct buf text;
    buf_init(&text, 10000);
    assert_int_equal(
        wire_config_create(buf_text(&fixture->buf), fixture->buf.length, &problem, &changed),
        ERR_NONE);
    assert_int_equal(wire_section_print(&text, changed, section(name), ""), ERR_NONE);
    assert_string_equal(buf_text(&text), expected);
    wire_config_destroy(changed);
    buf_fini(&text);
}

static void names_are_whole_words(void **state)
{
    (void)state;
    assert_string_equal(section("windows")->key, "no");
    assert_string_equal(section("zones")->key, "code");
    assert_null(section("calendar")->key);
    assert_string_equal(section("calendars")->name, "calendar");
    assert_string_equal(section("scales")->name, "rating");
    assert_string_equal(section("voices")->name, "voice");
    assert_string_equal(section("slip-layouts")->name, "slip");
    assert_null(section(""));
    assert_null(section("zone"));
    assert_null(section("zoness"));
    assert_null(section("Zones"));
    assert_non_null(wire_section_find("zones/a", 5));
}

static void sections_and_elements_are_printed(void **state)
{
    struct fixture *fixture = *state;
    struct buf *buf = &fixture->buf;
    assert_int_equal(wire_section_print(buf, fixture->config, section("hall"), ""), ERR_NONE);
    assert_string_equal(buf_text(buf), "{\"code\":\"h\"}");
    buf_clear(buf);
    assert_int_equal(wire_section_print(buf, fixture->config, section("windows"), "30"), ERR_NONE);
    assert_string_equal(buf_text(buf), "{\"no\":30,\"services\":[\"tax\"]}");
    buf_clear(buf);
    assert_int_equal(wire_section_print(buf, fixture->config, section("notices"), ""), ERR_NONE);
    assert_string_equal(buf_text(buf), "{\"items\":[],\"next_cursor\":null}");
    assert_int_equal(wire_section_print(buf, fixture->config, section("windows"), "4"),
                     ERR_NOT_FOUND);
    assert_int_equal(wire_section_print(buf, fixture->config, section("notices"), "x"),
                     ERR_NOT_FOUND);
    assert_int_equal(wire_section_print(buf, fixture->config, section("rating"), ""),
                     ERR_NOT_FOUND);
}

static void changes_make_a_new_document_and_leave_the_old(void **state)
{
    struct fixture *fixture = *state;
    struct buf before;
    struct buf after;
    buf_init(&before, 10000);
    buf_init(&after, 10000);
    wire_config_print(&before, fixture->config);
    assert_int_equal(
        change(fixture, WIRE_REPLACE, "zones", "a", "{\"code\":\"a\",\"name\":{\"en\":\"X\"}}"),
        ERR_NONE);
    assert_string_equal(fixture->edit.pointer, "/zones/0");
    assert_section(fixture, "zones",
                   "{\"items\":[{\"code\":\"a\",\"name\":{\"en\":\"X\"}},"
                   "{\"code\":\"b\",\"name\":{\"en\":\"B\"}}],\"next_cursor\":null}");
    assert_int_equal(change(fixture, WIRE_REMOVE, "zones", "a", ""), ERR_NONE);
    assert_section(fixture, "zones",
                   "{\"items\":[{\"code\":\"b\",\"name\":{\"en\":\"B\"}}],\"next_cursor\":null}");
    assert_int_equal(change(fixture, WIRE_ADD, "windows", "", "{\"no\":31}"), ERR_NONE);
    assert_string_equal(fixture->edit.code, "31");
    assert_string_equal(fixture->edit.pointer, "/windows/2");
    assert_int_equal(change(fixture, WIRE_ADD, "ports", "", "{\"code\":\"p\",\"link\":\"sim:p\"}"),
                     ERR_NONE);
    assert_string_equal(fixture->edit.pointer, "/ports/0");
    assert_int_equal(change(fixture, WIRE_REPLACE, "rating", "", "{\"prompt_s\":9}"), ERR_NONE);
    wire_config_print(&after, fixture->config);
    assert_string_equal(buf_text(&before), buf_text(&after));
    buf_fini(&before);
    buf_fini(&after);
}

static void refusals_name_the_body(void **state)
{
    struct fixture *fixture = *state;
    const struct wire_problem *problem = &fixture->problem;
    assert_int_equal(change(fixture, WIRE_REPLACE, "zones", "c", "{\"code\":\"c\"}"),
                     ERR_NOT_FOUND);
    assert_int_equal(change(fixture, WIRE_REMOVE, "rating", "", ""), ERR_NOT_FOUND);
    assert_int_equal(change(fixture, WIRE_ADD, "zones", "", "{"), ERR_MALFORMED_BODY);
    assert_int_equal(change(fixture, WIRE_ADD, "zones", "", "[]"), ERR_INVALID_BODY);
    assert_string_equal(problem->errors[0].pointer, "");
    assert_int_equal(change(fixture, WIRE_ADD, "windows", "", "{}"), ERR_INVALID_BODY);
    assert_string_equal(problem->errors[0].pointer, "/no");
    assert_int_equal(change(fixture, WIRE_REPLACE, "zones", "a", "{\"code\":\"b\"}"),
                     ERR_INVALID_BODY);
    assert_string_equal(problem->errors[0].pointer, "/code");
}

static void findings_become_those_of_the_body(void **state)
{
    struct fixture *fixture = *state;
    struct wire_problem *problem = &fixture->problem;
    struct wire_edit edit = {
        .section = section("zones"), .verb = WIRE_REPLACE, .pointer = "/zones/1"};
    wire_problem_init(problem, ERR_INVALID_BODY);
    wire_problem_add(problem, "/zones/1/name/en", "one");
    wire_problem_add(problem, "/zones/1", "two");
    wire_problem_add(problem, "/zones/10/name", "three");
    wire_problem_add(problem, "", "four");
    wire_edit_relate(problem, &edit);
    assert_string_equal(problem->errors[0].pointer, "/name/en");
    assert_string_equal(problem->errors[0].detail, "one");
    assert_string_equal(problem->errors[1].pointer, "");
    assert_string_equal(problem->errors[1].detail, "two");
    assert_string_equal(problem->errors[2].pointer, "");
    assert_string_equal(problem->errors[2].detail, "/zones/10/name: three");
    assert_string_equal(problem->errors[3].detail, "four");
    /* Where an element was, another one stands now. */
    edit.verb = WIRE_REMOVE;
    wire_problem_init(problem, ERR_INVALID_BODY);
    wire_problem_add(problem, "/zones/1/name", "five");
    wire_edit_relate(problem, &edit);
    assert_string_equal(problem->errors[0].detail, "/zones/1/name: five");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_are_whole_words),
        TEST(sections_and_elements_are_printed),
        TEST(changes_make_a_new_document_and_leave_the_old),
        TEST(refusals_name_the_body),
        TEST(findings_become_those_of_the_body),
    };
    return cmocka_run_group_tests_name("wire_edit", tests, NULL, NULL);
}
