/* pick: which leg a free window gets.
 *
 * A leg is worth points E = 1000 (head start of its class, its service, an appointment, the
 * window's preference) plus the rate of its class (per mille) times its age in milliseconds; x is
 * older than y when its (base, order of issue) is smaller.
 *  1. Able are legs of the window's services and classes, sent to no other window, whose time has
 * come and who have no calls to let pass.
 *  2. C: the able legs for which the window is primary, or backup and they have waited `after`. If
 * C is empty and `idle_help` is on: all able legs.
 *  3. C empty: a restored leg although it should let calls pass (fewest left first), else with
 * `idle_early` an appointment before its time, else nobody.
 *  4. Urgent legs of C go first, in order of their grants.
 *  5. Guards: k is the oldest leg of C that was passed as often as its cap allows; q the oldest
 * over its longest wait, which counts in w_share per cent of the calls (an account per service).
 * Nobody younger than the older of the two is called.
 *  6. The policy chooses among the rest: most points, oldest, smallest rank, weighted turns of
 * groups, or the longest queue; ties go to the oldest.
 *  7. With the claim, every leg of C older than the chosen one counts as overtaken once more, and
 * every other restored leg the window could serve has let one more call pass.
 *
 * Only integers decide. A pick reads the heads of the queues the window may call from and changes
 * nothing; pick_commit() does step 7 and moves the accounts. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

/* Points are milliseconds times per mille of a second: 60,000,000 of them are shown as one point a
 * minute. */
#define PICK_HEAD_FACTOR 1000

static const struct hall_class *class_of(const struct core *core, int32_t leg)
{
    return &core->hall.classes[core->visits[core->legs[leg].visit].cls];
}

static int64_t head_of(const struct core *core, int16_t service, const struct hall_class *cls,
                       bool appointment)
{
    return cls->head_ms + core->hall.services[service].head_ms +
           (appointment ? core->hall.policy.appointment_head_ms : 0);
}

static int64_t age_of(const struct core *core, int32_t leg, int64_t at_ms)
{
    int64_t age = at_ms - core->legs[leg].base_ms;
    return age > 0 ? age : 0;
}

static void fill_score(const struct core *core, int32_t leg, int64_t pref_ms, int64_t at_ms,
                       struct core_pick *pick)
{
    const struct core_leg *l = &core->legs[leg];
    const struct hall_class *cls = class_of(core, leg);
    pick->leg = leg;
    pick->head = PICK_HEAD_FACTOR * head_of(core, l->service, cls, l->appointment);
    pick->age_ms = age_of(core, leg, at_ms);
    pick->rate_pm = cls->rate_pm;
    pick->aged = (int64_t)pick->rate_pm * pick->age_ms;
    pick->pref = PICK_HEAD_FACTOR * pref_ms;
    pick->score = pick->head + pick->aged + pick->pref;
}

static int64_t pref_of(const struct core *core, int window, int16_t service)
{
    const struct hall_window *place = &core->hall.windows[window];
    for (int i = 0; i < place->service_count; i++) {
        if (place->services[i].service == service) {
            return place->services[i].pref_ms;
        }
    }
    return 0;
}

/* Step 1 for a leg that stands in no queue: may this window have it? */
static bool window_able(const struct core *core, int window, int32_t leg, uint32_t mask)
{
    const struct hall_window *place = &core->hall.windows[window];
    const struct core_leg *l = &core->legs[leg];
    int16_t cls = core->visits[l->visit].cls;
    if ((l->bound >= 0 && l->bound != window) ||
        (place->classes != 0 && (place->classes & (1U << cls)) == 0)) {
        return false;
    }
    for (int i = 0; i < place->service_count; i++) {
        if (place->services[i].service == l->service && (mask == 0 || (mask & (1U << i)) != 0)) {
            return true;
        }
    }
    return false;
}

/* Step 3: nobody may be called by right; a restored leg, or an appointment before its time. */
static void choose_idle(const struct core *core, int window, int64_t at_ms, uint32_t mask,
                        struct core_pick *pick)
{
    const struct hall_window *place = &core->hall.windows[window];
    int32_t deferred = -1;
    int32_t early = -1;
    for (int i = 0; i < place->service_count; i++) {
        const struct core_service *service = &core->services[place->services[i].service];
        for (int32_t l = service->deferred_first; l >= 0; l = core->legs[l].list_next) {
            const struct core_leg *leg = &core->legs[l];
            if (leg->not_before_ms <= at_ms && window_able(core, window, l, mask) &&
                (deferred < 0 || leg->defer < core->legs[deferred].defer ||
                 (leg->defer == core->legs[deferred].defer && queue_before(core, l, deferred)))) {
                deferred = l;
            }
        }
        for (int32_t l = service->early_first; l >= 0; l = core->legs[l].list_next) {
            int64_t not_before = core->legs[l].not_before_ms;
            if (core->legs[l].appointment && window_able(core, window, l, mask) &&
                (early < 0 || not_before < core->legs[early].not_before_ms ||
                 (not_before == core->legs[early].not_before_ms && queue_before(core, l, early)))) {
                early = l;
            }
        }
    }
    int32_t leg = deferred >= 0 ? deferred : core->hall.policy.idle_early ? early : -1;
    if (leg >= 0) {
        fill_score(core, leg, pref_of(core, window, core->legs[leg].service), at_ms, pick);
        pick->rule = deferred >= 0 ? EVENT_RULE_DEFERRED : EVENT_RULE_EARLY;
    }
}

/* Step 4. */
static bool choose_urgent(const struct core *core, int window, int64_t at_ms,
                          const struct queue_set *set, uint32_t mask, struct core_pick *pick)
{
    int32_t best = -1;
    for (int32_t i = 0; i < core->urgent_count; i++) {
        int32_t l = core->urgent[i];
        if (!window_able(core, window, l, mask)) {
            continue;
        }
        bool candidate = false; /* C excludes backup legs that have not waited long enough */
        for (int c = 0; c < set->count && !candidate; c++) {
            const struct core_queue *queue = &core->queues[set->cursors[c].queue];
            candidate = queue->service == core->legs[l].service &&
                        core->legs[l].base_ms <= set->cursors[c].base_ms;
        }
        int64_t granted = core->visits[core->legs[l].visit].urgent_ms;
        if (candidate && (best < 0 || granted < core->visits[core->legs[best].visit].urgent_ms ||
                          (granted == core->visits[core->legs[best].visit].urgent_ms &&
                           core->legs[l].visit < core->legs[best].visit))) {
            best = l;
        }
    }
    if (best >= 0) {
        fill_score(core, best, pref_of(core, window, core->legs[best].service), at_ms, pick);
        pick->rule = EVENT_RULE_URGENT;
    }
    return best >= 0;
}

/* Step 5: the leg that bounds the choice, or -1; its origin in `ret_rule`. */
static int32_t find_guard(const struct core *core, int64_t at_ms, const struct queue_set *set,
                          struct core_pick *pick, enum event_rule *ret_rule)
{
    int32_t k = -1;
    int32_t q = -1;
    for (int i = 0; i < set->count; i++) {
        const struct queue_cursor *cursor = &set->cursors[i];
        const struct hall_class *cls = class_of(core, cursor->leg);
        int32_t capped = cls->cap >= 0 ? queue_first_capped(core, cursor->queue, cls->cap) : -1;
        if (capped >= 0 && core->legs[capped].base_ms <= cursor->base_ms &&
            (k < 0 || queue_before(core, capped, k))) {
            k = capped;
        }
        if (cls->max_wait_ms > 0 && age_of(core, cursor->leg, at_ms) >= cls->max_wait_ms &&
            (q < 0 || queue_before(core, cursor->leg, q))) {
            q = cursor->leg;
        }
    }
    if (q >= 0 && core->hall.policy.w_share < 100) {
        pick->account = core->legs[q].service;
        pick->account_value = core->services[pick->account].w_account + core->hall.policy.w_share;
        if (pick->account_value >= 100) {
            pick->account_value -= 100;
        } else {
            q = -1;
        }
    }
    if (k < 0 && q < 0) {
        return -1;
    }
    bool by_cap = q < 0 || (k >= 0 && (k == q || queue_before(core, k, q)));
    *ret_rule = by_cap ? EVENT_RULE_GUARD_K : EVENT_RULE_GUARD_W;
    return by_cap ? k : q;
}

static bool allowed(const struct core *core, int32_t leg, int32_t guard)
{
    return guard < 0 || !queue_before(core, guard, leg);
}

/* The ordinary case of step 6: the best head by a comparison of two cursors. */
static const struct queue_cursor *best_head(const struct core *core, const struct queue_set *set,
                                            int32_t guard, int64_t at_ms, enum hall_rule rule,
                                            int32_t group, int16_t service)
{
    const struct queue_cursor *best = NULL;
    int64_t best_value = 0;
    for (int i = 0; i < set->count; i++) {
        const struct queue_cursor *cursor = &set->cursors[i];
        const struct hall_class *cls = class_of(core, cursor->leg);
        if (!allowed(core, cursor->leg, guard) || (group >= 0 && cls->group != group) ||
            (service >= 0 && core->legs[cursor->leg].service != service)) {
            continue;
        }
        int64_t value = 0; /* equal for all: age alone decides */
        if (rule == HALL_RULE_STRICT) {
            value = -cls->rank;
        } else if (rule == HALL_RULE_SCORE) {
            struct core_pick pick;
            fill_score(core, cursor->leg, cursor->pref_ms, at_ms, &pick);
            value = pick.score;
        }
        if (best == NULL || value > best_value ||
            (value == best_value && queue_before(core, cursor->leg, best->leg))) {
            best = cursor;
            best_value = value;
        }
    }
    return best;
}

/* Weighted turns between the groups that are present (smooth round robin). */
static const struct queue_cursor *choose_ratio(const struct core *core, const struct queue_set *set,
                                               int32_t guard, int64_t at_ms, struct core_pick *pick)
{
    const struct queue_cursor *first = best_head(core, set, guard, at_ms, HALL_RULE_FIFO, -1, -1);
    pick->ratio_service = core->legs[first->leg].service;
    memcpy(pick->ratio, core->services[pick->ratio_service].ratio, sizeof pick->ratio);
    uint32_t present = 0;
    for (int i = 0; i < set->count; i++) {
        if (allowed(core, set->cursors[i].leg, guard)) {
            present |= 1U << class_of(core, set->cursors[i].leg)->group;
        }
    }
    int32_t best = -1;
    int32_t sum = 0;
    for (int32_t g = 0; g < HALL_CLASS_MAX; g++) {
        if ((present & (1U << g)) != 0) {
            pick->ratio[g] += core->hall.policy.group_weights[g];
            sum += core->hall.policy.group_weights[g];
            best = best < 0 || pick->ratio[g] > pick->ratio[best] ? g : best;
        }
    }
    pick->ratio[best] -= sum;
    return best_head(core, set, guard, at_ms, HALL_RULE_FIFO, best, -1);
}

static const struct queue_cursor *
choose_longest(const struct core *core, const struct queue_set *set, int32_t guard, int64_t at_ms)
{
    int32_t counts[HALL_SERVICE_MAX] = {0};
    int16_t best = -1;
    for (int i = 0; i < set->count; i++) {
        const struct queue_cursor *cursor = &set->cursors[i];
        if (!allowed(core, cursor->leg, guard)) {
            continue;
        }
        int16_t service = core->legs[cursor->leg].service;
        counts[service] += queue_count(core, cursor->queue, cursor->base_ms, guard);
    }
    if (guard >= 0) {
        counts[core->legs[guard].service] += 1; /* it may be called, but is not older than itself */
    }
    for (int16_t s = 0; s < core->hall.service_count; s++) {
        best = counts[s] > 0 && (best < 0 || counts[s] > counts[best]) ? s : best;
    }
    return best_head(core, set, guard, at_ms, HALL_RULE_FIFO, -1, best);
}

/* Is anybody who may be called younger than the guard? Otherwise the guard changes nothing. */
static bool is_narrowed(const struct core *core, const struct queue_set *set, int32_t guard)
{
    int32_t all = 0;
    int32_t inside = 1; /* the guard itself */
    for (int i = 0; i < set->count; i++) {
        const struct queue_cursor *cursor = &set->cursors[i];
        all += queue_count(core, cursor->queue, cursor->base_ms, -1);
        inside += queue_count(core, cursor->queue, cursor->base_ms, guard);
    }
    return all > inside;
}

static void choose(const struct core *core, int window, int64_t at_ms, uint32_t mask,
                   struct core_pick *pick)
{
    memset(pick, 0, sizeof *pick);
    pick->leg = -1;
    pick->guard = -1;
    pick->account = -1;
    pick->ratio_service = -1;
    struct queue_set set;
    queue_collect(core, window, at_ms, mask, false, &set);
    if (set.count == 0 && core->hall.policy.idle_help) {
        queue_collect(core, window, at_ms, mask, true, &set);
    }
    if (set.count == 0) {
        choose_idle(core, window, at_ms, mask, pick);
        return;
    }
    if (choose_urgent(core, window, at_ms, &set, mask, pick)) {
        return;
    }
    enum event_rule rule = EVENT_RULE_POLICY;
    int32_t guard = find_guard(core, at_ms, &set, pick, &rule);
    bool narrowed = guard >= 0 && is_narrowed(core, &set, guard);
    const struct queue_cursor *best;
    switch (core->hall.policy.rule) {
    case HALL_RULE_RATIO:
        best = choose_ratio(core, &set, guard, at_ms, pick);
        break;
    case HALL_RULE_LONGEST:
        best = choose_longest(core, &set, guard, at_ms);
        break;
    case HALL_RULE_SCORE:
    case HALL_RULE_FIFO:
    case HALL_RULE_STRICT:
    default:
        best = best_head(core, &set, guard, at_ms, core->hall.policy.rule, -1, -1);
        break;
    }
    assert(best != NULL); /* the guard itself is always allowed, or else the oldest head */
    fill_score(core, best->leg, best->pref_ms, at_ms, pick);
    pick->rule = narrowed ? rule : EVENT_RULE_POLICY;
    pick->guard = narrowed ? guard : -1;
}

void pick_choose(struct core *core, int window, int64_t at_ms, uint32_t mask,
                 struct core_pick *pick)
{
    queue_release_early(core, at_ms);
    choose(core, window, at_ms, mask, pick);
}

void pick_peek(const struct core *core, int window, int64_t at_ms, struct core_pick *pick)
{
    choose(core, window, at_ms, 0, pick);
}

int pick_list(const struct core *core, int window, int64_t at_ms, int32_t *legs, int max)
{
    struct core_pick first;
    struct queue_set set;
    enum hall_rule rule = core->hall.policy.rule;
    bool valued = rule == HALL_RULE_SCORE || rule == HALL_RULE_STRICT;
    choose(core, window, at_ms, 0, &first);
    if (first.leg < 0 || max <= 0) {
        return 0;
    }
    int count = 0;
    legs[count++] = first.leg;
    queue_collect(core, window, at_ms, 0, false, &set);
    if (set.count == 0) {
        queue_collect(core, window, at_ms, 0, core->hall.policy.idle_help, &set);
    }
    while (count < max && set.count > 0) {
        const struct queue_cursor *best =
            best_head(core, &set, -1, at_ms, valued ? rule : HALL_RULE_FIFO, -1, -1);
        struct queue_cursor *cursor = &set.cursors[best - set.cursors];
        if (cursor->leg != first.leg) {
            legs[count++] = cursor->leg;
        }
        cursor->leg = tree_after(core, cursor->leg);
        if (cursor->leg < 0 || core->legs[cursor->leg].base_ms > cursor->base_ms) {
            *cursor = set.cursors[--set.count];
        }
    }
    return count;
}

/* Every other restored leg that this window could serve has let one more call pass. */
static void count_down_deferred(struct core *core, int window, int32_t called)
{
    const struct hall_window *place = &core->hall.windows[window];
    for (int i = 0; i < place->service_count; i++) {
        int32_t l = core->services[place->services[i].service].deferred_first;
        while (l >= 0) {
            int32_t next = core->legs[l].list_next;
            if (l != called && window_able(core, window, l, 0)) {
                queue_unplace(core, l);
                core->legs[l].defer -= 1;
                queue_place(core, l);
            }
            l = next;
        }
    }
}

static void count_passed(struct core *core, const struct queue_set *set, int32_t leg,
                         enum core_pass pass)
{
    for (int i = 0; i < set->count; i++) {
        queue_add_pass(core, set->cursors[i].queue, set->cursors[i].base_ms, leg, pass);
    }
}

void pick_commit(struct core *core, int window, int64_t at_ms, uint32_t mask,
                 const struct core_pick *pick)
{
    if (pick->account >= 0) {
        core->services[pick->account].w_account = pick->account_value;
    }
    if (pick->ratio_service >= 0) {
        memcpy(core->services[pick->ratio_service].ratio, pick->ratio, sizeof pick->ratio);
    }
    if (pick->rule != EVENT_RULE_DEFERRED && pick->rule != EVENT_RULE_EARLY) {
        struct queue_set set;
        queue_collect(core, window, at_ms, mask, false, &set);
        if (set.count == 0) {
            queue_collect(core, window, at_ms, mask, true, &set);
        }
        count_passed(core, &set, pick->leg,
                     pick->rule == EVENT_RULE_URGENT ? CORE_PASS_URGENT : CORE_PASS_POLICY);
    }
    count_down_deferred(core, window, pick->leg);
}

void pick_commit_chosen(struct core *core, int window, int64_t at_ms, int32_t leg)
{
    struct queue_set set;
    queue_collect(core, window, at_ms, 0, true, &set);
    count_passed(core, &set, leg, CORE_PASS_CHOSEN);
}

static void explain_choice(const struct core *core, int64_t at_ms, const struct core_pick *pick,
                           struct event_why *why)
{
    why->rule = pick->rule;
    why->policy = core->hall.policy.rule;
    why->score = pick->score;
    why->head = pick->head;
    why->aged = pick->aged;
    why->pref = pick->pref;
    why->age_ms = pick->age_ms;
    why->rate_pm = pick->rate_pm;
    if (pick->guard >= 0) {
        text_copy_cut(why->guard, sizeof why->guard,
                      core->visits[core->legs[pick->guard].visit].number);
        why->guard_times = queue_pass(core, pick->guard, CORE_PASS_POLICY);
        why->guard_age_ms = age_of(core, pick->guard, at_ms);
    }
    if (pick->rule == EVENT_RULE_URGENT) {
        why->urgent_no = core->visits[core->legs[pick->leg].visit].urgent_no;
        why->urgent_cap = core->hall.policy.urgent_per_day;
    }
}

/* An overtaken leg, before the call is counted on it. */
static void explain_passed(const struct core *core, int window, int64_t at_ms, int32_t leg,
                           struct event_why *why)
{
    const struct core_visit *visit = &core->visits[core->legs[leg].visit];
    struct event_passed *passed = &why->passed[why->listed];
    struct core_pick own;
    fill_score(core, leg, pref_of(core, window, core->legs[leg].service), at_ms, &own);
    bool counts = why->rule == EVENT_RULE_POLICY || why->rule == EVENT_RULE_GUARD_K ||
                  why->rule == EVENT_RULE_GUARD_W;
    *passed = (struct event_passed){.score = own.score,
                                    .age_ms = own.age_ms,
                                    .rate_pm = own.rate_pm,
                                    .times = queue_pass(core, leg, CORE_PASS_POLICY) + counts,
                                    .cap = class_of(core, leg)->cap};
    why->overtook[why->listed] = core->legs[leg].visit;
    text_copy_cut(why->numbers[why->listed], TICKET_NUMBER_SIZE, visit->number);
    why->listed += 1;
    why->detailed = why->listed;
}

void pick_explain(struct core *core, int window, int64_t at_ms, uint32_t mask,
                  const struct core_pick *pick, struct event_why *why)
{
    memset(why, 0, sizeof *why);
    explain_choice(core, at_ms, pick, why);
    if (pick->rule == EVENT_RULE_DEFERRED || pick->rule == EVENT_RULE_EARLY ||
        pick->rule == EVENT_RULE_RESUMED) {
        return;
    }
    struct queue_set set;
    queue_collect(core, window, at_ms, mask, pick->rule == EVENT_RULE_CHOSEN, &set);
    if (set.count == 0) {
        queue_collect(core, window, at_ms, mask, true, &set);
    }
    for (int i = 0; i < set.count; i++) {
        why->overtaken +=
            queue_count(core, set.cursors[i].queue, set.cursors[i].base_ms, pick->leg);
    }
    while (why->listed < why->overtaken && why->listed < EVENT_OVERTOOK_MAX) {
        explain_passed(core, window, at_ms, queue_set_take(core, &set), why);
    }
}

/* How many of a queue come before points `score` at that time; see the file comment of
 * core_queue.c. */
static int32_t count_better(const struct core *core, int32_t q, int64_t score, int64_t at_ms)
{
    const struct core_queue *queue = &core->queues[q];
    const struct hall_class *cls = &core->hall.classes[queue->cls];
    int64_t missing =
        score - PICK_HEAD_FACTOR * head_of(core, queue->service, cls, queue->appointment);
    if (missing <= 0) {
        return queue_count(core, q, INT64_MAX, -1);
    }
    if (cls->rate_pm == 0) {
        return 0;
    }
    return queue_count(core, q, at_ms - (missing + cls->rate_pm - 1) / cls->rate_pm, -1);
}

int32_t pick_ahead(const struct core *core, int32_t leg, int64_t at_ms)
{
    const struct core_leg *l = &core->legs[leg];
    const struct hall_class *own = class_of(core, leg);
    enum hall_rule rule = core->hall.policy.rule;
    struct core_pick mine;
    fill_score(core, leg, 0, at_ms, &mine);
    int32_t ahead = 0;
    for (int i = 0; i < CORE_QUEUE_PER_SERVICE; i++) {
        int32_t q = l->service * CORE_QUEUE_PER_SERVICE + i;
        const struct hall_class *cls = &core->hall.classes[i / 2];
        if ((core->services[l->service].filled & (1U << i)) == 0) {
            continue;
        }
        bool same = cls == own && (i % 2 == 1) == l->appointment;
        if (rule == HALL_RULE_SCORE && !same) {
            ahead += count_better(core, q, mine.score, at_ms);
        } else if (rule == HALL_RULE_STRICT && cls->rank != own->rank) {
            ahead += cls->rank < own->rank ? queue_count(core, q, INT64_MAX, -1) : 0;
        } else {
            ahead += queue_count(core, q, INT64_MAX, leg);
        }
    }
    return ahead > l->defer ? ahead
                            : l->defer; /* whoever lets three pass has at least three in front */
}

int32_t pick_ahead_newcomer(const struct core *core, int16_t service, int16_t cls, int64_t at_ms)
{
    const struct hall_class *own = &core->hall.classes[cls];
    int64_t score = PICK_HEAD_FACTOR * head_of(core, service, own, false);
    int32_t ahead = 0;
    for (int i = 0; i < CORE_QUEUE_PER_SERVICE; i++) {
        int32_t q = service * CORE_QUEUE_PER_SERVICE + i;
        if ((core->services[service].filled & (1U << i)) == 0) {
            continue;
        }
        if (core->hall.policy.rule == HALL_RULE_SCORE) {
            ahead += count_better(core, q, score, at_ms);
        } else if (core->hall.policy.rule != HALL_RULE_STRICT ||
                   core->hall.classes[i / 2].rank <= own->rank) {
            ahead += queue_count(core, q, INT64_MAX, -1);
        }
    }
    return ahead;
}

int64_t pick_urgent_retry(struct core *core, int64_t at_ms)
{
    const struct hall_policy *policy = &core->hall.policy;
    if (core->urgent_today >= policy->urgent_per_day) {
        return INT64_MAX;
    }
    int64_t refill = policy->urgent_refill_ms;
    int64_t gained = refill > 0 ? (at_ms - core->urgent_last_ms) / refill : 0;
    if (core->urgent_tokens + gained > 0) {
        return core->urgent_count < policy->urgent_burst ? 0 : at_ms + refill;
    }
    return core->urgent_last_ms + refill;
}
