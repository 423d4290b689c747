/* led_onbon_frame: the frame of Onbon's K series, made and read.
 *
 * Eight A5, then header, data and checksum escaped together, then 5A. Escaping: A5 is A6 02, A6 is
 * A6 01, 5A is 5B 02, 5B is 5B 01; ordinary Chinese needs it all the time (处 is B4 A6). The header
 * is 14 bytes, numbers low byte first: screen, host, 00 00, bar code flag 0, check mode 0, display
 * mode 0, device type, version 02, length of the data. The checksum is CRC-16, reflected polynomial
 * A001, start 0, low byte first, over header and data.
 *
 * Reading: any run of A5 is a start, a bare A5 inside a frame starts a new one, so half a frame
 * does not spoil the next. */
#include "device_internal.h"

enum { START = 0xa5, START_ESCAPE = 0xa6, END = 0x5a, END_ESCAPE = 0x5b };
enum { START_COUNT = 8, HEADER_LENGTH = 14, CRC_LENGTH = 2, VERSION = 0x02 };
enum { AT_DEVICE = 10, AT_VERSION = 11, AT_LENGTH = 12 };
#define PLAIN_MAX (HEADER_LENGTH + ONBON_DATA_MAX + CRC_LENGTH)

uint16_t led_onbon_crc(const uint8_t *bytes, size_t length)
{
    unsigned crc = 0;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xA001 : crc >> 1;
        }
    }
    return (uint16_t)crc;
}

static void put_escaped(struct device_frame *frame, uint8_t byte)
{
    if (byte == START || byte == START_ESCAPE) {
        device_frame_put(frame, START_ESCAPE);
        device_frame_put(frame, byte == START ? 0x02 : 0x01);
    } else if (byte == END || byte == END_ESCAPE) {
        device_frame_put(frame, END_ESCAPE);
        device_frame_put(frame, byte == END ? 0x02 : 0x01);
    } else {
        device_frame_put(frame, byte);
    }
}

void led_onbon_pack(const struct led_onbon_frame *plain, struct device_frame *frame)
{
    uint8_t bytes[PLAIN_MAX] = {(uint8_t)(plain->to & 0xff),
                                (uint8_t)(plain->to >> 8),
                                (uint8_t)(plain->from & 0xff),
                                (uint8_t)(plain->from >> 8),
                                [AT_DEVICE] = (uint8_t)plain->device,
                                [AT_VERSION] = VERSION,
                                [AT_LENGTH] = (uint8_t)(plain->length & 0xff),
                                [AT_LENGTH + 1] = (uint8_t)(plain->length >> 8)};
    size_t length = HEADER_LENGTH;

    for (size_t i = 0; i < plain->length && i < ONBON_DATA_MAX; i++) {
        bytes[length++] = plain->data[i];
    }
    uint16_t crc = led_onbon_crc(bytes, length);
    bytes[length++] = (uint8_t)(crc & 0xff);
    bytes[length++] = (uint8_t)(crc >> 8);
    frame->length = 0;
    for (int i = 0; i < START_COUNT; i++) {
        device_frame_put(frame, START);
    }
    for (size_t i = 0; i < length; i++) {
        put_escaped(frame, bytes[i]);
    }
    device_frame_put(frame, END);
}

/* What an escape stands for; -1 for none. */
static int resolve(uint8_t escape, uint8_t byte)
{
    if (byte != 0x01 && byte != 0x02) {
        return -1;
    }
    return byte == 0x01 ? escape : escape == START_ESCAPE ? START : END;
}

static int read_word(const uint8_t *bytes)
{
    return bytes[0] | bytes[1] << 8;
}

/* Header, data and checksum without their escapes. */
static enum device_answer read_plain(const uint8_t *bytes, size_t length,
                                     struct led_onbon_frame *plain)
{
    if (length < HEADER_LENGTH + CRC_LENGTH) {
        return DEVICE_ANSWER_GARBAGE;
    }
    size_t data = length - HEADER_LENGTH - CRC_LENGTH;
    if (read_word(bytes + length - CRC_LENGTH) != led_onbon_crc(bytes, length - CRC_LENGTH) ||
        bytes[AT_VERSION] != VERSION || (size_t)read_word(bytes + AT_LENGTH) != data) {
        return DEVICE_ANSWER_GARBAGE;
    }
    plain->to = read_word(bytes);
    plain->from = read_word(bytes + 2);
    plain->device = bytes[AT_DEVICE];
    plain->length = data;
    for (size_t i = 0; i < data; i++) {
        plain->data[i] = bytes[HEADER_LENGTH + i];
    }
    return DEVICE_ANSWER_OK;
}

enum device_answer led_onbon_unpack(const uint8_t *bytes, size_t length,
                                    struct led_onbon_frame *plain, size_t *ret_used)
{
    uint8_t inside[PLAIN_MAX];
    size_t count = 0;
    bool started = false;
    bool broken = false; /* too long, or an escape that is none */

    for (size_t i = 0; i < length; i++) {
        int byte = bytes[i];
        if (byte == START) {
            started = true;
            broken = false;
            count = 0;
            continue;
        }
        if (!started) {
            continue; /* noise before a frame */
        }
        if (byte == END) {
            *ret_used = i + 1;
            return broken ? DEVICE_ANSWER_GARBAGE : read_plain(inside, count, plain);
        }
        if (byte == START_ESCAPE || byte == END_ESCAPE) {
            if (i + 1 == length) {
                break;
            }
            int meant = resolve(bytes[i], bytes[i + 1]);
            broken = broken || meant < 0;
            i += meant >= 0; /* else that byte may be a start or an end itself */
            byte = meant;
        }
        broken = broken || count == PLAIN_MAX;
        if (!broken) {
            inside[count++] = (uint8_t)byte;
        }
    }
    return DEVICE_ANSWER_MORE;
}
