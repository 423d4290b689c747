/* test_print_font: Chinese as pictures: what is drawn looks like the character, and a slip with
 * chinese=raster is well-formed and as wide as the paper at most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../src/device/device_print.h"

static struct print_font *font;

static int set_up(void **state)
{
    (void)state;
    return print_font_open(&font) == ERR_NONE ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    print_font_close(font);
    return 0;
}

static void draw(const char *text, int size, bool heavy, bool reverse, struct print_dots *dots)
{
    assert_int_equal(print_font_draw(font, text, strlen(text), size, heavy, reverse, dots),
                     ERR_NONE);
}

static bool is_black(const struct print_dots *dots, int x, int y)
{
    return (dots->dots[y * dots->row_bytes + x / 8] >> (7 - x % 8) & 1) != 0;
}

/* Black dots between these corners, the last ones not included. */
static int count_black(const struct print_dots *dots, int left, int top, int right, int bottom)
{
    int count = 0;

    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
            count += is_black(dots, x, y) ? 1 : 0;
        }
    }
    return count;
}

static void a_line_has_the_printers_grid(void **state)
{
    (void)state;
    struct print_dots dots;

    draw("养老保险", 2, false, false, &dots);
    assert_int_equal(dots.row_bytes * 8, 4 * 24 * 2);
    assert_int_equal(dots.rows, 24 * 2);
    for (int i = 0; i < 4; i++) { /* each in its own cell */
        assert_true(count_black(&dots, i * 48, 0, i * 48 + 48, 48) > 200);
    }
    print_dots_fini(&dots);
    draw("窗口 3", 1, false, false, &dots);
    assert_int_equal(dots.row_bytes, (2 * 24 + 2 * 12 + 7) / 8);
    print_dots_fini(&dots);
}

/* 一 is one stroke from side to side, 口 a frame around nothing. */
static void characters_look_like_themselves(void **state)
{
    (void)state;
    struct print_dots dots;

    draw("一", 1, false, false, &dots);
    int all = count_black(&dots, 0, 0, 24, 24);
    assert_in_range(all, 16, 100);
    assert_int_equal(count_black(&dots, 0, 8, 24, 16), all);
    print_dots_fini(&dots);
    draw("口", 1, false, false, &dots);
    assert_int_equal(count_black(&dots, 9, 9, 15, 14), 0);
    assert_true(count_black(&dots, 0, 9, 9, 14) >= 5);   /* its left side, */
    assert_true(count_black(&dots, 15, 9, 24, 14) >= 5); /* its right one, */
    assert_true(count_black(&dots, 9, 0, 15, 9) >= 6);   /* above */
    assert_true(count_black(&dots, 9, 14, 15, 24) >= 6); /* and below */
    print_dots_fini(&dots);
}

static void heavy_is_more_and_reverse_the_opposite(void **state)
{
    (void)state;
    struct print_dots plain;
    struct print_dots heavy;
    struct print_dots reverse;

    draw("补打", 1, false, false, &plain);
    draw("补打", 1, true, false, &heavy);
    draw("补打", 1, false, true, &reverse);
    int black = count_black(&plain, 0, 0, 48, 24);
    assert_true(count_black(&heavy, 0, 0, 48, 24) > black + black / 10);
    assert_int_equal(count_black(&reverse, 0, 0, 48, 24), 48 * 24 - black);
    print_dots_fini(&plain);
    print_dots_fini(&heavy);
    print_dots_fini(&reverse);
}

static void what_the_font_lacks_is_a_square(void **state)
{
    (void)state;
    struct print_dots dots;

    draw("\U000F0000", 1, false, false, &dots);
    assert_int_equal(count_black(&dots, 0, 0, 24, 24), 4 * 18 - 4);
    assert_int_equal(count_black(&dots, 4, 4, 20, 20), 0);
    print_dots_fini(&dots);
    draw("\xff", 1, false, false, &dots); /* no character at all */
    assert_int_equal(dots.rows, 24);
    print_dots_fini(&dots);
}

/* Walks over a slip: pictures are whole, no wider than the head, and text is ASCII. */
static int count_pictures(const struct buf *slip, int head_bytes)
{
    const uint8_t *bytes = (const uint8_t *)slip->data;
    int pictures = 0;

    for (size_t at = 0; at < slip->length;) {
        if (at + 8 <= slip->length && memcmp(bytes + at, "\x1dv0", 3) == 0) {
            int row_bytes = bytes[at + 4] | bytes[at + 5] << 8;
            int rows = bytes[at + 6] | bytes[at + 7] << 8;
            assert_in_range(row_bytes, 1, head_bytes);
            assert_int_equal(rows % 24, 0);
            at += 8 + (size_t)row_bytes * (size_t)rows;
            assert_true(at <= slip->length);
            pictures++;
        } else {
            assert_true(bytes[at] < 0x80);
            at++;
        }
    }
    return pictures;
}

static bool has_bytes(const struct buf *slip, const char *bytes)
{
    for (size_t at = 0; at + strlen(bytes) <= slip->length; at++) {
        if (memcmp(slip->data + at, bytes, strlen(bytes)) == 0) {
            return true;
        }
    }
    return false;
}

static void a_slip_draws_only_what_the_printer_cannot_write(void **state)
{
    (void)state;
    static struct wire_slip slip;
    struct wire_printer printer = {
        .driver = "escpos",
        .width_mm = 58,
        .options = {{.key = "chinese", .value = "raster"}, {.key = "qr", .value = "none"}},
        .option_count = 2};
    const char *reason = NULL;
    struct buf out;

    slip = (struct wire_slip){
        .line_count = 5,
        .lines = {{WIRE_SLIP_HALL, "大厅", "Hall", {.size = 1}},
                  {WIRE_SLIP_NUMBER, "A012", "", {.size = 4, .bold = true}},
                  {WIRE_SLIP_SERVICE, "养老保险", "Pension", {.size = 2, .below = true}},
                  {WIRE_SLIP_NOTICE,
                   "请在取号机取号，留意屏幕和语音叫号，听到叫号后到对应窗口办理。",
                   "",
                   {.size = 1}},
                  {WIRE_SLIP_TIME, "2026-11-23 09:30", "", {.size = 1}}}};
    assert_int_equal(device_check_printer(&printer, &reason), ERR_NONE);
    buf_init(&out, DEVICE_SLIP_MAX);
    assert_int_equal(device_print_slip(&printer, &slip, &out), ERR_NONE);
    /* The hall, the service, and 62 columns of notice on paper of 32. */
    assert_int_equal(count_pictures(&out, 48), 4);
    assert_true(has_bytes(&out, "\x1d\x21\x33"
                                "A012\n"));
    assert_true(has_bytes(&out, "Pension\n"));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_the_printers_grid),
        cmocka_unit_test(characters_look_like_themselves),
        cmocka_unit_test(heavy_is_more_and_reverse_the_opposite),
        cmocka_unit_test(what_the_font_lacks_is_a_square),
        cmocka_unit_test(a_slip_draws_only_what_the_printer_cannot_write),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
