/* test_engine_fault: a full disk, a broken disk, and a database that somebody changed.
 *
 * Faults are put below SQLite: its system call for writing is replaced (SQLite offers that for
 * tests), and fdatasync() is defined here, before the C library's. Both run on the engine's thread.
 */
#include "engine_fixture.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/syscall.h>

#define RECOVER_MS 20000

static atomic_bool disk_full;
static atomic_bool sync_broken;

static ssize_t faulty_pwrite(int file, const void *bytes, size_t length, off_t offset)
{
    if (atomic_load(&disk_full)) {
        errno = ENOSPC;
        return -1;
    }
    return pwrite(file, bytes, length, offset);
}

int fdatasync(int file)
{
    if (atomic_load(&sync_broken)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, file);
}

static int install_faults(void **state)
{
    (void)state;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    assert_non_null(vfs);
    assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)faulty_pwrite),
                     SQLITE_OK);
    /* Builds without 64-bit names do not have this one. */
    (void)vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)faulty_pwrite);
    return 0;
}

static int setup(void **state)
{
    atomic_store(&disk_full, false);
    atomic_store(&sync_broken, false);
    return fixture_setup(state);
}

static int teardown(void **state)
{
    atomic_store(&disk_full, false);
    atomic_store(&sync_broken, false);
    return fixture_teardown(state);
}

/* ---- the disk ---- */

/* Writes are tried again once a second: asks until one gets through. */
static enum err issue_until_taken(struct fixture *fixture, int64_t for_ms)
{
    int64_t until_ms = clock_mono_ms() + for_ms;
    enum err err = ERR_READ_ONLY;
    while (err == ERR_READ_ONLY && clock_mono_ms() < until_ms) {
        err = ask_issue(fixture, "pension");
    }
    return err;
}

static void reads_on_when_the_disk_is_full(void **state)
{
    struct fixture *fixture = *state;
    char id[TICKET_ID_SIZE];
    ok(ask_issue(fixture, "pension"));
    answer_text(fixture, "id", id, sizeof id);
    ok(ask_window(fixture, CMD_WINDOW_OPEN, 1, "zhang"));
    atomic_store(&disk_full, true);
    assert_int_equal(ask_issue(fixture, "pension"), ERR_READ_ONLY);
    assert_int_equal(fixture->job.body.length, 0);
    assert_int_equal(ask_window(fixture, CMD_NEXT, 1, ""), ERR_READ_ONLY);
    assert_int_equal(ask_what(fixture, ENGINE_READY), ERR_READ_ONLY);
    assert_non_null(strstr(buf_text(&fixture->job.body), "read-only"));
    ok(ask_ticket(fixture, id)); /* nobody was called: that was taken back */
    assert_answer(fixture, "state", "waiting");
    ok(ask_what(fixture, ENGINE_VIEW_LOBBY));
    ok(ask_what(fixture, ENGINE_GET_WINDOWS));
    /* Tried again at least once, in vain. */
    assert_int_equal(issue_until_taken(fixture, 1200), ERR_READ_ONLY);
    assert_int_equal(stored(fixture, "ticket.issued").count, 1);
    atomic_store(&disk_full, false);
    ok(issue_until_taken(fixture, RECOVER_MS));
    assert_answer(fixture, "number", "A002"); /* no number was lost */
    ok(ask_what(fixture, ENGINE_READY));
    ok(ask_window(fixture, CMD_NEXT, 1, ""));
    assert_answer(fixture, "ticket.number", "A001");
    assert_int_equal(fixture->failed, 0);
    fixture_reopen(fixture);
    assert_int_equal(stored(fixture, "ticket.issued").count, 2);
    assert_int_equal(stored(fixture, "ticket.called").count, 1);
}

static void a_key_survives_a_full_disk(void **state)
{
    struct fixture *fixture = *state;
    int64_t until_ms = clock_mono_ms() + RECOVER_MS;
    enum err err = ERR_READ_ONLY;
    atomic_store(&disk_full, true);
    for (int tries = 0; err == ERR_READ_ONLY && clock_mono_ms() < until_ms; tries++) {
        struct engine_job *job = fixture_command(fixture, CMD_ISSUE, ENGINE_REPLY_ISSUED);
        text_copy_cut(job->cmd.service, sizeof job->cmd.service, "pension");
        job_set_key(job, "again", "body");
        err = ask(fixture);
        assert_int_equal(err == ERR_NONE && tries == 0, 0);
        atomic_store(&disk_full, false);
    }
    ok(err);
    assert_false(fixture->job.replayed); /* the refusal was not kept as the answer */
    assert_answer(fixture, "number", "A001");
}

static void an_io_error_leaves_the_outcome_unknown(void **state)
{
    struct fixture *fixture = *state;
    ok(ask_issue(fixture, "pension"));
    atomic_store(&sync_broken, true);
    assert_int_equal(ask_issue(fixture, "pension"), ERR_OUTCOME_UNKNOWN);
    engine_stop(fixture->engine);
    assert_true(fixture->failed > 0); /* here the program would have ended */
    atomic_store(&sync_broken, false);
    fixture_reopen(fixture);
    /* What was answered is there; what was not may be. */
    int issued = stored(fixture, "ticket.issued").count;
    assert_in_range(issued, 1, 2);
    ok(ask_issue(fixture, "pension"));
    assert_answer(fixture, "number", issued == 1 ? "A002" : "A003");
}

/* ---- verify ---- */

static void run_sql(const struct fixture *fixture, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    int code = sqlite3_exec(db, sql, NULL, NULL, &message);
    if (code != SQLITE_OK) {
        print_error("%s: %s\n", sql, message);
    }
    assert_int_equal(code, SQLITE_OK);
    assert_int_equal(sqlite3_changes(db), 1);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static enum err verify(const struct fixture *fixture, bool rebuild, const char *says)
{
    struct buf report;
    buf_init(&report, 1 << 20);
    enum err err = engine_verify(fixture->path, rebuild, &report);
    if (strstr(buf_text(&report), says) == NULL) {
        fail_msg("the report has no \"%s\": %s", says, buf_text(&report));
    }
    buf_fini(&report);
    return err;
}

/* Two tickets, one called and one waiting, in a database that nobody serves. */
static void make_day(struct fixture *fixture)
{
    ok(ask_issue(fixture, "pension"));
    ok(ask_issue(fixture, "pension"));
    ok(ask_window(fixture, CMD_WINDOW_OPEN, 1, "zhang"));
    ok(ask_window(fixture, CMD_NEXT, 1, ""));
    ok(verify(fixture, false, "2 tickets compared, 0 differing")); /* while it serves */
    fixture_close(fixture);
    ok(verify(fixture, false, "2 tickets compared, 0 differing"));
}

static void verify_finds_and_rebuilds_derived_rows(void **state)
{
    static const struct {
        const char *sql;
        const char *finding;
    } changes[] = {
        {"UPDATE visit SET note = 'x' WHERE number = 'A001'", "A001: the stored row differs"},
        {"UPDATE visit SET external_ref = 'x' WHERE number = 'A002'",
         "A002: the stored row differs"},
        {"UPDATE visit SET channel = 'x' WHERE number = 'A002'", "A002: the stored row differs"},
        {"UPDATE leg SET state = 6 WHERE state = 2", "A001: the stored row differs"},
        {"UPDATE leg SET clerk = 'wang' WHERE clerk = 'zhang'", "A001: the stored row differs"},
        {"UPDATE leg SET last_called_ms = 1 WHERE state = 2", "A001: the stored row differs"},
        {"DELETE FROM leg WHERE state = 2", "A001: the stored row cannot be read"},
        {"DELETE FROM visit WHERE number = 'A002'", "A002: the stored row is missing"},
        {"INSERT INTO visit SELECT visit + 7, id || 'X', day, 'A777', token, state, service, "
         "window, "
         "class, lang, channel, external_ref, note, issued_ms, print, copies, urgent, "
         "time_inaccurate, version, legs FROM visit WHERE number = 'A002'",
         "1 rows of tickets that the log does not know"},
    };
    struct fixture *fixture = *state;
    make_day(fixture);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        run_sql(fixture, changes[i].sql);
        assert_int_equal(verify(fixture, false, changes[i].finding), ERR_STORE_CORRUPT);
        ok(verify(fixture, true, "2 tickets written"));
        ok(verify(fixture, false, "2 tickets compared, 0 differing"));
    }
    fixture_reopen(fixture);
    ok(ask_issue(fixture, "pension"));
    assert_answer(fixture, "number", "A003");
}

static void verify_finds_a_changed_log(void **state)
{
    static const char *const changes[] = {
        "UPDATE event SET data = replace(data, 'pension', 'medical') WHERE seq = 2",
        "UPDATE event SET at_ms = at_ms + 1 WHERE seq = 3",
        "UPDATE event SET actor = 'user:other' WHERE kind = 'ticket.called'",
        "DELETE FROM event WHERE seq = 3",
    };
    struct fixture *fixture = *state;
    make_day(fixture);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char copy[128];
        struct fixture changed = {0};
        char message[256] = "";
        (void)snprintf(copy, sizeof copy, "%s/copy%zu.db", fixture->folder, i);
        ok(store_backup(fixture->path, copy, message, sizeof message));
        text_copy_cut(changed.path, sizeof changed.path, copy);
        ok(verify(&changed, false, "0 differing"));
        run_sql(&changed, changes[i]);
        assert_int_equal(verify(&changed, false, "the hash chain is broken"), ERR_STORE_CORRUPT);
        /* A forged log must not become the truth. */
        assert_int_equal(verify(&changed, true, "the hash chain is broken"), ERR_STORE_CORRUPT);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_on_when_the_disk_is_full),
        TEST(a_key_survives_a_full_disk),
        TEST(an_io_error_leaves_the_outcome_unknown),
        TEST(verify_finds_and_rebuilds_derived_rows),
        TEST(verify_finds_a_changed_log),
    };
    return cmocka_run_group_tests_name("engine_fault", tests, install_faults, NULL);
}
