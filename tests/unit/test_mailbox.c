/* test_mailbox: order, bounds, closing, time-outs, and many threads putting at once. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "mailbox.h"

#define SENDERS 4
#define EACH 5000

static void keeps_order_and_bound(void **state)
{
    (void)state;
    int things[4];
    void *got[4] = {NULL};
    struct mailbox *mailbox = mailbox_create(3);
    assert_non_null(mailbox);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mailbox_put(mailbox, &things[i]), ERR_NONE);
    }
    assert_int_equal(mailbox_put(mailbox, &things[3]), ERR_BUSY);
    assert_int_equal(mailbox_take(mailbox, got, 2, 0), 2);
    assert_ptr_equal(got[0], &things[0]);
    assert_ptr_equal(got[1], &things[1]);
    assert_int_equal(mailbox_put(mailbox, &things[3]), ERR_NONE);
    assert_int_equal(mailbox_take(mailbox, got, 4, INT64_MAX), 2);
    assert_ptr_equal(got[0], &things[2]);
    assert_ptr_equal(got[1], &things[3]);
    mailbox_destroy(mailbox);
}

static void waits_until_the_time(void **state)
{
    (void)state;
    void *got[1];
    struct mailbox *mailbox = mailbox_create(1);
    assert_int_equal(mailbox_take(mailbox, got, 1, 0), 0);
    int64_t until = clock_mono_ms() + 30;
    assert_int_equal(mailbox_take(mailbox, got, 1, until), 0);
    assert_true(clock_mono_ms() >= until);
    mailbox_destroy(mailbox);
}

static void drains_after_closing(void **state)
{
    (void)state;
    int thing;
    void *got[2];
    struct mailbox *mailbox = mailbox_create(2);
    assert_int_equal(mailbox_put(mailbox, &thing), ERR_NONE);
    assert_false(mailbox_is_closed(mailbox));
    mailbox_close(mailbox);
    assert_false(mailbox_is_closed(mailbox)); /* one still waits */
    assert_int_equal(mailbox_put(mailbox, &thing), ERR_STARTING);
    assert_int_equal(mailbox_take(mailbox, got, 2, INT64_MAX), 1);
    assert_true(mailbox_is_closed(mailbox));
    assert_int_equal(mailbox_take(mailbox, got, 2, INT64_MAX), 0);
    mailbox_destroy(mailbox);
}

struct sender {
    struct mailbox *mailbox;
    int items[EACH];
};

static void *send_all(void *context)
{
    struct sender *sender = context;
    for (int i = 0; i < EACH; i++) {
        sender->items[i] = i;
        while (mailbox_put(sender->mailbox, &sender->items[i]) == ERR_BUSY) {
            (void)sched_yield();
        }
    }
    return NULL;
}

static void takes_everything_from_many(void **state)
{
    (void)state;
    static struct sender senders[SENDERS];
    pthread_t threads[SENDERS];
    int next[SENDERS] = {0};
    void *got[64];
    int total = 0;
    struct mailbox *mailbox = mailbox_create(100);
    for (int i = 0; i < SENDERS; i++) {
        senders[i].mailbox = mailbox;
        assert_int_equal(pthread_create(&threads[i], NULL, send_all, &senders[i]), 0);
    }
    while (total < SENDERS * EACH) {
        size_t count = mailbox_take(mailbox, got, 64, INT64_MAX);
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            const int *item = got[i];
            int from = 0;
            while (item < senders[from].items || item >= senders[from].items + EACH) {
                from++;
            }
            /* Each sender's items come in its order, none twice and none lost. */
            assert_int_equal(*item, next[from]);
            next[from]++;
        }
        total += (int)count;
    }
    for (int i = 0; i < SENDERS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    mailbox_destroy(mailbox);
}

static void *close_it(void *context)
{
    mailbox_close(context);
    return NULL;
}

static void closing_wakes_the_receiver(void **state)
{
    (void)state;
    void *got[1];
    pthread_t thread;
    struct mailbox *mailbox = mailbox_create(1);
    assert_int_equal(pthread_create(&thread, NULL, close_it, mailbox), 0);
    assert_int_equal(mailbox_take(mailbox, got, 1, INT64_MAX), 0);
    (void)pthread_join(thread, NULL);
    mailbox_destroy(mailbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order_and_bound),      cmocka_unit_test(waits_until_the_time),
        cmocka_unit_test(drains_after_closing),       cmocka_unit_test(takes_everything_from_many),
        cmocka_unit_test(closing_wakes_the_receiver),
    };
    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
