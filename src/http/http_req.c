/* http_req: the life of one request.
 *
 * The library calls the handler several times for one request. The first call sees the header only:
 * here the gate, the route, the caller's roles and the declared body are checked, and only here (or
 * in the last call) may a refusal be queued. Then come pieces of the body, then a call without one:
 * the route's handler runs. It either answers at once or submits a job, which suspends the
 * connection; when the job is back the connection is resumed and the handler's second half answers.
 * The request lives until the library says that it is completed. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "http_internal.h"

static struct http_req *req_create(struct http *http, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct http_socket *sock = info ? info->socket_context : NULL;
    struct http_req *req = sock ? calloc(1, sizeof(*req)) : NULL;

    if (!req) {
        return NULL;
    }
    req->http = http;
    req->connection = connection;
    req->socket = sock;
    req->target = sock->target;
    sock->target = NULL;
    req->query = "";
    req->method = "GET";
    req->began_us = clock_mono_us();
    buf_init(&req->body, HTTP_BODY_MAX);
    return req;
}

static bool request_id_is_good(const char *id)
{
    size_t length = strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-");

    return length > 0 && length < HTTP_REQUEST_ID_SIZE && id[length] == 0;
}

/* Echoes the caller's request id if it can stand in a log line, else makes one. */
static void req_set_id(struct http_req *req)
{
    const char *id = http_req_header(req, "X-Request-Id");

    if (id && request_id_is_good(id)) {
        memcpy(req->request_id, id, strlen(id) + 1);
    } else {
        (void)snprintf(req->request_id, sizeof(req->request_id), "%08x-%08x",
                       (unsigned)req->http->id_salt, (unsigned)++req->http->id_count);
    }
}

static enum MHD_Result gate_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_length, const char *value, size_t value_length)
{
    (void)kind;
    http_gate_add(context, name, name_length, value ? value : "", value_length);
    return MHD_YES;
}

static enum err req_check_gate(struct http_req *req, const char *method, const char *version,
                               struct http_gate *gate)
{
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(req->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    const char *known = http_gate_method(method);
    enum err err;

    http_gate_init(gate);
    (void)MHD_get_connection_values_n(req->connection, MHD_HEADER_KIND, gate_header, gate);
    req->has_body = gate->length > 0 || gate->chunked;
    if (!req->target || (size && size->header_size > HTTP_HEADER_MAX)) {
        return ERR_HEADER_TOO_LARGE;
    }
    err = http_gate_target(req->target);
    if (err) {
        return err;
    }
    /* In the library's buffer the version follows the target. If it does not, a zero byte in
     * between has hidden the target's rest from us (or there is no version). */
    if (!known || (uintptr_t)version != req->socket->target_end + 1) {
        return ERR_MALFORMED_REQUEST;
    }
    req->method = known;
    return http_gate_check(gate);
}

/* Ends the path at its query. */
static void req_split(struct http_req *req)
{
    char *query = strchr(req->target, '?');

    if (query) {
        *query = 0;
        req->query = query + 1;
    }
}

static enum err req_check_route(struct http_req *req)
{
    char allow[HTTP_ALLOW_SIZE];
    enum err err = http_route_find(req->method, req->target, &req->params, allow, &req->route);

    if (err == ERR_NOT_FOUND && http_static_find(req->http, req->target, &req->route) == ERR_NONE) {
        bool reads = strcmp(req->method, "GET") == 0 || strcmp(req->method, "HEAD") == 0;
        return reads ? ERR_NONE : ERR_METHOD_NOT_ALLOWED;
    }
    return err;
}

static enum err req_check_caller(struct http_req *req)
{
    enum err err = http_auth_identify(req);

    if (req->route->roles == HTTP_ANYONE) {
        return ERR_NONE;
    }
    if (err || !req->caller.known) {
        return ERR_UNAUTHORIZED;
    }
    if (!(req->caller.identity.roles & req->route->roles)) {
        return ERR_FORBIDDEN;
    }
    if (strcmp(req->route->method, "GET") != 0) {
        return http_auth_check_write(req);
    }
    return ERR_NONE;
}

static bool type_is_json(const char *type)
{
    size_t length = type ? strcspn(type, "; \t") : 0;

    return length == 16 && strncasecmp(type, "application/json", 16) == 0;
}

static enum err req_check_body(struct http_req *req, const struct http_gate *gate)
{
    if (!req->has_body) {
        return ERR_NONE;
    }
    if (gate->length > (int64_t)req->route->body_max || req->route->body_max == 0) {
        return ERR_BODY_TOO_LARGE;
    }
    if (!type_is_json(http_req_header(req, MHD_HTTP_HEADER_CONTENT_TYPE))) {
        return ERR_MEDIA_TYPE;
    }
    req->body.max = req->route->body_max;
    return ERR_NONE;
}

static enum err req_check_rate(struct http_req *req)
{
    uint8_t address[16];
    int64_t wait_ms = 0;

    if (req->route->bucket == HTTP_BUCKET_NONE) {
        return ERR_NONE;
    }
    http_bucket_address(req->connection, address);
    if (http_bucket_take(&req->http->buckets, req->route->bucket, address, clock_mono_ms(),
                         &wait_ms)) {
        return ERR_NONE;
    }
    req->retry_s = (int)(wait_ms / 1000) + 1;
    return ERR_RATE_LIMITED;
}

static enum err req_check(struct http_req *req, const struct http_gate *gate)
{
    enum err err = req->http->ending ? ERR_STARTING : req_check_route(req);

    if (!err) {
        err = req_check_rate(req);
    }
    if (!err) {
        err = req_check_caller(req);
    }
    return err ? err : req_check_body(req, gate);
}

static void req_refuse(struct http_req *req)
{
    char allow[HTTP_ALLOW_SIZE] = "GET, HEAD"; /* of pages */
    const struct http_route *route;
    struct http_params params;
    struct http_reply reply;
    struct wire_problem problem;

    http_reply_init(&reply, 0);
    if (req->refusal == ERR_METHOD_NOT_ALLOWED) {
        if (http_route_find(req->method, req->target, &params, allow, &route) == ERR_NOT_FOUND) {
            memcpy(allow, "GET, HEAD", 10);
        }
        reply.allow = allow;
    }
    reply.retry_s = req->retry_s;
    wire_problem_init(&problem, req->refusal);
    http_reply_problem_full(req, &problem, &reply);
}

/* The first call: header only. A refusal is queued here if a body would follow, which is then not
 * read; whatever is queued in the first call ends the connection, so all else waits for the last
 * call. */
static void req_begin(struct http_req *req, const char *method, const char *version)
{
    struct http_gate gate;

    req->refusal = req_check_gate(req, method, version, &gate);
    req->refusing = req->refusal != ERR_NONE;
    req_set_id(req);
    req->zh = http_reply_prefers_zh(http_req_header(req, MHD_HTTP_HEADER_ACCEPT_LANGUAGE));
    if (!req->refusal) {
        req_split(req);
        req->refusal = req_check(req, &gate);
        req->refusing = req->refusal != ERR_NONE && req->has_body;
    }
    if (req->refusing) {
        req_refuse(req);
        return;
    }
    req->step = HTTP_STEP_BODY;
    http_socket_phase(req->socket, HTTP_PHASE_BODY);
}

static void req_collect(struct http_req *req, const char *upload, size_t length)
{
    if (req->step != HTTP_STEP_BODY) {
        return; /* refused: what still comes is thrown away */
    }
    buf_add(&req->body, upload, length);
    /* Only a chunked body can outgrow the limit here, and no answer may be queued between pieces.
     */
    req->failed = buf_failed(&req->body);
}

static void req_resume(struct http_req *req)
{
    http_handler *resume = req->resume ? req->resume : http_reply_job;

    req->resume = NULL;
    req->step = HTTP_STEP_BODY;
    resume(req);
}

enum MHD_Result http_req_handle(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **request_context)
{
    struct http_req *req = *request_context;

    (void)url;
    if (!req) {
        req = req_create(context, connection);
        if (!req) {
            return MHD_NO;
        }
        *request_context = req;
        req_begin(req, method, version);
    } else if (*upload_size > 0) {
        req_collect(req, upload, *upload_size);
        *upload_size = 0;
    } else if (req->step == HTTP_STEP_BACK) {
        req_resume(req);
    } else if (req->step == HTTP_STEP_BODY) {
        http_socket_phase(req->socket, HTTP_PHASE_WORK);
        if (req->refusal) {
            req_refuse(req);
        } else {
            req->route->handle(req);
        }
        assert(req->failed || req->step != HTTP_STEP_BODY);
    }
    return req->failed ? MHD_NO : MHD_YES;
}

static void req_count(const struct http_req *req)
{
    struct http_counter *counter = &req->http->counters[http_route_count];
    int group = req->status / 100;

    /* Rows outside the table (pages) and what matched none are counted together. */
    if (req->route >= http_routes && req->route < http_routes + http_route_count) {
        counter = &req->http->counters[req->route - http_routes];
    }
    if (group >= 1 && group <= 5 && !req->streaming) {
        counter->count[group]++;
        counter->sum_us[group] += clock_mono_us() - req->began_us;
    }
}

void http_req_completed(void *context, struct MHD_Connection *connection, void **request_context,
                        enum MHD_RequestTerminationCode code)
{
    struct http_req *req = *request_context;

    (void)context;
    (void)connection;
    (void)code;
    if (!req) {
        return;
    }
    /* A suspended connection cannot complete, so nobody else holds this request any more. */
    assert(req->step != HTTP_STEP_WORK && req->step != HTTP_STEP_WAIT);
    req_count(req);
    http_socket_phase(req->socket, HTTP_PHASE_IDLE);
    if (req->job) {
        engine_job_fini(req->job);
        free(req->job);
    }
    if (req->reader) {
        reader_job_fini(req->reader);
        free(req->reader);
    }
    buf_fini(&req->body);
    free(req->target);
    free(req);
    *request_context = NULL;
}

const char *http_req_header(const struct http_req *req, const char *name)
{
    return MHD_lookup_connection_value(req->connection, MHD_HEADER_KIND, name);
}

enum err http_req_arg(const struct http_req *req, const char *name, char *dst, size_t size)
{
    size_t name_length = strlen(name);
    const char *at = req->query;

    /* Bounded by HTTP_TARGET_MAX. The first of several wins. */
    while (*at) {
        size_t length = strcspn(at, "&");
        if (length >= name_length && strncmp(at, name, name_length) == 0 &&
            (length == name_length || at[name_length] == '=')) {
            size_t skip = length == name_length ? length : name_length + 1;
            return http_decode(dst, size, at + skip, length - skip, true) ? ERR_MALFORMED_REQUEST
                                                                          : ERR_NONE;
        }
        at += length + (at[length] == '&' ? 1 : 0);
    }
    dst[0] = 0;
    return ERR_NOT_FOUND;
}

enum err http_req_arg_int(const struct http_req *req, const char *name, int64_t min, int64_t max,
                          int64_t absent, int64_t *ret_value)
{
    char text[24];
    char *end = NULL;
    enum err err = http_req_arg(req, name, text, sizeof(text));

    if (err == ERR_NOT_FOUND) {
        *ret_value = absent;
        return ERR_NONE;
    }
    if (err || strspn(text, "0123456789") != strlen(text) || text[0] == 0 || strlen(text) > 18) {
        return ERR_MALFORMED_REQUEST;
    }
    long long value = strtoll(text, &end, 10);
    if (value < min || value > max) {
        return ERR_MALFORMED_REQUEST;
    }
    *ret_value = value;
    return ERR_NONE;
}
