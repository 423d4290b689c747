/* test_promises: what the choice promises to those who wait, over random halls: the cap, the bound
 * on calls and on time, the share of the longest wait, the bucket of urgent grants, first come
 * first served within a class and service, and no idle window while somebody waits for it.
 *
 * The calls are judged from outside, by the plan of the case and the list of calls alone: who could
 * have been called at each call, who was older. One leg each and nobody absent, so that every
 * ticket has one wait. Idle windows are looked for in the core itself, on days with everything a
 * clerk can do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "played.h"
#include "random_hall.h"

#include "../../src/core/core_internal.h"

#define CASES 500
#define DAYS 250

static uint64_t seed;
static struct played played;
static int own_call[PLAYED_TICKET_MAX]; /* position in the list of calls, call_count: none */

#define broken(...)                                                                                \
    do {                                                                                           \
        printf("seed %llu: ", (unsigned long long)seed);                                           \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

/* ---- the facts of a case ---- */

static const struct hall_class *class_of(int ticket)
{
    return &played.plan.hall.classes[played.tickets[ticket].cls];
}

static bool keeps_slot(const struct sim_ticket *ticket)
{
    return ticket->slot_ms >= 0 &&
           ticket->arrive_ms <= ticket->slot_ms + played.plan.hall.policy.grace_ms;
}

static int64_t base_of(int ticket)
{
    const struct sim_ticket *t = &played.tickets[ticket];
    return keeps_slot(t) ? t->slot_ms : t->arrive_ms;
}

/* Tickets are numbered in order of issue. */
static bool before(int a, int b)
{
    return base_of(a) != base_of(b) ? base_of(a) < base_of(b) : a < b;
}

static int64_t not_before(int ticket)
{
    const struct sim_ticket *t = &played.tickets[ticket];
    return keeps_slot(t) ? t->slot_ms - played.plan.hall.policy.early_ms : 0;
}

static int64_t age_of(int ticket, int64_t at_ms)
{
    return at_ms > base_of(ticket) ? at_ms - base_of(ticket) : 0;
}

/* Cancels come before arrivals of the same millisecond, and before its calls. */
static bool has_left(int ticket, int64_t at_ms)
{
    const struct sim_ticket *t = &played.tickets[ticket];
    return t->cancel_ms > t->arrive_ms && t->cancel_ms <= at_ms;
}

static const struct hall_window_service *ability_of(int window, int ticket)
{
    const struct hall_window *place = &played.plan.hall.windows[window];
    if (place->classes != 0 && (place->classes >> played.tickets[ticket].cls & 1) == 0) {
        return NULL;
    }
    for (int i = 0; i < place->service_count; i++) {
        if (place->services[i].service == played.tickets[ticket].service) {
            return &place->services[i];
        }
    }
    return NULL;
}

static bool waits_at(int ticket, int call)
{
    int64_t at_ms = played.calls[call].at_ms;
    return played.tickets[ticket].arrive_ms <= at_ms && own_call[ticket] >= call &&
           !has_left(ticket, at_ms) && not_before(ticket) <= at_ms;
}

/* Who may be called by right in that call: `in` is filled, the number returned. */
static int candidates(int call, bool in[PLAYED_TICKET_MAX])
{
    int64_t at_ms = played.calls[call].at_ms;
    int window = played.calls[call].window;
    int count = 0;
    for (int help = 0; count == 0 && help <= (played.plan.hall.policy.idle_help ? 1 : 0); help++) {
        for (int t = 0; t < played.plan.ticket_count; t++) {
            const struct hall_window_service *ability = ability_of(window, t);
            in[t] = ability != NULL && waits_at(t, call) &&
                    (help == 1 || ability->tier == HALL_TIER_PRIMARY ||
                     age_of(t, at_ms) >= ability->after_ms);
            count += in[t] ? 1 : 0;
        }
    }
    return count;
}

static void deal(uint64_t number, unsigned features)
{
    seed = number;
    any_seed(seed);
    played_make(&played, features);
}

static void play(void)
{
    played_play(&played);
    for (int t = 0; t < played.plan.ticket_count; t++) {
        own_call[t] = played.call_count;
    }
    for (int c = 0; c < played.call_count; c++) {
        assert_int_equal(own_call[played.calls[c].ticket], played.call_count);
        own_call[played.calls[c].ticket] = c;
    }
}

#define FATES (PLAYED_APPOINTMENT | PLAYED_CANCEL | PLAYED_URGENT)

/* ---- no ticket is passed more often than its cap ---- */

static int32_t passed[PLAYED_TICKET_MAX], passed_urgent[PLAYED_TICKET_MAX];

static void count_passed(int call)
{
    bool in[PLAYED_TICKET_MAX];
    const struct played_call *c = &played.calls[call];
    int32_t overtaken = 0;
    bool by_right = candidates(call, in) > 0;
    if (by_right == (c->rule == EVENT_RULE_EARLY)) {
        broken("call %d: %s, and %d could be called", call, event_rule_text(c->rule), by_right);
    }
    for (int t = 0; by_right && t < played.plan.ticket_count; t++) {
        if (!in[t] || !before(t, c->ticket)) {
            continue;
        }
        overtaken += 1;
        if (c->rule == EVENT_RULE_URGENT) {
            passed_urgent[t] += 1;
            continue;
        }
        passed[t] += 1;
        if (class_of(t)->cap >= 0 && passed[t] > class_of(t)->cap) {
            broken("call %d passes ticket %d the %dth time", call, t, (int)passed[t]);
        }
    }
    if (overtaken != c->overtaken) {
        broken("call %d passes %d and says %d", call, (int)overtaken, (int)c->overtaken);
    }
}

static void test_cap(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= CASES; number++) {
        deal(number, FATES);
        play();
        memset(passed, 0, sizeof passed);
        memset(passed_urgent, 0, sizeof passed_urgent);
        for (int call = 0; call < played.call_count; call++) {
            count_passed(call);
        }
    }
}

/* ---- the bound on calls, and on time ---- */

struct bound {
    int open;   /* windows of its own service */
    int older;  /* who may go first by age */
    int passes; /* calls there of younger ones, */
    int urgent; /* and of younger ones with a grant */
};

static bool is_own(int window, int ticket)
{
    const struct hall_window_service *ability = ability_of(window, ticket);
    return ability != NULL && ability->tier == HALL_TIER_PRIMARY;
}

/* Could any of the windows of `ticket` call `other`, who is still to be called when it comes? */
static bool is_rival(int ticket, int other)
{
    int64_t from_ms = played.tickets[ticket].arrive_ms;
    bool gone = has_left(other, from_ms) || (own_call[other] < played.call_count &&
                                             played.calls[own_call[other]].at_ms < from_ms);
    for (int w = 0; !gone && w < played.plan.hall.window_count; w++) {
        if (is_own(w, ticket) && ability_of(w, other) != NULL) {
            return true;
        }
    }
    return false;
}

static struct bound bound_of(int ticket)
{
    struct bound bound = {0};
    const struct sim_ticket *t = &played.tickets[ticket];
    for (int w = 0; w < played.plan.hall.window_count; w++) {
        bound.open += is_own(w, ticket) && played.spans[w].open_ms <= t->arrive_ms ? 1 : 0;
    }
    for (int other = 0; other < played.plan.ticket_count; other++) {
        bound.older += before(other, ticket) && is_rival(ticket, other) ? 1 : 0;
    }
    for (int c = 0; c < own_call[ticket]; c++) {
        const struct played_call *call = &played.calls[c];
        if (call->at_ms >= t->arrive_ms && !has_left(ticket, call->at_ms) &&
            is_own(call->window, ticket) && before(ticket, call->ticket)) {
            bound.passes += 1;
            bound.urgent += call->rule == EVENT_RULE_URGENT ? 1 : 0;
        }
    }
    return bound;
}

static void check_bound(int ticket)
{
    const struct sim_ticket *t = &played.tickets[ticket];
    int cap = class_of(ticket)->cap;
    struct bound bound = bound_of(ticket);
    if (cap < 0 || t->slot_ms >= 0) {
        return;
    }
    if (bound.passes > cap + bound.urgent) {
        broken("ticket %d sees %d younger called, %d of them urgent", ticket, bound.passes,
               bound.urgent);
    }
    if (bound.open == 0) {
        return;
    }
    int64_t longest_ms = 0;
    for (int other = 0; other < played.plan.ticket_count; other++) {
        int64_t service_ms = played.tickets[other].service_ms[0];
        longest_ms = service_ms > longest_ms ? service_ms : longest_ms;
    }
    int64_t until_ms = own_call[ticket] < played.call_count ? played.calls[own_call[ticket]].at_ms
                       : has_left(ticket, INT64_MAX)        ? t->cancel_ms
                                                            : INT64_MAX;
    int64_t turns = (bound.older + cap + bound.urgent + bound.open) / bound.open;
    if (until_ms - t->arrive_ms > longest_ms * turns) {
        broken("ticket %d waits %lld ms, %d older, cap %d, %d urgent, %d windows", ticket,
               (long long)(until_ms - t->arrive_ms), bound.older, cap, bound.urgent, bound.open);
    }
}

static void test_bound(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= CASES; number++) {
        deal(number, FATES);
        play();
        for (int t = 0; t < played.plan.ticket_count; t++) {
            check_bound(t);
        }
    }
}

/* ---- those over their longest wait get their share of the calls ---- */

static int over_longest(const bool in[PLAYED_TICKET_MAX], int64_t at_ms)
{
    int oldest = -1;
    for (int t = 0; t < played.plan.ticket_count; t++) {
        int64_t longest_ms = class_of(t)->max_wait_ms;
        if (in[t] && longest_ms > 0 && age_of(t, at_ms) >= longest_ms &&
            (oldest < 0 || before(t, oldest))) {
            oldest = t;
        }
    }
    return oldest;
}

static void test_longest_wait(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= CASES; number++) {
        int picks[HALL_SERVICE_MAX] = {0};
        int kept[HALL_SERVICE_MAX] = {0};
        deal(number, FATES);
        play();
        for (int c = 0; c < played.call_count; c++) {
            bool in[PLAYED_TICKET_MAX];
            const struct played_call *call = &played.calls[c];
            int oldest = candidates(c, in) > 0 && call->rule != EVENT_RULE_URGENT
                             ? over_longest(in, call->at_ms)
                             : -1;
            if (oldest < 0) {
                continue;
            }
            int service = played.tickets[oldest].service;
            picks[service] += 1;
            kept[service] += before(oldest, call->ticket) ? 0 : 1;
            if (kept[service] < picks[service] * played.plan.hall.policy.w_share / 100) {
                broken("call %d: %d of %d calls to those over their wait, %d %% promised", c,
                       kept[service], picks[service], (int)played.plan.hall.policy.w_share);
            }
        }
    }
}

/* ---- urgent grants ---- */

static int waiting_with_grant(int grant)
{
    int64_t at_ms = played.grants[grant].at_ms;
    int count = 0;
    for (int g = 0; g <= grant; g++) {
        int ticket = played.grants[g].ticket;
        /* Calls of this millisecond come later. */
        bool called =
            own_call[ticket] < played.call_count && played.calls[own_call[ticket]].at_ms < at_ms;
        count += called || has_left(ticket, at_ms) ? 0 : 1;
    }
    return count;
}

static void check_grants(void)
{
    const struct hall_policy *policy = &played.plan.hall.policy;
    if (played.grant_count > policy->urgent_per_day) {
        broken("%d grants in a day", played.grant_count);
    }
    for (int last = 0; last < played.grant_count; last++) {
        if (waiting_with_grant(last) > policy->urgent_burst) {
            broken("grant %d: %d wait with one", last, waiting_with_grant(last));
        }
        for (int first = 0; first <= last; first++) {
            int64_t time_ms = played.grants[last].at_ms - played.grants[first].at_ms;
            if (last - first + 1 > policy->urgent_burst + time_ms / policy->urgent_refill_ms) {
                broken("grants %d to %d within %lld ms", first, last, (long long)time_ms);
            }
        }
    }
}

/* Urgent calls that pass somebody in a wait: what the bucket held, what dripped into it, and those
 * who waited with a grant already. */
static void check_suffered(int ticket)
{
    const struct hall_policy *policy = &played.plan.hall.policy;
    int64_t from_ms = played.tickets[ticket].arrive_ms;
    int64_t to_ms = from_ms;
    int urgent = 0;
    for (int c = 0; c < played.call_count && c <= own_call[ticket]; c++) {
        const struct played_call *call = &played.calls[c];
        if (call->at_ms >= from_ms && !has_left(ticket, call->at_ms)) {
            urgent += call->rule == EVENT_RULE_URGENT && call->ticket != ticket ? 1 : 0;
            to_ms = call->at_ms;
        }
    }
    int64_t most = 2 * policy->urgent_burst + (to_ms - from_ms) / policy->urgent_refill_ms + 1;
    if (urgent > most) {
        broken("ticket %d sees %d urgent calls in %lld ms", ticket, urgent,
               (long long)(to_ms - from_ms));
    }
}

static void test_urgent(void **state)
{
    (void)state;
    int grants = 0;
    for (uint64_t number = 1; number <= CASES; number++) {
        deal(number, PLAYED_URGENT | PLAYED_CANCEL);
        played.plan.hall.policy.urgent_refill_ms *= 1 + any(8);
        played.plan.hall.policy.urgent_per_day = 1 + (int32_t)any(30);
        play();
        check_grants();
        for (int t = 0; t < played.plan.ticket_count; t++) {
            check_suffered(t);
        }
        grants += played.grant_count;
    }
    assert_true(grants > CASES);
}

/* ---- within one class and service ---- */

static void check_same(int call)
{
    bool in[PLAYED_TICKET_MAX];
    const struct played_call *c = &played.calls[call];
    const struct sim_ticket *called = &played.tickets[c->ticket];
    if (c->rule == EVENT_RULE_URGENT || called->slot_ms >= 0 || candidates(call, in) == 0) {
        return;
    }
    for (int t = 0; t < played.plan.ticket_count; t++) {
        const struct sim_ticket *other = &played.tickets[t];
        if (in[t] && other->cls == called->cls && other->service == called->service &&
            before(t, c->ticket)) {
            broken("call %d: ticket %d before ticket %d of the same class", call, c->ticket, t);
        }
    }
}

static void test_same_class(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= CASES; number++) {
        deal(number, FATES);
        play();
        for (int call = 0; call < played.call_count; call++) {
            check_same(call);
        }
    }
}

/* ---- no idle window while somebody waits for it ---- */

/* May the window have that leg now, by right or because it is idle? */
static bool may_call(const struct core *core, int window, int32_t slot, int64_t at_ms)
{
    const struct core_leg *leg = &core->legs[slot];
    const struct hall_window *place = &core->hall.windows[window];
    bool early = leg->not_before_ms > at_ms;
    if (leg->state != TICKET_WAITING || (leg->bound >= 0 && leg->bound != window) ||
        (place->classes != 0 && (place->classes >> core->visits[leg->visit].cls & 1) == 0) ||
        (early && (leg->defer > 0 || !leg->appointment || !core->hall.policy.idle_early))) {
        return false;
    }
    for (int i = 0; i < place->service_count; i++) {
        const struct hall_window_service *ability = &place->services[i];
        if (ability->service == leg->service &&
            (ability->tier == HALL_TIER_PRIMARY || core->hall.policy.idle_help || early ||
             leg->defer > 0 || at_ms - leg->base_ms >= ability->after_ms)) {
            return true;
        }
    }
    return false;
}

static void check_idle(const struct core *core, int64_t at_ms)
{
    for (int w = 0; w < core->hall.window_count; w++) {
        if (!core->windows[w].auto_next || core->windows[w].state != CORE_WINDOW_OPEN) {
            continue;
        }
        for (int32_t leg = 0; leg < core->leg_count; leg++) {
            if (may_call(core, w, leg, at_ms)) {
                broken("window %d is idle and leg %d waits", w, (int)leg);
            }
        }
    }
}

static void day(uint64_t number)
{
    static struct fixture f;
    static struct hall hall;
    seed = number;
    any_seed(seed);
    random_hall(&hall);
    fixture_open(&f, &hall);
    for (int i = 0; i < 200; i++) {
        random_moment(&f);
        check_idle(f.core, f.now.ms);
    }
    fixture_close(&f);
}

static void test_no_idle_window(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= DAYS; number++) {
        day(number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cap),          cmocka_unit_test(test_bound),
        cmocka_unit_test(test_longest_wait), cmocka_unit_test(test_urgent),
        cmocka_unit_test(test_same_class),   cmocka_unit_test(test_no_idle_window),
    };
    return cmocka_run_group_tests_name("promises", tests, NULL, NULL);
}
