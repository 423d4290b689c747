/* wire_read: typed readers of the members of one JSON object.
 *
 * Each reader looks one name up, checks it, and either writes the value or adds a finding with the
 * JSON pointer of the member (RFC 6901), so that all that is wrong with a body can be told at once.
 * Integers are compared in 64 bits before they are narrowed. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "wire_internal.h"

#define CODE_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_.-"

void wire_object_init(struct wire_object *object, const json_t *json, struct wire_problem *problem)
{
    assert(json_is_object(json));
    *object = (struct wire_object){.json = json, .problem = problem};
}

enum err wire_body_begin(const char *body, size_t length, struct wire_problem *problem,
                         json_t **ret_root, struct wire_object *ret_object)
{
    wire_problem_init(problem, ERR_NONE);
    enum err err = wire_json_parse(body, length, problem, ret_root);
    if (err == ERR_NONE) {
        wire_object_init(ret_object, *ret_root, problem);
    }
    return err;
}

enum err wire_body_end(struct wire_problem *problem, json_t *root)
{
    json_decref(root);
    if (problem->error_count > 0) {
        problem->err = ERR_INVALID_BODY;
    }
    return problem->err;
}

/* Appends "/name" with ~ and / escaped; a pointer too long for its place is cut. */
static void add_step(char pointer[WIRE_POINTER_SIZE], const char *name)
{
    char step[2 * WIRE_POINTER_SIZE];
    size_t length = 0;
    step[length++] = '/';
    for (const char *s = name; *s != '\0' && length < sizeof step - 3; s++) {
        if (*s == '~' || *s == '/') {
            step[length++] = '~';
            step[length++] = *s == '~' ? '0' : '1';
        } else {
            step[length++] = *s;
        }
    }
    step[length] = '\0';
    size_t used = strnlen(pointer, WIRE_POINTER_SIZE - 1);
    text_copy_cut(pointer + used, WIRE_POINTER_SIZE - used, step);
}

void wire_object_add(const struct wire_object *object, const char *name, const char *format, ...)
{
    char pointer[WIRE_POINTER_SIZE];
    memcpy(pointer, object->pointer, sizeof pointer);
    if (name != NULL) {
        add_step(pointer, name);
    }
    char detail[sizeof object->problem->errors[0].detail];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    wire_problem_add(object->problem, pointer, detail);
}

/* The member, NULL when it is missing or null; says so when it is required. */
static const json_t *find(const struct wire_object *object, const char *name, enum wire_need need)
{
    const json_t *value = json_object_get(object->json, name);
    if (value == NULL || json_is_null(value)) {
        if (need == WIRE_REQUIRED) {
            wire_object_add(object, name, "is required");
        }
        return NULL;
    }
    return value;
}

/* The text of a member, NULL when missing or not text. */
static const char *find_text(const struct wire_object *object, const char *name,
                             enum wire_need need)
{
    const json_t *value = find(object, name, need);
    if (value == NULL) {
        return NULL;
    }
    if (!json_is_string(value)) {
        wire_object_add(object, name, "must be a text");
        return NULL;
    }
    return json_string_value(value);
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " ")] == '\0';
}

bool wire_read_text(const struct wire_object *object, const char *name, enum wire_need need,
                    char *ret_text, size_t size)
{
    const char *text = find_text(object, name, need);
    if (text == NULL) {
        return false;
    }
    if (need == WIRE_REQUIRED && is_blank(text)) {
        wire_object_add(object, name, "must not be empty");
        return false;
    }
    if (strnlen(text, size) >= size) {
        wire_object_add(object, name, "must be at most %zu bytes long", size - 1);
        return false;
    }
    if (!text_is_plain(text)) {
        wire_object_add(object, name, "must not contain control characters");
        return false;
    }
    return text_copy(ret_text, size, text) == ERR_NONE;
}

bool wire_is_dots(const char *text)
{
    return strcmp(text, ".") == 0 || strcmp(text, "..") == 0;
}

bool wire_read_code(const struct wire_object *object, const char *name, enum wire_need need,
                    char *ret_code)
{
    char code[HALL_CODE_SIZE];
    if (!wire_read_text(object, name, need, code, sizeof code)) {
        return false;
    }
    if (code[strspn(code, CODE_CHARACTERS)] != '\0' || wire_is_dots(code)) {
        wire_object_add(object, name, "must be a code of a-z, 0-9, _ . and -");
        return false;
    }
    memcpy(ret_code, code, sizeof code);
    return true;
}

bool wire_read_codes(const struct wire_object *object, const char *name, size_t max, char *ret_text,
                     size_t size)
{
    const json_t *list = NULL;
    size_t used = 0;
    if (!wire_read_array(object, name, WIRE_OPTIONAL, max, &list)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));
        size_t length = code == NULL ? 0 : strlen(code);
        if (length == 0 || code[strspn(code, CODE_CHARACTERS)] != '\0' ||
            used + length + 1 >= size) {
            wire_object_add(object, name, "item %zu must be a code, and all not too long", i);
            return false;
        }
        if (used > 0) {
            ret_text[used++] = ',';
        }
        memcpy(ret_text + used, code, length + 1);
        used += length;
    }
    return true;
}

bool wire_read_int(const struct wire_object *object, const char *name, enum wire_need need,
                   int64_t min, int64_t max, int64_t *ret_value)
{
    const json_t *value = find(object, name, need);
    if (value == NULL) {
        return false;
    }
    if (!json_is_integer(value)) {
        wire_object_add(object, name, "must be a whole number");
        return false;
    }
    int64_t number = json_integer_value(value);
    if (number < min || number > max) {
        wire_object_add(object, name, "must be %lld to %lld", (long long)min, (long long)max);
        return false;
    }
    *ret_value = number;
    return true;
}

bool wire_read_int32(const struct wire_object *object, const char *name, enum wire_need need,
                     int32_t min, int32_t max, int32_t *ret_value)
{
    int64_t number;
    if (!wire_read_int(object, name, need, min, max, &number)) {
        return false;
    }
    *ret_value = (int32_t)number;
    return true;
}

bool wire_read_bool(const struct wire_object *object, const char *name, enum wire_need need,
                    bool *ret_value)
{
    const json_t *value = find(object, name, need);
    if (value == NULL) {
        return false;
    }
    if (!json_is_boolean(value)) {
        wire_object_add(object, name, "must be true or false");
        return false;
    }
    *ret_value = json_is_true(value);
    return true;
}

/* "must be one of a, b, c", cut where the place for it ends. */
static void add_words(const struct wire_object *object, const char *name, const char *const *words,
                      int count)
{
    char list[100] = "";
    size_t used = 0;
    for (int i = 0; i < count && used < sizeof list; i++) {
        int more = snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", words[i]);
        used += more > 0 ? (size_t)more : 0;
    }
    wire_object_add(object, name, "must be one of %s", list);
}

bool wire_read_word(const struct wire_object *object, const char *name, enum wire_need need,
                    const char *const *words, int count, int *ret_index)
{
    const char *text = find_text(object, name, need);
    if (text == NULL) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_index = i;
            return true;
        }
    }
    add_words(object, name, words, count);
    return false;
}

bool wire_read_time(const struct wire_object *object, const char *name, enum wire_need need,
                    int64_t *ret_ms)
{
    const char *text = find_text(object, name, need);
    if (text == NULL) {
        return false;
    }
    int64_t ms;
    if (clock_parse(text, &ms)) {
        wire_object_add(object, name, "must be a time like 2026-11-23T09:30:00+08:00");
        return false;
    }
    *ret_ms = ms;
    return true;
}

bool wire_read_object(const struct wire_object *object, const char *name, enum wire_need need,
                      struct wire_object *ret_object)
{
    const json_t *value = find(object, name, need);
    if (value == NULL) {
        return false;
    }
    if (!json_is_object(value)) {
        wire_object_add(object, name, "must be an object");
        return false;
    }
    struct wire_object inner = *object;
    inner.json = value;
    add_step(inner.pointer, name);
    *ret_object = inner;
    return true;
}

bool wire_read_array(const struct wire_object *object, const char *name, enum wire_need need,
                     size_t max, const json_t **ret_array)
{
    const json_t *value = find(object, name, need);
    if (value == NULL) {
        return false;
    }
    if (!json_is_array(value)) {
        wire_object_add(object, name, "must be a list");
        return false;
    }
    if (json_array_size(value) > max) {
        wire_object_add(object, name, "must have at most %zu items", max);
        return false;
    }
    *ret_array = value;
    return true;
}

bool wire_read_item(const struct wire_object *object, const char *name, const json_t *array,
                    size_t index, struct wire_object *ret_item)
{
    struct wire_object inner = *object;
    char number[24];
    (void)snprintf(number, sizeof number, "%zu", index);
    add_step(inner.pointer, name);
    add_step(inner.pointer, number);
    inner.json = json_array_get(array, index);
    if (!json_is_object(inner.json)) {
        wire_object_add(&inner, NULL, "must be an object");
        return false;
    }
    *ret_item = inner;
    return true;
}

bool wire_read_real(const struct wire_object *object, const char *name, enum wire_need need,
                    double min, double max, double *ret)
{
    const json_t *value = json_object_get(object->json, name);
    if (value == NULL || json_is_null(value)) {
        if (need == WIRE_REQUIRED) {
            wire_object_add(object, name, "is required");
        }
        return false;
    }
    if (!json_is_number(value) || !(json_number_value(value) >= min) ||
        !(json_number_value(value) <= max)) {
        wire_object_add(object, name, "must be a number from %g to %g", min, max);
        return false;
    }
    *ret = json_number_value(value);
    return true;
}
