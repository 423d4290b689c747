/* ticket: a visit with its legs, as a value that may be copied, printed, stored and compared.
 *
 * The core fills it (core_get_ticket), wire prints it, store keeps it as rows of `visit` and `leg`
 * and reads it back. Codes are text, so a value stays right when the configuration changes. Times
 * are hall time in milliseconds, 0 is "not yet". */
#ifndef TICKET_H
#define TICKET_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "eta.h"
#include "hall.h"

#define TICKET_ID_SIZE 20     /* 10 characters of time, 4 of day, 5 of slot, Crockford base 32 */
#define TICKET_NUMBER_SIZE 12 /* "A012" */
#define TICKET_TOKEN_SIZE 16  /* bytes of the public link */
#define TICKET_TOKEN_TEXT 33  /* the same as hex */
#define TICKET_LANG_SIZE 12
#define TICKET_CHANNEL_SIZE 16
#define TICKET_REF_SIZE 64
#define TICKET_NOTE_SIZE 256
#define TICKET_REASON_SIZE 128
#define TICKET_ACTOR_SIZE 48 /* user name, device name */
#define TICKET_LEG_MAX 16    /* a visit sent on more often than this is refused */

/* States of a leg; the last six are final. */
enum ticket_state {
    TICKET_BOOKED,
    TICKET_WAITING,
    TICKET_CALLED,
    TICKET_SERVING,
    TICKET_HELD,
    TICKET_NO_SHOW,
    TICKET_DONE,
    TICKET_TRANSFERRED,
    TICKET_ABANDONED,
    TICKET_CANCELLED,
    TICKET_EXPIRED,
    TICKET_VOID,
    TICKET_STATE_COUNT
};

enum ticket_print {
    TICKET_PRINT_NONE,
    TICKET_PRINT_QUEUED,
    TICKET_PRINT_PRINTED,
    TICKET_PRINT_FAILED
};

/* How a served leg came to its rating, or to none. */
enum {
    TICKET_ASKED_MACHINE = 1, /* by the device at the window */
    TICKET_ASKED_CLERK = 2,   /* in words: the only asking that counts as one */
    TICKET_RATING_LAPSED = 4, /* the prompt ended without an answer */
    TICKET_EXEMPT_FAST = 8,   /* served at a fast window */
    TICKET_EXEMPT_DEVICE = 16 /* the rating device was away */
};

struct ticket_leg {
    int32_t no; /* 1.. */
    char service[HALL_CODE_SIZE];
    enum ticket_state state;
    int32_t window;                /* number of the window that has or last had it; 0 none */
    int32_t target_window;         /* may be called only there; 0 anywhere */
    char clerk[TICKET_ACTOR_SIZE]; /* who called it last */
    char outcome[HALL_CODE_SIZE];
    int64_t entered_ms, called_ms, last_called_ms, started_ms, ended_ms, held_until_ms;
    int64_t held_total_ms, no_show_total_ms; /* time spent parked and passed */
    int32_t calls;                           /* of this calling attempt */
    int32_t no_shows;
    int32_t overtakes;    /* by policy */
    int32_t rating;       /* 0 none, 1..5 */
    int32_t rating_facts; /* bits, above */
    /* What a forecast said of the wait when the number was given: range and median in seconds, -1
     * nothing; how many in a thousand such ranges shall hold, 0 when none was. */
    int32_t told_low_s, told_s, told_high_s, told_pm;
};

struct ticket {
    char id[TICKET_ID_SIZE];
    int32_t slot; /* of the open day; -1 when read from the store */
    char number[TICKET_NUMBER_SIZE];
    int32_t day;
    enum ticket_state state; /* of the last leg */
    char cls[HALL_CODE_SIZE];
    char lang[TICKET_LANG_SIZE];
    char channel[TICKET_CHANNEL_SIZE];
    char external_ref[TICKET_REF_SIZE];
    char note[TICKET_NOTE_SIZE];
    uint8_t token[TICKET_TOKEN_SIZE];
    int64_t issued_ms;
    enum ticket_print print;
    int32_t copies;
    bool urgent;
    bool time_inaccurate;
    int64_t version; /* grows with every change */
    int32_t ahead;   /* legs that would be called before it; -1 when it does not wait */
    struct eta eta;  /* from when it was read; unknown when it does not wait */
    struct ticket_leg legs[TICKET_LEG_MAX];
    int leg_count; /* >= 1; legs[leg_count - 1] is the current one */
};

/* "waiting", ...; never NULL. */
const char *ticket_state_text(enum ticket_state state);
/* TICKET_STATE_COUNT when unknown. */
enum ticket_state ticket_state_parse(const char *text);
bool ticket_state_is_final(enum ticket_state state);
const char *ticket_print_text(enum ticket_print print);

/* Id of the visit in `slot` of business day `day`, issued at that time; sorts by time. */
void ticket_id_make(int64_t issued_ms, int32_t day, int32_t slot, char id[TICKET_ID_SIZE]);
/* The parts back. ERR_NOT_FOUND when `id` is not of this shape. */
MUST_USE enum err ticket_id_read(const char *id, int64_t *ret_issued_ms, int32_t *ret_day,
                                 int32_t *ret_slot);
/* "A012": prefix and number with as many digits as `last` has. */
void ticket_number_make(const char *prefix, int32_t value, int32_t last,
                        char number[TICKET_NUMBER_SIZE]);

#endif
