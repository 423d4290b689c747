/* engine_fixture: an engine of its own for each test, on a temporary database with the demo hall
 * and a test clock, and short ways to ask it. */
#ifndef ENGINE_FIXTURE_H
#define ENGINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "engine.h"
#include "mailbox.h"
#include "store.h"
#include "web_files.h"

#define NOW INT64_C(1795397400000) /* 2026-11-23T09:30:00+08:00, a Monday */
#define HOUR_MS (3600 * INT64_C(1000))
#define ok(expression) assert_int_equal((expression), ERR_NONE)

struct fixture {
    char folder[64];
    char path[96];
    struct bus *bus;
    struct engine *engine;
    struct mailbox *answers;
    atomic_int configured, failed, batches;
    struct engine_job job; /* of ask() and its shorthands; the last answer stays here */
};

static inline void note_batch(void *context)
{
    atomic_fetch_add(&((struct fixture *)context)->batches, 1);
}

static inline void note_configured(void *context, const struct wire_config *config)
{
    clock_set_zone(wire_config_hall(config)->timezone);
    atomic_fetch_add(&((struct fixture *)context)->configured, 1);
}

static inline void note_failed(void *context)
{
    atomic_fetch_add(&((struct fixture *)context)->failed, 1);
}

static inline void fixture_open(struct fixture *fixture)
{
    const struct engine_options options = {.db_path = fixture->path,
                                           .test_clock_ms = NOW,
                                           .bus = fixture->bus,
                                           .batch_done = note_batch,
                                           .context = fixture,
                                           .configured = note_configured,
                                           .failed = note_failed};
    ok(engine_open(&options, &fixture->engine));
}

static inline void fixture_close(struct fixture *fixture)
{
    engine_close(fixture->engine);
    fixture->engine = NULL;
}

static inline void fixture_reopen(struct fixture *fixture)
{
    fixture_close(fixture);
    fixture_open(fixture);
    ok(engine_start(fixture->engine));
}

static inline const struct web_file *demo_hall(void)
{
    for (const struct web_file *file = web_files; file->path != NULL; file++) {
        if (strcmp(file->path, "src/demo/hall.json") == 0) {
            return file;
        }
    }
    fail_msg("the program has no demo hall");
    return NULL;
}

/* The engine is open, but takes jobs only: engine_start() is left to the test. */
static inline int fixture_setup_stopped(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    const struct web_file *demo = demo_hall();
    struct store *store = NULL;
    int64_t version = 0;
    assert_non_null(fixture);
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/hallcall-engine-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/hall.db", fixture->folder);
    ok(store_open(fixture->path, STORE_WRITER, &store));
    ok(store_config_put(store, NOW, "system", (const char *)demo->begin,
                        (size_t)(demo->end - demo->begin), &version));
    store_close(store);
    fixture->bus = bus_create();
    fixture->answers = mailbox_create(ENGINE_MAILBOX_MAX);
    assert_non_null(fixture->bus);
    assert_non_null(fixture->answers);
    engine_job_init(&fixture->job, ENGINE_READY);
    fixture_open(fixture);
    *state = fixture;
    return 0;
}

static inline int fixture_setup(void **state)
{
    (void)fixture_setup_stopped(state);
    ok(engine_start(((struct fixture *)*state)->engine));
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    fixture_close(fixture);
    engine_job_fini(&fixture->job);
    bus_destroy(fixture->bus);
    mailbox_destroy(fixture->answers);
    DIR *folder = opendir(fixture->folder);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[400];
        (void)snprintf(path, sizeof path, "%s/%s", fixture->folder, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(folder);
    assert_int_equal(rmdir(fixture->folder), 0);
    free(fixture);
    return 0;
}

/* ---- jobs ---- */

static inline void hand_back(struct engine_job *job)
{
    if (mailbox_put(job->owner, job) != ERR_NONE) {
        abort();
    }
}

/* Makes `job` anew; its answer will come to `answers`. */
static inline void job_make(struct engine_job *job, struct mailbox *answers, enum engine_what what)
{
    engine_job_init(job, what);
    job->done = hand_back;
    job->owner = answers;
}

/* A command with every right. */
static inline void job_make_command(struct engine_job *job, struct mailbox *answers,
                                    enum cmd_kind kind, enum engine_reply reply)
{
    job_make(job, answers, ENGINE_COMMAND);
    cmd_init(&job->cmd, kind);
    job->cmd.by = CMD_BY_KIOSK | CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_SUPERVISOR | CMD_BY_ADMIN;
    job->cmd.actor = EVENT_ACTOR_USER;
    text_copy_cut(job->cmd.actor_id, sizeof job->cmd.actor_id, "boss");
    job->reply = reply;
}

static inline void job_set_key(struct engine_job *job, const char *key, const char *body)
{
    job->has_key = true;
    text_copy_cut(job->key, sizeof job->key, key);
    memset(job->scope, 1, sizeof job->scope);
    digest_sha256(body, strlen(body), NULL, 0, job->body_hash);
}

static inline struct engine_job *fixture_job(struct fixture *fixture, enum engine_what what)
{
    engine_job_fini(&fixture->job);
    job_make(&fixture->job, fixture->answers, what);
    return &fixture->job;
}

static inline struct engine_job *fixture_command(struct fixture *fixture, enum cmd_kind kind,
                                                 enum engine_reply reply)
{
    engine_job_fini(&fixture->job);
    job_make_command(&fixture->job, fixture->answers, kind, reply);
    return &fixture->job;
}

/* Submits fixture->job and waits for it. */
static inline enum err ask(struct fixture *fixture)
{
    void *item = NULL;
    ok(engine_submit(fixture->engine, &fixture->job));
    assert_int_equal(mailbox_take(fixture->answers, &item, 1, INT64_MAX), 1);
    assert_ptr_equal(item, &fixture->job);
    return fixture->job.err;
}

static inline enum err ask_what(struct fixture *fixture, enum engine_what what)
{
    (void)fixture_job(fixture, what);
    return ask(fixture);
}

static inline enum err ask_ticket(struct fixture *fixture, const char *id)
{
    struct engine_job *job = fixture_job(fixture, ENGINE_GET_TICKET);
    text_copy_cut(job->cmd.ticket_id, sizeof job->cmd.ticket_id, id);
    return ask(fixture);
}

static inline enum err ask_issue(struct fixture *fixture, const char *service)
{
    struct engine_job *job = fixture_command(fixture, CMD_ISSUE, ENGINE_REPLY_ISSUED);
    text_copy_cut(job->cmd.service, sizeof job->cmd.service, service);
    return ask(fixture);
}

static inline enum err ask_window(struct fixture *fixture, enum cmd_kind kind, int32_t window,
                                  const char *clerk)
{
    enum engine_reply reply = kind == CMD_NEXT ? ENGINE_REPLY_NEXT : ENGINE_REPLY_WINDOW;
    struct engine_job *job = fixture_command(fixture, kind, reply);
    job->cmd.window = window;
    text_copy_cut(job->cmd.clerk, sizeof job->cmd.clerk, clerk);
    return ask(fixture);
}

/* The text at a path of members ("ticket.number") of the last answer, or "" when it has none. */
static inline void answer_text(const struct fixture *fixture, const char *path, char *text,
                               size_t size)
{
    json_t *root = json_loadb(fixture->job.body.data, fixture->job.body.length, 0, NULL);
    assert_non_null(root);
    const json_t *at = root;
    char name[64];
    while (*path != '\0' && at != NULL) {
        size_t length = strcspn(path, ".");
        assert_true(length < sizeof name);
        memcpy(name, path, length);
        name[length] = '\0';
        at = json_object_get(at, name);
        path += path[length] == '.' ? length + 1 : length;
    }
    text_copy_cut(text, size, json_is_string(at) ? json_string_value(at) : "");
    json_decref(root);
}

#define assert_answer(fixture, path, expected)                                                     \
    do {                                                                                           \
        char answer_[256];                                                                         \
        answer_text(fixture, path, answer_, sizeof answer_);                                       \
        assert_string_equal(answer_, expected);                                                    \
    } while (0)

/* ---- the database beside the engine ---- */

struct event_count {
    const char *kind;
    int count;
    int64_t last_seq;
    char data[4096]; /* of the last one */
};

static inline enum err count_event(void *context, const struct store_event *event)
{
    struct event_count *count = context;
    if (strcmp(event->kind, count->kind) == 0) {
        count->count++;
        count->last_seq = event->seq;
        text_copy_cut(count->data, sizeof count->data, event->data);
    }
    return ERR_NONE;
}

/* How often an event of that kind is in the database, as another process would see it. */
static inline struct event_count stored(const struct fixture *fixture, const char *kind)
{
    struct event_count count = {.kind = kind};
    struct store *store = NULL;
    ok(store_open(fixture->path, STORE_READER, &store));
    ok(store_event_each(store, 0, 0, count_event, &count));
    store_close(store);
    return count;
}

#endif
