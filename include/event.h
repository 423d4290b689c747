/* event: one change of the hall. The log of these is the truth; everything else is a view of it.
 *
 * An event is a value that stands alone: it names things by code and number, so that it can be
 * stored, sent and replayed without the core that made it. Members that a kind does not use are
 * zero or empty (window and the slots -1 or 0 as noted). `struct event` is what core_step() emits
 * and core_replay() takes. */
#ifndef EVENT_H
#define EVENT_H

#include <stdint.h>

#include "ticket.h"

/* clang-format off */
#define EVENT_KIND_LIST(X)                                                                        \
    X(EVENT_TICKET_ISSUED,      "ticket.issued")                                                  \
    X(EVENT_TICKET_PRINTED,     "ticket.printed")                                                 \
    X(EVENT_TICKET_PRINT_FAILED,"ticket.print_failed")                                            \
    X(EVENT_TICKET_PRINT_QUEUED,"ticket.print_queued")                                            \
    X(EVENT_TICKET_AMENDED,     "ticket.amended")                                                 \
    X(EVENT_TICKET_CALLED,      "ticket.called")                                                  \
    X(EVENT_TICKET_RECALLED,    "ticket.recalled")                                                \
    X(EVENT_TICKET_STARTED,     "ticket.started")                                                 \
    X(EVENT_TICKET_FINISHED,    "ticket.finished")                                                \
    X(EVENT_TICKET_NO_SHOW,     "ticket.no_show")                                                 \
    X(EVENT_TICKET_RESTORED,    "ticket.restored")                                                \
    X(EVENT_TICKET_RETURNED,    "ticket.returned")                                                \
    X(EVENT_TICKET_ABANDONED,   "ticket.abandoned")                                               \
    X(EVENT_TICKET_HELD,        "ticket.held")                                                    \
    X(EVENT_TICKET_RESUMED,     "ticket.resumed")                                                 \
    X(EVENT_TICKET_TRANSFERRED, "ticket.transferred")                                             \
    X(EVENT_TICKET_CONTINUED,   "ticket.continued")                                               \
    X(EVENT_TICKET_CHECKED,     "ticket.checked")                                                 \
    X(EVENT_TICKET_DEFERRED,    "ticket.deferred")                                                \
    X(EVENT_TICKET_ATTENDED,    "ticket.attended")                                                \
    X(EVENT_TICKET_CANCELLED,   "ticket.cancelled")                                               \
    X(EVENT_TICKET_VOIDED,      "ticket.voided")                                                  \
    X(EVENT_TICKET_EXPIRED,     "ticket.expired")                                                 \
    X(EVENT_TICKET_UNDONE,      "ticket.undone")                                                  \
    X(EVENT_RATING_INVITED,     "rating.invited")                                                 \
    X(EVENT_RATING_SUBMITTED,   "rating.submitted")                                               \
    X(EVENT_RATING_LAPSED,      "rating.lapsed")                                                  \
    X(EVENT_RATING_EXEMPTED,    "rating.exempted")                                                \
    X(EVENT_APPOINTMENT_CREATED,"appointment.created")                                            \
    X(EVENT_APPOINTMENT_CHECKED_IN, "appointment.checked_in")                                     \
    X(EVENT_WINDOW_OPENED,      "window.opened")                                                  \
    X(EVENT_WINDOW_CLOSED,      "window.closed")                                                  \
    X(EVENT_WINDOW_PAUSED,      "window.paused")                                                  \
    X(EVENT_WINDOW_RESUMED,     "window.resumed")                                                 \
    X(EVENT_WINDOW_UPDATED,     "window.updated")                                                 \
    X(EVENT_SERVICE_SUSPENDED,  "service.suspended")                                              \
    X(EVENT_SERVICE_RESUMED,    "service.resumed")                                                \
    X(EVENT_SERVICE_DIVERTED,   "service.diverted")                                               \
    X(EVENT_HALL_DAY_OPENED,    "hall.day_opened")                                                \
    X(EVENT_HALL_DAY_CLOSED,    "hall.day_closed")                                                \
    X(EVENT_HALL_ALERT_RAISED,  "hall.alert_raised")                                              \
    X(EVENT_HALL_ALERT_CLEARED, "hall.alert_cleared")                                             \
    X(EVENT_ANNOUNCEMENT_QUEUED, "announcement.queued")                                           \
    X(EVENT_ANNOUNCEMENT_STARTED, "announcement.started")                                         \
    X(EVENT_ANNOUNCEMENT_ENDED, "announcement.ended")                                             \
    X(EVENT_ANNOUNCEMENT_DROPPED, "announcement.dropped")                                         \
    X(EVENT_DEVICE_ONLINE,      "device.online")                                                  \
    X(EVENT_DEVICE_OFFLINE,     "device.offline")                                                 \
    X(EVENT_DEVICE_PAPER_LOW,   "device.paper_low")                                               \
    X(EVENT_DEVICE_PAPER_OUT,   "device.paper_out")                                               \
    X(EVENT_DEVICE_PAPER_OK,    "device.paper_ok")                                                \
    X(EVENT_DEVICE_HELP,        "device.help")                                                    \
    X(EVENT_DEVICE_ERROR,       "device.error")                                                   \
    X(EVENT_DEVICE_ENROLLED,    "device.enrolled")                                                \
    X(EVENT_DEVICE_REVOKED,     "device.revoked")                                                 \
    X(EVENT_CONFIG_CHANGED,     "config.changed")                                                 \
    X(EVENT_USER_LOGGED_IN,     "user.logged_in")                                                 \
    X(EVENT_USER_LOGGED_OUT,    "user.logged_out")                                                \
    X(EVENT_USER_CREATED,       "user.created")                                                   \
    X(EVENT_USER_UPDATED,       "user.updated")                                                   \
    X(EVENT_USER_DELETED,       "user.deleted")
/* clang-format on */

enum event_kind {
#define X(name, text) name,
    EVENT_KIND_LIST(X)
#undef X
        EVENT_KIND_COUNT
};

/* Why a leg was called; pick.c has the steps. */
enum event_rule {
    EVENT_RULE_NONE,
    EVENT_RULE_POLICY,
    EVENT_RULE_GUARD_K,
    EVENT_RULE_GUARD_W,
    EVENT_RULE_URGENT,
    EVENT_RULE_DEFERRED,
    EVENT_RULE_EARLY,
    EVENT_RULE_CHOSEN,  /* call_specific, with its reason */
    EVENT_RULE_RESUMED, /* out of hold, by its window */
    EVENT_RULE_WALK_IN
};

/* Overtaken tickets listed by name; beyond that only the count is kept: the list exists to be read
 * by a person. */
#define EVENT_OVERTOOK_MAX 20

/* An overtaken ticket as it stood at that call: enough to tell it why it was not its turn. */
struct event_passed {
    int64_t score; /* its points; without rate times age: its head starts and preference */
    int64_t age_ms;
    int32_t rate_pm;
    int32_t times; /* how often policy has passed it so far, this call included when it counts */
    int32_t cap;   /* the most its class allows; -1 no limit */
};

struct event_why {
    enum event_rule rule;
    enum hall_rule policy;          /* in force at that call */
    int64_t score;                  /* points: milliseconds times per mille */
    int64_t head;                   /* its parts: head start, ... */
    int64_t aged;                   /* ... rate times age, ... */
    int64_t pref;                   /* ... and the window's preference */
    int64_t age_ms;                 /* `aged`, taken apart */
    int32_t rate_pm;                /* ... */
    char guard[TICKET_NUMBER_SIZE]; /* the leg that a guard protected ... */
    int32_t guard_times;            /* ... how often it had been passed before this call */
    int64_t guard_age_ms;           /* ... and how long it had waited */
    int32_t urgent_no;              /* urgent: which grant of the day, from 1; 0 unknown ... */
    int32_t urgent_cap;             /* ... and how many there are a day */
    int32_t overtaken;              /* how many */
    int32_t listed;                 /* how many of them are in `overtook` */
    int32_t overtook[EVENT_OVERTOOK_MAX]; /* visit slots, oldest first */
    char numbers[EVENT_OVERTOOK_MAX][TICKET_NUMBER_SIZE];
    int32_t detailed; /* how many are in `passed`: all listed, none in a log older than it */
    struct event_passed passed[EVENT_OVERTOOK_MAX];
};

/* What kind of being acted; stored and shown, never trusted for rights. */
enum event_actor { EVENT_ACTOR_SYSTEM, EVENT_ACTOR_USER, EVENT_ACTOR_DEVICE, EVENT_ACTOR_VISITOR };

/* Where a leg re-enters the queue. */
enum event_position { EVENT_POSITION_KEEP_TIME, EVENT_POSITION_FRONT, EVENT_POSITION_BACK };

/* What ticket.amended changed. */
enum {
    EVENT_CHANGED_NOTE = 1,
    EVENT_CHANGED_CLASS = 2,
    EVENT_CHANGED_SERVICE = 4,
    EVENT_CHANGED_URGENT = 8,
    EVENT_CHANGED_LANG = 16,
    EVENT_CHANGED_REF = 32,
    EVENT_CHANGED_INACCURATE = 64,
    EVENT_CHANGED_WINDOW = 128 /* sent to target_window, or (0) to whichever calls first */
};

struct event {
    int64_t seq;   /* gapless from 1 */
    int64_t at_ms; /* hall time; never decreases with seq */
    int32_t day;   /* business day, days since 1970-01-01 */
    enum event_kind kind;
    int32_t part; /* 0 for the first event of a command, then 1, 2, ... */

    enum event_actor actor;
    char actor_id[TICKET_ACTOR_SIZE]; /* user or device name; empty for system and visitors */
    char reason[TICKET_REASON_SIZE];

    /* ticket events */
    int32_t visit; /* slot in the day, 0..; -1 none */
    int32_t leg;   /* slot in the day, 0..; -1 none */
    char ticket_id[TICKET_ID_SIZE];
    char number[TICKET_NUMBER_SIZE];
    char service[HALL_CODE_SIZE]; /* of the leg after the event; also service.* events */
    char cls[HALL_CODE_SIZE];
    enum ticket_state state; /* of the ticket after the event; TICKET_STATE_COUNT when no ticket */
    int32_t calls;
    int32_t window;                /* number; 0 none */
    int32_t target_window;         /* transfer, resume, amended: only there; 0 anywhere */
    char clerk[TICKET_ACTOR_SIZE]; /* window.*: who is on duty; ticket.transferred: the target clerk
                                    */

    int32_t series_value;              /* issued: the number in its series */
    int32_t new_leg;                   /* transferred, continued: slot of the leg opened; else -1 */
    char lang[TICKET_LANG_SIZE];       /* issued, amended */
    char channel[TICKET_CHANNEL_SIZE]; /* issued */
    char external_ref[TICKET_REF_SIZE];
    char note[TICKET_NOTE_SIZE];
    char outcome[HALL_CODE_SIZE];
    char approver[TICKET_ACTOR_SIZE];
    uint8_t token[TICKET_TOKEN_SIZE];    /* issued */
    uint8_t identity[TICKET_TOKEN_SIZE]; /* issued: keyed hash of the identity, zeros when none */
    int64_t base_ms;  /* issued, restored, transferred, amended: age base afterwards */
    int64_t until_ms; /* held, paused: when it ends; 0 open */
    int64_t slot_ms;  /* appointment: the time booked */
    int32_t defer;    /* restored, deferred: calls to let pass */
    int32_t told_low_s, told_s,
        told_high_s; /* issued: what the visitor was told of the wait; -1 nothing */
    int32_t told_pm; /* issued: how many in a thousand such ranges shall hold; 0 nothing */
    int32_t level;   /* rating 1..5; its reasons stand in `reason`, with commas between */
    char scale[HALL_CODE_SIZE]; /* rating.submitted: scale and version of the reasons, "five/1" */
    int32_t on;      /* flags: auto-next, assist, urgent, time_inaccurate, copy, pending, implied */
    int32_t changed; /* amended: EVENT_CHANGED_ bits */
    enum event_position position;
    struct event_why why; /* called */

    /* announcement.*, and alerts about one. Of a queued one `count` is its place in the queue, from
     * 1; of a started one `count` is how often it is read and `on` whether a chime comes first. */
    int64_t announcement;       /* its id */
    char zone[HALL_CODE_SIZE];  /* "" in a hall without zones */
    char words[HALL_CODE_SIZE]; /* queued: its kind, as announcement.h writes them */

    /* everything else */
    char subject[HALL_CODE_SIZE]; /* device code, alert code, user name, what was updated; issued,
                                     checked_in, print_*: the printer; checked: "slip", "number" */
    char role[HALL_CODE_SIZE];    /* device.* of a page's device: "kiosk", "display", ... */
    int64_t count;                /* config version, closed day's totals, copies */
    /* window.updated with subject "service-on" or "service-off": from now on the window serves
     * `service`, or no longer does. Of one that is on: `on` 1 as backup, then `count` the
     * milliseconds after which it helps; `defer` is its preference in seconds. */
};

const char *event_kind_text(enum event_kind kind);
/* EVENT_KIND_COUNT when unknown. */
enum event_kind event_kind_parse(const char *text);
const char *event_rule_text(enum event_rule rule);
enum event_rule event_rule_parse(const char *text);
/* An event with every member at its "none". */
void event_init(struct event *event, enum event_kind kind);

#endif
