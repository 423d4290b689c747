/* core_change: commands that move or alter a leg in other ways: transfer, another matter, amend,
 * undo. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

bool window_serves(const struct core *core, int window, int service)
{
    const struct hall_window *place = &core->hall.windows[window];
    for (int i = 0; i < place->service_count; i++) {
        if (place->services[i].service == service) {
            return true;
        }
    }
    return false;
}

void window_unbind_strangers(struct core *core, int window)
{
    for (int32_t q = core->windows[window].bound_first; q >= 0; q = core->queues[q].next) {
        if (!window_serves(core, window, core->queues[q].service)) {
            queue_unbind_window(core, (int16_t)window); /* whoever was sent there is re-offered */
            return;
        }
    }
}

static int window_of_clerk(const struct core *core, const char *clerk)
{
    for (int w = 0; w < core->hall.window_count; w++) {
        if (core->windows[w].clerk >= 0 &&
            strcmp(core->clerks[core->windows[w].clerk], clerk) == 0) {
            return w;
        }
    }
    return -1;
}

/* Where to: a service, a window, or the window where that clerk is on duty. */
static enum err transfer_target(struct core_step *step, int32_t leg, int *ret_service,
                                int *ret_window)
{
    const struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    int service = cmd->service[0] != '\0' ? hall_find_service(&core->hall, cmd->service)
                                          : core->legs[leg].service;
    int window = -1;
    if (service < 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/service", "there is no such service");
    }
    if (cmd->target_window != 0) {
        window = hall_find_window(&core->hall, cmd->target_window);
        if (window < 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/window", "there is no such window");
        }
    } else if (cmd->clerk[0] != '\0') {
        window = window_of_clerk(core, cmd->clerk);
        if (window < 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/clerk", "this clerk is not on duty");
        }
    } else if (cmd->service[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/service",
                           "a service, window or clerk is required");
    }
    if (window >= 0 && !window_serves(core, window, service)) {
        if (cmd->service[0] != '\0' || core->hall.windows[window].service_count == 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/service", "this window does not serve it");
        }
        service = core->hall.windows[window].services[0].service;
    }
    *ret_service = service;
    *ret_window = window;
    return ERR_NONE;
}

enum err do_transfer(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    const struct core_leg *l = &core->legs[leg];
    int window = l->state == TICKET_HELD ? -1 : l->window;
    int service = -1;
    int target = -1;
    enum err err = transfer_target(step, leg, &service, &target);
    if (err) {
        return err;
    }
    if (cmd->position == EVENT_POSITION_FRONT && clerk_only(cmd)) {
        return ERR_FORBIDDEN;
    }
    if (core->visits[l->visit].leg_count == TICKET_LEG_MAX || core->leg_count == core->leg_max) {
        return ERR_HALL_FULL;
    }
    if (target >= 0 && !queue_can_bind(core, (int16_t)service, (int16_t)target)) {
        return ERR_HALL_FULL;
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_TRANSFERRED, leg);
    event.state = TICKET_WAITING;
    event.calls = 0;
    event.new_leg = core->leg_count;
    event.target_window = target >= 0 ? core->hall.windows[target].no : 0;
    event.position = cmd->position;
    text_copy_cut(event.service, sizeof event.service, core->hall.services[service].code);
    text_copy_cut(event.note, sizeof event.note, cmd->note);
    text_copy_cut(event.clerk, sizeof event.clerk, cmd->clerk);
    event.base_ms = l->base_ms;
    if (cmd->position == EVENT_POSITION_BACK) {
        event.base_ms = step->now->ms;
    } else if (cmd->position == EVENT_POSITION_FRONT) {
        int64_t oldest = queue_oldest_base(core, (int16_t)service);
        event.base_ms = oldest == INT64_MAX ? step->now->ms : oldest - 1;
    }
    emit(step, &event);
    if (window >= 0) {
        window_after_leg(step, window);
    }
    return ERR_NONE;
}

/* Matters that this visit was given at the window without queuing again. */
static int32_t continued_count(const struct core *core, int32_t visit)
{
    int32_t count = 0;
    for (int32_t leg = core->visits[visit].first_leg; leg >= 0; leg = core->legs[leg].next) {
        count += core->legs[leg].continued ? 1 : 0;
        if (leg == core->visits[visit].last_leg) {
            break;
        }
    }
    return count;
}

/* "Anything else?": the matter at hand is done and the next one begins, for the same person at the
 * same window, whom nobody behind waits for a second time. A pause asked for comes after that. */
enum err do_another(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    const struct core_leg *l = &core->legs[leg];
    int service = hall_find_service(&core->hall, cmd->service);
    if (service < 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/service", "there is no such service");
    }
    if (!window_serves(core, l->window, service)) {
        return step_refuse(step, ERR_INVALID_BODY, "/service", "this window does not serve it");
    }
    if (core->services[service].suspended) {
        return step_refuse(step, ERR_SERVICE_CLOSED, NULL, "the service is suspended");
    }
    if (continued_count(core, l->visit) >= core->hall.another_max) {
        return ERR_TOO_LATE;
    }
    if (core->visits[l->visit].leg_count == TICKET_LEG_MAX || core->leg_count == core->leg_max) {
        return ERR_HALL_FULL;
    }
    enum err err = check_slip(step, leg);
    if (err) {
        return err;
    }
    finish_leg(step, leg, cmd->outcome, false);
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_CONTINUED, leg);
    event.state = TICKET_SERVING;
    event.calls = 0;
    event.new_leg = core->leg_count;
    text_copy_cut(event.service, sizeof event.service, core->hall.services[service].code);
    text_copy_cut(event.note, sizeof event.note, cmd->note);
    emit(step, &event);
    return ERR_NONE;
}

static enum err check_urgent(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    const struct core_leg *l = &core->legs[leg];
    if (step->cmd->approver[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/urgent/approver", "an approver is required");
    }
    if (core->hall.policy.urgent_other && strcmp(step->cmd->approver, step->cmd->actor_id) == 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/urgent/approver",
                           "must be another person than who asks");
    }
    if (l->place != CORE_PLACE_QUEUE || core->visits[l->visit].urgent_ms != 0) {
        return ERR_WRONG_STATE;
    }
    int64_t retry_ms = pick_urgent_retry(core, step->now->ms);
    if (retry_ms != 0) {
        step->result->retry_ms = retry_ms == INT64_MAX ? 0 : retry_ms;
        return ERR_NO_URGENT_LEFT;
    }
    return ERR_NONE;
}

/* Service, class, window and urgency need a right and a reason, and a ticket that waits. */
static enum err check_amend(struct core_step *step, int32_t leg)
{
    const struct cmd *cmd = step->cmd;
    int32_t weighty =
        EVENT_CHANGED_CLASS | EVENT_CHANGED_SERVICE | EVENT_CHANGED_URGENT | EVENT_CHANGED_WINDOW;
    if (cmd->changed == 0) {
        return step_refuse(step, ERR_INVALID_BODY, "", "nothing to change");
    }
    if ((cmd->changed & weighty) == 0) {
        return ERR_NONE;
    }
    if (clerk_only(cmd)) {
        return ERR_FORBIDDEN;
    }
    if (cmd->reason[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/reason", "a reason is required");
    }
    if (step->core->legs[leg].state != TICKET_WAITING) {
        step->result->allowed = ticket_allowed(step->core->legs[leg].state);
        return ERR_WRONG_STATE;
    }
    return (cmd->changed & EVENT_CHANGED_URGENT) != 0 ? check_urgent(step, leg) : ERR_NONE;
}

/* Who waits can be sent to one window that is at work and serves what they came for. */
static enum err amend_window(struct core_step *step, int32_t leg, struct event *event)
{
    const struct core *core = step->core;
    int service = hall_find_service(&core->hall, event->service);
    if (step->cmd->target_window == 0) {
        return ERR_NONE;
    }
    int window = hall_find_window(&core->hall, step->cmd->target_window);
    if (window < 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/window", "there is no such window");
    }
    if (!window_serves(core, window, service)) {
        return step_refuse(step, ERR_INVALID_BODY, "/window", "this window does not serve it");
    }
    if (core->windows[window].state == CORE_WINDOW_CLOSED ||
        core->windows[window].state == CORE_WINDOW_PAUSED) {
        return step_refuse(step, ERR_INVALID_BODY, "/window", "this window is not at work");
    }
    if (core->legs[leg].bound != window &&
        !queue_can_bind(core, (int16_t)service, (int16_t)window)) {
        return ERR_HALL_FULL;
    }
    event->target_window = step->cmd->target_window;
    return ERR_NONE;
}

enum err do_amend(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    enum err err = check_amend(step, leg);
    if (err) {
        return err;
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_AMENDED, leg);
    event.changed = cmd->changed;
    if ((cmd->changed & EVENT_CHANGED_SERVICE) != 0) {
        if (hall_find_service(&core->hall, cmd->service) < 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/service", "there is no such service");
        }
        text_copy_cut(event.service, sizeof event.service, cmd->service);
    }
    if ((cmd->changed & EVENT_CHANGED_CLASS) != 0) {
        if (hall_find_class(&core->hall, cmd->cls) < 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/class", "there is no such class");
        }
        text_copy_cut(event.cls, sizeof event.cls, cmd->cls);
    }
    if ((cmd->changed & EVENT_CHANGED_WINDOW) != 0) {
        err = amend_window(step, leg, &event);
        if (err) {
            return err;
        }
    }
    text_copy_cut(event.approver, sizeof event.approver, cmd->approver);
    text_copy_cut(event.note, sizeof event.note, cmd->note);
    text_copy_cut(event.lang, sizeof event.lang, cmd->lang);
    text_copy_cut(event.external_ref, sizeof event.external_ref, cmd->external_ref);
    event.on = cmd->on;
    emit(step, &event);
    return ERR_NONE;
}

/* The record in which this visit took part and that can still be taken back; -1 none. */
static int undo_window(const struct core_step *step, int32_t visit)
{
    const struct core *core = step->core;
    int own = clerk_only(step->cmd) ? clerk_window(core, step->cmd) : -1;
    for (int w = 0; w < core->hall.window_count; w++) {
        const struct core_undo *undo = &core->undos[w];
        if (!undo->valid || (clerk_only(step->cmd) && w != own)) {
            continue;
        }
        for (int i = 0; i < undo->count; i++) {
            if (core->legs[undo->legs[i]].visit == visit) {
                return w;
            }
        }
    }
    return -1;
}

enum err do_undo(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    int w = undo_window(step, core->legs[leg].visit);
    if (w < 0) {
        return clerk_only(step->cmd) && core->legs[leg].window != clerk_window(core, step->cmd)
                   ? ERR_NOT_YOUR_TICKET
                   : ERR_TOO_LATE;
    }
    const struct core_undo *undo = &core->undos[w];
    if (step->now->ms - undo->at_ms > core->hall.undo_ms || !undo_is_untouched(core, undo)) {
        return ERR_TOO_LATE;
    }
    int32_t opened = undo->opened;
    int count = undo->count;
    for (int i = 0; i < count; i++) {
        struct event event;
        emit_init_leg(step, &event, EVENT_TICKET_UNDONE, undo->legs[i]);
        event.state = undo->before[i].state;
        event.calls = undo->before[i].calls;
        event.window = core->hall.windows[w].no;
        event.new_leg = i == 0 ? opened : -1;
        emit(step, &event);
    }
    step->result->window = core->hall.windows[w].no;
    return ERR_NONE;
}
