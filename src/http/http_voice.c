/* http_voice: what is said aloud: the queues, who speaks, and the sound.
 *
 * The engine knows what an announcement says, the reader makes the sound of it: files are read and
 * samples copied on its thread. */
#include <string.h>

#include "cmd.h"
#include "http_internal.h"

void http_handle_announcements(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_GET_ANNOUNCEMENTS);

    if (job && http_take_zone(req, job)) {
        job->if_none = -1;
        http_job_submit(req, NULL);
    }
}

void http_handle_pack(struct http_req *req)
{
    if (http_job_make_reader(req, READER_PACK)) {
        http_job_submit_reader(req, http_reply_reader);
    }
}

void http_handle_lease(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_LEASE);
    struct wire_problem problem;
    struct http_reply reply;

    if (!job) {
        return;
    }
    wire_problem_init(&problem, ERR_NONE);
    if (wire_lease_parse(&job->lease, req->body.data ? req->body.data : "", req->body.length,
                         &problem)) {
        http_reply_init(&reply, 0);
        http_reply_problem_full(req, &problem, &reply);
        return;
    }
    http_job_submit(req, NULL);
}

static void audio_made(struct http_req *req)
{
    struct reader_job *job = req->reader;
    const char *known = http_req_header(req, MHD_HTTP_HEADER_IF_NONE_MATCH);
    struct http_reply reply;

    if (job->err || buf_failed(&job->body)) {
        http_reply_reader(req);
        return;
    }
    bool same = known && strcmp(known, job->etag) == 0;
    http_reply_init(&reply, same ? 304 : 200);
    reply.policy = HTTP_POLICY_KEPT;
    reply.etag = job->etag;
    if (!same) {
        reply.type = "audio/wav";
        reply.body = &job->body;
    }
    http_reply_send(req, &reply);
}

/* Second half: what is said is known now. */
static void audio_known(struct http_req *req)
{
    const struct engine_job *asked = req->job;
    struct reader_job *job;

    if (asked->err) {
        http_reply_job(req);
        return;
    }
    job = http_job_make_reader(req, READER_SPEAK);
    if (job) {
        job->announcement = asked->announcement;
        job->manner = (struct speech_manner){.readings = asked->announcement.readings,
                                             .chime = asked->announcement.chime,
                                             .yao = asked->yao};
        http_job_submit_reader(req, audio_made);
    }
}

void http_handle_audio(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_GET_ANNOUNCEMENT);

    if (!job) {
        return;
    }
    if (!http_announcement_id(req->params.id, &job->cmd.count)) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return;
    }
    job->if_none = -1;
    http_job_submit(req, audio_known);
}

bool http_announcement_id(const char *text, int64_t *ret_id)
{
    size_t length = strlen(text);
    int64_t id = 0;

    /* Fifteen digits: more than there will be events. */
    if (length == 0 || length > 15 || strspn(text, "0123456789") != length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        id = id * 10 + (text[i] - '0');
    }
    *ret_id = id;
    return true;
}
