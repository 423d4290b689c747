/* pad: what call keypads and rating pads say and are told: pure codecs, one row per protocol.
 *
 * A pad speaks when it is pressed, so its bytes come at any time and among others. A stream takes
 * them one by one and says when a whole frame has ended with this byte; it hunts on by itself after
 * noise. Nothing here opens, sleeps, waits or logs: time comes in. A simulated pad may use the same
 * functions the other way round. */
#ifndef PAD_H
#define PAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "press.h"
#include "wire.h"

#define PAD_FRAME_MAX 16
struct pad_frame {
    uint8_t bytes[PAD_FRAME_MAX];
    size_t length;
};

/* A whole frame from a pad. */
struct pad_said {
    bool rating; /* a value of a rating pad, else a key */
    int address;
    int key;    /* or the value */
    int before; /* the byte before a key that confirms it; -1 none */
    struct pad_frame frame;
};

/* Bytes since the last frame or silence. All zero is a fresh one. */
struct pad_stream {
    uint8_t bytes[PAD_FRAME_MAX];
    size_t length;
    bool dropping; /* what comes is thrown away up to the next silence */
    int64_t last_ms;
};

/* What the pad of a window shall show. */
struct pad_view {
    enum board_state state;
    char number[TICKET_NUMBER_SIZE]; /* while calling or serving */
    int32_t waiting;
    bool refused; /* the last press was: shown for a moment */
};
#define PAD_SHOW_MAX 2

struct pad_driver {
    const char *name;     /* as in the configuration */
    const char *longname; /* for people */
    const char *options;  /* of keypads, names separated by spaces */
    const char *ratings;  /* of rating pads; NULL: the protocol has none */
    int address_min, address_max;
    unsigned gap_ms;     /* silence before a frame of ours */
    unsigned refresh_ms; /* everything shown again this often: a pad may have lost its power */
    unsigned settle_ms;  /* a frame may end with this much silence; 0: with its last byte */
    /* Takes a byte. True: with it a frame has ended, whose bytes are the last of the stream.
     * `silence`: frames are told apart by silence, which is right on a wire and wrong on TCP. */
    bool (*feed)(struct pad_stream *stream, uint8_t byte, bool silence, int64_t now_ms,
                 struct pad_said *ret_said);
    /* Silence: true when it has ended a frame. NULL where settle_ms is 0. */
    bool (*settle)(struct pad_stream *stream, int64_t now_ms, struct pad_said *ret_said);
    /* The frame that must be sent back at once. NULL: the protocol has none. */
    void (*answer)(const struct pad_said *said, struct pad_frame *ret_frame);
    /* What the key shall do by the options; PRESS_KEY_COUNT: nothing. For a rating its level, 0
     * none. ERR_INVALID_OPTION: an option has an impossible value. */
    enum err (*press)(const struct wire_keypad *keypad, const struct pad_said *said,
                      enum press_key *ret_key, int32_t *ret_level);
    /* Frames that show the view, in order; how many. */
    int (*show)(const struct wire_keypad *keypad, const struct pad_view *view,
                struct pad_frame frames[PAD_SHOW_MAX]);
    /* A frame that sounds, NULL where sounds are part of what is shown; one that asks for a rating,
     * NULL where there are no rating pads. False: by the options there is none. */
    bool (*beep)(const struct wire_keypad *keypad, struct pad_frame *ret_frame);
    bool (*ask)(const struct wire_keypad *keypad, struct pad_frame *ret_frame);
};

/* Driver by name; NULL when there is none. */
const struct pad_driver *pad_find_driver(const char *name);
const struct pad_driver *pad_driver_at(int index);
/* The value of an option, or `fallback`. */
const char *pad_option(const struct wire_keypad *keypad, const char *key, const char *fallback);
/* The action an option names, or `fallback`; the word "none" is PRESS_KEY_COUNT.
 * ERR_INVALID_OPTION. */
MUST_USE enum err pad_option_action(const struct wire_keypad *keypad, const char *key,
                                    enum press_key fallback, enum press_key *ret_key);
/* The option `transfer_to`: "service:CODE" or "window:NO"; both empty without it.
 * ERR_INVALID_OPTION. */
MUST_USE enum err pad_option_transfer(const struct wire_keypad *keypad,
                                      char service[HALL_CODE_SIZE], int32_t *ret_window);
/* Is there such a driver, and does it take this address, this kind and these options?
 * ERR_INVALID_OPTION, with a reason for people (a constant). */
MUST_USE enum err pad_check(const struct wire_keypad *keypad, const char **ret_reason);

/* ---- the FF 68 family (pad_ff68.c) ---- */

extern const struct pad_driver pad_ff68;
enum pad_ff68_key {
    PAD_FF68_INVITE = 0x0B,
    PAD_FF68_NEXT = 0x0C,
    PAD_FF68_RECALL = 0x0D,
    PAD_FF68_CANCEL = 0x0E,
    PAD_FF68_CONFIRM = 0x0F,
    PAD_FF68_METRE = 0x11,
    PAD_FF68_PAUSE = 0x12,
    PAD_FF68_TRANSFER = 0x13
};
/* Any frame: address, function, data. At most PAD_FF68_DATA_MAX bytes of data. */
#define PAD_FF68_DATA_MAX 7
void pad_ff68_frame(int address, int function, const uint8_t *data, size_t length,
                    struct pad_frame *ret_frame);
/* Above 999 is shown as 999; less than 0 leaves the digits blank. */
void pad_ff68_waiting(int address, int waiting, struct pad_frame *ret_frame);
/* The last three digits of the number; its letters cannot be shown. */
void pad_ff68_ticket(int address, const char *number, struct pad_frame *ret_frame);
void pad_ff68_beep(int address, struct pad_frame *ret_frame);
void pad_ff68_stars(int address, struct pad_frame *ret_frame);
void pad_ff68_ask(int address, struct pad_frame *ret_frame);

/* ---- QSystem's boxes (pad_qsystem.c) ---- */

extern const struct pad_driver pad_qsystem;
enum pad_qsystem_light {
    PAD_QSYSTEM_OFF = 0x30,
    PAD_QSYSTEM_RED = 0x31,
    PAD_QSYSTEM_GREEN = 0x32,
    PAD_QSYSTEM_RED_FAST = 0x33,
    PAD_QSYSTEM_GREEN_FAST = 0x34,
    PAD_QSYSTEM_RED_SLOW = 0x35,
    PAD_QSYSTEM_GREEN_SLOW = 0x36
};
#define PAD_QSYSTEM_WITH_BEEP 7 /* added to a light */
#define PAD_QSYSTEM_STEADY 0
#define PAD_QSYSTEM_BLINKING (-1)
void pad_qsystem_light(int address, int light, struct pad_frame *ret_frame);
/* Three characters of ASCII, shorter texts filled with spaces; `blinks`: STEADY, BLINKING, or so
 * many times (1 to 94). */
void pad_qsystem_text(int address, int blinks, const char *text, struct pad_frame *ret_frame);
void pad_qsystem_poll(int address, struct pad_frame *ret_frame);
void pad_qsystem_move(int from, int to, struct pad_frame *ret_frame);

#endif
