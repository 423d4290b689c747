/* device_exchange: one request and its answer on a half-duplex line.
 *
 * In order: the silence that the protocol wants between frames, what lay about in the input left to
 * the pads, a pad that is speaking waited for and answered, the frame written, its echo dropped
 * (only on a port set to echo: some answers equal their request), then the driver judges what
 * arrives until it knows, or its time is over. After bytes that are no answer the line is left to
 * fall silent before the next try. Nothing here waits longer than a stated time. */
#include <string.h>

#include "clock.h"
#include "device_internal.h"

#define WRITE_MS 2000     /* 512 bytes at 2400 baud */
#define TURNAROUND_MS 150 /* after a broadcast, for the devices to digest it */
#define SETTLE_MS 20      /* this long without a byte: the line is silent */
#define SETTLE_ROUNDS 20
#define RETRY_MS 50    /* before asking again one that said "not now" */
#define ECHO_BYTE_MS 2 /* 1.04 ms at 9600 baud */
#define INPUT_MAX (2 * DEVICE_FRAME_MAX)
#define READ_ROUNDS INPUT_MAX /* each round brings a byte or is the last */

static bool wait_gap(struct device_worker *worker, unsigned gap_ms)
{
    /* One more: both times are cut to milliseconds. */
    int64_t left_ms = worker->quiet_ms + gap_ms + 1 - clock_mono_ms();

    return gap_ms == 0 || left_ms <= 0 || device_worker_listen(worker, left_ms);
}

/* Reads until `silence_ms` pass without a byte, for pads if anybody; bounded, as a line may chatter
 * for ever. */
static enum err discard(struct device_worker *worker, int silence_ms)
{
    uint8_t bytes[256];
    size_t length = 0;

    for (int round = 0; round < SETTLE_ROUNDS; round++) {
        enum err err = worker->link->read(worker->handle, bytes, sizeof bytes, silence_ms, &length);
        if (err) {
            return err == ERR_TIMEOUT ? ERR_NONE : err;
        }
        for (size_t i = 0; i < length; i++) {
            (void)device_pads_hear(worker, bytes[i], false);
        }
        worker->quiet_ms = clock_mono_ms();
    }
    return ERR_NONE;
}

struct input {
    uint8_t bytes[INPUT_MAX];
    size_t length;
    size_t skip;  /* of the echo */
    size_t heard; /* bytes that were heard as a pad's, or are of the echo */
};

/* Does the input begin with all of the frame, as far as it goes? */
static bool is_echo(const struct input *input, const struct device_frame *frame)
{
    size_t length = input->length < frame->length ? input->length : frame->length;

    return memcmp(input->bytes, frame->bytes, length) == 0;
}

static enum device_answer judge(const struct device_worker *worker,
                                const struct device_driver *driver,
                                const struct device_frame *frame, const struct input *input)
{
    if (worker->echo && !is_echo(input, frame)) {
        return DEVICE_ANSWER_GARBAGE;
    }
    if (input->length < input->skip) {
        return DEVICE_ANSWER_MORE;
    }
    if (!driver->answers) {
        return DEVICE_ANSWER_OK;
    }
    return driver->judge(frame->bytes, frame->length, input->bytes + input->skip,
                         input->length - input->skip);
}

/* A key among the bytes of an answer: hears what is not the echo, and takes out of the input the
 * frame of a pad that ends there. */
static void hear_input(struct device_worker *worker, const struct device_frame *frame,
                       struct input *input)
{
    if (worker->echo && input->length <= input->skip && is_echo(input, frame)) {
        input->heard = input->length == input->skip ? input->skip : input->heard;
        return;
    }
    while (input->heard < input->length) {
        size_t taken = device_pads_hear(worker, input->bytes[input->heard++], true);
        taken = taken < input->heard ? taken : input->heard;
        memmove(input->bytes + input->heard - taken, input->bytes + input->heard,
                input->length - input->heard);
        input->heard -= taken;
        input->length -= taken;
    }
}

/* The same as judge(), but while a pad is speaking garbage may be its own. */
static enum device_answer judge_heard(struct device_worker *worker,
                                      const struct device_driver *driver,
                                      const struct device_frame *frame, struct input *input)
{
    hear_input(worker, frame, input);
    enum device_answer answer = judge(worker, driver, frame, input);
    return answer == DEVICE_ANSWER_GARBAGE && device_pads_are_speaking(worker) ? DEVICE_ANSWER_MORE
                                                                               : answer;
}

/* On a port with pads bytes are judged one by one: those after the answer are not the answer's. */
static enum device_answer judge_bytes(struct device_worker *worker,
                                      const struct device_driver *driver,
                                      const struct device_frame *frame, struct input *input,
                                      size_t length)
{
    enum device_answer answer = DEVICE_ANSWER_MORE;
    const uint8_t *bytes = input->bytes + input->length;
    uint8_t fresh[INPUT_MAX];

    if (worker->pads.count == 0) {
        input->length += length;
        return judge(worker, driver, frame, input);
    }
    memcpy(fresh, bytes, length);
    for (size_t i = 0; i < length; i++) {
        if (answer != DEVICE_ANSWER_MORE) {
            (void)device_pads_hear(worker, fresh[i], true);
            continue;
        }
        input->bytes[input->length++] = fresh[i];
        answer = judge_heard(worker, driver, frame, input);
        if (answer == DEVICE_ANSWER_OK) {
            device_pads_answered(worker);
        }
    }
    return answer;
}

/* Collects input until it is judged or the time is over. */
static enum err collect(struct device_worker *worker, const struct device_driver *driver,
                        const struct device_frame *frame, enum device_answer *ret_answer)
{
    struct input input = {.skip = worker->echo ? frame->length : 0};
    /* Behind a device server the frame, and so its echo, is still on its way. */
    int64_t echo_ms = worker->echo ? SETTLE_MS + ECHO_BYTE_MS * (int64_t)frame->length : 0;
    int64_t until_ms = clock_mono_ms() + driver->answer_ms + echo_ms;
    enum device_answer answer = judge(worker, driver, frame, &input);

    for (int round = 0; round < READ_ROUNDS && answer == DEVICE_ANSWER_MORE; round++) {
        int64_t left_ms = until_ms - clock_mono_ms();
        size_t length = 0;
        if (left_ms < 0 || input.length == INPUT_MAX) {
            break;
        }
        enum err err = worker->link->read(worker->handle, input.bytes + input.length,
                                          INPUT_MAX - input.length, (int)left_ms, &length);
        if (err == ERR_TIMEOUT) {
            break;
        }
        if (err) {
            return err;
        }
        worker->quiet_ms = clock_mono_ms();
        answer = judge_bytes(worker, driver, frame, &input, length);
    }
    /* Half an answer is noise, no answer is silence. */
    *ret_answer =
        answer == DEVICE_ANSWER_MORE && input.length > input.skip ? DEVICE_ANSWER_GARBAGE : answer;
    return ERR_NONE;
}

/* What the answer says of the exchange. */
static enum device_outcome conclude(struct device_worker *worker, enum device_answer answer)
{
    switch (answer) {
    case DEVICE_ANSWER_OK:
        return DEVICE_OUTCOME_OK;
    case DEVICE_ANSWER_REFUSED:
        return DEVICE_OUTCOME_REFUSED;
    case DEVICE_ANSWER_MORE:
        return DEVICE_OUTCOME_SILENT;
    case DEVICE_ANSWER_RETRY:
        return device_worker_wait(worker, RETRY_MS) ? DEVICE_OUTCOME_GARBLED
                                                    : DEVICE_OUTCOME_STOPPED;
    case DEVICE_ANSWER_GARBAGE:
        break;
    }
    return discard(worker, SETTLE_MS) ? DEVICE_OUTCOME_GONE : DEVICE_OUTCOME_GARBLED;
}

static enum device_outcome try_once(struct device_worker *worker,
                                    const struct device_driver *driver,
                                    const struct device_frame *frame)
{
    enum device_answer answer = DEVICE_ANSWER_MORE;
    bool answered = false;

    if (!wait_gap(worker, driver->gap_ms)) {
        return DEVICE_OUTCOME_STOPPED;
    }
    if (discard(worker, 0)) {
        return DEVICE_OUTCOME_GONE;
    }
    if (!device_pads_hush(worker)) {
        return DEVICE_OUTCOME_STOPPED;
    }
    if (!worker->pads.wrote_last && !device_pads_answer(worker, &answered)) {
        return DEVICE_OUTCOME_GONE;
    }
    if (answered && !wait_gap(worker, driver->gap_ms)) {
        return DEVICE_OUTCOME_STOPPED;
    }
    int64_t from_us = clock_mono_us();
    enum err err = worker->link->write(worker->handle, frame->bytes, frame->length, WRITE_MS);
    if (err) {
        worker->blocked = err == ERR_TIMEOUT;
        return DEVICE_OUTCOME_GONE; /* half a frame may be out: only a new start helps */
    }
    worker->quiet_ms = clock_mono_ms();
    worker->pads.wrote_last = false;
    if (collect(worker, driver, frame, &answer)) {
        return DEVICE_OUTCOME_GONE;
    }
    int64_t spent_us = clock_mono_us() - from_us;
    enum device_outcome outcome = conclude(worker, answer);
    if (worker->noting != NULL) {
        device_health_note(worker->noting, outcome, spent_us);
    }
    return outcome;
}

/* An answering protocol that expects nothing to this frame has sent a broadcast. */
static bool is_broadcast(const struct device_driver *driver, const struct device_frame *frame)
{
    uint8_t none[1] = {0};

    return driver->answers &&
           driver->judge(frame->bytes, frame->length, none, 0) == DEVICE_ANSWER_OK;
}

enum device_outcome device_exchange(struct device_worker *worker,
                                    const struct device_driver *driver,
                                    const struct device_frame *frame, int tries)
{
    enum device_outcome outcome = DEVICE_OUTCOME_SILENT;

    for (int i = 0; i < tries; i++) {
        outcome = try_once(worker, driver, frame);
        if (outcome != DEVICE_OUTCOME_SILENT && outcome != DEVICE_OUTCOME_GARBLED) {
            break;
        }
    }
    if (outcome == DEVICE_OUTCOME_OK && is_broadcast(driver, frame) &&
        !device_worker_wait(worker, TURNAROUND_MS)) {
        return DEVICE_OUTCOME_STOPPED;
    }
    return outcome;
}
