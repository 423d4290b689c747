/* sim: the real core on a virtual clock, floors 0 and 1 only.
 *
 * A case is a hall and a list of visitors with everything that will happen to them; sim_play() lets
 * it happen in the order of scheduling ("order inside one millisecond": ends of service, windows,
 * cancels, urgent grants, restores, arrivals, then the idle windows call) and reports each call.
 * Times are milliseconds from the midnight at which the case's day begins. */
#ifndef SIM_H
#define SIM_H

#include "core.h"
#include "measure.h"

#define SIM_TICKET_MAX 4096 /* of a trace; a recorded day may have as many as the core holds */
#define SIM_LEG_MAX TICKET_LEG_MAX
#define SIM_MISS_MAX 4 /* a hall lets nobody miss more calls than that */
#define SIM_ID_SIZE TICKET_ID_SIZE

/* One missed call as it happened on a recorded day. */
struct sim_miss {
    int64_t
        lost_ms; /* the window gives up after this; 0: when the hall's own time to answer is over */
    int64_t back_ms; /* the visitor asks to be restored so long after that; -1 never */
};

struct sim_ticket {
    char id[SIM_ID_SIZE];
    int16_t service, cls; /* positions in the hall */
    int64_t arrive_ms;
    int64_t slot_ms;    /* appointment; -1 none */
    int64_t restore_ms; /* asks to be restored if passed then; -1 never */
    int64_t urgent_ms;  /* an urgent grant is asked for; -1 never */
    int64_t cancel_ms;  /* leaves if still waiting; -1 never */
    uint32_t absent;    /* bit n: misses its call n (from 1) */
    bool uncounted;     /* takes its time, but is not measured */
    int miss_count;     /* the missed calls in order; further ones are like the last */
    struct sim_miss misses[SIM_MISS_MAX];
    int leg_count;
    int64_t service_ms[SIM_LEG_MAX];
    int16_t services[SIM_LEG_MAX];              /* [0] is `service`; then where it is sent on */
    enum event_position positions[SIM_LEG_MAX]; /* how it joins the queue there; [0] unused */
};

/* A window is open from `open_ms` until `close_ms`; whoever is there then is served to the end. */
struct sim_span {
    int16_t window; /* position in the hall */
    int64_t open_ms;
    int64_t close_ms; /* INT64_MAX never */
};

struct sim_case {
    struct hall hall;
    int64_t start_ms;       /* the clock's first moment */
    struct sim_span *spans; /* owned; any order, those of one window apart */
    int span_count;
    struct sim_ticket *tickets; /* owned; in order of arrival */
    int ticket_count;
};
void sim_case_fini(struct sim_case *play);
/* Lets the clock begin with the first ticket or window. */
void sim_case_begin(struct sim_case *play);
/* Legs of all tickets; the order of "all legs" is ticket by ticket. */
size_t sim_case_leg_count(const struct sim_case *play);

/* What became of a leg in the run; times are -1 when it did not come to that. */
struct sim_leg {
    int64_t entered_ms;
    int64_t called_ms; /* first call */
    int64_t served_ms; /* call of the attempt it came to */
    int64_t ended_ms;
    enum ticket_state state;
    int32_t overtakes;    /* suffered by policy */
    int32_t overtook;     /* by its policy calls */
    int32_t urgent_calls; /* by an urgent grant */
};

/* Any of the functions may be NULL. */
struct sim_report {
    void (*call)(void *context, int64_t at_ms, int32_t window, const struct sim_ticket *ticket,
                 const struct event_why *why, const struct sim_ticket *const *overtaken);
    void (*note)(void *context, int64_t at_ms, const char *what, const struct sim_ticket *ticket);
    void (*final)(void *context, const struct sim_ticket *ticket, enum ticket_state state,
                  int32_t overtakes, int32_t urgent_overtakes);
    /* At the end, for every leg that joined the queue: position of the ticket, of the leg in it. */
    void (*leg)(void *context, int ticket, int leg, const struct sim_leg *result);
    /* Every event, as a log would have it. */
    void (*event)(void *context, const struct event *event);
    void *context;
};

/* Plays the case until nothing more happens, or until its day closes. ERR_NO_MEMORY;
 * ERR_INVALID_BODY when a command of the case is refused. */
MUST_USE enum err sim_play(const struct sim_case *play, const struct sim_report *report);

/* First calls of all legs had the hall been first come, first served, without guards and urgent
 * grants; -1 those never called. `ret_start_ms` has sim_case_leg_count() items. As sim_play(). */
MUST_USE enum err sim_fifo(const struct sim_case *play, int64_t *ret_start_ms);
/* Plays the case and measures it, displacement included. As sim_play(). */
MUST_USE enum err sim_measure(const struct sim_case *play, struct measure_result *ret_result);

#endif
