/* test_store_past: legs of past days, as forecasts ask for them. */
#include "store_fixture.h"

#define LEGS_MAX 64

struct seen {
    struct store_past legs[LEGS_MAX];
    int count;
};

static enum err take(void *context, const struct store_past *past)
{
    struct seen *seen = context;
    assert_true(seen->count < LEGS_MAX);
    seen->legs[seen->count++] = *past;
    return ERR_NONE;
}

/* A ticket of that day; with two legs the first was sent on. */
static struct ticket ticket_of(int32_t day, int32_t slot, int legs)
{
    struct ticket ticket = fixture_ticket(slot);
    ticket.day = day;
    ticket.issued_ms = day * INT64_C(86400000) + 9 * 3600000 + slot;
    ticket_id_make(ticket.issued_ms, day, slot, ticket.id);
    ticket.state = TICKET_DONE;
    ticket.leg_count = legs;
    for (int i = 0; i < legs; i++) {
        struct ticket_leg *leg = &ticket.legs[i];
        *leg = (struct ticket_leg){.no = i + 1,
                                   .state = i + 1 < legs ? TICKET_TRANSFERRED : TICKET_DONE,
                                   .entered_ms = ticket.issued_ms + i,
                                   .called_ms = ticket.issued_ms + 100,
                                   .ended_ms = ticket.issued_ms + 400,
                                   .held_total_ms = 5,
                                   .no_shows = 1,
                                   .told_low_s = -1,
                                   .told_s = -1,
                                   .told_high_s = -1};
        (void)snprintf(leg->service, sizeof leg->service, "%s", i == 0 ? "pension" : "medical");
    }
    return ticket;
}

static void days_are_ranges(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    int32_t day = 0;
    ok(store_day_before(fixture->store, FIXTURE_DAY, &day));
    assert_int_equal(day, 0);
    for (int i = 0; i < 3; i++) {
        struct ticket ticket = ticket_of(FIXTURE_DAY - 7 * i, 33554431 - i, 1 + i % 2);
        ticket.time_inaccurate = i == 2;
        fixture_put_ticket(fixture->store, &ticket);
    }
    ok(store_day_before(fixture->store, FIXTURE_DAY, &day));
    assert_int_equal(day, FIXTURE_DAY - 7);
    ok(store_day_before(fixture->store, FIXTURE_DAY - 7, &day));
    assert_int_equal(day, FIXTURE_DAY - 14);
    ok(store_day_before(fixture->store, FIXTURE_DAY - 14, &day));
    assert_int_equal(day, 0);

    seen.count = 0;
    ok(store_past_each(fixture->store, FIXTURE_DAY - 14, FIXTURE_DAY - 7, take, &seen));
    assert_int_equal(seen.count, 3); /* one leg, then two */
    assert_int_equal(seen.legs[0].day, FIXTURE_DAY - 14);
    assert_true(seen.legs[0].time_inaccurate);
    assert_int_equal(seen.legs[1].place, 0);
    assert_int_equal(seen.legs[1].state, TICKET_TRANSFERRED);
    assert_int_equal(seen.legs[2].place, 1);
    assert_string_equal(seen.legs[2].service, "medical");
    assert_string_equal(seen.legs[2].cls, "ordinary");
    assert_int_equal(seen.legs[2].ended_ms - seen.legs[2].called_ms, 300);
    assert_int_equal(seen.legs[2].held_total_ms, 5);
    assert_int_equal(seen.legs[2].no_shows, 1);
    assert_false(seen.legs[2].unclosed);
}

/* Promises, newest first; those not yet called, or told by a rule of thumb, are none. */
static void promises_come_newest_first(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    for (int32_t slot = 0; slot < 6; slot++) {
        struct ticket ticket = ticket_of(FIXTURE_DAY, slot, 1);
        struct ticket_leg *leg = &ticket.legs[0];
        leg->told_low_s = 10 * slot;
        leg->told_s = 20 * slot;
        leg->told_high_s = 30 * slot;
        leg->told_pm = slot == 2 ? 0 : 800 + slot;
        if (slot == 4) {
            leg->called_ms = 0;
            leg->ended_ms = 0;
            leg->state = TICKET_WAITING;
            ticket.state = TICKET_WAITING;
        }
        (void)snprintf(leg->outcome, sizeof leg->outcome, "%s", slot == 1 ? "unclosed" : "");
        fixture_put_ticket(fixture->store, &ticket);
    }
    seen.count = 0;
    ok(store_told_each(fixture->store, 3, take, &seen));
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.legs[0].told_pm, 805);
    assert_int_equal(seen.legs[1].told_pm, 803);
    assert_int_equal(seen.legs[2].told_pm, 801);
    assert_int_equal(seen.legs[2].told_low_s, 10);
    assert_int_equal(seen.legs[2].told_s, 20);
    assert_int_equal(seen.legs[2].told_high_s, 30);
    assert_true(seen.legs[2].unclosed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(days_are_ranges, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(promises_come_newest_first, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
