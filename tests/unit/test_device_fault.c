/* test_device_fault: what lines do wrong, one thing after the other: it is told once and in clear
 * words, costs next to nothing, and another port does not notice.
 *
 * Silence, refusals, noise and echoes are in test_device.c, lost ports in test_device_storm.c, and
 * what only a serial port does in tests/device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>

#include "clock.h"
#include "log.h"
#include "process.h"
#include "sign_hall.h"

#define WATCH_MS 1000
/* Of one core, by both ports; a thread that spins has 1000. Sanitizers make everything slower. */
#define SPENT_MAX_PER_MILLE 250
#define BAD_WAIT_MS 300 /* what an unanswered frame of the bad port takes */

/* The good port: led1 behind hall->line. The bad one: bad2 behind its own. */
struct bad {
    struct sign_hall *hall;
    struct modbus_line *line;
    int before[PROCESS_TASK_MAX];
    int before_count;
};

static void start(struct bad *bad, struct sign_hall *hall, enum modbus_line_mood mood)
{
    char link[64];
    int port = 0;

    bad->hall = hall;
    bad->line = modbus_line_listen(&port);
    bad->before_count = process_list_threads(bad->before);
    modbus_line_set_mood(bad->line, 2, mood);
    (void)snprintf(link, sizeof link, "tcp:127.0.0.1:%d", port);
    sign_hall_add_port(hall, "q", link);
    sign_hall_add_range(hall, "q", "bad", 2, 2);
    sign_hall_start_line(hall, 1, "");
    sign_hall_wait_report("led1", true, "");
}

/* For a second: the good port shows number after number, each at once, and no thread spins. */
static void watch(struct bad *bad)
{
    int64_t from_us = process_spent_us(bad->before, bad->before_count);
    int64_t from_ms = clock_mono_ms();
    int waited = 0;
    int shown = 0;

    for (int i = 0; clock_mono_ms() - from_ms < WATCH_MS; i++) {
        char number[TICKET_NUMBER_SIZE];
        (void)snprintf(number, sizeof number, "A%03d", i % 1000);
        int64_t at_ms = clock_mono_ms();
        sign_hall_show(bad->hall, 1, BOARD_SERVING, number);
        assert_true(modbus_line_wait_text(bad->hall->line, 1, number));
        waited += clock_mono_ms() - at_ms >= BAD_WAIT_MS ? 1 : 0;
        shown++;
        while (clock_mono_ms() - at_ms < 50 && clock_mono_ms() - from_ms < WATCH_MS) {
            poll(NULL, 0, 5);
        }
    }
    int64_t spent_us = process_spent_us(bad->before, bad->before_count) - from_us;
    assert_true(spent_us / (clock_mono_ms() - from_ms) < SPENT_MAX_PER_MILLE);
    assert_true(2 * waited <= shown); /* a busy machine may delay one, the bad port would all */
}

static void end(struct bad *bad)
{
    device_stop(bad->hall->device);
    bad->hall->device = NULL;
    modbus_line_destroy(bad->line);
}

/* Told as garbled, once, and right again when the line is. */
static void check_garbled(struct sign_hall *hall, enum modbus_line_mood mood)
{
    struct bad bad;

    start(&bad, hall, mood);
    sign_hall_wait_report("bad2", false, "garbled answer");
    watch(&bad);
    assert_int_equal(sign_hall_changes("bad2"), 1);
    modbus_line_set_mood(bad.line, 2, MODBUS_LINE_FINE);
    sign_hall_wait_report("bad2", true, "");
    end(&bad);
}

static void a_wrong_checksum_is_no_answer(void **state)
{
    check_garbled(*state, MODBUS_LINE_WRONG_CRC);
}

static void half_an_answer_is_none(void **state)
{
    check_garbled(*state, MODBUS_LINE_SHORT);
}

/* The answer is right, and what follows it is nobody's. */
static void more_than_an_answer_is_thrown_away(void **state)
{
    struct bad bad;

    start(&bad, *state, MODBUS_LINE_LONG);
    sign_hall_wait_report("bad2", true, "");
    int frames = modbus_line_frames(bad.line, 2);
    sign_hall_show(bad.hall, 2, BOARD_SERVING, "B007");
    assert_true(modbus_line_wait_frames(bad.line, 2, frames + 1));
    watch(&bad);
    assert_int_equal(sign_hall_changes("bad2"), 1);
    end(&bad);
}

static void endless_bytes_are_endured(void **state)
{
    struct bad bad;

    start(&bad, *state, MODBUS_LINE_FINE);
    sign_hall_wait_report("bad2", true, "");
    modbus_line_chatter(bad.line, true);
    sign_hall_show(bad.hall, 2, BOARD_SERVING, "B007");
    sign_hall_wait_report("bad2", false, "garbled answer");
    watch(&bad);
    assert_int_equal(sign_hall_changes("bad2"), 2);
    modbus_line_chatter(bad.line, false);
    sign_hall_wait_report("bad2", true, "");
    assert_true(modbus_line_wait_text(bad.line, 2, "B007"));
    end(&bad);
}

/* A device server that takes connections and ends them, again and again. */
static void a_door_that_keeps_closing_is_endured(void **state)
{
    struct bad bad;

    start(&bad, *state, MODBUS_LINE_FINE);
    sign_hall_wait_report("bad2", true, "");
    modbus_line_pull(bad.line);
    sign_hall_wait_report("bad2", false, "the port is gone");
    watch(&bad);
    assert_int_equal(sign_hall_changes("bad2"), 2);
    modbus_line_plug(bad.line, -1);
    sign_hall_wait_report("bad2", true, "");
    end(&bad);
}

#define FAULT_TEST(name) cmocka_unit_test_setup_teardown(name, sign_hall_setup, sign_hall_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAULT_TEST(a_wrong_checksum_is_no_answer),        FAULT_TEST(half_an_answer_is_none),
        FAULT_TEST(more_than_an_answer_is_thrown_away),   FAULT_TEST(endless_bytes_are_endured),
        FAULT_TEST(a_door_that_keeps_closing_is_endured),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
