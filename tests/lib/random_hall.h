/* random_hall: halls and commands by chance, from a seed, so that a failure can be played again. */
#ifndef RANDOM_HALL_H
#define RANDOM_HALL_H

#include "fixture.h"

/* One stream of numbers for the whole test; the same seed begins the same stream. */
void any_seed(uint64_t seed);
uint32_t any(uint32_t below); /* 0..below-1 */

/* The fixture's small hall with up to three services, four windows, and every knob of the choice at
 * random. */
void random_hall(struct hall *hall);
/* One command each: on one of the last thirty tickets, a transfer or an amendment of one of them, a
 * new ticket or appointment. What is refused changes nothing. */
void random_ticket_command(struct fixture *f);
void random_change(struct fixture *f);
/* The lobby sees to somebody, sends them to one window, or changes what a window serves. */
void random_lobby(struct fixture *f);
void random_issue(struct fixture *f);
/* Time passes, and one of them is done, or what comes next at a window: it opens, armed, or starts
 * or finishes its ticket. */
void random_moment(struct fixture *f);

#endif
