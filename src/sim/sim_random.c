/* sim_random: xoroshiro128+ (Blackman and Vigna 2018), seeded by splitmix64; exponential by
 * inversion, normal by the polar method (Marsaglia and Bray 1964), gamma by Marsaglia and Tsang
 * 2000, hyperexponential with balanced means (Morse 1958). */
#include "sim_random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

void sim_random_init(struct sim_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed * 0xd1342543de82ef95ULL + stream * 0x2545f4914f6cdd1dULL + 1;
    random->state[0] = splitmix(&state);
    random->state[1] = splitmix(&state);
    random->has_spare = 0;
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

double sim_random_unit(struct sim_random *random)
{
    uint64_t a = random->state[0];
    uint64_t b = random->state[1];
    uint64_t sum = a + b;
    b ^= a;
    random->state[0] = rotate(a, 24) ^ b ^ (b << 16);
    random->state[1] = rotate(b, 37);
    return ((double)(sum >> 12) + 0.5) * 0x1.0p-52;
}

double sim_random_exp(struct sim_random *random)
{
    return -log(sim_random_unit(random));
}

double sim_random_normal(struct sim_random *random)
{
    if (random->has_spare) {
        random->has_spare = 0;
        return random->spare;
    }
    for (;;) {
        double x = 2 * sim_random_unit(random) - 1;
        double y = 2 * sim_random_unit(random) - 1;
        double r = x * x + y * y;
        if (r < 1 && r > 0) { /* three tries in four */
            double factor = sqrt(-2 * log(r) / r);
            random->spare = y * factor;
            random->has_spare = 1;
            return x * factor;
        }
    }
}

double sim_random_gamma(struct sim_random *random, double shape)
{
    if (shape < 1) {
        double boost = pow(sim_random_unit(random), 1 / shape);
        return sim_random_gamma(random, shape + 1) * (shape + 1) * boost / shape;
    }
    double d = shape - 1.0 / 3;
    double c = 1 / sqrt(9 * d);
    for (;;) { /* accepted more than nine times in ten */
        double x = sim_random_normal(random);
        double v = 1 + c * x;
        if (v > 0) {
            v = v * v * v;
            if (log(sim_random_unit(random)) < 0.5 * x * x + d - d * v + d * log(v)) {
                return d * v / shape;
            }
        }
    }
}

static double hyperexp(struct sim_random *random, double cv)
{
    double square = cv * cv;
    double p = 0.5 * (1 + sqrt((square - 1) / (square + 1)));
    double branch = sim_random_unit(random) < p ? p : 1 - p;
    return sim_random_exp(random) / (2 * branch);
}

int64_t sim_random_time(struct sim_random *random, const struct sim_time *time)
{
    double value = 1;
    double variance = log(1 + time->cv * time->cv);
    switch (time->dist) {
    case SIM_EXP:
        value = sim_random_exp(random);
        break;
    case SIM_DETERMINISTIC:
        break;
    case SIM_GAMMA:
        value = sim_random_gamma(random, 1 / (time->cv * time->cv));
        break;
    case SIM_LOGNORMAL:
        value = exp(sqrt(variance) * sim_random_normal(random) - variance / 2);
        break;
    case SIM_HYPEREXP:
        value = hyperexp(random, time->cv);
        break;
    }
    int64_t ms = (int64_t)(value * time->mean_ms + 0.5);
    return ms > time->min_ms ? ms : time->min_ms;
}
