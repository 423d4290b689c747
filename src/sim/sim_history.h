/* sim_history: the history as the files of the forecast see it. */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include "forecast.h"

struct forecast_service {
    double setting_ms;
    int32_t *samples; /* owned; sorted once the history has ended; never empty then */
    int8_t *days;     /* owned; day of each sample, until the end */
    int count, room;
    double mean_ms, mean_log;
};

struct forecast_history {
    int service_count, class_count;
    struct forecast_service services[HALL_SERVICE_MAX];
    double rates[FORECAST_SLOT_COUNT][HALL_SERVICE_MAX][HALL_CLASS_MAX]; /* arrivals a half hour */
    double totals[FORECAST_SLOT_COUNT];
    int32_t day; /* of the last record */
    int day_count;
    int64_t arrived[FORECAST_DAY_MAX];
    int64_t calls, absences;
    int64_t learned, samples; /* services with enough of their own, and their durations */
    double variance, speed_sd, load_sd;
};

#endif
