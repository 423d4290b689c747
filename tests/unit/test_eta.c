/* test_eta: what is said of a wait, worked by hand: minutes up to 15, fives above, the range
 * outwards, and no news when the median changed by less than a fifth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "eta.h"
#include "fixture.h"

#define MIN(x) ((int64_t)((x)*60000))

static void test_say(void **state)
{
    static const struct {
        double low, about, high; /* minutes */
        int32_t said[3];
    } cases[] = {
        {0, 0, 0, {0, 0, 0}},
        {0.5, 0.5, 0.5, {0, 1, 1}},
        {4.9, 7.4, 10.1, {4, 7, 11}},
        {15, 15, 15, {15, 15, 15}},
        {14.9, 15.1, 15.1, {14, 15, 20}},
        {15.1, 17.4, 20, {15, 15, 20}},
        {19.9, 17.6, 20.1, {15, 20, 25}},
        {12, 21, 34, {12, 20, 35}},
        {118, 122.6, 131, {115, 125, 135}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct eta eta = {.low_ms = MIN(cases[i].low),
                          .p50_ms = MIN(cases[i].about),
                          .high_ms = MIN(cases[i].high)};
        struct eta_said said;
        eta_say(&eta, &said);
        assert_int_equal(said.low_min, cases[i].said[0]);
        assert_int_equal(said.about_min, cases[i].said[1]);
        assert_int_equal(said.high_min, cases[i].said[2]);
    }
}

static void test_news(void **state)
{
    static const struct {
        double said, fresh;
        bool news;
    } cases[] = {{20, 24, true},    {20, 23.9, false}, {20, 16, true},
                 {20, 16.1, false}, {1, 1.4, false},   {1, 1.5, true},
                 {0, 0.4, false},   {0, 0.5, true},    {10, 10, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct eta said = {.p50_ms = MIN(cases[i].said)};
        struct eta fresh = {.p50_ms = MIN(cases[i].fresh)};
        assert_int_equal(eta_is_news(&said, &fresh), cases[i].news);
    }
    struct eta unknown = ETA_UNKNOWN;
    struct eta known = {.p50_ms = 1};
    assert_true(eta_is_news(&unknown, &known));
    assert_true(eta_is_news(&known, &unknown));
    assert_false(eta_is_news(&unknown, &unknown));
}

static void test_shift(void **state)
{
    struct eta eta = {.low_ms = 10, .high_ms = 40, .p50_ms = 20, .p90_ms = 30};
    struct eta unknown = ETA_UNKNOWN;
    (void)state;
    struct eta back = eta_shift(&eta, -25);
    assert_int_equal(back.low_ms, 0);
    assert_int_equal(back.p50_ms, 0);
    assert_int_equal(back.p90_ms, 5);
    assert_int_equal(back.high_ms, 15);
    assert_int_equal(eta_shift(&unknown, 100).high_ms, -1);
}

/* ---- in the hall ---- */

static struct fixture f;

static int open_hall(void **state)
{
    static struct hall hall;
    (void)state;
    fixture_small_hall(&hall);
    fixture_open(&f, &hall);
    return 0;
}

static int close_hall(void **state)
{
    (void)state;
    fixture_check_replay(&f);
    fixture_close(&f);
    return 0;
}

static struct eta minutes(double about)
{
    return (struct eta){.low_ms = MIN(about / 2),
                        .high_ms = MIN(about * 2),
                        .p50_ms = MIN(about),
                        .p90_ms = MIN(about * 1.5)};
}

static int64_t said_of(int32_t slot)
{
    static struct ticket ticket;
    core_get_ticket(f.core, &f.now, slot, &ticket);
    return ticket.eta.p50_ms;
}

static void test_counts_down(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    (void)fixture_issue(&f, "a", "ordinary");
    int32_t slot = fixture_issue(&f, "a", "ordinary");
    struct eta eta = minutes(20);
    core_foresee(f.core, f.now.ms, 800);
    core_foresee_ticket(f.core, slot, &eta);
    assert_int_equal(said_of(slot), MIN(20));
    fixture_wait(&f, 60);
    assert_int_equal(said_of(slot), MIN(19));
    /* A little more is no news, much more is. */
    eta = minutes(22);
    core_foresee(f.core, f.now.ms, 800);
    core_foresee_ticket(f.core, slot, &eta);
    assert_int_equal(said_of(slot), MIN(19));
    eta = minutes(23);
    core_foresee_ticket(f.core, slot, &eta);
    assert_int_equal(said_of(slot), MIN(23));
    /* Nobody forecasts any more: the rule of thumb. */
    fixture_wait(&f, 121);
    assert_int_not_equal(said_of(slot), MIN(23) - 121000);
}

/* Who comes between two forecasts is told the difference that those in front make; the event keeps
 * what was told. */
static void test_newcomers(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    (void)fixture_issue(&f, "a", "ordinary");
    assert_int_equal(fixture_window(&f, CMD_NEXT, 1), ERR_NONE);
    struct eta eta = minutes(10);
    core_foresee(f.core, f.now.ms, 805);
    core_foresee_newcomer(f.core, 0, 0, &eta);
    int32_t first = fixture_issue(&f, "a", "ordinary");
    assert_int_equal(f.events[0].told_s, 600);
    assert_int_equal(f.events[0].told_low_s, 300);
    assert_int_equal(f.events[0].told_high_s, 1200);
    assert_int_equal(f.events[0].told_pm, 805);
    assert_int_equal(said_of(first), MIN(10));
    (void)fixture_issue(&f, "a", "ordinary");
    assert_true(f.events[0].told_s > 600);
    /* Of another class nothing was foreseen. */
    (void)fixture_issue(&f, "a", "elderly");
    assert_int_equal(f.events[0].told_pm, 0);
    static struct ticket ticket;
    core_get_ticket(f.core, &f.now, first, &ticket);
    assert_int_equal(ticket.legs[0].told_s, 600);
    assert_int_equal(ticket.legs[0].told_pm, 805);
    /* Called, it waits no more. */
    assert_int_equal(fixture_ticket(&f, CMD_START, "A001"), ERR_NONE);
    assert_int_equal(fixture_window(&f, CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(fixture_window(&f, CMD_NEXT, 1) == ERR_NONE ? said_of(first) : -1, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_say),
        cmocka_unit_test(test_news),
        cmocka_unit_test(test_shift),
        cmocka_unit_test_setup_teardown(test_counts_down, open_hall, close_hall),
        cmocka_unit_test_setup_teardown(test_newcomers, open_hall, close_hall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
