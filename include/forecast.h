/* forecast: how long those who wait now, and whoever comes next, will wait: the hall's own chooser
 * played many times from the line as it stands, with durations, absences and arrivals drawn from
 * the hall's own past days.
 *
 * A replication copies the line, gives everybody a duration from the history of the service, lets
 * new people arrive, and plays until all who are asked about were called. Seeds are fixed by the
 * caller, so the same line is foreseen alike. Two factors describe the day: how fast the windows
 * work (f = exp(N(m, 1/P)), P = 1/sigma^2 + n/v, m = (sum of r / v) / P over the n services
 * finished today, where r is the logarithm of the duration less its service's mean, v the pooled
 * variance of these logarithms and sigma the standard deviation between the means of past days, at
 * least 0.05), and how many come (gamma of shape 1/tau^2 + seen and rate 1/tau^2 + expected, tau
 * the relative standard deviation between the totals of past days, at least 0.07): conjugate
 * estimates for a normal mean and a Poisson rate.
 *
 * Newcomers are looked at by probes: one for each pair of service and class that is asked about
 * stands in line like everybody, but when a window chooses it, its time is noted, it goes, and the
 * window chooses again; so it delays nobody, and many can be asked about in one replication. A
 * probe that is passed up to its cap may protect others a little; that is all it changes.
 *
 * Pure: no clock, no files. One thread at a time for each object; a history may be read by many.
 * Times are milliseconds. */
#ifndef FORECAST_H
#define FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "hall.h"
#include "line.h"

#define FORECAST_SLOT_COUNT 48 /* half hours of the local day */
#define FORECAST_SLOT_MS INT64_C(1800000)
#define FORECAST_DAY_MAX 20 /* business days of the past that count */
/* Services with fewer durations than this are foreseen by their setting: lognormal with that mean
 * and a coefficient of variation of 1. */
#define FORECAST_FEW 30
#define FORECAST_PROBE_MAX 64
#define FORECAST_REPLICATIONS 400

/* ---- the past ---- */

/* One leg of a past day, or of today. */
struct forecast_record {
    int32_t day;
    int16_t service, cls; /* positions in the hall */
    int32_t
        slot; /* half hour in which it joined the queue, 0..47; -1: does not count as an arrival */
    int64_t busy_ms; /* how long it kept its window, from its call to its end; -1 unknown */
    bool called;     /* was called at all */
    bool absent;     /* did not come when called */
};

struct forecast_history;

/* NULL without memory. `hall` gives the services' settings; it is not kept. */
struct forecast_history *forecast_history_create(const struct hall *hall);
void forecast_history_destroy(struct forecast_history *history);
/* Days in increasing order. ERR_NO_MEMORY. */
MUST_USE enum err forecast_history_add(struct forecast_history *history,
                                       const struct forecast_record *record);
/* After the last record; from here on the history does not change. ERR_NO_MEMORY. */
MUST_USE enum err forecast_history_end(struct forecast_history *history);

/* What the history says; for tests, reports and the staffing of a day. */
int forecast_history_days(const struct forecast_history *history);
double forecast_history_rate(const struct forecast_history *history, int slot, int service,
                             int cls); /* a half hour */
double forecast_history_mean_ms(const struct forecast_history *history, int service);
double forecast_history_mean_log(const struct forecast_history *history, int service);
/* v, sigma and tau of the comment above. */
void forecast_history_spread(const struct forecast_history *history, double ret_spread[3]);
double
forecast_history_absent(const struct forecast_history *history); /* share of calls nobody answers */

/* What was seen of today. All zero: nothing yet. */
struct forecast_today {
    int64_t finished; /* durations, and the sum of their r */
    double log_sum;
    int64_t arrived;
};
void forecast_today_add(const struct forecast_history *history, struct forecast_today *today,
                        const struct forecast_record *record);

struct forecast_factors {
    double speed_mean, speed_sd;  /* of the logarithm of f */
    double load_shape, load_rate; /* of the gamma distribution of the factor of arrivals */
};
/* `local_ms`: time of the local day, up to which arrivals are expected. */
void forecast_factors_make(const struct forecast_history *history,
                           const struct forecast_today *today, int64_t local_ms,
                           struct forecast_factors *ret_factors);
/* The factor of arrivals alone, for who counts and expects by other means: gamma of shape
 * 1/load_sd^2 + seen and rate 1/load_sd^2 + expected. Counts need not be whole: people that come in
 * clumps are less evidence than their number. */
void forecast_factors_count(double load_sd, double seen, double expected,
                            struct forecast_factors *ret_factors);

/* ---- the future ---- */

struct forecast_probe {
    int16_t service, cls;
};

struct forecast_input {
    const struct hall *hall;
    const struct forecast_history *history;
    const struct forecast_today
        *today;               /* NULL: the day is like the mean of the past, without doubt */
    struct line_state *state; /* its legs are sorted here */
    int32_t offset_s;         /* of the hall's zone */
    uint64_t seed;
    int replications;
    const struct forecast_probe *probes;
    int probe_count;   /* 0..FORECAST_PROBE_MAX */
    int open_window;   /* as if this window were open and free now; -1 none */
    int64_t absent_ms; /* how long a call that nobody answers keeps a window */
};

struct forecast;

/* Room for so many replications. NULL without memory (a struct core and 4 bytes for each leg and
 * replication; pages not used are never resident). */
struct forecast *forecast_create(int replications_max, const struct hall *hall);
void forecast_destroy(struct forecast *forecast);
/* Plays. ERR_NONE always but for more arrivals than there is room for (ERR_HALL_FULL). */
MUST_USE enum err forecast_run(struct forecast *forecast, const struct forecast_input *input);

/* Of the last run. Leg i is input.state->legs[i] as sorted by the run; probe i is leg_count + i. */
int forecast_leg_count(const struct forecast *forecast);
/* Time from now to the call: order statistic p (R + 1) of the replications, linear between. -1 when
 * nobody at work may call it, or when it was not called within 12 hours. */
int64_t forecast_quantile_ms(const struct forecast *forecast, int index, double p);
/* The same of any `count` > 0 sorted times, INT32_MAX being never: -1 then. */
int64_t forecast_quantile_of(const int32_t *sorted, int count, double p);
/* Sorted times, one a replication; NULL when nobody at work may call it. INT32_MAX: not called
 * within 12 hours. */
const int32_t *forecast_samples(const struct forecast *forecast, int index);
/* Share of the legs of that service that will have waited longer than its target when called, over
 * all replications; 0 when nobody waits for it. */
double forecast_share_late(const struct forecast *forecast, int service);

#endif
