/* wire_admin: what an administrator's routes read and print beside the configuration document as a
 * whole: its versions, and people. Stateless; any thread. */
#ifndef WIRE_ADMIN_H
#define WIRE_ADMIN_H

#include "wire.h"

/* ---- versions of the configuration ---- */

/* A stored document. Borrowed. */
struct wire_document {
    const char *text;
    size_t length;
};
/* As wire_config_diff(), of documents that need not pass today's checks. ERR_STORE_CORRUPT: one is
 * not JSON. */
MUST_USE enum err wire_document_diff(struct buf *buf, const struct wire_document *from,
                                     const struct wire_document *to);

struct wire_version {
    int64_t version, at_ms;
    const char *by;        /* "" the command line of the machine */
    int64_t restored_from; /* 0 none */
    bool in_force;
};
/* {"version","at","by","in_force","restored_from","changes","sections"}: how many values differ
 * from the version before, and in which sections. `older` NULL: it is the first. Errors as above.
 */
MUST_USE enum err wire_version_print(struct buf *buf, const struct wire_version *version,
                                     const struct wire_document *document,
                                     const struct wire_document *older);

/* ---- people ---- */

#define WIRE_PASSWORD_SIZE 129
#define WIRE_PASSWORD_MIN 8 /* characters */
/* Bits: what a request says of a person. */
enum { WIRE_USER_ROLES = 1, WIRE_USER_WINDOW = 2, WIRE_USER_DISABLED = 4, WIRE_USER_PASSWORD = 8 };

struct wire_user {
    char name[IDENTITY_NAME_SIZE];
    uint32_t changes; /* read: those of the bits above that came */
    uint32_t roles;
    int32_t window; /* 0 none */
    bool disabled;
    char password_hash[128]; /* never read from a body, never printed */
    int64_t created_ms;
    int64_t signed_in_ms; /* 0 never */
};

/* The rules of the house, for every way in: a password is 8 characters or more, at most 128 bytes,
 * without control characters; a name is one word that can stand in a path. */
bool wire_password_is_good(const char *password);
bool wire_user_name_is_good(const char *name);

/* `create`: {"name","roles","password"} and optionally {"window","disabled"}; else any of
 * {"roles","window","disabled","password"}, a window of null being none. Who administers is not who
 * audits. ERR_MALFORMED_BODY, ERR_INVALID_BODY. The caller wipes `password`. */
MUST_USE enum err wire_user_parse(struct wire_user *user, char password[WIRE_PASSWORD_SIZE],
                                  bool create, const char *body, size_t length,
                                  struct wire_problem *problem);
/* {"name","roles","window","disabled","created_at","last_sign_in_at"} */
void wire_user_print(struct buf *buf, const struct wire_user *user);
/* "roles clerk lobby, window 3, password": what is said of a person, for the record. */
void wire_user_describe(const struct wire_user *user, char *text, size_t size);

#endif
