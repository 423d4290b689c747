/* core_voice_state: the queues of announcements: what events do to them, their laws, and what is
 * read of them.
 *
 * A queue belongs to the code of its zone and not to its place in the configuration, so that a
 * change of the zones leaves the others' queues alone. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

/* A phrase takes some four seconds: chime and two readings are ten, so six calls a minute. With
 * three waiting one reading has to do, with six the chime goes as well. */
#define BACKLOG_ONE_READING 3
#define BACKLOG_NO_CHIME 6

struct core_voice *voice_find(struct core *core, const char *zone)
{
    for (int v = 0; v < core->voice_count; v++) {
        if (strcmp(core->voices[v].zone, zone) == 0) {
            return &core->voices[v];
        }
    }
    return NULL;
}

/* The queue of that zone, a fresh one if need be. NULL when there is no place for one. */
static struct core_voice *open_voice(struct core *core, const char *zone)
{
    struct core_voice *voice = voice_find(core, zone);
    if (voice != NULL) {
        return voice;
    }
    if (core->voice_count < CORE_VOICE_ZONE_MAX) {
        voice = &core->voices[core->voice_count++];
    }
    for (int v = 0; voice == NULL && v < core->voice_count; v++) {
        voice = core->voices[v].count == 0 ? &core->voices[v] : NULL; /* of a zone that is gone */
    }
    if (voice != NULL) {
        voice->count = 0;
        voice->player[0] = '\0';
        text_copy_cut(voice->zone, sizeof voice->zone, zone);
    }
    return voice;
}

static int32_t find_item(const struct core_voice *voice, int64_t id)
{
    for (int32_t i = 0; i < voice->count; i++) {
        if (voice->items[i].id == id) {
            return i;
        }
    }
    return -1;
}

/* ---- events ---- */

static void fill_item(const struct core *core, const struct event *event, struct announcement *item)
{
    memset(item, 0, sizeof *item);
    item->id = event->announcement;
    item->kind = announcement_kind_parse(event->words);
    item->window = event->window;
    item->calls = event->calls;
    item->visit = event->visit;
    item->queued_ms = event->at_ms;
    text_copy_cut(item->zone, sizeof item->zone, event->zone);
    text_copy_cut(item->number, sizeof item->number, event->number);
    text_copy_cut(item->lang, sizeof item->lang, event->lang);
    text_copy_cut(item->text, sizeof item->text, event->note);
    int w = event->window != 0 ? hall_find_window(&core->hall, event->window) : -1;
    item->place = w >= 0 ? core->hall.windows[w].place : HALL_PLACE_WINDOW;
}

static enum err apply_queued(struct core *core, const struct event *event)
{
    struct core_voice *voice = open_voice(core, event->zone);
    enum announcement_kind kind = announcement_kind_parse(event->words);
    int32_t visit_min = kind <= ANNOUNCEMENT_RECALL ? 0 : -1; /* somebody is called */
    if (voice == NULL || voice->count == CORE_VOICE_MAX || event->count < 1 ||
        event->count > voice->count + 1 || event->visit < visit_min ||
        event->visit >= core->visit_count || kind == ANNOUNCEMENT_KIND_COUNT) {
        return ERR_REPLAY;
    }
    int32_t at = (int32_t)event->count - 1;
    memmove(&voice->items[at + 1], &voice->items[at],
            (size_t)(voice->count - at) * sizeof voice->items[0]);
    fill_item(core, event, &voice->items[at]);
    voice->count += 1;
    core->voice_items += 1;
    return ERR_NONE;
}

static void remove_item(struct core *core, struct core_voice *voice, int32_t at)
{
    voice->count -= 1;
    core->voice_items -= 1;
    memmove(&voice->items[at], &voice->items[at + 1],
            (size_t)(voice->count - at) * sizeof voice->items[0]);
}

static void apply_started(struct core_voice *voice, struct announcement *item,
                          const struct event *event)
{
    item->started_ms = event->at_ms;
    item->readings = (int32_t)event->count;
    item->chime = event->on != 0;
    item->late = false;
    text_copy_cut(item->player, sizeof item->player, event->subject);
    text_copy_cut(voice->player, sizeof voice->player, event->subject);
}

enum err voice_apply(struct core *core, const struct event *event)
{
    if (event->kind == EVENT_ANNOUNCEMENT_QUEUED) {
        return apply_queued(core, event);
    }
    struct core_voice *voice = voice_find(core, event->zone);
    int32_t at = voice != NULL ? find_item(voice, event->announcement) : -1;
    bool alert = event->kind == EVENT_HALL_ALERT_RAISED || event->kind == EVENT_HALL_ALERT_CLEARED;
    if (at < 0) {
        return alert ? ERR_NONE : ERR_REPLAY; /* an alert is cleared behind what it was about */
    }
    switch ((int)event->kind) {
    case EVENT_ANNOUNCEMENT_STARTED:
        if (at != 0) {
            return ERR_REPLAY;
        }
        apply_started(voice, &voice->items[0], event);
        return ERR_NONE;
    case EVENT_HALL_ALERT_RAISED:
    case EVENT_HALL_ALERT_CLEARED:
        voice->items[at].late = event->kind == EVENT_HALL_ALERT_RAISED;
        return ERR_NONE;
    default:
        remove_item(core, voice, at);
        return ERR_NONE;
    }
}

void voice_reset(struct core *core)
{
    core->voice_count = 0;
    core->voice_items = 0;
}

/* ---- reading ---- */

static void read_item(const struct core *core, const struct core_voice *voice, int32_t at,
                      struct announcement *ret_item)
{
    const struct hall_voice *settings = &core->hall.voice;
    *ret_item = voice->items[at];
    if (ret_item->started_ms == 0) {
        int32_t backlog = voice->count - at;
        ret_item->readings = backlog >= BACKLOG_ONE_READING ? 1 : settings->repeats;
        ret_item->chime = settings->chime && backlog < BACKLOG_NO_CHIME;
    }
}

int32_t voice_get(const struct core *core, int64_t id, struct announcement *ret_item)
{
    for (int v = 0; v < core->voice_count; v++) {
        int32_t at = find_item(&core->voices[v], id);
        if (at >= 0) {
            read_item(core, &core->voices[v], at, ret_item);
            return at;
        }
    }
    return -1;
}

bool core_get_announcement(const struct core *core, int64_t id, struct announcement *ret_item)
{
    return voice_get(core, id, ret_item) >= 0;
}

/* Reading only; the core behind it stays constant. */
static const struct core_voice *find(const struct core *core, const char *zone)
{
    for (int v = 0; v < core->voice_count; v++) {
        if (strcmp(core->voices[v].zone, zone) == 0) {
            return &core->voices[v];
        }
    }
    return NULL;
}

int core_list_announcements(const struct core *core, const char *zone, struct announcement *items,
                            int max)
{
    const struct core_voice *voice = find(core, zone);
    int count = 0;
    for (int32_t i = 0; voice != NULL && i < voice->count && count < max; i++) {
        read_item(core, voice, i, &items[count++]);
    }
    return count;
}

const char *core_voice_player(const struct core *core, const char *zone)
{
    const struct core_voice *voice = find(core, zone);
    return voice != NULL ? voice->player : "";
}

/* ---- laws ---- */

static const char *check_queue(const struct core *core, const struct core_voice *voice)
{
    for (int32_t i = 0; i < voice->count; i++) {
        const struct announcement *item = &voice->items[i];
        bool call = item->kind <= ANNOUNCEMENT_RECALL;
        if (item->started_ms != 0) {
            if (i > 0) {
                return "one announcement is spoken at a time, the first";
            }
            continue;
        }
        if (call && core->legs[core->visits[item->visit].last_leg].state != TICKET_CALLED) {
            return "nobody is called who is not called any more";
        }
        for (int32_t k = i + 1; call && k < voice->count; k++) {
            if (voice->items[k].kind <= ANNOUNCEMENT_RECALL &&
                voice->items[k].window == item->window) {
                return "a newer call supersedes an unspoken one of its window";
            }
        }
    }
    return NULL;
}
_Static_assert(ANNOUNCEMENT_RECALL == 1, "calls come first");

const char *voice_check(const struct core *core)
{
    const char *broken = NULL;
    int32_t items = 0;
    for (int v = 0; broken == NULL && v < core->voice_count; v++) {
        items += core->voices[v].count;
        broken = check_queue(core, &core->voices[v]);
    }
    if (broken == NULL && items != core->voice_items) {
        broken = "the announcements are counted right";
    }
    return broken;
}
