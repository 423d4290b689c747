/* http: the HTTP floor: one thread, its own loop over libmicrohttpd's epoll descriptor. Never
 * blocks, never touches SQLite or a port. Routes are rows (http_route.c and the tables of
 * http_kiosk.c, http_clerk.c ...). */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "bus.h"
#include "engine.h"
#include "err.h"
#include "reader.h"

#define HTTP_LISTEN_MAX 4

struct http_listen {
    char address[64]; /* numeric */
    uint16_t port;    /* 0: any free one; filled in by http_start */
};

struct http_options {
    struct http_listen listen[HTTP_LISTEN_MAX];
    int listen_count;
    const char *web_dir;            /* NULL: the embedded pages */
    const char *tls_cert, *tls_key; /* file names; NULL: plain HTTP */
    struct engine *engine;
    struct reader *reader;
    struct bus *bus;
    bool demo; /* every browser is signed in with every role; loopback only, checked by main */
    bool test_clock;     /* the test route exists */
    unsigned stream_max; /* SSE cap; 0: 5000 */
};

struct http;

MUST_USE enum err http_start(struct http_options *options, struct http **ret_http);
/* Stops accepting, ends the streams, waits for what runs, joins. */
void http_stop(struct http *http);
/* Wakes the loop to hand out finished jobs. Called by the engine once per batch, and by the reader.
 * Any thread. */
void http_wake(struct http *http);
/* Adds a token or session known from the store, before requests come. ERR_HALL_FULL past 4096
 * entries. */
MUST_USE enum err http_add_identity(struct http *http, const struct identity_entry *entry);

#endif
