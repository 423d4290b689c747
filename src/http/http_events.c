/* http_events: streams of events (Server-Sent Events).
 *
 * A stream is a response whose body never ends. Each keeps a position in the bus's ring; the
 * library asks for more bytes whenever the socket takes some, and the stream copies frames from the
 * ring (printed once, shared by all). When nothing is left the connection is suspended. After each
 * publication one pass looks at the new frames and resumes those streams that want one of them; the
 * others only move their position on. A reader so slow that its position leaves the ring is told to
 * start afresh and closed. Only the HTTP thread touches any of this. */
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "http_internal.h"
#include "log.h"

#define RETRY_TEXT "retry: 2000\n\n"
#define RESET_TEXT "event: reset\ndata: {}\n\n"
#define FIRST_RESET_TEXT RETRY_TEXT RESET_TEXT
#define BEAT_TEXT ":\n\n"
#define BEAT_MS 15000
/* New frames looked at in one pass over the streams; a batch of the engine makes some hundred. */
#define WAKE_FRAMES 256
/* Some fifty events. */
#define SEND_BUFFER (64 * 1024)
/* Bytes of the response's own buffer; used for HTTP/1.0 clients only, chunks are made in the
 * connection's pool. */
#define BLOCK_SIZE 512
/* Streams woken in one turn of the loop: about two milliseconds of writing. */
#define STREAM_SLICE 192
#define STAFF                                                                                      \
    (ROLE_CLERK | ROLE_LOBBY | ROLE_SUPERVISOR | ROLE_ADMIN | ROLE_AUDITOR | ROLE_INTEGRATION)
/* Who may sign in, and when they did, is for those who may ask for it as well. */
#define PEOPLE (ROLE_ADMIN | ROLE_AUDITOR | ROLE_INTEGRATION)

struct http_stream {
    struct http *http;
    struct MHD_Connection *connection;
    struct http_stream *previous, *next;
    struct http_topics topics;
    uint64_t position;
    const struct bus_frame *frame; /* being sent; a reference is held */
    size_t offset;                 /* of it */
    const char *text;              /* static text to send first */
    int64_t written_ms;
    int64_t expires_ms; /* of the session, wall clock; 0 never */
    uint8_t hash[DIGEST_SIZE];
    bool staff;
    bool people; /* hears of user.* */
    bool suspended;
    bool due; /* in line to be woken */
    struct http_stream *due_next;
    bool ending; /* nothing follows what is being sent */
};

static size_t frame_length(const struct http_stream *stream, const struct bus_frame *frame)
{
    return stream->staff ? frame->staff_length : frame->public_length;
}

static bool stream_wants(const struct http_stream *stream, const struct bus_frame *frame)
{
    return frame_length(stream, frame) > 0 &&
           (stream->people || strncmp(frame->kind, "user.", 5) != 0) &&
           http_topics_match(&stream->topics, frame, &stream->http->zones);
}

/* Takes the next frame that this stream wants. False: nothing is left, or the stream ends. Bounded
 * by the ring. */
static bool stream_next(struct http_stream *stream)
{
    struct bus *bus = stream->http->options.bus;

    for (;;) {
        enum err err = bus_take(bus, &stream->position, &stream->frame);
        if (err == ERR_GONE) {
            stream->frame = NULL;
            stream->text = RESET_TEXT;
            stream->ending = true;
            return true;
        }
        if (err) {
            stream->frame = NULL;
            return false;
        }
        if (stream_wants(stream, stream->frame)) {
            stream->offset = 0;
            return true;
        }
        bus_release(bus, stream->frame);
    }
}

static size_t copy_text(struct http_stream *stream, char *dst, size_t max)
{
    size_t length = strlen(stream->text);
    size_t part = length < max ? length : max;

    memcpy(dst, stream->text, part);
    stream->text = part == length ? NULL : stream->text + part;
    return part;
}

static size_t copy_frame(struct http_stream *stream, char *dst, size_t max)
{
    const struct bus_frame *frame = stream->frame;
    const char *bytes = stream->staff ? frame->staff_bytes : frame->public_bytes;
    size_t left = frame_length(stream, frame) - stream->offset;
    size_t part = left < max ? left : max;

    memcpy(dst, bytes + stream->offset, part);
    stream->offset += part;
    if (part == left) {
        bus_release(stream->http->options.bus, frame);
        stream->frame = NULL;
    }
    return part;
}

/* The library asks for bytes. Each turn of the loop adds some or ends it. */
static ssize_t stream_read(void *context, uint64_t position, char *dst, size_t max)
{
    struct http_stream *stream = context;
    size_t used = 0;

    (void)position;
    while (used < max) {
        if (stream->text) {
            used += copy_text(stream, dst + used, max - used);
        } else if (stream->frame) {
            used += copy_frame(stream, dst + used, max - used);
        } else if (stream->ending || !stream_next(stream)) {
            break;
        }
    }
    if (used > 0) {
        stream->written_ms = clock_mono_ms();
        return (ssize_t)used;
    }
    if (stream->ending) {
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    stream->suspended = true;
    MHD_suspend_connection(stream->connection);
    return 0;
}

/* Streams with something to say stand in line and are woken a slice at a time, between which the
 * loop serves everybody else: thousands of displays do not make a kiosk wait. */
static void stream_due(struct http_stream *stream)
{
    struct http *http = stream->http;

    if (!stream->suspended || stream->due) {
        return;
    }
    stream->due = true;
    stream->due_next = NULL;
    if (http->due_last) {
        http->due_last->due_next = stream;
    } else {
        http->due_first = stream;
    }
    http->due_last = stream;
}

/* Out of the line, wherever it stands; rare, so it is looked for. */
static void due_drop(struct http_stream *stream)
{
    struct http *http = stream->http;
    struct http_stream *before = NULL;

    if (!stream->due) {
        return;
    }
    for (struct http_stream *at = http->due_first; at != stream; at = at->due_next) {
        before = at;
    }
    if (before) {
        before->due_next = stream->due_next;
    } else {
        http->due_first = stream->due_next;
    }
    if (http->due_last == stream) {
        http->due_last = before;
    }
    stream->due = false;
}

/* Called with the response's end: the connection is gone, or it never came to be. */
static void stream_free(void *context)
{
    struct http_stream *stream = context;
    struct http *http = stream->http;

    if (stream->frame) {
        bus_release(http->options.bus, stream->frame);
    }
    if (stream->previous) {
        stream->previous->next = stream->next;
    } else {
        http->streams = stream->next;
    }
    if (stream->next) {
        stream->next->previous = stream->previous;
    }
    due_drop(stream);
    http->stream_count--;
    http->public_stream_count -= stream->staff ? 0 : 1;
    free(stream);
}

static void stream_resume(struct http_stream *stream)
{
    if (stream->suspended) {
        stream->suspended = false;
        http_job_resume(stream->http, stream->connection);
    }
}

/* Where the stream begins: after the event the page saw last, or now. Sets the first text. */
static void stream_seek(struct http_stream *stream, int64_t last_seq)
{
    struct bus *bus = stream->http->options.bus;

    stream->text = RETRY_TEXT;
    if (last_seq < 0) {
        stream->position = bus_head(bus);
    } else if (bus_seek(bus, last_seq, &stream->position)) {
        stream->position = bus_head(bus);
        stream->text = FIRST_RESET_TEXT;
    }
}

static struct http_stream *stream_create(struct http_req *req, const struct http_topics *topics)
{
    struct http *http = req->http;
    struct http_stream *stream = calloc(1, sizeof(*stream));

    if (!stream) {
        return NULL;
    }
    stream->http = http;
    stream->connection = req->connection;
    stream->topics = *topics;
    stream->staff = req->route->roles != HTTP_ANYONE && (req->caller.identity.roles & STAFF);
    stream->people = stream->staff && (req->caller.identity.roles & PEOPLE);
    stream->expires_ms = req->caller.expires_ms;
    memcpy(stream->hash, req->caller.hash, DIGEST_SIZE);
    stream->written_ms = clock_mono_ms();
    stream->next = http->streams;
    if (stream->next) {
        stream->next->previous = stream;
    }
    http->streams = stream;
    http->stream_count++;
    http->public_stream_count += stream->staff ? 0 : 1;
    return stream;
}

/* A suspended connection never notices that its client left; the heartbeat does, if the kernel
 * gives up soon. */
static void socket_tune(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 20},
        {IPPROTO_TCP, TCP_KEEPINTVL, 10},
        {IPPROTO_TCP, TCP_KEEPCNT, 3},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 20000},
        /* Else the kernel keeps up to 4 MiB for each reader that is slow. */
        {SOL_SOCKET, SO_SNDBUF, SEND_BUFFER},
    };

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int))) {
            log_debug("http", "socket option %d not set", options[i].name);
        }
    }
}

/* The job, if one was needed to get here, is not needed for the hours that follow. */
static void drop_job(struct http_req *req)
{
    if (req->job) {
        engine_job_fini(req->job);
        free(req->job);
        req->job = NULL;
    }
}

static void stream_answer(struct http_req *req, struct http_stream *stream)
{
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_SIZE, stream_read, stream, stream_free);

    if (!response) {
        stream_free(stream);
        req->failed = true;
        return;
    }
    http_reply_headers(req, response, HTTP_POLICY_API);
    (void)MHD_add_response_header(response, "Content-Type", "text/event-stream");
    (void)MHD_add_response_header(response, "X-Accel-Buffering", "no");
    /* The end of a stream is the end of its connection: a reader that was dropped holds nothing. */
    (void)MHD_add_response_header(response, "Connection", "close");
    req->status = 200;
    req->streaming = true;
    req->step = HTTP_STEP_ANSWERED;
    socket_tune(req->socket->fd);
    http_socket_phase(req->socket, HTTP_PHASE_WORK);
    drop_job(req);
    req->failed = MHD_queue_response(req->connection, 200, response) != MHD_YES;
    MHD_destroy_response(response);
}

static void stream_begin(struct http_req *req, const struct http_topics *topics, int64_t last_seq)
{
    struct wire_problem problem;
    struct http_reply reply;
    struct http_stream *stream;

    if (strcmp(req->method, "HEAD") == 0) {
        http_reply_text(req, 200, "text/event-stream", "");
        return;
    }
    if (req->http->stream_count >= req->http->options.stream_max || req->http->ending) {
        http_reply_init(&reply, 0);
        reply.retry_s = 5;
        wire_problem_init(&problem, ERR_BUSY);
        http_reply_problem_full(req, &problem, &reply);
        return;
    }
    stream = stream_create(req, topics);
    if (!stream) {
        http_reply_problem(req, ERR_NO_MEMORY);
        return;
    }
    stream_seek(stream, last_seq);
    stream_answer(req, stream);
}

/* Last-Event-ID, else since=, else -1. What is no number begins now, as if it was not there. */
static int64_t last_seq_of(const struct http_req *req)
{
    const char *header = http_req_header(req, "Last-Event-ID");
    int64_t seq = -1;

    if (header && header[0] && strlen(header) <= 18 &&
        strspn(header, "0123456789") == strlen(header)) {
        return strtoll(header, NULL, 10);
    }
    return http_req_arg_int(req, "since", 0, INT64_MAX, -1, &seq) ? -1 : seq;
}

void http_handle_events(struct http_req *req)
{
    char text[HTTP_TOPIC_MAX * 48];
    struct http_topics topics = {0};
    enum err err = http_req_arg(req, "topics", text, sizeof(text));

    if ((err && err != ERR_NOT_FOUND) || http_topics_parse(&topics, text)) {
        http_reply_problem_at(req, ERR_MALFORMED_REQUEST, "?topics",
                              "a list of display[:zone], window:no, service:code, ticket:id, hall");
        return;
    }
    stream_begin(req, &topics, last_seq_of(req));
}

/* The engine has found the visitor's ticket. Its id is the topic; without one the page is told of
 * everything that is public, and reads its ticket anew more often than it need. */
static void public_found(struct http_req *req)
{
    struct http_topics topics = {.count = req->job->cmd.ticket_id[0] ? 1 : 0};

    if (req->job->err) {
        http_reply_job(req);
        return;
    }
    topics.list[0].kind = HTTP_TOPIC_TICKET;
    memcpy(topics.list[0].code, req->job->cmd.ticket_id, TICKET_ID_SIZE);
    stream_begin(req, &topics, last_seq_of(req));
}

void http_handle_public_events(struct http_req *req)
{
    http_command_ask_by_token(req, ENGINE_GET_PUBLIC, public_found);
}

/* Looks at the next frames once for all streams. Returns how many; `ret_gone` when the ring was
 * faster. */
static int frames_take(struct http *http, const struct bus_frame *frames[WAKE_FRAMES],
                       bool *ret_gone)
{
    int count = 0;

    *ret_gone = false;
    while (count < WAKE_FRAMES) {
        enum err err = bus_take(http->options.bus, &http->seen, &frames[count]);
        if (err) {
            *ret_gone = err == ERR_GONE;
            break;
        }
        if (strcmp(frames[count]->kind, "config.changed") == 0) {
            http->zones.count =
                0; /* until the new ones are known, displays are told too much, not too little */
            http->zones_asked = false;
        }
        count++;
    }
    return count;
}

static void stream_offer(struct http_stream *stream, const struct bus_frame *const *frames,
                         int count)
{
    if (!stream->suspended || stream->due) {
        return; /* it reads on from its own position */
    }
    for (int i = 0; i < count; i++) {
        if (stream_wants(stream, frames[i])) {
            stream_due(stream);
            return;
        }
    }
    /* A suspended stream had taken everything before these frames, and wants none of them. */
    stream->position = stream->http->seen;
}

void http_events_wake(struct http *http)
{
    const struct bus_frame *frames[WAKE_FRAMES];
    bool gone;
    int count;

    /* Bounded by the ring, which the engine fills more slowly than this pass empties it. */
    do {
        count = frames_take(http, frames, &gone);
        if (gone) {
            http->seen = bus_head(http->options.bus);
        }
        for (struct http_stream *stream = http->streams; stream; stream = stream->next) {
            if (gone) {
                stream_due(stream);
            } else if (count > 0) {
                stream_offer(stream, frames, count);
            }
        }
        for (int i = 0; i < count; i++) {
            bus_release(http->options.bus, frames[i]);
        }
    } while (count == WAKE_FRAMES);
    if (!http->zones_asked) {
        http_events_load_zones(http);
    }
}

void http_events_slice(struct http *http)
{
    for (int i = 0; i < STREAM_SLICE && http->due_first; i++) {
        struct http_stream *stream = http->due_first;
        http->due_first = stream->due_next;
        http->due_last = http->due_first ? http->due_last : NULL;
        stream->due = false;
        stream_resume(stream);
    }
}

void http_events_tick(struct http *http, int64_t now_ms)
{
    int64_t wall_ms = clock_wall_ms();

    for (struct http_stream *stream = http->streams; stream; stream = stream->next) {
        if (stream->expires_ms && wall_ms >= stream->expires_ms) {
            stream->ending = true;
            stream_resume(stream);
        } else if (stream->suspended && now_ms - stream->written_ms >= BEAT_MS) {
            stream->text = BEAT_TEXT;
            stream_due(stream);
        }
    }
}

void http_events_end(struct http *http, const uint8_t *hash)
{
    for (struct http_stream *stream = http->streams; stream; stream = stream->next) {
        if (!hash || digest_equal(stream->hash, hash, DIGEST_SIZE)) {
            stream->ending = true;
            stream_resume(stream);
        }
    }
}
