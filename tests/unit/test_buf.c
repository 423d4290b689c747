/* test_buf: growth up to the bound, failure that stays, numbers, texts cut between UTF-8
 * characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"

static void adds_all_kinds(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    assert_string_equal(buf_text(&buf), "");
    buf_add(&buf, "ab\0c", 4);
    buf_add_char(&buf, '-');
    buf_add_text(&buf, "text");
    buf_printf(&buf, "[%d %s]", 7, "x");
    buf_printf(&buf, "%s", "");
    assert_int_equal(buf.length, 4 + 1 + 4 + 5);
    assert_memory_equal(buf.data, "ab\0c-text[7 x]", 14);
    assert_false(buf_failed(&buf));
    buf_fini(&buf);
}

static void prints_extreme_numbers(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    buf_add_int(&buf, 0);
    buf_add_char(&buf, ' ');
    buf_add_int(&buf, INT64_MAX);
    buf_add_char(&buf, ' ');
    buf_add_int(&buf, INT64_MIN);
    assert_string_equal(buf_text(&buf), "0 9223372036854775807 -9223372036854775808");
    buf_fini(&buf);
}

static void grows_to_the_bound_and_not_beyond(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    for (int i = 0; i < 1000; i++) {
        buf_add_char(&buf, (char)('a' + i % 26));
    }
    assert_false(buf_failed(&buf));
    assert_int_equal(buf.length, 1000);
    assert_int_equal(strlen(buf_text(&buf)), 1000);
    assert_int_equal(buf_text(&buf)[999], 'a' + 999 % 26);
    buf_add_char(&buf, 'x');
    assert_true(buf_failed(&buf));
    assert_int_equal(buf.length, 1000);
    assert_string_equal(buf_text(&buf), "");
    buf_clear(&buf);
    assert_false(buf_failed(&buf));
    buf_add_text(&buf, "again");
    assert_string_equal(buf_text(&buf), "again");
    buf_fini(&buf);
}

/* However the bytes came, there is room for the end: at each length up to several allocations. */
static void keeps_room_for_the_end(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 2000);
    for (size_t length = 1; length <= 1100; length++) {
        buf_add_char(&buf, 'x');
        assert_int_equal(strlen(buf_text(&buf)), length);
        assert_true(buf.length < buf.capacity);
    }
    buf_fini(&buf);
}

static void ignores_all_after_a_failure(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 4);
    buf_add_text(&buf, "abc");
    buf_printf(&buf, "%s", "too long");
    buf_add_char(&buf, 'd');
    assert_true(buf_failed(&buf));
    assert_int_equal(buf.length, 3);
    buf_fini(&buf);
}

static void gives_its_bytes_away(void **state)
{
    (void)state;
    struct buf buf;
    size_t length = 1;
    buf_init(&buf, 100);
    assert_null(buf_take(&buf, &length));
    assert_int_equal(length, 0);
    buf_add_text(&buf, "mine");
    char *bytes = buf_take(&buf, &length);
    assert_int_equal(length, 4);
    assert_string_equal(bytes, "mine");
    free(bytes);
    buf_add_text(&buf, "next");
    assert_string_equal(buf_text(&buf), "next");
    buf_fini(&buf);
}

static void copies_what_fits(void **state)
{
    (void)state;
    char small[5] = "xxxx";
    assert_int_equal(text_copy(small, sizeof small, "abcd"), ERR_NONE);
    assert_string_equal(small, "abcd");
    assert_int_equal(text_copy(small, sizeof small, "abcde"), ERR_TOO_LONG);
    assert_string_equal(small, "");
    assert_int_equal(text_copy(small, 1, ""), ERR_NONE);
}

static void cuts_between_characters(void **state)
{
    (void)state;
    char text[8];
    /* U+5927 U+5385 are e5 a4 a7 and e5 8e 85. */
    text_copy_cut(text, 7, "\xe5\xa4\xa7\xe5\x8e\x85");
    assert_string_equal(text, "\xe5\xa4\xa7\xe5\x8e\x85");
    text_copy_cut(text, 6, "\xe5\xa4\xa7\xe5\x8e\x85");
    assert_string_equal(text, "\xe5\xa4\xa7");
    text_copy_cut(text, 4, "\xe5\xa4\xa7\xe5\x8e\x85");
    assert_string_equal(text, "\xe5\xa4\xa7");
    text_copy_cut(text, 3, "\xe5\xa4\xa7\xe5\x8e\x85");
    assert_string_equal(text, "");
    text_copy_cut(text, 3, "abc");
    assert_string_equal(text, "ab");
}

static void knows_plain_text(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "",         "A012",         "\xe5\xa4\xa7\xe5\x8e\x85", "\xf0\x9f\x8e\xab",
        "\xc2\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf",
    };
    static const char *const broken[] = {
        "a\nb",             /* control */
        "\x7f",             /* delete */
        "\xc0\xaf",         /* overlong */
        "\xe0\x9f\xbf",     /* overlong */
        "\xf0\x8f\xbf\xbf", /* overlong */
        "\xed\xa0\x80",     /* surrogate */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf5\x80\x80\x80", /* no such lead byte */
        "\xe5\xa4",         /* ends too early */
        "\xa4",             /* begins in the middle */
        "a\xff",
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        assert_true(text_is_plain(plain[i]));
    }
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_false(text_is_plain(broken[i]));
    }
}

static void names_every_error(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_COUNT; i++) {
        assert_true(strlen(err_slug((enum err)i)) > 0);
        assert_true(strlen(err_title((enum err)i)) > 0);
        assert_null(strpbrk(err_slug((enum err)i), " _ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    }
    assert_string_equal(err_slug(ERR_LOST_RACE), "lost-race");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_all_kinds),
        cmocka_unit_test(prints_extreme_numbers),
        cmocka_unit_test(grows_to_the_bound_and_not_beyond),
        cmocka_unit_test(keeps_room_for_the_end),
        cmocka_unit_test(ignores_all_after_a_failure),
        cmocka_unit_test(gives_its_bytes_away),
        cmocka_unit_test(copies_what_fits),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(knows_plain_text),
        cmocka_unit_test(names_every_error),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
