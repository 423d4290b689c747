/* core_issue: giving out numbers: at the kiosk, for an appointment, at a window without a ticket.
 */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

/* An alert is raised when this much of a number series is used. */
#define SERIES_ALERT_PERCENT 90

static bool has_identity(const struct core_visit *visit, const uint8_t *identity)
{
    return memcmp(visit->identity, identity, TICKET_TOKEN_SIZE) == 0;
}

/* One live ticket per person and service. The chain of a person's visits of a day is as long as the
 * quota of visits one identity can have, which is bounded by the services. */
static bool waits_already(const struct core *core, const struct cmd *cmd, int16_t service)
{
    if (!cmd->has_identity) {
        return false;
    }
    int32_t slot = table_find_identity(core, cmd->identity);
    while (slot >= 0) {
        const struct core_visit *visit = &core->visits[slot];
        const struct core_leg *leg = &core->legs[visit->last_leg];
        if (has_identity(visit, cmd->identity) && leg->service == service &&
            !ticket_state_is_final(leg->state)) {
            return true;
        }
        slot = visit->same_identity;
    }
    return false;
}

static enum err service_is_open(struct core_step *step, int service, bool at_window)
{
    const struct core *core = step->core;
    const struct hall_service *s = &core->hall.services[service];
    if (!core->day_open) {
        return step_refuse(step, ERR_SERVICE_CLOSED, NULL, "the business day is closed");
    }
    if (core->services[service].suspended) {
        return step_refuse(step, ERR_SERVICE_CLOSED, NULL, "the service is suspended");
    }
    if (!at_window &&
        !hall_service_in_hours(s, step->now->ms + (int64_t)step->now->offset_s * 1000)) {
        return step_refuse(step, ERR_SERVICE_CLOSED, NULL, "outside the hours of the service");
    }
    if (s->quota_day > 0 && core->services[service].issued >= s->quota_day) {
        return ERR_QUOTA_REACHED;
    }
    if (core->services[core->services[service].series].series_next > s->last) {
        return ERR_NUMBERS_EXHAUSTED;
    }
    if (core->visit_count == core->limits.visit_max || core->leg_count == core->leg_max) {
        return ERR_HALL_FULL;
    }
    return ERR_NONE;
}

/* Everything that must hold before a number is given out. */
static enum err check_issue(struct core_step *step, bool at_window, int *ret_service, int *ret_cls)
{
    const struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    int service = hall_find_service(&core->hall, cmd->service);
    int cls = cmd->cls[0] == '\0' ? 0 : hall_find_class(&core->hall, cmd->cls);
    if (service < 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/service", "there is no such service");
    }
    if (cls < 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/class", "there is no such class");
    }
    enum err err = service_is_open(step, service, at_window);
    if (err) {
        return err;
    }
    if (waits_already(core, cmd, (int16_t)service)) {
        return ERR_ALREADY_WAITING;
    }
    *ret_service = service;
    *ret_cls = cls;
    return ERR_NONE;
}

static void alert_when_low(struct core_step *step, int service)
{
    struct core *core = step->core;
    const struct hall_service *s = &core->hall.services[service];
    struct core_service *series = &core->services[core->services[service].series];
    int64_t used = series->series_next - s->first;
    int64_t all = s->last - s->first + 1;
    if (series->series_alerted || used * 100 < all * SERIES_ALERT_PERCENT) {
        return;
    }
    series->series_alerted = true;
    struct event event;
    emit_init(step, &event, EVENT_HALL_ALERT_RAISED);
    text_copy_cut(event.subject, sizeof event.subject, "numbers-low");
    text_copy_cut(event.service, sizeof event.service, s->code);
    text_copy_cut(event.reason, sizeof event.reason, "");
    event.count = all - used;
    emit(step, &event);
}

/* What the visitor is promised of the wait, before the number counts itself. */
static struct eta tell_wait(const struct core *core, int service, int cls, int64_t at_ms,
                            struct event *event)
{
    struct eta eta = foresee_promise(core, (int16_t)service, (int16_t)cls, at_ms, &event->told_pm);
    if (eta.p50_ms >= 0) {
        event->told_low_s = (int32_t)(eta.low_ms / 1000);
        event->told_s = (int32_t)(eta.p50_ms / 1000);
        event->told_high_s = (int32_t)((eta.high_ms + 999) / 1000);
    }
    return eta;
}

/* Writes the event that makes the visit; the checks are done. */
static int32_t issue(struct core_step *step, int service, int cls, enum event_kind kind,
                     const char *channel)
{
    struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    const struct hall_service *s = &core->hall.services[service];
    struct event event;
    emit_init(step, &event, kind);
    int64_t at_ms = step->now->ms > core->now_ms ? step->now->ms : core->now_ms;
    event.visit = core->visit_count;
    event.leg = core->leg_count;
    event.state = kind == EVENT_TICKET_ISSUED ? TICKET_WAITING : TICKET_BOOKED;
    event.series_value = core->services[core->services[service].series].series_next;
    event.base_ms = at_ms;
    event.slot_ms = cmd->slot_ms;
    ticket_id_make(at_ms, core->day, event.visit, event.ticket_id);
    ticket_number_make(s->prefix, event.series_value, s->last, event.number);
    text_copy_cut(event.service, sizeof event.service, s->code);
    text_copy_cut(event.cls, sizeof event.cls, core->hall.classes[cls].code);
    text_copy_cut(event.lang, sizeof event.lang, cmd->lang[0] != '\0' ? cmd->lang : "zh-CN");
    text_copy_cut(event.channel, sizeof event.channel, channel);
    text_copy_cut(event.external_ref, sizeof event.external_ref, cmd->external_ref);
    text_copy_cut(event.note, sizeof event.note, cmd->note);
    if (cmd->kind == CMD_ISSUE) { /* who is booked or at a window already has no use for a slip */
        text_copy_cut(event.subject, sizeof event.subject, print_choose(step, channel));
    }
    memcpy(event.token, cmd->token, TICKET_TOKEN_SIZE);
    memcpy(event.identity, cmd->identity, TICKET_TOKEN_SIZE);
    struct eta eta = ETA_UNKNOWN;
    if (cmd->kind == CMD_ISSUE) {
        eta = tell_wait(core, service, cls, at_ms, &event);
    }
    emit(step, &event);
    if (event.told_pm > 0) {
        core->foreseen[event.visit] = eta_shift(&eta, at_ms);
    }
    step->result->visit = event.visit;
    return event.leg;
}

enum err do_issue(struct core_step *step)
{
    int service;
    int cls;
    enum err err = check_issue(step, false, &service, &cls);
    if (err) {
        return err;
    }
    const char *channel = step->cmd->channel[0] != '\0'         ? step->cmd->channel
                          : (step->cmd->by & CMD_BY_KIOSK) != 0 ? "kiosk"
                                                                : "desk";
    (void)issue(step, service, cls, EVENT_TICKET_ISSUED, channel);
    alert_when_low(step, service);
    return ERR_NONE;
}

enum err do_book(struct core_step *step)
{
    int service;
    int cls;
    enum err err = check_issue(step, false, &service, &cls);
    if (err) {
        return err;
    }
    if (step->cmd->slot_ms <= 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/start", "a time is required");
    }
    (void)issue(step, service, cls, EVENT_APPOINTMENT_CREATED, "appointment");
    return ERR_NONE;
}

/* On time keeps the booked rank; later is a walk-in that comes now. */
enum err do_check_in(struct core_step *step)
{
    struct core *core = step->core;
    int32_t leg = core->visits[step->result->visit].last_leg;
    int64_t slot_ms = core->legs[leg].slot_ms;
    struct event event;
    emit_init_leg(step, &event, EVENT_APPOINTMENT_CHECKED_IN, leg);
    event.state = TICKET_WAITING;
    event.slot_ms = slot_ms;
    event.on = step->now->ms <= slot_ms + core->hall.policy.grace_ms;
    event.base_ms = event.on ? slot_ms : step->now->ms;
    bool at_kiosk = (step->cmd->by & CMD_BY_KIOSK) != 0;
    bool at_desk = (step->cmd->by & CMD_BY_MANAGER) != 0;
    text_copy_cut(event.subject, sizeof event.subject,
                  print_choose(step, at_kiosk || at_desk ? "desk" : ""));
    emit(step, &event);
    return ERR_NONE;
}

enum err do_walk_in(struct core_step *step)
{
    int window;
    enum err err = window_for_call(step, &window);
    if (err) {
        return err;
    }
    struct core *core = step->core;
    if (core->windows[window].state != CORE_WINDOW_OPEN) {
        return ERR_WINDOW_BUSY;
    }
    int service;
    int cls;
    err = check_issue(step, true, &service, &cls);
    if (err) {
        return err;
    }
    int32_t leg = issue(step, service, cls, EVENT_TICKET_ISSUED, "walk-in");
    struct event event;
    emit_init_leg(step, &event, EVENT_TICKET_STARTED, leg);
    event.state = TICKET_SERVING;
    event.window = core->hall.windows[window].no;
    emit(step, &event);
    step->result->window = event.window;
    alert_when_low(step, service);
    return ERR_NONE;
}
