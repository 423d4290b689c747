/* engine_print: shows each printer the next slip it has to make.
 *
 * What is to be printed is state of the hall (core_print.c); here the oldest job of each printer is
 * put on the bus, where the printer's thread finds it. The next one follows when its result has
 * been committed, so nothing is lost between the two when either of them ends. */
#include <stdio.h>
#include <string.h>

#include "engine_internal.h"

/* Puts that job on the bus. */
static void show(struct engine *engine, const char *printer, const struct core_print *job)
{
    struct bus_print *print = &engine->print;
    engine_read_ticket(engine, job->visit, &engine->ticket);
    *print = (struct bus_print){.copies = job->copies, .uncertain = job->seq < engine->first_seq};
    text_copy_cut(print->ticket_id, sizeof print->ticket_id, engine->ticket.id);
    print->age_ms = clock_now_ms(&engine->clock) - job->queued_ms;
    wire_slip_make(&print->slip, &engine->ticket, engine->config, printer);
    bus_set_print(engine->options.bus, printer, print);
}

/* A printer that has its job already is left alone: it may be half-way through the slip. */
static void show_next(struct engine *engine, int index, const char *printer)
{
    struct core_print job = {.visit = -1};
    struct core_print *shown = &engine->prints[index];
    bool any = core_next_print(engine->core, printer, &job);
    if (job.visit == shown->visit && job.seq == shown->seq) {
        return;
    }
    *shown = job;
    if (any) {
        show(engine, printer, &job);
    } else {
        bus_set_print(engine->options.bus, printer, NULL);
    }
}

void engine_publish_prints(struct engine *engine)
{
    const struct hall *hall = core_hall(engine->core);
    for (int i = 0; i < hall->printer_count; i++) {
        show_next(engine, i, hall->printers[i].code);
    }
}

void engine_forget_prints(struct engine *engine)
{
    /* Their threads start anew, and what was under way may have come out. */
    engine->first_seq = core_next_seq(engine->core);
    for (int i = 0; i < HALL_PRINTER_MAX; i++) {
        engine->prints[i] = (struct core_print){.visit = -1};
    }
    if (engine->options.bus != NULL) {
        bus_clear_prints(engine->options.bus);
    }
}
