/* erlang: waits in closed form, where there is one: Poisson arrivals, exponential services, equal
 * servers, first come first served (M/M/c).
 *
 * For a first guess of how many windows a half hour needs, and to hold the simulator against. A
 * hall with classes, skills and a day's curve is none of this: ask sim_model.h.
 *
 * `load` is the arrival rate times the mean service, in erlangs; times have any one unit. What has
 * no steady state (load >= servers, also no servers) has a wait of INFINITY with probability 1; a
 * load of 0 waits 0 wherever there is a server. Pure functions, any thread. Relative error below
 * 1e-9 for up to ERLANG_SERVER_MAX servers and ERLANG_STAGE_MAX stages.
 *
 * Formulas: Erlang 1917 "Solution of some problems in the theory of probabilities of significance
 * in automatic telephone exchanges" (B, C, and the exponential tail of the wait); Cooper 1981
 * "Introduction to queueing theory", 2nd edition (the recursion for B, C from B); Abramowitz and
 * Stegun 1964, 6.5 and 26.4 (the gamma distribution with whole shape as a Poisson sum). */
#ifndef ERLANG_H
#define ERLANG_H

#define ERLANG_SERVER_MAX 100000 /* a limit for loops; far more windows than a city has */
#define ERLANG_STAGE_MAX 10000

/* Share of arrivals that find all servers busy where nobody waits (M/M/c/c). */
double erlang_b(int servers, double load);
/* Share of arrivals that wait. */
double erlang_c(int servers, double load);
double erlang_wait_mean(int servers, double load, double mean_service);
/* P(wait > time), time >= 0. */
double erlang_wait_over(int servers, double load, double mean_service, double time);
/* The time within which that share of arrivals is called, 0 <= share < 1; 0 when fewer wait. */
double erlang_wait_quantile(int servers, double load, double mean_service, double share);
/* Least number of servers with P(wait <= time) >= share, 0 <= share < 1. 0 when nobody comes or
 * nothing is asked; -1 when ERLANG_SERVER_MAX are too few. */
int erlang_servers(double load, double mean_service, double time, double share);

/* Mean wait when services are not exponential: cv is their coefficient of variation. Exact for one
 * server (Pollaczek 1930, Khinchine 1932), where `load` alone decides; with more, the approximation
 * of Lee and Longton 1959 "Queueing processes associated with airline passenger check-in": the
 * exponential wait times (1 + cv^2) / 2. Within 3 % of the exact M/D/c and M/E2/c in our tests. */
double erlang_wait_mean_general(int servers, double load, double mean_service, double cv);

/* The wait of somebody with `stages` - 1 in front when all servers are busy is the time until
 * `stages` ends of service at `rate` (servers over mean service), an Erlang distribution: the
 * probability that it is over by then, and the time by which it is with probability `share`
 * (0 <= share < 1). 1 <= stages <= ERLANG_STAGE_MAX. */
double erlang_stages_by(int stages, double rate, double time);
double erlang_stages_quantile(int stages, double rate, double share);

#endif
