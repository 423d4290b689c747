/* led_kanban: number boards that are not Modbus but sit on the same two wires.
 *
 *   board=counter   (default) id, value high byte, value low byte, sum of these three
 *   board=xunpeng   3A 00, value low byte, value high byte, colour, sum of all before it, 0A; a
 *                   board for parking sites. colour=0..2, by default 1: its maker's page
 *                   contradicts itself on which is green
 *
 * Sums are modulo 256. Nothing is answered. The value is the number of the ticket without its
 * letters, so "A012" shows 12. A text that is no number is ERR_UNSHOWABLE, a value above 65535
 * ERR_TOO_LONG. These boards cannot be dark: cleared, they show 0, and they do not blink. The
 * Xunpeng frame has no address: one board to a line. */
#include "device_internal.h"

enum { COLOUR_DEFAULT = 1, COLOUR_MAX = 2 };

static const char *const board_words[] = {"counter", "xunpeng", NULL};

static enum err read_value(const struct device_content *content, unsigned *ret_value)
{
    const char *digits = NULL;
    unsigned value = 0;
    enum err err = device_text_digits(board_line(&content->sign, true), &digits);

    if (err) {
        return err;
    }
    for (size_t i = 0; digits[i] != '\0'; i++) {
        value = 10 * value + (unsigned)(digits[i] - '0');
        if (value > UINT16_MAX) {
            return ERR_TOO_LONG;
        }
    }
    *ret_value = value;
    return ERR_NONE;
}

static void put_sum(struct device_frame *frame)
{
    unsigned sum = 0;

    for (size_t i = 0; i < frame->length; i++) {
        sum += frame->bytes[i];
    }
    device_frame_put(frame, sum & 0xff);
}

static enum err kanban_encode(const struct wire_display *display,
                              const struct device_content *content, uint8_t *bytes, size_t size,
                              size_t *ret_length)
{
    struct device_frame frame = {.length = 0};
    unsigned value = 0;
    int board = 0;
    int colour = 0;

    if (device_option_word(display, "board", board_words, &board) ||
        device_option_number(display, "colour", COLOUR_DEFAULT, COLOUR_MAX, &colour)) {
        return ERR_INVALID_OPTION;
    }
    enum err err = read_value(content, &value);
    if (err) {
        return err;
    }
    if (board == 0) {
        const uint8_t head[] = {(uint8_t)display->address, (uint8_t)(value >> 8),
                                (uint8_t)(value & 0xff)};
        device_frame_put_bytes(&frame, head, sizeof head);
        put_sum(&frame);
    } else {
        const uint8_t head[] = {0x3a, 0, (uint8_t)(value & 0xff), (uint8_t)(value >> 8),
                                (uint8_t)colour};
        device_frame_put_bytes(&frame, head, sizeof head);
        put_sum(&frame);
        device_frame_put(&frame, 0x0a);
    }
    return device_frame_give(&frame, bytes, size, ret_length);
}

const struct device_driver led_kanban = {
    .name = "kanban",
    .longname = "Number board, 4-byte kanban frame (and Xunpeng)",
    .options = "board colour",
    .answers = false,
    .blinks = false,
    .script = DEVICE_SCRIPT_DIGITS,
    .address_min = 0,
    .address_max = 255,
    .refresh_ms = 60000,
    .gap_ms = 50, /* nothing marks the start of a frame but silence; how much is not published */
    .answer_ms = 0,
    .encode = kanban_encode,
    .judge = NULL,
};
