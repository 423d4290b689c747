/* test_pick: the chooser against a plain scan, over random halls: the same ticket, rule, points and
 * overtaken at every call, the same counts on every ticket, and the same state after replay. SEEDS
 * picks the range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "random_hall.h"
#include "shadow.h"

#include "../../src/core/core_internal.h"

static long picks;

/* next, beside the plain scan. */
static void compare_call(struct fixture *f, struct shadow *shadow, uint64_t seed)
{
    int w = (int)any((uint32_t)f->hall.window_count);
    if (f->core->windows[w].state == CORE_WINDOW_CLOSED) {
        fixture_staff(f, f->hall.windows[w].no);
    }
    (void)fixture_cmd(f, CMD_TICK);
    (void)fixture_step(f);
    if (f->core->windows[w].state == CORE_WINDOW_CALLING) {
        return;
    }
    shadow_call(shadow, w, f->now.ms);
    enum err err = fixture_window(f, CMD_NEXT, f->hall.windows[w].no);
    assert_int_equal(err, ERR_NONE);
    picks += 1;
    int32_t leg = f->core->windows[w].leg;
    if (leg != shadow->leg ||
        (leg >= 0 && (f->result.why.rule != shadow->rule || f->result.why.score != shadow->score ||
                      (f->result.why.overtaken != shadow->overtaken)))) {
        fail_msg(
            "seed %llu: core leg %d rule %s E %lld passed %d, scan leg %d rule %s E %lld passed %d",
            (unsigned long long)seed, (int)leg, event_rule_text(f->result.why.rule),
            (long long)f->result.why.score, (int)f->result.why.overtaken, (int)shadow->leg,
            event_rule_text(shadow->rule), (long long)shadow->score, (int)shadow->overtaken);
    }
}

static void compare_counts(const struct fixture *f, const struct shadow *shadow, uint64_t seed)
{
    for (int32_t leg = 0; leg < f->core->leg_count; leg++) {
        if (queue_pass(f->core, leg, CORE_PASS_POLICY) != shadow->passed[leg] ||
            queue_pass(f->core, leg, CORE_PASS_URGENT) != shadow->passed_urgent[leg]) {
            fail_msg("seed %llu: leg %d counts differ", (unsigned long long)seed, (int)leg);
        }
    }
}

static void random_day(uint64_t seed)
{
    static struct fixture f;
    static struct shadow shadow;
    static struct hall hall;
    any_seed(seed);
    random_hall(&hall);
    fixture_open(&f, &hall);
    (void)fixture_cmd(&f, CMD_TICK);
    (void)fixture_step(&f);
    shadow_reset(&shadow, f.core);
    for (int i = 0; i < 300; i++) {
        f.now.ms += any(4) == 0 ? 0 : any(60000);
        uint32_t what = any(10);
        if (what < 4) {
            random_issue(&f);
        } else if (what < 7) {
            compare_call(&f, &shadow, seed);
        } else if (what < 9) {
            random_ticket_command(&f);
        } else if (any(3) != 0) {
            random_change(&f);
        } else {
            random_lobby(&f);
        }
    }
    compare_counts(&f, &shadow, seed);
    fixture_check_replay(&f);
    fixture_close(&f);
}

static void test_random_halls(void **state)
{
    (void)state;
    const char *range = getenv("SEEDS");
    unsigned long count = range != NULL ? strtoul(range, NULL, 10) : 1600;
    for (uint64_t seed = 1; seed <= count; seed++) {
        random_day(seed);
    }
    printf("%ld picks compared\n", picks);
    assert_true(range != NULL || picks > 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_halls)};
    return cmocka_run_group_tests_name("pick", tests, NULL, NULL);
}
