/* link_serial: "serial:/dev/serial/by-id/...?baud=9600&parity=none&stop=1&bits=8&echo=0".
 *
 * libserialport 0.1.1 sets the line up; reading and writing are our own on its descriptor, because
 * its blocking calls spin after a hang-up and use select(). What the library leaves to us:
 *   - it does not follow symbolic links: the path is resolved here, at every opening, as an adapter
 * that was pulled may come back under another number;
 *   - it does not close the descriptor on exec, nor keep a second program out: TIOCEXCL does, but
 * root goes past it, so the descriptor is locked as well, as terminal programs do (flock);
 *   - its "no flow control" does not clear CRTSCTS left by another program;
 *   - closing drains what was written, for up to half a minute: it is flushed first.
 * This is the only file that knows libserialport.h. */
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "clock.h"
#include "device_internal.h"
#include "device_ports.h"

#define DRAIN_STEP_MS 2

struct device_port {
    struct sp_port *sp;
    int fd;
};

struct line {
    int baud;
    int bits;
    int stop;
    enum sp_parity parity;
};

/* A number among `choices` (ended by 0). */
static bool choose(const char *text, const int *choices, int *ret_value)
{
    if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 7) {
        return false;
    }
    long value = strtol(text, NULL, 10);
    for (int i = 0; choices[i] != 0; i++) {
        if (choices[i] == value) {
            *ret_value = choices[i];
            return true;
        }
    }
    return false;
}

static enum err parse_line(const struct link_text *text, struct line *line)
{
    static const int bauds[] = {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 0};
    static const int bits[] = {7, 8, 0};
    static const int stops[] = {1, 2, 0};
    const char *parity = link_text_get(text, "parity", "none");

    if (!choose(link_text_get(text, "baud", "9600"), bauds, &line->baud) ||
        !choose(link_text_get(text, "bits", "8"), bits, &line->bits) ||
        !choose(link_text_get(text, "stop", "1"), stops, &line->stop)) {
        return ERR_INVALID_OPTION;
    }
    if (strcmp(parity, "none") == 0) {
        line->parity = SP_PARITY_NONE;
    } else if (strcmp(parity, "even") == 0) {
        line->parity = SP_PARITY_EVEN;
    } else if (strcmp(parity, "odd") == 0) {
        line->parity = SP_PARITY_ODD;
    } else {
        return ERR_INVALID_OPTION;
    }
    return ERR_NONE;
}

/* The library keeps what the previous program set, so everything is set. */
static bool set_line(struct sp_port *sp, const struct line *line)
{
    return sp_set_baudrate(sp, line->baud) == SP_OK && sp_set_bits(sp, line->bits) == SP_OK &&
           sp_set_parity(sp, line->parity) == SP_OK && sp_set_stopbits(sp, line->stop) == SP_OK &&
           sp_set_flowcontrol(sp, SP_FLOWCONTROL_NONE) == SP_OK;
}

static bool set_descriptor(int fd)
{
    struct termios termios;

    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || ioctl(fd, TIOCEXCL) != 0 ||
        tcgetattr(fd, &termios) != 0) {
        return false;
    }
    termios.c_cflag &= ~(tcflag_t)CRTSCTS;
    termios.c_cflag |= (tcflag_t)(CLOCAL | CREAD);
    return tcsetattr(fd, TCSANOW, &termios) == 0;
}

static enum err open_sp(const char *path, const struct line *line, struct sp_port **ret_sp,
                        int *ret_fd)
{
    struct sp_port *sp = NULL;

    if (sp_get_port_by_name(path, &sp) != SP_OK) {
        return ERR_GONE;
    }
    if (sp_open(sp, SP_MODE_READ_WRITE) != SP_OK) {
        enum err err = errno == EBUSY ? ERR_BUSY : ERR_GONE;
        sp_free_port(sp);
        return err;
    }
    if (sp_get_port_handle(sp, ret_fd) == SP_OK && flock(*ret_fd, LOCK_EX | LOCK_NB) != 0 &&
        errno == EWOULDBLOCK) {
        sp_close(sp);
        sp_free_port(sp);
        return ERR_BUSY;
    }
    if (!set_line(sp, line) || sp_get_port_handle(sp, ret_fd) != SP_OK ||
        !set_descriptor(*ret_fd)) {
        sp_close(sp);
        sp_free_port(sp);
        return ERR_IO;
    }
    tcflush(*ret_fd, TCIOFLUSH);
    *ret_sp = sp;
    return ERR_NONE;
}

static enum err serial_open(const char *target, struct device_port **ret_port)
{
    struct link_text text;
    struct line line = {0};
    enum err err = link_text_parse(&text, target, "baud parity stop bits echo");

    if (err) {
        return err;
    }
    err = parse_line(&text, &line);
    if (err || text.name[0] != '/') {
        return ERR_INVALID_OPTION;
    }
    char *path = realpath(text.name, NULL);
    if (path == NULL) {
        return ERR_GONE;
    }
    struct device_port *port = calloc(1, sizeof *port);
    err = port == NULL ? ERR_IO : open_sp(path, &line, &port->sp, &port->fd);
    free(path);
    if (err) {
        free(port);
        return err;
    }
    *ret_port = port;
    return ERR_NONE;
}

/* Waits until the bytes have left, so that the time for an answer starts after the request; never
 * longer than the time-out, which tcdrain() would be. */
static void wait_sent(int fd, int64_t until_ms)
{
    int waiting = 0;

    while (ioctl(fd, TIOCOUTQ, &waiting) == 0 && waiting > 0 && clock_mono_ms() < until_ms) {
        poll(NULL, 0, DRAIN_STEP_MS);
    }
}

static enum err serial_write(struct device_port *port, const uint8_t *bytes, size_t length,
                             int timeout_ms)
{
    int64_t until_ms = clock_mono_ms() + timeout_ms;
    enum err err = link_fd_write(port->fd, false, bytes, length, timeout_ms);

    if (!err) {
        wait_sent(port->fd, until_ms);
    }
    return err;
}

static enum err serial_read(struct device_port *port, uint8_t *bytes, size_t size, int timeout_ms,
                            size_t *ret_length)
{
    return link_fd_read(port->fd, bytes, size, timeout_ms, ret_length);
}

static int serial_descriptor(struct device_port *port)
{
    return port->fd;
}

static void serial_close(struct device_port *port)
{
    tcflush(port->fd, TCIOFLUSH);
    sp_close(port->sp);
    sp_free_port(port->sp);
    free(port);
}

const struct device_link link_serial = {
    .scheme = "serial",
    .open = serial_open,
    .write = serial_write,
    .read = serial_read,
    .descriptor = serial_descriptor,
    .close = serial_close,
};

/* ---- what there is ---- */

/* Texts of an adapter are whatever its maker wrote: what is not printable becomes "?". */
static void copy_text(char *text, size_t size, const char *from)
{
    text_copy_cut(text, size, from != NULL ? from : "");
    for (size_t i = 0; text[i] != '\0'; i++) {
        text[i] = text[i] < 0x20 || text[i] > 0x7e || text[i] == '"' ? '?' : text[i];
    }
}

static const char *transport_text(enum sp_transport transport)
{
    switch (transport) {
    case SP_TRANSPORT_USB:
        return "usb";
    case SP_TRANSPORT_BLUETOOTH:
        return "bluetooth";
    case SP_TRANSPORT_NATIVE:
        break;
    }
    return "native";
}

static void describe(const struct sp_port *sp, struct wire_serial_port *port)
{
    *port = (struct wire_serial_port){0};
    copy_text(port->name, sizeof port->name, sp_get_port_name(sp));
    copy_text(port->description, sizeof port->description, sp_get_port_description(sp));
    copy_text(port->transport, sizeof port->transport, transport_text(sp_get_port_transport(sp)));
    copy_text(port->manufacturer, sizeof port->manufacturer, sp_get_port_usb_manufacturer(sp));
    copy_text(port->product, sizeof port->product, sp_get_port_usb_product(sp));
    copy_text(port->serial, sizeof port->serial, sp_get_port_usb_serial(sp));
    port->usb = sp_get_port_usb_vid_pid(sp, &port->vid, &port->pid) == SP_OK;
    device_find_by_id("/dev/serial/by-id", port->name, port->link, sizeof port->link);
}

enum err device_list_ports(struct wire_serial_port *ports, int max, int *ret_count)
{
    struct sp_port **list = NULL;
    int count = 0;

    if (sp_list_ports(&list) != SP_OK) {
        return ERR_IO;
    }
    while (count < max && list[count] != NULL) {
        describe(list[count], &ports[count]);
        count++;
    }
    sp_free_port_list(list);
    *ret_count = count;
    return ERR_NONE;
}
