/* bench: what the programs of tests/bench share: time, loopback sockets, one HTTP exchange,
 * percentiles.
 *
 * Everything ends the program with a line on stderr when it cannot go on: a figure is measured
 * whole or not at all. One thread, loopback only. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A head of ours has some 600 bytes. */
#define BENCH_HEAD_MAX 4096
#define BENCH_REQUEST_MAX 8192
/* Digits of the counter that makes every Idempotency-Key its own. */
#define BENCH_KEY_DIGITS 16
/* Bytes read from a socket in one go: a view of the hall has some 20 KB. */
#define BENCH_READ_MAX 65536

int64_t bench_now_ns(void);
/* Prints the line with the program's name and ends it with status 1. */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The whole number in `text`, or the end of the program. */
long bench_number(const char *text, long min, long max);
/* As many descriptors as the system lets us have. */
void bench_raise_descriptors(void);

/* A connected socket to that port of 127.0.0.1 with TCP_NODELAY, blocking unless `nonblocking`. */
int bench_connect(uint16_t port, bool nonblocking);
/* A listening socket on a free port of 127.0.0.1, non-blocking. */
int bench_listen(uint16_t *ret_port);
void bench_write_all(int fd, const char *bytes, size_t length);

/* A request, made once and sent many times; only the digits of its key change. */
struct bench_request {
    char bytes[BENCH_REQUEST_MAX];
    size_t length;
    size_t key_at; /* offset of BENCH_KEY_DIGITS digits; 0 without a key */
};

/* `headers`: whole lines, each ended by CRLF. `key`: give it an Idempotency-Key. `body` may be
 * NULL. The first
 * "%d" in `path` and in `body` becomes `number`. */
void bench_request_make(struct bench_request *request, const char *method, const char *path,
                        int number, const char *headers, bool key, const char *body);
/* Writes the number into the key. */
void bench_request_stamp(struct bench_request *request, uint64_t number);

/* An answer being read. All zero is the beginning. */
struct bench_answer {
    char head[BENCH_HEAD_MAX];
    size_t head_length;
    bool in_body;
    long body_left;
    int status;
};

/* Takes the next bytes. True: the answer is complete (and must have ended with these bytes). */
bool bench_answer_take(struct bench_answer *answer, const char *bytes, size_t length);
/* Sends on a blocking socket and waits for the whole answer; its status. */
int bench_exchange(int fd, const struct bench_request *request);

/* Sorts. */
void bench_sort(int64_t *values, size_t count);
/* Of sorted values, nearest rank. */
int64_t bench_percentile(const int64_t *sorted, size_t count, double share);

#endif
