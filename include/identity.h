/* identity: who a request comes from: roles, name, window. A plain value of floor 0. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "digest.h"
#include "err.h"

#define IDENTITY_NAME_SIZE 48

/* Bits: a person may hold several. */
enum identity_role {
    ROLE_KIOSK = 1,
    ROLE_CLERK = 2,
    ROLE_BUTTON = 4,
    ROLE_DISPLAY = 8,
    ROLE_RATING = 16,
    ROLE_LOBBY = 32,
    ROLE_SUPERVISOR = 64,
    ROLE_ADMIN = 128,
    ROLE_AUDITOR = 256,
    ROLE_INTEGRATION = 512,
    ROLE_MONITORING = 1024,
    ROLE_ALL = 2047
};

enum identity_kind { IDENTITY_NONE, IDENTITY_USER, IDENTITY_TOKEN };

struct identity {
    enum identity_kind kind;
    uint32_t roles;
    int32_t window;                /* bound to this window; 0 to none */
    char name[IDENTITY_NAME_SIZE]; /* user name, or the token's name (a button's id) */
};

/* A bearer token or a session as it is stored: never the secret, only its SHA-256. */
struct identity_entry {
    uint8_t hash[DIGEST_SIZE];
    struct identity identity;
    bool session;       /* a signed-in browser: needs CSRF token and Origin check on writes */
    int64_t created_ms; /* hall time */
    int64_t expires_ms; /* 0 never */
};

/* "kiosk" ... "monitoring"; 0 when unknown. And the name of one bit, NULL when it is not exactly
 * one. */
uint32_t identity_role_parse(const char *text);
const char *identity_role_text(uint32_t role);

#endif
