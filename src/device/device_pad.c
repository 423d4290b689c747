/* device_pad: see device_pad.h.
 *
 * A pad shows its window's sign and how many wait. While somebody is at the window the count is
 * left as it is: it changes often, and each writing of it would take the ticket's digits off the
 * pad for a moment. A refusal is shown for REFUSED_MS and then gives way to the truth; that and any
 * other answer is written out again even where it says nothing new, since the clerk waits for it.
 *
 * A bounce gets the answer of the press before once more, as a button over HTTP does. After trouble
 * on our side there is no waiting: pressing again tries again. */
#include <assert.h>
#include <string.h>

#include "device_pad.h"

#define REPEAT_MS 300
#define REFUSED_MS 1500

void device_pad_init(struct device_pad *pad, const struct wire_keypad *keypad)
{
    memset(pad, 0, sizeof *pad);
    pad->keypad = *keypad;
    pad->detail = "";
    if (pad_check(keypad, &pad->fault) == ERR_NONE) {
        pad->driver = pad_find_driver(keypad->driver);
    }
    device_health_init(&pad->health, keypad->code, keypad->driver, keypad->port, false);
    pad->view.state = BOARD_CLOSED;
    memcpy(pad->press.device, keypad->code, sizeof pad->press.device);
    memcpy(pad->press.reason, "keypad", sizeof "keypad");
    pad->press.window = keypad->window;
}

static bool is_same(const struct pad_frame *a, const struct pad_frame *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static void add_once(struct device_pad *pad,
                     bool (*make)(const struct wire_keypad *keypad, struct pad_frame *ret_frame))
{
    if (make != NULL && pad->once_count < DEVICE_PAD_ONCE_MAX &&
        make(&pad->keypad, &pad->once[pad->once_count])) {
        pad->once_count++;
    }
}

/* ---- shown ---- */

static bool is_busy(const struct pad_view *view)
{
    return view->state == BOARD_CALLING || view->state == BOARD_SERVING;
}

/* Encodes the view; what is shown already is written again only when `again`. */
static void encode(struct device_pad *pad, bool again)
{
    struct pad_frame frames[PAD_SHOW_MAX];

    if (pad->keypad.rating) {
        return; /* nothing stands there */
    }
    int count = pad->driver->show(&pad->keypad, &pad->view, frames);
    bool same = count == pad->frame_count;
    for (int i = 0; i < count && same; i++) {
        same = is_same(&frames[i], &pad->frames[i]);
    }
    if (same && !again) {
        return;
    }
    memcpy(pad->frames, frames, sizeof frames);
    pad->frame_count = count;
    pad->next = 0;
}

static void show_refusal(struct device_pad *pad, int64_t now_ms)
{
    pad->view.refused = true;
    pad->refused_until_ms = now_ms + REFUSED_MS;
    add_once(pad, pad->driver->beep);
    encode(pad, true);
}

void device_pad_refuse(struct device_pad *pad, int64_t now_ms)
{
    pad->result.err = ERR_WRONG_STATE;
    show_refusal(pad, now_ms);
}

static bool was_refused(const struct press_answer *result)
{
    return result->err != ERR_NONE || result->nobody;
}

static void show_result(struct device_pad *pad, int64_t now_ms)
{
    if (was_refused(&pad->result)) {
        show_refusal(pad, now_ms);
        return;
    }
    pad->view.refused = false;
    pad->refused_until_ms = 0;
    pad->view.waiting = pad->told.waiting;
    encode(pad, true);
}

/* Our trouble, not a rule of the hall. */
static bool is_trouble(enum err err)
{
    return err == ERR_BUSY || err == ERR_STARTING || err == ERR_READ_ONLY || err == ERR_NO_MEMORY;
}

static bool read_sign(struct device_pad *pad, struct bus *bus)
{
    struct board_sign sign;
    uint64_t version = 0;

    if (bus_get_sign(bus, pad->keypad.window, &sign, &version) || version == pad->sign_version) {
        return false;
    }
    pad->sign_version = version;
    pad->view.state = sign.state;
    memcpy(pad->view.number, sign.number, sizeof pad->view.number);
    return true;
}

static bool read_told(struct device_pad *pad, struct bus *bus)
{
    struct bus_pad told;
    uint64_t version = 0;

    if (bus_get_pad(bus, pad->keypad.window, &told, &version) || version == pad->told_version) {
        return false;
    }
    /* The first word is no news: it may be of an invitation that was answered long ago. */
    bool asks = pad->told_version != 0 && told.asked != pad->told.asked;
    pad->told_version = version;
    pad->told = told;
    if (asks && pad->keypad.rating) {
        add_once(pad, pad->driver->ask);
    }
    return true;
}

static bool read_answer(struct device_pad *pad, struct bus *bus)
{
    struct press_answer answer;
    uint64_t version = 0;

    if (bus_get_press(bus, pad->keypad.code, &answer, &version) || version == pad->answer_version) {
        return false;
    }
    pad->answer_version = version;
    if (!pad->primed) {
        pad->press.n = answer.n; /* of threads before us: ours count on */
    }
    if (!pad->primed || answer.n != pad->press.n) {
        return false;
    }
    pad->result = answer;
    pad->result_news = true;
    pad->pressed = !is_trouble(answer.err);
    return true;
}

void device_pad_update(struct device_pad *pad, struct bus *bus, int64_t now_ms)
{
    if (pad->driver == NULL) {
        return;
    }
    bool moved = read_sign(pad, bus);
    bool told = read_told(pad, bus);
    bool answered = read_answer(pad, bus);
    bool over = pad->refused_until_ms != 0 && now_ms >= pad->refused_until_ms;

    pad->primed = true;
    if (over) {
        pad->refused_until_ms = 0;
        pad->view.refused = false;
    }
    if (moved || (told && !is_busy(&pad->view))) {
        pad->view.waiting = pad->told.waiting;
    }
    if (answered) {
        show_result(pad, now_ms);
    } else if (moved || told || over || pad->frame_count == 0) {
        encode(pad, false);
    }
}

/* ---- said ---- */

void device_pad_take(struct device_pad *pad, const struct pad_said *said, int64_t now_ms)
{
    bool same = is_same(&pad->last, &said->frame);
    bool repeated = same && now_ms - pad->last_ms < REPEAT_MS;
    enum press_key key = PRESS_KEY_COUNT;
    int32_t level = 0;

    pad->last = said->frame;
    pad->last_ms = now_ms;
    pad->heard = true;
    device_health_heard(&pad->health);
    if (pad->driver->answer != NULL && !(same && now_ms - pad->answered_ms < REPEAT_MS)) {
        pad->driver->answer(said, &pad->answer);
        pad->answer_due = true;
        pad->answered_ms = now_ms;
    }
    if (repeated || pad->driver->press(&pad->keypad, said, &key, &level) ||
        key == PRESS_KEY_COUNT) {
        return;
    }
    if (pad->pressed && press_bounces(pad->press_ms, now_ms)) {
        show_result(pad, now_ms);
        return;
    }
    pad->pressed = true;
    pad->press_ms = now_ms;
    pad->press.key = key;
    pad->press.level = level;
    pad->press.n++;
    pad->press_due = true;
    pad->result = (struct press_answer){.nobody = false}; /* not known yet */
}

/* ---- due ---- */

const struct pad_frame *device_pad_due(const struct device_pad *pad, int64_t now_ms,
                                       int64_t *ret_ms)
{
    *ret_ms = INT64_MAX;
    if (pad->driver == NULL) {
        return NULL;
    }
    if (pad->once_count > 0) {
        return &pad->once[0];
    }
    if (pad->next < pad->frame_count) {
        return &pad->frames[pad->next];
    }
    if (pad->frame_count > 0 && pad->refresh_ms != 0 && now_ms >= pad->refresh_ms) {
        return &pad->frames[0];
    }
    *ret_ms = pad->refused_until_ms != 0 ? pad->refused_until_ms : INT64_MAX;
    if (pad->refresh_ms != 0 && pad->refresh_ms < *ret_ms) {
        *ret_ms = pad->refresh_ms;
    }
    return NULL;
}

void device_pad_written(struct device_pad *pad, int64_t now_ms)
{
    if (pad->once_count > 0) {
        pad->once_count--;
        memmove(pad->once, pad->once + 1, (size_t)pad->once_count * sizeof pad->once[0]);
        return;
    }
    if (pad->next >= pad->frame_count) {
        pad->next = 0; /* the first of a refresh */
    }
    assert(pad->frame_count > 0);
    pad->next++;
    pad->refresh_ms = now_ms + pad->driver->refresh_ms;
}

void device_pad_forget(struct device_pad *pad)
{
    pad->next = 0;
    pad->answer_due = false;
    pad->once_count = 0;
    pad->heard = false;
}
