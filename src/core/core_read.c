/* core_read: the state as values, for answers, views and signs. Nothing changes here, but for what
 * has become due when the chooser is asked. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

int32_t core_visit_count(const struct core *core)
{
    return core->visit_count;
}

int64_t core_ticket_version(const struct core *core, int32_t slot)
{
    return core->visits[slot].version;
}

void core_ticket_id(const struct core *core, int32_t slot, char id[TICKET_ID_SIZE])
{
    text_copy_cut(id, TICKET_ID_SIZE, core->visits[slot].id);
}

enum ticket_state core_ticket_state(const struct core *core, int32_t slot)
{
    return core->legs[core->visits[slot].last_leg].state;
}

void core_ticket_passed(const struct core *core, int32_t slot, int32_t ret_passed[3])
{
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        ret_passed[pass] = queue_pass(core, core->visits[slot].last_leg, (enum core_pass)pass);
    }
}

int64_t core_window_version(const struct core *core, int window)
{
    return core->windows[window].version;
}

int32_t core_urgent_today(const struct core *core)
{
    return core->urgent_today;
}

static int32_t window_no(const struct core *core, int16_t window)
{
    return window >= 0 ? core->hall.windows[window].no : 0;
}

static void read_leg(const struct core *core, int32_t slot, struct ticket_leg *ret)
{
    const struct core_leg *leg = &core->legs[slot];
    memset(ret, 0, sizeof *ret);
    ret->no = leg->no;
    text_copy_cut(ret->service, sizeof ret->service, core->hall.services[leg->service].code);
    ret->state = leg->state;
    ret->window = window_no(core, leg->window);
    ret->target_window = window_no(core, leg->bound);
    if (leg->clerk >= 0) {
        text_copy_cut(ret->clerk, sizeof ret->clerk, core->clerks[leg->clerk]);
    }
    text_copy_cut(ret->outcome, sizeof ret->outcome, leg->outcome);
    ret->entered_ms = leg->entered_ms;
    ret->called_ms = leg->called_ms;
    ret->last_called_ms = leg->last_called_ms;
    ret->started_ms = leg->started_ms;
    ret->ended_ms = leg->ended_ms;
    ret->held_until_ms = leg->state == TICKET_HELD ? leg->until_ms : 0;
    ret->held_total_ms = leg->spent_ms[TICKET_HELD];
    ret->no_show_total_ms = leg->spent_ms[TICKET_NO_SHOW];
    ret->calls = leg->calls;
    ret->no_shows = leg->no_shows;
    ret->overtakes = queue_pass(core, slot, CORE_PASS_POLICY);
    ret->rating = leg->rating;
    ret->rating_facts = leg->rating_facts;
    ret->told_low_s = leg->told_low_s;
    ret->told_s = leg->told_s;
    ret->told_high_s = leg->told_high_s;
    ret->told_pm = leg->told_pm;
}

static void read_visit(const struct core_visit *visit, struct ticket *ret)
{
    text_copy_cut(ret->id, sizeof ret->id, visit->id);
    text_copy_cut(ret->number, sizeof ret->number, visit->number);
    text_copy_cut(ret->lang, sizeof ret->lang, visit->lang);
    text_copy_cut(ret->channel, sizeof ret->channel, visit->channel);
    text_copy_cut(ret->external_ref, sizeof ret->external_ref, visit->external_ref);
    text_copy_cut(ret->note, sizeof ret->note, visit->note);
    memcpy(ret->token, visit->token, TICKET_TOKEN_SIZE);
    ret->issued_ms = visit->issued_ms;
    ret->print = visit->print;
    ret->copies = visit->copies;
    ret->urgent = visit->urgent_ms != 0;
    ret->time_inaccurate = visit->time_inaccurate;
    ret->version = visit->version;
}

void core_get_ticket(const struct core *core, const struct core_now *now, int32_t slot,
                     struct ticket *ret)
{
    const struct core_visit *visit = &core->visits[slot];
    const struct core_leg *last = &core->legs[visit->last_leg];
    ret->slot = slot;
    ret->day = core->day;
    ret->state = last->state;
    ret->leg_count = 0;
    ret->ahead = -1;
    ret->eta = ETA_UNKNOWN;
    read_visit(visit, ret);
    text_copy_cut(ret->cls, sizeof ret->cls, core->hall.classes[visit->cls].code);
    /* A leg opened by a transfer that was taken back stands behind the last one and is not shown.
     */
    for (int32_t leg = visit->first_leg; leg >= 0 && ret->leg_count < TICKET_LEG_MAX;
         leg = core->legs[leg].next) {
        read_leg(core, leg, &ret->legs[ret->leg_count++]);
        if (leg == visit->last_leg) {
            break;
        }
    }
    if (last->state == TICKET_WAITING) {
        ret->ahead = pick_ahead(core, visit->last_leg, now->ms);
        ret->eta = foresee_visit(core, slot, ret->ahead, now->ms);
    }
}

static int32_t count_waiting(const struct core *core, int window, int64_t at_ms)
{
    struct queue_set set;
    queue_collect(core, window, at_ms, 0, core->hall.policy.idle_help, &set);
    int32_t count = 0;
    for (int i = 0; i < set.count; i++) {
        count += queue_count(core, set.cursors[i].queue, set.cursors[i].base_ms, -1);
    }
    return count;
}

static void read_undo(const struct core *core, const struct core_now *now, int window,
                      struct core_window_info *ret)
{
    const struct core_undo *undo = &core->undos[window];
    ret->undo_visit = -1;
    if (undo->valid && undo->count > 0 && now->ms - undo->at_ms <= core->hall.undo_ms &&
        undo_is_untouched(core, undo)) {
        ret->undo_until_ms = undo->at_ms + core->hall.undo_ms;
        ret->undo_visit = core->legs[undo->legs[undo->count - 1]].visit;
    }
}

/* The ticket finished last, while the rating device may still ask about it. */
static int32_t rating_visit(const struct core *core, const struct core_now *now,
                            const struct core_window *window)
{
    if (window->last_done < 0) {
        return -1;
    }
    const struct core_leg *leg = &core->legs[window->last_done];
    bool asks = leg_is_asked(leg) && now->ms - leg->asked_ms < core->hall.rating_prompt_ms;
    return asks ? leg->visit : -1;
}

static void read_done(const struct core *core, const struct core_window *window,
                      struct core_window_info *ret)
{
    ret->done_visit = -1;
    if (window->last_done >= 0) {
        const struct core_leg *leg = &core->legs[window->last_done];
        ret->done_visit = leg->visit;
        ret->done_asked = (leg->rating_facts & TICKET_ASKED_CLERK) != 0;
        ret->rating_until_ms = leg->asked_ms + core->hall.rating_prompt_ms;
        ret->done_rated = leg->rating != 0;
    }
}

/* Who walked up to the window was called by no number and has no slip. */
bool leg_wants_slip(const struct core *core, int32_t leg)
{
    const struct core_leg *l = &core->legs[leg];
    return core->hall.services[l->service].slip_check && (l->calls > 0 || l->continued);
}

static void read_slip(const struct core *core, const struct core_window *window,
                      struct core_window_info *ret)
{
    if (window->leg >= 0) {
        const struct core_leg *leg = &core->legs[window->leg];
        ret->slip_wanted = leg_wants_slip(core, window->leg);
        ret->slip_checked = leg->checked;
    }
}

void core_get_window(const struct core *core, const struct core_now *now, int window,
                     bool with_next, struct core_window_info *ret)
{
    const struct core_window *w = &core->windows[window];
    memset(ret, 0, sizeof *ret);
    ret->no = core->hall.windows[window].no;
    ret->state = w->state;
    if (w->clerk >= 0) {
        text_copy_cut(ret->clerk, sizeof ret->clerk, core->clerks[w->clerk]);
    }
    ret->visit = w->leg >= 0 ? core->legs[w->leg].visit : -1;
    ret->next_visit = -1;
    ret->rating_visit = rating_visit(core, now, w);
    read_done(core, w, ret);
    read_slip(core, w, ret);
    text_copy_cut(ret->reason, sizeof ret->reason, w->reason);
    ret->until_ms = w->until_ms;
    ret->pause_pending = w->pause_pending;
    ret->auto_next = w->auto_next;
    ret->assist = w->assist;
    ret->since_ms = w->since_ms;
    ret->version = w->version;
    ret->held_count = w->held_count;
    for (int32_t i = 0; i < w->held_count; i++) {
        ret->held[i] = core->legs[w->held[i]].visit;
    }
    ret->served = w->served;
    ret->waiting = count_waiting(core, window, now->ms);
    read_undo(core, now, window, ret);
    if (with_next) {
        struct core_pick pick;
        pick_peek(core, window, now->ms, &pick);
        ret->next_visit = pick.leg >= 0 ? core->legs[pick.leg].visit : -1;
    }
}

void core_choose(struct core *core, int window, int64_t at_ms, uint32_t mask,
                 struct core_choice *ret)
{
    struct core_pick pick;
    pick_choose(core, window, at_ms, mask, &pick);
    ret->visit = pick.leg >= 0 ? core->legs[pick.leg].visit : -1;
    ret->rule = pick.leg >= 0 ? pick.rule : EVENT_RULE_NONE;
}

static enum err service_closed_by(const struct core *core, const struct core_now *now, int service)
{
    const struct hall_service *s = &core->hall.services[service];
    const struct core_service *state = &core->services[service];
    if (!core->day_open || state->suspended ||
        !hall_service_in_hours(s, now->ms + (int64_t)now->offset_s * 1000)) {
        return ERR_SERVICE_CLOSED;
    }
    if (s->quota_day > 0 && state->issued >= s->quota_day) {
        return ERR_QUOTA_REACHED;
    }
    return core->services[state->series].series_next > s->last ? ERR_NUMBERS_EXHAUSTED : ERR_NONE;
}

void core_get_service(const struct core *core, const struct core_now *now, int service,
                      struct core_service_info *ret)
{
    const struct core_service *s = &core->services[service];
    memset(ret, 0, sizeof *ret);
    for (int i = 0; i < CORE_QUEUE_PER_SERVICE; i++) {
        if ((s->filled & (1U << i)) != 0) {
            ret->waiting += queue_count(core, service * CORE_QUEUE_PER_SERVICE + i, INT64_MAX, -1);
        }
    }
    for (int w = 0; w < core->hall.window_count; w++) {
        for (int32_t q = core->windows[w].bound_first; q >= 0; q = core->queues[q].next) {
            ret->waiting +=
                core->queues[q].service == service ? queue_count(core, q, INT64_MAX, -1) : 0;
        }
        bool open = core->windows[w].state != CORE_WINDOW_CLOSED &&
                    core->windows[w].state != CORE_WINDOW_PAUSED;
        for (int i = 0; open && i < core->hall.windows[w].service_count; i++) {
            const struct hall_window_service *ability = &core->hall.windows[w].services[i];
            ret->windows +=
                ability->service == service && ability->tier == HALL_TIER_PRIMARY ? 1 : 0;
        }
    }
    for (int32_t l = s->deferred_first; l >= 0; l = core->legs[l].list_next) {
        ret->waiting += 1;
    }
    for (int32_t l = s->early_first; l >= 0; l = core->legs[l].list_next) {
        ret->waiting += 1;
    }
    int64_t oldest = queue_oldest_base(core, (int16_t)service);
    ret->oldest_ms = oldest == INT64_MAX ? 0 : oldest;
    ret->issued = s->issued;
    memcpy(ret->diverted, s->diverted, sizeof ret->diverted);
    ret->numbers_left =
        core->hall.services[service].last - core->services[s->series].series_next + 1;
    ret->suspended = s->suspended;
    ret->closed_by = service_closed_by(core, now, service);
    ret->open = ret->closed_by == ERR_NONE;
    text_copy_cut(ret->reason, sizeof ret->reason, s->reason);
    ret->eta = foresee_newcomer(core, (int16_t)service, 0, now->ms);
}

int core_list_waiting(const struct core *core, const struct core_now *now, int window,
                      int32_t *slots, int max)
{
    struct queue_set set;
    queue_collect(core, window, now->ms, 0, core->hall.policy.idle_help, &set);
    int count = 0;
    while (count < max) {
        int32_t leg = queue_set_take(core, &set);
        if (leg < 0) {
            break;
        }
        slots[count++] = core->legs[leg].visit;
    }
    return count;
}

int core_list_next(const struct core *core, const struct core_now *now, int window, int32_t *slots,
                   int max)
{
    int count = pick_list(core, window, now->ms, slots, max);
    for (int i = 0; i < count; i++) {
        slots[i] = core->legs[slots[i]].visit;
    }
    return count;
}

void core_get_held(const struct core *core, int32_t slot, struct core_held *ret)
{
    const struct core_leg *leg = &core->legs[core->visits[slot].last_leg];
    text_copy_cut(ret->reason, sizeof ret->reason, leg->held_reason);
    ret->since_ms = leg->since_ms;
}

void core_get_sign(const struct core *core, int window, struct board_sign *ret)
{
    static const enum board_state states[] = {BOARD_CLOSED, BOARD_IDLE, BOARD_CALLING,
                                              BOARD_SERVING, BOARD_PAUSED};
    const struct core_window *w = &core->windows[window];
    memset(ret, 0, sizeof *ret);
    ret->window = core->hall.windows[window].no;
    ret->state = states[w->state];
    ret->since_ms = w->since_ms;
    if (w->leg >= 0) {
        const struct core_leg *leg = &core->legs[w->leg];
        text_copy_cut(ret->number, sizeof ret->number, core->visits[leg->visit].number);
        ret->calls = leg->calls;
    }
}

int core_get_calls(const struct core *core, int zone, struct board_call *calls, int max)
{
    int list = zone + 1;
    int count = core->call_counts[list] < max ? core->call_counts[list] : max;
    for (int i = 0; i < count; i++) {
        calls[i] = core->calls[list][i];
        calls[i].state = core->legs[core->visits[core->call_visits[list][i]].last_leg].state;
    }
    return count;
}
