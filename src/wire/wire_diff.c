/* wire_diff: what differs between two configuration documents, leaf by leaf.
 *
 * Objects are compared by name and lists by position; where one side has no such thing, or another
 * kind of value, the whole value is one change. At most DIFF_MAX changes are printed: more is a new
 * hall, not an edit, and `more` then says how many were left out. */
#include <stdio.h>
#include <string.h>

#include "wire_admin.h"
#include "wire_config_internal.h"

#define DIFF_MAX 200
#define DIFF_PATH_SIZE 256

struct diff {
    struct buf *buf; /* NULL: counts only */
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
    if (diff->buf != NULL && diff->count < DIFF_MAX) {
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

static void print_diff(struct buf *buf, const json_t *from, const json_t *to)
{
    struct diff diff = {.buf = buf};
    wire_open_object(buf, NULL);
    wire_open_array(buf, "changes");
    compare(&diff, from, to);
    wire_close_array(buf);
    if (diff.count > DIFF_MAX) {
        wire_put_int(buf, "more", diff.count - DIFF_MAX);
    }
    wire_close_object(buf);
}

void wire_config_diff(struct buf *buf, const struct wire_config *from, const struct wire_config *to)
{
    print_diff(buf, from->root, to->root);
}

/* Both as JSON; documents of an older program need not pass today's checks. */
static enum err parse_both(const struct wire_document *from, const struct wire_document *to,
                           json_t **ret_from, json_t **ret_to)
{
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_NONE);
    if (wire_json_parse(from->text, from->length, &problem, ret_from)) {
        return ERR_STORE_CORRUPT;
    }
    if (wire_json_parse(to->text, to->length, &problem, ret_to)) {
        json_decref(*ret_from);
        return ERR_STORE_CORRUPT;
    }
    return ERR_NONE;
}

enum err wire_document_diff(struct buf *buf, const struct wire_document *from,
                            const struct wire_document *to)
{
    json_t *old = NULL;
    json_t *new = NULL;
    enum err err = parse_both(from, to, &old, &new);
    if (err == ERR_NONE) {
        print_diff(buf, old, new);
        json_decref(old);
        json_decref(new);
    }
    return err;
}

static void put_sections(struct buf *buf, const json_t *from, const json_t *to)
{
    const char *name;
    json_t *value;
    wire_open_array(buf, "sections");
    json_object_foreach((json_t *)(uintptr_t)to, name, value)
    {
        const json_t *old = json_object_get(from, name);
        if (old == NULL || !json_equal(old, value)) {
            wire_put_text(buf, NULL, name);
        }
    }
    json_object_foreach((json_t *)(uintptr_t)from, name, value)
    {
        if (json_object_get(to, name) == NULL) {
            wire_put_text(buf, NULL, name);
        }
    }
    wire_close_array(buf);
}

enum err wire_version_print(struct buf *buf, const struct wire_version *version,
                            const struct wire_document *document, const struct wire_document *older)
{
    json_t *old = NULL;
    json_t *new = NULL;
    enum err err = older != NULL ? parse_both(older, document, &old, &new) : ERR_NONE;
    if (err) {
        return err;
    }
    wire_open_object(buf, NULL);
    wire_put_int(buf, "version", version->version);
    wire_put_time(buf, "at", version->at_ms);
    wire_put_text_or_null(buf, "by", version->by);
    wire_put_bool(buf, "in_force", version->in_force);
    wire_put_count(buf, "restored_from", version->restored_from > 0 ? version->restored_from : -1);
    if (older != NULL) {
        struct diff diff = {0};
        compare(&diff, old, new);
        wire_put_int(buf, "changes", diff.count);
        put_sections(buf, old, new);
    } else {
        wire_put_null(buf, "changes"); /* the first: there is nothing to compare it with */
        wire_open_array(buf, "sections");
        wire_close_array(buf);
    }
    wire_close_object(buf);
    json_decref(old);
    json_decref(new);
    return ERR_NONE;
}
