/* sim_staffing: one trial of a plan, as its files share it. */
#ifndef SIM_STAFFING_H
#define SIM_STAFFING_H

#include "sim_floor.h"
#include "sim_random.h"
#include "staffing.h"

/* In line at once; more is no staffing but a disaster. */
#define STAFFING_LINE_MAX 16384

/* Arrivals and those in time, with what the ratio estimator needs of each day. */
struct trial_share {
    double n, within;         /* of all days */
    double day_n, day_within; /* of this day */
    double nn, nw, ww;        /* sums over days of their products */
};

struct trial_wait {
    int32_t wait_ms;
    int16_t service, cls;
};

struct trial {
    const struct staffing_input *input;
    const struct staffing_plan *plan;
    struct core *core; /* owned */
    struct sim_floor floor;
    struct sim_random random;
    int32_t busy_ms[STAFFING_LINE_MAX]; /* by slot of the line */
    int slot_of[STAFFING_LINE_MAX];     /* half hour of the arrival */
    struct trial_share all, classes[HALL_CLASS_MAX], services[HALL_SERVICE_MAX];
    double slot_n[FORECAST_SLOT_COUNT], slot_within[FORECAST_SLOT_COUNT];
    double busy_total_ms[HALL_WINDOW_MAX];
    struct trial_wait *waits; /* owned; NULL: not wanted */
    size_t wait_count, wait_room;
    int pairs[HALL_SERVICE_MAX][HALL_CLASS_MAX]; /* arrivals */
    int pairs_within[HALL_SERVICE_MAX][HALL_CLASS_MAX];
    int tries;
};

/* NULL without memory. `waits`: keep every wait, for quantiles. */
struct trial *trial_create(const struct staffing_input *input, bool waits);
void trial_destroy(struct trial *trial);
/* Plays the plan over all days of the trial. */
MUST_USE enum err trial_run(struct trial *trial, const struct staffing_plan *plan);
struct staffing_share trial_share_of(const struct trial_share *share, int days);
/* Does every class and every service keep the target, with confidence, and every half hour? */
bool trial_is_met(const struct trial *trial);
/* People a day who were late. */
double trial_late(const struct trial *trial);

#endif
