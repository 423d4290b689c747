/* load: many HTTP/1.1 keep-alive connections to one server on the loopback, each with one request
 * under way.
 *
 * usage: load --port P --connections C --total N [--rate R] [--method M] [--path P] [--header
 * LINE]...
 *             [--body TEXT] [--key FIRST] [--numbers K] [--expect STATUS]
 *
 * One epoll loop. Without --rate a connection sends its next request as soon as it has its answer
 * (closed loop); with it requests are due R times a second and go out on an idle connection, and
 * the time of one that found none begins when it was due, so that a slow server is not spared.
 * --key gives every request an Idempotency-Key of its own, counted from FIRST. "%d" in path and
 * body becomes 1 + connection % K. One warm-up request for each connection is sent before the clock
 * starts (not with --rate). Ends with one JSON line: requests a second, and times in microseconds.
 * Any status but the expected (and 204) is counted as an error; the first is printed. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench.h"

#define CONNECTION_MAX 4096
#define TOTAL_MAX 2000000
#define EVENT_MAX 512
/* No figure waits longer for a server that stands still. */
#define SILENCE_MS 20000

struct connection {
    int fd;
    struct bench_request request;
    struct bench_answer answer;
    int64_t begun_ns;
    int next_idle;
};

struct load {
    uint16_t port;
    int connection_count;
    long total;
    long rate; /* a second; 0: closed loop */
    const char *method, *path, *body;
    char headers[BENCH_REQUEST_MAX / 2];
    bool key;
    uint64_t key_next;
    int numbers;
    int expect;
    struct connection *connections;
    int epoll_fd;
    int idle; /* first of the idle connections, -1 none */
    long sent, done, errors;
    int64_t *times_ns;
    int64_t begun_ns;
};

static void send_next(struct load *load, struct connection *connection, int64_t begun_ns)
{
    connection->answer.head_length = 0;
    connection->answer.in_body = false;
    connection->begun_ns = begun_ns;
    bench_request_stamp(&connection->request, load->key_next++);
    load->sent++;
    /* The socket is empty between requests, and a request is far smaller than its buffer. */
    bench_write_all(connection->fd, connection->request.bytes, connection->request.length);
}

static void connect_all(struct load *load)
{
    load->connections = calloc((size_t)load->connection_count, sizeof *load->connections);
    load->times_ns = calloc((size_t)load->total, sizeof *load->times_ns);
    load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (load->connections == NULL || load->times_ns == NULL || load->epoll_fd < 0) {
        bench_fail("no memory");
    }
    load->idle = -1;
    for (int i = 0; i < load->connection_count; i++) {
        struct connection *connection = &load->connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        connection->fd = bench_connect(load->port, false);
        bench_request_make(&connection->request, load->method, load->path, 1 + i % load->numbers,
                           load->headers, load->key, load->body);
        if (load->rate == 0) {
            bench_request_stamp(&connection->request, load->key_next++);
            (void)bench_exchange(connection->fd, &connection->request);
        }
        connection->next_idle = load->idle;
        load->idle = i;
        if (epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
            bench_fail("epoll: %s", strerror(errno));
        }
    }
}

static void finish(struct load *load, int index)
{
    struct connection *connection = &load->connections[index];
    int status = connection->answer.status;
    int64_t now_ns = bench_now_ns();

    load->times_ns[load->done++] = now_ns - connection->begun_ns;
    if (status != load->expect && status != 204) {
        if (load->errors++ == 0) {
            (void)fprintf(stderr, "load: status %d: %.300s\n", status, connection->answer.head);
        }
    }
    if (load->rate == 0 && load->sent < load->total) {
        send_next(load, connection, now_ns);
        return;
    }
    connection->next_idle = load->idle;
    load->idle = index;
}

static void receive(struct load *load, int index)
{
    static char bytes[BENCH_READ_MAX];
    struct connection *connection = &load->connections[index];
    ssize_t count = read(connection->fd, bytes, sizeof bytes);

    if (count <= 0) {
        bench_fail("the server closed a connection after %ld answers", load->done);
    }
    if (bench_answer_take(&connection->answer, bytes, (size_t)count)) {
        finish(load, index);
    }
}

/* Sends what is due on idle connections; returns how long epoll may sleep. */
static int send_due(struct load *load)
{
    int64_t now_ns = bench_now_ns();

    /* Bounded by the connections and by the total. */
    while (load->sent < load->total && load->idle >= 0) {
        int64_t due_ns =
            load->rate == 0 ? now_ns : load->begun_ns + load->sent * 1000000000 / load->rate;
        if (due_ns > now_ns) {
            return (int)((due_ns - now_ns) / 1000000) + 1;
        }
        struct connection *connection = &load->connections[load->idle];
        load->idle = connection->next_idle;
        /* epoll sleeps whole milliseconds: what is later than that had to wait for a connection. */
        bool waited = now_ns - due_ns > 3000000;
        send_next(load, connection, waited ? due_ns : bench_now_ns());
    }
    return SILENCE_MS;
}

static void run(struct load *load)
{
    struct epoll_event events[EVENT_MAX];
    int64_t heard_ns = bench_now_ns();

    load->begun_ns = bench_now_ns();
    while (load->done < load->total) {
        int count = epoll_wait(load->epoll_fd, events, EVENT_MAX, send_due(load));
        for (int i = 0; i < count; i++) {
            receive(load, (int)events[i].data.u32);
        }
        int64_t now_ns = bench_now_ns();
        heard_ns = count > 0 || load->sent == load->done ? now_ns : heard_ns;
        if (now_ns - heard_ns > (int64_t)SILENCE_MS * 1000000) {
            bench_fail("no answer for %d s after %ld answers", SILENCE_MS / 1000, load->done);
        }
    }
}

static void report(struct load *load)
{
    double seconds = (double)(bench_now_ns() - load->begun_ns) / 1e9;
    size_t count = (size_t)load->done;

    bench_sort(load->times_ns, count);
    (void)printf(
        "{\"requests\":%ld,\"errors\":%ld,\"seconds\":%.3f,\"per_second\":%.0f,\"p50_us\":%.0f,"
        "\"p90_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f}\n",
        load->done, load->errors, seconds, (double)load->done / seconds,
        (double)bench_percentile(load->times_ns, count, 0.5) / 1e3,
        (double)bench_percentile(load->times_ns, count, 0.9) / 1e3,
        (double)bench_percentile(load->times_ns, count, 0.99) / 1e3,
        (double)bench_percentile(load->times_ns, count, 1.0) / 1e3);
}

static void add_header(struct load *load, const char *line)
{
    size_t used = strlen(load->headers);
    int length = snprintf(load->headers + used, sizeof load->headers - used, "%s\r\n", line);

    if (length < 0 || (size_t)length >= sizeof load->headers - used) {
        bench_fail("the headers are too long");
    }
}

static void parse(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {
        {"port", 1, NULL, 'p'},   {"connections", 1, NULL, 'c'}, {"total", 1, NULL, 't'},
        {"rate", 1, NULL, 'r'},   {"method", 1, NULL, 'm'},      {"path", 1, NULL, 'u'},
        {"header", 1, NULL, 'h'}, {"body", 1, NULL, 'b'},        {"key", 1, NULL, 'k'},
        {"expect", 1, NULL, 'e'}, {"numbers", 1, NULL, 'n'},     {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            load->port = (uint16_t)bench_number(optarg, 1, 65535);
            break;
        case 'c':
            load->connection_count = (int)bench_number(optarg, 1, CONNECTION_MAX);
            break;
        case 't':
            load->total = bench_number(optarg, 1, TOTAL_MAX);
            break;
        case 'r':
            load->rate = bench_number(optarg, 1, 100000);
            break;
        case 'm':
            load->method = optarg;
            break;
        case 'u':
            load->path = optarg;
            break;
        case 'h':
            add_header(load, optarg);
            break;
        case 'b':
            load->body = optarg;
            break;
        case 'k':
            load->key = true;
            load->key_next = (uint64_t)bench_number(optarg, 0, 1000000000000);
            break;
        case 'e':
            load->expect = (int)bench_number(optarg, 100, 599);
            break;
        case 'n':
            load->numbers = (int)bench_number(optarg, 1, 999);
            break;
        default:
            exit(2);
        }
    }
    if (load->port == 0 || optind != argc) {
        bench_fail("--port is needed; see the head of load.c");
    }
}

int main(int argc, char **argv)
{
    static struct load load = {.connection_count = 1,
                               .total = 1000,
                               .method = "GET",
                               .path = "/",
                               .numbers = 1,
                               .expect = 200};

    parse(&load, argc, argv);
    bench_raise_descriptors();
    connect_all(&load);
    run(&load);
    report(&load);
    return load.errors > 0 ? 3 : 0;
}
