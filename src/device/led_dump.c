/* led_dump: what a sign shall show, as lines of text. For trials, logs, and as the skeleton of a
 * new driver.
 *
 * The protocol is our own. A sign of one window is one line, a wall display one line per call it
 * has room for
 * (`rows`, the newest first), all ended by a line feed:
 *
 *     address=3 window=7 state=calling line=A012
 *     address=1 row=1 window=7 number=A012
 *     address=1 row=2 line=今日办理社保业务
 *
 * `line` comes last, so that its text may hold spaces; it is empty on a sign that is dark. A wall
 * display with nothing to show is the one line "address=1 row=0". Control bytes of a text are left
 * out: a text can make neither a second line nor an escape sequence. Nothing is ever answered.
 *
 * To write a driver: copy this file to led_<protocol>.c, say in its first comment how a frame is
 * built and what is refused, encode without any state, export one struct, and add its name to
 * device_list.c. An encoder never opens, waits or logs: retries, refresh and "only the newest
 * counts" are the worker's. */
#include <stdio.h>

#include "device_internal.h"

/* A frame being written; `length` counts on past the end, so that one look at the end tells. */
struct text {
    char *bytes;
    size_t size;
    size_t length;
};

static void add_char(struct text *text, char c)
{
    if (text->length < text->size) {
        text->bytes[text->length] = c;
    }
    text->length++;
}

static void add_plain(struct text *text, const char *from)
{
    for (int i = 0; i < DEVICE_LINE_SIZE && from[i] != '\0'; i++) {
        unsigned char c = (unsigned char)from[i];
        if (c >= 0x20 && c != 0x7f) {
            add_char(text, from[i]);
        }
    }
}

static void add_number(struct text *text, const char *key, long value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%ld", value);
    add_plain(text, key);
    add_plain(text, digits);
}

static void add_window(struct text *text, const struct wire_display *display,
                       const struct device_content *content)
{
    add_number(text, "address=", display->address);
    add_number(text, " window=", content->sign.window);
    add_plain(text, " state=");
    add_plain(text, board_state_text(content->sign.state));
    add_plain(text, " line=");
    if (!content->blank) {
        add_plain(text, board_line(&content->sign, false));
    }
    add_char(text, '\n');
}

static void add_head(struct text *text, const struct wire_display *display, int row)
{
    add_number(text, "address=", display->address);
    add_number(text, " row=", row);
}

static void add_wall(struct text *text, const struct wire_display *display,
                     const struct device_content *content)
{
    int row = 0;

    for (int i = 0; i < content->call_count; i++) {
        add_head(text, display, ++row);
        add_number(text, " window=", content->calls[i].window);
        add_plain(text, " number=");
        add_plain(text, content->calls[i].number);
        add_char(text, '\n');
    }
    for (int i = 0; i < content->line_count; i++) {
        add_head(text, display, ++row);
        add_plain(text, " line=");
        add_plain(text, content->lines[i]);
        add_char(text, '\n');
    }
}

static enum err dump_encode(const struct wire_display *display,
                            const struct device_content *content, uint8_t *frame, size_t frame_size,
                            size_t *ret_length)
{
    struct text text = {.bytes = (char *)frame, .size = frame_size};

    if (display->window != 0) {
        add_window(&text, display, content);
    } else if (content->blank || content->call_count + content->line_count == 0) {
        add_head(&text, display, 0);
        add_char(&text, '\n');
    } else {
        add_wall(&text, display, content);
    }
    if (text.length > text.size) {
        return ERR_TOO_LONG;
    }
    *ret_length = text.length;
    return ERR_NONE;
}

/* There is no end to a line of text; one that people read on a page has one. */
static int dump_columns(const struct wire_display *display)
{
    (void)display;
    return 40;
}

const struct device_driver led_dump = {
    .name = "dump",
    .longname = "Readable text, for trials",
    .options = "",
    .answers = false,
    .blinks = false,
    .script = DEVICE_SCRIPT_CHINESE,
    .walls = true,
    .columns = dump_columns,
    .address_min = 0,
    .address_max = 9999,
    .refresh_ms = 30000,
    .gap_ms = 0,
    .answer_ms = 0,
    .encode = dump_encode,
    .judge = NULL,
};
