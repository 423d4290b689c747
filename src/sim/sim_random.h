/* sim_random: random numbers of the simulator, from a seed. */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdint.h>

#include "sim_model.h"

struct sim_random {
    uint64_t state[2];
    double spare; /* second normal of a pair */
    int has_spare;
};

/* Streams of one seed with different numbers are independent for all practical purposes. */
void sim_random_init(struct sim_random *random, uint64_t seed, uint64_t stream);
double sim_random_unit(struct sim_random *random); /* in (0, 1) */
double sim_random_exp(struct sim_random *random);  /* mean 1 */
double sim_random_normal(struct sim_random *random);
double sim_random_gamma(struct sim_random *random, double shape); /* mean 1 */
int64_t sim_random_time(struct sim_random *random, const struct sim_time *time);

#endif
