/* wire_admin: what an administrator's routes read and print beside the configuration document as a
 * whole: its versions, its sections, and people. Stateless; any thread. */
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

/* ---- the voice ---- */

struct wire_pack_language {
    const char *lang;
    int needed, good; /* clips */
};
/* How many calls a zone can be told, and how many its windows could make. */
struct wire_pack_zone {
    const char *zone; /* "" a hall without zones */
    int windows;
    double call_s;         /* one call as it is spoken when nobody else waits to be called */
    double calls_per_min;  /* of such */
    double short_per_min;  /* read once and without a chime, as in a crowd */
    double wanted_per_min; /* when every window is busy all the time */
};
struct wire_pack {
    bool on; /* the hall has a voice */
    struct wire_pack_language languages[2];
    const char *report; /* a line for each clip that is missing or bad */
    const struct wire_pack_zone *zones;
    int zone_count;
};
/* {"on","languages":[{"language","needed","good"}],"findings":[text],"more","zones":[{"zone",
 * "windows","call_s","calls_per_min","short_per_min","wanted_per_min"}]}; figures that need clips
 * which are missing are null. At most 200 findings, `more` says how many are left out. Of a file
 * outside the pack's own names only the last two steps are told. */
void wire_pack_print(struct buf *buf, const struct wire_pack *pack);

/* ---- sections of the configuration ---- */

/* A section as a path names it: by its own name, or by the contract's ("calendars", "scales",
 * "slip-layouts", "voices"). */
struct wire_section {
    const char *name; /* in the document */
    const char *key;  /* of a list: the member that tells its elements apart; NULL: an object */
};
/* NULL when there is none of that name. Lives for ever. */
const struct wire_section *wire_section_find(const char *name, size_t length);

enum wire_verb { WIRE_ADD, WIRE_REPLACE, WIRE_REMOVE };
/* One change of one section. */
struct wire_edit {
    const struct wire_section *section;
    enum wire_verb verb;
    char code[HALL_CODE_SIZE]; /* of the element of a list; of an added one it is read */
    char pointer[64];          /* filled: where it stands in the document */
};
/* The section, or the element `code` of it ("": the list as {"items","next_cursor"}).
 * ERR_NOT_FOUND. */
MUST_USE enum err wire_section_print(struct buf *buf, const struct wire_config *config,
                                     const struct wire_section *section, const char *code);
/* The whole document with that change, which nothing has checked yet: it has to go the way of any
 * other. ERR_NOT_FOUND, and ERR_MALFORMED_BODY or ERR_INVALID_BODY with findings about the body. */
MUST_USE enum err wire_config_edit(struct buf *document, const struct wire_config *config,
                                   struct wire_edit *edit, const char *body, size_t length,
                                   struct wire_problem *problem);
/* Makes findings in the whole document those of the body that was sent; what stands elsewhere is
 * told of the body as a whole, with its place. */
void wire_edit_relate(struct wire_problem *problem, const struct wire_edit *edit);

/* ---- people ---- */

#define WIRE_PASSWORD_SIZE 129
#define WIRE_PASSWORD_MIN 8 /* characters */
/* Bits: what a request says of a person. */
enum {
    WIRE_USER_ROLES = 1,
    WIRE_USER_WINDOW = 2,
    WIRE_USER_DISABLED = 4,
    WIRE_USER_PASSWORD = 8,
    WIRE_USER_MUST_CHANGE = 16
};

struct wire_user {
    char name[IDENTITY_NAME_SIZE];
    uint32_t changes; /* read: those of the bits above that came */
    uint32_t roles;
    int32_t window; /* 0 none */
    bool disabled;
    bool must_change;        /* the password is good for choosing another one only */
    char password_hash[128]; /* never read from a body, never printed */
    int64_t created_ms;
    int64_t signed_in_ms; /* 0 never */
};

/* The rules of the house, for every way in: a password is 8 characters or more, at most 128 bytes,
 * without control characters; a name is one word that can stand in a path. */
bool wire_password_is_good(const char *password);
bool wire_user_name_is_good(const char *name);

/* `create`: {"name","roles","password"} and optionally {"window","disabled",
 * "must_change"}; else any of {"roles","window","disabled","password","must_change"}, a window of
 * null being none. Who administers is not who audits. ERR_MALFORMED_BODY, ERR_INVALID_BODY. The
 * caller wipes `password`. */
MUST_USE enum err wire_user_parse(struct wire_user *user, char password[WIRE_PASSWORD_SIZE],
                                  bool create, const char *body, size_t length,
                                  struct wire_problem *problem);
/* {"name","roles","window","disabled","must_change","created_at","last_sign_in_at"} */
void wire_user_print(struct buf *buf, const struct wire_user *user);
/* "roles clerk lobby, window 3, password": what is said of a person, for the record. */
void wire_user_describe(const struct wire_user *user, char *text, size_t size);

#endif
