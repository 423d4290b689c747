/* forecaster: the thread that foresees waits (forecast.h), with the hall's past from a read-only
 * connection of its own and a low priority: the engine hands it a copy of the line and goes on.
 *
 * It also watches whether ranges keep what they promise: of the last 500 that were told and then
 * called, as many as told should hold. When the 80 % range covers less than 76 % or more than 84 %,
 * its level moves by the steps of adaptive conformal inference, alpha <- alpha + 0.01 (0.2 - miss)
 * for each outcome (Gibbs and Candes 2021). Every promise is stored with its level, so that after a
 * restart the newest one says where the watch stood. */
#ifndef FORECASTER_H
#define FORECASTER_H

#include "err.h"
#include "eta.h"
#include "forecast.h"
#include "store.h"
#include "wire.h"

#define FORECASTER_OUTCOME_MAX 256

/* A promise that came to its end. */
struct forecaster_outcome {
    int32_t low_s, high_s;
    int64_t wait_ms;
};

struct forecaster_job {
    /* in */
    bool new_hall; /* `hall` is another one than last time */
    struct hall hall;
    int32_t day;
    int64_t seq; /* of the last event the line has seen; part of the seed */
    int32_t offset_s;
    struct line_state state;
    struct forecaster_outcome outcomes[FORECASTER_OUTCOME_MAX];
    int outcome_count;
    /* out */
    enum err err;
    struct eta legs[LINE_LEG_MAX]; /* of state.legs, in the order they have then */
    struct forecast_probe probes[FORECAST_PROBE_MAX];
    struct eta probe_etas[FORECAST_PROBE_MAX];
    int probe_count;
    struct wire_foreseen foreseen;
    int64_t took_ms;
    /* back; on the forecaster's thread */
    void (*done)(struct forecaster_job *job);
    void *owner;
};

/* The leg as the forecast learns from it; false when its service or class is gone from the hall.
 * `offset_s`: of the zone, by which its half hour is told. */
bool forecaster_record(const struct hall *hall, const struct store_past *past, int32_t offset_s,
                       struct forecast_record *ret_record);
/* The first of the up to FORECAST_DAY_MAX business days before `day` that the database knows; `day`
 * when there is none. */
MUST_USE enum err forecaster_first_day(struct store *store, int32_t day, int32_t *ret_first);

struct forecaster;

/* NULL without memory. The database is opened with the first job. */
struct forecaster *forecaster_create(const char *db_path);
MUST_USE enum err forecaster_start(struct forecaster *forecaster);
/* Finishes the job at hand; no more are taken. */
void forecaster_stop(struct forecaster *forecaster);
void forecaster_destroy(struct forecaster *forecaster);
/* One job at a time. ERR_BUSY, ERR_STARTING: it stays the caller's. */
MUST_USE enum err forecaster_submit(struct forecaster *forecaster, struct forecaster_job *job);

#endif
