/* wire_admin: what an administrator's routes read and print beside the configuration document as a
 * whole: its versions. Stateless; any thread. */
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

#endif
