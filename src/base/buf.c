/* buf: a byte buffer that doubles up to its bound, and the copying of texts into fixed arrays.
 *
 * A failed buffer ignores what comes, so that a caller can add many things and ask once. The bytes
 * stand in one allocation with one byte to spare, which is where buf_text() puts the end. */
#include "buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_CAPACITY 256

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

void buf_fini(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->failed = false;
}

/* Makes room for `more` bytes and the end; false marks the buffer failed. */
static bool buf_reserve(struct buf *buf, size_t more)
{
    if (buf->failed) {
        return false;
    }
    if (more > buf->max - buf->length || buf->max >= SIZE_MAX / 2) {
        buf->failed = true;
        return false;
    }
    size_t needed = buf->length + more + 1;
    if (needed <= buf->capacity) {
        return true;
    }
    size_t capacity = buf->capacity > 0 ? buf->capacity : BUF_FIRST_CAPACITY;
    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity > buf->max + 1) {
        capacity = buf->max + 1;
    }
    char *data = realloc(buf->data, capacity);
    if (data == NULL) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
    if (length == 0 || !buf_reserve(buf, length)) {
        return;
    }
    memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_int(struct buf *buf, long long value)
{
    char digits[24];
    size_t at = sizeof digits;
    unsigned long long rest = value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        digits[--at] = '-';
    }
    buf_add(buf, digits + at, sizeof digits - at);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        buf->failed = true;
        return;
    }
    if (!buf_reserve(buf, (size_t)length)) {
        return;
    }
    va_start(args, format);
    /* buf_reserve keeps one byte for the end, which vsnprintf writes as well. */
    if (length > 0) {
        (void)vsnprintf(buf->data + buf->length, (size_t)length + 1, format, args);
    }
    va_end(args);
    buf->length += (size_t)length;
}

bool buf_failed(const struct buf *buf)
{
    return buf->failed;
}

const char *buf_text(struct buf *buf)
{
    if (buf->failed || buf->length == 0) {
        return "";
    }
    assert(buf->length < buf->capacity);
    buf->data[buf->length] = '\0';
    return buf->data;
}

char *buf_take(struct buf *buf, size_t *ret_length)
{
    char *data = buf->length > 0 ? buf->data : NULL;
    *ret_length = buf->length;
    if (data != NULL) {
        data[buf->length] = '\0';
        *buf = (struct buf){.max = buf->max};
    }
    return data;
}

enum err text_copy(char *dst, size_t size, const char *text)
{
    assert(size > 0);
    size_t length = strnlen(text, size);
    if (length >= size) {
        dst[0] = '\0';
        return ERR_TOO_LONG;
    }
    memmove(dst, text, length + 1);
    return ERR_NONE;
}

void text_copy_cut(char *dst, size_t size, const char *text)
{
    assert(size > 0);
    size_t length = strnlen(text, size);
    if (length >= size) {
        length = size - 1;
        /* A byte 10xxxxxx after the cut would belong to a sequence that began before it. */
        while (length > 0 && ((unsigned char)text[length] & 0xc0u) == 0x80u) {
            length--;
        }
    }
    memmove(dst, text, length);
    dst[length] = '\0';
}

/* The length of the well-formed UTF-8 sequence at `s`, 0 when there is none (Unicode, table 3-7:
 * overlong forms, surrogates and values above 0x10ffff are excluded by the range of the second
 * byte). */
static size_t utf8_length(const unsigned char *s)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t length;
    if (s[0] < 0x80) {
        return 1;
    }
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        length = 2;
    } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
        length = 3;
        low = s[0] == 0xe0 ? 0xa0 : low;
        high = s[0] == 0xed ? 0x9f : high;
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        length = 4;
        low = s[0] == 0xf0 ? 0x90 : low;
        high = s[0] == 0xf4 ? 0x8f : high;
    } else {
        return 0;
    }
    if (s[1] < low || s[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if ((s[i] & 0xc0u) != 0x80u) {
            return 0;
        }
    }
    return length;
}

bool text_is_plain(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    while (*s != '\0') {
        size_t length = utf8_length(s);
        if (length == 0 || *s < 0x20 || *s == 0x7f) {
            return false;
        }
        s += length;
    }
    return true;
}
