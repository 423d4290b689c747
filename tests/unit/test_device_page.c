/* test_device_page: what signs show in turn, by a clock of our own: pauses, walls with notices,
 * welcome signs. The readable driver tells what is shown; stays are by the stated reading speeds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../src/device/device_internal.h"

struct stage {
    struct bus *bus;
    struct device_sign sign;
    int64_t now_ms;
};

static int setup(void **state)
{
    static struct stage stage;

    memset(&stage, 0, sizeof stage);
    stage.bus = bus_create();
    stage.now_ms = 1000;
    *state = &stage;
    return stage.bus == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    struct stage *stage = *state;

    bus_destroy(stage->bus);
    return 0;
}

static void start(struct stage *stage, const struct wire_display *display)
{
    device_sign_init(&stage->sign, display, -1, true);
    assert_null(stage->sign.fault);
}

/* What has become due by then is written, and acknowledged. The most urgent of it. */
static enum device_job run_until(struct stage *stage, int64_t now_ms)
{
    enum device_job first = DEVICE_JOB_NONE;
    int64_t due_ms = 0;

    stage->now_ms = now_ms;
    device_sign_update(&stage->sign, stage->bus, now_ms);
    for (int i = 0; i < 10; i++) {
        enum device_job job = device_sign_due(&stage->sign, now_ms, &due_ms);
        if (job == DEVICE_JOB_NONE) {
            assert_true(due_ms > now_ms); /* else the worker would spin */
            return first;
        }
        first = job < first ? job : first;
        device_sign_result(&stage->sign, DEVICE_OUTCOME_OK, device_sign_frame(&stage->sign, now_ms),
                           false, now_ms);
    }
    fail_msg("never at rest");
    return first;
}

/* When the sign changes by itself, which is no refresh. */
static int64_t next_turn(const struct stage *stage)
{
    return device_pages_next_ms(&stage->sign.pages);
}

/* The rows on show, separated by '|': texts, and calls as NUMBER>WINDOW. */
static const char *shown(const struct stage *stage)
{
    static char rows[1024];
    char frame[DEVICE_FRAME_MAX + 1];
    char *save = NULL;

    assert_true(stage->sign.known);
    memcpy(frame, stage->sign.lit.bytes, stage->sign.lit.length);
    frame[stage->sign.lit.length] = '\0';
    rows[0] = '\0';
    for (char *line = strtok_r(frame, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        size_t end = strlen(rows);
        const char *text = strstr(line, " line=");
        const char *number = strstr(line, " number=");
        const char *window = strstr(line, " window=");
        if (text != NULL) {
            (void)snprintf(rows + end, sizeof rows - end, "|%s", text + 6);
        } else if (number != NULL && window != NULL) {
            (void)snprintf(rows + end, sizeof rows - end, "|%s>%c", number + 8, window[8]);
        }
    }
    return rows[0] == '|' ? rows + 1 : rows;
}

static bool has_bytes(const struct stage *stage, const char *bytes)
{
    size_t length = strlen(bytes);

    for (size_t i = 0; i + length <= stage->sign.lit.length; i++) {
        if (memcmp(stage->sign.lit.bytes + i, bytes, length) == 0) {
            return true;
        }
    }
    return false;
}

static void pause_window(struct stage *stage, const char *reason)
{
    /* 13:30 in a hall eight hours east of Greenwich: 05:30 there, of any day. */
    struct board_sign board = {.window = 3, .state = BOARD_PAUSED};

    wire_sign_words(&board, reason, INT64_C(19800000), 8 * 3600);
    bus_set_sign(stage->bus, &board);
}

static void a_wide_sign_says_all_of_a_pause_at_once(void **state)
{
    struct stage *stage = *state;

    start(stage, &(struct wire_display){.driver = "dump", .window = 3});
    pause_window(stage, "午餐");
    run_until(stage, 1000);
    assert_string_equal(shown(stage), "暂停服务 午餐 至13:30");
    assert_true(next_turn(stage) == INT64_MAX);
}

static void a_narrow_sign_turns_the_pages_of_a_pause(void **state)
{
    struct stage *stage = *state;

    start(stage, &(struct wire_display){.driver = "dump", .window = 3, .columns = 8});
    pause_window(stage, "午餐");
    run_until(stage, 1000);
    assert_string_equal(shown(stage), "暂停服务");
    assert_int_equal(next_turn(stage), 4000); /* four characters: the shortest stay */
    run_until(stage, 3999);
    assert_string_equal(shown(stage), "暂停服务");
    assert_int_equal(run_until(stage, 4000), DEVICE_JOB_CHANGE);
    assert_string_equal(shown(stage), "午餐");
    run_until(stage, 7000);
    assert_string_equal(shown(stage), "至13:30");
    run_until(stage, 10000);
    assert_string_equal(shown(stage), "暂停服务");
}

static void a_window_without_a_number_says_whether_it_is_served(void **state)
{
    struct stage *stage = *state;
    struct board_sign board = {.window = 3, .state = BOARD_IDLE};

    start(stage, &(struct wire_display){.driver = "dump", .window = 3});
    wire_sign_words(&board, "", 0, 0);
    bus_set_sign(stage->bus, &board);
    run_until(stage, 1000);
    assert_string_equal(shown(stage), "空闲");
    board = (struct board_sign){.window = 3, .state = BOARD_CLOSED};
    wire_sign_words(&board, "", 0, 0);
    bus_set_sign(stage->bus, &board);
    run_until(stage, 2000);
    assert_string_equal(shown(stage), "暂停服务");
    board = (struct board_sign){.window = 3, .state = BOARD_CALLING, .number = "A012", .calls = 1};
    wire_sign_words(&board, "", 0, 0);
    bus_set_sign(stage->bus, &board);
    assert_int_equal(run_until(stage, 3000), DEVICE_JOB_CALL);
    assert_string_equal(shown(stage), "A012");
    board = (struct board_sign){.window = 3, .state = BOARD_CLOSED}; /* the hall is closed */
    bus_set_sign(stage->bus, &board);
    run_until(stage, 4000);
    assert_string_equal(shown(stage), "");
}

static void a_sign_without_chinese_says_pauses_in_english(void **state)
{
    struct stage *stage = *state;
    struct board_sign board = {.window = 3, .state = BOARD_PAUSED};

    wire_sign_words(&board, "午餐", INT64_C(19800000), 8 * 3600);
    assert_string_equal(board.text_en, "PAUSED");
    assert_string_equal(board.detail_en, "to 13:30"); /* it has no characters for the reason */
    wire_sign_words(&board, "Lunch", 0, 8 * 3600);
    assert_string_equal(board.detail_en, "Lunch");
    assert_string_equal(board.detail_zh, "Lunch");
    wire_sign_words(&board, "", 0, 8 * 3600);
    assert_string_equal(board.detail_zh, "");
    bus_set_sign(stage->bus, &board);
    start(stage, &(struct wire_display){.driver = "alpha", .window = 3, .address = 1});
    run_until(stage, 1000);
    assert_true(has_bytes(stage, "PAUSED"));
}

/* Not of GB2312: the reason is left out, and that is a fault of the sign that is told. */
static void a_reason_that_a_sign_cannot_show_is_left_out(void **state)
{
    struct stage *stage = *state;

    start(stage,
          &(struct wire_display){.driver = "onbon", .window = 3, .address = 1, .columns = 40});
    pause_window(stage, "☂");
    run_until(stage, 1000);
    assert_int_equal(stage->sign.unshown, ERR_UNSHOWABLE);
    assert_true(has_bytes(stage, "\xd4\xdd\xcd\xa3\xb7\xfe\xce\xf1")); /* 暂停服务 in GB2312 */
    pause_window(stage, "午餐");
    run_until(stage, 2000);
    assert_int_equal(stage->sign.unshown, ERR_NONE);
}

static void set_notices(struct stage *stage, const char *first, const char *second)
{
    struct board_notice notices[] = {{.zh = first, .en = ""},
                                     {.zh = second, .en = "Take a number"}};

    bus_set_notices(stage->bus, notices, second[0] != '\0' ? 2 : first[0] != '\0' ? 1 : 0);
}

static void set_call(struct stage *stage, const char *number, enum ticket_state ticket)
{
    struct board_call calls[] = {{.window = 2, .state = ticket, .calls = 1, .at_ms = stage->now_ms},
                                 {.number = "A001", .window = 1, .state = TICKET_SERVING},
                                 {.number = "A000", .window = 4, .state = TICKET_SERVING}};

    (void)snprintf(calls[0].number, sizeof calls[0].number, "%s", number);
    bus_set_calls(stage->bus, -1, calls, 3);
}

static void a_wall_gives_its_last_row_to_notices(void **state)
{
    struct stage *stage = *state;

    start(stage, &(struct wire_display){.driver = "dump", .zone = "*", .rows = 3, .notices = true});
    set_call(stage, "A002", TICKET_SERVING);
    set_notices(stage, "听到叫号后请到对应窗口办理，过号请到服务台", "请排队");
    run_until(stage, 1000);
    assert_string_equal(shown(stage), "A002>2|A001>1|听到叫号后请到对应窗口办理，过号请到服务");
    /* Forty columns hold twenty wide characters: 200 ms each. */
    assert_int_equal(next_turn(stage), 1000 + 4000);
    run_until(stage, 5000);
    assert_string_equal(shown(stage), "A002>2|A001>1|台");
    run_until(stage, 8000);
    assert_string_equal(shown(stage), "A002>2|A001>1|请排队");
    /* A call does not wait for the notice's time. */
    set_call(stage, "B007", TICKET_CALLED);
    assert_int_equal(run_until(stage, 8001), DEVICE_JOB_CALL);
    assert_string_equal(shown(stage), "B007>2|A001>1|请排队");
    assert_int_equal(next_turn(stage), 11000);
    /* The last one goes: its row is empty, and is looked at again. */
    set_notices(stage, "", "");
    run_until(stage, 11000);
    assert_string_equal(shown(stage), "B007>2|A001>1");
    set_notices(stage, "请排队", "");
    run_until(stage, next_turn(stage));
    assert_string_equal(shown(stage), "B007>2|A001>1|请排队");
}

static void a_call_takes_the_only_row_from_a_notice(void **state)
{
    struct stage *stage = *state;

    start(stage, &(struct wire_display){
                     .driver = "dump", .zone = "*", .rows = 1, .notices = true, .columns = 10});
    set_call(stage, "A002", TICKET_SERVING);
    set_notices(stage, "请到窗口办理业务", "请排队");
    run_until(stage, 1000);
    assert_string_equal(shown(stage), "A002>2");
    run_until(stage, 4000);
    assert_string_equal(shown(stage), "请到窗口办");
    run_until(stage, 7000);
    assert_string_equal(shown(stage), "理业务");
    run_until(stage, 10000);
    assert_string_equal(shown(stage), "A002>2"); /* a round of its own after each notice */
    run_until(stage, 13000);
    assert_string_equal(shown(stage), "请排队");
    set_call(stage, "A003", TICKET_CALLED);
    assert_int_equal(run_until(stage, 13500), DEVICE_JOB_CALL);
    assert_string_equal(shown(stage), "A003>2");
    for (int64_t ms = 14000; ms < 60000; ms += 500) {
        run_until(stage, ms);
        assert_string_equal(shown(stage), "A003>2"); /* as long as nobody came */
    }
    set_call(stage, "A003", TICKET_SERVING);
    run_until(stage, 60000);
    assert_string_equal(shown(stage), "A003>2");
    run_until(stage, next_turn(stage));
    assert_string_equal(shown(stage), "请排队");
}

static void a_notice_that_a_sign_cannot_show_is_left_out(void **state)
{
    struct stage *stage = *state;

    start(stage, &(struct wire_display){.driver = "onbon",
                                        .zone = "*",
                                        .rows = 2,
                                        .notices = true,
                                        .address = 1,
                                        .columns = 16});
    set_call(stage, "A002", TICKET_SERVING);
    set_notices(stage, "☂雨天路滑", "请排队");
    for (int64_t ms = 1000; ms < 20000; ms += 1000) {
        run_until(stage, ms);
        assert_int_equal(stage->sign.unshown, ERR_UNSHOWABLE);
        assert_true(has_bytes(stage, "\xc7\xeb\xc5\xc5\xb6\xd3")); /* 请排队 */
        assert_true(has_bytes(stage, "A002"));
    }
    set_notices(stage, "雨天路滑", "请排队");
    run_until(stage, 30000);
    assert_int_equal(stage->sign.unshown, ERR_NONE);
}

static void a_latin_sign_shows_english_notices_alone(void **state)
{
    struct stage *stage = *state;

    start(stage,
          &(struct wire_display){.driver = "alpha", .zone = "*", .notices = true, .address = 1});
    bus_set_calls(stage->bus, -1, NULL, 0);
    set_notices(stage, "请到窗口办理业务", "请排队");
    run_until(stage, 1000);
    run_until(stage, 4000);
    assert_true(has_bytes(stage, "Take a number"));
    for (int64_t ms = 5000; ms < 20000; ms += 1000) {
        run_until(stage, ms);
        assert_int_equal(stage->sign.unshown, ERR_NONE);
    }
}

static void set_rows(struct stage *stage, int count, int waiting)
{
    struct board_row rows[8] = {{.zh = ""}};

    for (int i = 0; i < count; i++) {
        (void)snprintf(rows[i].zh, sizeof rows[i].zh, "业务%d 等候%d", i, waiting);
    }
    bus_set_rows(stage->bus, -1, rows, count);
}

static void a_welcome_sign_turns_through_the_services(void **state)
{
    struct stage *stage = *state;

    start(stage, &(struct wire_display){.driver = "dump", .zone = "*", .rows = 2, .welcome = true});
    set_rows(stage, 5, 7);
    run_until(stage, 1000);
    assert_string_equal(shown(stage), "业务0 等候7|业务1 等候7");
    int64_t turn_ms = next_turn(stage);
    /* Two rows with four wide and three narrow characters each. */
    assert_int_equal(turn_ms, 1000 + 3000);
    set_rows(stage, 5, 8);
    run_until(stage, 2000);
    assert_string_equal(shown(stage), "业务0 等候8|业务1 等候8");
    assert_int_equal(next_turn(stage), turn_ms); /* new counts do not hold a page up */
    run_until(stage, 4000);
    assert_string_equal(shown(stage), "业务2 等候8|业务3 等候8");
    run_until(stage, 7000);
    assert_string_equal(shown(stage), "业务4 等候8");
    set_rows(stage, 2, 0); /* that page is gone */
    run_until(stage, 7100);
    assert_string_equal(shown(stage), "业务0 等候0|业务1 等候0");
    assert_true(next_turn(stage) == INT64_MAX);
    set_rows(stage, 0, 0);
    run_until(stage, 7200);
    assert_string_equal(shown(stage), "");
}

static void notices_and_welcome_need_letters(void **state)
{
    struct device_sign sign;
    (void)state;

    device_sign_init(
        &sign,
        &(struct wire_display){.driver = "modbus", .zone = "*", .welcome = true, .address = 1}, -1,
        true);
    assert_non_null(sign.fault);
    device_sign_init(&sign, &(struct wire_display){.driver = "led8", .zone = "*", .notices = true},
                     -1, true);
    assert_non_null(sign.fault);
}

int main(void)
{
#define PAGE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        PAGE_TEST(a_wide_sign_says_all_of_a_pause_at_once),
        PAGE_TEST(a_narrow_sign_turns_the_pages_of_a_pause),
        PAGE_TEST(a_window_without_a_number_says_whether_it_is_served),
        PAGE_TEST(a_sign_without_chinese_says_pauses_in_english),
        PAGE_TEST(a_reason_that_a_sign_cannot_show_is_left_out),
        PAGE_TEST(a_wall_gives_its_last_row_to_notices),
        PAGE_TEST(a_call_takes_the_only_row_from_a_notice),
        PAGE_TEST(a_notice_that_a_sign_cannot_show_is_left_out),
        PAGE_TEST(a_latin_sign_shows_english_notices_alone),
        PAGE_TEST(a_welcome_sign_turns_through_the_services),
        PAGE_TEST(notices_and_welcome_need_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
