/* storm: what happens is drawn from the seed; when the machine does it is not. */
#include "storm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define CALLS 500
#define FAULTS 20
#define PACE_MS 32       /* between calls, at most */
#define PULLED_CALLS 12  /* a cable is out for that many calls, at most */
#define REPAIRED_MS 2000 /* the promise */

struct storm {
    struct sign_hall *hall;
    struct storm_line *lines;
    uint32_t seed;
    char wanted[SIGN_MAX + 1][TICKET_NUMBER_SIZE];
    int plug_at[STORM_LINES]; /* at which call it is plugged in again; 0: it is in */
    bool pull_at[CALLS];      /* a cable is pulled before this call */
    int64_t fault_ms;         /* end of the last fault or call */
};

static uint32_t draw(struct storm *storm, uint32_t max)
{
    storm->seed = storm->seed * 1664525u + 1013904223u;
    return (storm->seed >> 12) % max;
}

static void plan_faults(struct storm *storm)
{
    for (int left = FAULTS; left > 0;) {
        uint32_t at = draw(storm, CALLS);
        left -= !storm->pull_at[at];
        storm->pull_at[at] = true;
    }
}

static void plug(struct storm *storm, int line)
{
    storm->lines[line].plug(&storm->lines[line]);
    storm->plug_at[line] = 0;
    storm->fault_ms = clock_mono_ms();
}

static void work_faults(struct storm *storm, int call)
{
    for (int i = 0; i < STORM_LINES; i++) {
        if (storm->plug_at[i] != 0 && call >= storm->plug_at[i]) {
            plug(storm, i);
        }
    }
    if (storm->pull_at[call]) {
        int line = (int)draw(storm, STORM_LINES);
        line = storm->plug_at[line] != 0 ? 1 - line : line;
        if (storm->plug_at[line] != 0) {
            plug(storm, line); /* both are out: this one has a short rest */
        }
        storm->lines[line].pull(&storm->lines[line]);
        storm->plug_at[line] = call + 1 + (int)draw(storm, PULLED_CALLS);
    }
}

static void call_one(struct storm *storm, int call)
{
    int window = 1 + (int)draw(storm, SIGN_MAX);
    uint32_t kind = draw(storm, 4);

    (void)snprintf(storm->wanted[window], TICKET_NUMBER_SIZE, "C%03d", call);
    sign_hall_show(storm->hall, window, kind == 0 ? BOARD_SERVING : BOARD_CALLING,
                   storm->wanted[window]);
    storm->fault_ms = clock_mono_ms();
    poll(NULL, 0, (int)draw(storm, PACE_MS));
}

/* No sign was ever told an older number than it had shown. */
static void check_order(struct modbus_line *line)
{
    int newest[SIGN_MAX + 1] = {0};
    char text[MODBUS_LINE_TEXT];
    int unit = 0;

    for (int i = 0; modbus_line_log(line, i, &unit, text); i++) {
        if (text[0] == 'C') {
            int number = (int)strtol(text + 1, NULL, 10);
            assert_true(unit >= 1 && unit <= SIGN_MAX);
            assert_true(number >= newest[unit]);
            newest[unit] = number;
        }
    }
}

void storm_run(struct sign_hall *hall, struct storm_line lines[STORM_LINES], uint32_t seed)
{
    struct storm storm = {.hall = hall, .lines = lines, .seed = seed};
    int half = SIGN_MAX / STORM_LINES;

    plan_faults(&storm);
    for (int call = 0; call < CALLS; call++) {
        work_faults(&storm, call);
        call_one(&storm, call);
    }
    for (int i = 0; i < STORM_LINES; i++) {
        if (storm.plug_at[i] != 0) {
            plug(&storm, i);
        }
    }
    for (int i = 1; i <= SIGN_MAX; i++) {
        if (!modbus_line_wait_text(lines[(i - 1) / half].line, i, storm.wanted[i])) {
            fail_msg("seed %u: sign %d does not show %s", (unsigned)seed, i, storm.wanted[i]);
        }
    }
    int64_t spent_ms = clock_mono_ms() - storm.fault_ms;
    if (spent_ms > REPAIRED_MS) {
        fail_msg("seed %u: right only after %lld ms", (unsigned)seed, (long long)spent_ms);
    }
    for (int i = 0; i < STORM_LINES; i++) {
        assert_int_equal(modbus_line_strays(lines[i].line), 0);
        assert_int_equal(modbus_line_overlaps(lines[i].line), 0);
        check_order(lines[i].line);
    }
}
