/* sim_floor: see sim_floor.h. Windows are few, so the earliest is found by looking at all. */
#include "sim_floor.h"

#include <assert.h>

#include "line.h"

void sim_floor_begin(struct sim_floor *floor, int64_t at_ms)
{
    floor->now_ms = at_ms;
    floor->free_count = floor->hall->window_count;
    floor->shifts = false;
    for (int w = 0; w < floor->hall->window_count; w++) {
        floor->closed[w] = false;
        floor->ends_ms[w] = SIM_NEVER;
        floor->idle_ms[w] = at_ms;
        floor->opens_ms[w] = SIM_NEVER;
        floor->closes_ms[w] = SIM_NEVER;
    }
}

void sim_floor_init(struct sim_floor *floor, struct core *core, const struct hall *hall)
{
    floor->core = core;
    floor->hall = hall;
    floor->helpers = false;
    for (int w = 0; w < hall->window_count; w++) {
        floor->primaries[w] = 0;
        for (int i = 0; i < hall->windows[w].service_count; i++) {
            bool backup = hall->windows[w].services[i].tier == HALL_TIER_BACKUP;
            floor->primaries[w] += backup ? 0 : 1;
            floor->helpers =
                floor->helpers || (backup && hall->windows[w].services[i].after_ms > 0);
        }
    }
    floor->helpers = floor->helpers && !hall->policy.idle_help;
    sim_floor_begin(floor, 0);
}

static bool is_free(const struct sim_floor *floor, int w)
{
    return floor->ends_ms[w] == SIM_NEVER && !floor->closed[w];
}

void sim_floor_set_closed(struct sim_floor *floor, int window)
{
    floor->free_count -= is_free(floor, window) ? 1 : 0;
    floor->closed[window] = true;
}

void sim_floor_set_busy(struct sim_floor *floor, int window, int64_t until_ms)
{
    floor->free_count -= is_free(floor, window) ? 1 : 0;
    floor->ends_ms[window] = until_ms;
}

/* A free window calls; it stays free when nobody is for it. */
static void call(struct sim_floor *floor, int w)
{
    for (;;) {
        int32_t leg = line_choose(floor->core, w, floor->now_ms);
        if (leg < 0) {
            return;
        }
        int64_t length = floor->serve(floor->context, w, leg);
        if (length >= 0) {
            line_claim(floor->core, w, floor->now_ms);
            line_release(floor->core, leg);
            sim_floor_set_busy(floor, w, floor->now_ms + length);
            return;
        }
        line_leave(floor->core, leg);
        line_release(floor->core, leg);
    }
}

static bool dispatch_before(const struct sim_floor *floor, int a, int b)
{
    if (!floor->hall->policy.longest_idle && floor->primaries[a] != floor->primaries[b]) {
        return floor->primaries[a] < floor->primaries[b];
    }
    return floor->idle_ms[a] != floor->idle_ms[b]
               ? floor->idle_ms[a] < floor->idle_ms[b]
               : floor->hall->windows[a].no < floor->hall->windows[b].no;
}

void sim_floor_dispatch(struct sim_floor *floor)
{
    int order[HALL_WINDOW_MAX];
    int count = 0;
    for (int w = 0; floor->free_count > count && w < floor->hall->window_count; w++) {
        if (is_free(floor, w)) {
            int at = count++;
            for (; at > 0 && dispatch_before(floor, w, order[at - 1]); at--) {
                order[at] = order[at - 1];
            }
            order[at] = w;
        }
    }
    for (int i = 0; i < count; i++) {
        call(floor, order[i]);
    }
}

static void note(int64_t at_ms, enum sim_floor_what what, int w, int64_t *best_ms,
                 enum sim_floor_what *best, int *ret_window)
{
    if (at_ms < *best_ms) {
        *best_ms = at_ms;
        *best = what;
        *ret_window = w;
    }
}

enum sim_floor_what sim_floor_next(const struct sim_floor *floor, int64_t *ret_at_ms,
                                   int *ret_window)
{
    enum sim_floor_what what = SIM_FLOOR_NOTHING;
    int64_t at = SIM_NEVER;
    int count = floor->hall->window_count;
    for (int w = 0; w < count; w++) {
        note(floor->ends_ms[w], SIM_FLOOR_END, w, &at, &what, ret_window);
    }
    for (int w = 0; floor->shifts && w < count; w++) {
        note(floor->opens_ms[w], SIM_FLOOR_OPEN, w, &at, &what, ret_window);
        note(floor->closes_ms[w], SIM_FLOOR_CLOSE, w, &at, &what, ret_window);
    }
    if (floor->free_count > 0) {
        note(line_wake_ms(floor->core, floor->now_ms), SIM_FLOOR_WAKE, -1, &at, &what, ret_window);
        for (int w = 0; floor->helpers && w < count; w++) {
            if (is_free(floor, w)) {
                note(line_next_help_ms(floor->core, w, floor->now_ms), SIM_FLOOR_WAKE, w, &at,
                     &what, ret_window);
            }
        }
    }
    *ret_at_ms = at;
    return what;
}

static void end_service(struct sim_floor *floor, int w)
{
    floor->ends_ms[w] = SIM_NEVER;
    if (!floor->closed[w]) {
        floor->free_count += 1;
        floor->idle_ms[w] = floor->now_ms;
        call(floor, w);
    }
}

static void open(struct sim_floor *floor, int w)
{
    floor->opens_ms[w] = SIM_NEVER;
    if (floor->closed[w]) {
        floor->closed[w] = false;
        floor->idle_ms[w] = floor->now_ms;
        floor->free_count += is_free(floor, w) ? 1 : 0;
    }
    sim_floor_dispatch(floor);
}

void sim_floor_do(struct sim_floor *floor, enum sim_floor_what what, int window)
{
    switch (what) {
    case SIM_FLOOR_END:
        end_service(floor, window);
        break;
    case SIM_FLOOR_WAKE:
        sim_floor_dispatch(floor);
        break;
    case SIM_FLOOR_OPEN:
        open(floor, window);
        break;
    case SIM_FLOOR_CLOSE: /* whoever is there is served to the end */
        floor->closes_ms[window] = SIM_NEVER;
        sim_floor_set_closed(floor, window);
        break;
    case SIM_FLOOR_NOTHING:
        break;
    }
}
