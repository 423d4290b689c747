/* store: the SQLite database: event log with hash chain, derived rows, idempotency keys,
 * configuration, users and tokens. The only floor that knows sqlite3.h; statements come from
 * sql/queries.sql.
 *
 * A writer (engine or offline command) holds FILE.lock with flock. WAL, synchronous=FULL, both read
 * back at open. One thread per struct store. Errors: ERR_STORE_FULL (no space: roll back, nothing
 * happened), ERR_STORE_IO (outcome unknown: exit without closing), ERR_STORE_CORRUPT,
 * ERR_STORE_LOCKED, ERR_STORE_NEWER, ERR_STORE_OLDER (only for readers: a writer brings it up to
 * date), ERR_NO_MEMORY. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "event.h"
#include "identity.h"
#include "ticket.h"

struct store;

enum store_mode {
    STORE_WRITER, /* takes the lock, creates and migrates; the one writer and checkpointer */
    STORE_READER  /* read-only, never checkpoints; the file must exist */
};

MUST_USE enum err store_open(const char *path, enum store_mode mode, struct store **ret_store);
void store_close(struct store *store);
/* Moves the log of changes into the database file when it has grown enough: never inside a commit,
 * so that no answer waits for it. Writer, outside a transaction. */
MUST_USE enum err store_checkpoint(struct store *store);
/* SQLite's last message, for one log line. Valid until the next call. */
const char *store_message(const struct store *store);

MUST_USE enum err store_begin(struct store *store);
MUST_USE enum err store_commit(struct store *store);
void store_rollback(struct store *store);

/* ---- event log ---- */

/* One row of the log. Text is borrowed; NULL stands for empty. */
struct store_event {
    int64_t seq;
    int64_t epoch;
    int64_t at_ms;
    int64_t wall_ms;
    int32_t day;
    const char *kind;
    const char *ticket_id;
    int32_t visit; /* slot, -1 none */
    int32_t leg;
    int32_t window;
    const char *actor;  /* "user:zhang", "device:k1", "visitor", "system" */
    const char *device; /* name of the device token, or NULL */
    const char *request_id;
    const char *data; /* JSON object, as printed by wire_event_data() */
    size_t data_length;
    uint8_t hash[DIGEST_SIZE]; /* filled when read */
};

typedef enum err store_event_handler(void *context, const struct store_event *event);

/* Appends; seq must be last + 1. The hash is SHA-256 over the previous hash and this row. */
MUST_USE enum err store_event_put(struct store *store, const struct store_event *event);
/* Rows with seq > `after`, in order, at most `limit` (0: all). Stops at the first error of
 * `handler` and returns it. */
MUST_USE enum err store_event_each(struct store *store, int64_t after, int64_t limit,
                                   store_event_handler *handler, void *context);
/* Rows of one ticket, in order; at most 500 (a ticket's life is some dozen events). */
MUST_USE enum err store_event_each_of_ticket(struct store *store, const char *ticket_id,
                                             store_event_handler *handler, void *context);
/* Calls with after < seq < before that passed the ticket of that number and name it, newest first,
 * at most `limit`. The number is one of that day. */
MUST_USE enum err store_event_each_passing(struct store *store, int64_t after, int64_t before,
                                           const char *number, int limit,
                                           store_event_handler *handler, void *context);
/* seq, time and epoch of the last row; zeros when the log is empty. */
MUST_USE enum err store_event_last(struct store *store, int64_t *ret_seq, int64_t *ret_at_ms,
                                   int64_t *ret_epoch);
/* seq of the row from which the newest business day replays (its first hall.day_opened); 0 when
 * there is none. */
MUST_USE enum err store_event_day_start(struct store *store, int64_t *ret_seq);
/* From which row (its first hall.day_opened) a business day replays, and how many rows that are
 * until the next day begins or the log ends. ERR_NOT_FOUND when the day was never opened. */
MUST_USE enum err store_event_day_span(struct store *store, int32_t day, int64_t *ret_seq,
                                       int64_t *ret_count);
/* Walks the whole chain. ERR_STORE_CORRUPT with the first bad seq. `ret_count`: rows looked at. */
MUST_USE enum err store_event_check_chain(struct store *store, int64_t *ret_count,
                                          int64_t *ret_bad_seq);

/* ---- derived rows ---- */

/* Writes the ticket's visit row and its legs (insert or update). Inside a transaction. */
MUST_USE enum err store_ticket_put(struct store *store, const struct ticket *ticket);
/* By id. ERR_NOT_FOUND. Derived members (ahead, eta, slot) are -1. */
MUST_USE enum err store_ticket_get(struct store *store, const char *id, struct ticket *ret_ticket);

struct store_ticket_filter {
    int32_t day_from, day_to;        /* inclusive; 0: no bound */
    uint32_t states;                 /* bit per enum ticket_state; 0 all */
    char service[HALL_CODE_SIZE];    /* of the current leg; "" all */
    int32_t window;                  /* 0 all */
    char number[TICKET_NUMBER_SIZE]; /* "" all */
    char after_id[TICKET_ID_SIZE];   /* cursor: ids greater than this */
    int limit;                       /* 1..200 */
};
typedef enum err store_ticket_handler(void *context, const struct ticket *ticket);
MUST_USE enum err store_ticket_each(struct store *store, const struct store_ticket_filter *filter,
                                    store_ticket_handler *handler, void *context);
/* A leg of the past, as forecasts and reports want it. */
struct store_past {
    int32_t day;
    int32_t place; /* in its visit, from 0 */
    char service[HALL_CODE_SIZE];
    char cls[HALL_CODE_SIZE];
    enum ticket_state state;
    bool unclosed; /* ended with its day, not with its visitor */
    bool time_inaccurate;
    int64_t issued_ms, entered_ms, called_ms, ended_ms; /* 0 not yet */
    int64_t held_total_ms;
    int32_t no_shows;
    int32_t told_low_s, told_s, told_high_s, told_pm; /* as in struct ticket_leg */
};
typedef enum err store_past_handler(void *context, const struct store_past *past);
/* The newest business day before `day` that has visits; 0 when there is none. */
MUST_USE enum err store_day_before(struct store *store, int32_t day, int32_t *ret_day);
/* All legs of those days, inclusive, in order of issue. */
MUST_USE enum err store_past_each(struct store *store, int32_t day_from, int32_t day_to,
                                  store_past_handler *handler, void *context);
/* The `limit` newest legs that were told a forecast and then called, newest first. */
MUST_USE enum err store_told_each(struct store *store, int limit, store_past_handler *handler,
                                  void *context);
/* Every derived row of a day away, before a rebuild from the log. */
MUST_USE enum err store_ticket_delete_all(struct store *store);
MUST_USE enum err store_ticket_count(struct store *store, int64_t *ret_count);

/* ---- idempotency keys ---- */

struct store_answer {
    uint8_t body_hash[DIGEST_SIZE]; /* of method, path and body */
    int status;
    char location[64];
    struct buf body; /* get: initialised by the caller */
};
/* `scope`: hash of the caller's identity. ERR_NOT_FOUND. */
MUST_USE enum err store_answer_get(struct store *store, const uint8_t scope[DIGEST_SIZE],
                                   const char *key, struct store_answer *ret_answer);
MUST_USE enum err store_answer_put(struct store *store, const uint8_t scope[DIGEST_SIZE],
                                   const char *key, int64_t at_ms,
                                   const struct store_answer *answer);
/* Forgets answers given before `before_ms`, at most 1000 a call. */
MUST_USE enum err store_answer_purge(struct store *store, int64_t before_ms);

/* ---- configuration ---- */

/* The newest document, or that version (0: newest). ERR_NOT_FOUND when there is none. */
MUST_USE enum err store_config_get(struct store *store, int64_t version, struct buf *ret_document,
                                   int64_t *ret_version);
/* That which was in force at that time; the first one before it was stored. */
MUST_USE enum err store_config_at(struct store *store, int64_t at_ms, struct buf *ret_document,
                                  int64_t *ret_version);
MUST_USE enum err store_config_put(struct store *store, int64_t at_ms, const char *actor,
                                   const char *document, size_t length, int64_t *ret_version);
/* Notes that the document of `version` is that of an older one, taken back. */
MUST_USE enum err store_config_mark(struct store *store, int64_t version, int64_t restored_from);

/* One of them; texts are borrowed. */
struct store_version {
    int64_t version, at_ms;
    const char *actor;
    int64_t restored_from; /* 0 none */
    const char *document;
    size_t length;
};
typedef enum err store_version_handler(void *context, const struct store_version *version);
/* The `limit` newest before `before` (0: of all), newest first. */
MUST_USE enum err store_config_each(struct store *store, int64_t before, int limit,
                                    store_version_handler *handler, void *context);

/* ---- people and tokens ---- */

struct store_user {
    char name[IDENTITY_NAME_SIZE];
    char password_hash[128]; /* yescrypt "$y$..." */
    uint32_t roles;
    int32_t window;
    bool disabled;
    bool must_change; /* the password is good for choosing another one only */
    int64_t created_ms;
    int64_t signed_in_ms; /* last; 0 never. store_user_put() leaves it alone */
};
typedef enum err store_user_handler(void *context, const struct store_user *user);
MUST_USE enum err store_user_get(struct store *store, const char *name,
                                 struct store_user *ret_user);
/* Inserts or replaces. */
MUST_USE enum err store_user_put(struct store *store, const struct store_user *user);
MUST_USE enum err store_user_each(struct store *store, store_user_handler *handler, void *context);

MUST_USE enum err store_user_delete(struct store *store, const char *name);
MUST_USE enum err store_user_signed_in(struct store *store, const char *name, int64_t at_ms);

typedef enum err store_identity_handler(void *context, const struct identity_entry *entry);
MUST_USE enum err store_identity_put(struct store *store, const struct identity_entry *entry);
MUST_USE enum err store_identity_delete(struct store *store, const uint8_t hash[DIGEST_SIZE]);
/* Those that have not expired at `now_ms`. */
MUST_USE enum err store_identity_each(struct store *store, int64_t now_ms,
                                      store_identity_handler *handler, void *context);

/* Every token of that name away; sessions of people stay. */
MUST_USE enum err store_identity_delete_named(struct store *store, const char *name);

/* Every session of that person away. */
MUST_USE enum err store_identity_delete_sessions(struct store *store, const char *name);

/* Codes that wait to be typed into a device. */
#define STORE_PAIRING_MAX 64
struct store_pairing {
    struct identity identity; /* what the device will be */
    uint8_t hash[DIGEST_SIZE];
    int64_t expires_ms;
};
typedef enum err store_pairing_handler(void *context, const struct store_pairing *pairing);
/* Inserts or replaces by name, and forgets those that had expired at `now_ms`. */
MUST_USE enum err store_pairing_put(struct store *store, int64_t now_ms,
                                    const struct store_pairing *pairing);
MUST_USE enum err store_pairing_delete(struct store *store, const char *name);
/* Those that have not expired at `now_ms`, by name. */
MUST_USE enum err store_pairing_each(struct store *store, int64_t now_ms,
                                     store_pairing_handler *handler, void *context);

/* ---- house-keeping ---- */

/* A random 32-byte key kept in the database (made at creation), for hashing identities. */
MUST_USE enum err store_hall_key(struct store *store, uint8_t ret_key[DIGEST_SIZE]);
/* PRAGMA quick_check or integrity_check. ERR_STORE_CORRUPT. */
MUST_USE enum err store_check(struct store *store, bool full);
/* A consistent copy of the database at `path` into `destination`, also while another process serves
 * it: written to a temporary name, checked, synced, renamed. An existing destination is refused
 * (ERR_IO). `message` gets one line on failure. */
MUST_USE enum err store_backup(const char *path, const char *destination, char *message,
                               size_t message_size);

#endif
