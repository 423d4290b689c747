/* link_sim: "sim:NAME", a line of virtual displays.
 *
 * Every write succeeds. To a Modbus request the simulated board answers as a real LED-485 does,
 * from the bytes of the request alone: a good one is acknowledged, a function or register the board
 * does not have brings an exception, a wrong checksum brings silence, and so does unit 0
 * (broadcast). A whole Onbon frame that asks for a reply is acknowledged. Bytes of other protocols
 * bring no answer. With echo=1 the line returns what was sent first, as some two-wire adapters do.
 * What the displays show is not kept here: the worker puts the bytes of each sign on the bus, where
 * the page finds them. */
#include <stdlib.h>
#include <string.h>

#include "device_internal.h"

#define INPUT_MAX 1024 /* an echo and an answer */
#define READ_MAX 4     /* registers of one read */

enum { FN_READ = 0x03, FN_WRITE_ONE = 0x06, FN_WRITE_MANY = 0x10 };
enum { EXCEPTION_FUNCTION = 1, EXCEPTION_REGISTER = 2, EXCEPTION_VALUE = 3 };

struct device_port {
    uint8_t input[INPUT_MAX]; /* not yet read by the worker */
    size_t input_length;
    bool echo;
};

static enum err sim_open(const char *target, struct device_port **ret_port)
{
    struct link_text text;
    enum err err = link_text_parse(&text, target, "echo");

    if (err) {
        return err;
    }
    struct device_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        return ERR_IO;
    }
    port->echo = strcmp(link_text_get(&text, "echo", "0"), "1") == 0;
    *ret_port = port;
    return ERR_NONE;
}

static void add_input(struct device_port *port, const uint8_t *bytes, size_t length)
{
    if (length <= INPUT_MAX - port->input_length) {
        memcpy(port->input + port->input_length, bytes, length);
        port->input_length += length;
    }
}

static void answer(struct device_port *port, uint8_t *reply, size_t length)
{
    uint16_t crc = led_modbus_crc(reply, length);

    reply[length] = (uint8_t)(crc & 0xff);
    reply[length + 1] = (uint8_t)(crc >> 8);
    add_input(port, reply, length + 2);
}

static void refuse(struct device_port *port, const uint8_t *request, uint8_t exception)
{
    uint8_t reply[5] = {request[0], (uint8_t)(request[1] | 0x80), exception};
    answer(port, reply, 3);
}

/* The registers of the LED-485 family that take a write. */
static bool is_writable(int reg)
{
    return reg == 0 || reg == 2 || reg == 3 || reg == 4 || (reg >= 0x70 && reg < 0x88);
}

static void read_registers(struct device_port *port, const uint8_t *request, int reg, int count)
{
    uint8_t reply[3 + 2 * READ_MAX + 2] = {request[0], FN_READ, (uint8_t)(2 * count)};

    if (count < 1 || count > READ_MAX) {
        refuse(port, request, EXCEPTION_VALUE);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (reg + i != 2 && reg + i != 3) {
            refuse(port, request, EXCEPTION_REGISTER);
            return;
        }
        /* Register 2 is the unit's own number, 3 its speed: 4 means 9600. */
        reply[4 + 2 * i] = reg + i == 2 ? request[0] : 4;
    }
    answer(port, reply, (size_t)(3 + 2 * count));
}

static void take_request(struct device_port *port, const uint8_t *bytes, size_t length)
{
    uint8_t reply[8];
    int reg = bytes[2] << 8 | bytes[3];
    int value = bytes[4] << 8 | bytes[5];

    if (bytes[1] == FN_READ && length == 8) {
        read_registers(port, bytes, reg, value);
    } else if (bytes[1] == FN_WRITE_ONE && length == 8) {
        if (!is_writable(reg)) {
            refuse(port, bytes, EXCEPTION_REGISTER);
            return;
        }
        memcpy(reply, bytes, 6);
        answer(port, reply, 6);
    } else if (bytes[1] == FN_WRITE_MANY && length >= 11) {
        if (value < 1 || bytes[6] != 2 * value || length != (size_t)(9 + 2 * value)) {
            refuse(port, bytes, EXCEPTION_VALUE);
        } else if (!is_writable(reg) || !is_writable(reg + value - 1)) {
            refuse(port, bytes, EXCEPTION_REGISTER);
        } else {
            memcpy(reply, bytes, 6);
            answer(port, reply, 6);
        }
    } else {
        refuse(port, bytes, EXCEPTION_FUNCTION);
    }
}

/* Acknowledges as a controller of the K series does; false when these are no bytes for one. */
static bool answer_onbon(struct device_port *port, const uint8_t *bytes, size_t length)
{
    static const uint8_t acknowledged[] = {0xa0, 0, 0, 0, 0};
    struct led_onbon_frame question;
    struct device_frame reply = {.length = 0};
    size_t used = 0;

    if (led_onbon_unpack(bytes, length, &question, &used) != DEVICE_ANSWER_OK) {
        return false;
    }
    if (question.length >= 3 && question.data[2] == 1) {
        struct led_onbon_frame answer = {
            .to = question.from, .from = question.to, .device = question.device};
        memcpy(answer.data, acknowledged, sizeof acknowledged);
        answer.length = sizeof acknowledged;
        led_onbon_pack(&answer, &reply);
        add_input(port, reply.bytes, reply.length);
    }
    return true;
}

static enum err sim_write(struct device_port *port, const uint8_t *bytes, size_t length,
                          int timeout_ms)
{
    (void)timeout_ms;
    if (port->echo) {
        add_input(port, bytes, length);
    }
    if (answer_onbon(port, bytes, length)) {
        return ERR_NONE;
    }
    if (length < 8 || bytes[0] < 1 || bytes[0] > 247) {
        return ERR_NONE;
    }
    uint16_t crc = led_modbus_crc(bytes, length - 2);
    if (bytes[length - 2] == (crc & 0xff) && bytes[length - 1] == crc >> 8) {
        take_request(port, bytes, length);
    }
    return ERR_NONE;
}

static enum err sim_read(struct device_port *port, uint8_t *bytes, size_t size, int timeout_ms,
                         size_t *ret_length)
{
    size_t length = port->input_length < size ? port->input_length : size;

    (void)timeout_ms; /* nothing comes later than at once */
    if (length == 0) {
        return ERR_TIMEOUT;
    }
    memcpy(bytes, port->input, length);
    port->input_length -= length;
    memmove(port->input, port->input + length, port->input_length);
    *ret_length = length;
    return ERR_NONE;
}

static int sim_descriptor(struct device_port *port)
{
    (void)port;
    return -1;
}

static void sim_close(struct device_port *port)
{
    free(port);
}

const struct device_link link_sim = {
    .scheme = "sim",
    .open = sim_open,
    .write = sim_write,
    .read = sim_read,
    .descriptor = sim_descriptor,
    .close = sim_close,
};
