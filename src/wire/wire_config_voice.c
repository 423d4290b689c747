/* wire_config_voice: the section `voice`. A hall whose document has it speaks, be it empty. */
#include <string.h>

#include "wire_config_internal.h"

#define DAY_MIN 1440

static void read_languages(const struct wire_object *object, struct hall_voice *voice)
{
    struct wire_object array;
    size_t count = wire_config_read_array(object, "languages", 2, &array);
    bool zh = false;
    bool en = false;
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        wire_config_step_index(&array, i, &element);
        const char *text = json_string_value(element.json);
        bool is_zh = text != NULL && strcmp(text, "zh-CN") == 0;
        bool is_en = text != NULL && strcmp(text, "en") == 0;
        if (!is_zh && !is_en) {
            wire_object_add(&element, NULL, "must be zh-CN or en");
        }
        zh = zh || is_zh;
        en = en || is_en;
    }
    if (count > 0) {
        voice->zh = zh;
        voice->en = en;
    } else if (json_is_array(json_object_get(object->json, "languages"))) {
        wire_object_add(object, "languages", "must name zh-CN, en or both");
    }
}

static void read_zone(const struct wire_object *element, const struct hall *hall,
                      struct hall_band *band)
{
    char zone[HALL_CODE_SIZE];
    band->zone = -1;
    if (wire_config_read_code(element, "zone", WIRE_OPTIONAL, zone)) {
        band->zone = (int16_t)hall_find_zone(hall, zone);
        if (band->zone < 0) {
            wire_object_add(element, "zone", "there is no zone \"%s\"", zone);
        }
    }
}

/* Parts of the day; without times the whole of it, except where times are what it is about. */
static int read_bands(const struct wire_object *object, const char *name, bool loud,
                      const struct hall *hall, struct hall_band bands[HALL_BAND_MAX])
{
    static const char *const names[] = {"zone", "from", "to", "percent", NULL};
    static const char *const quiet_names[] = {"zone", "from", "to", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(object, name, HALL_BAND_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        int32_t from_min = 0;
        int32_t to_min = DAY_MIN;
        struct hall_band *band = &bands[i];
        if (!wire_config_read_element(&array, i, loud ? names : quiet_names, &element)) {
            continue;
        }
        read_zone(&element, hall, band);
        (void)wire_config_read_minutes(&element, "from", DAY_MIN, &from_min);
        (void)wire_config_read_minutes(&element, "to", DAY_MIN, &to_min);
        if (from_min == to_min) {
            wire_object_add(&element, "to", "must be another time than from");
        }
        band->from_min = (int16_t)from_min;
        band->to_min = (int16_t)to_min;
        if (loud) {
            (void)wire_read_int32(&element, "percent", WIRE_REQUIRED, 0, 100, &band->percent);
        }
    }
    return (int)count;
}

void wire_config_read_voice(const struct wire_object *root, struct hall *hall)
{
    static const char *const names[] = {"languages", "repeats", "yao",    "chime", "rating", "soon",
                                        "alarm_s",   "stale_s", "volume", "quiet", NULL};
    struct wire_object object;
    struct hall_voice *voice = &hall->voice;
    if (!wire_config_read_object(root, "voice", names, &object)) {
        return;
    }
    voice->on = true;
    read_languages(&object, voice);
    (void)wire_read_int32(&object, "repeats", WIRE_OPTIONAL, 1, 3, &voice->repeats);
    (void)wire_read_bool(&object, "yao", WIRE_OPTIONAL, &voice->yao);
    (void)wire_read_bool(&object, "chime", WIRE_OPTIONAL, &voice->chime);
    (void)wire_read_bool(&object, "rating", WIRE_OPTIONAL, &voice->rating);
    (void)wire_read_int32(&object, "soon", WIRE_OPTIONAL, 0, 3, &voice->soon);
    wire_config_read_seconds(&object, "alarm_s", 5, 3600, &voice->alarm_ms);
    wire_config_read_seconds(&object, "stale_s", 10, 3600, &voice->stale_ms);
    if (voice->stale_ms <= voice->alarm_ms) {
        wire_object_add(&object, "stale_s", "must be longer than alarm_s");
    }
    voice->volume_count = read_bands(&object, "volume", true, hall, voice->volumes);
    voice->quiet_count = read_bands(&object, "quiet", false, hall, voice->quiet);
}
