/* bus: one mutex over a ring of frames and three small tables.
 *
 * The ring holds one reference to each frame, a reader one more while it uses it, so that nothing
 * is copied per stream. A position counts frames since the start and names a place in the ring
 * while it is not older than `oldest`. Beside each frame stands the newest seq up to there: derived
 * frames have no seq of their own, and with that number the place of a seq is found by halving. The
 * tables hold the newest content only. */
#include "bus.h"

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

struct sign_place {
    struct board_sign sign;
    uint64_t version;
};

struct calls_place {
    struct board_call calls[BOARD_CALL_MAX];
    int count;
    uint64_t version;
};

struct pad_place {
    struct bus_pad pad;
    uint64_t version;
};

struct press_place {
    struct press_answer answer;
    uint64_t version; /* over all of them; 0 free */
};

struct bus {
    pthread_mutex_t mutex;
    struct place ring[BUS_FRAME_MAX];
    uint64_t oldest; /* position of the oldest frame kept */
    uint64_t head;   /* position after the newest one */
    int64_t last_seq;
    int listeners[BUS_LISTENER_MAX];
    int listener_count;
    struct sign_place signs[HALL_WINDOW_NO_MAX + 1]; /* by window number */
    struct calls_place calls[HALL_ZONE_MAX + 1];     /* by zone plus one: 0 is the hall */
    struct pad_place pads[HALL_WINDOW_NO_MAX + 1];   /* by window number */
    struct press_place presses[BUS_PRESS_MAX];
    uint64_t press_version;
    struct bus_sim sims[BUS_SIM_MAX];
    int sim_count;
    uint64_t sim_version;
    struct bus_health healths[BUS_HEALTH_MAX];
    int health_count;
    struct bus_print prints[HALL_PRINTER_MAX]; /* version 0: nothing to print */
    int print_count;
    uint64_t print_version;
};

static void lock(struct bus *bus)
{
    int failed = pthread_mutex_lock(&bus->mutex);
    assert(failed == 0);
    (void)failed;
}

static void unlock(struct bus *bus)
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
    lock(bus);
    if (bus->listener_count < BUS_LISTENER_MAX) {
        listener = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (listener >= 0) {
            bus->listeners[bus->listener_count++] = listener;
        }
    }
    unlock(bus);
    return listener;
}

void bus_unlisten(struct bus *bus, int listener)
{
    lock(bus);
    for (int i = 0; i < bus->listener_count; i++) {
        if (bus->listeners[i] == listener) {
            bus->listeners[i] = bus->listeners[--bus->listener_count];
            (void)close(listener);
            break;
        }
    }
    unlock(bus);
}

void bus_wake(struct bus *bus)
{
    lock(bus);
    for (int i = 0; i < bus->listener_count; i++) {
        const uint64_t one = 1;
        ssize_t written = 0;
        do {
            written = write(bus->listeners[i], &one, sizeof one);
        } while (written < 0 && errno == EINTR);
        /* EAGAIN: the counter is at its end, so the listener has a wake-up waiting already. */
        assert(written == (ssize_t)sizeof one || errno == EAGAIN);
    }
    unlock(bus);
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
    lock(bus);
    empty_ring(bus);
    bus->last_seq = seq > bus->last_seq ? seq : bus->last_seq;
    unlock(bus);
}

enum err bus_publish(struct bus *bus, const struct bus_frame *frame)
{
    enum err err = ERR_NONE;
    struct bus_frame *copy = copy_frame(frame);
    lock(bus);
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
    unlock(bus);
    return err;
}

uint64_t bus_head(struct bus *bus)
{
    lock(bus);
    uint64_t head = bus->head;
    unlock(bus);
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
    lock(bus);
    uint64_t position = find_seq(bus, seq);
    if (seq > 0 && position < bus->head && place_at(bus, position)->frame->seq == seq) {
        *ret_position = position + 1;
        err = ERR_NONE;
    } else if (seq == bus->last_seq) {
        /* Its frame has left the ring, yet nothing with a seq came after it. */
        *ret_position = bus->head;
        err = ERR_NONE;
    }
    unlock(bus);
    return err;
}

enum err bus_take(struct bus *bus, uint64_t *position, const struct bus_frame **ret_frame)
{
    enum err err = ERR_NONE;
    lock(bus);
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
    unlock(bus);
    return err;
}

void bus_release(struct bus *bus, const struct bus_frame *frame)
{
    if (frame == NULL) {
        return;
    }
    lock(bus);
    /* Constant for readers only: the count is ours. */
    drop_reference((struct bus_frame *)frame);
    unlock(bus);
}

int64_t bus_last_seq(struct bus *bus)
{
    lock(bus);
    int64_t seq = bus->last_seq;
    unlock(bus);
    return seq;
}

static bool sign_equal(const struct board_sign *a, const struct board_sign *b)
{
    return a->window == b->window && a->state == b->state && strcmp(a->number, b->number) == 0 &&
           a->calls == b->calls && a->since_ms == b->since_ms &&
           strcmp(a->text_zh, b->text_zh) == 0 && strcmp(a->text_en, b->text_en) == 0;
}

void bus_set_sign(struct bus *bus, const struct board_sign *sign)
{
    assert(sign->window >= 1 && sign->window <= HALL_WINDOW_NO_MAX);
    lock(bus);
    struct sign_place *place = &bus->signs[sign->window];
    if (place->version == 0 || !sign_equal(&place->sign, sign)) {
        place->sign = *sign;
        place->version++;
    }
    unlock(bus);
}

enum err bus_get_sign(struct bus *bus, int32_t window, struct board_sign *ret_sign,
                      uint64_t *ret_version)
{
    enum err err = ERR_NOT_FOUND;
    if (window < 1 || window > HALL_WINDOW_NO_MAX) {
        return err;
    }
    lock(bus);
    const struct sign_place *place = &bus->signs[window];
    if (place->version > 0) {
        *ret_sign = place->sign;
        *ret_version = place->version;
        err = ERR_NONE;
    }
    unlock(bus);
    return err;
}

static bool call_equal(const struct board_call *a, const struct board_call *b)
{
    return strcmp(a->number, b->number) == 0 && a->window == b->window && a->calls == b->calls &&
           a->at_ms == b->at_ms && a->state == b->state && a->priority == b->priority;
}

static bool calls_equal(const struct calls_place *place, const struct board_call *calls, int count)
{
    if (place->count != count) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (!call_equal(&place->calls[i], &calls[i])) {
            return false;
        }
    }
    return true;
}

void bus_set_calls(struct bus *bus, int zone, const struct board_call *calls, int count)
{
    assert(zone >= -1 && zone < HALL_ZONE_MAX);
    assert(count >= 0 && count <= BOARD_CALL_MAX);
    lock(bus);
    struct calls_place *place = &bus->calls[zone + 1];
    if (place->version == 0 || !calls_equal(place, calls, count)) {
        for (int i = 0; i < count; i++) {
            place->calls[i] = calls[i];
        }
        place->count = count;
        place->version++;
    }
    unlock(bus);
}

int bus_get_calls(struct bus *bus, int zone, struct board_call calls[BOARD_CALL_MAX],
                  uint64_t *ret_version)
{
    assert(zone >= -1 && zone < HALL_ZONE_MAX);
    lock(bus);
    const struct calls_place *place = &bus->calls[zone + 1];
    int count = place->count;
    for (int i = 0; i < count; i++) {
        calls[i] = place->calls[i];
    }
    *ret_version = place->version;
    unlock(bus);
    return count;
}

void bus_set_pad(struct bus *bus, const struct bus_pad *pad)
{
    assert(pad->window >= 1 && pad->window <= HALL_WINDOW_NO_MAX);
    lock(bus);
    struct pad_place *place = &bus->pads[pad->window];
    if (place->version == 0 || place->pad.waiting != pad->waiting ||
        place->pad.asked != pad->asked) {
        place->pad = *pad;
        place->version++;
    }
    unlock(bus);
}

enum err bus_get_pad(struct bus *bus, int32_t window, struct bus_pad *ret_pad,
                     uint64_t *ret_version)
{
    assert(window >= 1 && window <= HALL_WINDOW_NO_MAX);
    lock(bus);
    const struct pad_place *place = &bus->pads[window];
    bool set = place->version != 0;
    if (set) {
        *ret_pad = place->pad;
        *ret_version = place->version;
    }
    unlock(bus);
    return set ? ERR_NONE : ERR_NOT_FOUND;
}

/* The place of that keypad; else a free one, or that of who was silent for longest. Locked. */
static struct press_place *find_press(struct bus *bus, const char *device)
{
    struct press_place *oldest = &bus->presses[0];
    for (int i = 0; i < BUS_PRESS_MAX; i++) {
        struct press_place *place = &bus->presses[i];
        if (place->version != 0 && strcmp(place->answer.device, device) == 0) {
            return place;
        }
        oldest = place->version < oldest->version ? place : oldest;
    }
    return oldest;
}

void bus_set_press(struct bus *bus, const struct press_answer *answer)
{
    lock(bus);
    struct press_place *place = find_press(bus, answer->device);
    place->answer = *answer;
    place->version = ++bus->press_version;
    unlock(bus);
}

enum err bus_get_press(struct bus *bus, const char *device, struct press_answer *ret_answer,
                       uint64_t *ret_version)
{
    lock(bus);
    const struct press_place *place = find_press(bus, device);
    bool found = place->version != 0 && strcmp(place->answer.device, device) == 0;
    if (found) {
        *ret_answer = place->answer;
        *ret_version = place->version;
    }
    unlock(bus);
    return found ? ERR_NONE : ERR_NOT_FOUND;
}

/* The place of that name, or a free one; NULL when all are taken. Locked. */
static struct bus_sim *find_sim(struct bus *bus, const char *name)
{
    for (int i = 0; i < bus->sim_count; i++) {
        if (strcmp(bus->sims[i].name, name) == 0) {
            return &bus->sims[i];
        }
    }
    if (bus->sim_count == BUS_SIM_MAX) {
        return NULL;
    }
    struct bus_sim *sim = &bus->sims[bus->sim_count++];
    *sim = (struct bus_sim){0};
    return sim;
}

void bus_set_sim(struct bus *bus, const struct bus_sim *sim)
{
    assert(sim->length >= 0 && sim->length <= BUS_SIM_BYTES);
    lock(bus);
    struct bus_sim *kept = find_sim(bus, sim->name);
    if (kept != NULL) {
        int64_t frames = kept->frames + 1;
        *kept = *sim;
        kept->frames = frames;
        kept->version = ++bus->sim_version;
    }
    unlock(bus);
}

int bus_get_sims(struct bus *bus, struct bus_sim *sims, int max)
{
    lock(bus);
    int count = bus->sim_count < max ? bus->sim_count : max;
    for (int i = 0; i < count; i++) {
        sims[i] = bus->sims[i];
    }
    unlock(bus);
    return count;
}

void bus_clear_sims(struct bus *bus)
{
    lock(bus);
    bus->sim_count = 0;
    unlock(bus);
}

void bus_set_health(struct bus *bus, const struct bus_health *health)
{
    int at = 0;
    lock(bus);
    while (at < bus->health_count && strcmp(bus->healths[at].name, health->name) != 0) {
        at++;
    }
    if (at < BUS_HEALTH_MAX) {
        bus->health_count += at == bus->health_count ? 1 : 0;
        bus->healths[at] = *health;
    }
    unlock(bus);
}

int bus_get_health(struct bus *bus, struct bus_health *healths, int max)
{
    lock(bus);
    int count = bus->health_count < max ? bus->health_count : max;
    memcpy(healths, bus->healths, sizeof *healths * (size_t)count);
    unlock(bus);
    return count;
}

void bus_clear_health(struct bus *bus)
{
    lock(bus);
    bus->health_count = 0;
    unlock(bus);
}

/* The place of that printer; NULL when it has none. Locked. */
static struct bus_print *find_print(struct bus *bus, const char *printer)
{
    for (int i = 0; i < bus->print_count; i++) {
        if (strcmp(bus->prints[i].printer, printer) == 0) {
            return &bus->prints[i];
        }
    }
    return NULL;
}

void bus_set_print(struct bus *bus, const char *printer, const struct bus_print *print)
{
    lock(bus);
    struct bus_print *place = find_print(bus, printer);
    if (place == NULL) {
        assert(bus->print_count < HALL_PRINTER_MAX);
        place = &bus->prints[bus->print_count++];
    }
    place->version = 0;
    if (print != NULL) {
        *place = *print;
        place->version = ++bus->print_version;
    }
    text_copy_cut(place->printer, sizeof place->printer, printer);
    unlock(bus);
}

enum err bus_get_print(struct bus *bus, const char *printer, uint64_t seen,
                       struct bus_print *ret_print)
{
    enum err err = ERR_NOT_FOUND;
    lock(bus);
    const struct bus_print *place = find_print(bus, printer);
    if (place != NULL && place->version != 0) {
        err = place->version == seen ? ERR_TIMEOUT : ERR_NONE;
    }
    if (err == ERR_NONE) {
        *ret_print = *place;
    }
    unlock(bus);
    return err;
}

void bus_clear_prints(struct bus *bus)
{
    lock(bus);
    bus->print_count = 0;
    unlock(bus);
}
