/* wire_config_read: the readers that only the configuration document needs.
 *
 * They stand on those of wire_json.c, and add: unknown members are findings, seconds become
 * milliseconds, names in two languages, times of day, weekdays, lists of codes. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "wire_config_internal.h"

void wire_config_step(const struct wire_object *object, const char *name, const json_t *json,
                      struct wire_object *ret_step)
{
    struct wire_object step = *object;
    step.json = json;
    /* Steps are our own member names and indices: nothing to escape, and at most some 60 bytes. */
    size_t length = strlen(step.pointer);
    int added = snprintf(step.pointer + length, sizeof step.pointer - length, "/%s", name);
    assert(added > 0 && (size_t)added < sizeof step.pointer - length);
    *ret_step = step;
}

void wire_config_step_index(const struct wire_object *array, size_t index,
                            struct wire_object *ret_step)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%zu", index);
    wire_config_step(array, text, json_array_get(array->json, index), ret_step);
}

static bool is_listed(const char *name, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

void wire_config_check_members(const struct wire_object *object, const char *const *names)
{
    /* jansson's iterator wants a json_t that is not const, though it changes nothing. */
    json_t *json = (json_t *)(uintptr_t)object->json;
    const char *name;
    json_t *member;
    json_object_foreach(json, name, member)
    {
        if (!is_listed(name, names)) {
            wire_object_add(object, name, "unknown member");
        }
    }
}

bool wire_config_read_object(const struct wire_object *object, const char *name,
                             const char *const *names, struct wire_object *ret_object)
{
    if (!wire_read_object(object, name, WIRE_OPTIONAL, ret_object)) {
        return false;
    }
    wire_config_check_members(ret_object, names);
    return true;
}

size_t wire_config_read_array(const struct wire_object *object, const char *name, size_t max,
                              struct wire_object *ret_array)
{
    const json_t *array = NULL;
    if (!wire_read_array(object, name, WIRE_OPTIONAL, max, &array)) {
        return 0;
    }
    wire_config_step(object, name, array, ret_array);
    return json_array_size(array);
}

bool wire_config_read_element(const struct wire_object *array, size_t index,
                              const char *const *names, struct wire_object *ret_element)
{
    wire_config_step_index(array, index, ret_element);
    if (!json_is_object(ret_element->json)) {
        wire_object_add(ret_element, NULL, "must be an object");
        return false;
    }
    wire_config_check_members(ret_element, names);
    return true;
}

void wire_config_read_seconds(const struct wire_object *object, const char *name, int32_t min_s,
                              int32_t max_s, int64_t *ret_ms)
{
    const json_t *value = json_object_get(object->json, name);
    if (value == NULL || json_is_null(value)) {
        return;
    }
    double seconds = json_number_value(value);
    if (!json_is_number(value)) {
        wire_object_add(object, name, "must be a number of seconds");
    } else if (!(seconds >= min_s && seconds <= max_s)) {
        wire_object_add(object, name, "must be %d to %d seconds", (int)min_s, (int)max_s);
    } else {
        double ms = seconds * 1000.0;
        *ret_ms = (int64_t)(ms < 0 ? ms - 0.5 : ms + 0.5);
    }
}

bool wire_config_read_texts(const struct wire_object *object, struct hall_text *ret_name)
{
    static const char *const names[] = {"zh-CN", "en", NULL};
    struct hall_text text = {"", ""};
    int before = object->problem->error_count;
    if (!json_is_object(object->json)) {
        wire_object_add(object, NULL, "must be an object");
        return false;
    }
    wire_config_check_members(object, names);
    (void)wire_read_text(object, "zh-CN", WIRE_OPTIONAL, text.zh, sizeof text.zh);
    (void)wire_read_text(object, "en", WIRE_OPTIONAL, text.en, sizeof text.en);
    if (text.zh[0] == '\0' && text.en[0] == '\0') {
        if (object->problem->error_count == before) {
            wire_object_add(object, NULL, "needs zh-CN or en");
        }
        return false;
    }
    text_copy_cut(ret_name->zh, sizeof ret_name->zh, text.zh[0] != '\0' ? text.zh : text.en);
    text_copy_cut(ret_name->en, sizeof ret_name->en, text.en[0] != '\0' ? text.en : text.zh);
    return true;
}

bool wire_config_read_name(const struct wire_object *object, const char *name, enum wire_need need,
                           struct hall_text *ret_name)
{
    struct wire_object member;
    return wire_read_object(object, name, need, &member) &&
           wire_config_read_texts(&member, ret_name);
}

/* Two digits as a number, -1 when they are not digits. */
static int digit_pair(const char *text)
{
    bool digits = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';
    return digits ? (text[0] - '0') * 10 + (text[1] - '0') : -1;
}

bool wire_config_read_minutes(const struct wire_object *object, const char *name, int32_t max_min,
                              int32_t *ret_minutes)
{
    const json_t *value = json_object_get(object->json, name);
    if (value == NULL || json_is_null(value)) {
        return false;
    }
    const char *text = json_string_value(value);
    int hours = -1;
    int minutes = -1;
    if (text != NULL && strlen(text) == 5 && text[2] == ':') {
        hours = digit_pair(text);
        minutes = digit_pair(text + 3);
    }
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > max_min) {
        wire_object_add(object, name, "must be a time HH:MM up to %02d:%02d", (int)max_min / 60,
                        (int)max_min % 60);
        return false;
    }
    *ret_minutes = hours * 60 + minutes;
    return true;
}

bool wire_config_read_weekdays(const struct wire_object *object, const char *name,
                               uint8_t *ret_mask)
{
    const json_t *json = NULL;
    struct wire_object array;
    unsigned mask = 0;
    if (!wire_read_array(object, name, WIRE_OPTIONAL, 7, &json)) {
        return false;
    }
    wire_config_step(object, name, json, &array);
    for (size_t i = 0; i < json_array_size(json); i++) {
        struct wire_object element;
        wire_config_step_index(&array, i, &element);
        json_int_t day = json_integer_value(element.json);
        if (day < 1 || day > 7) {
            wire_object_add(&element, NULL, "must be a weekday, 1 (Monday) to 7");
            return false;
        }
        mask |= 1u << (day - 1);
    }
    *ret_mask = (uint8_t)mask;
    return true;
}

static bool is_code(const char *text)
{
    size_t length = strlen(text);
    return length >= 1 && length < HALL_CODE_SIZE &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == length;
}

const char *wire_config_element_code(const struct wire_object *array, size_t index)
{
    struct wire_object element;
    wire_config_step_index(array, index, &element);
    const char *text = json_string_value(element.json);
    if (text == NULL || strlen(text) != json_string_length(element.json) || !is_code(text)) {
        wire_object_add(&element, NULL, "must be a code: 1 to %d characters of a-z 0-9 _ . -",
                        HALL_CODE_SIZE - 1);
        return NULL;
    }
    return text;
}

void wire_config_check_codes(const struct wire_object *object, const char *name, size_t max)
{
    struct wire_object array;
    size_t count = wire_config_read_array(object, name, max, &array);
    for (size_t i = 0; i < count; i++) {
        (void)wire_config_element_code(&array, i);
    }
}

bool wire_config_read_code(const struct wire_object *object, const char *name, enum wire_need need,
                           char *ret_code)
{
    char code[HALL_CODE_SIZE];
    if (!wire_read_code(object, name, need, code)) {
        return false;
    }
    text_copy_cut(ret_code, HALL_CODE_SIZE, code);
    return true;
}

bool wire_config_read_own_code(const struct wire_object *array, size_t index,
                               const struct wire_object *element, char *ret_code)
{
    if (!wire_config_read_code(element, "code", WIRE_REQUIRED, ret_code)) {
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        const json_t *other = json_object_get(json_array_get(array->json, i), "code");
        if (json_is_string(other) && strcmp(json_string_value(other), ret_code) == 0) {
            wire_object_add(element, "code", "\"%s\" is already the code of element %zu", ret_code,
                            i);
            return false;
        }
    }
    return true;
}
