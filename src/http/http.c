/* http: starts the listeners, runs the loop, stops.
 *
 * One thread runs its own loop over the library's epoll descriptor: the library's own thread stalls
 * when one wait returns exactly as many events as its array holds. The loop sleeps in poll() on
 * that descriptor, on an eventfd that says "jobs are back" and on the bus's eventfd that says
 * "something was published". What came back is resumed first, then streams are woken, then the
 * library runs once and does all sockets that are ready.
 *
 * The stop is in that order too: no new connections, streams and long polls end, jobs come back,
 * answers leave; only then the library is stopped, which must not happen while a connection is
 * suspended. */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "http_internal.h"
#include "log.h"
#include "web_files.h"

#define TICK_MS 1000
/* How long the answers of the last requests may take to leave, and jobs to come back, at a stop. */
#define STOP_ANSWERS_MS 2000
#define STOP_JOBS_MS 15000

static enum err demo_init(struct http *http)
{
    struct identity identity = {.kind = IDENTITY_USER, .roles = ROLE_ALL, .name = "demo"};
    struct identity_entry entry;

    if (!http->options.demo) {
        return ERR_NONE;
    }
    http_auth_make(&identity, http->demo_token, &entry);
    entry.expires_ms = 0;
    return http_identities_add(&http->identities, &entry, clock_wall_ms());
}

static enum err memory_init(struct http *http)
{
    size_t files = 0;

    while (web_files[files].path) {
        files++;
    }
    http->counters = calloc((size_t)http_route_count + 1, sizeof(*http->counters));
    http->web_etags = calloc(files + 1, sizeof(*http->web_etags));
    /* One job per connection, and one of our own. */
    http->finished =
        mailbox_create((size_t)HTTP_LISTEN_MAX * (http->options.stream_max + HTTP_RESERVE) + 16);
    http->added = mailbox_create(HTTP_IDENTITY_MAX);
    if (!http->counters || !http->web_etags || !http->finished || !http->added) {
        return ERR_NO_MEMORY;
    }
    return http_identities_init(&http->identities);
}

/* ---- the loop ---- */

static void identities_take(struct http *http)
{
    void *items[64];
    size_t count;

    do {
        count = mailbox_take(http->added, items, 64, 0);
        for (size_t i = 0; i < count; i++) {
            struct identity_entry *entry = items[i];
            if (http_identities_add(&http->identities, entry, clock_wall_ms())) {
                log_error("http", "more than %d tokens and sessions: name=%s left out",
                          HTTP_IDENTITY_MAX, entry->identity.name);
            }
            free(entry);
        }
    } while (count == 64);
}

/* How long poll() may sleep: until the library's next time-out or a long poll's end, at most a
 * tick. */
static int sleep_ms(const struct http *http)
{
    MHD_UNSIGNED_LONG_LONG library_ms = 0;
    int64_t wait_ms = http_job_next_wait_ms(http);
    int result = TICK_MS;

    if (http->resumed || http->due_first) {
        return 0;
    }
    if (wait_ms != INT64_MAX) {
        wait_ms -= clock_mono_ms();
        result = wait_ms <= 0 ? 0 : wait_ms < TICK_MS ? (int)wait_ms : TICK_MS;
    }

    for (int i = 0; i < http->daemon_count; i++) {
        if (MHD_get_timeout(http->daemons[i], &library_ms) == MHD_YES &&
            library_ms < (unsigned)result) {
            result = (int)library_ms;
        }
    }
    return result;
}

static bool drain(int fd)
{
    uint64_t count;

    return read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count);
}

static void loop_once(struct http *http)
{
    struct pollfd fds[2 + HTTP_LISTEN_MAX] = {{.fd = http->wake_fd, .events = POLLIN},
                                              {.fd = http->bus_fd, .events = POLLIN}};

    for (int i = 0; i < http->daemon_count; i++) {
        fds[2 + i] = (struct pollfd){.fd = http->epoll_fds[i], .events = POLLIN};
    }
    (void)poll(fds, (nfds_t)(2 + http->daemon_count), sleep_ms(http));
    if (fds[0].revents && drain(http->wake_fd)) {
        identities_take(http);
        http_job_collect(http);
    }
    if (fds[1].revents && drain(http->bus_fd)) {
        http_events_wake(http);
        http_job_wake_waiting(http, true);
    } else if (http->waiting) {
        http_job_wake_waiting(http, false);
    }
    http_events_slice(http);
    http->resumed = false;
    for (int i = 0; i < http->daemon_count; i++) {
        (void)MHD_run(http->daemons[i]);
    }
}

/* What is due by time; returns when this was. */
static int64_t loop_tick(struct http *http, int64_t last_ms)
{
    int64_t now_ms = clock_mono_ms();

    if (now_ms - last_ms < TICK_MS) {
        return last_ms;
    }
    http_socket_reap(http);
    http_events_tick(http, now_ms);
    return now_ms;
}

static bool answers_pending(const struct http *http)
{
    for (const struct http_socket *socket = http->sockets; socket; socket = socket->next) {
        if (socket->phase == HTTP_PHASE_ANSWER || socket->phase == HTTP_PHASE_WORK) {
            return true;
        }
    }
    return false;
}

/* No new connections; then until everything that runs has been answered, within limits. */
static void loop_end(struct http *http)
{
    int64_t begin_ms = clock_mono_ms();
    int64_t passed_ms = 0;

    http->ending = true;
    for (int i = 0; i < http->daemon_count; i++) {
        MHD_socket listener = MHD_quiesce_daemon(http->daemons[i]);
        if (listener != MHD_INVALID_SOCKET) {
            (void)close(listener);
        }
    }
    http_events_end(http, NULL);
    http_job_wake_waiting(http, true);
    while (http->jobs > 0 ? passed_ms < STOP_JOBS_MS
                          : answers_pending(http) && passed_ms < STOP_ANSWERS_MS) {
        loop_once(http);
        passed_ms = clock_mono_ms() - begin_ms;
    }
}

static void *loop_run(void *context)
{
    struct http *http = context;
    int64_t tick_ms = clock_mono_ms();

    http_events_load_zones(http);
    while (!atomic_load(&http->stopping)) {
        loop_once(http);
        tick_ms = loop_tick(http, tick_ms);
    }
    loop_end(http);
    return NULL;
}

/* ---- public ---- */

static void http_free(struct http *http)
{
    void *entry;

    for (int i = 0; i < http->daemon_count; i++) {
        MHD_stop_daemon(http->daemons[i]);
    }
    while (http->added && mailbox_take(http->added, &entry, 1, 0) == 1) {
        free(entry);
    }
    mailbox_destroy(http->added);
    mailbox_destroy(http->finished);
    http_identities_fini(&http->identities);
    if (http->wake_fd >= 0) {
        (void)close(http->wake_fd);
    }
    free(http->counters);
    free(http->web_etags);
    free(http->tls_cert_text);
    free(http->tls_key_text);
    free(http);
}

static enum err http_open(struct http *http, struct http_options *options)
{
    enum err err = http_listen_read_tls(http);

    if (!err) {
        err = memory_init(http);
    }
    if (!err) {
        err = demo_init(http);
    }
    if (err) {
        return err;
    }
    http->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    http->bus_fd = bus_listen(http->options.bus);
    if (http->wake_fd < 0 || http->bus_fd < 0) {
        return ERR_IO;
    }
    http->seen = bus_head(http->options.bus);
    for (int i = 0; i < options->listen_count && !err; i++) {
        err = http_listen_start(http, &options->listen[i]);
    }
    return err;
}

enum err http_start(struct http_options *options, struct http **ret_http)
{
    assert(options->listen_count >= 1 && options->listen_count <= HTTP_LISTEN_MAX);
    struct http *http = calloc(1, sizeof(*http));

    if (!http) {
        return ERR_NO_MEMORY;
    }
    http->options = *options;
    http->options.stream_max = options->stream_max ? options->stream_max : HTTP_STREAM_MAX_DEFAULT;
    http->wake_fd = -1;
    digest_random(&http->id_salt, sizeof(http->id_salt));
    http_listen_raise_descriptors(http);
    (void)signal(SIGPIPE, SIG_IGN);
    enum err err = http_open(http, options);
    if (!err) {
        err = pthread_create(&http->thread, NULL, loop_run, http) == 0 ? ERR_NONE : ERR_NO_MEMORY;
    }
    if (err) {
        http_free(http);
        return err;
    }
    *ret_http = http;
    return ERR_NONE;
}

void http_stop(struct http *http)
{
    if (!http) {
        return;
    }
    atomic_store(&http->stopping, true);
    http_wake(http);
    (void)pthread_join(http->thread, NULL);
    if (http->jobs > 0 || http->waiting) {
        /* A job that never came back still points at its request: leaving that memory alone is all
         * that is safe. */
        log_error("http", "jobs=%u did not come back", http->jobs);
        return;
    }
    http_free(http);
}

void http_wake(struct http *http)
{
    uint64_t one = 1;

    /* Full means that the loop has been told often enough. */
    if (write(http->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN) {
        log_error("http", "wake failed: %s", strerror(errno));
    }
}

enum err http_add_identity(struct http *http, const struct identity_entry *entry)
{
    struct identity_entry *copy = malloc(sizeof(*copy));

    if (!copy) {
        return ERR_NO_MEMORY;
    }
    *copy = *entry;
    if (mailbox_put(http->added, copy)) {
        free(copy);
        return ERR_HALL_FULL;
    }
    http_wake(http);
    return ERR_NONE;
}
