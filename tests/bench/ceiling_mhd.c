/* ceiling_mhd: the least that an answer through libmicrohttpd can cost, in four depths.
 *
 * usage: ceiling_mhd MODE BODY-FILE STATUS [DATABASE [BATCH-MAX]]
 *
 *   direct   the handler answers at once
 *   suspend  the connection is suspended, another thread is told, and the loop resumes it: batched,
 * as the daemon does it, but nothing is done in between group    the same, and the other thread
 * puts one plain row for each request into DATABASE, one transaction with COMMIT for each batch
 * (WAL, synchronous = FULL): the one-row group-commit ceiling. With a BATCH-MAX of 1 it is a server
 * that commits for each request.
 *
 * Every answer has the bytes of BODY-FILE and the headers the daemon sends, in one response made
 * once. The loop is our own over the library's epoll descriptor, since its own thread stalls at 128
 * busy connections. Prints "listening on http://127.0.0.1:PORT" and runs until it is killed. */
#include <microhttpd.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bench.h"

#define POOL_SIZE 4096
#define CONNECTION_MAX 6000
#define BODY_FILE_MAX (1024 * 1024)
#define POST_MAX 1024

enum mode { MODE_DIRECT, MODE_SUSPEND, MODE_GROUP };

struct request {
    struct MHD_Connection *connection;
    size_t body_length;
    char body[POST_MAX];
    bool back;
};

struct queue {
    struct request *items[CONNECTION_MAX];
    size_t count;
};

struct ceiling {
    enum mode mode;
    struct MHD_Response *response;
    unsigned status;
    size_t batch_max;
    sqlite3 *db;
    sqlite3_stmt *begin, *insert, *commit;
    pthread_mutex_t lock; /* of the two queues */
    pthread_cond_t some;
    struct queue waiting, done;
    int wake_fd;
};

static struct ceiling ceiling = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                 .some = PTHREAD_COND_INITIALIZER};

static void sql_check(int result, int wanted, const char *what)
{
    if (result != wanted) {
        bench_fail("%s: %s", what, sqlite3_errmsg(ceiling.db));
    }
}

static void database_open(const char *path)
{
    static const char setup[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                "CREATE TABLE plain (id INTEGER PRIMARY KEY, data TEXT NOT NULL)";

    sql_check(sqlite3_open_v2(path, &ceiling.db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                              NULL),
              SQLITE_OK, "open");
    sql_check(sqlite3_exec(ceiling.db, setup, NULL, NULL, NULL), SQLITE_OK, "schema");
    sql_check(sqlite3_prepare_v2(ceiling.db, "BEGIN IMMEDIATE", -1, &ceiling.begin, NULL),
              SQLITE_OK, "begin");
    sql_check(sqlite3_prepare_v2(ceiling.db, "COMMIT", -1, &ceiling.commit, NULL), SQLITE_OK,
              "commit");
    sql_check(sqlite3_prepare_v2(ceiling.db, "INSERT INTO plain (data) VALUES (?1)", -1,
                                 &ceiling.insert, NULL),
              SQLITE_OK, "insert");
}

static void sql_run(sqlite3_stmt *statement, const char *what)
{
    sql_check(sqlite3_step(statement), SQLITE_DONE, what);
    (void)sqlite3_reset(statement);
}

static void commit_batch(const struct queue *batch)
{
    sql_run(ceiling.begin, "begin");
    for (size_t i = 0; i < batch->count; i++) {
        const struct request *request = batch->items[i];
        sql_check(sqlite3_bind_text(ceiling.insert, 1, request->body, (int)request->body_length,
                                    SQLITE_STATIC),
                  SQLITE_OK, "bind");
        sql_run(ceiling.insert, "insert");
    }
    sql_run(ceiling.commit, "commit");
}

static void take_batch(struct queue *batch)
{
    (void)pthread_mutex_lock(&ceiling.lock);
    while (ceiling.waiting.count == 0) {
        (void)pthread_cond_wait(&ceiling.some, &ceiling.lock);
    }
    size_t count =
        ceiling.waiting.count < ceiling.batch_max ? ceiling.waiting.count : ceiling.batch_max;
    memcpy(batch->items, ceiling.waiting.items, count * sizeof batch->items[0]);
    batch->count = count;
    ceiling.waiting.count -= count;
    memmove(ceiling.waiting.items, ceiling.waiting.items + count,
            ceiling.waiting.count * sizeof ceiling.waiting.items[0]);
    (void)pthread_mutex_unlock(&ceiling.lock);
}

static void *work(void *context)
{
    static struct queue batch;
    uint64_t one = 1;

    for (;;) {
        take_batch(&batch);
        if (ceiling.mode == MODE_GROUP) {
            commit_batch(&batch);
        }
        (void)pthread_mutex_lock(&ceiling.lock);
        memcpy(ceiling.done.items + ceiling.done.count, batch.items,
               batch.count * sizeof batch.items[0]);
        ceiling.done.count += batch.count;
        (void)pthread_mutex_unlock(&ceiling.lock);
        if (write(ceiling.wake_fd, &one, sizeof one) != sizeof one) {
            bench_fail("eventfd: %s", strerror(errno));
        }
    }
    return context;
}

static void resume_done(void)
{
    static struct queue batch;
    uint64_t count;

    if (read(ceiling.wake_fd, &count, sizeof count) != sizeof count) {
        return;
    }
    (void)pthread_mutex_lock(&ceiling.lock);
    batch.count = ceiling.done.count;
    memcpy(batch.items, ceiling.done.items, batch.count * sizeof batch.items[0]);
    ceiling.done.count = 0;
    (void)pthread_mutex_unlock(&ceiling.lock);
    for (size_t i = 0; i < batch.count; i++) {
        batch.items[i]->back = true;
        MHD_resume_connection(batch.items[i]->connection);
    }
}

static void hand_over(struct request *request)
{
    MHD_suspend_connection(request->connection);
    (void)pthread_mutex_lock(&ceiling.lock);
    ceiling.waiting.items[ceiling.waiting.count++] = request;
    (void)pthread_mutex_unlock(&ceiling.lock);
    (void)pthread_cond_signal(
        &ceiling.some); /* after: the other thread would wake only to wait for the lock */
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request_context)
{
    struct request *request = *request_context;

    (void)context, (void)url, (void)method, (void)version;
    if (request == NULL) {
        request = calloc(1, sizeof *request);
        *request_context = request;
        return request != NULL ? MHD_YES : MHD_NO;
    }
    if (*upload_size > 0) {
        size_t room = sizeof request->body - request->body_length;
        size_t part = *upload_size < room ? *upload_size : room;
        memcpy(request->body + request->body_length, upload, part);
        request->body_length += part;
        *upload_size = 0;
        return MHD_YES;
    }
    if (ceiling.mode == MODE_DIRECT || request->back) {
        return MHD_queue_response(connection, ceiling.status, ceiling.response);
    }
    request->connection = connection;
    hand_over(request);
    return MHD_YES;
}

static void completed(void *context, struct MHD_Connection *connection, void **request_context,
                      enum MHD_RequestTerminationCode code)
{
    (void)context, (void)connection, (void)code;
    free(*request_context);
}

static void response_make(const char *path)
{
    static const char *const headers[][2] = {
        {"Cache-Control", "no-store"},
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Request-Id", "01234567-00000001"},
        {"Content-Type", "application/json"},
        {"ETag", "\"v1\""},
        {"Location", "/api/v1/tickets/01M83T4CM10M9C00001"},
    };
    char *bytes = malloc(BODY_FILE_MAX);
    FILE *file = fopen(path, "rb");

    if (bytes == NULL || file == NULL) {
        bench_fail("cannot read %s", path);
    }
    size_t length = fread(bytes, 1, BODY_FILE_MAX, file);
    (void)fclose(file);
    ceiling.response = MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_PERSISTENT);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        (void)MHD_add_response_header(ceiling.response, headers[i][0], headers[i][1]);
    }
}

static void serve(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *epoll = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[2] = {{.fd = ceiling.wake_fd, .events = POLLIN},
                            {.fd = epoll->epoll_fd, .events = POLLIN}};

    for (;;) {
        MHD_UNSIGNED_LONG_LONG library_ms;
        int wait_ms = 1000;
        if (MHD_get_timeout(daemon, &library_ms) == MHD_YES && library_ms < 1000) {
            wait_ms = (int)library_ms;
        }
        (void)poll(fds, 2, wait_ms);
        if (fds[0].revents != 0) {
            resume_done();
        }
        (void)MHD_run(daemon);
    }
}

static void parse(int argc, char **argv)
{
    static const char *const modes[] = {"direct", "suspend", "group"};
    int mode = 0;

    while (argc > 1 && mode < 3 && strcmp(argv[1], modes[mode]) != 0) {
        mode++;
    }
    if (argc < 4 || mode == 3 || (mode == MODE_GROUP && argc < 5)) {
        bench_fail(
            "usage: ceiling_mhd direct|suspend|group BODY-FILE STATUS [DATABASE [BATCH-MAX]]");
    }
    ceiling.mode = (enum mode)mode;
    ceiling.status = (unsigned)bench_number(argv[3], 200, 599);
    ceiling.batch_max = argc > 5 ? (size_t)bench_number(argv[5], 1, CONNECTION_MAX) : 512;
    if (ceiling.mode == MODE_GROUP) {
        database_open(argv[4]);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    pthread_t worker;

    parse(argc, argv);
    bench_raise_descriptors();
    response_make(argv[2]);
    ceiling.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR,
        &address, MHD_OPTION_CONNECTION_LIMIT, CONNECTION_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)POOL_SIZE, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U, MHD_OPTION_NOTIFY_COMPLETED,
        completed, NULL, MHD_OPTION_END);
    if (daemon == NULL || pthread_create(&worker, NULL, work, NULL) != 0) {
        bench_fail("cannot start");
    }
    const union MHD_DaemonInfo *port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    (void)printf("listening on http://127.0.0.1:%u\n", (unsigned)port->port);
    (void)fflush(stdout);
    serve(daemon);
}
