/* serial_print_test: a printer on the real serial library and on the kernel's printer device, both
 * played by a pseudo-terminal whose other end is a printer of ours. Run with ptyshim.so preloaded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "device.h"
#include "log.h"
#include "pty.h"

#define WAIT_MS 20000
#define PAPER_MAX 8192

enum result { NO_RESULT, PRINTED, FAILED };

struct stage {
    struct bus *bus;
    struct wire_config *config;
    struct device *device;
    struct pty pty;
    char folder[32], adapter[64];
    _Atomic enum result result;
    char reason[64]; /* set before `result` */
    const uint8_t *status;
    uint8_t paper[PAPER_MAX]; /* what came, without questions */
    size_t length;
};

/* Answers to questions 1 to 4. */
static const uint8_t ready[] = {0x12, 0x12, 0x12, 0x12};
static const uint8_t out_of_paper[] = {0x1a, 0x32, 0x12, 0x7e};

static enum err note_result(void *context, const struct bus_print *print, bool printed,
                            const char *reason)
{
    struct stage *stage = context;

    text_copy_cut(stage->reason, sizeof stage->reason, reason);
    bus_set_print(stage->bus, print->printer, NULL); /* as the engine does */
    bus_wake(stage->bus);
    atomic_store(&stage->result, printed ? PRINTED : FAILED);
    return ERR_NONE;
}

static int set_up(void **state)
{
    static struct stage stage;

    memset(&stage, 0, sizeof stage);
    stage.bus = bus_create();
    stage.status = ready;
    (void)snprintf(stage.folder, sizeof stage.folder, "/tmp/hallcall-print-XXXXXX");
    assert_non_null(mkdtemp(stage.folder));
    (void)snprintf(stage.adapter, sizeof stage.adapter, "%s/adapter", stage.folder);
    pty_open(&stage.pty);
    pty_point(stage.adapter, &stage.pty);
    *state = &stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    device_stop(stage->device);
    (void)close(stage->pty.master);
    (void)close(stage->pty.slave);
    (void)unlink(stage->adapter);
    (void)rmdir(stage->folder);
    wire_config_destroy(stage->config);
    bus_destroy(stage->bus);
    return 0;
}

static void start(struct stage *stage, const char *link)
{
    char document[400];
    struct wire_problem problem;
    const struct device_options options = {
        .bus = stage->bus, .report_print = note_result, .context = stage};

    (void)snprintf(document, sizeof document,
                   "{\"printers\":[{\"code\":\"p1\",\"link\":\"%s\",\"driver\":\"escpos\","
                   "\"width_mm\":58}]}",
                   link);
    assert_int_equal(wire_config_create(document, strlen(document), &problem, &stage->config),
                     ERR_NONE);
    assert_int_equal(device_start(&options, stage->config, &stage->device), ERR_NONE);
}

static void start_serial(struct stage *stage)
{
    char link[128];

    (void)snprintf(link, sizeof link, "serial:%s?baud=19200", stage->adapter);
    start(stage, link);
}

static void ask_for_slip(struct stage *stage, struct bus_print *print)
{
    *print = (struct bus_print){
        .ticket_id = "01J9",
        .slip = {.line_count = 3,
                 .mark_at = 1,
                 .mark = {.size = 2, .reverse = true},
                 .lines = {{WIRE_SLIP_NUMBER, "A012", "", {.size = 4, .bold = true}},
                           {WIRE_SLIP_SERVICE, "养老保险", "Pension", {.size = 1}},
                           {WIRE_SLIP_ID, "01J9", "", {.size = 1}}},
                 .url = "/t/00"}};
    bus_set_print(stage->bus, "p1", print);
    bus_wake(stage->bus);
}

/* Takes one byte: a question is answered, anything else lands on the paper. */
static void take(struct stage *stage, uint8_t byte)
{
    assert_true(stage->length < PAPER_MAX);
    stage->paper[stage->length++] = byte;
    const uint8_t *last = stage->paper + stage->length - 3;
    if (stage->length >= 3 && last[0] == 0x10 && last[1] == 0x04 && last[2] >= 1 && last[2] <= 4) {
        assert_int_equal(write(stage->pty.master, &stage->status[last[2] - 1], 1), 1);
        stage->length -= 3;
    }
}

/* Is a printer until there is a result, or `most` bytes are on the paper. */
static enum result print_until(struct stage *stage, size_t most)
{
    int64_t end_ms = clock_mono_ms() + WAIT_MS;

    while (atomic_load(&stage->result) == NO_RESULT && stage->length < most) {
        struct pollfd poll_fd = {.fd = stage->pty.master, .events = POLLIN};
        uint8_t byte = 0;
        assert_true(clock_mono_ms() < end_ms);
        if (poll(&poll_fd, 1, 10) == 1 && read(stage->pty.master, &byte, 1) == 1) {
            take(stage, byte);
        }
    }
    return atomic_load(&stage->result);
}

/* The paper holds exactly these bytes. */
static void expect_paper(const struct stage *stage, struct bus_print *print, bool marked)
{
    struct buf bytes;

    buf_init(&bytes, PAPER_MAX);
    if (marked) {
        wire_slip_mark(&print->slip);
    }
    assert_int_equal(device_print_slip(wire_config_printer(stage->config, 0), &print->slip, &bytes),
                     ERR_NONE);
    assert_int_equal(stage->length, bytes.length);
    assert_memory_equal(stage->paper, bytes.data, bytes.length);
    buf_fini(&bytes);
}

static void a_slip_comes_out_whole_on_a_serial_line(void **state)
{
    struct stage *stage = *state;
    static struct bus_print print;

    start_serial(stage);
    ask_for_slip(stage, &print);
    assert_int_equal(print_until(stage, PAPER_MAX), PRINTED);
    expect_paper(stage, &print, false);
}

static void a_slip_comes_out_whole_on_the_printer_device(void **state)
{
    struct stage *stage = *state;
    static struct bus_print print;
    struct termios termios;
    char link[128];

    assert_int_equal(tcgetattr(stage->pty.slave, &termios), 0);
    cfmakeraw(&termios); /* the kernel's printer device changes no byte */
    assert_int_equal(tcsetattr(stage->pty.slave, TCSANOW, &termios), 0);
    (void)snprintf(link, sizeof link, "usb:%s", stage->pty.name);
    start(stage, link);
    ask_for_slip(stage, &print);
    assert_int_equal(print_until(stage, PAPER_MAX), PRINTED);
    expect_paper(stage, &print, false);
}

/* The adapter comes back under another name; half a slip is out, so the whole one says so. */
static void a_slip_that_was_cut_off_comes_again_with_a_mark(void **state)
{
    struct stage *stage = *state;
    static struct bus_print print;

    start_serial(stage);
    ask_for_slip(stage, &print);
    assert_int_equal(print_until(stage, 20), NO_RESULT);
    (void)unlink(stage->adapter);
    (void)close(stage->pty.slave);
    (void)close(stage->pty.master);
    stage->length = 0;
    pty_open(&stage->pty);
    pty_point(stage->adapter, &stage->pty);
    assert_int_equal(print_until(stage, PAPER_MAX), PRINTED);
    expect_paper(stage, &print, true);
}

static void without_paper_nothing_is_sent_and_that_is_told(void **state)
{
    struct stage *stage = *state;
    static struct bus_print print;

    stage->status = out_of_paper;
    start_serial(stage);
    ask_for_slip(stage, &print);
    assert_int_equal(print_until(stage, PAPER_MAX), FAILED);
    assert_string_equal(stage->reason, "paper out");
    assert_int_equal(stage->length, 0);
    stage->status = ready;
    atomic_store(&stage->result, NO_RESULT);
    ask_for_slip(stage, &print);
    assert_int_equal(print_until(stage, PAPER_MAX), PRINTED);
}

int main(void)
{
#define PRINT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PRINT_TEST(a_slip_comes_out_whole_on_a_serial_line),
        PRINT_TEST(a_slip_comes_out_whole_on_the_printer_device),
        PRINT_TEST(a_slip_that_was_cut_off_comes_again_with_a_mark),
        PRINT_TEST(without_paper_nothing_is_sent_and_that_is_told),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
