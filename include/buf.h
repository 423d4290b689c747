/* buf: a byte buffer that grows up to a stated bound.
 *
 * The adders never fail one by one: past the bound, or without memory, the buffer marks itself
 * failed, keeps what it has, and ignores further bytes. Ask once at the end with buf_failed().
 * `data` is not terminated, except through buf_text(). One thread at a time. */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

struct buf {
    char *data;      /* owned */
    size_t length;   /* bytes in use */
    size_t capacity; /* bytes allocated */
    size_t max;      /* bound on length */
    bool failed;
};

void buf_init(struct buf *buf, size_t max);
void buf_fini(struct buf *buf);
/* Empties the buffer and forgives its failure; keeps the memory. */
void buf_clear(struct buf *buf);
void buf_add(struct buf *buf, const void *bytes, size_t length);
static inline void buf_add_char(struct buf *buf, char c)
{
    /* The last byte of the allocation is kept for the end that buf_text() writes. */
    if (!buf->failed && buf->length + 1 < buf->capacity && buf->length < buf->max) {
        buf->data[buf->length++] = c;
    } else {
        buf_add(buf, &c, 1);
    }
}
void buf_add_text(struct buf *buf, const char *text);
void buf_add_int(struct buf *buf, long long value);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_failed(const struct buf *buf);
/* The content as a C string, valid until the next change; "" when failed or empty. */
const char *buf_text(struct buf *buf);
/* Moves the bytes out (caller frees with free()); the buffer is empty afterwards. NULL when empty.
 */
char *buf_take(struct buf *buf, size_t *ret_length);

/* Copies `text` into a fixed array of `size` bytes, always terminated.
 * ERR_TOO_LONG when it does not fit; then `dst` is the empty string. */
MUST_USE enum err text_copy(char *dst, size_t size, const char *text);
/* The same where a cut is right: never splits a UTF-8 sequence. */
void text_copy_cut(char *dst, size_t size, const char *text);
/* Is this well-formed UTF-8 without control characters (below 0x20, 0x7f)? */
bool text_is_plain(const char *text);

#endif
