/* led_imm: counter screens of Chinese bank halls (窗口屏), five makers' formats, UNVERIFIED.
 *
 * All are known from one public set of queue drivers; no frame was seen on a screen by us. Text is
 * GBK, control characters left out, a character outside it ERR_UNSHOWABLE. Nothing is answered, 100
 * ms pass between frames, 9600 8N1 is likely.
 *
 *   imm9002   AA addr BB 51 54 SUM 01 00 99 00 63 text FF; SUM of all after it, FF included; a hall
 *             screen has 08 02 in place of 01 00. GBK never reaches FF, so nothing is escaped
 *   imm90061  AA 55 04 addr F8 51 textLen 00, then AA 55 LEN addr F8 21 00 text 00; LEN counts what
 *             follows it. Both are sent in one go. The original sends 29 bytes for the first,
 *             filled with zeros: header=29 does so too
 *   imm9012   A0 90 addr A5 lenHi lenLo data XOR; data: each character of one or two bytes, then
 *             00; XOR from addr to the end of data
 *   imm9013   addr FE TOTAL count 86 3C 00 05 00 text 00 crcHi crcLo; a hall screen has 8C 00 in
 *             place of 86 3C 00 05 00. CRC-16, polynomial 1021, start 0, not reflected
 *   imm9003   two bytes of address, 44, text, 1A; a byte with bit 7 goes as its two nibbles. The
 *             address is the two high bits in C0..C3 and the low six bits in 80..BF before it
 *
 * Options: screen=window|hall (imm9002, imm9013); by default hall for a display of a zone.
 * counter=N (imm9013) is the first value of `count`, by default 1. The original counts frames; an
 * encoder has no memory, so to it are added the calls after the first and the seconds at which the
 * content began, modulo 256: another content has another count, and a refresh repeats its own. A
 * screen that wants every frame numbered anew would miss refreshes only.
 *
 * How a screen is cleared is not in the source: a dark one is sent 16 spaces. */
#include <string.h>

#include "device_internal.h"

enum { HEADER_SHORT = 8, HEADER_LONG = 29 };
#define DARK "                "

static const char *const screen_words[] = {"auto", "window", "hall", NULL};

struct profile {
    /* From the text to the frame. */
    enum err (*build)(const struct wire_display *display, const struct board_sign *sign,
                      const struct device_text *text, struct device_frame *frame);
};

static enum err read_hall(const struct wire_display *display, bool *ret_hall)
{
    int screen = 0;
    enum err err = device_option_word(display, "screen", screen_words, &screen);

    *ret_hall = screen == 2 || (screen == 0 && display->zone[0] != '\0');
    return err;
}

static enum err imm_encode(const struct profile *profile, const struct wire_display *display,
                           const struct device_content *content, uint8_t *bytes, size_t size,
                           size_t *ret_length)
{
    char line[DEVICE_LINE_SIZE];
    struct device_text text;
    struct device_frame frame = {.length = 0};

    device_text_line(display, content, false, line);
    enum err err = device_text_chinese(line[0] == '\0' ? DARK : line, DEVICE_GBK, false, &text);
    if (!err) {
        err = profile->build(display, &content->sign, &text, &frame);
    }
    return err ? err : device_frame_give(&frame, bytes, size, ret_length);
}

/* ---- 9002 ---- */

static enum err build_9002(const struct wire_display *display, const struct board_sign *sign,
                           const struct device_text *text, struct device_frame *frame)
{
    bool hall = false;
    enum err err = read_hall(display, &hall);
    const uint8_t head[] = {0xaa, (uint8_t)display->address, 0xbb, 0x51, 0x54, 0};
    const uint8_t body[] = {hall ? 0x08 : 0x01, hall ? 0x02 : 0x00, 0x99, 0x00, 0x63};
    unsigned sum = 0;

    (void)sign;
    if (err) {
        return err;
    }
    device_frame_put_bytes(frame, head, sizeof head);
    device_frame_put_bytes(frame, body, sizeof body);
    device_frame_put_bytes(frame, text->bytes, text->length);
    device_frame_put(frame, 0xff);
    for (size_t i = sizeof head; i < frame->length && i < sizeof frame->bytes; i++) {
        sum += frame->bytes[i];
    }
    frame->bytes[sizeof head - 1] = (uint8_t)(sum & 0xff);
    return ERR_NONE;
}

/* ---- 90061 ---- */

static enum err build_90061(const struct wire_display *display, const struct board_sign *sign,
                            const struct device_text *text, struct device_frame *frame)
{
    static const char *const words[] = {"8", "29", NULL};
    int filled = 0;

    (void)sign;
    if (device_option_word(display, "header", words, &filled)) {
        return ERR_INVALID_OPTION;
    }
    if (text->length + 5 > UINT8_MAX) {
        return ERR_TOO_LONG;
    }
    uint8_t address = (uint8_t)display->address;
    const uint8_t header[HEADER_LONG] = {0xaa, 0x55, 4, address, 0xf8, 0x51, (uint8_t)text->length};
    const uint8_t head[] = {0xaa, 0x55, (uint8_t)(text->length + 5), address, 0xf8, 0x21, 0};
    device_frame_put_bytes(frame, header, filled ? HEADER_LONG : HEADER_SHORT);
    device_frame_put_bytes(frame, head, sizeof head);
    device_frame_put_bytes(frame, text->bytes, text->length);
    device_frame_put(frame, 0);
    return ERR_NONE;
}

/* ---- 9012 ---- */

static enum err build_9012(const struct wire_display *display, const struct board_sign *sign,
                           const struct device_text *text, struct device_frame *frame)
{
    uint8_t data[3 * DEVICE_LINE_SIZE];
    size_t length = 0;
    unsigned sum = 0;

    (void)sign;
    for (size_t i = 0; i < text->length && length + 3 <= sizeof data; i++) {
        data[length++] = text->bytes[i];
        if (text->bytes[i] >= 0x80 && i + 1 < text->length) {
            data[length++] = text->bytes[++i];
        }
        data[length++] = 0;
    }
    const uint8_t head[] = {0xa0,
                            0x90,
                            (uint8_t)display->address,
                            0xa5,
                            (uint8_t)(length >> 8),
                            (uint8_t)(length & 0xff)};
    device_frame_put_bytes(frame, head, sizeof head);
    device_frame_put_bytes(frame, data, length);
    for (size_t i = 2; i < frame->length && i < sizeof frame->bytes; i++) {
        sum ^= frame->bytes[i];
    }
    device_frame_put(frame, sum);
    return ERR_NONE;
}

/* ---- 9013 ---- */

static uint16_t sum_9013(const struct device_frame *frame)
{
    unsigned crc = 0;

    for (size_t i = 0; i < frame->length && i < sizeof frame->bytes; i++) {
        crc ^= (unsigned)frame->bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
        }
    }
    return (uint16_t)(crc & 0xffff);
}

static uint8_t count_9013(int counter, const struct board_sign *sign)
{
    int64_t recalls = sign->calls > 1 ? sign->calls - 1 : 0;

    return (uint8_t)((counter + recalls + sign->since_ms / 1000) & 0xff);
}

static enum err build_9013(const struct wire_display *display, const struct board_sign *sign,
                           const struct device_text *text, struct device_frame *frame)
{
    static const uint8_t window_bytes[] = {0x86, 0x3c, 0x00, 0x05, 0x00};
    static const uint8_t hall_bytes[] = {0x8c, 0x00};
    bool hall = false;
    int counter = 0;

    if (read_hall(display, &hall) ||
        device_option_number(display, "counter", 1, UINT8_MAX, &counter)) {
        return ERR_INVALID_OPTION;
    }
    size_t middle = hall ? sizeof hall_bytes : sizeof window_bytes;
    size_t total = 4 + middle + text->length + 3;
    if (total > UINT8_MAX) {
        return ERR_TOO_LONG;
    }
    const uint8_t head[] = {(uint8_t)display->address, 0xfe, (uint8_t)total,
                            count_9013(counter, sign)};
    device_frame_put_bytes(frame, head, sizeof head);
    device_frame_put_bytes(frame, hall ? hall_bytes : window_bytes, middle);
    device_frame_put_bytes(frame, text->bytes, text->length);
    device_frame_put(frame, 0);
    uint16_t crc = sum_9013(frame);
    device_frame_put(frame, crc >> 8);
    device_frame_put(frame, crc & 0xff);
    return ERR_NONE;
}

/* ---- 9003 ---- */

static enum err build_9003(const struct wire_display *display, const struct board_sign *sign,
                           const struct device_text *text, struct device_frame *frame)
{
    unsigned address = (unsigned)display->address;

    (void)sign;
    device_frame_put(frame, 0x80 | (address & 0x3f));
    device_frame_put(frame, 0xc0 | (address >> 6 & 0x03));
    device_frame_put(frame, 0x44);
    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] < 0x80) {
            device_frame_put(frame, text->bytes[i]);
        } else {
            device_frame_put(frame, text->bytes[i] >> 4);
            device_frame_put(frame, text->bytes[i] & 0x0f);
        }
    }
    device_frame_put(frame, 0x1a);
    return ERR_NONE;
}

/* ---- the drivers ---- */

#define IMM_DRIVER(number, maker, own_options)                                                     \
    static enum err encode_##number(const struct wire_display *display,                            \
                                    const struct device_content *content, uint8_t *bytes,          \
                                    size_t size, size_t *ret_length)                               \
    {                                                                                              \
        static const struct profile profile = {build_##number};                                    \
        return imm_encode(&profile, display, content, bytes, size, ret_length);                    \
    }                                                                                              \
    const struct device_driver led_imm##number = {                                                 \
        .name = "imm" #number,                                                                     \
        .longname = "Bank counter screen " maker ", IMM" #number " (unverified)",                  \
        .options = own_options,                                                                    \
        .answers = false,                                                                          \
        .blinks = false,                                                                           \
        .script = DEVICE_SCRIPT_CHINESE,                                                           \
        .address_min = 0,                                                                          \
        .address_max = 255,                                                                        \
        .refresh_ms = 60000,                                                                       \
        .gap_ms = 100,                                                                             \
        .answer_ms = 0,                                                                            \
        .encode = encode_##number,                                                                 \
        .judge = NULL,                                                                             \
    }

IMM_DRIVER(9002, "平安力合", "screen");
IMM_DRIVER(90061, "永泰新欣", "header");
IMM_DRIVER(9012, "欣瑞", "");
IMM_DRIVER(9013, "重庆中意", "counter screen");
IMM_DRIVER(9003, "瑞泽", "");
