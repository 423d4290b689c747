/* led_qsystem: the counter and hall lines of QSystem (Apertum) on RS-485.
 *
 * A frame is 01, the address of the line, the text, 07: no length, no checksum, no answer. The
 * displays are slow, so 300 ms pass between frames. A text of fewer than three characters gets one
 * space before and two after it, as the original does; a dark line is seven spaces.
 *
 * The text is ASCII. A control character is refused (ERR_UNSHOWABLE): 07 would end the frame and
 * the rest of the text would be taken for the next one. Cyrillic in the host's code page is what
 * the original sends; which one a display holds is not known, so it is refused here.
 *
 * A hall board is a chain of such lines. Its clock line is not driven: a text of a space and the
 * time would be its frame. There is no blinking, no brightness and no options. */
#include <string.h>

#include "device_internal.h"

enum { FRAME_START = 0x01, FRAME_END = 0x07, SHORT_TEXT = 3 };
#define DARK "       "

static bool has_control(const char *line)
{
    for (size_t i = 0; line[i] != '\0'; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

static enum err qsystem_encode(const struct wire_display *display,
                               const struct device_content *content, uint8_t *bytes, size_t size,
                               size_t *ret_length)
{
    char line[DEVICE_LINE_SIZE];
    struct device_text text;
    struct device_frame frame = {.length = 0};

    device_text_line(display, content, true, line);
    enum err err = has_control(line) ? ERR_UNSHOWABLE : device_text_latin(line, &text);
    if (err) {
        return err;
    }
    device_frame_put(&frame, FRAME_START);
    device_frame_put(&frame, (uint8_t)display->address);
    if (text.length == 0) {
        device_frame_put_bytes(&frame, DARK, strlen(DARK));
    } else if (text.length < SHORT_TEXT) {
        device_frame_put(&frame, ' ');
        device_frame_put_bytes(&frame, text.bytes, text.length);
        device_frame_put_bytes(&frame, "  ", 2);
    } else {
        device_frame_put_bytes(&frame, text.bytes, text.length);
    }
    device_frame_put(&frame, FRAME_END);
    return device_frame_give(&frame, bytes, size, ret_length);
}

const struct device_driver led_qsystem = {
    .name = "qsystem",
    .longname = "QSystem (Apertum) line display",
    .options = "",
    .answers = false,
    .blinks = false,
    .script = DEVICE_SCRIPT_LATIN,
    .address_min = 1,
    .address_max = 255,
    .refresh_ms = 60000,
    .gap_ms = 300,
    .answer_ms = 0,
    .encode = qsystem_encode,
    .judge = NULL,
};
