/* led_modbus: digit displays on RS-485 that speak Modbus RTU, register map of the LED-485 family.
 *
 * A frame is: unit, function, body, CRC-16 (reflected polynomial A001, start FFFF), the CRC low
 * byte first; registers and quantities high byte first. The same bytes go over TCP to a
 * serial-device server. Options:
 *
 *   digits=N   places of the display, 1 to 16, by default 4
 *   mode=text      function 10 from register 0070: ASCII, two characters to a register (default)
 *   mode=segments  function 10 from register 0080: one byte per place, bit 0 segment a ... 6 g, 7
 * the dot mode=number    function 06 to register 0000: the digits at the end of the number ("A012"
 * shows 12)
 *
 * A text is right-justified with spaces to the digits and then, as registers hold two, to an even
 * count. Segment bytes belong to places from the left, so an odd count is filled up behind. A dot
 * joins the place before it; a dot without one takes a place of its own. Small letters have the
 * shape of their capitals.
 *
 * What cannot be shown is refused: a character that is not ASCII or, with segments, has no shape
 * (ERR_UNSHOWABLE), more places than digits or a value over 32767 (ERR_TOO_LONG), a number without
 * digits at its end in number mode (ERR_UNSHOWABLE). **These displays are Latin only: they take the
 * English text of a sign. When a text is refused, the worker shows the number instead, and when
 * that is refused too, it clears the sign.** A display in number mode cannot be dark: cleared, it
 * shows 0, and it does not blink.
 *
 * A display of a zone shows the newest call. Unit 0 is broadcast: all obey (not confirmed for every
 * board), none answers. */
#include <string.h>

#include "device_internal.h"

#define DIGITS_MAX 16
/* Every place may bring its dot, and one byte may fill up to even. */
#define DATA_MAX (2 * DIGITS_MAX + 2)

enum { FN_READ = 0x03, FN_WRITE_ONE = 0x06, FN_WRITE_MANY = 0x10, FN_EXCEPTION = 0x80 };
enum { REG_NUMBER = 0x0000, REG_TEXT = 0x0070, REG_SEGMENTS = 0x0080 };
enum { REPLY_LENGTH = 8, EXCEPTION_LENGTH = 5, EXCEPTION_DEVICE = 4 };

enum mode { MODE_TEXT, MODE_SEGMENTS, MODE_NUMBER };

struct settings {
    enum mode mode;
    int digits;
};

static const uint8_t digit_shapes[10] = {0x3F, 0x06, 0x5B, 0x4F, 0x66,
                                         0x6D, 0x7D, 0x07, 0x7F, 0x6F};
static const uint8_t letter_shapes[26] = {
    0x77, 0x7C, 0x39, 0x5E, 0x79, 0x71, 0x3D, 0x76, 0x10, 0x0E, 0x7A, 0x38, 0x55,  /* A to M */
    0x54, 0x5C, 0x73, 0x67, 0x50, 0x64, 0x78, 0x3E, 0x62, 0x6A, 0x36, 0x6E, 0x49}; /* N to Z */
#define SHAPE_DOT 0x80

uint16_t led_modbus_crc(const uint8_t *bytes, size_t length)
{
    unsigned crc = 0xFFFF;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xA001 : crc >> 1;
        }
    }
    return (uint16_t)crc;
}

static size_t finish_frame(uint8_t *frame, size_t length)
{
    uint16_t crc = led_modbus_crc(frame, length);

    frame[length] = (uint8_t)(crc & 0xff);
    frame[length + 1] = (uint8_t)(crc >> 8);
    return length + 2;
}

static enum err read_settings(const struct wire_display *display, struct settings *settings)
{
    const char *mode = device_option(display, "mode", "text");
    const char *digits = device_option(display, "digits", "4");
    int count = 0;

    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (digits[i] < '0' || digits[i] > '9' || count > DIGITS_MAX) {
            return ERR_INVALID_OPTION;
        }
        count = 10 * count + (digits[i] - '0');
    }
    if (count < 1 || count > DIGITS_MAX) {
        return ERR_INVALID_OPTION;
    }
    settings->digits = count;
    if (strcmp(mode, "text") == 0) {
        settings->mode = MODE_TEXT;
    } else if (strcmp(mode, "segments") == 0) {
        settings->mode = MODE_SEGMENTS;
    } else if (strcmp(mode, "number") == 0) {
        settings->mode = MODE_NUMBER;
    } else {
        return ERR_INVALID_OPTION;
    }
    return ERR_NONE;
}

/* Places the line takes. Every text is bounded by BOARD_TEXT_SIZE. */
static int count_places(const char *line)
{
    int places = 0;
    bool joins = false; /* the character before can take a dot */

    for (size_t i = 0; line[i] != '\0'; i++) {
        if (line[i] == '.' && joins) {
            joins = false;
        } else {
            joins = line[i] != '.';
            places++;
        }
    }
    return places;
}

static enum err put_text(const struct settings *settings, const char *line, uint8_t *data,
                         size_t *ret_length)
{
    size_t length = strlen(line);
    int places = count_places(line);

    for (size_t i = 0; i < length; i++) {
        if (line[i] < 0x20 || line[i] > 0x7e) {
            return ERR_UNSHOWABLE;
        }
    }
    if (places > settings->digits) {
        return ERR_TOO_LONG;
    }
    size_t padding = (size_t)(settings->digits - places);
    padding += (padding + length) % 2;
    memset(data, ' ', padding);
    memcpy(data + padding, line, length);
    *ret_length = padding + length;
    return ERR_NONE;
}

char led_modbus_char(uint8_t shape)
{
    for (int i = 0; i < 10; i++) {
        if (digit_shapes[i] == shape) {
            return (char)('0' + i);
        }
    }
    for (int i = 0; i < 26; i++) {
        if (letter_shapes[i] == shape) {
            return (char)('A' + i);
        }
    }
    return shape == 0 ? ' ' : '?';
}

static bool find_shape(char c, uint8_t *ret_shape)
{
    if (c >= '0' && c <= '9') {
        *ret_shape = digit_shapes[c - '0'];
    } else if (c >= 'A' && c <= 'Z') {
        *ret_shape = letter_shapes[c - 'A'];
    } else if (c >= 'a' && c <= 'z') {
        *ret_shape = letter_shapes[c - 'a'];
    } else if (c == '.') {
        *ret_shape = SHAPE_DOT;
    } else {
        *ret_shape = 0;
        return c == ' ';
    }
    return true;
}

static enum err put_segments(const struct settings *settings, const char *line, uint8_t *data,
                             size_t *ret_length)
{
    int places = count_places(line);
    size_t at = 0;
    bool joins = false;

    for (size_t i = 0; line[i] != '\0'; i++) {
        uint8_t shape;
        if (!find_shape(line[i], &shape)) {
            return ERR_UNSHOWABLE;
        }
    }
    if (places > settings->digits) {
        return ERR_TOO_LONG;
    }
    memset(data, 0, DATA_MAX);
    at = (size_t)(settings->digits - places);
    for (size_t i = 0; line[i] != '\0'; i++) {
        uint8_t shape = 0;
        (void)find_shape(line[i], &shape);
        if (line[i] == '.' && joins) {
            data[at - 1] |= SHAPE_DOT;
            joins = false;
        } else {
            data[at++] = shape;
            joins = line[i] != '.';
        }
    }
    *ret_length = (size_t)(settings->digits + settings->digits % 2);
    return ERR_NONE;
}

/* The digits at the end of the line; an empty line is 0. */
static enum err read_value(const struct settings *settings, const char *line, int *ret_value)
{
    size_t length = strlen(line);
    size_t from = length;
    int value = 0;

    while (from > 0 && line[from - 1] >= '0' && line[from - 1] <= '9') {
        from--;
    }
    if (from == length && length > 0) {
        return ERR_UNSHOWABLE;
    }
    while (from < length && line[from] == '0') {
        from++;
    }
    if (length - from > (size_t)settings->digits || length - from > 5) {
        return ERR_TOO_LONG;
    }
    for (size_t i = from; i < length; i++) {
        value = 10 * value + (line[i] - '0');
    }
    if (value > INT16_MAX) {
        return ERR_TOO_LONG;
    }
    *ret_value = value;
    return ERR_NONE;
}

static enum err encode_number(const struct wire_display *display, const struct settings *settings,
                              const char *line, uint8_t *frame, size_t *ret_length)
{
    int value = 0;
    enum err err = read_value(settings, line, &value);

    if (err) {
        return err;
    }
    const uint8_t head[] = {(uint8_t)display->address, FN_WRITE_ONE,           0, REG_NUMBER,
                            (uint8_t)(value >> 8),     (uint8_t)(value & 0xff)};
    memcpy(frame, head, sizeof head);
    *ret_length = finish_frame(frame, sizeof head);
    return ERR_NONE;
}

static enum err encode_data(const struct wire_display *display, const struct settings *settings,
                            const char *line, uint8_t *frame, size_t *ret_length)
{
    uint8_t data[DATA_MAX];
    size_t length = 0;
    bool text = settings->mode == MODE_TEXT;
    enum err err = text ? put_text(settings, line, data, &length)
                        : put_segments(settings, line, data, &length);

    if (err) {
        return err;
    }
    const uint8_t head[] = {
        (uint8_t)display->address, FN_WRITE_MANY,  0, text ? REG_TEXT : REG_SEGMENTS, 0,
        (uint8_t)(length / 2),     (uint8_t)length};
    memcpy(frame, head, sizeof head);
    memcpy(frame + sizeof head, data, length);
    *ret_length = finish_frame(frame, sizeof head + length);
    return ERR_NONE;
}

static enum err modbus_encode(const struct wire_display *display,
                              const struct device_content *content, uint8_t *frame,
                              size_t frame_size, size_t *ret_length)
{
    struct settings settings;
    enum err err = read_settings(display, &settings);

    if (err) {
        return err;
    }
    if (frame_size < 7 + DATA_MAX + 2) {
        return ERR_TOO_LONG;
    }
    const char *line = board_line(&content->sign, true);
    if (settings.mode == MODE_NUMBER) {
        /* The dark half of a blink would be a false 0. */
        return encode_number(display, &settings, line, frame, ret_length);
    }
    return encode_data(display, &settings, content->blank ? "" : line, frame, ret_length);
}

static bool has_crc(const uint8_t *frame, size_t length)
{
    uint16_t crc = led_modbus_crc(frame, length - 2);

    return frame[length - 2] == (crc & 0xff) && frame[length - 1] == crc >> 8;
}

/* 1 function, 2 register, 3 value: it will never be better. 4 and above: the device's trouble of
 * the moment. */
static enum device_answer judge_exception(uint8_t code)
{
    return code >= 1 && code < EXCEPTION_DEVICE ? DEVICE_ANSWER_REFUSED : DEVICE_ANSWER_RETRY;
}

/* A reply to either write repeats the first six bytes of the request: for 06 that is all of it. A
 * reply to a read tells how many bytes follow. TCP may split or join bytes anywhere, so only these
 * lengths say where the reply ends. */
static enum device_answer modbus_judge(const uint8_t *sent, size_t sent_length, const uint8_t *got,
                                       size_t got_length)
{
    if (sent_length < REPLY_LENGTH) {
        return DEVICE_ANSWER_GARBAGE;
    }
    if (sent[0] == 0) {
        return DEVICE_ANSWER_OK; /* broadcast: no answer to wait for */
    }
    if (got_length >= 1 && got[0] != sent[0]) {
        return DEVICE_ANSWER_GARBAGE;
    }
    if (got_length < 2) {
        return DEVICE_ANSWER_MORE;
    }
    bool exception = got[1] == (sent[1] | FN_EXCEPTION);
    if (!exception && got[1] != sent[1]) {
        return DEVICE_ANSWER_GARBAGE;
    }
    bool read = sent[1] == FN_READ;
    size_t length = exception ? EXCEPTION_LENGTH : read ? 5 + 2 * (size_t)sent[5] : REPLY_LENGTH;
    if (got_length < length) {
        return DEVICE_ANSWER_MORE;
    }
    if (!has_crc(got, length)) {
        return DEVICE_ANSWER_GARBAGE;
    }
    if (exception) {
        return judge_exception(got[2]);
    }
    bool right = read ? got[2] == 2 * sent[5] : memcmp(got, sent, 6) == 0;
    return right ? DEVICE_ANSWER_OK : DEVICE_ANSWER_GARBAGE;
}

const struct device_driver led_modbus = {
    .name = "modbus",
    .longname = "LED-485 digit display, Modbus RTU",
    .options = "digits mode",
    .answers = true,
    .blinks = true,
    .script = DEVICE_SCRIPT_DIGITS,
    .address_min = 0,
    .address_max = 247,
    .refresh_ms = 5000,
    .gap_ms = 5, /* 3.5 characters of 11 bits at 9600 are 4 ms */
    .answer_ms = 300,
    .encode = modbus_encode,
    .judge = modbus_judge,
};
