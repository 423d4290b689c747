/* device_text: what the encoders of text signs share: which line to show, its characters, options
 * that are numbers, and a frame that cannot overflow.
 *
 * Control characters never reach a sign: they would be commands there. A Latin sign has 20h to 7Eh
 * and nothing else; a Chinese sign has GB2312 (or GBK), converted by iconv(3). A character outside
 * makes the whole text ERR_UNSHOWABLE, and never a question mark or a gap: half an announcement is
 * worse than the bare number, which the worker then shows instead. Text that is ASCII throughout
 * does not need iconv, so that numbers appear even where its tables are not installed. */
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include "device_internal.h"

/* ---- frames ---- */

void device_frame_put(struct device_frame *frame, unsigned byte)
{
    if (frame->length < sizeof frame->bytes) {
        frame->bytes[frame->length] = (uint8_t)byte;
    }
    frame->length++;
}

void device_frame_put_bytes(struct device_frame *frame, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;

    for (size_t i = 0; i < length; i++) {
        device_frame_put(frame, from[i]);
    }
}

enum err device_frame_give(const struct device_frame *frame, uint8_t *bytes, size_t size,
                           size_t *ret_length)
{
    if (frame->length > sizeof frame->bytes || frame->length > size) {
        return ERR_TOO_LONG;
    }
    memcpy(bytes, frame->bytes, frame->length);
    *ret_length = frame->length;
    return ERR_NONE;
}

/* ---- options ---- */

enum err device_option_number(const struct wire_display *display, const char *key, int fallback,
                              int max, int *ret_value)
{
    const char *text = device_option(display, key, NULL);
    int value = 0;

    if (text == NULL) {
        *ret_value = fallback;
        return ERR_NONE;
    }
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return ERR_INVALID_OPTION;
        }
        value = 10 * value + (text[i] - '0');
        if (value > max) {
            return ERR_INVALID_OPTION;
        }
    }
    *ret_value = value;
    return text[0] == '\0' ? ERR_INVALID_OPTION : ERR_NONE;
}

enum err device_option_word(const struct wire_display *display, const char *key,
                            const char *const *words, int *ret_index)
{
    const char *text = device_option(display, key, words[0]);

    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            *ret_index = i;
            return ERR_NONE;
        }
    }
    return ERR_INVALID_OPTION;
}

/* ---- the line ---- */

void device_text_call(const struct board_call *call, bool latin, char line[DEVICE_LINE_SIZE])
{
    (void)snprintf(line, DEVICE_LINE_SIZE, latin ? "%s -> %d" : "%s→%d号窗口", call->number,
                   (int)call->window);
}

void device_text_line(const struct wire_display *display, const struct device_content *content,
                      bool latin, char line[DEVICE_LINE_SIZE])
{
    if (content->blank) {
        line[0] = '\0';
    } else if (display->zone[0] != '\0' && content->call_count > 0) {
        device_text_call(&content->calls[0], latin, line);
    } else if (content->line_count > 0) {
        (void)snprintf(line, DEVICE_LINE_SIZE, "%s", content->lines[0]);
    } else {
        (void)snprintf(line, DEVICE_LINE_SIZE, "%s", board_line(&content->sign, latin));
    }
}

enum err device_text_latin(const char *line, struct device_text *text)
{
    text->length = 0;
    for (size_t i = 0; line[i] != '\0'; i++) {
        unsigned char c = (unsigned char)line[i];
        if (c > 0x7f) {
            return ERR_UNSHOWABLE;
        }
        if (c >= 0x20 && c < 0x7f && text->length < sizeof text->bytes) {
            text->bytes[text->length++] = c;
        }
    }
    return ERR_NONE;
}

/* glibc's table of GB2312 has the Japanese middle dot and the horizontal bar at the places of the
 * Chinese dot and dash, and so refuses the two characters that every Chinese keyboard writes. */
static const char *replace_dot_and_dash(const char *at)
{
    static const char *const pairs[][2] = {{"\u00b7", "\u30fb"}, {"\u2014", "\u2015"}};

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (strncmp(at, pairs[i][0], strlen(pairs[i][0])) == 0) {
            return pairs[i][1];
        }
    }
    return NULL;
}

/* Length in bytes of the character of UTF-8 that begins with `lead`; wrong ones iconv refuses. */
static size_t count_bytes(unsigned char lead)
{
    return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* The line with its control characters left out and, for GB2312, with the characters that its table
 * knows. The middle dot grows by one byte. */
#define PLAIN_SIZE (2 * DEVICE_LINE_SIZE)
static size_t make_plain(const char *line, bool gb2312, bool keep_line_ends, char plain[PLAIN_SIZE])
{
    size_t length = 0;
    size_t end = strlen(line);

    for (size_t i = 0; i < end && length + 4 <= PLAIN_SIZE;) {
        unsigned char c = (unsigned char)line[i];
        const char *instead = gb2312 ? replace_dot_and_dash(line + i) : NULL;
        size_t used = count_bytes(c) < end - i ? count_bytes(c) : end - i;
        if (instead != NULL) {
            memcpy(plain + length, instead, strlen(instead));
            length += strlen(instead);
        } else if ((c >= 0x20 && c != 0x7f) || (c == '\n' && keep_line_ends)) {
            memcpy(plain + length, line + i, used);
            length += used;
        }
        i += used;
    }
    return length;
}

enum err device_text_chinese(const char *line, const char *charset, bool keep_line_ends,
                             struct device_text *text)
{
    char plain[PLAIN_SIZE];
    bool ascii = true;
    size_t left = make_plain(line, strcmp(charset, DEVICE_GB2312) == 0, keep_line_ends, plain);
    char *from = plain;
    char *to = (char *)text->bytes;
    size_t room = sizeof text->bytes;

    for (size_t i = 0; i < left; i++) {
        ascii = ascii && (unsigned char)plain[i] < 0x80;
    }
    if (ascii) {
        text->length = left < room ? left : room;
        memcpy(to, from, text->length);
        return left > room ? ERR_TOO_LONG : ERR_NONE;
    }
    iconv_t converter = iconv_open(charset, "UTF-8");
    if (converter == (iconv_t)-1) {
        return ERR_UNSHOWABLE; /* the machine has no such table */
    }
    /* Zero: every character was converted, and each to itself. */
    size_t result = iconv(converter, &from, &left, &to, &room);
    (void)iconv_close(converter);
    if (result != 0 || left != 0) {
        return ERR_UNSHOWABLE;
    }
    text->length = sizeof text->bytes - room;
    return ERR_NONE;
}

/* "A012", "A-012" or "12": letters are left out. Anything else is an announcement, and digits torn
 * from it would be a false number. */
enum err device_text_digits(const char *line, const char **ret_digits)
{
    size_t i = 0;

    while ((line[i] >= 'A' && line[i] <= 'Z') || (line[i] >= 'a' && line[i] <= 'z')) {
        i++;
    }
    i += i > 0 && line[i] == '-';
    size_t count = strspn(line + i, "0123456789");
    if (line[i + count] != '\0' || (count == 0 && line[0] != '\0')) {
        return ERR_UNSHOWABLE;
    }
    *ret_digits = line + i;
    return ERR_NONE;
}
