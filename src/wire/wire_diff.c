/* wire_diff: what differs between two configuration documents, leaf by leaf.
 *
 * Objects are compared by name and lists by position; where one side has no such thing, or another
 * kind of value, the whole value is one change. At most DIFF_MAX changes are printed: more is a new
 * hall, not an edit, and `more` then says how many were left out. */
#include <stdio.h>
#include <string.h>

#include "wire_config_internal.h"

#define DIFF_MAX 200
#define DIFF_PATH_SIZE 256

struct diff {
    struct buf *buf;
    int count;
    size_t length; /* of the path */
    char path[DIFF_PATH_SIZE];
};

/* Appends "/name" with ~ and / escaped as in RFC 6901. A path that does not fit loses its end. */
static size_t enter(struct diff *diff, const char *name)
{
    size_t mark = diff->length;
    char step[2 * DIFF_PATH_SIZE];
    size_t length = 0;
    step[length++] = '/';
    for (const char *c = name; *c != '\0' && length < sizeof step - 2; c++) {
        bool special = *c == '~' || *c == '/';
        if (special) {
            step[length++] = '~';
        }
        char escaped = *c == '~' ? '0' : '1';
        step[length++] = special ? escaped : *c;
    }
    step[length] = '\0';
    text_copy_cut(diff->path + mark, sizeof diff->path - mark, step);
    diff->length = mark + strlen(diff->path + mark);
    return mark;
}

static void leave(struct diff *diff, size_t mark)
{
    diff->length = mark;
    diff->path[mark] = '\0';
}

static void put_value(struct buf *buf, const char *key, const json_t *value)
{
    if (value == NULL) {
        wire_put_null(buf, key);
        return;
    }
    wire_put_key(buf, key);
    wire_config_put_json(buf, value, JSON_COMPACT);
}

static void put_change(struct diff *diff, const json_t *from, const json_t *to)
{
    if (diff->count < DIFF_MAX) {
        wire_open_object(diff->buf, NULL);
        wire_put_text(diff->buf, "path", diff->path);
        put_value(diff->buf, "from", from);
        put_value(diff->buf, "to", to);
        wire_close_object(diff->buf);
    }
    diff->count++;
}

static void compare(struct diff *diff, const json_t *from, const json_t *to);

static void compare_objects(struct diff *diff, const json_t *from, const json_t *to)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)from, name, value)
    {
        size_t mark = enter(diff, name);
        compare(diff, value, json_object_get(to, name));
        leave(diff, mark);
    }
    json_object_foreach((json_t *)(uintptr_t)to, name, value)
    {
        if (json_object_get(from, name) == NULL) {
            size_t mark = enter(diff, name);
            compare(diff, NULL, value);
            leave(diff, mark);
        }
    }
}

static void compare_arrays(struct diff *diff, const json_t *from, const json_t *to)
{
    size_t size = json_array_size(from);
    if (json_array_size(to) > size) {
        size = json_array_size(to);
    }
    for (size_t i = 0; i < size; i++) {
        char text[24];
        (void)snprintf(text, sizeof text, "%zu", i);
        size_t mark = enter(diff, text);
        compare(diff, json_array_get(from, i), json_array_get(to, i));
        leave(diff, mark);
    }
}

/* Recursion is bounded: documents nest at most WIRE_DEPTH_MAX deep. */
static void compare(struct diff *diff, const json_t *from, const json_t *to)
{
    if (json_is_object(from) && json_is_object(to)) {
        compare_objects(diff, from, to);
    } else if (json_is_array(from) && json_is_array(to)) {
        compare_arrays(diff, from, to);
    } else if (from == NULL || to == NULL || !json_equal(from, to)) {
        put_change(diff, from, to);
    }
}

void wire_config_diff(struct buf *buf, const struct wire_config *from, const struct wire_config *to)
{
    struct diff diff = {.buf = buf};
    wire_open_object(buf, NULL);
    wire_open_array(buf, "changes");
    compare(&diff, from->root, to->root);
    wire_close_array(buf);
    if (diff.count > DIFF_MAX) {
        wire_put_int(buf, "more", diff.count - DIFF_MAX);
    }
    wire_close_object(buf);
}
