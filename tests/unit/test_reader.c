/* test_reader: passwords, sign-in, and the stored history, read while the writer's connection stays
 * open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "mailbox.h"
#include "reader.h"
#include "store.h"
#include "web_files.h"
#include "wire.h"

#define NOW 1795397400000 /* 2026-11-23T09:30:00+08:00 */
#define DAY 20780
#define ID_SIZE TICKET_ID_SIZE

struct fixture {
    char folder[64];
    char path[96];
    struct store *store;
    struct reader *reader;
    struct mailbox *answers;
    char id[2][ID_SIZE];
    int64_t seq;
};

static void put_config(struct fixture *fixture)
{
    int64_t version = 0;
    for (const struct web_file *file = web_files; file->path != NULL; file++) {
        if (strcmp(file->path, "src/demo/hall.json") == 0) {
            assert_int_equal(store_config_put(fixture->store, NOW, "system",
                                              (const char *)file->begin,
                                              (size_t)(file->end - file->begin), &version),
                             ERR_NONE);
        }
    }
    assert_int_equal(version, 1);
}

static void put_user(struct fixture *fixture, const char *name, const char *password, bool disabled)
{
    struct store_user user = {
        .roles = ROLE_CLERK | ROLE_LOBBY, .window = 3, .disabled = disabled, .created_ms = NOW};
    text_copy_cut(user.name, sizeof user.name, name);
    assert_int_equal(password_hash(password, user.password_hash), ERR_NONE);
    assert_int_equal(store_user_put(fixture->store, &user), ERR_NONE);
}

static struct event make_event(struct fixture *fixture, enum event_kind kind, int slot, int calls)
{
    struct event event;
    event_init(&event, kind);
    event.seq = ++fixture->seq;
    event.at_ms = NOW + fixture->seq * 1000;
    event.day = DAY;
    event.visit = slot;
    event.leg = slot;
    event.window = kind == EVENT_TICKET_ISSUED ? 0 : 3;
    event.state = kind == EVENT_TICKET_ISSUED ? TICKET_WAITING : TICKET_CALLED;
    event.calls = calls;
    event.why.rule = kind == EVENT_TICKET_CALLED ? EVENT_RULE_POLICY : EVENT_RULE_NONE;
    event.why.score = calls * 100;
    text_copy_cut(event.ticket_id, sizeof event.ticket_id, fixture->id[slot]);
    text_copy_cut(event.number, sizeof event.number, slot == 0 ? "A001" : "A002");
    text_copy_cut(event.service, sizeof event.service, "pension");
    text_copy_cut(event.cls, sizeof event.cls, "ordinary");
    return event;
}

static void store_event(struct fixture *fixture, const struct event *event)
{
    struct buf data;
    buf_init(&data, 65536);
    wire_event_data(&data, event);
    const struct store_event row = {.seq = event->seq,
                                    .epoch = 1,
                                    .at_ms = event->at_ms,
                                    .wall_ms = event->at_ms,
                                    .day = DAY,
                                    .kind = event_kind_text(event->kind),
                                    .ticket_id = event->ticket_id,
                                    .visit = event->visit,
                                    .leg = event->leg,
                                    .window = event->window,
                                    .actor = "system",
                                    .data = buf_text(&data),
                                    .data_length = data.length};
    assert_int_equal(store_begin(fixture->store), ERR_NONE);
    assert_int_equal(store_event_put(fixture->store, &row), ERR_NONE);
    assert_int_equal(store_commit(fixture->store), ERR_NONE);
    buf_fini(&data);
}

static void put_event(struct fixture *fixture, enum event_kind kind, int slot, int calls)
{
    struct event event = make_event(fixture, kind, slot, calls);
    store_event(fixture, &event);
}

/* A call of A001 that passes A002, which has suffered that often `times` times. */
static void put_passing(struct fixture *fixture, enum event_rule rule, int32_t times)
{
    struct event event = make_event(fixture, EVENT_TICKET_CALLED, 0, 1);
    struct event_why *why = &event.why;
    text_copy_cut(event.clerk, sizeof event.clerk, "zhang");
    why->rule = rule;
    why->overtaken = why->listed = why->detailed = 1;
    why->overtook[0] = 1;
    text_copy_cut(why->numbers[0], TICKET_NUMBER_SIZE, "A002");
    why->passed[0] = (struct event_passed){.times = times, .cap = 8, .rate_pm = 1000};
    store_event(fixture, &event);
}

static void put_ticket_in(struct fixture *fixture, int slot, enum ticket_state state)
{
    struct ticket ticket = {.slot = slot, .day = DAY, .state = state, .version = 7};
    ticket.issued_ms = NOW;
    ticket.ahead = -1;
    ticket.eta = ETA_UNKNOWN;
    ticket.leg_count = 1;
    ticket.legs[0].no = 1;
    ticket.legs[0].state = state;
    ticket.legs[0].entered_ms = NOW;
    ticket.token[0] = (uint8_t)(slot + 1);
    ticket_id_make(NOW, DAY, slot, ticket.id);
    text_copy_cut(fixture->id[slot], ID_SIZE, ticket.id);
    text_copy_cut(ticket.number, sizeof ticket.number, slot == 0 ? "A001" : "A002");
    text_copy_cut(ticket.cls, sizeof ticket.cls, "ordinary");
    text_copy_cut(ticket.lang, sizeof ticket.lang, "zh-CN");
    text_copy_cut(ticket.channel, sizeof ticket.channel, "kiosk");
    text_copy_cut(ticket.legs[0].service, HALL_CODE_SIZE, "pension");
    assert_int_equal(store_begin(fixture->store), ERR_NONE);
    assert_int_equal(store_ticket_put(fixture->store, &ticket), ERR_NONE);
    assert_int_equal(store_commit(fixture->store), ERR_NONE);
}

static void put_ticket(struct fixture *fixture, int slot)
{
    put_ticket_in(fixture, slot, TICKET_WAITING);
}

static int create(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    text_copy_cut(fixture->folder, sizeof fixture->folder, "/tmp/hallcall-reader-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/hall.db", fixture->folder);
    assert_int_equal(store_open(fixture->path, STORE_WRITER, &fixture->store), ERR_NONE);
    put_config(fixture);
    put_user(fixture, "zhang", "correct horse", false);
    put_user(fixture, "gone", "correct horse", true);
    put_ticket(fixture, 0);
    put_ticket(fixture, 1);
    put_event(fixture, EVENT_TICKET_ISSUED, 0, 0);
    put_event(fixture, EVENT_TICKET_ISSUED, 1, 0);
    put_event(fixture, EVENT_TICKET_CALLED, 0, 1);
    put_event(fixture, EVENT_TICKET_CALLED, 0, 2);
    fixture->answers = mailbox_create(8);
    assert_int_equal(reader_open(fixture->path, "demo", 1, &fixture->reader), ERR_NONE);
    assert_int_equal(reader_start(fixture->reader), ERR_NONE);
    *state = fixture;
    return 0;
}

static int destroy(void **state)
{
    struct fixture *fixture = *state;
    static const char *const tails[] = {"", "-wal", "-shm", ".lock"};
    reader_stop(fixture->reader);
    reader_close(fixture->reader);
    store_close(fixture->store);
    mailbox_destroy(fixture->answers);
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s", fixture->path, tails[i]);
        (void)unlink(name);
    }
    assert_int_equal(rmdir(fixture->folder), 0);
    free(fixture);
    return 0;
}

static void hand_back(struct reader_job *job)
{
    if (mailbox_put(job->owner, job) != ERR_NONE) {
        abort();
    }
}

/* Submits the job and waits for it. */
static enum err ask(struct fixture *fixture, struct reader_job *job)
{
    void *item = NULL;
    job->done = hand_back;
    job->owner = fixture->answers;
    assert_int_equal(reader_submit(fixture->reader, job), ERR_NONE);
    assert_int_equal(mailbox_take(fixture->answers, &item, 1, INT64_MAX), 1);
    assert_ptr_equal(item, job);
    return job->err;
}

static void hashes_passwords(void **state)
{
    (void)state;
    char first[128];
    char second[128];
    assert_int_equal(password_hash("correct horse", first), ERR_NONE);
    assert_int_equal(password_hash("correct horse", second), ERR_NONE);
    assert_memory_equal(first, "$y$", 3);
    assert_string_not_equal(first, second); /* salted */
    assert_true(password_check("correct horse", first));
    assert_true(password_check("correct horse", second));
    assert_false(password_check("correct hors", first));
    assert_false(password_check("", first));
    assert_false(password_check("correct horse", ""));
    assert_false(password_check("correct horse", "$y$"));
    assert_false(password_check("correct horse", "correct horse"));
    first[strlen(first) - 1] = '\0';
    assert_false(password_check("correct horse", first));
}

static enum err sign_in(struct fixture *fixture, const char *name, const char *password,
                        struct identity *ret_identity)
{
    struct reader_job job;
    reader_job_init(&job, READER_LOGIN);
    text_copy_cut(job.login.username, sizeof job.login.username, name);
    text_copy_cut(job.login.password, sizeof job.login.password, password);
    enum err err = ask(fixture, &job);
    *ret_identity = job.identity;
    assert_string_equal(job.login.password, ""); /* wiped once it is used */
    reader_job_fini(&job);
    return err;
}

static void signs_people_in(void **state)
{
    struct fixture *fixture = *state;
    struct identity identity;
    assert_int_equal(sign_in(fixture, "zhang", "correct horse", &identity), ERR_NONE);
    assert_int_equal(identity.kind, IDENTITY_USER);
    assert_int_equal(identity.roles, ROLE_CLERK | ROLE_LOBBY);
    assert_int_equal(identity.window, 3);
    assert_string_equal(identity.name, "zhang");
    assert_int_equal(sign_in(fixture, "zhang", "wrong horse", &identity), ERR_UNAUTHORIZED);
    assert_int_equal(identity.roles, 0);
    assert_int_equal(sign_in(fixture, "gone", "correct horse", &identity), ERR_UNAUTHORIZED);
    assert_int_equal(sign_in(fixture, "nobody", "nobody has this password", &identity),
                     ERR_UNAUTHORIZED);
    assert_int_equal(identity.roles, 0);
}

static void lists_tickets_in_pages(void **state)
{
    struct fixture *fixture = *state;
    struct reader_job job;
    char cursor[64];
    reader_job_init(&job, READER_TICKETS);
    job.filter.limit = 1;
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_non_null(strstr(buf_text(&job.body), "\"A001\""));
    assert_null(strstr(buf_text(&job.body), "\"A002\""));
    (void)snprintf(cursor, sizeof cursor, "\"next_cursor\":\"%s\"}", fixture->id[0]);
    assert_non_null(strstr(buf_text(&job.body), cursor));
    job.filter.limit = 2;
    text_copy_cut(job.filter.after_id, ID_SIZE, fixture->id[0]);
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_null(strstr(buf_text(&job.body), "\"A001\""));
    assert_non_null(strstr(buf_text(&job.body), "\"A002\""));
    assert_non_null(strstr(buf_text(&job.body), "],\"next_cursor\":null}"));
    text_copy_cut(job.filter.after_id, ID_SIZE, fixture->id[1]);
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_string_equal(buf_text(&job.body), "{\"items\":[],\"next_cursor\":null}");
    reader_job_fini(&job);
}

static void reads_one_ticket(void **state)
{
    struct fixture *fixture = *state;
    struct reader_job job;
    reader_job_init(&job, READER_TICKET);
    text_copy_cut(job.ticket_id, ID_SIZE, fixture->id[1]);
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_non_null(strstr(buf_text(&job.body), "\"A002\""));
    assert_int_equal(job.version, 7);
    text_copy_cut(job.ticket_id, ID_SIZE, "nothing");
    assert_int_equal(ask(fixture, &job), ERR_NOT_FOUND);
    reader_job_fini(&job);
}

static int count_text(const char *text, const char *part)
{
    int count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

static void tells_history_and_why(void **state)
{
    struct fixture *fixture = *state;
    struct reader_job job;
    reader_job_init(&job, READER_HISTORY);
    text_copy_cut(job.ticket_id, ID_SIZE, fixture->id[0]);
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_int_equal(count_text(buf_text(&job.body), "ticket.called"), 2);
    assert_int_equal(count_text(buf_text(&job.body), "ticket.issued"), 1);
    job.what = READER_WHY;
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    /* The newest call: its score is 200, that of the first was 100. */
    assert_non_null(strstr(buf_text(&job.body), "200"));
    assert_null(strstr(buf_text(&job.body), ":100"));
    text_copy_cut(job.ticket_id, ID_SIZE, fixture->id[1]);
    assert_int_equal(ask(fixture, &job), ERR_NONE); /* not called yet, which is what it says */
    assert_non_null(strstr(buf_text(&job.body), "\"called\":false"));
    job.what = READER_HISTORY;
    text_copy_cut(job.ticket_id, ID_SIZE, "nothing");
    assert_int_equal(ask(fixture, &job), ERR_NOT_FOUND);
    reader_job_fini(&job);
}

static const char *ask_why(struct fixture *fixture, struct reader_job *job, enum reader_what what,
                           int32_t passed)
{
    job->what = what;
    job->passed = passed;
    text_copy_cut(job->ticket_id, ID_SIZE, fixture->id[1]);
    assert_int_equal(ask(fixture, job), ERR_NONE);
    return buf_text(&job->body);
}

static void tells_who_passed_a_ticket(void **state)
{
    struct fixture *fixture = *state;
    struct reader_job job;
    reader_job_init(&job, READER_WHY);
    put_passing(fixture, EVENT_RULE_URGENT, 0);
    for (int32_t times = 1; times <= 7; times++) {
        put_passing(fixture, EVENT_RULE_POLICY, times);
    }
    const char *text = ask_why(fixture, &job, READER_WHY, 7);
    assert_int_equal(count_text(text, "\"called_at\""), 8);
    assert_int_equal(count_text(text, "\"rule\":\"POLICY\""), 7);
    const char *first = strstr(text, "\"passed_by\":[");
    assert_non_null(first);
    assert_non_null(strstr(first, "passed 7 of"));
    assert_true(strstr(first, "passed 7 of") < strstr(first, "passed 6 of")); /* newest first */
    put_passing(fixture, EVENT_RULE_POLICY, 8);
    text = ask_why(fixture, &job, READER_WHY_OWN, 8); /* at most eight: the first falls out */
    assert_int_equal(count_text(text, "\"called_at\""), 8);
    assert_null(strstr(text, "URGENT"));
    assert_null(strstr(text, "zhang"));
    assert_null(strstr(text, fixture->id[0]));
    assert_null(strstr(text, fixture->id[1]));
    reader_job_fini(&job);
}

/* Only what happened while its present leg waited. */
static void looks_at_the_wait_alone(void **state)
{
    struct fixture *fixture = *state;
    struct reader_job job;
    reader_job_init(&job, READER_WHY);
    put_passing(fixture, EVENT_RULE_POLICY, 1);
    put_event(fixture, EVENT_TICKET_TRANSFERRED, 1, 0);
    put_passing(fixture, EVENT_RULE_POLICY, 2);
    put_event(fixture, EVENT_TICKET_CALLED, 1, 1);
    put_passing(fixture, EVENT_RULE_POLICY, 3); /* cannot be, and would not be looked at */
    put_event(fixture, EVENT_TICKET_FINISHED, 1, 1);
    put_ticket_in(fixture, 1, TICKET_DONE);
    const char *text = ask_why(fixture, &job, READER_WHY_OWN, -1);
    assert_int_equal(count_text(text, "\"called_at\""), 1);
    assert_non_null(strstr(text, "passed 2 of"));
    put_event(fixture, EVENT_TICKET_UNDONE, 1, 1); /* perhaps of the transfer */
    text = ask_why(fixture, &job, READER_WHY_OWN, -1);
    assert_int_equal(count_text(text, "\"called_at\""), 2);
    reader_job_fini(&job);
}

static void pages_through_changes(void **state)
{
    struct fixture *fixture = *state;
    struct reader_job job;
    reader_job_init(&job, READER_CHANGES);
    job.limit = 3;
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_int_equal(count_text(buf_text(&job.body), "\"specversion\""), 3);
    assert_non_null(strstr(buf_text(&job.body), "\"demo-1-3\""));
    assert_non_null(strstr(buf_text(&job.body), "],\"next_after\":3}"));
    job.after = 3;
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_int_equal(count_text(buf_text(&job.body), "\"specversion\""), 1);
    job.after = 4;
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_string_equal(buf_text(&job.body), "{\"items\":[],\"next_after\":4}");
    put_event(fixture, EVENT_TICKET_CALLED, 1, 1);
    assert_int_equal(ask(fixture, &job), ERR_NONE);
    assert_non_null(strstr(buf_text(&job.body), "],\"next_after\":5}"));
    reader_job_fini(&job);
}

/* The engine is not there at all: what takes long must not need it. */
static void reads_documents_beside_the_engine(void **state)
{
    struct fixture *fixture = *state;
    const char *good =
        "{\"hall\":{\"code\":\"h\",\"name\":{\"zh-CN\":\"厅\"},\"timezone\":\"UTC\"},"
        "\"zones\":[{\"code\":\"z\",\"name\":{\"zh-CN\":\"区\"}}],"
        "\"classes\":[{\"code\":\"ordinary\",\"name\":{\"zh-CN\":\"普通\"}}],"
        "\"services\":[{\"code\":\"s\",\"name\":{\"zh-CN\":\"业务\"},\"prefix\":\"A\"}],"
        "\"windows\":[]}";
    const char *bad = "{\"hall\":{\"code\":\"h\",\"name\":{\"zh-CN\":\"厅\"},\"timezone\":\"UTC\"},"
                      "\"zones\":7}";
    struct reader_job job;
    for (enum reader_what what = READER_DOCUMENT; what <= READER_BOUNDS; what++) {
        reader_job_init(&job, what);
        job.config_version = 1;
        job.document = good;
        job.document_length = strlen(good);
        assert_int_equal(ask(fixture, &job), ERR_NONE);
        assert_non_null(job.config);
        assert_string_equal(wire_config_hall(job.config)->code,
                            what == READER_RESTORE ? "demo" : "h");
        assert_int_equal(strstr(buf_text(&job.body), "{\"service\":\"s\",\"class\":\"ordinary\"") !=
                             NULL,
                         what == READER_BOUNDS);
        reader_job_fini(&job);
        if (what != READER_RESTORE) {
            reader_job_init(&job, what);
            job.document = bad;
            job.document_length = strlen(bad);
            assert_int_equal(ask(fixture, &job), ERR_INVALID_BODY);
            assert_int_equal(job.problem.err, ERR_INVALID_BODY);
            assert_string_equal(job.problem.errors[0].pointer, "/zones");
            assert_null(job.config);
            reader_job_fini(&job);
        }
    }
    reader_job_init(&job, READER_RESTORE);
    job.config_version = 2;
    assert_int_equal(ask(fixture, &job), ERR_NOT_FOUND);
    reader_job_fini(&job);
}

/* An edit of what is in force in the database, whoever put it there. */
static void edits_what_is_in_force(void **state)
{
    struct fixture *fixture = *state;
    const char *zone = "{\"code\":\"annex\",\"name\":{\"zh-CN\":\"附楼\"}}";
    struct reader_job job;
    int64_t version = 0;
    for (int64_t seen = 1; seen <= 2; seen++) {
        reader_job_init(&job, READER_EDIT);
        job.edit = (struct wire_edit){.section = wire_section_find("zones", 5), .verb = WIRE_ADD};
        job.document = zone;
        job.document_length = strlen(zone);
        enum err err = ask(fixture, &job);
        assert_int_equal(job.version, seen);
        if (seen == 1) {
            assert_int_equal(err, ERR_NONE);
            assert_string_equal(job.edit.code, "annex");
            assert_int_equal(wire_config_hall(job.config)->zone_count, 3); /* two in the demo */
            assert_int_equal(store_config_put(fixture->store, NOW, "system", buf_text(&job.body),
                                              job.body.length, &version),
                             ERR_NONE);
        } else {
            assert_int_equal(err, ERR_INVALID_BODY);
            assert_string_equal(job.problem.errors[0].pointer, "/code");
        }
        reader_job_fini(&job);
    }
    reader_job_init(&job, READER_EDIT);
    job.edit = (struct wire_edit){.section = wire_section_find("zones", 5), .verb = WIRE_REMOVE};
    job.document = "";
    text_copy_cut(job.edit.code, sizeof job.edit.code, "nowhere");
    assert_int_equal(ask(fixture, &job), ERR_NOT_FOUND);
    reader_job_fini(&job);
}

static void refuses_after_stop(void **state)
{
    struct fixture *fixture = *state;
    struct reader_job job;
    reader_job_init(&job, READER_CHANGES);
    job.done = hand_back;
    reader_stop(fixture->reader);
    assert_int_equal(reader_submit(fixture->reader, &job), ERR_STARTING);
    reader_job_fini(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_passwords),
        cmocka_unit_test_setup_teardown(signs_people_in, create, destroy),
        cmocka_unit_test_setup_teardown(lists_tickets_in_pages, create, destroy),
        cmocka_unit_test_setup_teardown(reads_one_ticket, create, destroy),
        cmocka_unit_test_setup_teardown(tells_history_and_why, create, destroy),
        cmocka_unit_test_setup_teardown(tells_who_passed_a_ticket, create, destroy),
        cmocka_unit_test_setup_teardown(looks_at_the_wait_alone, create, destroy),
        cmocka_unit_test_setup_teardown(pages_through_changes, create, destroy),
        cmocka_unit_test_setup_teardown(reads_documents_beside_the_engine, create, destroy),
        cmocka_unit_test_setup_teardown(edits_what_is_in_force, create, destroy),
        cmocka_unit_test_setup_teardown(refuses_after_stop, create, destroy),
    };
    clock_set_zone("Asia/Shanghai");
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
