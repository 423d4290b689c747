/* engine_batch: everything that waits, in one transaction: apply, store, COMMIT, and only then
 * answer and publish.
 *
 * No space on the disk: the transaction is rolled back, the hall rebuilt from the log, everybody
 * told 503 read-only, until a write succeeds again. Any other failure of the database leaves the
 * outcome unknown: the answers say so and the process ends, so that recovery decides. */
#include "engine_internal.h"
#include "log.h"

#define PURGE_EVERY_MS 60000
/* While the disk is full a write is tried this often; the others are refused at once. */
#define READ_ONLY_RETRY_MS 1000
#define ANSWER_KEPT_MS (24LL * 3600 * 1000)

static void tick(struct engine *engine)
{
    struct cmd cmd;
    struct core_result result;
    cmd_init(&cmd, CMD_TICK);
    cmd.by = CMD_BY_SYSTEM;
    engine->job = NULL;
    enum err err = engine_step(engine, &cmd, &result);
    if (err && engine->batch_err == ERR_NONE) {
        log_error("engine", "tick failed: %s", err_slug(err));
    }
}

static void purge(struct engine *engine)
{
    int64_t mono = clock_mono_ms();
    if (mono - engine->purged_ms < PURGE_EVERY_MS) {
        return;
    }
    engine->purged_ms = mono;
    if (engine->batch_err == ERR_NONE) {
        engine->batch_err =
            store_answer_purge(engine->store, clock_now_ms(&engine->clock) - ANSWER_KEPT_MS);
    }
}

static enum err commit(struct engine *engine)
{
    if (!engine->in_transaction) {
        return engine->batch_err;
    }
    if (engine->batch_err == ERR_NONE) {
        engine->batch_err = engine_flush_tickets(engine);
    }
    if (engine->batch_err == ERR_NONE) {
        purge(engine);
    }
    if (engine->batch_err == ERR_NONE) {
        int64_t before = clock_mono_us();
        engine->batch_err = store_commit(engine->store);
        engine->commits += 1;
        engine->commit_us += clock_mono_us() - before;
        if (engine->batch_err == ERR_NONE && engine->read_only) {
            engine->read_only = false;
            log_info("engine", "the disk takes writes again");
        }
    }
    engine->in_transaction = false;
    return engine->batch_err;
}

static void hand_back(struct engine_job **jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        jobs[i]->done(jobs[i]);
    }
}

static void refuse_writes(struct engine_job **jobs, size_t count, enum err err)
{
    for (size_t i = 0; i < count; i++) {
        if (engine_is_write(jobs[i]->what)) {
            engine_fail(jobs[i], err);
        }
    }
}

/* The hall as the database has it, after a transaction that did not happen. */
static void go_back(struct engine *engine)
{
    store_rollback(engine->store);
    engine_forget_batch(engine);
    enum err err = engine_load_config(engine, 0);
    if (err == ERR_NONE) {
        err = engine_rebuild(engine);
    }
    if (err == ERR_NONE) {
        err = engine_load_pages(engine);
    }
    if (err) {
        log_error("engine", "cannot rebuild the hall: %s %s", err_slug(err),
                  store_message(engine->store));
        engine->options.failed(engine->options.context);
    }
}

/* Returns true when the jobs were handed back, because the process must end. */
static bool fail_batch(struct engine *engine, struct engine_job **jobs, size_t count)
{
    log_error("engine", "commit failed: %s %s", err_slug(engine->batch_err),
              store_message(engine->store));
    if (engine->batch_err == ERR_STORE_FULL || engine->batch_err == ERR_NO_MEMORY) {
        go_back(engine);
        engine->read_only = true;
        engine->retry_ms = clock_mono_ms() + READ_ONLY_RETRY_MS;
        refuse_writes(jobs, count, ERR_READ_ONLY);
        return false;
    }
    refuse_writes(jobs, count, ERR_OUTCOME_UNKNOWN);
    hand_back(jobs, count);
    if (engine->options.batch_done != NULL) {
        engine->options.batch_done(engine->options.context);
    }
    engine->options.failed(engine->options.context);
    return true;
}

static bool apply(struct engine *engine, struct engine_job **jobs, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (engine_is_write(jobs[i]->what) && engine->batch_err == ERR_NONE) {
            engine->job = jobs[i];
            engine_do_write(engine, jobs[i]);
            any = true;
        }
    }
    engine->job = NULL;
    return any;
}

void engine_run_batch(struct engine *engine, struct engine_job **jobs, size_t count)
{
    engine->batch_err = ERR_NONE;
    engine->reconfigured = false;
    engine_forget_batch(engine);
    if (engine->read_only && clock_mono_ms() < engine->retry_ms) {
        refuse_writes(jobs, count, ERR_READ_ONLY);
    } else {
        if (!apply(engine, jobs, count)) {
            tick(engine);
        }
        engine_page_tick(engine);
        if (commit(engine) != ERR_NONE && fail_batch(engine, jobs, count)) {
            return;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!engine_is_write(jobs[i]->what)) {
            engine_do_query(engine, jobs[i]);
        }
    }
    hand_back(jobs, count);
    if (count > 0 && engine->options.batch_done != NULL) {
        engine->options.batch_done(
            engine->options.context); /* answers first: people wait for them */
    }
    engine_publish(engine);
    if (engine->reconfigured && engine->options.configured != NULL) {
        engine->options.configured(engine->options.context, engine->config);
        engine_publish_all_signs(engine);
    }
    engine_forecast_ask(engine);
    if (store_checkpoint(engine->store) != ERR_NONE) {
        log_warn("engine", "checkpoint failed: %s", store_message(engine->store));
    }
}
