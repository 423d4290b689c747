/* err: the texts of the error codes, made from the one list in err.h. */
#include "err.h"

const char *err_slug(enum err err)
{
    switch (err) {
#define X(name, slug, title)                                                                       \
    case name:                                                                                     \
        return slug;
        ERR_LIST(X)
#undef X
    case ERR_COUNT:
        break;
    }
    return "internal";
}

const char *err_title(enum err err)
{
    switch (err) {
#define X(name, slug, title)                                                                       \
    case name:                                                                                     \
        return title;
        ERR_LIST(X)
#undef X
    case ERR_COUNT:
        break;
    }
    return "Our own mistake";
}
