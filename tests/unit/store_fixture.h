/* store_fixture: a folder of its own for each test of the store, and values to write. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store.h"

#define FIXTURE_DAY 20780 /* 2026-11-23 */
#define FIXTURE_MS (INT64_C(20780) * 86400000 + 9 * 3600000)
#define ok(expression) assert_int_equal((expression), ERR_NONE)

struct fixture {
    char folder[64];
    char db[96];
    struct store *store;
};

static inline int fixture_setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/hallcall-store-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->db, sizeof fixture->db, "%s/hall.db", fixture->folder);
    ok(store_open(fixture->db, STORE_WRITER, &fixture->store));
    *state = fixture;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    DIR *folder = opendir(fixture->folder);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", fixture->folder, entry->d_name);
        unlink(path);
    }
    closedir(folder);
    assert_int_equal(rmdir(fixture->folder), 0);
    free(fixture);
    return 0;
}

static inline void fixture_reopen(struct fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
    ok(store_open(fixture->db, STORE_WRITER, &fixture->store));
}

/* Runs SQL on the file as an outsider would. */
static inline void fixture_sql(const struct fixture *fixture, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(fixture->db, &db), SQLITE_OK);
    char *message = NULL;
    int code = sqlite3_exec(db, sql, NULL, NULL, &message);
    if (code != SQLITE_OK) {
        print_error("%s: %s\n", sql, message);
    }
    assert_int_equal(code, SQLITE_OK);
    sqlite3_close(db);
}

static inline struct store_event fixture_event(int64_t seq, const char *kind)
{
    return (struct store_event){
        .seq = seq,
        .epoch = 1,
        .at_ms = FIXTURE_MS + seq,
        .wall_ms = FIXTURE_MS + seq + 5,
        .day = FIXTURE_DAY,
        .kind = kind,
        .visit = -1,
        .leg = -1,
        .actor = "system",
        .data = "{}",
        .data_length = 2,
    };
}

/* Appends that many plain events, each in a transaction of its own. */
static inline void fixture_put_events(struct store *store, int64_t first, int64_t count)
{
    for (int64_t seq = first; seq < first + count; seq++) {
        struct store_event event = fixture_event(seq, "window.opened");
        ok(store_begin(store));
        ok(store_event_put(store, &event));
        ok(store_commit(store));
    }
}

/* A waiting ticket in that slot, numbered A001 and so on. */
static inline struct ticket fixture_ticket(int32_t slot)
{
    struct ticket ticket = {
        .slot = slot,
        .day = FIXTURE_DAY,
        .state = TICKET_WAITING,
        .cls = "ordinary",
        .lang = "zh-CN",
        .channel = "kiosk",
        .issued_ms = FIXTURE_MS + slot,
        .version = 1,
        .leg_count = 1,
    };
    ticket_id_make(ticket.issued_ms, FIXTURE_DAY, slot, ticket.id);
    ticket_number_make("A", slot + 1, 999, ticket.number);
    memset(ticket.token, 0x55, sizeof ticket.token);
    ticket.token[0] = (uint8_t)(slot & 0xff);
    ticket.token[1] = (uint8_t)(slot >> 8 & 0xff);
    ticket.legs[0] = (struct ticket_leg){
        .no = 1, .service = "pension", .state = TICKET_WAITING, .entered_ms = ticket.issued_ms};
    return ticket;
}

static inline void fixture_put_ticket(struct store *store, const struct ticket *ticket)
{
    ok(store_begin(store));
    ok(store_ticket_put(store, ticket));
    ok(store_commit(store));
}

#endif
