/* pad_ff68: keypads and evaluators of the "FF 68" family, 9600 8N1 on RS-485.
 *
 *     FF 68 L L 68 address function data... sum 16
 *
 * L counts address, function and data and is sent twice; the sum is over those, modulo 256. A pad
 * sends L from 3 to 5. Function 11 is a rating (the value is the first byte of data), anything else
 * a key (the last byte): the original host looks no closer. A key is answered with the identical
 * frame, a rating with the same frame as function 01, and so a sum that is lower by 10.
 *
 * Hunting: at the first byte that cannot belong to a frame, the hunt begins again right after the
 * FF it began with, so that "FF FF 68" is no loss. Half a frame is dropped after 100 ms of silence.
 * A longer L is noise here, which also keeps the echo of what we show from being taken for a key.
 *
 * The digits show either how many wait or the end of a ticket's number, the other field blank, as
 * the original host sends them; 0A is a blank digit. There is no dash and no blinking: a refusal is
 * a beep and digits that go dark for a moment. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "pad.h"

enum { START = 0xFF, MARK = 0x68, END = 0x16, HEAD = 5, TAIL = 2 };
enum { FUNCTION_KEY = 0x01, FUNCTION_SHOW = 0x02, FUNCTION_BEEP = 0x03, FUNCTION_RATING = 0x11 };
enum { LENGTH_MIN = 3, LENGTH_MAX = 5, BLANK = 0x0A, DIGITS = 3, STARS = 0x05 };
#define HALF_MS 100
#define VALUE_COUNT 4 /* of an evaluator: 0 to 3 */

_Static_assert(HEAD + 2 + PAD_FF68_DATA_MAX + TAIL <= PAD_FRAME_MAX, "any frame of ours fits");
_Static_assert(HEAD + LENGTH_MAX + TAIL <= PAD_FRAME_MAX, "any frame of a pad fits");

static uint8_t sum_of(const uint8_t *bytes, size_t length)
{
    unsigned sum = 0;

    for (size_t i = 0; i < length; i++) {
        sum += bytes[i];
    }
    return (uint8_t)sum;
}

/* ---- from a pad ---- */

enum look { LOOK_MORE, LOOK_WHOLE, LOOK_NONE };

/* Are these bytes the beginning of a frame, or all of one? */
static enum look look_at(const uint8_t *bytes, size_t count)
{
    static const uint8_t marks[HEAD] = {START, MARK, 0, 0, MARK};

    for (size_t i = 0; i < count && i < HEAD; i++) {
        bool wrong = i == 2   ? bytes[i] < LENGTH_MIN || bytes[i] > LENGTH_MAX
                     : i == 3 ? bytes[i] != bytes[2]
                              : bytes[i] != marks[i];
        if (wrong) {
            return LOOK_NONE;
        }
    }
    if (count < HEAD || count < (size_t)HEAD + bytes[2] + TAIL) {
        return LOOK_MORE;
    }
    size_t length = bytes[2];
    bool right =
        bytes[HEAD + length] == sum_of(bytes + HEAD, length) && bytes[HEAD + length + 1] == END;
    return right ? LOOK_WHOLE : LOOK_NONE;
}

static void read_frame(const struct pad_stream *stream, struct pad_said *said)
{
    const uint8_t *body = stream->bytes + HEAD;
    size_t length = stream->bytes[2];

    *said =
        (struct pad_said){.rating = body[1] == FUNCTION_RATING, .address = body[0], .before = -1};
    said->key = said->rating ? body[2] : body[length - 1];
    if (!said->rating && length > LENGTH_MIN) {
        said->before = body[length - 2];
    }
    memcpy(said->frame.bytes, stream->bytes, stream->length);
    said->frame.length = stream->length;
}

static bool ff68_feed(struct pad_stream *stream, uint8_t byte, bool silence, int64_t now_ms,
                      struct pad_said *ret_said)
{
    (void)silence; /* frames say their length */
    if (now_ms - stream->last_ms >= HALF_MS) {
        stream->length = 0;
    }
    stream->last_ms = now_ms;
    assert(stream->length < PAD_FRAME_MAX);
    stream->bytes[stream->length++] = byte;
    enum look look = look_at(stream->bytes, stream->length);
    /* Each round drops a byte. */
    while (look == LOOK_NONE) {
        stream->length--;
        memmove(stream->bytes, stream->bytes + 1, stream->length);
        look = look_at(stream->bytes, stream->length);
    }
    if (look != LOOK_WHOLE) {
        return false;
    }
    read_frame(stream, ret_said);
    stream->length = 0;
    return true;
}

static void ff68_answer(const struct pad_said *said, struct pad_frame *ret_frame)
{
    *ret_frame = said->frame;
    if (said->rating) {
        ret_frame->bytes[HEAD + 1] = FUNCTION_KEY;
        ret_frame->bytes[ret_frame->length - TAIL] -= FUNCTION_RATING - FUNCTION_KEY;
    }
}

static enum err press_key(const struct wire_keypad *keypad, const struct pad_said *said,
                          enum press_key *ret_key)
{
    static const struct {
        const char *option;
        int key, before;
        enum press_key does;
    } keys[] = {
        {"key_0b", PAD_FF68_INVITE, -1, PRESS_INVITE},
        {"key_0c", PAD_FF68_NEXT, -1, PRESS_NEXT},
        {"key_0d", PAD_FF68_RECALL, -1, PRESS_RECALL},
        {"key_0e", PAD_FF68_CANCEL, -1, PRESS_KEY_COUNT},
        {"key_11", PAD_FF68_METRE, -1, PRESS_KEY_COUNT},
        {"key_12", PAD_FF68_PAUSE, -1, PRESS_PAUSE},
        {"key_13", PAD_FF68_TRANSFER, -1, PRESS_TRANSFER},
        {"confirm_00", PAD_FF68_CONFIRM, 0x00, PRESS_HOLD},
        {"confirm_03", PAD_FF68_CONFIRM, 0x03, PRESS_RESUME},
        {"confirm_06", PAD_FF68_CONFIRM, 0x06, PRESS_NO_SHOW},
    };

    *ret_key = PRESS_KEY_COUNT;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (said->key == keys[i].key &&
            (keys[i].key != PAD_FF68_CONFIRM || said->before == keys[i].before)) {
            return pad_option_action(keypad, keys[i].option, keys[i].does, ret_key);
        }
    }
    return ERR_NONE;
}

/* The original host keeps 0 as 1, 1 as 0, 2 as 3 and the rest as 4. Read as places from the best of
 * five levels, which is a guess, that makes these. */
static enum err press_rating(const struct wire_keypad *keypad, int value, int32_t *ret_level)
{
    static const char *const defaults[VALUE_COUNT] = {"4", "5", "2", "1"};
    char option[16];

    *ret_level = 0;
    if (value < 0 || value >= VALUE_COUNT) {
        return ERR_NONE;
    }
    (void)snprintf(option, sizeof option, "rating_%d", value);
    const char *text = pad_option(keypad, option, defaults[value]);
    if (strcmp(text, "none") == 0) {
        return ERR_NONE;
    }
    if (text[0] < '1' || text[0] > '5' || text[1] != '\0') {
        return ERR_INVALID_OPTION;
    }
    *ret_level = text[0] - '0';
    return ERR_NONE;
}

static enum err ff68_press(const struct wire_keypad *keypad, const struct pad_said *said,
                           enum press_key *ret_key, int32_t *ret_level)
{
    *ret_level = 0;
    if (!said->rating) {
        return press_key(keypad, said, ret_key);
    }
    enum err err = press_rating(keypad, said->key, ret_level);
    *ret_key = *ret_level == 0 ? PRESS_KEY_COUNT : PRESS_RATE;
    return err;
}

/* ---- to a pad ---- */

void pad_ff68_frame(int address, int function, const uint8_t *data, size_t length,
                    struct pad_frame *ret_frame)
{
    uint8_t *bytes = ret_frame->bytes;
    uint8_t counted = (uint8_t)(length + 2);

    assert(length <= PAD_FF68_DATA_MAX);
    memcpy(
        bytes,
        (const uint8_t[]){START, MARK, counted, counted, MARK, (uint8_t)address, (uint8_t)function},
        HEAD + 2);
    if (length > 0) {
        memcpy(bytes + HEAD + 2, data, length);
    }
    bytes[HEAD + counted] = sum_of(bytes + HEAD, counted);
    bytes[HEAD + counted + 1] = END;
    ret_frame->length = (size_t)HEAD + counted + TAIL;
}

void pad_ff68_waiting(int address, int waiting, struct pad_frame *ret_frame)
{
    uint8_t data[2 * DIGITS];
    int shown = waiting > 999 ? 999 : waiting;

    memset(data, BLANK, sizeof data);
    for (int i = DIGITS - 1; i >= 0 && shown >= 0; i--) {
        data[i] = (uint8_t)(shown % 10);
        shown /= 10;
    }
    pad_ff68_frame(address, FUNCTION_SHOW, data, sizeof data, ret_frame);
}

void pad_ff68_ticket(int address, const char *number, struct pad_frame *ret_frame)
{
    uint8_t data[2 * DIGITS];
    size_t at = strlen(number);

    memset(data, BLANK, sizeof data);
    for (int i = 2 * DIGITS - 1; i >= DIGITS && at > 0; i--) {
        char digit = number[--at];
        if (digit < '0' || digit > '9') {
            break;
        }
        data[i] = (uint8_t)(digit - '0');
    }
    pad_ff68_frame(address, FUNCTION_SHOW, data, sizeof data, ret_frame);
}

void pad_ff68_beep(int address, struct pad_frame *ret_frame)
{
    pad_ff68_frame(address, FUNCTION_BEEP, NULL, 0, ret_frame);
}

void pad_ff68_stars(int address, struct pad_frame *ret_frame)
{
    pad_ff68_frame(address, FUNCTION_SHOW, (const uint8_t[]){STARS}, 1, ret_frame);
}

void pad_ff68_ask(int address, struct pad_frame *ret_frame)
{
    pad_ff68_frame(address, FUNCTION_KEY, (const uint8_t[]){PAD_FF68_INVITE}, 1, ret_frame);
}

static bool is_busy(const struct pad_view *view)
{
    return view->state == BOARD_CALLING || view->state == BOARD_SERVING;
}

static int ff68_show(const struct wire_keypad *keypad, const struct pad_view *view,
                     struct pad_frame frames[PAD_SHOW_MAX])
{
    int address = keypad->address;

    if (view->refused || view->state == BOARD_CLOSED) {
        pad_ff68_waiting(address, -1, &frames[0]);
        return 1;
    }
    pad_ff68_waiting(address, view->waiting, &frames[0]);
    if (!is_busy(view)) {
        return 1;
    }
    pad_ff68_ticket(address, view->number, &frames[1]);
    return 2;
}

static bool ff68_beep(const struct wire_keypad *keypad, struct pad_frame *ret_frame)
{
    pad_ff68_beep(keypad->address, ret_frame);
    return true;
}

static bool ff68_ask(const struct wire_keypad *keypad, struct pad_frame *ret_frame)
{
    const char *how = pad_option(keypad, "ask", "start");

    if (strcmp(how, "stars") == 0) {
        pad_ff68_stars(keypad->address, ret_frame);
    } else {
        pad_ff68_ask(keypad->address, ret_frame);
    }
    return strcmp(how, "none") != 0;
}

const struct pad_driver pad_ff68 = {
    .name = "ff68",
    .longname = "keypad or evaluator of the FF 68 family",
    .options = "key_0b key_0c key_0d key_0e key_11 key_12 key_13 confirm_00 confirm_03 confirm_06 "
               "transfer_to",
    .ratings = "rating_0 rating_1 rating_2 rating_3 ask",
    .address_min = 0,
    .address_max = 255,
    .gap_ms = 20, /* not stated: two characters would do; a slow pad may want more */
    .refresh_ms = 60000,
    .settle_ms = 0,
    .feed = ff68_feed,
    .settle = NULL,
    .answer = ff68_answer,
    .press = ff68_press,
    .show = ff68_show,
    .beep = ff68_beep,
    .ask = ff68_ask,
};
