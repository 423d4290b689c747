/* bench_store: what the store costs an issue, beside the least that a durable commit can cost.
 *
 * usage: bench_store FOLDER [COUNT [GROUP [REPEATS]]]
 *
 * Four figures, one JSON object a line, each the median of the repetitions, on databases of their
 * own in FOLDER (which must be on the disk that is meant): issue   groups of GROUP issues in one
 * transaction; each is an event with its hash, a visit, a leg and an answer under a key of its own
 *   call    the same for calls: an event, an update of visit and leg at one of 16 windows, and an
 * answer plain   the ceiling: groups of GROUP rows in a table of one column of 300 bytes, same
 * settings single  a plain row for each transaction: what no grouping would give */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "store.h"
#include "ticket.h"

#define BENCH_DAY 20780
#define BENCH_MS (INT64_C(20780) * 86400000)
#define BENCH_REPEATS_MAX 15
#define BENCH_WINDOWS 16

struct bench {
    char path[512];
    int count;
    int group;
};

static void bench_check(int failed, const char *what)
{
    if (failed) {
        fprintf(stderr, "bench_store: %s failed (%d)\n", what, failed);
        exit(1);
    }
}

static double bench_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void bench_remove(const struct bench *bench)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s%s", bench->path, endings[i]);
        unlink(path);
    }
}

static struct ticket bench_ticket(int slot)
{
    struct ticket ticket = {.day = BENCH_DAY,
                            .state = TICKET_WAITING,
                            .cls = "ordinary",
                            .lang = "zh-CN",
                            .channel = "kiosk",
                            .issued_ms = BENCH_MS + slot,
                            .version = 1,
                            .leg_count = 1};
    ticket_id_make(ticket.issued_ms, BENCH_DAY, slot, ticket.id);
    ticket_number_make("A", slot + 1, 999999, ticket.number);
    /* As scattered as random tokens, yet known again when the ticket is called. */
    uint64_t mixed = (uint64_t)slot * UINT64_C(0x9e3779b97f4a7c15);
    memcpy(ticket.token, &mixed, sizeof mixed);
    memcpy(ticket.token + 8, &slot, sizeof slot);
    ticket.legs[0] = (struct ticket_leg){
        .no = 1, .service = "pension", .state = TICKET_WAITING, .entered_ms = ticket.issued_ms};
    return ticket;
}

/* An event with data of the usual size, and an answer under a fresh key. */
static void bench_put_common(struct store *store, int64_t seq, const char *kind,
                             const struct ticket *ticket, int slot)
{
    char data[400];
    int length = snprintf(
        data, sizeof data,
        "{\"ticket\":\"%s\",\"number\":\"%s\",\"service\":\"pension\",\"class\":\"ordinary\","
        "\"state\":\"waiting\",\"lang\":\"zh-CN\",\"channel\":\"kiosk\",\"series\":%d,"
        "\"token\":\"0123456789abcdef0123456789abcdef\",\"base_ms\":%lld}",
        ticket->id, ticket->number, slot, (long long)ticket->issued_ms);
    struct store_event event = {.seq = seq,
                                .epoch = 1,
                                .at_ms = BENCH_MS + seq,
                                .wall_ms = BENCH_MS + seq,
                                .day = BENCH_DAY,
                                .kind = kind,
                                .ticket_id = ticket->id,
                                .visit = slot,
                                .leg = slot,
                                .actor = "device:k1",
                                .device = "k1",
                                .request_id = "5b0c2f0e9d1a4f3c",
                                .data = data,
                                .data_length = (size_t)length};
    bench_check(store_event_put(store, &event), "event");
    static char body[600];
    memset(body, 'x', sizeof body);
    uint8_t scope[DIGEST_SIZE] = {1};
    uint8_t random[16];
    char key[33];
    digest_random(random, sizeof random);
    digest_hex(random, sizeof random, key);
    struct store_answer answer = {.status = 201, .location = "/api/v1/tickets/01M83T4CM10M9C00001"};
    answer.body = (struct buf){
        .data = body, .length = sizeof body, .capacity = sizeof body, .max = sizeof body};
    bench_check(store_answer_put(store, scope, key, BENCH_MS + seq, &answer), "answer");
}

static void bench_issue(struct store *store, int64_t seq, int slot)
{
    struct ticket ticket = bench_ticket(slot);
    bench_put_common(store, seq, "ticket.issued", &ticket, slot);
    bench_check(store_ticket_put(store, &ticket), "ticket");
}

/* Calls the ticket in `slot` to its window and finishes the one that was there. */
static void bench_call(struct store *store, int64_t seq, int slot)
{
    struct ticket ticket = bench_ticket(slot);
    ticket.state = ticket.legs[0].state = TICKET_CALLED;
    ticket.legs[0].window = slot % BENCH_WINDOWS + 1;
    ticket.legs[0].called_ms = BENCH_MS + seq;
    ticket.version = 2;
    bench_put_common(store, seq, "ticket.called", &ticket, slot);
    bench_check(store_ticket_put(store, &ticket), "ticket");
    if (slot >= BENCH_WINDOWS) {
        ticket = bench_ticket(slot - BENCH_WINDOWS);
        ticket.state = ticket.legs[0].state = TICKET_DONE;
        ticket.legs[0].window = slot % BENCH_WINDOWS + 1;
        ticket.version = 3;
        bench_check(store_ticket_put(store, &ticket), "ticket");
    }
}

/* Runs `work` count times in groups; works a second. */
static double bench_run_store(const struct bench *bench, struct store *store, int64_t first_seq,
                              void (*work)(struct store *store, int64_t seq, int slot))
{
    double start = bench_now_s();
    for (int done = 0; done < bench->count; done += bench->group) {
        bench_check(store_begin(store), "begin");
        for (int i = done; i < done + bench->group && i < bench->count; i++) {
            work(store, first_seq + i, i);
        }
        bench_check(store_commit(store), "commit");
    }
    return bench->count / (bench_now_s() - start);
}

static void bench_exec(sqlite3 *db, const char *sql)
{
    bench_check(sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

/* The ceiling, with nothing of ours in between. */
static double bench_run_plain(const struct bench *bench, int count, int group)
{
    bench_remove(bench);
    sqlite3 *db = NULL;
    bench_check(sqlite3_open_v2(bench->path, &db,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                NULL),
                "open");
    bench_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                   "CREATE TABLE plain (id INTEGER PRIMARY KEY, data TEXT)");
    sqlite3_stmt *insert = NULL;
    bench_check(sqlite3_prepare_v2(db, "INSERT INTO plain (data) VALUES (?1)", -1, &insert, NULL),
                "prepare");
    char data[300];
    memset(data, 'x', sizeof data);
    double start = bench_now_s();
    for (int done = 0; done < count; done += group) {
        bench_exec(db, "BEGIN IMMEDIATE");
        for (int i = 0; i < group; i++) {
            sqlite3_bind_text(insert, 1, data, sizeof data, SQLITE_STATIC);
            bench_check(sqlite3_step(insert) != SQLITE_DONE, "insert");
            sqlite3_reset(insert);
        }
        bench_exec(db, "COMMIT");
    }
    double rate = count / (bench_now_s() - start);
    sqlite3_finalize(insert);
    sqlite3_close(db);
    bench_remove(bench);
    return rate;
}

static int bench_compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void bench_print(const char *figure, const double *rates, int repeats, double ceiling)
{
    printf(
        "{\"figure\":\"store_%s\",\"per_second\":%.0f,\"min\":%.0f,\"max\":%.0f,\"ceiling\":%.0f,"
        "\"ratio\":%.3f}\n",
        figure, rates[repeats / 2], rates[0], rates[repeats - 1], ceiling,
        rates[repeats / 2] / ceiling);
}

int main(int argc, char **argv)
{
    struct bench bench = {.count = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 40000,
                          .group = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 64};
    int repeats = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 3;
    if (argc < 2 || bench.count < 1 || bench.group < 1 || repeats < 1 ||
        repeats > BENCH_REPEATS_MAX) {
        fprintf(stderr, "usage: bench_store FOLDER [COUNT [GROUP [REPEATS]]]\n");
        return 2;
    }
    snprintf(bench.path, sizeof bench.path, "%s/bench_store.%ld.db", argv[1], (long)getpid());
    double rates[4][BENCH_REPEATS_MAX];
    for (int i = 0; i < repeats; i++) {
        struct store *store = NULL;
        bench_check(store_open(bench.path, STORE_WRITER, &store), "open");
        rates[0][i] = bench_run_store(&bench, store, 1, bench_issue);
        rates[1][i] = bench_run_store(&bench, store, bench.count + 1, bench_call);
        store_close(store);
        rates[2][i] = bench_run_plain(&bench, bench.count, bench.group);
        rates[3][i] = bench_run_plain(&bench, bench.count / 8 + 1, 1);
    }
    for (int i = 0; i < 4; i++) {
        qsort(rates[i], (size_t)repeats, sizeof rates[i][0], bench_compare);
    }
    double ceiling = rates[2][repeats / 2];
    bench_print("plain", rates[2], repeats, ceiling);
    bench_print("single", rates[3], repeats, ceiling);
    bench_print("issue", rates[0], repeats, ceiling);
    bench_print("call", rates[1], repeats, ceiling);
    return 0;
}
