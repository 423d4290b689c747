/* http_view: views that take an argument, and the pages for machines: health, readiness, metrics,
 * sign bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_internal.h"

bool http_take_zone(struct http_req *req, struct engine_job *job)
{
    enum err err = http_req_arg(req, "zone", job->zone, sizeof(job->zone));

    if (err && err != ERR_NOT_FOUND) {
        http_reply_problem_at(req, err, "?zone", "the code of a zone");
        return false;
    }
    job->has_zone = !err && job->zone[0] != 0;
    return true;
}

void http_handle_display(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_VIEW_DISPLAY);

    if (job && http_take_zone(req, job)) {
        http_command_actor(req, &job->cmd);
        http_job_submit(req, NULL);
    }
}

/* The views of one window: that of the caller, or the one asked for. */
void http_handle_view_window(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, req->route->what);
    int64_t no = 0;

    if (!job) {
        return;
    }
    enum err err =
        http_req_arg_int(req, "window", 1, HALL_WINDOW_NO_MAX, req->caller.identity.window, &no);
    if (err || no == 0) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "?window", "the number of a window");
        return;
    }
    err = http_command_check_window(req, (int32_t)no);
    if (err) {
        http_reply_problem(req, err);
        return;
    }
    job->cmd.window = (int32_t)no;
    http_command_actor(req, &job->cmd);
    http_job_submit(req, NULL);
}

/* The loop runs: that is all this says; it never waits for the disk. */
void http_handle_health(struct http_req *req)
{
    http_reply_text(req, 200, "application/json", "{\"status\":\"ok\"}");
}

/* Readiness with its checks, also when they fail. */
static void ready_answer(struct http_req *req)
{
    struct engine_job *job = req->job;
    struct http_reply reply;

    if (job->err && (job->body.length == 0 || buf_failed(&job->body))) {
        http_reply_job(req);
        return;
    }
    http_reply_init(&reply, job->err ? 503 : 200);
    reply.type = "application/json";
    reply.body = &job->body;
    reply.retry_s = job->err ? 10 : 0;
    http_reply_send(req, &reply);
}

void http_handle_ready(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_READY);

    if (job) {
        http_job_submit(req, ready_answer);
    }
}

static void add_counter(struct buf *buf, const struct http_route *route,
                        const struct http_counter *counter)
{
    const char *method = route ? route->method : "GET";
    const char *path = route ? route->path : "other";

    for (int group = 1; group <= 5; group++) {
        if (counter->count[group] == 0) {
            continue;
        }
        buf_printf(buf, "hallcall_http_request_seconds_count{route=\"%s %s\",code=\"%dxx\"} %llu\n",
                   method, path, group, (unsigned long long)counter->count[group]);
        buf_printf(buf, "hallcall_http_request_seconds_sum{route=\"%s %s\",code=\"%dxx\"} %.6f\n",
                   method, path, group, (double)counter->sum_us[group] / 1e6);
    }
}

static void metrics_answer(struct http_req *req)
{
    const struct http *http = req->http;
    struct buf *buf = &req->job->body;
    struct http_reply reply;

    if (req->job->err) {
        http_reply_job(req);
        return;
    }
    buf_add_text(
        buf,
        "# HELP hallcall_sse_clients Open event streams.\n# TYPE hallcall_sse_clients gauge\n");
    buf_printf(buf, "hallcall_sse_clients{page=\"staff\"} %u\n",
               http->stream_count - http->public_stream_count);
    buf_printf(buf, "hallcall_sse_clients{page=\"public\"} %u\n", http->public_stream_count);
    buf_add_text(buf, "# HELP hallcall_http_connections Open connections.\n"
                      "# TYPE hallcall_http_connections gauge\n");
    buf_printf(buf, "hallcall_http_connections %u\n", http->socket_count);
    buf_add_text(buf, "# HELP hallcall_http_request_seconds Time from header to answer.\n"
                      "# TYPE hallcall_http_request_seconds summary\n");
    for (int i = 0; i < http_route_count; i++) {
        add_counter(buf, &http_routes[i], &http->counters[i]);
    }
    add_counter(buf, NULL, &http->counters[http_route_count]);
    if (buf_failed(buf)) {
        http_reply_problem(req, ERR_NO_MEMORY);
        return;
    }
    http_reply_init(&reply, 200);
    reply.type = "text/plain; version=0.0.4; charset=utf-8";
    reply.body = buf;
    http_reply_send(req, &reply);
}

void http_handle_metrics(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_METRICS);

    if (job) {
        http_job_submit(req, metrics_answer);
    }
}

static void add_sim(struct buf *buf, const struct bus_sim *sim)
{
    char hex[2 * BUS_SIM_BYTES + 1];
    int length = sim->length < 0 ? 0 : sim->length > BUS_SIM_BYTES ? BUS_SIM_BYTES : sim->length;

    digest_hex(sim->bytes, (size_t)length, hex);
    /* Codes and driver names are [a-z0-9_.-]: nothing to escape. */
    buf_printf(buf, "{\"code\":\"%s\",\"driver\":\"%s\",\"window\":", sim->name, sim->driver);
    if (sim->window) {
        buf_add_int(buf, sim->window);
    } else {
        buf_add_text(buf, "null");
    }
    buf_printf(buf, ",\"address\":%d,\"frames\":%lld,\"version\":%llu,\"hex\":\"",
               (int)sim->address, (long long)sim->frames, (unsigned long long)sim->version);
    buf_add_text(buf, hex);
    buf_add_text(buf, "\"}");
}

void http_handle_leds(struct http_req *req)
{
    struct bus_sim *sims = malloc(sizeof(*sims) * BUS_SIM_MAX);
    struct http_reply reply;
    struct buf body;

    if (!sims) {
        http_reply_problem(req, ERR_NO_MEMORY);
        return;
    }
    int count = bus_get_sims(req->http->options.bus, sims, BUS_SIM_MAX);
    buf_init(&body, 512 * 1024);
    buf_add_text(&body, "{\"signs\":[");
    for (int i = 0; i < count; i++) {
        buf_add_text(&body, i ? "," : "");
        add_sim(&body, &sims[i]);
    }
    buf_add_text(&body, "]}");
    free(sims);
    if (buf_failed(&body)) {
        http_reply_problem(req, ERR_NO_MEMORY);
    } else {
        http_reply_init(&reply, 200);
        reply.type = "application/json";
        reply.body = &body;
        http_reply_send(req, &reply);
    }
    buf_fini(&body);
}
