/* http_config: the configuration document otherwise than as a whole: its versions, and its
 * sections.
 *
 * Documents are read and made beside the engine, which gets one to put in force as if somebody had
 * sent it. A section, or an element of one, is changed in the document in force; when that has
 * changed before the engine takes the new one, it is made again. */
#include <string.h>

#include "http_internal.h"

#define VERSIONS_MAX 50
#define VERSION_MAX 999999999999999999
/* As many may change something at the same time without naming the version that they have seen. */
#define EDIT_TRIES 16

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

static void edit_section(struct http_req *req);

/* Somebody was quicker. Who named no version did not ask for that one, and gets the next. */
static void section_edited(struct http_req *req)
{
    const char *match = http_req_header(req, MHD_HTTP_HEADER_IF_MATCH);

    if (req->job->err == ERR_STALE_VERSION && http_job_etag(match) == -1 &&
        ++req->tries < EDIT_TRIES) {
        edit_section(req);
    } else {
        http_reply_job(req);
    }
}

/* The second half: the reader has made the document that the change leads to. */
static void section_read(struct http_req *req)
{
    struct reader_job *read = req->reader;
    int64_t match = http_job_etag(http_req_header(req, MHD_HTTP_HEADER_IF_MATCH));
    struct engine_job *job;

    if (read->version > 0 && match >= 0 && match != read->version) {
        http_reply_problem(req, ERR_STALE_VERSION);
        return;
    }
    if (read->err) {
        http_reply_read(req);
        return;
    }
    job = http_job_make(req, ENGINE_EDIT_CONFIG);
    if (!job) {
        return;
    }
    job->if_version = read->version;
    job->edit = read->edit;
    job->dry_run = http_config_is_dry(req);
    http_config_take(req);
    http_job_submit(req, section_edited);
}

static void edit_section(struct http_req *req)
{
    struct reader_job *job = http_job_make_reader(req, READER_EDIT);

    if (!job) {
        return;
    }
    job->edit = (struct wire_edit){.section = req->params.section, .verb = verb_of(req->method)};
    memcpy(job->edit.code, req->params.code, sizeof(job->edit.code));
    job->document = req->body.data ? req->body.data : "";
    job->document_length = req->body.length;
    http_job_submit_reader(req, section_read);
}

void http_handle_section_edit(struct http_req *req)
{
    if (!may_touch(req)) {
        return;
    }
    /* What is new overwrites nothing that somebody has not seen. */
    if (verb_of(req->method) != WIRE_ADD && !http_req_header(req, MHD_HTTP_HEADER_IF_MATCH)) {
        http_reply_problem(req, ERR_MATCH_REQUIRED);
    } else {
        edit_section(req);
    }
}
