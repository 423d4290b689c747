/* measure: how long people waited and how fair the order was, from plain values: one for each leg
 * of a day, recorded or simulated.
 *
 * Pure functions; any thread. All times are milliseconds on one clock of the caller's choice, never
 * negative; MEASURE_UNKNOWN is "never happened". Means and shares are doubles, quantiles exact
 * values of the day: of n values in order the one at rank ceil(p n) (nearest rank), so that every
 * figure can be pointed at on somebody's slip. Formulas: README, "Measures". */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "hall.h"

#define MEASURE_UNKNOWN (-1)
/* Different people who grant or choose in one day; as many as the core keeps clerks. */
#define MEASURE_PERSON_MAX 512

enum measure_outcome {
    MEASURE_CALLED,    /* called and came, or is being called */
    MEASURE_NO_SHOW,   /* called, and did not come in the end */
    MEASURE_ABANDONED, /* gave up waiting */
    MEASURE_NOT_CALLED /* still waiting when the day, or what is known of it, ended */
};

struct measure_leg {
    int16_t service; /* 0..HALL_SERVICE_MAX-1 */
    int16_t cls;     /* 0..HALL_CLASS_MAX-1; 0 is the ordinary class */
    enum measure_outcome outcome;
    int64_t entered_ms;    /* joined the queue */
    int64_t start_ms;      /* first call; the wait is start - entered. Not before entered_ms */
    int64_t served_ms;     /* call of the attempt that succeeded; equals start_ms for those who came
                              at once. Not before entered_ms */
    int64_t end_ms;        /* left: served, gave up, sent on. Not before the others */
    int64_t fifo_start_ms; /* start_ms had the hall been first come, first served */
    int64_t target_ms;     /* the service's target wait; 0 none */
    int32_t overtakes;     /* suffered, by policy (not by urgent or chosen calls) */
    int32_t overtook;      /* legs that its policy calls overtook */
    int32_t urgent_calls;  /* calls of it by an urgent grant ... */
    int32_t chosen_calls;  /* ... and out of order by a person */
    int16_t approver;      /* who granted, 0..MEASURE_PERSON_MAX-1; -1 nobody */
    int16_t clerk;         /* who made the last such call; -1 nobody */
};

/* Measures of some legs: of a class, a service, or all. */
struct measure_row {
    int64_t legs;
    int64_t n; /* with a first call: the waits below are theirs, whether they came or not */
    int64_t abandoned, no_show, not_called;
    int64_t sum_ms;
    double mean_ms; /* waits; zeros when n is 0 */
    int64_t p50_ms, p90_ms, p95_ms, max_ms;
    int64_t targeted, within; /* called ones with a target; of these, not later than it */
    int64_t overtakes;        /* suffered, over all legs, called or not */
    double mean_overtakes;    /* over all legs */
    int32_t max_overtakes;
    int64_t overtaken;        /* legs with at least one */
    int64_t overtaking_calls; /* legs whose call overtook somebody */
    int64_t displaced; /* legs with both starts: start - start under first come, first served:
                          positive is later, the price of the others' priority */
    double displacement_mean_ms;
    int64_t displacement_p95_ms, displacement_max_ms;
    double mean_ratio;     /* mean wait over that of class 0; MEASURE_UNKNOWN when either has no
                              call, or class 0 did not wait at all */
    int64_t discriminated; /* legs whose stay is known */
    double discrimination_mean_ms; /* RAQFM, see measure_discrimination() */
};

struct measure_person {
    int64_t urgent, chosen; /* calls made */
};

struct measure_result {
    struct measure_row all;
    struct measure_row classes[HALL_CLASS_MAX];
    struct measure_row services[HALL_SERVICE_MAX];
    double gini; /* of the waits: 0 all alike, towards 1 one person waits for all; 0 when nobody
                    waited. Rises whenever waits are short: never compare it across loads */
    double discrimination_sum_ms; /* 0 but for rounding when every stay is known */
    double discrimination_mean_square_ms2;
    int64_t urgent_calls, chosen_calls;
    int64_t approvers[MEASURE_PERSON_MAX]; /* urgent calls by the grants of each */
    struct measure_person clerks[MEASURE_PERSON_MAX];
};

/* All of the above; O(n log n). `legs` may be NULL when there are none. ERR_NO_MEMORY. */
MUST_USE enum err measure_day(const struct measure_leg *legs, size_t count,
                              struct measure_result *ret_result);

/* RAQFM (Raz, Levy and Avi-Itzhak 2004): while in the hall, everybody is due an equal share of the
 * windows that work. Discrimination = time served - the integral over the stay of busy(u) /
 * inHall(u) du; negative: got less than due. 0 for legs whose end is unknown, which count neither
 * as present nor as served. One value a leg into `ret_ms`; O(n log n). ERR_NO_MEMORY. */
MUST_USE enum err measure_discrimination(const struct measure_leg *legs, size_t count,
                                         double *ret_ms);

/* Of `count` >= 1 values in increasing order the one at rank ceil(percent n / 100), percent
 * 1..100. */
int64_t measure_quantile(const int64_t *sorted, size_t count, int percent);
/* Sum of (2i - n - 1) w_i over n times their sum, w in increasing order, i from 1; none negative. 0
 * for no values or only zeros. */
double measure_gini(const int64_t *sorted, size_t count);

#endif
