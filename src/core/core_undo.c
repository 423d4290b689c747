/* core_undo: taking back a window's last command.
 *
 * While the events of a command are applied, the legs they touch and the window are copied first;
 * the first ticket event of the next command at that window starts a new record. An undo puts the
 * copies back, unless something later touched one of the legs. Overtakes that the taken-back call
 * caused stay counted: the promise to those people only gets safer. */
#include <string.h>

#include "core_internal.h"

void undo_begin(struct core *core, int window, int64_t at_ms)
{
    struct core_undo *undo = &core->undos[window];
    undo->valid = true;
    undo->at_ms = at_ms;
    undo->opened = -1;
    undo->count = 0;
    undo->window = core->windows[window];
}

void undo_save(struct core *core, int window, int32_t leg)
{
    struct core_undo *undo = &core->undos[window];
    for (int i = 0; i < undo->count; i++) {
        if (undo->legs[i] == leg) {
            return;
        }
    }
    if (!undo->valid || undo->count == CORE_UNDO_LEG_MAX) {
        undo->valid = false; /* more than any command touches: nothing to take back */
        return;
    }
    undo->legs[undo->count] = leg;
    undo->before[undo->count] = core->legs[leg];
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        undo->pass[undo->count][pass] = queue_pass(core, leg, (enum core_pass)pass);
    }
    undo->visits[undo->count] = core->visits[core->legs[leg].visit];
    undo->count += 1;
}

void undo_seal(struct core *core, int window)
{
    struct core_undo *undo = &core->undos[window];
    for (int i = 0; undo->valid && i < undo->count; i++) {
        if (core->legs[undo->legs[i]].touched == core->next_seq) {
            undo->touched[i] = core->next_seq;
        }
    }
}

bool undo_is_untouched(const struct core *core, const struct core_undo *undo)
{
    for (int i = 0; i < undo->count; i++) {
        if (core->legs[undo->legs[i]].touched != undo->touched[i]) {
            return false;
        }
    }
    if (undo->opened < 0) {
        return true;
    }
    const struct core_leg *opened = &core->legs[undo->opened];
    return opened->touched == undo->touched[0] &&
           (opened->state == TICKET_WAITING || opened->state == TICKET_SERVING);
}

static void forget_call(struct core *core, int32_t visit)
{
    for (int list = 0; list < CORE_ZONE_CALLS; list++) {
        int32_t count = core->call_counts[list];
        for (int32_t i = 0; i < count; i++) {
            if (core->call_visits[list][i] == visit) {
                size_t rest = (size_t)(count - i - 1);
                memmove(&core->calls[list][i], &core->calls[list][i + 1],
                        rest * sizeof core->calls[list][0]);
                memmove(&core->call_visits[list][i], &core->call_visits[list][i + 1],
                        rest * sizeof core->call_visits[list][0]);
                core->call_counts[list] -= 1;
                break;
            }
        }
    }
}

static void put_back(struct core *core, const struct core_undo *undo, int i)
{
    int32_t slot = undo->legs[i];
    struct core_leg *leg = &core->legs[slot];
    if (leg->state == TICKET_DONE && core->services[leg->service].finished > 0) {
        core->services[leg->service].finished -= 1;
        core->services[leg->service].finished_ms -= leg->spent_ms[TICKET_SERVING];
    }
    if (leg->state == TICKET_HELD) {
        held_remove(core, slot);
    }
    if (undo->before[i].state == TICKET_WAITING) {
        forget_call(core, leg->visit);
    }
    queue_unplace(core, slot);
    timer_set(core, slot, INT64_MAX);
    *leg = undo->before[i];
    memcpy(core->nodes[slot].pass, undo->pass[i], sizeof undo->pass[i]);
    leg->place = CORE_PLACE_NONE;
    leg->timer = -1;
    core->visits[leg->visit] = undo->visits[i];
    if (leg->state == TICKET_HELD && core->windows[leg->window].held_count < CORE_HELD_MAX) {
        core->windows[leg->window].held[core->windows[leg->window].held_count++] = slot;
    }
    queue_place(core, slot);
    leg_arm_timer(core, slot);
}

static void put_back_window(struct core *core, int w)
{
    struct core_window *window = &core->windows[w];
    const struct core_window *before = &core->undos[w].window;
    window->state = before->state;
    window->leg = before->leg;
    window->since_ms = before->since_ms;
    window->idle_ms = before->idle_ms;
    window->pause_pending = before->pause_pending;
    memcpy(window->reason, before->reason, sizeof window->reason);
    window->until_ms = before->until_ms;
    window->served = before->served;
    window->last_done = before->last_done;
}

enum err undo_apply(struct core *core, const struct event *event)
{
    int w = hall_find_window(&core->hall, event->window);
    if (w < 0) {
        return ERR_REPLAY;
    }
    struct core_undo *undo = &core->undos[w];
    if (event->part > 0) {
        return ERR_NONE; /* the first event has put everything back */
    }
    if (!undo->valid) {
        return ERR_REPLAY;
    }
    undo->valid = false;
    if (undo->opened >= 0) {
        leg_set_state(core, undo->opened, TICKET_VOID, event->at_ms);
    }
    put_back_window(core, w);
    for (int i = undo->count - 1; i >= 0; i--) {
        put_back(core, undo, i);
    }
    return ERR_NONE;
}
