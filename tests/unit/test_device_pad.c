/* test_device_pad: pads on a line with displays: presses heard whatever the line does, answered
 * once, handed on once, and their results shown.
 *
 * The line is tests/lib/modbus_line behind a TCP port; the pads are bytes said on it. Nothing
 * sleeps but to let a stated time pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "led_table.h"
#include "log.h"
#include "pad.h"
#include "sign_hall.h"

#define NEXT "FF 68 03 03 68 01 01 0C 0E 16"
#define RECALL "FF 68 03 03 68 01 01 0D 0F 16"
#define BROKEN "FF 68 03 03 68 01 01 0C 0F 16"
#define BEEP "FF 68 02 02 68 01 03 04 16"
#define WAITING_7 "FF 68 08 08 68 01 02 00 00 07 0A 0A 0A 28 16"
#define TICKET_012 "FF 68 08 08 68 01 02 0A 0A 0A 00 01 02 24 16"
#define DARK "FF 68 08 08 68 01 02 0A 0A 0A 0A 0A 0A 3F 16"
#define ASK_3 "FF 68 03 03 68 03 01 0B 0F 16"
#define RATED_3 "FF 68 03 03 68 03 11 02 16 16"
#define RATED_3_ANSWER "FF 68 03 03 68 03 01 02 06 16"

static size_t bytes_of(const char *hex, uint8_t bytes[64])
{
    return (size_t)led_table_hex(hex, bytes, 64);
}

static void say(struct sign_hall *hall, const char *hex)
{
    uint8_t bytes[64];
    size_t length = bytes_of(hex, bytes);

    modbus_line_say(hall->line, bytes, length);
}

static void wait_sent(struct sign_hall *hall, const char *hex, int times)
{
    uint8_t bytes[64];
    size_t length = bytes_of(hex, bytes);

    if (!modbus_line_wait_bytes(hall->line, bytes, length, times)) {
        fail_msg("not %d times: %s", times, hex);
    }
}

static int times_sent(struct sign_hall *hall, const char *hex)
{
    uint8_t bytes[64];
    size_t length = bytes_of(hex, bytes);

    return modbus_line_count_bytes(hall->line, bytes, length);
}

static void pass_ms(int64_t ms)
{
    int64_t until_ms = clock_mono_ms() + ms;

    while (clock_mono_ms() < until_ms) {
        poll(NULL, 0, 5);
    }
}

static void tell(struct sign_hall *hall, int32_t waiting, int64_t asked)
{
    bus_set_pad(hall->bus, &(struct bus_pad){.window = 1, .waiting = waiting, .asked = asked});
    bus_wake(hall->bus);
}

static void answer(struct sign_hall *hall, const struct press *press, enum err err, bool nobody)
{
    struct press_answer result = {.err = err, .nobody = nobody, .n = press->n};

    memcpy(result.device, press->device, sizeof result.device);
    bus_set_press(hall->bus, &result);
    bus_wake(hall->bus);
}

static void start(struct sign_hall *hall, int signs, const char *options)
{
    sign_hall_add_keypad(hall, "key1", "ff68", 1, 1, "");
    sign_hall_start_line(hall, signs, options);
    sign_hall_wait_report("key1", true, "not heard yet");
    if (signs > 0) {
        sign_hall_wait_online(signs);
    }
}

static void a_key_is_answered_handed_on_and_its_result_shown(void **state)
{
    struct sign_hall *hall = *state;

    tell(hall, 7, 0);
    start(hall, 0, "");
    wait_sent(hall, DARK, 1); /* a window never set: closed */
    sign_hall_show(hall, 1, BOARD_IDLE, "");
    wait_sent(hall, WAITING_7, 1);
    say(hall, NEXT);
    wait_sent(hall, NEXT, 1);
    struct press press = sign_hall_wait_press(0);
    assert_int_equal(press.key, PRESS_NEXT);
    assert_int_equal(press.window, 1);
    assert_string_equal(press.device, "key1");
    assert_string_equal(press.reason, "keypad");
    sign_hall_wait_report("key1", true, "");
    sign_hall_set(hall, 1, BOARD_CALLING, "A012");
    answer(hall, &press, ERR_NONE, false);
    wait_sent(hall, TICKET_012, 1);
    assert_true(times_sent(hall, WAITING_7) >= 2); /* the count goes before the digits */
    /* Something changes by other means: the pad follows. */
    sign_hall_show(hall, 1, BOARD_IDLE, "");
    wait_sent(hall, WAITING_7, times_sent(hall, WAITING_7) + 1);
}

static void a_refusal_sounds_and_goes_dark_for_a_moment(void **state)
{
    struct sign_hall *hall = *state;

    tell(hall, 7, 0);
    sign_hall_set(hall, 1, BOARD_IDLE, "");
    start(hall, 1, "");
    wait_sent(hall, WAITING_7, 1);
    say(hall, NEXT);
    struct press press = sign_hall_wait_press(0);
    assert_int_equal(times_sent(hall, BEEP), 0);
    answer(hall, &press, ERR_NONE, true);
    wait_sent(hall, BEEP, 1);
    wait_sent(hall, DARK, 1);
    wait_sent(hall, WAITING_7, 2);
    pass_ms(PRESS_GUARD_MS); /* another press, not a bounce */
    say(hall, RECALL);
    press = sign_hall_wait_press(1);
    assert_int_equal(press.key, PRESS_RECALL);
    answer(hall, &press, ERR_WRONG_STATE, false);
    wait_sent(hall, BEEP, 2);
}

static void a_key_during_a_display_s_exchange_is_not_lost(void **state)
{
    struct sign_hall *hall = *state;
    uint8_t bytes[64];

    start(hall, 1, "");
    /* Before the answer. */
    modbus_line_hold(hall->line, true);
    sign_hall_show(hall, 1, BOARD_SERVING, "A001");
    assert_true(modbus_line_wait_held(hall->line));
    int frames = modbus_line_frames(hall->line, 1);
    say(hall, NEXT);
    modbus_line_hold(hall->line, false);
    assert_int_equal(sign_hall_wait_press(0).key, PRESS_NEXT);
    wait_sent(hall, NEXT, 1);
    /* In one go with the answer, behind it. */
    pass_ms(PRESS_GUARD_MS);
    modbus_line_say_after(hall->line, bytes, bytes_of(RECALL, bytes));
    sign_hall_show(hall, 1, BOARD_SERVING, "A002");
    assert_true(modbus_line_wait_text(hall->line, 1, "A002"));
    assert_int_equal(sign_hall_wait_press(1).key, PRESS_RECALL);
    wait_sent(hall, RECALL, 1);
    /* The display was never asked again because of a key: one frame each, and its refreshes. */
    assert_true(modbus_line_frames(hall->line, 1) <= frames + 2);
    sign_hall_wait_report("led1", true, "");
}

static void a_repeat_is_the_same_press(void **state)
{
    struct sign_hall *hall = *state;

    start(hall, 1, "");
    for (int i = 0; i < 3; i++) {
        say(hall, NEXT);
    }
    wait_sent(hall, NEXT, 1);
    pass_ms(500);
    assert_int_equal(sign_hall_presses(), 1);
    assert_int_equal(times_sent(hall, NEXT), 1);
    /* Later it is answered, but as the bounce of a finger it comes to nothing. */
    say(hall, NEXT);
    wait_sent(hall, NEXT, 2);
    say(hall, RECALL);
    wait_sent(hall, RECALL, 1);
    assert_int_equal(sign_hall_presses(), 1);
    pass_ms(PRESS_GUARD_MS);
    say(hall, NEXT);
    assert_int_equal(sign_hall_wait_press(1).n, 2);
}

static void check_no_loop(struct sign_hall *hall)
{
    say(hall, NEXT);
    wait_sent(hall, NEXT, 1);
    pass_ms(2 * PRESS_GUARD_MS); /* longer than any guard lasts */
    assert_int_equal(times_sent(hall, NEXT), 1);
    assert_int_equal(sign_hall_presses(), 1);
    sign_hall_show(hall, 1, BOARD_SERVING, "A012");
    wait_sent(hall, TICKET_012, 1);
}

static void an_echoed_answer_never_loops(void **state)
{
    struct sign_hall *hall = *state;

    modbus_line_set_echo(hall->line, true);
    start(hall, 1, "?echo=1");
    check_no_loop(hall);
    assert_true(modbus_line_wait_text(hall->line, 1, "A012"));
    sign_hall_wait_report("led1", true, "");
}

static void nor_where_nobody_said_that_it_echoes(void **state)
{
    struct sign_hall *hall = *state;

    modbus_line_set_echo(hall->line, true);
    start(hall, 0, "");
    check_no_loop(hall);
}

static void a_collision_is_dropped_and_pressing_again_works(void **state)
{
    struct sign_hall *hall = *state;

    start(hall, 1, "");
    say(hall, BROKEN);
    say(hall, "FF 68 03 FF 68 03 03 68 01 0C");
    pass_ms(150); /* half a frame is dropped after 100 ms */
    assert_int_equal(sign_hall_presses(), 0);
    say(hall, NEXT);
    assert_int_equal(sign_hall_wait_press(0).key, PRESS_NEXT);
    assert_int_equal(times_sent(hall, BROKEN), 0);
    sign_hall_wait_report("led1", true, "");
}

static void a_pad_that_is_not_configured_is_not_answered(void **state)
{
    struct sign_hall *hall = *state;

    start(hall, 1, "");
    say(hall, "FF 68 03 03 68 07 01 0C 14 16");
    say(hall, NEXT);
    assert_string_equal(sign_hall_wait_press(0).device, "key1");
    wait_sent(hall, NEXT, 1);
    assert_int_equal(times_sent(hall, "FF 68 03 03 68 07 01 0C 14 16"), 0);
}

/* ---- a line that never ends ---- */

static atomic_bool flooding;

static void *flood(void *argument)
{
    struct sign_hall *hall = argument;
    uint8_t bytes[96];

    memset(bytes, 0xFF, sizeof bytes);
    while (atomic_load(&flooding)) {
        modbus_line_say(hall->line, bytes, sizeof bytes);
        poll(NULL, 0, 1); /* ten times as fast as 9600 baud */
    }
    return NULL;
}

static void a_stuck_line_neither_spins_nor_starves_displays(void **state)
{
    struct sign_hall *hall = *state;
    pthread_t thread;

    start(hall, 1, "");
    int64_t from_ms = clock_mono_ms();
    int64_t from_cpu_ms = sign_hall_cpu_ms();
    atomic_store(&flooding, true);
    assert_int_equal(pthread_create(&thread, NULL, flood, hall), 0);
    pass_ms(300);
    sign_hall_show(hall, 1, BOARD_CALLING, "A012");
    assert_true(modbus_line_wait_text(hall->line, 1, "A012")); /* it is written all the same */
    pass_ms(1500);
    atomic_store(&flooding, false);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(sign_hall_cpu_ms() - from_cpu_ms < (clock_mono_ms() - from_ms) / 2);
    say(hall, NEXT);
    assert_int_equal(sign_hall_wait_press(0).key, PRESS_NEXT);
}

/* ---- order ---- */

static void a_call_waits_for_one_frame_at_most(void **state)
{
    static const uint8_t head[] = {0xFF, 0x68, 0x03, 0x03, 0x68};
    static const uint8_t call[] = {0x02, 0x10, 0x00, 0x70};
    struct sign_hall *hall = *state;

    for (int i = 2; i <= 8; i++) {
        char code[HALL_CODE_SIZE];
        (void)snprintf(code, sizeof code, "key%d", i);
        sign_hall_add_keypad(hall, code, "ff68", i, i, "");
    }
    start(hall, 2, "");
    modbus_line_hold(hall->line, true);
    sign_hall_show(hall, 1, BOARD_SERVING, "A001");
    assert_true(modbus_line_wait_held(hall->line));
    int from = modbus_line_received(hall->line);
    for (int i = 1; i <= 8; i++) {
        struct pad_frame frame;
        pad_ff68_frame(i, 1, (const uint8_t[]){PAD_FF68_NEXT}, 1, &frame);
        modbus_line_say(hall->line, frame.bytes, frame.length);
    }
    sign_hall_show(hall, 2, BOARD_CALLING, "A002");
    modbus_line_hold(hall->line, false);
    (void)sign_hall_wait_press(7);
    assert_true(modbus_line_wait_text(hall->line, 2, "A002"));
    int at = modbus_line_find_bytes(hall->line, call, sizeof call, from);
    int first = modbus_line_find_bytes(hall->line, head, sizeof head, from);
    int second = first < 0 ? -1 : modbus_line_find_bytes(hall->line, head, sizeof head, first + 1);
    assert_true(at >= 0);
    assert_true(second < 0 || second > at);
}

/* ---- rating pads ---- */

static void a_rating_pad_asks_and_its_value_is_handed_on(void **state)
{
    struct sign_hall *hall = *state;

    tell(hall, 0, 17); /* an invitation from before the start is no news */
    sign_hall_add_keypad(hall, "rate1", "ff68", 3, 1,
                         ",\"kind\":\"rating\",\"options\":{\"rating_2\":3}");
    start(hall, 1, "");
    sign_hall_wait_report("rate1", true, "not heard yet");
    tell(hall, 0, 18);
    wait_sent(hall, ASK_3, 1);
    say(hall, RATED_3);
    wait_sent(hall, RATED_3_ANSWER, 1);
    struct press press = sign_hall_wait_press(0);
    assert_int_equal(press.key, PRESS_RATE);
    assert_int_equal(press.level, 3);
    assert_string_equal(press.device, "rate1");
    assert_int_equal(times_sent(hall, ASK_3), 1);
    answer(hall, &press, ERR_ALREADY_RATED, false);
    wait_sent(hall, "FF 68 02 02 68 03 03 06 16", 1);
}

/* ---- QSystem ---- */

static void a_box_says_by_its_light_what_came_of_it(void **state)
{
    struct sign_hall *hall = *state;

    sign_hall_add_keypad(hall, "box", "qsystem", 0x20, 1, "");
    sign_hall_add_keypad(hall, "text", "qsystem", 0x21, 1, ",\"options\":{\"shows\":\"text\"}");
    tell(hall, 1, 0);
    sign_hall_set(hall, 1, BOARD_IDLE, "");
    sign_hall_start_line(hall, 0, "");
    wait_sent(hall, "01 20 35 07", 1);
    wait_sent(hall, "01 21 20 43 41 4C 07", 1);
    say(hall, "01 20 31 01 21 31 07"); /* a collision */
    pass_ms(50);
    assert_int_equal(sign_hall_presses(), 0);
    say(hall, "01 20 31 07");
    struct press press = sign_hall_wait_press(0);
    assert_int_equal(press.key, PRESS_CALL);
    assert_string_equal(press.device, "box");
    sign_hall_set(hall, 1, BOARD_CALLING, "A012");
    answer(hall, &press, ERR_NONE, false);
    wait_sent(hall, "01 20 36 07", 1);
    wait_sent(hall, "01 21 21 30 31 32 07", 1);
    say(hall, "01 21 33 07"); /* a transfer without a target */
    wait_sent(hall, "01 21 24 2D 2D 2D 07", 1);
    wait_sent(hall, "01 21 21 30 31 32 07", 2);
    assert_int_equal(sign_hall_presses(), 1);
}

static void what_cannot_be_used_is_reported(void **state)
{
    struct sign_hall *hall = *state;

    sign_hall_add_keypad(hall, "neon", "neon", 1, 1, "");
    sign_hall_add_keypad(hall, "low", "qsystem", 3, 1, "");
    start(hall, 1, "");
    sign_hall_wait_report("neon", false, "unknown driver");
    sign_hall_wait_report("low", false, "address");
    modbus_line_cut(hall->line);
    sign_hall_wait_report("key1", false, "port");
    sign_hall_wait_report("key1", true, "not heard yet");
}

#define PAD_TEST(name) cmocka_unit_test_setup_teardown(name, sign_hall_setup, sign_hall_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAD_TEST(a_key_is_answered_handed_on_and_its_result_shown),
        PAD_TEST(a_refusal_sounds_and_goes_dark_for_a_moment),
        PAD_TEST(a_key_during_a_display_s_exchange_is_not_lost),
        PAD_TEST(a_repeat_is_the_same_press),
        PAD_TEST(an_echoed_answer_never_loops),
        PAD_TEST(nor_where_nobody_said_that_it_echoes),
        PAD_TEST(a_collision_is_dropped_and_pressing_again_works),
        PAD_TEST(a_pad_that_is_not_configured_is_not_answered),
        PAD_TEST(a_stuck_line_neither_spins_nor_starves_displays),
        PAD_TEST(a_call_waits_for_one_frame_at_most),
        PAD_TEST(a_rating_pad_asks_and_its_value_is_handed_on),
        PAD_TEST(a_box_says_by_its_light_what_came_of_it),
        PAD_TEST(what_cannot_be_used_is_reported),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
