/* shadow: see shadow.h. The steps are numbered as in the specification of the choice. */
#include "shadow.h"

#include <string.h>

#include "../../src/core/core_internal.h"

struct entry {
    int32_t leg;
    const struct hall_window_service *ability;
};

void shadow_reset(struct shadow *shadow, const struct core *core)
{
    memset(shadow, 0, sizeof *shadow);
    shadow->core = core;
}

static bool older(const struct core *core, int32_t a, int32_t b)
{
    const struct core_leg *x = &core->legs[a];
    const struct core_leg *y = &core->legs[b];
    return x->base_ms < y->base_ms || (x->base_ms == y->base_ms && x->visit < y->visit);
}

static const struct hall_class *class_of(const struct core *core, int32_t leg)
{
    return &core->hall.classes[core->visits[core->legs[leg].visit].cls];
}

static int64_t age(const struct core *core, int32_t leg, int64_t t)
{
    return core->legs[leg].base_ms > t ? 0 : t - core->legs[leg].base_ms;
}

static int64_t points(const struct core *core, const struct entry *entry, int64_t t)
{
    const struct core_leg *leg = &core->legs[entry->leg];
    const struct hall_class *cls = class_of(core, entry->leg);
    int64_t head =
        cls->head_ms + core->hall.services[leg->service].head_ms + entry->ability->pref_ms;
    head += leg->appointment ? core->hall.policy.appointment_head_ms : 0;
    return 1000 * head + cls->rate_pm * age(core, entry->leg, t);
}

static const struct hall_window_service *ability_of(const struct core *core, int window,
                                                    int32_t leg)
{
    const struct hall_window *place = &core->hall.windows[window];
    const struct core_leg *l = &core->legs[leg];
    int cls = core->visits[l->visit].cls;
    if (l->state != TICKET_WAITING || (l->bound >= 0 && l->bound != window) ||
        (place->classes != 0 && (place->classes >> cls & 1) == 0)) {
        return NULL;
    }
    for (int i = 0; i < place->service_count; i++) {
        if (place->services[i].service == l->service) {
            return &place->services[i];
        }
    }
    return NULL;
}

/* Steps 1 and 2. */
static int candidates(const struct core *core, int window, int64_t t, struct entry *out)
{
    for (int help = 0; help <= (core->hall.policy.idle_help ? 1 : 0); help++) {
        int count = 0;
        for (int32_t leg = 0; leg < core->leg_count; leg++) {
            const struct hall_window_service *ability = ability_of(core, window, leg);
            if (ability == NULL || core->legs[leg].defer != 0 ||
                core->legs[leg].not_before_ms > t) {
                continue;
            }
            if (help != 0 || ability->tier == HALL_TIER_PRIMARY ||
                age(core, leg, t) >= ability->after_ms) {
                out[count++] = (struct entry){.leg = leg, .ability = ability};
            }
        }
        if (count > 0) {
            return count;
        }
    }
    return 0;
}

/* Step 3. */
static void idle(struct shadow *s, int window, int64_t t)
{
    const struct core *core = s->core;
    int32_t deferred = -1;
    int32_t early = -1;
    for (int32_t leg = 0; leg < core->leg_count; leg++) {
        const struct core_leg *l = &core->legs[leg];
        if (ability_of(core, window, leg) == NULL) {
            continue;
        }
        if (l->defer > 0 && l->not_before_ms <= t &&
            (deferred < 0 || l->defer < core->legs[deferred].defer ||
             (l->defer == core->legs[deferred].defer && older(core, leg, deferred)))) {
            deferred = leg;
        }
        if (l->appointment && l->defer == 0 && l->not_before_ms > t &&
            (early < 0 || l->not_before_ms < core->legs[early].not_before_ms ||
             (l->not_before_ms == core->legs[early].not_before_ms && older(core, leg, early)))) {
            early = leg;
        }
    }
    s->leg = deferred >= 0 ? deferred : core->hall.policy.idle_early ? early : -1;
    s->rule = deferred >= 0 ? EVENT_RULE_DEFERRED : EVENT_RULE_EARLY;
}

/* Step 5: narrows the candidates to A; returns their number. */
static int guard(struct shadow *s, struct entry *c, int count, int64_t t)
{
    const struct core *core = s->core;
    int32_t k = -1;
    int32_t q = -1;
    for (int i = 0; i < count; i++) {
        const struct hall_class *cls = class_of(core, c[i].leg);
        if (cls->cap >= 0 && s->passed[c[i].leg] >= cls->cap &&
            (k < 0 || older(core, c[i].leg, k))) {
            k = c[i].leg;
        }
        if (cls->max_wait_ms > 0 && age(core, c[i].leg, t) >= cls->max_wait_ms &&
            (q < 0 || older(core, c[i].leg, q))) {
            q = c[i].leg;
        }
    }
    if (q >= 0 && core->hall.policy.w_share < 100) {
        int32_t *account = &s->account[core->legs[q].service];
        *account += core->hall.policy.w_share;
        if (*account >= 100) {
            *account -= 100;
        } else {
            q = -1;
        }
    }
    int32_t p = k < 0 ? q : q < 0 || k == q || older(core, k, q) ? k : q;
    s->rule = EVENT_RULE_POLICY;
    if (p < 0) {
        return count;
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (!older(core, p, c[i].leg)) {
            c[kept++] = c[i];
        }
    }
    if (kept < count) {
        s->rule = p == k ? EVENT_RULE_GUARD_K : EVENT_RULE_GUARD_W;
    }
    return kept;
}

static int oldest(const struct core *core, const struct entry *a, int count, int group, int service)
{
    int best = -1;
    for (int i = 0; i < count; i++) {
        bool in = (group < 0 || class_of(core, a[i].leg)->group == group) &&
                  (service < 0 || core->legs[a[i].leg].service == service);
        if (in && (best < 0 || older(core, a[i].leg, a[best].leg))) {
            best = i;
        }
    }
    return best;
}

static int ratio(struct shadow *s, const struct entry *a, int count)
{
    const struct core *core = s->core;
    int32_t *turns = s->turns[core->legs[a[oldest(core, a, count, -1, -1)].leg].service];
    int sum = 0;
    int best = -1;
    for (int g = 0; g < HALL_CLASS_MAX; g++) {
        if (oldest(core, a, count, g, -1) >= 0) {
            turns[g] += core->hall.policy.group_weights[g];
            sum += core->hall.policy.group_weights[g];
            best = best < 0 || turns[g] > turns[best] ? g : best;
        }
    }
    turns[best] -= sum;
    return oldest(core, a, count, best, -1);
}

static int longest(const struct core *core, const struct entry *a, int count)
{
    int best_service = -1;
    int best_count = 0;
    for (int service = 0; service < core->hall.service_count; service++) {
        int n = 0;
        for (int i = 0; i < count; i++) {
            n += core->legs[a[i].leg].service == service ? 1 : 0;
        }
        if (n > best_count) {
            best_service = service;
            best_count = n;
        }
    }
    return oldest(core, a, count, -1, best_service);
}

/* Step 6. */
static int policy(struct shadow *s, const struct entry *a, int count, int64_t t)
{
    const struct core *core = s->core;
    int best = 0;
    switch (core->hall.policy.rule) {
    case HALL_RULE_FIFO:
        return oldest(core, a, count, -1, -1);
    case HALL_RULE_RATIO:
        return ratio(s, a, count);
    case HALL_RULE_LONGEST:
        return longest(core, a, count);
    default:
        break;
    }
    for (int i = 1; i < count; i++) {
        int64_t better = core->hall.policy.rule == HALL_RULE_SCORE
                             ? points(core, &a[i], t) - points(core, &a[best], t)
                             : class_of(core, a[best].leg)->rank - class_of(core, a[i].leg)->rank;
        if (better > 0 || (better == 0 && older(core, a[i].leg, a[best].leg))) {
            best = i;
        }
    }
    return best;
}

/* Step 4. */
static int urgent(const struct core *core, const struct entry *c, int count)
{
    int best = -1;
    for (int i = 0; i < count; i++) {
        int64_t granted = core->visits[core->legs[c[i].leg].visit].urgent_ms;
        int64_t other = best >= 0 ? core->visits[core->legs[c[best].leg].visit].urgent_ms : 0;
        if (granted != 0 &&
            (best < 0 || granted < other ||
             (granted == other && core->legs[c[i].leg].visit < core->legs[c[best].leg].visit))) {
            best = i;
        }
    }
    return best;
}

void shadow_call(struct shadow *s, int window, int64_t t)
{
    static struct entry c[SHADOW_LEG_MAX];
    static struct entry all[SHADOW_LEG_MAX];
    const struct core *core = s->core;
    s->leg = -1;
    s->overtaken = 0;
    s->score = 0;
    int count = candidates(core, window, t, c);
    memcpy(all, c, (size_t)count * sizeof c[0]);
    if (count == 0) {
        idle(s, window, t);
        if (s->leg >= 0) {
            struct entry entry = {.leg = s->leg, .ability = ability_of(core, window, s->leg)};
            s->score = points(core, &entry, t);
        }
        return;
    }
    int chosen = urgent(core, c, count);
    if (chosen >= 0) {
        s->rule = EVENT_RULE_URGENT;
    } else {
        int kept = guard(s, c, count, t);
        chosen = policy(s, c, kept, t);
    }
    s->leg = c[chosen].leg;
    s->score = points(core, &c[chosen], t);
    for (int i = 0; i < count; i++) { /* step 7 */
        if (older(core, all[i].leg, s->leg)) {
            s->overtaken += 1;
            if (s->rule == EVENT_RULE_URGENT) {
                s->passed_urgent[all[i].leg] += 1;
            } else {
                s->passed[all[i].leg] += 1;
            }
        }
    }
}
