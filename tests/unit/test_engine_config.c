/* test_engine_config: a new configuration while people wait: what is refused, what is said about
 * it, what is recorded, and that the hall is the same after a restart. */
#include "engine_fixture.h"

/* The demo hall without a service, and with that name for the pension office. Freed by the caller.
 */
static char *document(const char *without, const char *pension_name)
{
    const struct web_file *demo = demo_hall();
    json_t *root =
        json_loadb((const char *)demo->begin, (size_t)(demo->end - demo->begin), 0, NULL);
    json_t *lists[32];
    size_t count = 0;
    size_t i;
    json_t *element;
    assert_non_null(root);
    lists[count++] = json_object_get(root, "services");
    json_array_foreach(json_object_get(root, "windows"), i, element)
    {
        assert_true(count < 32);
        lists[count++] = json_object_get(element, "services");
    }
    for (size_t list = 0; list < count; list++) {
        for (size_t at = json_array_size(lists[list]); at-- > 0;) {
            json_t *service = json_array_get(lists[list], at);
            const char *code = json_string_value(
                json_is_string(service) ? service : json_object_get(service, "code"));
            if (strcmp(code, without) == 0) {
                assert_int_equal(json_array_remove(lists[list], at), 0);
            } else if (list == 0 && strcmp(code, "pension") == 0) {
                json_object_set_new(json_object_get(service, "name"), "en",
                                    json_string(pension_name));
            }
        }
    }
    char *text = json_dumps(root, JSON_COMPACT);
    assert_non_null(text);
    json_decref(root);
    return text;
}

/* Puts the text; afterwards the answer is in fixture->job. */
static enum err put(struct fixture *fixture, const char *text, bool dry_run, int64_t if_version)
{
    struct engine_job *job = fixture_job(fixture, ENGINE_PUT_CONFIG);
    job->cmd.by = CMD_BY_ADMIN;
    job->cmd.actor = EVENT_ACTOR_USER;
    text_copy_cut(job->cmd.actor_id, sizeof job->cmd.actor_id, "admin");
    job->document = text;
    job->document_length = strlen(text);
    job->dry_run = dry_run;
    job->if_version = if_version;
    return ask(fixture);
}

static enum err put_document(struct fixture *fixture, const char *without, const char *name,
                             bool dry_run, int64_t if_version)
{
    char *text = document(without, name);
    enum err err = put(fixture, text, dry_run, if_version);
    free(text);
    return err;
}

static int64_t version_in_force(struct fixture *fixture)
{
    ok(ask_what(fixture, ENGINE_GET_CONFIG));
    return fixture->job.version;
}

static void says_what_would_change(void **state)
{
    struct fixture *fixture = *state;
    ok(put_document(fixture, "invoice", "Pension office", true, 1));
    assert_int_equal(fixture->job.status, 200);
    const char *diff = buf_text(&fixture->job.body);
    assert_non_null(strstr(diff, "invoice"));
    assert_non_null(strstr(diff, "\"/services/0/name/en\""));
    assert_non_null(strstr(diff, "Pension insurance"));
    assert_non_null(strstr(diff, "Pension office"));
    assert_null(strstr(diff, "household"));
    assert_int_equal(version_in_force(fixture), 1);
    assert_int_equal(stored(fixture, "config.changed").count, 0);
    ok(ask_issue(fixture, "invoice"));
}

static void refuses_a_stale_version(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(put_document(fixture, "", "New", false, 7), ERR_STALE_VERSION);
    assert_int_equal(put_document(fixture, "", "New", true, 7), ERR_STALE_VERSION);
    ok(put_document(fixture, "", "New", false, 1));
    assert_int_equal(put_document(fixture, "", "Newer", false, 1), ERR_STALE_VERSION);
    assert_int_equal(version_in_force(fixture), 2);
}

static void assert_finding(const struct fixture *fixture, enum err err, const char *pointer)
{
    const struct wire_problem *problem = &fixture->job.problem;
    assert_int_equal(problem->err, err);
    for (int i = 0; i < problem->error_count; i++) {
        if (strcmp(problem->errors[i].pointer, pointer) == 0) {
            assert_true(problem->errors[i].detail[0] != '\0');
            return;
        }
    }
    fail_msg("no finding at %s", pointer);
}

static void names_what_is_wrong_with_a_document(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(put(fixture, "{\"hall\":", false, 1), ERR_MALFORMED_BODY);
    char *text = document("", "New");
    char *at = strstr(text, "\"day_close\"");
    assert_non_null(at);
    memcpy(at, "\"day_klose\"", 11);
    for (int dry_run = 0; dry_run < 2; dry_run++) {
        assert_int_equal(put(fixture, text, dry_run != 0, 1), ERR_INVALID_BODY);
        assert_finding(fixture, ERR_INVALID_BODY, "/hall/day_klose");
    }
    free(text);
    text = document("", "New");
    at = strstr(text, "Asia/Shanghai");
    assert_non_null(at);
    memcpy(at, "Asia/Xanadu__", 13);
    assert_int_equal(put(fixture, text, false, 1), ERR_INVALID_BODY);
    assert_finding(fixture, ERR_INVALID_BODY, "/hall/timezone");
    free(text);
    assert_int_equal(version_in_force(fixture), 1);
    assert_int_equal(fixture->configured, 1);
}

static void keeps_a_service_that_somebody_waits_for(void **state)
{
    struct fixture *fixture = *state;
    ok(ask_issue(fixture, "invoice"));
    assert_int_equal(put_document(fixture, "invoice", "New", false, 1), ERR_INVALID_CONFIG);
    assert_non_null(strstr(fixture->job.problem.detail_en, "invoice"));
    assert_int_equal(version_in_force(fixture), 1);
    ok(ask_issue(fixture, "invoice"));
    assert_answer(fixture, "number", "H002");
    assert_int_equal(stored(fixture, "config.changed").count, 0);
}

/* The ticket as the API shows it, without what a clock changes. Freed by json_decref. */
static json_t *ticket_shown(struct fixture *fixture, const char *id)
{
    ok(ask_ticket(fixture, id));
    json_t *root = json_loadb(fixture->job.body.data, fixture->job.body.length, 0, NULL);
    assert_non_null(root);
    (void)json_object_del(root, "eta");
    return root;
}

static void a_new_hall_is_in_force_and_stays(void **state)
{
    struct fixture *fixture = *state;
    char ids[3][TICKET_ID_SIZE];
    json_t *before[3];
    ok(ask_issue(fixture, "pension"));
    answer_text(fixture, "id", ids[0], TICKET_ID_SIZE);
    ok(ask_window(fixture, CMD_WINDOW_OPEN, 1, "zhang"));
    ok(ask_window(fixture, CMD_NEXT, 1, ""));
    ok(put_document(fixture, "invoice", "Pension office", false, 1));
    assert_int_equal(fixture->job.status, 204);
    assert_int_equal(fixture->job.version, 2);
    struct event_count changed = stored(fixture, "config.changed");
    assert_int_equal(changed.count, 1);
    assert_non_null(strstr(changed.data, "admin"));
    assert_int_equal(ask_issue(fixture, "invoice"), ERR_INVALID_BODY);
    assert_string_equal(fixture->job.problem.errors[0].pointer, "/service");
    for (int i = 1; i < 3; i++) {
        ok(ask_issue(fixture, "pension"));
        answer_text(fixture, "id", ids[i], TICKET_ID_SIZE);
    }
    for (int i = 0; i < 3; i++) {
        before[i] = ticket_shown(fixture, ids[i]);
    }
    assert_int_equal(fixture->configured, 2); /* when it opened, and now */
    fixture_reopen(fixture);
    assert_int_equal(version_in_force(fixture), 2);
    assert_non_null(strstr(buf_text(&fixture->job.body), "Pension office"));
    for (int i = 0; i < 3; i++) {
        json_t *after = ticket_shown(fixture, ids[i]);
        assert_true(json_equal(after, before[i]));
        json_decref(after);
        json_decref(before[i]);
    }
    ok(ask_window(fixture, CMD_WINDOW_OPEN, 4, "li"));
    ok(ask_window(fixture, CMD_NEXT, 4, ""));
    assert_answer(fixture, "ticket.number", "A002");
    struct engine_job *job = fixture_job(fixture, ENGINE_GET_CONFIG);
    job->if_none = 2;
    ok(ask(fixture));
    assert_int_equal(job->status, 304);
}

static void many_halls_in_one_day_replay(void **state)
{
    struct fixture *fixture = *state;
    static const char *const gone[] = {"invoice", "", "tax", "marriage", ""};
    struct buf report;
    for (int i = 0; i < 5; i++) {
        ok(ask_issue(fixture, "pension"));
        ok(put_document(fixture, gone[i], "Office", false, i + 1));
        struct engine_job *job = fixture_job(fixture, ENGINE_SET_CLOCK);
        job->test_clock = (struct wire_clock){.advance_ms = i == 2 ? 24 * HOUR_MS : HOUR_MS};
        ok(ask(fixture));
        fixture_reopen(fixture);
    }
    fixture_close(fixture);
    buf_init(&report, 65536);
    ok(engine_verify(fixture->path, false, &report));
    assert_non_null(strstr(buf_text(&report), "0 differing"));
    buf_fini(&report);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_what_would_change),
        TEST(refuses_a_stale_version),
        TEST(names_what_is_wrong_with_a_document),
        TEST(keeps_a_service_that_somebody_waits_for),
        TEST(a_new_hall_is_in_force_and_stays),
        TEST(many_halls_in_one_day_replay),
    };
    return cmocka_run_group_tests_name("engine_config", tests, NULL, NULL);
}
