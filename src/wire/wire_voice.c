/* wire_voice: the queues of announcements as a view, and who speaks.
 *
 * A display reads it to know what to say next; a person reads in it what is being said. */
#include <stdio.h>
#include <string.h>

#include "phrase.h"
#include "wire_internal.h"

/* The sentences, in the languages that are spoken. */
static void put_spoken(struct buf *buf, const struct announcement *item, bool yao)
{
    wire_open_object(buf, "spoken");
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        const char *name = phrase_lang_text((enum phrase_lang)lang);
        struct phrase phrase;
        char text[PHRASE_TEXT_SIZE];
        if (strstr(item->lang, name) == NULL) {
            continue;
        }
        if (phrase_make(&phrase, (enum phrase_lang)lang, item, yao)) {
            phrase_print(&phrase, text);
            wire_put_text(buf, name, text);
        } else if (item->kind == ANNOUNCEMENT_TEXT) {
            wire_put_text(buf, name, item->text);
        }
    }
    wire_close_object(buf);
}

static void put_item(struct buf *buf, const struct announcement *item, bool yao)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/api/v1/announcements/%lld/audio", (long long)item->id);
    wire_open_object(buf, NULL);
    wire_put_int(buf, "id", item->id);
    wire_put_text_or_null(buf, "zone", item->zone);
    wire_put_text(buf, "template", announcement_kind_text(item->kind));
    wire_put_text(buf, "state", item->started_ms != 0 ? "speaking" : "queued");
    wire_put_text_or_null(buf, "number", item->number);
    wire_put_window_no(buf, "window", item->window);
    wire_put_int(buf, "calls", item->calls);
    wire_put_text_or_null(buf, "text", item->kind == ANNOUNCEMENT_TEXT ? item->text : "");
    put_spoken(buf, item, yao);
    wire_put_int(buf, "readings", item->readings);
    wire_put_bool(buf, "chime", item->chime);
    wire_put_time(buf, "queued_at", item->queued_ms);
    wire_put_time(buf, "started_at", item->started_ms);
    wire_put_text(buf, "audio", path);
    wire_close_object(buf);
}

/* Index of a zone of the hall or, in a hall without zones, of the only queue. */
static const char *zone_code(const struct hall *hall, int index)
{
    return hall->zone_count > 0 ? hall->zones[index].code : "";
}

static int zone_count(const struct hall *hall)
{
    return hall->zone_count > 0 ? hall->zone_count : 1;
}

static bool is_wanted(const struct hall *hall, int index, const char *zone)
{
    return zone == NULL || strcmp(zone_code(hall, index), zone) == 0;
}

static void put_zone(struct buf *buf, const struct wire_view *view, int index,
                     const struct wire_speaker *speakers, int speaker_count)
{
    struct announcement items[CORE_VOICE_MAX];
    const struct hall *hall = core_hall(view->core);
    const char *code = zone_code(hall, index);
    int64_t local_ms = view->now.ms + (int64_t)view->now.offset_s * 1000;
    int zone = hall->zone_count > 0 ? index : -1;
    const struct wire_speaker *speaker = NULL;
    for (int i = 0; i < speaker_count; i++) {
        speaker = strcmp(speakers[i].zone, code) == 0 ? &speakers[i] : speaker;
    }
    wire_open_object(buf, NULL);
    wire_put_text_or_null(buf, "zone", code);
    wire_put_text_or_null(buf, "player", speaker != NULL ? speaker->player : "");
    wire_put_time(buf, "until", speaker != NULL ? speaker->until_ms : 0);
    wire_put_int(buf, "backlog", core_list_announcements(view->core, code, items, CORE_VOICE_MAX));
    wire_put_int(buf, "volume", hall->voice.on ? hall_volume(hall, zone, local_ms) : 0);
    wire_put_bool(buf, "quiet", hall_is_quiet(hall, zone, local_ms));
    wire_close_object(buf);
}

static void put_items(struct buf *buf, const struct wire_view *view, const char *zone, int64_t from)
{
    struct announcement items[CORE_VOICE_MAX];
    const struct hall *hall = core_hall(view->core);
    wire_open_array(buf, "items");
    for (int z = 0; z < zone_count(hall); z++) {
        int count = 0;
        if (is_wanted(hall, z, zone)) {
            count = core_list_announcements(view->core, zone_code(hall, z), items, CORE_VOICE_MAX);
        }
        for (int i = 0; i < count; i++) {
            if (items[i].id >= from) {
                put_item(buf, &items[i], hall->voice.yao);
            }
        }
    }
    wire_close_array(buf);
}

enum err wire_announcements_print(struct buf *buf, const struct wire_view *view, const char *zone,
                                  const struct wire_speaker *speakers, int speaker_count)
{
    const struct hall *hall = core_hall(view->core);
    if (zone != NULL && hall_find_zone(hall, zone) < 0) {
        return ERR_NOT_FOUND;
    }
    wire_open_object(buf, NULL);
    wire_put_int(buf, "seq", core_next_seq(view->core) - 1);
    wire_put_time(buf, "now", view->now.ms);
    wire_put_bool(buf, "on", hall->voice.on);
    wire_open_array(buf, "zones");
    for (int z = 0; z < zone_count(hall); z++) {
        if (is_wanted(hall, z, zone)) {
            put_zone(buf, view, z, speakers, speaker_count);
        }
    }
    wire_close_array(buf);
    put_items(buf, view, zone, 0);
    wire_close_object(buf);
    return ERR_NONE;
}

void wire_announced_print(struct buf *buf, const struct wire_view *view, int64_t first_id)
{
    wire_open_object(buf, NULL);
    wire_put_int(buf, "id", first_id);
    put_items(buf, view, NULL, first_id);
    wire_close_object(buf);
}

void wire_lease_print(struct buf *buf, const struct wire_speaker *lease, bool own, int renew_s)
{
    wire_open_object(buf, NULL);
    wire_put_text_or_null(buf, "zone", lease->zone);
    wire_put_text_or_null(buf, "player", lease->player);
    wire_put_bool(buf, "owner", own);
    wire_put_time(buf, "until", lease->until_ms);
    wire_put_int(buf, "renew_s", renew_s);
    wire_close_object(buf);
}

enum err wire_lease_parse(struct wire_lease *lease, const char *body, size_t length,
                          struct wire_problem *problem)
{
    memset(lease, 0, sizeof *lease);
    json_t *root;
    struct wire_object object;
    enum err err = wire_body_begin(body, length, problem, &root, &object);
    if (err) {
        return err;
    }
    (void)wire_read_code(&object, "zone", WIRE_OPTIONAL, lease->zone);
    (void)wire_read_code(&object, "player", WIRE_REQUIRED, lease->player);
    (void)wire_read_bool(&object, "release", WIRE_OPTIONAL, &lease->release);
    return wire_body_end(problem, root);
}
_Static_assert(ANNOUNCEMENT_PLAYER_SIZE == HALL_CODE_SIZE, "a player's name is read as a code");
