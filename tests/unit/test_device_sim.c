/* test_device_sim: what simulated signs understand of our own frames, answer and tell, on a virtual
 * clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "device.h"
#include "device_sim.h"

struct line {
    struct device_sim *sim;
    const struct device_driver *driver;
    struct wire_display display;
    uint8_t sent[DEVICE_FRAME_MAX];
    size_t sent_length;
    uint8_t got[DEVICE_FRAME_MAX];
    size_t got_length;
    int64_t now_ms;
};

static void open_line(struct line *line, const struct device_sim_options *options, int address)
{
    memset(line, 0, sizeof *line);
    line->driver = device_find_driver(options->driver);
    line->display.address = address;
    line->display.window = 7;
    line->now_ms = 1000;
    assert_int_equal(device_sim_create(options, &line->sim), ERR_NONE);
}

static void set_option(struct line *line, const char *key, const char *value)
{
    struct wire_option *option = &line->display.options[line->display.option_count++];

    (void)snprintf(option->key, sizeof option->key, "%s", key);
    (void)snprintf(option->value, sizeof option->value, "%s", value);
}

/* What is sent back up to now. */
static void collect(struct line *line)
{
    line->got_length += device_sim_send(line->sim, line->now_ms, line->got + line->got_length,
                                        sizeof line->got - line->got_length);
}

static void send_content(struct line *line, const struct device_content *content)
{
    assert_int_equal(line->driver->encode(&line->display, content, line->sent, sizeof line->sent,
                                          &line->sent_length),
                     ERR_NONE);
    line->got_length = 0;
    for (size_t i = 0; i < line->sent_length; i++) { /* split as badly as can be */
        device_sim_take(line->sim, &line->sent[i], 1, line->now_ms);
    }
    line->now_ms += 20; /* the silence after it */
}

static void send_number(struct line *line, enum board_state state, const char *number)
{
    struct device_content content = {.sign = {.window = 7, .state = state}};

    (void)snprintf(content.sign.number, sizeof content.sign.number, "%s", number);
    content.blank = number[0] == '\0';
    send_content(line, &content);
}

/* Answers that this test does not look at. */
static void drop_answers(struct line *line)
{
    uint8_t bytes[DEVICE_FRAME_MAX];

    while (device_sim_send(line->sim, line->now_ms, bytes, sizeof bytes) > 0) {
        continue;
    }
}

static void expect_line(struct line *line, const char *expected)
{
    char text[DEVICE_SIM_LINE_SIZE] = "";

    if (!device_sim_line(line->sim, line->now_ms, text)) {
        (void)snprintf(text, sizeof text, "nothing");
    }
    assert_string_equal(text, expected);
}

static enum device_answer judge(struct line *line)
{
    collect(line);
    return line->driver->judge(line->sent, line->sent_length, line->got, line->got_length);
}

static void a_modbus_sign_answers_and_tells(void **state)
{
    static const char *const modes[] = {"text", "segments", "number"};
    static const char *const shown[] = {"3 A012", "3 A012", "3 12"};
    const struct device_sim_options options = {.driver = "modbus"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct line line;
        open_line(&line, &options, 3);
        set_option(&line, "mode", modes[i]);
        send_number(&line, BOARD_SERVING, "A012");
        expect_line(&line, shown[i]);
        expect_line(&line, "nothing");
        assert_int_equal(judge(&line), DEVICE_ANSWER_OK);
        send_number(&line, BOARD_SERVING, "A012");
        expect_line(&line, "nothing"); /* a refresh is no change */
        device_sim_destroy(line.sim);
    }
}

static void a_blink_is_a_call(void **state)
{
    const struct device_sim_options options = {.driver = "modbus"};
    struct line line;

    (void)state;
    open_line(&line, &options, 3);
    send_number(&line, BOARD_IDLE, "");
    expect_line(&line, "3 dark");
    send_number(&line, BOARD_CALLING, "A012");
    expect_line(&line, "3 A012");
    for (int i = 0; i < 3; i++) {
        line.now_ms += 480;
        send_number(&line, BOARD_CALLING, "");
        expect_line(&line, "nothing");
        line.now_ms += 480;
        send_number(&line, BOARD_CALLING, "A012");
        expect_line(&line, i == 0 ? "3 A012 calling" : "nothing");
    }
    drop_answers(&line);
    assert_true(device_sim_due_ms(line.sim) > line.now_ms);
    line.now_ms = device_sim_due_ms(line.sim);
    expect_line(&line, "3 A012");
    assert_true(device_sim_due_ms(line.sim) == INT64_MAX);
    send_number(&line, BOARD_IDLE, "");
    drop_answers(&line);
    expect_line(&line, "nothing");
    line.now_ms = device_sim_due_ms(line.sim);
    expect_line(&line, "3 dark");
    device_sim_destroy(line.sim);
}

static void an_onbon_controller_answers_and_tells(void **state)
{
    const struct device_sim_options options = {.driver = "onbon"};
    struct device_content content = {.sign = {.window = 7, .state = BOARD_CALLING}};
    struct line line;

    (void)state;
    open_line(&line, &options, 1);
    set_option(&line, "font_zh", "2");
    set_option(&line, "colour", "1");
    (void)snprintf(content.sign.text_zh, sizeof content.sign.text_zh, "A012请到收费处");
    send_content(&line, &content);
    expect_line(&line, "1 A012请到收费处");
    assert_int_equal(judge(&line), DEVICE_ANSWER_OK);
    content.blank = true;
    content.sign.state = BOARD_CLOSED;
    content.sign.text_zh[0] = '\0';
    send_content(&line, &content);
    line.now_ms += 2000;
    expect_line(&line, "1 dark");
    assert_int_equal(
        line.driver->ping(&line.display, line.sent, sizeof line.sent, &line.sent_length), ERR_NONE);
    drop_answers(&line);
    line.got_length = 0;
    device_sim_take(line.sim, line.sent, line.sent_length, line.now_ms);
    assert_int_equal(judge(&line), DEVICE_ANSWER_OK);
    expect_line(&line, "nothing");
    device_sim_destroy(line.sim);
}

static void what_never_answers_is_told(void **state)
{
    static const struct {
        const char *driver, *shown;
    } rows[] = {
        {"dump", "3 A012 calling"},
        {"kanban", "3 12"},
        {"qsystem", "3 A012"},
        {"led8", "0 QA012 [1b51413031320d]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct device_sim_options options = {.driver = rows[i].driver};
        struct line line;
        open_line(&line, &options, 3);
        send_number(&line, BOARD_CALLING, "A012");
        expect_line(&line, rows[i].shown);
        collect(&line);
        assert_int_equal(line.got_length, 0);
        device_sim_destroy(line.sim);
    }
}

static void a_wall_is_told_row_by_row(void **state)
{
    const struct device_sim_options options = {.driver = "dump"};
    struct device_content content = {
        .call_count = 2,
        .calls = {{.number = "A012", .window = 3}, {.number = "B007", .window = 2}}};
    struct line line;

    (void)state;
    open_line(&line, &options, 9);
    line.display.window = 0;
    line.display.rows = 2;
    send_content(&line, &content);
    expect_line(&line, "9.1 A012 window 3");
    expect_line(&line, "9.2 B007 window 2");
    device_sim_destroy(line.sim);
}

static void only_its_addresses_answer_and_after_the_delay(void **state)
{
    const struct device_sim_options options = {
        .driver = "modbus", .addresses = {3}, .address_count = 1, .delay_ms = 100};
    struct line line;

    (void)state;
    open_line(&line, &options, 4);
    send_number(&line, BOARD_SERVING, "A012");
    line.now_ms += 200;
    assert_int_equal(judge(&line), DEVICE_ANSWER_MORE);
    expect_line(&line, "nothing");
    line.display.address = 3;
    send_number(&line, BOARD_SERVING, "A012");
    assert_int_equal(judge(&line), DEVICE_ANSWER_MORE);
    line.now_ms = device_sim_due_ms(line.sim);
    assert_int_equal(judge(&line), DEVICE_ANSWER_OK);
    send_number(&line, BOARD_SERVING, "A013");
    device_sim_cut(line.sim); /* the answer was on its way */
    line.now_ms += 200;
    assert_int_equal(judge(&line), DEVICE_ANSWER_MORE);
    device_sim_destroy(line.sim);
}

static void a_refusing_sign_shows_nothing(void **state)
{
    static const char *const drivers[] = {"modbus", "onbon"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        const struct device_sim_options options = {.driver = drivers[i], .refuse = true};
        struct line line;
        open_line(&line, &options, 3);
        send_number(&line, BOARD_SERVING, "A012");
        expect_line(&line, "nothing");
        assert_int_equal(judge(&line), DEVICE_ANSWER_REFUSED);
        device_sim_destroy(line.sim);
    }
}

/* How a run of 400 frames went. */
static void run_noisy(uint64_t seed, int counts[DEVICE_ANSWER_GARBAGE + 1])
{
    const struct device_sim_options options = {
        .driver = "modbus", .drop_percent = 20, .noise_percent = 20, .seed = seed};
    struct line line;

    open_line(&line, &options, 3);
    memset(counts, 0, sizeof *counts * (DEVICE_ANSWER_GARBAGE + 1));
    for (int i = 0; i < 400; i++) {
        send_number(&line, BOARD_SERVING, i % 2 == 0 ? "A012" : "B007");
        counts[judge(&line)]++;
    }
    device_sim_destroy(line.sim);
}

static void faults_follow_the_seed(void **state)
{
    int first[DEVICE_ANSWER_GARBAGE + 1];
    int again[DEVICE_ANSWER_GARBAGE + 1];
    int other[DEVICE_ANSWER_GARBAGE + 1];

    (void)state;
    run_noisy(7, first);
    run_noisy(7, again);
    run_noisy(8, other);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
    assert_true(first[DEVICE_ANSWER_OK] > 200 && first[DEVICE_ANSWER_OK] < 310);
    assert_true(first[DEVICE_ANSWER_MORE] > 40 && first[DEVICE_ANSWER_GARBAGE] > 20);
    assert_int_equal(first[DEVICE_ANSWER_REFUSED], 0); /* noise never looks like a refusal */
}

/* Whatever comes, it neither hangs nor stops hearing the next good frame after a silence. */
static void noise_on_the_line_is_thrown_away(void **state)
{
    static const char *const drivers[] = {"modbus", "onbon", "dump", "kanban", "qsystem", "led8"};
    uint32_t seed = 1;

    (void)state;
    for (size_t d = 0; d < sizeof drivers / sizeof drivers[0]; d++) {
        const struct device_sim_options options = {.driver = drivers[d]};
        char text[DEVICE_SIM_LINE_SIZE];
        struct line line;
        open_line(&line, &options, 3);
        for (int i = 0; i < 20000; i++) {
            seed = seed * 1664525u + 1013904223u;
            uint8_t byte = (uint8_t)(seed >> 24);
            device_sim_take(line.sim, &byte, 1, line.now_ms);
            collect(&line);
            line.got_length = 0;
            line.now_ms += seed % 97 == 0 ? 25 : 0;
            while (device_sim_line(line.sim, line.now_ms, text)) {
                assert_true(strlen(text) < sizeof text);
            }
        }
        line.now_ms += 25;
        while (device_sim_line(line.sim, line.now_ms, text)) {
            continue;
        }
        send_number(&line, BOARD_CALLING, "A099");
        bool found = false;
        while (device_sim_line(line.sim, line.now_ms, text)) {
            found = found || strstr(text, "99") != NULL;
        }
        assert_true(found);
        device_sim_destroy(line.sim);
    }
}

static void an_unknown_driver_is_refused(void **state)
{
    const struct device_sim_options options = {.driver = "neon"};
    struct device_sim *sim = NULL;

    (void)state;
    assert_int_equal(device_sim_create(&options, &sim), ERR_INVALID_OPTION);
    device_sim_destroy(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_modbus_sign_answers_and_tells),
        cmocka_unit_test(a_blink_is_a_call),
        cmocka_unit_test(an_onbon_controller_answers_and_tells),
        cmocka_unit_test(what_never_answers_is_told),
        cmocka_unit_test(a_wall_is_told_row_by_row),
        cmocka_unit_test(only_its_addresses_answer_and_after_the_delay),
        cmocka_unit_test(a_refusing_sign_shows_nothing),
        cmocka_unit_test(faults_follow_the_seed),
        cmocka_unit_test(noise_on_the_line_is_thrown_away),
        cmocka_unit_test(an_unknown_driver_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
