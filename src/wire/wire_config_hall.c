/* wire_config_hall: the sections `hall`, `zones`, `calendar` and `rating`.
 *
 * Ranges are wide enough for any hall and narrow enough that sums of times stay far from overflow.
 */
#include <string.h>

#include "clock.h"
#include "wire_config_internal.h"

/* With the scale's name before it, it stands in every rating. */
#define RATING_VERSION_MAX 16

#define DAY_S 86400

/* Only the characters of a tz database name: whether the zone is installed is the daemon's affair.
 */
static void check_timezone(const struct wire_object *object, const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
    if (name[0] == '\0' || strspn(name, allowed) != strlen(name) || name[0] == '/' ||
        strstr(name, "//") != NULL) {
        wire_object_add(object, "timezone", "must be a tz database name such as Asia/Shanghai");
    }
}

static void read_no_show(const struct wire_object *parent, struct hall *hall)
{
    static const char *const names[] = {
        "mode", "min_calls", "answer_s", "restore_after_calls", "restore_max", "gap_s", NULL};
    static const char *const modes[] = {"return", "auto"};
    struct wire_object object;
    if (!wire_config_read_object(parent, "no_show", names, &object)) {
        return;
    }
    int mode = (int)hall->no_show_mode;
    (void)wire_read_word(&object, "mode", WIRE_OPTIONAL, modes, 2, &mode);
    hall->no_show_mode = (enum hall_no_show_mode)mode;
    (void)wire_read_int32(&object, "min_calls", WIRE_OPTIONAL, 1, 20, &hall->no_show_min_calls);
    wire_config_read_seconds(&object, "answer_s", 0, 3600, &hall->no_show_answer_ms);
    (void)wire_read_int32(&object, "restore_after_calls", WIRE_OPTIONAL, 0, 1000,
                          &hall->restore_after_calls);
    (void)wire_read_int32(&object, "restore_max", WIRE_OPTIONAL, 0, 100, &hall->restore_max);
    wire_config_read_seconds(&object, "gap_s", 0, DAY_S, &hall->restore_gap_ms);
}

/* What stands before "/t/..." in the QR code of a slip. */
static void read_public_url(const struct wire_object *object, struct hall *hall)
{
    char url[HALL_URL_SIZE];
    if (!wire_read_text(object, "public_url", WIRE_OPTIONAL, url, sizeof url) || url[0] == '\0') {
        return;
    }
    size_t length = strlen(url);
    bool plain = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             ":/.-_~[]") == length;
    const char *rest = strncmp(url, "https://", 8) == 0  ? url + 8
                       : strncmp(url, "http://", 7) == 0 ? url + 7
                                                         : "";
    if (!plain || rest[0] == '\0' || url[length - 1] == '/') {
        wire_object_add(object, "public_url",
                        "must be http:// or https:// with a host and no slash at its end");
        return;
    }
    memcpy(hall->public_url, url, length + 1);
}

void wire_config_read_hall(const struct wire_object *root, struct hall *hall)
{
    static const char *const names[] = {
        "code",         "name",       "timezone",     "day_close",   "next_on_called",
        "auto_start_s", "recall_max", "recall_gap_s", "undo_s",      "hold_max",
        "hold_s",       "no_show",    "public_url",   "another_max", NULL};
    static const char *const on_called[] = {"ask", "finish", "no_show"};
    struct wire_object object;
    if (!wire_config_read_object(root, "hall", names, &object)) {
        return;
    }
    if (wire_config_read_code(&object, "code", WIRE_OPTIONAL, hall->code) &&
        hall->code[0] == '\0') {
        wire_object_add(&object, "code", "must not be empty");
    }
    (void)wire_config_read_name(&object, "name", WIRE_OPTIONAL, &hall->name);
    if (wire_read_text(&object, "timezone", WIRE_OPTIONAL, hall->timezone, sizeof hall->timezone)) {
        check_timezone(&object, hall->timezone);
    }
    read_public_url(&object, hall);
    (void)wire_config_read_minutes(&object, "day_close", 24 * 60 - 1, &hall->day_close_min);
    int called = (int)hall->next_on_called;
    (void)wire_read_word(&object, "next_on_called", WIRE_OPTIONAL, on_called, 3, &called);
    hall->next_on_called = (enum hall_on_called)called;
    wire_config_read_seconds(&object, "auto_start_s", 0, 3600, &hall->auto_start_ms);
    (void)wire_read_int32(&object, "recall_max", WIRE_OPTIONAL, 0, 100, &hall->recall_max);
    wire_config_read_seconds(&object, "recall_gap_s", 0, 600, &hall->recall_gap_ms);
    wire_config_read_seconds(&object, "undo_s", 0, 600, &hall->undo_ms);
    (void)wire_read_int32(&object, "hold_max", WIRE_OPTIONAL, 0, 100, &hall->hold_max);
    wire_config_read_seconds(&object, "hold_s", 1, DAY_S, &hall->hold_ms);
    (void)wire_read_int32(&object, "another_max", WIRE_OPTIONAL, 0, 15, &hall->another_max);
    read_no_show(&object, hall);
}

void wire_config_read_zones(const struct wire_object *root, struct hall *hall)
{
    static const char *const names[] = {"code", "name", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "zones", HALL_ZONE_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        if (!wire_config_read_element(&array, i, names, &element)) {
            continue;
        }
        struct hall_zone *zone = &hall->zones[hall->zone_count];
        (void)wire_config_read_own_code(&array, i, &element, zone->code);
        (void)wire_config_read_name(&element, "name", WIRE_REQUIRED, &zone->name);
        hall->zone_count++;
    }
}

static void check_dates(const struct wire_object *object, const char *name)
{
    struct wire_object array;
    size_t count = wire_config_read_array(object, name, WIRE_CALENDAR_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        wire_config_step_index(&array, i, &element);
        const char *text = json_string_value(element.json);
        int32_t day = 0;
        if (text == NULL || clock_parse_day(text, &day) != ERR_NONE) {
            wire_object_add(&element, NULL, "must be a date YYYY-MM-DD");
        }
    }
}

void wire_config_check_calendar(const struct wire_object *root)
{
    static const char *const names[] = {"weekend", "holidays", "workdays", NULL};
    struct wire_object object;
    uint8_t weekend = 0;
    if (!wire_config_read_object(root, "calendar", names, &object)) {
        return;
    }
    (void)wire_config_read_weekdays(&object, "weekend", &weekend);
    check_dates(&object, "holidays");
    check_dates(&object, "workdays");
}

/* {"version":"2","items":[{"code","name"}]}: why a service was bad. A list of one's own replaces
 * the built-in one; an empty one asks for none. */
static void read_reasons(const struct wire_object *parent, struct hall *hall)
{
    static const char *const names[] = {"version", "items", NULL};
    static const char *const item_names[] = {"code", "name", NULL};
    struct wire_object object;
    struct wire_object array;
    struct wire_object element;
    if (!wire_config_read_object(parent, "reasons", names, &object)) {
        return;
    }
    hall->rating_reasons_version[0] = '\0';
    (void)wire_read_code(&object, "version", WIRE_REQUIRED, hall->rating_reasons_version);
    if (strlen(hall->rating_reasons_version) > RATING_VERSION_MAX) {
        wire_object_add(&object, "version", "must be at most %d characters", RATING_VERSION_MAX);
    }
    size_t count = wire_config_read_array(&object, "items", HALL_RATING_REASON_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct hall_rating_reason *reason = &hall->rating_reasons[i];
        *reason = (struct hall_rating_reason){0};
        if (wire_config_read_element(&array, i, item_names, &element)) {
            (void)wire_config_read_own_code(&array, i, &element, reason->code);
            (void)wire_config_read_name(&element, "name", WIRE_REQUIRED, &reason->name);
        }
    }
    hall->rating_reason_count = (int)count;
}

void wire_config_read_rating(const struct wire_object *root, struct hall *hall)
{
    static const char *const names[] = {"prompt_s", "window_s", "scale", "clerk", "reasons", NULL};
    static const char *const clerks[] = {"none", "name"};
    /* The five levels of 好差评; ratings are stored as 1..5. */
    static const char *const scales[] = {"five"};
    struct wire_object object;
    int scale = 0;
    int clerk = 1;
    if (!wire_config_read_object(root, "rating", names, &object)) {
        return;
    }
    wire_config_read_seconds(&object, "prompt_s", 1, 3600, &hall->rating_prompt_ms);
    wire_config_read_seconds(&object, "window_s", 0, 30 * DAY_S, &hall->rating_window_ms);
    (void)wire_read_word(&object, "scale", WIRE_OPTIONAL, scales, 1, &scale);
    (void)wire_read_word(&object, "clerk", WIRE_OPTIONAL, clerks, 2, &clerk);
    hall->rating_shows_clerk = clerk == 1;
    read_reasons(&object, hall);
}
