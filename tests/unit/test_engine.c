/* test_engine: the one writer: answers that come after the commit, keys, versions, visitors, views,
 * sessions, the test clock, and a mailbox that is full. */
#include "engine_fixture.h"

#include <pthread.h>

#define THREADS 4
#define PER_THREAD 60

/* ---- answers after the commit ---- */

struct crowd {
    struct fixture *fixture;
    struct store *reader; /* used in `done` only, thus by the engine's thread */
    atomic_int committed; /* answers whose event another connection could read */
    pthread_t threads[THREADS];
    struct mailbox *answers[THREADS]; /* they outlive the engine's thread, which puts into them */
    atomic_int threads_started;
    char numbers[THREADS * PER_THREAD][TICKET_NUMBER_SIZE];
    atomic_int count;
};

struct crowd_job {
    struct engine_job job;
    struct crowd *crowd;
};

static void look_and_hand_back(struct engine_job *job)
{
    struct crowd_job *own = (struct crowd_job *)job;
    struct event_count issued = {.kind = "ticket.issued"};
    const char *id = strrchr(job->location, '/');
    if (job->err == ERR_NONE && id != NULL &&
        store_event_each_of_ticket(own->crowd->reader, id + 1, count_event, &issued) == ERR_NONE &&
        issued.count == 1) {
        atomic_fetch_add(&own->crowd->committed, 1);
    }
    hand_back(job);
}

static void keep_number(struct crowd *crowd, const struct engine_job *job)
{
    json_t *root = json_loadb(job->body.data, job->body.length, 0, NULL);
    const char *number = json_string_value(json_object_get(root, "number"));
    int at = atomic_fetch_add(&crowd->count, 1);
    text_copy_cut(crowd->numbers[at], TICKET_NUMBER_SIZE, number != NULL ? number : "");
    json_decref(root);
}

static void *issue_many(void *context)
{
    struct crowd *crowd = context;
    struct mailbox *answers = crowd->answers[atomic_fetch_add(&crowd->threads_started, 1)];
    for (int i = 0; i < PER_THREAD; i++) {
        struct crowd_job own = {.crowd = crowd};
        void *item = NULL;
        job_make_command(&own.job, answers, CMD_ISSUE, ENGINE_REPLY_ISSUED);
        own.job.done = look_and_hand_back;
        text_copy_cut(own.job.cmd.service, HALL_CODE_SIZE, i % 2 == 0 ? "pension" : "tax");
        if (engine_submit(crowd->fixture->engine, &own.job) == ERR_NONE &&
            mailbox_take(answers, &item, 1, INT64_MAX) == 1 && own.job.err == ERR_NONE) {
            keep_number(crowd, &own.job);
        }
        engine_job_fini(&own.job);
    }
    return NULL;
}

static int compare_numbers(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void answers_only_what_is_committed(void **state)
{
    static struct crowd crowd;
    memset(&crowd, 0, sizeof crowd);
    crowd.fixture = *state;
    ok(store_open(crowd.fixture->path, STORE_READER, &crowd.reader));
    for (int i = 0; i < THREADS; i++) {
        crowd.answers[i] = mailbox_create(1);
        assert_non_null(crowd.answers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&crowd.threads[i], NULL, issue_many, &crowd), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(crowd.threads[i], NULL), 0);
    }
    engine_stop(crowd.fixture->engine); /* after it the reader is ours */
    store_close(crowd.reader);
    for (int i = 0; i < THREADS; i++) {
        mailbox_destroy(crowd.answers[i]);
    }
    assert_int_equal(crowd.count, THREADS * PER_THREAD);
    assert_int_equal(crowd.committed, THREADS * PER_THREAD);
    /* Each number once, and together just those of the two series. */
    qsort(crowd.numbers, THREADS * PER_THREAD, TICKET_NUMBER_SIZE, compare_numbers);
    for (int i = 0; i < THREADS * PER_THREAD; i++) {
        char expected[TICKET_NUMBER_SIZE];
        int half = THREADS * PER_THREAD / 2;
        (void)snprintf(expected, sizeof expected, "%c%03d", i < half ? 'A' : 'G', i % half + 1);
        assert_string_equal(crowd.numbers[i], expected);
    }
    assert_int_equal(stored(crowd.fixture, "ticket.issued").count, THREADS * PER_THREAD);
    assert_in_range(crowd.fixture->batches, 1, THREADS * PER_THREAD);
}

/* ---- keys ---- */

static enum err issue_with_key(struct fixture *fixture, const char *key, const char *body)
{
    struct engine_job *job = fixture_command(fixture, CMD_ISSUE, ENGINE_REPLY_ISSUED);
    text_copy_cut(job->cmd.service, sizeof job->cmd.service, "pension");
    job_set_key(job, key, body);
    return ask(fixture);
}

static void replays_an_answer_under_its_key(void **state)
{
    struct fixture *fixture = *state;
    ok(issue_with_key(fixture, "key-1", "body"));
    assert_int_equal(fixture->job.status, 201);
    assert_false(fixture->job.replayed);
    size_t length = fixture->job.body.length;
    char *first = malloc(length);
    char location[64];
    assert_non_null(first);
    memcpy(first, fixture->job.body.data, length);
    text_copy_cut(location, sizeof location, fixture->job.location);
    for (int round = 0; round < 2; round++) {
        ok(issue_with_key(fixture, "key-1", "body"));
        assert_true(fixture->job.replayed);
        assert_int_equal(fixture->job.status, 201);
        assert_string_equal(fixture->job.location, location);
        assert_int_equal(fixture->job.body.length, length);
        assert_memory_equal(fixture->job.body.data, first, length);
        assert_int_equal(issue_with_key(fixture, "key-1", "another body"), ERR_KEY_REUSED);
        assert_int_equal(fixture->job.body.length, 0);
        fixture_reopen(fixture); /* the second round asks an engine that was not there */
    }
    free(first);
    ok(issue_with_key(fixture, "key-2", "body"));
    assert_answer(fixture, "number", "A002");
    assert_int_equal(stored(fixture, "ticket.issued").count, 2);
}

static void keeps_no_refusal_under_a_key(void **state)
{
    struct fixture *fixture = *state;
    for (int round = 0; round < 2; round++) {
        struct engine_job *job = fixture_command(fixture, CMD_NEXT, ENGINE_REPLY_NEXT);
        job->cmd.window = 1;
        job_set_key(job, "next", "{}");
        /* Refused while nobody is there; with somebody there the same request has an effect. */
        assert_int_equal(ask(fixture), round == 0 ? ERR_WINDOW_NOT_OPEN : ERR_NONE);
        ok(ask_window(fixture, CMD_WINDOW_OPEN, 1, "zhang"));
        ok(ask_issue(fixture, "pension"));
    }
    assert_int_equal(stored(fixture, "ticket.called").count, 1);
}

static void keeps_that_nobody_waited(void **state)
{
    struct fixture *fixture = *state;
    ok(ask_window(fixture, CMD_WINDOW_OPEN, 1, "zhang"));
    for (int round = 0; round < 2; round++) {
        struct engine_job *job = fixture_command(fixture, CMD_NEXT, ENGINE_REPLY_NEXT);
        job->cmd.window = 1;
        job_set_key(job, "next", "{}");
        ok(ask(fixture));
        assert_int_equal(fixture->job.status, 204);
        assert_int_equal(fixture->job.replayed, round == 1);
        ok(ask_issue(fixture, "pension"));
        fixture_reopen(fixture);
    }
    assert_int_equal(stored(fixture, "ticket.called").count, 0);
}

/* ---- versions and visitors ---- */

static void refuses_a_stale_version(void **state)
{
    struct fixture *fixture = *state;
    char id[TICKET_ID_SIZE];
    ok(ask_issue(fixture, "pension"));
    int64_t version = fixture->job.version;
    answer_text(fixture, "id", id, sizeof id);
    ok(ask_window(fixture, CMD_WINDOW_OPEN, 1, "zhang"));
    ok(ask_window(fixture, CMD_NEXT, 1, ""));
    assert_answer(fixture, "ticket.id", id);
    for (int round = 0; round < 2; round++) {
        struct engine_job *job = fixture_command(fixture, CMD_START, ENGINE_REPLY_TICKET);
        text_copy_cut(job->cmd.ticket_id, sizeof job->cmd.ticket_id, id);
        job->cmd.if_version = version;
        assert_int_equal(ask(fixture), round == 0 ? ERR_STALE_VERSION : ERR_NONE);
        ok(ask_ticket(fixture, id));
        version = fixture->job.version;
        assert_answer(fixture, "state", round == 0 ? "called" : "serving");
    }
    struct engine_job *job = fixture_job(fixture, ENGINE_GET_TICKET);
    text_copy_cut(job->cmd.ticket_id, sizeof job->cmd.ticket_id, id);
    job->if_none = version;
    ok(ask(fixture));
    assert_int_equal(fixture->job.status, 304);
    assert_int_equal(fixture->job.body.length, 0);
}

static void read_token(const struct fixture *fixture, const char *id,
                       uint8_t token[TICKET_TOKEN_SIZE])
{
    struct store *store = NULL;
    struct ticket ticket;
    ok(store_open(fixture->path, STORE_READER, &store));
    ok(store_ticket_get(store, id, &ticket));
    store_close(store);
    memcpy(token, ticket.token, TICKET_TOKEN_SIZE);
}

static void lets_a_visitor_act_by_token_alone(void **state)
{
    struct fixture *fixture = *state;
    char id[TICKET_ID_SIZE];
    uint8_t token[TICKET_TOKEN_SIZE];
    ok(ask_issue(fixture, "pension"));
    answer_text(fixture, "id", id, sizeof id);
    read_token(fixture, id, token);
    struct engine_job *job = fixture_job(fixture, ENGINE_GET_PUBLIC);
    memcpy(job->cmd.token, token, sizeof token);
    ok(ask(fixture));
    assert_answer(fixture, "state", "waiting");
    assert_answer(fixture, "id", "");
    job = fixture_job(fixture, ENGINE_GET_PASSED);
    job->cmd.has_token = true;
    memcpy(job->cmd.token, token, sizeof token);
    ok(ask(fixture));
    assert_string_equal(fixture->job.cmd.ticket_id, id); /* for the reader, which knows no tokens */
    assert_int_equal(fixture->job.passed, 0);
    for (int right = 0; right < 2; right++) {
        job = fixture_command(fixture, CMD_CANCEL, ENGINE_REPLY_TICKET);
        job->visitor = true;
        job->cmd.by = CMD_BY_VISITOR;
        job->cmd.actor = EVENT_ACTOR_VISITOR;
        job->cmd.actor_id[0] = '\0';
        job->cmd.has_token = true;
        memcpy(job->cmd.token, token, sizeof token);
        job->cmd.token[0] ^= right ? 0 : 1; /* one bit off is nobody's */
        assert_int_equal(ask(fixture), right ? ERR_NONE : ERR_NOT_FOUND);
    }
    assert_answer(fixture, "state", "cancelled");
    assert_int_equal(stored(fixture, "ticket.cancelled").count, 1);
}

/* ---- views ---- */

static void answers_every_view_and_304(void **state)
{
    static const enum engine_what views[] = {
        ENGINE_VIEW_KIOSK,  ENGINE_VIEW_DISPLAY, ENGINE_VIEW_CLERK,
        ENGINE_VIEW_LOBBY,  ENGINE_VIEW_RATING,  ENGINE_GET_WINDOW,
        ENGINE_GET_WINDOWS, ENGINE_GET_CONFIG,   ENGINE_GET_CARDS};
    struct fixture *fixture = *state;
    ok(ask_issue(fixture, "pension"));
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        int64_t seen = -1;
        int status = 0;
        /* A forecast may come between two questions and is news then; it comes once a change. */
        for (int tries = 0; tries < 4 && status != 304; tries++) {
            struct engine_job *job = fixture_job(fixture, views[i]);
            job->cmd.window = 1;
            job->if_none = seen;
            ok(ask(fixture));
            status = job->status;
            seen = job->version;
            assert_int_equal(job->body.length == 0, status == 304);
            if (status != 304) {
                assert_int_equal(status, 200);
                json_t *root = json_loadb(job->body.data, job->body.length, 0, NULL);
                assert_non_null(root);
                json_decref(root);
            }
        }
        assert_int_equal(status, 304);
    }
    struct engine_job *job = fixture_job(fixture, ENGINE_VIEW_CLERK);
    job->cmd.window = 99;
    assert_int_equal(ask(fixture), ERR_NOT_FOUND);
    job = fixture_job(fixture, ENGINE_VIEW_DISPLAY);
    text_copy_cut(job->zone, sizeof job->zone, "nowhere");
    assert_int_equal(ask(fixture), ERR_NOT_FOUND);
    assert_int_equal(ask_ticket(fixture, "nonsense"), ERR_NOT_FOUND);
    ok(ask_what(fixture, ENGINE_READY));
    ok(ask_what(fixture, ENGINE_BOUNDS));
    ok(ask_what(fixture, ENGINE_METRICS));
    assert_non_null(strstr(buf_text(&fixture->job.body), "issued"));
}

/* How many wait for a service by the kiosk's view; -1: the view does not say. */
static int waiting_in_view(struct fixture *fixture, const char *service)
{
    size_t i;
    json_t *element;
    int waiting = -1;
    ok(ask_what(fixture, ENGINE_VIEW_KIOSK));
    json_t *root = json_loadb(fixture->job.body.data, fixture->job.body.length, 0, NULL);
    json_array_foreach(json_object_get(root, "services"), i, element)
    {
        const char *code = json_string_value(json_object_get(element, "code"));
        if (code != NULL && strcmp(code, service) == 0) {
            waiting = (int)json_integer_value(json_object_get(element, "waiting"));
        }
    }
    json_decref(root);
    return waiting;
}

static void a_view_follows_every_change(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(waiting_in_view(fixture, "pension"), 0);
    for (int i = 1; i <= 20; i++) {
        /* This view is kept for a second; a change within it must show all the same. */
        int64_t before = fixture->job.version;
        ok(ask_issue(fixture, "pension"));
        assert_int_equal(waiting_in_view(fixture, "pension"), i);
        assert_true(fixture->job.version > before);
        assert_int_equal(waiting_in_view(fixture, "tax"), 0);
    }
}

/* ---- the clock ---- */

static enum err move_clock(struct fixture *fixture, int64_t advance_ms, int64_t set_ms)
{
    struct engine_job *job = fixture_job(fixture, ENGINE_SET_CLOCK);
    job->test_clock = (struct wire_clock){.advance_ms = advance_ms, .set_ms = set_ms};
    return ask(fixture);
}

static void moves_the_test_clock(void **state)
{
    struct fixture *fixture = *state;
    char now[CLOCK_TEXT_SIZE];
    int64_t now_ms = 0;
    ok(ask_issue(fixture, "pension"));
    ok(move_clock(fixture, HOUR_MS, 0));
    answer_text(fixture, "now", now, sizeof now);
    ok(clock_parse(now, &now_ms));
    assert_in_range(now_ms, NOW + HOUR_MS, NOW + HOUR_MS + 600000);
    assert_int_equal(move_clock(fixture, 0, NOW), ERR_INVALID_BODY);
    assert_string_equal(fixture->job.problem.errors[0].pointer, "/set");
    /* The hall closes at 23:30: who still waits then goes home, and the day is counted. */
    assert_int_equal(stored(fixture, "hall.day_closed").count, 0);
    ok(move_clock(fixture, 0, NOW + 15 * HOUR_MS));
    assert_int_equal(stored(fixture, "ticket.expired").count, 1);
    assert_int_equal(stored(fixture, "hall.day_closed").count, 1);
    ok(move_clock(fixture, 9 * HOUR_MS, 0));
    ok(ask_issue(fixture, "pension"));
    assert_answer(fixture, "number", "A001"); /* a new day counts from the start */
}

static void has_no_test_clock_unless_asked(void **state)
{
    struct fixture *fixture = *state;
    const struct engine_options options = {.db_path = fixture->path,
                                           .bus = fixture->bus,
                                           .context = fixture,
                                           .configured = note_configured,
                                           .failed = note_failed};
    fixture_close(fixture);
    ok(engine_open(&options, &fixture->engine));
    ok(engine_start(fixture->engine));
    assert_int_equal(move_clock(fixture, HOUR_MS, 0), ERR_NOT_FOUND);
}

/* ---- bounds ---- */

static void says_busy_when_too_much_waits(void **state)
{
    struct fixture *fixture = *state;
    struct engine_job *jobs = calloc(ENGINE_MAILBOX_MAX, sizeof *jobs);
    void *item = NULL;
    assert_non_null(jobs);
    for (int i = 0; i < ENGINE_MAILBOX_MAX; i++) {
        job_make(&jobs[i], fixture->answers, ENGINE_READY);
        ok(engine_submit(fixture->engine, &jobs[i]));
    }
    (void)fixture_job(fixture, ENGINE_READY);
    assert_int_equal(engine_submit(fixture->engine, &fixture->job), ERR_BUSY);
    engine_report_device(fixture->engine, "led1", false, "no answer"); /* dropped, not waited for */
    ok(engine_start(fixture->engine));
    for (int i = 0; i < ENGINE_MAILBOX_MAX; i++) {
        assert_int_equal(mailbox_take(fixture->answers, &item, 1, INT64_MAX), 1);
        assert_ptr_equal(item, &jobs[i]); /* in the order in which they came */
    }
    ok(ask_what(fixture, ENGINE_READY));
    assert_int_equal(stored(fixture, "device.offline").count, 0);
    for (int i = 0; i < ENGINE_MAILBOX_MAX; i++) {
        engine_job_fini(&jobs[i]);
    }
    free(jobs);
}

static void finishes_what_waits_when_it_stops(void **state)
{
    enum { COUNT = 2000 }; /* several batches */
    struct fixture *fixture = *state;
    struct engine_job *jobs = calloc(COUNT, sizeof *jobs);
    assert_non_null(jobs);
    for (int i = 0; i < COUNT; i++) {
        job_make_command(&jobs[i], fixture->answers, CMD_ISSUE, ENGINE_REPLY_ISSUED);
        text_copy_cut(jobs[i].cmd.service, HALL_CODE_SIZE, i % 2 == 0 ? "tax" : "invoice");
        ok(engine_submit(fixture->engine, &jobs[i]));
    }
    ok(engine_start(fixture->engine));
    engine_stop(fixture->engine);
    (void)fixture_job(fixture, ENGINE_READY);
    assert_int_equal(engine_submit(fixture->engine, &fixture->job), ERR_STARTING);
    int issued = 0;
    int exhausted = 0;
    for (int i = 0; i < COUNT; i++) {
        issued += jobs[i].err == ERR_NONE;
        exhausted += jobs[i].err == ERR_NUMBERS_EXHAUSTED;
        engine_job_fini(&jobs[i]);
    }
    free(jobs);
    assert_int_equal(issued, 2 * 999); /* each series has 999 numbers */
    assert_int_equal(exhausted, COUNT - issued);
    assert_int_equal(stored(fixture, "ticket.issued").count, issued);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
#define TEST_STOPPED(name)                                                                         \
    cmocka_unit_test_setup_teardown(name, fixture_setup_stopped, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_only_what_is_committed),
        TEST(replays_an_answer_under_its_key),
        TEST(keeps_no_refusal_under_a_key),
        TEST(keeps_that_nobody_waited),
        TEST(refuses_a_stale_version),
        TEST(lets_a_visitor_act_by_token_alone),
        TEST(answers_every_view_and_304),
        TEST(a_view_follows_every_change),
        TEST(moves_the_test_clock),
        TEST(has_no_test_clock_unless_asked),
        TEST_STOPPED(says_busy_when_too_much_waits),
        TEST_STOPPED(finishes_what_waits_when_it_stops),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
