/* forecaster_watch: see forecaster_watch.h. */
#include "forecaster_watch.h"

#define ALPHA 0.2
#define STEP 0.01
/* Coverage within this needs no correction. */
#define COVERED_LOW_PM 760
#define COVERED_HIGH_PM 840
/* Fewer outcomes say nothing: of 100 the coverage has a standard deviation of 4 %. */
#define ENOUGH 100
/* However wrong the past was: ranges of nothing and ranges of everything help nobody. */
#define ALPHA_MIN 0.02
#define ALPHA_MAX 0.6

void forecaster_watch_init(struct forecaster_watch *watch, int32_t level_pm)
{
    *watch = (struct forecaster_watch){.alpha = level_pm > 0 ? 1 - level_pm / 1000.0 : ALPHA};
}

void forecaster_watch_recall(struct forecaster_watch *watch, bool missed)
{
    if (watch->count == FORECASTER_WATCHED_MAX) {
        watch->misses -= watch->missed[watch->next] ? 1 : 0;
    } else {
        watch->count += 1;
    }
    watch->missed[watch->next] = missed;
    watch->misses += missed ? 1 : 0;
    watch->next = (watch->next + 1) % FORECASTER_WATCHED_MAX;
}

void forecaster_watch_add(struct forecaster_watch *watch, bool missed)
{
    forecaster_watch_recall(watch, missed);
    int32_t covered = forecaster_watch_covered_pm(watch);
    if (covered >= 0 && (covered < COVERED_LOW_PM || covered > COVERED_HIGH_PM)) {
        watch->alpha += STEP * (ALPHA - (missed ? 1 : 0));
        watch->alpha = watch->alpha < ALPHA_MIN   ? ALPHA_MIN
                       : watch->alpha > ALPHA_MAX ? ALPHA_MAX
                                                  : watch->alpha;
    }
}

int32_t forecaster_watch_covered_pm(const struct forecaster_watch *watch)
{
    return watch->count < ENOUGH ? -1 : 1000 - watch->misses * 1000 / watch->count;
}

int32_t forecaster_watch_level_pm(const struct forecaster_watch *watch)
{
    return (int32_t)((1 - watch->alpha) * 1000 + 0.5);
}
