/* led_alpha: Alpha Sign Communications Protocol (Adaptive, BetaBrite): Latin text only.
 *
 * A frame is five NUL (the sign finds the speed from them), 01, 'Z' (every type of sign), the
 * address as two hex digits (00: everybody), 02, a command, its data, 04. With a checksum, 03 and
 * four hex digits stand before 04: the sum of all bytes from 02 to 03. Nothing is answered.
 * Options:
 *
 *   file=C       label of the file. 0 (default): the priority TEXT, which needs no memory and
 *                covers everything until it is cancelled. 1 to 9: a STRING, which shows where a
 *                TEXT of the sign inserts it. Others: a TEXT. The sign must have memory for all
 *                but 0, set up once with its maker's program.
 *   kind=text|string   in place of that rule
 *   mode=M       how a TEXT appears: auto (default: flash while calling, else hold), rotate, hold,
 *                flash, scroll, or the protocol's own letter, a to v
 *   colour=C     red, green, amber, dim-red, dim-green, brown, orange, yellow, rainbow, mix, auto,
 *                none, or the protocol's own character. Default: red for a TEXT, none for a STRING
 *   checksum=no|yes   only for noisy lines: a wrong one can blank the sign
 *
 * Dark: the priority TEXT is cancelled by its label alone, a STRING or another TEXT becomes a
 * space. Characters are 20h to 7Eh, control characters are left out (they are commands), others
 * ERR_UNSHOWABLE; a body of more than 125 bytes is ERR_TOO_LONG. The sign flashes by itself, so the
 * host does not blink it. Nested packets, which want pauses inside a frame, are not made. */
#include <stdio.h>
#include <string.h>

#include "device_internal.h"

enum { BODY_MAX = 125, COLOUR_NONE = 0 };
enum { STX = 0x02, ETX = 0x03, EOT = 0x04, MIDDLE = 0x20 };

struct settings {
    char file, mode, colour;
    bool string, checksum;
};

struct word {
    const char *word;
    char character;
};
static const struct word modes[] = {
    {"rotate", 'a'}, {"hold", 'b'}, {"flash", 'c'}, {"scroll", 'm'}, {NULL, 0}};
static const struct word colours[] = {
    {"red", '1'},   {"green", '2'},        {"amber", '3'},  {"dim-red", '4'}, {"dim-green", '5'},
    {"brown", '6'}, {"orange", '7'},       {"yellow", '8'}, {"rainbow", '9'}, {"mix", 'B'},
    {"auto", 'C'},  {"none", COLOUR_NONE}, {NULL, 0}};

/* One of the words, or one character of `own`. */
static enum err find_word(const struct word *words, const char *own, const char *text,
                          char *ret_character)
{
    for (int i = 0; words[i].word != NULL; i++) {
        if (strcmp(words[i].word, text) == 0) {
            *ret_character = words[i].character;
            return ERR_NONE;
        }
    }
    if (strlen(text) != 1 || strchr(own, text[0]) == NULL) {
        return ERR_INVALID_OPTION;
    }
    *ret_character = text[0];
    return ERR_NONE;
}

static enum err read_settings(const struct wire_display *display, bool calling,
                              struct settings *settings)
{
    static const char *const yes_words[] = {"no", "yes", "0", "1", "off", "on", NULL};
    static const char *const kind_words[] = {"auto", "text", "string", NULL};
    const char *file = device_option(display, "file", "0");
    const char *mode = device_option(display, "mode", "auto");
    int kind = 0;
    int yes = 0;

    if (strlen(file) != 1 || file[0] < 0x20 || file[0] > 0x7e ||
        device_option_word(display, "kind", kind_words, &kind) ||
        device_option_word(display, "checksum", yes_words, &yes)) {
        return ERR_INVALID_OPTION;
    }
    settings->file = file[0];
    settings->string = kind == 2 || (kind == 0 && file[0] >= '1' && file[0] <= '9');
    settings->checksum = yes % 2 == 1;
    if (strcmp(mode, "auto") == 0) {
        mode = calling ? "flash" : "hold";
    }
    /* n (special) would take one more character. */
    if (find_word(modes, "abcefghijklmopqrstuv", mode, &settings->mode) ||
        find_word(colours, "123456789ABC",
                  device_option(display, "colour", settings->string ? "none" : "red"),
                  &settings->colour)) {
        return ERR_INVALID_OPTION;
    }
    return ERR_NONE;
}

/* Command, label and what the file shall hold. */
static void put_body(struct device_frame *frame, const struct settings *settings,
                     const struct device_text *text)
{
    const uint8_t position[] = {0x1b, MIDDLE, (uint8_t)settings->mode};

    device_frame_put(frame, settings->string ? 'G' : 'A');
    device_frame_put(frame, (uint8_t)settings->file);
    if (text->length == 0 && settings->file == '0' && !settings->string) {
        return; /* the label alone cancels the priority TEXT */
    }
    if (!settings->string) {
        device_frame_put_bytes(frame, position, sizeof position);
    }
    if (text->length == 0) {
        device_frame_put(frame, ' ');
        return;
    }
    if (settings->colour != COLOUR_NONE) {
        device_frame_put(frame, 0x1c);
        device_frame_put(frame, (uint8_t)settings->colour);
    }
    device_frame_put_bytes(frame, text->bytes, text->length);
}

static void put_checksum(struct device_frame *frame, size_t from)
{
    unsigned sum = 0;
    char digits[9];

    device_frame_put(frame, ETX);
    for (size_t i = from; i < frame->length && i < sizeof frame->bytes; i++) {
        sum += frame->bytes[i];
    }
    (void)snprintf(digits, sizeof digits, "%04X", sum & 0xffff);
    device_frame_put_bytes(frame, digits, 4);
}

static enum err alpha_encode(const struct wire_display *display,
                             const struct device_content *content, uint8_t *bytes, size_t size,
                             size_t *ret_length)
{
    static const uint8_t head[] = {0, 0, 0, 0, 0, 0x01, 'Z'};
    struct settings settings;
    struct device_frame frame = {.length = 0};
    struct device_text text;
    char line[DEVICE_LINE_SIZE];
    char address[9];
    enum err err = read_settings(display, content->sign.state == BOARD_CALLING, &settings);

    if (err) {
        return err;
    }
    device_text_line(display, content, true, line);
    err = device_text_latin(line, &text);
    if (err) {
        return err;
    }
    (void)snprintf(address, sizeof address, "%02X", (unsigned)display->address & 0xff);
    device_frame_put_bytes(&frame, head, sizeof head);
    device_frame_put_bytes(&frame, address, 2);
    size_t from = frame.length;
    device_frame_put(&frame, STX);
    put_body(&frame, &settings, &text);
    if (frame.length - from > 3 + BODY_MAX) {
        return ERR_TOO_LONG;
    }
    if (settings.checksum) {
        put_checksum(&frame, from);
    }
    device_frame_put(&frame, EOT);
    return device_frame_give(&frame, bytes, size, ret_length);
}

const struct device_driver led_alpha = {
    .name = "alpha",
    .longname = "Alpha protocol sign (Adaptive, BetaBrite)",
    .options = "file mode colour checksum kind",
    .answers = false,
    .blinks = false,
    .script = DEVICE_SCRIPT_LATIN,
    .address_min = 0,
    .address_max = 255,
    .refresh_ms = 60000,
    .gap_ms = 0,
    .answer_ms = 0,
    .encode = alpha_encode,
    .judge = NULL,
};
