/* core_rating: what visitors think of a service: who asked them, what they said, and what is said
 * for nobody.
 *
 * A prompt that ends without an answer is an event of its own, never a level. Legs served at a fast
 * window, or while the window's rating device was away, are exempt: no clerk is judged by them. A
 * rating may still come later, from the visitor's phone. Silence does not touch a leg, so that it
 * does not stand in the way of an undo. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

#define EXEMPT (TICKET_EXEMPT_FAST | TICKET_EXEMPT_DEVICE)
#define ASKED (TICKET_ASKED_MACHINE | TICKET_ASKED_CLERK)
/* A device that has fallen silent has been so for this long before it is said. */
#define UNHEARD_MS 40000

/* Is an answer still waited for? */
bool leg_is_asked(const struct core_leg *leg)
{
    return leg->state == TICKET_DONE && leg->rating == 0 && (leg->rating_facts & ASKED) != 0 &&
           (leg->rating_facts & TICKET_RATING_LAPSED) == 0;
}

bool rating_is_silence(const struct event *event)
{
    return event->kind == EVENT_RATING_LAPSED || event->kind == EVENT_RATING_EXEMPTED;
}

static void emit_exempted(struct core_step *step, int32_t leg, const char *reason)
{
    struct event event;
    emit_init_leg(step, &event, EVENT_RATING_EXEMPTED, leg);
    text_copy_cut(event.reason, sizeof event.reason, reason);
    emit(step, &event);
}

void rating_begin(struct core_step *step, int32_t leg, bool invite)
{
    const struct core *core = step->core;
    int16_t window = core->legs[leg].window;
    struct event event;
    if (core->hall.windows[window].kind == HALL_WINDOW_FAST) {
        emit_exempted(step, leg, "fast");
    } else if (core->windows[window].rater == CORE_RATER_OFFLINE) {
        emit_exempted(step, leg, "device");
    } else if (invite) {
        emit_init_leg(step, &event, EVENT_RATING_INVITED, leg);
        text_copy_cut(event.subject, sizeof event.subject, "machine");
        emit(step, &event);
    }
}

void rating_lapse(struct core_step *step, int32_t leg)
{
    const struct core_leg *l = &step->core->legs[leg];
    struct event event;
    if ((l->rating_facts & EXEMPT) == 0 &&
        step->core->windows[l->window].rater == CORE_RATER_OFFLINE) {
        emit_exempted(step, leg, "device"); /* it went away while it asked */
    }
    emit_init_leg(step, &event, EVENT_RATING_LAPSED, leg);
    emit(step, &event);
}

void rating_device_lost(struct core_step *step)
{
    const struct core *core = step->core;
    int w = hall_find_window(&core->hall, step->cmd->window);
    if (w < 0 || core->windows[w].rater != CORE_RATER_OFFLINE || core->windows[w].last_done < 0) {
        return;
    }
    int32_t leg = core->windows[w].last_done;
    const struct core_leg *l = &core->legs[leg];
    int64_t ended_ms = l->asked_ms + core->hall.rating_prompt_ms;
    if (l->state == TICKET_DONE && l->rating == 0 && (l->rating_facts & EXEMPT) == 0 &&
        (l->rating_facts & TICKET_RATING_LAPSED) != 0 && step->now->ms - ended_ms <= UNHEARD_MS) {
        emit_exempted(step, leg, "device");
    }
}

static bool has_reason(const struct hall *hall, const char *code, size_t length)
{
    for (int i = 0; i < hall->rating_reason_count; i++) {
        if (strlen(hall->rating_reasons[i].code) == length &&
            memcmp(hall->rating_reasons[i].code, code, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Codes with commas between. */
static enum err check_reasons(struct core_step *step)
{
    const struct cmd *cmd = step->cmd;
    if (cmd->reason[0] != '\0' && cmd->level > HALL_RATING_BAD_MAX) {
        return step_refuse(step, ERR_INVALID_BODY, "/reasons", "only for the two lowest levels");
    }
    const char *code = cmd->reason;
    while (*code != '\0') { /* bounded by the text's size */
        const char *comma = strchr(code, ',');
        size_t length = comma != NULL ? (size_t)(comma - code) : strlen(code);
        if (!has_reason(&step->core->hall, code, length)) {
            return step_refuse(step, ERR_INVALID_BODY, "/reasons",
                               "a code is not in the hall's list of reasons");
        }
        code += length + (code[length] == ',' ? 1 : 0);
    }
    return ERR_NONE;
}

enum err rating_submit(struct core_step *step, int32_t leg)
{
    const struct core *core = step->core;
    const struct core_leg *l = &core->legs[leg];
    int32_t place = step->cmd->by_window;
    if (place != 0 && core->hall.windows[l->window].no != place) {
        return ERR_FORBIDDEN; /* a device speaks for who stands before it */
    }
    if (step->cmd->level < 1 || step->cmd->level > 5) {
        return step_refuse(step, ERR_INVALID_BODY, "/level", "must be 1 to 5");
    }
    enum err err = check_reasons(step);
    if (err) {
        return err;
    }
    if (l->rating != 0) {
        return ERR_ALREADY_RATED;
    }
    if (step->now->ms - l->ended_ms > core->hall.rating_window_ms) {
        return ERR_RATING_CLOSED;
    }
    struct event event;
    emit_init_leg(step, &event, EVENT_RATING_SUBMITTED, leg);
    event.level = step->cmd->level;
    text_copy_cut(event.note, sizeof event.note, step->cmd->note);
    text_copy_cut(event.scale, sizeof event.scale, "five/");
    text_copy_cut(event.scale + strlen(event.scale), sizeof event.scale - strlen(event.scale),
                  core->hall.rating_reasons_version);
    emit(step, &event);
    if (event.level <= HALL_RATING_BAD_MAX) {
        struct event alert;
        emit_init(step, &alert, EVENT_HALL_ALERT_RAISED);
        text_copy_cut(alert.subject, sizeof alert.subject, "bad-rating");
        alert.window = event.window;
        emit(step, &alert);
    }
    return ERR_NONE;
}

enum err rating_invite(struct core_step *step, int32_t leg)
{
    struct event event;
    if ((step->core->legs[leg].rating_facts & TICKET_ASKED_CLERK) != 0) {
        return ERR_NONE; /* words are said once, and counted once */
    }
    emit_init_leg(step, &event, EVENT_RATING_INVITED, leg);
    text_copy_cut(event.subject, sizeof event.subject, "clerk");
    emit(step, &event);
    return ERR_NONE;
}

static void note_bad(struct core *core, int32_t leg)
{
    memmove(&core->bad_ratings[1], &core->bad_ratings[0],
            (CORE_BAD_RATING_MAX - 1) * sizeof core->bad_ratings[0]);
    core->bad_ratings[0] = (struct core_bad_rating){.leg = leg, .at_ms = core->now_ms};
    core->bad_rating_count += core->bad_rating_count < CORE_BAD_RATING_MAX ? 1 : 0;
}

/* Of rating.* */
void rating_apply(struct core *core, const struct event *event)
{
    struct core_leg *leg = &core->legs[event->leg];
    switch ((int)event->kind) {
    case EVENT_RATING_INVITED:
        leg->rating_facts |=
            strcmp(event->subject, "clerk") == 0 ? TICKET_ASKED_CLERK : TICKET_ASKED_MACHINE;
        leg->rating_facts &= ~TICKET_RATING_LAPSED; /* asked anew */
        leg->asked_ms = event->at_ms;
        break;
    case EVENT_RATING_SUBMITTED:
        leg->rating = event->level;
        if (event->level <= HALL_RATING_BAD_MAX) {
            note_bad(core, event->leg);
        }
        break;
    case EVENT_RATING_LAPSED:
        leg->rating_facts |= TICKET_RATING_LAPSED;
        break;
    default:
        leg->rating_facts |=
            strcmp(event->reason, "fast") == 0 ? TICKET_EXEMPT_FAST : TICKET_EXEMPT_DEVICE;
        break;
    }
    leg_arm_timer(core, event->leg);
}

/* Of device.online, offline, error, revoked: a device that was taken away is not one that failed.
 */
void rating_apply_device(struct core *core, const struct event *event)
{
    int w = event->window != 0 ? hall_find_window(&core->hall, event->window) : -1;
    if (w < 0 || strcmp(event->role, "rating") != 0) {
        return;
    }
    core->windows[w].rater = event->kind == EVENT_DEVICE_ONLINE    ? CORE_RATER_ONLINE
                             : event->kind == EVENT_DEVICE_REVOKED ? CORE_RATER_UNKNOWN
                                                                   : CORE_RATER_OFFLINE;
}

int core_list_bad_ratings(const struct core *core, int64_t since_ms, struct core_bad *items,
                          int max)
{
    int count = 0;
    for (int i = 0; i < core->bad_rating_count && count < max; i++) {
        const struct core_bad_rating *bad = &core->bad_ratings[i];
        const struct core_leg *leg = &core->legs[bad->leg];
        if (bad->at_ms < since_ms || leg->rating == 0) {
            continue;
        }
        items[count++] = (struct core_bad){.visit = leg->visit,
                                           .level = leg->rating,
                                           .window = core->hall.windows[leg->window].no,
                                           .at_ms = bad->at_ms};
    }
    return count;
}
