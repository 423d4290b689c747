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

#endif
