/* bench: time, sockets and one HTTP exchange, for the programs of this folder. See bench.h.
 *
 * The reader of answers knows as much of HTTP as our servers send: a head, and a body with a
 * Content-Length or none at all. */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BACKLOG 4096

int64_t bench_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void bench_fail(const char *format, ...)
{
    va_list arguments;

    (void)fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    exit(1);
}

long bench_number(const char *text, long min, long max)
{
    char *end = NULL;
    long value = strtol(text, &end, 10);

    if (end == text || *end != '\0' || value < min || value > max) {
        bench_fail("%s is not a number from %ld to %ld", text, min, max);
    }
    return value;
}

void bench_raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void set_nonblocking(int fd)
{
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        bench_fail("fcntl: %s", strerror(errno));
    }
}

int bench_connect(uint16_t port, bool nonblocking)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        bench_fail("cannot connect to port %u: %s", (unsigned)port, strerror(errno));
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (nonblocking) {
        set_nonblocking(fd);
    }
    return fd;
}

int bench_listen(uint16_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        bench_fail("cannot listen: %s", strerror(errno));
    }
    set_nonblocking(fd);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

void bench_write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);
        if (count <= 0) {
            bench_fail("write: %s", strerror(errno));
        }
        bytes += count;
        length -= (size_t)count;
    }
}

/* The text with its first "%d", if any, as that number. */
static void fill_hole(char *dst, size_t size, const char *text, int number)
{
    const char *hole = strstr(text, "%d");
    int length = hole == NULL
                     ? snprintf(dst, size, "%s", text)
                     : snprintf(dst, size, "%.*s%d%s", (int)(hole - text), text, number, hole + 2);

    if (length < 0 || (size_t)length >= size) {
        bench_fail("longer than %zu bytes: %.60s", size, text);
    }
}

void bench_request_make(struct bench_request *request, const char *method, const char *path,
                        int number, const char *headers, bool key, const char *body)
{
    static const char key_name[] = "Idempotency-Key: bench-";
    char own_path[1024];
    char own_body[1024];
    char length_line[96] = "";

    fill_hole(own_path, sizeof own_path, path, number);
    fill_hole(own_body, sizeof own_body, body != NULL ? body : "", number);
    if (body != NULL) {
        (void)snprintf(length_line, sizeof length_line,
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                       strlen(own_body));
    }
    int length =
        snprintf(request->bytes, sizeof request->bytes,
                 "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s%s\r\n%s", method, own_path, headers,
                 length_line, key ? key_name : "", key ? "0000000000000000\r\n" : "", own_body);
    if (length < 0 || (size_t)length >= sizeof request->bytes) {
        bench_fail("the request is longer than %d bytes", BENCH_REQUEST_MAX);
    }
    request->length = (size_t)length;
    const char *name = key ? strstr(request->bytes, key_name) : NULL;
    request->key_at = name != NULL ? (size_t)(name - request->bytes) + sizeof key_name - 1 : 0;
}

void bench_request_stamp(struct bench_request *request, uint64_t number)
{
    if (request->key_at == 0) {
        return;
    }
    char *digits = request->bytes + request->key_at;
    for (int i = BENCH_KEY_DIGITS - 1; i >= 0; i--) {
        digits[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* The head is whole: status and length of what follows. Anything chunked is not for this reader. */
static void read_head(struct bench_answer *answer)
{
    static const char name[] = "\r\nContent-Length:";
    const char *length = strcasestr(answer->head, name);

    answer->status = (int)strtol(answer->head + sizeof "HTTP/1.1", NULL, 10);
    answer->body_left = length != NULL ? strtol(length + sizeof name - 1, NULL, 10) : 0;
    answer->in_body = true;
}

bool bench_answer_take(struct bench_answer *answer, const char *bytes, size_t length)
{
    if (!answer->in_body) {
        size_t before = answer->head_length;
        size_t part =
            length < sizeof answer->head - 1 - before ? length : sizeof answer->head - 1 - before;
        memcpy(answer->head + before, bytes, part);
        answer->head[before + part] = '\0';
        answer->head_length += part;
        char *end = strstr(answer->head, "\r\n\r\n");
        if (end == NULL) {
            if (part < length) {
                bench_fail("the head of an answer is longer than %d bytes", BENCH_HEAD_MAX);
            }
            return false;
        }
        size_t used = (size_t)(end + 4 - answer->head) - before;
        end[2] = '\0';
        read_head(answer);
        bytes += used;
        length -= used;
    }
    answer->body_left -= (long)length;
    if (answer->body_left < 0) {
        bench_fail("an answer is longer than it says: %.200s", answer->head);
    }
    return answer->body_left == 0;
}

int bench_exchange(int fd, const struct bench_request *request)
{
    static char bytes[BENCH_READ_MAX];
    struct bench_answer answer = {.head_length = 0};
    bool done = false;

    bench_write_all(fd, request->bytes, request->length);
    while (!done) {
        ssize_t count = read(fd, bytes, sizeof bytes);
        if (count <= 0) {
            bench_fail("the server closed the connection");
        }
        done = bench_answer_take(&answer, bytes, (size_t)count);
    }
    return answer.status;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

void bench_sort(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
}

int64_t bench_percentile(const int64_t *sorted, size_t count, double share)
{
    size_t rank = (size_t)(share * (double)count + 0.999999);

    return count == 0 ? 0 : sorted[rank == 0 ? 0 : rank > count ? count - 1 : rank - 1];
}
