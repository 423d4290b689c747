/* sim_run: a case measured. It is played twice: by its own rules, and first come, first served, to
 * know what the order has cost everybody. */
#include <stdlib.h>

#include "sim.h"

struct sheet {
    const struct sim_case *plan;
    size_t *first;            /* owned; of each ticket the position of its first leg in all legs */
    struct measure_leg *legs; /* owned; all legs */
    bool *counted;            /* owned; joined the queue in this run and is measured */
    int64_t *fifo_ms;         /* owned; first calls, first come, first served */
};

/* NULL without memory; the caller's to free(). */
static size_t *list_first_legs(const struct sim_case *plan)
{
    size_t *first = calloc((size_t)plan->ticket_count + 1, sizeof *first);
    for (int i = 0; first != NULL && i < plan->ticket_count; i++) {
        first[i + 1] = first[i] + (size_t)plan->tickets[i].leg_count;
    }
    return first;
}

static bool sheet_init(struct sheet *sheet, const struct sim_case *plan)
{
    size_t count = sim_case_leg_count(plan) + 1;
    *sheet = (struct sheet){.plan = plan, .first = list_first_legs(plan)};
    sheet->legs = calloc(count, sizeof *sheet->legs);
    sheet->counted = calloc(count, sizeof *sheet->counted);
    sheet->fifo_ms = calloc(count, sizeof *sheet->fifo_ms);
    return sheet->first != NULL && sheet->legs != NULL && sheet->counted != NULL &&
           sheet->fifo_ms != NULL;
}

static void sheet_fini(struct sheet *sheet)
{
    free(sheet->first);
    free(sheet->legs);
    free(sheet->counted);
    free(sheet->fifo_ms);
}

static enum measure_outcome outcome_of(const struct sim_leg *leg)
{
    if (leg->served_ms >= 0 || leg->state == TICKET_CALLED) {
        return MEASURE_CALLED;
    }
    if (leg->state == TICKET_CANCELLED) {
        return MEASURE_ABANDONED;
    }
    return leg->called_ms >= 0 ? MEASURE_NO_SHOW : MEASURE_NOT_CALLED;
}

static void take_leg(void *context, int ticket, int leg, const struct sim_leg *result)
{
    struct sheet *sheet = context;
    size_t at = sheet->first[ticket] + (size_t)leg;
    const struct sim_ticket *plan = &sheet->plan->tickets[ticket];
    int16_t service = plan->services[leg];
    sheet->counted[at] = !plan->uncounted;
    sheet->legs[at] = (struct measure_leg){
        .service = service,
        .cls = plan->cls,
        .outcome = outcome_of(result),
        .entered_ms = result->entered_ms,
        .start_ms = result->called_ms,
        .served_ms = result->served_ms,
        .end_ms = result->ended_ms,
        .fifo_start_ms = MEASURE_UNKNOWN,
        .target_ms = sheet->plan->hall.services[service].target_wait_ms,
        .overtakes = result->overtakes,
        .overtook = result->overtook,
        .urgent_calls = result->urgent_calls,
        .approver = -1,
        .clerk = -1,
    };
}

/* ---- first come, first served ---- */

struct fifo {
    const size_t *first;
    int64_t *start_ms;
};

static void take_start(void *context, int ticket, int leg, const struct sim_leg *result)
{
    struct fifo *fifo = context;
    fifo->start_ms[fifo->first[ticket] + (size_t)leg] = result->called_ms;
}

static void make_fifo(struct sim_case *play)
{
    play->hall.policy.rule = HALL_RULE_FIFO;
    for (int c = 0; c < play->hall.class_count; c++) {
        play->hall.classes[c].cap = -1;
        play->hall.classes[c].max_wait_ms = 0;
    }
    for (int i = 0; i < play->ticket_count; i++) {
        play->tickets[i].urgent_ms = -1;
    }
}

enum err sim_fifo(const struct sim_case *plan, int64_t *ret_start_ms)
{
    size_t tickets = (size_t)plan->ticket_count;
    size_t *first = list_first_legs(plan);
    struct sim_case *copy = malloc(sizeof *copy);
    struct sim_ticket *own = calloc(tickets + 1, sizeof *own);
    enum err err = ERR_NO_MEMORY;
    if (copy != NULL && first != NULL && own != NULL) {
        for (size_t i = 0; i < first[tickets]; i++) {
            ret_start_ms[i] = MEASURE_UNKNOWN;
        }
        for (size_t i = 0; i < tickets; i++) {
            own[i] = plan->tickets[i];
        }
        *copy = *plan;
        copy->tickets = own;
        make_fifo(copy);
        struct fifo fifo = {.first = first, .start_ms = ret_start_ms};
        struct sim_report report = {.leg = take_start, .context = &fifo};
        err = sim_play(copy, &report);
    }
    free(own);
    free(copy);
    free(first);
    return err;
}

enum err sim_measure(const struct sim_case *plan, struct measure_result *ret_result)
{
    struct sheet sheet;
    enum err err = sheet_init(&sheet, plan) ? ERR_NONE : ERR_NO_MEMORY;
    if (err == ERR_NONE) {
        const struct sim_report report = {.leg = take_leg, .context = &sheet};
        err = sim_play(plan, &report);
    }
    if (err == ERR_NONE) {
        err = sim_fifo(plan, sheet.fifo_ms);
    }
    if (err == ERR_NONE) {
        size_t count = 0;
        for (size_t i = 0; i < sheet.first[plan->ticket_count]; i++) {
            if (sheet.counted[i]) {
                sheet.legs[count] = sheet.legs[i];
                sheet.legs[count++].fifo_start_ms = sheet.fifo_ms[i];
            }
        }
        err = measure_day(sheet.legs, count, ret_result);
    }
    sheet_fini(&sheet);
    return err;
}
