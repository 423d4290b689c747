/* shadow: the choice of the scheduler a second time, as plain as can be: every waiting ticket is
 * looked at, every counter is kept in an array. It knows the core's facts (who waits where since
 * when) but none of its counts, and is right by reading, not by speed. */
#ifndef SHADOW_H
#define SHADOW_H

#include "core.h"

#define SHADOW_LEG_MAX 8192

struct shadow {
    const struct core *core;
    int32_t passed[SHADOW_LEG_MAX];
    int32_t passed_urgent[SHADOW_LEG_MAX];
    int32_t account[HALL_SERVICE_MAX];
    int32_t turns[HALL_SERVICE_MAX][HALL_CLASS_MAX];
    /* the last choice */
    int32_t leg; /* -1 nobody */
    enum event_rule rule;
    int64_t score;
    int32_t overtaken;
};

void shadow_reset(struct shadow *shadow, const struct core *core);
/* Chooses for the window (by position) at that time and counts what the choice does to the others.
 */
void shadow_call(struct shadow *shadow, int window, int64_t at_ms);

#endif
