/* http_route: finds the row of a method and path.
 *
 * The table is walked from the top: a hundred rows, most of which differ within the first segments,
 * cost less than a microsecond. A member in braces takes one segment; its name says what it must
 * look like, so a handler never sees a window that is not a number. What does not look like it
 * matches no row and is a 404. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http_internal.h"

/* A window number: 1..HALL_WINDOW_NO_MAX without leading zeros. */
static bool take_no(const char *text, size_t length, int32_t *ret_no)
{
    int32_t no = 0;

    if (length == 0 || length > 3 || text[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        no = no * 10 + (text[i] - '0');
    }
    *ret_no = no;
    return no <= HALL_WINDOW_NO_MAX;
}

static bool take_token(const char *text, size_t length, char token[TICKET_TOKEN_TEXT])
{
    uint8_t bytes[TICKET_TOKEN_SIZE];

    if (length != TICKET_TOKEN_TEXT - 1) {
        return false;
    }
    memcpy(token, text, length);
    token[length] = 0;
    return digest_unhex(token, bytes, sizeof(bytes)) == ERR_NONE;
}

/* An id that is longer than any stands for one that nobody has: it is for the handler to say what
 * that means. */
static bool take_id(const char *text, size_t length, char id[HTTP_ID_SIZE])
{
    enum err err = length > 0 ? http_decode(id, HTTP_ID_SIZE, text, length, false) : ERR_NOT_FOUND;

    if (err == ERR_TOO_LONG) {
        text_copy_cut(id, HTTP_ID_SIZE, "(too long)");
        return true;
    }
    return err == ERR_NONE;
}

/* Takes one segment for the member whose name follows the brace. */
static bool take_member(char name, const char *text, size_t length, struct http_params *params)
{
    switch (name) {
    case 'n':
        return take_no(text, length, &params->no);
    case 't':
        return take_token(text, length, params->token);
    case 'i':
        return take_id(text, length, params->id);
    case 'c':
        return length > 0 &&
               http_decode(params->code, sizeof(params->code), text, length, false) == ERR_NONE;
    case 'l':
    case 'p':
        params->section = wire_section_find(text, length);
        return params->section && (params->section->key != NULL) == (name == 'l');
    default:
        assert(false && "a member of a path in the table is one of these");
        return false;
    }
}

bool http_route_match(const char *pattern, const char *path, struct http_params *params)
{
    while (*pattern) {
        if (*pattern != '{') {
            if (*pattern++ != *path++) {
                return false;
            }
            continue;
        }
        size_t length = strcspn(path, "/");
        if (!take_member(pattern[1], path, length, params)) {
            return false;
        }
        path += length;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *path == 0;
}

static void allow_add(char allow[HTTP_ALLOW_SIZE], const char *method)
{
    size_t length = strlen(allow);

    assert(length + strlen(method) + 3 < HTTP_ALLOW_SIZE);
    if (length > 0) {
        memcpy(allow + length, ", ", 3);
        length += 2;
    }
    memcpy(allow + length, method, strlen(method) + 1);
}

enum err http_route_find(const char *method, const char *path, struct http_params *params,
                         char allow[HTTP_ALLOW_SIZE], const struct http_route **ret_route)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;

    allow[0] = 0;
    for (int i = 0; i < http_route_count; i++) {
        const struct http_route *route = &http_routes[i];
        *params = (struct http_params){0};
        if (!http_route_match(route->path, path, params)) {
            continue;
        }
        if (strcmp(route->method, wanted) == 0) {
            *ret_route = route;
            return ERR_NONE;
        }
        allow_add(allow, route->method);
        if (strcmp(route->method, "GET") == 0) {
            allow_add(allow, "HEAD");
        }
    }
    return allow[0] ? ERR_METHOD_NOT_ALLOWED : ERR_NOT_FOUND;
}
