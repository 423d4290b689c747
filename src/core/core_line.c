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
    memset(core->services, 0, sizeof core->services);
    memset(core->windows, 0, sizeof core->windows);
    queue_reset(core);
}

int32_t line_arrive(struct core *core, int16_t service, int16_t cls, int64_t at_ms)
{
    if (core->timer_count == 0 && core->leg_count == core->limits.visit_max) {
        return -1;
    }
    int32_t slot = core->timer_count > 0 ? core->timers[--core->timer_count] : core->leg_count++;
    struct core_leg *leg = &core->legs[slot];
    core->visits[slot].cls = cls;
    leg->visit = slot;
    leg->service = service;
    leg->bound = -1;
    leg->state = TICKET_WAITING;
    leg->place = CORE_PLACE_NONE;
    leg->base_ms = at_ms;
    memset(core->nodes[slot].pass, 0, sizeof core->nodes[slot].pass);
    queue_place(core, slot);
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
