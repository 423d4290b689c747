/* forecast_history: what past days tell: durations by service, arrivals by half hour, and how much
 * days differ.
 *
 * Durations are kept sorted, so that a draw is a look-up, and one that must be longer than what has
 * passed already is a look-up in the upper part. A service with few of its own gets the quantiles
 * of its assumed distribution instead, so that nobody has to ask which it is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim_history.h"

/* Quantiles that stand for an assumed distribution. */
#define ASSUMED_COUNT 200
/* Durations kept of one service: 20 days of the busiest hall. More are not taken. */
#define SAMPLE_MAX 65536
/* Of a lognormal with coefficient of variation 1: ln 2. Also the spread assumed before there is any
 * history. */
#define ASSUMED_VARIANCE 0.6931471805599453
/* Days never differ less than this, however alike the few we know are. */
#define SPEED_SD_MIN 0.05
#define LOAD_SD_MIN 0.07
/* Shortest duration that counts: less is a slip of the finger. */
#define BUSY_MIN_MS 1000

struct forecast_history *forecast_history_create(const struct hall *hall)
{
    struct forecast_history *history = calloc(1, sizeof *history);
    if (history == NULL) {
        return NULL;
    }
    history->service_count = hall->service_count;
    history->class_count = hall->class_count;
    for (int s = 0; s < hall->service_count; s++) {
        history->services[s].setting_ms = (double)hall->services[s].expected_service_ms;
    }
    history->day = -1;
    return history;
}

void forecast_history_destroy(struct forecast_history *history)
{
    if (history == NULL) {
        return;
    }
    for (int s = 0; s < history->service_count; s++) {
        free(history->services[s].samples);
        free(history->services[s].days);
    }
    free(history);
}

static enum err add_sample(struct forecast_service *service, int64_t busy_ms, int day)
{
    if (service->count == SAMPLE_MAX) {
        return ERR_NONE;
    }
    if (service->count == service->room) {
        int room = service->room == 0 ? 64 : service->room * 2;
        int32_t *samples = realloc(service->samples, (size_t)room * sizeof *samples);
        if (samples == NULL) {
            return ERR_NO_MEMORY;
        }
        service->samples = samples;
        int8_t *days = realloc(service->days, (size_t)room);
        if (days == NULL) {
            return ERR_NO_MEMORY;
        }
        service->days = days;
        service->room = room;
    }
    service->samples[service->count] = busy_ms < INT32_MAX ? (int32_t)busy_ms : INT32_MAX;
    service->days[service->count] = (int8_t)day;
    service->count += 1;
    return ERR_NONE;
}

enum err forecast_history_add(struct forecast_history *history,
                              const struct forecast_record *record)
{
    if (record->day != history->day) {
        if (history->day_count == FORECAST_DAY_MAX) {
            return ERR_NONE;
        }
        history->day = record->day;
        history->day_count += 1;
    }
    int day = history->day_count - 1;
    if (record->slot >= 0) {
        history->rates[record->slot][record->service][record->cls] += 1;
        history->arrived[day] += 1;
    }
    if (record->called) {
        history->calls += 1;
        history->absences += record->absent ? 1 : 0;
    }
    return record->busy_ms >= BUSY_MIN_MS
               ? add_sample(&history->services[record->service], record->busy_ms, day)
               : ERR_NONE;
}

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Quantile of the normal distribution: rational approximation refined by one step of Halley's
 * method on erfc, good to double precision (Acklam's coefficients are not needed for that: the
 * start is the logistic approximation). */
static double normal_quantile(double p)
{
    double z = log(p / (1 - p)) / 1.702;
    for (int i = 0; i < 8; i++) {
        double error = 0.5 * erfc(-z / sqrt(2)) - p;
        double step = error * sqrt(2 * 3.14159265358979323846) * exp(z * z / 2);
        z -= step / (1 + z * step / 2);
    }
    return z;
}

static enum err assume(struct forecast_service *service)
{
    double mean_log = log(service->setting_ms) - ASSUMED_VARIANCE / 2;
    int32_t *samples = realloc(service->samples, ASSUMED_COUNT * sizeof *samples);
    if (samples == NULL) {
        return ERR_NO_MEMORY;
    }
    for (int i = 0; i < ASSUMED_COUNT; i++) {
        double z = normal_quantile((i + 0.5) / ASSUMED_COUNT);
        samples[i] = (int32_t)exp(mean_log + sqrt(ASSUMED_VARIANCE) * z);
    }
    service->samples = samples;
    service->count = ASSUMED_COUNT;
    service->mean_log = mean_log;
    service->mean_ms = service->setting_ms;
    return ERR_NONE;
}

/* Means of a service, and what it adds to the pooled variance and to its days' means. */
static void learn(struct forecast_history *history, struct forecast_service *service,
                  double *squares, double day_sums[FORECAST_DAY_MAX],
                  int64_t day_counts[FORECAST_DAY_MAX])
{
    double sum = 0;
    double sum_log = 0;
    for (int i = 0; i < service->count; i++) {
        sum += service->samples[i];
        sum_log += log((double)service->samples[i]);
    }
    service->mean_ms = sum / service->count;
    service->mean_log = sum_log / service->count;
    for (int i = 0; i < service->count; i++) {
        double r = log((double)service->samples[i]) - service->mean_log;
        *squares += r * r;
        day_sums[service->days[i]] += r;
        day_counts[service->days[i]] += 1;
    }
    history->learned += 1;
    history->samples += service->count;
}

static double deviation(const double *values, int count)
{
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
        mean += values[i] / count;
    }
    for (int i = 0; i < count; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    return count > 1 ? sqrt(squares / (count - 1)) : 0;
}

static void learn_days(struct forecast_history *history, const double day_sums[FORECAST_DAY_MAX],
                       const int64_t day_counts[FORECAST_DAY_MAX])
{
    double means[FORECAST_DAY_MAX] = {0};
    double totals[FORECAST_DAY_MAX] = {0};
    int days = 0;
    double mean_total = 0;
    for (int d = 0; d < history->day_count; d++) {
        mean_total += (double)history->arrived[d] / history->day_count;
        if (day_counts[d] > 0) {
            means[days++] = day_sums[d] / (double)day_counts[d];
        }
    }
    double speed = deviation(means, days);
    for (int d = 0; d < history->day_count; d++) {
        totals[d] = mean_total > 0 ? (double)history->arrived[d] / mean_total : 0;
    }
    double load = deviation(totals, history->day_count);
    history->speed_sd = speed > SPEED_SD_MIN ? speed : SPEED_SD_MIN;
    history->load_sd = load > LOAD_SD_MIN ? load : LOAD_SD_MIN;
}

/* Mean arrivals a half hour, and which pairs of service and class come at all. */
static void settle_rates(struct forecast_history *history)
{
    for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
        for (int s = 0; s < history->service_count; s++) {
            for (int c = 0; c < history->class_count; c++) {
                history->rates[slot][s][c] /= history->day_count > 0 ? history->day_count : 1;
                history->totals[slot] += history->rates[slot][s][c];
            }
        }
    }
}

enum err forecast_history_end(struct forecast_history *history)
{
    double squares = 0;
    double day_sums[FORECAST_DAY_MAX] = {0};
    int64_t day_counts[FORECAST_DAY_MAX] = {0};
    for (int s = 0; s < history->service_count; s++) {
        struct forecast_service *service = &history->services[s];
        if (service->count >= FORECAST_FEW) {
            learn(history, service, &squares, day_sums, day_counts);
        } else if (assume(service) != ERR_NONE) {
            return ERR_NO_MEMORY;
        }
        free(service->days);
        service->days = NULL;
        qsort(service->samples, (size_t)service->count, sizeof service->samples[0], compare);
    }
    history->variance = history->learned > 0
                            ? squares / (double)(history->samples - history->learned)
                            : ASSUMED_VARIANCE;
    learn_days(history, day_sums, day_counts);
    settle_rates(history);
    return ERR_NONE;
}

int forecast_history_days(const struct forecast_history *history)
{
    return history->day_count;
}

double forecast_history_rate(const struct forecast_history *history, int slot, int service, int cls)
{
    return history->rates[slot][service][cls];
}

double forecast_history_mean_ms(const struct forecast_history *history, int service)
{
    return history->services[service].mean_ms;
}

double forecast_history_mean_log(const struct forecast_history *history, int service)
{
    return history->services[service].mean_log;
}

void forecast_history_spread(const struct forecast_history *history, double ret_spread[3])
{
    ret_spread[0] = history->variance;
    ret_spread[1] = history->speed_sd;
    ret_spread[2] = history->load_sd;
}

double forecast_history_absent(const struct forecast_history *history)
{
    return history->calls > 0 ? (double)history->absences / (double)history->calls : 0;
}

void forecast_today_add(const struct forecast_history *history, struct forecast_today *today,
                        const struct forecast_record *record)
{
    today->arrived += record->slot >= 0 ? 1 : 0;
    if (record->busy_ms >= BUSY_MIN_MS) {
        today->finished += 1;
        today->log_sum +=
            log((double)record->busy_ms) - history->services[record->service].mean_log;
    }
}

void forecast_factors_make(const struct forecast_history *history,
                           const struct forecast_today *today, int64_t local_ms,
                           struct forecast_factors *ret_factors)
{
    double precision =
        1 / (history->speed_sd * history->speed_sd) + (double)today->finished / history->variance;
    ret_factors->speed_mean = today->log_sum / history->variance / precision;
    ret_factors->speed_sd = sqrt(1 / precision);
    double expected = 0;
    int slot = (int)(local_ms / FORECAST_SLOT_MS);
    for (int i = 0; i < slot; i++) {
        expected += history->totals[i];
    }
    expected +=
        history->totals[slot] * (double)(local_ms % FORECAST_SLOT_MS) / (double)FORECAST_SLOT_MS;
    forecast_factors_count(history->load_sd, (double)today->arrived, expected, ret_factors);
}

void forecast_factors_count(double load_sd, double seen, double expected,
                            struct forecast_factors *ret_factors)
{
    double certainty = 1 / (load_sd * load_sd);
    ret_factors->load_shape = certainty + seen;
    ret_factors->load_rate = certainty + expected;
}
