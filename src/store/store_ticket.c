/* store_ticket: the newest state of each ticket as one row of `visit` and one row of `leg` for each
 * leg.
 *
 * Keys are numbers: the visit's is read out of the ticket id (business day and slot in it), a leg's
 * is the visit's times 16 and its place. So both tables grow at their end, a day is a range of
 * keys, and neither needs an index on the id; the key order is the id order, since time and days
 * never go back.
 *
 * All legs of a ticket are written each time. Nearly every ticket has one; and in a batch a ticket
 * may have been sent on twice, so that more than its last two legs are new. */
#include <assert.h>
#include <string.h>

#include "store_internal.h"

#define STORE_TICKET_LIMIT_MAX 200

_Static_assert(TICKET_LEG_MAX <= 16, "a leg's key has four bits for its place");
/* These numbers stand in databases: a new state goes to the end. */
_Static_assert(TICKET_BOOKED == 0 && TICKET_CALLED == 2 && TICKET_SERVING == 3 &&
                   TICKET_DONE == 6 && TICKET_VOID == 11 && TICKET_STATE_COUNT == 12,
               "the schema numbers the states like this");
_Static_assert(TICKET_PRINT_NONE == 0 && TICKET_PRINT_FAILED == 3,
               "the schema numbers print states like this");

/* ERR_NOT_FOUND when `id` is no ticket id. */
static enum err store_ticket_key(const char *id, int64_t *ret_key)
{
    int64_t issued_ms = 0;
    int32_t day = 0;
    int32_t slot = 0;
    enum err err = ticket_id_read(id, &issued_ms, &day, &slot);
    if (err) {
        return err;
    }
    if (day < 0 || slot < 0 || slot >= STORE_SLOT_COUNT) {
        return ERR_NOT_FOUND;
    }
    *ret_key = day * STORE_SLOT_COUNT + slot;
    return ERR_NONE;
}

static int64_t store_leg_key(int64_t visit_key, int place)
{
    return visit_key * 16 + place;
}

/* Nobody's public link is all zeros: that is a ticket without one. */
static bool store_token_is_set(const uint8_t token[TICKET_TOKEN_SIZE])
{
    static const uint8_t none[TICKET_TOKEN_SIZE];
    return memcmp(token, none, sizeof none) != 0;
}

static enum err store_visit_put(struct store *store, int64_t key, const struct ticket *ticket)
{
    const struct ticket_leg *leg = &ticket->legs[ticket->leg_count - 1];
    sqlite3_stmt *statement = store_use(store, STORE_SQL_VISIT_PUT);
    store_bind_int(statement, 1, key);
    store_bind_text(statement, 2, ticket->id);
    store_bind_int(statement, 3, ticket->day);
    store_bind_optional(statement, 4, ticket->number);
    if (store_token_is_set(ticket->token)) {
        store_bind_blob(statement, 5, ticket->token, sizeof ticket->token);
    } else {
        store_bind_optional(statement, 5, NULL);
    }
    store_bind_int(statement, 6, ticket->state);
    store_bind_text(statement, 7, leg->service);
    store_bind_int(statement, 8, leg->window);
    store_bind_text(statement, 9, ticket->cls);
    store_bind_text(statement, 10, ticket->lang);
    store_bind_text(statement, 11, ticket->channel);
    store_bind_text(statement, 12, ticket->external_ref);
    store_bind_text(statement, 13, ticket->note);
    store_bind_int(statement, 14, ticket->issued_ms);
    store_bind_int(statement, 15, ticket->print);
    store_bind_int(statement, 16, ticket->copies);
    store_bind_int(statement, 17, ticket->urgent);
    store_bind_int(statement, 18, ticket->time_inaccurate);
    store_bind_int(statement, 19, ticket->version);
    store_bind_int(statement, 20, ticket->leg_count);
    enum err err = store_run(store, statement);
    if (err) {
        return err;
    }
    if (sqlite3_changes(store->db) != 1) {
        return store_refuse(store, ERR_INTERNAL,
                            "two tickets in one slot, or a ticket with another number");
    }
    return ERR_NONE;
}

static enum err store_leg_put(struct store *store, int64_t key, const struct ticket_leg *leg)
{
    if (leg->state == TICKET_CALLED || leg->state == TICKET_SERVING) {
        store->claimed = true;
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_LEG_PUT);
    store_bind_int(statement, 1, key);
    store_bind_text(statement, 2, leg->service);
    store_bind_int(statement, 3, leg->state);
    store_bind_int(statement, 4, leg->window);
    store_bind_int(statement, 5, leg->target_window);
    store_bind_text(statement, 6, leg->clerk);
    store_bind_text(statement, 7, leg->outcome);
    store_bind_int(statement, 8, leg->entered_ms);
    store_bind_int(statement, 9, leg->called_ms);
    store_bind_int(statement, 10, leg->last_called_ms);
    store_bind_int(statement, 11, leg->started_ms);
    store_bind_int(statement, 12, leg->ended_ms);
    store_bind_int(statement, 13, leg->held_until_ms);
    store_bind_int(statement, 14, leg->held_total_ms);
    store_bind_int(statement, 15, leg->no_show_total_ms);
    store_bind_int(statement, 16, leg->calls);
    store_bind_int(statement, 17, leg->no_shows);
    store_bind_int(statement, 18, leg->overtakes);
    store_bind_int(statement, 19, leg->rating);
    store_bind_int(statement, 20, leg->told_low_s);
    store_bind_int(statement, 21, leg->told_s);
    store_bind_int(statement, 22, leg->told_high_s);
    store_bind_int(statement, 23, leg->told_pm);
    store_bind_int(statement, 24, leg->rating_facts);
    return store_run(store, statement);
}

enum err store_column_state(struct store *store, sqlite3_stmt *statement, int column,
                            enum ticket_state *ret_state)
{
    int value = sqlite3_column_int(statement, column);
    if (value < 0 || value >= TICKET_STATE_COUNT) {
        return store_refuse(store, ERR_STORE_CORRUPT,
                            "a ticket in the database has an unknown state");
    }
    *ret_state = (enum ticket_state)value;
    return ERR_NONE;
}

static enum err store_visit_read_texts(struct store *store, sqlite3_stmt *statement,
                                       struct ticket *ticket)
{
    const struct {
        int column;
        char *dst;
        size_t size;
    } rows[] = {
        {1, ticket->id, sizeof ticket->id},
        {3, ticket->number, sizeof ticket->number},
        {6, ticket->cls, sizeof ticket->cls},
        {7, ticket->lang, sizeof ticket->lang},
        {8, ticket->channel, sizeof ticket->channel},
        {9, ticket->external_ref, sizeof ticket->external_ref},
        {10, ticket->note, sizeof ticket->note},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum err err =
            store_column_text(store, statement, rows[i].column, rows[i].dst, rows[i].size);
        if (err) {
            return err;
        }
    }
    return ERR_NONE;
}

/* The visit's columns, as in visit_get and visit_each; no legs yet. */
static enum err store_visit_read(struct store *store, sqlite3_stmt *statement, int64_t *ret_key,
                                 struct ticket *ret_ticket)
{
    *ret_ticket = (struct ticket){
        .slot = -1,
        .day = store_column_int32(statement, 2),
        .issued_ms = sqlite3_column_int64(statement, 11),
        .print = (enum ticket_print)sqlite3_column_int(statement, 12),
        .copies = store_column_int32(statement, 13),
        .urgent = sqlite3_column_int(statement, 14) != 0,
        .time_inaccurate = sqlite3_column_int(statement, 15) != 0,
        .version = sqlite3_column_int64(statement, 16),
        .ahead = -1,
        .eta = ETA_UNKNOWN,
    };
    *ret_key = sqlite3_column_int64(statement, 0);
    enum err err = store_visit_read_texts(store, statement, ret_ticket);
    if (!err) {
        err = store_column_state(store, statement, 5, &ret_ticket->state);
    }
    if (!err && sqlite3_column_type(statement, 4) != SQLITE_NULL) {
        err = store_column_blob(store, statement, 4, ret_ticket->token, sizeof ret_ticket->token);
    }
    if (!err && (unsigned)ret_ticket->print > TICKET_PRINT_FAILED) {
        err = store_refuse(store, ERR_STORE_CORRUPT,
                           "a ticket in the database has an unknown print state");
    }
    return err;
}

static enum err store_leg_read(struct store *store, sqlite3_stmt *statement,
                               struct ticket_leg *ret_leg)
{
    *ret_leg = (struct ticket_leg){
        .no = (int32_t)(sqlite3_column_int64(statement, 0) % 16) + 1,
        .window = store_column_int32(statement, 3),
        .target_window = store_column_int32(statement, 4),
        .entered_ms = sqlite3_column_int64(statement, 7),
        .called_ms = sqlite3_column_int64(statement, 8),
        .last_called_ms = sqlite3_column_int64(statement, 9),
        .started_ms = sqlite3_column_int64(statement, 10),
        .ended_ms = sqlite3_column_int64(statement, 11),
        .held_until_ms = sqlite3_column_int64(statement, 12),
        .held_total_ms = sqlite3_column_int64(statement, 13),
        .no_show_total_ms = sqlite3_column_int64(statement, 14),
        .calls = store_column_int32(statement, 15),
        .no_shows = store_column_int32(statement, 16),
        .overtakes = store_column_int32(statement, 17),
        .rating = store_column_int32(statement, 18),
        .told_low_s = store_column_int32(statement, 19),
        .told_s = store_column_int32(statement, 20),
        .told_high_s = store_column_int32(statement, 21),
        .told_pm = store_column_int32(statement, 22),
        .rating_facts = store_column_int32(statement, 23),
    };
    enum err err =
        store_column_text(store, statement, 1, ret_leg->service, sizeof ret_leg->service);
    if (!err) {
        err = store_column_state(store, statement, 2, &ret_leg->state);
    }
    if (!err) {
        err = store_column_text(store, statement, 5, ret_leg->clerk, sizeof ret_leg->clerk);
    }
    if (!err) {
        err = store_column_text(store, statement, 6, ret_leg->outcome, sizeof ret_leg->outcome);
    }
    return err;
}

/* Reads the legs of the visit into the ticket: without a gap, and at least one. */
static enum err store_legs_read(struct store *store, int64_t visit_key, struct ticket *ticket)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_LEG_EACH);
    store_bind_int(statement, 1, store_leg_key(visit_key, 0));
    store_bind_int(statement, 2, store_leg_key(visit_key, TICKET_LEG_MAX - 1));
    enum err err = ERR_NONE;
    while (store_next(store, statement, &err)) {
        /* The keys of the range are fewer than the places, so this stays inside the array. */
        struct ticket_leg *leg = &ticket->legs[ticket->leg_count];
        err = store_leg_read(store, statement, leg);
        ticket->leg_count++;
        if (!err && leg->no != ticket->leg_count) {
            err = store_refuse(store, ERR_STORE_CORRUPT, "a ticket in the database lacks a leg");
        }
    }
    store_done(statement);
    if (!err && ticket->leg_count == 0) {
        err = store_refuse(store, ERR_STORE_CORRUPT, "a ticket in the database has no leg");
    }
    return err;
}

enum err store_ticket_put(struct store *store, const struct ticket *ticket)
{
    assert(store->in_transaction);
    assert(ticket->leg_count >= 1 && ticket->leg_count <= TICKET_LEG_MAX);
    int64_t key = 0;
    if (store_ticket_key(ticket->id, &key)) {
        return store_refuse(store, ERR_INTERNAL, "a ticket with an impossible id");
    }
    enum err err = store_visit_put(store, key, ticket);
    for (int i = 0; !err && i < ticket->leg_count; i++) {
        err = store_leg_put(store, store_leg_key(key, i), &ticket->legs[i]);
    }
    if (err || ticket->leg_count == TICKET_LEG_MAX) {
        return err;
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_LEG_DELETE);
    store_bind_int(statement, 1, store_leg_key(key, ticket->leg_count));
    store_bind_int(statement, 2, store_leg_key(key, TICKET_LEG_MAX - 1));
    return store_run(store, statement);
}

enum err store_ticket_get(struct store *store, const char *id, struct ticket *ret_ticket)
{
    int64_t key = 0;
    enum err err = store_ticket_key(id, &key);
    if (err) {
        return err;
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_VISIT_GET);
    store_bind_int(statement, 1, key);
    store_bind_text(statement, 2, id);
    bool row = false;
    err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    if (!row) {
        return ERR_NOT_FOUND;
    }
    struct ticket ticket;
    err = store_visit_read(store, statement, &key, &ticket);
    if (!err) {
        /* Inside the same read: the legs are of the same moment as the visit. */
        err = store_legs_read(store, key, &ticket);
    }
    store_done(statement);
    if (!err) {
        *ret_ticket = ticket;
    }
    return err;
}

enum err store_ticket_each(struct store *store, const struct store_ticket_filter *filter,
                           store_ticket_handler *handler, void *context)
{
    assert(filter->limit >= 1 && filter->limit <= STORE_TICKET_LIMIT_MAX);
    /* One bound below, not two: SQLite would seek to one of them and filter by the other. */
    int64_t from = filter->day_from * STORE_SLOT_COUNT;
    if (filter->after_id[0] != '\0') {
        int64_t after = 0;
        enum err bad = store_ticket_key(filter->after_id, &after);
        if (bad) {
            return bad;
        }
        from = after + 1 > from ? after + 1 : from;
    }
    sqlite3_stmt *statement = store_use(store, STORE_SQL_VISIT_EACH);
    store_bind_int(statement, 1, from);
    store_bind_int(statement, 2,
                   filter->day_to > 0 ? (filter->day_to + 1) * STORE_SLOT_COUNT : INT64_MAX);
    store_bind_int(statement, 3, filter->states);
    store_bind_text(statement, 4, filter->service);
    store_bind_int(statement, 5, filter->window);
    store_bind_text(statement, 6, filter->number);
    store_bind_int(statement, 7, filter->limit);
    enum err err = ERR_NONE;
    while (store_next(store, statement, &err)) {
        struct ticket ticket;
        int64_t key = 0;
        err = store_visit_read(store, statement, &key, &ticket);
        if (!err) {
            err = store_legs_read(store, key, &ticket);
        }
        if (!err) {
            err = handler(context, &ticket);
        }
    }
    store_done(statement);
    return err;
}

enum err store_ticket_delete_all(struct store *store)
{
    enum err err = store_run(store, store_use(store, STORE_SQL_LEG_DELETE_ALL));
    return err ? err : store_run(store, store_use(store, STORE_SQL_VISIT_DELETE_ALL));
}

enum err store_ticket_count(struct store *store, int64_t *ret_count)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_VISIT_COUNT);
    bool row = false;
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    *ret_count = row ? sqlite3_column_int64(statement, 0) : 0;
    store_done(statement);
    return ERR_NONE;
}
