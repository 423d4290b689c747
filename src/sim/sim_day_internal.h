/* sim_day_internal: a recorded day in memory, shared by the files that read it in and put it out.
 */
#ifndef SIM_DAY_INTERNAL_H
#define SIM_DAY_INTERNAL_H

#include "sim_day.h"

/* A leg as it went. Times are hall time, -1 not (yet). */
struct day_leg {
    int32_t visit;
    char service[HALL_CODE_SIZE];
    enum event_position position; /* how it joined the queue */
    int64_t entered_ms;
    int64_t called_ms; /* first call */
    int64_t served_ms; /* call of the attempt that it came to */
    int64_t here_ms;   /* at a window since; -1 it is not */
    int64_t busy_ms;   /* time at windows in attempts that it came to */
    int64_t ended_ms;  /* for those passed: when, until they are back */
    bool complete;     /* served to its end: busy_ms is its service time */
    bool gave_up;      /* cancelled while waiting */
    bool walk_in;      /* straight to a window */
    int miss_count;    /* calls missed, of which the first SIM_MISS_MAX are kept */
    struct sim_miss misses[SIM_MISS_MAX];
    int32_t overtakes, overtook, urgent_calls, chosen_calls;
    int16_t clerk; /* of the last urgent or chosen call */
};

struct day_visit {
    char number[TICKET_NUMBER_SIZE];
    char cls[HALL_CODE_SIZE];
    bool present; /* in the hall: not only booked, and not void */
    int64_t slot_ms, urgent_ms;
    int16_t approver;
    int leg_count;
    int32_t legs[TICKET_LEG_MAX]; /* slots */
};

struct day_span {
    int32_t window; /* number */
    int64_t open_ms, close_ms;
};

struct day_names {
    char names[MEASURE_PERSON_MAX][TICKET_ACTOR_SIZE];
    int count;
};

struct sim_day {
    int64_t midnight_ms;
    int64_t now_ms;
    struct day_visit *visits; /* by slot */
    size_t visit_count, visit_room;
    struct day_leg *legs; /* by slot */
    struct undo *undos;   /* one for each leg */
    size_t leg_count, leg_room;
    struct day_span *spans;
    size_t span_count, span_room;
    int32_t span_of[HALL_WINDOW_NO_MAX + 1]; /* the open one of a window, from 1; 0 none */
    int64_t command;                         /* counts commands: their first event has part 0 */
    struct sim_day_choices choices;
    struct day_names approvers, clerks;
    struct hall hall;
    bool in_progress;
};

#endif
