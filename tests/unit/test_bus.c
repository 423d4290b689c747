/* test_bus: frames in order, seeking by seq among derived frames, readers that fall behind,
 * wake-ups, signs. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus.h"

static int create(void **state)
{
    *state = bus_create();
    return *state == NULL ? -1 : 0;
}

static int destroy(void **state)
{
    bus_destroy(*state);
    return 0;
}

static void publish(struct bus *bus, int64_t seq, const char *staff, const char *open)
{
    const struct bus_frame frame = {.seq = seq,
                                    .kind = "ticket.called",
                                    .staff_bytes = staff,
                                    .staff_length = strlen(staff),
                                    .public_bytes = open,
                                    .public_length = strlen(open)};
    assert_int_equal(bus_publish(bus, &frame), ERR_NONE);
}

static void expect_frame(struct bus *bus, uint64_t *position, int64_t seq)
{
    const struct bus_frame *frame = NULL;
    assert_int_equal(bus_take(bus, position, &frame), ERR_NONE);
    assert_int_equal(frame->seq, seq);
    bus_release(bus, frame);
}

static void expect_end(struct bus *bus, uint64_t *position)
{
    const struct bus_frame *frame = NULL;
    assert_int_equal(bus_take(bus, position, &frame), ERR_TIMEOUT);
}

static void delivers_in_order(void **state)
{
    struct bus *bus = *state;
    const struct bus_frame *frame = NULL;
    uint64_t position = bus_head(bus);
    expect_end(bus, &position);
    assert_int_equal(bus_last_seq(bus), 0);
    publish(bus, 5, "staff", "open");
    publish(bus, 6, "more", "");
    assert_int_equal(bus_last_seq(bus), 6);
    assert_int_equal(bus_take(bus, &position, &frame), ERR_NONE);
    assert_int_equal(frame->staff_length, 5);
    assert_memory_equal(frame->staff_bytes, "staff", 5);
    assert_int_equal(frame->public_length, 4);
    assert_memory_equal(frame->public_bytes, "open", 4);
    bus_release(bus, frame);
    expect_frame(bus, &position, 6);
    expect_end(bus, &position);
}

static void seeks_among_derived_frames(void **state)
{
    struct bus *bus = *state;
    uint64_t position = 0;
    assert_int_equal(bus_seek(bus, 0, &position), ERR_NONE);
    publish(bus, 0, "derived", "");
    publish(bus, 10, "a", "");
    publish(bus, 0, "derived", "");
    publish(bus, 0, "derived", "");
    publish(bus, 11, "b", "");
    publish(bus, 14, "c", "");
    publish(bus, 0, "derived", "");
    assert_int_equal(bus_seek(bus, 10, &position), ERR_NONE);
    expect_frame(bus, &position, 0);
    expect_frame(bus, &position, 0);
    expect_frame(bus, &position, 11);
    assert_int_equal(bus_seek(bus, 14, &position), ERR_NONE);
    expect_frame(bus, &position, 0);
    expect_end(bus, &position);
    assert_int_equal(bus_seek(bus, 9, &position), ERR_NOT_FOUND);
    assert_int_equal(bus_seek(bus, 12, &position), ERR_NOT_FOUND);
    assert_int_equal(bus_seek(bus, 15, &position), ERR_NOT_FOUND);
    assert_int_equal(bus_seek(bus, 0, &position), ERR_NOT_FOUND);
}

static void loses_who_falls_behind(void **state)
{
    struct bus *bus = *state;
    const struct bus_frame *frame = NULL;
    const struct bus_frame *kept = NULL;
    publish(bus, 1, "first", "");
    uint64_t slow = 0;
    uint64_t reading = 0;
    assert_int_equal(bus_take(bus, &reading, &kept), ERR_NONE);
    for (int64_t seq = 2; seq <= BUS_FRAME_MAX; seq++) {
        publish(bus, seq, "x", "");
    }
    assert_int_equal(bus_take(bus, &slow, &frame), ERR_NONE);
    bus_release(bus, frame);
    slow = 0;
    publish(bus, BUS_FRAME_MAX + 1, "x", "");
    assert_int_equal(bus_take(bus, &slow, &frame), ERR_GONE);
    assert_int_equal(bus_seek(bus, 1, &slow), ERR_NOT_FOUND);
    assert_int_equal(bus_seek(bus, 2, &slow), ERR_NONE);
    expect_frame(bus, &slow, 3);
    /* A frame in use outlives its place in the ring. */
    assert_memory_equal(kept->staff_bytes, "first", 5);
    bus_release(bus, kept);
}

static void newest_seq_is_found_after_it_left(void **state)
{
    struct bus *bus = *state;
    uint64_t position = 0;
    publish(bus, 7, "event", "");
    for (int i = 0; i < BUS_FRAME_MAX; i++) {
        publish(bus, 0, "derived", "");
    }
    assert_int_equal(bus_seek(bus, 7, &position), ERR_NONE);
    assert_int_equal(position, bus_head(bus));
    assert_int_equal(bus_seek(bus, 6, &position), ERR_NOT_FOUND);
}

static void wakes_listeners(void **state)
{
    struct bus *bus = *state;
    uint64_t count = 0;
    int first = bus_listen(bus);
    int second = bus_listen(bus);
    assert_true(first >= 0 && second >= 0);
    assert_int_equal(read(first, &count, sizeof count), -1);
    bus_wake(bus);
    bus_wake(bus);
    assert_int_equal(read(first, &count, sizeof count), sizeof count);
    assert_int_equal(count, 2);
    assert_int_equal(read(first, &count, sizeof count), -1);
    bus_unlisten(bus, first);
    bus_wake(bus);
    assert_int_equal(read(second, &count, sizeof count), sizeof count);
    for (int i = 1; i < BUS_LISTENER_MAX; i++) {
        assert_true(bus_listen(bus) >= 0);
    }
    assert_int_equal(bus_listen(bus), -1);
}

static void keeps_the_newest_sign(void **state)
{
    struct bus *bus = *state;
    struct board_sign sign = {.window = 3, .state = BOARD_CALLING, .number = "A012", .calls = 1};
    struct board_sign got;
    uint64_t version = 0;
    assert_int_equal(bus_get_sign(bus, 3, &got, &version), ERR_NOT_FOUND);
    assert_int_equal(bus_get_sign(bus, 0, &got, &version), ERR_NOT_FOUND);
    assert_int_equal(bus_get_sign(bus, 100000, &got, &version), ERR_NOT_FOUND);
    bus_set_sign(bus, &sign);
    assert_int_equal(bus_get_sign(bus, 3, &got, &version), ERR_NONE);
    assert_int_equal(version, 1);
    assert_string_equal(got.number, "A012");
    bus_set_sign(bus, &sign);
    assert_int_equal(bus_get_sign(bus, 3, &got, &version), ERR_NONE);
    assert_int_equal(version, 1);
    sign.calls = 2;
    bus_set_sign(bus, &sign);
    assert_int_equal(bus_get_sign(bus, 3, &got, &version), ERR_NONE);
    assert_int_equal(version, 2);
    assert_int_equal(got.calls, 2);
    assert_int_equal(bus_get_sign(bus, 4, &got, &version), ERR_NOT_FOUND);
}

static void keeps_calls_by_zone(void **state)
{
    struct bus *bus = *state;
    struct board_call calls[BOARD_CALL_MAX] = {{.number = "A001", .window = 1},
                                               {.number = "B002", .window = 2}};
    struct board_call got[BOARD_CALL_MAX];
    uint64_t version = 9;
    assert_int_equal(bus_get_calls(bus, -1, got, &version), 0);
    assert_int_equal(version, 0);
    bus_set_calls(bus, -1, calls, 2);
    bus_set_calls(bus, 0, calls, 1);
    bus_set_calls(bus, 0, calls, 1);
    assert_int_equal(bus_get_calls(bus, -1, got, &version), 2);
    assert_string_equal(got[1].number, "B002");
    assert_int_equal(bus_get_calls(bus, 0, got, &version), 1);
    assert_int_equal(version, 1);
    bus_set_calls(bus, 0, calls, 0);
    assert_int_equal(bus_get_calls(bus, 0, got, &version), 0);
    assert_int_equal(version, 2);
}

static void keeps_virtual_displays(void **state)
{
    struct bus *bus = *state;
    struct bus_sim sim = {
        .name = "led1", .driver = "dump", .window = 1, .length = 2, .bytes = "ab"};
    static struct bus_sim got[BUS_SIM_MAX];
    bus_set_sim(bus, &sim);
    memcpy(sim.bytes, "cd", 2);
    bus_set_sim(bus, &sim);
    for (int i = 0; i < BUS_SIM_MAX + 5; i++) {
        (void)snprintf(sim.name, sizeof sim.name, "other%d", i);
        bus_set_sim(bus, &sim);
    }
    assert_int_equal(bus_get_sims(bus, got, BUS_SIM_MAX), BUS_SIM_MAX);
    assert_string_equal(got[0].name, "led1");
    assert_int_equal(got[0].frames, 2);
    assert_memory_equal(got[0].bytes, "cd", 2);
    assert_true(got[1].version > got[0].version);
    assert_int_equal(bus_get_sims(bus, got, 1), 1);
    bus_clear_sims(bus);
    assert_int_equal(bus_get_sims(bus, got, BUS_SIM_MAX), 0);
}

#define STREAMED 20000

static void keeps_what_pads_are_told(void **state)
{
    struct bus *bus = *state;
    struct bus_pad pad = {.window = 0};
    uint64_t first = 0;
    uint64_t version = 0;
    assert_int_equal(bus_get_pad(bus, 3, &pad, &first), ERR_NOT_FOUND);
    bus_set_pad(bus, &(struct bus_pad){.window = 3, .waiting = 7});
    assert_int_equal(bus_get_pad(bus, 3, &pad, &first), ERR_NONE);
    assert_int_equal(pad.waiting, 7);
    bus_set_pad(bus, &(struct bus_pad){.window = 3, .waiting = 7}); /* no change, no news */
    assert_int_equal(bus_get_pad(bus, 3, &pad, &version), ERR_NONE);
    assert_int_equal(version, first);
    bus_set_pad(bus, &(struct bus_pad){.window = 3, .waiting = 7, .asked = 9});
    assert_int_equal(bus_get_pad(bus, 3, &pad, &version), ERR_NONE);
    assert_true(version > first);
}

static void press_of(struct bus *bus, int keypad, int64_t n)
{
    struct press_answer answer = {.n = n};
    (void)snprintf(answer.device, sizeof answer.device, "key%d", keypad);
    bus_set_press(bus, &answer);
}

static void keeps_the_newest_press_of_a_keypad(void **state)
{
    struct bus *bus = *state;
    struct press_answer answer;
    uint64_t version = 0;
    assert_int_equal(bus_get_press(bus, "key0", &answer, &version), ERR_NOT_FOUND);
    for (int i = 0; i < BUS_PRESS_MAX; i++) {
        press_of(bus, i, 1);
    }
    press_of(bus, 0, 2);
    assert_int_equal(bus_get_press(bus, "key0", &answer, &version), ERR_NONE);
    assert_int_equal(answer.n, 2);
    press_of(bus, BUS_PRESS_MAX, 1); /* takes the place of who was silent for longest */
    assert_int_equal(bus_get_press(bus, "key1", &answer, &version), ERR_NOT_FOUND);
    assert_int_equal(bus_get_press(bus, "key0", &answer, &version), ERR_NONE);
    assert_int_equal(bus_get_press(bus, "key2", &answer, &version), ERR_NONE);
}

static void *publish_all(void *context)
{
    for (int64_t seq = 1; seq <= STREAMED; seq++) {
        char text[32];
        (void)snprintf(text, sizeof text, "%lld", (long long)seq);
        publish(context, seq, text, "");
    }
    return NULL;
}

static void reads_while_another_publishes(void **state)
{
    struct bus *bus = *state;
    pthread_t thread;
    uint64_t position = 0;
    int64_t last = 0;
    assert_int_equal(pthread_create(&thread, NULL, publish_all, bus), 0);
    while (last < STREAMED) {
        const struct bus_frame *frame = NULL;
        enum err err = bus_take(bus, &position, &frame);
        if (err == ERR_GONE) {
            position = bus_head(bus);
            last = bus_last_seq(bus);
            continue;
        }
        if (err == ERR_NONE) {
            char text[32];
            int length = snprintf(text, sizeof text, "%lld", (long long)frame->seq);
            assert_int_equal(frame->staff_length, length);
            assert_memory_equal(frame->staff_bytes, text, (size_t)length);
            last = frame->seq;
            bus_release(bus, frame);
        }
    }
    (void)pthread_join(thread, NULL);
}

static void keeps_the_notices_and_the_rows_of_a_zone(void **state)
{
    struct bus *bus = *state;
    const struct board_notice notices[] = {{.zh = "请排队", .en = ""}, {.zh = "", .en = "Queue"}};
    struct board_row rows[] = {{.zh = "a"}, {.zh = "b"}, {.zh = "c"}};
    struct board_row got[2];
    char text[BOARD_NOTICE_SIZE];
    uint64_t version = 9;
    assert_int_equal(bus_get_notice(bus, 0, false, text, &version), 0);
    assert_string_equal(text, "");
    assert_int_equal(version, 0);
    bus_set_notices(bus, notices, 2);
    bus_set_notices(bus, notices, 2);
    assert_int_equal(bus_get_notice(bus, 0, false, text, &version), 2);
    assert_string_equal(text, "请排队");
    assert_int_equal(version, 1); /* the second time brought nothing new */
    (void)bus_get_notice(bus, 1, true, text, &version);
    assert_string_equal(text, "Queue");
    bus_set_notices(bus, notices, 1);
    assert_int_equal(bus_get_notice(bus, 1, true, text, &version), 1);
    assert_string_equal(text, "");
    assert_int_equal(version, 2);
    bus_set_rows(bus, 3, rows, 3);
    assert_int_equal(bus_get_rows(bus, -1, 0, got, 2, &version), 0);
    assert_int_equal(version, 0);
    assert_int_equal(bus_get_rows(bus, 3, 1, got, 2, &version), 3);
    assert_string_equal(got[0].zh, "b");
    assert_string_equal(got[1].zh, "c");
    bus_set_rows(bus, 3, rows, 3);
    (void)bus_get_rows(bus, 3, 0, got, 2, &version);
    assert_int_equal(version, 1);
    (void)snprintf(rows[2].en, sizeof rows[2].en, "d");
    bus_set_rows(bus, 3, rows, 3);
    (void)bus_get_rows(bus, 3, 0, got, 2, &version);
    assert_int_equal(version, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(delivers_in_order, create, destroy),
        cmocka_unit_test_setup_teardown(seeks_among_derived_frames, create, destroy),
        cmocka_unit_test_setup_teardown(loses_who_falls_behind, create, destroy),
        cmocka_unit_test_setup_teardown(newest_seq_is_found_after_it_left, create, destroy),
        cmocka_unit_test_setup_teardown(wakes_listeners, create, destroy),
        cmocka_unit_test_setup_teardown(keeps_the_newest_sign, create, destroy),
        cmocka_unit_test_setup_teardown(keeps_calls_by_zone, create, destroy),
        cmocka_unit_test_setup_teardown(keeps_virtual_displays, create, destroy),
        cmocka_unit_test_setup_teardown(keeps_what_pads_are_told, create, destroy),
        cmocka_unit_test_setup_teardown(keeps_the_newest_press_of_a_keypad, create, destroy),
        cmocka_unit_test_setup_teardown(keeps_the_notices_and_the_rows_of_a_zone, create, destroy),
        cmocka_unit_test_setup_teardown(reads_while_another_publishes, create, destroy),
    };
    return cmocka_run_group_tests_name("bus", tests, NULL, NULL);
}
