/* forecaster_watch: do ranges keep what they promise? See forecaster.h for the rule. */
#ifndef FORECASTER_WATCH_H
#define FORECASTER_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#define FORECASTER_WATCHED_MAX 500

struct forecaster_watch {
    bool missed[FORECASTER_WATCHED_MAX]; /* a ring */
    int count, next, misses;
    double alpha; /* share of ranges that may fail */
};

/* `level_pm`: how many in a thousand the newest promise meant to hold; 0: there is none yet. */
void forecaster_watch_init(struct forecaster_watch *watch, int32_t level_pm);
/* An outcome that was known when the watch began: counts, but moves nothing. */
void forecaster_watch_recall(struct forecaster_watch *watch, bool missed);
void forecaster_watch_add(struct forecaster_watch *watch, bool missed);
/* What the watched ranges held, in a thousand; -1 when they are too few to tell. */
int32_t forecaster_watch_covered_pm(const struct forecaster_watch *watch);
int32_t forecaster_watch_level_pm(const struct forecaster_watch *watch);

#endif
