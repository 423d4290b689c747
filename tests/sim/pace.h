/* pace: when a queue of which no more is known than snapshots will have called a number, by the
 * method of the forecast: half hours of past days times the factor of the day.
 *
 * Two answers. pace_profile() is that and no more: numbers a half hour on the mean past day times
 * the mean of the gamma factor; where past days were already over, two a half hour (so the
 * published error comes out: nothing is published of this, and the mean error hangs on it).
 * pace_foresee() has what it is short of:
 * - Past half hours count only as far as people waited, for what an idle office serves says nothing
 *   of its pace.
 * - Offices hurry when many wait, and differ with the windows open. Both effects are powers, fitted
 *   to past days (Poisson regression with a factor for each day).
 * - Numbers come in clumps: with a variance of `clump` times their mean they are less evidence for
 *   the day's factor, and the time of n of them varies more.
 * - The pace of the rest of a day differs from that before by exp(N(0, drift^2)), as the halves of
 *   past days did.
 * Factor, numbers and drift are drawn many times; what comes out are samples of the time.
 *
 * Ends the program without memory. */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "forecast.h"
#include "sim_random.h"

struct snapshot {
    int minute; /* of the local day, 0..1439 */
    int waiting, windows;
    int current; /* number called last */
    int posted;  /* minutes a person, by the office's own board */
};

struct pace;

/* `hall` has one service and one class, for a number is a number. */
struct pace *pace_create(const struct hall *hall);
void pace_destroy(struct pace *pace);
/* A past day, in order of time. More than FORECAST_DAY_MAX are not taken. */
void pace_add(struct pace *pace, const struct snapshot *rows, int count);
/* After the last; false when nobody was ever served. */
bool pace_end(struct pace *pace);

/* What was seen of today. All zero: nothing yet. */
struct pace_today {
    int64_t arrived;         /* numbers called since the first snapshot */
    double served, expected; /* while people waited */
};
/* `row` and the one after it. */
void pace_today_add(const struct pace *pace, struct pace_today *today, const struct snapshot *row);

/* Minutes from now until the number current + waiting + 1 is reached; not beyond midnight. */
double pace_profile(const struct pace *pace, const struct pace_today *today,
                    const struct snapshot *now);
/* The same as sorted samples, in milliseconds. */
void pace_foresee(const struct pace *pace, const struct pace_today *today,
                  const struct snapshot *now, struct sim_random *random, int32_t *samples,
                  int count);

#endif
