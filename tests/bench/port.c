/* port: from the answer to a call to the first byte on the port of the sign.
 *
 * usage: port COUNT PATH HEADER-FILE
 *
 * Is the serial-device server that a tcp: link of the daemon connects to. Prints "port N" and waits
 * for a line with the daemon's own port on standard input; by then HEADER-FILE holds a header line
 * of the requests. Then, COUNT times: waits until the port has been silent for a while, sends the
 * POST, and notes when it was sent, when its answer was there and when the first byte came to the
 * port. The byte may come before the answer; that is then 0. Ends with one JSON line, microseconds.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define COUNT_MAX 10000
#define SILENT_MS 8
#define WAIT_MS 5000

static int wait_for(struct pollfd *fds, nfds_t count, int wait_ms)
{
    int ready = poll(fds, count, wait_ms);

    if (ready < 0) {
        bench_fail("poll: %s", strerror(errno));
    }
    return ready;
}

static void drain(int fd)
{
    static char bytes[BENCH_READ_MAX];

    if (read(fd, bytes, sizeof bytes) <= 0) {
        bench_fail("the daemon closed the port");
    }
}

static int accept_port(int listener)
{
    struct pollfd fds = {.fd = listener, .events = POLLIN};

    if (wait_for(&fds, 1, WAIT_MS) == 0) {
        bench_fail("the daemon does not open the port");
    }
    return accept(listener, NULL, NULL);
}

static void measure_one(int port_fd, int http_fd, const struct bench_request *request,
                        int64_t *ret_sent_ns, int64_t *ret_answered_ns)
{
    static char bytes[BENCH_READ_MAX];
    struct pollfd fds[2] = {{.fd = port_fd, .events = POLLIN}, {.fd = http_fd, .events = POLLIN}};
    struct bench_answer answer = {.head_length = 0};
    int64_t byte_ns = 0;
    int64_t answer_ns = 0;

    while (wait_for(fds, 1, SILENT_MS) > 0) {
        drain(port_fd);
    }
    int64_t sent_ns = bench_now_ns();
    bench_write_all(http_fd, request->bytes, request->length);
    while (byte_ns == 0 || answer_ns == 0) {
        if (wait_for(fds, 2, WAIT_MS) == 0) {
            bench_fail("no byte on the port, or no answer (%d)", answer.status);
        }
        int64_t now_ns = bench_now_ns();
        if (fds[0].revents != 0) {
            drain(port_fd);
            byte_ns = byte_ns == 0 ? now_ns : byte_ns;
        }
        if (fds[1].revents != 0) {
            ssize_t length = read(http_fd, bytes, sizeof bytes);
            if (length <= 0) {
                bench_fail("the daemon closed the connection");
            }
            answer_ns = bench_answer_take(&answer, bytes, (size_t)length) ? now_ns : answer_ns;
        }
    }
    if (answer.status != 200) {
        bench_fail("the command was refused: %.300s", answer.head);
    }
    *ret_sent_ns = byte_ns - sent_ns;
    *ret_answered_ns = byte_ns > answer_ns ? byte_ns - answer_ns : 0;
}

static void read_header(const char *path, char *header, size_t size)
{
    FILE *file = fopen(path, "r");

    if (file == NULL || fgets(header, (int)size - 2, file) == NULL) {
        bench_fail("cannot read %s", path);
    }
    (void)fclose(file);
    memcpy(header + strcspn(header, "\r\n"), "\r\n", 3);
}

int main(int argc, char **argv)
{
    static struct bench_request request;
    static int64_t sent_ns[COUNT_MAX], answered_ns[COUNT_MAX];
    char headers[BENCH_REQUEST_MAX / 2] = "";
    char line[32] = "";
    uint16_t port;

    if (argc != 4) {
        bench_fail("usage: port COUNT PATH HEADER-FILE");
    }
    size_t count = (size_t)bench_number(argv[1], 1, COUNT_MAX);
    int listener = bench_listen(&port);
    (void)printf("port %u\n", (unsigned)port);
    (void)fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL) {
        bench_fail("no port of the daemon on standard input");
    }
    line[strcspn(line, "\n")] = '\0';
    read_header(argv[3], headers, sizeof headers);
    bench_request_make(&request, "POST", argv[2], 0, headers, false, NULL);
    int port_fd = accept_port(listener);
    int http_fd = bench_connect((uint16_t)bench_number(line, 1, 65535), false);
    for (size_t i = 0; i < count; i++) {
        measure_one(port_fd, http_fd, &request, &sent_ns[i], &answered_ns[i]);
    }
    bench_sort(sent_ns, count);
    bench_sort(answered_ns, count);
    (void)printf(
        "{\"count\":%zu,\"sent_p50_us\":%.0f,\"sent_p99_us\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f,"
        "\"max_us\":%.0f}\n",
        count, (double)bench_percentile(sent_ns, count, 0.5) / 1e3,
        (double)bench_percentile(sent_ns, count, 0.99) / 1e3,
        (double)bench_percentile(answered_ns, count, 0.5) / 1e3,
        (double)bench_percentile(answered_ns, count, 0.99) / 1e3,
        (double)answered_ns[count - 1] / 1e3);
    return 0;
}
