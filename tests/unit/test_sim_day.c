/* test_sim_day: what a recorded day makes of the less usual events: what was taken back, parked,
 * sent back, granted, booked, voided, paused. Each day is lived by a core, and its events are read
 * beside a second one. */
#include "core_case.h"
#include "sim_day.h"

#define ok(expression) assert_int_equal((expression), ERR_NONE)
#define MIDNIGHT_MS (FIXTURE_START_MS - 8 * 3600000LL) /* local */
#define EIGHT_MS (8 * 3600000LL)
#define MINUTE 60000

static struct sim_case play;
static struct measure_result result;

/* The day so far, as case and measures. The caller destroys it. */
static struct sim_day *record(void)
{
    struct core_limits limits = {.visit_max = 4096};
    struct core *core = core_create(&limits, &f.hall);
    struct sim_day *day = sim_day_create(MIDNIGHT_MS);
    assert_non_null(core);
    assert_non_null(day);
    for (int i = 0; i < f.log_count; i++) {
        ok(sim_day_take(day, core, &f.log[i]));
        ok(core_replay(core, &f.log[i]));
    }
    ok(sim_day_end(day, core));
    core_destroy(core);
    ok(sim_day_case(day, 1, &play));
    ok(sim_day_measure(day, &play, &result));
    assert_int_equal(sim_day_choices(day)->same, sim_day_choices(day)->automatic);
    return day;
}

static void forget(struct sim_day *day)
{
    sim_case_fini(&play);
    sim_day_destroy(day);
}

static void wait_minutes(int64_t minutes)
{
    fixture_wait(&f, minutes * 60);
}

static void command_on(enum cmd_kind kind, const char *number)
{
    ok(on_ticket(kind, number));
}

static void next(int32_t window)
{
    ok(on_window(CMD_NEXT, window));
}

/* A001 is called a minute after it came, which is taken back; it is called again at three, served
 * five minutes, and done. */
static void test_call_taken_back(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    wait_minutes(1);
    next(1);
    command_on(CMD_UNDO, "A001");
    wait_minutes(2);
    next(1);
    command_on(CMD_START, "A001");
    wait_minutes(5);
    command_on(CMD_FINISH, "A001");
    struct sim_day *day = record();
    assert_true(sim_day_in_progress(day));
    assert_int_equal(sim_day_choices(day)->automatic, 2);
    assert_int_equal(play.ticket_count, 1);
    assert_string_equal(play.tickets[0].id, "A001");
    assert_int_equal(play.tickets[0].arrive_ms, EIGHT_MS);
    assert_int_equal(play.tickets[0].service_ms[0], 5 * MINUTE);
    assert_int_equal(play.tickets[0].absent, 0);
    assert_int_equal(result.all.sum_ms, 3 * MINUTE);
    forget(day);
}

/* Sent on by mistake, and taken back: one leg as before. */
static void test_transfer_taken_back(void **state)
{
    (void)state;
    call_one();
    command_on(CMD_START, "A001");
    (void)fixture_cmd(&f, CMD_TRANSFER);
    text_copy_cut(f.cmd.number, sizeof f.cmd.number, "A001");
    text_copy_cut(f.cmd.service, sizeof f.cmd.service, "b");
    ok(fixture_step(&f));
    command_on(CMD_UNDO, "A001");
    wait_minutes(4);
    command_on(CMD_FINISH, "A001");
    struct sim_day *day = record();
    assert_int_equal(play.tickets[0].leg_count, 1);
    assert_int_equal(play.tickets[0].service_ms[0], 4 * MINUTE);
    assert_int_equal(result.all.legs, 1);
    forget(day);
}

/* Served two minutes, parked ten, served three: five minutes of the window, one call. A002 is
 * called meanwhile, sent back, and called again. */
static void test_parked_and_returned(void **state)
{
    (void)state;
    call_one();
    command_on(CMD_START, "A001");
    wait_minutes(2);
    command_on(CMD_HOLD, "A001");
    assert_true(fixture_issue(&f, "a", "") >= 0);
    next(1);
    wait_minutes(1);
    command_on(CMD_RETURN, "A002");
    wait_minutes(9);
    command_on(CMD_RESUME, "A001");
    command_on(CMD_START, "A001");
    wait_minutes(3);
    command_on(CMD_FINISH, "A001");
    next(1);
    command_on(CMD_START, "A002");
    wait_minutes(1);
    command_on(CMD_FINISH, "A002");
    struct sim_day *day = record();
    assert_int_equal(sim_day_choices(day)->calls, 4);
    assert_int_equal(sim_day_choices(day)->automatic, 3);
    assert_int_equal(play.tickets[0].service_ms[0], 5 * MINUTE);
    assert_int_equal(play.tickets[0].absent, 0);
    assert_int_equal(play.tickets[1].service_ms[0], MINUTE);
    assert_int_equal(play.tickets[1].absent, 0);
    assert_int_equal(result.all.no_show, 0);
    assert_int_equal(result.all.n, 2);
    forget(day);
}

/* Missed at three, after two minutes; back four minutes later; the second time it comes. */
static void test_missed(void **state)
{
    (void)state;
    f.hall.no_show_min_calls = 1;
    f.hall.no_show_answer_ms = 0;
    f.hall.restore_after_calls = 0;
    char detail[160];
    ok(core_configure(f.core, &f.hall, detail, sizeof detail));
    fixture_staff(&f, 1);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    wait_minutes(3);
    next(1);
    wait_minutes(2);
    command_on(CMD_NO_SHOW, "A001");
    wait_minutes(4);
    command_on(CMD_RESTORE, "A001");
    wait_minutes(1);
    next(1);
    command_on(CMD_START, "A001");
    wait_minutes(6);
    command_on(CMD_FINISH, "A001");
    struct sim_day *day = record();
    const struct sim_ticket *ticket = &play.tickets[0];
    assert_int_equal(ticket->absent, 1U << 1);
    assert_int_equal(ticket->miss_count, 1);
    assert_int_equal(ticket->misses[0].lost_ms, 2 * MINUTE);
    assert_int_equal(ticket->misses[0].back_ms, 4 * MINUTE);
    assert_int_equal(ticket->service_ms[0], 6 * MINUTE);
    assert_int_equal(result.all.sum_ms, 3 * MINUTE);
    assert_int_equal(result.all.no_show, 0);
    forget(day);
}

/* One never comes, one gives up, one is void, one was only booked, and one is served straight away.
 * Nobody of them was served from the line, so a service takes what the hall expects. */
static void test_who_was_there(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    fixture_staff(&f, 2);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    next(1);
    wait_minutes(1);
    command_on(CMD_RECALL, "A001");
    command_on(CMD_NO_SHOW, "A001");
    assert_true(fixture_issue(&f, "a", "") >= 0);
    wait_minutes(2);
    command_on(CMD_CANCEL, "A002");
    assert_true(fixture_issue(&f, "a", "") >= 0);
    command_on(CMD_VOID, "A003");
    (void)fixture_cmd(&f, CMD_BOOK);
    text_copy_cut(f.cmd.service, sizeof f.cmd.service, "a");
    f.cmd.slot_ms = f.now.ms + 3600000;
    ok(fixture_step(&f));
    (void)fixture_cmd(&f, CMD_WALK_IN);
    f.cmd.window = 2;
    text_copy_cut(f.cmd.service, sizeof f.cmd.service, "b");
    ok(fixture_step(&f));
    struct sim_day *day = record();
    assert_int_equal(play.ticket_count, 3);
    assert_int_equal(play.tickets[0].absent, ~1U);
    assert_int_equal(play.tickets[0].misses[0].lost_ms, MINUTE);
    assert_int_equal(play.tickets[0].misses[0].back_ms, -1);
    assert_int_equal(play.tickets[0].service_ms[0], f.hall.services[0].expected_service_ms);
    assert_int_equal(play.tickets[1].cancel_ms, EIGHT_MS + 3 * MINUTE);
    assert_true(play.tickets[2].uncounted);
    assert_int_equal(result.all.legs, 2);
    assert_int_equal(result.all.no_show, 1);
    assert_int_equal(result.all.abandoned, 1);
    forget(day);
}

/* A grant by "boss" at 10; "c1" calls it first. An appointment comes two minutes before its time.
 */
static void test_grants_and_appointments(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    (void)fixture_cmd(&f, CMD_BOOK);
    text_copy_cut(f.cmd.service, sizeof f.cmd.service, "a");
    f.cmd.slot_ms = f.now.ms + 12 * MINUTE;
    ok(fixture_step(&f));
    wait_minutes(10);
    (void)fixture_cmd(&f, CMD_AMEND);
    text_copy_cut(f.cmd.number, sizeof f.cmd.number, "A002");
    text_copy_cut(f.cmd.reason, sizeof f.cmd.reason, "flight");
    text_copy_cut(f.cmd.approver, sizeof f.cmd.approver, "boss");
    f.cmd.changed = EVENT_CHANGED_URGENT;
    ok(fixture_step(&f));
    command_on(CMD_CHECK_IN, "A003");
    next(1);
    assert_int_equal(f.result.why.rule, EVENT_RULE_URGENT);
    command_on(CMD_START, "A002");
    struct sim_day *day = record();
    assert_string_equal(play.tickets[1].id, "A002");
    assert_int_equal(play.tickets[1].urgent_ms, EIGHT_MS + 10 * MINUTE);
    assert_int_equal(play.tickets[2].slot_ms, EIGHT_MS + 12 * MINUTE);
    assert_int_equal(play.tickets[2].arrive_ms, EIGHT_MS + 10 * MINUTE);
    assert_int_equal(result.urgent_calls, 1);
    assert_string_equal(sim_day_approver(day, 0), "boss");
    assert_int_equal(result.approvers[0], 1);
    assert_string_equal(sim_day_clerk(day, 0), "c1");
    assert_int_equal(result.clerks[0].urgent, 1);
    assert_string_equal(sim_day_clerk(day, 1), "");
    assert_int_equal(result.all.overtakes, 0); /* by grants is not by policy */
    forget(day);
}

/* Open at 0, paused at 10, on again at 20, closed at 30. A pause that has to wait for the visitor
 * begins when it is asked for. */
static void test_windows(void **state)
{
    (void)state;
    call_one();
    command_on(CMD_START, "A001");
    wait_minutes(10);
    ok(on_window(CMD_WINDOW_PAUSE, 1));
    wait_minutes(1);
    command_on(CMD_FINISH, "A001");
    wait_minutes(9);
    ok(on_window(CMD_WINDOW_RESUME, 1));
    wait_minutes(10);
    ok(on_window(CMD_WINDOW_CLOSE, 1));
    fixture_staff(&f, 2);
    struct sim_day *day = record();
    assert_int_equal(play.span_count, 3);
    assert_int_equal(play.spans[0].window, 0);
    assert_int_equal(play.spans[0].open_ms, EIGHT_MS);
    assert_int_equal(play.spans[0].close_ms, EIGHT_MS + 10 * MINUTE);
    assert_int_equal(play.spans[1].open_ms, EIGHT_MS + 20 * MINUTE);
    assert_int_equal(play.spans[1].close_ms, EIGHT_MS + 30 * MINUTE);
    assert_int_equal(play.spans[2].window, 1);
    assert_int_equal(play.spans[2].close_ms, INT64_MAX);
    assert_int_equal(play.start_ms, EIGHT_MS);
    forget(day);
}

/* An event that does not follow from those before is refused, and nothing breaks. */
static void test_refused(void **state)
{
    (void)state;
    call_one();
    struct sim_day *day = record();
    struct event event = f.log[f.log_count - 1];
    event.at_ms -= 1;
    assert_int_equal(sim_day_take(day, f.core, &event), ERR_REPLAY);
    event.at_ms += 1;
    event.leg = 7;
    assert_int_equal(sim_day_take(day, f.core, &event), ERR_REPLAY);
    event.kind = EVENT_TICKET_ISSUED;
    event.visit = 5;
    assert_int_equal(sim_day_take(day, f.core, &event), ERR_REPLAY);
    event.kind = EVENT_WINDOW_OPENED;
    event.window = HALL_WINDOW_NO_MAX + 1;
    assert_int_equal(sim_day_take(day, f.core, &event), ERR_REPLAY);
    forget(day);
    sim_day_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_call_taken_back, open_hall, close_hall),
        cmocka_unit_test_setup_teardown(test_transfer_taken_back, open_hall, close_hall),
        cmocka_unit_test_setup_teardown(test_parked_and_returned, open_hall, close_hall),
        cmocka_unit_test_setup_teardown(test_missed, open_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_who_was_there, open_hall, close_hall),
        cmocka_unit_test_setup_teardown(test_grants_and_appointments, open_hall, close_hall),
        cmocka_unit_test_setup_teardown(test_windows, open_hall, close_hall),
        cmocka_unit_test_setup_teardown(test_refused, open_hall, close_hall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
