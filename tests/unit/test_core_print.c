/* test_core_print: which slips are to be printed, where, and what becomes of them. */
#include "core_case.h"

static int open_printers(void **state)
{
    static struct hall hall;
    (void)state;
    fixture_small_hall(&hall);
    hall.printers[0] = (struct hall_printer){.code = "p1", .kiosk = "k1"};
    hall.printers[1] = (struct hall_printer){.code = "p2"};
    hall.printers[2] = (struct hall_printer){.code = "p3"};
    hall.printer_count = 3;
    fixture_open(&f, &hall);
    return 0;
}

/* A number from the device of that name; the printer that has its slip is `printer` ("" none). */
static void issue_at(const char *device, const char *channel, const char *printer)
{
    struct cmd *cmd = fixture_cmd(&f, CMD_ISSUE);
    cmd->actor = device[0] != '\0' ? EVENT_ACTOR_DEVICE : EVENT_ACTOR_USER;
    text_copy_cut(cmd->actor_id, sizeof cmd->actor_id, device);
    text_copy_cut(cmd->service, sizeof cmd->service, "a");
    text_copy_cut(cmd->channel, sizeof cmd->channel, channel);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_string_equal(f.events[f.event_count - 1].subject, printer);
}

static enum ticket_print print_of(int32_t slot)
{
    struct ticket ticket;
    core_get_ticket(f.core, &f.now, slot, &ticket);
    return ticket.print;
}

static enum err result(const char *number, int64_t copies, bool printed)
{
    struct cmd *cmd = fixture_cmd(&f, CMD_PRINT_RESULT);
    cmd->by = CMD_BY_SYSTEM;
    cmd->count = copies;
    cmd->on = printed;
    text_copy_cut(cmd->number, sizeof cmd->number, number);
    return fixture_step(&f);
}

static enum err reprint(const char *number, const char *printer)
{
    struct cmd *cmd = fixture_cmd(&f, CMD_REPRINT);
    text_copy_cut(cmd->number, sizeof cmd->number, number);
    text_copy_cut(cmd->subject, sizeof cmd->subject, printer);
    return fixture_step(&f);
}

static int32_t next_of(const char *printer)
{
    struct core_print job = {.visit = -1};
    return core_next_print(f.core, printer, &job) ? job.visit : -1;
}

static void a_number_finds_its_printer(void **state)
{
    (void)state;
    issue_at("k1", "kiosk", "p1");
    issue_at("k9", "kiosk", "p2"); /* a kiosk without one of its own */
    issue_at("", "desk", "p2");
    issue_at("k1", "phone", "p1");
    issue_at("app", "phone", ""); /* it is on the phone */
    assert_int_equal(print_of(0), TICKET_PRINT_QUEUED);
    assert_int_equal(print_of(4), TICKET_PRINT_NONE);
    assert_int_equal(next_of("p1"), 0);
    assert_int_equal(next_of("p2"), 1);
    assert_int_equal(next_of("p3"), -1);
}

static void slips_follow_each_other(void **state)
{
    (void)state;
    issue_at("k1", "kiosk", "p1");
    issue_at("", "desk", "p2");
    issue_at("k1", "kiosk", "p1");
    assert_int_equal(result("A001", 0, true), ERR_NONE);
    assert_int_equal(f.events[0].kind, EVENT_TICKET_PRINTED);
    assert_int_equal(next_of("p1"), 2);
    assert_int_equal(result("A003", 0, false), ERR_NONE);
    assert_int_equal(print_of(2), TICKET_PRINT_FAILED);
    assert_int_equal(next_of("p1"), -1);
    assert_int_equal(next_of("p2"), 1); /* one that is slow holds nobody up */
    int32_t slots[2];
    assert_int_equal(core_list_unprinted(f.core, slots, 2), 1);
    assert_int_equal(slots[0], 2);
}

static void a_copy_is_another_job(void **state)
{
    (void)state;
    issue_at("k1", "kiosk", "p1");
    assert_int_equal(result("A001", 0, false), ERR_NONE);
    assert_int_equal(reprint("A001", "p9"), ERR_INVALID_BODY);
    assert_string_equal(f.result.field, "/printer");
    assert_int_equal(reprint("A001", ""), ERR_NONE);
    assert_int_equal(f.events[0].kind, EVENT_TICKET_PRINT_QUEUED);
    assert_string_equal(f.events[0].subject, "p1");
    assert_int_equal(next_of("p1"), 0);
    assert_int_equal(reprint("A001", "p3"), ERR_NONE);
    assert_int_equal(next_of("p1"), -1);
    assert_int_equal(next_of("p3"), 0);
    assert_int_equal(result("A001", 1, true), ERR_WRONG_STATE); /* of the copy before */
    assert_int_equal(result("A001", 2, true), ERR_NONE);
    assert_int_equal(result("A001", 2, true), ERR_WRONG_STATE); /* told again */
    assert_int_equal(print_of(0), TICKET_PRINT_PRINTED);
}

/* Who stands at the kiosk has come first; and a copy asked for twice waits once, at the end. */
static void a_copy_waits_behind_who_came_before(void **state)
{
    (void)state;
    issue_at("k1", "kiosk", "p1");
    assert_int_equal(result("A001", 0, true), ERR_NONE);
    issue_at("k1", "kiosk", "p1");
    assert_int_equal(reprint("A001", "p1"), ERR_NONE);
    issue_at("k1", "kiosk", "p1");
    assert_int_equal(next_of("p1"), 1);
    assert_int_equal(reprint("A002", "p1"), ERR_NONE);
    assert_int_equal(next_of("p1"), 0);
    assert_int_equal(result("A001", 1, true), ERR_NONE);
    assert_int_equal(next_of("p1"), 2);
    assert_int_equal(result("A003", 0, true), ERR_NONE);
    assert_int_equal(next_of("p1"), 1);
    assert_int_equal(result("A002", 1, true), ERR_NONE);
    assert_int_equal(next_of("p1"), -1);
}

static void nobody_waits_for_the_slip_of_a_ticket_that_is_over(void **state)
{
    (void)state;
    issue_at("k1", "kiosk", "p1");
    issue_at("k1", "kiosk", "p1");
    assert_int_equal(on_ticket(CMD_CANCEL, "A001"), ERR_NONE);
    assert_int_equal(print_of(0), TICKET_PRINT_NONE);
    assert_int_equal(next_of("p1"), 1);
    assert_int_equal(result("A001", 0, true), ERR_WRONG_STATE);
    assert_int_equal(result("A002", 0, false), ERR_NONE);
    int32_t slots[2];
    assert_int_equal(core_list_unprinted(f.core, slots, 2), 1);
    assert_int_equal(on_ticket(CMD_CANCEL, "A002"), ERR_NONE);
    assert_int_equal(core_list_unprinted(f.core, slots, 2), 0);
}

static void without_printers_a_copy_is_counted(void **state)
{
    (void)state;
    assert_int_equal(fixture_issue(&f, "a", ""), 0);
    assert_int_equal(print_of(0), TICKET_PRINT_NONE);
    assert_int_equal(reprint("A001", ""), ERR_NONE);
    assert_int_equal(f.events[0].kind, EVENT_TICKET_PRINTED);
    assert_int_equal(f.events[0].count, 1);
}

/* A printer that the configuration has no longer takes its slips along: they are failed, by events
 * that say so, once and no others. */
static void slips_of_a_printer_that_is_gone_have_failed(void **state)
{
    (void)state;
    struct hall hall = f.hall;
    char detail[160];
    issue_at("k1", "kiosk", "p1");
    issue_at("desk", "desk", "p2");
    issue_at("k1", "kiosk", "p1");
    assert_true(core_deadline_ms(f.core, &f.now) > f.now.ms);
    hall.printers[0] = hall.printers[2];
    hall.printer_count = 2;
    assert_int_equal(core_configure(f.core, &hall, detail, sizeof detail), ERR_NONE);
    f.hall = hall;
    assert_true(core_deadline_ms(f.core, &f.now) <= f.now.ms);
    (void)fixture_cmd(&f, CMD_TICK);
    assert_int_equal(fixture_step(&f), ERR_NONE);
    assert_int_equal(f.event_count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(f.events[i].kind, EVENT_TICKET_PRINT_FAILED);
        assert_string_equal(f.events[i].subject, "p1");
        assert_string_equal(f.events[i].reason, "there is no such printer any more");
        assert_int_equal(f.events[i].visit, i == 0 ? 0 : 2);
    }
    assert_int_equal(print_of(0), TICKET_PRINT_FAILED);
    assert_int_equal(print_of(1), TICKET_PRINT_QUEUED);
    assert_int_equal(next_of("p2"), 1);
    assert_true(core_deadline_ms(f.core, &f.now) > f.now.ms);
    assert_null(core_check(f.core));
    /* and may be asked for where there is paper */
    assert_int_equal(reprint("A001", "p2"), ERR_NONE);
    assert_int_equal(print_of(0), TICKET_PRINT_QUEUED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_number_finds_its_printer, open_printers, close_hall),
        cmocka_unit_test_setup_teardown(slips_follow_each_other, open_printers, close_hall),
        cmocka_unit_test_setup_teardown(a_copy_is_another_job, open_printers, close_hall),
        cmocka_unit_test_setup_teardown(a_copy_waits_behind_who_came_before, open_printers,
                                        close_hall),
        cmocka_unit_test_setup_teardown(nobody_waits_for_the_slip_of_a_ticket_that_is_over,
                                        open_printers, close_hall),
        cmocka_unit_test_setup_teardown(slips_of_a_printer_that_is_gone_have_failed, open_printers,
                                        close_hall),
        cmocka_unit_test_setup_teardown(without_printers_a_copy_is_counted, open_hall, close_hall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
