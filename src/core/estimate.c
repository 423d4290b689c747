/* estimate: how long a wait will be, from the number in front. A visitor with n in front and m
 * windows busy waits for n + 1 ends of service, which for exponential services come m times as fast
 * as at one window: an Erlang(n+1) time. Its quantiles come from the cube-root normal approximation
 * (Wilson and Hilferty 1931). The mean service time is the service's own setting, weighed against
 * what was measured today. Shown to people as a range only; no call depends on it. */
#include <math.h>

#include "core_internal.h"

/* The setting counts like this many measured services. */
#define ESTIMATE_PRIOR 10
#define NORMAL_Q90 1.2815515655446004

static int busy_windows(const struct core *core, int16_t service, int *ret_idle)
{
    int open = 0;
    *ret_idle = 0;
    for (int w = 0; w < core->hall.window_count; w++) {
        const struct core_window *window = &core->windows[w];
        if (window->state == CORE_WINDOW_CLOSED || window->state == CORE_WINDOW_PAUSED) {
            continue;
        }
        for (int i = 0; i < core->hall.windows[w].service_count; i++) {
            const struct hall_window_service *ability = &core->hall.windows[w].services[i];
            if (ability->service == service && ability->tier == HALL_TIER_PRIMARY) {
                open += 1;
                *ret_idle += window->state == CORE_WINDOW_OPEN ? 1 : 0;
            }
        }
    }
    return open;
}

/* Quantile of Erlang(k, 1) for the normal quantile z. */
static double erlang_quantile(double k, double z)
{
    double root = 1.0 - 1.0 / (9.0 * k) + z / (3.0 * sqrt(k));
    return k * root * root * root;
}

struct eta estimate_wait(const struct core *core, int16_t service, int32_t ahead)
{
    int idle;
    int open = busy_windows(core, service, &idle);
    if (open == 0) {
        return ETA_UNKNOWN;
    }
    if (idle > ahead) {
        return (struct eta){0};
    }
    const struct core_service *s = &core->services[service];
    double prior = (double)core->hall.services[service].expected_service_ms;
    double mean =
        (prior * ESTIMATE_PRIOR + (double)s->finished_ms) / (ESTIMATE_PRIOR + s->finished);
    double k = (double)(ahead - idle + 1);
    double unit = mean / open;
    int64_t p90_ms = (int64_t)(erlang_quantile(k, NORMAL_Q90) * unit);
    return (struct eta){.low_ms = (int64_t)(erlang_quantile(k, -NORMAL_Q90) * unit),
                        .high_ms = p90_ms,
                        .p50_ms = (int64_t)(erlang_quantile(k, 0.0) * unit),
                        .p90_ms = p90_ms};
}
