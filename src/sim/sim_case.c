/* sim_case: what a case is asked before it is played. See sim.h. */
#include <stdlib.h>

#include "sim.h"

void sim_case_fini(struct sim_case *play)
{
    free(play->spans);
    free(play->tickets);
    play->spans = NULL;
    play->tickets = NULL;
}

void sim_case_begin(struct sim_case *play)
{
    int64_t first = play->ticket_count > 0 ? play->tickets[0].arrive_ms : INT64_MAX;
    for (int i = 0; i < play->span_count; i++) {
        first = play->spans[i].open_ms < first ? play->spans[i].open_ms : first;
    }
    play->start_ms = first != INT64_MAX ? first : 0;
}

size_t sim_case_leg_count(const struct sim_case *play)
{
    size_t count = 0;
    for (int i = 0; i < play->ticket_count; i++) {
        count += (size_t)play->tickets[i].leg_count;
    }
    return count;
}
