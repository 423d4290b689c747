/* clock: the hall's clock and its calendar arithmetic.
 *
 * Hall time is milliseconds since 1970-01-01T00:00:00Z as an int64. It never goes back: it follows
 * the monotonic clock, jumps forward with the wall clock, and lets a wall clock that was set back
 * catch up by running at half speed. So a clock jump never reorders events. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define CLOCK_TEXT_SIZE 40 /* "2026-11-23T09:30:00.120+08:00" and room */

struct clock {
    int64_t hall_ms;  /* hall time at the last reading */
    int64_t mono_ms;  /* monotonic time at the last reading */
    int64_t shift_ms; /* test clock: hall time minus wall time */
    bool test;        /* true: only clock_advance and the monotonic clock move it */
};

int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
int64_t clock_wall_ms(void);

/* A hall clock that starts at the wall time, or at `not_before_ms` if that is later. */
void clock_init(struct clock *clock, int64_t not_before_ms);
/* A test clock: starts at `start_ms` and runs at real speed. */
void clock_init_test(struct clock *clock, int64_t start_ms);
/* Hall time now. Owned by one thread (the engine). */
int64_t clock_now_ms(struct clock *clock);
/* Moves a test clock forward. ERR_INVALID_BODY when `to_ms` is in its past. */
MUST_USE enum err clock_set(struct clock *clock, int64_t to_ms);

/* Makes `name` ("Asia/Shanghai") the process's time zone, also for localtime_r. Call before threads
 * start, or again later: a later call replaces the variable TZ in place. */
void clock_set_zone(const char *name);
/* Does this machine's time zone database have that zone? Without it every local time would silently
 * be UTC. Reads a file; any thread. */
bool clock_zone_exists(const char *name);
/* Seconds east of UTC at that time in the process's time zone (TZ). Any thread; cached per quarter
 * hour. */
int32_t clock_offset_s(int64_t at_ms);
/* RFC 3339 with milliseconds and offset, in the process's time zone. `text` has CLOCK_TEXT_SIZE
 * bytes. */
void clock_format(int64_t at_ms, char *text);
/* Reads RFC 3339 (fraction optional, offset or Z required). ERR_INVALID_BODY otherwise. */
MUST_USE enum err clock_parse(const char *text, int64_t *ret_ms);
/* A date as days since 1970-01-01, to and from "YYYY-MM-DD" (11 bytes with the end). */
void clock_format_day(int32_t day, char *text);
MUST_USE enum err clock_parse_day(const char *text, int32_t *ret_day);

#endif
