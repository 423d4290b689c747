/* test_staffing: plans and searches whose outcome can be seen with the naked eye. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "staffing.h"

#define MINUTE 60000
#define BUSY_MS (5 * MINUTE)

struct trial {
    struct hall hall;
    struct staffing_past past;
    struct staffing_input input;
    struct staffing_plan plan;
    struct staffing_result result;
};

/* Services 0 and 1 with a target of five minutes; windows 1 and 2 for service 0, 3 for both. Guards
 * off: plain first come, first served. */
static int open_trial(void **state)
{
    struct trial *t = calloc(1, sizeof *t);
    assert_non_null(t);
    hall_set_defaults(&t->hall);
    t->hall.policy.rule = HALL_RULE_FIFO;
    t->hall.service_count = 2;
    t->hall.window_count = 3;
    for (int s = 0; s < 2; s++) {
        t->hall.services[s].expected_service_ms = BUSY_MS;
        t->hall.services[s].target_wait_ms = BUSY_MS;
    }
    for (int w = 0; w < 3; w++) {
        t->hall.windows[w].no = w + 1;
        t->hall.windows[w].zone = -1;
        t->hall.windows[w].service_count = w == 2 ? 2 : 1;
        t->hall.windows[w].services[1].service = 1;
    }
    assert_int_equal(staffing_past_init(&t->past, &t->hall), ERR_NONE);
    t->input = (struct staffing_input){.hall = &t->hall,
                                       .history = t->past.history,
                                       .days = t->past.days,
                                       .from_slot = 18,
                                       .to_slot = 22, /* 09:00 to 11:00 */
                                       .trial_days = 200,
                                       .seed = 1,
                                       .target_share = 0.9};
    *state = t;
    return 0;
}

static int close_trial(void **state)
{
    struct trial *t = *state;
    staffing_result_fini(&t->result);
    staffing_past_fini(&t->past);
    free(t);
    return 0;
}

/* Somebody who comes so many minutes after 09:00 that day, and takes five. */
static void come(struct trial *t, int day, int16_t service, double minutes)
{
    int64_t at_ms = 9 * 60 * MINUTE + (int64_t)(minutes * MINUTE);
    struct forecast_record record = {.day = day,
                                     .service = service,
                                     .slot = (int)(at_ms / FORECAST_SLOT_MS),
                                     .busy_ms = BUSY_MS,
                                     .called = true};
    assert_int_equal(staffing_past_add(&t->past, &record, at_ms), ERR_NONE);
}

static void end_past(struct trial *t)
{
    assert_int_equal(staffing_past_end(&t->past), ERR_NONE);
    t->input.day_count = t->past.day_count;
}

/* Each half hour of 20 days one person ten minutes into it, of both services unless only the first
 * is asked. */
static void quiet_days(struct trial *t, bool both)
{
    for (int day = 0; day < 20; day++) {
        for (int i = 0; i < 4; i++) {
            for (int twice = 0; twice < (both ? 10 : 1); twice++) {
                come(t, day, 0, i * 30 + 10 + (both ? twice * 0.001 : 0));
                if (both && twice == 0) {
                    come(t, day, 1, i * 30 + 10);
                }
            }
        }
    }
    end_past(t);
}

static void open_window(struct trial *t, int window, int from, int to)
{
    for (int slot = from; slot < to; slot++) {
        t->plan.open[slot][window] = true;
    }
}

static void test_one_by_one(void **state)
{
    struct trial *t = *state;
    quiet_days(t, false);
    open_window(t, 0, 18, 22);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_true(t->result.met);
    assert_int_equal(t->result.all.n, 800);
    assert_true(t->result.all.share == 1 && t->result.all.share_low == 1);
    assert_true(fabs(t->result.window_hours - 2) < 1e-12);
    assert_true(fabs(t->result.utilisation[0] - 4 * 5.0 / 120) < 1e-12);
    assert_true(t->result.utilisation[1] == 0);
    assert_int_equal(t->result.queue_count, 1);
    assert_int_equal(t->result.queues[0].called, 800);
    assert_true(t->result.queues[0].mean_wait_s == 0);
    assert_true(t->result.slot_arrivals[19] == 1);
}

/* The window closes at 10:00: who comes at 10:10 and 10:40 is never called. One who comes two
 * minutes before the close and is called is served to the end. */
static void test_early_close(void **state)
{
    struct trial *t = *state;
    for (int day = 0; day < 30; day++) {
        come(t, day, 0, 10);
        come(t, day, 0, 58);
        come(t, day, 0, 70);
        come(t, day, 0, 100);
    }
    end_past(t);
    open_window(t, 0, 18, 20);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_false(t->result.met);
    assert_true(t->result.all.share == 0.5);
    assert_int_equal(t->result.queues[0].share.n - t->result.queues[0].called, 400);
    assert_true(t->result.slot_share[19] == 1 && t->result.slot_share[20] == 0);
    assert_true(fabs(t->result.utilisation[0] - 10.0 / 60) < 1e-12);
}

/* Two come in the same moment, for one window that closes in the millisecond the first is done: the
 * second is not called, though the window becomes free just then. */
static void test_close_at_the_end(void **state)
{
    struct trial *t = *state;
    for (int day = 0; day < 30; day++) {
        come(t, day, 0, 55);
        come(t, day, 0, 55);
    }
    end_past(t);
    open_window(t, 0, 18, 20);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_true(t->result.all.share == 0.5);
    assert_int_equal(t->result.queues[0].called, 200);
    /* A window that opens in that moment takes the second, and not the first one's. */
    open_window(t, 1, 20, 21);
    staffing_result_fini(&t->result);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_int_equal(t->result.queues[0].called, 400);
}

/* Nobody serves service 1 while window 3 is closed. */
static void test_nobody_serves(void **state)
{
    struct trial *t = *state;
    for (int day = 0; day < 20; day++) {
        come(t, day, 0, 10);
        come(t, day, 0, 40);
        come(t, day, 1, 10);
    }
    end_past(t);
    open_window(t, 0, 18, 22);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_true(t->result.services[0].share == 1);
    assert_true(t->result.services[1].share == 0);
    assert_false(t->result.met);
    open_window(t, 2, 18, 19);
    staffing_result_fini(&t->result);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_true(t->result.met);
}

/* On every second day both visitors come after the close: days are all or nothing. With share p of
 * good days among D, two people each, the ratio estimator's variance is p (1 - p) / (D - 1). */
static void test_confidence_by_hand(void **state)
{
    struct trial *t = *state;
    for (int day = 0; day < 20; day++) {
        come(t, day, 0, day % 2 == 0 ? 10 : 70);
        come(t, day, 0, day % 2 == 0 ? 20 : 80);
    }
    end_past(t);
    open_window(t, 0, 18, 20);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &t->result), ERR_NONE);
    double p = t->result.all.share;
    assert_true(p > 0.35 && p < 0.65);
    double low = p - 1.6448536269514722 * sqrt(p * (1 - p) / 199);
    assert_true(fabs(t->result.all.share_low - low) < 1e-12);
}

static void test_same_seed(void **state)
{
    struct trial *t = *state;
    struct staffing_result other;
    for (int day = 0; day < 20; day++) {
        for (int i = 0; i < 5 + day; i++) {
            come(t, day, 0, 3 * i);
        }
    }
    end_past(t);
    open_window(t, 0, 18, 22);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &other), ERR_NONE);
    assert_true(t->result.all.share == other.all.share);
    assert_int_equal(t->result.all.n, other.all.n);
    staffing_result_fini(&other);
    t->input.seed = 2;
    assert_int_equal(staffing_evaluate(&t->input, &t->plan, &other), ERR_NONE);
    assert_int_not_equal(t->result.all.n, other.all.n);
    staffing_result_fini(&other);
}

/* One person each half hour needs one window, and none where nobody comes. */
static void test_search_least(void **state)
{
    struct trial *t = *state;
    for (int day = 0; day < 30; day++) {
        come(t, day, 0, 10);
        come(t, day, 0, 100);
    }
    end_past(t);
    assert_int_equal(staffing_search(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_true(t->result.met);
    for (int slot = 18; slot < 22; slot++) {
        int open = t->plan.open[slot][0] + t->plan.open[slot][1] + t->plan.open[slot][2];
        assert_int_equal(open, slot == 18 || slot == 21 ? 1 : 0);
    }
    assert_true(t->result.window_hours == 1);
}

/* Six at once, five minutes each, five minutes allowed: three windows, then the other three in
 * time. With only two windows for them it cannot be done, and everything that there is stays open.
 */
static void test_search_rush(void **state)
{
    struct trial *t = *state;
    for (int day = 0; day < 20; day++) {
        for (int i = 0; i < 6; i++) {
            come(t, day, 0, 40);
        }
    }
    end_past(t);
    assert_int_equal(staffing_search(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_true(t->result.met);
    assert_true(t->plan.open[19][0] && t->plan.open[19][1] && t->plan.open[19][2]);
    assert_true(t->result.window_hours == 1.5);
    staffing_result_fini(&t->result);
    t->hall.window_count = 2;
    assert_int_equal(staffing_search(&t->input, &t->plan, &t->result), ERR_NONE);
    assert_false(t->result.met);
    assert_true(t->result.window_hours == 4);
    assert_true(fabs(t->result.all.share - 4.0 / 6) < 1e-12);
}

/* Only window 3 can serve service 1, so it is in the plan wherever that is asked for. */
static void test_search_skills(void **state)
{
    struct trial *t = *state;
    quiet_days(t, true);
    assert_int_equal(staffing_search(&t->input, &t->plan, &t->result), ERR_NONE);
    for (int slot = 18; slot < 22; slot++) {
        assert_true(t->plan.open[slot][2]);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_trial, close_trial)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_by_one),    TEST(test_early_close),        TEST(test_close_at_the_end),
        TEST(test_nobody_serves), TEST(test_confidence_by_hand), TEST(test_same_seed),
        TEST(test_search_least),  TEST(test_search_rush),        TEST(test_search_skills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
