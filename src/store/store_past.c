/* store_past: the legs of past days, for forecasts and reports: one row each, without the texts of
 * their visits. A day is a range of keys. */
#include <string.h>

#include "store_internal.h"

#define LEG_PLACES 16

static enum err store_past_read(struct store *store, sqlite3_stmt *statement,
                                struct store_past *past)
{
    char outcome[HALL_CODE_SIZE];
    *past = (struct store_past){
        .day = store_column_int32(statement, 13),
        .place = (int32_t)(sqlite3_column_int64(statement, 0) % LEG_PLACES),
        .time_inaccurate = sqlite3_column_int(statement, 16) != 0,
        .issued_ms = sqlite3_column_int64(statement, 15),
        .entered_ms = sqlite3_column_int64(statement, 4),
        .called_ms = sqlite3_column_int64(statement, 5),
        .ended_ms = sqlite3_column_int64(statement, 6),
        .held_total_ms = sqlite3_column_int64(statement, 7),
        .no_shows = store_column_int32(statement, 8),
        .told_low_s = store_column_int32(statement, 9),
        .told_s = store_column_int32(statement, 10),
        .told_high_s = store_column_int32(statement, 11),
        .told_pm = store_column_int32(statement, 12),
    };
    enum err err = store_column_text(store, statement, 1, past->service, sizeof past->service);
    if (!err) {
        err = store_column_state(store, statement, 2, &past->state);
    }
    if (!err) {
        err = store_column_text(store, statement, 3, outcome, sizeof outcome);
    }
    if (!err) {
        err = store_column_text(store, statement, 14, past->cls, sizeof past->cls);
    }
    past->unclosed = !err && strcmp(outcome, "unclosed") == 0;
    return err;
}

static enum err store_past_walk(struct store *store, sqlite3_stmt *statement,
                                store_past_handler *handler, void *context)
{
    struct store_past past;
    enum err err = ERR_NONE;
    while (store_next(store, statement, &err)) {
        err = store_past_read(store, statement, &past);
        if (!err) {
            err = handler(context, &past);
        }
    }
    store_done(statement);
    return err;
}

enum err store_day_before(struct store *store, int32_t day, int32_t *ret_day)
{
    bool row = false;
    sqlite3_stmt *statement = store_use(store, STORE_SQL_DAY_BEFORE);
    store_bind_int(statement, 1, day * STORE_SLOT_COUNT);
    enum err err = store_step(store, statement, &row);
    if (err) {
        return err;
    }
    *ret_day = row ? store_column_int32(statement, 0) : 0;
    store_done(statement);
    return ERR_NONE;
}

enum err store_past_each(struct store *store, int32_t day_from, int32_t day_to,
                         store_past_handler *handler, void *context)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_PAST_EACH);
    store_bind_int(statement, 1, day_from * STORE_SLOT_COUNT * LEG_PLACES);
    store_bind_int(statement, 2, (day_to + 1) * STORE_SLOT_COUNT * LEG_PLACES);
    return store_past_walk(store, statement, handler, context);
}

enum err store_told_each(struct store *store, int limit, store_past_handler *handler, void *context)
{
    sqlite3_stmt *statement = store_use(store, STORE_SQL_TOLD_EACH);
    store_bind_int(statement, 1, limit);
    return store_past_walk(store, statement, handler, context);
}
