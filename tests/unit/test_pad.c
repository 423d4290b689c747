/* test_pad: the codecs of keypads and rating pads against tests/pad, and their rules of hunting,
 * silence and options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "led_table.h"
#include "pad.h"

#define ROW_MAX 60
#define LATER 1000 /* a silence after which any stream is fresh */

/* All bytes at one time, then silence: how many frames, and the last of them. */
static int hear(const struct pad_driver *driver, struct pad_stream *stream, bool silence,
                const uint8_t *bytes, size_t length, int64_t now_ms, struct pad_said *said)
{
    int count = 0;

    for (size_t i = 0; i < length; i++) {
        count += driver->feed(stream, bytes[i], silence, now_ms, said) ? 1 : 0;
    }
    if (driver->settle != NULL) {
        count += driver->settle(stream, now_ms + driver->settle_ms, said) ? 1 : 0;
    }
    return count;
}

static void check_frame(const struct pad_frame *frame, const uint8_t *bytes, size_t length,
                        const char *id)
{
    if (frame->length != length || memcmp(frame->bytes, bytes, length) != 0) {
        fail_msg("%s: another frame", id);
    }
}

/* ---- FF 68 ---- */

static bool make_ff68(const char *what, const struct pad_said *said, struct pad_frame *frame)
{
    char word[16] = "";
    char text[16] = "";
    int address = 0;

    (void)sscanf(what, "%15s %d %15s", word, &address, text);
    if (strcmp(word, "answer") == 0) {
        pad_ff68.answer(said, frame);
    } else if (strcmp(word, "ticket") == 0) {
        pad_ff68_ticket(address, text, frame);
    } else if (strcmp(word, "waiting") == 0) {
        pad_ff68_waiting(address, (int)strtol(text, NULL, 10), frame);
    } else if (strcmp(word, "beep") == 0) {
        pad_ff68_beep(address, frame);
    } else if (strcmp(word, "stars") == 0) {
        pad_ff68_stars(address, frame);
    } else if (strcmp(word, "ask") == 0) {
        pad_ff68_ask(address, frame);
    } else {
        return false;
    }
    return true;
}

static void check_heard(const char *what, const struct pad_said *said)
{
    char word[16] = "";
    unsigned key = 0;
    int address = 0;
    int before = -1;

    assert_true(sscanf(what, "%15s %d %x %x", word, &address, &key, (unsigned *)&before) >= 3);
    assert_int_equal(said->rating, strcmp(word, "rating") == 0);
    assert_int_equal(said->address, address);
    assert_int_equal(said->key, key);
    assert_int_equal(said->before, before);
}

static void every_frame_of_the_ff68_family(void **state)
{
    static struct led_row rows[ROW_MAX];
    int count = led_table_read("tests/pad/ff68.txt", rows, ROW_MAX);
    struct pad_said said = {.rating = false};
    int vectors = 0;

    (void)state;
    for (int i = 0; i < count; i++) {
        uint8_t bytes[64];
        struct pad_frame frame;
        struct pad_stream stream = {.length = 0};
        size_t length = (size_t)led_table_hex(rows[i].cells[2], bytes, sizeof bytes);
        const char *what = rows[i].cells[1];
        vectors += strncmp(rows[i].cells[0], "V-KP", 4) == 0;
        if (make_ff68(what, &said, &frame)) {
            check_frame(&frame, bytes, length, rows[i].cells[0]);
            continue;
        }
        bool none = strcmp(what, "none") == 0;
        int heard = hear(&pad_ff68, &stream, true, bytes, length, LATER, &said);
        if (heard != (none ? 0 : 1)) {
            fail_msg("%s: %d frames", rows[i].cells[0], heard);
        }
        if (none) {
            continue;
        }
        check_heard(what, &said);
        if (!said.rating) {
            pad_ff68.answer(&said, &frame);
            check_frame(&frame, said.frame.bytes, said.frame.length, rows[i].cells[0]);
        }
    }
    assert_int_equal(vectors, 14);
}

static void half_a_frame_is_dropped_after_a_silence(void **state)
{
    static const uint8_t half[] = {0xFF, 0x68, 0x03, 0x03, 0x68, 0x01};
    static const uint8_t rest[] = {0x01, 0x0C, 0x0E, 0x16};
    struct pad_stream stream = {.length = 0};
    struct pad_said said;

    (void)state;
    assert_int_equal(hear(&pad_ff68, &stream, true, half, sizeof half, LATER, &said), 0);
    assert_int_equal(hear(&pad_ff68, &stream, true, rest, sizeof rest, LATER + 99, &said), 1);
    assert_int_equal(hear(&pad_ff68, &stream, true, half, sizeof half, 2 * LATER, &said), 0);
    assert_int_equal(hear(&pad_ff68, &stream, true, rest, sizeof rest, 2 * LATER + 100, &said), 0);
}

/* Whatever stands before it, a frame that comes whole is heard, unless the noise ends as the
 * beginning of a longer one. */
static void a_frame_is_heard_after_noise(void **state)
{
    static const uint8_t frame[] = {0xFF, 0x68, 0x03, 0x03, 0x68, 0x01, 0x01, 0x0C, 0x0E, 0x16};
    uint32_t seed = 20261123;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct pad_stream stream = {.length = 0};
        struct pad_said said;
        uint8_t bytes[64];
        size_t length = (size_t)(round % 40);
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (seed >> 28) == 0 ? 0xFF : (uint8_t)(seed >> 16);
        }
        memcpy(bytes + length, frame, sizeof frame);
        assert_int_equal(hear(&pad_ff68, &stream, true, bytes, length + sizeof frame, LATER, &said),
                         1);
        assert_int_equal(said.key, PAD_FF68_NEXT);
    }
}

/* ---- QSystem ---- */

static bool make_qsystem(const char *what, struct pad_frame *frame)
{
    char word[16] = "";
    char text[16] = "";
    unsigned first = 0;
    unsigned second = 0;
    int blinks = 0;

    (void)sscanf(what, "%15s %x %x", word, &first, &second);
    if (strcmp(word, "text") == 0) {
        (void)sscanf(what, "text %x %d %15s", &first, &blinks, text);
        pad_qsystem_text((int)first, blinks, text, frame);
    } else if (strcmp(word, "light") == 0) {
        pad_qsystem_light((int)first, (int)second, frame);
    } else if (strcmp(word, "poll") == 0) {
        pad_qsystem_poll((int)first, frame);
    } else if (strcmp(word, "move") == 0) {
        pad_qsystem_move((int)first, (int)second, frame);
    } else {
        return false;
    }
    return true;
}

static void check_qsystem(const struct led_row *row, bool silence)
{
    struct pad_stream stream = {.length = 0};
    struct pad_said said;
    struct pad_frame frame;
    uint8_t bytes[64];
    unsigned address = 0;
    unsigned key = 0;
    size_t length = (size_t)led_table_hex(row->cells[2], bytes, sizeof bytes);

    if (make_qsystem(row->cells[1], &frame)) {
        check_frame(&frame, bytes, length, row->cells[0]);
        return;
    }
    int heard = hear(&pad_qsystem, &stream, silence, bytes, length, LATER, &said);
    if (strcmp(row->cells[1], "none") == 0) {
        assert_int_equal(heard, 0);
        return;
    }
    assert_int_equal(heard, 1);
    assert_int_equal(sscanf(row->cells[1], "key %x %x", &address, &key), 2);
    assert_int_equal(said.address, address);
    assert_int_equal(said.key, key);
}

static void every_frame_of_the_boxes(void **state)
{
    static struct led_row rows[ROW_MAX];
    int count = led_table_read("tests/pad/qsystem.txt", rows, ROW_MAX);
    int vectors = 0;

    (void)state;
    for (int i = 0; i < count; i++) {
        vectors += strncmp(rows[i].cells[0], "V-KQ", 4) == 0;
        check_qsystem(&rows[i], true);
        check_qsystem(&rows[i], false);
    }
    assert_int_equal(vectors, 9);
}

static void silence_tells_frames_apart_on_a_wire(void **state)
{
    static const uint8_t two[] = {0x01, 0x20, 0x31, 0x07, 0x01, 0x21, 0x34, 0x07};
    struct pad_stream stream = {.length = 0};
    struct pad_said said;

    (void)state;
    /* Two in one go: a collision on a wire, two keys over TCP. */
    assert_int_equal(hear(&pad_qsystem, &stream, true, two, 8, LATER, &said), 0);
    assert_int_equal(hear(&pad_qsystem, &stream, false, two, 8, 2 * LATER, &said), 2);
    /* One after the other. */
    assert_int_equal(hear(&pad_qsystem, &stream, true, two, 4, 3 * LATER, &said), 1);
    assert_int_equal(said.key, 0x31);
    assert_int_equal(hear(&pad_qsystem, &stream, true, two + 4, 4, 3 * LATER + 20, &said), 1);
    assert_int_equal(said.key, 0x34);
    /* It is not a frame before the silence is over. */
    for (int i = 0; i < 4; i++) {
        assert_false(pad_qsystem.feed(&stream, two[i], true, 4 * LATER + i, &said));
    }
    assert_false(pad_qsystem.settle(&stream, 4 * LATER + 22, &said));
    assert_true(pad_qsystem.settle(&stream, 4 * LATER + 23, &said));
    assert_false(pad_qsystem.settle(&stream, 4 * LATER + 99, &said));
}

static void after_what_does_not_fit_the_rest_is_dropped(void **state)
{
    static const uint8_t bytes[] = {0x01, 0x20, 0x31, 0x01, 0x01, 0x21, 0x31, 0x07};
    struct pad_stream stream = {.length = 0};
    struct pad_said said;

    (void)state;
    assert_int_equal(hear(&pad_qsystem, &stream, false, bytes, 8, LATER, &said), 0);
    assert_int_equal(hear(&pad_qsystem, &stream, false, bytes + 4, 4, LATER + 30, &said), 1);
}

/* ---- options ---- */

static void set_option(struct wire_keypad *keypad, const char *key, const char *value)
{
    struct wire_option *option = &keypad->options[keypad->option_count++];

    (void)snprintf(option->key, sizeof option->key, "%s", key);
    (void)snprintf(option->value, sizeof option->value, "%s", value);
}

static struct wire_keypad make_keypad(const char *driver, int address, bool rating)
{
    struct wire_keypad keypad = {.address = address, .window = 1, .rating = rating};

    (void)snprintf(keypad.driver, sizeof keypad.driver, "%s", driver);
    return keypad;
}

static enum press_key key_of(const struct wire_keypad *keypad, int key, int before)
{
    const struct pad_said said = {.key = key, .before = before};
    enum press_key does = PRESS_KEY_COUNT;
    int32_t level = 0;

    assert_int_equal(pad_find_driver(keypad->driver)->press(keypad, &said, &does, &level),
                     ERR_NONE);
    return does;
}

static int level_of(const struct wire_keypad *keypad, int value)
{
    const struct pad_said said = {.rating = true, .key = value, .before = -1};
    enum press_key does = PRESS_KEY_COUNT;
    int32_t level = 0;

    assert_int_equal(pad_ff68.press(keypad, &said, &does, &level), ERR_NONE);
    assert_int_equal(does, level == 0 ? PRESS_KEY_COUNT : PRESS_RATE);
    return level;
}

static void keys_do_what_the_sheet_or_an_option_says(void **state)
{
    struct wire_keypad pad = make_keypad("ff68", 1, false);
    struct wire_keypad box = make_keypad("qsystem", 32, false);

    (void)state;
    assert_int_equal(key_of(&pad, 0x0C, -1), PRESS_NEXT);
    assert_int_equal(key_of(&pad, 0x0D, -1), PRESS_RECALL);
    assert_int_equal(key_of(&pad, 0x0B, -1), PRESS_INVITE);
    assert_int_equal(key_of(&pad, 0x0F, 6), PRESS_NO_SHOW);
    assert_int_equal(key_of(&pad, 0x0F, 0), PRESS_HOLD);
    assert_int_equal(key_of(&pad, 0x0F, 3), PRESS_RESUME);
    assert_int_equal(key_of(&pad, 0x0F, 9), PRESS_KEY_COUNT);
    assert_int_equal(key_of(&pad, 0x12, -1), PRESS_PAUSE);
    assert_int_equal(key_of(&pad, 0x13, -1), PRESS_TRANSFER);
    assert_int_equal(key_of(&pad, 0x0E, -1), PRESS_KEY_COUNT);
    set_option(&pad, "key_0e", "finish");
    set_option(&pad, "key_11", "start");
    set_option(&pad, "key_12", "none");
    assert_int_equal(key_of(&pad, 0x0E, -1), PRESS_FINISH);
    assert_int_equal(key_of(&pad, 0x11, -1), PRESS_START);
    assert_int_equal(key_of(&pad, 0x12, -1), PRESS_KEY_COUNT);
    assert_int_equal(key_of(&box, 0x31, -1), PRESS_CALL);
    assert_int_equal(key_of(&box, 0x32, -1), PRESS_START);
    assert_int_equal(key_of(&box, 0x33, -1), PRESS_TRANSFER);
    assert_int_equal(key_of(&box, 0x34, -1), PRESS_END);
    assert_int_equal(key_of(&box, 0x36, -1), PRESS_KEY_COUNT);
}

static void values_become_levels(void **state)
{
    static const int odd[] = {4, 5, 2, 1};
    struct wire_keypad pad = make_keypad("ff68", 1, true);

    (void)state;
    for (int value = 0; value < 4; value++) {
        assert_int_equal(level_of(&pad, value), odd[value]);
    }
    assert_int_equal(level_of(&pad, 4), 0);
    set_option(&pad, "rating_0", "5");
    set_option(&pad, "rating_3", "none");
    assert_int_equal(level_of(&pad, 0), 5);
    assert_int_equal(level_of(&pad, 3), 0);
}

static void check_refused(struct wire_keypad *keypad, const char *key, const char *value,
                          const char *why)
{
    const char *reason = "";

    if (key != NULL) {
        keypad->option_count = 0;
        set_option(keypad, key, value);
    }
    assert_int_equal(pad_check(keypad, &reason), ERR_INVALID_OPTION);
    assert_non_null(strstr(reason, why));
}

static void what_cannot_be_is_refused_with_a_reason(void **state)
{
    struct wire_keypad pad = make_keypad("ff68", 1, false);
    struct wire_keypad rating = make_keypad("ff68", 1, true);
    struct wire_keypad box = make_keypad("qsystem", 0x1F, false);
    struct wire_keypad none = make_keypad("neon", 1, false);
    char service[HALL_CODE_SIZE];
    const char *reason = NULL;
    int32_t window = 0;

    (void)state;
    assert_int_equal(pad_check(&pad, &reason), ERR_NONE);
    assert_int_equal(pad_check(&rating, &reason), ERR_NONE);
    check_refused(&none, NULL, NULL, "driver");
    check_refused(&box, NULL, NULL, "address");
    box.address = 0x20;
    box.rating = true;
    check_refused(&box, NULL, NULL, "no rating pads");
    check_refused(&pad, "rating_0", "5", "does not have");
    check_refused(&pad, "key_0c", "rate", "impossible");
    check_refused(&pad, "confirm_06", "vanish", "impossible");
    check_refused(&pad, "transfer_to", "pension", "impossible");
    check_refused(&pad, "transfer_to", "window:0", "impossible");
    check_refused(&pad, "transfer_to", "window:x", "impossible");
    check_refused(&pad, "transfer_to", "service:", "impossible");
    check_refused(&rating, "rating_1", "6", "impossible");
    check_refused(&rating, "ask", "kindly", "impossible");
    pad.option_count = 0;
    set_option(&pad, "transfer_to", "service:pension");
    assert_int_equal(pad_option_transfer(&pad, service, &window), ERR_NONE);
    assert_string_equal(service, "pension");
    pad.option_count = 0;
    set_option(&pad, "transfer_to", "window:7");
    assert_int_equal(pad_option_transfer(&pad, service, &window), ERR_NONE);
    assert_string_equal(service, "");
    assert_int_equal(window, 7);
}

static void check_shown(const struct wire_keypad *keypad, const struct pad_view *view,
                        const char *hex)
{
    struct pad_frame frames[PAD_SHOW_MAX];
    uint8_t wanted[64];
    uint8_t shown[64];
    size_t length = 0;
    int count = pad_find_driver(keypad->driver)->show(keypad, view, frames);

    for (int i = 0; i < count; i++) {
        memcpy(shown + length, frames[i].bytes, frames[i].length);
        length += frames[i].length;
    }
    assert_int_equal(led_table_hex(hex, wanted, sizeof wanted), length);
    assert_memory_equal(shown, wanted, length);
}

static void a_pad_shows_its_window(void **state)
{
    struct wire_keypad pad = make_keypad("ff68", 1, false);
    struct wire_keypad box = make_keypad("qsystem", 32, false);
    struct pad_view view = {.state = BOARD_IDLE, .waiting = 7};

    (void)state;
    check_shown(&pad, &view, "FF 68 08 08 68 01 02 00 00 07 0A 0A 0A 28 16");
    check_shown(&box, &view, "01 20 35 07");
    view = (struct pad_view){.state = BOARD_CALLING, .waiting = 7, .number = "A012"};
    check_shown(&pad, &view,
                "FF 68 08 08 68 01 02 00 00 07 0A 0A 0A 28 16 "
                "FF 68 08 08 68 01 02 0A 0A 0A 00 01 02 24 16");
    check_shown(&box, &view, "01 20 36 07");
    view.refused = true;
    check_shown(&pad, &view, "FF 68 08 08 68 01 02 0A 0A 0A 0A 0A 0A 3F 16");
    check_shown(&box, &view, "01 20 3A 07");
    set_option(&box, "shows", "text");
    check_shown(&box, &view, "01 20 24 2D 2D 2D 07");
    view.refused = false;
    check_shown(&box, &view, "01 20 21 30 31 32 07");
    view.state = BOARD_SERVING;
    check_shown(&box, &view, "01 20 20 30 31 32 07");
    view = (struct pad_view){.state = BOARD_IDLE, .waiting = 1};
    check_shown(&box, &view, "01 20 20 43 41 4C 07");
    view.waiting = 0;
    check_shown(&box, &view, "01 20 20 20 20 20 07");
    view.state = BOARD_CLOSED;
    check_shown(&pad, &view, "FF 68 08 08 68 01 02 0A 0A 0A 0A 0A 0A 3F 16");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_of_the_ff68_family),
        cmocka_unit_test(half_a_frame_is_dropped_after_a_silence),
        cmocka_unit_test(a_frame_is_heard_after_noise),
        cmocka_unit_test(every_frame_of_the_boxes),
        cmocka_unit_test(silence_tells_frames_apart_on_a_wire),
        cmocka_unit_test(after_what_does_not_fit_the_rest_is_dropped),
        cmocka_unit_test(keys_do_what_the_sheet_or_an_option_says),
        cmocka_unit_test(values_become_levels),
        cmocka_unit_test(what_cannot_be_is_refused_with_a_reason),
        cmocka_unit_test(a_pad_shows_its_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
