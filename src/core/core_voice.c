/* core_voice: what is said aloud: one queue of announcements for each zone.
 *
 * A call, a recall, a transfer to a window makes an announcement as it happens, in the same
 * command, so whatever replays the log has the same queue. An announcement that has begun is
 * spoken to its end; one that has not goes when it is no longer true (the visitor came, the ticket
 * was cancelled), when a newer one says the same window, when the same ticket is called again (the
 * new one then keeps the old one's place), or when it has waited so long that it would only
 * confuse. How long a queue may make people wait is bounded by saying less: core_voice_state.c
 * tells how often and whether with a chime. */
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "core_internal.h"

/* Longer than any announcement lasts, three readings in two languages included: whoever spoke it
 * has left. */
#define SPEAK_MAX_MS 90000
#define SOON_MAX 3

static int64_t step_ms(const struct core_step *step)
{
    return step->now->ms > step->core->now_ms ? step->now->ms : step->core->now_ms;
}

static bool is_call(const struct announcement *item)
{
    return item->kind == ANNOUNCEMENT_CALL || item->kind == ANNOUNCEMENT_RECALL;
}

/* ---- events ---- */

static void emit_about(struct core_step *step, enum event_kind kind,
                       const struct announcement *item, const char *reason)
{
    struct event event;
    emit_init(step, &event, kind);
    text_copy_cut(event.reason, sizeof event.reason, reason);
    text_copy_cut(event.zone, sizeof event.zone, item->zone);
    text_copy_cut(event.number, sizeof event.number, item->number);
    event.announcement = item->id;
    event.window = item->window;
    emit(step, &event);
}

static void clear_alert(struct core_step *step, const struct announcement *item)
{
    if (item->late) {
        struct event event;
        emit_init(step, &event, EVENT_HALL_ALERT_CLEARED);
        event.reason[0] = '\0';
        text_copy_cut(event.subject, sizeof event.subject, "voice-late");
        text_copy_cut(event.zone, sizeof event.zone, item->zone);
        event.announcement = item->id;
        emit(step, &event);
    }
}

/* By value: the event takes the item out of its queue. */
static void drop(struct core_step *step, struct announcement item, const char *reason)
{
    emit_about(step, EVENT_ANNOUNCEMENT_DROPPED, &item, reason);
    clear_alert(step, &item);
}

/* Puts the announcement into the queue of a zone; `place` from 1, 0 at the end. */
static void queue_at(struct core_step *step, const struct announcement *item, const char *zone,
                     int32_t place)
{
    const struct core_voice *voice = voice_find(step->core, zone);
    if (voice != NULL && voice->count == CORE_VOICE_MAX) {
        /* The oldest that has not begun helps nobody any more. */
        drop(step, voice->items[voice->items[0].started_ms != 0 ? 1 : 0], "full");
        place = 0;
    }
    int32_t end = voice != NULL ? voice->count + 1 : 1;
    struct event event;
    emit_init(step, &event, EVENT_ANNOUNCEMENT_QUEUED);
    event.reason[0] = '\0';
    event.announcement = step->core->next_seq;
    event.visit = item->visit;
    event.window = item->window;
    event.calls = item->calls;
    event.count = place > 0 ? place : end;
    text_copy_cut(event.zone, sizeof event.zone, zone);
    text_copy_cut(event.words, sizeof event.words, announcement_kind_text(item->kind));
    text_copy_cut(event.number, sizeof event.number, item->number);
    text_copy_cut(event.lang, sizeof event.lang, item->lang);
    text_copy_cut(event.note, sizeof event.note, item->text);
    emit(step, &event);
    if (step->result->announcement == 0) {
        step->result->announcement = event.announcement;
    }
}

/* ---- from what happens in the hall ---- */

/* What the new one replaces; returns the place of an earlier call of the same ticket, 0 none. */
static int32_t replace(struct core_step *step, const struct announcement *item, const char *zone)
{
    const struct core_voice *voice = voice_find(step->core, zone);
    int32_t place = 0;
    for (int32_t i = 0; voice != NULL && i < voice->count;) {
        const struct announcement *old = &voice->items[i];
        bool same_window = old->window == item->window && is_call(old) && is_call(item);
        bool same_soon = old->window == item->window && old->kind == ANNOUNCEMENT_SOON &&
                         item->kind == ANNOUNCEMENT_SOON;
        if (old->started_ms != 0 || (!same_window && !same_soon)) {
            i++;
            continue;
        }
        bool again = same_window && old->visit == item->visit;
        place = again ? i + 1 : place;
        drop(step, *old, again ? "recalled" : "superseded");
    }
    return place;
}

static bool is_quiet(const struct core_step *step, int zone)
{
    return hall_is_quiet(&step->core->hall, zone,
                         step_ms(step) + (int64_t)step->now->offset_s * 1000);
}

static void queue_in(struct core_step *step, const struct announcement *item, int zone)
{
    if (!is_quiet(step, zone)) {
        const char *code = zone >= 0 ? step->core->hall.zones[zone].code : "";
        queue_at(step, item, code, replace(step, item, code));
    }
}

/* In the zone of its window; a window of no zone concerns them all. */
static void queue_for_window(struct core_step *step, const struct announcement *item, int window)
{
    const struct hall *hall = &step->core->hall;
    int zone = hall->windows[window].zone;
    if (hall->windows[window].kind == HALL_WINDOW_BACK_OFFICE) {
        return; /* no sign and no voice there */
    }
    if (zone >= 0 || hall->zone_count == 0) {
        queue_in(step, item, zone);
        return;
    }
    for (int z = 0; z < hall->zone_count; z++) {
        queue_in(step, item, z);
    }
}

static void choose_lang(const struct hall_voice *voice, const char *ticket_lang,
                        char lang[TICKET_LANG_SIZE])
{
    bool en = voice->en || strncmp(ticket_lang, "en", 2) == 0;
    text_copy_cut(lang, TICKET_LANG_SIZE, voice->zh && en ? "zh-CN,en" : en ? "en" : "zh-CN");
}

static struct announcement make(const struct core_step *step, enum announcement_kind kind,
                                int32_t visit)
{
    const struct core *core = step->core;
    struct announcement item = {.kind = kind, .visit = visit};
    if (visit >= 0) {
        text_copy_cut(item.number, sizeof item.number, core->visits[visit].number);
    }
    choose_lang(&core->hall.voice, visit >= 0 ? core->visits[visit].lang : "", item.lang);
    return item;
}

static void announce_soon(struct core_step *step, int window)
{
    const struct core *core = step->core;
    int32_t slots[SOON_MAX];
    int count = core_list_waiting(core, step->now, window, slots, core->hall.voice.soon);
    if (count == 0) {
        return;
    }
    struct announcement item = make(step, ANNOUNCEMENT_SOON, -1);
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        int added = snprintf(item.text + length, sizeof item.text - length, "%s%s",
                             i == 0 ? "" : ",", core->visits[slots[i]].number);
        assert(added > 0 && (size_t)added < sizeof item.text - length);
        length += (size_t)added;
    }
    item.window = core->hall.windows[window].no;
    queue_for_window(step, &item, window);
}

static void announce_at(struct core_step *step, enum announcement_kind kind,
                        const struct event *event, int32_t no)
{
    int window = hall_find_window(&step->core->hall, no);
    if (window < 0) {
        return;
    }
    struct announcement item = make(step, kind, event->visit);
    item.window = no;
    item.calls = kind == ANNOUNCEMENT_RECALL ? event->calls : 0;
    queue_for_window(step, &item, window);
    if (kind == ANNOUNCEMENT_CALL && step->core->hall.voice.soon > 0) {
        announce_soon(step, window);
    }
}

/* Is what it says not true any more? */
static bool is_outdated(const struct core *core, const struct announcement *item)
{
    if (item->visit < 0) {
        return false;
    }
    const struct core_leg *leg = &core->legs[core->visits[item->visit].last_leg];
    if (is_call(item)) {
        return leg->state != TICKET_CALLED || core->hall.windows[leg->window].no != item->window;
    }
    return item->kind == ANNOUNCEMENT_TRANSFER && leg->state != TICKET_WAITING;
}

static void drop_outdated(struct core_step *step, const struct event *event)
{
    const struct core *core = step->core;
    const char *dot = strchr(event_kind_text(event->kind), '.');
    for (int v = 0; v < core->voice_count; v++) {
        const struct core_voice *voice = &core->voices[v];
        for (int32_t i = 0; i < voice->count;) {
            const struct announcement *item = &voice->items[i];
            if (item->visit == event->visit && item->started_ms == 0 && is_outdated(core, item)) {
                drop(step, *item, dot + 1);
            } else {
                i++;
            }
        }
    }
}

void voice_follow(struct core_step *step, const struct event *event)
{
    const struct hall_voice *settings = &step->core->hall.voice;
    if (event->visit < 0 || event->kind > EVENT_APPOINTMENT_CHECKED_IN) {
        return;
    }
    if (step->core->voice_items > 0) {
        drop_outdated(step, event);
    }
    if (!settings->on) {
        return;
    }
    switch ((int)event->kind) {
    case EVENT_TICKET_CALLED:
        announce_at(step, ANNOUNCEMENT_CALL, event, event->window);
        break;
    case EVENT_TICKET_RECALLED:
        announce_at(step, ANNOUNCEMENT_RECALL, event, event->window);
        break;
    case EVENT_TICKET_TRANSFERRED:
        announce_at(step, ANNOUNCEMENT_TRANSFER, event, event->target_window);
        break;
    case EVENT_RATING_INVITED:
        if (settings->rating) {
            announce_at(step, ANNOUNCEMENT_RATING, event, event->window);
        }
        break;
    default:
        break;
    }
}
_Static_assert(EVENT_APPOINTMENT_CHECKED_IN + 1 == EVENT_WINDOW_OPENED, "tickets come first");

/* ---- the clock ---- */

static void raise_alert(struct core_step *step, const struct announcement *item)
{
    struct event event;
    emit_init(step, &event, EVENT_HALL_ALERT_RAISED);
    text_copy_cut(event.subject, sizeof event.subject, "voice-late");
    text_copy_cut(event.zone, sizeof event.zone, item->zone);
    text_copy_cut(event.number, sizeof event.number, item->number);
    event.announcement = item->id;
    event.window = item->window;
    emit(step, &event);
}

/* When the announcement has to go, or to be told of. */
static int64_t drop_ms(const struct core *core, const struct announcement *item)
{
    return item->started_ms != 0 ? item->started_ms + SPEAK_MAX_MS
                                 : item->queued_ms + core->hall.voice.stale_ms;
}

static int64_t alarm_ms(const struct core *core, const struct announcement *item)
{
    bool due = item->started_ms == 0 && is_call(item) && !item->late;
    return due ? item->queued_ms + core->hall.voice.alarm_ms : INT64_MAX;
}

void voice_due(struct core_step *step)
{
    const struct core *core = step->core;
    int64_t now_ms = step_ms(step);
    for (int v = 0; v < core->voice_count && core->voice_items > 0; v++) {
        const struct core_voice *voice = &core->voices[v];
        for (int32_t i = 0; i < voice->count;) {
            const struct announcement *item = &voice->items[i];
            if (drop_ms(core, item) <= now_ms) {
                drop(step, *item, item->started_ms != 0 ? "unfinished" : "stale");
                continue;
            }
            if (alarm_ms(core, item) <= now_ms) {
                raise_alert(step, item);
            }
            i++;
        }
    }
}

int64_t voice_deadline_ms(const struct core *core)
{
    int64_t due = INT64_MAX;
    for (int v = 0; v < core->voice_count && core->voice_items > 0; v++) {
        const struct core_voice *voice = &core->voices[v];
        for (int32_t i = 0; i < voice->count; i++) {
            int64_t drops = drop_ms(core, &voice->items[i]);
            int64_t alarms = alarm_ms(core, &voice->items[i]);
            due = drops < due ? drops : due;
            due = alarms < due ? alarms : due;
        }
    }
    return due;
}

void voice_close(struct core_step *step)
{
    const struct core *core = step->core;
    for (int v = 0; v < core->voice_count; v++) {
        while (core->voices[v].count > 0) {
            drop(step, core->voices[v].items[0], "day_closed");
        }
    }
}

/* ---- commands ---- */

/* Checks what the kind needs, and fills in what follows from the ticket. */
static enum err check_announce(struct core_step *step, struct announcement *item)
{
    const struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    bool back = item->kind == ANNOUNCEMENT_RETURN;
    bool free = back || item->kind == ANNOUNCEMENT_TEXT || item->kind == ANNOUNCEMENT_LOST;
    if (!free) { /* what the hall itself says of what happens in it */
        return step_refuse(step, ERR_INVALID_BODY, "/template", "is not for people to say");
    }
    if (item->kind == ANNOUNCEMENT_TEXT && cmd->note[0] == '\0') {
        return step_refuse(step, ERR_INVALID_BODY, "/text", "a text is required");
    }
    item->window = item->kind == ANNOUNCEMENT_TEXT ? 0 : cmd->window;
    if (back) {
        int32_t visit = core_find_number(core, cmd->number);
        if (visit < 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/number", "no ticket of today has it");
        }
        text_copy_cut(item->number, sizeof item->number, core->visits[visit].number);
        const struct core_leg *leg = &core->legs[core->visits[visit].last_leg];
        if (item->window == 0 && leg->window >= 0) {
            item->window = core->hall.windows[leg->window].no;
        }
    }
    if ((back || item->window != 0) && hall_find_window(&core->hall, item->window) < 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/window",
                           item->window == 0 ? "is required: the ticket was at none"
                                             : "there is no such window");
    }
    for (int z = 0; z < cmd->zone_count; z++) {
        if (hall_find_zone(&core->hall, cmd->zones[z]) < 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/zones", "there is no such zone");
        }
    }
    return ERR_NONE;
}

static bool is_wanted(const struct cmd *cmd, const char *zone)
{
    for (int z = 0; z < cmd->zone_count; z++) {
        if (strcmp(cmd->zones[z], zone) == 0) {
            return true;
        }
    }
    return cmd->zone_count == 0;
}

enum err do_announce(struct core_step *step)
{
    const struct hall *hall = &step->core->hall;
    const struct cmd *cmd = step->cmd;
    if ((cmd->by & (CMD_BY_MANAGER | CMD_BY_ADMIN)) == 0) {
        return ERR_FORBIDDEN;
    }
    struct announcement item = make(step, cmd->announcement, -1);
    text_copy_cut(item.text, sizeof item.text, cmd->note);
    if (cmd->lang[0] != '\0') {
        text_copy_cut(item.lang, sizeof item.lang, cmd->lang);
    }
    enum err err = check_announce(step, &item);
    if (err) {
        return err;
    }
    if (!hall->voice.on || !step->core->day_open) {
        return step_refuse(step, ERR_WRONG_STATE, NULL,
                           hall->voice.on ? "the day is closed" : "this hall has no voice");
    }
    if (hall->zone_count == 0) {
        queue_in(step, &item, -1);
    }
    for (int z = 0; z < hall->zone_count; z++) {
        if (is_wanted(cmd, hall->zones[z].code)) {
            queue_in(step, &item, z);
        }
    }
    return step->result->announcement != 0
               ? ERR_NONE
               : step_refuse(step, ERR_WRONG_STATE, NULL, "these are quiet hours");
}

static void start(struct core_step *step, const struct announcement *item)
{
    struct event event;
    struct announcement said = *item;
    emit_init(step, &event, EVENT_ANNOUNCEMENT_STARTED);
    event.reason[0] = '\0';
    text_copy_cut(event.zone, sizeof event.zone, said.zone);
    text_copy_cut(event.number, sizeof event.number, said.number);
    text_copy_cut(event.subject, sizeof event.subject, step->cmd->subject);
    event.announcement = said.id;
    event.window = said.window;
    event.count = said.readings;
    event.on = said.chime;
    emit(step, &event);
    clear_alert(step, &said);
}

/* Another player broke off. What it was saying is said again, unless it is over by now: what has
 * begun is left alone by everything that happens to its ticket. */
static void take_up(struct core_step *step, const struct announcement *item)
{
    if (is_outdated(step->core, item)) {
        drop(step, *item, "unfinished");
    } else {
        start(step, item);
    }
}

enum err do_announce_state(struct core_step *step)
{
    const struct cmd *cmd = step->cmd;
    struct announcement item;
    int32_t place = voice_get(step->core, cmd->count, &item);
    if (place < 0) {
        return ERR_NOT_FOUND;
    }
    if (place > 0 || (cmd->spoken == CMD_SPOKEN_ENDED && item.started_ms == 0)) {
        return ERR_WRONG_STATE; /* one after the other, and each from its beginning */
    }
    switch (cmd->spoken) {
    case CMD_SPOKEN_STARTED:
        if (item.started_ms == 0) {
            start(step, &item);
        } else if (strcmp(item.player, cmd->subject) != 0) {
            take_up(step, &item);
        }
        break;
    case CMD_SPOKEN_ENDED:
        emit_about(step, EVENT_ANNOUNCEMENT_ENDED, &item, "");
        break;
    case CMD_SPOKEN_FAILED:
        drop(step, item, "failed");
        break;
    }
    return ERR_NONE;
}
