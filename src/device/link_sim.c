/* link_sim: "sim:NAME", a line of virtual displays.
 *
 * Every write succeeds. A Modbus request is answered as a real LED-485 does (sim_modbus.c), and a
 * whole Onbon frame that asks for a reply is acknowledged (sim_onbon.c). To a printer's question
 * for its status the answer is that nothing is wrong. Bytes of other protocols bring no answer.
 * With echo=1 the line returns what was sent first, as some two-wire adapters do. What the displays
 * show is not kept here: the worker puts the bytes of each sign on the bus, where the page finds
 * them. */
#include <stdlib.h>
#include <string.h>

#include "device_sim_internal.h"

#define INPUT_MAX 1024 /* an echo and an answer */

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

/* False: these are no bytes for such a device. */
static bool answer(struct device_port *port,
                   bool (*take)(const uint8_t *, size_t, bool, struct sim_heard *),
                   const uint8_t *bytes, size_t length)
{
    struct sim_heard heard = {.used = 0};

    if (!take(bytes, length, true, &heard) || !heard.whole || heard.used != length) {
        return false;
    }
    add_input(port, heard.answer.bytes, heard.answer.length);
    return true;
}

static enum err sim_write(struct device_port *port, const uint8_t *bytes, size_t length,
                          int timeout_ms)
{
    static const uint8_t ready = 0x12;
    (void)timeout_ms;
    if (port->echo) {
        add_input(port, bytes, length);
    }
    if (length == 3 && bytes[0] == 0x10 && bytes[1] == 0x04) {
        add_input(port, &ready, 1);
        return ERR_NONE;
    }
    /* Each write is a frame, and its first bytes say of which protocol. */
    if (!answer(port, sim_onbon_take, bytes, length)) {
        (void)answer(port, sim_modbus_take, bytes, length);
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
