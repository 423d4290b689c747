/* Any bytes as the policy and as the roster of a day that is played again. What is refused says
 * where; what is taken leaves a hall and spans that a simulator may use. */
#include <stdlib.h>
#include <string.h>

#include "wire_day.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hall_make(struct hall *hall)
{
    hall_set_defaults(hall);
    (void)memcpy(hall->services[0].code, "a", 2);
    (void)memcpy(hall->services[1].code, "pension", 8);
    hall->service_count = 2;
    hall->window_count = 1;
    hall->windows[0].no = 1;
    hall->windows[0].service_count = 1;
}

static void check_roster(const struct sim_case *play)
{
    const struct hall *hall = &play->hall;
    for (int w = 0; w < hall->window_count; w++) {
        for (int i = 0; i < hall->windows[w].service_count; i++) {
            if (hall->windows[w].services[i].service >= hall->service_count) {
                abort();
            }
        }
    }
    for (int i = 0; i < play->span_count; i++) {
        const struct sim_span *span = &play->spans[i];
        if (span->window < 0 || span->window >= hall->window_count ||
            span->open_ms >= span->close_ms) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hall hall;
    static struct sim_case play;
    struct wire_problem problem;
    hall_make(&hall);
    wire_problem_init(&problem, ERR_NONE);
    if (wire_day_read_policy((const char *)data, size, &hall, &problem) != ERR_NONE &&
        problem.error_count == 0) {
        abort();
    }
    memset(&play, 0, sizeof play);
    hall_make(&play.hall);
    wire_problem_init(&problem, ERR_NONE);
    if (wire_day_read_roster((const char *)data, size, &play, &problem) == ERR_NONE) {
        check_roster(&play);
    } else if (problem.error_count == 0) {
        abort();
    }
    sim_case_fini(&play);
    return 0;
}
