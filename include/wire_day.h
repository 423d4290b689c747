/* wire_day: a recorded day for `hallcall simulate --db`: what shall be changed about it, and what
 * came out, as JSON. README, "A recorded day", tells the members. Any thread. */
#ifndef WIRE_DAY_H
#define WIRE_DAY_H

#include "buf.h"
#include "sim_day.h"
#include "wire.h"

/* {"policy":{...},"classes":[...]}, members as in the configuration document; what is left out
 * stays as it is in `hall`. ERR_MALFORMED_BODY, ERR_INVALID_BODY with findings in `problem`; `hall`
 * is of no use then. */
MUST_USE enum err wire_day_read_policy(const char *text, size_t length, struct hall *hall,
                                       struct wire_problem *problem);
/* {"windows":[{"no","services","classes","open":[["09:00","11:30"],...]}]}: these windows and no
 * others, open at these local times, in place of those of the case. Errors as above; ERR_NO_MEMORY.
 */
MUST_USE enum err wire_day_read_roster(const char *text, size_t length, struct sim_case *play,
                                       struct wire_problem *problem);

/* The day as it was: the chooser asked again, and the measures. */
void wire_day_print_recorded(struct buf *buf, int32_t date, const struct sim_day *day,
                             const struct measure_result *recorded);
/* The day changed: measures as it was, of the simulator under its own rules, and with the change
 * (`hall`: with the classes and services of the last). */
void wire_day_print_changed(struct buf *buf, int32_t date, const struct sim_day *day,
                            const struct measure_result *recorded,
                            const struct measure_result *replayed,
                            const struct measure_result *changed, const struct hall *hall);

#endif
