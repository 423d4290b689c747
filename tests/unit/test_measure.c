/* test_measure: the measures against values worked out by hand, at their edges, and the sweep
 * against a plain sum over milliseconds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure.h"

#define near(a, b) assert_true(fabs((a) - (b)) < 1e-9)
#define ok(expression) assert_int_equal((expression), ERR_NONE)

static struct measure_result result; /* large */

/* Came at once when called, nobody's favour. */
static struct measure_leg leg_of(int16_t cls, int64_t entered_ms, int64_t start_ms, int64_t end_ms)
{
    return (struct measure_leg){.cls = cls,
                                .entered_ms = entered_ms,
                                .start_ms = start_ms,
                                .served_ms = start_ms,
                                .end_ms = end_ms,
                                .fifo_start_ms = MEASURE_UNKNOWN,
                                .approver = -1,
                                .clerk = -1};
}

/* One window. A is served 0 to 10; B came at 2 and C, of another class, at 4: C goes first, 10 to
 * 15, then B, 15 to 20. First come, first served, B would have begun at 10 and C at 15. */
static void three_people(struct measure_leg legs[3])
{
    legs[0] = leg_of(0, 0, 0, 10);
    legs[1] = leg_of(0, 2, 15, 20);
    legs[2] = leg_of(1, 4, 10, 15);
    legs[0].fifo_start_ms = 0;
    legs[1].fifo_start_ms = 10;
    legs[2].fifo_start_ms = 15;
    legs[1].overtakes = 1;
    legs[2].overtook = 1;
    legs[2].service = 3;
    for (int i = 0; i < 3; i++) {
        legs[i].target_ms = 5;
    }
}

static void test_waits(void **state)
{
    (void)state;
    struct measure_leg legs[3];
    three_people(legs);
    ok(measure_day(legs, 3, &result));
    const struct measure_row *all = &result.all; /* waits 0, 13, 6 */
    assert_int_equal(all->legs, 3);
    assert_int_equal(all->n, 3);
    assert_int_equal(all->sum_ms, 19);
    near(all->mean_ms, 19.0 / 3);
    assert_int_equal(all->p50_ms, 6);
    assert_int_equal(all->p90_ms, 13);
    assert_int_equal(all->p95_ms, 13);
    assert_int_equal(all->max_ms, 13);
    assert_int_equal(all->targeted, 3);
    assert_int_equal(all->within, 1);
    near(result.gini, 26.0 / 57); /* (-2 * 0 + 0 * 6 + 2 * 13) / (3 * 19) */
    const struct measure_row *ordinary = &result.classes[0];
    assert_int_equal(ordinary->n, 2);
    near(ordinary->mean_ms, 6.5);
    assert_int_equal(ordinary->p50_ms, 0);
    assert_int_equal(ordinary->max_ms, 13);
    near(ordinary->mean_ratio, 1);
    near(result.classes[1].mean_ratio, 6 / 6.5);
    near(all->mean_ratio, 19.0 / 3 / 6.5);
    assert_int_equal(result.services[0].n, 2);
    assert_int_equal(result.services[3].sum_ms, 6);
    assert_int_equal(result.services[1].legs, 0);
}

static void test_fairness(void **state)
{
    (void)state;
    struct measure_leg legs[3];
    three_people(legs);
    ok(measure_day(legs, 3, &result));
    assert_int_equal(result.all.overtakes, 1);
    assert_int_equal(result.all.max_overtakes, 1);
    assert_int_equal(result.all.overtaken, 1);
    assert_int_equal(result.all.overtaking_calls, 1);
    near(result.all.mean_overtakes, 1.0 / 3);
    near(result.classes[0].mean_overtakes, 0.5);
    assert_int_equal(result.classes[1].overtaken, 0);
    const struct measure_row *ordinary = &result.classes[0]; /* displaced by 0 and 5 */
    assert_int_equal(ordinary->displaced, 2);
    near(ordinary->displacement_mean_ms, 2.5);
    assert_int_equal(ordinary->displacement_p95_ms, 5);
    assert_int_equal(ordinary->displacement_max_ms, 5);
    near(result.classes[1].displacement_mean_ms, -5);
    assert_int_equal(result.classes[1].displacement_max_ms, -5);
    near(result.all.displacement_mean_ms, 0);
}

/* Due in three_people(): 0-2 all of the window to A; 2-4 halves; 4-10 thirds; 10-15 halves of B and
 * C; 15-20 all to B. A: 10 - (2 + 1 + 2); B: 5 - (1 + 2 + 2.5 + 5); C: 5 - (2 + 2.5). */
static void test_discrimination(void **state)
{
    (void)state;
    struct measure_leg legs[3];
    double values[3];
    three_people(legs);
    ok(measure_discrimination(legs, 3, values));
    near(values[0], 5);
    near(values[1], -5.5);
    near(values[2], 0.5);
    ok(measure_day(legs, 3, &result));
    near(result.discrimination_sum_ms, 0);
    near(result.discrimination_mean_square_ms2, (25 + 30.25 + 0.25) / 3);
    near(result.classes[0].discrimination_mean_ms, -0.25);
    near(result.classes[1].discrimination_mean_ms, 0.5);
    assert_int_equal(result.all.discriminated, 3);
}

static void test_nobody(void **state)
{
    (void)state;
    ok(measure_day(NULL, 0, &result));
    assert_int_equal(result.all.legs, 0);
    assert_int_equal(result.all.n, 0);
    near(result.all.mean_ms, 0);
    near(result.all.mean_overtakes, 0);
    near(result.all.mean_ratio, MEASURE_UNKNOWN);
    near(result.classes[3].mean_ratio, MEASURE_UNKNOWN);
    near(result.gini, 0);
    near(result.discrimination_sum_ms, 0);
    near(result.discrimination_mean_square_ms2, 0);
    near(measure_gini(NULL, 0), 0);
}

static void test_one(void **state)
{
    (void)state;
    struct measure_leg leg = leg_of(0, 100, 100, 160);
    ok(measure_day(&leg, 1, &result)); /* called at once: a wait of nothing */
    assert_int_equal(result.all.n, 1);
    assert_int_equal(result.all.p95_ms, 0);
    near(result.gini, 0);
    near(result.all.mean_ratio, MEASURE_UNKNOWN); /* nothing to compare with */
    near(result.all.discrimination_mean_ms, 0);
    assert_int_equal(result.all.targeted, 0);
    assert_int_equal(result.all.displaced, 0);
    leg = leg_of(2, 100, 130, 160);
    ok(measure_day(&leg, 1, &result)); /* the only one has all of the hall, and only waits */
    assert_int_equal(result.all.p50_ms, 30);
    near(result.gini, 0);
    near(result.classes[2].mean_ratio, MEASURE_UNKNOWN);
    near(result.all.discrimination_mean_ms, 0);
    leg.start_ms = leg.served_ms = leg.end_ms = MEASURE_UNKNOWN;
    leg.outcome = MEASURE_NOT_CALLED;
    leg.fifo_start_ms = 120;
    leg.target_ms = 5;
    ok(measure_day(&leg, 1, &result));
    assert_int_equal(result.all.legs, 1);
    assert_int_equal(result.all.n, 0);
    assert_int_equal(result.all.not_called, 1);
    assert_int_equal(result.all.targeted, 0);
    assert_int_equal(result.all.displaced, 0);
    assert_int_equal(result.all.discriminated, 0);
}

/* X is served 0 to 10 while Y waits and gives up at 10: each was due half. Z was called at 10,
 * passed, and came at its second call at 20: it waited 10, and is served from 20 on. */
static void test_outcomes(void **state)
{
    (void)state;
    struct measure_leg legs[4];
    double values[4];
    legs[0] = leg_of(0, 0, 0, 10);
    legs[1] = leg_of(0, 0, MEASURE_UNKNOWN, 10);
    legs[1].outcome = MEASURE_ABANDONED;
    legs[2] = leg_of(1, 10, 10, 30);
    legs[2].served_ms = 20;
    legs[3] = leg_of(1, 40, 50, 60);
    legs[3].served_ms = MEASURE_UNKNOWN;
    legs[3].outcome = MEASURE_NO_SHOW;
    ok(measure_discrimination(legs, 4, values));
    near(values[0], 5);
    near(values[1], -5);
    near(values[2], 0);
    near(values[3], 0);
    ok(measure_day(legs, 4, &result));
    assert_int_equal(result.all.abandoned, 1);
    assert_int_equal(result.all.no_show, 1);
    assert_int_equal(result.all.not_called, 0);
    assert_int_equal(result.classes[0].n, 1);
    assert_int_equal(result.classes[1].n, 2); /* whoever was called has waited, come or not */
    assert_int_equal(result.classes[1].sum_ms, 10);
    assert_int_equal(result.all.discriminated, 4);
    near(result.discrimination_sum_ms, 0);
}

static void test_people(void **state)
{
    (void)state;
    struct measure_leg legs[3] = {leg_of(0, 0, 1, 2), leg_of(0, 0, 1, 2), leg_of(0, 0, 1, 2)};
    legs[0].urgent_calls = 1;
    legs[0].approver = 2;
    legs[0].clerk = 0;
    legs[1].chosen_calls = 2;
    legs[1].clerk = 0;
    legs[2].chosen_calls = 1;
    legs[2].clerk = MEASURE_PERSON_MAX - 1;
    ok(measure_day(legs, 3, &result));
    assert_int_equal(result.urgent_calls, 1);
    assert_int_equal(result.chosen_calls, 3);
    assert_int_equal(result.approvers[2], 1);
    assert_int_equal(result.approvers[0], 0);
    assert_int_equal(result.clerks[0].urgent, 1);
    assert_int_equal(result.clerks[0].chosen, 2);
    assert_int_equal(result.clerks[MEASURE_PERSON_MAX - 1].chosen, 1);
}

/* Rank ceil(pn): 95 % of 20 values is the 19th, of 21 the 20th. */
static void test_quantile(void **state)
{
    (void)state;
    int64_t values[100];
    for (int i = 0; i < 100; i++) {
        values[i] = i + 1;
    }
    assert_int_equal(measure_quantile(values, 20, 95), 19);
    assert_int_equal(measure_quantile(values, 21, 95), 20);
    assert_int_equal(measure_quantile(values, 10, 90), 9);
    assert_int_equal(measure_quantile(values, 11, 90), 10);
    assert_int_equal(measure_quantile(values, 2, 50), 1);
    assert_int_equal(measure_quantile(values, 1, 1), 1);
    assert_int_equal(measure_quantile(values, 100, 100), 100);
    assert_int_equal(measure_quantile(values, 100, 1), 1);
}

static void test_gini(void **state)
{
    (void)state;
    const int64_t equal[] = {7, 7, 7, 7};
    const int64_t one[] = {0, 0, 0, 9};
    const int64_t zeros[] = {0, 0};
    near(measure_gini(equal, 4), 0);
    near(measure_gini(one, 4), 0.75); /* 1 - 1/n */
    near(measure_gini(zeros, 2), 0);
}

/* ---- the sweep against a sum over milliseconds ---- */

#define RANDOM_LEGS 60
#define RANDOM_MS 300

static uint32_t random_state = 12345;

/* Numerical Recipes' linear congruential generator: enough to scatter times. */
static int64_t any(int64_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (int64_t)(random_state >> 8) % below;
}

static double slow_discrimination(const struct measure_leg *legs, int leg)
{
    double due = 0;
    for (int64_t ms = legs[leg].entered_ms; ms < legs[leg].end_ms; ms++) {
        int in_hall = 0;
        int busy = 0;
        for (int i = 0; i < RANDOM_LEGS; i++) {
            bool here = legs[i].end_ms != MEASURE_UNKNOWN && legs[i].entered_ms <= ms &&
                        ms < legs[i].end_ms;
            in_hall += here ? 1 : 0;
            busy += here && legs[i].served_ms != MEASURE_UNKNOWN && legs[i].served_ms <= ms ? 1 : 0;
        }
        due += (double)busy / in_hall;
    }
    double served = legs[leg].served_ms != MEASURE_UNKNOWN
                        ? (double)(legs[leg].end_ms - legs[leg].served_ms)
                        : 0;
    return served - due;
}

static void test_sweep(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct measure_leg legs[RANDOM_LEGS];
        double values[RANDOM_LEGS];
        double sum = 0;
        for (int i = 0; i < RANDOM_LEGS; i++) {
            int64_t entered = any(RANDOM_MS);
            int64_t start = entered + any(50);
            legs[i] = leg_of((int16_t)any(3), entered, start, start + any(40));
            legs[i].served_ms = any(5) == 0 ? MEASURE_UNKNOWN : start;
            legs[i].end_ms = any(9) == 0 ? MEASURE_UNKNOWN : legs[i].end_ms;
        }
        ok(measure_discrimination(legs, RANDOM_LEGS, values));
        for (int i = 0; i < RANDOM_LEGS; i++) {
            if (legs[i].end_ms == MEASURE_UNKNOWN) {
                near(values[i], 0);
            } else {
                near(values[i], slow_discrimination(legs, i));
            }
            sum += values[i];
        }
        near(sum, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits),  cmocka_unit_test(test_fairness),
        cmocka_unit_test(test_nobody), cmocka_unit_test(test_discrimination),
        cmocka_unit_test(test_one),    cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_people), cmocka_unit_test(test_quantile),
        cmocka_unit_test(test_gini),   cmocka_unit_test(test_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
