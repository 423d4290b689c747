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

#include "buf.h"
#include "fixture.h"
#include "shadow.h"

#include "../../src/core/core_internal.h"

/* xorshift64*: Marsaglia 2003, Vigna 2016. */
static uint64_t random_state;

static uint32_t any(uint32_t below)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 2685821657736338717ULL) >> 33) % below;
}

static void random_classes(struct hall *hall)
{
    for (int c = 0; c < hall->class_count; c++) {
        struct hall_class *cls = &hall->classes[c];
        cls->head_ms = any(4) * 300000;
        cls->rate_pm = (int32_t)any(5) * 500;
        cls->cap = any(3) == 0 ? -1 : (int32_t)any(5);
        cls->max_wait_ms = any(2) == 0 ? 0 : any(60) * 30000;
        cls->rank = (int32_t)any(3);
        cls->group = (int32_t)any(3);
    }
    hall->policy.rule = (enum hall_rule)any(5);
    hall->policy.w_share = (int32_t)any(101);
    hall->policy.idle_help = any(2) == 0;
    hall->policy.idle_early = any(2) == 0;
    for (int g = 0; g < HALL_CLASS_MAX; g++) {
        hall->policy.group_weights[g] = 1 + (int32_t)any(3);
    }
    hall->policy.urgent_burst = 1 + (int32_t)any(3);
    hall->policy.urgent_refill_ms = 60000;
    hall->policy.urgent_per_day = 50;
    hall->no_show_min_calls = 1;
    hall->no_show_mode = any(2) == 0 ? HALL_NO_SHOW_AUTO : HALL_NO_SHOW_RETURN;
}

static void random_hall(struct hall *hall)
{
    fixture_small_hall(hall);
    hall->service_count = 1 + (int)any(3);
    hall->window_count = 1 + (int)any(4);
    for (int s = 0; s < hall->service_count; s++) {
        hall->services[s].head_ms = any(3) * 60000;
    }
    for (int w = 0; w < hall->window_count; w++) {
        struct hall_window *window = &hall->windows[w];
        window->kind = HALL_WINDOW_GENERAL;
        window->service_count = 0;
        window->classes = any(4) == 0 ? (uint16_t)(1 + any(63)) : 0;
        for (int s = 0; s < hall->service_count; s++) {
            if (any(3) != 0) {
                window->services[window->service_count++] = (struct hall_window_service){
                    .service = (int16_t)s,
                    .tier = any(3) == 0 ? HALL_TIER_BACKUP : HALL_TIER_PRIMARY,
                    .after_ms = any(4) * 120000,
                    .pref_ms = any(3) * 30000};
            }
        }
    }
    random_classes(hall);
}

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

static void random_ticket_command(struct fixture *f)
{
    static const enum cmd_kind kinds[] = {CMD_START,  CMD_FINISH, CMD_NO_SHOW, CMD_RESTORE,
                                          CMD_HOLD,   CMD_RESUME, CMD_RETURN,  CMD_CANCEL,
                                          CMD_RECALL, CMD_UNDO,   CMD_ABANDON, CMD_DEFER};
    int32_t count = core_visit_count(f->core);
    if (count == 0) {
        return;
    }
    int32_t back = (int32_t)any(count < 30 ? (uint32_t)count : 30);
    char number[TICKET_NUMBER_SIZE];
    text_copy_cut(number, sizeof number, f->core->visits[count - 1 - back].number);
    enum cmd_kind kind = kinds[any(sizeof kinds / sizeof kinds[0])];
    struct cmd *cmd = fixture_cmd(f, kind);
    text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, f->core->visits[count - 1 - back].id);
    text_copy_cut(cmd->reason, sizeof cmd->reason, "random");
    cmd->after = kind == CMD_DEFER ? 1 + (int32_t)any(4) : -1;
    (void)fixture_step(f);
}

static void random_change(struct fixture *f)
{
    int32_t count = core_visit_count(f->core);
    if (count == 0) {
        return;
    }
    const struct core_visit *visit =
        &f->core->visits[count - 1 - (int32_t)any(count < 30 ? (uint32_t)count : 30)];
    bool transfer = any(2) == 0;
    struct cmd *cmd = fixture_cmd(f, transfer ? CMD_TRANSFER : CMD_AMEND);
    text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, visit->id);
    text_copy_cut(cmd->reason, sizeof cmd->reason, "random");
    text_copy_cut(cmd->approver, sizeof cmd->approver, "boss");
    text_copy_cut(cmd->service, sizeof cmd->service,
                  f->hall.services[any((uint32_t)f->hall.service_count)].code);
    text_copy_cut(cmd->cls, sizeof cmd->cls,
                  f->hall.classes[any((uint32_t)f->hall.class_count)].code);
    cmd->position = (enum event_position)any(3);
    cmd->target_window =
        transfer && any(3) == 0 ? f->hall.windows[any((uint32_t)f->hall.window_count)].no : 0;
    cmd->changed = any(2) == 0   ? EVENT_CHANGED_URGENT
                   : any(2) == 0 ? EVENT_CHANGED_CLASS
                                 : EVENT_CHANGED_SERVICE;
    (void)fixture_step(f);
}

static void random_issue(struct fixture *f)
{
    bool book = any(6) == 0;
    struct cmd *cmd = fixture_cmd(f, book ? CMD_BOOK : CMD_ISSUE);
    text_copy_cut(cmd->service, sizeof cmd->service,
                  f->hall.services[any((uint32_t)f->hall.service_count)].code);
    text_copy_cut(cmd->cls, sizeof cmd->cls,
                  f->hall.classes[any((uint32_t)f->hall.class_count)].code);
    cmd->slot_ms = f->now.ms + 60000 * (int64_t)any(30);
    if (fixture_step(f) == ERR_NONE && book) {
        int32_t slot = f->result.visit;
        cmd = fixture_cmd(f, CMD_CHECK_IN);
        text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, f->core->visits[slot].id);
        assert_int_equal(fixture_step(f), ERR_NONE);
    }
}

static void random_day(uint64_t seed)
{
    static struct fixture f;
    static struct shadow shadow;
    static struct hall hall;
    random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
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
        } else {
            random_change(&f);
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
