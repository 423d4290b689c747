/* wire: JSON in and out: command bodies, events, tickets, views, problems, the configuration
 * document. The only floor that knows jansson.h. Stateless; any thread, unless a struct wire_config
 * is shared (it is read-only after creation). Field names are those of the HTTP API
 * (web/openapi.json). */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "buf.h"
#include "cmd.h"
#include "core.h"
#include "err.h"
#include "event.h"
#include "hall.h"
#include "identity.h"
#include "ticket.h"

/* Deepest nesting and most members of one object that are parsed: jansson recurses (reliability of
 * small stacks). */
#define WIRE_DEPTH_MAX 16
#define WIRE_MEMBER_MAX 256

/* ---- problems (RFC 9457) ---- */

#define WIRE_PROBLEM_ERROR_MAX 8
struct wire_problem {
    enum err err;
    int status;
    char detail_zh[160];
    char detail_en[160]; /* either may be empty: then the title stands alone */
    char instance[96];   /* request path without token or query */
    char request_id[64];
    enum ticket_state state; /* TICKET_STATE_COUNT: leave out */
    uint32_t allowed;        /* bits of enum cmd_kind */
    bool has_allowed;
    int error_count;
    struct {
        char pointer[96]; /* "/service" */
        char detail[128];
    } errors[WIRE_PROBLEM_ERROR_MAX];
};
void wire_problem_init(struct wire_problem *problem, enum err err);
/* Adds a member error; beyond WIRE_PROBLEM_ERROR_MAX they are dropped. */
void wire_problem_add(struct wire_problem *problem, const char *pointer, const char *detail);
/* `zh`: the reader prefers Chinese; title and detail follow. */
void wire_problem_print(struct buf *buf, const struct wire_problem *problem, bool zh);
/* Verb of the API for a command kind ("recall", "no-show", ...), NULL when it has none. */
const char *wire_command_verb(enum cmd_kind kind);

/* ---- commands ---- */

/* Reads the body of a command of that kind into `cmd` (initialised by cmd_init, path members
 * already set by the caller). An empty body is an empty object where every member is optional.
 * ERR_MALFORMED_BODY (not JSON, too deep, duplicate names, bad UTF-8) or ERR_INVALID_BODY (types,
 * lengths, ranges, unknown enum words, required members missing), with `problem` filled; it is
 * initialised here, so set its request members (instance, request_id, status) afterwards. Unknown
 * members are ignored. The identity token of a person (`id_token`) is hashed with `hall_key`
 * (DIGEST_SIZE bytes) and dropped. */
MUST_USE enum err wire_command_parse(struct cmd *cmd, const char *body, size_t length,
                                     const uint8_t *hall_key, struct wire_problem *problem);

struct wire_login {
    char username[IDENTITY_NAME_SIZE];
    char password[129];
    char new_password[129]; /* to be had from now on; "" the same */
};
MUST_USE enum err wire_login_parse(struct wire_login *login, const char *body, size_t length,
                                   struct wire_problem *problem);

/* Test clock: {"advance_s":n} or {"set":"RFC 3339"}; exactly one. */
struct wire_clock {
    int64_t advance_ms; /* 0 when set_ms counts */
    int64_t set_ms;
};
MUST_USE enum err wire_clock_parse(struct wire_clock *clock, const char *body, size_t length,
                                   struct wire_problem *problem);

/* ---- events ---- */

/* The event as the JSON object kept in the log: everything wire_event_read() needs. */
void wire_event_data(struct buf *buf, const struct event *event);
/* The event back. ERR_REPLAY when the data does not make one. */
MUST_USE enum err wire_event_read(int64_t seq, int64_t at_ms, int32_t day, const char *kind,
                                  const char *data, size_t length, struct event *ret_event);

enum wire_audience {
    WIRE_PUBLIC, /* displays: number and window only, no reason, note, person or reference */
    WIRE_STAFF   /* everything but tokens and identity hashes */
};
/* CloudEvents envelope. */
void wire_event_envelope(struct buf *buf, const struct event *event, int64_t epoch,
                         const char *site, enum wire_audience audience);

/* ---- answers ---- */

struct wire_config; /* below */

void wire_ticket_print(struct buf *buf, const struct ticket *ticket,
                       const struct wire_config *config);
/* The ticket of a fresh issue: with `slip` (lines to show or print). */
void wire_issue_print(struct buf *buf, const struct ticket *ticket,
                      const struct wire_config *config);
/* ---- the slip of paper ----
 *
 * Made once as lines, by the layout of the hall or of the printer; text, page, JSON and printers
 * show these and no others. Nothing personal. */
enum wire_slip_role { /* of a line; and what a block of a layout shows */
                      WIRE_SLIP_HALL,
                      WIRE_SLIP_NUMBER,
                      WIRE_SLIP_SERVICE,
                      WIRE_SLIP_CLASS,
                      WIRE_SLIP_AHEAD,
                      WIRE_SLIP_WAIT,
                      WIRE_SLIP_TIME,
                      WIRE_SLIP_WINDOWS, /* where it may be called to */
                      WIRE_SLIP_MARK,    /* a copy */
                      WIRE_SLIP_CODE, /* of the visitor's page; the line has no text, the address is
                                         in `url` */
                      WIRE_SLIP_NOTICE,
                      WIRE_SLIP_DOCUMENT, /* to bring along */
                      WIRE_SLIP_TEXT,     /* of the layout */
                      WIRE_SLIP_RULE,     /* a line across the paper; no text */
                      WIRE_SLIP_SPACE,    /* an empty line */
                      WIRE_SLIP_ID,       /* for support */
                      WIRE_SLIP_ROLE_COUNT
};
enum wire_slip_align { WIRE_SLIP_CENTRE, WIRE_SLIP_LEFT, WIRE_SLIP_RIGHT };
#define WIRE_SLIP_SIZE_MAX 8 /* times 3 mm */
struct wire_slip_style {
    uint8_t size;  /* 1 to WIRE_SLIP_SIZE_MAX; 0 is 1. One that does not fit is printed smaller */
    uint8_t align; /* enum wire_slip_align */
    bool bold;
    bool reverse; /* white on black */
    bool below;   /* English on a line of its own, small */
};
#define WIRE_SLIP_TEXT_SIZE 256 /* 85 Chinese characters: four lines of wide paper */
#define WIRE_SLIP_BLOCK_MAX 24  /* of a layout: each kind once, and some texts */
#define WIRE_SLIP_NOTICE_MAX 3
#define WIRE_SLIP_DOCUMENT_MAX 8
/* A block is one line, but those of notices and documents, which also have a heading. */
#define WIRE_SLIP_LINE_MAX (WIRE_SLIP_BLOCK_MAX + WIRE_SLIP_NOTICE_MAX + WIRE_SLIP_DOCUMENT_MAX)
struct wire_slip_line {
    enum wire_slip_role role;
    char zh[WIRE_SLIP_TEXT_SIZE];
    char en[WIRE_SLIP_TEXT_SIZE]; /* empty: the same, or one language only */
    struct wire_slip_style style;
};
struct wire_slip {
    struct wire_slip_line lines[WIRE_SLIP_LINE_MAX];
    int line_count;
    char url[HALL_URL_SIZE + 8 + TICKET_TOKEN_TEXT]; /* of the visitor's page */
    struct wire_slip_style mark;                     /* how a copy is marked, */
    int mark_at;                                     /* and before which line */
};
/* As of when the ticket was read, as that printer lays it out; "" as the hall does. The notices are
 * those of category "slip" in force at its issue. */
void wire_slip_make(struct wire_slip *slip, const struct ticket *ticket,
                    const struct wire_config *config, const char *printer);
/* Marks it as a copy, unless it is marked. */
void wire_slip_mark(struct wire_slip *slip);
/* "zh / en", or the one there is. */
#define WIRE_SLIP_LINE_SIZE (2 * WIRE_SLIP_TEXT_SIZE + 4)
void wire_slip_join(const struct wire_slip_line *line, char text[WIRE_SLIP_LINE_SIZE]);
/* Bytes of `line` that fit into so many columns, a Chinese character taking two: up to the last
 * space of a line that does not fit as a whole, if that leaves no more than half of it empty. Never
 * 0 unless the line is empty; what follows may begin with that space. */
size_t wire_slip_fit(const char *line, int columns);
/* Text broken at 32 or 48 columns, or a page; both with the address of the visitor's page where the
 * code stands. */
void wire_slip_text(struct buf *buf, const struct wire_slip *slip, int columns);
void wire_slip_html(struct buf *buf, const struct wire_slip *slip);
/* What a layout makes of a ticket: {"text","html","lines","url"} at that width. `body`:
 * {"slip":{"blocks":[...]},"width":58|80,"ticket":"ID"}, all of them optional: without a layout the
 * hall's. `ticket` NULL: of one made up. ERR_MALFORMED_BODY, ERR_INVALID_BODY with every finding in
 * `problem`. */
MUST_USE enum err wire_slip_preview(struct buf *buf, const char *body, size_t length,
                                    const struct ticket *ticket, const struct wire_config *config,
                                    int64_t now_ms, struct wire_problem *problem);
/* The member `ticket` of such a body; "" none, or none that could be one. */
void wire_slip_preview_ticket(const char *body, size_t length, char ticket_id[TICKET_ID_SIZE]);
/* What a visitor sees: number, service, state, ahead, eta, window, hall, rating_open; nothing
 * personal. */
void wire_public_ticket_print(struct buf *buf, const struct ticket *ticket, bool rating_open,
                              const struct wire_config *config);
/* The same for a kiosk that was given a number: with `id`, without rating_open. */
void wire_inquiry_print(struct buf *buf, const struct ticket *ticket,
                        const struct wire_config *config);
/* `hall`: as the core has it, since what a window serves may have been changed today. */
void wire_window_print(struct buf *buf, const struct hall *hall,
                       const struct core_window_info *info, const struct ticket *current,
                       const struct wire_config *config);
/* {"ticket":…|null,"finished":…|null,"why":…|null}, where why is {rule,policy,score,head,aged,pref,
 * guard,overtook[],passed_over[],overtaken,text,text_en}; tickets and `why` may be NULL. */
void wire_next_print(struct buf *buf, const struct ticket *ticket, const struct ticket *finished,
                     const struct event_why *why, const struct wire_config *config);

/* A ticket and the calls that concern it. Everything borrowed. */
#define WIRE_PASSED_BY_MAX 8
struct wire_why {
    const struct ticket *ticket;
    const struct event *called; /* its own newest call; NULL none */
    const struct event *calls;  /* those that passed it, newest first, ... */
    int call_count;             /* ... at most WIRE_PASSED_BY_MAX */
    int32_t passed;             /* how often policy has passed it; -1: as the ticket says */
};
/* For staff: why it was called or that it waits, what can still pass it, and what has. */
void wire_why_print(struct buf *buf, const struct wire_why *facts,
                    const struct wire_config *config);
/* For the visitor: {"number","state","passed","cap","more","urgent_per_day","text","text_en",
 * "passed_by":[{"number","called_at","window","rule","text","text_en"}],"unnamed"}. */
void wire_public_why_print(struct buf *buf, const struct wire_why *facts,
                           const struct wire_config *config);
/* One line of a ticket's history. */
void wire_history_item_print(struct buf *buf, const struct event *event);
void wire_identity_print(struct buf *buf, const struct identity *identity, const char *csrf);
void wire_day_print(struct buf *buf, int32_t day, bool open, const int64_t counts[4]);

/* ---- views: from core and configuration, on the engine thread ---- */

enum wire_paper { WIRE_PAPER_UNKNOWN, WIRE_PAPER_OK, WIRE_PAPER_LOW, WIRE_PAPER_OUT };
enum wire_device_state {
    WIRE_DEVICE_REPORTED, /* nothing but what was reported: `online` says it */
    WIRE_DEVICE_UNKNOWN,
    WIRE_DEVICE_ONLINE,
    WIRE_DEVICE_OFFLINE,
    WIRE_DEVICE_FAULTY
};
#define WIRE_TROUBLE_MAX 5 /* silent, garbled, refused, port, unshowable */
struct wire_device { /* what the lobby is told of a sign, a pad or a printer; times are the hall's
                      */
    char code[HALL_CODE_SIZE];
    bool online;
    int64_t since_ms;
    char detail[64];
    enum wire_device_state state;
    int64_t known_ms;   /* when the state was last known for sure */
    int64_t last_ok_ms; /* 0 never */
    char driver[HALL_CODE_SIZE];
    char port[HALL_CODE_SIZE];
    int64_t frames;
    int64_t troubles[WIRE_TROUBLE_MAX];
    int64_t latency_us;        /* last acknowledged exchange; -1 none */
    char role[HALL_CODE_SIZE]; /* of a device that has a page: "kiosk", "rating"; else "" */
    int32_t window;            /* it is bound to; 0 none */
    enum wire_paper paper;     /* of a printer */
    int64_t paper_ms;          /* since when */
    int64_t help_ms;           /* since when somebody at it waits for staff; 0 nobody */
};
/* A device of which nothing was heard for WIRE_DEVICE_KNOWN_MS is unknown, whatever it was. */
#define WIRE_DEVICE_KNOWN_MS 10000
enum wire_device_state wire_device_state(const struct wire_device *device, int64_t now_ms);
/* "unknown", "online", "offline", "faulty"; and the kind of a trouble, "silent" to "unshowable". */
const char *wire_device_state_text(enum wire_device_state state);
const char *wire_trouble_text(int trouble);
/* What would help a service whose waiting exceed its target too often: a window to open, or one at
 * work to take the service on; and what that would change. */
struct wire_advice {
    int16_t window, service; /* positions in the hall */
    bool
        opens; /* the window is closed or paused now; else it takes the service on beside its own */
    double late_now, late_then; /* share of those waiting for it who will have waited too long */
    struct eta now, then;       /* wait of a newcomer of the default class */
};
#define WIRE_ADVICE_MAX 4
/* What the newest forecast says of the hall as a whole. */
struct wire_foreseen {
    int64_t at_ms;      /* hall time; 0: nothing */
    int32_t level_pm;   /* in a thousand: what ranges are meant to hold, */
    int32_t covered_pm; /* and what they held; -1 too few to tell */
    double
        late[HALL_SERVICE_MAX]; /* share of those waiting who will have waited beyond the target */
    struct wire_advice advice[WIRE_ADVICE_MAX];
    int advice_count;
};
struct wire_view {
    const struct core *core;
    const struct wire_config *config;
    struct core_now now;
    const struct wire_device *devices;
    int device_count;
    const struct wire_foreseen *foreseen; /* NULL: nothing is */
    bool read_only;
};
void wire_view_kiosk(struct buf *buf, const struct wire_view *view);
/* `zone` "": the whole hall. ERR_NOT_FOUND for an unknown zone. */
MUST_USE enum err wire_view_display(struct buf *buf, const struct wire_view *view,
                                    const char *zone);
MUST_USE enum err wire_view_clerk(struct buf *buf, const struct wire_view *view, int32_t window_no);
void wire_view_lobby(struct buf *buf, const struct wire_view *view);
MUST_USE enum err wire_view_rating(struct buf *buf, const struct wire_view *view,
                                   int32_t window_no);
void wire_view_windows(struct buf *buf, const struct wire_view *view);
/* event: queue.updated, data: waiting and eta per service; derived, has no seq. */
void wire_queue_envelope(struct buf *buf, const struct wire_view *view, int64_t epoch);

/* ---- announcements ---- */

/* Who speaks in a zone, and until when unless it says so again. */
struct wire_speaker {
    char zone[HALL_CODE_SIZE];
    char player[ANNOUNCEMENT_PLAYER_SIZE]; /* "" nobody */
    int64_t until_ms;
};
/* What is said and what waits to be, in that zone or (NULL) in all, with how loud each zone is.
 * ERR_NOT_FOUND for an unknown zone. */
MUST_USE enum err wire_announcements_print(struct buf *buf, const struct wire_view *view,
                                           const char *zone, const struct wire_speaker *speakers,
                                           int speaker_count);
/* The answer to POST /announcements: what was queued. */
void wire_announced_print(struct buf *buf, const struct wire_view *view, int64_t first_id);
/* {"zone","player","release"} */
struct wire_lease {
    char zone[HALL_CODE_SIZE];
    char player[ANNOUNCEMENT_PLAYER_SIZE];
    bool release;
};
/* {"zone","player","owner","until","renew_s"}; `own`: whoever asked speaks. */
void wire_lease_print(struct buf *buf, const struct wire_speaker *lease, bool own, int renew_s);
MUST_USE enum err wire_lease_parse(struct wire_lease *lease, const char *body, size_t length,
                                   struct wire_problem *problem);

/* ---- the configuration document ---- */

#define WIRE_PORT_MAX 32
#define WIRE_DISPLAY_MAX 128
#define WIRE_KEYPAD_MAX 128
#define WIRE_BUTTON_MAX 128
#define WIRE_PRINTER_MAX HALL_PRINTER_MAX
#define WIRE_OPTION_MAX 12

struct wire_option {
    char key[32];
    char value[64];
};
struct wire_port {
    char code[HALL_CODE_SIZE];
    char link[192];
};
struct wire_display {
    char code[HALL_CODE_SIZE];
    char port[HALL_CODE_SIZE];
    char driver[HALL_CODE_SIZE];
    int32_t address;
    int32_t window;            /* shows one window, or ... */
    char zone[HALL_CODE_SIZE]; /* ... the last calls of a zone ("*": the hall), or ... */
    bool welcome;              /* ... the zone's open services and who waits for them */
    bool notices;              /* notices in the last row, or in turn where there is one row */
    int32_t rows;
    int32_t columns; /* half-width characters a row has; 0 not given: the driver's */
    struct wire_option options[WIRE_OPTION_MAX];
    int option_count;
};

struct wire_keypad {
    char code[HALL_CODE_SIZE];
    char port[HALL_CODE_SIZE];
    char driver[HALL_CODE_SIZE];
    int32_t address;
    int32_t window;
    bool rating; /* kind "rating": the visitor's, else the clerk's keys */
    struct wire_option options[WIRE_OPTION_MAX];
    int option_count;
};

/* What a push of a button that names no key means, by how it was pushed. */
enum wire_push { WIRE_PUSH_SHORT, WIRE_PUSH_LONG, WIRE_PUSH_DOUBLE, WIRE_PUSH_COUNT };

/* A button that speaks HTTP and is more than its token: the code is the token's name. */
struct wire_button {
    char code[HALL_CODE_SIZE];
    bool may_get;                              /* it can only GET, and may from */
    uint8_t from[16];                          /* this address; of IPv4 mapped into IPv6 */
    char key[WIRE_PUSH_COUNT][HALL_CODE_SIZE]; /* "" none */
};

struct wire_printer {
    char code[HALL_CODE_SIZE];
    char link[192];
    char driver[HALL_CODE_SIZE];
    int32_t width_mm;           /* of the paper: 58 or 80 */
    char kiosk[HALL_CODE_SIZE]; /* name of the token whose tickets it prints; "" the others' */
    struct wire_option options[WIRE_OPTION_MAX];
    int option_count;
};

/* A checked document. Owns its memory. */
struct wire_config;

/* ERR_MALFORMED_BODY or ERR_INVALID_BODY with every finding (up to the bound) in `problem`, each
 * with its path: unknown members, types, ranges, references to codes that do not exist, duplicate
 * codes, overlapping series. */
MUST_USE enum err wire_config_create(const char *document, size_t length,
                                     struct wire_problem *problem, struct wire_config **ret_config);
void wire_config_destroy(struct wire_config *config);
const struct hall *wire_config_hall(const struct wire_config *config);
int wire_config_port_count(const struct wire_config *config);
const struct wire_port *wire_config_port(const struct wire_config *config, int index);
int wire_config_display_count(const struct wire_config *config);
const struct wire_display *wire_config_display(const struct wire_config *config, int index);
int wire_config_keypad_count(const struct wire_config *config);
const struct wire_keypad *wire_config_keypad(const struct wire_config *config, int index);
/* NULL: the configuration says nothing of it. */
const struct wire_button *wire_config_find_button(const struct wire_config *config,
                                                  const char *code);
int wire_config_printer_count(const struct wire_config *config);
const struct wire_printer *wire_config_printer(const struct wire_config *config, int index);
/* The document as text, keys in the order given, indented by two. */
void wire_config_print(struct buf *buf, const struct wire_config *config);
/* {"services":[{"code","card":{..}}]}: those that have a service card, as the document gives it. */
void wire_config_print_cards(struct buf *buf, const struct wire_config *config);
/* {"number","service","service_name","version","card"}: the service card of a stored document, which
 * need not pass today's checks; card is null where it has none. ERR_STORE_CORRUPT: it is not JSON. */
MUST_USE enum err wire_card_print(struct buf *buf, const char *document, size_t length,
                                  int64_t version, const char *number, const char *service);
/* {"changes":[{"path":"/services/2/quota_day","from":..,"to":..}]}, for a dry run. */
void wire_config_diff(struct buf *buf, const struct wire_config *from,
                      const struct wire_config *to);
/* What `config check` prints: per service and class the extra calls and minutes beyond first come
 * first served, then warnings. */
void wire_config_bounds(struct buf *buf, const struct wire_config *config);
/* The same for a page: {"rows":[{"service","class","windows","calls","typical_min","bad_day_min"}],
 * "text"}; `calls` is null without a bound, the minutes also without a window. */
void wire_config_print_bounds(struct buf *buf, const struct wire_config *config);

/* ---- signs ---- */

/* What the sign of a window without a number says: 空闲, 暂停服务, and of a pause as detail the
 * reason and, if `until_ms` is not 0, the time of return on the clock of the hall. The English
 * detail leaves out a reason that is not ASCII. */
void wire_sign_words(struct board_sign *sign, const char *reason, int64_t until_ms,
                     int32_t offset_s);
/* The lines of a welcome sign: the services that can be had now and are served in the zone (-1: the
 * hall), and how many wait for each. Returns how many. */
int wire_sign_welcome(const struct core *core, const struct core_now *now, int zone,
                      struct board_row rows[HALL_SERVICE_MAX]);
/* The notices in force, those of the slips aside, in their order; returns how many. The texts live
 * as long as the configuration. */
int wire_sign_notices(const struct wire_config *config, const struct core_now *now,
                      struct board_notice notices[BOARD_NOTICE_MAX]);

/* CONTENT.json of `hallcall led`. */
MUST_USE enum err wire_sign_parse(struct board_sign *sign, const char *text, size_t length,
                                  struct wire_problem *problem);

#endif
