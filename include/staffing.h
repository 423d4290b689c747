/* staffing: how many windows, and which, in each half hour of a day: a plan judged by playing it
 * over days that are like those of the past, and the search for the least that keeps what is asked.
 *
 * A day of a trial is one of the past days, drawn with replacement, with its arrivals as they were;
 * every duration is drawn anew from those of its service, and who does not answer as well (a
 * bootstrap of days and of durations: Efron 1979, "Bootstrap methods: another look at the
 * jackknife"; days are drawn whole, because what makes a day busy makes all of its hours busy). The
 * chooser is the hall's own (line.h). Every plan meets the same days, drawn from the same seed, so
 * that two plans differ by what they do and not by luck.
 *
 * Who is not called within the target of the service counts against it, and so does who is not
 * called before the last window closes. A share's lower bound is one-sided, 95 %, by the ratio
 * estimator over days (Cochran 1977, section 2.11): people of one day are no independent witnesses.
 *
 * A plan is good when every class and every service keeps the target with that confidence, and
 * those who came in any one staffed half hour keep it as well (without: no hour may live on what
 * another has to spare).
 *
 * The search begins with what an M/M/c hall would need (erlang.h), half hour by half hour; adds,
 * where most are late, the window that helps most; and, once the plan is good, drops what is not
 * needed, in the emptiest half hours first. That is a good plan, not provably the least.
 *
 * Pure. One thread. Times of day are local milliseconds. */
#ifndef STAFFING_H
#define STAFFING_H

#include "forecast.h"

#define STAFFING_DAYS_MIN 200 /* days of a trial when nothing else is said */
#define STAFFING_DAYS_MAX 2000
/* Plans that are tried at most; each costs some 50 ms for 200 days of 350 people. */
#define STAFFING_TRIES_MAX 600

struct staffing_arrival {
    int32_t at_ms; /* in its day */
    int16_t service, cls;
};
struct staffing_day {
    const struct staffing_arrival *arrivals; /* in order of time; borrowed */
    int count;
};

/* The past: days of arrivals, and the history of durations that goes with them. Owns its memory. */
struct staffing_past {
    struct forecast_history *history;
    struct staffing_day days[FORECAST_DAY_MAX];
    struct staffing_arrival *arrivals[FORECAST_DAY_MAX];
    int room[FORECAST_DAY_MAX];
    int day_count;
    int32_t day; /* of the last record */
};
/* Empty, for records in order of days. ERR_NO_MEMORY; to be destroyed in any case. */
MUST_USE enum err staffing_past_init(struct staffing_past *past, const struct hall *hall);
/* `at_ms`: when it came, in its day; it counts as an arrival when the record does. */
MUST_USE enum err staffing_past_add(struct staffing_past *past,
                                    const struct forecast_record *record, int64_t at_ms);
MUST_USE enum err staffing_past_end(struct staffing_past *past);
void staffing_past_fini(struct staffing_past *past);
/* Days made by a model (mode `days`) in place of recorded ones, from its seed. */
struct sim_model;
MUST_USE enum err staffing_past_make(struct staffing_past *past, const struct sim_model *model);

struct staffing_plan {
    bool open[FORECAST_SLOT_COUNT][HALL_WINDOW_MAX]; /* by half hour and position in the hall */
};

struct staffing_input {
    const struct hall *hall;                /* windows there are, targets, classes, policy */
    const struct forecast_history *history; /* durations and absences; ended */
    const struct staffing_day *days;
    int day_count;
    int from_slot, to_slot; /* half hours that may be staffed: from <= slot < to */
    int trial_days;
    uint64_t seed;
    double target_share; /* 0..1: within the target wait of their service */
    int64_t absent_ms;   /* how long a call that nobody answers keeps a window */
};

struct staffing_share {
    int64_t n;        /* arrivals */
    double share;     /* called within the target; 1 when nobody came */
    double share_low; /* lower bound of it */
};

struct staffing_queue {
    int16_t service, cls;
    struct staffing_share share;
    int64_t called;
    double mean_wait_s, p90_s; /* of those called */
};

struct staffing_result {
    bool met; /* the plan is good */
    struct staffing_share all;
    struct staffing_share classes[HALL_CLASS_MAX], services[HALL_SERVICE_MAX];
    struct staffing_queue *queues; /* owned: staffing_result_fini(); pairs that came at all */
    int queue_count;
    double slot_share[FORECAST_SLOT_COUNT];    /* of those who came then; 1 nobody */
    double slot_arrivals[FORECAST_SLOT_COUNT]; /* a day */
    double window_hours;                       /* a day, as planned */
    double hours[HALL_WINDOW_MAX];             /* the same by window */
    double utilisation[HALL_WINDOW_MAX];       /* busy over planned; 0 never open */
    int tries;                                 /* plans that were tried */
};

/* Plays the plan. ERR_NO_MEMORY, ERR_HALL_FULL (more in line than there is room for). */
MUST_USE enum err staffing_evaluate(const struct staffing_input *input,
                                    const struct staffing_plan *plan,
                                    struct staffing_result *ret_result);
/* Finds a plan. When not even all windows at all hours keep the target, that is the plan, and `met`
 * is false. */
MUST_USE enum err staffing_search(const struct staffing_input *input,
                                  struct staffing_plan *ret_plan,
                                  struct staffing_result *ret_result);
void staffing_result_fini(struct staffing_result *result);

#endif
