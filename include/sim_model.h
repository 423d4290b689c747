/* sim_model: a hall as a model: who comes how often, how long it takes; run for long, measured.
 *
 * The chooser is the hall's own (line.h). Random numbers come from the seed alone, one stream per
 * purpose, so that the same seed gives the same result to the byte. Times in milliseconds; rates
 * per hour. */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "core.h"

#define SIM_STREAM_MAX 256 /* pairs of service and class */
#define SIM_HOUR_MAX 24
#define SIM_OVER_MAX 8

enum sim_dist { SIM_EXP, SIM_DETERMINISTIC, SIM_GAMMA, SIM_LOGNORMAL, SIM_HYPEREXP };

struct sim_time { /* a random duration by mean and coefficient of variation */
    enum sim_dist dist;
    double mean_ms, cv;
    int64_t min_ms;
};

struct sim_stream {
    int16_t service, cls;
    double rate_per_hour[SIM_HOUR_MAX];
    int hours; /* 1: the same all the time; after the last hour nobody comes (days), or it starts
                  over (steady) */
};

struct sim_model {
    struct hall hall;
    uint64_t seed;
    bool steady; /* one endless run, batch means; else days that start empty and end when all are
                    served */
    int64_t customers; /* steady: measured, after ... */
    int64_t warmup;    /* ... this many */
    int64_t days, horizon_ms;
    struct sim_stream streams[SIM_STREAM_MAX];
    int stream_count;
    struct sim_time service_time[HALL_SERVICE_MAX];
    bool has_patience;
    struct sim_time patience;
    double no_show_share;
    int64_t no_show_cost_ms;
    int64_t over_ms[SIM_OVER_MAX];
    int over_count;
};

/* Measures of one service and class. */
struct sim_queue_result {
    int16_t service, cls;
    int64_t n; /* called */
    double mean_wait_s, se_s, p_wait, p50_s, p90_s, p95_s, max_s;
    double over[SIM_OVER_MAX];
    double mean_overtakes;
    int32_t max_overtakes;
    double leave; /* share of arrivals that gave up */
};

struct sim_model_result {
    struct sim_queue_result queues[SIM_STREAM_MAX]; /* in the order of the streams */
    int queue_count;
    double utilisation[HALL_WINDOW_MAX];
    int64_t customers; /* simulated in all */
};

/* ERR_NO_MEMORY; ERR_HALL_FULL when the line grows beyond all bounds (more work than the windows
 * can do). */
MUST_USE enum err sim_model_run(const struct sim_model *model, struct sim_model_result *ret_result);

#endif
