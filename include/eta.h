/* eta: when somebody will be called, as it is kept and as it is said. Plain values and rules; no
 * state, any thread. */
#ifndef ETA_H
#define ETA_H

#include <stdbool.h>
#include <stdint.h>

/* Times from now in milliseconds, or points in hall time: whoever holds it says which. All -1:
 * unknown. */
struct eta {
    int64_t low_ms, high_ms; /* the range that is promised, at its level */
    int64_t p50_ms, p90_ms;
};

#define ETA_UNKNOWN ((struct eta){.low_ms = -1, .high_ms = -1, .p50_ms = -1, .p90_ms = -1})

/* What people are told, in minutes: whole ones up to 15, above it fives; the range rounded
 * outwards, the median to the nearest. Never the median alone. */
struct eta_said {
    int32_t about_min, low_min, high_min;
};
void eta_say(const struct eta *eta, struct eta_said *ret_said);

/* Would saying `fresh` instead of `said` (both from now) tell anything? A median that changed by
 * less than a fifth, or by less than half a minute, stays unspoken: numbers that jump about are not
 * believed. */
bool eta_is_news(const struct eta *said, const struct eta *fresh);

/* The same from another zero: moved later by `shift_ms`, never below zero; unknown stays unknown.
 */
struct eta eta_shift(const struct eta *eta, int64_t shift_ms);

#endif
