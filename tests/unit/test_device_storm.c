/* test_device_storm: calls while cables are pulled, over TCP. tests/device has the same over the
 * serial library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "log.h"
#include "process.h"
#include "storm.h"

static void pull(struct storm_line *line)
{
    modbus_line_pull(line->line);
}

static void plug(struct storm_line *line)
{
    modbus_line_plug(line->line, -1);
}

static void a_storm_with_pulled_cables_ends_with_the_truth(void **state)
{
    struct sign_hall *hall = *state;
    struct storm_line lines[STORM_LINES] = {{.line = hall->line, .pull = pull, .plug = plug},
                                            {.pull = pull, .plug = plug}};
    int threads = process_count_threads();
    int descriptors = process_count_descriptors();
    char link[64];
    int port = 0;

    lines[1].line = modbus_line_listen(&port);
    (void)snprintf(link, sizeof link, "tcp:127.0.0.1:%d", hall->port);
    sign_hall_add_port(hall, "p", link);
    (void)snprintf(link, sizeof link, "tcp:127.0.0.1:%d", port);
    sign_hall_add_port(hall, "q", link);
    sign_hall_add_range(hall, "p", "led", 1, SIGN_MAX / 2);
    sign_hall_add_range(hall, "q", "led", SIGN_MAX / 2 + 1, SIGN_MAX);
    sign_hall_start(hall);
    sign_hall_wait_online(SIGN_MAX);
    storm_run(hall, lines, 20261125);
    /* A pull may meet a port that is closed already, but not each time. */
    assert_true(modbus_line_connections(hall->line) + modbus_line_connections(lines[1].line) > 6);
    device_stop(hall->device);
    hall->device = NULL;
    modbus_line_destroy(lines[1].line);
    modbus_line_cut(hall->line);
    assert_int_equal(process_count_threads(), threads);
    assert_int_equal(process_count_descriptors(), descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_storm_with_pulled_cables_ends_with_the_truth,
                                        sign_hall_setup, sign_hall_teardown),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
