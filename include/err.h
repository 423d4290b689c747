/* err: every way a call can fail, in one list.
 *
 * A function that can fail returns `enum err`; ERR_NONE is success. Each code has a slug
 * (kebab-case; the `code` of a problem answer and the tail of its `type`) and a short English
 * title. The HTTP status is chosen by http_reply.c in one switch without default, so a new code
 * cannot be forgotten there. */
#ifndef ERR_H
#define ERR_H

#define MUST_USE __attribute__((warn_unused_result))

/* clang-format off */
#define ERR_LIST(X)                                                                                \
    X(ERR_NONE,               "ok",                  "Success")                                    \
    /* the request itself */                                                                       \
    X(ERR_MALFORMED_BODY,     "invalid-body",        "The body is not well-formed")                \
    X(ERR_INVALID_BODY,       "invalid-body",        "The body has a member that cannot be taken") \
    X(ERR_MALFORMED_REQUEST,  "malformed-request",   "The request is not well-formed")             \
    X(ERR_BODY_TOO_LARGE,     "body-too-large",      "The body is too large")                      \
    X(ERR_MEDIA_TYPE,         "unsupported-media-type", "The body must be application/json")       \
    X(ERR_HEADER_TOO_LARGE,   "header-too-large",    "The request header is too large")            \
    X(ERR_UNAUTHORIZED,       "unauthorized",        "Sign in first")                              \
    X(ERR_FORBIDDEN,          "forbidden",           "This role may not do that")                  \
    X(ERR_NOT_FOUND,          "not-found",           "There is no such thing")                     \
    X(ERR_METHOD_NOT_ALLOWED, "method-not-allowed",  "This path has no such method")               \
    X(ERR_LINK_EXPIRED,       "link-expired",        "This link is over")                          \
    X(ERR_KEY_REQUIRED,       "key-required",        "An Idempotency-Key is required")             \
    X(ERR_MATCH_REQUIRED,     "match-required",      "An If-Match header is required")             \
    X(ERR_KEY_REUSED,         "key-reused",          "The key was used with another body")         \
    X(ERR_KEY_IN_FLIGHT,      "key-in-flight",       "The first request with this key still runs") \
    X(ERR_STALE_VERSION,      "stale-version",       "The object has changed since")               \
    X(ERR_RATE_LIMITED,       "rate-limited",        "Too many requests")                          \
    /* the rules of the hall */                                                                    \
    X(ERR_SERVICE_CLOSED,     "service-closed",      "The service issues no numbers now")          \
    X(ERR_QUOTA_REACHED,      "quota-reached",       "All numbers of today are given out")         \
    X(ERR_NUMBERS_EXHAUSTED,  "numbers-exhausted",   "The number series is used up")               \
    X(ERR_HALL_FULL,          "hall-full",           "The hall holds no more tickets today")       \
    X(ERR_ALREADY_WAITING,    "already-waiting",     "This person waits for this service already") \
    X(ERR_WRONG_STATE,        "wrong-state",         "The state does not allow this")              \
    X(ERR_LOST_RACE,          "lost-race",           "Another window was first")                   \
    X(ERR_CURRENT_NOT_STARTED,"current-not-started", "The called ticket was not started yet")      \
    X(ERR_WINDOW_OCCUPIED,    "window-occupied",     "The window or the clerk is taken")           \
    X(ERR_WINDOW_NOT_OPEN,    "window-not-open",     "The window is not open")                     \
    X(ERR_WINDOW_BUSY,        "window-busy",         "The window still has a ticket")              \
    X(ERR_NOT_YOUR_TICKET,    "not-your-ticket",     "The ticket is not at your window")           \
    X(ERR_NOT_YOUR_WINDOW,    "not-your-window",     "You are signed in at another window")        \
    X(ERR_TOO_LATE,           "too-late",            "The time or the count for this is over")     \
    X(ERR_TOO_EARLY,          "too-early",           "Not yet")                                    \
    X(ERR_HOLD_FULL,          "hold-full",           "The window holds as many as it may")         \
    X(ERR_ALREADY_RATED,      "already-rated",       "The service was rated already")              \
    X(ERR_RATING_CLOSED,      "rating-closed",       "The time for rating is over")                \
    X(ERR_NO_URGENT_LEFT,     "no-urgent-left",      "No urgent grant is left now")                \
    X(ERR_NOT_AUDIO_OWNER,    "not-audio-owner",     "Another display speaks in this zone")        \
    X(ERR_NOT_PAIRED,         "not-paired",          "This pairing code is good for nothing")       \
    X(ERR_DEVICE_EXISTS,      "device-exists",       "There is a device of that name")             \
    X(ERR_PASSWORD_CHANGE,    "password-change",     "Choose a password of your own first")       \
    X(ERR_USER_EXISTS,        "user-exists",         "There is a person of that name")             \
    X(ERR_LAST_ADMIN,         "last-admin",          "The hall would have no administrator left")  \
    X(ERR_SLIP_UNCHECKED,     "slip-unchecked",      "Scan the slip of the called number first")   \
    X(ERR_SLIP_MISMATCH,      "slip-mismatch",       "The slip is not that of the called number")  \
    /* the machine */                                                                              \
    X(ERR_BUSY,               "busy",                "Too much work at once, try again")           \
    X(ERR_STARTING,           "starting",            "The service is starting or stopping")        \
    X(ERR_READ_ONLY,          "read-only",           "The disk takes no more, reading only")       \
    X(ERR_OUTCOME_UNKNOWN,    "outcome-unknown",     "It is unknown whether this was stored")      \
    X(ERR_NO_MEMORY,          "no-memory",           "Out of memory")                              \
    X(ERR_TOO_LONG,           "too-long",            "Longer than the place for it")               \
    X(ERR_UNSHOWABLE,         "unshowable",          "The display cannot show this")               \
    X(ERR_INVALID_OPTION,     "invalid-option",      "Unknown or impossible option")               \
    X(ERR_IO,                 "io",                  "Input or output failed")                     \
    X(ERR_TIMEOUT,            "timeout",             "No answer in time")                          \
    X(ERR_GONE,               "gone",                "The device or connection is gone")           \
    X(ERR_STORE_FULL,         "store-full",          "The disk is full")                           \
    X(ERR_STORE_IO,           "store-io",            "The database could not be read or written")  \
    X(ERR_STORE_CORRUPT,      "store-corrupt",       "The database is damaged")                    \
    X(ERR_STORE_LOCKED,       "store-locked",        "Another process uses the database")          \
    X(ERR_STORE_NEWER,        "store-newer",         "The database is of a newer version")         \
    X(ERR_STORE_OLDER,        "store-older",         "The database is of an older version")        \
    X(ERR_REPLAY,             "replay",              "The event log does not replay")              \
    X(ERR_INVALID_CONFIG,     "invalid-config",      "The configuration cannot be used")           \
    X(ERR_INTERNAL,           "internal",            "Our own mistake")
/* clang-format on */

enum err {
#define X(name, slug, title) name,
    ERR_LIST(X)
#undef X
        ERR_COUNT
};

/* The slug and the title of a code; never NULL. Any thread. */
const char *err_slug(enum err err);
const char *err_title(enum err err);

#endif
