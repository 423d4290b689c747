/* http_admin: the configuration document and, in tests, the clock. */
#include <string.h>

#include "http_internal.h"

bool http_config_is_dry(const struct http_req *req)
{
    char flag[8];
    enum err err = http_req_arg(req, "dry_run", flag, sizeof(flag));

    /* Whoever says so in words of their own wants a trial as well. */
    return err == ERR_NONE ? strcmp(flag, "0") != 0 : err != ERR_NOT_FOUND;
}

void http_reply_read(struct http_req *req)
{
    struct http_reply reply;

    if (req->reader->err && req->reader->problem.err == req->reader->err) {
        http_reply_init(&reply, 0);
        http_reply_problem_full(req, &req->reader->problem, &reply);
    } else {
        http_reply_reader(req);
    }
}

void http_config_take(struct http_req *req)
{
    struct reader_job *read = req->reader;
    bool made = read->body.length > 0; /* else it is what was sent */

    req->job->config = read->config;
    read->config = NULL;
    req->job->document = made ? read->body.data : req->body.data;
    req->job->document_length = made ? read->body.length : req->body.length;
    http_command_actor(req, &req->job->cmd);
}

void http_config_read(struct http_req *req)
{
    struct engine_job *job;

    if (req->reader->err) {
        http_reply_read(req);
        return;
    }
    job = http_job_make(req, ENGINE_PUT_CONFIG);
    if (!job) {
        return;
    }
    job->dry_run = http_config_is_dry(req);
    job->restored_from = req->reader->config_version;
    http_config_take(req);
    http_job_submit(req, NULL);
}

/* For a document in the body, which stays there. */
static struct reader_job *make_reading(struct http_req *req, enum reader_what what)
{
    struct reader_job *job = http_job_make_reader(req, what);

    if (job) {
        job->document = req->body.data;
        job->document_length = req->body.length;
    }
    return job;
}

void http_handle_config_put(struct http_req *req)
{
    struct reader_job *job;

    /* Whoever writes the whole must have seen the whole. */
    if (!http_req_header(req, MHD_HTTP_HEADER_IF_MATCH)) {
        http_reply_problem(req, ERR_MATCH_REQUIRED);
        return;
    }
    if (req->body.length == 0) {
        http_reply_problem(req, ERR_MALFORMED_BODY);
        return;
    }
    job = make_reading(req, READER_DOCUMENT);
    if (job) {
        http_job_submit_reader(req, http_config_read);
    }
}

/* The bounds are text for people. */
static void bounds_answer(struct http_req *req)
{
    struct http_reply reply;

    if (req->job->err) {
        http_reply_job(req);
        return;
    }
    http_reply_init(&reply, 200);
    reply.type = "text/plain; charset=utf-8";
    reply.body = &req->job->body;
    http_reply_send(req, &reply);
}

void http_handle_bounds(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_BOUNDS);

    if (job) {
        http_job_submit(req, bounds_answer);
    }
}

void http_handle_try_bounds(struct http_req *req)
{
    if (req->body.length == 0) {
        http_reply_problem(req, ERR_MALFORMED_BODY);
        return;
    }
    if (make_reading(req, READER_BOUNDS)) {
        http_job_submit_reader(req, http_reply_read);
    }
}

/* A layout of the body, which changes nothing. */
void http_handle_slip_preview(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_PREVIEW_SLIP);

    if (job) {
        job->document = req->body.data ? req->body.data : "";
        job->document_length = req->body.length;
        job->if_none = -1;
        http_job_submit(req, NULL);
    }
}

void http_handle_clock(struct http_req *req)
{
    struct engine_job *job;
    struct wire_problem problem;
    struct http_reply reply;

    if (!req->http->options.test_clock) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return;
    }
    job = http_job_make(req, ENGINE_SET_CLOCK);
    if (!job) {
        return;
    }
    wire_problem_init(&problem, ERR_NONE);
    if (wire_clock_parse(&job->test_clock, req->body.data ? req->body.data : "", req->body.length,
                         &problem)) {
        http_reply_init(&reply, 0);
        http_reply_problem_full(req, &problem, &reply);
        return;
    }
    http_command_actor(req, &job->cmd);
    http_job_submit(req, NULL);
}
