/* http_listen: what is needed before the first connection: certificates, descriptors, and one
 * daemon of the library per address, with every option it gets. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "http_internal.h"
#include "log.h"

#define BACKLOG 1024
#define KEY_FILE_MAX (64 * 1024)
/* Descriptors beside the connections: database, ports, event descriptors. */
#define OTHER_FDS 256

static void log_library(void *context, const char *format, va_list arguments)
{
    char line[256];

    (void)context;
    (void)vsnprintf(line, sizeof(line), format, arguments);
    line[strcspn(line, "\r\n")] = 0;
    log_debug("http", "library: %s", line);
}

/* Targets are decoded by our own rules, see http_gate.c. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static enum err address_make(const struct http_listen *listen, struct sockaddr_storage *address,
                             bool *ret_v6)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;

    memset(address, 0, sizeof(*address));
    if (inet_pton(AF_INET, listen->address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(listen->port);
        *ret_v6 = false;
        return ERR_NONE;
    }
    if (inet_pton(AF_INET6, listen->address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(listen->port);
        *ret_v6 = true;
        return ERR_NONE;
    }
    log_error("http", "address=%s is not a numeric address", listen->address);
    return ERR_INVALID_OPTION;
}

static struct MHD_Daemon *daemon_start(struct http *http, struct sockaddr_storage *address, bool v6)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (v6 ? MHD_USE_IPv6 : 0u) | (http->tls ? MHD_USE_TLS : 0u);
    struct MHD_OptionItem options[16];
    int count = 0;

    options[count++] = (struct MHD_OptionItem){MHD_OPTION_EXTERNAL_LOGGER,
                                               (intptr_t)(void (*)(void))log_library, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_SOCK_ADDR, 0, address};
    options[count++] = (struct MHD_OptionItem){
        MHD_OPTION_CONNECTION_LIMIT, (intptr_t)(http->options.stream_max + HTTP_RESERVE), NULL};
    options[count++] =
        (struct MHD_OptionItem){MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_POOL_SIZE, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_LISTEN_BACKLOG_SIZE, BACKLOG, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL};
    options[count++] = (struct MHD_OptionItem){
        MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)(void (*)(void))http_socket_log_target, http};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_UNESCAPE_CALLBACK,
                                               (intptr_t)(void (*)(void))keep_escapes, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_NOTIFY_COMPLETED,
                                               (intptr_t)(void (*)(void))http_req_completed, http};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_NOTIFY_CONNECTION,
                                               (intptr_t)(void (*)(void))http_socket_notify, http};
    if (http->tls) {
        options[count++] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, http->tls_cert_text};
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, http->tls_key_text};
    }
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    assert(count <= (int)(sizeof(options) / sizeof(options[0])));
    return MHD_start_daemon(flags, 0, NULL, NULL, http_req_handle, http, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_END);
}

enum err http_listen_start(struct http *http, struct http_listen *listen)
{
    struct sockaddr_storage address;
    bool v6 = false;
    enum err err = address_make(listen, &address, &v6);

    if (err) {
        return err;
    }
    struct MHD_Daemon *daemon = daemon_start(http, &address, v6);
    if (!daemon) {
        log_error("http", "cannot listen on %s port %u: %s", listen->address,
                  (unsigned)listen->port, strerror(errno));
        return ERR_IO;
    }
    const union MHD_DaemonInfo *port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    const union MHD_DaemonInfo *epoll = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (!port || !epoll) {
        MHD_stop_daemon(daemon);
        return ERR_IO;
    }
    listen->port = port->port;
    http->epoll_fds[http->daemon_count] = epoll->epoll_fd;
    http->daemons[http->daemon_count++] = daemon;
    return ERR_NONE;
}

static enum err file_read(const char *name, char **ret_text)
{
    FILE *file = fopen(name, "rbe");
    char *text = calloc(1, KEY_FILE_MAX + 1);
    size_t length = file && text ? fread(text, 1, KEY_FILE_MAX, file) : 0;

    if (file) {
        (void)fclose(file);
    }
    if (length == 0 || length == KEY_FILE_MAX) {
        log_error("http", "cannot read %s", name);
        free(text);
        return ERR_IO;
    }
    *ret_text = text;
    return ERR_NONE;
}

enum err http_listen_read_tls(struct http *http)
{
    http->tls = http->options.tls_cert && http->options.tls_key;
    if (!http->tls) {
        return ERR_NONE;
    }
    enum err err = file_read(http->options.tls_cert, &http->tls_cert_text);
    return err ? err : file_read(http->options.tls_key, &http->tls_key_text);
}

/* Descriptors for every stream and the reserve; fewer streams when the system gives fewer. */
void http_listen_raise_descriptors(struct http *http)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)http->options.stream_max + HTTP_RESERVE + OTHER_FDS;

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted) {
        return;
    }
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted) {
        rlim_t spare = HTTP_RESERVE + OTHER_FDS;
        http->options.stream_max =
            limit.rlim_cur > spare + 64 ? (unsigned)(limit.rlim_cur - spare) : 64;
        log_warn("http", "only %llu descriptors, so at most %u streams",
                 (unsigned long long)limit.rlim_cur, http->options.stream_max);
    }
}
