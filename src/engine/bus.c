/* bus: one mutex over a ring of frames, and over the tables of bus_table.c.
 *
 * The ring holds one reference to each frame, a reader one more while it uses it, so that nothing
 * is copied per stream. A position counts frames since the start and names a place in the ring
 * while it is not older than `oldest`. Beside each frame stands the newest seq up to there: derived
 * frames have no seq of their own, and with that number the place of a seq is found by halving. */
#include "engine_bus.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct place {
    struct bus_frame *frame;
    int64_t newest_seq; /* of this frame, or of the last one before it that has a seq */
};

struct bus {
    pthread_mutex_t mutex;
    struct place ring[BUS_FRAME_MAX];
    uint64_t oldest; /* position of the oldest frame kept */
    uint64_t head;   /* position after the newest one */
    int64_t last_seq;
    int listeners[BUS_LISTENER_MAX];
    int listener_count;
    struct bus_tables tables;
};

struct bus_tables *bus_lock(struct bus *bus)
{
    int failed = pthread_mutex_lock(&bus->mutex);
    assert(failed == 0);
    (void)failed;
    return &bus->tables;
}

void bus_unlock(struct bus *bus)
{
    int failed = pthread_mutex_unlock(&bus->mutex);
    assert(failed == 0);
    (void)failed;
}

static struct place *place_at(struct bus *bus, uint64_t position)
{
    return &bus->ring[position % BUS_FRAME_MAX];
}

/* Locked. */
static void drop_reference(struct bus_frame *frame)
{
    assert(frame->references > 0);
    frame->references--;
    if (frame->references == 0) {
        free(frame);
    }
}

/* Locked. */
static void drop_oldest(struct bus *bus)
{
    assert(bus->oldest < bus->head);
    struct place *place = place_at(bus, bus->oldest);
    drop_reference(place->frame);
    *place = (struct place){0};
    bus->oldest++;
}

struct bus *bus_create(void)
{
    struct bus *bus = calloc(1, sizeof *bus);
    if (bus == NULL) {
        return NULL;
    }
    if (pthread_mutex_init(&bus->mutex, NULL) != 0) {
        free(bus);
        return NULL;
    }
    return bus;
}

void bus_destroy(struct bus *bus)
{
    if (bus == NULL) {
        return;
    }
    while (bus->oldest < bus->head) {
        drop_oldest(bus);
    }
    for (int i = 0; i < bus->listener_count; i++) {
        (void)close(bus->listeners[i]);
    }
    (void)pthread_mutex_destroy(&bus->mutex);
    free(bus);
}

int bus_listen(struct bus *bus)
{
    int listener = -1;
    (void)bus_lock(bus);
    if (bus->listener_count < BUS_LISTENER_MAX) {
        listener = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (listener >= 0) {
            bus->listeners[bus->listener_count++] = listener;
        }
    }
    bus_unlock(bus);
    return listener;
}

void bus_unlisten(struct bus *bus, int listener)
{
    (void)bus_lock(bus);
    for (int i = 0; i < bus->listener_count; i++) {
        if (bus->listeners[i] == listener) {
            bus->listeners[i] = bus->listeners[--bus->listener_count];
            (void)close(listener);
            break;
        }
    }
    bus_unlock(bus);
}

void bus_wake(struct bus *bus)
{
    (void)bus_lock(bus);
    for (int i = 0; i < bus->listener_count; i++) {
        const uint64_t one = 1;
        ssize_t written = 0;
        do {
            written = write(bus->listeners[i], &one, sizeof one);
        } while (written < 0 && errno == EINTR);
        /* EAGAIN: the counter is at its end, so the listener has a wake-up waiting already. */
        assert(written == (ssize_t)sizeof one || errno == EAGAIN);
    }
    bus_unlock(bus);
}

/* The frame and both texts in one allocation, with the ring's reference. NULL without memory. */
static struct bus_frame *copy_frame(const struct bus_frame *frame)
{
    struct bus_frame *copy = malloc(sizeof *copy + frame->staff_length + frame->public_length);
    if (copy == NULL) {
        return NULL;
    }
    *copy = *frame;
    char *bytes = (char *)(copy + 1);
    if (frame->staff_length > 0) {
        memcpy(bytes, frame->staff_bytes, frame->staff_length);
    }
    if (frame->public_length > 0) {
        memcpy(bytes + frame->staff_length, frame->public_bytes, frame->public_length);
    }
    copy->staff_bytes = bytes;
    copy->public_bytes = bytes + frame->staff_length;
    copy->references = 1;
    return copy;
}

/* Drops every frame, and skips a position so that who waits for the next one learns that it is
 * gone. Locked. */
static void empty_ring(struct bus *bus)
{
    while (bus->oldest < bus->head) {
        drop_oldest(bus);
    }
    bus->head++;
    bus->oldest = bus->head;
}

void bus_skip(struct bus *bus, int64_t seq)
{
    (void)bus_lock(bus);
    empty_ring(bus);
    bus->last_seq = seq > bus->last_seq ? seq : bus->last_seq;
    bus_unlock(bus);
}

enum err bus_publish(struct bus *bus, const struct bus_frame *frame)
{
    enum err err = ERR_NONE;
    struct bus_frame *copy = copy_frame(frame);
    (void)bus_lock(bus);
    assert(frame->seq == 0 || frame->seq > bus->last_seq);
    if (frame->seq > 0) {
        bus->last_seq = frame->seq;
    }
    if (copy == NULL) {
        empty_ring(bus);
        err = ERR_NO_MEMORY;
    } else {
        if (bus->head - bus->oldest == BUS_FRAME_MAX) {
            drop_oldest(bus);
        }
        *place_at(bus, bus->head) = (struct place){.frame = copy, .newest_seq = bus->last_seq};
        bus->head++;
    }
    bus_unlock(bus);
    return err;
}

uint64_t bus_head(struct bus *bus)
{
    (void)bus_lock(bus);
    uint64_t head = bus->head;
    bus_unlock(bus);
    return head;
}

/* First position whose newest seq is at least `seq`; the head when there is none. Locked. */
static uint64_t find_seq(struct bus *bus, int64_t seq)
{
    uint64_t low = bus->oldest;
    uint64_t high = bus->head;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (place_at(bus, middle)->newest_seq < seq) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

enum err bus_seek(struct bus *bus, int64_t seq, uint64_t *ret_position)
{
    enum err err = ERR_NOT_FOUND;
    (void)bus_lock(bus);
    uint64_t position = find_seq(bus, seq);
    if (seq > 0 && position < bus->head && place_at(bus, position)->frame->seq == seq) {
        *ret_position = position + 1;
        err = ERR_NONE;
    } else if (seq == bus->last_seq) {
        /* Its frame has left the ring, yet nothing with a seq came after it. */
        *ret_position = bus->head;
        err = ERR_NONE;
    }
    bus_unlock(bus);
    return err;
}

enum err bus_take(struct bus *bus, uint64_t *position, const struct bus_frame **ret_frame)
{
    enum err err = ERR_NONE;
    (void)bus_lock(bus);
    if (*position >= bus->head) {
        err = ERR_TIMEOUT;
    } else if (*position < bus->oldest) {
        err = ERR_GONE;
    } else {
        struct bus_frame *frame = place_at(bus, *position)->frame;
        frame->references++;
        *ret_frame = frame;
        (*position)++;
    }
    bus_unlock(bus);
    return err;
}

void bus_release(struct bus *bus, const struct bus_frame *frame)
{
    if (frame == NULL) {
        return;
    }
    (void)bus_lock(bus);
    /* Constant for readers only: the count is ours. */
    drop_reference((struct bus_frame *)frame);
    bus_unlock(bus);
}

int64_t bus_last_seq(struct bus *bus)
{
    (void)bus_lock(bus);
    int64_t seq = bus->last_seq;
    bus_unlock(bus);
    return seq;
}
