/* test_store_rows: tickets, and answers under idempotency keys. */
#include "store_fixture.h"

struct found {
    char ids[16][TICKET_ID_SIZE];
    int count;
};

static enum err find(void *context, const struct ticket *ticket)
{
    struct found *found = context;
    assert_true(found->count < 16);
    memcpy(found->ids[found->count++], ticket->id, TICKET_ID_SIZE);
    return ERR_NONE;
}

static void assert_same_leg(const struct ticket_leg *a, const struct ticket_leg *b)
{
    assert_int_equal(a->no, b->no);
    assert_string_equal(a->service, b->service);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->window, b->window);
    assert_int_equal(a->target_window, b->target_window);
    assert_string_equal(a->clerk, b->clerk);
    assert_string_equal(a->outcome, b->outcome);
    assert_int_equal(a->entered_ms, b->entered_ms);
    assert_int_equal(a->called_ms, b->called_ms);
    assert_int_equal(a->last_called_ms, b->last_called_ms);
    assert_int_equal(a->started_ms, b->started_ms);
    assert_int_equal(a->ended_ms, b->ended_ms);
    assert_int_equal(a->held_until_ms, b->held_until_ms);
    assert_int_equal(a->held_total_ms, b->held_total_ms);
    assert_int_equal(a->no_show_total_ms, b->no_show_total_ms);
    assert_int_equal(a->calls, b->calls);
    assert_int_equal(a->no_shows, b->no_shows);
    assert_int_equal(a->overtakes, b->overtakes);
    assert_int_equal(a->rating, b->rating);
    assert_int_equal(a->rating_facts, b->rating_facts);
    assert_int_equal(a->told_low_s, b->told_low_s);
    assert_int_equal(a->told_s, b->told_s);
    assert_int_equal(a->told_high_s, b->told_high_s);
    assert_int_equal(a->told_pm, b->told_pm);
}

static void assert_same_ticket(const struct ticket *a, const struct ticket *b)
{
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->number, b->number);
    assert_int_equal(a->day, b->day);
    assert_int_equal(a->state, b->state);
    assert_string_equal(a->cls, b->cls);
    assert_string_equal(a->lang, b->lang);
    assert_string_equal(a->channel, b->channel);
    assert_string_equal(a->external_ref, b->external_ref);
    assert_string_equal(a->note, b->note);
    assert_memory_equal(a->token, b->token, TICKET_TOKEN_SIZE);
    assert_int_equal(a->issued_ms, b->issued_ms);
    assert_int_equal(a->print, b->print);
    assert_int_equal(a->copies, b->copies);
    assert_int_equal(a->urgent, b->urgent);
    assert_int_equal(a->time_inaccurate, b->time_inaccurate);
    assert_int_equal(a->version, b->version);
    assert_int_equal(a->leg_count, b->leg_count);
    for (int i = 0; i < a->leg_count; i++) {
        assert_same_leg(&a->legs[i], &b->legs[i]);
    }
}

/* A ticket with something in every member, of that many legs. */
static struct ticket full_ticket(int32_t slot, int legs)
{
    struct ticket ticket = fixture_ticket(slot);
    snprintf(ticket.external_ref, sizeof ticket.external_ref, "case 12/3");
    snprintf(ticket.note, sizeof ticket.note, "\xe8\xbd\xae\xe6\xa4\x85");
    ticket.print = TICKET_PRINT_FAILED;
    ticket.copies = 2;
    ticket.urgent = true;
    ticket.time_inaccurate = true;
    ticket.version = 12345678901;
    ticket.state = TICKET_HELD;
    ticket.leg_count = legs;
    for (int i = 0; i < legs; i++) {
        struct ticket_leg *leg = &ticket.legs[i];
        *leg = (struct ticket_leg){
            .no = i + 1,
            .service = "medical",
            .state = i + 1 < legs ? TICKET_TRANSFERRED : TICKET_HELD,
            .window = i + 1,
            .target_window = i + 2,
            .clerk = "zhang",
            .outcome = "sent_on",
            .entered_ms = FIXTURE_MS + i,
            .called_ms = FIXTURE_MS + 10,
            .last_called_ms = FIXTURE_MS + 20,
            .started_ms = FIXTURE_MS + 30,
            .ended_ms = FIXTURE_MS + 40,
            .held_until_ms = FIXTURE_MS + 50,
            .held_total_ms = 60,
            .no_show_total_ms = 70,
            .calls = 3,
            .no_shows = 4,
            .overtakes = 5,
            .rating = 2,
            .rating_facts = TICKET_ASKED_CLERK | TICKET_EXEMPT_DEVICE,
            .told_low_s = 6,
            .told_s = 7,
            .told_high_s = 8,
            .told_pm = 800,
        };
    }
    return ticket;
}

static void a_ticket_comes_back_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    for (int legs = 1; legs <= TICKET_LEG_MAX; legs += 5) {
        struct ticket ticket = full_ticket(legs, legs);
        fixture_put_ticket(fixture->store, &ticket);
    }
    fixture_reopen(fixture);
    for (int legs = 1; legs <= TICKET_LEG_MAX; legs += 5) {
        struct ticket ticket = full_ticket(legs, legs);
        struct ticket back;
        ok(store_ticket_get(fixture->store, ticket.id, &back));
        assert_same_ticket(&back, &ticket);
        assert_int_equal(back.slot, -1);
        assert_int_equal(back.ahead, -1);
        assert_int_equal(back.eta.p50_ms, -1);
        assert_int_equal(back.eta.p90_ms, -1);
    }
}

static void a_changed_ticket_replaces_the_old_one(void **state)
{
    struct fixture *fixture = *state;
    struct ticket ticket = fixture_ticket(7);
    fixture_put_ticket(fixture->store, &ticket);
    struct ticket changed = full_ticket(7, 3);
    fixture_put_ticket(fixture->store, &changed);
    struct ticket back;
    ok(store_ticket_get(fixture->store, ticket.id, &back));
    assert_same_ticket(&back, &changed);
    /* An undone transfer takes a leg away. */
    changed = full_ticket(7, 2);
    fixture_put_ticket(fixture->store, &changed);
    ok(store_ticket_get(fixture->store, ticket.id, &back));
    assert_same_ticket(&back, &changed);
    int64_t count = 0;
    ok(store_ticket_count(fixture->store, &count));
    assert_int_equal(count, 1);
}

static void unknown_tickets_are_not_found(void **state)
{
    struct fixture *fixture = *state;
    struct ticket ticket = fixture_ticket(7);
    fixture_put_ticket(fixture->store, &ticket);
    struct ticket back;
    assert_int_equal(store_ticket_get(fixture->store, "", &back), ERR_NOT_FOUND);
    assert_int_equal(store_ticket_get(fixture->store, "no such id", &back), ERR_NOT_FOUND);
    struct ticket other = fixture_ticket(8);
    assert_int_equal(store_ticket_get(fixture->store, other.id, &back), ERR_NOT_FOUND);
    /* The same slot and day, but made at another time: not that ticket. */
    char id[TICKET_ID_SIZE];
    ticket_id_make(ticket.issued_ms + 1, FIXTURE_DAY, 7, id);
    assert_int_equal(store_ticket_get(fixture->store, id, &back), ERR_NOT_FOUND);
}

static void refuse(struct store *store, const struct ticket *ticket)
{
    ok(store_begin(store));
    assert_int_equal(store_ticket_put(store, ticket), ERR_INTERNAL);
    store_rollback(store);
}

static void a_number_is_given_once_a_day(void **state)
{
    struct fixture *fixture = *state;
    struct ticket first = fixture_ticket(0);
    fixture_put_ticket(fixture->store, &first);
    struct ticket second = fixture_ticket(1);
    memcpy(second.number, first.number, sizeof second.number);
    refuse(fixture->store, &second);
    /* Tomorrow it may be given again. */
    second.day = FIXTURE_DAY + 1;
    ticket_id_make(second.issued_ms, second.day, 0, second.id);
    fixture_put_ticket(fixture->store, &second);
    /* And a ticket keeps the number it has. */
    ticket_number_make("B", 1, 999, first.number);
    refuse(fixture->store, &first);
    for (int32_t slot = 10; slot < 12; slot++) {
        struct ticket nameless = fixture_ticket(slot);
        nameless.number[0] = '\0';
        fixture_put_ticket(fixture->store, &nameless);
    }
}

static void a_ticket_may_lack_a_token(void **state)
{
    struct fixture *fixture = *state;
    struct ticket bare = fixture_ticket(2);
    memset(bare.token, 0, sizeof bare.token);
    fixture_put_ticket(fixture->store, &bare);
    bare.version++;
    fixture_put_ticket(fixture->store, &bare);
    struct ticket back;
    ok(store_ticket_get(fixture->store, bare.id, &back));
    assert_same_ticket(&back, &bare);
    /* A ticket keeps the token it was given. */
    bare.token[3] = 1;
    refuse(fixture->store, &bare);
}

static void a_slot_holds_one_ticket(void **state)
{
    struct fixture *fixture = *state;
    struct ticket first = fixture_ticket(0);
    fixture_put_ticket(fixture->store, &first);
    struct ticket second = fixture_ticket(0);
    ticket_id_make(second.issued_ms + 1, FIXTURE_DAY, 0, second.id);
    refuse(fixture->store, &second);
    snprintf(second.id, sizeof second.id, "nonsense");
    refuse(fixture->store, &second);
}

static struct ticket ticket_at_window(int32_t slot, enum ticket_state ticket_state, int32_t window)
{
    struct ticket ticket = fixture_ticket(slot);
    ticket.state = ticket.legs[0].state = ticket_state;
    ticket.legs[0].window = window;
    return ticket;
}

static void a_window_has_one_ticket(void **state)
{
    struct fixture *fixture = *state;
    struct ticket serving = ticket_at_window(0, TICKET_SERVING, 3);
    struct ticket elsewhere = ticket_at_window(1, TICKET_CALLED, 4);
    fixture_put_ticket(fixture->store, &serving);
    fixture_put_ticket(fixture->store, &elsewhere);
    struct ticket called = ticket_at_window(2, TICKET_CALLED, 3);
    ok(store_begin(fixture->store));
    ok(store_ticket_put(fixture->store, &called));
    assert_int_equal(store_commit(fixture->store), ERR_INTERNAL);
    assert_string_equal(store_message(fixture->store), "two tickets at one window");
    store_rollback(fixture->store);
    assert_int_equal(store_ticket_get(fixture->store, called.id, &called), ERR_NOT_FOUND);
}

static void the_order_inside_a_batch_does_not_matter(void **state)
{
    struct fixture *fixture = *state;
    struct ticket first = ticket_at_window(0, TICKET_SERVING, 3);
    fixture_put_ticket(fixture->store, &first);
    struct ticket second = ticket_at_window(1, TICKET_CALLED, 3);
    first.state = first.legs[0].state = TICKET_DONE;
    ok(store_begin(fixture->store));
    ok(store_ticket_put(fixture->store, &second));
    ok(store_ticket_put(fixture->store, &first));
    ok(store_commit(fixture->store));
}

/* Three days of four tickets; the second of each is at window 2, the third is for another service.
 */
static void put_three_days(struct store *store)
{
    for (int32_t day = FIXTURE_DAY; day < FIXTURE_DAY + 3; day++) {
        for (int32_t slot = 0; slot < 4; slot++) {
            struct ticket ticket = fixture_ticket(slot);
            ticket.day = day;
            ticket.issued_ms += (int64_t)(day - FIXTURE_DAY) * 86400000;
            ticket.token[2] = (uint8_t)(day & 0xff);
            ticket_id_make(ticket.issued_ms, day, slot, ticket.id);
            if (slot == 1) {
                ticket.state = ticket.legs[0].state = TICKET_DONE;
                ticket.legs[0].window = 2;
            }
            if (slot == 2) {
                snprintf(ticket.legs[0].service, sizeof ticket.legs[0].service, "medical");
            }
            fixture_put_ticket(store, &ticket);
        }
    }
}

static int count_matches(struct store *store, struct store_ticket_filter filter)
{
    struct found found = {.count = 0};
    filter.limit = filter.limit > 0 ? filter.limit : 16;
    ok(store_ticket_each(store, &filter, find, &found));
    return found.count;
}

static void tickets_are_found_by_what_is_asked(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    put_three_days(store);
    assert_int_equal(count_matches(store, (struct store_ticket_filter){.limit = 16}), 12);
    assert_int_equal(count_matches(store, (struct store_ticket_filter){.limit = 5}), 5);
    assert_int_equal(
        count_matches(store, (struct store_ticket_filter){.day_from = FIXTURE_DAY + 1}), 8);
    assert_int_equal(count_matches(store, (struct store_ticket_filter){.day_to = FIXTURE_DAY}), 4);
    assert_int_equal(count_matches(store, (struct store_ticket_filter){.day_from = FIXTURE_DAY + 1,
                                                                       .day_to = FIXTURE_DAY + 1}),
                     4);
    assert_int_equal(
        count_matches(store, (struct store_ticket_filter){.states = 1U << TICKET_DONE}), 3);
    assert_int_equal(
        count_matches(store, (struct store_ticket_filter){.states = 1U << TICKET_DONE |
                                                                    1U << TICKET_WAITING}),
        12);
    assert_int_equal(
        count_matches(store, (struct store_ticket_filter){.states = 1U << TICKET_HELD}), 0);
    assert_int_equal(count_matches(store, (struct store_ticket_filter){.service = "medical"}), 3);
    assert_int_equal(count_matches(store, (struct store_ticket_filter){.window = 2}), 3);
    assert_int_equal(count_matches(store, (struct store_ticket_filter){.number = "A003"}), 3);
    assert_int_equal(
        count_matches(store,
                      (struct store_ticket_filter){.number = "A003", .day_from = FIXTURE_DAY + 2}),
        1);
}

static void pages_of_tickets_join_without_gap(void **state)
{
    struct fixture *fixture = *state;
    put_three_days(fixture->store);
    struct found all = {.count = 0};
    struct store_ticket_filter filter = {.limit = 16};
    ok(store_ticket_each(fixture->store, &filter, find, &all));
    struct found paged = {.count = 0};
    filter.limit = 5;
    for (int page = 0; page < 3; page++) {
        ok(store_ticket_each(fixture->store, &filter, find, &paged));
        memcpy(filter.after_id, paged.ids[paged.count - 1], TICKET_ID_SIZE);
    }
    assert_int_equal(paged.count, 12);
    for (int i = 0; i < 12; i++) {
        assert_string_equal(paged.ids[i], all.ids[i]);
        assert_true(i == 0 || strcmp(all.ids[i - 1], all.ids[i]) < 0);
    }
    snprintf(filter.after_id, sizeof filter.after_id, "nonsense");
    assert_int_equal(store_ticket_each(fixture->store, &filter, find, &paged), ERR_NOT_FOUND);
}

static void derived_rows_can_be_written_anew(void **state)
{
    struct fixture *fixture = *state;
    put_three_days(fixture->store);
    ok(store_begin(fixture->store));
    ok(store_ticket_delete_all(fixture->store));
    struct ticket ticket = full_ticket(5, 2);
    ok(store_ticket_put(fixture->store, &ticket));
    ok(store_commit(fixture->store));
    int64_t count = 0;
    ok(store_ticket_count(fixture->store, &count));
    assert_int_equal(count, 1);
    struct ticket back;
    ok(store_ticket_get(fixture->store, ticket.id, &back));
    assert_same_ticket(&back, &ticket);
}

/* ---- idempotency keys ---- */

static void put_answer(struct store *store, uint8_t who, const char *key, int64_t at_ms,
                       const char *body)
{
    uint8_t scope[DIGEST_SIZE];
    memset(scope, who, sizeof scope);
    struct store_answer answer = {.status = 201, .location = "/api/v1/tickets/1"};
    memset(answer.body_hash, who + 1, sizeof answer.body_hash);
    buf_init(&answer.body, 1000);
    buf_add_text(&answer.body, body);
    ok(store_answer_put(store, scope, key, at_ms, &answer));
    buf_fini(&answer.body);
}

/* The body of the answer, or "none". */
static enum err check_answer(struct store *store, uint8_t who, const char *key, const char *body)
{
    uint8_t scope[DIGEST_SIZE];
    uint8_t hash[DIGEST_SIZE];
    memset(scope, who, sizeof scope);
    memset(hash, who + 1, sizeof hash);
    struct store_answer answer = {.status = 0};
    buf_init(&answer.body, 1000);
    enum err err = store_answer_get(store, scope, key, &answer);
    if (!err) {
        assert_int_equal(answer.status, 201);
        assert_string_equal(answer.location, "/api/v1/tickets/1");
        assert_memory_equal(answer.body_hash, hash, sizeof hash);
        assert_string_equal(buf_text(&answer.body), body);
    }
    buf_fini(&answer.body);
    return err;
}

static void an_answer_belongs_to_its_caller_and_key(void **state)
{
    struct fixture *fixture = *state;
    put_answer(fixture->store, 1, "k", FIXTURE_MS, "{\"a\":1}");
    put_answer(fixture->store, 2, "k", FIXTURE_MS, "{\"a\":2}");
    put_answer(fixture->store, 1, "l", FIXTURE_MS, "");
    fixture_reopen(fixture);
    ok(check_answer(fixture->store, 1, "k", "{\"a\":1}"));
    ok(check_answer(fixture->store, 2, "k", "{\"a\":2}"));
    ok(check_answer(fixture->store, 1, "l", ""));
    assert_int_equal(check_answer(fixture->store, 2, "l", ""), ERR_NOT_FOUND);
    assert_int_equal(check_answer(fixture->store, 1, "", ""), ERR_NOT_FOUND);
}

static void an_answer_is_given_once(void **state)
{
    struct fixture *fixture = *state;
    put_answer(fixture->store, 1, "k", FIXTURE_MS, "first");
    uint8_t scope[DIGEST_SIZE];
    memset(scope, 1, sizeof scope);
    struct store_answer answer = {.status = 200};
    assert_int_equal(store_answer_put(fixture->store, scope, "k", FIXTURE_MS, &answer),
                     ERR_INTERNAL);
    ok(check_answer(fixture->store, 1, "k", "first"));
}

static void an_answer_too_long_for_its_reader_is_no_answer(void **state)
{
    struct fixture *fixture = *state;
    put_answer(fixture->store, 1, "k", FIXTURE_MS, "0123456789");
    uint8_t scope[DIGEST_SIZE];
    memset(scope, 1, sizeof scope);
    struct store_answer answer = {.status = 0};
    buf_init(&answer.body, 5);
    assert_int_equal(store_answer_get(fixture->store, scope, "k", &answer), ERR_NO_MEMORY);
    buf_fini(&answer.body);
}

static void old_answers_are_forgotten_in_portions(void **state)
{
    struct fixture *fixture = *state;
    ok(store_answer_purge(fixture->store, FIXTURE_MS));
    ok(store_begin(fixture->store));
    for (int i = 0; i < 1500; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        put_answer(fixture->store, 1, key, FIXTURE_MS + i, "x");
    }
    ok(store_commit(fixture->store));
    ok(store_answer_purge(fixture->store, FIXTURE_MS));
    ok(check_answer(fixture->store, 1, "k0", "x"));
    ok(store_answer_purge(fixture->store, FIXTURE_MS + 1400));
    assert_int_equal(check_answer(fixture->store, 1, "k999", "x"), ERR_NOT_FOUND);
    ok(check_answer(fixture->store, 1, "k1000", "x"));
    ok(store_answer_purge(fixture->store, FIXTURE_MS + 1400));
    assert_int_equal(check_answer(fixture->store, 1, "k1399", "x"), ERR_NOT_FOUND);
    ok(check_answer(fixture->store, 1, "k1400", "x"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_ticket_comes_back_as_it_was),
        TEST(a_changed_ticket_replaces_the_old_one),
        TEST(unknown_tickets_are_not_found),
        TEST(a_number_is_given_once_a_day),
        TEST(a_ticket_may_lack_a_token),
        TEST(a_slot_holds_one_ticket),
        TEST(a_window_has_one_ticket),
        TEST(the_order_inside_a_batch_does_not_matter),
        TEST(tickets_are_found_by_what_is_asked),
        TEST(pages_of_tickets_join_without_gap),
        TEST(derived_rows_can_be_written_anew),
        TEST(an_answer_belongs_to_its_caller_and_key),
        TEST(an_answer_is_given_once),
        TEST(an_answer_too_long_for_its_reader_is_no_answer),
        TEST(old_answers_are_forgotten_in_portions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
