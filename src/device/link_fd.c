/* link_fd: bounded reading and writing on a descriptor that does not block.
 *
 * The rule for "gone" is one for terminals and sockets: an error or hang-up in poll, input that
 * reads as nothing, or any error other than "not now". A pulled adapter reads as silence for ever,
 * so silence alone never proves that the other end lives. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "device_internal.h"

/* More rounds than bytes: each round moves at least one byte, or time passes. */
#define ROUND_MAX 4096

static bool is_later(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* Waits until one of `events` or an end. ERR_TIMEOUT, ERR_GONE (nothing left to read either). */
static enum err wait_for(int fd, short events, int64_t until_ms)
{
    int64_t left_ms = until_ms - clock_mono_ms();
    struct pollfd item = {.fd = fd, .events = events};
    int count = poll(&item, 1, left_ms > 0 ? (int)left_ms : 0);

    if (count < 0) {
        return errno == EINTR ? ERR_NONE : ERR_GONE;
    }
    if (count == 0) {
        return ERR_TIMEOUT;
    }
    return (item.revents & events) != 0 ? ERR_NONE : ERR_GONE;
}

enum err link_fd_write(int fd, bool socket, const uint8_t *bytes, size_t length, int timeout_ms)
{
    int64_t until_ms = clock_mono_ms() + timeout_ms;

    for (int round = 0; round < ROUND_MAX && length > 0; round++) {
        /* A closed socket must not raise SIGPIPE; a terminal cannot. */
        ssize_t count = socket ? send(fd, bytes, length, MSG_NOSIGNAL) : write(fd, bytes, length);
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
            continue;
        }
        if (count < 0 && !is_later(errno)) {
            return ERR_GONE;
        }
        enum err err = wait_for(fd, POLLOUT, until_ms);
        if (err) {
            return err;
        }
    }
    return length == 0 ? ERR_NONE : ERR_TIMEOUT;
}

enum err link_fd_read(int fd, uint8_t *bytes, size_t size, int timeout_ms, size_t *ret_length)
{
    int64_t until_ms = clock_mono_ms() + timeout_ms;

    for (int round = 0; round < ROUND_MAX; round++) {
        enum err err = wait_for(fd, POLLIN, until_ms);
        if (err) {
            return err;
        }
        ssize_t count = read(fd, bytes, size);
        if (count > 0) {
            *ret_length = (size_t)count;
            return ERR_NONE;
        }
        if (count == 0 || !is_later(errno)) {
            return ERR_GONE;
        }
    }
    return ERR_TIMEOUT;
}
