/* wire_json_write: JSON printed straight into a struct buf.
 *
 * Every event and every answer passes here on the engine's thread, some thousands a second. A
 * jansson tree would cost a dozen allocations for each member only to be walked once and freed;
 * printing in order costs none. A comma is due unless the byte before opens something, separates,
 * or ends a line: since every value ends in a quote, a bracket, a digit or a letter, that byte
 * alone tells. */
#include <math.h>
#include <string.h>

#include "clock.h"
#include "digest.h"
#include "wire_internal.h"

static void put_comma(struct buf *buf)
{
    if (buf->length == 0) {
        return;
    }
    switch (buf->data[buf->length - 1]) {
    case '{':
    case '[':
    case ':':
    case ',':
    case ' ':
    case '\n':
        return;
    default:
        buf_add_char(buf, ',');
    }
}

/* Control characters as \n, \t or \u00XX. */
static void put_escape(struct buf *buf, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    char escape[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    switch (c) {
    case '"':
    case '\\':
        escape[1] = (char)c;
        buf_add(buf, escape, 2);
        break;
    case '\n':
        buf_add(buf, "\\n", 2);
        break;
    case '\t':
        buf_add(buf, "\\t", 2);
        break;
    default:
        buf_add(buf, escape, sizeof escape);
    }
}

/* U+2028 and U+2029 end a line in some readers of event streams and scripts: E2 80 A8, E2 80 A9. */
static bool is_line_separator(const unsigned char *s)
{
    return s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9);
}

/* Bytes at which a text cannot simply be copied on: its end, control characters, quote, backslash,
 * DEL, and the first byte of the line separators. */
static const bool special[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,         1,          1,          1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['"'] = 1, ['\\'] = 1, [0x7f] = 1, [0xe2] = 1,
};

static void put_quoted(struct buf *buf, const char *text)
{
    const unsigned char *start = (const unsigned char *)text;
    const unsigned char *s = start;
    buf_add_char(buf, '"');
    for (;;) {
        while (!special[*s]) {
            s++;
        }
        if (*s == '\0') {
            break;
        }
        bool separator = *s == 0xe2 && is_line_separator(s);
        if (*s == 0xe2 && !separator) {
            s++;
            continue;
        }
        buf_add(buf, start, (size_t)(s - start));
        if (separator) {
            buf_add_text(buf, s[2] == 0xa8 ? "\\u2028" : "\\u2029");
            s += 3;
        } else {
            put_escape(buf, *s);
            s++;
        }
        start = s;
    }
    buf_add(buf, start, (size_t)(s - start));
    buf_add_char(buf, '"');
}

void wire_put_key(struct buf *buf, const char *key)
{
    put_comma(buf);
    if (key != NULL) {
        put_quoted(buf, key);
        buf_add_char(buf, ':');
    }
}

void wire_open_object(struct buf *buf, const char *key)
{
    wire_put_key(buf, key);
    buf_add_char(buf, '{');
}

void wire_close_object(struct buf *buf)
{
    buf_add_char(buf, '}');
}

void wire_open_array(struct buf *buf, const char *key)
{
    wire_put_key(buf, key);
    buf_add_char(buf, '[');
}

void wire_close_array(struct buf *buf)
{
    buf_add_char(buf, ']');
}

void wire_put_text(struct buf *buf, const char *key, const char *text)
{
    wire_put_key(buf, key);
    put_quoted(buf, text);
}

void wire_put_text_or_null(struct buf *buf, const char *key, const char *text)
{
    if (text[0] == '\0') {
        wire_put_null(buf, key);
    } else {
        wire_put_text(buf, key, text);
    }
}

void wire_put_int(struct buf *buf, const char *key, int64_t value)
{
    wire_put_key(buf, key);
    buf_add_int(buf, value);
}

void wire_put_bool(struct buf *buf, const char *key, bool value)
{
    wire_put_key(buf, key);
    buf_add_text(buf, value ? "true" : "false");
}

void wire_put_null(struct buf *buf, const char *key)
{
    wire_put_key(buf, key);
    buf_add_text(buf, "null");
}

void wire_put_time(struct buf *buf, const char *key, int64_t at_ms)
{
    if (at_ms == 0) {
        wire_put_null(buf, key);
        return;
    }
    char text[CLOCK_TEXT_SIZE];
    clock_format(at_ms, text);
    wire_put_text(buf, key, text);
}

void wire_put_day(struct buf *buf, const char *key, int32_t day)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_day(day, text);
    wire_put_text(buf, key, text);
}

void wire_put_hex(struct buf *buf, const char *key, const uint8_t *bytes, size_t length)
{
    char text[DIGEST_HEX_SIZE] = "";
    if (length <= DIGEST_SIZE) {
        digest_hex(bytes, length, text);
    }
    wire_put_text(buf, key, text);
}

void wire_put_names(struct buf *buf, const char *key, const struct hall_text *text)
{
    wire_open_object(buf, key);
    wire_put_text(buf, "zh-CN", text->zh);
    wire_put_text(buf, "en", text->en);
    wire_close_object(buf);
}

void wire_put_real(struct buf *buf, const char *key, double value)
{
    wire_put_key(buf, key);
    buf_printf(buf, "%.9g", value);
}

void wire_put_decimal(struct buf *buf, const char *key, double value, int places)
{
    bool zero = fabs(value) * pow(10, places) < 0.5;
    wire_put_key(buf, key);
    buf_printf(buf, "%.*f", places, zero ? 0.0 : value);
}
