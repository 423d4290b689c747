/* http_auth: who asks. Tokens and sessions live in one table in memory, found by the SHA-256 of the
 * secret.
 *
 * The secret itself is never kept. The table is open addressing with linear probing at half load,
 * the hash bytes themselves choose the place, and entries are compared in constant time. Only the
 * HTTP thread touches it. A browser's session carries its CSRF token as a second digest of the same
 * secret, so that nothing more has to be stored; requests with a bearer token cannot be forged by
 * another site and need none. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "http_internal.h"

#define IDENTITY_SLOTS (2 * HTTP_IDENTITY_MAX)
_Static_assert((IDENTITY_SLOTS & (IDENTITY_SLOTS - 1)) == 0, "the slot is chosen by a mask");
/* A signed-in browser is asked again after a working day, whatever happened meanwhile. */
#define SESSION_MS (12 * 3600 * 1000)
/* Longer than any secret we give out; longer ones are not hashed at all. */
#define SECRET_MAX 256

enum err http_identities_init(struct http_identities *identities)
{
    identities->entries = calloc(IDENTITY_SLOTS, sizeof(*identities->entries));
    identities->used = calloc(IDENTITY_SLOTS, sizeof(*identities->used));
    identities->count = 0;
    return identities->entries && identities->used ? ERR_NONE : ERR_NO_MEMORY;
}

void http_identities_fini(struct http_identities *identities)
{
    free(identities->entries);
    free(identities->used);
    *identities = (struct http_identities){0};
}

static unsigned home_of(const uint8_t hash[DIGEST_SIZE])
{
    return ((unsigned)hash[0] | (unsigned)hash[1] << 8) & (IDENTITY_SLOTS - 1);
}

static bool is_over(const struct identity_entry *entry, int64_t now_ms)
{
    return entry->expires_ms != 0 && now_ms >= entry->expires_ms;
}

/* Slot of that hash, or the free slot where it would stand. The table is never more than half full.
 */
static unsigned slot_of(const struct http_identities *identities, const uint8_t hash[DIGEST_SIZE])
{
    unsigned slot = home_of(hash);

    for (unsigned i = 0; i < IDENTITY_SLOTS; i++) {
        if (!identities->used[slot] ||
            digest_equal(identities->entries[slot].hash, hash, DIGEST_SIZE)) {
            break;
        }
        slot = (slot + 1) & (IDENTITY_SLOTS - 1);
    }
    return slot;
}

/* Takes an entry out and moves back those behind it that would no longer be found. */
static void slot_clear(struct http_identities *identities, unsigned slot)
{
    unsigned hole = slot;

    for (unsigned i = 1; i < IDENTITY_SLOTS; i++) {
        unsigned next = (slot + i) & (IDENTITY_SLOTS - 1);
        if (!identities->used[next]) {
            break;
        }
        unsigned home = home_of(identities->entries[next].hash);
        if (((next - home) & (IDENTITY_SLOTS - 1)) >= ((next - hole) & (IDENTITY_SLOTS - 1))) {
            identities->entries[hole] = identities->entries[next];
            hole = next;
        }
    }
    identities->used[hole] = false;
    identities->count--;
}

static void drop_expired(struct http_identities *identities, int64_t now_ms)
{
    for (unsigned slot = 0; slot < IDENTITY_SLOTS; slot++) {
        /* After a removal another entry may stand here; each removal shortens the table, so this
         * ends. */
        while (identities->used[slot] && is_over(&identities->entries[slot], now_ms)) {
            slot_clear(identities, slot);
        }
    }
}

enum err http_identities_add(struct http_identities *identities, const struct identity_entry *entry,
                             int64_t now_ms)
{
    unsigned slot = slot_of(identities, entry->hash);

    if (!identities->used[slot] && identities->count >= HTTP_IDENTITY_MAX) {
        drop_expired(identities, now_ms);
        slot = slot_of(identities, entry->hash);
        if (identities->count >= HTTP_IDENTITY_MAX) {
            return ERR_HALL_FULL;
        }
    }
    identities->count += identities->used[slot] ? 0 : 1;
    identities->used[slot] = true;
    identities->entries[slot] = *entry;
    return ERR_NONE;
}

const struct identity_entry *http_identities_find(const struct http_identities *identities,
                                                  const uint8_t hash[DIGEST_SIZE], int64_t now_ms)
{
    unsigned slot = slot_of(identities, hash);

    if (!identities->used[slot] || is_over(&identities->entries[slot], now_ms)) {
        return NULL;
    }
    return &identities->entries[slot];
}

void http_identities_remove(struct http_identities *identities, const uint8_t hash[DIGEST_SIZE])
{
    unsigned slot = slot_of(identities, hash);

    if (identities->used[slot]) {
        slot_clear(identities, slot);
    }
}

bool http_identities_remove_named(struct http_identities *identities, enum identity_kind kind,
                                  const char *name, uint8_t ret_hash[DIGEST_SIZE])
{
    for (unsigned slot = 0; slot < IDENTITY_SLOTS; slot++) {
        const struct identity_entry *entry = &identities->entries[slot];
        /* The demo's session is everybody's, whatever people are called. */
        bool wanted = entry->session == (kind == IDENTITY_USER) &&
                      (!entry->session || entry->expires_ms != 0);
        if (identities->used[slot] && wanted && entry->identity.kind == kind &&
            strcmp(entry->identity.name, name) == 0) {
            memcpy(ret_hash, entry->hash, DIGEST_SIZE);
            slot_clear(identities, slot);
            return true;
        }
    }
    return false;
}

/* Under TLS the prefix makes browsers refuse a cookie that another host or plain HTTP has set. */
static const char *cookie_name(const struct http *http)
{
    return http->tls ? "__Host-hallcall" : "hallcall";
}

/* The value of our cookie within a Cookie header. */
static const char *cookie_find(const char *header, const char *name, size_t *ret_length)
{
    size_t name_length = strlen(name);

    /* Bounded by the header limit. */
    while (header && *header) {
        header += strspn(header, " ;");
        size_t length = strcspn(header, ";");
        if (length > name_length && header[name_length] == '=' &&
            strncmp(header, name, name_length) == 0) {
            *ret_length = length - name_length - 1;
            return header + name_length + 1;
        }
        header += length;
    }
    return NULL;
}

void http_auth_csrf(const char *token, char csrf[DIGEST_HEX_SIZE])
{
    uint8_t digest[DIGEST_SIZE];

    digest_sha256("csrf:", 5, token, strlen(token), digest);
    digest_hex(digest, sizeof(digest), csrf);
}

static enum err caller_find(struct http_req *req, const char *secret, size_t length, bool cookie)
{
    struct http_caller *caller = &req->caller;
    const struct identity_entry *entry;
    char text[SECRET_MAX + 1];
    uint8_t hash[DIGEST_SIZE];

    if (length == 0 || length > SECRET_MAX) {
        return ERR_UNAUTHORIZED;
    }
    memcpy(text, secret, length);
    text[length] = 0;
    digest_sha256(text, length, NULL, 0, hash);
    entry = http_identities_find(&req->http->identities, hash, clock_wall_ms());
    if (!entry) {
        return ERR_UNAUTHORIZED;
    }
    caller->known = true;
    caller->cookie = cookie;
    caller->identity = entry->identity;
    caller->expires_ms = entry->expires_ms;
    memcpy(caller->hash, hash, DIGEST_SIZE);
    if (cookie) {
        http_auth_csrf(text, caller->csrf);
    }
    return ERR_NONE;
}

/* A button that can only GET an address with user and password in it: the password is its token. No
 * other role comes this way, and nothing is written by it but what GET may: browsers keep such
 * passwords and send them whoever asks. */
static enum err button_find(struct http_req *req)
{
    struct http_caller *caller = &req->caller;
    char *password = NULL;
    char *user = MHD_basic_auth_get_username_password(req->connection, &password);
    enum err err = ERR_UNAUTHORIZED;

    if (user && password && strcmp(req->method, MHD_HTTP_METHOD_GET) == 0) {
        err = caller_find(req, password, strlen(password), false);
    }
    MHD_free(user);
    MHD_free(password);
    if (err == ERR_NONE && caller->identity.roles != ROLE_BUTTON) {
        *caller = (struct http_caller){0};
        err = ERR_UNAUTHORIZED;
    }
    return err;
}

enum err http_auth_identify(struct http_req *req)
{
    const char *bearer = http_req_header(req, MHD_HTTP_HEADER_AUTHORIZATION);
    const char *value;
    size_t length = 0;

    if (bearer) {
        if (strncasecmp(bearer, "Basic ", 6) == 0) {
            return button_find(req);
        }
        if (strncasecmp(bearer, "Bearer ", 7) != 0) {
            return ERR_UNAUTHORIZED;
        }
        bearer += 7 + strspn(bearer + 7, " ");
        return caller_find(req, bearer, strlen(bearer), false);
    }
    value =
        cookie_find(http_req_header(req, MHD_HTTP_HEADER_COOKIE), cookie_name(req->http), &length);
    return value ? caller_find(req, value, length, true) : ERR_NONE;
}

/* The host and port of an origin, which must be those of the request itself. */
static bool origin_is_ours(const char *origin, const char *host)
{
    const char *authority = strstr(origin, "://");

    return authority && host && strcasecmp(authority + 3, host) == 0;
}

enum err http_auth_check_write(const struct http_req *req)
{
    const char *origin = http_req_header(req, "Origin");
    const char *site = http_req_header(req, "Sec-Fetch-Site");
    const char *csrf = http_req_header(req, "X-CSRF-Token");

    if (!req->caller.cookie) {
        return ERR_NONE;
    }
    if (origin && !origin_is_ours(origin, http_req_header(req, MHD_HTTP_HEADER_HOST))) {
        return ERR_FORBIDDEN;
    }
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) {
        return ERR_FORBIDDEN;
    }
    if (!csrf || strlen(csrf) != DIGEST_HEX_SIZE - 1 ||
        !digest_equal(csrf, req->caller.csrf, DIGEST_HEX_SIZE - 1)) {
        return ERR_FORBIDDEN;
    }
    return ERR_NONE;
}

void http_auth_make(const struct identity *identity, char token[HTTP_TOKEN_TEXT_SIZE],
                    struct identity_entry *ret_entry)
{
    uint8_t secret[32];
    int64_t now_ms = clock_wall_ms();

    _Static_assert(2 * sizeof(secret) + 1 == HTTP_TOKEN_TEXT_SIZE, "a token is 256 bits as hex");
    digest_random(secret, sizeof(secret));
    digest_hex(secret, sizeof(secret), token);
    *ret_entry = (struct identity_entry){.identity = *identity,
                                         .session = true,
                                         .created_ms = now_ms,
                                         .expires_ms = now_ms + SESSION_MS};
    digest_sha256(token, strlen(token), NULL, 0, ret_entry->hash);
}

void http_auth_cookie(const struct http *http, const char *token, int64_t max_age_s,
                      char cookie[HTTP_COOKIE_SIZE])
{
    int length = snprintf(
        cookie, HTTP_COOKIE_SIZE, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
        cookie_name(http), token, (long long)max_age_s, http->tls ? "; Secure" : "");

    assert(length > 0 && length < HTTP_COOKIE_SIZE);
    (void)length;
}

const char *http_auth_renew(const struct http_req *req, char cookie[HTTP_COOKIE_SIZE])
{
    char token[HTTP_TOKEN_TEXT_SIZE];
    size_t length = 0;
    const char *value;

    if (!req->caller.cookie || req->caller.identity.kind != IDENTITY_TOKEN) {
        return NULL;
    }
    value =
        cookie_find(http_req_header(req, MHD_HTTP_HEADER_COOKIE), cookie_name(req->http), &length);
    if (!value || length >= sizeof(token)) {
        return NULL;
    }
    memcpy(token, value, length);
    token[length] = 0;
    http_auth_cookie(req->http, token, HTTP_DEVICE_COOKIE_S, cookie);
    explicit_bzero(token, sizeof(token));
    return cookie;
}
