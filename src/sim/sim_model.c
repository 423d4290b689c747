/* sim_model: the run. See sim_model.h.
 *
 * What can happen next is the next arrival of a stream, somebody's patience, or what the windows do
 * by themselves (sim_floor.c). Streams are few, so the earliest is found by looking; patience
 * stands in a heap. An arrival wakes the idle windows in the hall's order of dispatch; a window
 * that becomes free calls for itself. */
#include "sim_model.h"

#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "sim_floor.h"
#include "sim_random.h"
#include "sim_stats.h"

#define HOUR_MS 3600000
#define BATCH_COUNT 40
/* The most who may be in line at once; a stable model stays far below. */
#define LINE_MAX 131072
#define NEVER SIM_NEVER
/* A century without an arrival: nobody will come. */
#define HOURS_MAX 876000

struct impatient {
    int64_t at_ms;
    int32_t leg;
    uint32_t turn; /* of the slot: who had it before is nobody's concern */
};

struct run {
    const struct sim_model *model;
    struct core *core;
    struct sim_random arrivals[SIM_STREAM_MAX];
    struct sim_random service[SIM_STREAM_MAX], luck;
    int64_t next_ms[SIM_STREAM_MAX];
    double clock_ms[SIM_STREAM_MAX]; /* the same unrounded */
    int16_t stream_of[HALL_SERVICE_MAX][HALL_CLASS_MAX];
    struct sim_stats stats[SIM_STREAM_MAX];
    struct sim_floor floor;
    int64_t busy_ms[HALL_WINDOW_MAX];
    struct impatient *heap;
    int32_t heap_count;
    uint32_t *turns;
    int64_t measured_from_ms, open_ms;
    int64_t arrived, called;
};

static double rate_at(const struct sim_model *model, const struct sim_stream *stream, double at_ms)
{
    int hour = (int)(at_ms / HOUR_MS);
    if (stream->hours == 1) {
        return stream->rate_per_hour[0];
    }
    if (model->steady) {
        return stream->rate_per_hour[hour % stream->hours];
    }
    return hour < stream->hours ? stream->rate_per_hour[hour] : 0;
}

/* Next arrival of a Poisson process whose rate is constant within each hour: an exponential amount
 * of "expected arrivals" is used up hour by hour. */
static void next_arrival(struct run *run, int s)
{
    const struct sim_model *model = run->model;
    const struct sim_stream *stream = &model->streams[s];
    double left = sim_random_exp(&run->arrivals[s]);
    double at = run->clock_ms[s];
    double horizon = model->steady ? 1e18 : (double)model->horizon_ms;
    for (int32_t hour = 0; at < horizon; hour++) {
        double rate = rate_at(model, stream, at) / HOUR_MS;
        double edge =
            stream->hours == 1 ? horizon : ((double)(int64_t)(at / HOUR_MS) + 1) * HOUR_MS;
        if (rate > 0 && left / rate <= edge - at) {
            at += left / rate;
            break;
        }
        left -= rate * (edge - at);
        at = hour < HOURS_MAX ? edge : horizon;
    }
    run->clock_ms[s] = at;
    run->next_ms[s] = at < horizon ? (int64_t)(at + 0.5) : NEVER;
}

/* ---- patience ---- */

static void heap_push(struct run *run, struct impatient item)
{
    int32_t at = run->heap_count++;
    for (; at > 0 && run->heap[(at - 1) / 2].at_ms > item.at_ms; at = (at - 1) / 2) {
        run->heap[at] = run->heap[(at - 1) / 2];
    }
    run->heap[at] = item;
}

static void heap_pop(struct run *run)
{
    struct impatient item = run->heap[--run->heap_count];
    int32_t at = 0;
    for (int32_t child = 1; child < run->heap_count; child = 2 * at + 1) {
        if (child + 1 < run->heap_count && run->heap[child + 1].at_ms < run->heap[child].at_ms) {
            child += 1;
        }
        if (run->heap[child].at_ms >= item.at_ms) {
            break;
        }
        run->heap[at] = run->heap[child];
        at = child;
    }
    run->heap[at] = item;
}

/* Those no longer waiting leave the heap unseen. */
static bool is_stale(const struct run *run, struct impatient item)
{
    return run->turns[item.leg] != item.turn;
}

static void heap_clean(struct run *run)
{
    while (run->heap_count > 0 && is_stale(run, run->heap[0])) {
        heap_pop(run);
    }
}

/* All of them at once, when long patience has filled the heap with people long gone. */
static void heap_purge(struct run *run)
{
    int32_t count = run->heap_count;
    run->heap_count = 0;
    for (int32_t i = 0; i < count; i++) { /* never writes beyond i */
        if (!is_stale(run, run->heap[i])) {
            heap_push(run, run->heap[i]);
        }
    }
}

/* ---- windows ---- */

static bool measuring(const struct run *run)
{
    return !run->model->steady || run->called > run->model->warmup;
}

/* A window calls that leg: measured, and busy for a random time. */
static int64_t serve(void *context, int w, int32_t leg)
{
    struct run *run = context;
    int64_t now_ms = run->floor.now_ms;
    int16_t service = line_service(run->core, leg);
    int s = run->stream_of[service][line_class(run->core, leg)];
    run->called += 1;
    if (run->model->steady && run->called == run->model->warmup + 1) {
        run->measured_from_ms = now_ms;
        memset(run->busy_ms, 0, sizeof run->busy_ms);
    }
    if (measuring(run)) {
        sim_stats_add(&run->stats[s], run->model, now_ms - line_arrived_ms(run->core, leg),
                      line_overtakes(run->core, leg));
    }
    bool absent =
        run->model->no_show_share > 0 && sim_random_unit(&run->luck) < run->model->no_show_share;
    int64_t length = absent ? run->model->no_show_cost_ms
                            : sim_random_time(&run->service[s], &run->model->service_time[service]);
    run->turns[leg] += 1;
    run->busy_ms[w] += length;
    return length;
}

/* ---- one thing happens ---- */

static enum err arrive(struct run *run, int s)
{
    const struct sim_stream *stream = &run->model->streams[s];
    int64_t now_ms = run->floor.now_ms;
    int32_t leg = line_arrive(run->core, stream->service, stream->cls, now_ms);
    if (leg < 0) {
        return ERR_HALL_FULL;
    }
    if (run->heap_count == LINE_MAX) {
        heap_purge(run); /* at most LINE_MAX - 1 others wait */
    }
    run->arrived += 1;
    if (run->model->has_patience) {
        heap_push(run, (struct impatient){
                           .at_ms = now_ms + sim_random_time(&run->luck, &run->model->patience),
                           .leg = leg,
                           .turn = run->turns[leg]});
    }
    next_arrival(run, s);
    if (run->floor.free_count > 0) {
        sim_floor_dispatch(&run->floor);
    }
    return ERR_NONE;
}

static void leave(struct run *run)
{
    int32_t leg = run->heap[0].leg;
    int s = run->stream_of[line_service(run->core, leg)][line_class(run->core, leg)];
    run->stats[s].left += measuring(run) ? 1 : 0;
    line_leave(run->core, leg);
    line_release(run->core, leg);
    run->turns[leg] += 1;
    heap_pop(run);
}

/* The stream whose next arrival is before that time, -1 none. */
static int find_arrival(const struct run *run, int64_t *at_ms)
{
    int found = -1;
    for (int s = 0; s < run->model->stream_count; s++) {
        if (run->next_ms[s] < *at_ms) {
            *at_ms = run->next_ms[s];
            found = s;
        }
    }
    return found;
}

/* False when nothing more will happen. Within a millisecond: ends of service, then who leaves, then
 * arrivals. */
static bool step(struct run *run, enum err *ret_err)
{
    int64_t at;
    int window = 0;
    bool leaves = false;
    enum sim_floor_what what = sim_floor_next(&run->floor, &at, &window);
    int64_t wake_ms = what == SIM_FLOOR_WAKE ? at : NEVER;
    at +=
        what == SIM_FLOOR_WAKE ? 1 : 0; /* windows look again after all else of that millisecond */
    if (run->model->has_patience) {
        heap_clean(run);
        if (run->heap_count > 0 && run->heap[0].at_ms < at) {
            at = run->heap[0].at_ms;
            leaves = true;
        }
    }
    int stream = find_arrival(run, &at);
    if (stream >= 0) {
        run->floor.now_ms = at;
        *ret_err = arrive(run, stream);
        return *ret_err == ERR_NONE;
    }
    if (leaves) {
        run->floor.now_ms = at;
        leave(run);
        return true;
    }
    if (what != SIM_FLOOR_NOTHING) {
        run->floor.now_ms = wake_ms != NEVER ? wake_ms : at;
        sim_floor_do(&run->floor, what, window);
    }
    return what != SIM_FLOOR_NOTHING;
}

/* ---- the whole ---- */

static void begin(struct run *run)
{
    line_reset(run->core);
    sim_floor_begin(&run->floor, 0);
    run->heap_count = 0;
    for (int s = 0; s < run->model->stream_count; s++) {
        run->clock_ms[s] = 0;
        next_arrival(run, s);
    }
}

static void end_batch(struct run *run)
{
    for (int s = 0; s < run->model->stream_count; s++) {
        sim_stats_batch(&run->stats[s]);
    }
}

static enum err run_steady(struct run *run)
{
    enum err err = ERR_NONE;
    int64_t size = run->model->customers / BATCH_COUNT;
    size = size > 0 ? size : 1;
    int64_t next = run->model->warmup + size;
    begin(run);
    while (run->called < run->model->warmup + run->model->customers && step(run, &err)) {
        if (run->called >= next) {
            end_batch(run);
            next += size;
        }
    }
    run->open_ms = run->floor.now_ms - run->measured_from_ms;
    return err;
}

static enum err run_days(struct run *run)
{
    enum err err = ERR_NONE;
    for (int64_t day = 0; err == ERR_NONE && day < run->model->days; day++) {
        begin(run);
        while (step(run, &err)) {
        }
        run->open_ms += run->floor.now_ms;
        end_batch(run);
    }
    return err;
}

static void prepare(struct run *run)
{
    for (int s = 0; s < run->model->stream_count; s++) {
        const struct sim_stream *stream = &run->model->streams[s];
        run->stream_of[stream->service][stream->cls] = (int16_t)s;
        sim_random_init(&run->arrivals[s], run->model->seed, (uint64_t)s * 2);
        sim_random_init(&run->service[s], run->model->seed, (uint64_t)s * 2 + 1);
    }
    sim_random_init(&run->luck, run->model->seed, 1000003);
}

static enum err create(const struct sim_model *model, struct run **ret_run)
{
    struct core_limits limits = {.visit_max = LINE_MAX};
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return ERR_NO_MEMORY;
    }
    *ret_run = run;
    run->model = model;
    run->core = core_create(&limits, &model->hall);
    run->turns = calloc(LINE_MAX, sizeof *run->turns);
    run->heap = model->has_patience ? calloc(LINE_MAX, sizeof *run->heap) : NULL;
    bool ok =
        run->core != NULL && run->turns != NULL && (run->heap != NULL || !model->has_patience);
    for (int s = 0; s < model->stream_count; s++) {
        ok = sim_stats_init(&run->stats[s]) && ok;
    }
    prepare(run);
    if (run->core != NULL) {
        sim_floor_init(&run->floor, run->core, &model->hall);
        run->floor.serve = serve;
        run->floor.context = run;
    }
    return ok ? ERR_NONE : ERR_NO_MEMORY;
}

static void fill_result(const struct run *run, struct sim_model_result *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->queue_count = run->model->stream_count;
    ret->customers = run->arrived;
    for (int s = 0; s < run->model->stream_count; s++) {
        ret->queues[s].service = run->model->streams[s].service;
        ret->queues[s].cls = run->model->streams[s].cls;
        sim_stats_result(&run->stats[s], run->model, &ret->queues[s]);
    }
    for (int w = 0; run->open_ms > 0 && w < run->model->hall.window_count; w++) {
        ret->utilisation[w] = (double)run->busy_ms[w] / (double)run->open_ms;
    }
}

enum err sim_model_run(const struct sim_model *model, struct sim_model_result *ret_result)
{
    struct run *run = NULL;
    enum err err = create(model, &run);
    if (err == ERR_NONE) {
        err = model->steady ? run_steady(run) : run_days(run);
    }
    if (err == ERR_NONE) {
        fill_result(run, ret_result);
    }
    if (run != NULL) {
        for (int s = 0; s < model->stream_count; s++) {
            sim_stats_fini(&run->stats[s]);
        }
        core_destroy(run->core);
        free(run->turns);
        free(run->heap);
        free(run);
    }
    return err;
}
