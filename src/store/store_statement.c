/* store_statement: the thin layer over SQLite: errors, prepared statements, binding, stepping,
 * columns.
 *
 * Errors come in two kinds for whoever calls: the transaction did not happen (full, locked), or
 * nobody knows (input or output failed). The first error of a transaction stays with it. SQLite
 * rolls back by itself on some errors, and statements after that would each commit alone; so a
 * failed transaction runs no more of them. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store_internal.h"

enum err store_map(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return ERR_STORE_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_STORE_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_STORE_LOCKED;
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    case SQLITE_TOOBIG:
        return ERR_TOO_LONG;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
        return code == SQLITE_IOERR_NOMEM ? ERR_NO_MEMORY : ERR_STORE_IO;
    default:
        /* A constraint, a wrong statement, a misuse: none can come from outside. */
        return ERR_INTERNAL;
    }
}

static void store_fail(struct store *store, enum err err)
{
    if (store->in_transaction && store->failed == ERR_NONE) {
        store->failed = err;
    }
}

enum err store_error(struct store *store, int code)
{
    snprintf(store->message, sizeof store->message, "%s (%d)", sqlite3_errmsg(store->db), code);
    enum err err = store_map(code);
    store_fail(store, err);
    return err;
}

enum err store_refuse(struct store *store, enum err err, const char *message)
{
    snprintf(store->message, sizeof store->message, "%s", message);
    store_fail(store, err);
    return err;
}

enum err store_prepare_all(struct store *store)
{
    for (int i = 0; i < STORE_SQL_COUNT; i++) {
        int code = sqlite3_prepare_v3(store->db, store_statement_texts[i], -1,
                                      SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL);
        if (code != SQLITE_OK) {
            return store_error(store, code);
        }
    }
    return ERR_NONE;
}

sqlite3_stmt *store_use(struct store *store, enum store_statement statement)
{
    sqlite3_stmt *prepared = store->statements[statement];
    assert(prepared != NULL);
    assert(!sqlite3_stmt_busy(prepared));
    return prepared;
}

/* Binding borrowed values takes no memory and fails only for an index that is not there. */

void store_bind_int(sqlite3_stmt *statement, int index, int64_t value)
{
    int code = sqlite3_bind_int64(statement, index, value);
    assert(code == SQLITE_OK);
    (void)code;
}

void store_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    int code = sqlite3_bind_text(statement, index, text != NULL ? text : "", -1, SQLITE_STATIC);
    assert(code == SQLITE_OK);
    (void)code;
}

void store_bind_optional(sqlite3_stmt *statement, int index, const char *text)
{
    if (text != NULL && text[0] == '\0') {
        text = NULL;
    }
    int code = sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
    assert(code == SQLITE_OK);
    (void)code;
}

void store_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, size_t length)
{
    /* A null pointer would be stored as NULL, and an empty body is not that. */
    int code =
        sqlite3_bind_blob64(statement, index, bytes != NULL ? bytes : "", length, SQLITE_STATIC);
    assert(code == SQLITE_OK);
    (void)code;
}

enum err store_step(struct store *store, sqlite3_stmt *statement, bool *ret_row)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *ret_row = true;
        return ERR_NONE;
    }
    enum err err = ERR_NONE;
    if (code == SQLITE_DONE) {
        *ret_row = false;
    } else {
        err = store_error(store, code);
    }
    sqlite3_reset(statement);
    return err;
}

bool store_next(struct store *store, sqlite3_stmt *statement, enum err *err)
{
    bool row = false;
    if (*err == ERR_NONE) {
        *err = store_step(store, statement, &row);
    }
    return *err == ERR_NONE && row;
}

enum err store_run(struct store *store, sqlite3_stmt *statement)
{
    if (store->failed) {
        return store->failed;
    }
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    if (row) {
        sqlite3_reset(statement);
        return store_refuse(store, ERR_INTERNAL, "a statement gave a row where none was expected");
    }
    return ERR_NONE;
}

void store_done(sqlite3_stmt *statement)
{
    /* Its code repeats that of the last step, which was handled. */
    sqlite3_reset(statement);
}

const char *store_column_borrow(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text != NULL ? text : "";
}

enum err store_column_text(struct store *store, sqlite3_stmt *statement, int column, char *dst,
                           size_t size)
{
    if (text_copy(dst, size, store_column_borrow(statement, column))) {
        return store_refuse(store, ERR_STORE_CORRUPT, "a text in the database is too long");
    }
    return ERR_NONE;
}

enum err store_column_blob(struct store *store, sqlite3_stmt *statement, int column, void *dst,
                           size_t size)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    if (bytes == NULL || sqlite3_column_bytes(statement, column) != (int)size) {
        return store_refuse(store, ERR_STORE_CORRUPT, "a value in the database has the wrong size");
    }
    memcpy(dst, bytes, size);
    return ERR_NONE;
}

int32_t store_column_int32(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_int(statement, column);
}

enum err store_script_run(struct store *store, const char *script)
{
    int code = sqlite3_exec(store->db, script, NULL, NULL, NULL);
    return code == SQLITE_OK ? ERR_NONE : store_error(store, code);
}

/* Prepares the script and steps to its first row. */
static enum err store_script_begin(struct store *store, const char *script,
                                   sqlite3_stmt **ret_statement)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, script, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    if (code == SQLITE_ROW) {
        *ret_statement = statement;
        return ERR_NONE;
    }
    enum err err = code == SQLITE_DONE ? store_refuse(store, ERR_INTERNAL, "a script gave no row")
                                       : store_error(store, code);
    sqlite3_finalize(statement);
    return err;
}

enum err store_script_int(struct store *store, const char *script, int64_t *ret_value)
{
    sqlite3_stmt *statement = NULL;
    enum err err = store_script_begin(store, script, &statement);
    if (err) {
        return err;
    }
    *ret_value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return ERR_NONE;
}

enum err store_script_text(struct store *store, const char *script, char *text, size_t size)
{
    sqlite3_stmt *statement = NULL;
    enum err err = store_script_begin(store, script, &statement);
    if (err) {
        return err;
    }
    text_copy_cut(text, size, store_column_borrow(statement, 0));
    sqlite3_finalize(statement);
    return ERR_NONE;
}
