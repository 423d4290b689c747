/* pad_qsystem: the button boxes of QSystem (Apertum), 57600 8N1 on RS-485.
 *
 *     from a box   01 address key 07
 *     to its light 01 address light 07      to its display   01 address blinks c c c 07
 *
 * No length and no checksum: on a wire a frame is what stands alone between two silences of 20 ms
 * (four bytes take 0.7 ms), and whatever else stands there was a collision and is dropped whole.
 * Over TCP silences do not keep; there groups of four bytes that fit are taken, and after one that
 * does not, everything up to the next silence is dropped.
 *
 * What we send to a light looks like a key, and 31 to 34 are both keys and lights. The worker drops
 * what it sent itself; besides, no light that means a key is shown but green (32, the start key),
 * which does no harm where somebody is being served already.
 *
 * The display has three characters: of a longer number the last three are shown, since all numbers
 * of a morning begin alike. The lights and when they are shown are ours; the texts "CAL", blinking
 * and steady are the original's. */
#include <stdio.h>
#include <string.h>

#include "pad.h"

enum { START = 0x01, ADDRESS_MIN = 0x20, END = 0x07, LENGTH = 4, TEXT = 3 };
enum { POLL = 0x04, MOVE = 0x03, FLASH_STEADY = 0x20, FLASH_BLINKING = 0x21, FLASH_MAX = 0x7F };
#define SILENCE_MS 20

/* ---- from a box ---- */

static bool fits(const uint8_t bytes[LENGTH])
{
    return bytes[0] == START && bytes[1] >= ADDRESS_MIN && bytes[LENGTH - 1] == END;
}

static bool end_group(struct pad_stream *stream, struct pad_said *ret_said)
{
    bool whole = stream->length == LENGTH && !stream->dropping && fits(stream->bytes);

    if (whole) {
        *ret_said =
            (struct pad_said){.address = stream->bytes[1], .key = stream->bytes[2], .before = -1};
        memcpy(ret_said->frame.bytes, stream->bytes, LENGTH);
        ret_said->frame.length = LENGTH;
    }
    stream->length = 0;
    return whole;
}

static bool qsystem_settle(struct pad_stream *stream, int64_t now_ms, struct pad_said *ret_said)
{
    if (now_ms - stream->last_ms < SILENCE_MS) {
        return false;
    }
    bool whole = end_group(stream, ret_said);
    stream->dropping = false;
    return whole;
}

static bool qsystem_feed(struct pad_stream *stream, uint8_t byte, bool silence, int64_t now_ms,
                         struct pad_said *ret_said)
{
    if (now_ms - stream->last_ms >= SILENCE_MS) {
        stream->length = 0; /* settle() was to be asked before */
        stream->dropping = false;
    }
    stream->last_ms = now_ms;
    if (stream->dropping || stream->length == LENGTH) {
        stream->dropping = true;
        return false;
    }
    stream->bytes[stream->length++] = byte;
    if (silence || stream->length < LENGTH) {
        return false;
    }
    bool whole = end_group(stream, ret_said);
    stream->dropping = !whole;
    return whole;
}

static enum err qsystem_press(const struct wire_keypad *keypad, const struct pad_said *said,
                              enum press_key *ret_key, int32_t *ret_level)
{
    static const enum press_key does[] = {PRESS_CALL, PRESS_START, PRESS_TRANSFER, PRESS_END};
    char option[16];

    *ret_level = 0;
    *ret_key = PRESS_KEY_COUNT;
    if (said->key < 0x31 || said->key > 0x34) {
        return ERR_NONE;
    }
    (void)snprintf(option, sizeof option, "key_%02x", (unsigned)said->key);
    return pad_option_action(keypad, option, does[said->key - 0x31], ret_key);
}

/* ---- to a box ---- */

static void put(struct pad_frame *frame, const uint8_t *bytes, size_t length)
{
    memcpy(frame->bytes, bytes, length);
    frame->length = length;
}

void pad_qsystem_light(int address, int light, struct pad_frame *ret_frame)
{
    put(ret_frame, (const uint8_t[]){START, (uint8_t)address, (uint8_t)light, END}, LENGTH);
}

void pad_qsystem_text(int address, int blinks, const char *text, struct pad_frame *ret_frame)
{
    uint8_t bytes[] = {START, (uint8_t)address, FLASH_STEADY, ' ', ' ', ' ', END};

    if (blinks == PAD_QSYSTEM_BLINKING) {
        bytes[2] = FLASH_BLINKING;
    } else if (blinks > 0) {
        int flash = FLASH_BLINKING + blinks;
        bytes[2] = (uint8_t)(flash < FLASH_MAX ? flash : FLASH_MAX);
    }
    for (size_t i = 0; i < TEXT && text[i] != '\0'; i++) {
        /* The code page of a box is not known beyond ASCII, and a control character could end the
         * frame. */
        bytes[3 + i] = (uint8_t)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    }
    put(ret_frame, bytes, sizeof bytes);
}

void pad_qsystem_poll(int address, struct pad_frame *ret_frame)
{
    put(ret_frame, (const uint8_t[]){POLL, (uint8_t)address, END}, 3);
}

void pad_qsystem_move(int from, int to, struct pad_frame *ret_frame)
{
    put(ret_frame, (const uint8_t[]){MOVE, (uint8_t)from, (uint8_t)to, END}, LENGTH);
}

static int light_of(const struct pad_view *view)
{
    if (view->refused) {
        return PAD_QSYSTEM_RED_FAST + PAD_QSYSTEM_WITH_BEEP;
    }
    switch (view->state) {
    case BOARD_CALLING:
        return PAD_QSYSTEM_GREEN_SLOW;
    case BOARD_SERVING:
        return PAD_QSYSTEM_GREEN;
    case BOARD_IDLE:
        return view->waiting > 0 ? PAD_QSYSTEM_RED_SLOW : PAD_QSYSTEM_OFF;
    case BOARD_CLOSED:
    case BOARD_PAUSED:
        break;
    }
    return PAD_QSYSTEM_OFF;
}

static const char *text_of(const struct pad_view *view, int *ret_blinks)
{
    size_t length = strlen(view->number);

    *ret_blinks = PAD_QSYSTEM_STEADY;
    if (view->refused) {
        *ret_blinks = 3;
        return "---";
    }
    switch (view->state) {
    case BOARD_CALLING:
        *ret_blinks = PAD_QSYSTEM_BLINKING;
        return view->number + (length > TEXT ? length - TEXT : 0);
    case BOARD_SERVING:
        return view->number + (length > TEXT ? length - TEXT : 0);
    case BOARD_IDLE:
        return view->waiting > 0 ? "CAL" : "";
    case BOARD_CLOSED:
    case BOARD_PAUSED:
        break;
    }
    return "";
}

static int qsystem_show(const struct wire_keypad *keypad, const struct pad_view *view,
                        struct pad_frame frames[PAD_SHOW_MAX])
{
    if (strcmp(pad_option(keypad, "shows", "light"), "text") == 0) {
        int blinks = 0;
        const char *text = text_of(view, &blinks);
        pad_qsystem_text(keypad->address, blinks, text, &frames[0]);
    } else {
        pad_qsystem_light(keypad->address, light_of(view), &frames[0]);
    }
    return 1;
}

const struct pad_driver pad_qsystem = {
    .name = "qsystem",
    .longname = "QSystem (Apertum) button box",
    .options = "key_31 key_32 key_33 key_34 shows transfer_to",
    .ratings = NULL,
    .address_min = ADDRESS_MIN,
    .address_max = 255,
    .gap_ms = SILENCE_MS + 5, /* a box frames by silence as we do */
    .refresh_ms = 60000,
    .settle_ms = SILENCE_MS,
    .feed = qsystem_feed,
    .settle = qsystem_settle,
    .answer = NULL,
    .press = qsystem_press,
    .show = qsystem_show,
    .beep = NULL, /* sounds are part of the lights; a display of three characters is mute */
    .ask = NULL,
};
