/* core_check: the laws of the hall over the whole state, and its digest. For tests, the simulator
 * and verify. */
#include <string.h>

#include "core_internal.h"

static bool at_window(enum ticket_state state)
{
    return state == TICKET_CALLED || state == TICKET_SERVING;
}

/* A leg knows its window and the window knows the leg; nobody is at two windows. */
static const char *check_windows(const struct core *core)
{
    for (int w = 0; w < core->hall.window_count; w++) {
        const struct core_window *window = &core->windows[w];
        bool busy = window->state == CORE_WINDOW_CALLING || window->state == CORE_WINDOW_SERVING;
        if (busy != (window->leg >= 0)) {
            return "a window is busy if and only if it has a ticket";
        }
        if (window->leg >= 0) {
            const struct core_leg *leg = &core->legs[window->leg];
            enum ticket_state expected =
                window->state == CORE_WINDOW_CALLING ? TICKET_CALLED : TICKET_SERVING;
            if (leg->window != w || leg->state != expected) {
                return "the ticket at a window is called or served there";
            }
        }
        for (int32_t i = 0; i < window->held_count; i++) {
            const struct core_leg *leg = &core->legs[window->held[i]];
            if (leg->state != TICKET_HELD || leg->window != w) {
                return "a held ticket is held by its window";
            }
        }
    }
    return NULL;
}

static const char *check_leg(const struct core *core, int32_t slot)
{
    const struct core_leg *leg = &core->legs[slot];
    if (at_window(leg->state) && (leg->window < 0 || core->windows[leg->window].leg != slot)) {
        return "a called or served ticket is at its window";
    }
    if ((leg->state == TICKET_WAITING) != (leg->place != CORE_PLACE_NONE)) {
        return "a ticket waits if and only if it stands in a queue or list";
    }
    if ((leg->due_ms != INT64_MAX) != (leg->timer >= 0)) {
        return "a time-out is in the heap";
    }
    int64_t spent = 0;
    for (int state = 0; state < TICKET_STATE_COUNT; state++) {
        spent += leg->spent_ms[state];
    }
    if (spent != leg->since_ms - leg->opened_ms) {
        return "the time in all states is the stay";
    }
    int32_t cap = core->hall.classes[core->visits[leg->visit].cls].cap;
    if (cap >= 0 && !core->recapped && !core->visits[leg->visit].reclassed &&
        queue_pass(core, slot, CORE_PASS_POLICY) > cap) {
        return "no ticket is overtaken more often than its cap";
    }
    return NULL;
}

/* One open leg a visit, the others final ; numbers unique. */
static const char *check_visit(const struct core *core, int32_t slot)
{
    const struct core_visit *visit = &core->visits[slot];
    for (int32_t leg = visit->first_leg; leg >= 0; leg = core->legs[leg].next) {
        if (core->legs[leg].visit != slot) {
            return "a leg belongs to its visit";
        }
        if (leg == visit->last_leg) {
            break;
        }
        if (!ticket_state_is_final(core->legs[leg].state)) {
            return "only the last leg of a visit is open";
        }
    }
    if (core_find_number(core, visit->number) != slot) {
        return "a number belongs to one ticket of the day";
    }
    if (core_find_id(core, visit->id) != slot) {
        return "an id finds its ticket";
    }
    return NULL;
}

const char *core_check(const struct core *core)
{
    const char *broken = check_windows(core);
    broken = broken == NULL ? print_check(core) : broken;
    broken = broken == NULL ? voice_check(core) : broken;
    for (int32_t slot = 0; broken == NULL && slot < core->leg_count; slot++) {
        broken = check_leg(core, slot);
    }
    for (int32_t slot = 0; broken == NULL && slot < core->visit_count; slot++) {
        broken = check_visit(core, slot);
    }
    if (broken == NULL && !core->day_open) {
        for (int32_t slot = 0; slot < core->visit_count; slot++) {
            if (!ticket_state_is_final(core->legs[core->visits[slot].last_leg].state)) {
                return "a closed day has no open ticket";
            }
        }
    }
    return broken;
}

/* FNV-1a, 64 bit, over values one by one, so that padding never counts. */
static void mix(uint64_t *hash, int64_t value)
{
    for (int i = 0; i < 8; i++) {
        *hash = (*hash ^ (uint64_t)((value >> (8 * i)) & 0xff)) * 1099511628211U;
    }
}

static void mix_text(uint64_t *hash, const char *text)
{
    for (; *text != '\0'; text++) {
        *hash = (*hash ^ (unsigned char)*text) * 1099511628211U;
    }
    mix(hash, 0);
}

static void mix_leg(const struct core *core, int32_t slot, uint64_t *hash)
{
    const struct core_leg *leg = &core->legs[slot];
    const int64_t values[] = {
        leg->visit,    leg->no,          leg->service,      leg->window,     leg->bound,
        leg->clerk,    leg->state,       leg->defer,        leg->calls,      leg->no_shows,
        leg->rating,   leg->appointment, leg->rating_facts, leg->base_ms,    leg->not_before_ms,
        leg->slot_ms,  leg->entered_ms,  leg->called_ms,    leg->started_ms, leg->ended_ms,
        leg->until_ms, leg->since_ms,    leg->touched,      leg->due_ms,     leg->last_called_ms,
        leg->asked_ms, leg->checked,     leg->continued};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        mix(hash, values[i]);
    }
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        mix(hash, queue_pass(core, slot, (enum core_pass)pass));
    }
    mix_text(hash, leg->outcome);
    mix_text(hash, leg->held_reason);
}

static void mix_visit(const struct core_visit *visit, uint64_t *hash)
{
    mix(hash, visit->cls);
    mix(hash, visit->version);
    mix(hash, visit->urgent_ms);
    mix(hash, visit->urgent_no);
    mix(hash, visit->attended_ms);
    mix(hash, visit->print);
    mix(hash, visit->copies);
    mix(hash, visit->print_ms);
    mix_text(hash, visit->printer);
    mix(hash, visit->time_inaccurate);
    mix_text(hash, visit->number);
    mix_text(hash, visit->id);
    mix_text(hash, visit->note);
    mix_text(hash, visit->lang);
    mix_text(hash, visit->external_ref);
}

static void mix_window(const struct core_window *window, uint64_t *hash)
{
    const int64_t values[] = {window->state,     window->clerk,      window->leg,
                              window->auto_next, window->assist,     window->since_ms,
                              window->idle_ms,   window->version,    window->until_ms,
                              window->served,    window->held_count, window->pause_pending};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        mix(hash, values[i]);
    }
    for (int32_t i = 0; i < window->held_count; i++) {
        mix(hash, window->held[i]);
    }
    mix_text(hash, window->reason);
}

static void mix_voice(const struct core_voice *voice, uint64_t *hash)
{
    mix_text(hash, voice->zone);
    mix_text(hash, voice->player);
    mix(hash, voice->count);
    for (int32_t i = 0; i < voice->count; i++) {
        const struct announcement *item = &voice->items[i];
        const int64_t values[] = {item->id,         item->kind,     item->place, item->window,
                                  item->calls,      item->visit,    item->late,  item->queued_ms,
                                  item->started_ms, item->readings, item->chime};
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
            mix(hash, values[k]);
        }
        mix_text(hash, item->number);
        mix_text(hash, item->lang);
        mix_text(hash, item->text);
        mix_text(hash, item->player);
    }
}

uint64_t core_digest(const struct core *core)
{
    uint64_t hash = 14695981039346656037U;
    mix(&hash, core->next_seq);
    mix(&hash, core->day);
    mix(&hash, core->day_open);
    mix(&hash, core->reopened);
    mix(&hash, core->urgent_tokens);
    mix(&hash, core->urgent_today);
    for (int32_t slot = 0; slot < core->leg_count; slot++) {
        mix_leg(core, slot, &hash);
    }
    for (int32_t slot = 0; slot < core->visit_count; slot++) {
        mix_visit(&core->visits[slot], &hash);
    }
    for (int w = 0; w < core->hall.window_count; w++) {
        mix_window(&core->windows[w], &hash);
        const struct hall_window *place = &core->hall.windows[w];
        for (int i = 0; core->repurposed[w] && i < place->service_count; i++) {
            mix(&hash, place->services[i].service);
            mix(&hash, place->services[i].tier);
        }
    }
    for (int v = 0; v < core->voice_count; v++) {
        mix_voice(&core->voices[v], &hash);
    }
    for (int s = 0; s < core->hall.service_count; s++) {
        const struct core_service *service = &core->services[s];
        mix(&hash, service->suspended);
        mix(&hash, service->issued);
        for (int to = 0; to < CORE_DIVERT_COUNT; to++) {
            mix(&hash, service->diverted[to]);
        }
        mix(&hash, service->series_next);
        mix(&hash, service->w_account);
        mix(&hash, service->finished_ms);
        for (int g = 0; g < HALL_CLASS_MAX; g++) {
            mix(&hash, service->ratio[g]);
        }
    }
    return hash;
}
