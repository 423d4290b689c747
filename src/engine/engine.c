/* engine: opening, the thread's loop, and the way in. See engine.h for the contract; the work of a
 * batch is in engine_batch.c. */
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"
#include "log.h"

/* The clock is looked at this often even when nothing is due: the wall clock may have been set. */
#define LOOK_AGAIN_MS 30000

void engine_job_init(struct engine_job *job, enum engine_what what)
{
    memset(job, 0, sizeof *job);
    job->what = what;
    job->version = -1;
    job->if_version = -1;
    job->if_none = -1;
    buf_init(&job->body, ENGINE_REPLY_MAX);
}

void engine_job_fini(struct engine_job *job)
{
    buf_fini(&job->body);
    wire_config_destroy(job->config);
    job->config = NULL;
}

struct core_now engine_now(struct engine *engine)
{
    int64_t ms = clock_now_ms(&engine->clock);
    return (struct core_now){.ms = ms, .offset_s = clock_offset_s(ms)};
}

static void destroy(struct engine *engine)
{
    for (int i = 0; i < ENGINE_VIEW_CACHE_MAX; i++) {
        buf_fini(&engine->cache[i].body);
    }
    buf_fini(&engine->data);
    buf_fini(&engine->staff);
    buf_fini(&engine->public_text);
    free(engine->frames);
    free(engine->pages);
    free(engine->dirty);
    free(engine->dirty_flags);
    engine_forecast_close(engine);
    mailbox_destroy(engine->mailbox);
    core_destroy(engine->core);
    wire_config_destroy(engine->config);
    store_close(engine->store);
    free(engine);
}

static struct engine *create(const struct engine_options *options)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) {
        return NULL;
    }
    engine->options = *options;
    for (int i = 0; i < ENGINE_VIEW_CACHE_MAX; i++) {
        buf_init(&engine->cache[i].body, ENGINE_REPLY_MAX);
    }
    buf_init(&engine->data, 64 * 1024);
    buf_init(&engine->staff, ENGINE_FRAME_BYTES_MAX);
    buf_init(&engine->public_text, ENGINE_FRAME_BYTES_MAX);
    engine->frames = calloc(ENGINE_FRAME_MAX, sizeof *engine->frames);
    engine->dirty = calloc(CORE_VISIT_MAX_DEFAULT, sizeof *engine->dirty);
    engine->dirty_flags = calloc(CORE_VISIT_MAX_DEFAULT, 1);
    engine->pages = calloc(ENGINE_PAGE_MAX, sizeof *engine->pages);
    engine->mailbox = mailbox_create(ENGINE_MAILBOX_MAX);
    if (engine->frames == NULL || engine->dirty == NULL || engine->dirty_flags == NULL ||
        engine->pages == NULL || engine->mailbox == NULL) {
        destroy(engine);
        return NULL;
    }
    return engine;
}

static enum err open_all(struct engine *engine)
{
    int64_t last_seq;
    int64_t last_ms;
    enum err err = store_open(engine->options.db_path, STORE_WRITER, &engine->store);
    if (err == ERR_NONE) {
        err = store_event_last(engine->store, &last_seq, &last_ms, &engine->epoch);
    }
    if (err == ERR_NONE) {
        err = store_hall_key(engine->store, engine->hall_key);
    }
    if (err == ERR_NONE) {
        err = engine_load_config(engine, 0);
    }
    if (err) {
        return err;
    }
    engine->epoch = engine->epoch == 0 ? 1 : engine->epoch;
    text_copy_cut(engine->site, sizeof engine->site, wire_config_hall(engine->config)->code);
    if (engine->options.test_clock_ms != 0) {
        int64_t start = engine->options.test_clock_ms;
        clock_init_test(&engine->clock, start > last_ms ? start : last_ms);
    } else {
        clock_init(&engine->clock, last_ms);
    }
    if (engine->options.configured != NULL) {
        engine->options.configured(engine->options.context, engine->config);
    }
    engine->opened_ms = clock_now_ms(&engine->clock);
    err = engine_rebuild(engine);
    if (err == ERR_NONE) {
        err = engine_load_pages(engine);
    }
    return err ? err : engine_forecast_open(engine);
}

enum err engine_open(const struct engine_options *options, struct engine **ret_engine)
{
    struct engine *engine = create(options);
    if (engine == NULL) {
        return ERR_NO_MEMORY;
    }
    int64_t started = clock_mono_ms();
    enum err err = open_all(engine);
    if (err) {
        destroy(engine);
        return err;
    }
    log_info("engine", "events=%lld day=%d visits=%d replay_ms=%lld",
             (long long)core_next_seq(engine->core) - 1, (int)core_day(engine->core),
             (int)core_visit_count(engine->core), (long long)(clock_mono_ms() - started));
    if (options->bus != NULL) {
        bus_skip(options->bus, core_next_seq(engine->core) - 1);
        engine_publish_all_signs(engine);
    }
    *ret_engine = engine;
    return ERR_NONE;
}

static int64_t wake_deadline(struct engine *engine)
{
    struct core_now now = engine_now(engine);
    int64_t due = core_deadline_ms(engine->core, &now);
    int64_t silent = engine_page_deadline_ms(engine);
    int64_t wait = (silent < due ? silent : due) - now.ms;
    if (engine->read_only || wait > LOOK_AGAIN_MS) {
        wait = LOOK_AGAIN_MS;
    }
    int64_t deadline = clock_mono_ms() + (wait > 0 ? wait : 0);
    int64_t publish = engine_publish_deadline_ms(engine);
    int64_t forecast = engine_forecast_deadline_ms(engine);
    deadline = publish < deadline ? publish : deadline;
    return forecast < deadline ? forecast : deadline;
}

static void *run(void *context)
{
    struct engine *engine = context;
    void *jobs[ENGINE_BATCH_MAX];
    bool more = true;
    while (more) {
        size_t count = mailbox_take(engine->mailbox, jobs, ENGINE_BATCH_MAX, wake_deadline(engine));
        engine_run_batch(engine, (struct engine_job **)jobs, count);
        more = count > 0 || !mailbox_is_closed(engine->mailbox);
    }
    return NULL;
}

enum err engine_start(struct engine *engine)
{
    enum err err = engine_forecast_start(engine);
    if (err) {
        return err;
    }
    if (pthread_create(&engine->thread, NULL, run, engine) != 0) {
        return ERR_NO_MEMORY;
    }
    engine->started = true;
    return ERR_NONE;
}

void engine_stop(struct engine *engine)
{
    if (engine->started) {
        mailbox_close(engine->mailbox);
        (void)pthread_join(engine->thread, NULL);
        engine->started = false;
    }
    engine_forecast_stop(engine);
}

void engine_close(struct engine *engine)
{
    if (engine != NULL) {
        engine_stop(engine);
        destroy(engine);
    }
}

enum err engine_submit(struct engine *engine, struct engine_job *job)
{
    return mailbox_put(engine->mailbox, job);
}

static void free_job(struct engine_job *job)
{
    engine_job_fini(job);
    free(job);
}

/* A command of a device; NULL without memory. */
static struct engine_job *make_report(enum cmd_kind kind, const char *code, const char *reason)
{
    struct engine_job *job = malloc(sizeof *job);
    if (job != NULL) {
        engine_job_init(job, ENGINE_COMMAND);
        cmd_init(&job->cmd, kind);
        job->cmd.by = CMD_BY_SYSTEM;
        text_copy_cut(job->cmd.subject, sizeof job->cmd.subject, code);
        text_copy_cut(job->cmd.reason, sizeof job->cmd.reason, reason);
        job->done = free_job;
    }
    return job;
}

void engine_report_printer(struct engine *engine, const char *code, enum event_kind kind,
                           const char *detail)
{
    struct engine_job *job = make_report(CMD_RECORD, code, detail);
    if (job == NULL) {
        return;
    }
    job->cmd.event = kind;
    if (engine_submit(engine, job) != ERR_NONE) {
        log_warn("engine", "device=%s %s not recorded: too much work", code, event_kind_text(kind));
        free_job(job);
    }
}

void engine_report_device(struct engine *engine, const char *code, bool online, const char *detail)
{
    engine_report_printer(engine, code, online ? EVENT_DEVICE_ONLINE : EVENT_DEVICE_OFFLINE,
                          detail);
}

enum err engine_report_print(struct engine *engine, const struct bus_print *print, bool printed,
                             const char *reason)
{
    struct engine_job *job = make_report(CMD_PRINT_RESULT, print->printer, reason);
    if (job == NULL) {
        return ERR_NO_MEMORY;
    }
    text_copy_cut(job->cmd.ticket_id, sizeof job->cmd.ticket_id, print->ticket_id);
    job->cmd.count = print->copies;
    job->cmd.on = printed;
    enum err err = engine_submit(engine, job);
    if (err) {
        free_job(job);
    }
    return err;
}

const uint8_t *engine_hall_key(const struct engine *engine)
{
    return engine->hall_key;
}

int64_t engine_epoch(const struct engine *engine)
{
    return engine->epoch;
}

const char *engine_site(const struct engine *engine)
{
    return engine->site;
}

enum err engine_each_identity(struct engine *engine,
                              enum err (*handler)(void *context,
                                                  const struct identity_entry *entry),
                              void *context)
{
    return store_identity_each(engine->store, clock_now_ms(&engine->clock), handler, context);
}
