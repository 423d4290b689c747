/* http_reply: everything that is sent back, and the one place where an error becomes a status.
 *
 * Bodies are handed to the library without a copy. Every answer carries the same guard headers;
 * those of the API are stricter than those of the pages, which load their scripts and may stand in
 * a frame of the demo page. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_internal.h"
#include "log.h"

#define POLICY_API "default-src 'none'; frame-ancestors 'none'"
#define POLICY_PAGE                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "connect-src 'self'; media-src 'self'; font-src 'self'; manifest-src 'self'; "                 \
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

/* clang-format off */
int http_status(enum err err)
{
    switch (err) {
    case ERR_NONE:
        return 200;
    case ERR_MALFORMED_BODY: case ERR_MALFORMED_REQUEST:
        return 400;
    case ERR_UNAUTHORIZED:
        return 401;
    case ERR_FORBIDDEN: case ERR_NOT_YOUR_TICKET: case ERR_NOT_PAIRED:
    case ERR_PASSWORD_CHANGE:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_METHOD_NOT_ALLOWED:
        return 405;
    case ERR_KEY_IN_FLIGHT: case ERR_SERVICE_CLOSED: case ERR_QUOTA_REACHED:
    case ERR_NUMBERS_EXHAUSTED: case ERR_HALL_FULL: case ERR_ALREADY_WAITING: case ERR_WRONG_STATE:
    case ERR_LOST_RACE: case ERR_CURRENT_NOT_STARTED: case ERR_WINDOW_OCCUPIED:
    case ERR_WINDOW_NOT_OPEN: case ERR_WINDOW_BUSY: case ERR_NOT_YOUR_WINDOW: case ERR_TOO_LATE:
    case ERR_TOO_EARLY: case ERR_HOLD_FULL: case ERR_ALREADY_RATED: case ERR_DEVICE_EXISTS: case ERR_NO_URGENT_LEFT:
    case ERR_USER_EXISTS: case ERR_LAST_ADMIN:
    case ERR_SLIP_UNCHECKED: case ERR_SLIP_MISMATCH:
    case ERR_NOT_AUDIO_OWNER:
        return 409;
    case ERR_LINK_EXPIRED: case ERR_RATING_CLOSED:
        return 410;
    case ERR_STALE_VERSION:
        return 412;
    case ERR_BODY_TOO_LARGE:
        return 413;
    case ERR_MEDIA_TYPE:
        return 415;
    case ERR_INVALID_BODY: case ERR_KEY_REUSED: case ERR_INVALID_CONFIG: case ERR_INVALID_OPTION:
    case ERR_TOO_LONG: case ERR_UNSHOWABLE:
        return 422;
    case ERR_KEY_REQUIRED: case ERR_MATCH_REQUIRED:
        return 428;
    case ERR_RATE_LIMITED:
        return 429;
    case ERR_HEADER_TOO_LARGE:
        return 431;
    case ERR_BUSY: case ERR_STARTING: case ERR_READ_ONLY: case ERR_OUTCOME_UNKNOWN:
    case ERR_NO_MEMORY: case ERR_STORE_FULL:
        return 503;
    case ERR_TIMEOUT: case ERR_GONE: case ERR_IO: case ERR_STORE_IO: case ERR_STORE_CORRUPT:
    case ERR_STORE_LOCKED: case ERR_STORE_NEWER: case ERR_STORE_OLDER:
    case ERR_REPLAY: case ERR_INTERNAL: case ERR_COUNT:
        return 500;
    }
    return 500;
}
/* clang-format on */

void http_reply_init(struct http_reply *reply, int status)
{
    *reply = (struct http_reply){.status = status, .policy = HTTP_POLICY_API};
}

/* "0.35" in thousandths; what is no such number weighs nothing. */
static int weight_parse(const char *text)
{
    int weight = text[0] == '1' ? 1000 : 0;

    if (text[0] != '0' || text[1] != '.') {
        return weight;
    }
    for (int i = 2, place = 100; i < 5 && text[i] >= '0' && text[i] <= '9'; i++, place /= 10) {
        weight += (text[i] - '0') * place;
    }
    return weight;
}

/* "zh", "zh-CN;q=0.9" ... in a comma list; the weight in thousandths, -1 when that language is not
 * there. */
static int language_weight(const char *header, const char *language)
{
    const char *at = header;
    int best = -1;

    /* Bounded by the header limit. */
    while (*at) {
        at += strspn(at, " \t,");
        size_t length = strcspn(at, ",");
        if (length >= 2 && strncmp(at, language, 2) == 0 &&
            (length == 2 || strchr("-;, ", at[2]))) {
            const char *q = memchr(at, '=', length);
            int weight = q ? weight_parse(q + 1) : 1000;
            best = weight > best ? weight : best;
        }
        at += length;
    }
    return best;
}

bool http_reply_prefers_zh(const char *header)
{
    int zh = header ? language_weight(header, "zh") : -1;
    int en = header ? language_weight(header, "en") : -1;

    if (zh == en && zh > 0) {
        return strstr(header, "zh") < strstr(header, "en");
    }
    return zh > en && zh > 0;
}

/* The library refuses only what would break a header line; our values cannot, so a failure is want
 * of memory, and an answer without that line is still an answer. */
static void add(struct MHD_Response *response, const char *name, const char *value)
{
    if (value && value[0] && MHD_add_response_header(response, name, value) != MHD_YES) {
        log_warn("http", "header=%s not sent", name);
    }
}

void http_reply_headers(const struct http_req *req, struct MHD_Response *response,
                        enum http_policy policy)
{
    bool api = policy != HTTP_POLICY_PAGE;

    add(response, "Cache-Control", policy == HTTP_POLICY_API ? "no-store" : "no-cache");
    add(response, "Content-Security-Policy", api ? POLICY_API : POLICY_PAGE);
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Referrer-Policy", "no-referrer");
    add(response, "X-Request-Id", req->request_id);
    if (req->refusing) {
        add(response, "Connection", "close");
    }
}

static struct MHD_Response *response_make(struct http_reply *reply)
{
    size_t length = 0;
    char *bytes = reply->body ? buf_take(reply->body, &length) : NULL;

    if (bytes) {
        struct MHD_Response *response =
            MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE);
        if (!response) {
            free(bytes);
        }
        return response;
    }
    /* The library takes a pointer to writable memory and, in this mode, only reads it. */
    return MHD_create_response_from_buffer(reply->length, (void *)(uintptr_t)reply->bytes,
                                           MHD_RESPMEM_PERSISTENT);
}

void http_reply_send(struct http_req *req, struct http_reply *reply)
{
    struct MHD_Response *response = response_make(reply);
    char number[16];

    if (!response) {
        req->failed = true;
        return;
    }
    http_reply_headers(req, response, reply->policy);
    add(response, "Content-Type", reply->type);
    add(response, "ETag", reply->etag);
    add(response, "Location", reply->location);
    add(response, "Allow", reply->allow);
    add(response, "Set-Cookie", reply->cookie);
    add(response, "Idempotency-Replayed", reply->replayed ? "true" : NULL);
    add(response, "WWW-Authenticate", reply->status == 401 ? "Bearer" : NULL);
    if (reply->retry_s > 0) {
        (void)snprintf(number, sizeof(number), "%d", reply->retry_s);
        add(response, "Retry-After", number);
    }
    req->status = reply->status;
    req->step = HTTP_STEP_ANSWERED;
    http_socket_phase(req->socket, HTTP_PHASE_ANSWER);
    req->failed = MHD_queue_response(req->connection, (unsigned)reply->status, response) != MHD_YES;
    MHD_destroy_response(response);
}

/* The path without its secrets: a ticket's token must not come back in an error that is logged
 * somewhere. */
static void instance_set(const struct http_req *req, struct wire_problem *problem)
{
    if (!req->route || req->params.token[0]) {
        text_copy_cut(problem->instance, sizeof(problem->instance),
                      req->route ? req->route->path : "");
    } else {
        text_copy_cut(problem->instance, sizeof(problem->instance), req->target);
    }
}

void http_reply_problem_full(struct http_req *req, struct wire_problem *problem,
                             struct http_reply *reply)
{
    struct buf body;

    if (problem->status == 0) {
        problem->status = http_status(problem->err);
    }
    instance_set(req, problem);
    text_copy_cut(problem->request_id, sizeof(problem->request_id), req->request_id);
    buf_init(&body, 16 * 1024);
    wire_problem_print(&body, problem, req->zh);
    reply->status = problem->status;
    reply->type = "application/problem+json";
    reply->body = &body;
    if (problem->status == 503 && reply->retry_s == 0) {
        /* A full disk is not mended within a second. */
        reply->retry_s = problem->err == ERR_READ_ONLY ? 10 : 1;
    }
    if (problem->status == 500) {
        log_error("http", "request=%s err=%s", req->request_id, err_slug(problem->err));
    }
    http_reply_send(req, reply);
    buf_fini(&body);
}

void http_reply_problem(struct http_req *req, enum err err)
{
    http_reply_problem_at(req, err, NULL, NULL);
}

void http_reply_problem_at(struct http_req *req, enum err err, const char *pointer,
                           const char *detail)
{
    struct wire_problem problem;
    struct http_reply reply;

    wire_problem_init(&problem, err);
    if (pointer) {
        wire_problem_add(&problem, pointer, detail);
    }
    http_reply_init(&reply, 0);
    http_reply_problem_full(req, &problem, &reply);
}

/* Somebody else's ticket and no ticket at all look the same to a clerk. */
static void hide_missing_ticket(struct http_req *req, struct wire_problem *problem)
{
    if (problem->err == ERR_NOT_FOUND && req->params.id[0] && http_command_is_plain_clerk(req)) {
        wire_problem_init(problem, ERR_NOT_YOUR_TICKET);
    }
}

static void reply_job_problem(struct http_req *req, struct http_reply *reply)
{
    struct engine_job *job = req->job;

    if (job->problem.err != job->err) {
        wire_problem_init(&job->problem, job->err);
    }
    hide_missing_ticket(req, &job->problem);
    if (job->problem.err != job->err) {
        job->problem.status = 0;
    }
    http_reply_problem_full(req, &job->problem, reply);
}

#define ETAG_SIZE 32
static const char *etag_print(int64_t version, char etag[ETAG_SIZE])
{
    (void)snprintf(etag, ETAG_SIZE, "\"v%lld\"", (long long)version);
    return etag;
}

void http_reply_job(struct http_req *req)
{
    struct engine_job *job = req->job;
    struct http_reply reply;
    char etag[ETAG_SIZE];

    http_reply_init(&reply, job->status ? job->status : 200);
    reply.replayed = job->replayed;
    if (job->err) {
        reply_job_problem(req, &reply);
        return;
    }
    if (buf_failed(&job->body)) {
        http_reply_problem(req, ERR_NO_MEMORY);
        return;
    }
    if (job->version >= 0) {
        reply.etag = etag_print(job->version, etag);
    }
    reply.location = job->location;
    if (reply.status != 204 && reply.status != 304) {
        reply.type = reply.status >= 400 ? "application/problem+json" : "application/json";
        reply.body = &job->body;
    }
    http_reply_send(req, &reply);
}

/* Does the client of a GET have that version? */
static bool is_known(const struct http_req *req, int64_t version)
{
    const char *none = http_req_header(req, MHD_HTTP_HEADER_IF_NONE_MATCH);

    return version > 0 && strcmp(req->route->method, "GET") == 0 && none &&
           http_job_etag(none) == version;
}

void http_reply_reader(struct http_req *req)
{
    struct reader_job *job = req->reader;
    struct wire_problem problem;
    struct http_reply reply;
    char etag[ETAG_SIZE];

    http_reply_init(&reply, 200);
    if (job->err || buf_failed(&job->body)) {
        wire_problem_init(&problem, job->err ? job->err : ERR_NO_MEMORY);
        hide_missing_ticket(req, &problem);
        http_reply_problem_full(req, &problem, &reply);
        return;
    }
    if (job->version > 0) {
        reply.etag = etag_print(job->version, etag);
    }
    if (is_known(req, job->version)) {
        reply.status = 304;
    } else {
        reply.type = "application/json";
        reply.body = &job->body;
    }
    http_reply_send(req, &reply);
}

void http_reply_text(struct http_req *req, int status, const char *type, const char *text)
{
    struct http_reply reply;

    http_reply_init(&reply, status);
    reply.type = type;
    reply.bytes = text;
    reply.length = strlen(text);
    http_reply_send(req, &reply);
}
