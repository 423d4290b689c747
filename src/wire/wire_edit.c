/* wire_edit: one section of the configuration, or one element of it, read and changed alone.
 *
 * There is one document and one check of it: a change makes the whole document that would be sent
 * instead, and what the check finds there is told in the terms of what was sent. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "wire_admin.h"
#include "wire_config_internal.h"

static const struct {
    const char *path;
    struct wire_section section;
} sections[] = {
    {"services", {"services", "code"}}, {"windows", {"windows", "no"}},
    {"profiles", {"profiles", "code"}}, {"zones", {"zones", "code"}},
    {"classes", {"classes", "code"}},   {"notices", {"notices", "code"}},
    {"ports", {"ports", "code"}},       {"displays", {"displays", "code"}},
    {"keypads", {"keypads", "code"}},   {"buttons", {"buttons", "code"}},
    {"printers", {"printers", "code"}}, {"hall", {"hall", NULL}},
    {"policy", {"policy", NULL}},       {"calendar", {"calendar", NULL}},
    {"calendars", {"calendar", NULL}},  {"rating", {"rating", NULL}},
    {"scales", {"rating", NULL}},       {"voice", {"voice", NULL}},
    {"voices", {"voice", NULL}},        {"slip", {"slip", NULL}},
    {"slip-layouts", {"slip", NULL}},   {"reasons", {"reasons", NULL}},
    {"staff", {"staff", NULL}},
};
#define SECTION_COUNT (sizeof sections / sizeof sections[0])

const struct wire_section *wire_section_find(const char *name, size_t length)
{
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (strlen(sections[i].path) == length && memcmp(sections[i].path, name, length) == 0) {
            return &sections[i].section;
        }
    }
    return NULL;
}

/* What tells an element apart, as text; "" when it has nothing good. */
static void key_of(const json_t *element, const char *key, char code[HALL_CODE_SIZE])
{
    const json_t *value = json_object_get(element, key);
    code[0] = '\0';
    if (json_is_integer(value)) {
        (void)snprintf(code, HALL_CODE_SIZE, "%lld", (long long)json_integer_value(value));
    } else if (json_is_string(value)) {
        text_copy_cut(code, HALL_CODE_SIZE, json_string_value(value));
    }
}

/* Its place in the list; the size of the list when there is none. */
static size_t find_element(const json_t *list, const char *key, const char *code)
{
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count; i++) {
        char other[HALL_CODE_SIZE];
        key_of(json_array_get(list, i), key, other);
        if (strcmp(other, code) == 0) {
            return i;
        }
    }
    return count;
}

enum err wire_section_print(struct buf *buf, const struct wire_config *config,
                            const struct wire_section *section, const char *code)
{
    const json_t *value = json_object_get(config->root, section->name);
    if (section->key != NULL && code[0] == '\0') {
        wire_open_object(buf, NULL);
        wire_put_key(buf, "items");
        if (value != NULL) {
            wire_config_put_json(buf, value, JSON_COMPACT | JSON_PRESERVE_ORDER);
        } else {
            buf_add_text(buf, "[]");
        }
        wire_put_null(buf, "next_cursor");
        wire_close_object(buf);
        return ERR_NONE;
    }
    if (section->key != NULL) {
        value = json_array_get(value, find_element(value, section->key, code));
    }
    if (value == NULL) {
        return ERR_NOT_FOUND;
    }
    wire_config_put_json(buf, value, JSON_COMPACT | JSON_PRESERVE_ORDER);
    return ERR_NONE;
}

/* The body belongs to where it is sent. */
static bool check_key(const struct wire_edit *edit, const json_t *body, char code[HALL_CODE_SIZE],
                      struct wire_problem *problem)
{
    struct wire_object object;
    const char *key = edit->section->key;
    wire_object_init(&object, body, problem);
    key_of(body, key, code);
    if (code[0] == '\0') {
        wire_object_add(&object, key, "is required");
    } else if (edit->verb == WIRE_REPLACE && strcmp(code, edit->code) != 0) {
        wire_object_add(&object, key, "must be that of the path");
    }
    return problem->error_count == 0;
}

/* `list`: ours to change; `body`: NULL when something goes. */
static enum err edit_list(json_t *list, struct wire_edit *edit, json_t *body,
                          struct wire_problem *problem)
{
    char code[HALL_CODE_SIZE] = "";
    size_t at = json_array_size(list);
    if (edit->verb != WIRE_ADD) {
        at = find_element(list, edit->section->key, edit->code);
        if (at == json_array_size(list)) {
            return ERR_NOT_FOUND;
        }
    }
    if (body != NULL && !check_key(edit, body, code, problem)) {
        return ERR_INVALID_BODY;
    }
    (void)snprintf(edit->pointer, sizeof edit->pointer, "/%s/%zu", edit->section->name, at);
    int failed = 0;
    if (edit->verb == WIRE_ADD) {
        memcpy(edit->code, code, sizeof edit->code);
        failed = json_array_append(list, body);
    } else if (edit->verb == WIRE_REPLACE) {
        failed = json_array_set(list, at, body);
    } else {
        failed = json_array_remove(list, at);
    }
    return failed != 0 ? ERR_NO_MEMORY : ERR_NONE;
}

static enum err edit_root(json_t *root, struct wire_edit *edit, json_t *body,
                          struct wire_problem *problem)
{
    const char *name = edit->section->name;
    json_t *value = json_object_get(root, name);
    if (edit->section->key == NULL) {
        (void)snprintf(edit->pointer, sizeof edit->pointer, "/%s", name);
        if (body != NULL) {
            return json_object_set(root, name, body) != 0 ? ERR_NO_MEMORY : ERR_NONE;
        }
        return value == NULL || json_object_del(root, name) != 0 ? ERR_NOT_FOUND : ERR_NONE;
    }
    /* A list of its own: the configuration in force keeps the one it has. */
    json_t *list = value != NULL ? json_copy(value) : json_array();
    if (list == NULL || json_object_set_new(root, name, list) != 0) {
        return ERR_NO_MEMORY;
    }
    return edit_list(list, edit, body, problem);
}

enum err wire_config_edit(struct buf *document, const struct wire_config *config,
                          struct wire_edit *edit, const char *body, size_t length,
                          struct wire_problem *problem)
{
    json_t *sent = NULL;
    wire_problem_init(problem, ERR_NONE);
    enum err err =
        edit->verb == WIRE_REMOVE ? ERR_NONE : wire_json_parse(body, length, problem, &sent);
    if (err) {
        return err;
    }
    json_t *root = json_copy(config->root);
    err = root == NULL ? ERR_NO_MEMORY : edit_root(root, edit, sent, problem);
    if (err == ERR_NONE) {
        wire_config_put_json(document, root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        buf_add_char(document, '\n');
        err = buf_failed(document) ? ERR_NO_MEMORY : ERR_NONE;
    }
    json_decref(root);
    json_decref(sent);
    problem->err = err;
    return err;
}

void wire_edit_relate(struct wire_problem *problem, const struct wire_edit *edit)
{
    size_t length = strlen(edit->pointer);
    for (int i = 0; i < problem->error_count; i++) {
        char *pointer = problem->errors[i].pointer;
        char *detail = problem->errors[i].detail;
        bool own = edit->verb != WIRE_REMOVE && strncmp(pointer, edit->pointer, length) == 0 &&
                   (pointer[length] == '/' || pointer[length] == '\0');
        if (own) {
            memmove(pointer, pointer + length, strlen(pointer + length) + 1);
        } else if (pointer[0] != '\0') {
            char text[sizeof problem->errors[0].detail + sizeof problem->errors[0].pointer + 2];
            (void)snprintf(text, sizeof text, "%s: %s", pointer, detail);
            text_copy_cut(detail, sizeof problem->errors[0].detail, text);
            pointer[0] = '\0';
        }
    }
}
