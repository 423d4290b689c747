/* led_cd5220: customer (pole) displays of two lines of 20 characters, as a cheap counter display.
 *
 * One-way: nothing is acknowledged. Options:
 *
 *   line=upper|lower    which of the two lines, by default the upper one
 *   align=left|centre|right|none   padded with spaces to 20; none: not padded
 *   mode=line           1B 51 41 (upper) or 42 (lower), the text, 0D (default)
 *   mode=scroll         1B 51 44, the text, 0D: the upper line scrolls, up to 40 characters
 *   mode=cursor         0C, 1B 6C column line, the text
 *   mode=epson          0C, 1F 24 column line, the text: displays in Epson-style mode
 *   behind=printer      wired through a printer: 1B 3D 02 before and 1B 3D 01 after
 *
 * Dark is 0C, which clears both lines and leaves string mode. Where `line` is given in mode=line,
 * dark is that line in spaces instead, so that two displays of the configuration can share one
 * unit. Modes cursor and epson clear the unit with every frame and cannot share it.
 *
 * The text is ASCII; control characters are left out, for 0D would end the line. More characters
 * than the line has are ERR_TOO_LONG. While calling, the host alternates text and dark; a scrolling
 * line does not blink, as it would start anew twice a second. The address is not sent. */
#include <string.h>

#include "device_internal.h"

enum { WIDTH = 20, WIDTH_SCROLL = 40 };

enum mode { MODE_LINE, MODE_SCROLL, MODE_CURSOR, MODE_EPSON };
enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT, ALIGN_NONE, ALIGN_CENTER };

static const char *const mode_words[] = {"line", "scroll", "cursor", "epson", NULL};
static const char *const align_words[] = {"left", "centre", "right", "none", "center", NULL};
static const char *const line_words[] = {"upper", "lower", NULL};
static const char *const behind_words[] = {"none", "printer", NULL};

struct settings {
    int mode, align, line, behind;
    bool shared; /* the other line may be another display's */
};

static enum err read_settings(const struct wire_display *display, struct settings *settings)
{
    if (device_option_word(display, "mode", mode_words, &settings->mode) ||
        device_option_word(display, "align", align_words, &settings->align) ||
        device_option_word(display, "line", line_words, &settings->line) ||
        device_option_word(display, "behind", behind_words, &settings->behind) ||
        (settings->mode == MODE_SCROLL && settings->line != 0)) {
        return ERR_INVALID_OPTION;
    }
    settings->shared = settings->mode == MODE_LINE && device_option(display, "line", NULL) != NULL;
    return ERR_NONE;
}

static void put_padded(struct device_frame *frame, const struct settings *settings,
                       const struct device_text *text)
{
    size_t spare = WIDTH > text->length ? WIDTH - text->length : 0;
    size_t before = 0;

    if (settings->align == ALIGN_NONE || settings->mode == MODE_SCROLL) {
        spare = 0;
    } else if (settings->align == ALIGN_RIGHT) {
        before = spare;
    } else if (settings->align == ALIGN_CENTRE || settings->align == ALIGN_CENTER) {
        before = spare / 2;
    }
    for (size_t i = 0; i < before; i++) {
        device_frame_put(frame, ' ');
    }
    device_frame_put_bytes(frame, text->bytes, text->length);
    for (size_t i = before; i < spare; i++) {
        device_frame_put(frame, ' ');
    }
}

static void put_text(struct device_frame *frame, const struct settings *settings,
                     const struct device_text *text)
{
    unsigned row = (unsigned)settings->line + 1;

    if (settings->mode == MODE_LINE || settings->mode == MODE_SCROLL) {
        const uint8_t head[] = {0x1b, 'Q',
                                settings->mode == MODE_SCROLL ? 'D' : (uint8_t)('@' + row)};
        device_frame_put_bytes(frame, head, sizeof head);
        put_padded(frame, settings, text);
        device_frame_put(frame, '\r');
        return;
    }
    bool epson = settings->mode == MODE_EPSON;
    size_t spare = text->length < WIDTH ? WIDTH - text->length : 0;
    size_t column = settings->align == ALIGN_RIGHT ? 1 + spare
                    : settings->align == ALIGN_CENTRE || settings->align == ALIGN_CENTER
                        ? 1 + spare / 2
                        : 1;
    const uint8_t head[] = {0x0c, epson ? 0x1f : 0x1b, epson ? '$' : 'l', (uint8_t)column,
                            (uint8_t)row};
    device_frame_put_bytes(frame, head, sizeof head);
    device_frame_put_bytes(frame, text->bytes, text->length);
}

static enum err cd5220_encode(const struct wire_display *display,
                              const struct device_content *content, uint8_t *bytes, size_t size,
                              size_t *ret_length)
{
    struct settings settings;
    struct device_content steady = *content;
    struct device_frame frame = {.length = 0};
    struct device_text text;
    char line[DEVICE_LINE_SIZE];
    enum err err = read_settings(display, &settings);

    if (err) {
        return err;
    }
    steady.blank = content->blank && settings.mode != MODE_SCROLL;
    device_text_line(display, &steady, true, line);
    err = device_text_latin(line, &text);
    if (err) {
        return err;
    }
    if (text.length > (settings.mode == MODE_SCROLL ? WIDTH_SCROLL : WIDTH)) {
        return ERR_TOO_LONG;
    }
    if (settings.behind) {
        device_frame_put_bytes(&frame, "\x1b=\x02", 3);
    }
    if (text.length == 0 && settings.shared) {
        settings.align = ALIGN_LEFT; /* dark needs all twenty spaces */
        put_text(&frame, &settings, &text);
    } else if (text.length == 0) {
        device_frame_put(&frame, 0x0c);
    } else {
        put_text(&frame, &settings, &text);
    }
    if (settings.behind) {
        device_frame_put_bytes(&frame, "\x1b=\x01", 3);
    }
    return device_frame_give(&frame, bytes, size, ret_length);
}

const struct device_driver led_cd5220 = {
    .name = "cd5220",
    .longname = "Customer display of 2 x 20 characters, CD5220",
    .options = "line align mode behind",
    .answers = false,
    .blinks = true,
    .script = DEVICE_SCRIPT_LATIN,
    .address_min = 0,
    .address_max = 255,
    .refresh_ms = 60000,
    .gap_ms = 50, /* slow units, after a change of mode */
    .answer_ms = 0,
    .encode = cd5220_encode,
    .judge = NULL,
};
