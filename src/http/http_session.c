/* http_session: signing in and out, and "who am I".
 *
 * The password is checked on the reader thread, which is slow on purpose. Then the session is
 * stored as an event by the engine, and only when it is durable does the browser get its cookie. */
#include <string.h>

#include "http_internal.h"

/* A cookie lives as long as its session. */
#define COOKIE_S (12 * 3600)

static void reply_identity(struct http_req *req, const struct identity *identity, const char *csrf,
                           const char *cookie)
{
    struct http_reply reply;
    struct buf body;

    buf_init(&body, 4096);
    wire_identity_print(&body, identity, csrf);
    http_reply_init(&reply, 200);
    reply.type = "application/json";
    reply.body = &body;
    reply.cookie = cookie;
    if (buf_failed(&body)) {
        http_reply_problem(req, ERR_NO_MEMORY);
    } else {
        http_reply_send(req, &reply);
    }
    buf_fini(&body);
}

void http_session_add(struct http_req *req)
{
    const struct identity_entry *entry = &req->job->entry;

    if (!req->job->err && req->job->ended) {
        http_session_end(req->http, IDENTITY_USER, entry->identity.name);
    }
    if (!req->job->err) {
        req->job->err = http_identities_add(&req->http->identities, entry, entry->created_ms);
    }
}

void http_session_end(struct http *http, enum identity_kind kind, const char *name)
{
    uint8_t hash[DIGEST_SIZE];

    /* Bounded by the table. */
    while (http_identities_remove_named(&http->identities, kind, name, hash)) {
        http_events_end(http, hash);
    }
}

static void login_stored(struct http_req *req)
{
    const struct identity_entry *entry = &req->job->entry;
    char csrf[DIGEST_HEX_SIZE];
    char cookie[HTTP_COOKIE_SIZE];

    if (req->job->err) {
        http_reply_problem(req, req->job->err);
        return;
    }
    http_auth_csrf(req->fresh, csrf);
    http_auth_cookie(req->http, req->fresh, COOKIE_S, cookie);
    reply_identity(req, &entry->identity, csrf, cookie);
    explicit_bzero(req->fresh, sizeof(req->fresh));
    explicit_bzero(cookie, sizeof(cookie));
}

static void login_checked(struct http_req *req)
{
    struct reader_job *checked = req->reader;
    struct engine_job *job;

    explicit_bzero(&checked->login, sizeof(checked->login));
    if (checked->err) {
        http_reply_problem(req, checked->err);
        return;
    }
    job = http_job_make(req, ENGINE_PUT_SESSION);
    if (!job) {
        return;
    }
    http_auth_make(&checked->identity, req->fresh, &job->entry);
    memcpy(job->code_hash, checked->checked, DIGEST_SIZE);
    memcpy(job->user.password_hash, checked->password_hash, sizeof(job->user.password_hash));
    job->cmd.actor = EVENT_ACTOR_USER;
    text_copy_cut(job->cmd.actor_id, sizeof(job->cmd.actor_id), checked->identity.name);
    http_job_submit_ordered(req, http_session_add, login_stored);
}

void http_handle_login(struct http_req *req)
{
    struct reader_job *job = http_job_make_reader(req, READER_LOGIN);
    struct wire_problem problem;
    struct http_reply reply;

    if (!job) {
        return;
    }
    wire_problem_init(&problem, ERR_NONE);
    if (wire_login_parse(&job->login, req->body.data ? req->body.data : "", req->body.length,
                         &problem)) {
        http_reply_init(&reply, 0);
        http_reply_problem_full(req, &problem, &reply);
    } else {
        http_job_submit_reader(req, login_checked);
    }
    /* The password is in the job now, and nowhere else. */
    if (req->body.data) {
        explicit_bzero(req->body.data, req->body.length);
    }
}

static void reply_signed_out(struct http_req *req)
{
    char cookie[HTTP_COOKIE_SIZE];
    struct http_reply reply;

    http_auth_cookie(req->http, "", 0, cookie);
    http_reply_init(&reply, 204);
    reply.cookie = cookie;
    http_reply_send(req, &reply);
}

static void logout_stored(struct http_req *req)
{
    if (req->job->err) {
        http_reply_job(req);
        return;
    }
    http_identities_remove(&req->http->identities, req->caller.hash);
    http_events_end(req->http, req->caller.hash);
    reply_signed_out(req);
}

void http_handle_logout(struct http_req *req)
{
    struct engine_job *job;

    if (req->caller.identity.kind == IDENTITY_TOKEN) {
        /* A device's token is taken back by an administrator, not by whoever holds the device. */
        http_reply_problem(req, ERR_FORBIDDEN);
        return;
    }
    if (req->caller.expires_ms == 0) {
        reply_signed_out(req); /* the demo's session is everybody's */
        return;
    }
    job = http_job_make(req, ENGINE_DELETE_SESSION);
    if (!job) {
        return;
    }
    memcpy(job->entry.hash, req->caller.hash, DIGEST_SIZE);
    job->entry.identity = req->caller.identity;
    job->entry.session = true;
    http_command_actor(req, &job->cmd);
    http_job_submit(req, logout_stored);
}

void http_handle_me(struct http_req *req)
{
    char cookie[HTTP_COOKIE_SIZE];

    reply_identity(req, &req->caller.identity, req->caller.cookie ? req->caller.csrf : NULL,
                   http_auth_renew(req, cookie));
    explicit_bzero(cookie, sizeof(cookie));
}
