/* http_user: people who sign in, for the administrator.
 *
 * A password goes to the reader's thread, which takes its time to hash it, and is wiped everywhere
 * else; the engine gets the hash. What ends a person's sessions ends them here in the order in
 * which the engine did, so that nobody who signs in meanwhile stays. */
#include <string.h>

#include "http_internal.h"

void http_handle_users(struct http_req *req)
{
    struct reader_job *job = http_job_make_reader(req, READER_USERS);

    if (job) {
        text_copy_cut(job->login.username, sizeof(job->login.username), req->params.id);
        http_job_submit_reader(req, http_reply_reader);
    }
}

static void changed(struct http_req *req)
{
    if (!req->job->err && req->job->ended) {
        http_session_end(req->http, IDENTITY_USER, req->job->user.name);
    }
}

/* The second half: the hash is there, if there was anything to hash. */
static void password_hashed(struct http_req *req)
{
    struct engine_job *job = req->job;

    if (req->reader) {
        if (req->reader->err) {
            http_reply_problem(req, req->reader->err);
            return;
        }
        memcpy(job->user.password_hash, req->reader->password_hash,
               sizeof(job->user.password_hash));
        explicit_bzero(req->reader->password_hash, sizeof(req->reader->password_hash));
    }
    http_job_submit_ordered(req, changed, NULL);
}

/* False: the body is none, and that was answered. */
static bool read_user(struct http_req *req, bool create, char password[WIRE_PASSWORD_SIZE])
{
    struct wire_problem problem;
    struct http_reply reply;
    enum err err =
        wire_user_parse(&req->job->user, password, create, req->body.data ? req->body.data : "",
                        req->body.length, &problem);

    if (req->body.data) {
        explicit_bzero(req->body.data, req->body.length);
    }
    if (err) {
        http_reply_init(&reply, 0);
        http_reply_problem_full(req, &problem, &reply);
    }
    return !err;
}

static void handle_user(struct http_req *req, enum engine_what what)
{
    struct engine_job *job = http_job_make(req, what);
    char password[WIRE_PASSWORD_SIZE] = "";
    bool create = what == ENGINE_PUT_USER;
    struct reader_job *hashing;

    if (!job) {
        return;
    }
    http_command_actor(req, &job->cmd);
    if (read_user(req, create, password)) {
        if (!create) {
            text_copy_cut(job->user.name, sizeof(job->user.name), req->params.id);
        }
        if (!(job->user.changes & WIRE_USER_PASSWORD)) {
            password_hashed(req);
        } else {
            hashing = http_job_make_reader(req, READER_HASH);
            if (hashing) {
                memcpy(hashing->login.password, password, sizeof(password));
                http_job_submit_reader(req, password_hashed);
            }
        }
    }
    explicit_bzero(password, sizeof(password));
}

void http_handle_user_create(struct http_req *req)
{
    handle_user(req, ENGINE_PUT_USER);
}

void http_handle_user_change(struct http_req *req)
{
    handle_user(req, ENGINE_PATCH_USER);
}

void http_handle_user_delete(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_DELETE_USER);

    if (job) {
        text_copy_cut(job->user.name, sizeof(job->user.name), req->params.id);
        http_command_actor(req, &job->cmd);
        http_job_submit_ordered(req, changed, NULL);
    }
}
