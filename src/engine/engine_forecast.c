/* engine_forecast: hands a copy of the line to the forecaster when the hall has changed, or every
 * half minute, and keeps what comes back. One job goes to and fro; between two there is a pause of
 * nine times what the last one took, so that forecasting never takes more than a tenth of a core.
 * Nothing here can fail a command: without a forecast, waits are estimated by a rule of thumb
 * (estimate.c). */
#include <stdlib.h>

#include "engine_internal.h"
#include "log.h"

#define EVERY_MS 30000
#define PAUSE_MIN_MS 300
#define PAUSE_FACTOR 9
/* More wait than can be copied: look again then. */
#define CROWDED_MS 5000

struct engine_forecast {
    struct forecaster *forecaster;
    struct forecaster_job job;
    struct engine_job back; /* brings the job home through the mailbox */
    bool away;
    int64_t from_ms; /* monotonic: not before */
    int64_t done_ms; /* monotonic: when the last one came back */
    int64_t seq;     /* next one to come when the line of the last was copied */
    int64_t version; /* grows with each that came back */
    bool has_hall;   /* the job's copy is that of the hall in force */
    struct forecaster_outcome outcomes[FORECASTER_OUTCOME_MAX]; /* since the last one */
    int outcome_count;
    struct wire_foreseen foreseen; /* of the newest that is still true; at_ms 0 none */
};

/* ---- on the forecaster's thread ---- */

static void bring_back(struct forecaster_job *job)
{
    struct engine *engine = job->owner;
    if (engine_submit(engine, &engine->forecast->back) != ERR_NONE) {
        log_debug("engine", "a forecast comes too late");
    }
}

static void came_back(struct engine_job *job)
{
    (void)job; /* engine_take_forecast() has seen to it */
}

/* ---- on the engine's ---- */

enum err engine_forecast_open(struct engine *engine)
{
    struct engine_forecast *forecast = calloc(1, sizeof *forecast);
    engine->forecast = forecast;
    if (forecast == NULL) {
        return ERR_NO_MEMORY;
    }
    forecast->forecaster = forecaster_create(engine->options.db_path);
    if (forecast->forecaster == NULL) {
        return ERR_NO_MEMORY;
    }
    forecast->job.done = bring_back;
    forecast->job.owner = engine;
    engine_job_init(&forecast->back, ENGINE_FORECAST);
    forecast->back.done = came_back;
    return ERR_NONE;
}

enum err engine_forecast_start(struct engine *engine)
{
    return forecaster_start(engine->forecast->forecaster);
}

void engine_forecast_stop(struct engine *engine)
{
    if (engine->forecast != NULL) {
        forecaster_stop(engine->forecast->forecaster);
    }
}

void engine_forecast_close(struct engine *engine)
{
    if (engine->forecast != NULL) {
        forecaster_destroy(engine->forecast->forecaster);
        engine_job_fini(&engine->forecast->back);
        free(engine->forecast);
        engine->forecast = NULL;
    }
}

/* Somebody who was told a range is called for the first time. */
void engine_forecast_note_call(struct engine *engine, const struct event *event)
{
    struct engine_forecast *forecast = engine->forecast;
    struct core_told told;
    if (forecast == NULL || forecast->outcome_count == FORECASTER_OUTCOME_MAX ||
        event->calls != 1) {
        return;
    }
    core_ticket_told(engine->core, event->visit, &told);
    if (told.pm > 0 && told.called_ms == event->at_ms) {
        forecast->outcomes[forecast->outcome_count++] = (struct forecaster_outcome){
            .low_s = told.low_s, .high_s = told.high_s, .wait_ms = told.called_ms - told.issued_ms};
    }
}

/* The hall is another one: a new document, or a new day with it. */
void engine_forecast_forget_hall(struct engine *engine)
{
    if (engine->forecast != NULL) {
        engine->forecast->has_hall = false;
        engine->forecast->foreseen.at_ms = 0;
    }
}

static bool is_wanted(const struct engine *engine, int64_t mono_ms)
{
    const struct engine_forecast *forecast = engine->forecast;
    if (forecast == NULL || forecast->away || mono_ms < forecast->from_ms ||
        !core_day_is_open(engine->core) || core_visit_count(engine->core) == 0) {
        return false;
    }
    return forecast->seq != core_next_seq(engine->core) || mono_ms - forecast->done_ms >= EVERY_MS;
}

int64_t engine_forecast_deadline_ms(const struct engine *engine)
{
    const struct engine_forecast *forecast = engine->forecast;
    if (forecast == NULL || forecast->away || !core_day_is_open(engine->core) ||
        core_visit_count(engine->core) == 0) {
        return INT64_MAX;
    }
    int64_t due_ms = forecast->seq != core_next_seq(engine->core) ? forecast->from_ms
                                                                  : forecast->done_ms + EVERY_MS;
    return due_ms > forecast->from_ms ? due_ms : forecast->from_ms;
}

static void fill_job(struct engine *engine, struct forecaster_job *job)
{
    struct engine_forecast *forecast = engine->forecast;
    job->new_hall = !forecast->has_hall || job->day != core_day(engine->core);
    if (job->new_hall) {
        job->hall = *core_hall(engine->core);
        forecast->has_hall = true;
    }
    job->day = core_day(engine->core);
    job->seq = core_next_seq(engine->core) - 1;
    job->outcome_count = forecast->outcome_count;
    for (int i = 0; i < forecast->outcome_count; i++) {
        job->outcomes[i] = forecast->outcomes[i];
    }
}

void engine_forecast_ask(struct engine *engine)
{
    int64_t mono_ms = clock_mono_ms();
    if (!is_wanted(engine, mono_ms)) {
        return;
    }
    struct engine_forecast *forecast = engine->forecast;
    struct core_now now = engine_now(engine);
    if (!line_read(engine->core, now.ms, &forecast->job.state)) {
        forecast->from_ms = mono_ms + CROWDED_MS;
        return;
    }
    forecast->job.offset_s = now.offset_s;
    fill_job(engine, &forecast->job);
    if (forecaster_submit(forecast->forecaster, &forecast->job) != ERR_NONE) {
        forecast->from_ms = mono_ms + PAUSE_MIN_MS; /* stopping */
        return;
    }
    forecast->away = true;
    forecast->outcome_count = 0;
    forecast->seq = core_next_seq(engine->core);
}

void engine_take_forecast(struct engine *engine)
{
    struct engine_forecast *forecast = engine->forecast;
    const struct forecaster_job *job = &forecast->job;
    /* What failed is likely to fail again: not at every change of the hall. */
    int64_t pause_ms = job->err ? EVERY_MS : job->took_ms * PAUSE_FACTOR;
    forecast->away = false;
    forecast->done_ms = clock_mono_ms();
    forecast->from_ms = forecast->done_ms + (pause_ms > PAUSE_MIN_MS ? pause_ms : PAUSE_MIN_MS);
    forecast->foreseen.at_ms = 0;
    /* The hall may be another one by now, or the day have ended and its slots be others'. */
    if (job->err || !forecast->has_hall || job->day != core_day(engine->core)) {
        return;
    }
    forecast->foreseen = job->foreseen;
    core_foresee(engine->core, job->state.now_ms, job->foreseen.level_pm);
    for (int i = 0; i < job->state.leg_count; i++) {
        core_foresee_ticket(engine->core, job->state.legs[i].visit, &job->legs[i]);
    }
    for (int i = 0; i < job->probe_count; i++) {
        bool news = core_foresee_newcomer(engine->core, job->probes[i].service, job->probes[i].cls,
                                          &job->probe_etas[i]);
        engine->queue_dirty = engine->queue_dirty || news;
    }
    forecast->version += 1;
}

int64_t engine_forecast_version(const struct engine *engine)
{
    return engine->forecast != NULL ? engine->forecast->version : 0;
}

const struct wire_foreseen *engine_foreseen(const struct engine *engine)
{
    bool any = engine->forecast != NULL && engine->forecast->foreseen.at_ms != 0;
    return any ? &engine->forecast->foreseen : NULL;
}
