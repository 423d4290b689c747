/* test_store_space: what happens when the disk is full or fails.
 *
 * Faults are put below SQLite: its system call for writing is replaced (SQLite offers that for
 * tests), and fdatasync() is defined here, before the C library's. */
#include "store_fixture.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define BIG 6000

/* ---- faults ---- */

static struct {
    int countdown; /* calls that still succeed; -1 all */
    int error;
    bool at_sync; /* count syncs instead of writes */
    bool sticky;  /* fail from then on, not once */
    int hits;
} fault = {.countdown = -1};

static void fault_set(int countdown, int error, bool at_sync, bool sticky)
{
    fault.countdown = countdown;
    fault.error = error;
    fault.at_sync = at_sync;
    fault.sticky = sticky;
    fault.hits = 0;
}

static void fault_clear(void)
{
    fault.countdown = -1;
}

static bool fault_strikes(bool at_sync)
{
    if (fault.countdown < 0 || fault.at_sync != at_sync) {
        return false;
    }
    if (fault.countdown > 0) {
        fault.countdown--;
        return false;
    }
    if (fault.hits > 0 && !fault.sticky) {
        return false;
    }
    fault.hits++;
    errno = fault.error;
    return true;
}

static ssize_t faulty_pwrite(int file, const void *bytes, size_t length, off_t offset)
{
    return fault_strikes(false) ? -1 : pwrite(file, bytes, length, offset);
}

int fdatasync(int file)
{
    return fault_strikes(true) ? -1 : (int)syscall(SYS_fdatasync, file);
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

/* ---- the work ---- */

/* Commits that many events, one transaction each; stops at the first error. */
static enum err work(struct store *store, int count, int64_t *ret_committed)
{
    static char data[BIG];
    memset(data, ' ', sizeof data);
    for (int i = 0; i < count; i++) {
        struct store_event event = fixture_event(*ret_committed + 1, "window.opened");
        event.data = data;
        event.data_length = sizeof data;
        enum err err = store_begin(store);
        if (!err) {
            err = store_event_put(store, &event);
        }
        if (!err) {
            err = store_commit(store);
        }
        if (err) {
            return err;
        }
        ++*ret_committed;
    }
    return ERR_NONE;
}

static void assert_log_is(struct store *store, int64_t count)
{
    int64_t seen = 0;
    int64_t bad = -1;
    ok(store_event_check_chain(store, &seen, &bad));
    assert_int_equal(seen, count);
    ok(store_check(store, true));
}

/* ---- full ---- */

static void a_full_disk_undoes_the_transaction(void **state)
{
    struct fixture *fixture = *state;
    int64_t committed = 0;
    ok(work(fixture->store, 3, &committed));
    fault_set(0, ENOSPC, false, true);
    assert_int_equal(work(fixture->store, 3, &committed), ERR_STORE_FULL);
    assert_true(fault.hits > 0);
    store_rollback(fixture->store);
    assert_int_equal(work(fixture->store, 3, &committed), ERR_STORE_FULL);
    store_rollback(fixture->store);
    assert_int_equal(committed, 3);
    assert_log_is(fixture->store, 3);
    fault_clear();
    ok(work(fixture->store, 3, &committed));
    fixture_reopen(fixture);
    assert_log_is(fixture->store, 6);
}

/* For sqlite3_auto_extension: every connection opened meanwhile may grow to 100 pages. */
static int limit_pages(sqlite3 *db, char **message, const struct sqlite3_api_routines *api)
{
    (void)message;
    (void)api;
    return sqlite3_exec(db, "PRAGMA max_page_count = 100", NULL, NULL, NULL);
}

static void a_database_at_its_limit_is_full(void **state)
{
    struct fixture *fixture = *state;
    sqlite3_auto_extension((void (*)(void))limit_pages);
    fixture_reopen(fixture);
    sqlite3_reset_auto_extension();
    int64_t committed = 0;
    assert_int_equal(work(fixture->store, 1000, &committed), ERR_STORE_FULL);
    store_rollback(fixture->store);
    assert_in_range(committed, 10, 99);
    assert_log_is(fixture->store, committed);
    fixture_reopen(fixture);
    ok(work(fixture->store, 10, &committed));
    assert_log_is(fixture->store, committed);
}

static void a_small_file_system_fills_up_and_grows(void **state)
{
    struct fixture *fixture = *state;
    char folder[96];
    char path[128];
    snprintf(folder, sizeof folder, "%s/small", fixture->folder);
    snprintf(path, sizeof path, "%s/hall.db", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    if (mount("tmpfs", folder, "tmpfs", 0, "size=3m") != 0) {
        print_message("skipped: no right to mount a small file system (%s)\n", strerror(errno));
        rmdir(folder);
        skip();
    }
    struct store *store = NULL;
    int64_t committed = 0;
    enum err opened = store_open(path, STORE_WRITER, &store);
    enum err full = opened ? opened : work(store, 5000, &committed);
    if (!opened) {
        store_rollback(store);
    }
    int grown = mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=16m");
    int64_t before = committed;
    enum err after = opened ? opened : work(store, 20, &committed);
    store_close(store);
    store = NULL;
    enum err reopened = store_open(path, STORE_WRITER, &store);
    int64_t seen = 0;
    int64_t bad = 0;
    enum err chain = reopened ? reopened : store_event_check_chain(store, &seen, &bad);
    store_close(store);
    /* The mount must go whatever was found. */
    int unmounted = umount(folder);
    rmdir(folder);
    assert_int_equal(opened, ERR_NONE);
    assert_int_equal(full, ERR_STORE_FULL);
    assert_true(before > 10);
    assert_int_equal(grown, 0);
    assert_int_equal(after, ERR_NONE);
    assert_int_equal(reopened, ERR_NONE);
    assert_int_equal(chain, ERR_NONE);
    assert_int_equal(seen, committed);
    assert_int_equal(unmounted, 0);
}

/* ---- broken ---- */

static void a_failed_sync_leaves_the_outcome_unknown(void **state)
{
    struct fixture *fixture = *state;
    int64_t committed = 0;
    ok(work(fixture->store, 3, &committed));
    fault_set(0, EIO, true, false);
    assert_int_equal(work(fixture->store, 3, &committed), ERR_STORE_IO);
    assert_int_equal(fault.hits, 1);
    fault_clear();
    assert_int_equal(committed, 3);
    /* Whatever was acknowledged is there; the one in doubt may be, too. */
    fixture_reopen(fixture);
    int64_t seen = 0;
    int64_t bad = 0;
    ok(store_event_check_chain(fixture->store, &seen, &bad));
    assert_in_range(seen, 3, 4);
}

static void a_commit_syncs_before_it_returns(void **state)
{
    struct fixture *fixture = *state;
    int64_t committed = 0;
    ok(work(fixture->store, 2, &committed));
    for (int i = 0; i < 10; i++) {
        /* Were there a commit without a sync, this fault would not be met. */
        fault_set(0, EIO, true, false);
        enum err err = work(fixture->store, 1, &committed);
        assert_int_equal(fault.hits, 1);
        assert_int_equal(err, ERR_STORE_IO);
        fault_clear();
        fixture_reopen(fixture);
        int64_t at_ms = 0;
        int64_t epoch = 0;
        ok(store_event_last(fixture->store, &committed, &at_ms, &epoch));
    }
}

/* Fails the n-th write of a day's work, for every n until the work gets through. */
static void sweep(struct fixture *fixture, int error, bool at_sync, bool sticky, enum err expected)
{
    int64_t acknowledged = 0;
    int struck = 0;
    for (int n = 0; n < 200; n++) {
        fault_set(n, error, at_sync, sticky);
        enum err err = work(fixture->store, 6, &acknowledged);
        bool hit = fault.hits > 0;
        fault_clear();
        if (!hit) {
            ok(err);
            break;
        }
        struck++;
        assert_int_equal(err, expected);
        /* As the process would: forget everything, start again. */
        fixture_reopen(fixture);
        int64_t seen = 0;
        int64_t bad = 0;
        ok(store_event_check_chain(fixture->store, &seen, &bad));
        ok(store_check(fixture->store, true));
        assert_true(seen >= acknowledged && seen <= acknowledged + 1);
        acknowledged = seen;
    }
    assert_true(struck > 5);
}

static void every_write_may_find_the_disk_full(void **state)
{
    sweep(*state, ENOSPC, false, true, ERR_STORE_FULL);
}

static void every_write_may_fail(void **state)
{
    sweep(*state, EIO, false, false, ERR_STORE_IO);
}

static void every_sync_may_fail(void **state)
{
    sweep(*state, EIO, true, true, ERR_STORE_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk_undoes_the_transaction),
        TEST(a_database_at_its_limit_is_full),
        TEST(a_small_file_system_fills_up_and_grows),
        TEST(a_failed_sync_leaves_the_outcome_unknown),
        TEST(a_commit_syncs_before_it_returns),
        TEST(every_write_may_find_the_disk_full),
        TEST(every_write_may_fail),
        TEST(every_sync_may_fail),
    };
    return cmocka_run_group_tests(tests, install_faults, NULL);
}
