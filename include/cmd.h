/* cmd: what somebody wants changed. A value; the core resolves its codes and refuses what cannot
 * be.
 *
 * Members a kind does not use stay at cmd_init()'s "none". */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "announcement.h"
#include "event.h"

/* What each needs is beside it; `ticket` means ticket_id (or token for
 * visitors, or number for CMD_CALL); `window` means the window's number. */
enum cmd_kind {
    CMD_ISSUE,         /* service, cls?, lang?, channel?, identity?, external_ref?, note?, token */
    CMD_BOOK,          /* service, cls?, slot_ms, identity?, token */
    CMD_CHECK_IN,      /* ticket, or number, or identity of who booked */
    CMD_NEXT,          /* window, services? */
    CMD_CALL,          /* window, ticket or number, reason */
    CMD_RECALL,        /* ticket */
    CMD_START,         /* ticket */
    CMD_FINISH,        /* ticket, outcome?, external_ref?, on = request_rating */
    CMD_NO_SHOW,       /* ticket */
    CMD_RESTORE,       /* ticket, position?, after? */
    CMD_ABANDON,       /* ticket */
    CMD_HOLD,          /* ticket, reason, until_ms? */
    CMD_RESUME,        /* ticket, target_window? */
    CMD_TRANSFER,      /* ticket, service? target_window? clerk? position, note */
    CMD_RETURN,        /* ticket */
    CMD_AMEND,         /* ticket, changed + the members changed, reason, approver, target_window */
    CMD_CANCEL,        /* ticket, reason? */
    CMD_VOID,          /* ticket, reason */
    CMD_REPRINT,       /* ticket, subject? = printer */
    CMD_PRINT_RESULT,  /* ticket, on = printed, reason; of our own printers subject, count = copies
                          when it was queued */
    CMD_UNDO,          /* ticket (of the window's last command) */
    CMD_DEFER,         /* ticket, after = places */
    CMD_RATE,          /* ticket, level */
    CMD_INVITE,        /* ticket */
    CMD_CHECK,         /* ticket, the scanned slip: token, or number */
    CMD_ANOTHER,       /* ticket, service, note?, outcome?: the next matter of who is served */
    CMD_ATTEND,        /* ticket, note?: somebody of the hall has spoken with who waits */
    CMD_AUTO_NEXT,     /* window, on */
    CMD_WALK_IN,       /* window, service, cls?, token */
    CMD_WINDOW_OPEN,   /* window, clerk, subject? = profile, services?, reason? */
    CMD_WINDOW_CLOSE,  /* window, current */
    CMD_WINDOW_PAUSE,  /* window, reason, until_ms? */
    CMD_WINDOW_RESUME, /* window */
    CMD_WINDOW_TAKE_OVER, /* window, clerk */
    CMD_ASSIST,           /* window, on */
    CMD_SUSPEND_SERVICE,  /* service, reason */
    CMD_RESUME_SERVICE,   /* service, reason? */
    CMD_DAY_OPEN,
    CMD_DAY_CLOSE,
    CMD_ANNOUNCE,       /* announcement, window? number? note = text, lang?, zones? */
    CMD_ANNOUNCE_STATE, /* count = id, spoken, subject = player */
    CMD_DIVERT,         /* service, subject = core_divert_text(): no number was taken */
    CMD_HELP,           /* subject = the kiosk somebody calls staff from, on = false: attended */
    CMD_TICK,           /* does what is due: time-outs, day change, dispatch */
    CMD_RECORD,         /* event = the kind to write, with subject, reason, count: devices, users,
                           configuration, alerts */
    CMD_KIND_COUNT
};

/* Who may issue a command. Bits, since one signed-in person can be several. */
enum {
    CMD_BY_KIOSK = 1,
    CMD_BY_VISITOR = 2,
    CMD_BY_CLERK = 4,
    CMD_BY_MANAGER = 8,
    CMD_BY_SUPERVISOR = 16,
    CMD_BY_ADMIN = 32,
    CMD_BY_SYSTEM = 64
};

/* How an announcement fares at whoever speaks it. */
enum cmd_spoken { CMD_SPOKEN_STARTED, CMD_SPOKEN_ENDED, CMD_SPOKEN_FAILED };

/* What to do with the ticket of a window that closes. */
enum cmd_current { CMD_CURRENT_NONE, CMD_CURRENT_FINISH, CMD_CURRENT_RETURN };

struct cmd {
    enum cmd_kind kind;
    uint32_t by;                      /* CMD_BY_ bits of the issuer */
    int32_t by_window;                /* the issuer is bound to this window; 0 to none */
    enum event_actor actor;           /* for the record */
    char actor_id[TICKET_ACTOR_SIZE]; /* clerk name for sessions, device name, ... */

    char ticket_id[TICKET_ID_SIZE];
    char number[TICKET_NUMBER_SIZE];
    bool has_token;
    uint8_t token[TICKET_TOKEN_SIZE]; /* issue: the new public token; visitors: the key */
    int64_t if_version;               /* -1: any; else the version the issuer saw */
    int32_t window;
    int32_t target_window;
    char service[HALL_CODE_SIZE];
    char cls[HALL_CODE_SIZE];
    char clerk[TICKET_ACTOR_SIZE];
    char lang[TICKET_LANG_SIZE];
    char channel[TICKET_CHANNEL_SIZE];
    char external_ref[TICKET_REF_SIZE];
    char note[TICKET_NOTE_SIZE];
    char reason[TICKET_REASON_SIZE];
    char outcome[HALL_CODE_SIZE];
    char approver[TICKET_ACTOR_SIZE];
    bool has_identity;
    uint8_t identity[TICKET_TOKEN_SIZE];
    int64_t until_ms;
    int64_t slot_ms;
    enum event_position position;
    bool has_position;
    int32_t after;   /* restore "after:n", defer places; -1 none */
    int32_t level;   /* 1..5 */
    int32_t changed; /* EVENT_CHANGED_ bits */
    bool on;
    bool more; /* others of the same millisecond follow: armed windows wait for the last of them */
    enum cmd_current current;
    enum event_kind event;
    char subject[HALL_CODE_SIZE];
    char role[HALL_CODE_SIZE]; /* record: of the device */
    int64_t count;
    /* next: only these; open: all that the window serves */
    char services[HALL_WINDOW_SERVICE_MAX][HALL_CODE_SIZE];
    int service_count;
    enum announcement_kind announcement;
    enum cmd_spoken spoken;
    char zones[HALL_ZONE_MAX][HALL_CODE_SIZE]; /* announce: only there; none: everywhere */
    int zone_count;
};

void cmd_init(struct cmd *cmd, enum cmd_kind kind);

#endif
