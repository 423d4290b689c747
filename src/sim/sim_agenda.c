/* sim_agenda: see sim_agenda.h. One sorted list with a mark of how far it is done. What comes up
 * later is put in by moving others aside: only people who missed a call come back. */
#include "sim_agenda.h"

#include <assert.h>
#include <stdlib.h>

/* Of one ticket at most: arrival, cancel, grant, restore. */
#define ENTRIES_PER_TICKET 4

static int compare_entries(const void *a, const void *b)
{
    const struct sim_entry *x = a;
    const struct sim_entry *y = b;
    if (x->at_ms != y->at_ms) {
        return x->at_ms < y->at_ms ? -1 : 1;
    }
    if (x->phase != y->phase) {
        return (int)x->phase - (int)y->phase;
    }
    return x->index < y->index ? -1 : x->index > y->index ? 1 : 0;
}

static void note(struct sim_agenda *agenda, int64_t at_ms, enum sim_phase phase, int32_t index)
{
    if (at_ms >= 0 && at_ms != INT64_MAX) {
        agenda->entries[agenda->count++] =
            (struct sim_entry){.at_ms = at_ms, .phase = phase, .index = index};
    }
}

bool sim_agenda_init(struct sim_agenda *agenda, const struct sim_case *plan)
{
    size_t room = ENTRIES_PER_TICKET * (size_t)plan->ticket_count + 2 * (size_t)plan->span_count;
    *agenda = (struct sim_agenda){.entries = calloc(room + 1, sizeof *agenda->entries)};
    if (agenda->entries == NULL) {
        return false;
    }
    for (int i = 0; i < plan->span_count; i++) {
        const struct sim_span *span = &plan->spans[i];
        note(agenda, span->open_ms, SIM_PHASE_WINDOW, 2 * span->window + 1);
        note(agenda, span->close_ms, SIM_PHASE_WINDOW, 2 * span->window);
    }
    for (int32_t i = 0; i < plan->ticket_count; i++) {
        const struct sim_ticket *ticket = &plan->tickets[i];
        note(agenda, ticket->arrive_ms, SIM_PHASE_ARRIVE, i);
        note(agenda, ticket->cancel_ms, SIM_PHASE_CANCEL, i);
        note(agenda, ticket->urgent_ms, SIM_PHASE_URGENT, i);
        note(agenda, ticket->restore_ms, SIM_PHASE_RESTORE, i);
    }
    qsort(agenda->entries, agenda->count, sizeof *agenda->entries, compare_entries);
    return true;
}

void sim_agenda_fini(struct sim_agenda *agenda)
{
    free(agenda->entries);
    agenda->entries = NULL;
}

void sim_agenda_add(struct sim_agenda *agenda, int64_t at_ms, enum sim_phase phase, int32_t index)
{
    struct sim_entry entry = {.at_ms = at_ms, .phase = phase, .index = index};
    assert(agenda->next > 0);
    size_t at = --agenda->next;
    for (; at + 1 < agenda->count && compare_entries(&agenda->entries[at + 1], &entry) < 0; at++) {
        agenda->entries[at] = agenda->entries[at + 1];
    }
    agenda->entries[at] = entry;
}

bool sim_agenda_take(struct sim_agenda *agenda, int64_t at_ms, enum sim_phase last,
                     struct sim_entry *ret_entry)
{
    if (agenda->next == agenda->count || agenda->entries[agenda->next].at_ms != at_ms ||
        agenda->entries[agenda->next].phase > last) {
        return false;
    }
    *ret_entry = agenda->entries[agenda->next++];
    return true;
}

int64_t sim_agenda_next_ms(const struct sim_agenda *agenda)
{
    return agenda->next < agenda->count ? agenda->entries[agenda->next].at_ms : INT64_MAX;
}
