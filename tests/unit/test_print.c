/* test_print: what a printer is sent and what it says, against tests/print/vectors.txt; whole slips
 * with each option; characters that a printer does not have; the USB link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/device/device_print.h"
#include "led_table.h"

#define VECTORS "tests/print/vectors.txt"
#define VECTOR_MAX 40

static struct buf out;
static struct wire_slip slip;

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, DEVICE_SLIP_MAX);
    slip = (struct wire_slip){
        .line_count = 9,
        .lines = {{WIRE_SLIP_HALL, "大厅", "Hall"},
                  {WIRE_SLIP_NUMBER, "A012", "", {.size = 4, .bold = true}},
                  {WIRE_SLIP_SERVICE, "养老保险", "Pension insurance", {.size = 2, .below = true}},
                  {WIRE_SLIP_AHEAD, "前面还有 5 位", "5 ahead of you"},
                  {WIRE_SLIP_TIME, "2026-11-23 09:30", ""},
                  {WIRE_SLIP_MARK, "补打", "copy", {.size = 2, .reverse = true}},
                  {WIRE_SLIP_CODE, "", "", {.size = 1}},
                  {WIRE_SLIP_NOTICE, "过号请到服务台", "Missed? Ask us"},
                  {WIRE_SLIP_ID, "01J9", ""}},
        .url = "https://q.example.cn/t/00ff"};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_fini(&out);
    return 0;
}

static void chinese(const char *text)
{
    print_text_chinese(&out, text, strlen(text));
}

static void line(const char *text)
{
    chinese(text);
    buf_add_char(&out, '\n');
}

static void qr(const char *text, int dot, enum escpos_level level)
{
    assert_int_equal(escpos_qr(&out, text, dot, level), ERR_NONE);
}

/* The sheet's whole ticket, out of the same functions as ours. */
static void make_ticket(void)
{
    escpos_init(&out);
    escpos_chinese(&out, true);
    escpos_align(&out, ESCPOS_CENTRE);
    escpos_size(&out, 1, 1);
    line("办事大厅排队号");
    escpos_size(&out, 4, 4);
    line("A012");
    escpos_size(&out, 1, 1);
    line("窗口: 3号窗口");
    line("您前面还有5人");
    line("2024-05-06 09:30");
    qr("Q:A012", 6, ESCPOS_LEVEL_M);
    escpos_feed(&out, 3);
    escpos_cut(&out, true, 0);
}

static void make_chinese_line(void)
{
    escpos_init(&out);
    escpos_chinese(&out, true);
    line("示例文本打印机!");
    escpos_chinese(&out, false);
}

/* What our encoder makes of the sheet's vector with that number. */
static void make(int number)
{
    static const uint8_t one[] = {0x80};
    static const uint8_t two[] = {0xff, 0xff, 0x80, 0x01};
    switch (number) {
    case 1:
        escpos_init(&out);
        break;
    case 2:
        make_chinese_line();
        break;
    case 3:
        qr("1234", 3, ESCPOS_LEVEL_L);
        break;
    case 4:
        escpos_raster(&out, one, 1, 1);
        break;
    case 5:
        escpos_cut(&out, false, 3);
        break;
    case 6:
        escpos_cut(&out, true, 0);
        break;
    case 7:
        escpos_size(&out, 4, 4);
        break;
    case 8:
        escpos_align(&out, ESCPOS_CENTRE);
        break;
    case 9:
        escpos_align(&out, ESCPOS_RIGHT);
        break;
    case 10:
        escpos_bold(&out, true);
        break;
    case 11:
        escpos_feed(&out, 3);
        break;
    case 12:
        escpos_underline(&out, true);
        break;
    case 13:
        make_ticket();
        break;
    case 14:
        qr("https://q.example.cn/t/A012", 6, ESCPOS_LEVEL_M);
        break;
    case 15:
        escpos_raster(&out, two, 2, 2);
        break;
    case 16:
        for (int question = 1; question <= 4; question++) {
            escpos_ask(&out, question);
        }
        break;
    default:
        assert_int_equal(number, 20);
        escpos_watch(&out);
    }
}

static void check_heard(int number, const uint8_t *bytes, int length)
{
    static const struct {
        int number;
        struct print_status status;
    } rows[] = {
        {17, {0}},
        {18, {.offline = true, .paper_out = true, .paper_low = true}},
        {19, {.paper_low = true}},
        {21, {0}},
        {22, {.offline = true, .paper_out = true}},
    };
    struct print_reader reader = {0};
    bool asked = number < 20;
    for (int i = 0; i < length; i++) {
        reader.asked = asked ? i + 1 : 0;
        enum print_heard heard = print_reader_take(&reader, bytes[i]);
        enum print_heard last = i == 3 ? PRINT_HEARD_CHANGE : PRINT_HEARD_NOTHING;
        assert_int_equal(heard, asked ? PRINT_HEARD_ANSWER : last);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number) {
            assert_memory_equal(&reader.status, &rows[i].status, sizeof reader.status);
            return;
        }
    }
    fail_msg("no status is known for V-EP-%d", number);
}

static void vectors_of_the_sheet(void **state)
{
    (void)state;
    struct led_row *rows = calloc(VECTOR_MAX, sizeof *rows);
    assert_non_null(rows);
    int count = led_table_read(VECTORS, rows, VECTOR_MAX);
    assert_int_equal(count, 23);
    for (int i = 0; i < count; i++) {
        uint8_t bytes[256];
        int number = (int)strtol(rows[i].cells[0] + strlen("V-EP-"), NULL, 10);
        int length = led_table_hex(rows[i].cells[1], bytes, sizeof bytes);
        print_message("%s\n", rows[i].cells[0]);
        if (strstr(rows[i].cells[0], " tx") != NULL) {
            buf_clear(&out);
            make(number);
            assert_int_equal(out.length, length);
            assert_memory_equal(out.data, bytes, (size_t)length);
        } else if (strstr(rows[i].cells[0], " rx") != NULL) {
            check_heard(number, bytes, length);
        } else {
            struct print_reader reader = {.asked = 1};
            assert_int_equal(print_reader_take(&reader, bytes[0]), PRINT_HEARD_NOTHING);
            assert_int_equal(reader.asked, 1);
        }
    }
    free(rows);
}

/* Answers, unasked status and flow control on one line. */
static void told_apart(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x13, 0x18, 0x13, 0x00, 0x11, 0x0c, 0x00, /* change between X */
                                    0x12,                                     /* answer */
                                    0x18, 0x00, 0x1a}; /* a change broken off by an answer */
    static const enum print_heard heard[] = {
        0, 0, 0, 0, 0, 0, PRINT_HEARD_CHANGE, PRINT_HEARD_ANSWER, 0, 0, PRINT_HEARD_ANSWER};
    struct print_reader reader = {0};
    for (size_t i = 0; i < sizeof bytes; i++) {
        reader.asked = 1;
        assert_int_equal(print_reader_take(&reader, bytes[i]), heard[i]);
        if (heard[i] == PRINT_HEARD_CHANGE) {
            assert_true(reader.status.offline && reader.status.paper_out);
            assert_string_equal(print_status_text(&reader.status), "paper out");
        }
    }
    assert_true(reader.status.offline);
    assert_false(print_status_ready(&reader.status));
    reader.asked = 0; /* an answer to nothing */
    assert_int_equal(print_reader_take(&reader, 0x12), PRINT_HEARD_NOTHING);
    assert_true(reader.status.offline);
}

static bool holds(const char *bytes, size_t length)
{
    for (size_t at = 0; at + length <= out.length; at++) {
        if (memcmp(out.data + at, bytes, length) == 0) {
            return true;
        }
    }
    return false;
}
#define HOLDS(text) holds(text, sizeof(text) - 1)

static void print(int width_mm, const char *key, const char *value)
{
    struct wire_printer printer = {.driver = "escpos", .width_mm = width_mm};
    const char *reason = NULL;
    if (key != NULL) {
        text_copy_cut(printer.options[0].key, sizeof printer.options[0].key, key);
        text_copy_cut(printer.options[0].value, sizeof printer.options[0].value, value);
        printer.option_count = 1;
    }
    buf_clear(&out);
    assert_int_equal(device_check_printer(&printer, &reason), ERR_NONE);
    assert_int_equal(device_print_slip(&printer, &slip, &out), ERR_NONE);
}

static void slip_in_order(void **state)
{
    (void)state;
    print(80, NULL, NULL);
    assert_memory_equal(out.data, "\x1b\x40\x1c\x26\x1b\x61\x01", 7);
    /* hall, number 4 x 4, service 2 x 2 with its English below */
    assert_true(HOLDS("\xb4\xf3\xcc\xfc / Hall\n"));
    assert_true(HOLDS("\x1d\x21\x33"
                      "A012\n"
                      "\x1d\x21\x00"));
    assert_true(HOLDS("\x1d\x21\x11\xd1\xf8\xc0\xcf\xb1\xa3\xcf\xd5\n\x1d\x21"));
    assert_true(HOLDS("\x1d\x21\x00Pension insurance\n"));
    /* the mark white on black; the code before the notices; the cut last */
    assert_true(HOLDS("\x1d\x42\x01\x1d\x21\x11\xb2\xb9\xb4\xf2 / copy\n"));
    assert_true(HOLDS("\x31\x50\x30https://q.example.cn/t/00ff\x1d\x28\x6b\x03\x00\x31\x51\x30"
                      "\xb9\xfd\xba\xc5"));
    assert_true(HOLDS("01J9\n\x1b\x64\x03"));
    assert_memory_equal(out.data + out.length - 4, "\x1d\x56\x42\x00", 4);
}

static void options_change_the_slip(void **state)
{
    (void)state;
    print(80, "cut", "full");
    assert_memory_equal(out.data + out.length - 4, "\x1d\x56\x41\x00", 4);
    print(80, "cut", "none");
    assert_memory_equal(out.data + out.length - 3, "\x1b\x64\x03", 3);
    print(80, "feed", "0");
    assert_true(HOLDS("\x1b\x64\x00\x1d\x56"));
    print(80, "qr", "none");
    assert_false(HOLDS("example"));
    print(58, "qr", "raster");
    assert_false(HOLDS("\x1d\x28\x6b"));
    /* 29 modules and the quiet zone, 6 dots each: 222 dots */
    assert_true(HOLDS("\x1d\x76\x30\x00\x1c\x00\xde\x00"));
    print(58, "chinese", "none");
    assert_false(HOLDS("\x1c\x26"));
    assert_true(HOLDS("\x1d\x21\x00Pension insurance\n"));
    assert_false(HOLDS("\xd1\xf8"));
}

/* A raster code is never wider than the head, nor a number than the paper. */
static void nothing_is_wider_than_paper(void **state)
{
    (void)state;
    memset(slip.url, 'x', sizeof slip.url - 1);
    text_copy_cut(slip.lines[1].zh, sizeof slip.lines[1].zh, "ABC-1234567");
    print(58, "qr", "raster");
    const char *at = memchr(out.data, 0x76, out.length);
    assert_non_null(at);
    assert_true(at[3] > 0 && at[3] <= 48);
    assert_true(HOLDS("\x1d\x21\x11"
                      "ABC-1234567\n"));
    print(80, NULL, NULL);
    assert_true(HOLDS("\x1d\x21\x33"
                      "ABC-1234567\n"));
}

/* Left and back to the centre again only where it changes; a rule over the whole paper. */
static void layout_changes_the_slip(void **state)
{
    (void)state;
    slip.lines[3].style = (struct wire_slip_style){.align = WIRE_SLIP_LEFT, .bold = true};
    slip.lines[4].style = (struct wire_slip_style){.align = WIRE_SLIP_RIGHT, .size = 3};
    slip.lines[6].role = WIRE_SLIP_RULE;
    print(58, NULL, NULL);
    assert_true(HOLDS("\x1b\x61\x00\x1b\x45\x01\xc7\xb0"));
    assert_true(HOLDS("you\n\x1b\x45\x00\x1b\x61\x02"));
    /* 16 characters at three times the width do not fit into 32 columns, twice do */
    assert_true(HOLDS("\x1d\x21\x11"
                      "2026-11-23 09:30\n\x1d\x21\x00\x1b\x61\x01"));
    assert_true(HOLDS("\x1d\x42\x00--------------------------------\n"));
    assert_false(HOLDS("example")); /* the code's place is the rule's now */
}

static void missing_characters(void **state)
{
    (void)state;
    /* GBK has it; only four bytes have it; no code at all; broken UTF-8; control characters. */
    chinese("\u9f98\u3401\U0001f600\xff\x1b@a\n");
    assert_int_equal(out.length, 10);
    assert_memory_equal(out.data, "\xfd\x93\xa1\xf5\xa1\xf5\xa1\xf5@a", 10);
    buf_clear(&out);
    print_text_latin(&out, "A\u53f7\x1b!", strlen("A\u53f7\x1b!"));
    assert_memory_equal(out.data, "A?!", 3);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {{"cut", "half"},  {"qr", "svg"}, {"chinese", "big5"},
                                           {"feed", "21"},   {"feed", ""},  {"status", "maybe"},
                                           {"colour", "red"}};
    const char *reason = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct wire_printer printer = {.driver = "escpos", .width_mm = 80, .option_count = 1};
        text_copy_cut(printer.options[0].key, sizeof printer.options[0].key, wrong[i][0]);
        text_copy_cut(printer.options[0].value, sizeof printer.options[0].value, wrong[i][1]);
        assert_int_equal(device_check_printer(&printer, &reason), ERR_INVALID_OPTION);
        assert_non_null(reason);
    }
    struct wire_printer printer = {.driver = "zpl", .width_mm = 80};
    assert_int_equal(device_check_printer(&printer, &reason), ERR_INVALID_OPTION);
    printer = (struct wire_printer){.driver = "escpos", .width_mm = 76};
    assert_int_equal(device_check_printer(&printer, &reason), ERR_INVALID_OPTION);
}

/* A pipe plays the kernel's printer device: it takes bytes until it is full, and then no more. */
static void usb_never_blocks(void **state)
{
    (void)state;
    const struct device_link *link = NULL;
    const char *target = NULL;
    char folder[] = "/tmp/hallcall-usb-XXXXXX";
    char path[64];
    char name[80];
    uint8_t bytes[4096] = {0x1b, 0x40};
    size_t length = 0;
    struct device_port *port = NULL;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/lp0", folder);
    (void)snprintf(name, sizeof name, "usb:%s", path);
    assert_int_equal(device_find_link(name, &link, &target), ERR_NONE);
    assert_int_equal(link->open(target, &port), ERR_GONE);
    assert_int_equal(link->open("lp0", &port), ERR_INVALID_OPTION);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(link->open(target, &port), ERR_NONE);
    assert_int_equal(link->read(port, bytes, sizeof bytes, 0, &length), ERR_TIMEOUT);
    assert_int_equal(link->write(port, bytes, 2, 100), ERR_NONE);
    assert_int_equal(link->read(port, bytes, sizeof bytes, 100, &length), ERR_NONE);
    assert_int_equal(length, 2);
    enum err err = ERR_NONE;
    for (int i = 0; i < 1000 && err == ERR_NONE; i++) {
        err = link->write(port, bytes, sizeof bytes, 20);
    }
    assert_int_equal(err, ERR_TIMEOUT);
    link->close(port);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(vectors_of_the_sheet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slip_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(options_change_the_slip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_wider_than_paper, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layout_changes_the_slip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_options_are_refused, set_up, tear_down),
        cmocka_unit_test(usb_never_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
