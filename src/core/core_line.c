/* core_line: see line.h. Slots that were taken back are given out again first, so that a long run
 * stays in little memory. There are no timers here: the room of their heap keeps the stack of free
 * slots, and leg_count tells how many were ever given out. */
#include <string.h>

#include "core_internal.h"
#include "line.h"

void line_reset(struct core *core)
{
    core->now_ms = 0;
    core->leg_count = 0;
    core->timer_count = 0;
    queue_clear(core);
    for (int s = 0; s < core->hall.service_count; s++) {
        core->services[s].w_account = 0;
        memset(core->services[s].ratio, 0, sizeof core->services[s].ratio);
    }
}

void line_set_hall(struct core *core, const struct hall *hall)
{
    core->hall = *hall;
    queue_reset(core);
    line_reset(core);
}

static void put_leg(struct core *core, int32_t slot, const struct line_leg *from)
{
    struct core_leg *leg = &core->legs[slot];
    core->visits[slot].cls = from->cls;
    core->visits[slot].urgent_ms = from->urgent_ms;
    leg->visit = slot;
    leg->service = from->service;
    leg->bound = from->bound;
    leg->appointment = from->appointment;
    leg->defer = from->defer;
    leg->state = TICKET_WAITING;
    leg->place = CORE_PLACE_NONE;
    leg->base_ms = from->base_ms;
    leg->entered_ms = from->entered_ms;
    leg->not_before_ms = from->not_before_ms;
    memcpy(core->nodes[slot].pass, from->passed, sizeof core->nodes[slot].pass);
    queue_place(core, slot);
}

int32_t line_arrive(struct core *core, int16_t service, int16_t cls, int64_t at_ms)
{
    if (core->timer_count == 0 && core->leg_count == core->limits.visit_max) {
        return -1;
    }
    int32_t slot = core->timer_count > 0 ? core->timers[--core->timer_count] : core->leg_count++;
    const struct line_leg newcomer = {
        .service = service, .cls = cls, .bound = -1, .base_ms = at_ms, .entered_ms = at_ms};
    put_leg(core, slot, &newcomer);
    return slot;
}

static void take_out(struct core *core, int32_t leg)
{
    queue_unplace(core, leg);
    core->legs[leg].state = TICKET_CALLED;
}

int32_t line_choose(struct core *core, int window, int64_t at_ms)
{
    pick_choose(core, window, at_ms, 0, &core->picked);
    return core->picked.leg;
}

void line_claim(struct core *core, int window, int64_t at_ms)
{
    pick_commit(core, window, at_ms, 0, &core->picked);
    take_out(core, core->picked.leg);
}

void line_leave(struct core *core, int32_t leg)
{
    take_out(core, leg);
}

void line_release(struct core *core, int32_t leg)
{
    assert(core->legs[leg].place == CORE_PLACE_NONE && core->legs[leg].state != TICKET_VOID);
    core->legs[leg].state = TICKET_VOID;
    core->timers[core->timer_count++] = leg;
}

int64_t line_arrived_ms(const struct core *core, int32_t leg)
{
    return core->legs[leg].base_ms;
}

int16_t line_service(const struct core *core, int32_t leg)
{
    return core->legs[leg].service;
}

int16_t line_class(const struct core *core, int32_t leg)
{
    return core->visits[leg].cls;
}

int32_t line_overtakes(const struct core *core, int32_t leg)
{
    return queue_pass(core, leg, CORE_PASS_POLICY);
}

bool line_is_waiting(const struct core *core, int32_t leg)
{
    return core->legs[leg].state == TICKET_WAITING;
}

int64_t line_wake_ms(const struct core *core, int64_t at_ms)
{
    return core->early_ms > at_ms ? core->early_ms : INT64_MAX;
}

int64_t line_next_help_ms(const struct core *core, int window, int64_t at_ms)
{
    const struct hall_window *place = &core->hall.windows[window];
    int64_t next = INT64_MAX;
    for (int i = 0; i < place->service_count; i++) {
        const struct hall_window_service *ability = &place->services[i];
        int64_t oldest = queue_oldest_base(core, ability->service);
        if (ability->tier == HALL_TIER_BACKUP && oldest != INT64_MAX &&
            oldest + ability->after_ms > at_ms && oldest + ability->after_ms < next) {
            next = oldest + ability->after_ms;
        }
    }
    return next;
}

/* ---- the line of a hall as it stands ---- */

static bool read_leg(const struct core *core, int32_t l, struct line_state *state)
{
    const struct core_leg *leg = &core->legs[l];
    const struct core_visit *visit = &core->visits[leg->visit];
    if (state->leg_count == LINE_LEG_MAX) {
        return false;
    }
    struct line_leg *to = &state->legs[state->leg_count++];
    *to = (struct line_leg){.visit = leg->visit,
                            .service = leg->service,
                            .cls = visit->cls,
                            .bound = leg->bound,
                            .appointment = leg->appointment,
                            .defer = leg->defer,
                            .base_ms = leg->base_ms,
                            .entered_ms = leg->entered_ms,
                            .not_before_ms = leg->not_before_ms,
                            .urgent_ms = visit->urgent_ms};
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        to->passed[pass] = queue_pass(core, l, (enum core_pass)pass);
    }
    return true;
}

static bool read_queue(const struct core *core, int32_t q, struct line_state *state)
{
    for (int32_t l = queue_first(core, q); l >= 0; l = tree_after(core, l)) {
        if (!read_leg(core, l, state)) {
            return false;
        }
    }
    return true;
}

static bool read_list(const struct core *core, int32_t first, struct line_state *state)
{
    for (int32_t l = first; l >= 0; l = core->legs[l].list_next) {
        if (!read_leg(core, l, state)) {
            return false;
        }
    }
    return true;
}

static bool read_service(const struct core *core, int s, struct line_state *state)
{
    const struct core_service *service = &core->services[s];
    state->w_account[s] = service->w_account;
    memcpy(state->ratio[s], service->ratio, sizeof state->ratio[s]);
    for (int i = 0; i < CORE_QUEUE_PER_SERVICE; i++) {
        if ((service->filled & (1U << i)) != 0 &&
            !read_queue(core, s * CORE_QUEUE_PER_SERVICE + i, state)) {
            return false;
        }
    }
    return read_list(core, service->deferred_first, state) &&
           read_list(core, service->early_first, state);
}

static void read_window(const struct core *core, int w, struct line_window *to)
{
    const struct core_window *window = &core->windows[w];
    *to = (struct line_window){.state = window->state,
                               .service = -1,
                               .pauses = window->pause_pending,
                               .since_ms = window->since_ms,
                               .idle_ms = window->idle_ms,
                               .until_ms = window->until_ms};
    if (window->leg >= 0) {
        const struct core_leg *leg = &core->legs[window->leg];
        to->service = leg->service;
        to->since_ms = leg->last_called_ms;
    }
}

bool line_read(const struct core *core, int64_t at_ms, struct line_state *ret_state)
{
    ret_state->now_ms = at_ms;
    ret_state->leg_count = 0;
    for (int s = 0; s < core->hall.service_count; s++) {
        if (!read_service(core, s, ret_state)) {
            return false;
        }
    }
    for (int w = 0; w < core->hall.window_count; w++) {
        read_window(core, w, &ret_state->windows[w]);
        for (int32_t q = core->windows[w].bound_first; q >= 0; q = core->queues[q].next) {
            if (!read_queue(core, q, ret_state)) {
                return false;
            }
        }
    }
    return true;
}

void line_restore(struct core *core, const struct line_state *state)
{
    assert(state->leg_count <= core->limits.visit_max);
    line_reset(core);
    core->now_ms = state->now_ms;
    for (int s = 0; s < core->hall.service_count; s++) {
        core->services[s].w_account = state->w_account[s];
        memcpy(core->services[s].ratio, state->ratio[s], sizeof core->services[s].ratio);
    }
    core->leg_count = state->leg_count;
    for (int32_t slot = 0; slot < state->leg_count; slot++) {
        put_leg(core, slot, &state->legs[slot]);
    }
}
