/* test_led_text: what no single golden frame shows of the text drivers: the answers of Onbon's
 * controllers, texts that try to become commands, and rules that hold for every driver.
 *
 * tests/led/onbon/vectors.txt and judge.txt hold the frames, with their origin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../src/device/device_internal.h"
#include "led_table.h"

#define ROW_MAX 64
static struct led_row vectors[ROW_MAX];
static int vector_count;

static int read_vectors(void **state)
{
    (void)state;
    vector_count = led_table_read("tests/led/onbon/vectors.txt", vectors, ROW_MAX);
    return vector_count == 20 ? 0 : -1;
}

static size_t find_vector(const char *id, uint8_t bytes[DEVICE_FRAME_MAX])
{
    for (int i = 0; i < vector_count; i++) {
        if (strcmp(vectors[i].cells[0], id) == 0) {
            return (size_t)led_table_hex(vectors[i].cells[2], bytes, DEVICE_FRAME_MAX);
        }
    }
    fail_msg("no vector %s", id);
    return 0;
}

/* ---- onbon ---- */

/* Every frame of the K series is read, and made again from what was read. */
static void onbon_frames_are_read_and_made_again(void **state)
{
    int accepted = 0;

    (void)state;
    assert_int_equal(led_onbon_crc((const uint8_t *)"123456789", 9), 0xBB3D);
    for (int i = 0; i < vector_count; i++) {
        uint8_t bytes[DEVICE_FRAME_MAX];
        struct led_onbon_frame plain;
        struct device_frame frame = {.length = 0};
        size_t used = 0;
        size_t length = (size_t)led_table_hex(vectors[i].cells[2], bytes, sizeof bytes);
        enum device_answer answer = led_onbon_unpack(bytes, length, &plain, &used);
        bool refuse = strcmp(vectors[i].cells[1], "bad") == 0 ||
                      strcmp(vectors[i].cells[0], "V-ON-20") == 0; /* another series' header */
        print_message("%s\n", vectors[i].cells[0]);
        assert_int_equal(used, length);
        if (refuse) {
            assert_int_equal(answer, DEVICE_ANSWER_GARBAGE);
            continue;
        }
        assert_int_equal(answer, DEVICE_ANSWER_OK);
        led_onbon_pack(&plain, &frame);
        assert_int_equal(frame.length, length);
        assert_memory_equal(frame.bytes, bytes, length);
        accepted++;
    }
    assert_int_equal(accepted, 18);
}

/* The bytes of the questions that the product never asks, from their meaning alone. */
static void onbon_commands_of_others(void **state)
{
    static const struct {
        const char *id;
        uint8_t data[8];
        size_t length;
    } rows[] = {
        {"V-ON-01", {0xa2, 0x00, 1, 0, 0}, 5},          {"V-ON-02", {0xa1, 0x02, 1, 0, 0}, 5},
        {"V-ON-04", {0xa3, 0x06, 1, 2, 0, 0xff, 0}, 7}, {"V-ON-14", {0xa3, 0x00, 1, 0, 0, 2}, 6},
        {"V-ON-15", {0xa3, 0x00, 1, 0, 0, 1}, 6},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct led_onbon_frame plain = {.to = 1, .from = ONBON_HOST, .device = 0xfe};
        struct device_frame frame = {.length = 0};
        uint8_t bytes[DEVICE_FRAME_MAX];
        size_t length = find_vector(rows[i].id, bytes);
        memcpy(plain.data, rows[i].data, rows[i].length);
        plain.length = rows[i].length;
        led_onbon_pack(&plain, &frame);
        assert_int_equal(frame.length, length);
        assert_memory_equal(frame.bytes, bytes, length);
    }
}

static void onbon_judges_answers(void **state)
{
    static const char *const words[] = {"more", "ok", "refused", "retry", "garbage"};
    static struct led_row rows[ROW_MAX];
    int count = led_table_read("tests/led/onbon/judge.txt", rows, ROW_MAX);

    (void)state;
    assert_true(count >= 25);
    for (int i = 0; i < count; i++) {
        uint8_t sent[DEVICE_FRAME_MAX];
        uint8_t got[DEVICE_FRAME_MAX];
        size_t sent_length = find_vector(rows[i].cells[0], sent);
        int got_length =
            rows[i].cells[1][0] == '-' ? 0 : led_table_hex(rows[i].cells[1], got, sizeof got);
        print_message("%s: %s\n", rows[i].cells[0], rows[i].cells[3]);
        assert_string_equal(words[led_onbon.judge(sent, sent_length, got, (size_t)got_length)],
                            rows[i].cells[2]);
    }
}

/* An answer may come in any pieces; it is one with its last byte. */
static void onbon_answer_may_come_in_pieces(void **state)
{
    uint8_t sent[DEVICE_FRAME_MAX];
    uint8_t got[DEVICE_FRAME_MAX];
    size_t sent_length = find_vector("V-ON-11", sent);
    size_t got_length = find_vector("V-ON-06", got);

    (void)state;
    for (size_t i = 0; i < got_length; i++) {
        assert_int_equal(led_onbon.judge(sent, sent_length, got, i), DEVICE_ANSWER_MORE);
    }
    assert_int_equal(led_onbon.judge(sent, sent_length, got, got_length), DEVICE_ANSWER_OK);
}

/* No single damaged byte of an answer is taken for an acknowledgement, but where it leaves the
 * frame whole: the eight starts are more than are needed. */
static void onbon_damage_is_never_an_acknowledgement(void **state)
{
    uint8_t sent[DEVICE_FRAME_MAX];
    uint8_t got[DEVICE_FRAME_MAX];
    size_t sent_length = find_vector("V-ON-01", sent);
    size_t got_length = find_vector("V-ON-06", got);

    (void)state;
    for (size_t i = 8; i < got_length; i++) {
        uint8_t right = got[i];
        for (int value = 0; value < 256; value++) {
            got[i] = (uint8_t)value;
            enum device_answer answer = led_onbon.judge(sent, sent_length, got, got_length);
            if (value == right || (i == 8 && value == 0xa5)) {
                continue; /* the answer, or one A5 more and a byte less: below */
            }
            assert_int_not_equal(answer, DEVICE_ANSWER_OK);
        }
        got[i] = right;
    }
    got[8] = 0xa5;
    assert_int_equal(led_onbon.judge(sent, sent_length, got, got_length), DEVICE_ANSWER_GARBAGE);
}

/* A text with a line end, which no board file can hold: the two lines of V-ON-09, whose clock comes
 * from escapes that a text may not have. */
static void onbon_line_feed_becomes_an_escape(void **state)
{
    struct wire_display display = {.address = 1, .window = 1};
    struct device_content content = {.sign = {.window = 1, .state = BOARD_IDLE}};
    struct led_onbon_frame plain;
    uint8_t frame[DEVICE_FRAME_MAX];
    size_t length = 0;
    size_t used = 0;

    (void)state;
    (void)snprintf(content.sign.text_zh, BOARD_TEXT_SIZE, "北京\n时间");
    assert_int_equal(led_onbon.encode(&display, &content, frame, sizeof frame, &length), ERR_NONE);
    assert_int_equal(led_onbon_unpack(frame, length, &plain, &used), DEVICE_ANSWER_OK);
    assert_memory_equal(plain.data + plain.length - 10, "\xb1\xb1\xbe\xa9\\n\xca\xb1\xbc\xe4", 10);
}

/* The virtual line acknowledges what is for it, as a controller does. */
static void onbon_is_acknowledged_on_a_virtual_line(void **state)
{
    struct device_port *port = NULL;
    uint8_t sent[DEVICE_FRAME_MAX];
    uint8_t got[DEVICE_FRAME_MAX];
    size_t length = find_vector("V-ON-16", sent);
    size_t got_length = 0;

    (void)state;
    assert_int_equal(link_sim.open("desk", &port), ERR_NONE);
    assert_int_equal(link_sim.write(port, sent, length, 100), ERR_NONE);
    assert_int_equal(link_sim.read(port, got, sizeof got, 0, &got_length), ERR_NONE);
    assert_int_equal(led_onbon.judge(sent, length, got, got_length), DEVICE_ANSWER_OK);
    length = find_vector("V-ON-07", sent); /* wants no reply */
    assert_int_equal(link_sim.write(port, sent, length, 100), ERR_NONE);
    assert_int_equal(link_sim.read(port, got, sizeof got, 0, &got_length), ERR_TIMEOUT);
    length = find_vector("V-ON-19", sent); /* wrong checksum */
    assert_int_equal(link_sim.write(port, sent, length, 100), ERR_NONE);
    assert_int_equal(link_sim.read(port, got, sizeof got, 0, &got_length), ERR_TIMEOUT);
    link_sim.close(port);
}

/* ---- every driver ---- */

static struct device_content make_content(enum board_state state, const char *number)
{
    struct device_content content = {.sign = {.window = 3, .state = state, .calls = 1}};

    (void)snprintf(content.sign.number, sizeof content.sign.number, "%s", number);
    return content;
}

/* An encoder has no memory: the same content is the same frame, whatever came between. And a sign
 * that is called with an empty text shows the number, not nothing. */
static void every_driver_is_pure_and_shows_the_number(void **state)
{
    (void)state;
    for (int i = 0; device_driver_at(i) != NULL; i++) {
        const struct device_driver *driver = device_driver_at(i);
        struct wire_display display = {.address = driver->address_min, .window = 3};
        struct device_content call = make_content(BOARD_CALLING, "A012");
        struct device_content dark = make_content(BOARD_IDLE, "");
        uint8_t frames[3][DEVICE_FRAME_MAX];
        size_t lengths[3] = {0};
        print_message("%s\n", driver->name);
        assert_int_equal(driver->encode(&display, &call, frames[0], DEVICE_FRAME_MAX, &lengths[0]),
                         ERR_NONE);
        assert_int_equal(driver->encode(&display, &dark, frames[1], DEVICE_FRAME_MAX, &lengths[1]),
                         ERR_NONE);
        assert_int_equal(driver->encode(&display, &call, frames[2], DEVICE_FRAME_MAX, &lengths[2]),
                         ERR_NONE);
        assert_int_equal(lengths[0], lengths[2]);
        assert_memory_equal(frames[0], frames[2], lengths[0]);
        assert_true(lengths[0] != lengths[1] || memcmp(frames[0], frames[1], lengths[0]) != 0);
    }
}

/* Refused without a byte beyond the place given, whatever that is. */
static void every_driver_keeps_to_its_place(void **state)
{
    (void)state;
    for (int i = 0; device_driver_at(i) != NULL; i++) {
        const struct device_driver *driver = device_driver_at(i);
        struct wire_display display = {.address = driver->address_min, .window = 3};
        struct device_content content = make_content(BOARD_CALLING, "A012");
        uint8_t whole[DEVICE_FRAME_MAX];
        size_t length = 0;
        assert_int_equal(driver->encode(&display, &content, whole, sizeof whole, &length),
                         ERR_NONE);
        for (size_t size = 0; size < length; size++) {
            uint8_t frame[DEVICE_FRAME_MAX];
            size_t untouched = 77;
            memset(frame, 0xee, sizeof frame);
            assert_int_equal(driver->encode(&display, &content, frame, size, &untouched),
                             ERR_TOO_LONG);
            assert_int_equal(untouched, 77);
            assert_int_equal(frame[size], 0xee);
        }
    }
}

/* Numbers from a seed: texts of any bytes, as long as they may be. Nothing may be written out of
 * bounds (the sanitizers look on), and what is refused is refused with one of the three codes. */
static void every_driver_survives_any_text(void **state)
{
    uint32_t random = 20260101;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct device_content content = make_content(BOARD_CALLING, "Z999");
        for (int i = 0; i + 1 < BOARD_TEXT_SIZE; i++) {
            random = random * 1664525 + 1013904223;
            uint8_t byte = (uint8_t)(random >> 24);
            /* Half the rounds lean to the bytes that GB2312, escapes and frames are made of. */
            bool lean = round % 2 == 0;
            byte = lean && byte < 64 ? (uint8_t) "Z[\\\xa5\xa6\x07\r\x1b"[byte % 8] : byte;
            content.sign.text_zh[i] = content.sign.text_en[i] = (char)byte;
            if (round % 7 == i % 11 && i > 3) {
                break;
            }
        }
        for (int i = 0; device_driver_at(i) != NULL; i++) {
            const struct device_driver *driver = device_driver_at(i);
            struct wire_display display = {.address = driver->address_max, .window = 3};
            uint8_t frame[DEVICE_FRAME_MAX];
            size_t length = 0;
            enum err err = driver->encode(&display, &content, frame, sizeof frame, &length);
            assert_true(err == ERR_NONE || err == ERR_UNSHOWABLE || err == ERR_TOO_LONG);
            assert_true(err != ERR_NONE || (length > 0 && length <= sizeof frame));
        }
    }
}

/* A Chinese character in every place of a long text: the longest frames there are. */
static void the_longest_chinese_text_fits(void **state)
{
    static const char *const names[] = {"onbon",   "imm9002", "imm90061",
                                        "imm9012", "imm9013", "imm9003"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct device_driver *driver = device_find_driver(names[i]);
        struct wire_display display = {.address = 0x5a, .window = 3};
        struct device_content content = make_content(BOARD_PAUSED, "");
        uint8_t frame[DEVICE_FRAME_MAX];
        size_t length = 0;
        assert_non_null(driver);
        for (size_t at = 0; at + 3 < BOARD_TEXT_SIZE; at += 3) {
            memcpy(content.sign.text_zh + at, "处", 3); /* B4 A6: an escape in every character */
        }
        assert_int_equal(driver->encode(&display, &content, frame, sizeof frame, &length),
                         ERR_NONE);
        assert_true(length > 2 * (BOARD_TEXT_SIZE / 3));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(onbon_frames_are_read_and_made_again),
        cmocka_unit_test(onbon_commands_of_others),
        cmocka_unit_test(onbon_judges_answers),
        cmocka_unit_test(onbon_answer_may_come_in_pieces),
        cmocka_unit_test(onbon_damage_is_never_an_acknowledgement),
        cmocka_unit_test(onbon_line_feed_becomes_an_escape),
        cmocka_unit_test(onbon_is_acknowledged_on_a_virtual_line),
        cmocka_unit_test(every_driver_is_pure_and_shows_the_number),
        cmocka_unit_test(every_driver_keeps_to_its_place),
        cmocka_unit_test(every_driver_survives_any_text),
        cmocka_unit_test(the_longest_chinese_text_fits),
    };
    return cmocka_run_group_tests(tests, read_vectors, NULL);
}
