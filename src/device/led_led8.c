/* led_led8: price displays of eight digits, as a cheap counter display.
 *
 * Shown is 1B 51 41, the digits, 0D; dark is 0C. One-way. The letters of a ticket cannot be shown:
 * "A012" shows 012, as printed on the slip. A text that is no number is ERR_UNSHOWABLE, more than
 * eight digits are ERR_TOO_LONG. Options:
 *
 *   lamp=0..4                before the digits the label lamp is set with 1B 73 n; by default not
 *   lamp_form=ascii|binary   n as the character '0' to '4' or as a byte: public drivers contradict
 *                            each other, so try which one moves the lamp
 *
 * The speed is the port's and differs between models: 2400 is named most. The address is not sent.
 */
#include <string.h>

#include "device_internal.h"

enum { DIGITS_MAX = 8, LAMP_MAX = 4, LAMP_NONE = LAMP_MAX + 1 };

static const char *const form_words[] = {"ascii", "binary", NULL};

static enum err led8_encode(const struct wire_display *display,
                            const struct device_content *content, uint8_t *bytes, size_t size,
                            size_t *ret_length)
{
    struct device_frame frame = {.length = 0};
    const char *digits = NULL;
    int lamp = LAMP_NONE;
    int form = 0;

    if (device_option_number(display, "lamp", LAMP_NONE, LAMP_MAX, &lamp) ||
        device_option_word(display, "lamp_form", form_words, &form)) {
        return ERR_INVALID_OPTION;
    }

    const char *line = content->blank ? "" : board_line(&content->sign, true);
    enum err err = device_text_digits(line, &digits);
    if (err) {
        return err;
    }
    if (strlen(digits) > DIGITS_MAX) {
        return ERR_TOO_LONG;
    }
    if (digits[0] == '\0') {
        device_frame_put(&frame, 0x0c);
        return device_frame_give(&frame, bytes, size, ret_length);
    }
    if (lamp != LAMP_NONE) {
        device_frame_put_bytes(&frame, "\x1bs", 2);
        device_frame_put(&frame, (unsigned)(form == 0 ? '0' + lamp : lamp));
    }
    device_frame_put_bytes(&frame, "\x1bQA", 3);
    device_frame_put_bytes(&frame, digits, strlen(digits));
    device_frame_put(&frame, '\r');
    return device_frame_give(&frame, bytes, size, ret_length);
}

const struct device_driver led_led8 = {
    .name = "led8",
    .longname = "Price display of 8 digits",
    .options = "lamp lamp_form",
    .answers = false,
    .blinks = true,
    .script = DEVICE_SCRIPT_DIGITS,
    .address_min = 0,
    .address_max = 255,
    .refresh_ms = 60000,
    .gap_ms = 50,
    .answer_ms = 0,
    .encode = led8_encode,
    .judge = NULL,
};
