/* test_core_day: the rules of the hall as a whole: number series, quotas, the urgent bucket, the
 * business day, and a configuration that changes during it. */
#include "core_case.h"

static void test_series_and_quota(void **state)
{
    (void)state;
    struct hall hall = f.hall;
    hall.services[1].prefix[0] = 'A'; /* shares the series of a */
    hall.services[0].last = 10;
    hall.services[1].last = 10;
    hall.services[2].quota_day = 2;
    char detail[160];
    assert_int_equal(core_configure(f.core, &hall, detail, sizeof detail), ERR_NONE);
    f.hall = hall;
    for (int i = 0; i < 10; i++) {
        assert_true(fixture_issue(&f, i % 2 == 0 ? "a" : "b", "") >= 0);
    }
    assert_int_equal(core_find_number(f.core, "A10"), 9);
    (void)fixture_issue(&f, "a", "");
    assert_int_equal(fixture_step(&f), ERR_NUMBERS_EXHAUSTED);
    assert_true(fixture_issue(&f, "c", "") >= 0);
    assert_true(fixture_issue(&f, "c", "") >= 0);
    (void)on_ticket(CMD_CANCEL, "C001"); /* a cancelled ticket counts against the quota */
    (void)fixture_issue(&f, "c", "");
    assert_int_equal(fixture_step(&f), ERR_QUOTA_REACHED);
    int alerts = 0;
    for (int i = 0; i < f.log_count; i++) {
        alerts += f.log[i].kind == EVENT_HALL_ALERT_RAISED ? 1 : 0;
    }
    assert_int_equal(alerts, 1); /* at nine of ten */
}

static void test_urgent_bucket(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_true(fixture_issue(&f, "a", "") >= 0);
    }
    struct cmd *cmd = fixture_cmd(&f, CMD_AMEND);
    text_copy_cut(cmd->number, sizeof cmd->number, "A004");
    cmd->changed = EVENT_CHANGED_URGENT;
    text_copy_cut(cmd->reason, sizeof cmd->reason, "flight");
    assert_int_equal(fixture_step(&f), ERR_INVALID_BODY);
    text_copy_cut(cmd->approver, sizeof cmd->approver, "boss");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    text_copy_cut(cmd->number, sizeof cmd->number, "A003");
    assert_int_equal(fixture_step(&f), ERR_NO_URGENT_LEFT); /* burst 1, refill 30 minutes */
    fixture_staff(&f, 1);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(f.result.visit, 3);
    assert_int_equal(f.result.why.rule, EVENT_RULE_URGENT);
    assert_int_equal(f.result.why.urgent_no, 1);
    assert_int_equal(f.result.why.urgent_cap, f.hall.policy.urgent_per_day);
    assert_int_equal(f.result.why.passed[0].times, 0); /* counted apart */
    (void)fixture_wait(&f, 1800);
    cmd = fixture_cmd(&f, CMD_AMEND);
    text_copy_cut(cmd->number, sizeof cmd->number, "A003");
    cmd->changed = EVENT_CHANGED_URGENT;
    text_copy_cut(cmd->reason, sizeof cmd->reason, "train");
    text_copy_cut(cmd->approver, sizeof cmd->approver, "boss");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    fixture_staff(&f, 2);
    assert_int_equal(on_window(CMD_NEXT, 2), ERR_NONE);
    assert_int_equal(f.result.why.urgent_no, 2);
}

static void test_day_close(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(on_ticket(CMD_START, "A001"), ERR_NONE);
    assert_true(fixture_issue(&f, "b", "") >= 0);
    (void)fixture_cmd(&f, CMD_DAY_CLOSE);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_DONE);
    assert_int_equal(fixture_state(&f, "B001"), TICKET_EXPIRED);
    assert_int_equal(window_state(0), CORE_WINDOW_CLOSED);
    assert_int_equal(f.result.counts[1], 1);
    assert_int_equal(f.result.counts[2], 1);
    (void)fixture_issue(&f, "a", "");
    assert_int_equal(fixture_step(&f), ERR_SERVICE_CLOSED); /* the same date stays closed */
    (void)fixture_cmd(&f, CMD_DAY_CLOSE);
    assert_int_equal(fixture_step(&f), ERR_NONE); /* idempotent */
    assert_int_equal(f.event_count, 0);
    (void)fixture_cmd(&f, CMD_DAY_OPEN);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_int_equal(core_find_number(f.core, "A002"), 2); /* numbers go on */
}

static void test_weekend_without_power(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    fixture_wait(&f, 3 * 24 * 3600); /* Monday 08:00 to Thursday 08:00, off all the time */
    (void)fixture_cmd(&f, CMD_TICK);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(f.event_count, 3); /* expired, closed, opened */
    assert_int_equal(f.events[1].kind, EVENT_HALL_DAY_CLOSED);
    assert_int_equal(f.events[1].day, 20780);
    assert_int_equal(f.events[2].day, 20783);
    assert_int_equal(core_visit_count(f.core), 0);
    assert_int_equal(fixture_issue(&f, "a", ""), 0);
    assert_string_equal(f.events[0].number, "A001");
}

static void test_shut_from_close_to_midnight(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_true(core_deadline_ms(f.core, &f.now) ==
                FIXTURE_START_MS + (15 * 60 + 30) * 60000LL); /* 23:30 */
    fixture_wait(&f, 15 * 3600 + 45 * 60);                    /* 23:45 */
    (void)fixture_issue(&f, "a", "");
    assert_int_equal(fixture_step(&f), ERR_SERVICE_CLOSED);
    assert_false(core_day_is_open(f.core));
    assert_true(core_deadline_ms(f.core, &f.now) ==
                FIXTURE_START_MS + 16 * 3600000LL); /* midnight */
    fixture_wait(&f, 15 * 60);
    assert_int_equal(fixture_issue(&f, "a", ""), 0);
    assert_int_equal(core_day(f.core), 20781);
}

static void test_clock_never_goes_back(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    f.now.ms -= 3600000;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_true(f.events[0].at_ms == FIXTURE_START_MS);
    f.now.ms += 3600000;
}

static void test_configure_keeps_tickets(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "b", "") >= 0);
    struct hall hall = f.hall;
    char detail[160] = "";
    hall.services[1] = hall.services[2]; /* b is gone, c comes earlier */
    hall.service_count = 2;
    hall.windows[1].service_count = 1;
    hall.window_count = 2;
    assert_int_equal(core_configure(f.core, &hall, detail, sizeof detail), ERR_INVALID_CONFIG);
    assert_string_equal(detail, "service b still has open tickets");
    assert_int_equal(on_ticket(CMD_CANCEL, "B001"), ERR_NONE);
    assert_int_equal(core_configure(f.core, &hall, detail, sizeof detail), ERR_NONE);
    assert_true(fixture_issue(&f, "c", "") >= 0);
    assert_string_equal(f.events[0].number, "C001");
    assert_int_equal(fixture_state(&f, "B001"), TICKET_CANCELLED);
}

static void test_next_on_called_settings(void **state)
{
    (void)state;
    call_one();
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    struct hall hall = f.hall;
    char detail[160];
    hall.next_on_called = HALL_ON_CALLED_NO_SHOW;
    assert_int_equal(core_configure(f.core, &hall, detail, sizeof detail), ERR_NONE);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_NO_SHOW);
    assert_int_equal(f.result.finished, -1);
    hall.next_on_called = HALL_ON_CALLED_FINISH;
    assert_int_equal(core_configure(f.core, &hall, detail, sizeof detail), ERR_NONE);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A002"), TICKET_DONE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_hall, close_hall)
/* These change the configuration in mid-day, which a plain replay of the events cannot see. */
#define CASE_CONFIGURES(name) cmocka_unit_test_setup_teardown(name, open_hall, drop_hall)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_urgent_bucket),
        CASE(test_day_close),
        CASE(test_weekend_without_power),
        CASE(test_shut_from_close_to_midnight),
        CASE(test_clock_never_goes_back),
        CASE_CONFIGURES(test_series_and_quota),
        CASE_CONFIGURES(test_next_on_called_settings),
        CASE_CONFIGURES(test_configure_keeps_tickets),
    };
    return cmocka_run_group_tests_name("core_day", tests, NULL, NULL);
}
