/* http_device: pairing, revoking and the beat of devices.
 *
 * A code is eight letters that nobody mistakes, from getrandom. It leaves once, in the answer to
 * the administrator; what goes on from here is its hash, keyed with the hall's key. Whoever types
 * it gets a token, in the body for programs and as a cookie for pages, whose streams cannot send a
 * header. */
#include <string.h>

#include "http_internal.h"
#include "log.h"

static void hash_code(const struct http_req *req, const char *code, uint8_t hash[DIGEST_SIZE])
{
    wire_code_hash(engine_hall_key(req->http->options.engine), code, hash);
}

static void refuse(struct http_req *req, struct wire_problem *problem)
{
    struct http_reply reply;

    http_reply_init(&reply, 0);
    http_reply_problem_full(req, problem, &reply);
}

static const char *body_of(const struct http_req *req)
{
    return req->body.data ? req->body.data : "";
}

/* 201 with what `print` has put into the job's body. */
static void reply_made(struct http_req *req, const char *cookie)
{
    struct http_reply reply;

    http_reply_init(&reply, 201);
    reply.type = "application/json";
    reply.body = &req->job->body;
    reply.cookie = cookie;
    if (buf_failed(&req->job->body)) {
        http_reply_problem(req, ERR_NO_MEMORY);
    } else {
        http_reply_send(req, &reply);
    }
    explicit_bzero(req->fresh, sizeof(req->fresh));
}

static void pairing_stored(struct http_req *req)
{
    const struct identity_entry *entry = &req->job->entry;

    if (req->job->err) {
        http_reply_job(req);
        return;
    }
    buf_clear(&req->job->body);
    wire_pairing_print(&req->job->body, &entry->identity, req->fresh, entry->expires_ms);
    reply_made(req, NULL);
}

void http_handle_pairing(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_PUT_PAIRING);
    struct wire_problem problem;

    if (!job) {
        return;
    }
    if (wire_pairing_parse(&job->entry.identity, body_of(req), req->body.length, &problem)) {
        refuse(req, &problem);
        return;
    }
    wire_code_make(req->fresh);
    hash_code(req, req->fresh, job->code_hash);
    http_command_actor(req, &job->cmd);
    http_job_submit(req, pairing_stored);
}

static void enroll_stored(struct http_req *req)
{
    const struct identity_entry *entry = &req->job->entry;
    char cookie[HTTP_COOKIE_SIZE];

    if (req->job->err == ERR_NOT_PAIRED) {
        log_warn("http", "a pairing code was refused");
    }
    if (req->job->err) {
        http_reply_problem(req, req->job->err);
        return;
    }
    http_auth_cookie(req->http, req->fresh, HTTP_DEVICE_COOKIE_S, cookie);
    buf_clear(&req->job->body);
    wire_enrolled_print(&req->job->body, &entry->identity, req->fresh);
    reply_made(req, cookie);
    explicit_bzero(cookie, sizeof(cookie));
}

void http_handle_enroll(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_ENROLL);
    char code[WIRE_CODE_LENGTH + 1];
    struct wire_problem problem;
    const struct identity device = {.kind = IDENTITY_TOKEN};

    if (!job) {
        return;
    }
    if (wire_enroll_parse(code, body_of(req), req->body.length, &problem)) {
        refuse(req, &problem);
        return;
    }
    hash_code(req, code, job->code_hash);
    explicit_bzero(code, sizeof(code));
    http_auth_make(&device, req->fresh, &job->entry);
    http_command_actor(req, &job->cmd);
    http_job_submit_ordered(req, http_session_add, enroll_stored);
}

static void revoked(struct http_req *req)
{
    if (!req->job->err) {
        http_session_end(req->http, IDENTITY_TOKEN, req->job->entry.identity.name);
    }
}

void http_handle_revoke(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_DELETE_DEVICE);

    if (!job) {
        return;
    }
    if (text_copy(job->entry.identity.name, sizeof(job->entry.identity.name), req->params.id)) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return;
    }
    http_command_actor(req, &job->cmd);
    http_job_submit_ordered(req, revoked, NULL);
}

void http_handle_status(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_DEVICE_STATUS);
    const struct identity *identity = &req->caller.identity;
    struct wire_problem problem;

    if (!job) {
        return;
    }
    /* A device speaks of itself alone. */
    if (identity->kind != IDENTITY_TOKEN || strcmp(identity->name, req->params.id) != 0) {
        http_reply_problem(req, ERR_FORBIDDEN);
        return;
    }
    if (wire_status_parse(&job->told, body_of(req), req->body.length, &problem)) {
        refuse(req, &problem);
        return;
    }
    job->entry.identity = *identity;
    http_command_actor(req, &job->cmd);
    http_job_submit(req, NULL);
}
