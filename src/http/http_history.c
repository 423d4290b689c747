/* http_history: questions that the stored history answers: tickets of today and before, what
 * happened to one, the pages of the event log. Today's ticket comes from the engine, which knows
 * its place in the queue; older ones and lists come from the reader. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "http_internal.h"

#define LIST_DEFAULT 50
#define LIST_MAX 200
#define CHANGES_MAX 1000
/* A long poll must end before the patience of the proxies between. */
#define CHANGES_WAIT_S 25

static void ticket_today(struct http_req *req)
{
    struct reader_job *job;

    if (req->job->err != ERR_NOT_FOUND) {
        http_reply_job(req);
        return;
    }
    job = http_job_make_reader(req, READER_TICKET);
    if (job) {
        memcpy(job->ticket_id, req->job->cmd.ticket_id, sizeof(job->ticket_id));
        http_job_submit_reader(req, http_reply_reader);
    }
}

/* Copies the id of the path. False: it cannot be one, and that was answered. */
static bool take_id(struct http_req *req, char id[TICKET_ID_SIZE])
{
    if (text_copy(id, TICKET_ID_SIZE, req->params.id) == ERR_NONE) {
        return true;
    }
    http_reply_problem(req, http_command_is_plain_clerk(req) ? ERR_NOT_YOUR_TICKET : ERR_NOT_FOUND);
    return false;
}

void http_handle_ticket(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_GET_TICKET);

    if (!job || !take_id(req, job->cmd.ticket_id)) {
        return;
    }
    http_command_actor(req, &job->cmd);
    http_job_submit(req, ticket_today);
}

/* What has become of a number of today, for whoever asks at a kiosk: nothing personal. */
void http_handle_inquiry(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_GET_INQUIRY);

    if (!job) {
        return;
    }
    if (text_copy(job->cmd.number, sizeof(job->cmd.number), req->params.code)) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return;
    }
    http_command_actor(req, &job->cmd);
    http_job_submit(req, NULL);
}

static void handle_reader_id(struct http_req *req, enum reader_what what)
{
    struct reader_job *job = http_job_make_reader(req, what);

    if (job && take_id(req, job->ticket_id)) {
        http_job_submit_reader(req, http_reply_reader);
    }
}

void http_handle_history(struct http_req *req)
{
    handle_reader_id(req, READER_HISTORY);
}

void http_handle_card(struct http_req *req)
{
    handle_reader_id(req, READER_CARD);
}

static void card_stored(struct http_req *req)
{
    struct reader_job *job;

    if (req->job->err) {
        http_reply_job(req);
        return;
    }
    job = http_job_make_reader(req, READER_CARD);
    if (job) {
        memcpy(job->ticket_id, req->job->cmd.ticket_id, sizeof(job->ticket_id));
        http_job_submit_reader(req, http_reply_reader);
    }
}

void http_handle_public_card(struct http_req *req)
{
    http_command_ask_by_token(req, ENGINE_GET_PASSED, card_stored);
}

/* The second half: the engine has said how often the ticket was passed, the log says by whom. */
static void why_stored(struct http_req *req)
{
    const struct engine_job *asked = req->job;
    bool past = asked->err == ERR_NOT_FOUND && !asked->visitor;
    struct reader_job *job;

    if (asked->err && !past) {
        http_reply_job(req);
        return;
    }
    job = http_job_make_reader(req, asked->visitor ? READER_WHY_OWN : READER_WHY);
    if (job) {
        memcpy(job->ticket_id, asked->cmd.ticket_id, sizeof(job->ticket_id));
        job->passed = past ? -1 : asked->passed;
        http_job_submit_reader(req, http_reply_reader);
    }
}

void http_handle_why(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_GET_PASSED);

    if (job && take_id(req, job->cmd.ticket_id)) {
        http_command_actor(req, &job->cmd);
        http_job_submit(req, why_stored);
    }
}

/* By the secret of the slip, so only while the ticket itself is shown. */
void http_handle_public_why(struct http_req *req)
{
    http_command_ask_by_token(req, ENGINE_GET_PASSED, why_stored);
}

static void slip_answer(struct http_req *req)
{
    struct http_reply reply;

    if (req->job->err) {
        http_reply_job(req);
        return;
    }
    http_reply_init(&reply, 200);
    reply.type = req->job->width_mm > 0  ? "application/octet-stream"
                 : req->job->columns > 0 ? "text/plain; charset=utf-8"
                                         : "text/html; charset=utf-8";
    reply.body = &req->job->body;
    http_reply_send(req, &reply);
}

/* What the format and the paper's width mean; false for what we do not make. */
static bool choose_slip(struct engine_job *job, const char *format, int64_t width_mm)
{
    if (width_mm != 58 && width_mm != 80) {
        return false;
    }
    job->columns = 0;
    job->width_mm = 0;
    if (strcmp(format, "text") == 0) {
        job->columns = width_mm == 58 ? 32 : 48;
    } else if (strcmp(format, "escpos") == 0) {
        job->width_mm = (int)width_mm;
    } else {
        return strcmp(format, "html") == 0;
    }
    return true;
}

void http_handle_slip(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_GET_SLIP);
    char format[16] = "text";
    int64_t width_mm = 80;

    if (!job || !take_id(req, job->cmd.ticket_id)) {
        return;
    }
    enum err err = http_req_arg(req, "format", format, sizeof(format));
    if (err == ERR_NOT_FOUND) {
        memcpy(format, "text", sizeof("text"));
        err = ERR_NONE;
    }
    if (err || http_req_arg_int(req, "width", 58, 80, 80, &width_mm)) {
        width_mm = 0;
    }
    job->if_none = -1;
    if (!choose_slip(job, format, width_mm)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "?format",
                              "format is text, html or escpos, width 58 or 80");
        return;
    }
    http_command_actor(req, &job->cmd);
    http_job_submit(req, slip_answer);
}

/* "waiting,called" as bits. */
static enum err states_parse(char *text, uint32_t *ret_states)
{
    char *save = NULL;

    *ret_states = 0;
    for (char *word = strtok_r(text, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
        enum ticket_state state = ticket_state_parse(word);
        if (state == TICKET_STATE_COUNT) {
            return ERR_MALFORMED_REQUEST;
        }
        *ret_states |= 1u << state;
    }
    return ERR_NONE;
}

static enum err day_arg(struct http_req *req, const char *name, int32_t *ret_day)
{
    char text[16];
    enum err err = http_req_arg(req, name, text, sizeof(text));

    if (err == ERR_NOT_FOUND || (!err && text[0] == 0)) {
        return ERR_NONE;
    }
    return err || clock_parse_day(text, ret_day) ? ERR_MALFORMED_REQUEST : ERR_NONE;
}

static enum err text_arg(struct http_req *req, const char *name, char *dst, size_t size)
{
    enum err err = http_req_arg(req, name, dst, size);

    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

/* Reads the filter from the query. `ret_bad`: the argument that cannot be. */
static enum err filter_parse(struct http_req *req, struct store_ticket_filter *filter,
                             const char **ret_bad)
{
    char states[160] = "";
    int64_t window = 0;
    int64_t limit = 0;

    *ret_bad = "?state";
    if (text_arg(req, "state", states, sizeof(states)) || states_parse(states, &filter->states)) {
        return ERR_MALFORMED_REQUEST;
    }
    *ret_bad = "?service";
    if (text_arg(req, "service", filter->service, sizeof(filter->service))) {
        return ERR_MALFORMED_REQUEST;
    }
    *ret_bad = "?window";
    if (http_req_arg_int(req, "window", 1, HALL_WINDOW_NO_MAX, 0, &window)) {
        return ERR_MALFORMED_REQUEST;
    }
    *ret_bad = "?number";
    if (text_arg(req, "number", filter->number, sizeof(filter->number))) {
        return ERR_MALFORMED_REQUEST;
    }
    *ret_bad = "?from";
    if (day_arg(req, "from", &filter->day_from)) {
        return ERR_MALFORMED_REQUEST;
    }
    *ret_bad = "?to";
    if (day_arg(req, "to", &filter->day_to)) {
        return ERR_MALFORMED_REQUEST;
    }
    *ret_bad = "?cursor";
    if (text_arg(req, "cursor", filter->after_id, sizeof(filter->after_id))) {
        return ERR_MALFORMED_REQUEST;
    }
    *ret_bad = "?limit";
    if (http_req_arg_int(req, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit)) {
        return ERR_MALFORMED_REQUEST;
    }
    filter->window = (int32_t)window;
    filter->limit = (int)limit;
    return ERR_NONE;
}

void http_handle_tickets(struct http_req *req)
{
    struct reader_job *job = http_job_make_reader(req, READER_TICKETS);
    const char *bad = NULL;

    if (!job) {
        return;
    }
    if (filter_parse(req, &job->filter, &bad)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, bad, "this value is not possible");
        return;
    }
    http_job_submit_reader(req, http_reply_reader);
}

/* Asks the reader, then answers; an empty page only when the wait is over. Until then the same
 * question is asked anew, with a fresh job (which has no owner yet), after each publication. */
static void changes_go(struct http_req *req)
{
    struct reader_job *job = req->reader;
    int64_t after = job->after;
    int64_t limit = job->limit;

    if (!job->owner) {
        http_job_submit_reader(req, changes_go);
        return;
    }
    bool empty = job->body.length >= 12 && memcmp(job->body.data, "{\"items\":[],", 12) == 0;
    if (job->err || !empty || req->http->ending || clock_mono_ms() >= req->wait_until_ms) {
        http_reply_reader(req);
        return;
    }
    job = http_job_make_reader(req, READER_CHANGES);
    if (!job) {
        return;
    }
    job->after = after;
    job->limit = limit;
    /* Something may have been published while the reader looked; then there is nothing to wait for.
     */
    if (bus_last_seq(req->http->options.bus) > after) {
        http_job_submit_reader(req, changes_go);
    } else {
        http_job_wait(req, req->wait_until_ms, changes_go);
    }
}

void http_handle_changes(struct http_req *req)
{
    struct reader_job *job = http_job_make_reader(req, READER_CHANGES);
    int64_t wait_s = 0;

    if (!job) {
        return;
    }
    if (http_req_arg_int(req, "after", 0, INT64_MAX, 0, &job->after) ||
        http_req_arg_int(req, "limit", 1, CHANGES_MAX, CHANGES_MAX, &job->limit) ||
        http_req_arg_int(req, "wait_s", 0, CHANGES_WAIT_S, 0, &wait_s)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "?after",
                              "after, limit (1 to 1000) and wait_s (0 to 25) are numbers");
        return;
    }
    req->wait_until_ms = clock_mono_ms() + wait_s * 1000;
    changes_go(req);
}
