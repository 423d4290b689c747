/* engine_command: jobs that change something: commands of the hall, configuration, sessions, the
 * test clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"
#include "log.h"

bool engine_is_write(enum engine_what what)
{
    return what == ENGINE_COMMAND || what == ENGINE_PRESS || what == ENGINE_PUT_CONFIG ||
           what == ENGINE_EDIT_CONFIG || what == ENGINE_PUT_SESSION ||
           what == ENGINE_DELETE_SESSION || what == ENGINE_SET_CLOCK ||
           (what >= ENGINE_PUT_PAIRING && what <= ENGINE_DEVICE_STATUS);
}

/* Gives up a job with an error, keeping what its problem says already. */
void engine_fail(struct engine_job *job, enum err err)
{
    if (job->problem.err != err) {
        wire_problem_init(&job->problem, err);
    }
    job->err = err;
    job->status = 0;
    job->version = -1;
    job->location[0] = '\0';
    job->replayed = false;
    buf_clear(&job->body);
}

enum err engine_step(struct engine *engine, const struct cmd *cmd, struct core_result *result)
{
    struct core_sink sink = {.emit = engine_take_event, .context = engine};
    struct core_now now = engine_now(engine);
    return core_step(engine->core, &now, cmd, &sink, result);
}

static void fill_problem(struct engine_job *job, enum err err, const struct core_result *result)
{
    engine_fail(job, err);
    struct wire_problem *problem = &job->problem;
    if (err == ERR_INVALID_BODY && result->field != NULL) {
        wire_problem_add(problem, result->field, result->detail != NULL ? result->detail : "");
    } else if (result->detail != NULL) {
        text_copy_cut(problem->detail_en, sizeof problem->detail_en, result->detail);
    }
    problem->state = result->state;
    problem->allowed = result->allowed;
    problem->has_allowed = err == ERR_WRONG_STATE || err == ERR_CURRENT_NOT_STARTED;
}

/* An answer given before under this key. True when the job is settled by it. */
static bool replay_answer(struct engine *engine, struct engine_job *job)
{
    struct store_answer answer;
    buf_init(&answer.body, ENGINE_REPLY_MAX);
    enum err err = store_answer_get(engine->store, job->scope, job->key, &answer);
    if (err == ERR_NONE && !digest_equal(answer.body_hash, job->body_hash, DIGEST_SIZE)) {
        engine_fail(job, ERR_KEY_REUSED);
    } else if (err == ERR_NONE) {
        job->status = answer.status;
        job->replayed = true;
        text_copy_cut(job->location, sizeof job->location, answer.location);
        buf_add(&job->body, answer.body.data, answer.body.length);
    } else if (err != ERR_NOT_FOUND) {
        engine->batch_err = err;
    }
    buf_fini(&answer.body);
    return err != ERR_NOT_FOUND;
}

/* Keeps the answer under its key, in the transaction of its effect. */
static void keep_answer(struct engine *engine, struct engine_job *job)
{
    struct store_answer answer = {.status = job->status};
    if (!engine->in_transaction && engine->batch_err == ERR_NONE) {
        engine->batch_err = store_begin(engine->store);
        engine->in_transaction = engine->batch_err == ERR_NONE;
    }
    if (engine->batch_err != ERR_NONE) {
        return;
    }
    memcpy(answer.body_hash, job->body_hash, DIGEST_SIZE);
    text_copy_cut(answer.location, sizeof answer.location, job->location);
    answer.body = job->body; /* lent for the call */
    engine->batch_err = store_answer_put(engine->store, job->scope, job->key,
                                         clock_now_ms(&engine->clock), &answer);
}

static bool makes_ticket(enum cmd_kind kind)
{
    return kind == CMD_ISSUE || kind == CMD_BOOK || kind == CMD_WALK_IN;
}

/* A port's word on a rating pad says whose it is: while it is away its window's clerk is not
 * judged. */
static void name_rater(struct engine *engine, struct cmd *cmd)
{
    for (int i = 0; i < wire_config_keypad_count(engine->config); i++) {
        const struct wire_keypad *pad = wire_config_keypad(engine->config, i);
        if (pad->rating && strcmp(pad->code, cmd->subject) == 0) {
            text_copy_cut(cmd->role, sizeof cmd->role, "rating");
            cmd->window = pad->window;
        }
    }
}

/* A manager sees to a device that there is. Who speaks for itself is there, and whether others may
 * is for the core to say. */
static bool can_call(struct engine *engine, const struct cmd *cmd)
{
    return (cmd->by & CMD_BY_MANAGER) == 0 || strcmp(cmd->subject, cmd->actor_id) == 0 ||
           engine_find_page(engine, cmd->subject) != NULL ||
           engine_find_device(engine, cmd->subject) != NULL;
}

static void do_command(struct engine *engine, struct engine_job *job)
{
    struct core_result result;
    if (job->has_key && replay_answer(engine, job)) {
        return;
    }
    if (job->what == ENGINE_PRESS && !engine_read_press(engine, job)) {
        return;
    }
    if (makes_ticket(job->cmd.kind)) {
        digest_random(job->cmd.token, sizeof job->cmd.token);
    }
    if (job->cmd.kind == CMD_ANNOUNCE_STATE && !engine_may_speak(engine, &job->cmd)) {
        engine_fail(job, ERR_NOT_AUDIO_OWNER);
        return;
    }
    if (job->cmd.kind == CMD_HELP && !can_call(engine, &job->cmd)) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    if (job->cmd.kind == CMD_RECORD) {
        name_rater(engine, &job->cmd);
    }
    enum err err = engine_step(engine, &job->cmd, &result);
    if (err) {
        fill_problem(job, err, &result);
        return;
    }
    engine_answer_command(engine, job, &result);
    if (job->err == ERR_NONE && job->has_key) {
        keep_answer(engine, job);
    }
}

enum err engine_record(struct engine *engine, const struct engine_job *job, enum event_kind kind,
                       const char *subject, int64_t count)
{
    struct cmd cmd;
    struct core_result result;
    cmd_init(&cmd, CMD_RECORD);
    cmd.by = CMD_BY_SYSTEM;
    cmd.event = kind;
    cmd.count = count;
    cmd.actor = job->cmd.actor;
    text_copy_cut(cmd.actor_id, sizeof cmd.actor_id, job->cmd.actor_id);
    text_copy_cut(cmd.subject, sizeof cmd.subject, subject);
    text_copy_cut(cmd.reason, sizeof cmd.reason, job->cmd.reason);
    return engine_step(engine, &cmd, &result);
}

/* The document behind its event, in the same transaction. */
static void store_document(struct engine *engine, const struct engine_job *job)
{
    int64_t version = 0;
    enum err err = store_config_put(engine->store, clock_now_ms(&engine->clock), job->cmd.actor_id,
                                    job->document, job->document_length, &version);
    if (err == ERR_NONE && version != engine->config_version) {
        log_error("engine", "configuration stored as version=%lld", (long long)version);
        err = ERR_STORE_CORRUPT;
    }
    if (err == ERR_NONE && job->restored_from > 0) {
        err = store_config_mark(engine->store, version, job->restored_from);
    }
    engine->batch_err = err;
}

/* Puts a checked configuration in force and into the database. */
static enum err install(struct engine *engine, struct engine_job *job, struct wire_config *config)
{
    char detail[160] = "";
    int64_t version = engine->config_version + 1;
    struct hall *hall = engine_hall_copy(config, version);
    if (hall == NULL) {
        engine_fail(job, ERR_NO_MEMORY);
        return ERR_NO_MEMORY;
    }
    enum err err = core_configure(engine->core, hall, detail, sizeof detail);
    free(hall);
    if (err) {
        engine_fail(job, err);
        text_copy_cut(job->problem.detail_en, sizeof job->problem.detail_en, detail);
        return err;
    }
    wire_config_destroy(engine->config);
    engine->config = config;
    engine->config_version = version;
    engine->reconfigured = true;
    engine_forecast_forget_hall(engine);
    if (job->restored_from > 0) {
        (void)snprintf(job->cmd.reason, sizeof job->cmd.reason, "restored from version %lld",
                       (long long)job->restored_from);
    }
    err = engine_record(engine, job, EVENT_CONFIG_CHANGED, "",
                        version); /* also begins the transaction */
    if (err == ERR_NONE && engine->batch_err == ERR_NONE) {
        store_document(engine, job);
    }
    return ERR_NONE;
}

/* A sign that cannot be driven is refused here, not found dark afterwards. */
static bool has_drivers(struct engine *engine, struct engine_job *job,
                        const struct wire_config *config)
{
    if (engine->options.check_devices != NULL) {
        engine->options.check_devices(config, &job->problem);
    }
    if (job->problem.error_count > 0) {
        job->problem.err = ERR_INVALID_BODY; /* so that the findings are kept */
        engine_fail(job, ERR_INVALID_BODY);
    }
    return job->problem.error_count == 0;
}

static void put_config(struct engine *engine, struct engine_job *job)
{
    struct wire_config *config = job->config;
    enum err err = ERR_NONE;
    wire_problem_init(&job->problem, ERR_NONE);
    job->config = NULL;
    if (config == NULL) {
        err = wire_config_create(job->document, job->document_length, &job->problem, &config);
    }
    if (err) {
        job->problem.err = err;
        engine_fail(job, err);
        return;
    }
    if (!clock_zone_exists(wire_config_hall(config)->timezone)) {
        wire_config_destroy(config);
        engine_fail(job, ERR_INVALID_BODY);
        wire_problem_add(&job->problem, "/hall/timezone",
                         "the machine of the server does not have this time zone");
        return;
    }
    if (job->if_version >= 0 && job->if_version != engine->config_version) {
        wire_config_destroy(config);
        engine_fail(job, ERR_STALE_VERSION);
        return;
    }
    if (!has_drivers(engine, job, config)) {
        wire_config_destroy(config);
        return;
    }
    if (job->dry_run) {
        wire_config_diff(&job->body, engine->config, config);
        wire_config_destroy(config);
        job->status = 200;
        job->version = engine->config_version;
        return;
    }
    if (install(engine, job, config) != ERR_NONE) {
        wire_config_destroy(config);
        return;
    }
    job->status = 204;
    job->version = engine->config_version;
}

/* What was changed, as it stands now. */
static void answer_edit(struct engine *engine, struct engine_job *job)
{
    const struct wire_edit *edit = &job->edit;
    if (edit->verb == WIRE_REMOVE) {
        return;
    }
    enum err err = wire_section_print(&job->body, engine->config, edit->section, edit->code);
    if (err) {
        engine_fail(job, ERR_INTERNAL);
        return;
    }
    job->status = edit->verb == WIRE_ADD ? 201 : 200;
    if (edit->verb == WIRE_ADD) {
        (void)snprintf(job->location, sizeof job->location, "/api/v1/admin/%s/%s",
                       edit->section->name, edit->code);
    }
}

/* A document like any other; findings and the answer are of the part that was changed. */
static void edit_config(struct engine *engine, struct engine_job *job)
{
    put_config(engine, job);
    if (job->err) {
        wire_edit_relate(&job->problem, &job->edit);
    } else if (!job->dry_run) {
        answer_edit(engine, job);
    }
}

static void set_clock(struct engine *engine, struct engine_job *job)
{
    if (!engine->clock.test) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    int64_t now = clock_now_ms(&engine->clock);
    int64_t to =
        job->test_clock.advance_ms > 0 ? now + job->test_clock.advance_ms : job->test_clock.set_ms;
    enum err err = clock_set(&engine->clock, to);
    if (err) {
        engine_fail(job, err);
        wire_problem_add(&job->problem, "/set", "must not be in the past of the hall's clock");
        return;
    }
    struct cmd cmd;
    struct core_result result;
    cmd_init(&cmd, CMD_TICK);
    cmd.by = CMD_BY_SYSTEM;
    engine->job = NULL;
    err = engine_step(engine, &cmd, &result);
    if (err) {
        engine_fail(job, err);
        return;
    }
    char text[CLOCK_TEXT_SIZE];
    clock_format(clock_now_ms(&engine->clock), text);
    buf_printf(&job->body, "{\"now\":\"%s\"}", text);
    job->status = 200;
}

void engine_do_write(struct engine *engine, struct engine_job *job)
{
    switch ((int)job->what) {
    case ENGINE_COMMAND:
    case ENGINE_PRESS:
        do_command(engine, job);
        break;
    case ENGINE_PUT_CONFIG:
        put_config(engine, job);
        break;
    case ENGINE_EDIT_CONFIG:
        edit_config(engine, job);
        break;
    case ENGINE_PUT_SESSION:
        engine_put_session(engine, job);
        break;
    case ENGINE_DELETE_SESSION:
        engine_delete_session(engine, job);
        break;
    case ENGINE_PUT_PAIRING:
        engine_put_pairing(engine, job);
        break;
    case ENGINE_ENROLL:
        engine_enroll(engine, job);
        break;
    case ENGINE_DELETE_DEVICE:
        engine_delete_device(engine, job);
        break;
    case ENGINE_PUT_USER:
        engine_put_user(engine, job);
        break;
    case ENGINE_PATCH_USER:
        engine_patch_user(engine, job);
        break;
    case ENGINE_DELETE_USER:
        engine_delete_user(engine, job);
        break;
    case ENGINE_DEVICE_STATUS:
        engine_take_status(engine, job);
        break;
    default:
        set_clock(engine, job);
        break;
    }
    if (buf_failed(&job->body) && job->err == ERR_NONE) {
        engine_fail(job, ERR_NO_MEMORY);
    }
}
