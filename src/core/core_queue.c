/* core_queue: waiting legs, so that a call costs the same whether a hundred wait or a hundred
 * thousand.
 *
 * Legs that differ only in age stand in one queue: one per service, class, appointment head start
 * and, for legs sent to one window, that window. Inside a queue the oldest leg is also the one with
 * most points under every policy, so a pick looks at the heads of a window's queues and never along
 * them. core_tree.c keeps a queue in order and counts who was passed.
 *
 * Legs that may not be called yet (restored ones that let calls pass, appointments before their
 * time) stand in short lists per service instead; a call counts each of them down, at most as often
 * as it has to wait. */
#include "core_internal.h"

bool queue_before(const struct core *core, int32_t a, int32_t b)
{
    int64_t base_a = core->legs[a].base_ms;
    int64_t base_b = core->legs[b].base_ms;
    return base_a != base_b ? base_a < base_b : core->legs[a].visit < core->legs[b].visit;
}

#define CACHE_LINE 64

/* ---- queues ---- */

static const struct core_tree no_legs = {.first = -1, .last = -1, .root = -1};

static int32_t unbound_queue(int16_t service, int16_t cls, bool appointment)
{
    return service * CORE_QUEUE_PER_SERVICE + cls * 2 + (appointment ? 1 : 0);
}

static int32_t find_bound(const struct core *core, int16_t window, int16_t service, int16_t cls,
                          bool appointment)
{
    for (int32_t q = core->windows[window].bound_first; q >= 0; q = core->queues[q].next) {
        const struct core_queue *queue = &core->queues[q];
        if (queue->service == service && queue->cls == cls && queue->appointment == appointment) {
            return q;
        }
    }
    return -1;
}

static int32_t take_bound(struct core *core, const struct core_leg *leg, int16_t cls)
{
    int32_t q = core->queue_free;
    assert(q >= 0); /* queue_can_bind() was asked */
    struct core_queue *queue = &core->queues[q];
    core->queue_free = queue->next;
    *queue = (struct core_queue){.tree = no_legs,
                                 .next = core->windows[leg->bound].bound_first,
                                 .service = leg->service,
                                 .cls = cls,
                                 .bound = leg->bound,
                                 .appointment = leg->appointment};
    core->windows[leg->bound].bound_first = q;
    return q;
}

static void give_bound(struct core *core, int32_t q)
{
    int32_t *link = &core->windows[core->queues[q].bound].bound_first;
    while (*link != q) {
        link = &core->queues[*link].next;
    }
    *link = core->queues[q].next;
    core->queues[q].next = core->queue_free;
    core->queue_free = q;
}

static int32_t queue_of(struct core *core, int32_t l, bool make)
{
    const struct core_leg *leg = &core->legs[l];
    int16_t cls = core->visits[leg->visit].cls;
    if (leg->bound < 0) {
        return unbound_queue(leg->service, cls, leg->appointment);
    }
    int32_t q = find_bound(core, leg->bound, leg->service, cls, leg->appointment);
    return q < 0 && make ? take_bound(core, leg, cls) : q;
}

static void enter(struct core *core, int32_t l)
{
    int32_t q = queue_of(core, l, true);
    struct core_queue *queue = &core->queues[q];
    tree_insert(core, &queue->tree, l);
    if (queue->bound < 0) {
        core->services[queue->service].filled |= 1U << (q % CORE_QUEUE_PER_SERVICE);
    }
}

/* Whoever is the oldest now is looked at by every call from now on, and called soon; on a long day
 * the ticket has left the caches long ago. All its lines are asked for at once, ahead of time. */
static void fetch_first(const struct core *core, const struct core_tree *tree)
{
    if (tree->first >= 0) {
        const char *leg = (const char *)&core->legs[tree->first];
        const char *visit = (const char *)&core->visits[core->nodes[tree->first].order];
        for (size_t at = 0; at < sizeof(struct core_leg); at += CACHE_LINE) {
            __builtin_prefetch(leg + at);
        }
        for (size_t at = 0; at < sizeof(struct core_visit); at += CACHE_LINE) {
            __builtin_prefetch(visit + at);
        }
    }
}

static void leave(struct core *core, int32_t l)
{
    int32_t q = queue_of(core, l, false);
    assert(q >= 0);
    struct core_queue *queue = &core->queues[q];
    tree_remove(core, &queue->tree, l);
    fetch_first(core, &queue->tree);
    if (queue->tree.first < 0 && queue->bound < 0) {
        core->services[queue->service].filled &= ~(1U << (q % CORE_QUEUE_PER_SERVICE));
    } else if (queue->tree.first < 0) {
        give_bound(core, q);
    }
}

static int32_t *list_of(struct core *core, const struct core_leg *leg, enum core_place place)
{
    struct core_service *service = &core->services[leg->service];
    return place == CORE_PLACE_DEFERRED ? &service->deferred_first : &service->early_first;
}

static void list_add(struct core *core, int32_t l, enum core_place place)
{
    struct core_leg *leg = &core->legs[l];
    int32_t *first = list_of(core, leg, place);
    leg->list_previous = -1;
    leg->list_next = *first;
    if (*first >= 0) {
        core->legs[*first].list_previous = l;
    }
    *first = l;
}

static void list_drop(struct core *core, int32_t l, enum core_place place)
{
    struct core_leg *leg = &core->legs[l];
    if (leg->list_next >= 0) {
        core->legs[leg->list_next].list_previous = leg->list_previous;
    }
    if (leg->list_previous >= 0) {
        core->legs[leg->list_previous].list_next = leg->list_next;
    } else {
        *list_of(core, leg, place) = leg->list_next;
    }
}

static void urgent_drop(struct core *core, int32_t l)
{
    for (int32_t i = 0; i < core->urgent_count; i++) {
        if (core->urgent[i] == l) {
            core->urgent[i] = core->urgent[--core->urgent_count];
            return;
        }
    }
}

/* An armed window looks again when the first of the early ones may be called. */
static void note_early(struct core *core, const struct core_leg *leg)
{
    if (leg->not_before_ms > core->now_ms && leg->not_before_ms < core->early_ms) {
        core->early_ms = leg->not_before_ms;
    }
}

void queue_place(struct core *core, int32_t l)
{
    struct core_leg *leg = &core->legs[l];
    assert(leg->place == CORE_PLACE_NONE);
    if (leg->state != TICKET_WAITING) {
        return;
    }
    if (leg->defer > 0) {
        leg->place = CORE_PLACE_DEFERRED;
        list_add(core, l, leg->place);
        note_early(core, leg);
    } else if (leg->not_before_ms > core->now_ms) {
        leg->place = CORE_PLACE_EARLY;
        list_add(core, l, leg->place);
        note_early(core, leg);
    } else {
        leg->place = CORE_PLACE_QUEUE;
        enter(core, l);
        if (core->visits[leg->visit].urgent_ms != 0 && core->urgent_count < CORE_URGENT_MAX) {
            core->urgent[core->urgent_count++] = l;
        }
    }
}

void queue_unplace(struct core *core, int32_t l)
{
    struct core_leg *leg = &core->legs[l];
    if (leg->place == CORE_PLACE_QUEUE) {
        leave(core, l);
        urgent_drop(core, l);
    } else if (leg->place != CORE_PLACE_NONE) {
        list_drop(core, l, leg->place);
    }
    leg->place = CORE_PLACE_NONE;
}

void queue_release_early(struct core *core, int64_t at_ms)
{
    if (at_ms < core->early_ms) {
        return;
    }
    core->now_ms = at_ms;
    core->early_ms = INT64_MAX;
    for (int s = 0; s < core->hall.service_count; s++) {
        int32_t l = core->services[s].early_first;
        while (l >= 0) {
            int32_t next = core->legs[l].list_next;
            if (core->legs[l].not_before_ms <= at_ms) {
                queue_unplace(core, l);
                queue_place(core, l);
            }
            note_early(core, &core->legs[l]);
            l = next;
        }
        for (l = core->services[s].deferred_first; l >= 0; l = core->legs[l].list_next) {
            note_early(core, &core->legs[l]);
        }
    }
}

int32_t queue_pass(const struct core *core, int32_t l, enum core_pass pass)
{
    return core->legs[l].place == CORE_PLACE_QUEUE ? tree_pass(core, l, pass)
                                                   : core->nodes[l].pass[pass];
}

int32_t queue_first(const struct core *core, int32_t q)
{
    return core->queues[q].tree.first;
}

int32_t queue_first_capped(const struct core *core, int32_t q, int32_t cap)
{
    return tree_first_capped(core, &core->queues[q].tree, cap);
}

int32_t queue_count(const struct core *core, int32_t q, int64_t base_ms, int32_t than)
{
    return tree_count(core, &core->queues[q].tree, base_ms, than);
}

void queue_add_pass(struct core *core, int32_t q, int64_t base_ms, int32_t than,
                    enum core_pass pass)
{
    tree_add_pass(core, &core->queues[q].tree, base_ms, than, pass);
}

bool queue_can_bind(const struct core *core, int16_t service, int16_t window)
{
    (void)service;
    (void)window;
    return core->queue_free >= 0;
}

int64_t queue_oldest_base(const struct core *core, int16_t service)
{
    int64_t oldest = INT64_MAX;
    for (int i = 0; i < CORE_QUEUE_PER_SERVICE; i++) {
        if ((core->services[service].filled & (1U << i)) != 0) {
            int32_t leg = queue_first(core, service * CORE_QUEUE_PER_SERVICE + i);
            oldest = core->legs[leg].base_ms < oldest ? core->legs[leg].base_ms : oldest;
        }
    }
    return oldest;
}

void queue_unbind_window(struct core *core, int16_t window)
{
    while (core->windows[window].bound_first >= 0) {
        int32_t leg = core->queues[core->windows[window].bound_first].tree.first;
        queue_unplace(core, leg);
        core->legs[leg].bound = -1;
        queue_place(core, leg);
    }
    for (int s = 0; s < core->hall.service_count; s++) {
        int32_t lists[2] = {core->services[s].deferred_first, core->services[s].early_first};
        for (int i = 0; i < 2; i++) {
            for (int32_t l = lists[i]; l >= 0; l = core->legs[l].list_next) {
                core->legs[l].bound = core->legs[l].bound == window ? -1 : core->legs[l].bound;
            }
        }
    }
}

void queue_reset(struct core *core)
{
    for (int32_t q = 0; q < CORE_QUEUE_MAX; q++) {
        core->queues[q] = (struct core_queue){.tree = no_legs, .next = -1, .bound = -1};
        if (q < CORE_QUEUE_UNBOUND) {
            core->queues[q].service = (int16_t)(q / CORE_QUEUE_PER_SERVICE);
            core->queues[q].cls = (int16_t)(q % CORE_QUEUE_PER_SERVICE / 2);
            core->queues[q].appointment = q % 2 == 1;
        } else if (q + 1 < CORE_QUEUE_MAX) {
            core->queues[q].next = q + 1;
        }
    }
    core->queue_free = CORE_QUEUE_UNBOUND;
    core->early_ms = INT64_MAX;
    core->urgent_count = 0;
    for (int s = 0; s < HALL_SERVICE_MAX; s++) {
        core->services[s].filled = 0;
        core->services[s].deferred_first = -1;
        core->services[s].early_first = -1;
    }
    for (int w = 0; w < HALL_WINDOW_MAX; w++) {
        core->windows[w].bound_first = -1;
    }
}

/* The same, but touching only what is in use. */
void queue_clear(struct core *core)
{
    for (int s = 0; s < core->hall.service_count; s++) {
        struct core_service *service = &core->services[s];
        for (int i = 0; i < CORE_QUEUE_PER_SERVICE; i++) {
            if ((service->filled & (1U << i)) != 0) {
                core->queues[s * CORE_QUEUE_PER_SERVICE + i].tree = no_legs;
            }
        }
        service->filled = 0;
        service->deferred_first = -1;
        service->early_first = -1;
    }
    for (int w = 0; w < core->hall.window_count; w++) {
        while (core->windows[w].bound_first >= 0) {
            give_bound(core, core->windows[w].bound_first);
        }
    }
    core->early_ms = INT64_MAX;
    core->urgent_count = 0;
}

/* ---- what a window may call from ---- */

static void collect_one(const struct core *core, struct queue_set *set, int32_t q, int64_t base_ms,
                        int64_t pref_ms)
{
    if (set->count == QUEUE_CURSOR_MAX) {
        return;
    }
    int32_t leg = queue_first(core, q);
    if (core->legs[leg].base_ms <= base_ms) {
        set->cursors[set->count++] =
            (struct queue_cursor){.queue = q, .base_ms = base_ms, .pref_ms = pref_ms, .leg = leg};
    }
}

static void collect_service(const struct core *core, int window,
                            const struct hall_window_service *ability, int64_t base_ms,
                            struct queue_set *set)
{
    uint32_t classes = core->hall.windows[window].classes;
    uint32_t filled = core->services[ability->service].filled;
    for (int i = 0; filled != 0 && i < CORE_QUEUE_PER_SERVICE; i++) {
        if ((filled & (1U << i)) != 0 && (classes == 0 || (classes & (1U << (i / 2))) != 0)) {
            collect_one(core, set, ability->service * CORE_QUEUE_PER_SERVICE + i, base_ms,
                        ability->pref_ms);
        }
    }
    for (int32_t q = core->windows[window].bound_first; q >= 0; q = core->queues[q].next) {
        const struct core_queue *queue = &core->queues[q];
        if (queue->service == ability->service &&
            (classes == 0 || (classes & (1U << queue->cls)) != 0)) {
            collect_one(core, set, q, base_ms, ability->pref_ms);
        }
    }
}

void queue_collect(const struct core *core, int window, int64_t at_ms, uint32_t mask, bool help,
                   struct queue_set *set)
{
    const struct hall_window *place = &core->hall.windows[window];
    set->count = 0;
    for (int i = 0; i < place->service_count; i++) {
        if (mask != 0 && (mask & (1U << i)) == 0) {
            continue;
        }
        const struct hall_window_service *ability = &place->services[i];
        bool waits = ability->tier == HALL_TIER_BACKUP && ability->after_ms > 0 && !help;
        collect_service(core, window, ability, waits ? at_ms - ability->after_ms : INT64_MAX, set);
    }
}

int32_t queue_set_take(const struct core *core, struct queue_set *set)
{
    struct queue_cursor *best = NULL;
    int64_t best_ms = 0; /* kept here: a chain of loads would cost more than the comparisons */
    for (int i = 0; i < set->count; i++) {
        struct queue_cursor *cursor = &set->cursors[i];
        if (cursor->leg < 0) {
            continue;
        }
        int64_t base_ms = core->legs[cursor->leg].base_ms;
        if (best == NULL || base_ms < best_ms ||
            (base_ms == best_ms && queue_before(core, cursor->leg, best->leg))) {
            best = cursor;
            best_ms = base_ms;
        }
    }
    if (best == NULL) {
        return -1;
    }
    int32_t leg = best->leg;
    best->leg = tree_after(core, leg);
    if (best->leg >= 0 && core->legs[best->leg].base_ms > best->base_ms) {
        best->leg = -1;
    }
    return leg;
}
