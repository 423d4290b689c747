/* store_answer: what was answered under an Idempotency-Key, so that a repetition gets the same
 * answer.
 *
 * The row is found by SHA-256 of the caller's scope and the key. Such names are scattered over the
 * whole index, and each insertion touches another page of it; so the index holds the first eight
 * bytes only, as a number, which makes it a quarter as large and a batch write fewer pages. The
 * whole name is compared as well. */
#include <string.h>

#include "store_internal.h"

static void store_answer_name(const uint8_t scope[DIGEST_SIZE], const char *key,
                              uint8_t ret_name[DIGEST_SIZE], int64_t *ret_place)
{
    digest_sha256(scope, DIGEST_SIZE, key, strlen(key), ret_name);
    uint64_t place = 0;
    for (int i = 0; i < 8; i++) {
        place = place << 8 | ret_name[i];
    }
    memcpy(ret_place, &place, sizeof place);
}

static enum err store_answer_read(struct store *store, sqlite3_stmt *statement,
                                  struct store_answer *ret_answer)
{
    enum err err = store_column_blob(store, statement, 0, ret_answer->body_hash, DIGEST_SIZE);
    if (!err) {
        err = store_column_text(store, statement, 2, ret_answer->location,
                                sizeof ret_answer->location);
    }
    if (err) {
        return err;
    }
    ret_answer->status = sqlite3_column_int(statement, 1);
    const void *body = sqlite3_column_blob(statement, 3);
    buf_clear(&ret_answer->body);
    buf_add(&ret_answer->body, body, (size_t)sqlite3_column_bytes(statement, 3));
    return buf_failed(&ret_answer->body) ? ERR_NO_MEMORY : ERR_NONE;
}

enum err store_answer_get(struct store *store, const uint8_t scope[DIGEST_SIZE], const char *key,
                          struct store_answer *ret_answer)
{
    uint8_t name[DIGEST_SIZE];
    int64_t place = 0;
    store_answer_name(scope, key, name, &place);
    sqlite3_stmt *statement = store_use(store, STORE_SQL_ANSWER_GET);
    store_bind_int(statement, 1, place);
    store_bind_blob(statement, 2, name, sizeof name);
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    if (!row) {
        return ERR_NOT_FOUND;
    }
    err = store_answer_read(store, statement, ret_answer);
    store_done(statement);
    return err;
}

enum err store_answer_put(struct store *store, const uint8_t scope[DIGEST_SIZE], const char *key,
                          int64_t at_ms, const struct store_answer *answer)
{
    uint8_t name[DIGEST_SIZE];
    int64_t place = 0;
    store_answer_name(scope, key, name, &place);
    sqlite3_stmt *statement = store_use(store, STORE_SQL_ANSWER_INSERT);
    store_bind_int(statement, 1, place);
    store_bind_blob(statement, 2, name, sizeof name);
    store_bind_int(statement, 3, at_ms);
    store_bind_blob(statement, 4, answer->body_hash, DIGEST_SIZE);
    store_bind_int(statement, 5, answer->status);
    store_bind_text(statement, 6, answer->location);
    store_bind_blob(statement, 7, answer->body.data, answer->body.length);
    return store_run(store, statement);
}

enum err store_answer_purge(struct store *store, int64_t before_ms)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_ANSWER_PURGE);
    store_bind_int(statement, 1, before_ms);
    return store_run(store, statement);
}
