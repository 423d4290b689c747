/* sim_play: one case, event by event. See sim.h.
 *
 * What is known beforehand (arrivals, windows, grants) stands in an agenda, in the order in which
 * it is to happen; what follows from calls (ends of service, calls given up, returns of those
 * passed) is kept by window or put into the agenda when it becomes known. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "sim_agenda.h"

/* The case begins at the midnight of some day; any would do. */
#define START_MS (20000LL * 24 * 3600 * 1000)
struct visitor {
    int32_t slot; /* visit in the core; -1 not yet there */
    int calls;
    int misses;
    int leg; /* index of the leg it is at */
    struct sim_leg *legs;
};

struct place {
    int32_t ticket;  /* who was called here last */
    int64_t end_ms;  /* end of service; INT64_MAX none */
    int64_t miss_ms; /* the call is given up; INT64_MAX not by the case */
    bool closing;
};

struct play {
    const struct sim_case *plan;
    const struct sim_report *report;
    struct core *core;
    struct visitor *visitors;
    struct sim_leg *legs; /* of all tickets */
    int32_t *by_slot;     /* visit to ticket */
    struct sim_agenda agenda;
    struct place places[HALL_WINDOW_MAX];
    int32_t started[HALL_WINDOW_MAX]; /* windows that called somebody who is there */
    int started_count;
    int64_t now_ms;
    struct cmd cmd;
    struct core_result result;
};

/* ---- what the core says ---- */

static void report_note(struct play *play, const char *what, int32_t ticket)
{
    if (play->report->note != NULL) {
        play->report->note(play->report->context, play->now_ms, what, &play->plan->tickets[ticket]);
    }
}

static void report_call(struct play *play, const struct event *event, int32_t ticket)
{
    const struct sim_ticket *overtaken[EVENT_OVERTOOK_MAX];
    if (play->report->call == NULL) {
        return;
    }
    for (int i = 0; i < event->why.listed; i++) {
        overtaken[i] = &play->plan->tickets[play->by_slot[event->why.overtook[i]]];
    }
    play->report->call(play->report->context, play->now_ms, event->window,
                       &play->plan->tickets[ticket], &event->why, overtaken);
}

static bool counts_as_policy(enum event_rule rule)
{
    return rule == EVENT_RULE_POLICY || rule == EVENT_RULE_GUARD_K || rule == EVENT_RULE_GUARD_W;
}

/* NULL: the hall's own rules. */
static const struct sim_miss *miss_of(const struct sim_ticket *plan, int miss)
{
    int last = plan->miss_count - 1;
    return last < 0 ? NULL : &plan->misses[miss < last ? miss : last];
}

/* The visitor misses this call. */
static void miss_call(struct play *play, int w, struct visitor *visitor)
{
    const struct sim_ticket *plan = &play->plan->tickets[play->places[w].ticket];
    int miss = visitor->misses++;
    const struct sim_miss *as = miss_of(plan, miss);
    if (as != NULL && as->lost_ms > 0) {
        play->places[w].miss_ms = play->now_ms + as->lost_ms;
    }
}

static void take_call(struct play *play, const struct event *event)
{
    int32_t ticket = play->by_slot[event->visit];
    struct visitor *visitor = &play->visitors[ticket];
    struct sim_leg *leg = &visitor->legs[visitor->leg];
    int w = hall_find_window(&play->plan->hall, event->window);
    visitor->calls += 1;
    report_call(play, event, ticket);
    leg->called_ms = leg->called_ms < 0 ? play->now_ms : leg->called_ms;
    leg->overtook += counts_as_policy(event->why.rule) ? event->why.overtaken : 0;
    leg->urgent_calls += event->why.rule == EVENT_RULE_URGENT ? 1 : 0;
    play->places[w].ticket = ticket;
    if (visitor->calls < 32 && (play->plan->tickets[ticket].absent & (1U << visitor->calls)) != 0) {
        miss_call(play, w, visitor);
        return;
    }
    leg->served_ms = play->now_ms;
    play->started[play->started_count++] = w;
}

static void take_event(void *context, const struct event *event)
{
    struct play *play = context;
    if (play->report->event != NULL) {
        play->report->event(play->report->context, event);
    }
    if (event->kind == EVENT_TICKET_CALLED) {
        take_call(play, event);
    } else if (event->kind == EVENT_TICKET_ABANDONED || event->kind == EVENT_TICKET_NO_SHOW ||
               event->kind == EVENT_TICKET_RESTORED) {
        int32_t ticket = play->by_slot[event->visit];
        struct visitor *visitor = &play->visitors[ticket];
        /* Whoever does not come back left when the call was given up. */
        bool back = event->kind == EVENT_TICKET_RESTORED;
        visitor->legs[visitor->leg].ended_ms = back ? -1 : play->now_ms;
        if (event->kind == EVENT_TICKET_ABANDONED) {
            report_note(play, "abandoned", ticket);
        }
    }
}

/* ---- what the case says ---- */

static enum err step(struct play *play)
{
    struct core_sink sink = {.emit = take_event, .context = play};
    struct core_now now = {.ms = START_MS + play->now_ms, .offset_s = 0};
    return core_step(play->core, &now, &play->cmd, &sink, &play->result);
}

static struct cmd *command(struct play *play, enum cmd_kind kind, int32_t ticket)
{
    struct cmd *cmd = &play->cmd;
    cmd_init(cmd, kind);
    cmd->by = CMD_BY_KIOSK | CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_SYSTEM;
    cmd->more = true;
    if (ticket >= 0 && play->visitors[ticket].slot >= 0) {
        ticket_id_make(START_MS + play->plan->tickets[ticket].arrive_ms, core_day(play->core),
                       play->visitors[ticket].slot, cmd->ticket_id);
    }
    return cmd;
}

static struct cmd *window_command(struct play *play, enum cmd_kind kind, int w)
{
    struct cmd *cmd = command(play, kind, -1);
    cmd->window = play->plan->hall.windows[w].no;
    return cmd;
}

static enum ticket_state state_of(const struct play *play, int32_t ticket)
{
    int32_t slot = play->visitors[ticket].slot;
    return slot < 0 ? TICKET_STATE_COUNT : core_ticket_state(play->core, slot);
}

/* The visitor's current leg has begun, or is over. */
static void enter_leg(struct play *play, struct visitor *visitor)
{
    visitor->legs[visitor->leg].entered_ms = play->now_ms;
}

static void close_leg(struct play *play, struct visitor *visitor)
{
    struct sim_leg *leg = &visitor->legs[visitor->leg];
    int32_t passed[3];
    core_ticket_passed(play->core, visitor->slot, passed);
    leg->state = core_ticket_state(play->core, visitor->slot);
    leg->overtakes = passed[0];
}

static enum err end_service(struct play *play, int w)
{
    int32_t ticket = play->places[w].ticket;
    const struct sim_ticket *plan = &play->plan->tickets[ticket];
    struct visitor *visitor = &play->visitors[ticket];
    play->places[w].end_ms = INT64_MAX;
    close_leg(play, visitor);
    visitor->legs[visitor->leg].ended_ms = play->now_ms;
    if (visitor->leg + 1 == plan->leg_count) {
        (void)command(play, CMD_FINISH, ticket);
        return step(play);
    }
    visitor->legs[visitor->leg].state = TICKET_TRANSFERRED;
    visitor->leg += 1;
    struct cmd *cmd = command(play, CMD_TRANSFER, ticket);
    cmd->position = plan->positions[visitor->leg];
    text_copy_cut(cmd->service, sizeof cmd->service,
                  play->plan->hall.services[plan->services[visitor->leg]].code);
    enter_leg(play, visitor);
    return step(play);
}

static enum err give_up_call(struct play *play, int w)
{
    int32_t ticket = play->places[w].ticket;
    const struct sim_ticket *plan = &play->plan->tickets[ticket];
    int64_t back_ms = miss_of(plan, play->visitors[ticket].misses - 1)->back_ms;
    play->places[w].miss_ms = INT64_MAX;
    (void)command(play, CMD_NO_SHOW, ticket);
    enum err err = step(play);
    if (back_ms >= 0 && state_of(play, ticket) == TICKET_NO_SHOW) {
        sim_agenda_add(&play->agenda, play->now_ms + back_ms, SIM_PHASE_RESTORE, ticket);
    }
    return err;
}

static enum err end_calls(struct play *play)
{
    enum err err = ERR_NONE;
    for (int w = 0; err == ERR_NONE && w < play->plan->hall.window_count; w++) {
        err = play->places[w].end_ms == play->now_ms ? end_service(play, w) : ERR_NONE;
    }
    for (int w = 0; err == ERR_NONE && w < play->plan->hall.window_count; w++) {
        err = play->places[w].miss_ms == play->now_ms ? give_up_call(play, w) : ERR_NONE;
    }
    return err;
}

static bool is_closed(const struct play *play, int w)
{
    struct board_sign sign;
    core_get_sign(play->core, w, &sign);
    return sign.state == BOARD_CLOSED;
}

static enum err open_window(struct play *play, int w)
{
    enum err err = ERR_NONE;
    play->places[w].closing = false;
    if (is_closed(play, w)) {
        struct cmd *cmd = window_command(play, CMD_WINDOW_OPEN, w);
        (void)snprintf(cmd->clerk, sizeof cmd->clerk, "window %d", (int)cmd->window);
        err = step(play);
    }
    if (err == ERR_NONE) {
        window_command(play, CMD_AUTO_NEXT, w)->on = true;
        err = step(play);
    }
    return err;
}

/* No more calls; the window is closed when it is free. */
static enum err stop_window(struct play *play, int w)
{
    if (is_closed(play, w)) {
        return ERR_NONE;
    }
    play->places[w].closing = true;
    window_command(play, CMD_AUTO_NEXT, w)->on = false;
    return step(play);
}

static enum err close_free_windows(struct play *play)
{
    enum err err = ERR_NONE;
    for (int w = 0; err == ERR_NONE && w < play->plan->hall.window_count; w++) {
        struct board_sign sign;
        if (!play->places[w].closing) {
            continue;
        }
        core_get_sign(play->core, w, &sign);
        if (sign.state == BOARD_IDLE) {
            play->places[w].closing = false;
            (void)window_command(play, CMD_WINDOW_CLOSE, w);
            err = step(play);
        }
    }
    return err;
}

static enum err cancel(struct play *play, int32_t ticket)
{
    if (state_of(play, ticket) != TICKET_WAITING) {
        return ERR_NONE;
    }
    struct visitor *visitor = &play->visitors[ticket];
    visitor->legs[visitor->leg].ended_ms = play->now_ms;
    (void)command(play, CMD_CANCEL, ticket);
    return step(play);
}

static enum err ask_urgent(struct play *play, int32_t ticket)
{
    if (state_of(play, ticket) == TICKET_STATE_COUNT) { /* asked before the ticket exists */
        report_note(play, "urgent_refused", ticket);
        return ERR_NONE;
    }
    struct cmd *cmd = command(play, CMD_AMEND, ticket);
    cmd->changed = EVENT_CHANGED_URGENT;
    text_copy_cut(cmd->reason, sizeof cmd->reason, "case");
    text_copy_cut(cmd->approver, sizeof cmd->approver, "case");
    enum err err = step(play);
    report_note(play, err == ERR_NONE ? "urgent" : "urgent_refused", ticket);
    return err == ERR_NO_URGENT_LEFT || err == ERR_WRONG_STATE ? ERR_NONE : err;
}

static enum err restore(struct play *play, int32_t ticket)
{
    if (state_of(play, ticket) != TICKET_NO_SHOW) {
        return ERR_NONE;
    }
    (void)command(play, CMD_RESTORE, ticket);
    return step(play);
}

static enum err arrive(struct play *play, int32_t ticket)
{
    const struct sim_ticket *plan = &play->plan->tickets[ticket];
    struct cmd *cmd = command(play, plan->slot_ms >= 0 ? CMD_BOOK : CMD_ISSUE, -1);
    text_copy_cut(cmd->service, sizeof cmd->service, play->plan->hall.services[plan->service].code);
    text_copy_cut(cmd->cls, sizeof cmd->cls, play->plan->hall.classes[plan->cls].code);
    memcpy(cmd->token, &ticket, sizeof ticket);
    cmd->token[TICKET_TOKEN_SIZE - 1] = 1;
    cmd->slot_ms = plan->slot_ms >= 0 ? START_MS + plan->slot_ms : 0;
    enum err err = step(play);
    if (err) {
        return err;
    }
    play->visitors[ticket].slot = play->result.visit;
    play->by_slot[play->result.visit] = ticket;
    enter_leg(play, &play->visitors[ticket]);
    if (plan->slot_ms >= 0) {
        (void)command(play, CMD_CHECK_IN, ticket);
        err = step(play);
    }
    return err;
}

static enum err do_entry(struct play *play, const struct sim_entry *entry)
{
    switch (entry->phase) {
    case SIM_PHASE_WINDOW:
        return entry->index % 2 == 1 ? open_window(play, entry->index / 2)
                                     : stop_window(play, entry->index / 2);
    case SIM_PHASE_CANCEL:
        return cancel(play, entry->index);
    case SIM_PHASE_URGENT:
        return ask_urgent(play, entry->index);
    case SIM_PHASE_RESTORE:
        return restore(play, entry->index);
    case SIM_PHASE_ARRIVE:
    default:
        return arrive(play, entry->index);
    }
}

static enum err do_entries(struct play *play, enum sim_phase last)
{
    enum err err = ERR_NONE;
    struct sim_entry entry;
    while (err == ERR_NONE && sim_agenda_take(&play->agenda, play->now_ms, last, &entry)) {
        err = do_entry(play, &entry);
    }
    return err;
}

/* Idle windows call; who is there is served at once. */
static enum err dispatch(struct play *play)
{
    play->started_count = 0;
    command(play, CMD_TICK, -1)->more = false;
    enum err err = step(play);
    for (int i = 0; err == ERR_NONE && i < play->started_count; i++) {
        struct place *place = &play->places[play->started[i]];
        const struct visitor *visitor = &play->visitors[place->ticket];
        (void)command(play, CMD_START, place->ticket);
        err = step(play);
        place->end_ms = play->now_ms + play->plan->tickets[place->ticket].service_ms[visitor->leg];
    }
    return err;
}

static enum err play_moment(struct play *play)
{
    (void)command(play, CMD_TICK, -1);
    enum err err = step(play);
    err = err ? err : end_calls(play);
    err = err ? err : do_entries(play, SIM_PHASE_WINDOW);
    err = err ? err : close_free_windows(play);
    err = err ? err : do_entries(play, SIM_PHASE_ARRIVE);
    return err ? err : dispatch(play);
}

/* ---- the run ---- */

static void sooner(int64_t *next, int64_t candidate, int64_t now)
{
    if (candidate > now && candidate < *next) {
        *next = candidate;
    }
}

/* INT64_MAX when the case is over: it ends before its day does. */
static int64_t next_moment(const struct play *play)
{
    int64_t next = sim_agenda_next_ms(&play->agenda);
    for (int w = 0; w < play->plan->hall.window_count; w++) {
        sooner(&next, play->places[w].end_ms, play->now_ms);
        sooner(&next, play->places[w].miss_ms, play->now_ms);
    }
    struct core_now now = {.ms = START_MS + play->now_ms, .offset_s = 0};
    int64_t due = core_deadline_ms(play->core, &now) - START_MS;
    int64_t close = hall_day_close_local_ms(&play->plan->hall, core_day(play->core)) - START_MS;
    sooner(&next, due, play->now_ms);
    return next < close ? next : INT64_MAX;
}

static void report_end(struct play *play)
{
    for (int i = 0; i < play->plan->ticket_count; i++) {
        struct visitor *visitor = &play->visitors[i];
        enum ticket_state state = state_of(play, i);
        int32_t passed[3] = {0};
        if (state == TICKET_STATE_COUNT) {
            continue;
        }
        core_ticket_passed(play->core, visitor->slot, passed);
        if (state != TICKET_DONE && play->report->final != NULL) {
            play->report->final(play->report->context, &play->plan->tickets[i], state, passed[0],
                                passed[1]);
        }
        close_leg(play, visitor);
        for (int leg = 0; leg <= visitor->leg && play->report->leg != NULL; leg++) {
            play->report->leg(play->report->context, i, leg, &visitor->legs[leg]);
        }
    }
}

static void prepare(struct play *play)
{
    struct sim_leg *legs = play->legs;
    for (int i = 0; i < play->plan->ticket_count; i++) {
        play->visitors[i].slot = -1;
        play->visitors[i].legs = legs;
        for (int leg = 0; leg < play->plan->tickets[i].leg_count; leg++) {
            *legs++ = (struct sim_leg){
                .entered_ms = -1, .called_ms = -1, .served_ms = -1, .ended_ms = -1};
        }
    }
    for (int w = 0; w < HALL_WINDOW_MAX; w++) {
        play->places[w].end_ms = INT64_MAX;
        play->places[w].miss_ms = INT64_MAX;
    }
}

static enum err run(struct play *play)
{
    enum err err = ERR_NONE;
    prepare(play);
    for (play->now_ms = play->plan->start_ms; err == ERR_NONE && play->now_ms != INT64_MAX;
         play->now_ms = next_moment(play)) {
        err = play_moment(play);
    }
    report_end(play);
    return err;
}

enum err sim_play(const struct sim_case *plan, const struct sim_report *report)
{
    size_t tickets = (size_t)plan->ticket_count + 1;
    size_t legs = sim_case_leg_count(plan) + 1;
    struct core_limits limits = {.visit_max = (int32_t)legs};
    struct play *play = calloc(1, sizeof *play);
    enum err err = ERR_NO_MEMORY;
    if (play == NULL) {
        return err;
    }
    play->plan = plan;
    play->report = report;
    play->core = core_create(&limits, &plan->hall);
    play->visitors = calloc(tickets, sizeof *play->visitors);
    play->legs = calloc(legs, sizeof *play->legs);
    play->by_slot = calloc(tickets, sizeof *play->by_slot);
    bool listed = sim_agenda_init(&play->agenda, plan);
    if (play->core != NULL && play->visitors != NULL && play->legs != NULL &&
        play->by_slot != NULL && listed) {
        err = run(play);
    }
    core_destroy(play->core);
    free(play->visitors);
    free(play->legs);
    free(play->by_slot);
    sim_agenda_fini(&play->agenda);
    free(play);
    return err;
}
