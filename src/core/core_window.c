/* core_window: commands on windows and services. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

/* Who may do what to a window. */
static uint32_t window_rights(enum cmd_kind kind)
{
    switch ((int)kind) {
    case CMD_WINDOW_OPEN:
        return CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_SUPERVISOR;
    case CMD_WINDOW_CLOSE:
    case CMD_WINDOW_PAUSE:
    case CMD_WINDOW_RESUME:
    case CMD_CALL:
    case CMD_ASSIST:
        return CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_SUPERVISOR;
    case CMD_WINDOW_TAKE_OVER:
        return CMD_BY_CLERK | CMD_BY_SUPERVISOR;
    default: /* next, auto-next, walk-in: the clerk's own work */
        return CMD_BY_CLERK;
    }
}

static void emit_window(struct core_step *step, int w, struct event *event)
{
    event->window = step->core->hall.windows[w].no;
    emit(step, event);
}

/* Is this clerk on duty at another window? */
static bool on_duty_elsewhere(const struct core *core, const char *clerk, int w)
{
    for (int i = 0; i < core->hall.window_count; i++) {
        const struct core_window *window = &core->windows[i];
        if (i != w && window->state != CORE_WINDOW_CLOSED && window->clerk >= 0 &&
            strcmp(core->clerks[window->clerk], clerk) == 0) {
            return true;
        }
    }
    return false;
}

/* The clerk who shall be on duty: the one named, else the issuer. */
static enum err duty_clerk(struct core_step *step, int w, const char **ret_clerk)
{
    const struct cmd *cmd = step->cmd;
    const char *clerk = cmd->clerk[0] != '\0' ? cmd->clerk : cmd->actor_id;
    if (clerk[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/clerk", "a clerk is required");
    }
    if (clerk_only(cmd) && cmd->actor == EVENT_ACTOR_USER && strcmp(clerk, cmd->actor_id) != 0) {
        return ERR_FORBIDDEN; /* nobody signs on as somebody else */
    }
    if (on_duty_elsewhere(step->core, clerk, w)) {
        return ERR_WINDOW_OCCUPIED;
    }
    if (step->core->clerk_count == CORE_CLERK_MAX) {
        return ERR_HALL_FULL;
    }
    *ret_clerk = clerk;
    return ERR_NONE;
}

static enum err do_open(struct core_step *step, int w)
{
    const struct core *core = step->core;
    const struct core_window *window = &core->windows[w];
    const char *clerk = NULL;
    bool asked = repurpose_is_asked(step->cmd);
    enum err err = repurpose_check(step);
    if (err) {
        return err;
    }
    if (asked && window->state != CORE_WINDOW_CLOSED && !clerk_only(step->cmd)) {
        repurpose(step, w); /* whoever sits there stays */
        return ERR_NONE;
    }
    err = duty_clerk(step, w, &clerk);
    if (err) {
        return err;
    }
    if (window->state != CORE_WINDOW_CLOSED) {
        bool same = window->clerk >= 0 && strcmp(core->clerks[window->clerk], clerk) == 0;
        if (same && asked) {
            repurpose(step, w);
        }
        return same ? ERR_NONE : ERR_WINDOW_OCCUPIED; /* opening twice changes nothing */
    }
    if (asked) {
        repurpose(step, w);
    }
    struct event event;
    emit_init(step, &event, EVENT_WINDOW_OPENED);
    text_copy_cut(event.clerk, sizeof event.clerk, clerk);
    emit_window(step, w, &event);
    return ERR_NONE;
}

static enum err close_current(struct core_step *step, int w)
{
    struct core *core = step->core;
    int32_t leg = core->windows[w].leg;
    if (leg < 0) {
        return ERR_NONE;
    }
    step->result->visit = core->legs[leg].visit;
    step->result->state = core->legs[leg].state;
    if (step->cmd->current == CMD_CURRENT_FINISH) {
        enum err err = check_slip(step, leg);
        if (err) {
            return err;
        }
        finish_leg(step, leg, "", true);
        step->result->finished = step->result->visit;
        return ERR_NONE;
    }
    if (step->cmd->current == CMD_CURRENT_RETURN && core->legs[leg].state == TICKET_CALLED) {
        struct event event;
        emit_init_leg(step, &event, EVENT_TICKET_RETURNED, leg);
        event.state = TICKET_WAITING;
        event.calls = 0;
        emit(step, &event);
        return ERR_NONE;
    }
    step->result->allowed = ticket_allowed(core->legs[leg].state);
    return ERR_WRONG_STATE;
}

static enum err do_close(struct core_step *step, int w)
{
    const struct core_window *window = &step->core->windows[w];
    if (window->state == CORE_WINDOW_CLOSED) {
        return ERR_NONE; /* closed is what was asked for */
    }
    if (window->held_count > 0) {
        step->result->visit = step->core->legs[window->held[0]].visit;
        step->result->state = TICKET_HELD;
        step->result->allowed = ticket_allowed(TICKET_HELD);
        return ERR_WRONG_STATE;
    }
    enum err err = close_current(step, w);
    if (err) {
        return err;
    }
    struct event event;
    emit_init(step, &event, EVENT_WINDOW_CLOSED);
    emit_window(step, w, &event);
    return ERR_NONE;
}

static enum err do_pause(struct core_step *step, int w)
{
    const struct core_window *window = &step->core->windows[w];
    if (window->state == CORE_WINDOW_CLOSED) {
        return ERR_WINDOW_NOT_OPEN;
    }
    if (step->cmd->reason[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/reason", "a reason is required");
    }
    struct event event;
    emit_init(step, &event, EVENT_WINDOW_PAUSED);
    event.until_ms = step->cmd->until_ms;
    event.on = window->leg >= 0; /* after this one, so that nobody is left behind */
    emit_window(step, w, &event);
    return ERR_NONE;
}

static enum err do_unpause(struct core_step *step, int w)
{
    const struct core_window *window = &step->core->windows[w];
    if (window->state == CORE_WINDOW_CLOSED) {
        return ERR_WINDOW_NOT_OPEN;
    }
    if (window->state == CORE_WINDOW_PAUSED || window->pause_pending) {
        struct event event;
        emit_init(step, &event, EVENT_WINDOW_RESUMED);
        emit_window(step, w, &event);
    }
    return ERR_NONE;
}

static enum err do_take_over(struct core_step *step, int w)
{
    const char *clerk = NULL;
    if (step->core->windows[w].state == CORE_WINDOW_CLOSED) {
        return ERR_WINDOW_NOT_OPEN;
    }
    enum err err = duty_clerk(step, w, &clerk);
    if (err) {
        return err;
    }
    struct event event;
    emit_init(step, &event, EVENT_WINDOW_UPDATED);
    text_copy_cut(event.subject, sizeof event.subject, "clerk");
    text_copy_cut(event.clerk, sizeof event.clerk, clerk);
    emit_window(step, w, &event);
    return ERR_NONE;
}

static enum err do_flag(struct core_step *step, int w, const char *flag, bool before)
{
    if (step->core->windows[w].state == CORE_WINDOW_CLOSED && step->cmd->on) {
        return ERR_WINDOW_NOT_OPEN;
    }
    if (before != step->cmd->on) {
        struct event event;
        emit_init(step, &event, EVENT_WINDOW_UPDATED);
        text_copy_cut(event.subject, sizeof event.subject, flag);
        event.on = step->cmd->on;
        emit_window(step, w, &event);
    }
    return ERR_NONE;
}

enum err do_window(struct core_step *step)
{
    if ((step->cmd->by & window_rights(step->cmd->kind)) == 0) {
        return ERR_FORBIDDEN;
    }
    switch ((int)step->cmd->kind) {
    case CMD_NEXT:
        return do_next(step);
    case CMD_CALL:
        return do_call(step);
    case CMD_WALK_IN:
        return do_walk_in(step);
    default:
        break;
    }
    int w;
    enum err err = window_own(step, &w);
    if (err) {
        return err;
    }
    switch ((int)step->cmd->kind) {
    case CMD_WINDOW_OPEN:
        return do_open(step, w);
    case CMD_WINDOW_CLOSE:
        return do_close(step, w);
    case CMD_WINDOW_PAUSE:
        return do_pause(step, w);
    case CMD_WINDOW_RESUME:
        return do_unpause(step, w);
    case CMD_WINDOW_TAKE_OVER:
        return do_take_over(step, w);
    case CMD_AUTO_NEXT:
        return do_flag(step, w, "auto_next", step->core->windows[w].auto_next);
    default:
        assert(step->cmd->kind == CMD_ASSIST);
        return do_flag(step, w, "assist", step->core->windows[w].assist);
    }
}

const char *core_divert_text(enum core_divert to)
{
    static const char *const words[] = {"online", "self_service"};
    _Static_assert(sizeof words / sizeof words[0] == CORE_DIVERT_COUNT, "a word each");
    return words[to];
}

enum core_divert divert_of(const char *text)
{
    int to = 0;
    while (to < CORE_DIVERT_COUNT && strcmp(core_divert_text((enum core_divert)to), text) != 0) {
        to++;
    }
    return (enum core_divert)to;
}

enum err do_divert(struct core_step *step)
{
    const struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    if ((cmd->by & (CMD_BY_KIOSK | CMD_BY_MANAGER | CMD_BY_SUPERVISOR)) == 0) {
        return ERR_FORBIDDEN;
    }
    int service = hall_find_service(&core->hall, cmd->service);
    if (service < 0) {
        return ERR_NOT_FOUND;
    }
    if (divert_of(cmd->subject) == CORE_DIVERT_COUNT) {
        return step_refuse(step, ERR_INVALID_BODY, "/to", "must be online or self_service");
    }
    struct event event;
    emit_init(step, &event, EVENT_SERVICE_DIVERTED);
    text_copy_cut(event.service, sizeof event.service, core->hall.services[service].code);
    text_copy_cut(event.subject, sizeof event.subject, cmd->subject);
    emit(step, &event);
    return ERR_NONE;
}

enum err do_service(struct core_step *step)
{
    const struct core *core = step->core;
    bool suspend = step->cmd->kind == CMD_SUSPEND_SERVICE;
    if ((step->cmd->by & (CMD_BY_SUPERVISOR | CMD_BY_ADMIN)) == 0) {
        return ERR_FORBIDDEN;
    }
    int service = hall_find_service(&core->hall, step->cmd->service);
    if (service < 0) {
        return ERR_NOT_FOUND;
    }
    if (suspend && step->cmd->reason[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/reason", "a reason is required");
    }
    if (core->services[service].suspended != suspend) {
        struct event event;
        emit_init(step, &event, suspend ? EVENT_SERVICE_SUSPENDED : EVENT_SERVICE_RESUMED);
        text_copy_cut(event.service, sizeof event.service, core->hall.services[service].code);
        emit(step, &event);
    }
    return ERR_NONE;
}
