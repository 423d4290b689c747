/* ceiling_sse: the least that one event to many streams can cost: an epoll loop that writes ready
 * bytes.
 *
 * usage: ceiling_sse EVENT-FILE
 *
 * A GET becomes a stream: it gets a head and is kept. A POST makes the bytes of EVENT-FILE, as one
 * chunk, go to every stream by write(2), one after the other, and is then answered with an empty
 * 201. No parser, no copies, no library. A stream whose socket takes only a part is an error: the
 * client reads as fast as it can. Prints "listening on http://127.0.0.1:PORT" and runs until it is
 * killed. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define STREAM_MAX 10000
#define EVENT_MAX 512
#define FRAME_MAX 16384
#define ANSWER "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
#define HEAD                                                                                       \
    "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Type: text/event-stream\r\n"            \
    "X-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n"

static int streams[STREAM_MAX];
static int stream_count;
static char frame[FRAME_MAX + 32];
static size_t frame_length;

static void read_frame(const char *path)
{
    static char bytes[FRAME_MAX];
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        bench_fail("cannot read %s", path);
    }
    size_t length = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    frame_length = (size_t)snprintf(frame, sizeof frame, "%zx\r\n", length);
    memcpy(frame + frame_length, bytes, length);
    memcpy(frame + frame_length + length, "\r\n", 2);
    frame_length += length + 2;
}

static void publish(void)
{
    for (int i = 0; i < stream_count; i++) {
        if (write(streams[i], frame, frame_length) != (ssize_t)frame_length) {
            bench_fail("a stream took only a part: %s", strerror(errno));
        }
    }
}

static void receive(int fd)
{
    static char bytes[BENCH_READ_MAX];
    ssize_t length = read(fd, bytes, sizeof bytes);

    if (length <= 0) {
        (void)close(fd);
    } else if (bytes[0] == 'G') {
        if (stream_count == STREAM_MAX) {
            bench_fail("more than %d streams", STREAM_MAX);
        }
        bench_write_all(fd, HEAD, sizeof HEAD - 1);
        streams[stream_count++] = fd;
    } else {
        publish();
        bench_write_all(fd, ANSWER, sizeof ANSWER - 1);
    }
}

static void accept_all(int listener, int epoll_fd)
{
    int one = 1;

    for (int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK); fd >= 0;
         fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
            bench_fail("epoll: %s", strerror(errno));
        }
    }
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENT_MAX];
    uint16_t port;
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);

    if (argc != 2) {
        bench_fail("usage: ceiling_sse EVENT-FILE");
    }
    read_frame(argv[1]);
    bench_raise_descriptors();
    int listener = bench_listen(&port);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) != 0) {
        bench_fail("epoll: %s", strerror(errno));
    }
    (void)printf("listening on http://127.0.0.1:%u\n", (unsigned)port);
    (void)fflush(stdout);
    for (;;) {
        int count = epoll_wait(epoll_fd, events, EVENT_MAX, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener) {
                accept_all(listener, epoll_fd);
            } else {
                receive(events[i].data.fd);
            }
        }
    }
}
