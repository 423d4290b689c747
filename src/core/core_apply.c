/* core_apply: what each event does to the hall. The only way state changes, live and in replay
 * alike.
 *
 * An event that cannot be (a leg in the wrong state, an unknown code) is refused with ERR_REPLAY
 * before anything changes: the log would be damaged, or of another program. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

int16_t clerk_intern(struct core *core, const char *name)
{
    if (name[0] == '\0') {
        return -1;
    }
    for (int32_t i = 0; i < core->clerk_count; i++) {
        if (strcmp(core->clerks[i], name) == 0) {
            return (int16_t)i;
        }
    }
    if (core->clerk_count == CORE_CLERK_MAX) {
        return -1;
    }
    text_copy_cut(core->clerks[core->clerk_count], TICKET_ACTOR_SIZE, name);
    return (int16_t)core->clerk_count++;
}

/* The last calls of the hall and of the window's zone: newest first, one row a ticket. */
static void calls_note_in(struct core *core, int list, int32_t visit, const struct board_call *call)
{
    int32_t count = core->call_counts[list];
    int32_t at = 0;
    while (at < count && core->call_visits[list][at] != visit) {
        at++;
    }
    if (at == count && count < BOARD_CALL_MAX) {
        core->call_counts[list] = ++count;
    }
    at = at < BOARD_CALL_MAX ? at : BOARD_CALL_MAX - 1;
    for (; at > 0; at--) {
        core->calls[list][at] = core->calls[list][at - 1];
        core->call_visits[list][at] = core->call_visits[list][at - 1];
    }
    core->calls[list][0] = *call;
    core->call_visits[list][0] = visit;
}

void calls_note(struct core *core, int window, int32_t leg, int64_t at_ms)
{
    const struct core_leg *l = &core->legs[leg];
    const struct core_visit *visit = &core->visits[l->visit];
    struct board_call call = {.window = core->hall.windows[window].no,
                              .calls = l->calls,
                              .at_ms = at_ms,
                              .state = TICKET_CALLED,
                              .priority = visit->cls != 0};
    if (core->hall.windows[window].kind == HALL_WINDOW_BACK_OFFICE) {
        return; /* no sign and no voice there */
    }
    text_copy_cut(call.number, sizeof call.number, visit->number);
    calls_note_in(core, 0, l->visit, &call);
    if (core->hall.windows[window].zone >= 0) {
        calls_note_in(core, core->hall.windows[window].zone + 1, l->visit, &call);
    }
}

/* The one time-out a leg in its state has, by the hall's settings. */
void leg_arm_timer(struct core *core, int32_t leg)
{
    const struct core_leg *l = &core->legs[leg];
    const struct hall *hall = &core->hall;
    int64_t due = INT64_MAX;
    if (l->state == TICKET_CALLED) {
        if (hall->no_show_answer_ms > 0 && l->calls >= hall->no_show_min_calls) {
            due = l->last_called_ms + hall->no_show_answer_ms;
        }
        if (hall->auto_start_ms > 0 && l->last_called_ms + hall->auto_start_ms < due) {
            due = l->last_called_ms + hall->auto_start_ms;
        }
    } else if (l->state == TICKET_HELD && l->until_ms > 0) {
        due = l->until_ms;
    } else if (leg_is_asked(l)) {
        due = l->asked_ms + hall->rating_prompt_ms;
    }
    timer_set(core, leg, due);
}

void leg_set_state(struct core *core, int32_t leg, enum ticket_state state, int64_t at_ms)
{
    struct core_leg *l = &core->legs[leg];
    queue_unplace(core, leg);
    l->spent_ms[l->state] += at_ms - l->since_ms;
    l->since_ms = at_ms;
    l->state = state;
    core->foreseen[l->visit] = (struct eta){0}; /* what was foreseen was another wait */
    if (ticket_state_is_final(state)) {
        l->ended_ms = at_ms;
    }
    queue_place(core, leg);
    leg_arm_timer(core, leg);
}

void leg_release_window(struct core *core, int32_t leg, int64_t at_ms)
{
    int16_t w = core->legs[leg].window;
    if (w >= 0 && core->windows[w].leg == leg) {
        core->windows[w].leg = -1;
        core->windows[w].state = CORE_WINDOW_OPEN;
        core->windows[w].since_ms = at_ms;
        core->windows[w].idle_ms = at_ms;
    }
}

void held_remove(struct core *core, int32_t leg)
{
    struct core_window *window = &core->windows[core->legs[leg].window];
    for (int32_t i = 0; i < window->held_count; i++) {
        if (window->held[i] == leg) {
            window->held_count -= 1;
            memmove(&window->held[i], &window->held[i + 1],
                    (size_t)(window->held_count - i) * sizeof window->held[0]);
            return;
        }
    }
}

static void leave_window(struct core *core, int32_t leg, int64_t at_ms)
{
    if (core->legs[leg].state == TICKET_HELD) {
        held_remove(core, leg);
    }
    leg_release_window(core, leg, at_ms);
}

static enum err apply_recalled(struct core *core, const struct event *event, struct core_leg *leg)
{
    if (leg->state != TICKET_CALLED) {
        return ERR_REPLAY;
    }
    leg->calls += 1;
    leg->last_called_ms = event->at_ms;
    leg_arm_timer(core, event->leg);
    calls_note(core, leg->window, event->leg, event->at_ms);
    return ERR_NONE;
}

static enum err apply_started(struct core *core, const struct event *event, struct core_leg *leg)
{
    if (leg->state == TICKET_WAITING) { /* a customer without a ticket, straight at the window */
        int w = hall_find_window(&core->hall, event->window);
        if (w < 0 || core->windows[w].state != CORE_WINDOW_OPEN) {
            return ERR_REPLAY;
        }
        leg->window = (int16_t)w;
        leg->clerk = core->windows[w].clerk;
        leg->called_ms = event->at_ms;
        leg->last_called_ms = event->at_ms;
        core->windows[w].leg = event->leg;
    } else if (leg->state != TICKET_CALLED) {
        return ERR_REPLAY;
    }
    leg->started_ms = event->at_ms;
    leg_set_state(core, event->leg, TICKET_SERVING, event->at_ms);
    core->windows[leg->window].state = CORE_WINDOW_SERVING;
    core->windows[leg->window].since_ms = event->at_ms;
    return ERR_NONE;
}

static enum err apply_finished(struct core *core, const struct event *event, struct core_leg *leg)
{
    if (leg->state != TICKET_SERVING) {
        return ERR_REPLAY;
    }
    text_copy_cut(leg->outcome, sizeof leg->outcome, event->outcome);
    if (event->external_ref[0] != '\0') {
        text_copy_cut(core->visits[leg->visit].external_ref, TICKET_REF_SIZE, event->external_ref);
    }
    leg_release_window(core, event->leg, event->at_ms);
    leg_set_state(core, event->leg, TICKET_DONE, event->at_ms);
    core->windows[leg->window].served += 1;
    core->windows[leg->window].last_done = event->leg;
    if (strcmp(leg->outcome, "unclosed") != 0 && !core->visits[leg->visit].time_inaccurate) {
        core->services[leg->service].finished += 1;
        core->services[leg->service].finished_ms += leg->spent_ms[TICKET_SERVING];
    }
    return ERR_NONE;
}

static enum err apply_held(struct core *core, const struct event *event, struct core_leg *leg)
{
    struct core_window *window = leg->window >= 0 ? &core->windows[leg->window] : NULL;
    if (window == NULL || (leg->state != TICKET_CALLED && leg->state != TICKET_SERVING) ||
        window->held_count == CORE_HELD_MAX) {
        return ERR_REPLAY;
    }
    leg->until_ms = event->until_ms;
    text_copy_cut(leg->held_reason, sizeof leg->held_reason, event->reason);
    leg_release_window(core, event->leg, event->at_ms);
    leg_set_state(core, event->leg, TICKET_HELD, event->at_ms);
    window->held[window->held_count++] = event->leg;
    return ERR_NONE;
}

/* restored, returned, and resumed by the clock: back to the queue. */
static enum err apply_waiting(struct core *core, const struct event *event, struct core_leg *leg)
{
    leave_window(core, event->leg, event->at_ms);
    if (event->kind == EVENT_TICKET_RESTORED) {
        leg->defer = event->defer;
        leg->base_ms = event->base_ms;
        leg->not_before_ms = event->until_ms;
        leg->entered_ms = event->at_ms;
        leg->called_ms = 0;
    }
    leg->calls = 0;
    leg->started_ms = 0;
    leg->until_ms = 0;
    leg->checked = false; /* whoever comes next shows the slip anew */
    leg_set_state(core, event->leg, TICKET_WAITING, event->at_ms);
    return ERR_NONE;
}

static enum err apply_final(struct core *core, const struct event *event)
{
    leave_window(core, event->leg, event->at_ms);
    leg_set_state(core, event->leg, event->state, event->at_ms);
    print_forget(core, event->visit);
    return ERR_NONE;
}

static enum err apply_check_in(struct core *core, const struct event *event, struct core_leg *leg)
{
    const struct hall_policy *policy = &core->hall.policy;
    leg->base_ms = event->base_ms;
    leg->entered_ms = event->at_ms;
    leg->appointment = event->on != 0;
    if (leg->appointment) { /* not before the slot less the early allowance */
        int64_t from = leg->slot_ms - policy->early_ms;
        leg->not_before_ms = from > event->at_ms ? from : 0;
    }
    leg_set_state(core, event->leg, TICKET_WAITING, event->at_ms);
    print_apply(core, event);
    return ERR_NONE;
}

static enum err apply_deferred(struct core *core, const struct event *event, struct core_leg *leg)
{
    if (leg->state != TICKET_WAITING) {
        return ERR_REPLAY;
    }
    queue_unplace(core, event->leg);
    leg->defer = event->defer;
    queue_place(core, event->leg);
    return ERR_NONE;
}

static enum err apply_of_leg(struct core *core, const struct event *event)
{
    struct core_leg *leg = &core->legs[event->leg];
    switch ((int)event->kind) {
    case EVENT_TICKET_CALLED:
        return apply_called(core, event);
    case EVENT_TICKET_RECALLED:
        return apply_recalled(core, event, leg);
    case EVENT_TICKET_STARTED:
        return apply_started(core, event, leg);
    case EVENT_TICKET_FINISHED:
        return apply_finished(core, event, leg);
    case EVENT_TICKET_NO_SHOW:
        leg->no_shows += 1;
        attend_note_absent(core, event->leg);
        leg_release_window(core, event->leg, event->at_ms);
        leg_set_state(core, event->leg, TICKET_NO_SHOW, event->at_ms);
        return ERR_NONE;
    case EVENT_TICKET_RESTORED:
    case EVENT_TICKET_RETURNED:
    case EVENT_TICKET_RESUMED:
        return apply_waiting(core, event, leg);
    case EVENT_TICKET_HELD:
        return apply_held(core, event, leg);
    case EVENT_TICKET_TRANSFERRED:
        return apply_transferred(core, event);
    case EVENT_TICKET_CONTINUED:
        return apply_continued(core, event);
    case EVENT_TICKET_CHECKED:
        leg->checked = true;
        return ERR_NONE;
    case EVENT_TICKET_ATTENDED:
        core->visits[leg->visit].attended_ms = event->at_ms;
        core->visits[leg->visit].attended_by = clerk_intern(core, event->actor_id);
        return ERR_NONE;
    case EVENT_TICKET_AMENDED:
        return apply_amended(core, event);
    case EVENT_TICKET_DEFERRED:
        return apply_deferred(core, event, leg);
    case EVENT_TICKET_ABANDONED:
    case EVENT_TICKET_CANCELLED:
    case EVENT_TICKET_VOIDED:
    case EVENT_TICKET_EXPIRED:
        return apply_final(core, event);
    case EVENT_TICKET_PRINTED:
    case EVENT_TICKET_PRINT_FAILED:
    case EVENT_TICKET_PRINT_QUEUED:
        print_apply(core, event);
        return ERR_NONE;
    case EVENT_TICKET_UNDONE:
        return undo_apply(core, event);
    case EVENT_RATING_INVITED:
    case EVENT_RATING_SUBMITTED:
    case EVENT_RATING_LAPSED:
    case EVENT_RATING_EXEMPTED:
        rating_apply(core, event);
        return ERR_NONE;
    case EVENT_APPOINTMENT_CHECKED_IN:
        return apply_check_in(core, event, leg);
    default:
        return ERR_REPLAY;
    }
}

static bool undoable(enum event_kind kind)
{
    return kind == EVENT_TICKET_CALLED || kind == EVENT_TICKET_RECALLED ||
           kind == EVENT_TICKET_STARTED || kind == EVENT_TICKET_FINISHED ||
           kind == EVENT_TICKET_NO_SHOW || kind == EVENT_TICKET_RETURNED ||
           kind == EVENT_TICKET_HELD || kind == EVENT_TICKET_TRANSFERRED ||
           kind == EVENT_TICKET_CONTINUED || kind == EVENT_TICKET_ABANDONED;
}

static enum err apply_ticket(struct core *core, const struct event *event)
{
    if (event->leg < 0 || event->leg >= core->leg_count ||
        event->visit != core->legs[event->leg].visit) {
        return ERR_REPLAY;
    }
    /* A window that the configuration no longer has may still be named by what was served there. */
    int w = event->window != 0 ? hall_find_window(&core->hall, event->window) : -1;
    if (w >= 0 && undoable(event->kind)) {
        if (event->part == 0) {
            undo_begin(core, w, event->at_ms);
        }
        undo_save(core, w, event->leg);
    }
    enum err err = apply_of_leg(core, event);
    if (err) {
        return err;
    }
    if (!rating_is_silence(event)) {
        core->legs[event->leg].touched = event->seq;
    }
    core->visits[event->visit].version = event->seq;
    if (w >= 0) {
        /* Silence takes nobody's press away: what the clerk saw of the window still holds. */
        if (!rating_is_silence(event)) {
            core->windows[w].version = event->seq;
        }
        if (event->part > 0 || undoable(event->kind)) {
            undo_seal(core, w); /* of the same command; anything later makes the record too old */
        }
    }
    return ERR_NONE;
}

static enum err apply_by_kind(struct core *core, const struct event *event)
{
    switch ((int)event->kind) {
    case EVENT_TICKET_ISSUED:
    case EVENT_APPOINTMENT_CREATED:
        return apply_issued(core, event);
    case EVENT_WINDOW_OPENED:
    case EVENT_WINDOW_CLOSED:
    case EVENT_WINDOW_PAUSED:
    case EVENT_WINDOW_RESUMED:
    case EVENT_WINDOW_UPDATED:
        return apply_window(core, event);
    case EVENT_SERVICE_SUSPENDED:
    case EVENT_SERVICE_RESUMED:
    case EVENT_SERVICE_DIVERTED:
    case EVENT_HALL_DAY_OPENED:
    case EVENT_HALL_DAY_CLOSED:
        return apply_day(core, event);
    case EVENT_HALL_ALERT_RAISED:
    case EVENT_HALL_ALERT_CLEARED:
        return event->announcement != 0 ? voice_apply(core, event) : ERR_NONE;
    case EVENT_ANNOUNCEMENT_QUEUED:
    case EVENT_ANNOUNCEMENT_STARTED:
    case EVENT_ANNOUNCEMENT_ENDED:
    case EVENT_ANNOUNCEMENT_DROPPED:
        return voice_apply(core, event);
    case EVENT_DEVICE_ONLINE:
    case EVENT_DEVICE_OFFLINE:
    case EVENT_DEVICE_ERROR:
    case EVENT_DEVICE_REVOKED:
        rating_apply_device(core, event);
        return ERR_NONE;
    case EVENT_DEVICE_PAPER_LOW:
    case EVENT_DEVICE_PAPER_OUT:
    case EVENT_DEVICE_PAPER_OK:
    case EVENT_DEVICE_HELP:
    case EVENT_DEVICE_ENROLLED:
    case EVENT_CONFIG_CHANGED:
    case EVENT_USER_LOGGED_IN:
    case EVENT_USER_LOGGED_OUT:
    case EVENT_USER_CREATED:
    case EVENT_USER_UPDATED:
    case EVENT_USER_DELETED:
        return ERR_NONE; /* records of what happened around the hall */
    default:
        return apply_ticket(core, event);
    }
}

enum err apply_event(struct core *core, const struct event *event)
{
    if (event->seq != core->next_seq || event->kind >= EVENT_KIND_COUNT) {
        return ERR_REPLAY;
    }
    if (event->at_ms > core->now_ms) {
        core->now_ms = event->at_ms;
    }
    enum err err = apply_by_kind(core, event);
    if (err) {
        return err;
    }
    core->next_seq += 1;
    return ERR_NONE;
}

enum err core_replay(struct core *core, const struct event *event)
{
    core->picked_seq = 0;
    return apply_event(core, event);
}
