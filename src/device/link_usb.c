/* link_usb: "usb:/dev/usb/lp0", a printer on the kernel's character device for USB printers.
 *
 * The device is opened so that nothing blocks: a printer without paper takes no bytes, and a write
 * that waits for it would hold its thread. It may have no way back (then there is no status), and
 * one that has nothing to say may be read as an end of file, which is silence here and no hang-up.
 * The printer being pulled out shows when the next bytes are written. */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "device_internal.h"

#define EMPTY_MS 20 /* before an end of file is looked at again */

struct device_port {
    int fd;
    bool reads;
};

static enum err usb_open(const char *target, struct device_port **ret_port)
{
    struct link_text text;
    enum err err = link_text_parse(&text, target, "");

    if (err || text.name[0] != '/') {
        return ERR_INVALID_OPTION;
    }
    struct device_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        return ERR_IO;
    }
    port->reads = true;
    port->fd = open(text.name, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (port->fd < 0) {
        port->reads = false;
        port->fd = open(text.name, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    }
    if (port->fd < 0) {
        free(port);
        return ERR_GONE;
    }
    *ret_port = port;
    return ERR_NONE;
}

static enum err usb_write(struct device_port *port, const uint8_t *bytes, size_t length,
                          int timeout_ms)
{
    return link_fd_write(port->fd, false, bytes, length, timeout_ms);
}

static enum err usb_read(struct device_port *port, uint8_t *bytes, size_t size, int timeout_ms,
                         size_t *ret_length)
{
    int64_t until_ms = clock_mono_ms() + timeout_ms;

    for (int64_t left_ms = timeout_ms; port->reads; left_ms = until_ms - clock_mono_ms()) {
        ssize_t count = read(port->fd, bytes, size);
        if (count > 0) {
            *ret_length = (size_t)count;
            return ERR_NONE;
        }
        if (left_ms <= 0) {
            return ERR_TIMEOUT;
        }
        (void)poll(NULL, 0, left_ms < EMPTY_MS ? (int)left_ms : EMPTY_MS);
    }
    (void)poll(NULL, 0, timeout_ms);
    return ERR_TIMEOUT;
}

static int usb_descriptor(struct device_port *port)
{
    (void)port;
    return -1; /* always readable where reading is an end of file */
}

static void usb_close(struct device_port *port)
{
    close(port->fd);
    free(port);
}

const struct device_link link_usb = {
    .scheme = "usb",
    .open = usb_open,
    .write = usb_write,
    .read = usb_read,
    .descriptor = usb_descriptor,
    .close = usb_close,
};
