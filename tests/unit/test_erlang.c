/* test_erlang: the closed forms against the references of tests/sim/oracles.json, which are printed
 * with ten digits, and at their edges. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "erlang.h"

#define FILE_NAME "tests/sim/oracles.json"

static double number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static int whole(const json_t *object, const char *name)
{
    return (int)number(object, name);
}

static void expect(const json_t *row, const char *name, double value, double tolerance)
{
    double reference = number(row, name);
    if (!(fabs(value - reference) <= tolerance * fabs(reference))) {
        fail_msg("%s: %s is %.12g, not %.12g", json_string_value(json_object_get(row, "id")), name,
                 value, reference);
    }
}

/* Each case of a family; the family must have some. */
static void each(const char *family, void (*check)(const json_t *row))
{
    json_error_t error;
    json_t *root = json_load_file(FILE_NAME, 0, &error);
    assert_non_null(root);
    const json_t *cases =
        json_object_get(json_object_get(json_object_get(root, "families"), family), "cases");
    assert_true(json_array_size(cases) > 0);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        check(json_array_get(cases, i));
    }
    json_decref(root);
}

/* ---- families ---- */

static void check_mmc(const json_t *row)
{
    int c = whole(row, "c");
    double load = c * number(row, "rho");
    expect(row, "erlangB", erlang_b(c, load), 1e-9);
    expect(row, "P_wait", erlang_c(c, load), 1e-9);
    expect(row, "Wq", erlang_wait_mean(c, load, 1), 1e-9);
    expect(row, "P_W_gt_1", erlang_wait_over(c, load, 1, 1), 1e-9);
    expect(row, "Wq_p90", erlang_wait_quantile(c, load, 1, 0.9), 1e-9);
    expect(row, "Wq_p95", erlang_wait_quantile(c, load, 1, 0.95), 1e-9);
}

static void test_mmc(void **state)
{
    (void)state;
    each("mmc", check_mmc);
}

static void check_staffing(const json_t *row)
{
    double service = number(row, "mean_service_min");
    double target = number(row, "target_wait_min");
    double load = number(row, "lam_per_hour") * service / 60;
    int windows = erlang_servers(load, service, target, number(row, "target_share"));
    assert_int_equal(windows, whole(row, "windows"));
    expect(row, "achieved", 1 - erlang_wait_over(windows, load, service, target), 1e-9);
    expect(row, "Wq_min", erlang_wait_mean(windows, load, service), 1e-9);
}

static void test_staffing(void **state)
{
    (void)state;
    each("staffing", check_staffing);
}

static void check_stages(const json_t *row)
{
    static const struct {
        const char *name;
        double share;
    } quantiles[] = {{"q025", .025}, {"q10", .1}, {"q50", .5}, {"q90", .9}, {"q975", .975}};
    int stages = whole(row, "ahead") + 1;
    double rate = number(row, "c");
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        double time = erlang_stages_quantile(stages, rate, quantiles[i].share);
        expect(row, quantiles[i].name, time, 1e-9);
        assert_true(fabs(erlang_stages_by(stages, rate, time) - quantiles[i].share) < 1e-12);
    }
}

static void test_stages(void **state)
{
    (void)state;
    each("cond_wait", check_stages);
}

static double cv_of(const json_t *service)
{
    const char *dist = json_string_value(json_object_get(service, "dist"));
    return strcmp(dist, "deterministic") == 0 ? 0 : number(service, "cv");
}

static void check_mg1(const json_t *row)
{
    double cv = cv_of(json_object_get(row, "service"));
    expect(row, "Wq", erlang_wait_mean_general(1, number(row, "rho"), 1, cv), 1e-9);
}

static void check_mgc(const json_t *row)
{
    int c = whole(row, "c");
    double cv = cv_of(json_object_get(row, "service"));
    expect(row, "Wq", erlang_wait_mean_general(c, c * number(row, "rho"), 1, cv), 0.03);
}

static void test_general(void **state)
{
    (void)state;
    each("mg1", check_mg1);
    each("mgc", check_mgc);
}

/* ---- edges ---- */

static void test_nobody_comes(void **state)
{
    (void)state;
    assert_true(erlang_b(3, 0) == 0);
    assert_true(erlang_c(3, 0) == 0);
    assert_true(erlang_wait_mean(3, 0, 5) == 0);
    assert_true(erlang_wait_over(3, 0, 5, 0) == 0);
    assert_true(erlang_wait_quantile(3, 0, 5, 0.99) == 0);
    assert_int_equal(erlang_servers(0, 5, 1, 0.9), 0);
}

static void check_no_steady_state(int servers, double load)
{
    assert_true(erlang_c(servers, load) == 1);
    assert_true(isinf(erlang_wait_mean(servers, load, 5)));
    assert_true(isinf(erlang_wait_mean_general(servers, load, 5, 0)));
    assert_true(erlang_wait_over(servers, load, 5, 1e9) == 1);
    assert_true(isinf(erlang_wait_quantile(servers, load, 5, 0.1)));
}

static void test_too_few(void **state)
{
    (void)state;
    check_no_steady_state(3, 3);
    check_no_steady_state(3, 1000);
    check_no_steady_state(0, 1);
    check_no_steady_state(0, 0);
    assert_true(erlang_b(0, 7) == 1);
    assert_true(erlang_b(3, 1000) > 0.99 && erlang_b(3, 1000) < 1);
}

static void test_servers_at_its_edges(void **state)
{
    (void)state;
    assert_int_equal(erlang_servers(2.5, 1, 10, 0), 0);
    assert_int_equal(erlang_servers(2.5, 1, 1e6, 0.999), 3); /* a steady state is enough */
    assert_int_equal(erlang_servers(3, 1, 1e6, 0.999), 4);
    assert_int_equal(erlang_servers(ERLANG_SERVER_MAX, 1, 1, 0.5), -1);
    for (double load = 0.1; load < 60; load *= 1.3) {
        for (double share = 0.5; share < 0.999; share += 0.07) {
            int c = erlang_servers(load, 2, 1, share);
            assert_true(1 - erlang_wait_over(c, load, 2, 1) >= share);
            assert_true(1 - erlang_wait_over(c - 1, load, 2, 1) < share);
        }
    }
}

/* B by its definition, which is fine for few servers. */
static void test_b_is_its_definition(void **state)
{
    (void)state;
    for (int c = 0; c <= 20; c++) {
        double term = 1;
        double sum = 1;
        for (int k = 1; k <= c; k++) {
            term *= 7.3 / k;
            sum += term;
        }
        assert_true(fabs(erlang_b(c, 7.3) - term / sum) < 1e-14);
    }
    /* Many servers: far beyond where powers and factorials leave the range of a double. */
    double b = erlang_b(100000, 100000);
    assert_true(fabs(b - sqrt(2 / (3.14159265358979 * 100000))) < 1e-4 * b + 1e-5);
}

/* Quantiles are where the distribution says, from one stage to thousands, far into both tails. */
static void test_stages_far_out(void **state)
{
    static const int stages[] = {1, 2, 3, 10, 100, 1000, ERLANG_STAGE_MAX};
    static const double shares[] = {1e-12, 1e-6, 0.001, 0.3, 0.499, 0.501, 0.9, 0.999999};
    (void)state;
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        double before = 0;
        for (size_t j = 0; j < sizeof shares / sizeof shares[0]; j++) {
            double time = erlang_stages_quantile(stages[i], 4, shares[j]);
            double share = erlang_stages_by(stages[i], 4, time);
            assert_true(time > before);
            assert_true(fabs(share - shares[j]) < 1e-9 * shares[j]);
            before = time;
        }
    }
    /* One stage is exponential. */
    assert_true(fabs(erlang_stages_quantile(1, 4, 0.999999999) - log(1e9) / 4) < 1e-7);
    assert_true(erlang_stages_quantile(5, 4, 0) == 0);
    assert_true(erlang_stages_by(5, 4, 0) == 0);
    assert_true(erlang_stages_by(5, 4, 1e6) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mmc),
        cmocka_unit_test(test_staffing),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_general),
        cmocka_unit_test(test_nobody_comes),
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_servers_at_its_edges),
        cmocka_unit_test(test_b_is_its_definition),
        cmocka_unit_test(test_stages_far_out),
    };
    return cmocka_run_group_tests_name("erlang", tests, NULL, NULL);
}
