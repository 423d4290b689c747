/* bus30: from a call to the last byte of its frame on a bus of 30 Modbus signs at 9600 baud, while
 * every sign of the bus is being written anew.
 *
 * usage: bus30 ROUNDS
 *
 * Runs the daemon's own device threads, and is the serial-device server they connect to: bytes take
 * their time on the wire, a sign thinks before it answers, its answer takes its time as well. A
 * round gives every sign another text, which is a whole refresh of the bus, and calls at CALLS
 * signs at random moments before that is over. Time runs from the publication on the bus, which is
 * when the answer to the HTTP request is on its way. Ends with one JSON line, microseconds. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "device.h"
#include "log.h"

#define SIGNS 30
#define CALLS 4
#define APART_MS 300 /* no two calls at once: that would measure the other one */
#define ROUNDS_MAX 1000
#define BYTE_NS (10 * 1000000000LL / 9600) /* 8N1 */
#define THINK_NS (10 * 1000000LL)
#define ANSWER_BYTES 8
#define WAIT_NS (5 * 1000000000LL)

struct line {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int listener;
    char shown[SIGNS + 1][8]; /* what each was last told, without leading spaces */
    int64_t shown_ns[SIGNS + 1];
};

static void sleep_until(int64_t at_ns)
{
    const struct timespec at = {.tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
        continue;
    }
}

/* ---- the line ---- */

/* The rest of a frame; its bytes follow each other at once. False: the daemon has hung up. */
static bool read_whole(int fd, uint8_t *bytes, size_t from, size_t to)
{
    while (from < to) {
        ssize_t count = read(fd, bytes + from, to - from);
        if (count <= 0) {
            return false;
        }
        from += (size_t)count;
    }
    return true;
}

static void note_frame(struct line *line, const uint8_t *frame, int64_t at_ns)
{
    const uint8_t *text = frame + 7;
    size_t length = frame[6];
    int sign = frame[0];

    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    if (sign < 1 || sign > SIGNS || length >= sizeof line->shown[0]) {
        bench_fail("a frame of %zu characters for sign %d", length, sign);
    }
    pthread_mutex_lock(&line->mutex);
    memset(line->shown[sign], 0, sizeof line->shown[sign]);
    memcpy(line->shown[sign], text, length);
    line->shown_ns[sign] = at_ns;
    pthread_cond_broadcast(&line->changed);
    pthread_mutex_unlock(&line->mutex);
}

static uint16_t checksum(const uint8_t *bytes, size_t length)
{
    unsigned crc = 0xFFFF;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc / 2 ^ 0xA001 : crc / 2;
        }
    }
    return (uint16_t)crc;
}

static void *run_line(void *argument)
{
    struct line *line = argument;
    struct pollfd item = {.fd = line->listener, .events = POLLIN};

    (void)poll(&item, 1, -1);
    int fd = accept(line->listener, NULL, NULL);
    uint8_t frame[300];
    while (read_whole(fd, frame, 0, 7) && read_whole(fd, frame, 7, 9 + (size_t)frame[6])) {
        int64_t end_ns = bench_now_ns() + (9 + frame[6]) * BYTE_NS;
        sleep_until(end_ns);
        note_frame(line, frame, end_ns);
        uint16_t crc = checksum(frame, ANSWER_BYTES - 2);
        frame[ANSWER_BYTES - 2] = (uint8_t)(crc % 256);
        frame[ANSWER_BYTES - 1] = (uint8_t)(crc / 256);
        sleep_until(end_ns + THINK_NS + ANSWER_BYTES * BYTE_NS);
        if (send(fd, frame, ANSWER_BYTES, MSG_NOSIGNAL) != ANSWER_BYTES) {
            break;
        }
    }
    close(fd);
    return NULL;
}

/* When the sign was told that. */
static int64_t wait_shown(struct line *line, int sign, const char *text)
{
    int64_t until_ns = bench_now_ns() + WAIT_NS;

    pthread_mutex_lock(&line->mutex);
    while (strcmp(line->shown[sign], text) != 0) {
        const struct timespec until = {.tv_sec = until_ns / 1000000000,
                                       .tv_nsec = until_ns % 1000000000};
        if (pthread_cond_clockwait(&line->changed, &line->mutex, CLOCK_MONOTONIC, &until) != 0) {
            bench_fail("sign %d shows \"%s\", not %s", sign, line->shown[sign], text);
        }
    }
    int64_t at_ns = line->shown_ns[sign];
    pthread_mutex_unlock(&line->mutex);
    return at_ns;
}

/* ---- the hall ---- */

static struct wire_config *make_config(uint16_t port)
{
    static char text[32768];
    struct wire_problem problem;
    struct wire_config *config = NULL;
    size_t at = (size_t)snprintf(
        text, sizeof text,
        "{\"hall\":{\"code\":\"b\",\"name\":{\"zh-CN\":\"b\",\"en\":\"b\"},\"timezone\":\"Asia/"
        "Shanghai\"},\"services\":[{\"code\":\"a\",\"name\":{\"zh-CN\":\"a\",\"en\":\"a\"},"
        "\"prefix\":\"A\"}],\"ports\":[{\"code\":\"p\",\"link\":\"tcp:127.0.0.1:%u\"}],"
        "\"windows\":[",
        (unsigned)port);

    for (int i = 1; i <= SIGNS; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "%s{\"no\":%d,\"name\":{\"zh-CN\":\"w\",\"en\":\"w\"},\"services\":"
                               "[\"a\"]}",
                               i > 1 ? "," : "", i);
    }
    at += (size_t)snprintf(text + at, sizeof text - at, "],\"displays\":[");
    for (int i = 1; i <= SIGNS; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "%s{\"code\":\"led%d\",\"port\":\"p\",\"driver\":\"modbus\","
                               "\"address\":%d,\"shows\":{\"window\":%d}}",
                               i > 1 ? "," : "", i, i, i);
    }
    (void)snprintf(text + at, sizeof text - at, "]}");
    wire_problem_init(&problem, ERR_NONE);
    if (wire_config_create(text, strlen(text), &problem, &config)) {
        bench_fail("the configuration is wrong: %s", problem.errors[0].detail);
    }
    return config;
}

static void show(struct bus *bus, int sign, enum board_state state, const char *text)
{
    struct board_sign content = {.window = sign, .state = state, .calls = 1};

    (void)snprintf(content.number, sizeof content.number, "%s", text);
    bus_set_sign(bus, &content);
}

/* Every sign anew, and the calls meanwhile. */
static void run_round(struct line *line, struct bus *bus, int round, int64_t *called_ns)
{
    char text[8];

    (void)snprintf(text, sizeof text, "R%03d", round % 1000);
    for (int i = 1; i <= SIGNS; i++) {
        show(bus, i, BOARD_SERVING, text);
    }
    bus_wake(bus);
    for (int i = 0; i < CALLS; i++) {
        char number[8];
        int sign = 1 + (round * CALLS + i) * 7 % SIGNS;
        int64_t apart_ns = (APART_MS - 100 + (round * 37 + i * 61) % 100) * 1000000LL;
        int64_t from_ns = bench_now_ns();
        (void)snprintf(number, sizeof number, "%c%03d", 'A' + i, round % 1000);
        show(bus, sign, BOARD_CALLING, number);
        bus_wake(bus);
        called_ns[i] = wait_shown(line, sign, number) - from_ns;
        show(bus, sign, BOARD_SERVING, number);
        bus_wake(bus);
        sleep_until(from_ns + apart_ns);
    }
}

int main(int argc, char **argv)
{
    static int64_t called_ns[ROUNDS_MAX * CALLS];
    static struct line line = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                               .changed = PTHREAD_COND_INITIALIZER};
    struct device_options options = {.bus = bus_create()};
    struct device *device = NULL;
    pthread_t thread;
    uint16_t port = 0;

    if (argc != 2 || options.bus == NULL) {
        bench_fail("usage: bus30 ROUNDS");
    }
    log_set_level(LOG_ERROR);
    size_t rounds = (size_t)bench_number(argv[1], 1, ROUNDS_MAX);
    line.listener = bench_listen(&port);
    struct wire_config *config = make_config(port);
    if (pthread_create(&thread, NULL, run_line, &line) != 0 ||
        device_start(&options, config, &device)) {
        bench_fail("no threads");
    }
    for (size_t i = 0; i < rounds; i++) {
        run_round(&line, options.bus, (int)i, called_ns + i * CALLS);
    }
    device_stop(device);
    pthread_join(thread, NULL);
    wire_config_destroy(config);
    bus_destroy(options.bus);
    bench_sort(called_ns, rounds * CALLS);
    (void)printf("{\"count\":%zu,\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f}\n",
                 rounds * CALLS, (double)bench_percentile(called_ns, rounds * CALLS, 0.5) / 1e3,
                 (double)bench_percentile(called_ns, rounds * CALLS, 0.99) / 1e3,
                 (double)called_ns[rounds * CALLS - 1] / 1e3);
    return 0;
}
