/* core_ticket: commands on one ticket. The table says who may and in which state; then come the
 * guards of each command, and last its event. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

#define IN(state) (1U << (state))
#define AT_WINDOW (IN(TICKET_CALLED) | IN(TICKET_SERVING))
#define OPEN_STATES                                                                                \
    (IN(TICKET_BOOKED) | IN(TICKET_WAITING) | AT_WINDOW | IN(TICKET_HELD) | IN(TICKET_NO_SHOW))
#define ANY_STATE ((1U << TICKET_STATE_COUNT) - 1)
#define HOLD_LIMIT_MS (24LL * 3600 * 1000) /* nobody is parked past the day */
#define DEFER_MAX 20                       /* places a visitor may let pass at once */

struct rule {
    uint32_t by;
    uint32_t states;
    bool own; /* a plain clerk only for a ticket at the own window */
};

static const struct rule rules[CMD_KIND_COUNT] = {
    [CMD_CHECK_IN] = {CMD_BY_VISITOR | CMD_BY_MANAGER | CMD_BY_KIOSK, IN(TICKET_BOOKED), false},
    [CMD_RECALL] = {CMD_BY_CLERK | CMD_BY_MANAGER, IN(TICKET_CALLED), true},
    [CMD_START] = {CMD_BY_CLERK, IN(TICKET_CALLED), true},
    [CMD_FINISH] = {CMD_BY_CLERK, AT_WINDOW, true},
    [CMD_NO_SHOW] = {CMD_BY_CLERK | CMD_BY_SYSTEM, IN(TICKET_CALLED), true},
    [CMD_RESTORE] = {CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_VISITOR | CMD_BY_KIOSK,
                     IN(TICKET_NO_SHOW), true},
    [CMD_ABANDON] = {CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_SYSTEM,
                     IN(TICKET_CALLED) | IN(TICKET_NO_SHOW) | IN(TICKET_HELD), true},
    [CMD_HOLD] = {CMD_BY_CLERK, AT_WINDOW, true},
    [CMD_RESUME] = {CMD_BY_CLERK | CMD_BY_MANAGER, IN(TICKET_HELD), true},
    [CMD_TRANSFER] = {CMD_BY_CLERK | CMD_BY_MANAGER, AT_WINDOW | IN(TICKET_HELD), true},
    [CMD_RETURN] = {CMD_BY_CLERK, IN(TICKET_CALLED), true},
    [CMD_AMEND] = {CMD_BY_CLERK | CMD_BY_MANAGER, ANY_STATE, true},
    [CMD_CANCEL] = {CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_VISITOR,
                    IN(TICKET_BOOKED) | IN(TICKET_WAITING) | IN(TICKET_NO_SHOW) | IN(TICKET_HELD),
                    true},
    [CMD_VOID] = {CMD_BY_MANAGER | CMD_BY_SYSTEM, IN(TICKET_WAITING), false},
    [CMD_REPRINT] = {CMD_BY_KIOSK | CMD_BY_MANAGER, OPEN_STATES, false},
    [CMD_PRINT_RESULT] = {CMD_BY_KIOSK | CMD_BY_MANAGER | CMD_BY_SYSTEM, ANY_STATE, false},
    [CMD_UNDO] = {CMD_BY_CLERK, ANY_STATE, false}, /* ownership: the window's record, in do_undo */
    [CMD_DEFER] = {CMD_BY_VISITOR | CMD_BY_MANAGER, IN(TICKET_WAITING), false},
    [CMD_RATE] = {CMD_BY_VISITOR | CMD_BY_KIOSK | CMD_BY_MANAGER, IN(TICKET_DONE), false},
    [CMD_INVITE] = {CMD_BY_CLERK, IN(TICKET_DONE), true},
    [CMD_CHECK] = {CMD_BY_CLERK, AT_WINDOW, true},
    [CMD_ANOTHER] = {CMD_BY_CLERK, IN(TICKET_SERVING), true},
    [CMD_ATTEND] = {CMD_BY_MANAGER, OPEN_STATES & ~IN(TICKET_BOOKED), false},
};

uint32_t ticket_allowed(enum ticket_state state)
{
    uint32_t allowed = 0;
    for (int kind = 0; kind < CMD_AUTO_NEXT; kind++) {
        if (rules[kind].states != ANY_STATE && (rules[kind].states & IN(state)) != 0) {
            allowed |= 1U << kind;
        }
    }
    return allowed;
}
_Static_assert(CMD_AUTO_NEXT <= 32, "ticket commands fit the bits of `allowed`");

/* The booking of a person who shows the card it was made with; of several the one made last. */
static int32_t find_booking(const struct core *core, const uint8_t identity[TICKET_TOKEN_SIZE])
{
    int32_t visit = table_find_identity(core, identity);

    while (visit >= 0 && core->legs[core->visits[visit].last_leg].state != TICKET_BOOKED) {
        visit = core->visits[visit].same_identity;
    }
    return visit;
}

enum err ticket_find(struct core_step *step, int32_t *ret_visit)
{
    const struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    int32_t visit = -1;
    /* A visitor is known by the secret of the slip alone; a rating device speaks for the one in
     * front of it. */
    bool secret = cmd->by == CMD_BY_VISITOR && cmd->kind != CMD_RATE;
    if (secret && !cmd->has_token) {
        return ERR_NOT_FOUND;
    }
    if (cmd->has_token && (secret || cmd->ticket_id[0] == '\0')) {
        visit = core_find_token(core, cmd->token);
    } else if (cmd->ticket_id[0] != '\0') {
        visit = core_find_id(core, cmd->ticket_id);
    } else if (cmd->number[0] != '\0') {
        visit = core_find_number(core, cmd->number);
    } else if (cmd->kind == CMD_CHECK_IN && cmd->has_identity) {
        visit = find_booking(core, cmd->identity);
    } else {
        return step_refuse(step, ERR_INVALID_BODY, "/ticket", "a ticket or a number is required");
    }
    if (visit < 0) {
        return clerk_only(cmd) && cmd->kind != CMD_CALL ? ERR_NOT_YOUR_TICKET : ERR_NOT_FOUND;
    }
    step->result->visit = visit;
    *ret_visit = visit;
    return ERR_NONE;
}

/* The ticket a plain clerk works with: called, served, held or passed at the own window. */
static bool clerk_owns(const struct core_step *step, const struct core_leg *leg)
{
    if (!clerk_only(step->cmd)) {
        return true;
    }
    int window = clerk_window(step->core, step->cmd);
    return window >= 0 && leg->window == window && leg->state != TICKET_WAITING &&
           leg->state != TICKET_BOOKED;
}

/* Does a pause that was asked for, now that the window is free. */
void window_after_leg(struct core_step *step, int w)
{
    struct core *core = step->core;
    struct core_window *window = &core->windows[w];
    if (window->pause_pending && window->state == CORE_WINDOW_OPEN) {
        struct event event;
        emit_init(step, &event, EVENT_WINDOW_PAUSED);
        event.window = core->hall.windows[w].no;
        text_copy_cut(event.reason, sizeof event.reason, window->reason);
        event.until_ms = window->until_ms;
        emit(step, &event);
    }
}

static void start_leg(struct core_step *step, int32_t leg, bool implied)
{
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_STARTED, leg);
    event.state = TICKET_SERVING;
    event.on = implied;
    emit(step, &event);
}

enum err check_slip(struct core_step *step, int32_t leg)
{
    const struct core_leg *l = &step->core->legs[leg];
    if (!leg_wants_slip(step->core, leg) || l->checked) {
        return ERR_NONE;
    }
    step->result->visit = l->visit;
    step->result->state = l->state;
    return ERR_SLIP_UNCHECKED;
}

void finish_leg(struct core_step *step, int32_t leg, const char *outcome, bool invite)
{
    struct core *core = step->core;
    if (core->legs[leg].state == TICKET_CALLED) {
        start_leg(step, leg, true);
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_FINISHED, leg);
    event.state = TICKET_DONE;
    text_copy_cut(event.outcome, sizeof event.outcome, outcome);
    text_copy_cut(event.external_ref, sizeof event.external_ref,
                  step->system ? "" : step->cmd->external_ref);
    emit(step, &event);
    rating_begin(step, leg, invite);
}

static void end_leg(struct core_step *step, int32_t leg, enum event_kind kind,
                    enum ticket_state state)
{
    struct event event;
    emit_init_leg(step, &event, kind, leg);
    event.state = state;
    emit(step, &event);
}

/* Mode auto: back in line at once, but not called before the gap is over, or an idle window would
 * burn all the calls of somebody who is only a minute away. Calls meanwhile count as passed. */
static void restore_by_itself(struct core_step *step, int32_t leg)
{
    const struct core *core = step->core;
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_RESTORED, leg);
    event.state = TICKET_WAITING;
    event.calls = 0;
    event.window = 0;
    event.defer = core->hall.restore_after_calls;
    event.base_ms = core->legs[leg].base_ms;
    event.until_ms = step->now->ms + core->hall.restore_gap_ms;
    emit(step, &event);
}

/* Passed; and given up when that has happened too often. */
void no_show_leg(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    end_leg(step, leg, EVENT_TICKET_NO_SHOW, TICKET_NO_SHOW);
    if (core->legs[leg].no_shows > core->hall.restore_max) {
        end_leg(step, leg, EVENT_TICKET_ABANDONED, TICKET_ABANDONED);
    } else if (core->hall.no_show_mode == HALL_NO_SHOW_AUTO) {
        restore_by_itself(step, leg);
    }
}

static enum err do_recall(struct core_step *step, int32_t leg)
{
    const struct core *core = step->core;
    const struct core_leg *l = &core->legs[leg];
    if (l->calls - 1 >= core->hall.recall_max) {
        return ERR_TOO_LATE;
    }
    if (step->now->ms - l->last_called_ms < core->hall.recall_gap_ms) {
        step->result->retry_ms = l->last_called_ms + core->hall.recall_gap_ms;
        return ERR_TOO_EARLY;
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_RECALLED, leg);
    event.calls = l->calls + 1;
    emit(step, &event);
    return ERR_NONE;
}

static enum err do_no_show(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    int window = core->legs[leg].window;
    if (core->legs[leg].calls < core->hall.no_show_min_calls) {
        return ERR_TOO_EARLY;
    }
    no_show_leg(step, leg);
    window_after_leg(step, window);
    return ERR_NONE;
}

static int64_t front_base(const struct core_step *step, int16_t service)
{
    int64_t oldest = queue_oldest_base(step->core, service);
    return oldest == INT64_MAX ? step->now->ms : oldest - 1;
}

static enum err do_restore(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    const struct core_leg *l = &core->legs[leg];
    if ((cmd->has_position || cmd->after >= 0) &&
        (cmd->by & (CMD_BY_MANAGER | CMD_BY_SUPERVISOR)) == 0) {
        return ERR_FORBIDDEN;
    }
    if (l->no_shows > core->hall.restore_max) {
        return ERR_TOO_LATE;
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_RESTORED, leg);
    event.state = TICKET_WAITING;
    event.calls = 0;
    event.window = 0;
    event.defer = cmd->after >= 0 ? cmd->after : core->hall.restore_after_calls;
    event.base_ms = l->base_ms;
    if (cmd->has_position && cmd->position != EVENT_POSITION_KEEP_TIME) {
        event.defer = 0;
        event.position = cmd->position;
        event.base_ms =
            cmd->position == EVENT_POSITION_BACK ? step->now->ms : front_base(step, l->service);
    }
    emit(step, &event);
    return ERR_NONE;
}

static enum err do_hold(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    int window = core->legs[leg].window;
    int32_t most = core->hall.hold_max < CORE_HELD_MAX ? core->hall.hold_max : CORE_HELD_MAX;
    if (cmd->reason[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/reason", "a reason is required");
    }
    if (cmd->until_ms != 0 &&
        (cmd->until_ms <= step->now->ms || cmd->until_ms > step->now->ms + HOLD_LIMIT_MS)) {
        return step_refuse(step, ERR_INVALID_BODY, "/until", "must be within the next 24 hours");
    }
    if (core->windows[window].held_count >= most) {
        return ERR_HOLD_FULL;
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_HELD, leg);
    event.state = TICKET_HELD;
    event.until_ms = cmd->until_ms != 0 ? cmd->until_ms : step->now->ms + core->hall.hold_ms;
    emit(step, &event);
    window_after_leg(step, window);
    return ERR_NONE;
}

static enum err do_return(struct core_step *step, int32_t leg)
{
    int window = step->core->legs[leg].window;
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_RETURNED, leg);
    event.state = TICKET_WAITING;
    event.calls = 0;
    emit(step, &event);
    window_after_leg(step, window);
    return ERR_NONE;
}

static enum err do_finish(struct core_step *step, int32_t leg)
{
    int window = step->core->legs[leg].window;
    enum err err = check_slip(step, leg);
    if (err) {
        return err;
    }
    finish_leg(step, leg, step->cmd->outcome, step->cmd->on);
    window_after_leg(step, window);
    return ERR_NONE;
}

static enum err do_end(struct core_step *step, int32_t leg, enum event_kind kind,
                       enum ticket_state state)
{
    const struct core_leg *l = &step->core->legs[leg];
    int window = l->state == TICKET_CALLED ? l->window : -1;
    if (kind == EVENT_TICKET_VOIDED && step->cmd->reason[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/reason", "a reason is required");
    }
    end_leg(step, leg, kind, state);
    if (window >= 0) {
        window_after_leg(step, window);
    }
    return ERR_NONE;
}

static enum err do_defer(struct core_step *step, int32_t leg)
{
    if (step->cmd->after < 1 || step->cmd->after > DEFER_MAX) {
        return step_refuse(step, ERR_INVALID_BODY, "/places", "must be 1 to 20");
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_DEFERRED, leg);
    event.defer = step->core->legs[leg].defer + step->cmd->after;
    emit(step, &event);
    return ERR_NONE;
}

/* The slip in the hand against the number that was called: its code, or the number by hand where
 * the scanner fails. */
static enum err do_check(struct core_step *step, int32_t leg)
{
    const struct cmd *cmd = step->cmd;
    const struct core_leg *l = &step->core->legs[leg];
    const struct core_visit *visit = &step->core->visits[l->visit];
    bool slip = cmd->has_token && memcmp(cmd->token, visit->token, sizeof visit->token) == 0;
    bool typed = !cmd->has_token && strcmp(cmd->number, visit->number) == 0;
    if (!slip && !typed) {
        return ERR_SLIP_MISMATCH;
    }
    if (l->checked) {
        return ERR_NONE;
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_CHECKED, leg);
    text_copy_cut(event.subject, sizeof event.subject, slip ? "slip" : "number");
    emit(step, &event);
    return ERR_NONE;
}

/* Somebody of the hall has spoken with who waits; said again, it is the newer word that counts. */
static enum err do_attend(struct core_step *step, int32_t leg)
{
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_ATTENDED, leg);
    text_copy_cut(event.note, sizeof event.note, step->cmd->note);
    emit(step, &event);
    return ERR_NONE;
}

static enum err dispatch(struct core_step *step, int32_t leg)
{
    switch ((int)step->cmd->kind) {
    case CMD_CHECK_IN:
        return do_check_in(step);
    case CMD_RECALL:
        return do_recall(step, leg);
    case CMD_START:
        start_leg(step, leg, false);
        return ERR_NONE;
    case CMD_FINISH:
        return do_finish(step, leg);
    case CMD_NO_SHOW:
        return do_no_show(step, leg);
    case CMD_RESTORE:
        return do_restore(step, leg);
    case CMD_ABANDON:
        return do_end(step, leg, EVENT_TICKET_ABANDONED, TICKET_ABANDONED);
    case CMD_HOLD:
        return do_hold(step, leg);
    case CMD_RESUME:
        return do_resume(step, leg);
    case CMD_TRANSFER:
        return do_transfer(step, leg);
    case CMD_RETURN:
        return do_return(step, leg);
    case CMD_AMEND:
        return do_amend(step, leg);
    case CMD_CANCEL:
        return do_end(step, leg, EVENT_TICKET_CANCELLED, TICKET_CANCELLED);
    case CMD_VOID:
        return do_end(step, leg, EVENT_TICKET_VOIDED, TICKET_VOID);
    case CMD_REPRINT:
        return do_reprint(step, leg);
    case CMD_PRINT_RESULT:
        return do_print_result(step, leg);
    case CMD_UNDO:
        return do_undo(step, leg);
    case CMD_DEFER:
        return do_defer(step, leg);
    case CMD_RATE:
        return rating_submit(step, leg);
    case CMD_CHECK:
        return do_check(step, leg);
    case CMD_ANOTHER:
        return do_another(step, leg);
    case CMD_ATTEND:
        return do_attend(step, leg);
    default:
        assert(step->cmd->kind == CMD_INVITE);
        return rating_invite(step, leg);
    }
}

enum err do_ticket(struct core_step *step)
{
    struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    const struct rule *rule = &rules[cmd->kind];
    if ((cmd->by & rule->by) == 0) {
        return ERR_FORBIDDEN;
    }
    int32_t visit;
    enum err err = ticket_find(step, &visit);
    if (err) {
        return err;
    }
    int32_t leg = core->visits[visit].last_leg;
    const struct core_leg *l = &core->legs[leg];
    if (rule->own && !clerk_owns(step, l)) {
        return ERR_NOT_YOUR_TICKET;
    }
    step->result->state = l->state;
    if (cmd->if_version >= 0 && cmd->if_version != core->visits[visit].version) {
        return ERR_STALE_VERSION;
    }
    if ((rule->states & IN(l->state)) == 0) {
        step->result->allowed = ticket_allowed(l->state);
        return ERR_WRONG_STATE;
    }
    step->result->window = l->window >= 0 ? core->hall.windows[l->window].no : 0;
    return dispatch(step, leg);
}
