/* http_gate: refuses requests that two programs could read in two ways.
 *
 * The library is lenient: it takes lower-case methods, two Host lines, a length beside chunks,
 * escaped slashes. Each of these has been used somewhere to smuggle a request past a check, so the
 * first handler call refuses them on the raw bytes. The functions are pure: they see text, not
 * connections. */
#include <string.h>
#include <strings.h>

#include "http_internal.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

/* Escapes that would change the meaning of a path once decoded: zero, '/', '\\', '.'. Refused in
 * the query as well: none of our arguments needs them. */
static bool escape_is_sly(int value)
{
    return value == 0 || value == '/' || value == '\\' || value == '.';
}

/* "//", "/./", "/../" and the same at the end. */
static bool path_has_dots(const char *path, size_t length)
{
    size_t begin = 1;

    for (size_t i = 1; i <= length; i++) {
        if (i < length && path[i] != '/') {
            continue;
        }
        size_t size = i - begin;
        if ((size == 0 && i < length) || (size == 1 && path[begin] == '.') ||
            (size == 2 && path[begin] == '.' && path[begin + 1] == '.')) {
            return true;
        }
        begin = i + 1;
    }
    return false;
}

enum err http_gate_target(const char *target)
{
    size_t length = strnlen(target, HTTP_TARGET_MAX + 1);
    size_t path_length = strcspn(target, "?");

    if (length > HTTP_TARGET_MAX || target[0] != '/') {
        return ERR_MALFORMED_REQUEST;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)target[i];
        if (c < 0x21 || c > 0x7e || c == '#' || c == '\\') {
            return ERR_MALFORMED_REQUEST;
        }
        if (c != '%') {
            continue;
        }
        int high = hex_value(target[i + 1]);
        int low = high < 0 ? -1 : hex_value(target[i + 2]);
        if (low < 0 || escape_is_sly(high * 16 + low)) {
            return ERR_MALFORMED_REQUEST;
        }
    }
    return path_has_dots(target, path_length) ? ERR_MALFORMED_REQUEST : ERR_NONE;
}

void http_gate_init(struct http_gate *gate)
{
    *gate = (struct http_gate){.length = -1};
}

static bool name_is(const char *name, size_t length, const char *wanted)
{
    return strlen(wanted) == length && strncasecmp(name, wanted, length) == 0;
}

/* RFC 9110 section 5.6.2: a header name with a space before its colon is read differently by
 * different programs. */
static bool name_is_token(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && (c == 0 || !strchr("!#$%&'*+-.^_`|~", c))) {
            return false;
        }
    }
    return length > 0;
}

/* Digits only; more than 18 cannot be a length. */
static int64_t length_parse(const char *value, size_t length)
{
    int64_t result = 0;

    if (length == 0 || length > 18) {
        return -1;
    }
    for (size_t i = 0; i < length; i++) {
        if (value[i] < '0' || value[i] > '9') {
            return -1;
        }
        result = result * 10 + (value[i] - '0');
    }
    return result;
}

void http_gate_add(struct http_gate *gate, const char *name, size_t name_length, const char *value,
                   size_t value_length)
{
    /* A zero byte would hide the rest of the value from everything that reads C strings. */
    if (!name_is_token(name, name_length) || memchr(value, 0, value_length)) {
        gate->bad = true;
        return;
    }
    if (name_is(name, name_length, "host")) {
        gate->hosts++;
        gate->bad = gate->bad || value_length == 0;
    } else if (name_is(name, name_length, "cookie")) {
        gate->cookies++;
    } else if (name_is(name, name_length, "authorization")) {
        gate->authorizations++;
    } else if (name_is(name, name_length, "content-length")) {
        gate->lengths++;
        gate->length = length_parse(value, value_length);
        gate->bad = gate->bad || gate->length < 0;
    } else if (name_is(name, name_length, "transfer-encoding")) {
        gate->encodings++;
        gate->chunked = name_is(value, value_length, "chunked");
        gate->bad = gate->bad || !gate->chunked;
    }
}

enum err http_gate_check(const struct http_gate *gate)
{
    bool good = !gate->bad && gate->hosts == 1 && gate->lengths <= 1 && gate->cookies <= 1 &&
                gate->authorizations <= 1 && gate->encodings <= 1 &&
                !(gate->lengths > 0 && gate->encodings > 0);

    return good ? ERR_NONE : ERR_MALFORMED_REQUEST;
}

const char *http_gate_method(const char *method)
{
    static const char *const known[] = {"GET",   "HEAD",   "POST",    "PUT",
                                        "PATCH", "DELETE", "OPTIONS", "TRACE"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(method, known[i]) == 0) {
            return known[i];
        }
    }
    return NULL;
}

enum err http_decode(char *dst, size_t size, const char *text, size_t length, bool plus)
{
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        int c = (unsigned char)text[i];
        if (c == '%') {
            int high = i + 2 < length ? hex_value(text[i + 1]) : -1;
            int low = high < 0 ? -1 : hex_value(text[i + 2]);
            if (low < 0 || (c = high * 16 + low) == 0) {
                return ERR_MALFORMED_REQUEST;
            }
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (used + 1 >= size) {
            return ERR_TOO_LONG;
        }
        dst[used++] = (char)c;
    }
    dst[used] = 0;
    return ERR_NONE;
}
