/* core_timer: time-outs of legs, as a heap of legs by due time. A leg has at most one. */
#include "core_internal.h"

static bool sooner(const struct core *core, int32_t a, int32_t b)
{
    int64_t due_a = core->legs[a].due_ms;
    int64_t due_b = core->legs[b].due_ms;
    return due_a != due_b ? due_a < due_b : a < b;
}

static void put_at(struct core *core, int32_t position, int32_t leg)
{
    core->timers[position] = leg;
    core->legs[leg].timer = position;
}

static void sift(struct core *core, int32_t position, int32_t leg)
{
    while (position > 0 && sooner(core, leg, core->timers[(position - 1) / 2])) {
        put_at(core, position, core->timers[(position - 1) / 2]);
        position = (position - 1) / 2;
    }
    for (;;) {
        int32_t child = 2 * position + 1;
        if (child + 1 < core->timer_count &&
            sooner(core, core->timers[child + 1], core->timers[child])) {
            child += 1;
        }
        if (child >= core->timer_count || !sooner(core, core->timers[child], leg)) {
            break;
        }
        put_at(core, position, core->timers[child]);
        position = child;
    }
    put_at(core, position, leg);
}

static void drop(struct core *core, int32_t leg)
{
    int32_t position = core->legs[leg].timer;
    core->legs[leg].timer = -1;
    int32_t last = core->timers[--core->timer_count];
    if (last != leg) {
        sift(core, position, last);
    }
}

void timer_set(struct core *core, int32_t leg, int64_t due_ms)
{
    if (core->legs[leg].timer >= 0) {
        drop(core, leg);
    }
    core->legs[leg].due_ms = due_ms;
    if (due_ms != INT64_MAX) {
        core->timer_count += 1;
        sift(core, core->timer_count - 1, leg);
    }
}

int32_t timer_due(const struct core *core, int64_t at_ms)
{
    return core->timer_count > 0 && core->legs[core->timers[0]].due_ms <= at_ms ? core->timers[0]
                                                                                : -1;
}
