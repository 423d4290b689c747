/* serial_fault_test: the real serial library on pseudo-terminals while lines are pulled, blocked or
 * held by others. Run with ptyshim.so preloaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "process.h"
#include "pty.h"
#include "storm.h"

static char folder[64];

/* One adapter: its stable name, and the terminal that it means now. */
struct adapter {
    char link[96];
    struct pty pty;
};

static void plug_adapter(struct adapter *adapter, const char *name)
{
    (void)snprintf(adapter->link, sizeof adapter->link, "%s/%s", folder, name);
    pty_open(&adapter->pty);
    pty_point(adapter->link, &adapter->pty);
}

static void add_port(struct sign_hall *hall, const char *code, const struct adapter *adapter)
{
    char link[160];

    (void)snprintf(link, sizeof link, "serial:%s?baud=9600", adapter->link);
    sign_hall_add_port(hall, code, link);
}

static void end(struct sign_hall *hall)
{
    device_stop(hall->device);
    hall->device = NULL;
}

static void pull(struct storm_line *line)
{
    struct adapter *adapter = line->context;

    (void)unlink(adapter->link); /* as udev does */
    (void)close(adapter->pty.slave);
    modbus_line_pull(line->line); /* closes the master */
}

static void plug(struct storm_line *line)
{
    struct adapter *adapter = line->context;

    pty_open(&adapter->pty);
    modbus_line_plug(line->line, adapter->pty.master);
    pty_point(adapter->link, &adapter->pty);
}

static void a_storm_with_pulled_adapters_ends_with_the_truth(void **state)
{
    struct sign_hall *hall = *state;
    struct adapter adapters[STORM_LINES];
    struct storm_line lines[STORM_LINES];
    int threads = process_count_threads();
    int descriptors = process_count_descriptors();

    for (int i = 0; i < STORM_LINES; i++) {
        plug_adapter(&adapters[i], i == 0 ? "first" : "second");
        lines[i] = (struct storm_line){.line = modbus_line_attach(adapters[i].pty.master),
                                       .pull = pull,
                                       .plug = plug,
                                       .context = &adapters[i]};
    }
    add_port(hall, "p", &adapters[0]);
    add_port(hall, "q", &adapters[1]);
    sign_hall_add_range(hall, "p", "led", 1, SIGN_MAX / 2);
    sign_hall_add_range(hall, "q", "led", SIGN_MAX / 2 + 1, SIGN_MAX);
    sign_hall_start(hall);
    sign_hall_wait_online(SIGN_MAX);
    storm_run(hall, lines, 20261125);
    end(hall);
    for (int i = 0; i < STORM_LINES; i++) {
        modbus_line_destroy(lines[i].line);
        (void)close(adapters[i].pty.slave);
        (void)unlink(adapters[i].link);
    }
    assert_int_equal(process_count_threads(), threads);
    assert_int_equal(process_count_descriptors(), descriptors);
}

/* Nothing leaves the port: the other end has stopped it, or its driver hangs. */
static void a_port_that_takes_nothing_is_told_and_costs_nothing(void **state)
{
    struct sign_hall *hall = *state;
    struct adapter adapter;
    int before[PROCESS_TASK_MAX];

    plug_adapter(&adapter, "blocked");
    struct modbus_line *line = modbus_line_attach(adapter.pty.master);
    int count = process_list_threads(before);
    add_port(hall, "q", &adapter);
    sign_hall_add_signs(hall, "q", "led", 1);
    sign_hall_start(hall);
    sign_hall_wait_report("led1", true, "");
    assert_int_equal(tcflow(adapter.pty.slave, TCOOFF), 0);
    int64_t from_us = process_spent_us(before, count);
    int64_t from_ms = clock_mono_ms();
    sign_hall_show(hall, 1, BOARD_SERVING, "A012");
    sign_hall_wait_report("led1", false, "takes no bytes");
    int64_t spent_ms = clock_mono_ms() - from_ms;
    assert_true(spent_ms < 4000);
    assert_true(process_spent_us(before, count) - from_us <
                spent_ms * 100); /* a tenth of the time */
    assert_int_equal(tcflow(adapter.pty.slave, TCOON), 0);
    sign_hall_wait_report("led1", true, "");
    assert_true(modbus_line_wait_text(line, 1, "A012"));
    end(hall);
    modbus_line_destroy(line);
    (void)close(adapter.pty.slave);
    (void)unlink(adapter.link);
}

static void a_port_that_another_holds_is_told_and_awaited(void **state)
{
    struct sign_hall *hall = *state;
    struct adapter adapter;

    plug_adapter(&adapter, "held");
    struct modbus_line *line = modbus_line_attach(adapter.pty.master);
    assert_int_equal(flock(adapter.pty.slave, LOCK_EX | LOCK_NB), 0); /* as terminal programs do */
    add_port(hall, "q", &adapter);
    sign_hall_add_signs(hall, "q", "led", 1);
    sign_hall_start(hall);
    sign_hall_wait_report("led1", false, "another program");
    assert_int_equal(modbus_line_received(line), 0);
    assert_int_equal(flock(adapter.pty.slave, LOCK_UN), 0);
    sign_hall_wait_report("led1", true, "");
    /* And while we hold it, such a program is kept out. */
    assert_int_not_equal(flock(adapter.pty.slave, LOCK_EX | LOCK_NB), 0);
    end(hall);
    modbus_line_destroy(line);
    (void)close(adapter.pty.slave);
    (void)unlink(adapter.link);
}

static int make_folder(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    (void)snprintf(folder, sizeof folder, "%.40s/serialXXXXXX", base != NULL ? base : "/tmp");
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

#define FAULT_TEST(name) cmocka_unit_test_setup_teardown(name, sign_hall_setup, sign_hall_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAULT_TEST(a_storm_with_pulled_adapters_ends_with_the_truth),
        FAULT_TEST(a_port_that_takes_nothing_is_told_and_costs_nothing),
        FAULT_TEST(a_port_that_another_holds_is_told_and_awaited),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
