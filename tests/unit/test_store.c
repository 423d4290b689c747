/* test_store: the file, its lock, its settings, the log, transactions and damage. test_store_rows.c
 * has the rest. */
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* What was read, for comparison. */
struct seen {
    int64_t seqs[16];
    int count;
    struct store_event last;
    char texts[6][64]; /* kind, ticket_id, actor, device, request_id, data of the last row */
    enum err answer;   /* what the handler returns */
};

static enum err see(void *context, const struct store_event *event)
{
    struct seen *seen = context;
    assert_true(seen->count < 16);
    seen->seqs[seen->count++] = event->seq;
    seen->last = *event;
    const char *texts[] = {event->kind,   event->ticket_id,  event->actor,
                           event->device, event->request_id, event->data};
    for (int i = 0; i < 6; i++) {
        snprintf(seen->texts[i], sizeof seen->texts[i], "%s", texts[i]);
    }
    return seen->answer;
}

static int64_t last_seq(struct store *store)
{
    int64_t seq = -1;
    int64_t at_ms = -1;
    int64_t epoch = -1;
    ok(store_event_last(store, &seq, &at_ms, &epoch));
    return seq;
}

static void a_new_database_is_private_and_durable(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    assert_int_equal(stat(fixture->db, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    /* The format of a SQLite file: write version 2 at byte 18 is WAL; user version at 60,
     * application id at 68. */
    store_close(fixture->store);
    fixture->store = NULL;
    uint8_t head[100];
    int file = open(fixture->db, O_RDONLY);
    assert_int_equal(read(file, head, sizeof head), sizeof head);
    close(file);
    assert_int_equal(head[18], 2);
    assert_int_equal(head[63], 6);
    assert_memory_equal(head + 68, "Hall", 4);
}

static void an_empty_log_has_no_last_row(void **state)
{
    struct fixture *fixture = *state;
    int64_t seq = -1;
    int64_t at_ms = -1;
    int64_t epoch = -1;
    ok(store_event_last(fixture->store, &seq, &at_ms, &epoch));
    assert_int_equal(seq, 0);
    assert_int_equal(at_ms, 0);
    assert_int_equal(epoch, 0);
    ok(store_event_day_start(fixture->store, &seq));
    assert_int_equal(seq, 0);
}

static void an_event_comes_back_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    const char *data = "{\"number\":\"A001\",\"name\":\"\xe5\x8c\x97\"}";
    struct store_event event = {.seq = 1,
                                .epoch = 7,
                                .at_ms = FIXTURE_MS,
                                .wall_ms = FIXTURE_MS - 99,
                                .day = FIXTURE_DAY,
                                .kind = "ticket.issued",
                                .ticket_id = "01J",
                                .visit = 3,
                                .leg = 4,
                                .window = 5,
                                .actor = "user:zhang",
                                .device = "k1",
                                .request_id = "r-1",
                                .data = data,
                                .data_length = strlen(data)};
    ok(store_event_put(fixture->store, &event));
    fixture_reopen(fixture);
    struct seen seen = {0};
    ok(store_event_each(fixture->store, 0, 0, see, &seen));
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.last.epoch, 7);
    assert_int_equal(seen.last.at_ms, FIXTURE_MS);
    assert_int_equal(seen.last.wall_ms, FIXTURE_MS - 99);
    assert_int_equal(seen.last.day, FIXTURE_DAY);
    assert_int_equal(seen.last.visit, 3);
    assert_int_equal(seen.last.leg, 4);
    assert_int_equal(seen.last.window, 5);
    assert_int_equal(seen.last.data_length, strlen(data));
    const char *texts[] = {"ticket.issued", "01J", "user:zhang", "k1", "r-1", data};
    for (int i = 0; i < 6; i++) {
        assert_string_equal(seen.texts[i], texts[i]);
    }
}

static void the_hash_is_that_of_the_documented_layout(void **state)
{
    struct fixture *fixture = *state;
    struct store_event event = fixture_event(1, "window.opened");
    ok(store_event_put(fixture->store, &event));
    event = fixture_event(2, "window.closed");
    event.window = 3;
    ok(store_event_put(fixture->store, &event));
    struct seen seen = {0};
    ok(store_event_each(fixture->store, 0, 0, see, &seen));
    /* Computed with Python's struct and hashlib from the layout in store_event.c. */
    uint8_t expected[DIGEST_SIZE];
    ok(digest_unhex("080ccd07fd8c93d6b1270bb63480e6d5f62c26f49c94625a4588a2c333af0ec4", expected,
                    sizeof expected));
    assert_memory_equal(seen.last.hash, expected, sizeof expected);
}

static void a_gap_or_a_repeated_number_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct store_event event = fixture_event(2, "window.opened");
    assert_int_equal(store_event_put(fixture->store, &event), ERR_INTERNAL);
    fixture_put_events(fixture->store, 1, 2);
    assert_int_equal(store_event_put(fixture->store, &event), ERR_INTERNAL);
    fixture_reopen(fixture);
    event.seq = 4;
    assert_int_equal(store_event_put(fixture->store, &event), ERR_INTERNAL);
    event.seq = 3;
    ok(store_event_put(fixture->store, &event));
}

static void a_stretch_of_the_log_is_read_in_order(void **state)
{
    struct fixture *fixture = *state;
    fixture_put_events(fixture->store, 1, 10);
    struct seen seen = {0};
    ok(store_event_each(fixture->store, 4, 3, see, &seen));
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.seqs[0], 5);
    assert_int_equal(seen.seqs[2], 7);
    struct seen stop = {.answer = ERR_REPLAY};
    assert_int_equal(store_event_each(fixture->store, 0, 0, see, &stop), ERR_REPLAY);
    assert_int_equal(stop.count, 1);
}

static void a_ticket_has_its_history(void **state)
{
    struct fixture *fixture = *state;
    for (int64_t seq = 1; seq <= 6; seq++) {
        struct store_event event = fixture_event(seq, "ticket.called");
        event.ticket_id = seq % 2 == 0 ? "EVEN" : "ODD";
        ok(store_event_put(fixture->store, &event));
    }
    struct seen seen = {0};
    ok(store_event_each_of_ticket(fixture->store, "EVEN", see, &seen));
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.seqs[0], 2);
    assert_int_equal(seen.seqs[2], 6);
    struct seen none = {0};
    ok(store_event_each_of_ticket(fixture->store, "", see, &none));
    assert_int_equal(none.count, 0);
}

static void passing_calls_are_found_by_whom_they_passed(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *kind;
        const char *data;
    } rows[] = {
        {"ticket.called", "{\"number\":\"A9\",\"why\":{\"overtook\":[\"A1\",\"A12\"]}}"},
        {"ticket.called", "{\"number\":\"A9\",\"why\":{\"overtook\":[\"A12\"]}}"},
        {"ticket.called", "{\"number\":\"A1\",\"why\":{\"overtook\":[\"A2\"]}}"},
        {"ticket.called", "{\"number\":\"A9\",\"why\":{\"guard\":\"A1\"}}"},
        {"ticket.amended", "{\"why\":{\"overtook\":[\"A1\"]}}"},
        {"ticket.called", "{\"number\":\"A9\",\"why\":{\"overtook\":[\"A3\",\"A1\"]}}"},
        {"ticket.called", "{\"number\":\"A9\",\"why\":{\"overtook\":[\"A1\"]}}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct store_event event = fixture_event((int64_t)i + 1, rows[i].kind);
        event.data = rows[i].data;
        event.data_length = strlen(rows[i].data);
        ok(store_event_put(fixture->store, &event));
    }
    struct seen seen = {0};
    ok(store_event_each_passing(fixture->store, 0, INT64_MAX, "A1", 8, see, &seen));
    assert_int_equal(seen.count, 3);
    assert_true(seen.seqs[0] == 7 && seen.seqs[1] == 6 && seen.seqs[2] == 1);
    struct seen inner = {0};
    ok(store_event_each_passing(fixture->store, 1, 7, "A1", 8, see, &inner));
    assert_true(inner.count == 1 && inner.seqs[0] == 6);
    struct seen newest = {0};
    ok(store_event_each_passing(fixture->store, 0, INT64_MAX, "A1", 1, see, &newest));
    assert_true(newest.count == 1 && newest.seqs[0] == 7);
}

static void a_day_begins_with_its_first_opening(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *kind;
        int32_t day;
        int64_t start; /* afterwards */
    } rows[] = {
        {"window.opened", FIXTURE_DAY, 0},       {"hall.day_opened", FIXTURE_DAY, 2},
        {"window.opened", FIXTURE_DAY, 2},       {"hall.day_closed", FIXTURE_DAY, 2},
        {"hall.day_opened", FIXTURE_DAY, 2},     {"hall.day_opened", FIXTURE_DAY + 1, 6},
        {"window.opened", FIXTURE_DAY + 1, 6},   {"hall.day_opened", FIXTURE_DAY + 1, 6},
        {"hall.day_opened", FIXTURE_DAY + 4, 9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct store_event event = fixture_event((int64_t)i + 1, rows[i].kind);
        event.day = rows[i].day;
        ok(store_event_put(fixture->store, &event));
        int64_t start = -1;
        ok(store_event_day_start(fixture->store, &start));
        assert_int_equal(start, rows[i].start);
    }
    int64_t start = 0;
    int64_t count = 0;
    ok(store_event_day_span(fixture->store, FIXTURE_DAY, &start, &count));
    assert_int_equal(start, 2); /* reopened, it still begins there */
    assert_int_equal(count, 4);
    ok(store_event_day_span(fixture->store, FIXTURE_DAY + 1, &start, &count));
    assert_int_equal(start, 6);
    assert_int_equal(count, 3);
    ok(store_event_day_span(fixture->store, FIXTURE_DAY + 4, &start, &count));
    assert_int_equal(start, 9);
    assert_int_equal(count, 1);
    assert_int_equal(store_event_day_span(fixture->store, FIXTURE_DAY + 2, &start, &count),
                     ERR_NOT_FOUND);
}

static void rollback_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    fixture_put_events(fixture->store, 1, 1);
    ok(store_begin(fixture->store));
    struct store_event event = fixture_event(2, "window.closed");
    struct ticket ticket = fixture_ticket(0);
    ok(store_event_put(fixture->store, &event));
    ok(store_ticket_put(fixture->store, &ticket));
    store_rollback(fixture->store);
    assert_int_equal(last_seq(fixture->store), 1);
    assert_int_equal(store_ticket_get(fixture->store, ticket.id, &ticket), ERR_NOT_FOUND);
    /* The number is free again, and the chain goes on from the row before. */
    fixture_put_events(fixture->store, 2, 1);
    int64_t count = 0;
    int64_t bad = -1;
    ok(store_event_check_chain(fixture->store, &count, &bad));
    assert_int_equal(count, 2);
    assert_int_equal(bad, 0);
}

static void a_failed_transaction_commits_nothing(void **state)
{
    struct fixture *fixture = *state;
    ok(store_begin(fixture->store));
    struct store_event event = fixture_event(1, "window.opened");
    ok(store_event_put(fixture->store, &event));
    event.seq = 9;
    assert_int_equal(store_event_put(fixture->store, &event), ERR_INTERNAL);
    event.seq = 2;
    assert_int_equal(store_event_put(fixture->store, &event), ERR_INTERNAL);
    assert_int_equal(store_commit(fixture->store), ERR_INTERNAL);
    store_rollback(fixture->store);
    assert_int_equal(last_seq(fixture->store), 0);
    fixture_put_events(fixture->store, 1, 1);
}

static void unwritten_work_is_gone_after_a_close(void **state)
{
    struct fixture *fixture = *state;
    ok(store_begin(fixture->store));
    struct store_event event = fixture_event(1, "window.opened");
    ok(store_event_put(fixture->store, &event));
    fixture_reopen(fixture);
    assert_int_equal(last_seq(fixture->store), 0);
}

/* An outsider changes one thing; the chain must break at that row. */
static void check_break(struct fixture *fixture, const char *sql, int64_t expected)
{
    fixture_put_events(fixture->store, 1, 8);
    int64_t count = 0;
    int64_t bad = -1;
    ok(store_event_check_chain(fixture->store, &count, &bad));
    assert_int_equal(count, 8);
    fixture_sql(fixture, sql);
    assert_int_equal(store_event_check_chain(fixture->store, &count, &bad), ERR_STORE_CORRUPT);
    assert_int_equal(bad, expected);
}

static void an_altered_text_breaks_the_chain(void **state)
{
    check_break(*state, "UPDATE event SET data = '{ }' WHERE seq = 5", 5);
}

static void an_altered_number_breaks_the_chain(void **state)
{
    check_break(*state, "UPDATE event SET window = 1 WHERE seq = 3", 3);
}

static void a_text_moved_to_its_neighbour_breaks_the_chain(void **state)
{
    check_break(*state, "UPDATE event SET kind = 'window.opene', ticket_id = 'd' WHERE seq = 4", 4);
}

static void a_missing_event_breaks_the_chain(void **state)
{
    check_break(*state, "DELETE FROM event WHERE seq = 6", 6);
}

static void a_missing_first_event_breaks_the_chain(void **state)
{
    check_break(*state, "DELETE FROM event WHERE seq = 1", 1);
}

static void a_second_writer_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct store *other = NULL;
    assert_int_equal(store_open(fixture->db, STORE_WRITER, &other), ERR_STORE_LOCKED);
    assert_null(other);
    char link_path[128];
    snprintf(link_path, sizeof link_path, "%s/other-name.db", fixture->folder);
    assert_int_equal(symlink(fixture->db, link_path), 0);
    assert_int_equal(store_open(link_path, STORE_WRITER, &other), ERR_STORE_LOCKED);
    /* The refused one took nothing away. */
    fixture_put_events(fixture->store, 1, 1);
}

static void a_writer_in_another_process_is_refused(void **state)
{
    struct fixture *fixture = *state;
    pid_t child = fork();
    if (child == 0) {
        struct store *other = NULL;
        enum err err = store_open(fixture->db, STORE_WRITER, &other);
        _exit(err == ERR_STORE_LOCKED ? 42 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
    fixture_put_events(fixture->store, 1, 1);
}

static void a_writer_may_follow_a_writer_that_died(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    pid_t child = fork();
    if (child == 0) {
        struct store *other = NULL;
        if (store_open(fixture->db, STORE_WRITER, &other)) {
            _exit(1);
        }
        struct store_event event = fixture_event(1, "window.opened");
        if (store_begin(other) || store_event_put(other, &event) || store_commit(other)) {
            _exit(2);
        }
        _exit(42); /* without closing */
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 42);
    ok(store_open(fixture->db, STORE_WRITER, &fixture->store));
    assert_int_equal(last_seq(fixture->store), 1);
}

static void a_reader_sees_what_is_committed(void **state)
{
    struct fixture *fixture = *state;
    struct store *reader = NULL;
    ok(store_open(fixture->db, STORE_READER, &reader));
    fixture_put_events(fixture->store, 1, 2);
    assert_int_equal(last_seq(reader), 2);
    ok(store_begin(fixture->store));
    struct store_event event = fixture_event(3, "window.opened");
    ok(store_event_put(fixture->store, &event));
    assert_int_equal(last_seq(reader), 2);
    ok(store_commit(fixture->store));
    assert_int_equal(last_seq(reader), 3);
    /* It stays on one moment inside its own transaction. */
    ok(store_begin(reader));
    assert_int_equal(last_seq(reader), 3);
    fixture_put_events(fixture->store, 4, 1);
    assert_int_equal(last_seq(reader), 3);
    ok(store_commit(reader));
    assert_int_equal(last_seq(reader), 4);
    store_close(reader);
    fixture_put_events(fixture->store, 5, 1);
}

static void a_reader_writes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct store *reader = NULL;
    ok(store_open(fixture->db, STORE_READER, &reader));
    struct store_user user = {.name = "zhang", .password_hash = "x"};
    assert_int_equal(store_user_put(reader, &user), ERR_STORE_IO);
    assert_int_equal(store_user_get(reader, "zhang", &user), ERR_NOT_FOUND);
    store_close(reader);
}

static void a_reader_needs_a_database(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/none.db", fixture->folder);
    assert_int_equal(store_open(path, STORE_READER, &store), ERR_STORE_IO);
    assert_int_not_equal(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/no-folder/none.db", fixture->folder);
    assert_int_equal(store_open(path, STORE_WRITER, &store), ERR_STORE_IO);
}

/* Closes, lets an outsider change the file, and says what opening answers. */
static enum err open_after(struct fixture *fixture, const char *sql, enum store_mode mode)
{
    store_close(fixture->store);
    fixture->store = NULL;
    fixture_sql(fixture, sql);
    return store_open(fixture->db, mode, &fixture->store);
}

static void a_newer_schema_is_refused(void **state)
{
    assert_int_equal(open_after(*state, "PRAGMA user_version = 1000", STORE_WRITER),
                     ERR_STORE_NEWER);
    assert_int_equal(open_after(*state, "PRAGMA user_version = 1000", STORE_READER),
                     ERR_STORE_NEWER);
}

static void a_foreign_database_is_refused(void **state)
{
    assert_int_equal(open_after(*state, "PRAGMA application_id = 42", STORE_WRITER),
                     ERR_STORE_CORRUPT);
    assert_int_equal(open_after(*state, "PRAGMA application_id = 0", STORE_WRITER),
                     ERR_STORE_CORRUPT);
    assert_int_equal(
        open_after(*state, "PRAGMA application_id = 0; PRAGMA user_version = 0", STORE_WRITER),
        ERR_STORE_CORRUPT);
}

static void a_database_without_one_of_its_tables_is_refused(void **state)
{
    assert_int_equal(open_after(*state, "DROP TABLE answer", STORE_WRITER), ERR_INTERNAL);
}

static void write_at(const char *path, off_t offset, const void *bytes, size_t length)
{
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes, length, offset), (ssize_t)length);
    close(file);
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    write_at(fixture->db, 0, "This is only a text", 19);
    assert_int_equal(store_open(fixture->db, STORE_WRITER, &fixture->store), ERR_STORE_CORRUPT);
    assert_int_equal(store_open(fixture->db, STORE_READER, &fixture->store), ERR_STORE_CORRUPT);
}

static void a_damaged_page_is_found_at_start(void **state)
{
    struct fixture *fixture = *state;
    fixture_put_events(fixture->store, 1, 200);
    store_close(fixture->store);
    fixture->store = NULL;
    struct stat status;
    assert_int_equal(stat(fixture->db, &status), 0);
    /* The last page holds rows of the log. */
    uint8_t rubbish[4096];
    memset(rubbish, 0xa5, sizeof rubbish);
    write_at(fixture->db, status.st_size - 4096, rubbish, sizeof rubbish);
    assert_int_equal(store_open(fixture->db, STORE_WRITER, &fixture->store), ERR_STORE_CORRUPT);
}

static void a_truncated_file_is_refused(void **state)
{
    struct fixture *fixture = *state;
    fixture_put_events(fixture->store, 1, 200);
    store_close(fixture->store);
    fixture->store = NULL;
    struct stat status;
    assert_int_equal(stat(fixture->db, &status), 0);
    assert_int_equal(truncate(fixture->db, status.st_size - 4096), 0);
    assert_int_equal(store_open(fixture->db, STORE_WRITER, &fixture->store), ERR_STORE_CORRUPT);
}

static void a_sound_database_passes_its_checks(void **state)
{
    struct fixture *fixture = *state;
    fixture_put_events(fixture->store, 1, 20);
    ok(store_check(fixture->store, false));
    ok(store_check(fixture->store, true));
    uint8_t key[DIGEST_SIZE];
    uint8_t again[DIGEST_SIZE];
    static const uint8_t zeros[DIGEST_SIZE];
    ok(store_hall_key(fixture->store, key));
    assert_memory_not_equal(key, zeros, sizeof key);
    fixture_reopen(fixture);
    ok(store_hall_key(fixture->store, again));
    assert_memory_equal(key, again, sizeof key);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_database_is_private_and_durable),
        TEST(an_empty_log_has_no_last_row),
        TEST(an_event_comes_back_as_it_was),
        TEST(the_hash_is_that_of_the_documented_layout),
        TEST(a_gap_or_a_repeated_number_is_refused),
        TEST(a_stretch_of_the_log_is_read_in_order),
        TEST(a_ticket_has_its_history),
        TEST(passing_calls_are_found_by_whom_they_passed),
        TEST(a_day_begins_with_its_first_opening),
        TEST(rollback_leaves_nothing),
        TEST(a_failed_transaction_commits_nothing),
        TEST(unwritten_work_is_gone_after_a_close),
        TEST(an_altered_text_breaks_the_chain),
        TEST(an_altered_number_breaks_the_chain),
        TEST(a_text_moved_to_its_neighbour_breaks_the_chain),
        TEST(a_missing_event_breaks_the_chain),
        TEST(a_missing_first_event_breaks_the_chain),
        TEST(a_second_writer_is_refused),
        TEST(a_writer_in_another_process_is_refused),
        TEST(a_writer_may_follow_a_writer_that_died),
        TEST(a_reader_sees_what_is_committed),
        TEST(a_reader_writes_nothing),
        TEST(a_reader_needs_a_database),
        TEST(a_newer_schema_is_refused),
        TEST(a_foreign_database_is_refused),
        TEST(a_database_without_one_of_its_tables_is_refused),
        TEST(a_file_that_is_no_database_is_refused),
        TEST(a_damaged_page_is_found_at_start),
        TEST(a_truncated_file_is_refused),
        TEST(a_sound_database_passes_its_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
