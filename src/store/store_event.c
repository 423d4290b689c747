/* store_event: the append-only log and its hash chain.
 *
 * The hash of a row is SHA-256 over the 32 bytes of the previous row's hash (zeros before the first
 * row) and then the row itself, in this layout, so that anybody can check the chain with other
 * tools:
 *
 *   seq, epoch, at_ms, wall_ms, day, visit, leg, window      8 bytes each, big-endian, two's
 * complement kind, ticket_id, actor, device, request_id, data         each 4 bytes of length,
 * big-endian, then the bytes; NULL counts as empty
 *
 * The chain shows that a row was changed, taken out or put in between. It cannot show that rows
 * were cut off its end, nor a forger who computes all later hashes anew. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store_internal.h"

/* A ticket's life is some dozen events. */
#define STORE_HISTORY_MAX 500

static void store_event_add_number(struct buf *row, int64_t value)
{
    uint64_t rest = (uint64_t)value;
    uint8_t bytes[8];
    for (int i = 7; i >= 0; i--) {
        bytes[i] = (uint8_t)(rest & 0xff);
        rest >>= 8;
    }
    buf_add(row, bytes, sizeof bytes);
}

static void store_event_add_bytes(struct buf *row, const char *bytes, size_t length)
{
    uint8_t size[4] = {(uint8_t)(length >> 24 & 0xff), (uint8_t)(length >> 16 & 0xff),
                       (uint8_t)(length >> 8 & 0xff), (uint8_t)(length & 0xff)};
    buf_add(row, size, sizeof size);
    buf_add(row, bytes, length);
}

static void store_event_add_text(struct buf *row, const char *text)
{
    store_event_add_bytes(row, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

/* The row's hash. ERR_TOO_LONG, ERR_NO_MEMORY. */
static enum err store_event_hash(struct store *store, const struct store_event *event,
                                 const uint8_t *previous, uint8_t ret_hash[DIGEST_SIZE])
{
    struct buf *row = &store->row;
    buf_clear(row);
    const int64_t numbers[] = {event->seq, event->epoch, event->at_ms, event->wall_ms,
                               event->day, event->visit, event->leg,   event->window};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        store_event_add_number(row, numbers[i]);
    }
    store_event_add_text(row, event->kind);
    store_event_add_text(row, event->ticket_id);
    store_event_add_text(row, event->actor);
    store_event_add_text(row, event->device);
    store_event_add_text(row, event->request_id);
    if (event->data_length > row->max) {
        return store_refuse(store, ERR_TOO_LONG, "an event is too long for the log");
    }
    store_event_add_bytes(row, event->data, event->data_length);
    if (buf_failed(row)) {
        return store_refuse(
            store, row->length + event->data_length > row->max ? ERR_TOO_LONG : ERR_NO_MEMORY,
            "no room for an event");
    }
    digest_sha256(previous, DIGEST_SIZE, row->data, row->length, ret_hash);
    return ERR_NONE;
}

static void store_event_bind(sqlite3_stmt *statement, const struct store_event *event,
                             const uint8_t *hash)
{
    store_bind_int(statement, 1, event->seq);
    store_bind_int(statement, 2, event->epoch);
    store_bind_int(statement, 3, event->at_ms);
    store_bind_int(statement, 4, event->wall_ms);
    store_bind_int(statement, 5, event->day);
    store_bind_text(statement, 6, event->kind);
    store_bind_optional(statement, 7, event->ticket_id);
    store_bind_int(statement, 8, event->visit);
    store_bind_int(statement, 9, event->leg);
    store_bind_int(statement, 10, event->window);
    store_bind_text(statement, 11, event->actor);
    store_bind_optional(statement, 12, event->device);
    store_bind_optional(statement, 13, event->request_id);
    int code = sqlite3_bind_text64(statement, 14, event->data != NULL ? event->data : "",
                                   event->data_length, SQLITE_STATIC, SQLITE_UTF8);
    assert(code == SQLITE_OK);
    (void)code;
    store_bind_blob(statement, 15, hash, DIGEST_SIZE);
}

/* The row a statement stands on; text is borrowed from it. */
static enum err store_event_read(struct store *store, sqlite3_stmt *statement,
                                 struct store_event *ret_event)
{
    *ret_event = (struct store_event){
        .seq = sqlite3_column_int64(statement, 0),
        .epoch = sqlite3_column_int64(statement, 1),
        .at_ms = sqlite3_column_int64(statement, 2),
        .wall_ms = sqlite3_column_int64(statement, 3),
        .day = store_column_int32(statement, 4),
        .kind = store_column_borrow(statement, 5),
        .ticket_id = store_column_borrow(statement, 6),
        .visit = store_column_int32(statement, 7),
        .leg = store_column_int32(statement, 8),
        .window = store_column_int32(statement, 9),
        .actor = store_column_borrow(statement, 10),
        .device = store_column_borrow(statement, 11),
        .request_id = store_column_borrow(statement, 12),
        .data = store_column_borrow(statement, 13),
        .data_length = (size_t)sqlite3_column_bytes(statement, 13),
    };
    return store_column_blob(store, statement, 14, ret_event->hash, DIGEST_SIZE);
}

/* Steps through the bound statement. */
static enum err store_event_walk(struct store *store, sqlite3_stmt *statement,
                                 store_event_handler *handler, void *context)
{
    enum err err = ERR_NONE;
    /* Bounded by the statement's LIMIT, or by the log itself. */
    while (store_next(store, statement, &err)) {
        struct store_event event;
        err = store_event_read(store, statement, &event);
        if (!err) {
            err = handler(context, &event);
        }
    }
    store_done(statement);
    return err;
}

/* One link after the other. */
struct store_event_chain {
    struct store *store;
    int64_t seq; /* of the last good row */
    uint8_t hash[DIGEST_SIZE];
    int64_t count;
};

static enum err store_event_check_link(void *context, const struct store_event *event)
{
    struct store_event_chain *chain = context;
    chain->count++;
    if (event->seq != chain->seq + 1) {
        return store_refuse(chain->store, ERR_STORE_CORRUPT, "an event is missing from the log");
    }
    uint8_t hash[DIGEST_SIZE];
    enum err err = store_event_hash(chain->store, event, chain->hash, hash);
    if (err) {
        return err;
    }
    if (!digest_equal(hash, event->hash, DIGEST_SIZE)) {
        return store_refuse(chain->store, ERR_STORE_CORRUPT, "an event does not match its hash");
    }
    chain->seq = event->seq;
    memcpy(chain->hash, hash, DIGEST_SIZE);
    return ERR_NONE;
}

enum err store_event_load_tail(struct store *store)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_EVENT_LAST);
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    struct store_tail tail = {0};
    if (row) {
        tail.seq = sqlite3_column_int64(statement, 0);
        err = store_column_blob(store, statement, 3, tail.hash, DIGEST_SIZE);
        store_done(statement);
    }
    if (!err) {
        store->tail = tail;
        store->committed = tail;
    }
    return err;
}

enum err store_event_put(struct store *store, const struct store_event *event)
{
    assert(store->mode == STORE_WRITER);
    if (store->failed) {
        return store->failed;
    }
    if (event->seq != store->tail.seq + 1) {
        return store_refuse(store, ERR_INTERNAL, "an event out of sequence");
    }
    struct store_tail tail = {.seq = event->seq};
    enum err err = store_event_hash(store, event, store->tail.hash, tail.hash);
    if (err) {
        return err;
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_EVENT_INSERT);
    store_event_bind(statement, event, tail.hash);
    err = store_run(store, statement);
    if (err) {
        return err;
    }
    store->tail = tail;
    if (!store->in_transaction) {
        store->committed = tail;
    }
    return ERR_NONE;
}

enum err store_event_each(struct store *store, int64_t after, int64_t limit,
                          store_event_handler *handler, void *context)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_EVENT_EACH);
    store_bind_int(statement, 1, after);
    store_bind_int(statement, 2, limit > 0 ? limit : -1);
    return store_event_walk(store, statement, handler, context);
}

enum err store_event_each_of_ticket(struct store *store, const char *ticket_id,
                                    store_event_handler *handler, void *context)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_EVENT_EACH_OF_TICKET);
    store_bind_text(statement, 1, ticket_id);
    store_bind_int(statement, 2, STORE_HISTORY_MAX);
    return store_event_walk(store, statement, handler, context);
}

enum err store_event_each_passing(struct store *store, int64_t after, int64_t before,
                                  const char *number, int limit, store_event_handler *handler,
                                  void *context)
{
    char quoted[TICKET_NUMBER_SIZE + 2];
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", number);
    assert(length > 0 && (size_t)length < sizeof quoted);
    (void)length;
    sqlite3_stmt *statement = store_use(store, STORE_SQL_EVENT_EACH_PASSING);
    store_bind_int(statement, 1, after);
    store_bind_int(statement, 2, before);
    store_bind_text(statement, 3, quoted);
    store_bind_text(statement, 4, "\"overtook\":");
    store_bind_int(statement, 5, limit);
    return store_event_walk(store, statement, handler, context);
}

enum err store_event_last(struct store *store, int64_t *ret_seq, int64_t *ret_at_ms,
                          int64_t *ret_epoch)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_EVENT_LAST);
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    *ret_seq = row ? sqlite3_column_int64(statement, 0) : 0;
    *ret_at_ms = row ? sqlite3_column_int64(statement, 1) : 0;
    *ret_epoch = row ? sqlite3_column_int64(statement, 2) : 0;
    store_done(statement);
    return ERR_NONE;
}

enum err store_event_day_start(struct store *store, int64_t *ret_seq)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_EVENT_DAY_START);
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    /* The minimum of nothing is NULL, which reads as 0. */
    *ret_seq = row ? sqlite3_column_int64(statement, 0) : 0;
    store_done(statement);
    return ERR_NONE;
}

enum err store_event_day_span(struct store *store, int32_t day, int64_t *ret_seq,
                              int64_t *ret_count)
{
    int64_t last;
    int64_t at_ms;
    int64_t epoch;
    enum err err = store_event_last(store, &last, &at_ms, &epoch);
    if (err) {
        return err;
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_EVENT_DAY_SPAN);
    store_bind_int(statement, 1, day);
    bool row = false;
    err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    int64_t from = row ? sqlite3_column_int64(statement, 0) : 0;
    int64_t next = row ? sqlite3_column_int64(statement, 1) : 0;
    store_done(statement);
    if (from == 0) {
        return ERR_NOT_FOUND;
    }
    *ret_seq = from;
    *ret_count = (next > 0 ? next : last + 1) - from;
    return ERR_NONE;
}

enum err store_event_check_chain(struct store *store, int64_t *ret_count, int64_t *ret_bad_seq)
{
    struct store_event_chain chain = {.store = store};
    enum err err = store_event_each(store, 0, 0, store_event_check_link, &chain);
    *ret_count = chain.count;
    *ret_bad_seq = err ? chain.seq + 1 : 0;
    return err;
}
