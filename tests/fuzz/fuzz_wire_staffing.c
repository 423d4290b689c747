/* Any bytes as a question about staffing. What is refused says where; what is taken names windows
 * and half hours that there are. */
#include <stdlib.h>
#include <string.h>

#include "wire_staffing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hall hall;
    static struct wire_staffing request;
    struct wire_problem problem;
    hall_set_defaults(&hall);
    (void)memcpy(hall.services[0].code, "a", 2);
    hall.service_count = 1;
    hall.window_count = 2;
    hall.windows[0].no = 1;
    hall.windows[1].no = 2;
    wire_problem_init(&problem, ERR_NONE);
    if (wire_staffing_read((const char *)data, size, &hall, &request, &problem) != ERR_NONE) {
        if (problem.error_count == 0) {
            abort();
        }
        return 0;
    }
    if (!(request.target_share >= 0 && request.target_share < 1) || request.days < 2 ||
        request.from_slot > FORECAST_SLOT_COUNT || request.to_slot > FORECAST_SLOT_COUNT) {
        abort();
    }
    for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
        for (int w = hall.window_count; w < HALL_WINDOW_MAX; w++) {
            if (request.plan.open[slot][w]) {
                abort();
            }
        }
    }
    return 0;
}
