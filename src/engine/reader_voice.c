/* reader_voice: what the voice pack has and lacks, and whether a hall's calls fit through its
 * voice.
 *
 * The time a call takes is not estimated: one is made of the clips that are there, and measured. */
#include <string.h>

#include "engine_reader.h"
#include "wire_admin.h"

#define REPORT_MAX ((size_t)1024 * 1024)
#define WAV_HEADER 44
#define MINUTE_S 60.0

/* Seconds that such a call takes, with the gap to the next one; 0 when clips of it are missing. */
static double measure(struct speech *speech, const struct hall *hall,
                      const struct announcement *call, int32_t readings, bool chime)
{
    const struct speech_manner manner = {
        .readings = readings, .chime = chime, .yao = hall->voice.yao};
    struct buf wav;
    double seconds = 0;
    buf_init(&wav, SPEECH_WAV_MAX);
    if (speech_say(speech, call, &manner, &wav) == ERR_NONE) {
        size_t samples = (wav.length - WAV_HEADER) / sizeof(int16_t) + SPEECH_GAP_SAMPLES;
        seconds = (double)samples / SPEECH_RATE;
    }
    buf_fini(&wav);
    return seconds;
}

/* How often a window calls that is busy all the time, by what its services are expected to take. */
static double window_per_min(const struct hall *hall, const struct hall_window *window)
{
    double sum_s = 0;
    int count = 0;
    for (int i = 0; i < window->service_count; i++) {
        const struct hall_service *service = &hall->services[window->services[i].service];
        if (window->services[i].tier == HALL_TIER_PRIMARY && service->expected_service_ms > 0) {
            sum_s += (double)service->expected_service_ms / 1000;
            count++;
        }
    }
    return count > 0 ? MINUTE_S * count / sum_s : 0;
}

/* The calls of zone `z`: of its windows, or of all in a hall without zones. */
static void look_at_zone(struct speech *speech, const struct hall *hall, int z,
                         struct wire_pack_zone *zone)
{
    struct announcement call = {.kind = ANNOUNCEMENT_CALL, .visit = -1};
    const char *both = hall->voice.en ? "zh-CN,en" : "zh-CN";
    *zone = (struct wire_pack_zone){.zone = hall->zone_count > 0 ? hall->zones[z].code : ""};
    text_copy_cut(call.number, sizeof call.number, "A012");
    text_copy_cut(call.lang, sizeof call.lang, hall->voice.zh ? both : "en");
    for (int w = 0; w < hall->window_count; w++) {
        const struct hall_window *window = &hall->windows[w];
        bool here = hall->zone_count == 0 || window->zone == z;
        if (!here || window->kind == HALL_WINDOW_BACK_OFFICE) {
            continue;
        }
        zone->windows++;
        zone->wanted_per_min += window_per_min(hall, window);
        if (window->no > call.window) { /* the longest to say */
            call.window = window->no;
            call.place = window->place;
        }
    }
    if (speech == NULL || call.window == 0) {
        return;
    }
    zone->call_s = measure(speech, hall, &call, hall->voice.repeats, hall->voice.chime);
    double short_s = measure(speech, hall, &call, 1, false);
    zone->calls_per_min = zone->call_s > 0 ? MINUTE_S / zone->call_s : 0;
    zone->short_per_min = short_s > 0 ? MINUTE_S / short_s : 0;
}

enum err reader_check_pack(struct speech *speech, const struct hall *hall, struct reader_job *job)
{
    struct wire_pack_zone zones[HALL_ZONE_MAX];
    struct wire_pack pack = {.on = hall->voice.on, .zones = zones};
    struct buf report;
    buf_init(&report, REPORT_MAX);
    if (speech != NULL) {
        (void)speech_check(speech, &report);
    }
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        struct wire_pack_language *language = &pack.languages[lang];
        language->lang = phrase_lang_text((enum phrase_lang)lang);
        (void)phrase_clips((enum phrase_lang)lang, &language->needed);
        if (speech != NULL) {
            speech_count(speech, (enum phrase_lang)lang, &language->needed, &language->good);
        }
    }
    for (int z = 0; z < hall->zone_count || (z == 0 && hall->zone_count == 0); z++) {
        look_at_zone(speech, hall, z, &zones[z]);
        pack.zone_count++;
    }
    pack.report = buf_text(&report);
    wire_pack_print(&job->body, &pack);
    enum err err = buf_failed(&report) ? ERR_NO_MEMORY : ERR_NONE;
    buf_fini(&report);
    return err;
}
_Static_assert(PHRASE_LANG_COUNT == 2, "as many as wire_pack has room for");
