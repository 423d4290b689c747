/* forecaster: see forecaster.h.
 *
 * The past is read when the day or the hall changes, today once a minute. Everything is made with
 * the first job: a hall that has not opened needs none of it. */
#include "forecaster.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "forecaster_watch.h"
#include "log.h"
#include "mailbox.h"
#include "store.h"

#define TODAY_EVERY_MS 60000
/* Replications for a "what if": its answer is a comparison from the same seeds, so fewer do. */
#define ADVICE_REPLICATIONS 100
/* Advice is looked for when more of a service's waiting than this will be late, and given when it
 * halves them. */
#define LATE_SHARE 0.2
#define ADVICE_TRIES_MAX 6
/* Below the threads that people wait for. */
#define NICENESS 10
/* A call nobody answers keeps its window this long, when the hall has no rule. */
#define ABSENT_MS 60000

struct forecaster {
    const char *db_path; /* borrowed */
    struct mailbox *mailbox;
    pthread_t thread;
    bool started;
    struct store *store;
    struct forecast *forecast;
    struct forecast_history *history;
    struct forecast_today today;
    int32_t history_day;
    int64_t today_ms; /* monotonic: when today was read */
    bool watching;
    struct forecaster_watch watch;
    struct hall what_if;
};

/* ---- the past ---- */

struct reading {
    const struct hall *hall;
    struct forecast_history *history;
    struct forecast_today *today; /* NULL: it is the past */
    int32_t offset_s;
};

bool forecaster_record(const struct hall *hall, const struct store_past *past, int32_t offset_s,
                       struct forecast_record *ret_record)
{
    int service = hall_find_service(hall, past->service);
    int cls = hall_find_class(hall, past->cls);
    if (service < 0 || cls < 0) {
        return false;
    }
    int64_t came_ms =
        (past->place == 0 ? past->issued_ms : past->entered_ms) + (int64_t)offset_s * 1000;
    bool ended =
        (past->state == TICKET_DONE || past->state == TICKET_TRANSFERRED) && past->called_ms > 0;
    bool whole = ended && !past->unclosed && !past->time_inaccurate && past->no_shows == 0 &&
                 past->held_total_ms == 0;
    bool came = past->state != TICKET_BOOKED && past->state != TICKET_VOID;
    *ret_record = (struct forecast_record){
        .day = past->day,
        .service = (int16_t)service,
        .cls = (int16_t)cls,
        .slot = came ? (int32_t)(came_ms / FORECAST_SLOT_MS % FORECAST_SLOT_COUNT) : -1,
        .busy_ms = whole ? past->ended_ms - past->called_ms : -1,
        .called = past->called_ms > 0,
        .absent = past->no_shows > 0};
    return true;
}

static enum err take_past(void *context, const struct store_past *past)
{
    const struct reading *reading = context;
    struct forecast_record record;
    if (!forecaster_record(reading->hall, past, reading->offset_s, &record)) {
        return ERR_NONE; /* nothing to foresee by */
    }
    if (reading->today != NULL) {
        forecast_today_add(reading->history, reading->today, &record);
        return ERR_NONE;
    }
    return forecast_history_add(reading->history, &record);
}

enum err forecaster_first_day(struct store *store, int32_t day, int32_t *ret_first)
{
    *ret_first = day;
    for (int i = 0; i < FORECAST_DAY_MAX; i++) {
        int32_t before;
        enum err err = store_day_before(store, *ret_first, &before);
        if (err || before == 0) {
            return err;
        }
        *ret_first = before;
    }
    return ERR_NONE;
}

static enum err read_history(struct forecaster *forecaster, const struct forecaster_job *job)
{
    int32_t first;
    forecast_history_destroy(forecaster->history);
    forecaster->history = forecast_history_create(&job->hall);
    if (forecaster->history == NULL) {
        return ERR_NO_MEMORY;
    }
    struct reading reading = {
        .hall = &job->hall, .history = forecaster->history, .offset_s = job->offset_s};
    enum err err = forecaster_first_day(forecaster->store, job->day, &first);
    if (err == ERR_NONE) {
        err = store_past_each(forecaster->store, first, job->day - 1, take_past, &reading);
    }
    if (err == ERR_NONE) {
        err = forecast_history_end(forecaster->history);
    }
    forecaster->history_day = job->day;
    forecaster->today_ms = 0;
    return err;
}

static enum err read_today(struct forecaster *forecaster, const struct forecaster_job *job)
{
    int64_t mono_ms = clock_mono_ms();
    if (forecaster->today_ms != 0 && mono_ms - forecaster->today_ms < TODAY_EVERY_MS) {
        return ERR_NONE;
    }
    forecaster->today = (struct forecast_today){0};
    struct reading reading = {.hall = &job->hall,
                              .history = forecaster->history,
                              .today = &forecaster->today,
                              .offset_s = job->offset_s};
    forecaster->today_ms = mono_ms;
    return store_past_each(forecaster->store, job->day, job->day, take_past, &reading);
}

/* ---- the watch ---- */

/* The newest come first; the watch wants them last. */
struct recalling {
    bool missed[FORECASTER_WATCHED_MAX];
    int count;
    int32_t level_pm;
};

static enum err take_told(void *context, const struct store_past *past)
{
    struct recalling *recalling = context;
    int64_t wait_ms = past->called_ms - past->issued_ms;
    recalling->level_pm = recalling->count == 0 ? past->told_pm : recalling->level_pm;
    recalling->missed[recalling->count++] =
        wait_ms < past->told_low_s * INT64_C(1000) || wait_ms > past->told_high_s * INT64_C(1000);
    return ERR_NONE;
}

static enum err watch(struct forecaster *forecaster, const struct forecaster_job *job)
{
    if (!forecaster->watching) {
        struct recalling recalling = {.count = 0};
        enum err err =
            store_told_each(forecaster->store, FORECASTER_WATCHED_MAX, take_told, &recalling);
        if (err) {
            return err;
        }
        forecaster_watch_init(&forecaster->watch, recalling.level_pm);
        while (recalling.count > 0) {
            forecaster_watch_recall(&forecaster->watch, recalling.missed[--recalling.count]);
        }
        forecaster->watching = true;
        return ERR_NONE; /* the outcomes of this job were among them */
    }
    for (int i = 0; i < job->outcome_count; i++) {
        const struct forecaster_outcome *outcome = &job->outcomes[i];
        forecaster_watch_add(&forecaster->watch,
                             outcome->wait_ms < outcome->low_s * INT64_C(1000) ||
                                 outcome->wait_ms > outcome->high_s * INT64_C(1000));
    }
    return ERR_NONE;
}

/* ---- the future ---- */

static struct eta eta_of(const struct forecast *forecast, int index, double alpha)
{
    struct eta eta = {.low_ms = forecast_quantile_ms(forecast, index, alpha / 2),
                      .high_ms = forecast_quantile_ms(forecast, index, 1 - alpha / 2),
                      .p50_ms = forecast_quantile_ms(forecast, index, .5),
                      .p90_ms = forecast_quantile_ms(forecast, index, .9)};
    return eta.high_ms < 0 || eta.p90_ms < 0 ? ETA_UNKNOWN : eta;
}

/* The default class of every service first, then the other classes, as far as there is room. */
static void choose_probes(struct forecaster_job *job)
{
    job->probe_count = 0;
    for (int16_t c = 0; c < job->hall.class_count; c++) {
        for (int16_t s = 0; s < job->hall.service_count; s++) {
            if (!job->hall.services[s].retired && job->probe_count < FORECAST_PROBE_MAX) {
                job->probes[job->probe_count++] = (struct forecast_probe){.service = s, .cls = c};
            }
        }
    }
}

static struct forecast_input input_of(struct forecaster *forecaster, struct forecaster_job *job)
{
    int64_t answer_ms = job->hall.no_show_answer_ms;
    return (struct forecast_input){.hall = &job->hall,
                                   .history = forecaster->history,
                                   .today = &forecaster->today,
                                   .state = &job->state,
                                   .offset_s = job->offset_s,
                                   .seed = (uint64_t)job->day << 40 ^ (uint64_t)job->seq,
                                   .replications = FORECAST_REPLICATIONS,
                                   .probes = job->probes,
                                   .probe_count = job->probe_count,
                                   .open_window = -1,
                                   .absent_ms = answer_ms > 0 ? answer_ms : ABSENT_MS};
}

/* The hall as it would be with that help; false when the window cannot give it. */
static bool make_help(struct forecaster *forecaster, const struct forecaster_job *job, int w,
                      int16_t service, struct forecast_input *input)
{
    const struct hall_window *window = &job->hall.windows[w];
    enum core_window_state state = job->state.windows[w].state;
    bool works = state != CORE_WINDOW_CLOSED && state != CORE_WINDOW_PAUSED;
    if (window->retired || works == hall_window_is_for(window, service)) {
        return false;
    }
    if (!works) {
        input->open_window = w;
        return true;
    }
    if (window->service_count == HALL_WINDOW_SERVICE_MAX ||
        window->kind == HALL_WINDOW_BACK_OFFICE) {
        return false;
    }
    forecaster->what_if = job->hall;
    struct hall_window *helper = &forecaster->what_if.windows[w];
    helper->services[helper->service_count++] = (struct hall_window_service){.service = service};
    input->hall = &forecaster->what_if;
    return true;
}

/* Tries windows one by one; what helps best is the advice. */
static enum err advise(struct forecaster *forecaster, struct forecaster_job *job, int16_t service)
{
    struct wire_advice best = {
        .window = -1, .service = service, .late_now = job->foreseen.late[service]};
    struct forecast_probe probe = {.service = service, .cls = 0};
    int tries = 0;
    best.late_then = best.late_now;
    for (int pass = 0; pass < 2;
         pass++) { /* to open a window costs nobody else anything, so that comes first */
        for (int w = 0; w < job->hall.window_count && tries < ADVICE_TRIES_MAX; w++) {
            struct forecast_input input = input_of(forecaster, job);
            input.replications = ADVICE_REPLICATIONS;
            input.probes = &probe;
            input.probe_count = 1;
            if (!make_help(forecaster, job, w, service, &input) ||
                (input.open_window >= 0) != (pass == 0)) {
                continue;
            }
            tries += 1;
            enum err err = forecast_run(forecaster->forecast, &input);
            if (err) {
                return err;
            }
            double late = forecast_share_late(forecaster->forecast, service);
            if (late < best.late_then) {
                best.window = (int16_t)w;
                best.opens = pass == 0;
                best.late_then = late;
                best.then =
                    eta_of(forecaster->forecast, job->state.leg_count, forecaster->watch.alpha);
            }
        }
        if (best.window >= 0 && best.late_then * 2 <= best.late_now) {
            break;
        }
    }
    if (best.window >= 0 && best.late_then * 2 <= best.late_now) {
        for (int i = 0; i < job->probe_count; i++) {
            if (job->probes[i].service == service && job->probes[i].cls == 0) {
                best.now = job->probe_etas[i];
            }
        }
        job->foreseen.advice[job->foreseen.advice_count++] = best;
    }
    return ERR_NONE;
}

static enum err foresee(struct forecaster *forecaster, struct forecaster_job *job)
{
    choose_probes(job);
    struct forecast_input input = input_of(forecaster, job);
    enum err err = forecast_run(forecaster->forecast, &input);
    if (err) {
        return err;
    }
    for (int i = 0; i < job->state.leg_count; i++) {
        job->legs[i] = eta_of(forecaster->forecast, i, forecaster->watch.alpha);
    }
    for (int i = 0; i < job->probe_count; i++) {
        job->probe_etas[i] =
            eta_of(forecaster->forecast, job->state.leg_count + i, forecaster->watch.alpha);
    }
    for (int s = 0; s < job->hall.service_count; s++) {
        job->foreseen.late[s] = forecast_share_late(forecaster->forecast, s);
    }
    job->foreseen.advice_count = 0;
    for (int16_t s = 0; err == ERR_NONE && s < job->hall.service_count; s++) {
        if (job->foreseen.late[s] > LATE_SHARE && job->foreseen.advice_count < WIRE_ADVICE_MAX) {
            err = advise(forecaster, job, s);
        }
    }
    return err;
}

static enum err prepare(struct forecaster *forecaster, const struct forecaster_job *job)
{
    enum err err = ERR_NONE;
    if (forecaster->store == NULL) {
        err = store_open(forecaster->db_path, STORE_READER, &forecaster->store);
        if (err) {
            return err;
        }
    }
    if (forecaster->forecast == NULL) {
        forecaster->forecast = forecast_create(FORECAST_REPLICATIONS, &job->hall);
        if (forecaster->forecast == NULL) {
            return ERR_NO_MEMORY;
        }
    }
    if (forecaster->history == NULL || job->new_hall || job->day != forecaster->history_day) {
        err = read_history(forecaster, job);
    }
    if (err == ERR_NONE) {
        err = read_today(forecaster, job);
    }
    if (err == ERR_NONE) {
        err = watch(forecaster, job);
    }
    return err;
}

static void run_job(struct forecaster *forecaster, struct forecaster_job *job)
{
    int64_t before_ms = clock_mono_ms();
    job->err = prepare(forecaster, job);
    if (job->err == ERR_NONE) {
        job->err = foresee(forecaster, job);
        job->foreseen.at_ms = job->state.now_ms;
        job->foreseen.level_pm = forecaster_watch_level_pm(&forecaster->watch);
        job->foreseen.covered_pm = forecaster_watch_covered_pm(&forecaster->watch);
    } else {
        forecaster->history_day = 0; /* once more next time */
    }
    if (job->err) {
        log_warn("forecaster", "err=%s, waits are estimated by a rule of thumb",
                 err_slug(job->err));
    }
    job->took_ms = clock_mono_ms() - before_ms;
    job->done(job);
}

static void *run(void *context)
{
    struct forecaster *forecaster = context;
    void *job;
    /* On Linux a thread has a priority of its own, set by its id. When it is not granted, we are
     * only less polite. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICENESS);
    while (mailbox_take(forecaster->mailbox, &job, 1, INT64_MAX) > 0) {
        run_job(forecaster, job);
    }
    return NULL;
}

struct forecaster *forecaster_create(const char *db_path)
{
    struct forecaster *forecaster = calloc(1, sizeof *forecaster);
    if (forecaster == NULL) {
        return NULL;
    }
    forecaster->db_path = db_path;
    forecaster->mailbox = mailbox_create(1);
    if (forecaster->mailbox == NULL) {
        free(forecaster);
        return NULL;
    }
    return forecaster;
}

enum err forecaster_start(struct forecaster *forecaster)
{
    assert(!forecaster->started);
    if (pthread_create(&forecaster->thread, NULL, run, forecaster) != 0) {
        return ERR_NO_MEMORY;
    }
    forecaster->started = true;
    return ERR_NONE;
}

void forecaster_stop(struct forecaster *forecaster)
{
    if (forecaster != NULL && forecaster->started) {
        mailbox_close(forecaster->mailbox);
        (void)pthread_join(forecaster->thread, NULL);
        forecaster->started = false;
    }
}

void forecaster_destroy(struct forecaster *forecaster)
{
    if (forecaster == NULL) {
        return;
    }
    assert(!forecaster->started);
    forecast_destroy(forecaster->forecast);
    forecast_history_destroy(forecaster->history);
    store_close(forecaster->store);
    mailbox_destroy(forecaster->mailbox);
    free(forecaster);
}

enum err forecaster_submit(struct forecaster *forecaster, struct forecaster_job *job)
{
    assert(job->done != NULL);
    return mailbox_put(forecaster->mailbox, job);
}
