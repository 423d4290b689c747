/* core_apply_ticket: events that make legs or move them between queues: issued, called,
 * transferred, amended. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

/* The next leg slot, empty, for that visit. The caller has checked that there is one. */
static int32_t open_leg(struct core *core, int32_t visit, int16_t service, int64_t at_ms)
{
    struct core_visit *v = &core->visits[visit];
    int32_t slot = core->leg_count++;
    struct core_leg *leg = &core->legs[slot];
    memset(leg, 0, sizeof *leg);
    memset(&core->nodes[slot], 0, sizeof core->nodes[slot]);
    leg->visit = visit;
    leg->no = ++v->leg_count;
    leg->next = -1;
    leg->service = service;
    leg->window = -1;
    leg->bound = -1;
    leg->clerk = -1;
    leg->timer = -1;
    leg->due_ms = INT64_MAX;
    leg->opened_ms = at_ms;
    leg->entered_ms = at_ms;
    leg->since_ms = at_ms;
    leg->base_ms = at_ms;
    leg->told_low_s = -1;
    leg->told_s = -1;
    leg->told_high_s = -1;
    if (v->first_leg < 0) {
        v->first_leg = slot;
    } else {
        core->legs[v->last_leg].next = slot;
    }
    v->last_leg = slot;
    return slot;
}

static void open_visit(struct core *core, const struct event *event, int16_t cls)
{
    struct core_visit *v = &core->visits[core->visit_count++];
    memset(v, 0, sizeof *v);
    v->first_leg = -1;
    v->last_leg = -1;
    v->series_value = event->series_value;
    v->cls = cls;
    text_copy_cut(v->number, sizeof v->number, event->number);
    text_copy_cut(v->id, sizeof v->id, event->ticket_id);
    text_copy_cut(v->lang, sizeof v->lang, event->lang);
    text_copy_cut(v->channel, sizeof v->channel, event->channel);
    text_copy_cut(v->external_ref, sizeof v->external_ref, event->external_ref);
    text_copy_cut(v->note, sizeof v->note, event->note);
    memcpy(v->token, event->token, TICKET_TOKEN_SIZE);
    memcpy(v->identity, event->identity, TICKET_TOKEN_SIZE);
    for (int i = 0; i < TICKET_TOKEN_SIZE; i++) {
        v->has_identity = v->has_identity || event->identity[i] != 0;
    }
    v->issued_ms = event->at_ms;
    v->version = event->seq;
}

enum err apply_issued(struct core *core, const struct event *event)
{
    int service = hall_find_service(&core->hall, event->service);
    int cls = hall_find_class(&core->hall, event->cls);
    if (service < 0 || cls < 0 || event->visit != core->visit_count ||
        event->leg != core->leg_count || core->visit_count == core->limits.visit_max ||
        core->leg_count == core->leg_max) {
        return ERR_REPLAY;
    }
    open_visit(core, event, (int16_t)cls);
    int32_t slot = open_leg(core, event->visit, (int16_t)service, event->at_ms);
    struct core_leg *leg = &core->legs[slot];
    leg->state = event->state;
    leg->told_low_s = event->told_low_s;
    leg->told_s = event->told_s;
    leg->told_high_s = event->told_high_s;
    leg->told_pm = event->told_pm;
    leg->slot_ms = event->slot_ms;
    leg->base_ms = event->base_ms;
    leg->touched = event->seq;
    core->services[service].issued += 1;
    core->services[core->services[service].series].series_next = event->series_value + 1;
    table_add(core, event->visit);
    queue_place(core, slot);
    print_apply(core, event);
    return ERR_NONE;
}

static bool by_pick(enum event_rule rule)
{
    return rule >= EVENT_RULE_POLICY && rule <= EVENT_RULE_EARLY;
}

/* The claim's effect on the others. Live, the choice was made a moment ago; in replay it is made
 * again, and a log whose choice differs (written by another version of the chooser) is believed. */
static void commit_claim(struct core *core, const struct event *event, int window)
{
    uint32_t mask = (uint32_t)event->count;
    if (event->why.rule == EVENT_RULE_CHOSEN && core->legs[event->leg].place == CORE_PLACE_QUEUE) {
        pick_commit_chosen(core, window, event->at_ms, event->leg);
    }
    if (!by_pick(event->why.rule)) {
        return;
    }
    struct core_pick pick;
    if (core->picked_seq == event->seq && core->picked_window == window) {
        pick = core->picked;
    } else {
        pick_choose(core, window, event->at_ms, mask, &pick);
    }
    if (pick.leg != event->leg) {
        pick = (struct core_pick){
            .leg = event->leg, .rule = event->why.rule, .account = -1, .ratio_service = -1};
    }
    pick_commit(core, window, event->at_ms, mask, &pick);
}

enum err apply_called(struct core *core, const struct event *event)
{
    struct core_leg *leg = &core->legs[event->leg];
    int w = hall_find_window(&core->hall, event->window);
    if (w < 0 || core->windows[w].leg >= 0 ||
        (leg->state != TICKET_WAITING && leg->state != TICKET_HELD &&
         leg->state != TICKET_NO_SHOW)) {
        return ERR_REPLAY;
    }
    commit_claim(core, event, w);
    if (leg->state == TICKET_HELD) {
        held_remove(core, event->leg);
    }
    leg->window = (int16_t)w;
    leg->clerk = core->windows[w].clerk;
    leg->calls = 1;
    leg->last_called_ms = event->at_ms;
    leg->called_ms = leg->called_ms == 0 ? event->at_ms : leg->called_ms;
    leg_set_state(core, event->leg, TICKET_CALLED, event->at_ms);
    leg->defer = 0;
    core->windows[w].leg = event->leg;
    core->windows[w].state = CORE_WINDOW_CALLING;
    core->windows[w].since_ms = event->at_ms;
    calls_note(core, w, event->leg, event->at_ms);
    return ERR_NONE;
}

enum err apply_transferred(struct core *core, const struct event *event)
{
    struct core_leg *old = &core->legs[event->leg];
    int service = hall_find_service(&core->hall, event->service);
    int target =
        event->target_window != 0 ? hall_find_window(&core->hall, event->target_window) : -1;
    if (service < 0 || event->new_leg != core->leg_count || core->leg_count == core->leg_max ||
        (event->target_window != 0 && target < 0)) {
        return ERR_REPLAY;
    }
    if (old->state == TICKET_HELD) {
        held_remove(core, event->leg);
    }
    leg_release_window(core, event->leg, event->at_ms);
    leg_set_state(core, event->leg, TICKET_TRANSFERRED, event->at_ms);
    int32_t slot = open_leg(core, old->visit, (int16_t)service, event->at_ms);
    struct core_leg *leg = &core->legs[slot];
    leg->state = TICKET_WAITING;
    leg->base_ms = event->base_ms;
    leg->appointment = old->appointment && event->position == EVENT_POSITION_KEEP_TIME;
    leg->bound = (int16_t)target;
    leg->touched = event->seq;
    if (event->note[0] != '\0') {
        text_copy_cut(core->visits[old->visit].note, TICKET_NOTE_SIZE, event->note);
    }
    queue_place(core, slot);
    int w = event->window != 0 ? hall_find_window(&core->hall, event->window) : -1;
    if (w >= 0) {
        core->undos[w].opened = slot;
    }
    return ERR_NONE;
}

enum err apply_continued(struct core *core, const struct event *event)
{
    const struct core_leg *old = &core->legs[event->leg];
    int service = hall_find_service(&core->hall, event->service);
    int w = hall_find_window(&core->hall, event->window);
    if (service < 0 || w < 0 || old->state != TICKET_DONE || core->windows[w].leg >= 0 ||
        core->windows[w].state != CORE_WINDOW_OPEN || event->new_leg != core->leg_count ||
        core->leg_count == core->leg_max) {
        return ERR_REPLAY;
    }
    int32_t slot = open_leg(core, old->visit, (int16_t)service, event->at_ms);
    struct core_leg *leg = &core->legs[slot];
    leg->state = TICKET_SERVING;
    leg->window = (int16_t)w;
    leg->clerk = core->windows[w].clerk;
    leg->called_ms = event->at_ms;
    leg->last_called_ms = event->at_ms;
    leg->started_ms = event->at_ms;
    leg->continued = true;
    leg->checked = core->legs[event->leg].checked; /* it is the same slip in the same hand */
    leg->touched = event->seq;
    if (event->note[0] != '\0') {
        text_copy_cut(core->visits[old->visit].note, TICKET_NOTE_SIZE, event->note);
    }
    core->windows[w].leg = slot;
    core->windows[w].state = CORE_WINDOW_SERVING;
    core->windows[w].since_ms = event->at_ms;
    core->undos[w].opened = slot;
    return ERR_NONE;
}

/* A grant takes a token of the bucket, after the tokens that time has brought. */
static void take_urgent(struct core *core, int64_t at_ms)
{
    const struct hall_policy *policy = &core->hall.policy;
    int64_t refill = policy->urgent_refill_ms;
    int64_t gained = refill > 0 ? (at_ms - core->urgent_last_ms) / refill : 0;
    int64_t tokens = core->urgent_tokens + gained;
    core->urgent_last_ms += gained * refill;
    if (tokens >= policy->urgent_burst) {
        tokens = policy->urgent_burst;
        core->urgent_last_ms = at_ms;
    }
    core->urgent_tokens = (int32_t)(tokens > 0 ? tokens - 1 : 0);
    core->urgent_today += 1;
}

enum err apply_amended(struct core *core, const struct event *event)
{
    struct core_leg *leg = &core->legs[event->leg];
    struct core_visit *visit = &core->visits[leg->visit];
    int service = hall_find_service(&core->hall, event->service);
    int cls = hall_find_class(&core->hall, event->cls);
    if (service < 0 || cls < 0) {
        return ERR_REPLAY;
    }
    queue_unplace(core, event->leg);
    if ((event->changed & EVENT_CHANGED_SERVICE) != 0) {
        leg->service = (int16_t)service;
        leg->bound = -1;
    }
    if ((event->changed & EVENT_CHANGED_WINDOW) != 0) {
        leg->bound = (int16_t)hall_find_window(&core->hall, event->target_window);
    }
    if ((event->changed & EVENT_CHANGED_CLASS) != 0) {
        visit->cls = (int16_t)cls;
        visit->reclassed = true;
    }
    if ((event->changed & EVENT_CHANGED_URGENT) != 0) {
        visit->urgent_ms = event->at_ms;
        take_urgent(core, event->at_ms);
        visit->urgent_no = core->urgent_today;
    }
    if ((event->changed & EVENT_CHANGED_NOTE) != 0) {
        text_copy_cut(visit->note, sizeof visit->note, event->note);
    }
    if ((event->changed & EVENT_CHANGED_LANG) != 0) {
        text_copy_cut(visit->lang, sizeof visit->lang, event->lang);
    }
    if ((event->changed & EVENT_CHANGED_REF) != 0) {
        text_copy_cut(visit->external_ref, sizeof visit->external_ref, event->external_ref);
    }
    if ((event->changed & EVENT_CHANGED_INACCURATE) != 0) {
        visit->time_inaccurate = event->on != 0;
    }
    queue_place(core, event->leg);
    return ERR_NONE;
}
