/* core_attend: whom somebody of the hall should speak with: who waits too long, is passed again and
 * again, missed calls, or waits as the only one of a priority class.
 *
 * Nothing walks along a line. In a line the older have waited longer and were passed at least as
 * often as the younger, but for those that came in at an old place; so its oldest few, and the
 * oldest that was passed often enough (which the line's tree finds), are all that can matter. Who
 * missed two calls is noted when that happens. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

/* Looked at in each line: as many as can be shown at all. */
#define LOOK_MAX CORE_ATTEND_MAX
#define PASSED_MIN 3
#define PASSED_WITHOUT_CAP 5
#define ABSENT_MIN 2
/* Alone in a line without a target. */
#define ALONE_MS (5 * 60 * 1000)

static bool is_absent(const struct core *core, int32_t leg)
{
    const struct core_leg *l = &core->legs[leg];
    return l->no_shows >= ABSENT_MIN && core->visits[l->visit].last_leg == leg &&
           (l->state == TICKET_WAITING || l->state == TICKET_NO_SHOW);
}

void attend_note_absent(struct core *core, int32_t leg)
{
    if (core->legs[leg].no_shows < ABSENT_MIN) {
        return;
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < core->absent_count; i++) {
        if (core->absent[i] != leg && is_absent(core, core->absent[i])) {
            core->absent[kept++] = core->absent[i];
        }
    }
    if (kept == CORE_ABSENT_MAX) {
        kept -= 1;
        memmove(&core->absent[0], &core->absent[1], (size_t)kept * sizeof core->absent[0]);
    }
    core->absent[kept] = leg;
    core->absent_count = kept + 1;
}

struct list {
    const struct core *core;
    int64_t now_ms;
    struct core_attend *items;
    int count, max;
};

/* Unseen before seen, then by age. */
static bool goes_before(const struct core_attend *a, const struct core_attend *b)
{
    if ((a->attended_ms == 0) != (b->attended_ms == 0)) {
        return a->attended_ms == 0;
    }
    return a->since_ms != b->since_ms ? a->since_ms < b->since_ms : a->visit < b->visit;
}

static void put(struct list *list, const struct core_attend *item)
{
    int at = list->count;
    for (int i = 0; i < list->count; i++) {
        if (list->items[i].visit == item->visit) {
            return;
        }
    }
    while (at > 0 && goes_before(item, &list->items[at - 1])) {
        at--;
    }
    if (at == list->max) {
        return;
    }
    int moved = (list->count < list->max ? list->count : list->max - 1) - at;
    memmove(&list->items[at + 1], &list->items[at], (size_t)moved * sizeof *item);
    list->items[at] = *item;
    list->count += list->count < list->max ? 1 : 0;
}

/* The shorter of what the service and the class promise; 0 neither does. */
static int64_t promised_ms(const struct core *core, const struct core_leg *leg)
{
    int64_t target = core->hall.services[leg->service].target_wait_ms;
    int64_t most = core->hall.classes[core->visits[leg->visit].cls].max_wait_ms;
    return target == 0 || (most > 0 && most < target) ? most : target;
}

static int32_t often(const struct core *core, int cls)
{
    int32_t cap = core->hall.classes[cls].cap;
    int32_t half = (cap + 1) / 2;
    return cap < 0 ? PASSED_WITHOUT_CAP : half > PASSED_MIN ? half : PASSED_MIN;
}

static uint32_t why(const struct list *list, int32_t leg, bool alone)
{
    const struct core *core = list->core;
    const struct core_leg *l = &core->legs[leg];
    int cls = core->visits[l->visit].cls;
    int64_t promise_ms = promised_ms(core, l);
    int64_t age_ms = list->now_ms - l->entered_ms;
    uint32_t bits = is_absent(core, leg) ? CORE_ATTEND_ABSENT : 0;
    if (l->state != TICKET_WAITING) {
        return bits;
    }
    int32_t passed = 0;
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        passed += queue_pass(core, leg, (enum core_pass)pass);
    }
    bits |= promise_ms > 0 && age_ms > promise_ms ? CORE_ATTEND_LATE : 0;
    bits |= passed >= often(core, cls) ? CORE_ATTEND_PASSED : 0;
    bits |= alone && cls != 0 && age_ms >= (promise_ms > 0 ? promise_ms / 2 : ALONE_MS)
                ? CORE_ATTEND_ALONE
                : 0;
    bits |= core->hall.classes[cls].greet || (l->appointment && core->hall.policy.appointment_greet)
                ? CORE_ATTEND_GREET
                : 0;
    return bits;
}

static void look_at(struct list *list, int32_t leg, bool alone)
{
    const struct core *core = list->core;
    const struct core_visit *visit = &core->visits[core->legs[leg].visit];
    struct core_attend item = {.visit = core->legs[leg].visit,
                               .why = why(list, leg, alone),
                               .since_ms = core->legs[leg].entered_ms,
                               .attended_ms = visit->attended_ms};
    if (item.why == 0) {
        return;
    }
    if (visit->attended_ms != 0 && visit->attended_by >= 0) {
        text_copy_cut(item.attended_by, sizeof item.attended_by, core->clerks[visit->attended_by]);
    }
    put(list, &item);
}

static void look_along(struct list *list, int32_t queue)
{
    const struct core *core = list->core;
    bool alone = queue_count(core, queue, INT64_MAX, -1) == 1;
    int32_t leg = queue_first(core, queue);
    for (int i = 0; leg >= 0 && i < LOOK_MAX; i++) {
        look_at(list, leg, alone);
        leg = tree_after(core, leg);
    }
    int32_t passed = queue_first_capped(core, queue, PASSED_MIN);
    if (passed >= 0) {
        look_at(list, passed, alone);
    }
}

/* The deferred and the early ones of a service. */
static void look_along_list(struct list *list, int32_t leg)
{
    for (int i = 0; leg >= 0 && i < LOOK_MAX; i++) {
        look_at(list, leg, false);
        leg = list->core->legs[leg].list_next;
    }
}

int core_list_attend(const struct core *core, const struct core_now *now, struct core_attend *items,
                     int max)
{
    assert(max > 0 && max <= CORE_ATTEND_MAX);
    struct list list = {.core = core, .now_ms = now->ms, .items = items, .max = max};
    for (int s = 0; s < core->hall.service_count; s++) {
        for (int i = 0; i < CORE_QUEUE_PER_SERVICE; i++) {
            if ((core->services[s].filled & (1U << i)) != 0) {
                look_along(&list, s * CORE_QUEUE_PER_SERVICE + i);
            }
        }
        look_along_list(&list, core->services[s].deferred_first);
        look_along_list(&list, core->services[s].early_first);
    }
    for (int w = 0; w < core->hall.window_count; w++) {
        for (int32_t q = core->windows[w].bound_first; q >= 0; q = core->queues[q].next) {
            look_along(&list, q);
        }
    }
    for (int32_t i = 0; i < core->absent_count; i++) {
        if (is_absent(core, core->absent[i])) {
            look_at(&list, core->absent[i], false);
        }
    }
    return list.count;
}
