/* erlang: see erlang.h. B is built up server by server, which never overflows and loses nothing:
 * all terms are positive. */
#include "erlang.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

/* B of one server more. */
static double next_b(double b, int servers, double load)
{
    return load * b / (servers + load * b);
}

static double c_of_b(double b, int servers, double load)
{
    return load < servers ? servers * b / (servers - load * (1 - b)) : 1;
}

double erlang_b(int servers, double load)
{
    assert(servers >= 0 && servers <= ERLANG_SERVER_MAX);
    assert(load >= 0);
    double b = 1;
    for (int c = 1; c <= servers; c++) {
        b = next_b(b, c, load);
    }
    return b;
}

double erlang_c(int servers, double load)
{
    return c_of_b(erlang_b(servers, load), servers, load);
}

double erlang_wait_mean(int servers, double load, double mean_service)
{
    return load < servers ? erlang_c(servers, load) * mean_service / (servers - load) : INFINITY;
}

/* Those who wait do so for an exponential time: spare servers end one after the other. */
static double over(double c, int servers, double load, double mean_service, double time)
{
    return load < servers ? c * exp(-(servers - load) * time / mean_service) : 1;
}

double erlang_wait_over(int servers, double load, double mean_service, double time)
{
    assert(time >= 0);
    assert(mean_service > 0);
    return over(erlang_c(servers, load), servers, load, mean_service, time);
}

double erlang_wait_quantile(int servers, double load, double mean_service, double share)
{
    assert(share >= 0 && share < 1);
    double c = erlang_c(servers, load);
    if (load >= servers) {
        return INFINITY;
    }
    return c > 1 - share ? log(c / (1 - share)) * mean_service / (servers - load) : 0;
}

int erlang_servers(double load, double mean_service, double time, double share)
{
    assert(load >= 0);
    assert(mean_service > 0);
    assert(time >= 0);
    assert(share >= 0 && share < 1);
    if (load == 0 || share == 0) {
        return 0;
    }
    double b = 1;
    for (int c = 1; c <= ERLANG_SERVER_MAX; c++) {
        b = next_b(b, c, load);
        if (load < c && 1 - over(c_of_b(b, c, load), c, load, mean_service, time) >= share) {
            return c;
        }
    }
    return -1;
}

double erlang_wait_mean_general(int servers, double load, double mean_service, double cv)
{
    assert(cv >= 0);
    return erlang_wait_mean(servers, load, mean_service) * (1 + cv * cv) / 2;
}

/* ---- stages ---- */

/* log(stages!) as a sum: lgamma() would write to a variable that all threads share. */
static double log_factorial(int stages)
{
    double sum = 0;
    for (int i = 2; i <= stages; i++) {
        sum += log(i);
    }
    return sum;
}

/* exp(-x) x^n / n!, by logarithms, since each factor alone would leave the range of a double. */
static double poisson(int n, double x, double log_n_factorial)
{
    return exp(n * log(x) - x - log_n_factorial);
}

/* P(at least `stages` of a Poisson number with mean x), or its complement: whichever tail does not
 * hold the mean is summed away from it, so that terms fall and nothing cancels. */
static double tail(int stages, double x, double log_factorial_of, bool upper)
{
    if (x <= 0) {
        return upper ? 0 : 1;
    }
    bool sum_upper = x < stages;
    double term = poisson(stages, x, log_factorial_of);
    double sum = 0;
    if (sum_upper) {
        for (int n = stages + 1; term > sum * 1e-17; n++) {
            sum += term;
            term *= x / n;
        }
    } else {
        for (int n = stages; n > 0; n--) {
            term *= n / x; /* now of n - 1 */
            sum += term;
        }
    }
    return sum_upper == upper ? sum : 1 - sum;
}

double erlang_stages_by(int stages, double rate, double time)
{
    assert(stages >= 1 && stages <= ERLANG_STAGE_MAX);
    assert(rate > 0);
    return tail(stages, rate * time, log_factorial(stages), true);
}

/* Newton's steps, kept inside a bracket that shrinks with each: where a step would leave it, half
 * of it is taken instead. */
double erlang_stages_quantile(int stages, double rate, double share)
{
    assert(stages >= 1 && stages <= ERLANG_STAGE_MAX);
    assert(rate > 0);
    assert(share >= 0 && share < 1);
    double factorial = log_factorial(stages);
    double low = 0;
    double high = stages;
    if (share == 0) {
        return 0;
    }
    /* The rarer side of the quantile is compared, so that shares near 1 keep their digits. */
    bool upper = share <= 0.5;
    double sign = upper ? 1 : -1;
    double goal = upper ? share : 1 - share;
    while (sign * (tail(stages, high, factorial, upper) - goal) < 0) {
        low = high;
        high *= 2;
    }
    double x = (low + high) / 2;
    /* 200 halvings would reach the last bit of any double; Newton needs some ten steps. */
    for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
        double error = sign * (tail(stages, x, factorial, upper) - goal);
        low = error < 0 ? x : low;
        high = error < 0 ? high : x;
        double density = poisson(stages, x, factorial) * stages / x;
        double next = x - error / density;
        next = next > low && next < high ? next : (low + high) / 2;
        if (fabs(next - x) <= 1e-14 * x) {
            break;
        }
        x = next;
    }
    return x / rate;
}
