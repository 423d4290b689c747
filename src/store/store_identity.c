/* store_identity: people who may sign in, and the tokens and sessions that were given out. */
#include "store_internal.h"

/* A hall has some hundred clerks; ten thousand rows are a mistake, but no reason to fail. */
#define STORE_USER_MAX 10000
/* Devices, and every session of a day. */
#define STORE_IDENTITY_MAX 100000

static enum err store_user_read(struct store *store, sqlite3_stmt *statement,
                                struct store_user *ret_user)
{
    *ret_user = (struct store_user){
        .roles = (uint32_t)sqlite3_column_int64(statement, 2) & ROLE_ALL,
        .window = store_column_int32(statement, 3),
        .disabled = sqlite3_column_int(statement, 4) != 0,
        .created_ms = sqlite3_column_int64(statement, 5),
        .signed_in_ms = sqlite3_column_int64(statement, 6),
        .must_change = sqlite3_column_int(statement, 7) != 0,
    };
    enum err err = store_column_text(store, statement, 0, ret_user->name, sizeof ret_user->name);
    if (err) {
        return err;
    }
    return store_column_text(store, statement, 1, ret_user->password_hash,
                             sizeof ret_user->password_hash);
}

static enum err store_identity_read(struct store *store, sqlite3_stmt *statement,
                                    struct identity_entry *ret_entry)
{
    int kind = sqlite3_column_int(statement, 1);
    if (kind != IDENTITY_USER && kind != IDENTITY_TOKEN) {
        return store_refuse(store, ERR_STORE_CORRUPT,
                            "an identity in the database is of an unknown kind");
    }
    *ret_entry = (struct identity_entry){
        .identity =
            {
                .kind = (enum identity_kind)kind,
                .roles = (uint32_t)sqlite3_column_int64(statement, 2) & ROLE_ALL,
                .window = store_column_int32(statement, 3),
            },
        .session = sqlite3_column_int(statement, 5) != 0,
        .created_ms = sqlite3_column_int64(statement, 6),
        .expires_ms = sqlite3_column_int64(statement, 7),
    };
    enum err err = store_column_blob(store, statement, 0, ret_entry->hash, DIGEST_SIZE);
    if (err) {
        return err;
    }
    return store_column_text(store, statement, 4, ret_entry->identity.name,
                             sizeof ret_entry->identity.name);
}

enum err store_user_get(struct store *store, const char *name, struct store_user *ret_user)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_USER_GET);
    store_bind_text(statement, 1, name);
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    if (!row) {
        return ERR_NOT_FOUND;
    }
    err = store_user_read(store, statement, ret_user);
    store_done(statement);
    return err;
}

enum err store_user_put(struct store *store, const struct store_user *user)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_USER_PUT);
    store_bind_text(statement, 1, user->name);
    store_bind_text(statement, 2, user->password_hash);
    store_bind_int(statement, 3, user->roles);
    store_bind_int(statement, 4, user->window);
    store_bind_int(statement, 5, user->disabled);
    store_bind_int(statement, 6, user->created_ms);
    store_bind_int(statement, 7, user->must_change);
    return store_run(store, statement);
}

enum err store_user_delete(struct store *store, const char *name)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_USER_DELETE);
    store_bind_text(statement, 1, name);
    return store_run(store, statement);
}

enum err store_user_signed_in(struct store *store, const char *name, int64_t at_ms)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_USER_SIGNED_IN);
    store_bind_text(statement, 1, name);
    store_bind_int(statement, 2, at_ms);
    return store_run(store, statement);
}

enum err store_user_each(struct store *store, store_user_handler *handler, void *context)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_USER_EACH);
    store_bind_int(statement, 1, STORE_USER_MAX);
    enum err err = ERR_NONE;
    while (store_next(store, statement, &err)) {
        struct store_user user;
        err = store_user_read(store, statement, &user);
        if (!err) {
            err = handler(context, &user);
        }
    }
    store_done(statement);
    return err;
}

enum err store_identity_put(struct store *store, const struct identity_entry *entry)
{
    if (entry->session) {
        /* Signing in is when sessions grow, so it is also when dead ones go. */
        sqlite3_stmt *purge = store_use(store, STORE_SQL_IDENTITY_PURGE);
        store_bind_int(purge, 1, entry->created_ms);
        enum err err = store_run(store, purge);
        if (err) {
            return err;
        }
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_IDENTITY_PUT);
    store_bind_blob(statement, 1, entry->hash, DIGEST_SIZE);
    store_bind_int(statement, 2, entry->identity.kind);
    store_bind_int(statement, 3, entry->identity.roles);
    store_bind_int(statement, 4, entry->identity.window);
    store_bind_text(statement, 5, entry->identity.name);
    store_bind_int(statement, 6, entry->session);
    store_bind_int(statement, 7, entry->created_ms);
    store_bind_int(statement, 8, entry->expires_ms);
    return store_run(store, statement);
}

enum err store_identity_delete(struct store *store, const uint8_t hash[DIGEST_SIZE])
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_IDENTITY_DELETE);
    store_bind_blob(statement, 1, hash, DIGEST_SIZE);
    return store_run(store, statement);
}

enum err store_identity_delete_sessions(struct store *store, const char *name)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_IDENTITY_DELETE_SESSIONS);
    store_bind_text(statement, 1, name);
    return store_run(store, statement);
}

enum err store_identity_each(struct store *store, int64_t now_ms, store_identity_handler *handler,
                             void *context)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_IDENTITY_EACH);
    store_bind_int(statement, 1, now_ms);
    store_bind_int(statement, 2, STORE_IDENTITY_MAX);
    enum err err = ERR_NONE;
    while (store_next(store, statement, &err)) {
        struct identity_entry entry;
        err = store_identity_read(store, statement, &entry);
        if (!err) {
            err = handler(context, &entry);
        }
    }
    store_done(statement);
    return err;
}
