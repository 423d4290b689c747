/* sim_day_case: a recorded day put out: as a case for the simulator, and measured. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "sim_day_internal.h"
#include "sim_random.h"

#define MINUTE_MS 60000
#define NOON_MIN 720
#define LAST_MIN 1439      /* of a date */
#define NUMBER_LAST 999999 /* more than a day can hold, and short enough for a number */

/* Positions by code or number, also of what was retired during the day; -1 none. */
static int find_service(const struct hall *hall, const char *code)
{
    for (int i = 0; i < hall->service_count; i++) {
        if (strcmp(hall->services[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

static int find_class(const struct hall *hall, const char *code)
{
    for (int i = 0; i < hall->class_count; i++) {
        if (strcmp(hall->classes[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

static int find_window(const struct hall *hall, int32_t no)
{
    for (int i = 0; i < hall->window_count; i++) {
        if (hall->windows[i].no == no) {
            return i;
        }
    }
    return -1;
}

/* ---- service times ---- */

struct duration {
    int service;
    int64_t ms;
};

struct durations {
    struct duration *items; /* owned; by service */
    size_t count;
    uint64_t seed;
};

static int compare_durations(const void *a, const void *b)
{
    const struct duration *x = a;
    const struct duration *y = b;
    if (x->service != y->service) {
        return x->service < y->service ? -1 : 1;
    }
    return x->ms < y->ms ? -1 : x->ms > y->ms ? 1 : 0;
}

static bool durations_init(struct durations *durations, const struct sim_day *day, uint64_t seed)
{
    *durations = (struct durations){.seed = seed};
    durations->items = calloc(day->leg_count + 1, sizeof *durations->items);
    if (durations->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < day->leg_count; i++) {
        const struct day_leg *leg = &day->legs[i];
        if (leg->complete && day->visits[leg->visit].present) {
            durations->items[durations->count++] = (struct duration){
                .service = find_service(&day->hall, leg->service), .ms = leg->busy_ms};
        }
    }
    qsort(durations->items, durations->count, sizeof *durations->items, compare_durations);
    return true;
}

/* How long a leg would have taken that was not served to its end: as long as another of its service
 * that day, each as likely; but not shorter than it was seen to take. */
static int64_t draw_duration(const struct durations *durations, const struct sim_day *day,
                             int service, int32_t slot)
{
    const struct day_leg *leg = &day->legs[slot];
    int64_t seen_ms = leg->busy_ms + (leg->here_ms >= 0 ? day->now_ms - leg->here_ms : 0);
    int64_t ms = day->hall.services[service].expected_service_ms;
    size_t from = 0;
    while (from < durations->count && durations->items[from].service < service) {
        from++;
    }
    size_t to = from;
    while (to < durations->count && durations->items[to].service == service) {
        to++;
    }
    if (to > from) {
        struct sim_random random;
        sim_random_init(&random, durations->seed, (uint64_t)slot);
        size_t at = (size_t)(sim_random_unit(&random) * (double)(to - from));
        ms = durations->items[from + (at < to - from ? at : to - from - 1)].ms;
    }
    return ms > seen_ms ? ms : seen_ms;
}

/* ---- tickets ---- */

/* Time of the case. A hall that was opened by hand the evening before has people before midnight:
 * they come at midnight. */
static int64_t case_ms(const struct sim_day *day, int64_t at_ms)
{
    return at_ms > day->midnight_ms ? at_ms - day->midnight_ms : 0;
}

static void put_misses(struct sim_ticket *ticket, const struct day_leg *leg, int *calls)
{
    for (int i = 0; i < leg->miss_count; i++) {
        *calls += 1;
        ticket->absent |= *calls < 32 ? 1U << *calls : 0;
        if (i < SIM_MISS_MAX && ticket->miss_count < SIM_MISS_MAX) {
            ticket->misses[ticket->miss_count++] = leg->misses[i];
        }
    }
    if (leg->miss_count > 0 && leg->served_ms < 0) { /* never came: not to a later call either */
        ticket->absent |= *calls < 31 ? ~0U << (*calls + 1) : 0;
    }
    *calls += 1;
}

static enum err put_ticket(const struct sim_day *day, const struct durations *durations,
                           const struct day_visit *visit, struct sim_ticket *ticket)
{
    int calls = 0;
    int cls = find_class(&day->hall, visit->cls);
    memset(ticket, 0, sizeof *ticket);
    text_copy_cut(ticket->id, sizeof ticket->id, visit->number);
    ticket->cls = (int16_t)cls;
    ticket->arrive_ms = case_ms(day, day->legs[visit->legs[0]].entered_ms);
    ticket->slot_ms = visit->slot_ms >= 0 ? case_ms(day, visit->slot_ms) : -1;
    ticket->restore_ms = -1;
    ticket->urgent_ms = visit->urgent_ms >= 0 ? case_ms(day, visit->urgent_ms) : -1;
    ticket->cancel_ms = -1;
    ticket->leg_count = visit->leg_count;
    for (int i = 0; i < visit->leg_count; i++) {
        const struct day_leg *leg = &day->legs[visit->legs[i]];
        int service = find_service(&day->hall, leg->service);
        if (service < 0 || cls < 0) {
            return ERR_REPLAY;
        }
        ticket->services[i] = (int16_t)service;
        ticket->positions[i] = leg->position;
        int64_t ms =
            leg->complete ? leg->busy_ms : draw_duration(durations, day, service, visit->legs[i]);
        ticket->service_ms[i] = ms > 0 ? ms : 1; /* a service ends after it began */
        ticket->uncounted = ticket->uncounted || leg->walk_in;
        ticket->cancel_ms = leg->gave_up ? case_ms(day, leg->ended_ms) : ticket->cancel_ms;
        put_misses(ticket, leg, &calls);
    }
    ticket->service = ticket->services[0];
    return ERR_NONE;
}

/* Order of arrival: appointments have their numbers from before. */
struct arrival {
    int64_t at_ms;
    int32_t visit;
};

static int compare_arrivals(const void *a, const void *b)
{
    const struct arrival *x = a;
    const struct arrival *y = b;
    if (x->at_ms != y->at_ms) {
        return x->at_ms < y->at_ms ? -1 : 1;
    }
    return x->visit < y->visit ? -1 : x->visit > y->visit ? 1 : 0;
}

/* NULL without memory; the caller's to free(). */
static struct arrival *list_arrivals(const struct sim_day *day, size_t *ret_count)
{
    struct arrival *arrivals = calloc(day->visit_count + 1, sizeof *arrivals);
    size_t count = 0;
    for (size_t i = 0; arrivals != NULL && i < day->visit_count; i++) {
        const struct day_visit *visit = &day->visits[i];
        if (visit->present) {
            arrivals[count++] = (struct arrival){.at_ms = day->legs[visit->legs[0]].entered_ms,
                                                 .visit = (int32_t)i};
        }
    }
    if (arrivals != NULL) {
        qsort(arrivals, count, sizeof *arrivals, compare_arrivals);
    }
    *ret_count = count;
    return arrivals;
}

static enum err put_tickets(const struct sim_day *day, uint64_t seed, struct sim_case *play)
{
    size_t count = 0;
    struct durations durations = {0};
    struct arrival *arrivals = list_arrivals(day, &count);
    enum err err = ERR_NO_MEMORY;
    play->tickets = calloc(count + 1, sizeof *play->tickets);
    if (arrivals != NULL && play->tickets != NULL && durations_init(&durations, day, seed)) {
        err = ERR_NONE;
        for (size_t i = 0; err == ERR_NONE && i < count; i++) {
            err = put_ticket(day, &durations, &day->visits[arrivals[i].visit], &play->tickets[i]);
        }
        play->ticket_count = (int)count;
    }
    free(durations.items);
    free(arrivals);
    return err;
}

/* ---- the hall ---- */

static void put_hall(const struct sim_day *day, struct hall *hall)
{
    *hall = day->hall;
    for (int i = 0; i < hall->service_count; i++) {
        struct hall_service *service = &hall->services[i];
        service->hours_count = 0;
        service->quota_day = 0;
        service->last = NUMBER_LAST;
        service->retired = false;
    }
    for (int i = 0; i < hall->window_count; i++) {
        hall->windows[i].retired = false;
    }
    /* The case says how long a call is waited for. */
    hall->auto_start_ms = 0;
    hall->no_show_min_calls = 1;
    hall->no_show_answer_ms = 0;
    /* A day opened again by hand went on after its close. */
    int64_t last_min = case_ms(day, day->now_ms) / MINUTE_MS + 1;
    if (hall->day_close_min >= NOON_MIN && last_min > hall->day_close_min) {
        hall->day_close_min = last_min < LAST_MIN ? (int32_t)last_min : LAST_MIN;
    }
}

static enum err put_spans(const struct sim_day *day, struct sim_case *play)
{
    play->spans = calloc(day->span_count + 1, sizeof *play->spans);
    if (play->spans == NULL) {
        return ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < day->span_count; i++) {
        const struct day_span *span = &day->spans[i];
        int window = find_window(&day->hall, span->window);
        if (window >= 0) {
            play->spans[play->span_count++] = (struct sim_span){
                .window = (int16_t)window,
                .open_ms = case_ms(day, span->open_ms),
                .close_ms = span->close_ms == INT64_MAX ? INT64_MAX : case_ms(day, span->close_ms)};
        }
    }
    return ERR_NONE;
}

enum err sim_day_case(const struct sim_day *day, uint64_t seed, struct sim_case *ret_case)
{
    memset(ret_case, 0, sizeof *ret_case);
    put_hall(day, &ret_case->hall);
    enum err err = put_tickets(day, seed, ret_case);
    err = err ? err : put_spans(day, ret_case);
    sim_case_begin(ret_case); /* in the right day, too, when the hall closes after midnight */
    return err;
}

/* ---- as it was ---- */

static enum measure_outcome outcome_of(const struct day_leg *leg)
{
    if (leg->served_ms >= 0) {
        return MEASURE_CALLED;
    }
    if (leg->gave_up) {
        return MEASURE_ABANDONED;
    }
    return leg->miss_count > 0 ? MEASURE_NO_SHOW : MEASURE_NOT_CALLED;
}

static void put_measure(const struct sim_day *day, const struct day_leg *leg, int16_t service,
                        int16_t cls, struct measure_leg *ret)
{
    *ret = (struct measure_leg){
        .service = service,
        .cls = cls,
        .outcome = outcome_of(leg),
        .entered_ms = leg->entered_ms,
        .start_ms = leg->called_ms,
        .served_ms = leg->served_ms,
        .end_ms = leg->ended_ms,
        .target_ms = day->hall.services[service].target_wait_ms,
        .overtakes = leg->overtakes,
        .overtook = leg->overtook,
        .urgent_calls = leg->urgent_calls,
        .chosen_calls = leg->chosen_calls,
        .approver = leg->urgent_calls > 0 ? day->visits[leg->visit].approver : (int16_t)-1,
        .clerk = leg->clerk,
    };
}

/* Fills the measured legs of the tickets of `own`, in its order; how many. */
static size_t put_measures(const struct sim_day *day, const struct arrival *arrivals,
                           const struct sim_case *own, const int64_t *fifo_ms,
                           struct measure_leg *legs)
{
    size_t count = 0;
    size_t at = 0;
    for (int i = 0; i < own->ticket_count; i++) {
        const struct sim_ticket *ticket = &own->tickets[i];
        const struct day_visit *visit = &day->visits[arrivals[i].visit];
        for (int leg = 0; leg < ticket->leg_count; leg++, at++) {
            if (ticket->uncounted) {
                continue;
            }
            put_measure(day, &day->legs[visit->legs[leg]], ticket->services[leg], ticket->cls,
                        &legs[count]);
            legs[count++].fifo_start_ms =
                fifo_ms[at] < 0 ? MEASURE_UNKNOWN : day->midnight_ms + fifo_ms[at];
        }
    }
    return count;
}

enum err sim_day_measure(const struct sim_day *day, const struct sim_case *own,
                         struct measure_result *ret_result)
{
    size_t room = sim_case_leg_count(own) + 1;
    size_t arrival_count = 0;
    int64_t *fifo_ms = calloc(room, sizeof *fifo_ms);
    struct measure_leg *legs = calloc(room, sizeof *legs);
    struct arrival *arrivals = list_arrivals(day, &arrival_count);
    enum err err = ERR_NO_MEMORY;
    if (fifo_ms != NULL && legs != NULL && arrivals != NULL) {
        assert(arrival_count == (size_t)own->ticket_count);
        err = sim_fifo(own, fifo_ms);
        size_t count = err ? 0 : put_measures(day, arrivals, own, fifo_ms, legs);
        err = err ? err : measure_day(legs, count, ret_result);
    }
    free(arrivals);
    free(legs);
    free(fifo_ms);
    return err;
}
