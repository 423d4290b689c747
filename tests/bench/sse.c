/* sse: many streams of events held by one client, and the time from a command to the last byte of
 * its event.
 *
 * usage: sse --port P --streams N [--path P] [--header LINE]... [--triggers K --gap MS --post PATH
 * --body TEXT]
 *
 * Opens N streams and reads them in one epoll loop. Then, K times: sends the POST on a connection
 * of its own, waits until every stream has had a whole event of kind ticket.* and the POST has its
 * answer, and notes the time from sending the POST to the last of them. Both servers are measured
 * so, the daemon and the raw writer (ceiling_sse); the commit of the daemon is inside its time.
 * Ends with one JSON line, microseconds.
 *
 * Without --triggers it prints "ready" when all streams are open and reads on until standard input
 * ends: streams that are simply there, for other figures. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define STREAM_MAX 10000
#define TRIGGER_MAX 1000
#define EVENT_MAX 512
/* Beyond this a stream has lost its event. */
#define WAIT_MS 20000
#define WORD "event: ticket."
#define WORD_LENGTH (sizeof WORD - 1)

/* What a stream is in: the head of the answer, then chunks (size line, data, end of line). */
enum part { PART_HEAD, PART_SIZE, PART_DATA, PART_END };

struct stream {
    int fd;
    enum part part;
    unsigned matched;  /* PART_HEAD: of the empty line */
    unsigned head;     /* PART_HEAD: characters so far */
    size_t chunk_left; /* PART_DATA; PART_SIZE: digits so far */
    unsigned line;     /* characters of the current line that are as in WORD; ~0 once they differ */
    bool line_empty;
    bool wanted; /* the event being read is one of a ticket */
    long events; /* of tickets, whole */
};

struct sse {
    uint16_t port;
    int count;
    const char *path, *post, *body;
    char headers[BENCH_REQUEST_MAX / 2];
    long triggers;
    long gap_ms;
    struct stream *streams;
    int epoll_fd;
    int post_fd;
    struct bench_answer answer;
    int answered; /* POSTs with an answer */
    int open;     /* streams whose head is read */
    long target;  /* events each stream must have had */
    int behind;   /* streams that have not */
    int64_t times_ns[TRIGGER_MAX];
};

/* One character of an event stream. */
static void take_text(struct sse *sse, struct stream *stream, char c)
{
    if (c == '\n') {
        if (stream->line_empty && stream->wanted) {
            stream->events++;
            sse->behind -= stream->events == sse->target ? 1 : 0;
        }
        stream->wanted = stream->wanted && !stream->line_empty;
        stream->line = 0;
        stream->line_empty = true;
        return;
    }
    stream->line_empty = false;
    if (stream->line < WORD_LENGTH && WORD[stream->line] == c) {
        stream->line++;
        stream->wanted = stream->wanted || stream->line == WORD_LENGTH;
    } else {
        stream->line = WORD_LENGTH + 1;
    }
}

static void take_head(struct sse *sse, struct stream *stream, char c)
{
    static const char begin[] = "HTTP/1.1 200";
    static const char end[] = "\r\n\r\n";

    if (stream->head < sizeof begin - 1 && c != begin[stream->head++]) {
        bench_fail("a stream was refused, after %d were opened", sse->open);
    }
    stream->matched = c == end[stream->matched] ? stream->matched + 1 : c == '\r' ? 1 : 0;
    if (stream->matched == 4) {
        stream->matched = 0;
        stream->part = PART_SIZE;
        stream->line_empty = true;
        sse->open++;
    }
}

static void take_size(struct stream *stream, char c)
{
    if (c >= '0' && c <= '9') {
        stream->chunk_left = stream->chunk_left * 16 + (size_t)(c - '0');
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        stream->chunk_left = stream->chunk_left * 16 + (size_t)((c | 0x20) - 'a' + 10);
    } else if (c == '\n') {
        stream->part = PART_DATA;
    }
}

static void take(struct sse *sse, struct stream *stream, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        switch (stream->part) {
        case PART_HEAD:
            take_head(sse, stream, bytes[i]);
            break;
        case PART_SIZE:
            take_size(stream, bytes[i]);
            break;
        case PART_DATA:
            take_text(sse, stream, bytes[i]);
            stream->part = --stream->chunk_left == 0 ? PART_END : PART_DATA;
            break;
        case PART_END:
            stream->part = bytes[i] == '\n' ? PART_SIZE : PART_END;
            break;
        }
    }
}

static void receive(struct sse *sse, int index)
{
    static char bytes[BENCH_READ_MAX];
    int fd = index < sse->count ? sse->streams[index].fd : sse->post_fd;
    ssize_t length = read(fd, bytes, sizeof bytes);

    if (length < 0 && errno == EAGAIN) {
        return;
    }
    if (length <= 0) {
        bench_fail("the server closed %s",
                   index < sse->count ? "a stream" : "the connection of commands");
    }
    if (index < sse->count) {
        take(sse, &sse->streams[index], bytes, (size_t)length);
    } else if (bench_answer_take(&sse->answer, bytes, (size_t)length)) {
        if (sse->answer.status >= 300) {
            bench_fail("the command was refused: %.300s", sse->answer.head);
        }
        sse->answer.head_length = 0;
        sse->answer.in_body = false;
        sse->answered++;
    }
}

/* Reads what comes for at most that long. */
static int pump(struct sse *sse, int wait_ms)
{
    struct epoll_event events[EVENT_MAX];
    int count = epoll_wait(sse->epoll_fd, events, EVENT_MAX, wait_ms);

    for (int i = 0; i < count; i++) {
        receive(sse, (int)events[i].data.u32);
    }
    return count;
}

static void watch(struct sse *sse, int fd, int index)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};

    if (epoll_ctl(sse->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        bench_fail("epoll: %s", strerror(errno));
    }
}

static void open_all(struct sse *sse)
{
    static struct bench_request request;
    int64_t begun_ns = bench_now_ns();

    sse->streams = calloc((size_t)sse->count, sizeof *sse->streams);
    sse->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (sse->streams == NULL || sse->epoll_fd < 0) {
        bench_fail("no memory");
    }
    bench_request_make(&request, "GET", sse->path, 0, sse->headers, false, NULL);
    for (int i = 0; i < sse->count; i++) {
        int fd = bench_connect(sse->port, false);
        bench_write_all(fd, request.bytes, request.length);
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
        sse->streams[i].fd = fd;
        watch(sse, fd, i);
        /* The server gets the time to accept. */
        while (i - sse->open > 200) {
            (void)pump(sse, 100);
        }
    }
    while (sse->open < sse->count) {
        (void)pump(sse, 100);
        if (bench_now_ns() - begun_ns > (int64_t)WAIT_MS * 1000000) {
            bench_fail("only %d of %d streams opened", sse->open, sse->count);
        }
    }
}

/* Lets everything settle: what is on its way is read before the next trigger. */
static void settle(struct sse *sse, long ms)
{
    int64_t until_ns = bench_now_ns() + ms * 1000000;

    for (int64_t left = until_ns - bench_now_ns(); left > 0; left = until_ns - bench_now_ns()) {
        (void)pump(sse, (int)(left / 1000000) + 1);
    }
}

static void trigger(struct sse *sse, struct bench_request *request, long turn)
{
    sse->target = 0;
    for (int i = 0; i < sse->count; i++) {
        sse->streams[i].events = 0;
    }
    sse->target = 1;
    sse->behind = sse->count;
    sse->answered = 0;
    bench_request_stamp(request, (uint64_t)(bench_now_ns() / 1000));
    int64_t begun_ns = bench_now_ns();
    int64_t last_ns = begun_ns;
    bench_write_all(sse->post_fd, request->bytes, request->length);
    while (sse->behind > 0 || sse->answered == 0) {
        bool streams_behind = sse->behind > 0;
        (void)pump(sse, 1000);
        last_ns = streams_behind ? bench_now_ns() : last_ns;
        if (bench_now_ns() - begun_ns > (int64_t)WAIT_MS * 1000000) {
            bench_fail("%d of %d streams had no event, answers %d, turn %ld", sse->behind,
                       sse->count, sse->answered, turn);
        }
    }
    sse->times_ns[turn] = last_ns - begun_ns;
}

static void measure(struct sse *sse)
{
    static struct bench_request request;
    size_t count = (size_t)sse->triggers;

    bench_request_make(&request, "POST", sse->post, 0, sse->headers, true, sse->body);
    sse->post_fd = bench_connect(sse->port, false);
    watch(sse, sse->post_fd, sse->count);
    trigger(sse, &request, 0); /* warm-up, overwritten */
    for (long i = 0; i < sse->triggers; i++) {
        settle(sse, sse->gap_ms);
        trigger(sse, &request, i);
    }
    bench_sort(sse->times_ns, count);
    (void)printf(
        "{\"streams\":%d,\"triggers\":%ld,\"p50_us\":%.0f,\"min_us\":%.0f,\"max_us\":%.0f}\n",
        sse->count, sse->triggers, (double)bench_percentile(sse->times_ns, count, 0.5) / 1e3,
        (double)sse->times_ns[0] / 1e3, (double)sse->times_ns[count - 1] / 1e3);
}

static void hold(struct sse *sse)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte;

    (void)printf("ready\n");
    (void)fflush(stdout);
    while (poll(&input, 1, 0) == 0 || read(STDIN_FILENO, &byte, 1) > 0) {
        (void)pump(sse, 50);
    }
}

static void add_header(struct sse *sse, const char *line)
{
    size_t used = strlen(sse->headers);
    int length = snprintf(sse->headers + used, sizeof sse->headers - used, "%s\r\n", line);

    if (length < 0 || (size_t)length >= sizeof sse->headers - used) {
        bench_fail("the headers are too long");
    }
}

static void parse(struct sse *sse, int argc, char **argv)
{
    static const struct option options[] = {
        {"port", 1, NULL, 'p'},   {"streams", 1, NULL, 's'},  {"path", 1, NULL, 'u'},
        {"header", 1, NULL, 'h'}, {"triggers", 1, NULL, 't'}, {"gap", 1, NULL, 'g'},
        {"post", 1, NULL, 'o'},   {"body", 1, NULL, 'b'},     {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            sse->port = (uint16_t)bench_number(optarg, 1, 65535);
            break;
        case 's':
            sse->count = (int)bench_number(optarg, 1, STREAM_MAX);
            break;
        case 'u':
            sse->path = optarg;
            break;
        case 'h':
            add_header(sse, optarg);
            break;
        case 't':
            sse->triggers = bench_number(optarg, 1, TRIGGER_MAX);
            break;
        case 'g':
            sse->gap_ms = bench_number(optarg, 0, 60000);
            break;
        case 'o':
            sse->post = optarg;
            break;
        case 'b':
            sse->body = optarg;
            break;
        default:
            exit(2);
        }
    }
    if (sse->port == 0 || optind != argc || (sse->triggers > 0 && sse->post == NULL)) {
        bench_fail("--port is needed, and --post with --triggers; see the head of sse.c");
    }
}

int main(int argc, char **argv)
{
    static struct sse sse = {.count = 1, .path = "/api/v1/events", .gap_ms = 20, .post_fd = -1};

    parse(&sse, argc, argv);
    bench_raise_descriptors();
    open_all(&sse);
    if (sse.triggers > 0) {
        settle(&sse, 200);
        measure(&sse);
    } else {
        hold(&sse);
    }
    return 0;
}
