/* bench_forecast: one forecast of a busy hall on one core.
 *
 * usage: bench_forecast [LEGS [REPLICATIONS [REPEATS]]]
 *
 * Eight services of all six classes at eight windows, as many waiting as asked, all windows busy,
 * people arriving as fast as they are served, 20 past days, and a newcomer of every service and
 * class asked about as well. Prints one JSON object: milliseconds of processor time, the median of
 * the repeats; the ceiling is the goal. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "forecast.h"

#define SERVICES 8
#define WINDOWS 8
#define NOW_MS (INT64_C(20780) * 86400000 + 10 * 3600000)
#define MEAN_MS 300000
#define REPEAT_MAX 64

static struct hall hall;
static struct line_state state;
static struct forecast_probe probes[FORECAST_PROBE_MAX];

static int64_t cpu_us(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

/* Each window has two services, each service two windows. */
static void hall_make(void)
{
    hall_set_defaults(&hall);
    hall.service_count = SERVICES;
    hall.window_count = WINDOWS;
    for (int s = 0; s < SERVICES; s++) {
        hall.services[s].expected_service_ms = MEAN_MS;
        hall.services[s].target_wait_ms = 900000;
    }
    for (int w = 0; w < WINDOWS; w++) {
        hall.windows[w].no = w + 1;
        hall.windows[w].zone = -1;
        hall.windows[w].service_count = 2;
        hall.windows[w].services[0].service = (int16_t)w;
        hall.windows[w].services[1].service = (int16_t)((w + 1) % SERVICES);
        state.windows[w] = (struct line_window){
            .state = CORE_WINDOW_SERVING, .service = (int16_t)w, .since_ms = NOW_MS - 10000 * w};
    }
}

static struct forecast_history *history_make(void)
{
    struct forecast_history *history = forecast_history_create(&hall);
    for (int day = 0; history != NULL && day < FORECAST_DAY_MAX; day++) {
        for (int i = 0; i < 96 * 16; i++) { /* 48 people a half hour */
            struct forecast_record record = {.day = day,
                                             .service = (int16_t)(i % SERVICES),
                                             .cls = (int16_t)(i / 7 % hall.class_count),
                                             .slot = i % FORECAST_SLOT_COUNT,
                                             .busy_ms = MEAN_MS / 4 + (int64_t)(i * 7919 % 1000) *
                                                                          MEAN_MS * 3 / 2000,
                                             .called = true};
            if (forecast_history_add(history, &record) != ERR_NONE) {
                bench_fail("no memory");
            }
        }
    }
    if (history == NULL || forecast_history_end(history) != ERR_NONE) {
        bench_fail("no memory");
    }
    return history;
}

static void fill_line(int legs)
{
    state.now_ms = NOW_MS;
    for (int i = 0; i < legs; i++) {
        int64_t came_ms = NOW_MS - (int64_t)(legs - i) * 20000;
        state.legs[i] = (struct line_leg){.visit = i,
                                          .service = (int16_t)(i % SERVICES),
                                          .cls = (int16_t)(i * 5 % 7 % hall.class_count),
                                          .bound = -1,
                                          .base_ms = came_ms,
                                          .entered_ms = came_ms};
    }
    state.leg_count = legs;
}

int main(int argc, char **argv)
{
    int legs = argc > 1 ? (int)bench_number(argv[1], 1, LINE_LEG_MAX) : 100;
    int replications = argc > 2 ? (int)bench_number(argv[2], 1, 10000) : FORECAST_REPLICATIONS;
    int repeats = argc > 3 ? (int)bench_number(argv[3], 1, REPEAT_MAX) : 9;
    int64_t values[REPEAT_MAX];
    hall_make();
    fill_line(legs);
    struct forecast_history *history = history_make();
    struct forecast *forecast = forecast_create(replications, &hall);
    struct forecast_today today = {.finished = 200, .arrived = 240};
    int probe_count = 0;
    for (int s = 0; s < SERVICES; s++) {
        for (int c = 0; c < hall.class_count; c++) {
            probes[probe_count++] =
                (struct forecast_probe){.service = (int16_t)s, .cls = (int16_t)c};
        }
    }
    struct forecast_input input = {.hall = &hall,
                                   .history = history,
                                   .today = &today,
                                   .state = &state,
                                   .replications = replications,
                                   .probes = probes,
                                   .probe_count = probe_count,
                                   .open_window = -1};
    for (int i = 0; i < repeats; i++) {
        input.seed = (uint64_t)i;
        int64_t begun_us = cpu_us();
        if (forecast == NULL || forecast_run(forecast, &input) != ERR_NONE) {
            bench_fail("the forecast cannot be made");
        }
        values[i] = cpu_us() - begun_us;
    }
    bench_sort(values, (size_t)repeats);
    double median_ms = (double)bench_percentile(values, (size_t)repeats, 0.5) / 1000;
    (void)printf("{\"figure\":\"forecast\",\"method\":\"%d waiting, %d newcomers, %d replications, "
                 "processor time, median "
                 "of %d; ceiling: the "
                 "goal\",\"value\":%.1f,\"min\":%.1f,\"max\":%.1f,\"unit\":\"ms\",\"ceiling\":200,"
                 "\"ratio\":%.2f,\"goal\":\"<= 1\"}\n",
                 legs, probe_count, replications, repeats, median_ms, (double)values[0] / 1000,
                 (double)values[repeats - 1] / 1000, median_ms / 200);
    forecast_destroy(forecast);
    forecast_history_destroy(history);
    return 0;
}
