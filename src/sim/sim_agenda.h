/* sim_agenda: what is known beforehand to happen in a case, in the order in which it does. */
#ifndef SIM_AGENDA_H
#define SIM_AGENDA_H

#include "sim.h"

/* In the order inside one millisecond. */
enum sim_phase {
    SIM_PHASE_WINDOW,
    SIM_PHASE_CANCEL,
    SIM_PHASE_URGENT,
    SIM_PHASE_RESTORE,
    SIM_PHASE_ARRIVE
};

struct sim_entry {
    int64_t at_ms;
    enum sim_phase phase;
    int32_t index; /* ticket; windows: twice the position, and one more to open */
};

struct sim_agenda {
    struct sim_entry *entries; /* owned */
    size_t count, next;
};

/* False without memory. */
bool sim_agenda_init(struct sim_agenda *agenda, const struct sim_case *plan);
void sim_agenda_fini(struct sim_agenda *agenda);
/* Something that has just become known, not in the past. It takes the room of an entry that is
 * done, so each may bring one at a time. */
void sim_agenda_add(struct sim_agenda *agenda, int64_t at_ms, enum sim_phase phase, int32_t index);
/* The next entry if it is of that time, and not of a later phase; false when there is none. */
bool sim_agenda_take(struct sim_agenda *agenda, int64_t at_ms, enum sim_phase last,
                     struct sim_entry *ret_entry);
/* INT64_MAX when nothing is left. */
int64_t sim_agenda_next_ms(const struct sim_agenda *agenda);

#endif
