/* store_internal: what the files of the store share: the struct, and small helpers over a prepared
 * statement.
 *
 * A statement is taken with store_use(), its parameters are bound, it is stepped, and it is reset
 * before the function returns: so text may be bound without a copy, and no read transaction stays
 * open by accident. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <sqlite3.h>

#include "digest.h"
#include "store.h"
#include "store_sql.h"

/* What PRAGMA application_id says of our databases: the letters Hall. */
#define STORE_APPLICATION_ID 0x48616C6C
/* How long to wait for a lock that another process holds for a moment, at start or while it
 * recovers. */
#define STORE_BUSY_MS 1000
#define STORE_MESSAGE_SIZE 256

/* The end of the log, kept by the writer so that appending reads nothing. */
struct store_tail {
    int64_t seq;
    uint8_t hash[DIGEST_SIZE];
};

/* Answers by their key: store_answer_index.c. Rows oldest <= row < next are real. */
struct store_answer_entry;
struct store_answer_index {
    struct store_answer_entry *entries; /* owned */
    size_t size, used;                  /* a power of two; 0 before the first */
    int64_t oldest, next, committed;    /* committed: `next` to return to on rollback */
};

struct store {
    sqlite3 *db; /* owned */
    enum store_mode mode;
    int lock; /* descriptor of FILE.lock; -1 none */
    bool in_transaction;
    int log_pages; /* in the write-ahead log after the last commit */
    bool claimed;  /* this transaction wrote a leg that is at a window */
    enum err
        failed; /* first error of this transaction: nothing more is written, nothing is committed */
    struct store_tail tail;
    struct store_tail committed; /* the tail to return to on rollback */
    struct buf row;              /* bytes of an event to hash */
    struct store_answer_index answers;
    char message[STORE_MESSAGE_SIZE];
    sqlite3_stmt *statements[STORE_SQL_COUNT]; /* owned */
};

/* ---- store_statement.c ---- */

/* Our error for SQLite's; never ERR_NONE. Keeps the message, and fails the running transaction. */
MUST_USE enum err store_error(struct store *store, int code);
/* The same for an error that we found ourselves. */
MUST_USE enum err store_refuse(struct store *store, enum err err, const char *message);
/* SQLite's code as ours, without a store. */
MUST_USE enum err store_map(int code);

MUST_USE enum err store_prepare_all(struct store *store);
/* The statement, ready to be bound. It must not be in use. */
sqlite3_stmt *store_use(struct store *store, enum store_statement statement);
void store_bind_int(sqlite3_stmt *statement, int index, int64_t value);
/* Borrowed until the statement is reset. NULL is stored as the empty text. */
void store_bind_text(sqlite3_stmt *statement, int index, const char *text);
/* NULL or empty is stored as NULL. */
void store_bind_optional(sqlite3_stmt *statement, int index, const char *text);
void store_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, size_t length);
/* Steps to the next row. Without a row, or on error, the statement is reset. */
MUST_USE enum err store_step(struct store *store, sqlite3_stmt *statement, bool *ret_row);
/* Is there a next row? False at the end, on error, and when *err is one already, such as of a handler
 * of the row before: for a loop over rows, with store_done() after it. */
bool store_next(struct store *store, sqlite3_stmt *statement, enum err *err);
/* Runs a statement that gives no rows, and resets it. Refuses in a transaction that has failed. */
MUST_USE enum err store_run(struct store *store, sqlite3_stmt *statement);
void store_done(sqlite3_stmt *statement);

/* Columns. A value that does not fit makes ERR_STORE_CORRUPT: we never wrote it. */
MUST_USE enum err store_column_text(struct store *store, sqlite3_stmt *statement, int column,
                                    char *dst, size_t size);
MUST_USE enum err store_column_blob(struct store *store, sqlite3_stmt *statement, int column,
                                    void *dst, size_t size);
int32_t store_column_int32(sqlite3_stmt *statement, int column);
/* Never NULL. Valid until the next step. */
const char *store_column_borrow(sqlite3_stmt *statement, int column);

/* Runs a text, and reads the first column of its first row. */
MUST_USE enum err store_script_run(struct store *store, const char *script);
MUST_USE enum err store_script_int(struct store *store, const char *script, int64_t *ret_value);
MUST_USE enum err store_script_text(struct store *store, const char *script, char *text,
                                    size_t size);

/* ---- store_migrate.c ---- */

/* Is this database ours, and of which version? An empty file is ours, version 0. */
MUST_USE enum err store_migrate_version(struct store *store, int64_t *ret_version);
/* Takes the database to the newest version, one transaction for each step. */
MUST_USE enum err store_migrate(struct store *store);

/* ---- store_event.c ---- */

/* Reads the tail of the log. */
MUST_USE enum err store_event_load_tail(struct store *store);

/* ---- store_ticket.c ---- */

/* Slots of a day: ticket ids have 25 bits for them. A visit's key is its day times this plus its
 * slot; a leg's is the visit's times 16 plus its place. */
#define STORE_SLOT_COUNT ((int64_t)1 << 25)

/* A state as it was stored; anything else is damage. */
MUST_USE enum err store_column_state(struct store *store, sqlite3_stmt *statement, int column,
                                     enum ticket_state *ret_state);

/* ---- store_lock.c ---- */

/* Takes FILE.lock. ERR_STORE_LOCKED when another holds it, ERR_STORE_IO. */
MUST_USE enum err store_lock_take(const char *db_path, int *ret_lock);
void store_lock_release(int lock);

/* ---- store_answer_index.c ---- */

MUST_USE enum err store_answer_index_load(struct store *store);
MUST_USE enum err store_answer_index_add(struct store_answer_index *index, int64_t place,
                                         int64_t row);
/* A row that may be the one, 0 when there is none (left); *cursor begins at 0. */
int64_t store_answer_index_find(const struct store_answer_index *index, int64_t place,
                                size_t *cursor);
void store_answer_index_free(struct store_answer_index *index);

#endif
