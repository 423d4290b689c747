/* test_engine_press: what keys mean at a window, by who is there, and what the bus tells pads. */
#include "engine_fixture.h"

#include "log.h"

#define WINDOW 1
#define WAIT_MS 10000

/* Presses a key as keypad "key1" does and waits for what the bus says of it. */
static struct press_answer press_with(struct fixture *fixture, const struct press *press)
{
    static int64_t count;
    struct press numbered = *press;
    struct press_answer answer = {.n = 0};
    int64_t until_ms = clock_mono_ms() + WAIT_MS;
    uint64_t version = 0;

    numbered.n = ++count;
    numbered.window = WINDOW;
    text_copy_cut(numbered.device, sizeof numbered.device, "key1");
    text_copy_cut(numbered.reason, sizeof numbered.reason, "keypad");
    engine_press(fixture->engine, &numbered);
    while (answer.n != numbered.n && clock_mono_ms() < until_ms) {
        (void)!bus_get_press(fixture->bus, "key1", &answer, &version);
    }
    assert_int_equal(answer.n, numbered.n);
    return answer;
}

static struct press_answer press(struct fixture *fixture, enum press_key key)
{
    return press_with(fixture, &(struct press){.key = key});
}

static void check_done(struct fixture *fixture, enum press_key key, const char *number)
{
    struct press_answer answer = press(fixture, key);

    assert_int_equal(answer.err, ERR_NONE);
    assert_string_equal(answer.number, number);
    assert_int_equal(answer.nobody, number[0] == '\0');
}

static void check_refused(struct fixture *fixture, enum press_key key, enum err err)
{
    assert_int_equal(press(fixture, key).err, err);
}

static void issue(struct fixture *fixture, int count)
{
    for (int i = 0; i < count; i++) {
        ok(ask_issue(fixture, "pension"));
    }
}

static void later(struct fixture *fixture, int64_t ms)
{
    struct engine_job *job = fixture_job(fixture, ENGINE_SET_CLOCK);

    job->test_clock.advance_ms = ms;
    ok(ask(fixture));
}

static void what_a_key_does_depends_on_who_is_there(void **state)
{
    struct fixture *fixture = *state;

    check_refused(fixture, PRESS_NEXT, ERR_WINDOW_NOT_OPEN);
    ok(ask_window(fixture, CMD_WINDOW_OPEN, WINDOW, "anna"));
    check_done(fixture, PRESS_NEXT, ""); /* nobody waits: said, not an error */
    check_done(fixture, PRESS_CALL, "");
    check_done(fixture, PRESS_START, "");
    check_done(fixture, PRESS_RATE, "");
    issue(fixture, 2);
    check_done(fixture, PRESS_CALL, "A001");
    check_refused(fixture, PRESS_CALL, ERR_TOO_EARLY); /* a recall, sooner than the hall allows */
    later(fixture, 10000);
    check_done(fixture, PRESS_CALL, "A001");
    assert_int_equal(stored(fixture, "ticket.recalled").count, 1);
    check_done(fixture, PRESS_START, "A001");
    check_refused(fixture, PRESS_CALL, ERR_WRONG_STATE);
    check_done(fixture, PRESS_END, "A001");
    assert_int_equal(stored(fixture, "ticket.finished").count, 1);
    check_done(fixture, PRESS_CALL, "A002");
    later(fixture, 10000);
    check_done(fixture, PRESS_CALL, "A002");
    check_done(fixture, PRESS_END, "A002");
    struct event_count passed = stored(fixture, "ticket.no_show");
    assert_int_equal(passed.count, 1);
}

static void parking_pausing_and_passing_on(void **state)
{
    struct fixture *fixture = *state;

    ok(ask_window(fixture, CMD_WINDOW_OPEN, WINDOW, "anna"));
    issue(fixture, 2);
    check_done(fixture, PRESS_RESUME, "");
    check_done(fixture, PRESS_NEXT, "A001");
    check_done(fixture, PRESS_HOLD, "A001");
    assert_non_null(strstr(stored(fixture, "ticket.held").data, "keypad"));
    check_done(fixture, PRESS_NEXT, "A002");
    check_refused(fixture, PRESS_RESUME, ERR_WINDOW_BUSY);
    struct press_answer moved =
        press_with(fixture, &(struct press){.key = PRESS_TRANSFER, .service = "medical"});
    assert_int_equal(moved.err, ERR_NONE);
    assert_int_equal(stored(fixture, "ticket.transferred").count, 1);
    check_done(fixture, PRESS_RESUME, "A001");
    assert_int_equal(press(fixture, PRESS_PAUSE).err, ERR_NONE); /* after this one */
    check_done(fixture, PRESS_PAUSE, "A001");                    /* and not, after all */
    check_done(fixture, PRESS_START, "A001");
    check_done(fixture, PRESS_FINISH, "A001");
    assert_int_equal(press(fixture, PRESS_PAUSE).err, ERR_NONE);
    check_refused(fixture, PRESS_NEXT, ERR_WINDOW_NOT_OPEN);
    assert_int_equal(press(fixture, PRESS_PAUSE).err, ERR_NONE);
    check_done(fixture, PRESS_NEXT, "A002"); /* this window has the other service, too */
}

static void the_device_acts_and_the_clerk_is_the_person(void **state)
{
    struct fixture *fixture = *state;
    struct event_count called;

    ok(ask_window(fixture, CMD_WINDOW_OPEN, WINDOW, "anna"));
    issue(fixture, 1);
    check_done(fixture, PRESS_NEXT, "A001");
    called = stored(fixture, "ticket.called");
    assert_non_null(strstr(called.data, "\"key1\""));
    assert_non_null(strstr(called.data, "\"anna\""));
}

static void nothing_is_rated_twice(void **state)
{
    struct fixture *fixture = *state;
    const struct press rate = {.key = PRESS_RATE, .level = 4};

    ok(ask_window(fixture, CMD_WINDOW_OPEN, WINDOW, "anna"));
    issue(fixture, 1);
    check_done(fixture, PRESS_NEXT, "A001");
    assert_true(press_with(fixture, &rate).nobody); /* nobody has finished */
    check_refused(fixture, PRESS_INVITE, ERR_WRONG_STATE);
    check_done(fixture, PRESS_START, "A001");
    check_done(fixture, PRESS_INVITE, "A001"); /* ends the service and asks */
    assert_int_equal(stored(fixture, "rating.invited").count, 1);
    struct press_answer answer = press_with(fixture, &rate);
    assert_int_equal(answer.err, ERR_NONE);
    assert_string_equal(answer.number, "A001");
    assert_non_null(strstr(stored(fixture, "rating.submitted").data, "\"level\":4"));
    assert_true(press_with(fixture, &rate).nobody);
    assert_int_equal(stored(fixture, "rating.submitted").count, 1);
}

static void put_keypad(struct fixture *fixture)
{
    const struct web_file *demo = demo_hall();
    json_t *root =
        json_loadb((const char *)demo->begin, (size_t)(demo->end - demo->begin), 0, NULL);
    json_t *keypad = json_pack("{s:s,s:s,s:s,s:i}", "code", "key1", "port", "bus1", "driver",
                               "ff68", "window", WINDOW);

    assert_int_equal(json_object_set_new(root, "keypads", json_pack("[o]", keypad)), 0);
    char *text = json_dumps(root, JSON_COMPACT);
    struct engine_job *job = fixture_job(fixture, ENGINE_PUT_CONFIG);
    job->document = text;
    job->document_length = strlen(text);
    ok(ask(fixture));
    json_decref(root);
    free(text);
}

static void wait_pad(struct fixture *fixture, int32_t waiting, bool asked)
{
    int64_t until_ms = clock_mono_ms() + WAIT_MS;
    struct bus_pad pad = {.window = 0};
    uint64_t version = 0;

    while (clock_mono_ms() < until_ms) {
        if (bus_get_pad(fixture->bus, WINDOW, &pad, &version) == ERR_NONE &&
            pad.waiting == waiting && (pad.asked != 0) == asked) {
            return;
        }
    }
    fail_msg("the pad is told %d waiting, asked %d", (int)pad.waiting, (int)pad.asked);
}

static void a_pad_is_told_who_waits_and_when_to_ask(void **state)
{
    struct fixture *fixture = *state;

    put_keypad(fixture);
    ok(ask_window(fixture, CMD_WINDOW_OPEN, WINDOW, "anna"));
    issue(fixture, 2);
    wait_pad(fixture, 2, false);
    check_done(fixture, PRESS_NEXT, "A001");
    wait_pad(fixture, 1, false);
    check_done(fixture, PRESS_START, "A001");
    check_done(fixture, PRESS_FINISH, "A001");
    wait_pad(fixture, 1, true);
}

static void a_press_that_finds_no_room_is_answered(void **state)
{
    struct fixture *fixture = *state;

    engine_stop(fixture->engine);
    check_refused(fixture, PRESS_NEXT, ERR_STARTING);
}

#define PRESS_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PRESS_TEST(what_a_key_does_depends_on_who_is_there),
        PRESS_TEST(parking_pausing_and_passing_on),
        PRESS_TEST(the_device_acts_and_the_clerk_is_the_person),
        PRESS_TEST(nothing_is_rated_twice),
        PRESS_TEST(a_pad_is_told_who_waits_and_when_to_ask),
        PRESS_TEST(a_press_that_finds_no_room_is_answered),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
