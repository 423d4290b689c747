/* http_job: hands work to the engine and the reader and takes it back.
 *
 * The connection is suspended before the job leaves this thread: the answer may be there before
 * submit returns, and resuming what is not yet suspended would be lost. What is done goes into a
 * mailbox that holds more than there can be connections, so putting cannot fail; this thread
 * empties it once per wake and resumes each connection once. The library scans all suspended
 * connections per wake, not per resume. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http_internal.h"
#include "log.h"

/* Taken from the mailbox in one go: as many as fit a batch of the engine. */
#define COLLECT_MAX 512

int64_t http_job_etag(const char *text)
{
    int64_t version = 0;
    int digits = 0;

    if (!text || strcmp(text, "*") == 0) {
        return -1;
    }
    text += strncmp(text, "W/", 2) == 0 ? 2 : 0;
    if (strncmp(text, "\"v", 2) != 0) {
        return -2;
    }
    for (text += 2; *text >= '0' && *text <= '9' && digits < 18; text++, digits++) {
        version = version * 10 + (*text - '0');
    }
    return digits > 0 && *text == '"' ? version : -2;
}

static bool key_is_good(const char *key)
{
    size_t length = strlen(key);

    for (size_t i = 0; i < length; i++) {
        if (key[i] < 0x21 || key[i] > 0x7e) {
            return false;
        }
    }
    return length > 0 && length < ENGINE_KEY_SIZE;
}

/* Who a key belongs to: the caller's token, or the ticket's link. */
static void key_scope(const struct http_req *req, uint8_t scope[DIGEST_SIZE])
{
    if (req->caller.known) {
        memcpy(scope, req->caller.hash, DIGEST_SIZE);
    } else {
        digest_sha256("public:", 7, req->params.token, strlen(req->params.token), scope);
    }
}

/* Method, path, zero, body. The path has its query cut off. */
static void key_body_hash(const struct http_req *req, uint8_t hash[DIGEST_SIZE])
{
    char head[HTTP_TARGET_MAX + 16];
    size_t method_length = strlen(req->method);
    size_t path_length = strlen(req->target);

    memcpy(head, req->method, method_length);
    head[method_length] = ' ';
    memcpy(head + method_length + 1, req->target, path_length + 1);
    digest_sha256(head, method_length + path_length + 2, req->body.data, req->body.length, hash);
}

/* Fills the key if one was sent. False: it cannot be one, and that was answered. */
static bool job_set_key(struct http_req *req, struct engine_job *job)
{
    const char *key = http_req_header(req, "Idempotency-Key");

    if (!key || strcmp(req->method, "POST") != 0) {
        return true;
    }
    if (!key_is_good(key)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "Idempotency-Key",
                              "1 to 128 visible ASCII characters");
        return false;
    }
    job->has_key = true;
    memcpy(job->key, key, strlen(key) + 1);
    key_scope(req, job->scope);
    key_body_hash(req, job->body_hash);
    return true;
}

/* False: If-Match names no version of ours, and that was answered. */
static bool job_set_versions(struct http_req *req, struct engine_job *job)
{
    bool reading = strcmp(req->route->method, "GET") == 0;
    int64_t match = http_job_etag(http_req_header(req, MHD_HTTP_HEADER_IF_MATCH));
    int64_t none = http_job_etag(http_req_header(req, MHD_HTTP_HEADER_IF_NONE_MATCH));

    job->if_none = reading && none >= 0 ? none : -1;
    job->if_version = -1;
    if (reading || match == -1) {
        return true;
    }
    if (match < 0) {
        http_reply_problem(req, ERR_STALE_VERSION);
        return false;
    }
    job->if_version = match;
    job->cmd.if_version = match;
    return true;
}

struct engine_job *http_job_make(struct http_req *req, enum engine_what what)
{
    struct engine_job *job = req->job;

    if (job) {
        engine_job_fini(job); /* a second job of the same request */
    } else {
        job = req->job = calloc(1, sizeof(*job));
    }
    if (!job) {
        http_reply_problem(req, ERR_NO_MEMORY);
        return NULL;
    }
    engine_job_init(job, what);
    job->reply = req->route->reply;
    cmd_init(&job->cmd, req->route->kind);
    memcpy(job->request_id, req->request_id, sizeof(job->request_id));
    if (req->caller.identity.kind == IDENTITY_TOKEN) {
        memcpy(job->device, req->caller.identity.name, sizeof(job->device));
    }
    return job_set_versions(req, job) && job_set_key(req, job) ? job : NULL;
}

struct reader_job *http_job_make_reader(struct http_req *req, enum reader_what what)
{
    struct reader_job *job = req->reader;

    if (job) {
        reader_job_fini(job);
    } else {
        job = req->reader = calloc(1, sizeof(*job));
    }
    if (!job) {
        http_reply_problem(req, ERR_NO_MEMORY);
        return NULL;
    }
    reader_job_init(job, what);
    return job;
}

static void put_finished(struct http_req *req)
{
    enum err err = mailbox_put(req->http->finished, &req->work);

    if (err) {
        /* The mailbox holds more than there can be jobs; a lost one would hang its client and our
         * stop. */
        log_error("http", "a finished job was lost: err=%s", err_slug(err));
        abort();
    }
}

/* Engine thread. The engine wakes us once per batch. */
static void engine_done(struct engine_job *job)
{
    put_finished(job->owner);
}

/* Reader thread. */
static void reader_done(struct reader_job *job)
{
    struct http_req *req = job->owner;
    struct http *http = req->http;

    /* The request may be freed as soon as it is in the mailbox, the HTTP floor itself outlives the
     * reader's jobs. */
    put_finished(req);
    http_wake(http);
}

void http_job_resume(struct http *http, struct MHD_Connection *connection)
{
    http->resumed = true;
    MHD_resume_connection(connection);
}

static void req_back(struct http_work *work)
{
    struct http_req *req = (struct http_req *)(void *)work;

    assert(req->step == HTTP_STEP_WORK);
    if (req->arrive) {
        req->arrive(req);
        req->arrive = NULL;
    }
    req->step = HTTP_STEP_BACK;
    http_job_resume(req->http, req->connection);
}

static void req_leave(struct http_req *req, http_handler *resume)
{
    req->resume = resume;
    req->work.back = req_back;
    req->step = HTTP_STEP_WORK;
    req->http->jobs++;
    MHD_suspend_connection(req->connection);
}

static void req_refused(struct http_req *req)
{
    req->http->jobs--;
    req_back(&req->work);
}

void http_job_submit(struct http_req *req, http_handler *resume)
{
    req->job->done = engine_done;
    req->job->owner = req;
    req_leave(req, resume);
    enum err err = engine_submit(req->http->options.engine, req->job);
    if (err) {
        req->job->err = err;
        req_refused(req);
    }
}

void http_job_submit_ordered(struct http_req *req, http_handler *arrive, http_handler *resume)
{
    req->arrive = arrive;
    http_job_submit(req, resume);
}

void http_job_submit_reader(struct http_req *req, http_handler *resume)
{
    req->reader->done = reader_done;
    req->reader->owner = req;
    req_leave(req, resume);
    enum err err = reader_submit(req->http->options.reader, req->reader);
    if (err) {
        req->reader->err = err;
        req_refused(req);
    }
}

void http_job_collect(struct http *http)
{
    void *items[COLLECT_MAX];
    size_t count;

    /* Bounded by the jobs that are away: nobody adds new ones but this thread. */
    do {
        count = mailbox_take(http->finished, items, COLLECT_MAX, 0);
        for (size_t i = 0; i < count; i++) {
            struct http_work *work = items[i];
            assert(http->jobs > 0);
            http->jobs--;
            work->back(work);
        }
    } while (count == COLLECT_MAX);
}

void http_job_wait(struct http_req *req, int64_t until_mono_ms, http_handler *resume)
{
    req->resume = resume;
    req->wait_until_ms = until_mono_ms;
    req->step = HTTP_STEP_WAIT;
    req->wait_next = req->http->waiting;
    req->http->waiting = req;
    MHD_suspend_connection(req->connection);
}

int64_t http_job_next_wait_ms(const struct http *http)
{
    int64_t next_ms = INT64_MAX;

    for (const struct http_req *req = http->waiting; req; req = req->wait_next) {
        next_ms = req->wait_until_ms < next_ms ? req->wait_until_ms : next_ms;
    }
    return next_ms;
}

void http_job_wake_waiting(struct http *http, bool all)
{
    int64_t now_ms = clock_mono_ms();
    struct http_req **link = &http->waiting;

    /* Bounded by the connection limit. */
    while (*link) {
        struct http_req *req = *link;
        if (!all && now_ms < req->wait_until_ms) {
            link = &req->wait_next;
            continue;
        }
        *link = req->wait_next;
        req->step = HTTP_STEP_BACK;
        http_job_resume(http, req->connection);
    }
}
