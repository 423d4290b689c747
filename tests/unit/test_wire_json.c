/* test_wire_json: what is refused before and by the parser, where findings point, and that what the
 * writer prints is read back by another JSON implementation as what was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/wire/wire_internal.h"

static enum err parse(const char *text, size_t length, struct wire_problem *problem)
{
    wire_problem_init(problem, ERR_NONE);
    json_t *root = NULL;
    enum err err = wire_json_parse(text, length, problem, &root);
    if (err) {
        assert_null(root);
        assert_int_equal(problem->err, err);
        assert_int_equal(problem->error_count, 1);
        assert_true(problem->errors[0].detail[0] != '\0');
        assert_true(text_is_plain(problem->errors[0].detail));
    }
    json_decref(root);
    return err;
}

static enum err parse_text(const char *text)
{
    struct wire_problem problem;
    return parse(text, strlen(text), &problem);
}

static void refuses_what_is_not_one_object(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err err;
    } cases[] = {
        {"{}", ERR_NONE},
        {" {\"a\":[1,{\"b\":null}]}\r\n", ERR_NONE},
        {"", ERR_MALFORMED_BODY},
        {"{", ERR_MALFORMED_BODY},
        {"{}}", ERR_MALFORMED_BODY},
        {"{} {}", ERR_MALFORMED_BODY},
        {"{'a':1}", ERR_MALFORMED_BODY},
        {"{\"a\":1,}", ERR_MALFORMED_BODY},
        {"{\"a\":NaN}", ERR_MALFORMED_BODY},
        {"{\"a\":01}", ERR_MALFORMED_BODY},
        {"{\"a\":1,\"a\":1}", ERR_MALFORMED_BODY},
        {"{\"b\":{\"a\":1,\"\\u0061\":2}}", ERR_MALFORMED_BODY},
        {"{\"a\":\"\\u0000\"}", ERR_MALFORMED_BODY},
        {"{\"a\":\"\\ud800\"}", ERR_MALFORMED_BODY},
        {"{\"a\":\"\xff\"}", ERR_MALFORMED_BODY},
        {"{\"a\":\"\xc0\x80\"}", ERR_MALFORMED_BODY},
        {"{\"a\":\"\xed\xa0\x80\"}", ERR_MALFORMED_BODY},
        {"{\"a\":\"\xe4\xbd\"}", ERR_MALFORMED_BODY},
        {"{\"a\":\"\n\"}", ERR_MALFORMED_BODY},
        {"[]", ERR_INVALID_BODY},
        {"[{\"a\":1}]", ERR_INVALID_BODY},
        {"\"a\"", ERR_MALFORMED_BODY},
        {"null", ERR_MALFORMED_BODY},
        {"{\"a\":9223372036854775807}", ERR_NONE},
        {"{\"a\":9223372036854775808}", ERR_INVALID_BODY},
        {"{\"a\":1e999}", ERR_INVALID_BODY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum err err = parse_text(cases[i].text);
        if (err != cases[i].err) {
            print_message("case %s\n", cases[i].text);
        }
        assert_int_equal(err, cases[i].err);
    }
}

static void refuses_a_null_byte(void **state)
{
    (void)state;
    struct wire_problem problem;
    assert_int_equal(parse("{}\0", 3, &problem), ERR_MALFORMED_BODY);
    assert_int_equal(parse("{\"a\0\":1}", 8, &problem), ERR_MALFORMED_BODY);
}

/* {"a":{"a":...[]...}} with `depth` brackets. */
static void nest(struct buf *buf, int depth)
{
    buf_clear(buf);
    for (int i = 1; i < depth; i++) {
        buf_add_text(buf, "{\"a\":");
    }
    buf_add_text(buf, "[]");
    for (int i = 1; i < depth; i++) {
        buf_add_char(buf, '}');
    }
}

static void bounds_the_depth(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 4000000);
    nest(&buf, WIRE_DEPTH_MAX);
    assert_int_equal(parse_text(buf_text(&buf)), ERR_NONE);
    nest(&buf, WIRE_DEPTH_MAX + 1);
    assert_int_equal(parse_text(buf_text(&buf)), ERR_MALFORMED_BODY);
    nest(&buf, 500000);
    assert_int_equal(parse_text(buf_text(&buf)), ERR_MALFORMED_BODY);
    /* Brackets inside texts are no nesting, also behind escaped quotes. */
    assert_int_equal(parse_text("{\"a\":\"\\\"{{{{{{{{{{{{{{{{{{{{{{{{{{{{\\\\\"}"), ERR_NONE);
    buf_fini(&buf);
}

static void put_members(struct buf *buf, int count)
{
    for (int i = 0; i < count; i++) {
        buf_printf(buf, "%s\"m%d\":\"::::\"", i > 0 ? "," : "", i);
    }
}

static void bounds_the_members(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000000);
    for (int more = 0; more <= 1; more++) {
        buf_clear(&buf);
        buf_add_text(&buf, "{\"x\":[{");
        put_members(&buf, WIRE_MEMBER_MAX + more);
        buf_add_text(&buf, "},{");
        put_members(&buf, WIRE_MEMBER_MAX);
        buf_add_text(&buf, "}]}");
        assert_int_equal(parse_text(buf_text(&buf)), more ? ERR_MALFORMED_BODY : ERR_NONE);
    }
    buf_fini(&buf);
}

/* ---- readers ---- */

struct fixture {
    struct wire_problem problem;
    struct wire_object object;
    json_t *root;
};

static void open_object(struct fixture *fixture, const char *text)
{
    wire_problem_init(&fixture->problem, ERR_NONE);
    assert_int_equal(wire_json_parse(text, strlen(text), &fixture->problem, &fixture->root),
                     ERR_NONE);
    wire_object_init(&fixture->object, fixture->root, &fixture->problem);
}

static void assert_finding(struct fixture *fixture, const char *pointer)
{
    assert_int_equal(fixture->problem.error_count, 1);
    assert_string_equal(fixture->problem.errors[0].pointer, pointer);
    fixture->problem.error_count = 0;
}

static void reads_integers_within_range_only(void **state)
{
    (void)state;
    struct fixture f;
    open_object(
        &f, "{\"big\":4294967297,\"neg\":-1,\"real\":1.0,\"text\":\"1\",\"five\":5,\"n\":null}");
    int32_t value = 77;
    assert_false(wire_read_int32(&f.object, "big", WIRE_REQUIRED, 1, 5, &value));
    assert_finding(&f, "/big");
    assert_false(wire_read_int32(&f.object, "neg", WIRE_OPTIONAL, 0, 5, &value));
    assert_finding(&f, "/neg");
    assert_false(wire_read_int32(&f.object, "real", WIRE_OPTIONAL, 0, 5, &value));
    assert_finding(&f, "/real");
    assert_false(wire_read_int32(&f.object, "text", WIRE_OPTIONAL, 0, 5, &value));
    assert_finding(&f, "/text");
    assert_false(wire_read_int32(&f.object, "n", WIRE_REQUIRED, 0, 5, &value));
    assert_finding(&f, "/n");
    assert_false(wire_read_int32(&f.object, "none", WIRE_REQUIRED, 0, 5, &value));
    assert_finding(&f, "/none");
    assert_false(wire_read_int32(&f.object, "none", WIRE_OPTIONAL, 0, 5, &value));
    assert_int_equal(f.problem.error_count, 0);
    assert_int_equal(value, 77);
    assert_true(wire_read_int32(&f.object, "five", WIRE_REQUIRED, 0, 5, &value));
    assert_int_equal(value, 5);
    json_decref(f.root);
}

static void reads_texts_and_codes(void **state)
{
    (void)state;
    struct fixture f;
    open_object(
        &f, "{\"ok\":\"中\",\"long\":\"abcd\",\"tab\":\"a\\tb\",\"blank\":\"  \",\"up\":\"A\"}");
    char text[4] = "old";
    assert_false(wire_read_text(&f.object, "long", WIRE_OPTIONAL, text, sizeof text));
    assert_finding(&f, "/long");
    assert_false(wire_read_text(&f.object, "tab", WIRE_OPTIONAL, text, sizeof text));
    assert_finding(&f, "/tab");
    assert_false(wire_read_text(&f.object, "blank", WIRE_REQUIRED, text, sizeof text));
    assert_finding(&f, "/blank");
    assert_string_equal(text, "old");
    assert_true(wire_read_text(&f.object, "ok", WIRE_REQUIRED, text, sizeof text));
    assert_string_equal(text, "中");
    char code[HALL_CODE_SIZE] = "";
    assert_false(wire_read_code(&f.object, "up", WIRE_REQUIRED, code));
    assert_finding(&f, "/up");
    json_decref(f.root);
}

static void points_into_nested_values(void **state)
{
    (void)state;
    struct fixture f;
    open_object(&f, "{\"a/b~c\":{\"list\":[{\"x\":1},2]}}");
    struct wire_object inner;
    struct wire_object item;
    const json_t *list;
    bool flag;
    assert_true(wire_read_object(&f.object, "a/b~c", WIRE_REQUIRED, &inner));
    assert_true(wire_read_array(&inner, "list", WIRE_REQUIRED, 2, &list));
    assert_true(wire_read_item(&inner, "list", list, 0, &item));
    assert_false(wire_read_bool(&item, "x", WIRE_REQUIRED, &flag));
    assert_finding(&f, "/a~1b~0c/list/0/x");
    assert_false(wire_read_item(&inner, "list", list, 1, &item));
    assert_finding(&f, "/a~1b~0c/list/1");
    assert_false(wire_read_array(&inner, "list", WIRE_REQUIRED, 1, &list));
    assert_finding(&f, "/a~1b~0c/list");
    json_decref(f.root);
}

static void reads_words_and_times(void **state)
{
    (void)state;
    static const char *const words[] = {"red", "green"};
    struct fixture f;
    open_object(
        &f, "{\"w\":\"green\",\"v\":\"blue\",\"t\":\"1970-01-01T08:00:01+08:00\",\"u\":\"noon\"}");
    int index = -1;
    int64_t ms = 0;
    assert_true(wire_read_word(&f.object, "w", WIRE_REQUIRED, words, 2, &index));
    assert_int_equal(index, 1);
    assert_false(wire_read_word(&f.object, "v", WIRE_REQUIRED, words, 2, &index));
    assert_string_equal(f.problem.errors[0].detail, "must be one of red, green");
    assert_finding(&f, "/v");
    assert_true(wire_read_time(&f.object, "t", WIRE_REQUIRED, &ms));
    assert_int_equal(ms, 1000);
    assert_false(wire_read_time(&f.object, "u", WIRE_REQUIRED, &ms));
    assert_finding(&f, "/u");
    json_decref(f.root);
}

/* ---- the writer ---- */

static void every_text_comes_back(void **state)
{
    (void)state;
    char text[256];
    size_t length = 0;
    for (char c = 1; c < 127; c++) {
        text[length++] = c;
    }
    (void)snprintf(text + length, sizeof text - length,
                   "\x7f中文\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xa6\xf0\x9f\x99\x82");
    struct buf buf;
    buf_init(&buf, 10000);
    wire_open_object(&buf, NULL);
    wire_put_text(&buf, "a\"b", text);
    wire_close_object(&buf);
    json_t *root = json_loads(buf_text(&buf), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "a\"b")), text);
    json_decref(root);
    for (size_t i = 0; i < buf.length; i++) {
        assert_true((unsigned char)buf.data[i] >= 0x20 && buf.data[i] != 0x7f);
    }
    assert_null(strstr(buf_text(&buf), "\xe2\x80\xa8"));
    assert_null(strstr(buf_text(&buf), "\xe2\x80\xa9"));
    buf_fini(&buf);
}

static void commas_stand_where_they_must(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 10000);
    wire_open_object(&buf, NULL);
    wire_put_int(&buf, "min", INT64_MIN);
    wire_open_array(&buf, "list");
    wire_close_array(&buf);
    wire_open_array(&buf, "more");
    wire_put_bool(&buf, NULL, true);
    wire_put_text(&buf, NULL, "[");
    wire_put_text(&buf, NULL, "{:,");
    wire_open_object(&buf, NULL);
    wire_close_object(&buf);
    wire_open_object(&buf, NULL);
    wire_put_null(&buf, "n");
    wire_put_time(&buf, "t", 0);
    wire_put_text_or_null(&buf, "e", "");
    wire_close_object(&buf);
    wire_close_array(&buf);
    wire_put_day(&buf, "day", 1);
    wire_close_object(&buf);
    assert_string_equal(buf_text(&buf),
                        "{\"min\":-9223372036854775808,\"list\":[],\"more\":[true,\"[\",\"{:,\","
                        "{},{\"n\":null,\"t\":null,\"e\":null}],\"day\":\"1970-01-02\"}");
    buf_fini(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_one_object),
        cmocka_unit_test(refuses_a_null_byte),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(bounds_the_members),
        cmocka_unit_test(reads_integers_within_range_only),
        cmocka_unit_test(reads_texts_and_codes),
        cmocka_unit_test(points_into_nested_values),
        cmocka_unit_test(reads_words_and_times),
        cmocka_unit_test(every_text_comes_back),
        cmocka_unit_test(commas_stand_where_they_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
