/* wire_config_windows: the sections `windows`, which services a window serves, for whom, and where
 * it is, and `profiles`, what a window can be turned into for a while. */
#include <stdio.h>
#include <string.h>

#include "wire_config_internal.h"

#define DAY_S 86400

/* The element of `services`: a code, or an object with the code and how the window helps out. */
static const char *read_ability(const struct wire_object *array, size_t index,
                                struct hall_window_service *ability, char code[HALL_CODE_SIZE])
{
    static const char *const names[] = {"code", "tier", "after_s", "pref_s", NULL};
    static const char *const tiers[] = {"primary", "backup"};
    struct wire_object element;
    if (!json_is_object(json_array_get(array->json, index))) {
        return wire_config_element_code(array, index);
    }
    if (!wire_config_read_element(array, index, names, &element)) {
        return NULL;
    }
    int tier = 0;
    (void)wire_read_word(&element, "tier", WIRE_OPTIONAL, tiers, 2, &tier);
    ability->tier = (enum hall_tier)tier;
    wire_config_read_seconds(&element, "after_s", 0, DAY_S, &ability->after_ms);
    wire_config_read_seconds(&element, "pref_s", -DAY_S, DAY_S, &ability->pref_ms);
    return wire_config_read_code(&element, "code", WIRE_REQUIRED, code) ? code : NULL;
}

static bool has_service(const struct hall_window_service *list, int count, int service)
{
    for (int i = 0; i < count; i++) {
        if (list[i].service == service) {
            return true;
        }
    }
    return false;
}

static void read_abilities(const struct wire_object *parent, const struct hall *hall,
                           struct hall_window_service *list, int *ret_count)
{
    struct wire_object array;
    size_t count = wire_config_read_array(parent, "services", HALL_WINDOW_SERVICE_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct hall_window_service *ability = &list[*ret_count];
        char space[HALL_CODE_SIZE];
        struct wire_object element;
        const char *code = read_ability(&array, i, ability, space);
        if (code == NULL) {
            continue;
        }
        wire_config_step_index(&array, i, &element);
        int service = hall_find_service(hall, code);
        if (service < 0) {
            wire_object_add(&element, NULL, "there is no service \"%s\"", code);
        } else if (has_service(list, *ret_count, service)) {
            wire_object_add(&element, NULL, "the window has service \"%s\" already", code);
        } else {
            ability->service = (int16_t)service;
            *ret_count += 1;
        }
    }
}

static void read_window_classes(const struct wire_object *parent, const struct hall *hall,
                                struct hall_window *window)
{
    struct wire_object array;
    size_t count = wire_config_read_array(parent, "classes", HALL_CLASS_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        const char *code = wire_config_element_code(&array, i);
        if (code == NULL) {
            continue;
        }
        int class = hall_find_class(hall, code);
        if (class < 0) {
            wire_config_step_index(&array, i, &element);
            wire_object_add(&element, NULL, "there is no class \"%s\"", code);
        } else {
            window->classes = (uint16_t)(window->classes | 1u << class);
        }
    }
}

static void read_window(const struct wire_object *element, const struct hall *hall,
                        struct hall_window *window)
{
    static const char *const kinds[] = {"general", "fast", "integrated", "green", "back_office"};
    if (wire_read_int32(element, "no", WIRE_REQUIRED, 1, HALL_WINDOW_NO_MAX, &window->no)) {
        if (hall_find_window(hall, window->no) >= 0) {
            wire_object_add(element, "no", "there is already a window %d", (int)window->no);
        }
        (void)snprintf(window->name.zh, sizeof window->name.zh, "%d号窗口", (int)window->no);
        (void)snprintf(window->name.en, sizeof window->name.en, "Window %d", (int)window->no);
    }
    (void)wire_config_read_name(element, "name", WIRE_OPTIONAL, &window->name);
    char zone[HALL_CODE_SIZE];
    if (wire_config_read_code(element, "zone", WIRE_OPTIONAL, zone)) {
        window->zone = (int16_t)hall_find_zone(hall, zone);
        if (window->zone < 0) {
            wire_object_add(element, "zone", "there is no zone \"%s\"", zone);
        }
    }
    int kind = 0;
    (void)wire_read_word(element, "kind", WIRE_OPTIONAL, kinds, 5, &kind);
    window->kind = (enum hall_window_kind)kind;
    static const char *const places[] = {"window", "room", "pharmacy"};
    int place = 0;
    (void)wire_read_word(element, "voice", WIRE_OPTIONAL, places, 3, &place);
    window->place = (enum hall_place)place;
    read_abilities(element, hall, window->services, &window->service_count);
    read_window_classes(element, hall, window);
}

void wire_config_read_windows(const struct wire_object *root, struct hall *hall)
{
    static const char *const names[] = {"no",       "name",    "zone",  "kind",
                                        "services", "classes", "voice", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "windows", HALL_WINDOW_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        if (wire_config_read_element(&array, i, names, &element)) {
            struct hall_window *window = &hall->windows[hall->window_count];
            window->zone = -1;
            read_window(&element, hall, window);
            hall->window_count++;
        }
    }
}

void wire_config_read_profiles(const struct wire_object *root, struct hall *hall)
{
    static const char *const names[] = {"code", "name", "services", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "profiles", HALL_PROFILE_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        if (!wire_config_read_element(&array, i, names, &element)) {
            continue;
        }
        struct hall_profile *profile = &hall->profiles[hall->profile_count];
        if (wire_config_read_code(&element, "code", WIRE_REQUIRED, profile->code)) {
            int same = hall_find_profile(hall, profile->code);
            if (same >= 0) {
                wire_object_add(&element, "code", "there is already a profile \"%s\"",
                                profile->code);
            }
        }
        (void)wire_config_read_name(&element, "name", WIRE_REQUIRED, &profile->name);
        read_abilities(&element, hall, profile->services, &profile->service_count);
        if (profile->service_count == 0) {
            wire_object_add(&element, "services", "a profile needs at least one service");
        }
        hall->profile_count++;
    }
}
