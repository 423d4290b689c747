/* store_config: every configuration document that was ever in force, numbered from 1. Nothing is
 * overwritten, so that any event can be read with the words of its time. */
#include <assert.h>

#include "store_internal.h"

static enum err take_document(struct store *store, sqlite3_stmt *statement,
                              struct buf *ret_document, int64_t *ret_version)
{
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    if (!row) {
        return ERR_NOT_FOUND;
    }
    const char *document = store_column_borrow(statement, 1);
    buf_clear(ret_document);
    buf_add(ret_document, document, (size_t)sqlite3_column_bytes(statement, 1));
    if (buf_failed(ret_document)) {
        err = ERR_NO_MEMORY;
    } else {
        *ret_version = sqlite3_column_int64(statement, 0);
    }
    store_done(statement);
    return err;
}

enum err store_config_get(struct store *store, int64_t version, struct buf *ret_document,
                          int64_t *ret_version)
{
    sqlite3_stmt *statement =
        store_use(store, version > 0 ? STORE_SQL_CONFIG_GET : STORE_SQL_CONFIG_NEWEST);
    if (version > 0) {
        store_bind_int(statement, 1, version);
    }
    return take_document(store, statement, ret_document, ret_version);
}

enum err store_config_at(struct store *store, int64_t at_ms, struct buf *ret_document,
                         int64_t *ret_version)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_CONFIG_AT);
    store_bind_int(statement, 1, at_ms);
    return take_document(store, statement, ret_document, ret_version);
}

enum err store_config_put(struct store *store, int64_t at_ms, const char *actor,
                          const char *document, size_t length, int64_t *ret_version)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_CONFIG_INSERT);
    store_bind_int(statement, 1, at_ms);
    store_bind_text(statement, 2, actor);
    int code = sqlite3_bind_text64(statement, 3, document, length, SQLITE_STATIC, SQLITE_UTF8);
    assert(code == SQLITE_OK);
    (void)code;
    enum err err = store_run(store, statement);
    if (!err) {
        *ret_version = sqlite3_last_insert_rowid(store->db);
    }
    return err;
}

enum err store_config_mark(struct store *store, int64_t version, int64_t restored_from)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_CONFIG_MARK);
    store_bind_int(statement, 1, version);
    store_bind_int(statement, 2, restored_from);
    return store_run(store, statement);
}

enum err store_config_each(struct store *store, int64_t before, int limit,
                           store_version_handler *handler, void *context)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_CONFIG_EACH);
    store_bind_int(statement, 1, before > 0 ? before : INT64_MAX);
    store_bind_int(statement, 2, limit);
    enum err err = ERR_NONE;
    while (store_next(store, statement, &err)) {
        const struct store_version version = {
            .version = sqlite3_column_int64(statement, 0),
            .at_ms = sqlite3_column_int64(statement, 1),
            .actor = store_column_borrow(statement, 2),
            .restored_from = sqlite3_column_int64(statement, 3),
            .document = store_column_borrow(statement, 4),
            .length = (size_t)sqlite3_column_bytes(statement, 4),
        };
        err = handler(context, &version);
    }
    store_done(statement);
    return err;
}
