/* sim_day: a recorded day out of its events: what every leg went through, whether the chooser still
 * decides as it did, and the day as a case for the simulator.
 *
 * Pure. The events come in order, each before the core that replays them has taken it. One thread.
 *
 * What a case cannot carry over: the pauses of the clerks between two tickets (a window of the
 * simulator calls at once), chosen calls and returned ones (the chooser decides), tickets bound to
 * a window or a clerk (any window that serves them may call), time parked (the pieces of a service
 * become one), walk-ins (they stand in line), suspended services, changes of configuration during
 * the day (the last one counts), a class or service amended (as it ended). A leg that was never
 * served takes as long as another of its service that day, drawn by the seed. */
#ifndef SIM_DAY_H
#define SIM_DAY_H

#include "sim.h"

/* Differences kept one by one; beyond that they are only counted: somebody is to read them. */
#define SIM_DAY_DIFFERENCE_MAX 50

/* A call that the chooser, asked again, would not have made like that. */
struct sim_day_difference {
    int64_t seq, at_ms;
    int32_t window;
    char number[TICKET_NUMBER_SIZE]; /* called ... */
    enum event_rule rule;
    char choice[TICKET_NUMBER_SIZE]; /* ... and whom the chooser would have called; "" nobody */
    enum event_rule choice_rule;
};

struct sim_day_choices {
    int64_t calls;     /* of every kind */
    int64_t automatic; /* by the chooser; the others are chosen by a person or out of hold */
    int64_t same;      /* of these, the same leg by the same rule again */
    struct sim_day_difference differences[SIM_DAY_DIFFERENCE_MAX];
    int difference_count;
};

struct sim_day;

/* `midnight_ms`: hall time at which the day's date begins, from which the case counts. NULL without
 * memory. */
struct sim_day *sim_day_create(int64_t midnight_ms);
void sim_day_destroy(struct sim_day *day);
/* The next event, not yet taken by `core`; the core is asked for its choice. ERR_NO_MEMORY;
 * ERR_REPLAY when it does not fit those before. */
MUST_USE enum err sim_day_take(struct sim_day *day, struct core *core, const struct event *event);
/* After the last event, which `core` has taken. ERR_REPLAY when the core knows other legs. */
MUST_USE enum err sim_day_end(struct sim_day *day, const struct core *core);

/* The rest is for after the end. */

const struct sim_day_choices *sim_day_choices(const struct sim_day *day);
/* The day had not been closed: its last legs are not over. */
bool sim_day_in_progress(const struct sim_day *day);
/* The hall at the end of the day, with what was retired during it. */
const struct hall *sim_day_hall(const struct sim_day *day);
/* Names behind the numbers of approvers and clerks in measures; "" beyond them. */
const char *sim_day_approver(const struct sim_day *day, int index);
const char *sim_day_clerk(const struct sim_day *day, int index);

/* The day as a case under its own rules, with its windows open as they were. The hall of the case
 * has no hours, quotas or time-outs of its own: who came, when, was decided already. `ret_case` is
 * the caller's to sim_case_fini(), also after an error. ERR_NO_MEMORY. */
MUST_USE enum err sim_day_case(const struct sim_day *day, uint64_t seed, struct sim_case *ret_case);
/* Measures of the day as it was, walk-ins left out. Displacement is against `own`, the case of
 * sim_day_case(), first come, first served: so it contains the clerks' pauses too. As sim_play().
 */
MUST_USE enum err sim_day_measure(const struct sim_day *day, const struct sim_case *own,
                                  struct measure_result *ret_result);

#endif
