/* sim_stats: waits of one service and class as they come: mean with its error by batches, quantiles
 * by a histogram of logarithmic cells (each less than 0.4 % wide), shares and overtakes. */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include "sim_model.h"

#define SIM_CELL_BITS 8 /* cells per doubling: 256 */
#define SIM_CELL_COUNT (64 << SIM_CELL_BITS)

struct sim_stats {
    int64_t n, waited, left;
    double sum_ms;
    int64_t max_ms;
    int64_t over[SIM_OVER_MAX];
    int64_t overtakes;
    int32_t max_overtakes;
    double batch_sum_ms; /* of the batch being filled */
    int64_t batch_n;
    double batch_means, batch_squares,
        batch_weights; /* over full batches, weighted by size in days mode */
    int64_t batches;
    uint32_t *cells; /* owned */
};

/* False without memory. */
bool sim_stats_init(struct sim_stats *stats);
void sim_stats_fini(struct sim_stats *stats);
void sim_stats_add(struct sim_stats *stats, const struct sim_model *model, int64_t wait_ms,
                   int32_t overtakes);
/* Ends a batch: a share of a steady run, or a day. */
void sim_stats_batch(struct sim_stats *stats);
void sim_stats_result(const struct sim_stats *stats, const struct sim_model *model,
                      struct sim_queue_result *ret_result);

#endif
