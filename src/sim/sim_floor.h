/* sim_floor: the windows of a hall on a virtual clock: which are free, in what order they call, and
 * what happens there next. Whom a window calls is the line's choice (line.h); how long it is busy
 * then is told by `serve`.
 *
 * The caller owns the clock: it asks sim_floor_next() what the windows will do, compares with what
 * else can happen (arrivals, patience), sets now_ms and does the earliest. Times are milliseconds.
 * One thread. */
#ifndef SIM_FLOOR_H
#define SIM_FLOOR_H

#include "core.h"

#define SIM_NEVER INT64_MAX

enum sim_floor_what {
    SIM_FLOOR_NOTHING,
    SIM_FLOOR_END,  /* a window becomes free: sim_floor_end() */
    SIM_FLOOR_WAKE, /* somebody may be called from now on who could not before: sim_floor_dispatch()
                     */
    SIM_FLOOR_OPEN, /* sim_floor_open() */
    SIM_FLOOR_CLOSE /* sim_floor_close() */
};

struct sim_floor {
    struct core *core; /* a line; borrowed */
    const struct hall *hall;
    int64_t now_ms;
    bool closed[HALL_WINDOW_MAX];
    int64_t ends_ms[HALL_WINDOW_MAX]; /* end of its service; SIM_NEVER: free, or closed */
    int64_t idle_ms[HALL_WINDOW_MAX]; /* free since: the longest idle calls first */
    int64_t opens_ms[HALL_WINDOW_MAX], closes_ms[HALL_WINDOW_MAX]; /* SIM_NEVER: stays as it is */
    int primaries[HALL_WINDOW_MAX];
    int free_count;
    bool helpers; /* a window may have to wait before it helps */
    bool shifts;  /* some window opens or closes on its own */
    /* That window calls that leg, still in line. Returns for how long this keeps the window busy;
     * negative when the call was only a look: the leg goes, nothing is counted, and the window
     * chooses again. */
    int64_t (*serve)(void *context, int window, int32_t leg);
    void *context;
};

/* All windows open and free at 0; the line is not touched. `serve` and `context` are kept. */
void sim_floor_init(struct sim_floor *floor, struct core *core, const struct hall *hall);
/* The same windows once more, from that time. */
void sim_floor_begin(struct sim_floor *floor, int64_t at_ms);
/* The earliest of what the windows do by themselves, at or after now_ms; `ret_window` for END, OPEN
 * and CLOSE. Within a millisecond ends come first, then shifts, by number. */
enum sim_floor_what sim_floor_next(const struct sim_floor *floor, int64_t *ret_at_ms,
                                   int *ret_window);
/* Does it, at now_ms. */
void sim_floor_do(struct sim_floor *floor, enum sim_floor_what what, int window);
/* Every free window calls once, in the hall's order of dispatch. */
void sim_floor_dispatch(struct sim_floor *floor);
/* The state of one window before a run: closed, or busy until then. */
void sim_floor_set_closed(struct sim_floor *floor, int window);
void sim_floor_set_busy(struct sim_floor *floor, int window, int64_t until_ms);

#endif
