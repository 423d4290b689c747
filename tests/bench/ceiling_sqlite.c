/* ceiling_sqlite: what SQLite alone makes of the rows of an issue, and of one plain row.
 *
 * usage: ceiling_sqlite FOLDER SCHEMA-FILE GROUP COUNT
 *
 * Two databases in FOLDER, WAL and synchronous = FULL. "issue": for each command an event, a visit,
 * a leg and an answer in the tables of the daemon's own schema, with texts as long as the daemon's,
 * and no hash, JSON or key computed. "plain": a row of one column of 300 bytes. COUNT commands in
 * transactions of GROUP. One JSON line: commands a second. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define SCHEMA_MAX 65536
#define DAY 20780
#define AT_MS (INT64_C(20780) * 86400000)
#define STATEMENTS 5
#define PLAIN_LENGTH 300

static sqlite3 *db;
static char text[600]; /* all x */

static void check(int result, int wanted, const char *what)
{
    if (result != wanted) {
        bench_fail("%s: %s", what, sqlite3_errmsg(db));
    }
}

static void run_sql(const char *sql)
{
    check(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "statement");
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement = NULL;

    check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK, sql);
    return statement;
}

static void step(sqlite3_stmt *statement)
{
    check(sqlite3_step(statement), SQLITE_DONE, "insert");
    (void)sqlite3_reset(statement);
}

static void remove_all(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[512];

    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

static void open_new(const char *path)
{
    remove_all(path);
    check(sqlite3_open_v2(path, &db,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL),
          SQLITE_OK, "open");
    run_sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000");
}

/* ?1 counts; ?2 is a scattered 16-byte value; the other texts have the lengths of real ones. */
static void prepare_issue(sqlite3_stmt **statements)
{
    statements[0] =
        prepare("INSERT INTO event VALUES (?1, 1, ?3, ?3, 20780, 'ticket.issued', ?4, ?1, ?1, 0, "
                "'device:k1', 'k1', '01234567-00000001', ?5, zeroblob(32))");
    statements[1] =
        prepare("INSERT INTO visit VALUES (?1, ?4, 20780, ?4, ?2, 1, 'pension', 0, 'ordinary', "
                "'zh-CN', 'kiosk', '', '', ?3, 0, 0, 0, 0, 1, 1)");
    statements[2] = prepare(
        "INSERT INTO leg VALUES (?1 * 16, 'pension', 1, 0, 0, '', '', ?3, 0, 0, 0, 0, 0, 0, 0, "
        "0, 0, 0, 0)");
    statements[3] = prepare("INSERT INTO answer (name, at_ms, body_hash, status, location, body) "
                            "VALUES (?2, ?3, zeroblob(32), 201, "
                            "'/api/v1/tickets/01M83T4CM10M9C00001', ?5)");
    statements[4] = prepare("INSERT INTO answer_key (answer, place) VALUES (?1, ?6)");
}

/* As scattered as a token or a hash: a permutation of the numbers (splitmix64). */
static uint64_t scatter(uint64_t number)
{
    number *= UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
    return number ^ (number >> 31);
}

static void bind_issue(sqlite3_stmt *statement, int index, int64_t number)
{
    uint64_t mixed[4] = {scatter((uint64_t)number), (uint64_t)number};
    int mixed_length = index == 1 ? 16 : 32;
    char id[24];

    (void)snprintf(id, sizeof id, "%019lld", (long long)number);
    if (index != 3) {
        (void)sqlite3_bind_int64(statement, 1, number);
    }
    if (index == 1 || index == 3) {
        (void)sqlite3_bind_blob(statement, 2, mixed, mixed_length, SQLITE_TRANSIENT);
    }
    if (index != 4) {
        (void)sqlite3_bind_int64(statement, 3, AT_MS + number);
    }
    if (index < 2) {
        (void)sqlite3_bind_text(statement, 4, id, -1, SQLITE_TRANSIENT);
    }
    if (index == 0) {
        (void)sqlite3_bind_text(statement, 5, text, 330, SQLITE_STATIC);
    }
    if (index == 3) {
        (void)sqlite3_bind_blob(statement, 5, text, sizeof text, SQLITE_STATIC);
    }
    if (index == 4) {
        (void)sqlite3_bind_int64(statement, 6, (int64_t)mixed[0]);
    }
}

static void read_schema(const char *path)
{
    static char sql[SCHEMA_MAX];
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        bench_fail("cannot read %s", path);
    }
    sql[fread(sql, 1, sizeof sql - 1, file)] = '\0';
    (void)fclose(file);
    run_sql(sql);
}

static double run_issue(const char *path, const char *schema, long group, long count)
{
    sqlite3_stmt *statements[STATEMENTS];

    open_new(path);
    read_schema(schema);
    prepare_issue(statements);
    int64_t begun_ns = bench_now_ns();
    for (long done = 0; done < count; done += group) {
        run_sql("BEGIN IMMEDIATE");
        for (long i = done; i < done + group; i++) {
            for (int s = 0; s < STATEMENTS; s++) {
                bind_issue(statements[s], s, i + 1);
                step(statements[s]);
            }
        }
        run_sql("COMMIT");
    }
    double rate = (double)count / ((double)(bench_now_ns() - begun_ns) / 1e9);
    for (int s = 0; s < STATEMENTS; s++) {
        (void)sqlite3_finalize(statements[s]);
    }
    (void)sqlite3_close(db);
    remove_all(path);
    return rate;
}

static double run_plain(const char *path, long group, long count)
{

    open_new(path);
    run_sql("CREATE TABLE plain (id INTEGER PRIMARY KEY, data TEXT NOT NULL)");
    sqlite3_stmt *insert = prepare("INSERT INTO plain (data) VALUES (?1)");
    int64_t begun_ns = bench_now_ns();
    for (long done = 0; done < count; done += group) {
        run_sql("BEGIN IMMEDIATE");
        for (long i = 0; i < group; i++) {
            (void)sqlite3_bind_text(insert, 1, text, PLAIN_LENGTH, SQLITE_STATIC);
            step(insert);
        }
        run_sql("COMMIT");
    }
    double rate = (double)count / ((double)(bench_now_ns() - begun_ns) / 1e9);
    (void)sqlite3_finalize(insert);
    (void)sqlite3_close(db);
    remove_all(path);
    return rate;
}

int main(int argc, char **argv)
{
    char path[480];

    memset(text, 'x', sizeof text);
    if (argc != 5) {
        bench_fail("usage: ceiling_sqlite FOLDER SCHEMA-FILE GROUP COUNT");
    }
    long group = bench_number(argv[3], 1, 100000);
    long count = bench_number(argv[4], 1, 1000000);
    (void)snprintf(path, sizeof path, "%s/ceiling_sqlite.%ld.db", argv[1], (long)getpid());
    double issue = run_issue(path, argv[2], group, count);
    double plain = run_plain(path, group, count);
    (void)printf(
        "{\"group\":%ld,\"count\":%ld,\"issue_per_second\":%.0f,\"plain_per_second\":%.0f}\n",
        group, count, issue, plain);
    return 0;
}
