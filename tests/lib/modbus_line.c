/* modbus_line: a poll loop over the connection, a parser of requests, and a table of units under
 * one mutex. */
#include "modbus_line.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WAIT_S 10
#define INPUT_SIZE 1024
#define STALL_MS 200 /* the host asks again after 300 ms without an answer */

struct unit {
    enum modbus_line_mood mood;
    char text[MODBUS_LINE_TEXT];
    int frames;
};

struct entry {
    int unit;
    char text[MODBUS_LINE_TEXT];
};

struct modbus_line {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int listen_fd; /* -1 with a terminal */
    int fd;        /* -1 not connected */
    int wake_fd;
    bool stop;
    bool cut;
    bool hold;
    bool held; /* a request waits */
    bool echo;
    bool pulled;
    bool chatter;
    int strays;
    int overlaps;
    int64_t read_ms; /* when bytes were last taken */
    int frames;
    int connections;
    struct unit units[MODBUS_LINE_UNITS];
    struct entry log[MODBUS_LINE_LOG];
    uint8_t input[INPUT_SIZE];
    size_t input_length;
    uint8_t raw[MODBUS_LINE_RAW]; /* what was received, as it came */
    int raw_length;
    uint8_t after[64]; /* said right after the next answer */
    size_t after_length;
};

/* By table, unlike the driver's. */
static uint16_t checksum(const uint8_t *bytes, size_t length)
{
    uint16_t table[256];
    unsigned crc = 0xFFFF;

    for (unsigned i = 0; i < 256; i++) {
        unsigned value = i;
        for (int bit = 0; bit < 8; bit++) {
            value = value & 1 ? value / 2 ^ 0xA001 : value / 2;
        }
        table[i] = (uint16_t)value;
    }
    for (size_t i = 0; i < length; i++) {
        crc = crc / 256 ^ table[(crc ^ bytes[i]) % 256];
    }
    return (uint16_t)crc;
}

static void send_bytes(struct modbus_line *line, const uint8_t *bytes, size_t length)
{
    if (write(line->fd, bytes, length) != (ssize_t)length) {
        line->cut = true;
    }
}

static void reply(struct modbus_line *line, uint8_t *bytes, size_t length)
{
    uint16_t crc = checksum(bytes, length);

    bytes[length] = (uint8_t)(crc % 256);
    bytes[length + 1] = (uint8_t)(crc / 256);
    memcpy(bytes + length + 2, line->after, line->after_length);
    send_bytes(line, bytes, length + 2 + line->after_length);
    line->after_length = 0;
}

/* Writes what the unit shows; locked. */
static void show(struct modbus_line *line, struct unit *unit, const uint8_t *frame)
{
    struct entry *entry = &line->log[line->frames % MODBUS_LINE_LOG];
    size_t length = frame[6] < MODBUS_LINE_TEXT ? frame[6] : MODBUS_LINE_TEXT - 1;
    const uint8_t *data = frame + 7;

    while (length > 0 && *data == ' ') {
        data++;
        length--;
    }
    memset(entry, 0, sizeof *entry);
    entry->unit = frame[0];
    memcpy(entry->text, data, length);
    line->frames++;
    unit->frames++;
    if (unit->mood == MODBUS_LINE_FINE || unit->mood == MODBUS_LINE_NOISY) {
        memcpy(unit->text, entry->text, sizeof unit->text);
    }
}

/* `answer` has room for eight bytes. */
static void reply_badly(struct modbus_line *line, uint8_t *answer, enum modbus_line_mood mood)
{
    static const uint8_t more[4 * INPUT_SIZE] = {0x55};
    uint16_t crc = checksum(answer, 6);

    answer[6] = (uint8_t)(crc % 256);
    answer[7] = (uint8_t)(crc / 256);
    if (mood == MODBUS_LINE_WRONG_CRC) {
        answer[7] ^= 0x40;
    }
    send_bytes(line, answer, mood == MODBUS_LINE_SHORT ? 4 : 8);
    if (mood == MODBUS_LINE_LONG) {
        send_bytes(line, more, sizeof more);
    }
}

/* One good request (function 10, register 0070); locked. */
static void take_frame(struct modbus_line *line, const uint8_t *frame)
{
    struct unit *unit = &line->units[frame[0] % MODBUS_LINE_UNITS];
    uint8_t answer[16 + sizeof line->after];

    show(line, unit, frame);
    line->held = line->hold;
    pthread_cond_broadcast(&line->changed);
    while (line->hold && !line->stop && !line->cut) {
        pthread_cond_wait(&line->changed, &line->mutex);
    }
    line->held = false;
    if (unit->mood == MODBUS_LINE_DEAD || line->chatter || line->stop || line->cut) {
        return; /* what two say at once nobody hears */
    }
    if (unit->mood == MODBUS_LINE_NOISY) {
        unit->mood = MODBUS_LINE_FINE;
        send_bytes(line, (const uint8_t *)"\x55\xAA", 2);
        return;
    }
    memcpy(answer, frame, 6);
    if (unit->mood == MODBUS_LINE_FINE) {
        reply(line, answer, 6);
        return;
    }
    if (unit->mood >= MODBUS_LINE_WRONG_CRC) {
        reply_badly(line, answer, unit->mood);
        return;
    }
    answer[1] |= 0x80;
    answer[2] = unit->mood == MODBUS_LINE_BUSY ? 4 : 2;
    reply(line, answer, 3);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void parse(struct modbus_line *line)
{
    bool stalled = now_ms() - line->read_ms > STALL_MS;

    line->read_ms = now_ms();
    while (line->input_length >= 9) {
        size_t length = 9 + (size_t)line->input[6];
        if (line->input[1] == 0x10 && line->input_length < length) {
            return;
        }
        bool good =
            line->input[1] == 0x10 && checksum(line->input, length - 2) ==
                                          line->input[length - 2] + 256 * line->input[length - 1];
        if (good) {
            /* After a stall of ours it may be a repetition. */
            line->overlaps += line->input_length > length && !stalled;
            take_frame(line, line->input);
        } else {
            length = 1; /* out of step: try from the next byte */
            line->strays++;
        }
        line->input_length -= length;
        memmove(line->input, line->input + length, line->input_length);
    }
}

/* Locked; the connection ends and the power with it. */
static void drop(struct modbus_line *line)
{
    if (line->fd >= 0) {
        close(line->fd);
    }
    line->fd = -1;
    line->cut = false;
    line->input_length = 0;
    for (int i = 0; i < MODBUS_LINE_UNITS; i++) {
        memset(line->units[i].text, 0, sizeof line->units[i].text);
    }
    pthread_cond_broadcast(&line->changed);
}

static void take_input(struct modbus_line *line)
{
    ssize_t count =
        read(line->fd, line->input + line->input_length, INPUT_SIZE - line->input_length);

    if (count <= 0) {
        drop(line);
        return;
    }
    if (line->echo) {
        send_bytes(line, line->input + line->input_length, (size_t)count);
    }
    for (ssize_t i = 0; i < count && line->raw_length < MODBUS_LINE_RAW; i++) {
        line->raw[line->raw_length++] = line->input[line->input_length + (size_t)i];
    }
    pthread_cond_broadcast(&line->changed);
    line->input_length += (size_t)count;
    parse(line);
}

static void take_connection(struct modbus_line *line)
{
    int fd = accept(line->listen_fd, NULL, NULL);

    if (fd < 0) {
        return;
    }
    if (line->pulled) {
        close(fd);
        return;
    }
    drop(line); /* a device server talks to the newest */
    line->fd = fd;
    line->connections++;
    pthread_cond_broadcast(&line->changed);
}

/* As fast as a line of 115200 baud, and no faster. */
static void chatter(struct modbus_line *line)
{
    static const uint8_t bytes[11] = {0xff, 0x55, 0x00};
    struct pollfd item = {.fd = line->fd, .events = POLLOUT};

    if (line->fd >= 0 && poll(&item, 1, 0) == 1 && (item.revents & POLLOUT) != 0) {
        send_bytes(line, bytes, sizeof bytes);
    }
}

static void *run(void *argument)
{
    struct modbus_line *line = argument;

    pthread_mutex_lock(&line->mutex);
    while (!line->stop) {
        struct pollfd items[3] = {{.fd = line->wake_fd, .events = POLLIN},
                                  {.fd = line->listen_fd, .events = POLLIN},
                                  {.fd = line->fd, .events = POLLIN}};
        uint64_t count = 0;
        bool chatters = line->chatter;
        pthread_mutex_unlock(&line->mutex);
        int ready = poll(items, 3, chatters ? 1 : -1);
        pthread_mutex_lock(&line->mutex);
        if (line->chatter) {
            chatter(line);
        }
        if (ready > 0 && items[0].revents != 0 && read(line->wake_fd, &count, sizeof count) < 0) {
            break;
        }
        if (line->cut) {
            drop(line);
        } else if (ready > 0 && items[2].revents != 0 && line->fd >= 0) {
            take_input(line);
        } else if (ready > 0 && items[1].revents != 0) {
            take_connection(line);
        }
    }
    drop(line);
    pthread_mutex_unlock(&line->mutex);
    return NULL;
}

static struct modbus_line *start(int listen_fd, int fd)
{
    struct modbus_line *line = calloc(1, sizeof *line);

    if (line == NULL) {
        abort();
    }
    line->listen_fd = listen_fd;
    line->fd = fd;
    line->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&line->mutex, NULL);
    pthread_cond_init(&line->changed, NULL);
    if (pthread_create(&line->thread, NULL, run, line) != 0) {
        abort();
    }
    return line;
}

struct modbus_line *modbus_line_listen(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        abort();
    }
    *ret_port = ntohs(address.sin_port);
    return start(fd, -1);
}

struct modbus_line *modbus_line_attach(int fd)
{
    return start(-1, fd);
}

static void wake(struct modbus_line *line)
{
    const uint64_t one = 1;

    pthread_cond_broadcast(&line->changed);
    if (write(line->wake_fd, &one, sizeof one) < 0) {
        abort();
    }
}

void modbus_line_destroy(struct modbus_line *line)
{
    if (line == NULL) {
        return;
    }
    pthread_mutex_lock(&line->mutex);
    line->stop = true;
    wake(line);
    pthread_mutex_unlock(&line->mutex);
    pthread_join(line->thread, NULL);
    if (line->listen_fd >= 0) {
        close(line->listen_fd);
    }
    close(line->wake_fd);
    pthread_cond_destroy(&line->changed);
    pthread_mutex_destroy(&line->mutex);
    free(line);
}

void modbus_line_set_mood(struct modbus_line *line, int unit, enum modbus_line_mood mood)
{
    pthread_mutex_lock(&line->mutex);
    line->units[unit].mood = mood;
    pthread_mutex_unlock(&line->mutex);
}

void modbus_line_set_echo(struct modbus_line *line, bool echo)
{
    pthread_mutex_lock(&line->mutex);
    line->echo = echo;
    pthread_mutex_unlock(&line->mutex);
}

void modbus_line_hold(struct modbus_line *line, bool hold)
{
    pthread_mutex_lock(&line->mutex);
    line->hold = hold;
    wake(line);
    pthread_mutex_unlock(&line->mutex);
}

void modbus_line_cut(struct modbus_line *line)
{
    pthread_mutex_lock(&line->mutex);
    line->cut = true;
    wake(line);
    while (line->cut) {
        pthread_cond_wait(&line->changed, &line->mutex);
    }
    pthread_mutex_unlock(&line->mutex);
}

void modbus_line_say(struct modbus_line *line, const uint8_t *bytes, size_t length)
{
    pthread_mutex_lock(&line->mutex);
    while (line->fd < 0 && !line->stop) {
        pthread_cond_wait(&line->changed, &line->mutex);
    }
    send_bytes(line, bytes, length);
    pthread_mutex_unlock(&line->mutex);
}

void modbus_line_say_after(struct modbus_line *line, const uint8_t *bytes, size_t length)
{
    pthread_mutex_lock(&line->mutex);
    memcpy(line->after, bytes, length < sizeof line->after ? length : sizeof line->after);
    line->after_length = length < sizeof line->after ? length : sizeof line->after;
    pthread_mutex_unlock(&line->mutex);
}

void modbus_line_pull(struct modbus_line *line)
{
    pthread_mutex_lock(&line->mutex);
    line->pulled = true;
    pthread_mutex_unlock(&line->mutex);
    modbus_line_cut(line);
}

void modbus_line_plug(struct modbus_line *line, int fd)
{
    pthread_mutex_lock(&line->mutex);
    line->pulled = false;
    line->fd = fd >= 0 ? fd : line->fd;
    wake(line);
    pthread_mutex_unlock(&line->mutex);
}

void modbus_line_chatter(struct modbus_line *line, bool chatter_on)
{
    pthread_mutex_lock(&line->mutex);
    line->chatter = chatter_on;
    wake(line);
    pthread_mutex_unlock(&line->mutex);
}

/* ---- waiting ---- */

struct wish {
    int unit;
    const char *text; /* NULL: any */
    int frames;
    bool held;
    const uint8_t *bytes; /* NULL: none */
    size_t length;
    int times;
};

/* The place from `from` on; -1 none. Locked. */
static int find_raw(const struct modbus_line *line, const uint8_t *bytes, size_t length, int from)
{
    for (int at = from; at + (int)length <= line->raw_length; at++) {
        if (memcmp(line->raw + at, bytes, length) == 0) {
            return at;
        }
    }
    return -1;
}

static int count_raw(const struct modbus_line *line, const uint8_t *bytes, size_t length)
{
    int count = 0;

    for (int at = find_raw(line, bytes, length, 0); at >= 0;
         at = find_raw(line, bytes, length, at + (int)length)) {
        count++;
    }
    return count;
}

static bool is_true(const struct modbus_line *line, const struct wish *wish)
{
    const struct unit *unit = &line->units[wish->unit];

    return (wish->text == NULL || strcmp(unit->text, wish->text) == 0) &&
           unit->frames >= wish->frames && (!wish->held || line->held) &&
           (wish->bytes == NULL || count_raw(line, wish->bytes, wish->length) >= wish->times);
}

static bool wait_for(struct modbus_line *line, const struct wish *wish)
{
    struct timespec until;
    int failed = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&line->mutex);
    while (!is_true(line, wish) && failed == 0) {
        failed = pthread_cond_timedwait(&line->changed, &line->mutex, &until);
    }
    bool result = is_true(line, wish);
    pthread_mutex_unlock(&line->mutex);
    return result;
}

bool modbus_line_wait_text(struct modbus_line *line, int unit, const char *text)
{
    /* At least one frame: a dark unit that was never written shows the same as a cleared one. */
    return wait_for(line, &(struct wish){.unit = unit, .text = text, .frames = 1});
}

bool modbus_line_wait_held(struct modbus_line *line)
{
    return wait_for(line, &(struct wish){.held = true});
}

bool modbus_line_wait_frames(struct modbus_line *line, int unit, int frames)
{
    return wait_for(line, &(struct wish){.unit = unit, .frames = frames});
}

bool modbus_line_wait_bytes(struct modbus_line *line, const uint8_t *bytes, size_t length,
                            int times)
{
    return wait_for(line, &(struct wish){.bytes = bytes, .length = length, .times = times});
}

int modbus_line_count_bytes(struct modbus_line *line, const uint8_t *bytes, size_t length)
{
    pthread_mutex_lock(&line->mutex);
    int count = count_raw(line, bytes, length);
    pthread_mutex_unlock(&line->mutex);
    return count;
}

int modbus_line_find_bytes(struct modbus_line *line, const uint8_t *bytes, size_t length, int from)
{
    pthread_mutex_lock(&line->mutex);
    int at = find_raw(line, bytes, length, from);
    pthread_mutex_unlock(&line->mutex);
    return at;
}

int modbus_line_received(struct modbus_line *line)
{
    pthread_mutex_lock(&line->mutex);
    int length = line->raw_length;
    pthread_mutex_unlock(&line->mutex);
    return length;
}

int modbus_line_frames(struct modbus_line *line, int unit)
{
    pthread_mutex_lock(&line->mutex);
    int frames = unit == 0 ? line->frames : line->units[unit].frames;
    pthread_mutex_unlock(&line->mutex);
    return frames;
}

int modbus_line_connections(struct modbus_line *line)
{
    pthread_mutex_lock(&line->mutex);
    int connections = line->connections;
    pthread_mutex_unlock(&line->mutex);
    return connections;
}

static int read_count(struct modbus_line *line, const int *count)
{
    pthread_mutex_lock(&line->mutex);
    int value = *count;
    pthread_mutex_unlock(&line->mutex);
    return value;
}

int modbus_line_strays(struct modbus_line *line)
{
    return read_count(line, &line->strays);
}

int modbus_line_overlaps(struct modbus_line *line)
{
    return read_count(line, &line->overlaps);
}

bool modbus_line_log(struct modbus_line *line, int n, int *ret_unit, char text[MODBUS_LINE_TEXT])
{
    pthread_mutex_lock(&line->mutex);
    bool found = n < line->frames && n < MODBUS_LINE_LOG;
    if (found) {
        *ret_unit = line->log[n].unit;
        memcpy(text, line->log[n].text, MODBUS_LINE_TEXT);
    }
    pthread_mutex_unlock(&line->mutex);
    return found;
}
