/* The hall's lookups, its business day and its opening hours.
 *
 * Dates are worked out by hand: day 20780 is 2026-11-23, a Monday (20000 is 2024-10-04, then 730
 * days to 2026-10-04 and 50 more). Local time is counted as if UTC were local, so a moment is day
 * and clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "hall.h"

#define MONDAY 20780
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static int64_t at(int day, int hour, int minute)
{
    return day * DAY + hour * HOUR + minute * MINUTE;
}

static void test_day_closes_before_midnight(void **state)
{
    (void)state;
    static struct hall hall;
    hall_set_defaults(&hall);
    assert_int_equal(hall.day_close_min, 23 * 60 + 30);
    assert_int_equal(hall_day_close_local_ms(&hall, MONDAY), at(MONDAY, 23, 30));
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 0, 0)), MONDAY);
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 9, 0)), MONDAY);
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 23, 30) - 1), MONDAY);
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 23, 30)), MONDAY + 1);
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 23, 59)), MONDAY + 1);
}

static void test_day_closes_on_the_morning_after(void **state)
{
    (void)state;
    static struct hall hall;
    hall_set_defaults(&hall);
    hall.day_close_min = 2 * 60;
    assert_int_equal(hall_day_close_local_ms(&hall, MONDAY), at(MONDAY + 1, 2, 0));
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 1, 59)), MONDAY - 1);
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 2, 0)), MONDAY);
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 23, 59)), MONDAY);
    assert_int_equal(hall_business_day(&hall, at(MONDAY + 1, 1, 59)), MONDAY);
    assert_int_equal(hall_business_day(&hall, at(MONDAY + 1, 2, 0)), MONDAY + 1);
}

static void test_day_closes_at_midnight_and_noon(void **state)
{
    (void)state;
    static struct hall hall;
    hall_set_defaults(&hall);
    hall.day_close_min = 0;
    assert_int_equal(hall_day_close_local_ms(&hall, MONDAY), at(MONDAY + 1, 0, 0));
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 0, 0)), MONDAY);
    assert_int_equal(hall_business_day(&hall, at(MONDAY + 1, 0, 0) - 1), MONDAY);
    hall.day_close_min = 11 * 60 + 59;
    assert_int_equal(hall_day_close_local_ms(&hall, MONDAY), at(MONDAY + 1, 11, 59));
    hall.day_close_min = 12 * 60;
    assert_int_equal(hall_day_close_local_ms(&hall, MONDAY), at(MONDAY, 12, 0));
    assert_int_equal(hall_business_day(&hall, at(MONDAY, 12, 0)), MONDAY + 1);
}

/* Every moment belongs to the day whose close is the next one: for all closes, over three days of
 * minutes. */
static void test_days_follow_without_gap(void **state)
{
    (void)state;
    static struct hall hall;
    hall_set_defaults(&hall);
    for (int close = 0; close < 1440; close += 7) {
        hall.day_close_min = close;
        for (int64_t now = at(MONDAY, 0, 0); now < at(MONDAY + 3, 0, 0); now += 11 * MINUTE) {
            int32_t day = hall_business_day(&hall, now);
            assert_true(hall_day_close_local_ms(&hall, day) > now);
            assert_true(hall_day_close_local_ms(&hall, day - 1) <= now);
        }
    }
}

static void test_days_before_1970(void **state)
{
    (void)state;
    static struct hall hall;
    hall_set_defaults(&hall);
    assert_int_equal(hall_business_day(&hall, -1),
                     0); /* 1969-12-31 23:59:59.999, closed at 23:30 */
    assert_int_equal(hall_business_day(&hall, -DAY), -1);
    assert_int_equal(hall_business_day(&hall, -31 * MINUTE), -1);
}

static void test_hours(void **state)
{
    (void)state;
    struct hall_service service = {.hours_count = 0};
    assert_true(hall_service_in_hours(&service, at(MONDAY, 3, 0)));
    /* Monday to Friday 08:30 to 12:00 and 13:30 to 17:00, Saturday to midnight. */
    service.hours[0] = (struct hall_hours){0x1f, 8 * 60 + 30, 12 * 60};
    service.hours[1] = (struct hall_hours){0x1f, 13 * 60 + 30, 17 * 60};
    service.hours[2] = (struct hall_hours){0x20, 20 * 60, 1440};
    service.hours_count = 3;
    for (int day = MONDAY; day < MONDAY + 5; day++) {
        assert_false(hall_service_in_hours(&service, at(day, 8, 30) - 1));
        assert_true(hall_service_in_hours(&service, at(day, 8, 30)));
        assert_true(hall_service_in_hours(&service, at(day, 12, 0) - 1));
        assert_false(hall_service_in_hours(&service, at(day, 12, 0)));
        assert_true(hall_service_in_hours(&service, at(day, 13, 30)));
        assert_false(hall_service_in_hours(&service, at(day, 17, 0)));
    }
    assert_false(hall_service_in_hours(&service, at(MONDAY + 5, 9, 0)));
    assert_true(hall_service_in_hours(&service, at(MONDAY + 5, 23, 59)));
    assert_false(hall_service_in_hours(&service, at(MONDAY + 6, 0, 0)));
    assert_false(hall_service_in_hours(&service, at(MONDAY + 6, 9, 0)));
    /* 1969-12-29 was a Monday. */
    assert_true(hall_service_in_hours(&service, at(-3, 9, 0)));
    assert_false(hall_service_in_hours(&service, at(-4, 9, 0)));
}

static void test_defaults(void **state)
{
    (void)state;
    static const char *const codes[] = {"ordinary", "elderly",  "child",
                                        "disabled", "pregnant", "vip"};
    static const int heads_s[] = {0, 600, 600, 900, 900, 300};
    static const int rates[] = {1000, 2000, 2000, 2500, 2500, 1500};
    static const int ranks[] = {2, 1, 1, 0, 0, 1};
    static struct hall hall;
    memset(&hall, 0xff, sizeof hall);
    hall_set_defaults(&hall);
    assert_int_equal(hall.class_count, 6);
    for (int i = 0; i < 6; i++) {
        assert_string_equal(hall.classes[i].code, codes[i]);
        assert_int_equal(hall.classes[i].head_ms, heads_s[i] * 1000);
        assert_int_equal(hall.classes[i].rate_pm, rates[i]);
        assert_int_equal(hall.classes[i].rank, ranks[i]);
        assert_int_equal(hall.classes[i].group, i == 0 ? 0 : 1);
        assert_int_equal(hall.classes[i].cap, 8);
        assert_int_equal(hall.classes[i].max_wait_ms, 3600000);
    }
    assert_int_equal(hall.policy.rule, HALL_RULE_SCORE);
    assert_int_equal(hall.policy.w_share, 50);
    assert_int_equal(hall.policy.group_weights[0], 2);
    assert_int_equal(hall.policy.group_weights[1], 1);
    assert_int_equal(hall.policy.urgent_refill_ms, 1800000);
    assert_int_equal(hall.no_show_min_calls, 2);
    assert_int_equal(hall.restore_gap_ms, 180000);
    assert_int_equal(hall.zone_count + hall.service_count + hall.window_count, 0);
}

static void copy(char code[HALL_CODE_SIZE], const char *text)
{
    memcpy(code, text, strlen(text) + 1);
}

static void test_find(void **state)
{
    (void)state;
    static struct hall hall;
    hall_set_defaults(&hall);
    hall.service_count = 3;
    copy(hall.services[0].code, "gone");
    hall.services[0].retired = true;
    copy(hall.services[1].code, "pension");
    copy(hall.services[2].code, "gone");
    hall.window_count = 2;
    hall.windows[0].no = 7;
    hall.windows[1].no = 3;
    hall.zone_count = 1;
    copy(hall.zones[0].code, "main");
    assert_int_equal(hall_find_service(&hall, "pension"), 1);
    assert_int_equal(hall_find_service(&hall, "gone"), 2);
    assert_int_equal(hall_find_service(&hall, "pensio"), -1);
    assert_int_equal(hall_find_window(&hall, 3), 1);
    assert_int_equal(hall_find_window(&hall, 0), -1);
    hall.windows[1].retired = true;
    assert_int_equal(hall_find_window(&hall, 3), -1);
    assert_int_equal(hall_find_zone(&hall, "main"), 0);
    assert_int_equal(hall_find_zone(&hall, ""), -1);
    assert_int_equal(hall_find_class(&hall, "vip"), 5);
    assert_int_equal(hall_find_class(&hall, "king"), -1);
}

/* 1970-01-01 and later: minutes of any day. */
static int32_t volume_at(const struct hall *hall, int zone, int hour, int minute)
{
    return hall_volume(hall, zone, ((20780LL * 24 + hour) * 60 + minute) * 60000);
}

static void test_volume_by_time(void **state)
{
    (void)state;
    static struct hall hall;
    hall_set_defaults(&hall);
    assert_int_equal(volume_at(&hall, 0, 3, 0), 100);
    hall.voice.volumes[0] = (struct hall_band){1, 720, 840, 30};
    hall.voice.volumes[1] = (struct hall_band){-1, 720, 780, 60};
    hall.voice.volume_count = 2;
    hall.voice.quiet[0] = (struct hall_band){-1, 1320, 420, 0};
    hall.voice.quiet_count = 1;
    assert_int_equal(volume_at(&hall, 1, 12, 0), 30);
    assert_int_equal(volume_at(&hall, 0, 12, 0), 60);
    assert_int_equal(volume_at(&hall, 1, 13, 59), 30);
    assert_int_equal(volume_at(&hall, 0, 13, 0), 100);
    assert_int_equal(volume_at(&hall, 1, 14, 0), 100);
    assert_int_equal(volume_at(&hall, 0, 22, 0), 0);
    assert_int_equal(volume_at(&hall, -1, 0, 0), 0);
    assert_int_equal(volume_at(&hall, -1, 6, 59), 0);
    assert_int_equal(volume_at(&hall, -1, 7, 0), 100);
    assert_false(hall_is_quiet(&hall, 0, (20780LL * 24 + 21) * 3600000));
    assert_true(hall_is_quiet(&hall, 0, (20780LL * 24 + 23) * 3600000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_day_closes_before_midnight),
        cmocka_unit_test(test_day_closes_on_the_morning_after),
        cmocka_unit_test(test_day_closes_at_midnight_and_noon),
        cmocka_unit_test(test_days_follow_without_gap),
        cmocka_unit_test(test_days_before_1970),
        cmocka_unit_test(test_hours),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_volume_by_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
