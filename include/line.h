/* line: the queues and the chooser of the core alone, for the simulator and forecasts: no tickets,
 * no windows' states, no events. The same code chooses as in the hall (pick.c over core_queue.c);
 * what is left out only records.
 *
 * Works on a struct core of its own, made by core_create(); its other functions are not to be used
 * on it. Legs are slots, taken back with line_release() and given out again. One thread. */
#ifndef LINE_H
#define LINE_H

#include "core.h"

/* Somebody joins the line. -1 when all slots are taken (limits.visit_max waiting or not yet
 * released). */
int32_t line_arrive(struct core *core, int16_t service, int16_t cls, int64_t at_ms);
/* The choice of that window (position in the hall), still in its queue; -1 when nobody may be
 * called there. line_claim() takes the one just chosen out and counts what that does to others. */
int32_t line_choose(struct core *core, int window, int64_t at_ms);
void line_claim(struct core *core, int window, int64_t at_ms);
/* Goes without having been called. */
void line_leave(struct core *core, int32_t leg);
void line_release(struct core *core, int32_t leg);
/* Of a leg in or just out of line. */
int64_t line_arrived_ms(const struct core *core, int32_t leg);
int16_t line_service(const struct core *core, int32_t leg);
int16_t line_class(const struct core *core, int32_t leg);
int32_t line_overtakes(const struct core *core, int32_t leg);
bool line_is_waiting(const struct core *core, int32_t leg);
/* When the window could next help out as backup although nobody is eligible now; INT64_MAX when
 * never. */
/* When the next leg whose time has not come may be called; INT64_MAX when there is none. */
int64_t line_wake_ms(const struct core *core, int64_t at_ms);
int64_t line_next_help_ms(const struct core *core, int window, int64_t at_ms);
/* Empties all queues and counters. */
void line_reset(struct core *core);
/* The same line in another hall; empty afterwards. */
void line_set_hall(struct core *core, const struct hall *hall);

/* ---- the line of a hall as it stands, for forecasts ---- */

/* The most who are copied; beyond it a forecast is not worth its time. */
#define LINE_LEG_MAX 1024

struct line_leg {
    int32_t visit; /* slot in the hall, in order of issue */
    int16_t service, cls;
    int16_t bound; /* position of the only window that may call it, -1 any */
    bool appointment;
    int32_t defer;         /* calls to let pass */
    int32_t passed[3];     /* by policy, by urgent grants, by chosen calls */
    int64_t base_ms;       /* age counts from here */
    int64_t entered_ms;    /* joined the queue */
    int64_t not_before_ms; /* 0 none */
    int64_t urgent_ms;     /* when granted, 0 not */
};

struct line_window {
    enum core_window_state state;
    int16_t service;  /* calling, serving: of whom */
    bool pauses;      /* pauses after this one */
    int64_t since_ms; /* calling, serving: when that leg was called; else in this state since */
    int64_t idle_ms;  /* open: free since */
    int64_t until_ms; /* paused, or pausing next: when it is expected back; 0 unknown */
};

struct line_state {
    int64_t now_ms;
    struct line_leg legs[LINE_LEG_MAX];
    int leg_count;
    struct line_window windows[HALL_WINDOW_MAX];
    int32_t w_account[HALL_SERVICE_MAX];
    int32_t ratio[HALL_SERVICE_MAX][HALL_CLASS_MAX];
};

/* Copies who waits, in no order, and what the windows do out of the hall; nothing else is looked
 * at. False, and nothing useful in `ret_state`, when more than LINE_LEG_MAX wait. */
bool line_read(const struct core *core, int64_t at_ms, struct line_state *ret_state);
/* Empties the line and puts those legs into it: leg i into slot i. Of two of one millisecond the
 * one in front was issued first: sort them by visit before. The line must have at least that many
 * slots. */
void line_restore(struct core *core, const struct line_state *state);

#endif
