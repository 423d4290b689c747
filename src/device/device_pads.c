/* device_pads: the pads of one port: what is heard on it, and what is written to them.
 *
 * Everything that arrives goes through the streams, byte by byte, whatever the port was doing:
 * a key pressed while a sign is asked stands among the bytes of its answer and is taken out of them
 * (device_exchange.c). What we send ourselves is remembered for a while and dropped when it comes
 * back, so that an adapter that echoes can never make a loop: an answer to a key is the very frame
 * of the key. On a port said to echo that lasts ECHO_MS, elsewhere as long as a repeat would be
 * dropped anyway.
 *
 * An answer to a pad goes out before anything else, but never two in a row before a call; what pads
 * show waits for calls and changes of signs. A press is handed on when its answer is out. */
#include <string.h>

#include "clock.h"
#include "device_internal.h"
#include "log.h"

#define ECHO_MS 2000
#define UNTOLD_ECHO_MS 300
#define ECHO_BYTE_MS 2
#define ECHO_SLACK_MS 20
#define HUSH_MS                                                                                    \
    40 /* how long a pad that is speaking is waited for: one frame at 9600 baud is 12              \
        */
#define HUSH_STEP_MS 5
#define SPEAKING_MS 30 /* after this much silence half a frame is a stump */
#define WRITE_MS 2000

/* ---- health ---- */

static void set_health(struct device_worker *worker, struct device_pad *pad, bool online,
                       const char *detail)
{
    enum bus_state state = online               ? BUS_STATE_ONLINE
                           : pad->fault != NULL ? BUS_STATE_FAULTY
                                                : BUS_STATE_OFFLINE;

    device_health_set(&pad->health, state, detail);
    if (atomic_load(worker->stopping) ||
        (pad->reported && pad->online == online && strcmp(pad->detail, detail) == 0)) {
        return;
    }
    pad->reported = true;
    pad->online = online;
    pad->detail = detail;
    if (online) {
        log_info("device", "keypad=%s port=%s online%s%s", pad->keypad.code, worker->port.code,
                 detail[0] != '\0' ? ": " : "", detail);
    } else {
        log_warn("device", "keypad=%s port=%s offline: %s", pad->keypad.code, worker->port.code,
                 detail);
    }
    if (worker->options.report != NULL) {
        worker->options.report(worker->options.context, pad->keypad.code, online, detail);
    }
}

void device_pads_set_offline(struct device_worker *worker, const char *detail)
{
    for (int i = 0; i < worker->pads.count; i++) {
        struct device_pad *pad = &worker->pads.list[i];
        set_health(worker, pad, false, pad->fault != NULL ? pad->fault : detail);
    }
}

void device_pads_opened(struct device_worker *worker)
{
    struct device_pads *pads = &worker->pads;

    memset(pads->streams, 0, sizeof pads->streams);
    memset(pads->echoes, 0, sizeof pads->echoes);
    for (int i = 0; i < pads->count; i++) {
        struct device_pad *pad = &pads->list[i];
        if (pad->fault != NULL) {
            set_health(worker, pad, false, pad->fault);
            continue;
        }
        device_pad_forget(pad);
        set_health(worker, pad, true, "not heard yet");
    }
}

/* ---- heard ---- */

void device_pads_init(struct device_pads *pads)
{
    for (int i = 0; i < pads->count; i++) {
        const struct pad_driver *driver = pads->list[i].driver;
        bool known = driver == NULL;
        for (int k = 0; k < pads->stream_count; k++) {
            known = known || pads->drivers[k] == driver;
        }
        if (!known && pads->stream_count < DEVICE_STREAM_MAX) {
            pads->drivers[pads->stream_count++] = driver;
        }
    }
}

static bool is_echo(struct device_pads *pads, const struct pad_frame *frame, int64_t now_ms)
{
    for (int i = 0; i < DEVICE_ECHO_MAX; i++) {
        struct device_echo *echo = &pads->echoes[i];
        if (now_ms < echo->until_ms && echo->frame.length == frame->length &&
            memcmp(echo->frame.bytes, frame->bytes, frame->length) == 0) {
            echo->until_ms = 0;
            return true;
        }
    }
    return false;
}

static void note_stranger(struct device_worker *worker, const struct pad_said *said)
{
    unsigned address = (uint8_t)said->address;
    uint8_t *bits = &worker->pads.strangers[address / 8];
    uint8_t bit = (uint8_t)(1U << address % 8);

    if ((*bits & bit) == 0) {
        *bits |= bit;
        log_warn("device", "port=%s a %s with address=%d spoke that is not configured",
                 worker->port.code, said->rating ? "rating pad" : "keypad", said->address);
    }
}

/* Hands a press on; its result comes over the bus. */
static void hand_on(struct device_worker *worker, struct device_pad *pad)
{
    char service[HALL_CODE_SIZE] = "";
    int32_t window = 0;

    if (!pad->press_due || atomic_load(worker->stopping)) {
        return; /* device_stop() may have gone on without us, and the engine with it */
    }
    pad->press_due = false;
    if (pad->press.key == PRESS_TRANSFER) {
        enum err err = pad_option_transfer(&pad->keypad, service, &window);
        if (err || (service[0] == '\0' && window == 0)) {
            log_warn("device", "keypad=%s key=transfer refused: its option transfer_to is not set",
                     pad->keypad.code);
            device_pad_refuse(pad, clock_mono_ms());
            return;
        }
    }
    memcpy(pad->press.service, service, sizeof pad->press.service);
    pad->press.target_window = window;
    if (worker->options.press != NULL) {
        worker->options.press(worker->options.context, &pad->press);
    }
}

static void take(struct device_worker *worker, const struct pad_driver *driver,
                 const struct pad_said *said)
{
    struct device_pads *pads = &worker->pads;
    int64_t now_ms = clock_mono_ms();

    if (is_echo(pads, &said->frame, now_ms)) {
        return;
    }
    for (int i = 0; i < pads->count; i++) {
        struct device_pad *pad = &pads->list[i];
        if (pad->driver != driver || pad->keypad.address != said->address ||
            pad->keypad.rating != said->rating) {
            continue;
        }
        device_pad_take(pad, said, now_ms);
        set_health(worker, pad, true, "");
        worker->failed = false;
        if (!pad->answer_due) {
            hand_on(worker, pad);
        }
        return;
    }
    note_stranger(worker, said);
}

size_t device_pads_hear(struct device_worker *worker, uint8_t byte, bool exchange)
{
    struct device_pads *pads = &worker->pads;
    /* Silences do not keep over a network, nor between a sign's answer and a key. */
    bool silence = worker->link == &link_serial && !exchange;
    int64_t now_ms = clock_mono_ms();
    size_t taken = 0;

    for (int i = 0; i < pads->stream_count; i++) {
        struct pad_said said;
        if (pads->drivers[i]->feed(&pads->streams[i], byte, silence, now_ms, &said)) {
            take(worker, pads->drivers[i], &said);
            taken = said.frame.length;
        }
    }
    return taken;
}

void device_pads_settle(struct device_worker *worker, int64_t now_ms)
{
    struct device_pads *pads = &worker->pads;

    for (int i = 0; i < pads->stream_count; i++) {
        struct pad_said said;
        if (pads->drivers[i]->settle != NULL &&
            pads->drivers[i]->settle(&pads->streams[i], now_ms, &said)) {
            take(worker, pads->drivers[i], &said);
        }
    }
}

void device_pads_answered(struct device_worker *worker)
{
    struct device_pads *pads = &worker->pads;

    for (int i = 0; i < pads->stream_count; i++) {
        if (pads->drivers[i]->settle_ms != 0) {
            pads->streams[i].length = 0;
            pads->streams[i].dropping = false;
        }
    }
}

bool device_pads_are_speaking(const struct device_worker *worker)
{
    int64_t now_ms = clock_mono_ms();

    for (int i = 0; i < worker->pads.stream_count; i++) {
        const struct pad_stream *stream = &worker->pads.streams[i];
        if (stream->length > 0 && now_ms - stream->last_ms < SPEAKING_MS) {
            return true;
        }
    }
    return false;
}

bool device_pads_hush(struct device_worker *worker)
{
    for (int left_ms = HUSH_MS; left_ms > 0 && device_pads_are_speaking(worker);
         left_ms -= HUSH_STEP_MS) {
        if (!device_worker_listen(worker, HUSH_STEP_MS)) {
            return false;
        }
    }
    return true;
}

/* ---- written ---- */

/* On a port that echoes, the bytes are heard before anything else is sent. */
static void await_echo(struct device_worker *worker, size_t length)
{
    int64_t until_ms = clock_mono_ms() + ECHO_SLACK_MS + ECHO_BYTE_MS * (int64_t)length;
    uint8_t bytes[PAD_FRAME_MAX];

    while (length > 0) {
        int64_t left_ms = until_ms - clock_mono_ms();
        size_t got = 0;
        if (left_ms < 0 ||
            worker->link->read(worker->handle, bytes, length < sizeof bytes ? length : sizeof bytes,
                               (int)left_ms, &got)) {
            return;
        }
        for (size_t i = 0; i < got; i++) {
            (void)device_pads_hear(worker, bytes[i], true);
        }
        length -= got;
    }
}

static bool write_frame(struct device_worker *worker, const struct pad_frame *frame)
{
    struct device_pads *pads = &worker->pads;
    struct device_echo *echo = &pads->echoes[pads->echo_next];

    pads->echo_next = (pads->echo_next + 1) % DEVICE_ECHO_MAX;
    pads->wrote_last = true;
    echo->frame = *frame;
    echo->until_ms = clock_mono_ms() + (worker->echo ? ECHO_MS : UNTOLD_ECHO_MS);
    if (worker->link->write(worker->handle, frame->bytes, frame->length, WRITE_MS)) {
        return false;
    }
    worker->quiet_ms = clock_mono_ms();
    if (worker->echo) {
        await_echo(worker, frame->length);
        device_pads_answered(worker);
    }
    return true;
}

bool device_pads_answer(struct device_worker *worker, bool *ret_written)
{
    struct device_pads *pads = &worker->pads;

    *ret_written = false;
    for (int i = 0; i < pads->count; i++) {
        struct device_pad *pad = &pads->list[i];
        if (pad->answer_due) {
            struct pad_frame frame = pad->answer; /* the same key may come again meanwhile */
            pad->answer_due = false;
            *ret_written = true;
            bool written = write_frame(worker, &frame);
            hand_on(worker, pad);
            return written;
        }
    }
    return true;
}

/* One frame of what pads show. False: the port is gone. */
static bool show_one(struct device_worker *worker, int64_t now_ms, bool *ret_written,
                     int64_t *next_ms)
{
    struct device_pads *pads = &worker->pads;

    for (int i = 0; i < pads->count; i++) {
        struct device_pad *pad = &pads->list[i];
        int64_t ms = INT64_MAX;
        const struct pad_frame *due = device_pad_due(pad, now_ms, &ms);
        *next_ms = ms < *next_ms ? ms : *next_ms;
        if (due == NULL) {
            continue;
        }
        struct pad_frame frame = *due; /* listening may change what is due */
        int64_t gap_ms = worker->quiet_ms + pad->driver->gap_ms + 1 - clock_mono_ms();
        *ret_written = true;
        if (gap_ms > 0) {
            (void)device_worker_listen(worker, gap_ms);
            return true; /* and look again: something more urgent may have come */
        }
        device_pad_written(pad, now_ms);
        return write_frame(worker, &frame);
    }
    return true;
}

enum device_outcome device_pads_run(struct device_worker *worker, enum device_job job,
                                    int64_t now_ms, int64_t *next_ms)
{
    struct device_pads *pads = &worker->pads;
    bool written = false;
    bool alive = true;

    if (job != DEVICE_JOB_CALL || !pads->wrote_last) {
        alive = device_pads_answer(worker, &written);
    }
    if (alive && !written && job > DEVICE_JOB_CHANGE) {
        alive = show_one(worker, now_ms, &written, next_ms);
    }
    for (int i = 0; i < pads->stream_count; i++) {
        const struct pad_stream *stream = &pads->streams[i];
        int64_t ms = stream->last_ms + pads->drivers[i]->settle_ms;
        if (pads->drivers[i]->settle_ms != 0 && stream->length > 0 && ms < *next_ms) {
            *next_ms = ms;
        }
    }
    return !alive ? DEVICE_OUTCOME_GONE : written ? DEVICE_OUTCOME_OK : DEVICE_OUTCOME_SILENT;
}

/* What came of the newest press, once. */
static void log_result(struct device_pad *pad)
{
    const struct press_answer *result = &pad->result;
    const char *key = press_key_text(pad->press.key);

    if (!pad->result_news) {
        return;
    }
    pad->result_news = false;
    if (result->err != ERR_NONE || result->nobody) {
        log_info("device", "keypad=%s key=%s refused: %s", pad->keypad.code, key,
                 result->err != ERR_NONE ? err_slug(result->err) : "nobody");
    } else {
        log_info("device", "keypad=%s key=%s number=%s", pad->keypad.code, key, result->number);
    }
}

void device_pads_update(struct device_worker *worker, int64_t now_ms)
{
    device_pads_settle(worker, now_ms);
    for (int i = 0; i < worker->pads.count; i++) {
        device_pad_update(&worker->pads.list[i], worker->options.bus, now_ms);
        log_result(&worker->pads.list[i]);
    }
}

void device_pads_lost(struct device_worker *worker)
{
    for (int i = 0; i < worker->pads.count; i++) {
        hand_on(worker, &worker->pads.list[i]); /* pressed is pressed */
    }
}
