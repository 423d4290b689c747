/* played: see played.h. */
#include "played.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "random_hall.h"

/* Even when one window must do it all, three times as long still fits a day. */
#define TICKETS_PER_WINDOW 20
#define SERVICE_STEPS 9

static int64_t some_time(int64_t step_ms, uint32_t below)
{
    return step_ms * any(below);
}

static void add_fate(struct sim_ticket *ticket, int64_t step_ms, unsigned features)
{
    if ((features & PLAYED_CANCEL) != 0 && any(8) == 0) {
        ticket->cancel_ms = ticket->arrive_ms + some_time(step_ms, 30);
    }
    if ((features & PLAYED_URGENT) != 0 && any(3) == 0) {
        ticket->urgent_ms = ticket->arrive_ms + some_time(step_ms, 20);
    }
    if ((features & PLAYED_APPOINTMENT) != 0 && any(5) == 0) {
        ticket->slot_ms = ticket->arrive_ms + 60000 * ((int64_t)any(30) - 12);
        ticket->slot_ms = ticket->slot_ms > 0 ? ticket->slot_ms : 1;
    }
    if ((features & PLAYED_ABSENT) != 0 && any(5) == 0) {
        ticket->absent = 2U << any(2) | 2U << any(3); /* its first calls */
        ticket->restore_ms = ticket->arrive_ms + some_time(step_ms, 60);
    }
}

static void add_ticket(struct played *p, int64_t arrive_ms, int64_t step_ms, unsigned features)
{
    const struct hall *hall = &p->plan.hall;
    struct sim_ticket *ticket = &p->tickets[p->plan.ticket_count];
    memset(ticket, 0, sizeof *ticket);
    (void)snprintf(ticket->id, sizeof ticket->id, "T%d", p->plan.ticket_count++);
    ticket->arrive_ms = arrive_ms;
    ticket->cls = (int16_t)any((uint32_t)hall->class_count);
    ticket->slot_ms = -1;
    ticket->restore_ms = -1;
    ticket->urgent_ms = -1;
    ticket->cancel_ms = -1;
    ticket->leg_count = (features & PLAYED_LEGS) != 0 && any(5) == 0 ? 2 + (int)any(2) : 1;
    for (int leg = 0; leg < ticket->leg_count; leg++) {
        ticket->services[leg] = (int16_t)any((uint32_t)hall->service_count);
        ticket->service_ms[leg] = step_ms * (1 + any(SERVICE_STEPS));
    }
    ticket->service = ticket->services[0];
    add_fate(ticket, step_ms, features);
}

void played_make(struct played *p, unsigned features)
{
    memset(p, 0, sizeof *p);
    p->plan.tickets = p->tickets;
    random_hall(&p->plan.hall);
    /* Coarse steps make many things happen at once, fine ones none. */
    int64_t step_ms = any(2) == 0 ? 30000 : 29989;
    int windows = p->plan.hall.window_count;
    int64_t at_ms = 0;
    p->plan.spans = p->spans;
    p->plan.span_count = windows;
    for (int w = 0; w < windows; w++) {
        p->spans[w] = (struct sim_span){.window = (int16_t)w,
                                        .open_ms = any(2) == 0 ? 0 : some_time(step_ms, 20),
                                        .close_ms = INT64_MAX};
    }
    /* A window has work for 5 steps on average; from ample time to twice too little. */
    uint32_t gap = 2U + any(10) / (uint32_t)windows;
    int count = 16 + TICKETS_PER_WINDOW * windows;
    assert_true(count <= PLAYED_TICKET_MAX);
    for (int i = 0; i < count; i++) {
        at_ms += any(3) == 0 ? 0 : some_time(step_ms, gap * 2);
        add_ticket(p, at_ms, step_ms, features);
    }
}

void played_copy(struct played *to, const struct played *from)
{
    *to = *from;
    to->plan.tickets = to->tickets;
    to->plan.spans = to->spans;
}

static void take_call(void *context, int64_t at_ms, int32_t window, const struct sim_ticket *ticket,
                      const struct event_why *why, const struct sim_ticket *const *overtaken)
{
    struct played *p = context;
    (void)overtaken;
    assert_true(p->call_count < PLAYED_CALL_MAX);
    p->calls[p->call_count++] =
        (struct played_call){.at_ms = at_ms,
                             .window = hall_find_window(&p->plan.hall, window),
                             .ticket = (int)(ticket - p->tickets),
                             .rule = why->rule,
                             .score = why->score,
                             .overtaken = why->overtaken};
}

static void take_note(void *context, int64_t at_ms, const char *what,
                      const struct sim_ticket *ticket)
{
    struct played *p = context;
    if (strcmp(what, "urgent") == 0) {
        p->grants[p->grant_count++] =
            (struct played_grant){.at_ms = at_ms, .ticket = (int)(ticket - p->tickets)};
    }
}

static void take_final(void *context, const struct sim_ticket *ticket, enum ticket_state state,
                       int32_t overtakes, int32_t urgent_overtakes)
{
    (void)context;
    (void)ticket;
    (void)state;
    (void)overtakes;
    (void)urgent_overtakes;
}

void played_play(struct played *p)
{
    struct sim_report report = {
        .call = take_call, .note = take_note, .final = take_final, .context = p};
    p->call_count = 0;
    p->grant_count = 0;
    assert_int_equal(sim_play(&p->plan, &report), ERR_NONE);
}
