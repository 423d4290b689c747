/* core_emit: from a command to its events. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

void emit_init(const struct core_step *step, struct event *event, enum event_kind kind)
{
    const struct core *core = step->core;
    event_init(event, kind);
    event->day = core->day;
    event->part = step->part;
    if (step->system) {
        event->actor = EVENT_ACTOR_SYSTEM;
    } else {
        event->actor = step->cmd->actor;
        text_copy_cut(event->actor_id, sizeof event->actor_id, step->cmd->actor_id);
        text_copy_cut(event->reason, sizeof event->reason, step->cmd->reason);
    }
}

void emit_init_leg(const struct core_step *step, struct event *event, enum event_kind kind,
                   int32_t leg)
{
    const struct core *core = step->core;
    const struct core_leg *l = &core->legs[leg];
    const struct core_visit *visit = &core->visits[l->visit];
    emit_init(step, event, kind);
    event->visit = l->visit;
    event->leg = leg;
    event->state = l->state;
    event->calls = l->calls;
    event->window = l->window >= 0 ? core->hall.windows[l->window].no : 0;
    text_copy_cut(event->ticket_id, sizeof event->ticket_id, visit->id);
    text_copy_cut(event->number, sizeof event->number, visit->number);
    text_copy_cut(event->service, sizeof event->service, core->hall.services[l->service].code);
    text_copy_cut(event->cls, sizeof event->cls, core->hall.classes[visit->cls].code);
}

void emit(struct core_step *step, struct event *event)
{
    struct core *core = step->core;
    event->seq = core->next_seq;
    event->at_ms = step->now->ms > core->now_ms ? step->now->ms : core->now_ms;
    enum err err = apply_event(core, event);
    assert(err == ERR_NONE); /* the command checked what the event needs */
    (void)err;
    step->part += 1;
    step->result->changed = true;
    step->sink->emit(step->sink->context, event);
    voice_follow(step, event);
}

enum err step_refuse(struct core_step *step, enum err err, const char *field, const char *detail)
{
    step->result->field = field;
    step->result->detail = detail;
    return err;
}
