/* eta: see eta.h. */
#include "eta.h"

#define MINUTE_MS 60000
/* Up to here minutes are said one by one, above it by fives. */
#define FINE_MIN 15
#define STEP_MIN 5
/* A fifth; and less than this is no change whatever it was. */
#define NEWS_PER_CENT 20
#define NEWS_MIN_MS 30000

static int32_t round_to(int64_t ms, int64_t step_ms, int64_t bias_ms)
{
    return (int32_t)((ms + bias_ms) / step_ms * (step_ms / MINUTE_MS));
}

static int64_t step_of(int64_t ms)
{
    return ms > (int64_t)FINE_MIN * MINUTE_MS ? (int64_t)STEP_MIN * MINUTE_MS : MINUTE_MS;
}

void eta_say(const struct eta *eta, struct eta_said *ret_said)
{
    int64_t low = step_of(eta->low_ms);
    int64_t about = step_of(eta->p50_ms);
    int64_t high = step_of(eta->high_ms);
    ret_said->low_min = round_to(eta->low_ms, low, 0);
    ret_said->about_min = round_to(eta->p50_ms, about, about / 2);
    ret_said->high_min = round_to(eta->high_ms, high, high - 1);
}

bool eta_is_news(const struct eta *said, const struct eta *fresh)
{
    if (said->p50_ms < 0 || fresh->p50_ms < 0) {
        return said->p50_ms != fresh->p50_ms;
    }
    int64_t change = fresh->p50_ms - said->p50_ms;
    change = change < 0 ? -change : change;
    return change >= NEWS_MIN_MS && change * 100 >= said->p50_ms * NEWS_PER_CENT;
}

static int64_t shifted(int64_t ms, int64_t shift_ms)
{
    return ms + shift_ms > 0 ? ms + shift_ms : 0;
}

struct eta eta_shift(const struct eta *eta, int64_t shift_ms)
{
    if (eta->p50_ms < 0) {
        return ETA_UNKNOWN;
    }
    return (struct eta){.low_ms = shifted(eta->low_ms, shift_ms),
                        .high_ms = shifted(eta->high_ms, shift_ms),
                        .p50_ms = shifted(eta->p50_ms, shift_ms),
                        .p90_ms = shifted(eta->p90_ms, shift_ms)};
}
