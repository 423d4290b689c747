/* print_text: characters as a printer takes them.
 *
 * Unlike a sign, paper shows a text with a gap in it: a slip with one square in a rare name is
 * better than no slip. Each character is converted by itself, so that one that cannot be said does
 * not take its neighbours along. */
#include <iconv.h>
#include <string.h>

#include "device_print.h"

#define SQUARE "\xa1\xf5" /* U+25A1 */

/* Length in bytes of the character of UTF-8 that begins there: a wrong one ends where another
 * begins. */
static size_t count_bytes(const char *text, size_t length)
{
    size_t count = 1;
    while (count < length && count < 4 && ((unsigned char)text[count] & 0xc0) == 0x80) {
        count++;
    }
    return count;
}

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

static void add_converted(struct buf *out, iconv_t converter, const char *text, size_t length)
{
    char bytes[8];
    char *from = (char *)(uintptr_t)text; /* iconv() writes the pointer, not the text */
    char *to = bytes;
    size_t room = sizeof bytes;
    bool done = converter != (iconv_t)-1 && iconv(converter, &from, &length, &to, &room) == 0 &&
                to - bytes == 2;
    if (done) {
        buf_add(out, bytes, 2);
    } else {
        buf_add(out, SQUARE, 2);
    }
}

void print_text_chinese(struct buf *out, const char *text, size_t length)
{
    /* Where the machine has no such table all Chinese is squares; numbers are there. */
    iconv_t converter = iconv_open("GB18030", "UTF-8");
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)text[i];
        size_t used = count_bytes(text + i, length - i);
        if (c >= 0x80) {
            add_converted(out, converter, text + i, used);
        } else if (!is_control(c)) {
            buf_add_char(out, (char)c);
        }
        i += used;
    }
    if (converter != (iconv_t)-1) {
        (void)iconv_close(converter);
    }
}

void print_text_latin(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80) {
            buf_add_char(out, '?');
        } else if (!is_control(c)) {
            buf_add_char(out, (char)c);
        }
        i += count_bytes(text + i, length - i);
    }
}
