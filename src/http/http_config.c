/* http_config: the versions of the configuration document: what they changed, what they say, and
 * how to take one back. All of it is read beside the engine, which gets a document to put in force
 * as if somebody had sent it. */
#include "http_internal.h"

#define VERSIONS_MAX 50
#define VERSION_MAX 999999999999999999

void http_handle_versions(struct http_req *req)
{
    struct reader_job *job = http_job_make_reader(req, READER_VERSIONS);

    if (!job) {
        return;
    }
    if (http_req_arg_int(req, "limit", 1, VERSIONS_MAX, 0, &job->limit)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "limit", "1 to 50");
    } else if (http_req_arg_int(req, "before", 1, VERSION_MAX, 0, &job->before)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "before", "a version");
    } else {
        http_job_submit_reader(req, http_reply_reader);
    }
}

/* A job about the version in the path; NULL: there can be none, and that was answered. */
static struct reader_job *make_version(struct http_req *req)
{
    struct reader_job *job = http_job_make_reader(req, READER_VERSION);

    if (job && !http_announcement_id(req->params.id, &job->config_version)) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return NULL;
    }
    return job;
}

void http_handle_version(struct http_req *req)
{
    struct reader_job *job = make_version(req);

    if (!job) {
        return;
    }
    if (http_req_arg_int(req, "against", 1, VERSION_MAX, 0, &job->against)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "against", "a version");
        return;
    }
    http_job_submit_reader(req, http_reply_reader);
}

static void restore_read(struct http_req *req)
{
    struct reader_job *read = req->reader;
    struct engine_job *job;

    if (read->err || buf_failed(&read->body)) {
        http_reply_reader(req);
        return;
    }
    job = http_job_make(req, ENGINE_PUT_CONFIG);
    if (!job) {
        return;
    }
    job->dry_run = http_config_is_dry(req);
    job->document = read->body.data;
    job->document_length = read->body.length;
    job->restored_from = read->config_version;
    http_command_actor(req, &job->cmd);
    http_job_submit(req, NULL);
}

void http_handle_restore(struct http_req *req)
{
    if (!http_req_header(req, MHD_HTTP_HEADER_IF_MATCH)) {
        http_reply_problem(req, ERR_MATCH_REQUIRED);
    } else if (make_version(req)) {
        http_job_submit_reader(req, restore_read);
    }
}
