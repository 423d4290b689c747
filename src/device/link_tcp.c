/* link_tcp: "tcp:HOST:PORT", a serial-device server or a display with a network socket.
 *
 * The bytes are those of the serial line, nothing added. HOST is a name, an IPv4 address or an IPv6
 * address in brackets. Looking a name up may take long; this is the port's own thread and nobody
 * waits for it. A pulled network cable would be silence for many minutes, so unacknowledged data
 * ends the connection after 5 s and an idle one is probed. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "device_internal.h"

#define CONNECT_MS 2000
#define USER_TIMEOUT_MS 5000
#define ADDRESS_MAX 4 /* of one name; each may cost CONNECT_MS */

struct device_port {
    int fd;
};

/* Splits HOST:PORT in place; HOST may stand in brackets. */
static enum err split(char *text, char **ret_host, char **ret_service)
{
    char *colon = strrchr(text, ':');

    if (colon == NULL || colon == text || colon[1] == '\0') {
        return ERR_INVALID_OPTION;
    }
    *colon = '\0';
    *ret_service = colon + 1;
    if (strspn(*ret_service, "0123456789") != strlen(*ret_service) || strlen(*ret_service) > 5 ||
        strtol(*ret_service, NULL, 10) > 65535) {
        return ERR_INVALID_OPTION;
    }
    *ret_host = text;
    if (text[0] == '[') {
        size_t length = strlen(text);
        if (text[length - 1] != ']' || length < 3) {
            return ERR_INVALID_OPTION;
        }
        text[length - 1] = '\0';
        *ret_host = text + 1;
    }
    return ERR_NONE;
}

static void set_option(int fd, int level, int name, int value)
{
    /* A kernel without the option still carries the bytes; the worker's own time-outs remain. */
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

static enum err connect_one(const struct addrinfo *address, int *ret_fd)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        return ERR_IO;
    }
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        struct pollfd item = {.fd = fd, .events = POLLOUT};
        int error = errno;
        socklen_t size = sizeof error;
        if (error != EINPROGRESS || poll(&item, 1, CONNECT_MS) != 1 ||
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
            close(fd);
            return ERR_GONE;
        }
    }
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 5);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 2);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
    *ret_fd = fd;
    return ERR_NONE;
}

static enum err connect_any(const char *host, const char *service, int *ret_fd)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    enum err err = ERR_GONE;

    if (getaddrinfo(host, service, &hints, &list) != 0) {
        return ERR_GONE;
    }
    const struct addrinfo *address = list;
    for (int i = 0; i < ADDRESS_MAX && address != NULL && err; i++) {
        err = connect_one(address, ret_fd);
        address = address->ai_next;
    }
    freeaddrinfo(list);
    return err;
}

static enum err tcp_open(const char *target, struct device_port **ret_port)
{
    struct link_text text;
    char *host = NULL;
    char *service = NULL;
    int fd = -1;
    enum err err = link_text_parse(&text, target, "echo");

    if (err) {
        return err;
    }
    err = split(text.name, &host, &service);
    if (err) {
        return err;
    }
    err = connect_any(host, service, &fd);
    if (err) {
        return err;
    }
    struct device_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        close(fd);
        return ERR_IO;
    }
    port->fd = fd;
    *ret_port = port;
    return ERR_NONE;
}

static enum err tcp_write(struct device_port *port, const uint8_t *bytes, size_t length,
                          int timeout_ms)
{
    return link_fd_write(port->fd, true, bytes, length, timeout_ms);
}

static enum err tcp_read(struct device_port *port, uint8_t *bytes, size_t size, int timeout_ms,
                         size_t *ret_length)
{
    return link_fd_read(port->fd, bytes, size, timeout_ms, ret_length);
}

static int tcp_descriptor(struct device_port *port)
{
    return port->fd;
}

static void tcp_close(struct device_port *port)
{
    close(port->fd);
    free(port);
}

const struct device_link link_tcp = {
    .scheme = "tcp",
    .open = tcp_open,
    .write = tcp_write,
    .read = tcp_read,
    .descriptor = tcp_descriptor,
    .close = tcp_close,
};
