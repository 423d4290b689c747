/* sim_modbus: a line of LED-485 boards, from the bytes of a request alone.
 *
 * A good write is acknowledged, a function or register the board does not have brings an exception,
 * a wrong checksum brings silence, and so does unit 0 (broadcast). The length of a request follows
 * from its function; of an unknown function only the silence after it tells the end. */
#include <stdio.h>
#include <string.h>

#include "device_sim_internal.h"

#define READ_MAX 4 /* registers of one read */
#define SHORTEST 8
#define UNIT_MAX 247

enum { FN_READ = 0x03, FN_WRITE_ONE = 0x06, FN_WRITE_MANY = 0x10, FN_EXCEPTION = 0x80 };
enum { EXCEPTION_FUNCTION = 1, EXCEPTION_REGISTER = 2, EXCEPTION_VALUE = 3 };
enum { REG_NUMBER = 0, REG_TEXT = 0x70, REG_SEGMENTS = 0x80, REG_END = 0x88 };

static void answer(struct device_frame *frame, const uint8_t *bytes, size_t length)
{
    uint16_t crc = led_modbus_crc(bytes, length);

    frame->length = 0;
    device_frame_put_bytes(frame, bytes, length);
    device_frame_put(frame, crc & 0xff);
    device_frame_put(frame, crc >> 8);
}

static void refuse(struct device_frame *frame, const uint8_t *request, uint8_t exception)
{
    uint8_t reply[3] = {request[0], (uint8_t)(request[1] | FN_EXCEPTION), exception};

    answer(frame, reply, sizeof reply);
}

/* The registers of the LED-485 family that take a write. */
static bool is_writable(int reg)
{
    return reg == REG_NUMBER || reg == 2 || reg == 3 || reg == 4 ||
           (reg >= REG_TEXT && reg < REG_END);
}

static void read_registers(struct sim_heard *heard, const uint8_t *request, int reg, int count)
{
    uint8_t reply[3 + 2 * READ_MAX] = {request[0], FN_READ, (uint8_t)(2 * count)};

    if (count < 1 || count > READ_MAX) {
        refuse(&heard->answer, request, EXCEPTION_VALUE);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (reg + i != 2 && reg + i != 3) {
            refuse(&heard->answer, request, EXCEPTION_REGISTER);
            return;
        }
        /* Register 2 is the unit's own number, 3 its speed: 4 means 9600. */
        reply[4 + 2 * i] = reg + i == 2 ? request[0] : 4;
    }
    answer(&heard->answer, reply, (size_t)(3 + 2 * count));
}

static void show_segments(struct sim_heard *heard, const uint8_t *data, size_t length)
{
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        char c = led_modbus_char(data[i] & 0x7f);
        if (at > 0 || c != ' ') {
            heard->text[at++] = c;
        }
        if ((data[i] & 0x80) != 0) {
            heard->text[at++] = '.';
        }
    }
    while (at > 0 && heard->text[at - 1] == ' ') {
        at--;
    }
    heard->text[at] = '\0';
}

static void show_text(struct sim_heard *heard, const uint8_t *data, size_t length)
{
    while (length > 0 && *data == ' ') {
        data++;
        length--;
    }
    sim_text_put(heard->text, data, length);
}

static void write_one(struct sim_heard *heard, const uint8_t *request, int reg, int value)
{
    if (!is_writable(reg)) {
        refuse(&heard->answer, request, EXCEPTION_REGISTER);
        return;
    }
    answer(&heard->answer, request, 6);
    if (reg == REG_NUMBER) {
        heard->shows = true;
        (void)snprintf(heard->text, sizeof heard->text, "%d", value);
    }
}

static void write_many(struct sim_heard *heard, const uint8_t *request, int reg, int count)
{
    size_t length = request[6];

    if (count < 1 || length != 2 * (size_t)count) {
        refuse(&heard->answer, request, EXCEPTION_VALUE);
        return;
    }
    if (!is_writable(reg) || !is_writable(reg + count - 1)) {
        refuse(&heard->answer, request, EXCEPTION_REGISTER);
        return;
    }
    answer(&heard->answer, request, 6);
    if (reg == REG_TEXT || reg == REG_SEGMENTS) {
        heard->shows = true;
        (reg == REG_TEXT ? show_text : show_segments)(heard, request + 7, length);
    }
}

/* A request with a good checksum. */
static void take_request(struct sim_heard *heard, const uint8_t *bytes)
{
    int reg = bytes[2] << 8 | bytes[3];
    int value = bytes[4] << 8 | bytes[5];

    heard->whole = true;
    heard->address = bytes[0];
    if (bytes[1] == FN_READ) {
        read_registers(heard, bytes, reg, value);
    } else if (bytes[1] == FN_WRITE_ONE) {
        write_one(heard, bytes, reg, value);
    } else if (bytes[1] == FN_WRITE_MANY) {
        write_many(heard, bytes, reg, value);
    } else {
        refuse(&heard->answer, bytes, EXCEPTION_FUNCTION);
    }
    refuse(&heard->refusal, bytes, EXCEPTION_REGISTER);
    if (bytes[0] == 0) {
        heard->answer.length = 0;
        heard->refusal.length = 0;
    }
}

/* Of the request at the front; 0: only silence tells. */
static size_t request_length(const uint8_t *bytes)
{
    if (bytes[1] == FN_WRITE_MANY) {
        return 9 + (size_t)bytes[6];
    }
    return bytes[1] == FN_READ || bytes[1] == FN_WRITE_ONE ? SHORTEST : 0;
}

bool sim_modbus_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard)
{
    size_t wanted = length < SHORTEST ? SHORTEST : request_length(bytes);

    if (wanted == 0 && silent) {
        wanted = length;
    }
    if (wanted == 0 || wanted > length) {
        heard->used = silent ? length : 0; /* a stump */
        return silent;
    }
    uint16_t crc = led_modbus_crc(bytes, wanted - 2);
    bool good =
        bytes[0] <= UNIT_MAX && bytes[wanted - 2] == (crc & 0xff) && bytes[wanted - 1] == crc >> 8;
    heard->used = good ? wanted : 1; /* out of step: try from the next byte */
    if (good) {
        take_request(heard, bytes);
    }
    return true;
}
