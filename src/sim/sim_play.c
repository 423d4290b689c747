/* sim_play: one case, event by event. See sim.h. The lists are short (a day of visitors), so the
 * next thing to happen is found by looking at all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "sim.h"

/* The case begins at the midnight of some day; any would do. */
#define START_MS (20000LL * 24 * 3600 * 1000)

struct visitor {
    int32_t slot; /* visit in the core; -1 not yet there */
    int calls;
    int leg; /* index of the leg it is at */
};

struct play {
    const struct sim_case *plan;
    const struct sim_report *report;
    struct core *core;
    struct visitor *visitors;
    int32_t by_slot[SIM_TICKET_MAX];    /* visit to ticket */
    int64_t ends[HALL_WINDOW_MAX];      /* end of service; INT64_MAX none */
    int32_t at_window[HALL_WINDOW_MAX]; /* ticket */
    int32_t started[HALL_WINDOW_MAX];   /* tickets called in this dispatch that are there */
    int started_count;
    int64_t now_ms;
    struct cmd cmd;
    struct core_result result;
};

static void report_call(struct play *play, const struct event *event, int32_t ticket)
{
    const struct sim_ticket *overtaken[EVENT_OVERTOOK_MAX];
    for (int i = 0; i < event->why.listed; i++) {
        overtaken[i] = &play->plan->tickets[play->by_slot[event->why.overtook[i]]];
    }
    play->report->call(play->report->context, play->now_ms, event->window,
                       &play->plan->tickets[ticket], &event->why, overtaken);
}

static void take_event(void *context, const struct event *event)
{
    struct play *play = context;
    if (event->kind == EVENT_TICKET_ABANDONED) {
        play->report->note(play->report->context, play->now_ms, "abandoned",
                           &play->plan->tickets[play->by_slot[event->visit]]);
    }
    if (event->kind != EVENT_TICKET_CALLED) {
        return;
    }
    int32_t ticket = play->by_slot[event->visit];
    struct visitor *visitor = &play->visitors[ticket];
    visitor->calls += 1;
    report_call(play, event, ticket);
    if ((play->plan->tickets[ticket].absent & (1U << visitor->calls)) == 0) {
        int w = hall_find_window(&play->plan->hall, event->window);
        play->at_window[w] = ticket;
        play->started[play->started_count++] = w;
    }
}

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

static enum ticket_state state_of(const struct play *play, int32_t ticket)
{
    int32_t slot = play->visitors[ticket].slot;
    return slot < 0 ? TICKET_STATE_COUNT : core_ticket_state(play->core, slot);
}

static enum err end_services(struct play *play)
{
    for (int w = 0; w < play->plan->hall.window_count; w++) {
        if (play->ends[w] != play->now_ms) {
            continue;
        }
        int32_t ticket = play->at_window[w];
        const struct sim_ticket *plan = &play->plan->tickets[ticket];
        struct visitor *visitor = &play->visitors[ticket];
        play->ends[w] = INT64_MAX;
        bool goes_on = visitor->leg + 1 < plan->leg_count;
        struct cmd *cmd = command(play, goes_on ? CMD_TRANSFER : CMD_FINISH, ticket);
        if (goes_on) {
            visitor->leg += 1;
            text_copy_cut(cmd->service, sizeof cmd->service,
                          play->plan->hall.services[plan->services[visitor->leg]].code);
        }
        enum err err = step(play);
        if (err) {
            return err;
        }
    }
    return ERR_NONE;
}

static enum err open_windows(struct play *play)
{
    for (int w = 0; w < play->plan->hall.window_count; w++) {
        if (play->plan->open_ms[w] != play->now_ms) {
            continue;
        }
        struct cmd *cmd = command(play, CMD_WINDOW_OPEN, -1);
        cmd->window = play->plan->hall.windows[w].no;
        (void)snprintf(cmd->clerk, sizeof cmd->clerk, "window %d", (int)cmd->window);
        enum err err = step(play);
        if (err == ERR_NONE) {
            cmd = command(play, CMD_AUTO_NEXT, -1);
            cmd->window = play->plan->hall.windows[w].no;
            cmd->on = true;
            err = step(play);
        }
        if (err) {
            return err;
        }
    }
    return ERR_NONE;
}

static enum err change_waiting(struct play *play, int32_t ticket)
{
    const struct sim_ticket *plan = &play->plan->tickets[ticket];
    if (plan->cancel_ms == play->now_ms && state_of(play, ticket) == TICKET_WAITING) {
        (void)command(play, CMD_CANCEL, ticket);
        return step(play);
    }
    return ERR_NONE;
}

static enum err ask_urgent(struct play *play, int32_t ticket)
{
    const struct sim_ticket *plan = &play->plan->tickets[ticket];
    if (plan->urgent_ms != play->now_ms) {
        return ERR_NONE;
    }
    if (state_of(play, ticket) == TICKET_STATE_COUNT) { /* asked before the ticket exists */
        play->report->note(play->report->context, play->now_ms, "urgent_refused", plan);
        return ERR_NONE;
    }
    struct cmd *cmd = command(play, CMD_AMEND, ticket);
    cmd->changed = EVENT_CHANGED_URGENT;
    text_copy_cut(cmd->reason, sizeof cmd->reason, "case");
    text_copy_cut(cmd->approver, sizeof cmd->approver, "case");
    enum err err = step(play);
    play->report->note(play->report->context, play->now_ms,
                       err == ERR_NONE ? "urgent" : "urgent_refused", plan);
    return err == ERR_NONE || err == ERR_NO_URGENT_LEFT || err == ERR_WRONG_STATE ? ERR_NONE : err;
}

static enum err restore(struct play *play, int32_t ticket)
{
    if (play->plan->tickets[ticket].restore_ms == play->now_ms &&
        state_of(play, ticket) == TICKET_NO_SHOW) {
        (void)command(play, CMD_RESTORE, ticket);
        return step(play);
    }
    return ERR_NONE;
}

static enum err arrive(struct play *play, int32_t ticket)
{
    const struct sim_ticket *plan = &play->plan->tickets[ticket];
    if (plan->arrive_ms != play->now_ms) {
        return ERR_NONE;
    }
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
    if (plan->slot_ms >= 0) {
        (void)command(play, CMD_CHECK_IN, ticket);
        err = step(play);
    }
    return err;
}

static enum err for_each_ticket(struct play *play,
                                enum err (*does)(struct play *play, int32_t ticket))
{
    enum err err = ERR_NONE;
    for (int32_t ticket = 0; err == ERR_NONE && ticket < play->plan->ticket_count; ticket++) {
        err = does(play, ticket);
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
        int w = play->started[i];
        int32_t ticket = play->at_window[w];
        (void)command(play, CMD_START, ticket);
        err = step(play);
        play->ends[w] =
            play->now_ms + play->plan->tickets[ticket].service_ms[play->visitors[ticket].leg];
    }
    return err;
}

static enum err play_moment(struct play *play)
{
    (void)command(play, CMD_TICK, -1);
    enum err err = step(play);
    err = err ? err : end_services(play);
    err = err ? err : open_windows(play);
    err = err ? err : for_each_ticket(play, change_waiting);
    err = err ? err : for_each_ticket(play, ask_urgent);
    err = err ? err : for_each_ticket(play, restore);
    err = err ? err : for_each_ticket(play, arrive);
    return err ? err : dispatch(play);
}

static void sooner(int64_t *next, int64_t candidate, int64_t now)
{
    if (candidate > now && candidate < *next) {
        *next = candidate;
    }
}

static int64_t next_moment(const struct play *play)
{
    int64_t next = INT64_MAX;
    for (int i = 0; i < play->plan->ticket_count; i++) {
        const struct sim_ticket *ticket = &play->plan->tickets[i];
        sooner(&next, ticket->arrive_ms, play->now_ms);
        sooner(&next, ticket->cancel_ms, play->now_ms);
        sooner(&next, ticket->urgent_ms, play->now_ms);
        sooner(&next, ticket->restore_ms, play->now_ms);
    }
    for (int w = 0; w < play->plan->hall.window_count; w++) {
        sooner(&next, play->ends[w] == INT64_MAX ? -1 : play->ends[w], play->now_ms);
        sooner(&next, play->plan->open_ms[w], play->now_ms);
    }
    struct core_now now = {.ms = START_MS + play->now_ms, .offset_s = 0};
    int64_t due = core_deadline_ms(play->core, &now) - START_MS;
    int64_t close = hall_day_close_local_ms(&play->plan->hall, core_day(play->core)) - START_MS;
    sooner(&next, due < close ? due : -1, play->now_ms); /* a case ends before its day does */
    return next;
}

static void report_final(struct play *play)
{
    for (int i = 0; i < play->plan->ticket_count; i++) {
        enum ticket_state state = state_of(play, i);
        int32_t passed[3] = {0};
        if (state != TICKET_DONE && state != TICKET_STATE_COUNT) {
            core_ticket_passed(play->core, play->visitors[i].slot, passed);
            play->report->final(play->report->context, &play->plan->tickets[i], state, passed[0],
                                passed[1]);
        }
    }
}

enum err sim_play(const struct sim_case *plan, const struct sim_report *report)
{
    struct core_limits limits = {.visit_max = SIM_TICKET_MAX};
    struct play *play = calloc(1, sizeof *play);
    enum err err = ERR_NO_MEMORY;
    if (play == NULL) {
        return err;
    }
    play->plan = plan;
    play->report = report;
    play->core = core_create(&limits, &plan->hall);
    play->visitors = calloc((size_t)plan->ticket_count + 1, sizeof *play->visitors);
    if (play->core != NULL && play->visitors != NULL) {
        for (int i = 0; i < plan->ticket_count; i++) {
            play->visitors[i].slot = -1;
        }
        for (int w = 0; w < HALL_WINDOW_MAX; w++) {
            play->ends[w] = INT64_MAX;
        }
        err = ERR_NONE;
        for (play->now_ms = 0; err == ERR_NONE && play->now_ms != INT64_MAX;
             play->now_ms = next_moment(play)) {
            err = play_moment(play);
        }
        report_final(play);
    }
    core_destroy(play->core);
    free(play->visitors);
    free(play);
    return err;
}
