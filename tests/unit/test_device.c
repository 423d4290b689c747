/* test_device: workers against displays that answer, stay silent, refuse, make noise or lose their
 * line.
 *
 * The displays are tests/lib/modbus_line behind TCP ports of the loopback interface. Nothing
 * sleeps: every wait is for a frame or a report, with a bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "sign_hall.h"

#define WAIT_MS 10000

static void a_sign_shows_what_the_bus_says(void **state)
{
    struct sign_hall *hall = *state;

    sign_hall_start_line(hall, 2, "");
    assert_true(modbus_line_wait_text(hall->line, 1, "")); /* never set: dark */
    sign_hall_show(hall, 1, BOARD_SERVING, "A012");
    assert_true(modbus_line_wait_text(hall->line, 1, "A012"));
    sign_hall_show(hall, 1, BOARD_PAUSED, "");
    assert_true(modbus_line_wait_text(hall->line, 1, ""));
    assert_true(modbus_line_wait_text(hall->line, 2, ""));
    sign_hall_wait_online(2);
}

static void only_the_newest_counts(void **state)
{
    struct sign_hall *hall = *state;
    char text[MODBUS_LINE_TEXT];
    int unit = 0;

    sign_hall_start_line(hall, 1, "");
    sign_hall_wait_online(1);
    modbus_line_hold(hall->line, true);
    sign_hall_show(hall, 1, BOARD_SERVING, "A000");
    assert_true(modbus_line_wait_held(hall->line));
    for (int i = 1; i <= 20; i++) {
        char number[TICKET_NUMBER_SIZE];
        (void)snprintf(number, sizeof number, "A%03d", i);
        sign_hall_show(hall, 1, BOARD_SERVING, number);
    }
    modbus_line_hold(hall->line, false);
    assert_true(modbus_line_wait_text(hall->line, 1, "A020"));
    for (int i = 0; modbus_line_log(hall->line, i, &unit, text); i++) {
        assert_true(strcmp(text, "") == 0 || strcmp(text, "A000") == 0 ||
                    strcmp(text, "A020") == 0);
    }
}

static void a_call_goes_before_everything_else(void **state)
{
    struct sign_hall *hall = *state;
    char text[MODBUS_LINE_TEXT] = "";
    int unit = 0;

    sign_hall_start_line(hall, 8, "");
    sign_hall_wait_online(8);
    modbus_line_hold(hall->line, true);
    sign_hall_show(hall, 1, BOARD_SERVING, "A001");
    assert_true(modbus_line_wait_held(hall->line));
    int n = modbus_line_frames(hall->line, 0);
    for (int i = 2; i < 8; i++) {
        sign_hall_set(hall, i, BOARD_SERVING, "A002");
    }
    sign_hall_show(hall, 8, BOARD_CALLING, "A008");
    modbus_line_hold(hall->line, false);
    assert_true(modbus_line_wait_text(hall->line, 7, "A002"));
    /* The held display may be asked again when this machine is slow. */
    while (modbus_line_log(hall->line, n, &unit, text) && unit == 1) {
        n++;
    }
    assert_int_equal(unit, 8);
    assert_string_equal(text, "A008");
}

static void a_call_blinks_and_stays_lit(void **state)
{
    struct sign_hall *hall = *state;

    sign_hall_start_line(hall, 1, "");
    sign_hall_wait_online(1);
    sign_hall_show(hall, 1, BOARD_CALLING, "A012");
    for (int i = 0; i < 2; i++) {
        assert_true(modbus_line_wait_text(hall->line, 1, "A012"));
        assert_true(modbus_line_wait_text(hall->line, 1, ""));
    }
    sign_hall_show(hall, 1, BOARD_SERVING, "A012");
    assert_true(modbus_line_wait_text(hall->line, 1, "A012"));
    int frames = modbus_line_frames(hall->line, 1);
    /* The next frame is the refresh: lit, and seconds away, not half a second. */
    int64_t from_ms = clock_mono_ms();
    assert_true(modbus_line_wait_frames(hall->line, 1, frames + 1));
    assert_true(clock_mono_ms() - from_ms > 2000);
    assert_true(modbus_line_wait_text(hall->line, 1, "A012"));
}

static void a_silent_display_does_not_slow_its_neighbours(void **state)
{
    struct sign_hall *hall = *state;

    modbus_line_set_mood(hall->line, 2, MODBUS_LINE_DEAD);
    sign_hall_start_line(hall, 3, "");
    sign_hall_wait_report("led1", true, "");
    sign_hall_wait_report("led2", false, "no answer");
    sign_hall_wait_report("led3", true, "");
    int probes = modbus_line_frames(hall->line, 2);
    int64_t from_ms = clock_mono_ms();
    for (int i = 0; i < 200; i++) {
        char number[TICKET_NUMBER_SIZE];
        (void)snprintf(number, sizeof number, "B%03d", i);
        sign_hall_set(hall, 2, BOARD_SERVING, number);
        sign_hall_show(hall, 1 + 2 * (i % 2), BOARD_SERVING, number);
        assert_true(modbus_line_wait_text(hall->line, 1 + 2 * (i % 2), number));
    }
    int64_t spent_ms = clock_mono_ms() - from_ms;
    probes = modbus_line_frames(hall->line, 2) - probes;
    assert_true(probes <= 1 + spent_ms / 1400); /* once in 1.5 s, however much it should show */
    modbus_line_set_mood(hall->line, 2, MODBUS_LINE_FINE);
    from_ms = clock_mono_ms();
    assert_true(modbus_line_wait_text(hall->line, 2, "B199"));
    assert_true(clock_mono_ms() - from_ms < 3000);
    sign_hall_wait_report("led2", true, "");
}

static void after_a_cut_everything_is_written_again(void **state)
{
    struct sign_hall *hall = *state;

    sign_hall_start_line(hall, 4, "");
    for (int i = 1; i <= 4; i++) {
        sign_hall_show(hall, i, BOARD_SERVING, "A012");
        assert_true(modbus_line_wait_text(hall->line, i, "A012"));
    }
    sign_hall_wait_online(4);
    int64_t from_ms = clock_mono_ms();
    modbus_line_cut(hall->line);
    sign_hall_wait_report("led3", false, "port");
    for (int i = 1; i <= 4; i++) {
        assert_true(modbus_line_wait_text(hall->line, i, "A012"));
    }
    assert_true(clock_mono_ms() - from_ms < 3000); /* sooner than any refresh */
    sign_hall_wait_online(4);
    assert_int_equal(modbus_line_connections(hall->line), 2);
}

static void a_storm_ends_with_the_truth(void **state)
{
    struct sign_hall *hall = *state;
    char wanted[SIGN_MAX + 1][TICKET_NUMBER_SIZE];
    uint32_t seed = 20261123;

    sign_hall_start_line(hall, SIGN_MAX, "");
    sign_hall_wait_online(SIGN_MAX);
    for (int i = 1; i <= SIGN_MAX; i++) {
        wanted[i][0] = '\0';
    }
    for (int i = 0; i < 500; i++) {
        seed = seed * 1664525u + 1013904223u;
        int window = 1 + (int)(seed >> 16) % SIGN_MAX;
        int kind = (int)(seed >> 8) % 4;
        (void)snprintf(wanted[window], sizeof wanted[window], "C%03d", i);
        enum board_state sign_state = kind == 0 ? BOARD_CALLING : BOARD_SERVING;
        if (kind == 1) {
            wanted[window][0] = '\0';
            sign_state = BOARD_IDLE;
        }
        sign_hall_show(hall, window, sign_state, wanted[window]);
        if (i % 10 == 0) {
            assert_true(modbus_line_wait_text(hall->line, window, wanted[window]));
        }
        if ((seed >> 24) % 50 == 0) {
            modbus_line_cut(hall->line);
        }
    }
    for (int i = 1; i <= SIGN_MAX; i++) {
        assert_true(modbus_line_wait_text(hall->line, i, wanted[i]));
    }
    assert_true(modbus_line_connections(hall->line) > 2);
}

static void noise_and_trouble_are_tried_again(void **state)
{
    struct sign_hall *hall = *state;

    modbus_line_set_mood(hall->line, 1, MODBUS_LINE_NOISY);
    modbus_line_set_mood(hall->line, 2, MODBUS_LINE_BUSY);
    sign_hall_start_line(hall, 2, "");
    sign_hall_wait_report("led1", true, "");
    assert_true(modbus_line_frames(hall->line, 1) >= 2);
    sign_hall_wait_report("led2", false, "garbled");
    assert_true(modbus_line_frames(hall->line, 2) >= 3);
    modbus_line_set_mood(hall->line, 2, MODBUS_LINE_FINE);
    sign_hall_wait_report("led2", true, "");
}

static void a_refusal_is_not_repeated(void **state)
{
    struct sign_hall *hall = *state;

    modbus_line_set_mood(hall->line, 1, MODBUS_LINE_REFUSES);
    sign_hall_start_line(hall, 2, "");
    sign_hall_wait_report("led1", false, "refused");
    int frames = modbus_line_frames(hall->line, 1);
    /* Two refreshes of the neighbour: time enough for repeats. */
    assert_true(modbus_line_wait_frames(hall->line, 2, modbus_line_frames(hall->line, 2) + 2));
    assert_int_equal(modbus_line_frames(hall->line, 1), frames);
    modbus_line_set_mood(hall->line, 1, MODBUS_LINE_FINE);
    sign_hall_show(hall, 1, BOARD_SERVING, "A012"); /* another content is another question */
    sign_hall_wait_report("led1", true, "");
}

static void an_echo_is_dropped_where_it_is_announced(void **state)
{
    struct sign_hall *hall = *state;

    modbus_line_set_echo(hall->line, true);
    sign_hall_start_line(hall, 2, "?echo=1");
    sign_hall_wait_online(2);
    sign_hall_show(hall, 2, BOARD_SERVING, "A012");
    assert_true(modbus_line_wait_text(hall->line, 2, "A012"));
}

static void an_unannounced_echo_is_no_answer(void **state)
{
    struct sign_hall *hall = *state;

    modbus_line_set_echo(hall->line, true);
    modbus_line_set_mood(hall->line, 1, MODBUS_LINE_DEAD);
    sign_hall_start_line(hall, 1, "");
    sign_hall_wait_report("led1", false, "garbled");
}

static void what_cannot_be_shown_is_dark_and_reported(void **state)
{
    struct sign_hall *hall = *state;
    struct board_sign sign = {.window = 1, .state = BOARD_CALLING, .number = "A013", .calls = 1};

    sign_hall_start_line(hall, 1, "");
    sign_hall_show(hall, 1, BOARD_SERVING, "A012");
    assert_true(modbus_line_wait_text(hall->line, 1, "A012"));
    sign_hall_show(hall, 1, BOARD_SERVING, "AB0123");
    sign_hall_wait_report("led1", false, "too long");
    assert_true(modbus_line_wait_text(hall->line, 1, ""));
    (void)snprintf(sign.text_en, sizeof sign.text_en, "窗口");
    bus_set_sign(hall->bus, &sign);
    bus_wake(hall->bus);
    assert_true(modbus_line_wait_text(hall->line, 1, "A013")); /* the number instead */
    sign_hall_wait_report("led1", true, "");
}

static void one_wrong_display_does_not_stop_the_others(void **state)
{
    struct sign_hall *hall = *state;

    sign_hall_add_display(hall,
                          "{\"code\":\"neon\",\"port\":\"p\",\"driver\":\"neon\",\"address\":1,"
                          "\"shows\":{\"window\":1}}");
    sign_hall_add_display(hall,
                          "{\"code\":\"option\",\"port\":\"p\",\"driver\":\"modbus\",\"address\":1,"
                          "\"shows\":{\"window\":1},\"options\":{\"colour\":\"red\"}}");
    sign_hall_add_display(hall,
                          "{\"code\":\"link\",\"port\":\"q\",\"driver\":\"modbus\",\"address\":1,"
                          "\"shows\":{\"window\":1}}");
    sign_hall_add_display(hall,
                          "{\"code\":\"absent\",\"port\":\"r\",\"driver\":\"modbus\",\"address\":1,"
                          "\"shows\":{\"window\":1}}");
    sign_hall_add_port(hall, "q", "serial:/dev/ttyS0?speed=3");
    sign_hall_add_port(hall, "r", "serial:/nowhere/ttyUSB0?baud=9600");
    sign_hall_start_line(hall, 1, "");
    sign_hall_wait_report("neon", false, "unknown driver");
    sign_hall_wait_report("option", false, "option");
    sign_hall_wait_report("link", false, "link");
    sign_hall_wait_report("absent", false, "cannot be opened");
    sign_hall_wait_report("led1", true, "");
    sign_hall_show(hall, 1, BOARD_SERVING, "A012");
    assert_true(modbus_line_wait_text(hall->line, 1, "A012"));
}

static bool find_sim(struct sign_hall *hall, const char *name, struct bus_sim *sim)
{
    static struct bus_sim sims[BUS_SIM_MAX];
    int count = bus_get_sims(hall->bus, sims, BUS_SIM_MAX);

    for (int i = 0; i < count; i++) {
        if (strcmp(sims[i].name, name) == 0) {
            *sim = sims[i];
            return true;
        }
    }
    return false;
}

static bool contains(const struct bus_sim *sim, const char *text)
{
    int length = (int)strlen(text);

    for (int i = 0; i + length <= sim->length; i++) {
        if (memcmp(sim->bytes + i, text, (size_t)length) == 0) {
            return true;
        }
    }
    return false;
}

/* The last frame of a virtual display as text of a digit display. */
static void wait_sim(struct sign_hall *hall, const char *name, const char *text,
                     struct bus_sim *sim)
{
    int64_t until_ms = clock_mono_ms() + WAIT_MS;

    while (clock_mono_ms() < until_ms) {
        if (find_sim(hall, name, sim) && contains(sim, text)) {
            return;
        }
        sched_yield();
    }
    fail_msg("%s does not show %s", name, text);
}

static void a_virtual_display_answers_and_is_seen(void **state)
{
    struct sign_hall *hall = *state;
    struct board_call calls[2] = {{.number = "A012", .window = 3, .state = TICKET_CALLED},
                                  {.number = "B007", .window = 2, .state = TICKET_SERVING}};
    struct bus_sim sim;

    sign_hall_add_port(hall, "s", "sim:demo?echo=1");
    sign_hall_add_signs(hall, "s", "led", 3);
    sign_hall_add_display(hall,
                          "{\"code\":\"wall\",\"port\":\"s\",\"driver\":\"dump\",\"address\":9,"
                          "\"shows\":{\"zone\":\"*\",\"rows\":1}}");
    sign_hall_start(hall);
    sign_hall_wait_online(3);
    sign_hall_wait_report("wall", true, "");
    sign_hall_show(hall, 3, BOARD_SERVING, "A012");
    wait_sim(hall, "led3", "A012", &sim);
    assert_int_equal(sim.window, 3);
    assert_int_equal(sim.address, 3);
    assert_string_equal(sim.driver, "modbus");
    assert_int_equal(sim.length, 13);
    assert_int_equal(sim.bytes[0], 3);
    bus_set_calls(hall->bus, -1, calls, 2);
    bus_wake(hall->bus);
    wait_sim(hall, "wall", "A012", &sim);
    assert_false(contains(&sim, "B007")); /* one row */
}

static void stopping_takes_little_time_whatever_the_line_does(void **state)
{
    struct sign_hall *hall = *state;

    for (int i = 1; i <= 8; i++) {
        modbus_line_set_mood(hall->line, i, MODBUS_LINE_DEAD);
    }
    sign_hall_add_port(hall, "r", "tcp:127.0.0.1:1");
    sign_hall_add_signs(hall, "r", "gone", 1);
    sign_hall_start_line(hall, 8, "");
    assert_true(modbus_line_wait_frames(hall->line, 1, 1));
    int64_t from_ms = clock_mono_ms();
    device_stop(hall->device);
    hall->device = NULL;
    assert_true(clock_mono_ms() - from_ms < 3000);
    /* Descriptors of the bus are given back: more starts than it has places. */
    for (int i = 0; i < 2 * BUS_LISTENER_MAX; i++) {
        struct device_options options = {.bus = hall->bus};
        assert_int_equal(device_start(&options, hall->config, &hall->device), ERR_NONE);
        device_stop(hall->device);
        hall->device = NULL;
    }
    int listener = bus_listen(hall->bus);
    assert_true(listener >= 0);
}

#define DEVICE_TEST(name) cmocka_unit_test_setup_teardown(name, sign_hall_setup, sign_hall_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(a_sign_shows_what_the_bus_says),
        DEVICE_TEST(only_the_newest_counts),
        DEVICE_TEST(a_call_goes_before_everything_else),
        DEVICE_TEST(a_call_blinks_and_stays_lit),
        DEVICE_TEST(a_silent_display_does_not_slow_its_neighbours),
        DEVICE_TEST(after_a_cut_everything_is_written_again),
        DEVICE_TEST(a_storm_ends_with_the_truth),
        DEVICE_TEST(noise_and_trouble_are_tried_again),
        DEVICE_TEST(a_refusal_is_not_repeated),
        DEVICE_TEST(an_echo_is_dropped_where_it_is_announced),
        DEVICE_TEST(an_unannounced_echo_is_no_answer),
        DEVICE_TEST(what_cannot_be_shown_is_dark_and_reported),
        DEVICE_TEST(one_wrong_display_does_not_stop_the_others),
        DEVICE_TEST(a_virtual_display_answers_and_is_seen),
        DEVICE_TEST(stopping_takes_little_time_whatever_the_line_does),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
