/* staffing_past: the days that a plan is judged by, recorded or made by a model; see staffing.h. */
#include <stdlib.h>
#include <string.h>

#include "sim_model.h"
#include "sim_random.h"
#include "staffing.h"

#define HOUR_MS 3600000
#define DAY_MS (24 * HOUR_MS)

enum err staffing_past_init(struct staffing_past *past, const struct hall *hall)
{
    memset(past, 0, sizeof *past);
    past->day = -1;
    past->history = forecast_history_create(hall);
    return past->history != NULL ? ERR_NONE : ERR_NO_MEMORY;
}

void staffing_past_fini(struct staffing_past *past)
{
    forecast_history_destroy(past->history);
    for (int d = 0; d < FORECAST_DAY_MAX; d++) {
        free(past->arrivals[d]);
    }
    memset(past, 0, sizeof *past);
}

static enum err add_arrival(struct staffing_past *past, int day,
                            const struct staffing_arrival *arrival)
{
    if (past->days[day].count == past->room[day]) {
        int room = past->room[day] == 0 ? 256 : past->room[day] * 2;
        struct staffing_arrival *moved = realloc(past->arrivals[day], (size_t)room * sizeof *moved);
        if (moved == NULL) {
            return ERR_NO_MEMORY;
        }
        past->arrivals[day] = moved;
        past->room[day] = room;
    }
    past->arrivals[day][past->days[day].count++] = *arrival;
    return ERR_NONE;
}

enum err staffing_past_add(struct staffing_past *past, const struct forecast_record *record,
                           int64_t at_ms)
{
    if (record->day != past->day && past->day_count == FORECAST_DAY_MAX) {
        return ERR_NONE;
    }
    past->day_count += record->day != past->day ? 1 : 0;
    past->day = record->day;
    enum err err = forecast_history_add(past->history, record);
    if (err || record->slot < 0) {
        return err;
    }
    const struct staffing_arrival arrival = {
        .at_ms = (int32_t)(at_ms % DAY_MS), .service = record->service, .cls = record->cls};
    return add_arrival(past, past->day_count - 1, &arrival);
}

static int by_time(const void *a, const void *b)
{
    int32_t x = ((const struct staffing_arrival *)a)->at_ms;
    int32_t y = ((const struct staffing_arrival *)b)->at_ms;
    return (x > y) - (x < y);
}

enum err staffing_past_end(struct staffing_past *past)
{
    for (int d = 0; d < past->day_count; d++) {
        if (past->days[d].count > 0) {
            qsort(past->arrivals[d], (size_t)past->days[d].count, sizeof *past->arrivals[d],
                  by_time);
        }
        past->days[d].arrivals = past->arrivals[d];
    }
    return forecast_history_end(past->history);
}

/* One stream of one day: Poisson within each hour. */
static enum err make_stream(struct staffing_past *past, const struct sim_model *model, int day,
                            const struct sim_stream *stream, struct sim_random *random)
{
    int hours = (int)((model->horizon_ms + HOUR_MS - 1) / HOUR_MS);
    for (int hour = 0; hour < hours && hour < SIM_HOUR_MAX; hour++) {
        bool runs = stream->hours == 1 || hour < stream->hours;
        double rate = runs ? stream->rate_per_hour[stream->hours == 1 ? 0 : hour] / HOUR_MS : 0;
        double end =
            hour + 1 < hours ? HOUR_MS : (double)(model->horizon_ms - (int64_t)hour * HOUR_MS);
        double at = rate > 0 ? sim_random_exp(random) / rate : end;
        for (; at < end; at += sim_random_exp(random) / rate) {
            int64_t at_ms = (int64_t)hour * HOUR_MS + (int64_t)at;
            bool absent =
                model->no_show_share > 0 && sim_random_unit(random) < model->no_show_share;
            struct forecast_record record = {
                .day = day,
                .service = stream->service,
                .cls = stream->cls,
                .slot = (int)(at_ms / FORECAST_SLOT_MS),
                .busy_ms =
                    absent ? -1 : sim_random_time(random, &model->service_time[stream->service]),
                .called = true,
                .absent = absent};
            enum err err = staffing_past_add(past, &record, at_ms);
            if (err) {
                return err;
            }
        }
    }
    return ERR_NONE;
}

enum err staffing_past_make(struct staffing_past *past, const struct sim_model *model)
{
    struct sim_random random;
    enum err err = staffing_past_init(past, &model->hall);
    for (int day = 0; err == ERR_NONE && day < FORECAST_DAY_MAX; day++) {
        sim_random_init(&random, model->seed, (uint64_t)day);
        for (int s = 0; err == ERR_NONE && s < model->stream_count; s++) {
            err = make_stream(past, model, day, &model->streams[s], &random);
        }
    }
    return err ? err : staffing_past_end(past);
}
