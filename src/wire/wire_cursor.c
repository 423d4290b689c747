/* wire_cursor: a strict reader of JSON values one after the other, straight into fixed arrays.
 *
 * At start every event of the open day is read back from the log, a hundred thousand on a very busy
 * day. A jansson tree costs some thirty allocations an event, which would be most of that time.
 * Here nothing is allocated: the caller knows what must come next and takes it. Anything else, and
 * anything that is not well-formed UTF-8, marks the cursor bad; a bad cursor takes nothing more, so
 * that the caller may ask once. */
#include <string.h>

#include "wire_internal.h"

void wire_cursor_init(struct wire_cursor *cursor, const char *text, size_t length)
{
    *cursor = (struct wire_cursor){.at = text, .end = text + length};
}

/* The next byte that is no space, 0 at the end or when bad. */
static char peek(struct wire_cursor *cursor)
{
    while (!cursor->bad && cursor->at < cursor->end) {
        char c = *cursor->at;
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            return c;
        }
        cursor->at++;
    }
    return '\0';
}

bool wire_cursor_try(struct wire_cursor *cursor, char c)
{
    if (c == '\0' || peek(cursor) != c) {
        return false;
    }
    cursor->at++;
    return true;
}

void wire_cursor_take(struct wire_cursor *cursor, char c)
{
    if (!wire_cursor_try(cursor, c)) {
        cursor->bad = true;
    }
}

bool wire_cursor_next(struct wire_cursor *cursor, char close, bool *first)
{
    if (cursor->bad || wire_cursor_try(cursor, close)) {
        return false;
    }
    if (!*first) {
        wire_cursor_take(cursor, ',');
    }
    *first = false;
    return !cursor->bad;
}

bool wire_cursor_at_end(struct wire_cursor *cursor)
{
    return peek(cursor) == '\0' && !cursor->bad && cursor->at == cursor->end;
}

/* Four hex digits of a \u escape; -1 when they are none. */
static int32_t take_hex(struct wire_cursor *cursor)
{
    int32_t value = 0;
    if (cursor->end - cursor->at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        char c = *cursor->at++;
        int32_t digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* The bytes of a code point below 0x10000; how many. */
static size_t encode(int32_t code, char bytes[3])
{
    if (code < 0x80) {
        bytes[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        bytes[0] = (char)(0xc0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    bytes[0] = (char)(0xe0 | code >> 12);
    bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
    bytes[2] = (char)(0x80 | (code & 0x3f));
    return 3;
}

/* The character behind a backslash. Our writer escapes single units only, so surrogate pairs are
 * refused; and a null would end the text early. */
static size_t take_escape(struct wire_cursor *cursor, char bytes[3])
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    if (cursor->at == cursor->end) {
        return 0;
    }
    char c = *cursor->at++;
    if (c == 'u') {
        int32_t code = take_hex(cursor);
        bool bad = code <= 0 || (code >= 0xd800 && code <= 0xdfff);
        return bad ? 0 : encode(code, bytes);
    }
    const char *name = c != '\0' ? strchr(names, c) : NULL;
    if (name == NULL) {
        return 0;
    }
    bytes[0] = values[name - names];
    return 1;
}

/* Length of the well-formed sequence that begins with a byte of 0x80 or more (Unicode, table 3-7);
 * 0: none. */
static size_t sequence_length(const unsigned char *s, size_t left)
{
    unsigned char low = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
    size_t length = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    if (length == 0 || left < length || s[1] < low || s[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if ((s[i] & 0xc0U) != 0x80) {
            return 0;
        }
    }
    return length;
}

/* Takes one character of a text into `bytes`; how many bytes it has, 0 when there is none. */
static size_t take_character(struct wire_cursor *cursor, char bytes[4])
{
    unsigned char c = (unsigned char)*cursor->at;
    if (c == '\\') {
        cursor->at++;
        return take_escape(cursor, bytes);
    }
    size_t length = c >= 0x80 ? sequence_length((const unsigned char *)cursor->at,
                                                (size_t)(cursor->end - cursor->at))
                              : (c >= 0x20 ? 1 : 0);
    memcpy(bytes, cursor->at, length);
    cursor->at += length;
    return length;
}

void wire_cursor_text(struct wire_cursor *cursor, char *ret_text, size_t size)
{
    size_t used = 0;
    wire_cursor_take(cursor, '"');
    while (!cursor->bad && cursor->at < cursor->end && *cursor->at != '"') {
        char bytes[4];
        size_t length = take_character(cursor, bytes);
        if (length == 0 || used + length >= size) {
            cursor->bad = true;
            return;
        }
        memcpy(ret_text + used, bytes, length);
        used += length;
    }
    if (cursor->bad || cursor->at == cursor->end) {
        cursor->bad = true;
        return;
    }
    cursor->at++;
    ret_text[used] = '\0';
}

int64_t wire_cursor_int(struct wire_cursor *cursor, int64_t min, int64_t max)
{
    bool negative = wire_cursor_try(cursor, '-');
    const char *start = cursor->at;
    int64_t value = 0;
    if (!negative) {
        (void)peek(cursor);
        start = cursor->at;
    }
    while (!cursor->bad && cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        int64_t digit = *cursor->at++ - '0';
        /* Counted below zero, where the range is larger by one. */
        if (value < (INT64_MIN + digit) / 10) {
            cursor->bad = true;
            return 0;
        }
        value = value * 10 - digit;
    }
    bool leading_zero = cursor->at - start > 1 && *start == '0';
    bool too_large = !negative && value == INT64_MIN;
    if (cursor->bad || cursor->at == start || leading_zero || too_large) {
        cursor->bad = true;
        return 0;
    }
    value = negative ? value : -value;
    cursor->bad = value < min || value > max;
    return value;
}
