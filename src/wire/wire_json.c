/* wire_json: JSON text into a jansson tree, safely.
 *
 * Jansson recurses into nested values and takes any number of members. So the text is scanned once
 * before: the scan follows strings and brackets only, counts depth and the colons of each object,
 * and stops at the bounds of wire.h. It accepts much that is not JSON; that is for jansson to
 * refuse, together with duplicate names, bad UTF-8 and anything behind the object. What jansson
 * says of an error may quote the input, so the findings here are worded by us from its error code,
 * with line and column. */
#include <stdio.h>
#include <string.h>

#include "wire_internal.h"

/* Where the scan stands: members counted per open bracket. */
struct scan {
    int depth;
    int members[WIRE_DEPTH_MAX + 1];
};

/* Position behind the string that begins at `at`. */
static size_t skip_string(const char *text, size_t length, size_t at)
{
    for (at++; at < length; at++) {
        if (text[at] == '\\') {
            at++;
        } else if (text[at] == '"') {
            return at + 1;
        }
    }
    return length;
}

/* Takes one byte outside of strings; NULL, or which bound it broke. */
static const char *scan_byte(struct scan *scan, char c)
{
    switch (c) {
    case '{':
    case '[':
        if (scan->depth == WIRE_DEPTH_MAX) {
            return "nested more than 16 deep";
        }
        scan->depth++;
        scan->members[scan->depth] = 0;
        return NULL;
    case '}':
    case ']':
        if (scan->depth > 0) {
            scan->depth--;
        }
        return NULL;
    case ':':
        scan->members[scan->depth]++;
        return scan->members[scan->depth] > WIRE_MEMBER_MAX ? "more than 256 members in one object"
                                                            : NULL;
    default:
        return NULL;
    }
}
_Static_assert(WIRE_DEPTH_MAX == 16 && WIRE_MEMBER_MAX == 256, "the texts above name the bounds");

static const char *scan_bounds(const char *text, size_t length)
{
    struct scan scan = {0};
    size_t at = 0;
    while (at < length) {
        if (text[at] == '"') {
            at = skip_string(text, length, at);
            continue;
        }
        const char *broken = scan_byte(&scan, text[at]);
        if (broken != NULL) {
            return broken;
        }
        at++;
    }
    return NULL;
}

static const char *describe(enum json_error_code code)
{
    switch (code) {
    case json_error_duplicate_key:
        return "a name is given twice in one object";
    case json_error_invalid_utf8:
        return "not UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a null character in a text";
    case json_error_premature_end_of_input:
        return "the text ends too early";
    case json_error_end_of_input_expected:
        return "something follows the value";
    case json_error_numeric_overflow:
        return "a number is too large";
    default:
        return "not JSON";
    }
}

static enum err refuse(struct wire_problem *problem, enum err err, const char *detail)
{
    problem->err = err;
    wire_problem_add(problem, "", detail);
    return err;
}

enum err wire_json_parse(const char *text, size_t length, struct wire_problem *problem,
                         json_t **ret_root)
{
    const char *broken = scan_bounds(text, length);
    if (broken != NULL) {
        return refuse(problem, ERR_MALFORMED_BODY, broken);
    }
    json_error_t error;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        enum json_error_code code = json_error_code(&error);
        char detail[128];
        (void)snprintf(detail, sizeof detail, "%s, line %d column %d", describe(code), error.line,
                       error.column);
        /* Such a number is good JSON; we just cannot hold it. */
        bool overflow = code == json_error_numeric_overflow;
        return refuse(problem, overflow ? ERR_INVALID_BODY : ERR_MALFORMED_BODY, detail);
    }
    if (!json_is_object(root)) {
        json_decref(root);
        return refuse(problem, ERR_INVALID_BODY, "must be an object");
    }
    *ret_root = root;
    return ERR_NONE;
}
