/* http_socket: every connection with what it is doing and since when, and the reaper that ends the
 * slow ones.
 *
 * The library's own time-out is refreshed by every byte, so a client that drips one byte a minute
 * would keep its place for ever. Here each phase of a request has a deadline counted from its
 * beginning. The reaper only calls shutdown(): the library then sees the end of the connection and
 * cleans up in its own way. All callbacks come on the HTTP thread (the library has none of its
 * own), so the list needs no lock. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "http_internal.h"

/* A header is a few hundred bytes: 10 s is generous on any line. */
#define HEAD_MS 10000
/* 64 KiB at 30 kbit/s is 18 s. */
#define BODY_MS 20000
/* As browsers keep connections between two polls. */
#define IDLE_MS 60000
/* The largest answer is a configuration of 4 MiB. */
#define ANSWER_MS 60000

bool http_socket_overdue(enum http_phase phase, int64_t since_ms, int64_t now_ms)
{
    int64_t patience_ms = INT64_MAX;

    switch (phase) {
    case HTTP_PHASE_HEAD:
        patience_ms = HEAD_MS;
        break;
    case HTTP_PHASE_BODY:
        patience_ms = BODY_MS;
        break;
    case HTTP_PHASE_IDLE:
        patience_ms = IDLE_MS;
        break;
    case HTTP_PHASE_ANSWER:
        patience_ms = ANSWER_MS;
        break;
    case HTTP_PHASE_WORK:
        return false;
    }
    return now_ms - since_ms >= patience_ms;
}

void http_socket_phase(struct http_socket *socket, enum http_phase phase)
{
    socket->phase = phase;
    socket->since_ms = clock_mono_ms();
}

void http_socket_reap(struct http *http)
{
    int64_t now_ms = clock_mono_ms();

    /* Bounded by the connection limit of the daemons. */
    for (struct http_socket *socket = http->sockets; socket; socket = socket->next) {
        if (!socket->shut && http_socket_overdue(socket->phase, socket->since_ms, now_ms)) {
            socket->shut = true;
            (void)shutdown(socket->fd, SHUT_RDWR);
        }
    }
}

static void socket_add(struct http *http, struct MHD_Connection *connection, void **socket_context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct http_socket *sock = calloc(1, sizeof(*sock));

    /* Without a record the first request of the connection is refused. */
    *socket_context = sock;
    if (!sock) {
        return;
    }
    sock->fd = info ? (int)info->connect_fd : -1;
    http_socket_phase(sock, HTTP_PHASE_HEAD);
    sock->next = http->sockets;
    if (sock->next) {
        sock->next->previous = sock;
    }
    http->sockets = sock;
    http->socket_count++;
}

static void socket_remove(struct http *http, struct http_socket *sock)
{
    if (sock->previous) {
        sock->previous->next = sock->next;
    } else {
        http->sockets = sock->next;
    }
    if (sock->next) {
        sock->next->previous = sock->previous;
    }
    http->socket_count--;
    free(sock->target);
    free(sock);
}

void http_socket_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                        enum MHD_ConnectionNotificationCode code)
{
    struct http *http = context;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        socket_add(http, connection, socket_context);
    } else if (*socket_context) {
        socket_remove(http, *socket_context);
        *socket_context = NULL;
    }
}

/* The library unescapes and cuts the target before the handler sees it; the gate needs it as it
 * came. */
void *http_socket_log_target(void *context, const char *target, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct http_socket *sock = info ? info->socket_context : NULL;

    (void)context;
    if (sock) {
        size_t length = strnlen(target, HTTP_TARGET_MAX + 1);
        free(sock->target);
        sock->target = length > HTTP_TARGET_MAX ? NULL : strdup(target);
        sock->target_end = (uintptr_t)target + length;
        http_socket_phase(sock, HTTP_PHASE_HEAD);
    }
    return NULL; /* the request itself is made in the first handler call */
}
