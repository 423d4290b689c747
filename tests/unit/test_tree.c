/* test_tree: the order inside a queue against plain arrays: who comes after whom, how many are
 * older than somebody, how often each was passed, and who is the oldest at a cap. A hall rarely has
 * the counts that make this hard, so they are made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "fixture.h"
#include "random_hall.h"

#include "../../src/core/core_internal.h"

#define LEGS 300

static struct core *core;
static struct core_tree tree;
static bool in[LEGS];
static int32_t passed[LEGS][CORE_PASS_COUNT];

static bool in_prefix(int32_t leg, int64_t base_ms, int32_t than)
{
    return in[leg] && core->legs[leg].base_ms <= base_ms &&
           (than < 0 || queue_before(core, leg, than));
}

static void check(uint64_t seed, int64_t base_ms, int32_t than, int32_t cap)
{
    int32_t count = 0;
    int32_t capped = -1;
    for (int32_t leg = 0; leg < LEGS; leg++) {
        count += in_prefix(leg, base_ms, than) ? 1 : 0;
        if (in[leg] && passed[leg][CORE_PASS_POLICY] >= cap &&
            (capped < 0 || queue_before(core, leg, capped))) {
            capped = leg;
        }
        for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
            int32_t own =
                in[leg] ? tree_pass(core, leg, (enum core_pass)pass) : core->nodes[leg].pass[pass];
            if (own != passed[leg][pass]) {
                fail_msg("seed %llu: leg %d was passed %d times, not %d", (unsigned long long)seed,
                         (int)leg, (int)passed[leg][pass], (int)own);
            }
        }
    }
    int32_t found = tree_first_capped(core, &tree, cap);
    int32_t counted = tree_count(core, &tree, base_ms, than);
    if (found != capped || counted != count) {
        fail_msg("seed %llu: %d older, not %d; leg %d at cap %d, not %d", (unsigned long long)seed,
                 (int)count, (int)counted, (int)capped, (int)cap, (int)found);
    }
}

static void check_order(uint64_t seed)
{
    int32_t count = 0;
    int32_t before = -1;
    for (int32_t leg = tree.first; leg >= 0; leg = tree_after(core, leg)) {
        if (!in[leg] || (before >= 0 && !queue_before(core, before, leg))) {
            fail_msg("seed %llu: leg %d after %d", (unsigned long long)seed, (int)leg, (int)before);
        }
        before = leg;
        count += 1;
    }
    assert_int_equal(tree.last, before);
    assert_int_equal(tree_count(core, &tree, INT64_MAX, -1), count);
}

/* Often many have the same base. A leg may come with any count: it waited elsewhere before. */
static void enter_or_leave(int32_t leg, uint32_t spread)
{
    if (in[leg]) {
        tree_remove(core, &tree, leg);
    } else {
        core->legs[leg].base_ms = any(spread);
        for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
            passed[leg][pass] = (int32_t)any(20);
            core->nodes[leg].pass[pass] = passed[leg][pass];
        }
        tree_insert(core, &tree, leg);
    }
    in[leg] = !in[leg];
}

static void add_pass(int64_t base_ms, int32_t than)
{
    enum core_pass pass = (enum core_pass)any(CORE_PASS_COUNT);
    tree_add_pass(core, &tree, base_ms, than, pass);
    for (int32_t leg = 0; leg < LEGS; leg++) {
        passed[leg][pass] += in_prefix(leg, base_ms, than) ? 1 : 0;
    }
}

static void play(uint64_t seed)
{
    any_seed(seed);
    tree = (struct core_tree){.first = -1, .last = -1, .root = -1};
    uint32_t legs = 2 + any(LEGS - 2);
    uint32_t spread = 1 + any(500);
    for (int32_t leg = 0; leg < LEGS; leg++) {
        in[leg] = false;
        core->legs[leg].visit = leg;
        for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
            passed[leg][pass] = 0;
            core->nodes[leg].pass[pass] = 0;
        }
    }
    for (int i = 0; i < 600; i++) {
        int32_t leg = (int32_t)any(legs);
        int64_t base_ms = any(3) == 0 ? any(spread) : INT64_MAX;
        int32_t than = any(5) == 0 ? -1 : leg;
        if (any(2) == 0) {
            enter_or_leave(leg, spread);
        } else {
            add_pass(base_ms, than);
        }
        check(seed, base_ms, than, (int32_t)any(40));
    }
    check_order(seed);
}

static void test_against_arrays(void **state)
{
    static struct hall hall;
    struct core_limits limits = {.visit_max = LEGS};
    (void)state;
    fixture_small_hall(&hall);
    core = core_create(&limits, &hall);
    assert_non_null(core);
    for (uint64_t seed = 1; seed <= 250; seed++) {
        play(seed);
    }
    core_destroy(core);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_arrays)};
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
