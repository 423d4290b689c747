/* core_print: which slips are to be printed, and where.
 *
 * The job is in the event that makes it: ticket.issued, appointment.checked_in and
 * ticket.print_queued name the printer, so a slip is to be printed from the moment its number
 * exists, and is still so after a restart. Those that wait are a list through the visits in the
 * order in which they were asked for: people at the kiosk stand before a copy of an old number that
 * is asked for later, and whoever looks for the next slip passes only others that wait. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

static bool is_kiosk_of(const struct hall_printer *printer, const struct cmd *cmd)
{
    return printer->kiosk[0] != '\0' && cmd->actor == EVENT_ACTOR_DEVICE &&
           strcmp(printer->kiosk, cmd->actor_id) == 0;
}

/* The printer of the kiosk that asks; else, where `others` may have paper, the first that belongs
 * to no kiosk. "" none. */
static const char *choose_printer(const struct hall *hall, const struct cmd *cmd, bool others)
{
    const char *chosen = "";
    for (int i = 0; i < hall->printer_count; i++) {
        const struct hall_printer *printer = &hall->printers[i];
        if (is_kiosk_of(printer, cmd)) {
            return printer->code;
        }
        if (others && chosen[0] == '\0' && printer->kiosk[0] == '\0') {
            chosen = printer->code;
        }
    }
    return chosen;
}

const char *print_choose(const struct core_step *step, const char *channel)
{
    /* Who took the number on a phone or through another program has it there. */
    bool here = strcmp(channel, "kiosk") == 0 || strcmp(channel, "desk") == 0;
    return choose_printer(&step->core->hall, step->cmd, here);
}

static bool has_printer(const struct hall *hall, const char *code)
{
    for (int i = 0; i < hall->printer_count; i++) {
        if (strcmp(hall->printers[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- commands ---- */

/* Where a copy goes: to the printer asked for, that of the kiosk that asks, the one the slip was
 * for, or one of no kiosk. */
static const char *choose_for_copy(const struct core_step *step, const struct core_visit *visit)
{
    const struct hall *hall = &step->core->hall;
    const char *printer = step->cmd->subject;
    if (printer[0] == '\0') {
        printer = choose_printer(hall, step->cmd, false);
    }
    if (printer[0] == '\0' && has_printer(hall, visit->printer)) {
        printer = visit->printer;
    }
    return printer[0] != '\0' ? printer : choose_printer(hall, step->cmd, true);
}

enum err do_reprint(struct core_step *step, int32_t leg)
{
    const struct core_visit *visit = &step->core->visits[step->core->legs[leg].visit];
    const char *printer = choose_for_copy(step, visit);
    if (printer[0] != '\0' && !has_printer(&step->core->hall, printer)) {
        return step_refuse(step, ERR_INVALID_BODY, "/printer", "there is no such printer");
    }
    struct event event;
    /* In a hall that prints by itself the copy is that one's business: it only counts. */
    emit_init_leg(step, &event,
                  printer[0] != '\0' ? EVENT_TICKET_PRINT_QUEUED : EVENT_TICKET_PRINTED, leg);
    text_copy_cut(event.subject, sizeof event.subject, printer);
    event.on = 1;
    event.count = visit->copies + 1;
    emit(step, &event);
    return ERR_NONE;
}

enum err do_print_result(struct core_step *step, int32_t leg)
{
    const struct core_visit *visit = &step->core->visits[step->core->legs[leg].visit];
    /* A printer's word counts for the job it had: not for a ticket that was cancelled meanwhile,
     * nor for a copy asked for since. */
    if (step->cmd->by == CMD_BY_SYSTEM &&
        (visit->print != TICKET_PRINT_QUEUED || visit->copies != step->cmd->count)) {
        return ERR_WRONG_STATE;
    }
    struct event event;
    emit_init_leg(step, &event, step->cmd->on ? EVENT_TICKET_PRINTED : EVENT_TICKET_PRINT_FAILED,
                  leg);
    text_copy_cut(event.subject, sizeof event.subject, step->cmd->subject);
    event.count = visit->copies;
    emit(step, &event);
    return ERR_NONE;
}

/* Slips of printers that the configuration has no longer: nobody would ever print them. What asks
 * for a slip names a printer of its time, so they come with a configuration only. */
void print_due(struct core_step *step)
{
    struct core *core = step->core;
    int32_t after;
    for (int32_t slot = core->print_first; slot >= 0 && core->prints_lost > 0; slot = after) {
        const struct core_visit *visit = &core->visits[slot];
        struct event event;
        after = visit->print_after; /* the event takes this one out of the list */
        if (has_printer(&core->hall, visit->printer)) {
            continue;
        }
        emit_init_leg(step, &event, EVENT_TICKET_PRINT_FAILED, visit->last_leg);
        text_copy_cut(event.subject, sizeof event.subject, visit->printer);
        text_copy_cut(event.reason, sizeof event.reason, "there is no such printer any more");
        event.count = visit->copies;
        emit(step, &event);
    }
}

/* ---- state ---- */

static int32_t count_lost(const struct core *core)
{
    int32_t lost = 0;
    for (int32_t slot = core->print_first; slot >= 0; slot = core->visits[slot].print_after) {
        lost += has_printer(&core->hall, core->visits[slot].printer) ? 0 : 1;
    }
    return lost;
}

void print_configured(struct core *core)
{
    core->prints_lost = count_lost(core);
}

static void leave_list(struct core *core, int32_t slot)
{
    const struct core_visit *visit = &core->visits[slot];
    int32_t *before = visit->print_before >= 0 ? &core->visits[visit->print_before].print_after
                                               : &core->print_first;
    int32_t *after = visit->print_after >= 0 ? &core->visits[visit->print_after].print_before
                                             : &core->print_last;
    *before = visit->print_after;
    *after = visit->print_before;
}

static void join_list(struct core *core, int32_t slot)
{
    struct core_visit *visit = &core->visits[slot];
    int32_t *end =
        core->print_last >= 0 ? &core->visits[core->print_last].print_after : &core->print_first;
    visit->print_before = core->print_last;
    visit->print_after = -1;
    *end = slot;
    core->print_last = slot;
}

/* Asked for again it waits again, behind the others. */
static void set_print(struct core *core, int32_t slot, enum ticket_print print)
{
    struct core_visit *visit = &core->visits[slot];
    if (visit->print == TICKET_PRINT_QUEUED) {
        leave_list(core, slot);
        core->prints_lost -= has_printer(&core->hall, visit->printer) ? 0 : 1;
    }
    core->prints_failed += (print == TICKET_PRINT_FAILED) - (visit->print == TICKET_PRINT_FAILED);
    visit->print = print;
    if (print == TICKET_PRINT_QUEUED) {
        join_list(core, slot);
        core->prints_lost += has_printer(&core->hall, visit->printer) ? 0 : 1;
    }
}

void print_reset(struct core *core)
{
    core->print_first = -1;
    core->print_last = -1;
    core->prints_failed = 0;
    core->prints_lost = 0;
}

/* Nobody waits for the slip of a ticket that is over. */
void print_forget(struct core *core, int32_t slot)
{
    if (core->visits[slot].print == TICKET_PRINT_QUEUED) {
        set_print(core, slot, TICKET_PRINT_NONE);
    }
}

void print_apply(struct core *core, const struct event *event)
{
    struct core_visit *visit = &core->visits[event->visit];
    switch ((int)event->kind) {
    case EVENT_TICKET_PRINTED:
        visit->copies += event->on;
        set_print(core, event->visit, TICKET_PRINT_PRINTED);
        break;
    case EVENT_TICKET_PRINT_FAILED:
        set_print(core, event->visit, TICKET_PRINT_FAILED);
        break;
    default: /* what asks for a slip, if it names a printer */
        if (event->subject[0] == '\0') {
            return;
        }
        visit->copies += event->kind == EVENT_TICKET_PRINT_QUEUED ? event->on : 0;
        visit->print_ms = event->at_ms;
        visit->print_seq = event->seq;
        print_forget(core, event->visit); /* it may have waited at another printer */
        text_copy_cut(visit->printer, sizeof visit->printer, event->subject);
        set_print(core, event->visit, TICKET_PRINT_QUEUED);
        break;
    }
}

/* ---- reading ---- */

bool core_next_print(const struct core *core, const char *printer, struct core_print *ret_print)
{
    for (int32_t slot = core->print_first; slot >= 0; slot = core->visits[slot].print_after) {
        const struct core_visit *visit = &core->visits[slot];
        if (strcmp(visit->printer, printer) == 0) {
            *ret_print = (struct core_print){.visit = slot,
                                             .copies = visit->copies,
                                             .queued_ms = visit->print_ms,
                                             .seq = visit->print_seq};
            return true;
        }
    }
    return false;
}

int core_list_unprinted(const struct core *core, int32_t *slots, int max)
{
    int count = 0;
    int32_t left = core->prints_failed;
    for (int32_t slot = core->visit_count - 1; slot >= 0 && left > 0 && count < max; slot--) {
        const struct core_visit *visit = &core->visits[slot];
        if (visit->print == TICKET_PRINT_FAILED) {
            left--;
            if (!ticket_state_is_final(core->legs[visit->last_leg].state)) {
                slots[count++] = slot;
            }
        }
    }
    return count;
}

const char *print_check(const struct core *core)
{
    int32_t queued = 0;
    int32_t failed = 0;
    int64_t seq = -1;
    for (int32_t slot = 0; slot < core->visit_count; slot++) {
        queued += core->visits[slot].print == TICKET_PRINT_QUEUED ? 1 : 0;
        failed += core->visits[slot].print == TICKET_PRINT_FAILED ? 1 : 0;
    }
    for (int32_t slot = core->print_first; slot >= 0; slot = core->visits[slot].print_after) {
        const struct core_visit *visit = &core->visits[slot];
        if (visit->print != TICKET_PRINT_QUEUED || visit->print_seq <= seq) {
            return "the slips that wait are listed as they were asked for";
        }
        seq = visit->print_seq;
        queued--; /* each has a later seq than the one before, so the list ends */
    }
    if (core->prints_lost != count_lost(core)) {
        return "the slips without a printer are counted right";
    }
    return queued == 0 && failed == core->prints_failed ? NULL : "the slips are counted right";
}
