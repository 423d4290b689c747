/* test_clock: dates against hand-computed days, zones against their published rules, and jumps of
 * the wall clock, which are played by moving the last reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "clock.h"

static void counts_days(void **state)
{
    (void)state;
    /* 1972 was the first leap year after 1970: 2 * 365 + 31 + 29 = 790 days to 1 March 1972.
     * 2000-01-01: 30 * 365 + 7 leap days. 2100 is no leap year, 2000 was one. */
    static const struct {
        const char *text;
        int32_t day;
    } rows[] = {
        {"1970-01-01", 0},
        {"1969-12-31", -1},
        {"1972-03-01", 790},
        {"2000-01-01", 10957},
        {"2000-02-29", 10957 + 31 + 28},
        {"2000-03-01", 10957 + 31 + 29},
        {"2026-11-23",
         20454 + 326}, /* 2026-01-01 is 56 * 365 + 14; 23 November is day 327 of the year */
        {"2100-02-28", 47540},
        {"2100-03-01", 47541},
        {"0000-03-01", -719468},
        {"9999-12-31", 2932896},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int32_t day = INT32_MIN;
        char text[11];
        assert_int_equal(clock_parse_day(rows[i].text, &day), ERR_NONE);
        assert_int_equal(day, rows[i].day);
        clock_format_day(rows[i].day, text);
        assert_string_equal(text, rows[i].text);
    }
}

/* Every day of 400 years, against the C library. */
static void agrees_with_the_library(void **state)
{
    (void)state;
    for (int32_t day = 0; day < 146097; day++) {
        time_t seconds = (time_t)day * 86400;
        struct tm date;
        char expected[32];
        char text[11];
        int32_t back = -1;
        assert_non_null(gmtime_r(&seconds, &date));
        (void)strftime(expected, sizeof expected, "%Y-%m-%d", &date);
        clock_format_day(day, text);
        assert_string_equal(text, expected);
        assert_int_equal(clock_parse_day(text, &back), ERR_NONE);
        assert_int_equal(back, day);
    }
}

static void refuses_wrong_days(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "2026-11-2",   "2026-11-231", "2026-13-01", "2026-00-01",
        "2026-02-29", "2100-02-29",  "2026-04-31",  "2026-01-00", "2026/01/01",
        "20260101",   " 2026-01-01", "+026-01-01",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int32_t day = 7;
        assert_int_equal(clock_parse_day(wrong[i], &day), ERR_INVALID_BODY);
        assert_int_equal(day, 7);
    }
}

static void reads_times(void **state)
{
    (void)state;
    /* 2026-11-23 is day 20780. */
    const int64_t midnight = (int64_t)20780 * 86400000;
    static const struct {
        const char *text;
        int64_t ms; /* after midnight UTC of that day */
    } rows[] = {
        {"2026-11-23T00:00:00Z", 0},
        {"2026-11-23t00:00:00z", 0},
        {"2026-11-23T09:30:00.120+08:00", 5400120},
        {"2026-11-23T09:30:00.1+08:00", 5400100},
        {"2026-11-23T09:30:00.123456789+08:00", 5400123},
        {"2026-11-22T19:00:00-05:00", 0},
        {"2026-11-23T05:45:00+05:45", 0},
        {"2026-11-23T23:59:59.999Z", 86399999},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ms = 0;
        assert_int_equal(clock_parse(rows[i].text, &ms), ERR_NONE);
        assert_int_equal(ms - midnight, rows[i].ms);
    }
}

static void refuses_wrong_times(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "2026-11-23",
        "2026-11-23T09:30:00",
        "2026-11-23 09:30:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T09:60:00Z",
        "2026-11-23T09:30:60Z",
        "2026-11-23T09:30Z",
        "2026-11-23T09:30:00.Z",
        "2026-11-23T09:30:00.1234567890Z",
        "2026-11-23T09:30:00+8:00",
        "2026-11-23T09:30:00+0800",
        "2026-11-23T09:30:00+24:00",
        "2026-11-23T09:30:00ZZ",
        "2026-02-30T09:30:00Z",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t ms = 7;
        assert_int_equal(clock_parse(wrong[i], &ms), ERR_INVALID_BODY);
        assert_int_equal(ms, 7);
    }
}

static int64_t at(const char *text)
{
    int64_t ms = 0;
    assert_int_equal(clock_parse(text, &ms), ERR_NONE);
    return ms;
}

static void knows_shanghai(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_SIZE];
    clock_set_zone("Asia/Shanghai");
    /* No summer time since 1991. */
    assert_int_equal(clock_offset_s(at("2026-01-15T00:00:00Z")), 8 * 3600);
    assert_int_equal(clock_offset_s(at("2026-07-15T00:00:00Z")), 8 * 3600);
    clock_format(at("2026-11-23T01:30:00.120Z"), text);
    assert_string_equal(text, "2026-11-23T09:30:00.120+08:00");
    clock_format(at("2026-12-31T16:00:00Z"), text);
    assert_string_equal(text, "2027-01-01T00:00:00.000+08:00");
}

static void knows_summer_time_in_berlin(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_SIZE];
    clock_set_zone("Europe/Berlin");
    /* European Union: last Sunday of March and of October, 01:00 UTC. In 2026: 29 March and 25
     * October. */
    assert_int_equal(clock_offset_s(at("2026-03-29T00:59:59.999Z")), 3600);
    assert_int_equal(clock_offset_s(at("2026-03-29T01:00:00Z")), 7200);
    assert_int_equal(clock_offset_s(at("2026-10-25T00:59:59.999Z")), 7200);
    assert_int_equal(clock_offset_s(at("2026-10-25T01:00:00Z")), 3600);
    clock_format(at("2026-10-25T00:30:00Z"), text);
    assert_string_equal(text, "2026-10-25T02:30:00.000+02:00");
    clock_format(at("2026-10-25T01:30:00Z"), text);
    assert_string_equal(text, "2026-10-25T02:30:00.000+01:00");
}

static void formats_west_and_before_1970(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_SIZE];
    clock_set_zone("America/St_Johns"); /* three and a half hours west in winter */
    clock_format(at("2026-01-15T03:00:00.007Z"), text);
    assert_string_equal(text, "2026-01-14T23:30:00.007-03:30");
    clock_set_zone("UTC");
    clock_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999+00:00");
}

static void follows_a_jump_forward(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, 0);
    clock.hall_ms -= 3600000; /* as if the wall clock had just been set an hour ahead */
    int64_t wall = clock_wall_ms();
    assert_true(clock_now_ms(&clock) >= wall);
    assert_true(clock_now_ms(&clock) <= clock_wall_ms());
}

static void runs_at_half_speed_after_a_jump_back(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, 0);
    clock.hall_ms += 3600000; /* as if the wall clock had just been set an hour back */
    int64_t before = clock.hall_ms;
    clock.mono_ms -= 10001; /* ten seconds have passed */
    int64_t first = clock_now_ms(&clock);
    assert_true(first >= before + 5000 && first < before + 6000);
    /* The odd millisecond is not lost: many readings move the clock like one. */
    clock.mono_ms = clock_mono_ms();
    before = clock.hall_ms;
    for (int i = 0; i < 2000; i++) {
        clock.mono_ms -= 1;
        int64_t now = clock_now_ms(&clock);
        assert_true(now >= first);
        first = now;
    }
    assert_true(first >= before + 999);
}

static void never_starts_before_the_last_event(void **state)
{
    (void)state;
    struct clock clock;
    int64_t later = clock_wall_ms() + 500000;
    clock_init(&clock, later);
    assert_true(clock_now_ms(&clock) >= later);
}

static void moves_a_test_clock(void **state)
{
    (void)state;
    struct clock clock;
    int64_t start = at("2026-11-23T08:00:00+08:00");
    clock_init_test(&clock, start);
    assert_true(clock_now_ms(&clock) >= start);
    assert_true(clock_now_ms(&clock) < start + 60000);
    assert_int_equal(clock_set(&clock, start + 3600000), ERR_NONE);
    assert_true(clock_now_ms(&clock) >= start + 3600000);
    assert_int_equal(clock_set(&clock, start), ERR_INVALID_BODY);
    assert_true(clock_now_ms(&clock) >= start + 3600000);
    clock.mono_ms -= 1000; /* a second passes */
    assert_true(clock_now_ms(&clock) >= start + 3601000);
}

static void knows_the_zones_of_this_machine(void **state)
{
    (void)state;
    assert_true(clock_zone_exists("Asia/Shanghai"));
    assert_true(clock_zone_exists("America/Argentina/Ushuaia"));
    static const char *const none[] = {"",     "Asia/Xanadu",        "Asia",     "/etc/localtime",
                                       "asia", "Asia/../Asia/Tokyo", "tzdata.zi"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_false(clock_zone_exists(none[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_days),
        cmocka_unit_test(agrees_with_the_library),
        cmocka_unit_test(refuses_wrong_days),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(refuses_wrong_times),
        cmocka_unit_test(knows_shanghai),
        cmocka_unit_test(knows_summer_time_in_berlin),
        cmocka_unit_test(formats_west_and_before_1970),
        cmocka_unit_test(follows_a_jump_forward),
        cmocka_unit_test(runs_at_half_speed_after_a_jump_back),
        cmocka_unit_test(never_starts_before_the_last_event),
        cmocka_unit_test(moves_a_test_clock),
        cmocka_unit_test(knows_the_zones_of_this_machine),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
