/* test_core: the commands of the hall, one by one: who may, in which state, with which guard, to
 * which effect. */
#include "core_case.h"

static void test_issue_numbers(void **state)
{
    (void)state;
    assert_int_equal(fixture_issue(&f, "a", ""), 0);
    assert_int_equal(f.event_count, 2); /* the day opens with the first command */
    assert_int_equal(f.events[0].kind, EVENT_HALL_DAY_OPENED);
    assert_int_equal(f.events[0].day,
                     20780); /* 2026-11-23: 56 years with 14 leap days, and 326 days */
    assert_string_equal(f.events[1].number, "A001");
    assert_int_equal(fixture_issue(&f, "a", "elderly"), 1);
    assert_string_equal(f.events[0].number, "A002");
    assert_int_equal(fixture_issue(&f, "b", ""), 2);
    assert_string_equal(f.events[0].number, "B001");
    assert_int_equal(fixture_issue(&f, "x", ""), -1);
    assert_string_equal(f.result.field, "/service");
    assert_int_equal(fixture_issue(&f, "a", "king"), -1);
    assert_string_equal(f.result.field, "/class");
    assert_int_equal(core_visit_count(f.core), 3);
}

static void test_identity_waits_once(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct cmd *cmd = fixture_cmd(&f, CMD_ISSUE);
        text_copy_cut(cmd->service, sizeof cmd->service, i == 1 ? "b" : "a");
        cmd->has_identity = true;
        cmd->identity[0] = 7;
        assert_int_equal(fixture_step(&f), i == 2 ? ERR_ALREADY_WAITING : ERR_NONE);
    }
    assert_int_equal(on_ticket(CMD_CANCEL, "A001"), ERR_NONE);
    struct cmd *cmd = fixture_cmd(&f, CMD_ISSUE);
    text_copy_cut(cmd->service, sizeof cmd->service, "a");
    cmd->has_identity = true;
    cmd->identity[0] = 7;
    assert_int_equal(fixture_step(&f), ERR_NONE);
}

static void test_call_start_finish(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(window_state(0), CORE_WINDOW_CALLING);
    assert_int_equal(on_ticket(CMD_START, "A001"), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_SERVING);
    assert_int_equal(on_ticket(CMD_START, "A001"), ERR_WRONG_STATE);
    assert_int_equal(f.result.state, TICKET_SERVING);
    assert_true((f.result.allowed & (1U << CMD_FINISH)) != 0);
    assert_true((f.result.allowed & (1U << CMD_RECALL)) == 0);
    assert_int_equal(on_ticket(CMD_FINISH, "A001"), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_OPEN);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_DONE);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE); /* an empty queue is not a failure */
    assert_int_equal(f.result.visit, -1);
    assert_false(f.result.changed);
}

static void test_finish_implies_start(void **state)
{
    (void)state;
    call_one();
    fixture_wait(&f, 5);
    assert_int_equal(on_ticket(CMD_FINISH, "A001"), ERR_NONE);
    assert_int_equal(f.events[0].kind, EVENT_TICKET_STARTED);
    assert_int_equal(f.events[0].on, 1);
    assert_int_equal(f.events[1].kind, EVENT_TICKET_FINISHED);
    assert_int_equal(f.events[2].kind, EVENT_RATING_INVITED);
}

static void test_next_finishes_the_served(void **state)
{
    (void)state;
    call_one();
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_CURRENT_NOT_STARTED);
    assert_int_equal(f.result.visit, 0);
    assert_int_equal(on_ticket(CMD_START, "A001"), ERR_NONE);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(f.result.finished, 0);
    assert_int_equal(f.result.visit, 1);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_DONE);
}

static void test_recall_gap_and_limit(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(on_ticket(CMD_RECALL, "A001"), ERR_TOO_EARLY);
    for (int i = 0; i < 3; i++) {
        fixture_wait(&f, 5);
        assert_int_equal(on_ticket(CMD_RECALL, "A001"), ERR_NONE);
    }
    fixture_wait(&f, 5);
    assert_int_equal(on_ticket(CMD_RECALL, "A001"), ERR_TOO_LATE);
    assert_int_equal(f.log[f.log_count - 1].calls, 4);
}

static void test_no_show_by_clerk_and_clock(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(on_ticket(CMD_NO_SHOW, "A001"), ERR_TOO_EARLY); /* two calls are asked for */
    fixture_wait(&f, 5);
    assert_int_equal(on_ticket(CMD_RECALL, "A001"), ERR_NONE);
    struct core_now before = f.now;
    assert_true(core_deadline_ms(f.core, &before) == f.now.ms + 60000);
    fixture_wait(&f, 60);
    (void)fixture_cmd(&f, CMD_TICK);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_NO_SHOW);
    assert_int_equal(f.events[0].actor, EVENT_ACTOR_SYSTEM);
    assert_int_equal(window_state(0), CORE_WINDOW_OPEN);
}

static void test_restore_after_three_calls(void **state)
{
    (void)state;
    struct hall hall = f.hall;
    char detail[160];
    hall.no_show_min_calls = 1;
    assert_int_equal(core_configure(f.core, &hall, detail, sizeof detail), ERR_NONE);
    f.hall = hall;
    for (int i = 0; i < 6; i++) {
        assert_true(fixture_issue(&f, "a", "") >= 0);
    }
    fixture_staff(&f, 1);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(on_ticket(CMD_NO_SHOW, "A001"), ERR_NONE);
    assert_int_equal(on_ticket(CMD_RESTORE, "A001"), ERR_NONE);
    static const int32_t expected[] = {1, 2, 3, 0, 4}; /* three pass, then it is the oldest again */
    for (int i = 0; i < 5; i++) {
        assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
        assert_int_equal(f.result.visit, expected[i]);
        assert_int_equal(on_ticket(CMD_FINISH, f.log[f.log_count - 1].number), ERR_NONE);
    }
}

static void test_third_no_show_abandons(void **state)
{
    (void)state;
    struct hall hall = f.hall;
    char detail[160];
    hall.no_show_min_calls = 1;
    assert_int_equal(core_configure(f.core, &hall, detail, sizeof detail), ERR_NONE);
    f.hall = hall;
    call_one();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(on_ticket(CMD_NO_SHOW, "A001"), ERR_NONE);
        assert_int_equal(on_ticket(CMD_RESTORE, "A001"), ERR_NONE);
        assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    }
    assert_int_equal(on_ticket(CMD_NO_SHOW, "A001"), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_ABANDONED);
}

static void test_hold_resume_and_expiry(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(on_ticket(CMD_START, "A001"), ERR_NONE);
    assert_int_equal(on_ticket(CMD_HOLD, "A001"), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_OPEN);
    assert_int_equal(on_window(CMD_WINDOW_CLOSE, 1), ERR_WRONG_STATE); /* it still holds somebody */
    assert_int_equal(on_ticket(CMD_RESUME, "A001"), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_CALLING);
    assert_int_equal(on_ticket(CMD_HOLD, "A001"), ERR_NONE);
    fixture_wait(&f, 1800);
    (void)fixture_cmd(&f, CMD_TICK);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_WAITING);
}

static void test_hold_limit(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    for (int i = 0; i < 6; i++) {
        assert_true(fixture_issue(&f, "a", "") >= 0);
        assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
        assert_int_equal(on_ticket(CMD_HOLD, f.log[f.log_count - 1].number),
                         i < 5 ? ERR_NONE : ERR_HOLD_FULL);
    }
}

static void test_transfer_keeps_number_and_rank(void **state)
{
    (void)state;
    call_one();
    fixture_wait(&f, 60);
    assert_true(fixture_issue(&f, "b", "") >= 0);
    struct cmd *cmd;
    (void)on_ticket(CMD_START, "A001");
    cmd = fixture_cmd(&f, CMD_TRANSFER);
    struct ticket *ticket = malloc(sizeof *ticket);
    assert_non_null(ticket);
    core_get_ticket(f.core, &f.now, 0, ticket);
    text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, ticket->id);
    text_copy_cut(cmd->service, sizeof cmd->service, "b");
    text_copy_cut(cmd->note, sizeof cmd->note, "form is signed");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    core_get_ticket(f.core, &f.now, 0, ticket);
    assert_int_equal(ticket->leg_count, 2);
    assert_int_equal(ticket->legs[0].state, TICKET_TRANSFERRED);
    assert_string_equal(ticket->number, "A001");
    assert_string_equal(ticket->note, "form is signed");
    fixture_staff(&f, 3);
    assert_int_equal(on_window(CMD_NEXT, 3), ERR_NONE);
    assert_int_equal(f.result.visit, 0); /* older than B001, by the time kept */
    free(ticket);
}

static void test_transfer_to_window_binds(void **state)
{
    (void)state;
    call_one();
    struct cmd *cmd;
    fixture_staff(&f, 2);
    struct ticket *ticket = malloc(sizeof *ticket);
    assert_non_null(ticket);
    core_get_ticket(f.core, &f.now, 0, ticket);
    cmd = fixture_cmd(&f, CMD_TRANSFER);
    text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, ticket->id);
    cmd->target_window = 2;
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(f.result.visit, -1); /* it may be called at window 2 only */
    assert_int_equal(on_window(CMD_WINDOW_PAUSE, 2), ERR_NONE); /* ... until that window pauses */
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(f.result.visit, 0);
    free(ticket);
}

static void test_return_and_undo(void **state)
{
    (void)state;
    call_one();
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_int_equal(on_ticket(CMD_RETURN, "A001"), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_WAITING);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(f.result.visit, 0); /* at its original rank */
    assert_int_equal(on_ticket(CMD_START, "A001"), ERR_NONE);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(on_ticket(CMD_UNDO, "A002"), ERR_NONE); /* of next: both legs */
    assert_int_equal(fixture_state(&f, "A001"), TICKET_SERVING);
    assert_int_equal(fixture_state(&f, "A002"), TICKET_WAITING);
    assert_int_equal(window_state(0), CORE_WINDOW_SERVING);
    assert_int_equal(on_ticket(CMD_UNDO, "A002"), ERR_TOO_LATE);
}

static void test_undo_limits(void **state)
{
    (void)state;
    call_one();
    fixture_wait(&f, 31);
    assert_int_equal(on_ticket(CMD_UNDO, "A001"), ERR_TOO_LATE); /* after 30 seconds */
    assert_int_equal(on_ticket(CMD_FINISH, "A001"), ERR_NONE);
    struct cmd *cmd = fixture_cmd(&f, CMD_RATE);
    text_copy_cut(cmd->number, sizeof cmd->number, "A001");
    cmd->level = 4;
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(on_ticket(CMD_UNDO, "A001"), ERR_TOO_LATE); /* somebody touched it since */
}

static void test_undo_of_transfer(void **state)
{
    (void)state;
    call_one();
    struct cmd *cmd = fixture_cmd(&f, CMD_TRANSFER);
    text_copy_cut(cmd->number, sizeof cmd->number, "A001");
    text_copy_cut(cmd->service, sizeof cmd->service, "b");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(on_ticket(CMD_UNDO, "A001"), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_CALLED);
    assert_int_equal(on_ticket(CMD_FINISH, "A001"), ERR_NONE);
}

static void test_windows_and_clerks(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    struct cmd *cmd = fixture_cmd(&f, CMD_WINDOW_OPEN);
    cmd->window = 2;
    text_copy_cut(cmd->clerk, sizeof cmd->clerk, "c1");
    assert_int_equal(fixture_step(&f), ERR_WINDOW_OCCUPIED); /* one session a clerk */
    cmd->window = 1;
    assert_int_equal(fixture_step(&f), ERR_NONE); /* again: nothing changes */
    assert_int_equal(f.event_count, 0);
    text_copy_cut(cmd->clerk, sizeof cmd->clerk, "c9");
    assert_int_equal(fixture_step(&f), ERR_WINDOW_OCCUPIED); /* one session a window */
    assert_int_equal(on_window(CMD_NEXT, 3), ERR_WINDOW_NOT_OPEN);
    assert_int_equal(on_window(CMD_NEXT, 9), ERR_NOT_FOUND);
    assert_int_equal(on_window(CMD_WINDOW_CLOSE, 1), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_CLOSED);
}

static void test_pause_waits_for_the_ticket(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(on_window(CMD_WINDOW_PAUSE, 1), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_CALLING);
    assert_int_equal(on_ticket(CMD_FINISH, "A001"), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_PAUSED);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_WINDOW_NOT_OPEN);
    assert_int_equal(on_window(CMD_WINDOW_RESUME, 1), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_OPEN);
}

static void test_close_with_a_ticket(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(on_window(CMD_WINDOW_CLOSE, 1), ERR_WRONG_STATE);
    struct cmd *cmd = fixture_cmd(&f, CMD_WINDOW_CLOSE);
    cmd->window = 1;
    cmd->current = CMD_CURRENT_RETURN;
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_WAITING);
}

static void test_clerk_rights(void **state)
{
    (void)state;
    call_one();
    fixture_staff(&f, 2);
    struct cmd *cmd = fixture_cmd(&f, CMD_RECALL);
    cmd->by = CMD_BY_CLERK;
    cmd->by_window = 2;
    text_copy_cut(cmd->number, sizeof cmd->number, "A001");
    assert_int_equal(fixture_step(&f), ERR_NOT_YOUR_TICKET);
    text_copy_cut(cmd->number, sizeof cmd->number, "A777"); /* missing looks the same as foreign */
    assert_int_equal(fixture_step(&f), ERR_NOT_YOUR_TICKET);
    cmd = fixture_cmd(&f, CMD_NEXT);
    cmd->by = CMD_BY_CLERK;
    cmd->by_window = 2;
    cmd->window = 1;
    assert_int_equal(fixture_step(&f), ERR_NOT_YOUR_WINDOW);
    cmd = fixture_cmd(&f, CMD_NEXT);
    cmd->by = CMD_BY_MANAGER;
    cmd->window = 1;
    assert_int_equal(fixture_step(&f), ERR_FORBIDDEN); /* a manager does not press next */
    cmd = fixture_cmd(&f, CMD_VOID);
    cmd->by = CMD_BY_CLERK;
    text_copy_cut(cmd->number, sizeof cmd->number, "A001");
    assert_int_equal(fixture_step(&f), ERR_FORBIDDEN);
}

static void test_visitor_needs_the_secret(void **state)
{
    (void)state;
    assert_int_equal(fixture_issue(&f, "a", ""), 0);
    struct cmd *cmd = fixture_cmd(&f, CMD_CANCEL);
    cmd->by = CMD_BY_VISITOR;
    text_copy_cut(cmd->number, sizeof cmd->number, "A001");
    assert_int_equal(fixture_step(&f), ERR_NOT_FOUND);
    cmd->has_token = true;
    cmd->token[0] = 9;
    assert_int_equal(fixture_step(&f), ERR_NOT_FOUND);
    memcpy(cmd->token, f.log[f.log_count - 1].token, sizeof cmd->token);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_CANCELLED);
}

static void test_stale_version(void **state)
{
    (void)state;
    call_one();
    struct cmd *cmd = fixture_cmd(&f, CMD_START);
    text_copy_cut(cmd->number, sizeof cmd->number, "A001");
    cmd->if_version = core_ticket_version(f.core, 0) - 1;
    assert_int_equal(fixture_step(&f), ERR_STALE_VERSION);
    cmd->if_version += 1;
    assert_int_equal(fixture_step(&f), ERR_NONE);
}

static void test_chosen_call(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(fixture_issue(&f, "a", "") >= 0);
    }
    fixture_staff(&f, 1);
    fixture_staff(&f, 2);
    struct cmd *cmd = fixture_cmd(&f, CMD_CALL);
    cmd->window = 1;
    text_copy_cut(cmd->number, sizeof cmd->number, "A003");
    assert_int_equal(fixture_step(&f), ERR_INVALID_BODY);
    assert_string_equal(f.result.field, "/reason");
    text_copy_cut(cmd->reason, sizeof cmd->reason, "train to catch");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(f.result.why.rule, EVENT_RULE_CHOSEN);
    assert_int_equal(f.result.why.overtaken, 2);
    assert_string_equal(f.result.why.numbers[0], "A001");
    assert_int_equal(f.result.why.detailed, 2);
    assert_int_equal(f.result.why.passed[0].times, 0); /* the cap bounds policy, not choices */
    cmd->window = 2;
    assert_int_equal(fixture_step(&f), ERR_LOST_RACE);
}

/* The choice can be told later: each part of the points, of those who were passed as well. */
static void test_call_keeps_what_decided(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    fixture_wait(&f, 600);
    for (int i = 0; i < 2; i++) {
        assert_true(fixture_issue(&f, "a", "elderly") >= 0);
    }
    fixture_wait(&f, 240);
    for (int32_t window = 1; window <= 2; window++) {
        fixture_staff(&f, window);
        assert_int_equal(on_window(CMD_NEXT, window), ERR_NONE);
        const struct event_why *why = &f.result.why;
        assert_int_equal(why->rule, EVENT_RULE_POLICY);
        assert_int_equal(why->policy, HALL_RULE_SCORE);
        assert_int_equal(why->age_ms, 240000);
        assert_int_equal(why->rate_pm, 2000);
        assert_true(why->head == 600000000 && why->score == 600000000 + 2000 * 240000);
        assert_int_equal(why->detailed, 1);
        assert_string_equal(why->numbers[0], "A001");
        assert_int_equal(why->passed[0].score, 840000000);
        assert_int_equal(why->passed[0].age_ms, 840000);
        assert_int_equal(why->passed[0].rate_pm, 1000);
        assert_int_equal(why->passed[0].times, window); /* this call included */
        assert_int_equal(why->passed[0].cap, 8);
    }
}

/* However many are passed, twenty are told of; the rest is a number. */
static void test_call_names_the_twenty_oldest(void **state)
{
    (void)state;
    for (int i = 0; i < 25; i++) {
        assert_true(fixture_issue(&f, "a", "") >= 0);
    }
    assert_true(fixture_issue(&f, "a", "disabled") >= 0);
    fixture_staff(&f, 1);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(f.result.why.overtaken, 25);
    assert_int_equal(f.result.why.listed, EVENT_OVERTOOK_MAX);
    assert_int_equal(f.result.why.detailed, EVENT_OVERTOOK_MAX);
    assert_string_equal(f.result.why.numbers[19], "A020");
    assert_int_equal(f.result.why.passed[19].times, 1);
}

static void test_guard_tells_how_often(void **state)
{
    (void)state;
    assert_true(fixture_issue(&f, "a", "") >= 0);
    for (int i = 0; i < 9; i++) {
        assert_true(fixture_issue(&f, "a", "disabled") >= 0);
    }
    fixture_staff(&f, 1);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
        assert_int_equal(on_ticket(CMD_START, f.events[f.event_count - 1].number), ERR_NONE);
    }
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(f.result.why.rule, EVENT_RULE_GUARD_K);
    assert_string_equal(f.result.why.guard, "A001");
    assert_int_equal(f.result.why.guard_times, 8);
}

static void test_auto_next(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    struct cmd *cmd = fixture_cmd(&f, CMD_AUTO_NEXT);
    cmd->window = 1;
    cmd->on = true;
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_true(fixture_issue(&f, "a", "") >= 0);
    assert_int_equal(window_state(0), CORE_WINDOW_CALLING);
    assert_int_equal(f.events[1].kind, EVENT_TICKET_CALLED);
    assert_int_equal(f.events[1].actor, EVENT_ACTOR_SYSTEM);
}

static void test_walk_in_and_suspend(void **state)
{
    (void)state;
    fixture_staff(&f, 1);
    struct cmd *cmd = fixture_cmd(&f, CMD_WALK_IN);
    cmd->window = 1;
    text_copy_cut(cmd->service, sizeof cmd->service, "a");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(window_state(0), CORE_WINDOW_SERVING);
    cmd = fixture_cmd(&f, CMD_SUSPEND_SERVICE);
    text_copy_cut(cmd->service, sizeof cmd->service, "a");
    text_copy_cut(cmd->reason, sizeof cmd->reason, "system down");
    assert_int_equal(fixture_step(&f), ERR_NONE);
    (void)fixture_issue(&f, "a", "");
    assert_int_equal(fixture_step(&f), ERR_SERVICE_CLOSED);
}

static void test_held_again_is_not_lost(void **state)
{
    (void)state;
    call_one();
    assert_int_equal(on_ticket(CMD_HOLD, "A001"), ERR_NONE);
    assert_int_equal(on_ticket(CMD_UNDO, "A001"), ERR_NONE);
    assert_int_equal(fixture_state(&f, "A001"), TICKET_CALLED);
    struct core_window_info info;
    core_get_window(f.core, &f.now, 0, true, &info);
    assert_int_equal(info.held_count, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_hall, close_hall)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_issue_numbers),
        CASE(test_identity_waits_once),
        CASE(test_call_start_finish),
        CASE(test_finish_implies_start),
        CASE(test_next_finishes_the_served),
        CASE(test_recall_gap_and_limit),
        CASE(test_no_show_by_clerk_and_clock),
        CASE(test_restore_after_three_calls),
        CASE(test_third_no_show_abandons),
        CASE(test_hold_resume_and_expiry),
        CASE(test_hold_limit),
        CASE(test_transfer_keeps_number_and_rank),
        CASE(test_transfer_to_window_binds),
        CASE(test_return_and_undo),
        CASE(test_undo_limits),
        CASE(test_undo_of_transfer),
        CASE(test_windows_and_clerks),
        CASE(test_pause_waits_for_the_ticket),
        CASE(test_close_with_a_ticket),
        CASE(test_clerk_rights),
        CASE(test_visitor_needs_the_secret),
        CASE(test_stale_version),
        CASE(test_chosen_call),
        CASE(test_call_keeps_what_decided),
        CASE(test_call_names_the_twenty_oldest),
        CASE(test_guard_tells_how_often),
        CASE(test_auto_next),
        CASE(test_walk_in_and_suspend),
        CASE(test_held_again_is_not_lost),
    };
    return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
