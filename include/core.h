/* core: the hall as a state machine. core_check() states its laws, pick.c its choice.
 *
 * Pure: time comes in, events go out; no clock, no input or output, no threads, nothing allocated
 * after core_create(). One thread at a time (the engine's). A command either changes nothing and an
 * error returns, or it changes the hall and the emitted events say how: applying the same events to
 * a core in the same earlier state gives the same state (core_digest). */
#ifndef CORE_H
#define CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "announcement.h"
#include "board.h"
#include "cmd.h"
#include "err.h"
#include "eta.h"
#include "event.h"
#include "hall.h"
#include "ticket.h"

struct core;

struct core_limits {
    int32_t visit_max; /* visits of one business day; also bounds the legs (1.5 times as many) */
};
/* 131,072 visits: ten times the busiest hall day we know of; untouched memory is never resident. */
#define CORE_VISIT_MAX_DEFAULT 131072

/* The time of a step: hall time and the zone's offset then, from which the core knows the local
 * day. */
struct core_now {
    int64_t ms;
    int32_t offset_s;
};

/* Takes the events of a step, in order, as they happen. */
struct core_sink {
    void (*emit)(void *context, const struct event *event);
    void *context;
};

/* What a step did, for the answer. */
struct core_result {
    const char *field;       /* ERR_INVALID_BODY: JSON pointer of the member, static text */
    const char *detail;      /* and what is wrong with it, static text; may be NULL */
    int32_t visit;           /* slot of the ticket concerned, also with wrong-state; -1 none */
    int32_t finished;        /* slot of a ticket that the same command finished; -1 none */
    int32_t window;          /* number of the window concerned; 0 none */
    enum ticket_state state; /* wrong-state: what it is in; else TICKET_STATE_COUNT */
    uint32_t
        allowed;  /* wrong-state: bit per enum cmd_kind that would be allowed now (kinds < 32) */
    bool changed; /* at least one event was emitted */
    struct event_why why; /* next, call, resume: why that leg */
    int64_t retry_ms;     /* no-urgent-left, too-early: when it could work; 0 unknown */
    int64_t announcement; /* id of the first that was queued; 0 none */
    int64_t counts[4];    /* day close: done, expired, unclosed, cancelled */
};

/* NULL without memory. `hall` is copied. The first event's sequence number is 1. */
struct core *core_create(const struct core_limits *limits, const struct hall *hall);
void core_destroy(struct core *core);
/* Forgets everything but limits and configuration; the next event must be `next_seq`. */
void core_reset(struct core *core, int64_t next_seq);

/* Takes a new configuration and keeps every ticket. ERR_INVALID_CONFIG, with the reason in `detail`
 * (at least 160 bytes), when an open ticket would lose its service or class, or a window in use
 * would go; nothing has changed then. The caller records it with CMD_RECORD. */
MUST_USE enum err core_configure(struct core *core, const struct hall *hall, char *detail,
                                 size_t detail_size);
const struct hall *core_hall(const struct core *core);

/* Does the command at that time; the new events go to `sink`. `ret_result` is always filled. Due
 * time-outs and a day change that come before it are done first, as events of their own. Errors are
 * those of the rules of the hall in err.h, ERR_INVALID_BODY, ERR_NOT_FOUND, ERR_FORBIDDEN,
 * ERR_STALE_VERSION. CMD_NEXT with nobody waiting is ERR_NONE with visit -1: an empty queue is not
 * a failure. */
MUST_USE enum err core_step(struct core *core, const struct core_now *now, const struct cmd *cmd,
                            const struct core_sink *sink, struct core_result *ret_result);

/* Applies an event of the log. ERR_REPLAY when it does not fit (wrong seq, unknown code, impossible
 * state). */
MUST_USE enum err core_replay(struct core *core, const struct event *event);

/* Hall time at which CMD_TICK is due next; INT64_MAX when nothing is. */
int64_t core_deadline_ms(const struct core *core, const struct core_now *now);
/* Equal state, equal number. */
uint64_t core_digest(const struct core *core);
/* The laws of the hall over the whole state: NULL, or static text naming the broken
 * one. For tests and the simulator: looks at everything. */
const char *core_check(const struct core *core);

int64_t core_next_seq(const struct core *core);
int32_t core_day(const struct core *core); /* the business day; 0 before the first */
bool core_day_is_open(const struct core *core);

/* Reading. Slots are 0..core_visit_count()-1. */
int32_t core_visit_count(const struct core *core);
/* Slot by id, number of today, or public token; -1 when none. Constant time, number: by series and
 * value. */
int32_t core_find_id(const struct core *core, const char *id);
int32_t core_find_number(const struct core *core, const char *number);
int32_t core_find_token(const struct core *core, const uint8_t token[TICKET_TOKEN_SIZE]);
/* Version of a ticket or a window, for ETags, without copying it. */
int64_t core_ticket_version(const struct core *core, int32_t slot);
void core_ticket_id(const struct core *core, int32_t slot, char id[TICKET_ID_SIZE]);
enum ticket_state core_ticket_state(const struct core *core, int32_t slot);
/* How often its current leg was passed: by policy, by urgent grants, by chosen calls. */
void core_ticket_passed(const struct core *core, int32_t slot, int32_t ret_passed[3]);
/* What a visitor was told with the number, and when the first leg was first called (0 not yet). */
struct core_told {
    int32_t low_s, high_s, pm;
    int64_t issued_ms, called_ms;
};
void core_ticket_told(const struct core *core, int32_t slot, struct core_told *ret_told);
void core_get_ticket(const struct core *core, const struct core_now *now, int32_t slot,
                     struct ticket *ret_ticket);

/* The newest bad ratings of the day since then, newest first; how many were written. */
#define CORE_BAD_RATING_MAX 8
struct core_bad {
    int32_t visit, level, window;
    int64_t at_ms;
};
int core_list_bad_ratings(const struct core *core, int64_t since_ms, struct core_bad *items,
                          int max);

enum core_window_state {
    CORE_WINDOW_CLOSED,
    CORE_WINDOW_OPEN,
    CORE_WINDOW_CALLING,
    CORE_WINDOW_SERVING,
    CORE_WINDOW_PAUSED
};

/* Tickets shown as held by a window; more are counted only. */
#define CORE_HELD_MAX 16
#define CORE_HELD_REASON_SIZE 64 /* 21 Chinese characters: a word or two */

struct core_window_info {
    int32_t no;
    enum core_window_state state;
    char clerk[TICKET_ACTOR_SIZE];
    int32_t visit;                   /* current ticket, -1 none */
    int32_t next_visit;              /* whom next would call now; -1 nobody */
    int32_t rating_visit;            /* finished last and asked to rate now; -1 none */
    int64_t rating_until_ms;         /* ... until then */
    int32_t done_visit;              /* finished last, asked or not; -1 none */
    bool done_asked, done_rated;     /* ... by the clerk in words; a rating has come */
    bool slip_wanted, slip_checked;  /* of the current ticket */
    char reason[TICKET_REASON_SIZE]; /* paused, or pausing after this one */
    int64_t until_ms;
    bool pause_pending;
    bool auto_next;
    bool assist;
    int64_t since_ms;
    int64_t version;
    int32_t held[CORE_HELD_MAX]; /* visit slots */
    int32_t held_count;
    int32_t waiting;       /* eligible at this window, primary or backup */
    int32_t served;        /* done here today */
    int64_t undo_until_ms; /* 0: nothing to undo */
    int32_t undo_visit;
};

/* By position 0..core_hall()->window_count-1. `with_next`: also work out next_visit (a pick). */
void core_get_window(const struct core *core, const struct core_now *now, int window,
                     bool with_next, struct core_window_info *ret_info);
int64_t core_window_version(const struct core *core, int window);

/* Where somebody turned to who read at the kiosk that no number is needed for it. */
enum core_divert { CORE_DIVERT_ONLINE, CORE_DIVERT_SELF_SERVICE, CORE_DIVERT_COUNT };

struct core_service_info {
    int32_t waiting;
    int64_t oldest_ms;                   /* when the oldest waiting entered; 0 nobody */
    int32_t issued;                      /* today, quota */
    int32_t diverted[CORE_DIVERT_COUNT]; /* today; by enum core_divert */
    int32_t numbers_left;                /* in its series today */
    bool open;                           /* a number can be had now */
    bool suspended;
    enum err closed_by; /* why not: service-closed, quota-reached, numbers-exhausted */
    char reason[TICKET_REASON_SIZE];
    int32_t windows; /* open windows with it as primary */
    struct eta eta;  /* for a newcomer of the default class, from now */
};

/* The word of the log: "online", "self_service". */
const char *core_divert_text(enum core_divert to);

void core_get_service(const struct core *core, const struct core_now *now, int service,
                      struct core_service_info *ret_info);

/* The chooser's answer. */
struct core_choice {
    int32_t visit; /* -1 nobody */
    enum event_rule rule;
};
/* Whom the chooser would give that window (by position) at that time, not before the last event;
 * `mask`: limited to these services, as event.count of ticket.called says; 0 none. Nothing changes
 * but what has become due. */
void core_choose(struct core *core, int window, int64_t at_ms, uint32_t mask,
                 struct core_choice *ret_choice);

/* The next ones in the order in which that window would call them as things stand, at most `max`
 * slots; returns how many. Only the first is the chooser's word: each call changes what comes next.
 */
int core_list_next(const struct core *core, const struct core_now *now, int window, int32_t *slots,
                   int max);

/* Why and since when a held ticket is held; `reason` is cut. */
struct core_held {
    char reason[CORE_HELD_REASON_SIZE];
    int64_t since_ms;
};
void core_get_held(const struct core *core, int32_t slot, struct core_held *ret_held);

/* Waiting tickets a window could call, oldest first, at most `max` slots; returns how many. */
int core_list_waiting(const struct core *core, const struct core_now *now, int window,
                      int32_t *slots, int max);

/* ---- who should be seen to ---- */

/* Why somebody of the hall should speak with a visitor. Bits. */
enum {
    CORE_ATTEND_LATE = 1,   /* waits longer than the service or the class promises */
    CORE_ATTEND_PASSED = 2, /* was passed often: half of what its class allows, at least 3 times */
    CORE_ATTEND_ABSENT = 4, /* was called and not there, twice or more */
    CORE_ATTEND_ALONE = 8,  /* the only one of a priority class in that line, half the target old */
    CORE_ATTEND_GREET = 16  /* is to be met: a VIP, or as the class or the appointment says */
};
#define CORE_ATTEND_MAX 20
struct core_attend {
    int32_t visit;
    uint32_t why;        /* CORE_ATTEND_ bits */
    int64_t since_ms;    /* waiting since */
    int64_t attended_ms; /* somebody saw to it last; 0 nobody */
    char attended_by[TICKET_ACTOR_SIZE];
};
/* Those, at most `max` <= CORE_ATTEND_MAX: first whom nobody has spoken with, then who waits
 * longest. Looks at the oldest of each line only, whom all of this comes to first. */
int core_list_attend(const struct core *core, const struct core_now *now, struct core_attend *items,
                     int max);
/* Urgent grants made today. */
int32_t core_urgent_today(const struct core *core);
/* Were the services of that window (by position) changed by hand since the day began? */
bool core_window_repurposed(const struct core *core, int window);

/* ---- slips ---- */

struct core_print {
    int32_t visit;
    int32_t copies;    /* slips asked for again so far: tells this job from an earlier one */
    int64_t queued_ms; /* hall time */
    int64_t seq;       /* of the event that asked for it */
};
/* The next slip for that printer, in the order in which they were asked for; false when none
 * waits. Costs what waits for others before it. */
bool core_next_print(const struct core *core, const char *printer, struct core_print *ret_print);
/* Open tickets whose slip did not come out, the newest first, at most `max` slots; how many. */
int core_list_unprinted(const struct core *core, int32_t *slots, int max);

/* ---- what is foreseen ----
 *
 * Notes beside the state: no decision depends on them, no event carries them, replay does not bring
 * them back; they are what core_get_ticket() and core_get_service() say of waits, and what an issue
 * tells the visitor. Two minutes after core_foresee() they are forgotten, and a rule of thumb takes
 * over (estimate.c). */

/* A forecast made from the hall as it was at `at_ms` follows; its ranges shall hold `level_pm`
 * times in a thousand. */
void core_foresee(struct core *core, int64_t at_ms, int32_t level_pm);
/* Times from `at_ms`. What was said before stays when this is no news (eta_is_news); newcomer:
 * returns whether it was. A visit that no longer waits is left alone. */
void core_foresee_ticket(struct core *core, int32_t slot, const struct eta *eta);
bool core_foresee_newcomer(struct core *core, int service, int cls, const struct eta *eta);

/* ---- announcements ---- */

/* As many as are spoken in five minutes; whatever waits that long is not spoken any more. */
#define CORE_VOICE_MAX 32
/* What waits to be spoken in a zone ("" in a hall without zones), the one that is spoken or is
 * next first, at most `max`; how many. */
int core_list_announcements(const struct core *core, const char *zone, struct announcement *items,
                            int max);
/* False when there is none with that id (any more). */
bool core_get_announcement(const struct core *core, int64_t id, struct announcement *ret_item);
/* Who spoke last in that zone today; "" nobody. */
const char *core_voice_player(const struct core *core, const char *zone);

/* Signs. What stands on the sign of that window now, and the last calls of a zone (-1: of the
 * hall), newest first, at most `max`; returns how many. */
void core_get_sign(const struct core *core, int window, struct board_sign *ret_sign);
int core_get_calls(const struct core *core, int zone, struct board_call *calls, int max);

#endif
