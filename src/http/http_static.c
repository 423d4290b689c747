/* http_static: the pages and their files, from the program itself or, for those who write them,
 * from a directory.
 *
 * A page's address names its folder ("/kiosk" is kiosk/index.html); every other name is looked up
 * as it is. Only plain lower-case names of known types are looked up at all, so no request can
 * reach anything beside the pages. Files are small: the ETag is the digest of their content,
 * browsers ask each time, and the answer is mostly 304. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http_internal.h"
#include "log.h"
#include "web_files.h"

#define FILE_MAX (16 * 1024 * 1024) /* a voice pack's largest part */
#define NAME_MAX_LENGTH 128
#define COOKIE_S (30 * 24 * 3600)

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
    {".wav", "audio/wav"},
    {".mp3", "audio/mpeg"},
    {".txt", "text/plain; charset=utf-8"},
};

static const struct {
    const char *path, *file;
} pages[] = {
    {"/", "index.html"},
    {"/kiosk", "kiosk/index.html"},
    {"/clerk", "clerk/index.html"},
    {"/display", "display/index.html"},
    {"/window/{no}", "window/index.html"},
    {"/welcome", "welcome/index.html"},
    {"/lobby", "lobby/index.html"},
    {"/rating", "rating/index.html"},
    {"/admin", "admin/index.html"},
    {"/leds", "leds/index.html"},
    {"/t/{token}", "ticket/index.html"},
    {"/t/{token}/card", "card/index.html"},
};

static const char *type_of(const char *name)
{
    const char *ending = strrchr(name, '.');

    for (size_t i = 0; ending && i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(ending, types[i].ending) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}

/* Lower-case words with single dots inside; never the demo hall or a build script. */
static bool name_is_plain(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_/.-");

    return name[0] != 0 && name[length] == 0 && length < NAME_MAX_LENGTH && name[0] != '/' &&
           name[0] != '.' && !strstr(name, "/.") && !strstr(name, "..") && !strstr(name, "//") &&
           strncmp(name, "src/", 4) != 0 && type_of(name) != NULL;
}

/* The file behind a path, NULL when there cannot be one. */
static const char *file_name(const char *path)
{
    struct http_params params = {0};

    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (http_route_match(pages[i].path, path, &params)) {
            return pages[i].file;
        }
    }
    return name_is_plain(path + 1) ? path + 1 : NULL;
}

static int embedded_find(const char *name)
{
    for (int i = 0; web_files[i].path; i++) {
        if (strcmp(web_files[i].path, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void etag_make(const void *bytes, size_t length, char text[DIGEST_HEX_SIZE])
{
    uint8_t digest[DIGEST_SIZE];

    digest_sha256(bytes, length, NULL, 0, digest);
    digest_hex(digest, sizeof(digest), text);
}

static bool etag_matches(const struct http_req *req, const char *etag)
{
    const char *header = http_req_header(req, MHD_HTTP_HEADER_IF_NONE_MATCH);

    return header && (strcmp(header, "*") == 0 || strstr(header, etag));
}

/* In demo mode a browser that opens a page is signed in by it. */
static bool needs_demo_cookie(const struct http_req *req, const char *name)
{
    return req->http->demo_token[0] && !req->caller.known &&
           strcmp(type_of(name), types[0].type) == 0;
}

static void reply_file(struct http_req *req, const char *name, const char *etag,
                       struct http_reply *reply)
{
    char cookie[HTTP_COOKIE_SIZE];
    char quoted[DIGEST_HEX_SIZE + 2];

    (void)snprintf(quoted, sizeof(quoted), "\"%s\"", etag);
    reply->etag = quoted;
    reply->policy = HTTP_POLICY_PAGE;
    reply->type = type_of(name);
    if (needs_demo_cookie(req, name)) {
        http_auth_cookie(req->http, req->http->demo_token, COOKIE_S, cookie);
        reply->cookie = cookie;
    } else if (etag_matches(req, quoted)) {
        reply->status = 304;
        reply->type = NULL;
        reply->body = NULL;
        reply->bytes = NULL;
        reply->length = 0;
    }
    http_reply_send(req, reply);
}

static void serve_embedded(struct http_req *req, const char *name, int index)
{
    const struct web_file *file = &web_files[index];
    size_t length = (size_t)(file->end - file->begin);
    char *etag = req->http->web_etags[index];
    struct http_reply reply;

    if (etag[0] == 0) {
        etag_make(file->begin, length, etag);
    }
    http_reply_init(&reply, 200);
    reply.bytes = (const char *)file->begin;
    reply.length = length;
    reply_file(req, name, etag, &reply);
}

static int directory_open(const struct http *http, const char *name)
{
    char path[1024];
    struct stat info;
    int length = snprintf(path, sizeof(path), "%s/%s", http->options.web_dir, name);
    int fd = length > 0 && length < (int)sizeof(path)
                 ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
                 : -1;

    if (fd >= 0 && (fstat(fd, &info) || !S_ISREG(info.st_mode) || info.st_size > FILE_MAX)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* Reads the whole file: this is for those who write pages; a hall runs the embedded ones. */
static enum err directory_read(const struct http *http, const char *name, struct buf *buf)
{
    char block[16384];
    ssize_t got;
    int fd = directory_open(http, name);

    if (fd < 0) {
        return ERR_NOT_FOUND;
    }
    do {
        got = read(fd, block, sizeof(block));
        if (got > 0) {
            buf_add(buf, block, (size_t)got);
        }
    } while ((got > 0 && !buf_failed(buf)) || (got < 0 && errno == EINTR));
    (void)close(fd);
    return got < 0 || buf_failed(buf) ? ERR_IO : ERR_NONE;
}

static void serve_directory(struct http_req *req, const char *name)
{
    char etag[DIGEST_HEX_SIZE];
    struct http_reply reply;
    struct buf buf;

    buf_init(&buf, FILE_MAX);
    enum err err = directory_read(req->http, name, &buf);
    if (err) {
        http_reply_problem(req, err);
    } else {
        etag_make(buf.data ? buf.data : "", buf.length, etag);
        http_reply_init(&reply, 200);
        reply.body = &buf;
        reply_file(req, name, etag, &reply);
    }
    buf_fini(&buf);
}

static void serve(struct http_req *req, const char *name)
{
    int index = req->http->options.web_dir ? -1 : embedded_find(name);

    if (index >= 0) {
        serve_embedded(req, name, index);
    } else if (req->http->options.web_dir) {
        serve_directory(req, name);
    } else {
        http_reply_problem(req, ERR_NOT_FOUND);
    }
}

static void handle_static(struct http_req *req)
{
    serve(req, file_name(req->target));
}

enum err http_static_find(const struct http *http, const char *path,
                          const struct http_route **ret_route)
{
    static const struct http_route row = {
        .method = "GET", .path = "/{page}", .roles = HTTP_ANYONE, .handle = handle_static};
    static const struct http_route ticket_row = {.method = "GET",
                                                 .path = "/t/{token}",
                                                 .roles = HTTP_ANYONE,
                                                 .handle = handle_static,
                                                 .bucket = HTTP_BUCKET_PUBLIC};
    const char *name = file_name(path);

    if (!name) {
        return ERR_NOT_FOUND;
    }
    if (http->options.web_dir) {
        int fd = directory_open(http, name);
        if (fd < 0) {
            return ERR_NOT_FOUND;
        }
        (void)close(fd);
    } else if (embedded_find(name) < 0) {
        return ERR_NOT_FOUND;
    }
    *ret_route = strncmp(path, "/t/", 3) == 0 ? &ticket_row : &row;
    return ERR_NONE;
}

void http_handle_openapi(struct http_req *req)
{
    serve(req, "openapi.json");
}
