/* press: a key of a clerk's button or keypad, or a value of a rating pad, and what came of it.
 *
 * A key is the clerk's hand: it knows no tickets, and what it does depends on who is at the window.
 * The engine looks that up and does it in one step (engine_press.c), so that nothing can come
 * between the two. Values; any thread. */
#ifndef PRESS_H
#define PRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "hall.h"
#include "ticket.h"

/* A press so soon after the last one is the bounce of a finger, whatever the key. */
#define PRESS_GUARD_MS 1500

enum press_key {
    PRESS_NEXT,
    PRESS_RECALL,
    PRESS_START,
    PRESS_FINISH,
    PRESS_NO_SHOW,
    PRESS_PAUSE,    /* and, while paused or about to, back to work */
    PRESS_CALL,     /* one key: next at a free window, recall of who was called */
    PRESS_END,      /* one key: finish, or no-show before the start */
    PRESS_HOLD,     /* parks who is at the window */
    PRESS_RESUME,   /* brings back who was parked first */
    PRESS_TRANSFER, /* to `service` or `target_window` */
    PRESS_INVITE,   /* asks for a rating; finishes first while serving */
    PRESS_RATE,     /* `level`, of the ticket that is asked about at the window */
    PRESS_KEY_COUNT
};

/* How a button without keys was pushed; its row of the configuration says what that means. */
enum press_push { PRESS_SHORT, PRESS_LONG, PRESS_DOUBLE, PRESS_PUSH_COUNT };

#define PRESS_REASON_SIZE 16
struct press {
    enum press_key key; /* PRESS_KEY_COUNT: what `push` means for that device */
    enum press_push push;
    bool by_get;      /* only for a button that may, from its address */
    uint8_t from[16]; /* of the peer, when `by_get`; IPv4 mapped into IPv6 */
    int32_t window;
    int32_t level;
    char device[HALL_CODE_SIZE];    /* the keypad's or button's code: who acts, for the record */
    char reason[PRESS_REASON_SIZE]; /* of a pause or of parking: "button", "keypad" */
    char service[HALL_CODE_SIZE];
    int32_t target_window;
    int64_t n; /* counts presses of that device: comes back with the answer */
};

struct press_answer {
    char device[HALL_CODE_SIZE];
    enum err err;
    bool nobody; /* no error, but there was nobody to do it with */
    char number[TICKET_NUMBER_SIZE];
    int64_t n;
};

/* "next", "no_show", ...; PRESS_KEY_COUNT when unknown, NULL for PRESS_KEY_COUNT. */
enum press_key press_key_parse(const char *word);
const char *press_key_text(enum press_key key);
/* `last_ms`: of the press before, on the same clock. */
bool press_bounces(int64_t last_ms, int64_t now_ms);

#endif
