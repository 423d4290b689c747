/* http_config: the configuration document otherwise than as a whole: its versions, and its
 * sections.
 *
 * Versions are read beside the engine, which gets a document to put in force as if somebody had
 * sent it. A section, or an element of one, is changed by the engine in the document in force. */
#include <string.h>

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
static struct reader_job *make_version(struct http_req *req, enum reader_what what)
{
    struct reader_job *job = http_job_make_reader(req, what);

    if (job && !http_announcement_id(req->params.id, &job->config_version)) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return NULL;
    }
    return job;
}

void http_handle_version(struct http_req *req)
{
    struct reader_job *job = make_version(req, READER_VERSION);

    if (!job) {
        return;
    }
    if (http_req_arg_int(req, "against", 1, VERSION_MAX, 0, &job->against)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "against", "a version");
        return;
    }
    http_job_submit_reader(req, http_reply_reader);
}

void http_handle_restore(struct http_req *req)
{
    if (!http_req_header(req, MHD_HTTP_HEADER_IF_MATCH)) {
        http_reply_problem(req, ERR_MATCH_REQUIRED);
    } else if (make_version(req, READER_RESTORE)) {
        http_job_submit_reader(req, http_config_read);
    }
}

/* Who manages the hall says what its screens tell; everything else is the administrator's. */
static bool may_touch(struct http_req *req)
{
    if (req->caller.identity.roles & ROLE_ADMIN || !strcmp(req->params.section->name, "notices")) {
        return true;
    }
    http_reply_problem(req, ERR_FORBIDDEN);
    return false;
}

void http_handle_section(struct http_req *req)
{
    struct engine_job *job = may_touch(req) ? http_job_make(req, ENGINE_GET_SECTION) : NULL;

    if (job) {
        job->edit.section = req->params.section;
        memcpy(job->edit.code, req->params.code, sizeof(job->edit.code));
        http_job_submit(req, NULL);
    }
}

static enum wire_verb verb_of(const char *method)
{
    if (strcmp(method, MHD_HTTP_METHOD_POST) == 0) {
        return WIRE_ADD;
    }
    return strcmp(method, MHD_HTTP_METHOD_PUT) == 0 ? WIRE_REPLACE : WIRE_REMOVE;
}

void http_handle_section_edit(struct http_req *req)
{
    struct engine_job *job = may_touch(req) ? http_job_make(req, ENGINE_EDIT_CONFIG) : NULL;

    if (!job) {
        return;
    }
    job->edit = (struct wire_edit){.section = req->params.section, .verb = verb_of(req->method)};
    memcpy(job->edit.code, req->params.code, sizeof(job->edit.code));
    /* What is new overwrites nothing that somebody has not seen. */
    if (job->edit.verb != WIRE_ADD && !http_req_header(req, MHD_HTTP_HEADER_IF_MATCH)) {
        http_reply_problem(req, ERR_MATCH_REQUIRED);
        return;
    }
    job->dry_run = http_config_is_dry(req);
    job->document = req->body.data ? req->body.data : "";
    job->document_length = req->body.length;
    http_command_actor(req, &job->cmd);
    http_job_submit(req, NULL);
}
