/* test_store_copy: backups, and databases written by earlier versions (tests/sql). */
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

static void copy_name(const struct fixture *fixture, char *path, size_t size)
{
    snprintf(path, size, "%s/copy.db", fixture->folder);
}

/* Nothing but the database and its companions, and the copy if wanted, lies in the folder. */
static int count_files(const struct fixture *fixture, const char *ending)
{
    int count = 0;
    DIR *folder = opendir(fixture->folder);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        size_t length = strlen(entry->d_name);
        count +=
            length > strlen(ending) && strcmp(entry->d_name + length - strlen(ending), ending) == 0;
    }
    closedir(folder);
    return count;
}

static void a_copy_holds_what_was_committed(void **state)
{
    struct fixture *fixture = *state;
    char copy[128];
    char message[200];
    copy_name(fixture, copy, sizeof copy);
    fixture_put_events(fixture->store, 1, 50);
    struct ticket ticket = fixture_ticket(3);
    fixture_put_ticket(fixture->store, &ticket);
    uint8_t key[DIGEST_SIZE];
    ok(store_hall_key(fixture->store, key));
    /* The writer is in the middle of something. */
    ok(store_begin(fixture->store));
    struct store_event event = fixture_event(51, "window.closed");
    ok(store_event_put(fixture->store, &event));
    enum err err = store_backup(fixture->db, copy, message, sizeof message);
    assert_string_equal(message, "");
    ok(err);
    ok(store_commit(fixture->store));
    struct stat status;
    assert_int_equal(stat(copy, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(count_files(fixture, ".part"), 0);

    struct store *other = NULL;
    ok(store_open(copy, STORE_WRITER, &other));
    int64_t count = 0;
    int64_t bad = 0;
    ok(store_event_check_chain(other, &count, &bad));
    assert_int_equal(count, 50);
    uint8_t key_copied[DIGEST_SIZE];
    ok(store_hall_key(other, key_copied));
    assert_memory_equal(key, key_copied, sizeof key);
    struct ticket back;
    ok(store_ticket_get(other, ticket.id, &back));
    assert_string_equal(back.number, "A004");
    /* The copy is a database like any other. */
    fixture_put_events(other, 51, 1);
    store_close(other);
}

static void a_copy_can_be_made_of_a_closed_database(void **state)
{
    struct fixture *fixture = *state;
    char copy[128];
    char message[200];
    copy_name(fixture, copy, sizeof copy);
    fixture_put_events(fixture->store, 1, 5);
    store_close(fixture->store);
    fixture->store = NULL;
    ok(store_backup(fixture->db, copy, message, sizeof message));
    struct store *other = NULL;
    ok(store_open(copy, STORE_READER, &other));
    ok(store_check(other, true));
    store_close(other);
}

static void an_existing_destination_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char copy[128];
    char message[200];
    copy_name(fixture, copy, sizeof copy);
    FILE *file = fopen(copy, "w");
    assert_non_null(file);
    fputs("mine", file);
    fclose(file);
    assert_int_equal(store_backup(fixture->db, copy, message, sizeof message), ERR_IO);
    assert_non_null(strstr(message, "exists"));
    assert_null(strchr(message, '\n'));
    struct stat status;
    assert_int_equal(stat(copy, &status), 0);
    assert_int_equal(status.st_size, 4);
    /* The database itself, of all files. */
    assert_int_equal(store_backup(fixture->db, fixture->db, message, sizeof message), ERR_IO);
    fixture_put_events(fixture->store, 1, 1);
}

static void a_copy_that_cannot_be_made_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    char copy[128];
    char message[200];
    snprintf(copy, sizeof copy, "%s/no-folder/copy.db", fixture->folder);
    assert_int_equal(store_backup(fixture->db, copy, message, sizeof message), ERR_IO);
    assert_true(strlen(message) > 0);
    copy_name(fixture, copy, sizeof copy);
    assert_int_equal(store_backup("/no/such/hall.db", copy, message, sizeof message), ERR_STORE_IO);
    assert_true(strlen(message) > 0);
    assert_int_not_equal(access(copy, F_OK), 0);
    assert_int_equal(count_files(fixture, ".part"), 0);
}

static void a_broken_chain_is_not_copied(void **state)
{
    struct fixture *fixture = *state;
    char copy[128];
    char message[200];
    copy_name(fixture, copy, sizeof copy);
    fixture_put_events(fixture->store, 1, 5);
    fixture_sql(fixture, "UPDATE event SET actor = 'user:eve' WHERE seq = 2");
    assert_int_equal(store_backup(fixture->db, copy, message, sizeof message), ERR_STORE_CORRUPT);
    assert_non_null(strstr(message, "hash"));
    assert_int_not_equal(access(copy, F_OK), 0);
    assert_int_equal(count_files(fixture, ".part"), 0);
}

/* Makes the fixture's database anew from a dump. */
static void load_dump(struct fixture *fixture, const char *path)
{
    store_close(fixture->store);
    fixture->store = NULL;
    unlink(fixture->db);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    static char text[256 * 1024];
    size_t length = fread(text, 1, sizeof text - 1, file);
    assert_in_range(length, 1, sizeof text - 2);
    text[length] = '\0';
    fclose(file);
    fixture_sql(fixture, text);
}

static void a_database_of_schema_1_is_opened(void **state)
{
    struct fixture *fixture = *state;
    load_dump(fixture, "tests/sql/schema_0001.sql");
    ok(store_open(fixture->db, STORE_WRITER, &fixture->store));
    int64_t count = 0;
    int64_t bad = -1;
    ok(store_event_check_chain(fixture->store, &count, &bad));
    assert_int_equal(count, 3);
    int64_t start = 0;
    ok(store_event_day_start(fixture->store, &start));
    assert_int_equal(start, 1);
    ok(store_ticket_count(fixture->store, &count));
    assert_int_equal(count, 2);
    struct ticket expected = fixture_ticket(1);
    struct ticket back;
    ok(store_ticket_get(fixture->store, expected.id, &back));
    assert_string_equal(back.number, "A002");
    assert_int_equal(back.leg_count, 2);
    assert_int_equal(back.legs[0].state, TICKET_TRANSFERRED);
    assert_string_equal(back.legs[1].service, "medical");
    struct store_user user;
    ok(store_user_get(fixture->store, "zhang", &user));
    assert_int_equal(user.roles, ROLE_CLERK);
    struct buf document;
    buf_init(&document, 1000);
    int64_t version = 0;
    ok(store_config_get(fixture->store, 0, &document, &version));
    assert_int_equal(version, 1);
    assert_string_equal(buf_text(&document), "{\"hall\":{\"code\":\"old\"}}");
    buf_fini(&document);
    fixture_put_events(fixture->store, 4, 1);
    ok(store_check(fixture->store, true));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_copy_holds_what_was_committed),    TEST(a_copy_can_be_made_of_a_closed_database),
        TEST(an_existing_destination_is_refused), TEST(a_copy_that_cannot_be_made_leaves_nothing),
        TEST(a_broken_chain_is_not_copied),       TEST(a_database_of_schema_1_is_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
