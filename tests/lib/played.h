/* played: a case of the simulator by chance (random_hall.h), and the calls that came of it.
 *
 * Positions stand for windows and tickets, so that two plays can be compared. */
#ifndef PLAYED_H
#define PLAYED_H

#include "sim.h"

#define PLAYED_TICKET_MAX 128
/* Every leg called once and missed as often as bits are drawn for it. */
#define PLAYED_CALL_MAX (PLAYED_TICKET_MAX * SIM_LEG_MAX * 4)

/* What may happen beside coming, being called and being served. */
enum {
    PLAYED_LEGS = 1, /* sent on to another service */
    PLAYED_ABSENT = 2,
    PLAYED_APPOINTMENT = 4,
    PLAYED_CANCEL = 8,
    PLAYED_URGENT = 16,
    PLAYED_ALL = 31
};

struct played_call {
    int64_t at_ms;
    int window, ticket;
    enum event_rule rule;
    int64_t score;
    int32_t overtaken;
};

struct played_grant {
    int64_t at_ms;
    int ticket;
};

struct played {
    struct sim_case plan;
    struct sim_ticket tickets[PLAYED_TICKET_MAX];
    struct sim_span spans[HALL_WINDOW_MAX]; /* one a window, to the end */
    struct played_call calls[PLAYED_CALL_MAX];
    int call_count;
    struct played_grant grants[PLAYED_TICKET_MAX]; /* urgent */
    int grant_count;
};

/* A hall and visitors for it, with some of PLAYED_. Often several things happen in the same
 * millisecond. */
void played_make(struct played *p, unsigned features);
void played_copy(struct played *to, const struct played *from);
/* Plays the case; what was in the log is forgotten. The test fails when a command is refused. */
void played_play(struct played *p);

#endif
