/* store_answer: what was answered under an Idempotency-Key, so that a repetition gets the same
 * answer.
 *
 * The row is found by SHA-256 of the caller's scope and the key, through store_answer_index.c. */
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

/* The answer under that name, its statement left at the row. ERR_NOT_FOUND. */
static enum err store_answer_find(struct store *store, const uint8_t name[DIGEST_SIZE],
                                  int64_t place, sqlite3_stmt **ret_statement)
{
    size_t cursor = 0;
    int64_t number = store_answer_index_find(&store->answers, place, &cursor);
    for (; number != 0; number = store_answer_index_find(&store->answers, place, &cursor)) {
        sqlite3_stmt *statement = store_use(store, STORE_SQL_ANSWER_GET);
        store_bind_int(statement, 1, number);
        store_bind_blob(statement, 2, name, DIGEST_SIZE);
        bool row = false;
        enum err err = store_step(store, statement, &row);
        if (err || row) {
            *ret_statement = statement;
            return err;
        }
    }
    return ERR_NOT_FOUND;
}

enum err store_answer_get(struct store *store, const uint8_t scope[DIGEST_SIZE], const char *key,
                          struct store_answer *ret_answer)
{
    uint8_t name[DIGEST_SIZE];
    int64_t place = 0;
    store_answer_name(scope, key, name, &place);
    sqlite3_stmt *statement = NULL;
    enum err err = store_answer_find(store, name, place, &statement);
    if (err) {
        return err;
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
    int64_t number = store->answers.next;
    sqlite3_stmt *statement = NULL;
    enum err err = store_answer_find(store, name, place, &statement);
    if (err != ERR_NOT_FOUND) {
        if (!err) {
            store_done(statement);
            err = store_refuse(store, ERR_INTERNAL, "a key is answered once");
        }
        return err;
    }
    statement = store_use(store, STORE_SQL_ANSWER_KEY_INSERT);
    store_bind_int(statement, 1, number);
    store_bind_int(statement, 2, place);
    err = store_run(store, statement);
    if (err) {
        return err;
    }
    statement = store_use(store, STORE_SQL_ANSWER_INSERT);
    store_bind_int(statement, 1, number);
    store_bind_blob(statement, 2, name, sizeof name);
    store_bind_int(statement, 3, at_ms);
    store_bind_blob(statement, 4, answer->body_hash, DIGEST_SIZE);
    store_bind_int(statement, 5, answer->status);
    store_bind_text(statement, 6, answer->location);
    store_bind_blob(statement, 7, answer->body.data, answer->body.length);
    err = store_run(store, statement);
    return err ? err : store_answer_index_add(&store->answers, place, number);
}

enum err store_answer_purge(struct store *store, int64_t before_ms)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_ANSWER_PURGE);
    store_bind_int(statement, 1, before_ms);
    enum err err = store_run(store, statement);
    if (err || sqlite3_changes(store->db) == 0) {
        return err;
    }
    return store_run(store, store_use(store, STORE_SQL_ANSWER_KEY_PURGE));
}
