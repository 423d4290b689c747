/* core_day: what the clock does: time-outs of legs, the change of the business day, and its close.
 *
 * A day is closed by its date, not by meeting a minute: whenever a step comes after its time,
 * however late, the close happens first. From the close until the next date the hall is shut; a day
 * reopened by hand stays open until the next one begins. */
#include "buf.h"
#include "core_internal.h"

#define MINUTE_MS 60000LL
#define DAY_MS (24 * 60 * MINUTE_MS)
#define NOON_MIN 720

static int64_t local_ms(const struct core_step *step)
{
    return step->now->ms + (int64_t)step->now->offset_s * 1000;
}

/* When a business day begins: at its midnight, or, in halls that close after midnight, at that
 * time. */
static int64_t day_start_local_ms(const struct hall *hall, int32_t day)
{
    return day * DAY_MS + (hall->day_close_min < NOON_MIN ? hall->day_close_min * MINUTE_MS : 0);
}

static void emit_day(struct core_step *step, enum event_kind kind, int32_t day)
{
    struct event event;
    emit_init(step, &event, kind);
    event.day = day;
    event.count = kind == EVENT_HALL_DAY_OPENED ? step->core->fresh.version : 0;
    emit(step, &event);
}

static void close_leg(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    if (core->legs[leg].state == TICKET_SERVING) {
        core->counts[2] += 1;
        finish_leg(step, leg, "unclosed", false);
        return;
    }
    core->counts[1] += 1;
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_EXPIRED, leg);
    event.state = TICKET_EXPIRED;
    emit(step, &event);
}

static void close_day(struct core_step *step)
{
    struct core *core = step->core;
    for (int i = 0; i < 4; i++) {
        core->counts[i] = 0;
    }
    for (int32_t v = 0; v < core->visit_count; v++) {
        int32_t leg = core->visits[v].last_leg;
        if (core->legs[leg].state == TICKET_DONE && core->legs[leg].due_ms <= step->now->ms) {
            rating_lapse(step, leg); /* the next day knows nothing of it */
        }
        core->counts[0] += core->legs[leg].state == TICKET_DONE ? 1 : 0;
        core->counts[3] += core->legs[leg].state == TICKET_CANCELLED ? 1 : 0;
        if (!ticket_state_is_final(core->legs[leg].state)) {
            close_leg(step, leg);
        }
    }
    for (int w = 0; w < core->hall.window_count; w++) {
        if (core->windows[w].state != CORE_WINDOW_CLOSED) {
            struct event event;
            emit_init(step, &event, EVENT_WINDOW_CLOSED);
            event.window = core->hall.windows[w].no;
            emit(step, &event);
        }
    }
    voice_close(step);
    emit_day(step, EVENT_HALL_DAY_CLOSED, core->day);
}

/* Closes a day whose time has come and opens the one that has begun. */
static void roll_day(struct core_step *step)
{
    struct core *core = step->core;
    int64_t local = local_ms(step);
    int32_t day = hall_business_day(&core->hall, local);
    bool begun = day_start_local_ms(&core->hall, day) <= local;
    if (core->day_open && core->day < day && (!core->reopened || begun)) {
        close_day(step);
    }
    if (begun && core->day < day) {
        step->part = 0;
        emit_day(step, EVENT_HALL_DAY_OPENED, day);
    }
}

static void time_out(struct core_step *step, int32_t leg)
{
    struct core *core = step->core;
    const struct core_leg *l = &core->legs[leg];
    struct event event;
    step->part = 0;
    if (l->state == TICKET_CALLED) {
        bool unanswered = core->hall.no_show_answer_ms > 0 &&
                          l->calls >= core->hall.no_show_min_calls &&
                          l->last_called_ms + core->hall.no_show_answer_ms <= step->now->ms;
        int window = l->window;
        if (!unanswered) {
            emit_init_leg(step, &event, EVENT_TICKET_STARTED, leg);
            event.state = TICKET_SERVING;
            event.on = 1;
            emit(step, &event);
            return;
        }
        no_show_leg(step, leg);
        window_after_leg(step, window);
        return;
    }
    if (l->state == TICKET_DONE) {
        rating_lapse(step, leg);
        return;
    }
    emit_init_leg(step, &event, EVENT_TICKET_RESUMED, leg); /* held for too long */
    event.state = TICKET_WAITING;
    event.calls = 0;
    emit(step, &event);
}

void do_due(struct core_step *step)
{
    struct core *core = step->core;
    bool system = step->system;
    step->system = true;
    step->part = 0;
    roll_day(step);
    queue_release_early(core, step->now->ms > core->now_ms ? step->now->ms : core->now_ms);
    /* Each time-out moves its leg to a state with a later one or none, so this ends. */
    for (int32_t leg = timer_due(core, step->now->ms); leg >= 0;
         leg = timer_due(core, step->now->ms)) {
        time_out(step, leg);
    }
    voice_due(step);
    print_due(step);
    step->system = system;
    step->part = 0;
}

enum err do_day_open(struct core_step *step)
{
    struct core *core = step->core;
    if ((step->cmd->by & (CMD_BY_ADMIN | CMD_BY_MANAGER)) == 0) {
        return ERR_FORBIDDEN;
    }
    if (!core->day_open) {
        int32_t day = core->day;
        if (day == 0) { /* a new hall, set up between the close of one day and the next date */
            day = hall_business_day(&core->hall, local_ms(step));
        }
        emit_day(step, EVENT_HALL_DAY_OPENED, day);
    }
    return ERR_NONE;
}

enum err do_day_close(struct core_step *step)
{
    if ((step->cmd->by & (CMD_BY_ADMIN | CMD_BY_MANAGER)) == 0) {
        return ERR_FORBIDDEN;
    }
    if (step->core->day_open) {
        close_day(step);
    }
    for (int i = 0; i < 4; i++) {
        step->result->counts[i] = step->core->counts[i];
    }
    return ERR_NONE;
}

/* Local time of the next change of the business day. */
static int64_t next_change_local_ms(const struct core *core, int64_t local)
{
    int32_t day = hall_business_day(&core->hall, local);
    if (core->day_open && !core->reopened) {
        return hall_day_close_local_ms(&core->hall, core->day);
    }
    int64_t start = day_start_local_ms(&core->hall, day);
    return start > local || day > core->day ? start : day_start_local_ms(&core->hall, day + 1);
}

int64_t core_deadline_ms(const struct core *core, const struct core_now *now)
{
    int64_t offset_ms = (int64_t)now->offset_s * 1000;
    int64_t due = next_change_local_ms(core, now->ms + offset_ms) - offset_ms;
    if (core->timer_count > 0 && core->legs[core->timers[0]].due_ms < due) {
        due = core->legs[core->timers[0]].due_ms;
    }
    due = core->early_ms < due ? core->early_ms : due;
    int64_t voice = voice_deadline_ms(core);
    due = voice < due ? voice : due;
    due = core->prints_lost > 0 && now->ms < due ? now->ms : due;
    for (int w = 0; w < core->hall.window_count; w++) {
        if (!core->windows[w].auto_next || core->windows[w].state != CORE_WINDOW_OPEN) {
            continue;
        }
        /* An armed window waits for somebody to have waited long enough for its help. */
        const struct hall_window *place = &core->hall.windows[w];
        for (int i = 0; i < place->service_count; i++) {
            int64_t oldest = queue_oldest_base(core, place->services[i].service);
            int64_t able = oldest == INT64_MAX ? oldest : oldest + place->services[i].after_ms;
            due = able > now->ms && able < due ? able : due;
        }
    }
    return due;
}
