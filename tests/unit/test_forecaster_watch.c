/* test_forecaster_watch: the level of ranges follows what they hold, by steps worked by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/engine/forecaster_watch.h"

static void add(struct forecaster_watch *watch, int count, bool missed)
{
    for (int i = 0; i < count; i++) {
        forecaster_watch_add(watch, missed);
    }
}

static void test_too_few(void **state)
{
    struct forecaster_watch watch;
    (void)state;
    forecaster_watch_init(&watch, 0);
    add(&watch, 99, true);
    assert_int_equal(forecaster_watch_covered_pm(&watch), -1);
    assert_int_equal(forecaster_watch_level_pm(&watch), 800);
}

/* 24 of 100 missed is 76 %: well enough. One more of 101 is 75.2 %: alpha falls by 0.01 x 0.8; a
 * hit then gives 0.002 back while it covers too little. */
static void test_steps(void **state)
{
    struct forecaster_watch watch;
    (void)state;
    forecaster_watch_init(&watch, 0);
    add(&watch, 24, true);
    add(&watch, 76, false);
    assert_int_equal(forecaster_watch_covered_pm(&watch), 760);
    assert_int_equal(forecaster_watch_level_pm(&watch), 800);
    forecaster_watch_add(&watch, true);
    assert_int_equal(forecaster_watch_covered_pm(&watch), 753);
    assert_int_equal(forecaster_watch_level_pm(&watch), 808);
    forecaster_watch_add(&watch, false); /* 77 of 102: 75.5 % */
    assert_int_equal(forecaster_watch_level_pm(&watch), 806);
}

/* Ranges that always hold are too wide: 20 more hits lower the level by 20 x 0.002. */
static void test_too_wide(void **state)
{
    struct forecaster_watch watch;
    (void)state;
    forecaster_watch_init(&watch, 0);
    for (int i = 0; i < 100; i++) {
        forecaster_watch_recall(&watch, false);
    }
    assert_int_equal(forecaster_watch_level_pm(&watch), 800); /* the past moves nothing */
    add(&watch, 20, false);
    assert_int_equal(forecaster_watch_covered_pm(&watch), 1000);
    assert_int_equal(forecaster_watch_level_pm(&watch), 760);
}

static void test_bounds_and_window(void **state)
{
    struct forecaster_watch watch;
    (void)state;
    forecaster_watch_init(&watch, 850);
    assert_int_equal(forecaster_watch_level_pm(&watch), 850);
    add(&watch, 2000, true);
    assert_int_equal(forecaster_watch_covered_pm(&watch), 0);
    assert_int_equal(forecaster_watch_level_pm(&watch), 980);
    /* Only the newest 500 count. */
    add(&watch, 399, false);
    assert_int_equal(forecaster_watch_covered_pm(&watch), 798);
    add(&watch, 5000, false);
    assert_int_equal(forecaster_watch_level_pm(&watch), 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_too_few), cmocka_unit_test(test_steps),
                                       cmocka_unit_test(test_too_wide),
                                       cmocka_unit_test(test_bounds_and_window)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
