/* store: opening, closing, and transactions.
 *
 * A writer opens in this order: the connection (which reads nothing yet), the lock, the settings,
 * "is it ours?", a quick check of what is there, the schema steps, all statements, the tail of the
 * log. Whatever SQLite was told that durability rests on is read back: a file system without shared
 * memory, say, answers journal_mode=WAL with another mode and no error.
 *
 * A reader gets a read-only connection that never checkpoints, neither by count nor when it closes:
 * only the writer's connection may.
 *
 * A window has at most one ticket called or serving. Tickets of a batch come in any order, so an
 * index could refuse a state that only exists halfway; instead store_commit() looks at the few legs
 * that are at a window, in an index of their own, and refuses the whole batch. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_internal.h"

#define STORE_KEY_NAME "hall_key"
/* An event of a ticket has some 500 bytes; the largest, a call that overtook many, some 2 KB. */
#define STORE_ROW_MAX (1024 * 1024)

/* Settings that make a damaged or hostile file harmless, on both kinds of connection. */
static enum err store_harden(struct store *store)
{
    static const struct {
        int option;
        int value;
    } rows[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int now = -1;
        int code = sqlite3_db_config(store->db, rows[i].option, rows[i].value, &now);
        if (code != SQLITE_OK) {
            return store_error(store, code);
        }
        if (now != rows[i].value) {
            return store_refuse(store, ERR_INTERNAL, "SQLite did not take a safety setting");
        }
    }
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
    return ERR_NONE;
}

/* WAL and synchronous=FULL, both read back. */
static enum err store_make_durable(struct store *store)
{
    char mode[16];
    enum err err = store_script_text(store, store_script_journal_mode, mode, sizeof mode);
    if (err) {
        return err;
    }
    if (strcmp(mode, "wal") != 0) {
        return store_refuse(store, ERR_STORE_IO,
                            "the file system does not allow a write-ahead log");
    }
    err = store_script_run(store, store_script_writer_settings);
    if (err) {
        return err;
    }
    int64_t synchronous = 0;
    err = store_script_int(store, store_script_synchronous, &synchronous);
    if (err) {
        return err;
    }
    if (synchronous != 2) {
        return store_refuse(store, ERR_STORE_IO, "SQLite did not take synchronous=FULL");
    }
    return ERR_NONE;
}

/* Makes the hall key of a new database. */
static enum err store_make_key(struct store *store)
{
    uint8_t key[DIGEST_SIZE];
    enum err err = store_hall_key(store, key);
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    digest_random(key, sizeof key);
    sqlite3_stmt *statement = store_use(store, STORE_SQL_META_INSERT);
    store_bind_text(statement, 1, STORE_KEY_NAME);
    store_bind_blob(statement, 2, key, sizeof key);
    return store_run(store, statement);
}

static int note_log_pages(void *context, sqlite3 *db, const char *name, int pages)
{
    struct store *store = context;
    (void)db;
    (void)name;
    store->log_pages = pages;
    return SQLITE_OK;
}

static enum err store_open_writer(struct store *store, const char *path)
{
    bool is_new = access(path, F_OK) != 0;
    int code = sqlite3_open_v2(
        path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        return store->db != NULL ? store_error(store, code) : ERR_NO_MEMORY;
    }
    /* Other names of the same file lead to the same lock: SQLite has followed links by now. */
    const char *name = sqlite3_db_filename(store->db, "main");
    enum err err = store_lock_take(name != NULL ? name : path, &store->lock);
    if (err) {
        return err;
    }
    /* Password hashes are nobody else's; log and index files take over the mode. */
    if (is_new && chmod(path, 0600) != 0) {
        return ERR_STORE_IO;
    }
    int64_t version = 0;
    err = store_harden(store);
    if (!err) {
        err = store_migrate_version(store, &version);
    }
    if (!err) {
        err = store_make_durable(store);
    }
    if (!err && version > 0) {
        err = store_check(store, false);
    }
    if (!err) {
        err = store_migrate(store);
    }
    if (!err) {
        err = store_prepare_all(store);
    }
    if (!err) {
        err = store_make_key(store);
    }
    if (!err) {
        err = store_answer_index_load(store);
    }
    (void)sqlite3_wal_hook(store->db, note_log_pages,
                           store); /* instead of a checkpoint in COMMIT */
    return err ? err : store_event_load_tail(store);
}

static enum err store_open_reader(struct store *store, const char *path)
{
    int code = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        return store->db != NULL ? store_error(store, code) : ERR_NO_MEMORY;
    }
    enum err err = store_harden(store);
    if (err) {
        return err;
    }
    int now = 0;
    code = sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &now);
    if (code == SQLITE_OK) {
        code = sqlite3_wal_autocheckpoint(store->db, 0);
    }
    if (code != SQLITE_OK) {
        return store_error(store, code);
    }
    err = store_script_run(store, store_script_reader_settings);
    if (err) {
        return err;
    }
    int64_t version = 0;
    err = store_migrate_version(store, &version);
    if (err) {
        return err;
    }
    if (version != STORE_STEP_COUNT) {
        return store_refuse(store, ERR_STORE_OLDER,
                            "the database has an older schema: a writer must open it first");
    }
    return store_prepare_all(store);
}

enum err store_open(const char *path, enum store_mode mode, struct store **ret_store)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return ERR_NO_MEMORY;
    }
    store->mode = mode;
    store->lock = -1;
    buf_init(&store->row, STORE_ROW_MAX);
    enum err err =
        mode == STORE_WRITER ? store_open_writer(store, path) : store_open_reader(store, path);
    if (err) {
        store_close(store);
        return err;
    }
    *ret_store = store;
    return ERR_NONE;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    for (int i = 0; i < STORE_SQL_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
    }
    sqlite3_close(store->db);
    store_answer_index_free(&store->answers);
    /* After the connection: its closing may checkpoint. */
    store_lock_release(store->lock);
    buf_fini(&store->row);
    free(store);
}

const char *store_message(const struct store *store)
{
    return store->message;
}

/* A thousand pages, SQLite's own default: some milliseconds of copying. */
#define STORE_CHECKPOINT_PAGES 1000

enum err store_checkpoint(struct store *store)
{
    if (store->log_pages < STORE_CHECKPOINT_PAGES || store->in_transaction) {
        return ERR_NONE;
    }
    store->log_pages = 0;
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return code == SQLITE_OK || code == SQLITE_BUSY ? ERR_NONE : store_error(store, code);
}

enum err store_begin(struct store *store)
{
    assert(!store->in_transaction);
    enum store_statement begin =
        store->mode == STORE_WRITER ? STORE_SQL_BEGIN_WRITE : STORE_SQL_BEGIN_READ;
    enum err err = store_run(store, store_use(store, begin));
    if (err) {
        return err;
    }
    store->in_transaction = true;
    store->claimed = false;
    return ERR_NONE;
}

/* Domain law 1, over the rows as they will be committed. */
static enum err store_check_claims(struct store *store)
{
    if (!store->claimed) {
        return ERR_NONE;
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_CLAIM_CONFLICT);
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err || !row) {
        return err;
    }
    store_done(statement);
    return store_refuse(store, ERR_INTERNAL, "two tickets at one window");
}

enum err store_commit(struct store *store)
{
    assert(store->in_transaction);
    if (store->failed) {
        return store->failed;
    }
    enum err err = store_check_claims(store);
    if (err) {
        return err;
    }
    err = store_run(store, store_use(store, STORE_SQL_COMMIT));
    if (err) {
        bool known = err == ERR_STORE_FULL || err == ERR_STORE_LOCKED || err == ERR_STORE_CORRUPT;
        /* The pages may be in the log already, even when memory was short: nobody knows what
         * happened. */
        store->failed = known ? err : ERR_STORE_IO;
        return store->failed;
    }
    store->in_transaction = false;
    store->committed = store->tail;
    store->answers.committed = store->answers.next;
    return ERR_NONE;
}

void store_rollback(struct store *store)
{
    /* SQLite has rolled back by itself after some errors. Rolling back fails in no way that
     * matters: what was not committed is gone with the connection at the latest. */
    if (!sqlite3_get_autocommit(store->db)) {
        sqlite3_stmt *statement = store->statements[STORE_SQL_ROLLBACK];
        (void)sqlite3_step(statement);
        sqlite3_reset(statement);
    }
    store->in_transaction = false;
    store->failed = ERR_NONE;
    store->claimed = false;
    store->tail = store->committed;
    store->answers.next = store->answers.committed;
}

enum err store_hall_key(struct store *store, uint8_t ret_key[DIGEST_SIZE])
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_META_GET);
    store_bind_text(statement, 1, STORE_KEY_NAME);
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    if (!row) {
        return ERR_NOT_FOUND;
    }
    err = store_column_blob(store, statement, 0, ret_key, DIGEST_SIZE);
    store_done(statement);
    return err;
}

enum err store_check(struct store *store, bool full)
{
    char answer[STORE_MESSAGE_SIZE];
    enum err err =
        store_script_text(store, full ? store_script_integrity_check : store_script_quick_check,
                          answer, sizeof answer);
    if (err) {
        return err;
    }
    return strcmp(answer, "ok") == 0 ? ERR_NONE : store_refuse(store, ERR_STORE_CORRUPT, answer);
}
