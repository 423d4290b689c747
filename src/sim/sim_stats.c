/* sim_stats: see sim_stats.h. The standard error of a mean over days is that of a ratio estimator
 * (total wait over number served, day by day; Cochran 1977, section 2.11), which is the batch-means
 * error when all batches are of one size. */
#include "sim_stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool sim_stats_init(struct sim_stats *stats)
{
    memset(stats, 0, sizeof *stats);
    stats->cells = calloc(SIM_CELL_COUNT, sizeof *stats->cells);
    return stats->cells != NULL;
}

void sim_stats_fini(struct sim_stats *stats)
{
    free(stats->cells);
    stats->cells = NULL;
}

/* Values below 256 have a cell each; above, the top nine bits decide. */
static int cell_of(int64_t value)
{
    if (value < (1 << SIM_CELL_BITS)) {
        return (int)value;
    }
    int shift = 63 - __builtin_clzll((unsigned long long)value) - SIM_CELL_BITS;
    return ((shift + 1) << SIM_CELL_BITS) + (int)((value >> shift) & ((1 << SIM_CELL_BITS) - 1));
}

static double cell_value(int cell)
{
    int shift = (cell >> SIM_CELL_BITS) - 1;
    double low = cell & ((1 << SIM_CELL_BITS) - 1);
    if (shift < 0) {
        return low;
    }
    return ldexp(low + (1 << SIM_CELL_BITS) + 0.5, shift);
}

void sim_stats_add(struct sim_stats *stats, const struct sim_model *model, int64_t wait_ms,
                   int32_t overtakes)
{
    stats->n += 1;
    stats->waited += wait_ms > 0 ? 1 : 0;
    stats->sum_ms += (double)wait_ms;
    stats->max_ms = wait_ms > stats->max_ms ? wait_ms : stats->max_ms;
    stats->overtakes += overtakes;
    stats->max_overtakes = overtakes > stats->max_overtakes ? overtakes : stats->max_overtakes;
    for (int i = 0; i < model->over_count; i++) {
        stats->over[i] += wait_ms > model->over_ms[i] ? 1 : 0;
    }
    stats->cells[cell_of(wait_ms)] += 1;
    stats->batch_sum_ms += (double)wait_ms;
    stats->batch_n += 1;
}

void sim_stats_batch(struct sim_stats *stats)
{
    double n = (double)stats->batch_n;
    stats->batch_means += stats->batch_sum_ms * n;
    stats->batch_squares += stats->batch_sum_ms * stats->batch_sum_ms;
    stats->batch_weights += n * n;
    stats->batches += 1;
    stats->batch_sum_ms = 0;
    stats->batch_n = 0;
}

/* Of the values in increasing order the one at rank ceil(p n). */
static double quantile(const struct sim_stats *stats, double p)
{
    int64_t rank = (int64_t)ceil(p * (double)stats->n);
    int64_t seen = 0;
    for (int cell = 0; cell < SIM_CELL_COUNT; cell++) {
        seen += stats->cells[cell];
        if (seen >= rank) {
            return cell_value(cell) / 1000;
        }
    }
    return 0;
}

void sim_stats_result(const struct sim_stats *stats, const struct sim_model *model,
                      struct sim_queue_result *ret)
{
    double n = (double)stats->n;
    double arrived = (double)(stats->n + stats->left);
    ret->n = stats->n;
    ret->leave = arrived > 0 ? (double)stats->left / arrived : 0;
    if (stats->n == 0) {
        return;
    }
    double mean = stats->sum_ms / n;
    ret->mean_wait_s = mean / 1000;
    if (stats->batches > 1) {
        double k = (double)stats->batches;
        double squares = stats->batch_squares - 2 * mean * stats->batch_means +
                         mean * mean * stats->batch_weights;
        double size = n / k;
        ret->se_s = sqrt(fabs(squares) / (k * (k - 1))) / size / 1000;
    }
    ret->p_wait = (double)stats->waited / n;
    ret->p50_s = quantile(stats, .5);
    ret->p90_s = quantile(stats, .9);
    ret->p95_s = quantile(stats, .95);
    ret->max_s = (double)stats->max_ms / 1000;
    for (int i = 0; i < model->over_count; i++) {
        ret->over[i] = (double)stats->over[i] / n;
    }
    ret->mean_overtakes = (double)stats->overtakes / n;
    ret->max_overtakes = stats->max_overtakes;
}
