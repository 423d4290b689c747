/* engine: the one writer. Takes everything that waits in its mailbox, applies it to the core,
 * stores all events of the batch in one transaction, commits, and only then answers and publishes.
 *
 * A job belongs to the engine from engine_submit() until its `done` is called (on the engine
 * thread, after the commit of its batch, all of a batch in one go and then `batch_done` once). */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "bus.h"
#include "cmd.h"
#include "digest.h"
#include "err.h"
#include "identity.h"
#include "press.h"
#include "wire.h"
#include "wire_admin.h"
#include "wire_pairing.h"

/* Jobs that may wait: some seconds of work at full speed; then 503 busy. */
#define ENGINE_MAILBOX_MAX 16384
/* Jobs in one transaction: keeps a batch's latency at some 20 ms even when the mailbox is full. */
#define ENGINE_BATCH_MAX 512
#define ENGINE_REPLY_MAX (4 * 1024 * 1024) /* the configuration document is the largest answer */

enum engine_what {
    ENGINE_COMMAND, /* cmd; answer by `reply` */
    /* queries: no event, answered from the committed state */
    ENGINE_GET_TICKET, /* cmd.ticket_id; ERR_NOT_FOUND also for a ticket of another day: ask the
                          reader then */
    ENGINE_GET_SLIP, /* cmd.ticket_id, width_mm: bytes for a printer; else columns: text of so many
                        columns, or a page when 0 */
    ENGINE_GET_PUBLIC,  /* cmd.token */
    ENGINE_GET_INQUIRY, /* cmd.number, of today */
    ENGINE_GET_PASSED,  /* cmd.ticket_id, or cmd.token if the command has one: fills cmd.ticket_id
                           and `passed`, without a body. Stored rows learn of a passing only when the
                           ticket itself moves */
    ENGINE_GET_WINDOW,  /* cmd.window */
    ENGINE_GET_WINDOWS,
    ENGINE_VIEW_KIOSK,
    ENGINE_VIEW_DISPLAY, /* zone */
    ENGINE_VIEW_CLERK,   /* cmd.window */
    ENGINE_VIEW_LOBBY,
    ENGINE_VIEW_RATING, /* cmd.window */
    ENGINE_GET_CONFIG,
    ENGINE_GET_SECTION,  /* edit.section and edit.code, "" of a list: all of it. ERR_NOT_FOUND */
    ENGINE_GET_CARDS,    /* what a visitor should know of each service before taking a number */
    ENGINE_BOUNDS,       /* waiting bounds of the configuration in force */
    ENGINE_PREVIEW_SLIP, /* document: a layout and what to try it on */
    ENGINE_READY,        /* {"checks":{...}}; err is ERR_READ_ONLY while read-only */
    ENGINE_METRICS,
    ENGINE_GET_ANNOUNCEMENTS, /* zone if has_zone, else all */
    ENGINE_GET_ANNOUNCEMENT,  /* cmd.count = id; fills `announcement` and `yao`, without a body */
    ENGINE_LEASE,             /* lease: who speaks in a zone; nothing is stored */
    ENGINE_GET_DEVICES,       /* those that are paired or shall be */
    /* changes beside the hall's own */
    ENGINE_PUT_CONFIG,  /* document, and config if somebody has read it already; dry_run: answer
                           the diff only */
    ENGINE_EDIT_CONFIG, /* as PUT_CONFIG, of a document that `edit` made of version if_version;
                           answers what was edited */
    ENGINE_PUT_SESSION, /* entry, code_hash: digest of the password's hash that was checked; event
                           user.logged_in. ERR_UNAUTHORIZED: it is another by now, or the person
                           is gone. With user.password_hash: the password from now on, and all
                              other sessions are over (`ended`) */
    ENGINE_DELETE_SESSION, /* entry.hash; event user.logged_out */
    ENGINE_PUT_PAIRING,    /* entry.identity and code_hash: a code was made; fills
                              entry.expires_ms. ERR_DEVICE_EXISTS, ERR_NOT_FOUND (window) */
    ENGINE_ENROLL,         /* code_hash, and in entry the hash of a new token; fills entry. One use:
                              ERR_NOT_PAIRED afterwards, and for any other code */
    ENGINE_DELETE_DEVICE,  /* entry.identity.name: code and tokens away. ERR_NOT_FOUND */
    ENGINE_PUT_USER,       /* user: a new one. ERR_USER_EXISTS, ERR_INVALID_BODY (window) */
    ENGINE_PATCH_USER,     /* user: `changes` of it; sets `ended` if the sessions are over.
                              ERR_NOT_FOUND, ERR_LAST_ADMIN, ERR_FORBIDDEN (own roles) */
    ENGINE_DELETE_USER,    /* user.name; sets `ended`. ERR_NOT_FOUND, ERR_LAST_ADMIN */
    ENGINE_DEVICE_STATUS,  /* status, of entry.identity: it lives; changes become events */
    ENGINE_PRESS, /* press, and in cmd who acts: a key of a button or a keypad; fills `pressed` */
    ENGINE_FORECAST, /* the forecaster brings its work back; only the engine itself makes these */
    ENGINE_SET_CLOCK /* test_clock; ERR_NOT_FOUND without --test-clock */
};

/* What the answer to a command shows. */
enum engine_reply {
    ENGINE_REPLY_NONE,      /* 204 */
    ENGINE_REPLY_TICKET,    /* 200 ticket */
    ENGINE_REPLY_ISSUED,    /* 201 ticket with slip and Location */
    ENGINE_REPLY_NEXT,      /* 200 {ticket, finished, why}, or 204 when nothing happened */
    ENGINE_REPLY_WINDOW,    /* 200 window */
    ENGINE_REPLY_DAY,       /* 200 counts */
    ENGINE_REPLY_ANNOUNCED, /* 201 {id, items} */
    ENGINE_REPLY_RATED,     /* 201 ticket (public form for visitors) */
    ENGINE_REPLY_PRESSED    /* 200 {number}; only the engine itself asks for it */
};

#define ENGINE_KEY_SIZE 129

struct engine_job {
    /* in */
    enum engine_what what;
    enum engine_reply reply;
    struct cmd cmd;
    bool visitor; /* answers in the public form */
    bool dry_run;
    bool has_key; /* Idempotency-Key given */
    char key[ENGINE_KEY_SIZE];
    uint8_t scope[DIGEST_SIZE];     /* who the key belongs to */
    uint8_t body_hash[DIGEST_SIZE]; /* of method, path and body */
    char request_id[64];
    char device[IDENTITY_NAME_SIZE]; /* token name when a device asks, else "" */
    char zone[HALL_CODE_SIZE];
    bool has_zone;
    struct wire_lease lease;
    const char *document; /* borrowed until done */
    size_t document_length;
    struct wire_config *config; /* PUT_CONFIG: what the document says, owned by the job; NULL: to be
                                   read by the engine */
    struct wire_edit edit;      /* GET_SECTION, EDIT_CONFIG: as it came from the reader */
    struct identity_entry entry;
    uint8_t code_hash[DIGEST_SIZE]; /* of a pairing code, keyed with the hall's key */
    struct wire_status told;        /* DEVICE_STATUS */
    struct wire_user user;          /* PUT_USER, PATCH_USER, DELETE_USER */
    struct wire_clock test_clock;
    struct press press;
    int64_t if_version;    /* PUT_CONFIG: version in If-Match */
    int64_t restored_from; /* PUT_CONFIG: the version whose document this is; 0 none */
    int columns;           /* GET_SLIP */
    int width_mm;          /* GET_SLIP */
    int64_t if_none;       /* queries: version the client has (If-None-Match); -1 none */
    /* out */
    enum err err;
    struct wire_problem problem; /* when err */
    int status;                  /* 200, 201, 204, 304 when not err */
    char location[64];
    int64_t version;             /* ETag; -1 none */
    bool replayed;               /* a stored answer */
    bool ended;                  /* the person's sessions are over */
    int32_t passed;              /* GET_PASSED: by policy */
    struct press_answer pressed; /* `nobody` and `number` */
    struct announcement announcement;
    bool yao;
    struct buf body; /* owned by the job: engine_job_init, engine_job_fini */
    /* back */
    void (*done)(
        struct engine_job *job); /* called on the engine thread; may only hand the job on */
    void *owner;
};

void engine_job_init(struct engine_job *job, enum engine_what what);
void engine_job_fini(struct engine_job *job);

struct engine_options {
    const char *db_path;
    int64_t test_clock_ms; /* start of a test clock; 0: the real one */
    struct bus *bus;
    void (*batch_done)(void *context); /* after the answers of a batch; engine thread */
    void *context;
    /* Called on the engine thread when a new configuration is in force, and once before engine_open
     * returns. */
    void (*configured)(void *context, const struct wire_config *config);
    void (*failed)(
        void *context); /* a storage error with unknown outcome: the process must end now */
    /* Adds what only the drivers find wrong with a configuration: they live on a higher floor. May
     * be NULL. Engine thread. */
    void (*check_devices)(const struct wire_config *config, struct wire_problem *problem);
    /* The slip as a printer of that width takes it: drivers live on a higher floor. May be NULL. */
    void (*print_slip)(const struct wire_slip *slip, int width_mm, struct buf *bytes);
};

struct engine;

/* Opens the database as its writer and rebuilds the hall by replay. ERR_NOT_FOUND when it has no
 * configuration. */
MUST_USE enum err engine_open(const struct engine_options *options, struct engine **ret_engine);
MUST_USE enum err engine_start(struct engine *engine);
/* Takes no more jobs, finishes and commits those it has, ends the thread. */
void engine_stop(struct engine *engine);
void engine_close(struct engine *engine);

/* Never blocks. ERR_BUSY, ERR_STARTING (stopping): the job stays the caller's. Any thread. */
MUST_USE enum err engine_submit(struct engine *engine, struct engine_job *job);
/* A display went up or down, or has an error: recorded as an event and shown in the lobby view. Any
 * thread; dropped (and logged) when the mailbox is full: the next change repeats it. */
void engine_report_device(struct engine *engine, const char *code, bool online, const char *detail);

/* A key of a keypad was pressed, or a value of a rating pad: done with the rights of the clerk, or
 * of the visitor, at its window. What came of it is put on the bus under the device's code
 * (bus_get_press), also when there was no room for the work. Needs a bus. Any thread. */
void engine_press(struct engine *engine, const struct press *press);
/* The same with any event of a device: paper_low, paper_out, paper_ok, error. */
void engine_report_printer(struct engine *engine, const char *code, enum event_kind kind,
                           const char *detail);
/* The slip came out, or did not and why. ERR_BUSY, ERR_STARTING, ERR_NO_MEMORY: not taken, try
 * again. Any thread. */
MUST_USE enum err engine_report_print(struct engine *engine, const struct bus_print *print,
                                      bool printed, const char *reason);

/* Constant after engine_open; any thread. */
const uint8_t *engine_hall_key(const struct engine *engine);
int64_t engine_epoch(const struct engine *engine);
const char *engine_site(const struct engine *engine);
/* Loads tokens and sessions at start, before engine_start. */
MUST_USE enum err engine_each_identity(struct engine *engine,
                                       enum err (*handler)(void *context,
                                                           const struct identity_entry *entry),
                                       void *context);

struct store;
typedef enum err engine_day_handler(void *context, struct core *core, const struct event *event);
/* Replays one business day of an open database under the configurations that were in force, and
 * hands out each event before the core takes it. The core at the end of the day, or where the log
 * ends, is the caller's to core_destroy(). ERR_NOT_FOUND: the day was never opened; ERR_REPLAY
 * (logged with the row), the errors of the store and of `handler`. Inside store_begin() it is one
 * snapshot, also while somebody serves. */
MUST_USE enum err engine_replay_day(struct store *store, int32_t day, engine_day_handler *handler,
                                    void *context, struct core **ret_core);

/* Replays the whole log against a fresh core and compares the derived rows; used by `hallcall
 * verify`. `rebuild`: writes the derived rows anew. One line per finding goes to `report`; nothing
 * when the database could not be opened. */
MUST_USE enum err engine_verify(const char *db_path, bool rebuild, struct buf *report);

#endif
