/* core_call: commands that bring a ticket to a window: next, a chosen one, out of hold; and armed
 * windows. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

/* Somebody who is a clerk and nothing more. */
bool clerk_only(const struct cmd *cmd)
{
    return (cmd->by & (CMD_BY_MANAGER | CMD_BY_SUPERVISOR | CMD_BY_ADMIN | CMD_BY_SYSTEM)) == 0 &&
           (cmd->by & CMD_BY_CLERK) != 0;
}

/* The window of the issuer: the one the token is bound to, else the one where this clerk is on
 * duty. */
int clerk_window(const struct core *core, const struct cmd *cmd)
{
    if (cmd->by_window != 0) {
        return hall_find_window(&core->hall, cmd->by_window);
    }
    for (int w = 0; w < core->hall.window_count; w++) {
        const struct core_window *window = &core->windows[w];
        if (window->state != CORE_WINDOW_CLOSED && window->clerk >= 0 &&
            strcmp(core->clerks[window->clerk], cmd->actor_id) == 0) {
            return w;
        }
    }
    return -1;
}

/* The window the command names, if this issuer may act there and its version is the one seen. */
enum err window_own(struct core_step *step, int *ret_window)
{
    const struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    int w = hall_find_window(&core->hall, cmd->window);
    if (w < 0) {
        return ERR_NOT_FOUND;
    }
    step->result->window = cmd->window;
    /* A clerk bound to no window may open one or take one over; whether it is free is asked there.
     */
    bool may_come =
        cmd->by_window == 0 && (cmd->kind == CMD_WINDOW_OPEN || cmd->kind == CMD_WINDOW_TAKE_OVER);
    if (clerk_only(cmd) && !may_come && clerk_window(core, cmd) != w) {
        return core->windows[w].state == CORE_WINDOW_CLOSED ? ERR_WINDOW_NOT_OPEN
                                                            : ERR_NOT_YOUR_WINDOW;
    }
    if (cmd->if_version >= 0 && cmd->if_version != core->windows[w].version) {
        return ERR_STALE_VERSION;
    }
    *ret_window = w;
    return ERR_NONE;
}

enum err window_for_call(struct core_step *step, int *ret_window)
{
    int w;
    enum err err = window_own(step, &w);
    if (err) {
        return err;
    }
    enum core_window_state state = step->core->windows[w].state;
    if (state == CORE_WINDOW_CLOSED || state == CORE_WINDOW_PAUSED) {
        return ERR_WINDOW_NOT_OPEN;
    }
    *ret_window = w;
    return ERR_NONE;
}

/* May the window take another ticket, and what becomes of the one it has? Only looks. */
static enum err check_current(struct core_step *step, int window)
{
    const struct core *core = step->core;
    bool calling = core->windows[window].state == CORE_WINDOW_CALLING;
    if (calling && core->hall.next_on_called == HALL_ON_CALLED_ASK) {
        step->result->visit = core->legs[core->windows[window].leg].visit;
        step->result->state = TICKET_CALLED;
        step->result->allowed = ticket_allowed(TICKET_CALLED);
        return ERR_CURRENT_NOT_STARTED;
    }
    if (core->windows[window].leg >= 0 &&
        !(calling && core->hall.next_on_called == HALL_ON_CALLED_NO_SHOW)) {
        return check_slip(step, core->windows[window].leg);
    }
    return ERR_NONE;
}

/* Ends the ticket at the window by the hall's rule; a pause asked for comes into force. */
enum err window_free_for_call(struct core_step *step, int window, bool *ret_paused)
{
    struct core *core = step->core;
    *ret_paused = false;
    enum err err = check_current(step, window);
    if (err) {
        return err;
    }
    int32_t leg = core->windows[window].leg;
    if (leg < 0) {
        return ERR_NONE;
    }
    if (core->legs[leg].state == TICKET_CALLED &&
        core->hall.next_on_called == HALL_ON_CALLED_NO_SHOW) {
        no_show_leg(step, leg);
    } else {
        finish_leg(step, leg, "", true);
        step->result->finished = core->legs[leg].visit;
    }
    window_after_leg(step, window);
    *ret_paused = core->windows[window].state == CORE_WINDOW_PAUSED;
    return ERR_NONE;
}

void call_leg(struct core_step *step, int window, const struct core_pick *pick, uint32_t mask)
{
    struct core *core = step->core;
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_CALLED, pick->leg);
    event.window = core->hall.windows[window].no;
    event.state = TICKET_CALLED;
    event.calls = 1;
    event.count = (int64_t)mask;
    if (core->windows[window].clerk >= 0) {
        text_copy_cut(event.clerk, sizeof event.clerk, core->clerks[core->windows[window].clerk]);
    }
    int64_t at_ms = step->now->ms > core->now_ms ? step->now->ms : core->now_ms;
    pick_explain(core, window, at_ms, mask, pick, &event.why);
    core->picked = *pick;
    core->picked_window = (int16_t)window;
    core->picked_seq = core->next_seq;
    emit(step, &event);
    step->result->visit = event.visit;
    step->result->window = event.window;
    step->result->why = event.why;
}

/* Positions in the window's service list that the command is limited to; 0 all. */
static enum err service_mask(struct core_step *step, int window, uint32_t *ret_mask)
{
    const struct hall_window *place = &step->core->hall.windows[window];
    *ret_mask = 0;
    for (int i = 0; i < step->cmd->service_count; i++) {
        int service = hall_find_service(&step->core->hall, step->cmd->services[i]);
        uint32_t bit = 0;
        for (int p = 0; service >= 0 && p < place->service_count; p++) {
            bit |= place->services[p].service == service ? 1U << p : 0;
        }
        if (bit == 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/services", "not a service of this window");
        }
        *ret_mask |= bit;
    }
    return ERR_NONE;
}

enum err do_next(struct core_step *step)
{
    struct core *core = step->core;
    int window;
    uint32_t mask;
    enum err err = window_for_call(step, &window);
    if (err) {
        return err;
    }
    err = service_mask(step, window, &mask);
    if (err) {
        return err;
    }
    bool paused;
    err = window_free_for_call(step, window, &paused);
    if (err || paused) {
        return err;
    }
    struct core_pick pick;
    int64_t at_ms = step->now->ms > core->now_ms ? step->now->ms : core->now_ms;
    pick_choose(core, window, at_ms, mask, &pick);
    if (pick.leg >= 0) {
        call_leg(step, window, &pick, mask);
    }
    return ERR_NONE;
}

static enum err check_chosen(struct core_step *step, int window, int32_t leg)
{
    const struct core *core = step->core;
    const struct core_leg *l = &core->legs[leg];
    step->result->state = l->state;
    if (l->state == TICKET_CALLED || l->state == TICKET_SERVING) {
        return ERR_LOST_RACE;
    }
    if (l->state != TICKET_WAITING && l->state != TICKET_HELD && l->state != TICKET_NO_SHOW) {
        step->result->allowed = ticket_allowed(l->state);
        return ERR_WRONG_STATE;
    }
    if (clerk_only(step->cmd) && l->state == TICKET_HELD && l->window != window) {
        return ERR_NOT_YOUR_TICKET;
    }
    return ERR_NONE;
}

/* Out of order, with a reason: counted per clerk, and on those passed. */
enum err do_call(struct core_step *step)
{
    struct core *core = step->core;
    int window;
    enum err err = window_for_call(step, &window);
    if (err) {
        return err;
    }
    if (step->cmd->reason[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/reason", "a reason is required");
    }
    int32_t visit;
    err = ticket_find(step, &visit);
    if (err) {
        return err;
    }
    int32_t leg = core->visits[visit].last_leg;
    err = check_chosen(step, window, leg);
    if (err) {
        return err;
    }
    bool paused;
    err = window_free_for_call(step, window, &paused);
    if (err || paused) {
        step->result->visit = err ? step->result->visit : -1;
        return err;
    }
    struct core_pick pick = {
        .leg = leg, .rule = EVENT_RULE_CHOSEN, .guard = -1, .account = -1, .ratio_service = -1};
    call_leg(step, window, &pick, 0);
    return ERR_NONE;
}

enum err do_resume(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    int window = core->legs[leg].window;
    if (step->cmd->target_window != 0) {
        window = hall_find_window(&core->hall, step->cmd->target_window);
        if (window < 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/window", "there is no such window");
        }
        if (clerk_only(step->cmd) && window != core->legs[leg].window) {
            return ERR_FORBIDDEN;
        }
    }
    enum core_window_state state = core->windows[window].state;
    if (state != CORE_WINDOW_OPEN) {
        return state == CORE_WINDOW_CLOSED || state == CORE_WINDOW_PAUSED ? ERR_WINDOW_NOT_OPEN
                                                                          : ERR_WINDOW_BUSY;
    }
    struct core_pick pick = {
        .leg = leg, .rule = EVENT_RULE_RESUMED, .guard = -1, .account = -1, .ratio_service = -1};
    call_leg(step, window, &pick, 0);
    return ERR_NONE;
}

/* ---- armed windows ---- */

static int primary_count(const struct hall_window *place)
{
    int count = 0;
    for (int i = 0; i < place->service_count; i++) {
        count += place->services[i].tier == HALL_TIER_PRIMARY ? 1 : 0;
    }
    return count;
}

static bool dispatch_before(const struct core *core, int a, int b)
{
    int primaries_a = primary_count(&core->hall.windows[a]);
    int primaries_b = primary_count(&core->hall.windows[b]);
    if (!core->hall.policy.longest_idle && primaries_a != primaries_b) {
        return primaries_a < primaries_b;
    }
    if (core->windows[a].idle_ms != core->windows[b].idle_ms) {
        return core->windows[a].idle_ms < core->windows[b].idle_ms;
    }
    return core->hall.windows[a].no < core->hall.windows[b].no;
}

static int armed_windows(const struct core *core, int16_t order[HALL_WINDOW_MAX])
{
    int count = 0;
    for (int w = 0; w < core->hall.window_count; w++) {
        if (!core->windows[w].auto_next || core->windows[w].state != CORE_WINDOW_OPEN) {
            continue;
        }
        int at = count++;
        for (; at > 0 && dispatch_before(core, w, order[at - 1]); at--) {
            order[at] = order[at - 1];
        }
        order[at] = (int16_t)w;
    }
    return count;
}

/* Idle armed windows pick one each, specialists first, until a round calls nobody. */
void do_dispatch(struct core_step *step)
{
    struct core *core = step->core;
    struct core_result kept = *step->result;
    bool called = true;
    while (called) {
        int16_t order[HALL_WINDOW_MAX];
        int count = armed_windows(core, order);
        called = false;
        for (int i = 0; i < count; i++) {
            struct core_pick pick;
            pick_choose(core, order[i], core->now_ms > step->now->ms ? core->now_ms : step->now->ms,
                        0, &pick);
            if (pick.leg >= 0) {
                step->system = true;
                step->part = 0;
                call_leg(step, order[i], &pick, 0);
                called = true;
            }
        }
    }
    kept.changed = step->result->changed;
    *step->result = kept;
}
