/* test_device_health: what workers know of their signs, as it comes to the bus.
 *
 * Nothing sleeps: every wait is for the bus to say it, with a bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "sign_hall.h"

#define WAIT_MS 12000
/* As a person sees it: ten seconds after the last good frame. */
#define TOLD_MS 10000

static bool find_health(struct sign_hall *hall, const char *code, struct bus_health *health)
{
    static struct bus_health list[BUS_HEALTH_MAX];
    int count = bus_get_health(hall->bus, list, BUS_HEALTH_MAX);

    for (int i = 0; i < count; i++) {
        if (strcmp(list[i].name, code) == 0) {
            *health = list[i];
            return true;
        }
    }
    return false;
}

/* Until the device is in that state and has had that trouble at least so often. */
static struct bus_health wait_health(struct sign_hall *hall, const char *code, enum bus_state state,
                                     enum bus_trouble trouble, int64_t times)
{
    int64_t until_ms = clock_mono_ms() + WAIT_MS;
    struct bus_health health = {.state = BUS_STATE_UNKNOWN};

    while (clock_mono_ms() < until_ms) {
        if (find_health(hall, code, &health) && health.state == state &&
            health.troubles[trouble] >= times) {
            return health;
        }
        poll(NULL, 0, 1);
    }
    fail_msg("%s: state %d, trouble %d counted %lld times", code, (int)health.state, (int)trouble,
             (long long)health.troubles[trouble]);
    return health;
}

/* Until it was written to more often, and is known as of then. */
static struct bus_health wait_news(struct sign_hall *hall, const char *code, int64_t frames,
                                   int64_t known_ms)
{
    int64_t until_ms = clock_mono_ms() + WAIT_MS;
    struct bus_health health = {.frames = 0};

    do {
        poll(NULL, 0, 1);
        assert_true(find_health(hall, code, &health));
    } while ((health.frames < frames || health.known_ms < known_ms) && clock_mono_ms() < until_ms);
    assert_true(health.frames >= frames && health.known_ms >= known_ms);
    return health;
}

static void a_sign_that_answers_is_known(void **state)
{
    struct sign_hall *hall = *state;
    int64_t from_ms = clock_mono_ms();

    sign_hall_start_line(hall, 2, "");
    struct bus_health health = wait_health(hall, "led1", BUS_STATE_ONLINE, BUS_TROUBLE_SILENT, 0);
    assert_string_equal(health.driver, "modbus");
    assert_string_equal(health.port, "p");
    assert_string_equal(health.detail, "");
    assert_true(health.frames >= 1 && health.latency_count >= 1);
    assert_true(health.latency_us > 0 && health.latency_sum_us >= health.latency_us);
    assert_true(health.last_ok_ms >= from_ms && health.known_ms == health.last_ok_ms);
    sign_hall_show(hall, 1, BOARD_SERVING, "AB0123");
    health = wait_health(hall, "led1", BUS_STATE_FAULTY, BUS_TROUBLE_UNSHOWABLE, 1);
    assert_string_equal(health.detail, "too long for the display");
}

static void each_trouble_is_counted_under_its_name(void **state)
{
    struct sign_hall *hall = *state;

    modbus_line_set_mood(hall->line, 1, MODBUS_LINE_DEAD);
    modbus_line_set_mood(hall->line, 2, MODBUS_LINE_REFUSES);
    modbus_line_set_mood(hall->line, 3, MODBUS_LINE_BUSY);
    sign_hall_add_port(hall, "r", "serial:/nowhere/ttyUSB0?baud=9600");
    sign_hall_add_signs(hall, "r", "absent", 1);
    sign_hall_add_display(hall,
                          "{\"code\":\"neon\",\"port\":\"p\",\"driver\":\"neon\",\"address\":1,"
                          "\"shows\":{\"window\":1}}");
    sign_hall_start_line(hall, 4, "");
    struct bus_health health = wait_health(hall, "led1", BUS_STATE_OFFLINE, BUS_TROUBLE_SILENT, 3);
    assert_int_equal(health.last_ok_ms, 0);
    assert_int_equal(health.latency_count, 0);
    (void)wait_health(hall, "led2", BUS_STATE_FAULTY, BUS_TROUBLE_REFUSED, 1);
    (void)wait_health(hall, "led3", BUS_STATE_FAULTY, BUS_TROUBLE_GARBLED, 3);
    (void)wait_health(hall, "neon", BUS_STATE_FAULTY, BUS_TROUBLE_SILENT, 0);
    health = wait_health(hall, "absent1", BUS_STATE_OFFLINE, BUS_TROUBLE_PORT, 1);
    assert_string_equal(health.detail, "the port cannot be opened");
    (void)wait_health(hall, "led4", BUS_STATE_ONLINE, BUS_TROUBLE_SILENT, 0);
    modbus_line_cut(hall->line);
    (void)wait_health(hall, "led4", BUS_STATE_ONLINE, BUS_TROUBLE_PORT, 1);
    health = wait_health(hall, "absent1", BUS_STATE_OFFLINE, BUS_TROUBLE_PORT, 1);
    assert_int_equal(health.troubles[BUS_TROUBLE_PORT], 1); /* once, however often it is tried */
}

/* Nothing changes on it, so only the refresh finds out. */
static void a_sign_that_falls_silent_is_told_in_time(void **state)
{
    struct sign_hall *hall = *state;

    sign_hall_start_line(hall, 2, "");
    (void)wait_health(hall, "led1", BUS_STATE_ONLINE, BUS_TROUBLE_SILENT, 0);
    modbus_line_set_mood(hall->line, 1, MODBUS_LINE_DEAD);
    struct bus_health health = wait_health(hall, "led1", BUS_STATE_OFFLINE, BUS_TROUBLE_SILENT, 3);
    assert_true(clock_mono_ms() - health.last_ok_ms < TOLD_MS);
    (void)wait_health(hall, "led2", BUS_STATE_ONLINE, BUS_TROUBLE_SILENT, 0);
}

/* A controller is refreshed every ten minutes only; in between it is asked whether it lives. */
static void a_controller_is_asked_whether_it_lives(void **state)
{
    struct sign_hall *hall = *state;
    struct bus_health health;

    sign_hall_add_port(hall, "s", "sim:wall");
    sign_hall_add_display(hall,
                          "{\"code\":\"wall\",\"port\":\"s\",\"driver\":\"onbon\",\"address\":1,"
                          "\"shows\":{\"window\":1}}");
    sign_hall_start(hall);
    health = wait_health(hall, "wall", BUS_STATE_ONLINE, BUS_TROUBLE_SILENT, 0);
    int64_t asked_ms = health.known_ms;
    health = wait_news(hall, "wall", health.frames + 1, asked_ms);
    assert_true(health.known_ms - asked_ms < TOLD_MS);
    assert_int_equal(health.state, BUS_STATE_ONLINE);
    /* The question is nothing that shows. */
    static struct bus_sim sims[BUS_SIM_MAX];
    assert_int_equal(bus_get_sims(hall->bus, sims, BUS_SIM_MAX), 1);
    assert_int_equal(sims[0].frames, 1);
}

/* "sim:" never fails, and dump never answers: what was written is known while the port is open. */
static void what_never_answers_is_known_while_its_port_is_open(void **state)
{
    struct sign_hall *hall = *state;
    struct bus_health health;

    sign_hall_add_port(hall, "s", "sim:demo");
    sign_hall_add_display(hall,
                          "{\"code\":\"dump\",\"port\":\"s\",\"driver\":\"dump\",\"address\":1,"
                          "\"shows\":{\"window\":1}}");
    sign_hall_start(hall);
    health = wait_health(hall, "dump", BUS_STATE_ONLINE, BUS_TROUBLE_SILENT, 0);
    assert_int_equal(health.latency_count, 0);
    (void)wait_news(hall, "dump", health.frames, health.known_ms + 1000);
    bus_clear_health(hall->bus);
}

#define HEALTH_TEST(name) cmocka_unit_test_setup_teardown(name, sign_hall_setup, sign_hall_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEALTH_TEST(a_sign_that_answers_is_known),
        HEALTH_TEST(each_trouble_is_counted_under_its_name),
        HEALTH_TEST(a_sign_that_falls_silent_is_told_in_time),
        HEALTH_TEST(a_controller_is_asked_whether_it_lives),
        HEALTH_TEST(what_never_answers_is_known_while_its_port_is_open),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
