/* CONTENT.json of `hallcall led`: the content of one sign. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

static struct board_sign parse(const char *text)
{
    struct wire_problem problem;
    struct board_sign sign;
    assert_int_equal(wire_sign_parse(&sign, text, strlen(text), &problem), ERR_NONE);
    assert_int_equal(problem.error_count, 0);
    return sign;
}

static void test_number(void **state)
{
    (void)state;
    struct board_sign sign = parse("{\"window\":3,\"number\":\"A012\",\"state\":\"serving\"}");
    assert_int_equal(sign.window, 3);
    assert_string_equal(sign.number, "A012");
    assert_int_equal(sign.state, BOARD_SERVING);
    assert_string_equal(sign.text_zh, "");
    assert_string_equal(sign.text_en, "");
    assert_int_equal(sign.calls, 1);
    sign = parse("{\"number\":\"A012\",\"calls\":3}");
    assert_int_equal(sign.state, BOARD_CALLING);
    assert_int_equal(sign.calls, 3);
}

static void test_states(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"state\":\"calling\"}").state, BOARD_CALLING);
    assert_int_equal(parse("{\"state\":\"serving\"}").state, BOARD_SERVING);
    assert_int_equal(parse("{\"state\":\"idle\"}").state, BOARD_IDLE);
    assert_int_equal(parse("{\"state\":\"paused\"}").state, BOARD_PAUSED);
    assert_int_equal(parse("{\"state\":\"closed\"}").state, BOARD_CLOSED);
}

static void test_texts(void **state)
{
    (void)state;
    struct board_sign sign = parse("{\"text\":{\"zh-CN\":\"暂停服务\",\"en\":\"PAUSED\"}}");
    assert_string_equal(sign.text_zh, "暂停服务");
    assert_string_equal(sign.text_en, "PAUSED");
    /* A Chinese sign shows Latin letters; a Latin one shows no Chinese. */
    sign = parse("{\"text\":{\"en\":\"PAUSED\"}}");
    assert_string_equal(sign.text_zh, "PAUSED");
    sign = parse("{\"text\":{\"zh-CN\":\"暂停服务\"}}");
    assert_string_equal(sign.text_en, "");
}

static void refuse(const char *text, enum err expected, const char *pointer)
{
    struct wire_problem problem;
    struct board_sign sign;
    memset(&sign, 0x5a, sizeof sign);
    assert_int_equal(wire_sign_parse(&sign, text, strlen(text), &problem), expected);
    assert_int_equal(problem.err, expected);
    assert_int_equal(problem.error_count, 1);
    assert_string_equal(problem.errors[0].pointer, pointer);
    struct board_sign untouched;
    memset(&untouched, 0x5a, sizeof untouched);
    assert_memory_equal(&sign, &untouched, sizeof sign);
}

static void test_refusals(void **state)
{
    (void)state;
    refuse("A012", ERR_MALFORMED_BODY, "");
    refuse("[]", ERR_INVALID_BODY, "");
    refuse("{\"window\":1000}", ERR_INVALID_BODY, "/window");
    refuse("{\"number\":12}", ERR_INVALID_BODY, "/number");
    refuse("{\"number\":\"A01234567890\"}", ERR_INVALID_BODY, "/number");
    refuse("{\"state\":\"open\"}", ERR_INVALID_BODY, "/state");
    refuse("{\"text\":\"PAUSED\"}", ERR_INVALID_BODY, "/text");
    refuse("{\"text\":{\"zh\":\"x\"}}", ERR_INVALID_BODY, "/text/zh");
    refuse("{\"text\":{\"en\":\"a\\u0007\"}}", ERR_INVALID_BODY, "/text/en");
    refuse("{\"numbr\":\"A012\"}", ERR_INVALID_BODY, "/numbr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
