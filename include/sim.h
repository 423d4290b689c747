/* sim: the real core on a virtual clock, floors 0 and 1 only.
 *
 * A case is a hall and a list of visitors with everything that will happen to them; sim_play() lets
 * it happen in the order of scheduling ("order inside one millisecond": ends of service, windows,
 * cancels, urgent grants, restores, arrivals, then the idle windows call) and reports each call.
 * Times are milliseconds from the start of the case. */
#ifndef SIM_H
#define SIM_H

#include "core.h"

#define SIM_TICKET_MAX 4096
#define SIM_LEG_MAX 4
#define SIM_ID_SIZE 16

struct sim_ticket {
    char id[SIM_ID_SIZE];
    int16_t service, cls; /* positions in the hall */
    int64_t arrive_ms;
    int64_t slot_ms;    /* appointment; -1 none */
    int64_t restore_ms; /* asks to be restored if passed; -1 never */
    int64_t urgent_ms;  /* an urgent grant is asked for; -1 never */
    int64_t cancel_ms;  /* leaves if still waiting; -1 never */
    uint32_t absent;    /* bit n: misses its call n (from 1) */
    int leg_count;
    int64_t service_ms[SIM_LEG_MAX];
    int16_t services[SIM_LEG_MAX]; /* [0] is `service`; then where it is sent on */
};

struct sim_case {
    struct hall hall;
    int64_t open_ms[HALL_WINDOW_MAX];
    struct sim_ticket *tickets; /* in order of arrival */
    int ticket_count;
};

struct sim_report {
    void (*call)(void *context, int64_t at_ms, int32_t window, const struct sim_ticket *ticket,
                 const struct event_why *why, const struct sim_ticket *const *overtaken);
    void (*note)(void *context, int64_t at_ms, const char *what, const struct sim_ticket *ticket);
    void (*final)(void *context, const struct sim_ticket *ticket, enum ticket_state state,
                  int32_t overtakes, int32_t urgent_overtakes);
    void *context;
};

/* Plays the case to its end. ERR_NO_MEMORY; ERR_INVALID_BODY when a command of the case is refused.
 */
MUST_USE enum err sim_play(const struct sim_case *play, const struct sim_report *report);

#endif
