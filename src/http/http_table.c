/* http_table: every route of the API, one row each. A path or method that is not here does not
 * exist; a role that is not in a row's mask may not use it. Pages and their files are found by
 * http_static.c. */
#include "http_internal.h"

/* The contract's letters. A supervisor manages the lobby too; an administrator configures, and
 * needs a second role to serve. */
#define K ROLE_KIOSK
#define C ROLE_CLERK
#define B ROLE_BUTTON
#define D (ROLE_DISPLAY | ROLE_RATING)
#define L (ROLE_LOBBY | ROLE_SUPERVISOR)
#define A ROLE_ADMIN
#define I ROLE_INTEGRATION
#define U ROLE_AUDITOR
#define M (ROLE_MONITORING | ROLE_ADMIN)

#define API "/api/v1"
#define GET(path, roles, handle)                                                                   \
    {                                                                                              \
        "GET", path, roles, 0, handle, ENGINE_COMMAND, CMD_TICK, ENGINE_REPLY_NONE,                \
            HTTP_BUCKET_NONE                                                                       \
    }
#define ASK(path, roles, handle, what)                                                             \
    {                                                                                              \
        "GET", path, roles, 0, handle, what, CMD_TICK, ENGINE_REPLY_NONE, HTTP_BUCKET_NONE         \
    }
#define DO(path, roles, kind, reply)                                                               \
    {                                                                                              \
        "POST", path, roles, HTTP_BODY_MAX, http_handle_command, ENGINE_COMMAND, kind, reply,      \
            HTTP_BUCKET_NONE                                                                       \
    }
#define POST(path, roles, handle)                                                                  \
    {                                                                                              \
        "POST", path, roles, HTTP_BODY_MAX, handle, ENGINE_COMMAND, CMD_TICK, ENGINE_REPLY_NONE,   \
            HTTP_BUCKET_NONE                                                                       \
    }
#define VISITOR_ASK(path, handle, what)                                                            \
    {                                                                                              \
        "GET", path, HTTP_ANYONE, 0, handle, what, CMD_TICK, ENGINE_REPLY_NONE, HTTP_BUCKET_PUBLIC \
    }
#define VISITOR_DO(path, kind, reply)                                                              \
    {                                                                                              \
        "POST", path, HTTP_ANYONE, HTTP_BODY_MAX, http_handle_command, ENGINE_COMMAND, kind,       \
            reply, HTTP_BUCKET_PUBLIC                                                              \
    }

/* clang-format off */
const struct http_route http_routes[] = {
    /* the busiest first: the table is walked from the top */
    DO(API "/tickets", K | L | I, CMD_ISSUE, ENGINE_REPLY_ISSUED),
    DO(API "/windows/{no}/next", C | B | I, CMD_NEXT, ENGINE_REPLY_NEXT),
    DO(API "/tickets/{id}/start", C | B | I, CMD_START, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/finish", C | B | I, CMD_FINISH, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/recall", C | B | L, CMD_RECALL, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/no-show", C | B, CMD_NO_SHOW, ENGINE_REPLY_TICKET),
    GET(API "/views/display", D, http_handle_display),
    ASK(API "/views/clerk", C, http_handle_view_window, ENGINE_VIEW_CLERK),
    ASK(API "/views/kiosk", K, http_handle_query, ENGINE_VIEW_KIOSK),
    ASK(API "/views/cards", K | C | L | A, http_handle_query, ENGINE_GET_CARDS),
    ASK(API "/views/lobby", L | A, http_handle_query, ENGINE_VIEW_LOBBY),
    ASK(API "/views/rating", D, http_handle_view_window, ENGINE_VIEW_RATING),
    GET(API "/events", K | C | D | L | A | U | I, http_handle_events),
    GET(API "/changes", I, http_handle_changes),

    /* tickets */
    GET(API "/tickets", C | L | A | I, http_handle_tickets),
    GET(API "/tickets/{id}", C | L | A | I, http_handle_ticket),
    {"PATCH", API "/tickets/{id}", C | L | I, HTTP_BODY_MAX, http_handle_command, ENGINE_COMMAND, CMD_AMEND,
     ENGINE_REPLY_TICKET, HTTP_BUCKET_NONE},
    GET(API "/tickets/{id}/history", C | L | A | I | U, http_handle_history),
    GET(API "/tickets/{id}/why", C | L | A | U, http_handle_why),
    GET(API "/tickets/{id}/slip", K | L | C, http_handle_slip),
    GET(API "/tickets/{id}/card", C | L | A | U, http_handle_card),
    DO(API "/tickets/{id}/print-result", K | L, CMD_PRINT_RESULT, ENGINE_REPLY_NONE),
    DO(API "/tickets/{id}/restore", C | L | K, CMD_RESTORE, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/return", C, CMD_RETURN, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/abandon", C | L, CMD_ABANDON, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/void", L, CMD_VOID, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/hold", C, CMD_HOLD, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/resume", C | L, CMD_RESUME, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/transfer", C | L, CMD_TRANSFER, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/cancel", C | L | I, CMD_CANCEL, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/undo", C, CMD_UNDO, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/rating", D | I, CMD_RATE, ENGINE_REPLY_RATED),
    DO(API "/tickets/{id}/reprint", K | L, CMD_REPRINT, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/invite", C, CMD_INVITE, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/check", C | B | I, CMD_CHECK, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/attended", L, CMD_ATTEND, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/defer", L, CMD_DEFER, ENGINE_REPLY_TICKET),
    DO(API "/tickets/{id}/another", C | I, CMD_ANOTHER, ENGINE_REPLY_TICKET),

    /* windows and services */
    ASK(API "/windows", C | L | A | I, http_handle_query, ENGINE_GET_WINDOWS),
    ASK(API "/windows/{no}", C | L | A | I, http_handle_query, ENGINE_GET_WINDOW),
    DO(API "/appointments", I | L, CMD_BOOK, ENGINE_REPLY_ISSUED),
    DO(API "/appointments/check-in", K | L, CMD_CHECK_IN, ENGINE_REPLY_ISSUED),
    DO(API "/windows/{no}/call", C | L, CMD_CALL, ENGINE_REPLY_NEXT),
    DO(API "/windows/{no}/open", C | L, CMD_WINDOW_OPEN, ENGINE_REPLY_WINDOW),
    DO(API "/windows/{no}/close", C | L, CMD_WINDOW_CLOSE, ENGINE_REPLY_WINDOW),
    DO(API "/windows/{no}/pause", C | L, CMD_WINDOW_PAUSE, ENGINE_REPLY_WINDOW),
    DO(API "/windows/{no}/resume", C | L, CMD_WINDOW_RESUME, ENGINE_REPLY_WINDOW),
    DO(API "/windows/{no}/auto-next", C, CMD_AUTO_NEXT, ENGINE_REPLY_WINDOW),
    DO(API "/windows/{no}/walk-in", C, CMD_WALK_IN, ENGINE_REPLY_ISSUED),
    DO(API "/windows/{no}/take-over", C | L, CMD_WINDOW_TAKE_OVER, ENGINE_REPLY_WINDOW),
    DO(API "/windows/{no}/assist", C | L, CMD_ASSIST, ENGINE_REPLY_WINDOW),
    DO(API "/services/{code}/suspend", ROLE_SUPERVISOR | A, CMD_SUSPEND_SERVICE, ENGINE_REPLY_NONE),
    DO(API "/services/{code}/resume", ROLE_SUPERVISOR | A, CMD_RESUME_SERVICE, ENGINE_REPLY_NONE),
    DO(API "/services/{code}/divert", K | L, CMD_DIVERT, ENGINE_REPLY_NONE),
    DO(API "/devices/{code}/help", K | L, CMD_HELP, ENGINE_REPLY_NONE),
    {"GET", API "/inquiry/{code}", K | L, 0, http_handle_inquiry, ENGINE_GET_INQUIRY, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_PUBLIC},
    POST(API "/buttons/{id}/press", B, http_handle_press),
    GET(API "/buttons/{id}/press/{code}", B, http_handle_press_get), /* off unless configured */

    /* what is said aloud */
    GET(API "/announcements", D | L | A, http_handle_announcements),
    DO(API "/announcements", L | A, CMD_ANNOUNCE, ENGINE_REPLY_ANNOUNCED),
    POST(API "/announcements/lease", D, http_handle_lease),
    DO(API "/announcements/{id}/state", D, CMD_ANNOUNCE_STATE, ENGINE_REPLY_NONE),
    GET(API "/announcements/{id}/audio", D | L | A, http_handle_audio),

    /* visitors, by the secret on their slip */
    VISITOR_ASK(API "/public/tickets/{token}", http_handle_query, ENGINE_GET_PUBLIC),
    VISITOR_ASK(API "/public/tickets/{token}/why", http_handle_public_why, ENGINE_GET_PASSED),
    VISITOR_ASK(API "/public/tickets/{token}/card", http_handle_public_card, ENGINE_GET_PASSED),
    VISITOR_DO(API "/public/tickets/{token}/cancel", CMD_CANCEL, ENGINE_REPLY_TICKET),
    VISITOR_DO(API "/public/tickets/{token}/defer", CMD_DEFER, ENGINE_REPLY_TICKET),
    VISITOR_DO(API "/public/tickets/{token}/rating", CMD_RATE, ENGINE_REPLY_RATED),
    VISITOR_ASK(API "/public/events/{token}", http_handle_public_events, ENGINE_GET_PUBLIC),

    /* people */
    {"POST", API "/login", HTTP_ANYONE, 4096, http_handle_login, ENGINE_COMMAND, CMD_TICK, ENGINE_REPLY_NONE,
     HTTP_BUCKET_LOGIN},
    POST(API "/logout", HTTP_SIGNED_IN, http_handle_logout),
    GET(API "/me", HTTP_SIGNED_IN, http_handle_me),

    /* devices */
    {"POST", API "/devices/enroll", HTTP_ANYONE, 4096, http_handle_enroll, ENGINE_COMMAND, CMD_TICK, ENGINE_REPLY_NONE,
     HTTP_BUCKET_LOGIN},
    {"PUT", API "/devices/{id}/status", K | D | B, 4096, http_handle_status, ENGINE_COMMAND, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    ASK(API "/admin/devices", A, http_handle_query, ENGINE_GET_DEVICES),
    {"POST", API "/admin/devices", A, 4096, http_handle_pairing, ENGINE_COMMAND, CMD_TICK, ENGINE_REPLY_NONE,
     HTTP_BUCKET_NONE},
    {"DELETE", API "/admin/devices/{id}", A, 0, http_handle_revoke, ENGINE_COMMAND, CMD_TICK, ENGINE_REPLY_NONE,
     HTTP_BUCKET_NONE},

    /* the hall */
    ASK(API "/admin/config", A, http_handle_query, ENGINE_GET_CONFIG),
    {"PUT", API "/admin/config", A, HTTP_CONFIG_MAX, http_handle_config_put, ENGINE_PUT_CONFIG, CMD_RECORD,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    GET(API "/admin/config/versions", A | U, http_handle_versions),
    GET(API "/admin/config/versions/{id}", A | U, http_handle_version),
    POST(API "/admin/config/versions/{id}/restore", A, http_handle_restore),
    GET(API "/admin/users", A | U, http_handle_users),
    {"POST", API "/admin/users", A, 4096, http_handle_user_create, ENGINE_COMMAND, CMD_TICK, ENGINE_REPLY_NONE,
     HTTP_BUCKET_NONE},
    GET(API "/admin/users/{id}", A | U, http_handle_users),
    {"PATCH", API "/admin/users/{id}", A, 4096, http_handle_user_change, ENGINE_COMMAND, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    {"DELETE", API "/admin/users/{id}", A, 0, http_handle_user_delete, ENGINE_COMMAND, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    GET(API "/admin/{list}", L | A, http_handle_section),
    POST(API "/admin/{list}", L | A, http_handle_section_edit),
    GET(API "/admin/{list}/{code}", L | A, http_handle_section),
    {"PUT", API "/admin/{list}/{code}", L | A, HTTP_BODY_MAX, http_handle_section_edit, ENGINE_COMMAND, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    {"DELETE", API "/admin/{list}/{code}", L | A, 0, http_handle_section_edit, ENGINE_COMMAND, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    GET(API "/admin/{part}", A, http_handle_section),
    {"PUT", API "/admin/{part}", A, HTTP_BODY_MAX, http_handle_section_edit, ENGINE_COMMAND, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    {"DELETE", API "/admin/{part}", A, 0, http_handle_section_edit, ENGINE_COMMAND, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    GET(API "/admin/bounds", A, http_handle_bounds),
    GET(API "/admin/voice-pack", A, http_handle_pack),
    {"POST", API "/admin/bounds", A, HTTP_CONFIG_MAX, http_handle_try_bounds, ENGINE_COMMAND, CMD_TICK,
     ENGINE_REPLY_NONE, HTTP_BUCKET_NONE},
    POST(API "/admin/slip-preview", A, http_handle_slip_preview),
    DO(API "/admin/day/open", A | L, CMD_DAY_OPEN, ENGINE_REPLY_DAY),
    DO(API "/admin/day/close", A | L, CMD_DAY_CLOSE, ENGINE_REPLY_DAY),
    GET(API "/leds", ROLE_DISPLAY | L | A, http_handle_leds),
    POST(API "/test/clock", A, http_handle_clock),

    /* machines */
    GET("/healthz", HTTP_ANYONE, http_handle_health),
    GET("/readyz", HTTP_ANYONE, http_handle_ready),
    GET("/metrics", M, http_handle_metrics),
    GET(API "/openapi.json", HTTP_ANYONE, http_handle_openapi),
};
/* clang-format on */

const int http_route_count = (int)(sizeof(http_routes) / sizeof(http_routes[0]));
