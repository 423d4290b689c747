/* test_forecast: the forecast against closed forms: an Erlang time when nobody passes, birth-death
 * passages when a higher class does, the conjugate factors of a day, and what must hold for any
 * line. Reference values: computed for this project by independent programs
 * (tests/sim/oracles.json, families cond_wait and cond_wait_overtaking); time unit 100 s, the mean
 * service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "forecast.h"

#define UNIT_MS 500000 /* long, so that durations left out for being under a second do not matter  \
                        */
#define REPLICATIONS 10000
#define NOW_MS (INT64_C(20780) * 86400000 + 9 * 3600000)
/* One step of a plain generator for test data (Knuth's MMIX constants). */
#define STEP(x) ((x)*UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407))

struct scene {
    struct hall hall;
    struct forecast_history *history;
    struct forecast *forecast;
    struct line_state state;
    struct forecast_input input;
};

/* One service at so many windows, all busy since just now; ordinary (0) and elderly (1) without
 * guards. */
static struct scene *scene_make(int windows, enum hall_rule rule, int64_t head_ms, int32_t rate_pm)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    struct hall *hall = &scene->hall;
    hall_set_defaults(hall);
    hall->policy.rule = rule;
    hall->service_count = 1;
    hall->services[0].expected_service_ms = UNIT_MS;
    hall->services[0].target_wait_ms = UNIT_MS;
    for (int c = 0; c < hall->class_count; c++) {
        hall->classes[c].cap = -1;
        hall->classes[c].max_wait_ms = 0;
        hall->classes[c].head_ms = c == 1 ? head_ms : 0;
        hall->classes[c].rate_pm = c == 1 ? rate_pm : 1000;
        hall->classes[c].rank = c == 1 ? 0 : 1;
    }
    hall->window_count = windows;
    for (int w = 0; w < windows; w++) {
        hall->windows[w].no = w + 1;
        hall->windows[w].zone = -1;
        hall->windows[w].service_count = 1;
        scene->state.windows[w] =
            (struct line_window){.state = CORE_WINDOW_SERVING, .service = 0, .since_ms = NOW_MS};
    }
    scene->history = forecast_history_create(hall);
    assert_non_null(scene->history);
    scene->state.now_ms = NOW_MS;
    scene->input = (struct forecast_input){.hall = hall,
                                           .history = scene->history,
                                           .state = &scene->state,
                                           .seed = 7,
                                           .replications = REPLICATIONS,
                                           .open_window = -1};
    return scene;
}

/* Exponential durations of mean 1, as 20,000 quantiles over 20 days; elderly arrive at that rate a
 * unit. */
static void learn_exponential(struct scene *scene, double rate)
{
    int per_slot = (int)(rate * (double)FORECAST_SLOT_MS / UNIT_MS * FORECAST_DAY_MAX + 0.5);
    for (int day = 0; day < FORECAST_DAY_MAX; day++) {
        for (int i = 0; i < 1000; i++) {
            double u = (i * FORECAST_DAY_MAX + day + 0.5) / (1000.0 * FORECAST_DAY_MAX);
            struct forecast_record done = {
                .day = day, .slot = -1, .busy_ms = (int64_t)(-log(u) * UNIT_MS), .called = true};
            assert_int_equal(forecast_history_add(scene->history, &done), ERR_NONE);
        }
        for (int i = day; i < per_slot; i += FORECAST_DAY_MAX) {
            for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
                struct forecast_record came = {.day = day, .slot = slot, .cls = 1, .busy_ms = -1};
                assert_int_equal(forecast_history_add(scene->history, &came), ERR_NONE);
            }
        }
    }
    assert_int_equal(forecast_history_end(scene->history), ERR_NONE);
}

static void add_leg(struct scene *scene, int16_t cls, int64_t base_ms)
{
    struct line_leg *leg = &scene->state.legs[scene->state.leg_count];
    *leg = (struct line_leg){.visit = scene->state.leg_count,
                             .cls = cls,
                             .bound = -1,
                             .base_ms = base_ms,
                             .entered_ms = base_ms};
    scene->state.leg_count += 1;
}

static void run(struct scene *scene)
{
    scene->forecast = forecast_create(REPLICATIONS, &scene->hall);
    assert_non_null(scene->forecast);
    assert_int_equal(forecast_run(scene->forecast, &scene->input), ERR_NONE);
}

static void scene_free(struct scene *scene)
{
    forecast_destroy(scene->forecast);
    forecast_history_destroy(scene->history);
    free(scene);
}

static void check_near(double value, double reference, double share)
{
    if (fabs(value - reference) > share * reference) {
        fail_msg("%g, not %g", value, reference);
    }
}

static double units(const struct scene *scene, int index, double p)
{
    return (double)forecast_quantile_ms(scene->forecast, index, p) / UNIT_MS;
}

static double mean_units(const struct scene *scene, int index)
{
    const int32_t *samples = forecast_samples(scene->forecast, index);
    double sum = 0;
    for (int i = 0; i < REPLICATIONS; i++) {
        sum += samples[i];
    }
    return sum / REPLICATIONS / UNIT_MS;
}

static void test_erlang(void **state)
{
    static const struct {
        int windows, ahead;
        double mean, q10, q50, q90;
    } cases[] = {{3, 0, 0.3333333333, 0.03512017189, 0.2310490602, 0.7675283643},
                 {3, 5, 2.0, 1.050632677, 1.89005373, 3.091557964},
                 {5, 10, 2.2, 1.404149319, 2.133704481, 3.081328234},
                 {6, 24, 4.166666667, 3.140720699, 4.111244728, 5.26392675},
                 {8, 2, 0.375, 0.137758166, 0.3342575392, 0.6652900422}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene *scene = scene_make(cases[i].windows, HALL_RULE_FIFO, 0, 1000);
        struct forecast_probe probe = {0};
        learn_exponential(scene, 0);
        for (int n = 0; n <= cases[i].ahead; n++) {
            add_leg(scene, 0, NOW_MS - (cases[i].ahead - n) * 1000);
        }
        scene->input.probes = &probe;
        scene->input.probe_count = 1;
        run(scene);
        /* Small quantiles of a short wait scatter most: 0.035 has a standard error of 3 %. */
        double wide = cases[i].ahead < 3 ? 0.1 : 0.04;
        check_near(mean_units(scene, cases[i].ahead), cases[i].mean, 0.04);
        check_near(units(scene, cases[i].ahead, .1), cases[i].q10, wide);
        check_near(units(scene, cases[i].ahead, .5), cases[i].q50, 0.04);
        check_near(units(scene, cases[i].ahead, .9), cases[i].q90, 0.04);
        /* The newcomer has one more in front. */
        double more = (double)(cases[i].ahead + 2) / cases[i].windows;
        check_near(mean_units(scene, cases[i].ahead + 1), more, 0.04);
        scene_free(scene);
    }
}

static void test_overtaking(void **state)
{
    static const struct {
        enum hall_rule rule;
        double head;
        int32_t rate_pm;
        int windows, ahead;
        double arrivals, mean, q10, q50, q90;
    } cases[] = {
        {HALL_RULE_STRICT, 0, 1000, 3, 5, .9, 2.8571429, 1.2214762, 2.511859, 4.9282097},
        {HALL_RULE_SCORE, 0, 4000, 3, 5, .9, 2.5806452, 1.172505, 2.3186928, 4.3201648},
        {HALL_RULE_SCORE, 2, 1000, 3, 5, .9, 2.5416405, 1.2214762, 2.4426423, 3.9793015},
        {HALL_RULE_SCORE, 1.5, 2000, 5, 12, 1, 3.0551096, 1.9545036, 2.9501453, 4.2913599}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene *scene = scene_make(cases[i].windows, cases[i].rule,
                                         (int64_t)(cases[i].head * UNIT_MS), cases[i].rate_pm);
        struct forecast_probe probe = {0};
        learn_exponential(scene, cases[i].arrivals);
        for (int n = 0; n < cases[i].ahead; n++) {
            add_leg(scene, 0, NOW_MS - 1);
        }
        scene->input.probes = &probe;
        scene->input.probe_count = 1;
        run(scene);
        check_near(mean_units(scene, cases[i].ahead), cases[i].mean, 0.04);
        check_near(units(scene, cases[i].ahead, .1), cases[i].q10, 0.04);
        check_near(units(scene, cases[i].ahead, .5), cases[i].q50, 0.04);
        check_near(units(scene, cases[i].ahead, .9), cases[i].q90, 0.04);
        scene_free(scene);
    }
}

/* A probe delays nobody: those who wait are foreseen alike with and without many of them. */
static void test_probes_change_nothing(void **state)
{
    struct forecast_probe probes[FORECAST_PROBE_MAX] = {{0}};
    int64_t without[20];
    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        struct scene *scene = scene_make(3, HALL_RULE_SCORE, 600000, 2000);
        learn_exponential(scene, 0);
        for (int n = 0; n < 20; n++) {
            add_leg(scene, (int16_t)(n % 2), NOW_MS - (20 - n) * 1000);
        }
        scene->input.probes = probes;
        scene->input.probe_count = pass == 0 ? 0 : FORECAST_PROBE_MAX;
        run(scene);
        for (int n = 0; n < 20; n++) {
            int64_t median = forecast_quantile_ms(scene->forecast, n, .5);
            if (pass == 0) {
                without[n] = median;
            } else {
                /* The draws differ, so only in distribution. */
                check_near((double)median, (double)without[n], 0.05);
            }
        }
        scene_free(scene);
    }
}

static void test_nobody_at_work(void **state)
{
    struct scene *scene = scene_make(2, HALL_RULE_SCORE, 0, 1000);
    (void)state;
    learn_exponential(scene, 0);
    scene->state.windows[0].state = CORE_WINDOW_CLOSED;
    scene->state.windows[1] = (struct line_window){.state = CORE_WINDOW_PAUSED, .service = -1};
    add_leg(scene, 0, NOW_MS);
    run(scene);
    assert_int_equal(forecast_quantile_ms(scene->forecast, 0, .5), -1);
    assert_null(forecast_samples(scene->forecast, 0));
    assert_true(forecast_share_late(scene->forecast, 0) == 1);
    /* Back in ten minutes: the wait is those ten minutes. */
    scene->state.windows[1].until_ms = NOW_MS + 600000;
    assert_int_equal(forecast_run(scene->forecast, &scene->input), ERR_NONE);
    assert_int_equal(forecast_quantile_ms(scene->forecast, 0, .5), 600000);
    /* As if the closed one were open: at once. */
    scene->input.open_window = 0;
    assert_int_equal(forecast_run(scene->forecast, &scene->input), ERR_NONE);
    assert_int_equal(forecast_quantile_ms(scene->forecast, 0, .5), 0);
    assert_true(forecast_share_late(scene->forecast, 0) == 0);
    scene_free(scene);
}

static void test_same_seed(void **state)
{
    int64_t first[2];
    (void)state;
    for (int pass = 0; pass < 3; pass++) {
        struct scene *scene = scene_make(3, HALL_RULE_SCORE, 600000, 2000);
        learn_exponential(scene, 1);
        scene->input.seed = pass < 2 ? 5 : 6;
        for (int n = 0; n < 10; n++) {
            add_leg(scene, 0, NOW_MS - n);
        }
        run(scene);
        int64_t value = forecast_quantile_ms(scene->forecast, 9, .9);
        if (pass < 2) {
            first[pass] = value;
        } else {
            assert_int_equal(first[0], first[1]);
            assert_int_not_equal(first[0], value);
        }
        scene_free(scene);
    }
}

/* Without a history of its own a service has the quantiles of its setting: lognormal of mean 100 s,
 * cv 1. */
static void test_few_durations(void **state)
{
    struct scene *scene = scene_make(1, HALL_RULE_FIFO, 0, 1000);
    (void)state;
    for (int i = 0; i < FORECAST_FEW - 1; i++) {
        struct forecast_record done = {.day = 1, .slot = -1, .busy_ms = 3600000, .called = true};
        assert_int_equal(forecast_history_add(scene->history, &done), ERR_NONE);
    }
    assert_int_equal(forecast_history_end(scene->history), ERR_NONE);
    assert_true(forecast_history_mean_ms(scene->history, 0) == UNIT_MS);
    add_leg(scene, 0, NOW_MS);
    run(scene);
    /* exp(-s s / 2) with s s = ln 2 is the median over the mean; 1.6449 standard deviations are the
     * 95 % quantile. */
    check_near(units(scene, 0, .5), exp(-log(2) / 2), 0.04);
    check_near(units(scene, 0, .95), exp(1.6448536 * sqrt(log(2)) - log(2) / 2), 0.08);
    scene_free(scene);
}

/* Two services, three days, worked by hand. */
static void test_spread_by_hand(void **state)
{
    static const double factors[3] = {1, 2, 4};
    static struct hall hall;
    double spread[3];
    (void)state;
    hall_set_defaults(&hall);
    hall.service_count = 2;
    hall.services[0].expected_service_ms = 1000;
    hall.services[1].expected_service_ms = 1000;
    struct forecast_history *history = forecast_history_create(&hall);
    assert_non_null(history);
    for (int day = 0; day < 3; day++) {
        for (int i = 0; i < 20; i++) {
            for (int16_t s = 0; s < 2; s++) {
                /* Durations of 1000 and 4000, doubled from day to day; arrivals 20, 40, 60 a
                 * service. */
                struct forecast_record record = {
                    .day = 100 + day,
                    .service = s,
                    .slot = 20,
                    .busy_ms = (int64_t)((i % 2 == 0 ? 4000 : 16000) * factors[day]),
                    .called = true,
                    .absent = i == 0};
                assert_int_equal(forecast_history_add(history, &record), ERR_NONE);
                record.busy_ms = -1;
                record.called = false;
                for (int more = 0; more < day; more++) {
                    assert_int_equal(forecast_history_add(history, &record), ERR_NONE);
                }
            }
        }
    }
    assert_int_equal(forecast_history_end(history), ERR_NONE);
    forecast_history_spread(history, spread);
    /* Logs are mean ± ln 2 within a day, and days differ by ln 2: r = ± ln 2 + (-1, 0, 1) ln 2,
     * whose squares sum to 120 (1 + 2/3) ln 2 ln 2 over 120 - 2 degrees of freedom. */
    double square = log(2) * log(2);
    assert_true(fabs(spread[0] - 120 * (1 + 2.0 / 3) * square / 118) < 1e-12);
    assert_true(fabs(spread[1] - log(2)) < 1e-12);
    /* Totals 40, 80, 120: relative 0.5, 1, 1.5, standard deviation 0.5. */
    assert_true(fabs(spread[2] - 0.5) < 1e-12);
    assert_true(fabs(forecast_history_rate(history, 20, 1, 0) - 40) < 1e-12);
    assert_true(fabs(forecast_history_absent(history) - 0.05) < 1e-12);
    assert_true(fabs(forecast_history_mean_ms(history, 0) - 10000 * 7.0 / 3) < 1e-9);
    struct forecast_today today = {.finished = 12, .log_sum = 12 * log(1.5), .arrived = 30};
    struct forecast_factors day;
    /* 10:15: half of the slot of 10:00, in which 80 are expected. */
    forecast_factors_make(history, &today, 20 * FORECAST_SLOT_MS + FORECAST_SLOT_MS / 2, &day);
    double precision = 1 / square + 12 / spread[0];
    assert_true(fabs(day.speed_mean - 12 * log(1.5) / spread[0] / precision) < 1e-12);
    assert_true(fabs(day.speed_sd - sqrt(1 / precision)) < 1e-12);
    assert_true(fabs(day.load_shape - 34) < 1e-9);
    assert_true(fabs(day.load_rate - 44) < 1e-9);
    /* Counted by the caller, as halves of people. */
    forecast_factors_count(0.25, 7.5, 12.5, &day);
    assert_true(fabs(day.load_shape - 23.5) < 1e-12);
    assert_true(fabs(day.load_rate - 28.5) < 1e-12);
    forecast_history_destroy(history);
}

/* A day that runs at half speed is recognised: the same line takes about twice as long. */
static void test_slow_day(void **state)
{
    (void)state;
    double means[2];
    for (int slow = 0; slow < 2; slow++) {
        struct scene *scene = scene_make(3, HALL_RULE_FIFO, 0, 1000);
        learn_exponential(scene, 0);
        for (int n = 0; n < 30; n++) {
            add_leg(scene, 0, NOW_MS - 1);
        }
        struct forecast_today today = {.finished = 5000, .log_sum = slow ? 5000 * log(2) : 0};
        scene->input.today = &today;
        run(scene);
        means[slow] = mean_units(scene, 29);
        scene_free(scene);
    }
    check_near(means[1] / means[0], 2, 0.1);
}

/* Random lines in a hall with all that a line can have: nothing breaks, quantiles grow with p, and
 * a leg in front of its like is never foreseen behind it. */
static void test_any_line(void **state)
{
    uint64_t x = 12345;
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct scene *scene = scene_make(4, (enum hall_rule)(round % 5), 600000, 2000);
        scene->input.replications = 60;
        learn_exponential(scene, 1);
        int legs = 5 + round * 5;
        for (int n = 0; n < legs; n++) {
            x = STEP(x);
            add_leg(scene, (int16_t)(x >> 40 & 1), NOW_MS - (legs - n) * 10000);
            struct line_leg *leg = &scene->state.legs[n];
            leg->defer = x >> 50 & 7 ? 0 : 2;
            leg->not_before_ms = x >> 45 & 7 ? 0 : NOW_MS + 300000;
            leg->urgent_ms = x >> 35 & 15 ? 0 : NOW_MS - 1000;
            leg->bound = x >> 30 & 7 ? -1 : (int16_t)(x >> 20 & 3);
            leg->appointment = leg->not_before_ms != 0;
        }
        run(scene);
        for (int n = 0; n < legs; n++) {
            int64_t low = forecast_quantile_ms(scene->forecast, n, .1);
            assert_true(low >= 0);
            assert_true(low <= forecast_quantile_ms(scene->forecast, n, .5));
            assert_true(forecast_quantile_ms(scene->forecast, n, .5) <=
                        forecast_quantile_ms(scene->forecast, n, .9));
        }
        scene_free(scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erlang),
        cmocka_unit_test(test_overtaking),
        cmocka_unit_test(test_probes_change_nothing),
        cmocka_unit_test(test_nobody_at_work),
        cmocka_unit_test(test_same_seed),
        cmocka_unit_test(test_few_durations),
        cmocka_unit_test(test_spread_by_hand),
        cmocka_unit_test(test_slow_day),
        cmocka_unit_test(test_any_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
