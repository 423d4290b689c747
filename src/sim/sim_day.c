/* sim_day: see sim_day.h. Here the events come in. Only what the case and the measures need is kept
 * of a leg, beside a copy of it from before the last command that touched it: that is what an undo
 * puts back. */
#include "sim_day.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "sim_day_internal.h"

struct undo {
    int64_t command;
    struct day_leg before;
};

struct sim_day *sim_day_create(int64_t midnight_ms)
{
    struct sim_day *day = calloc(1, sizeof *day);
    if (day != NULL) {
        day->midnight_ms = midnight_ms;
    }
    return day;
}

void sim_day_destroy(struct sim_day *day)
{
    if (day != NULL) {
        free(day->visits);
        free(day->legs);
        free(day->undos);
        free(day->spans);
        free(day);
    }
}

/* Room for one more item; doubles, so that a day costs a few moves. */
static bool make_room(void **items, size_t size, size_t count, size_t *room)
{
    if (count < *room) {
        return true;
    }
    size_t more = *room == 0 ? 256 : *room * 2;
    void *moved = realloc(*items, more * size);
    if (moved != NULL) {
        *items = moved;
        *room = more;
    }
    return moved != NULL;
}

/* Number of a name; -1 for none, or when there are too many. */
static int16_t intern(struct day_names *names, const char *name)
{
    if (name[0] == '\0') {
        return -1;
    }
    for (int i = 0; i < names->count; i++) {
        if (strcmp(names->names[i], name) == 0) {
            return (int16_t)i;
        }
    }
    if (names->count == MEASURE_PERSON_MAX) {
        return -1;
    }
    text_copy_cut(names->names[names->count], TICKET_ACTOR_SIZE, name);
    return (int16_t)names->count++;
}

/* ---- visits and legs ---- */

static enum err add_leg(struct sim_day *day, int32_t slot, int32_t visit, const struct event *event)
{
    struct day_visit *v = &day->visits[visit];
    size_t undo_room = day->leg_room;
    if (slot < 0 || (size_t)slot != day->leg_count || v->leg_count == TICKET_LEG_MAX) {
        return ERR_REPLAY;
    }
    if (!make_room((void **)&day->undos, sizeof *day->undos, day->leg_count, &undo_room) ||
        !make_room((void **)&day->legs, sizeof *day->legs, day->leg_count, &day->leg_room)) {
        return ERR_NO_MEMORY;
    }
    struct day_leg *leg = &day->legs[day->leg_count];
    memset(leg, 0, sizeof *leg);
    memset(&day->undos[day->leg_count], 0, sizeof *day->undos);
    leg->visit = visit;
    leg->entered_ms = event->at_ms;
    leg->called_ms = -1;
    leg->served_ms = -1;
    leg->here_ms = -1;
    leg->ended_ms = -1;
    leg->clerk = -1;
    text_copy_cut(leg->service, sizeof leg->service, event->service);
    v->legs[v->leg_count++] = slot;
    day->leg_count += 1;
    return ERR_NONE;
}

static enum err add_visit(struct sim_day *day, const struct event *event)
{
    if (event->visit < 0 || (size_t)event->visit != day->visit_count) {
        return ERR_REPLAY;
    }
    if (!make_room((void **)&day->visits, sizeof *day->visits, day->visit_count,
                   &day->visit_room)) {
        return ERR_NO_MEMORY;
    }
    struct day_visit *visit = &day->visits[day->visit_count++];
    memset(visit, 0, sizeof *visit);
    visit->present = event->kind == EVENT_TICKET_ISSUED;
    visit->slot_ms = event->kind == EVENT_TICKET_ISSUED ? -1 : event->slot_ms;
    visit->urgent_ms = -1;
    visit->approver = -1;
    text_copy_cut(visit->number, sizeof visit->number, event->number);
    text_copy_cut(visit->cls, sizeof visit->cls, event->cls);
    return add_leg(day, event->leg, event->visit, event);
}

/* What a command does to a leg can be taken back; the copy is made at its first event. */
static void save_leg(struct sim_day *day, int32_t slot)
{
    struct undo *undo = &day->undos[slot];
    if (undo->command != day->command) {
        undo->command = day->command;
        undo->before = day->legs[slot];
    }
}

static void undo_leg(struct sim_day *day, const struct event *event)
{
    struct day_visit *visit = &day->visits[event->visit];
    int32_t overtook = day->legs[event->leg].overtook; /* stays counted, as with those passed */
    day->legs[event->leg] = day->undos[event->leg].before;
    day->legs[event->leg].overtook = overtook;
    if (event->new_leg >= 0 && visit->leg_count > 0 &&
        visit->legs[visit->leg_count - 1] == event->new_leg) {
        visit->leg_count -= 1;
    }
}

/* ---- at a window ---- */

static bool is_automatic(enum event_rule rule)
{
    return rule >= EVENT_RULE_POLICY && rule <= EVENT_RULE_EARLY;
}

/* The attempt came to nothing: `back_ms` is filled when the visitor is back. */
static void add_miss(struct day_leg *leg, int64_t at_ms)
{
    int64_t lost_ms = at_ms - leg->here_ms;
    if (leg->miss_count < SIM_MISS_MAX) {
        leg->misses[leg->miss_count] =
            (struct sim_miss){.lost_ms = lost_ms > 0 ? lost_ms : 1, .back_ms = -1};
    }
    leg->miss_count += 1;
    leg->served_ms = -1;
    leg->ended_ms = at_ms;
}

static void come_back(struct day_leg *leg, int64_t at_ms)
{
    int last = leg->miss_count - 1;
    if (last >= 0 && last < SIM_MISS_MAX && leg->ended_ms >= 0) {
        leg->misses[last].back_ms = at_ms - leg->ended_ms;
    }
    leg->ended_ms = -1;
}

static void take_called(struct sim_day *day, struct day_leg *leg, const struct event *event)
{
    if (leg->ended_ms >= 0) { /* passed, and now called out of order: so it was there again */
        come_back(leg, event->at_ms);
    }
    leg->called_ms = leg->called_ms < 0 ? event->at_ms : leg->called_ms;
    leg->served_ms = leg->served_ms < 0 ? event->at_ms : leg->served_ms;
    leg->here_ms = event->at_ms;
    if (event->why.rule == EVENT_RULE_URGENT || event->why.rule == EVENT_RULE_CHOSEN) {
        leg->urgent_calls += event->why.rule == EVENT_RULE_URGENT ? 1 : 0;
        leg->chosen_calls += event->why.rule == EVENT_RULE_CHOSEN ? 1 : 0;
        leg->clerk = intern(&day->clerks, event->clerk);
    }
    if (event->why.rule == EVENT_RULE_POLICY || event->why.rule == EVENT_RULE_GUARD_K ||
        event->why.rule == EVENT_RULE_GUARD_W) {
        leg->overtook += event->why.overtaken;
    }
}

static void leave_window(struct day_leg *leg, int64_t at_ms)
{
    leg->busy_ms += leg->here_ms >= 0 ? at_ms - leg->here_ms : 0;
    leg->here_ms = -1;
}

/* no_show and abandoned: a call without answer, unless it was served before and came back from a
 * hold. */
static void take_missed(struct day_leg *leg, const struct event *event)
{
    if (leg->here_ms >= 0 && leg->busy_ms == 0) {
        add_miss(leg, event->at_ms);
    }
    leg->here_ms = -1;
    leg->ended_ms = event->at_ms;
}

static void take_finished(struct day_leg *leg, const struct event *event)
{
    leave_window(leg, event->at_ms);
    leg->ended_ms = event->at_ms;
    leg->complete = strcmp(event->outcome, "unclosed") != 0;
}

static enum err take_transferred(struct sim_day *day, const struct event *event)
{
    struct day_leg *leg = &day->legs[event->leg];
    leave_window(leg, event->at_ms);
    leg->ended_ms = event->at_ms;
    leg->complete = true;
    enum err err = add_leg(day, event->new_leg, event->visit, event);
    if (err == ERR_NONE) {
        day->legs[event->new_leg].position = event->position;
    }
    return err;
}

/* A further matter at the same window, without a wait: as a walk-in. The leg before it was
 * finished. */
static enum err take_continued(struct sim_day *day, const struct event *event)
{
    enum err err = add_leg(day, event->new_leg, event->visit, event);
    if (err == ERR_NONE) {
        struct day_leg *leg = &day->legs[event->new_leg];
        leg->walk_in = true;
        leg->called_ms = leg->served_ms = leg->here_ms = event->at_ms;
    }
    return err;
}

static void take_amended(struct sim_day *day, struct day_leg *leg, const struct event *event)
{
    struct day_visit *visit = &day->visits[event->visit];
    text_copy_cut(leg->service, sizeof leg->service, event->service);
    text_copy_cut(visit->cls, sizeof visit->cls, event->cls);
    if ((event->changed & EVENT_CHANGED_URGENT) != 0) {
        visit->urgent_ms = event->at_ms;
        visit->approver = intern(&day->approvers, event->approver);
    }
}

static void take_returned(struct day_leg *leg)
{
    leg->served_ms = leg->busy_ms > 0 ? leg->served_ms : -1;
    leg->here_ms = -1;
}

static enum err take_of_leg(struct sim_day *day, const struct event *event)
{
    struct day_leg *leg = &day->legs[event->leg];
    switch ((int)event->kind) {
    case EVENT_TICKET_CALLED:
        take_called(day, leg, event);
        break;
    case EVENT_TICKET_STARTED:
        leg->walk_in = leg->walk_in || leg->called_ms < 0;
        if (leg->called_ms < 0) {
            leg->called_ms = leg->served_ms = leg->here_ms = event->at_ms;
        }
        break;
    case EVENT_TICKET_FINISHED:
        take_finished(leg, event);
        break;
    case EVENT_TICKET_NO_SHOW:
    case EVENT_TICKET_ABANDONED:
        take_missed(leg, event);
        break;
    case EVENT_TICKET_RESTORED:
        come_back(leg, event->at_ms);
        break;
    case EVENT_TICKET_RETURNED:
        take_returned(leg);
        break;
    case EVENT_TICKET_HELD:
        leave_window(leg, event->at_ms);
        break;
    case EVENT_TICKET_TRANSFERRED:
        return take_transferred(day, event);
    case EVENT_TICKET_CONTINUED:
        return take_continued(day, event);
    case EVENT_TICKET_AMENDED:
        take_amended(day, leg, event);
        break;
    case EVENT_TICKET_CANCELLED:
        leg->gave_up = leg->served_ms < 0 && leg->ended_ms < 0;
        leg->ended_ms = event->at_ms;
        break;
    case EVENT_TICKET_VOIDED:
        day->visits[event->visit].present = false;
        break;
    case EVENT_APPOINTMENT_CHECKED_IN:
        day->visits[event->visit].present = true;
        leg->entered_ms = event->at_ms;
        break;
    default:
        break; /* recalls, slips, ratings, places let pass, the close */
    }
    return ERR_NONE;
}

/* ---- windows ---- */

static enum err open_span(struct sim_day *day, const struct event *event)
{
    if (day->span_of[event->window] != 0) {
        return ERR_NONE;
    }
    if (!make_room((void **)&day->spans, sizeof *day->spans, day->span_count, &day->span_room)) {
        return ERR_NO_MEMORY;
    }
    day->spans[day->span_count++] =
        (struct day_span){.window = event->window, .open_ms = event->at_ms, .close_ms = INT64_MAX};
    day->span_of[event->window] = (int32_t)day->span_count;
    return ERR_NONE;
}

/* A pause that was asked for begins with the asking: a window of the simulator, too, serves whom it
 * has. */
static void close_span(struct sim_day *day, const struct event *event)
{
    int32_t span = day->span_of[event->window];
    if (span != 0) {
        day->spans[span - 1].close_ms = event->at_ms;
        day->span_of[event->window] = 0;
    }
}

static enum err take_window(struct sim_day *day, const struct event *event)
{
    if (event->window < 1 || event->window > HALL_WINDOW_NO_MAX) {
        return ERR_REPLAY;
    }
    if (event->kind == EVENT_WINDOW_OPENED || event->kind == EVENT_WINDOW_RESUMED) {
        return open_span(day, event);
    }
    close_span(day, event);
    return ERR_NONE;
}

/* ---- the chooser asked again ---- */

static void put_number(const struct sim_day *day, int32_t visit, char number[TICKET_NUMBER_SIZE])
{
    if (visit >= 0 && (size_t)visit < day->visit_count) {
        text_copy_cut(number, TICKET_NUMBER_SIZE, day->visits[visit].number);
    }
}

static void compare_choice(struct sim_day *day, struct core *core, const struct event *event)
{
    struct sim_day_choices *choices = &day->choices;
    struct core_choice choice = {.visit = -1};
    choices->calls += 1;
    if (!is_automatic(event->why.rule)) {
        return;
    }
    choices->automatic += 1;
    int w = hall_find_window(core_hall(core), event->window);
    if (w >= 0) {
        core_choose(core, w, event->at_ms, (uint32_t)event->count, &choice);
    }
    if (choice.visit == event->visit && choice.rule == event->why.rule) {
        choices->same += 1;
        return;
    }
    if (choices->difference_count < SIM_DAY_DIFFERENCE_MAX) {
        struct sim_day_difference *difference = &choices->differences[choices->difference_count++];
        *difference = (struct sim_day_difference){.seq = event->seq,
                                                  .at_ms = event->at_ms,
                                                  .window = event->window,
                                                  .rule = event->why.rule,
                                                  .choice_rule = choice.rule};
        put_number(day, event->visit, difference->number);
        put_number(day, choice.visit, difference->choice);
    }
}

static enum err take_ticket(struct sim_day *day, struct core *core, const struct event *event)
{
    if (event->leg < 0 || (size_t)event->leg >= day->leg_count ||
        event->visit != day->legs[event->leg].visit) {
        return ERR_REPLAY;
    }
    if (event->kind == EVENT_TICKET_UNDONE) {
        undo_leg(day, event);
        return ERR_NONE;
    }
    if (event->kind == EVENT_TICKET_CALLED) {
        compare_choice(day, core, event);
    }
    save_leg(day, event->leg);
    return take_of_leg(day, event);
}

enum err sim_day_take(struct sim_day *day, struct core *core, const struct event *event)
{
    if (event->at_ms < day->now_ms) {
        return ERR_REPLAY; /* time in a log never goes back */
    }
    day->command += event->part == 0 ? 1 : 0;
    day->now_ms = event->at_ms;
    switch ((int)event->kind) {
    case EVENT_TICKET_ISSUED:
    case EVENT_APPOINTMENT_CREATED:
        return add_visit(day, event);
    case EVENT_WINDOW_OPENED:
    case EVENT_WINDOW_RESUMED:
    case EVENT_WINDOW_CLOSED:
    case EVENT_WINDOW_PAUSED:
        return take_window(day, event);
    default:
        return event->leg >= 0 ? take_ticket(day, core, event) : ERR_NONE;
    }
}

/* ---- the end ---- */

static enum err take_overtakes(struct sim_day *day, const struct core *core)
{
    struct ticket *ticket = malloc(sizeof *ticket);
    struct core_now now = {.ms = day->now_ms, .offset_s = 0};
    enum err err = ticket == NULL ? ERR_NO_MEMORY : ERR_NONE;
    if ((size_t)core_visit_count(core) != day->visit_count) {
        err = ERR_REPLAY;
    }
    for (int32_t visit = 0; err == ERR_NONE && (size_t)visit < day->visit_count; visit++) {
        core_get_ticket(core, &now, visit, ticket);
        err = ticket->leg_count == day->visits[visit].leg_count ? ERR_NONE : ERR_REPLAY;
        for (int i = 0; err == ERR_NONE && i < ticket->leg_count; i++) {
            day->legs[day->visits[visit].legs[i]].overtakes = ticket->legs[i].overtakes;
        }
    }
    free(ticket);
    return err;
}

enum err sim_day_end(struct sim_day *day, const struct core *core)
{
    day->hall = *core_hall(core);
    day->in_progress = core_day_is_open(core);
    return take_overtakes(day, core);
}

const struct sim_day_choices *sim_day_choices(const struct sim_day *day)
{
    return &day->choices;
}

bool sim_day_in_progress(const struct sim_day *day)
{
    return day->in_progress;
}

const struct hall *sim_day_hall(const struct sim_day *day)
{
    return &day->hall;
}

const char *sim_day_approver(const struct sim_day *day, int index)
{
    return index < day->approvers.count ? day->approvers.names[index] : "";
}

const char *sim_day_clerk(const struct sim_day *day, int index)
{
    return index < day->clerks.count ? day->clerks.names[index] : "";
}
