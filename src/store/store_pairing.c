/* store_pairing: codes that wait to be typed into a device, as hashes. */
#include <string.h>

#include "store_internal.h"

enum err store_identity_delete_named(struct store *store, const char *name)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_IDENTITY_DELETE_NAMED);
    store_bind_text(statement, 1, name);
    return store_run(store, statement);
}

enum err store_pairing_put(struct store *store, int64_t now_ms, const struct store_pairing *pairing)
{
    sqlite3_stmt *purge = store_use(store, STORE_SQL_PAIRING_PURGE);
    store_bind_int(purge, 1, now_ms);
    enum err err = store_run(store, purge);
    if (err) {
        return err;
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_PAIRING_PUT);
    store_bind_text(statement, 1, pairing->identity.name);
    store_bind_int(statement, 2, pairing->identity.roles);
    store_bind_int(statement, 3, pairing->identity.window);
    store_bind_blob(statement, 4, pairing->hash, DIGEST_SIZE);
    store_bind_int(statement, 5, pairing->expires_ms);
    return store_run(store, statement);
}

enum err store_pairing_delete(struct store *store, const char *name)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_PAIRING_DELETE);
    store_bind_text(statement, 1, name);
    return store_run(store, statement);
}

static enum err read_pairing(struct store *store, sqlite3_stmt *statement,
                             struct store_pairing *ret_pairing)
{
    *ret_pairing = (struct store_pairing){
        .identity =
            {
                .kind = IDENTITY_TOKEN,
                .roles = (uint32_t)sqlite3_column_int64(statement, 1) & ROLE_ALL,
                .window = store_column_int32(statement, 2),
            },
        .expires_ms = sqlite3_column_int64(statement, 4),
    };
    enum err err = store_column_blob(store, statement, 3, ret_pairing->hash, DIGEST_SIZE);
    if (err) {
        return err;
    }
    return store_column_text(store, statement, 0, ret_pairing->identity.name,
                             sizeof ret_pairing->identity.name);
}

enum err store_pairing_each(struct store *store, int64_t now_ms, store_pairing_handler *handler,
                            void *context)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_PAIRING_EACH);
    store_bind_int(statement, 1, now_ms);
    store_bind_int(statement, 2, STORE_PAIRING_MAX);
    enum err err = ERR_NONE;
    while (store_next(store, statement, &err)) {
        struct store_pairing pairing;
        err = read_pairing(store, statement, &pairing);
        if (!err) {
            err = handler(context, &pairing);
        }
    }
    store_done(statement);
    return err;
}
