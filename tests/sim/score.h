/* score: what a forecast that names a range is judged by, beside the error of its median. Shared by
 * the programs of this folder. All times are milliseconds; printed are minutes. */
#ifndef SCORE_H
#define SCORE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#define LEVEL_COUNT 5

/* The ends of the 95 % and 80 % ranges around the median. */
static const double LEVELS[LEVEL_COUNT] = {.025, .1, .5, .9, .975};

struct score {
    int64_t n, in80, in95;
    double width80, width95, pinball[LEVEL_COUNT], crps;
};

/* Mean |x - w| less half the mean |x - x'|; of a sorted sample the latter is a sum by ranks. */
static inline double score_crps(const int32_t *samples, int count, double wait)
{
    double sum = 0;
    for (int r = 0; r < count; r++) {
        sum += fabs(samples[r] - wait) / count - (2.0 * r + 1 - count) * samples[r] / count / count;
    }
    return sum;
}

static inline double score_pinball(double quantile, double wait, double level)
{
    return wait >= quantile ? level * (wait - quantile) : (1 - level) * (quantile - wait);
}

/* `quantiles` at LEVELS, `samples` sorted. */
static inline void score_add(struct score *score, const double quantiles[LEVEL_COUNT],
                             const int32_t *samples, int count, double wait)
{
    const double *q = quantiles;
    score->n += 1;
    score->in80 += wait >= q[1] && wait <= q[3] ? 1 : 0;
    score->in95 += wait >= q[0] && wait <= q[4] ? 1 : 0;
    score->width80 += q[3] - q[1];
    score->width95 += q[4] - q[0];
    for (int level = 0; level < LEVEL_COUNT; level++) {
        score->pinball[level] += score_pinball(q[level], wait, LEVELS[level]);
    }
    score->crps += score_crps(samples, count, wait);
}

/* Members of an object, without its braces. */
static inline void score_print(const struct score *score)
{
    double n = (double)score->n;
    printf("\"coverage_80\":%.4f,\"coverage_95\":%.4f,\"width_80_min\":%.2f,\"width_95_min\":%.2f,"
           "\"pinball_min\":[",
           (double)score->in80 / n, (double)score->in95 / n, score->width80 / n / 60000,
           score->width95 / n / 60000);
    for (int level = 0; level < LEVEL_COUNT; level++) {
        printf("%s%.4f", level > 0 ? "," : "", score->pinball[level] / n / 60000);
    }
    printf("],\"crps_min\":%.3f", score->crps / n / 60000);
}

#endif
