/* wire_internal: what the files of this folder share: safe parsing, typed member readers, and the
 * writer.
 *
 * Reading goes through jansson, after a scan that bounds what jansson may recurse into. Writing
 * never builds a jansson tree: answers and events are printed straight into a struct buf
 * (wire_json_write.c says why). */
#ifndef WIRE_INTERNAL_H
#define WIRE_INTERNAL_H

#include <jansson.h>

#include "wire.h"

/* ---- parsing (wire_json.c) ---- */

#define WIRE_POINTER_SIZE 96

/* Parses the whole text into one JSON object; the caller json_decref()s it. Refused with
 * ERR_MALFORMED_BODY and one line in `problem`: syntax, nesting over WIRE_DEPTH_MAX, more than
 * WIRE_MEMBER_MAX members of one object, duplicate names, bad UTF-8, anything after the object.
 * ERR_INVALID_BODY: not an object. */
MUST_USE enum err wire_json_parse(const char *text, size_t length, struct wire_problem *problem,
                                  json_t **ret_root);

/* An object being read, with its place in the document for the findings. Everything borrowed. */
struct wire_object {
    const json_t *json;
    struct wire_problem *problem;
    char pointer[WIRE_POINTER_SIZE]; /* "" for the root, "/services/2" */
};

/* A body begins with an empty problem and its root as `object`; the end lets go of the root and
 * says ERR_INVALID_BODY where something was found. No end after a begin that failed. */
MUST_USE enum err wire_body_begin(const char *body, size_t length, struct wire_problem *problem,
                                  json_t **ret_root, struct wire_object *ret_object);
MUST_USE enum err wire_body_end(struct wire_problem *problem, json_t *root);

enum wire_need { WIRE_OPTIONAL, WIRE_REQUIRED };

void wire_object_init(struct wire_object *object, const json_t *json, struct wire_problem *problem);
/* Adds a finding at the member `name` of `object` (NULL: at the object itself). `name` is escaped.
 */
void wire_object_add(const struct wire_object *object, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The readers. True when the member is there and good: then *ret is written; else *ret stays as it
 * was, and a finding was added if it is required and missing, or of the wrong type, length, range
 * or wording. A null counts as missing. */

/* "." and "..": in a path they name no element, so nobody could reach what is called so. */
bool wire_is_dots(const char *text);
/* Text of at most size - 1 bytes, without control characters; not empty when required. */
bool wire_read_text(const struct wire_object *object, const char *name, enum wire_need need,
                    char *ret_text, size_t size);
/* The same, only [a-z0-9_.-] and not dots alone; HALL_CODE_SIZE bytes. */
bool wire_read_code(const struct wire_object *object, const char *name, enum wire_need need,
                    char *ret_code);
/* An optional list of such codes, into one text with commas between them. */
bool wire_read_codes(const struct wire_object *object, const char *name, size_t max, char *ret_text,
                     size_t size);
/* Members: the hall's reasons for a bad rating, their version, up to which level they are asked. */
void wire_put_rating_offer(struct buf *buf, const struct hall *hall);
bool wire_read_int(const struct wire_object *object, const char *name, enum wire_need need,
                   int64_t min, int64_t max, int64_t *ret_value);
bool wire_read_int32(const struct wire_object *object, const char *name, enum wire_need need,
                     int32_t min, int32_t max, int32_t *ret_value);
bool wire_read_real(const struct wire_object *object, const char *name, enum wire_need need,
                    double min, double max, double *ret_value);
bool wire_read_bool(const struct wire_object *object, const char *name, enum wire_need need,
                    bool *ret_value);
/* One of `count` words; *ret_index is its position. */
bool wire_read_word(const struct wire_object *object, const char *name, enum wire_need need,
                    const char *const *words, int count, int *ret_index);
/* RFC 3339 text as hall time. */
bool wire_read_time(const struct wire_object *object, const char *name, enum wire_need need,
                    int64_t *ret_ms);
/* A member that is an object or an array (of at most `max` items). */
bool wire_read_object(const struct wire_object *object, const char *name, enum wire_need need,
                      struct wire_object *ret_object);
bool wire_read_array(const struct wire_object *object, const char *name, enum wire_need need,
                     size_t max, const json_t **ret_array);
/* Item `index` of the array `name` of `object`, which must be an object; else a finding and false.
 */
bool wire_read_item(const struct wire_object *object, const char *name, const json_t *array,
                    size_t index, struct wire_object *ret_item);

/* ---- writing (wire_json_write.c) ----
 *
 * `key` NULL: an array item or the root. Commas are set by looking at the byte before, so nothing
 * is to be remembered between calls. */

void wire_put_key(struct buf *buf, const char *key);
void wire_open_object(struct buf *buf, const char *key);
void wire_close_object(struct buf *buf);
void wire_open_array(struct buf *buf, const char *key);
void wire_close_array(struct buf *buf);
void wire_put_text(struct buf *buf, const char *key, const char *text);
/* Empty text is printed as null. */
void wire_put_text_or_null(struct buf *buf, const char *key, const char *text);
void wire_put_int(struct buf *buf, const char *key, int64_t value);
/* Nine significant digits; or so many decimal places, and never a minus before zero. */
void wire_put_real(struct buf *buf, const char *key, double value);
void wire_put_decimal(struct buf *buf, const char *key, double value, int places);
void wire_put_bool(struct buf *buf, const char *key, bool value);
void wire_put_null(struct buf *buf, const char *key);
/* RFC 3339 in the hall's time zone; 0 is printed as null. */
void wire_put_time(struct buf *buf, const char *key, int64_t at_ms);
/* "YYYY-MM-DD". */
void wire_put_day(struct buf *buf, const char *key, int32_t day);
void wire_put_hex(struct buf *buf, const char *key, const uint8_t *bytes, size_t length);
/* {"zh-CN":…,"en":…} */
void wire_put_names(struct buf *buf, const char *key, const struct hall_text *text);

/* ---- the reader of the log (wire_cursor.c) ---- */

struct wire_cursor {
    const char *at; /* borrowed */
    const char *end;
    bool bad;
};
void wire_cursor_init(struct wire_cursor *cursor, const char *text, size_t length);
/* Takes the byte if it comes next. */
bool wire_cursor_try(struct wire_cursor *cursor, char c);
/* The byte must come next. */
void wire_cursor_take(struct wire_cursor *cursor, char c);
/* Is there another item before `close`? Takes the comma, or `close` itself. `first` starts as true.
 */
bool wire_cursor_next(struct wire_cursor *cursor, char close, bool *first);
/* A text of at most size - 1 bytes; *ret_text is complete only if the cursor is not bad afterwards.
 */
void wire_cursor_text(struct wire_cursor *cursor, char *ret_text, size_t size);
/* A whole number in that range, without fraction or exponent. */
int64_t wire_cursor_int(struct wire_cursor *cursor, int64_t min, int64_t max);
bool wire_cursor_at_end(struct wire_cursor *cursor);

/* ---- events (wire_event.c) and explanations (wire_why.c, wire_passed.c) ---- */

enum wire_form {
    WIRE_FORM_LOG,   /* all that wire_event_read() needs */
    WIRE_FORM_STAFF, /* times readable; no token, no identity */
    WIRE_FORM_PUBLIC /* only what may stand on a display */
};
/* The members of the event, without braces. */
void wire_event_put_members(struct buf *buf, const struct event *event, enum wire_form form);
/* The policies in the configuration's words, by enum hall_rule. */
#define WIRE_POLICY_COUNT 5
extern const char *const wire_policy_words[WIRE_POLICY_COUNT];
/* {"rule",…,"text","text_en"}; `number` is the called ticket's; null when there was no choice. */
void wire_put_why(struct buf *buf, const char *key, const char *number,
                  const struct event_why *why);
/* The same members, without braces. */
void wire_put_why_members(struct buf *buf, const char *number, const struct event_why *why);
/* The longest sentence has two names, two numbers and some amounts. */
#define WIRE_SENTENCE_MAX 2048
/* Why the called ticket was called, as one sentence; nothing when there was no choice. */
void wire_put_call_sentence(struct buf *text, const char *number, const struct event_why *why,
                            bool zh);
/* What a guard demanded of that call; without its full stop. */
void wire_put_guard_sentence(struct buf *text, const struct event_why *why, bool zh);
/* Points of a score and minutes of a time are told in these units. */
#define WIRE_POINT INT64_C(60000000)
#define WIRE_MINUTE_MS INT64_C(60000)
#define WIRE_AMOUNT_SIZE 48
/* value / unit with one decimal (`scale` 10) or three (1000), rounded half away from zero. */
void wire_format_amount(int64_t value, int64_t unit, int64_t scale, char text[WIRE_AMOUNT_SIZE]);

/* ---- parts of answers and views (wire_ticket.c, wire_view.c) ---- */

/* {"p50_s":…,"p90_s":…}, null when unknown (-1). */
void wire_put_eta(struct buf *buf, const char *key, const struct eta *eta);
/* A number, null when negative. */
/* "devices":[...] (wire_device.c) */
void wire_view_put_devices(struct buf *buf, const struct wire_view *view);
void wire_put_count(struct buf *buf, const char *key, int64_t value);
/* Window number, null when 0. */
/* Can somebody of this service be called into the zone? -1: the hall, yes. */
bool wire_zone_serves(const struct hall *hall, int zone, int service);
void wire_put_window_no(struct buf *buf, const char *key, int32_t no);
/* ["clerk","lobby"] (wire_user.c) */
void wire_put_roles(struct buf *buf, const char *key, uint32_t roles);
/* "/t/<token>" */
void wire_put_public_url(struct buf *buf, const char *key, const uint8_t *token);
/* "slip": {"lines", "qr"} of a fresh ticket (wire_slip.c). */
void wire_put_slip(struct buf *buf, const struct ticket *ticket, const struct wire_config *config);
/* The notices of category "slip" in force at `now` as lines; returns how many. */
int wire_config_slip_notices(const struct wire_config *config, const struct core_now *now,
                             struct wire_slip_line *lines, int max);
/* The names of a service, also a retired one; of the code itself when it is unknown. */
struct hall_text wire_service_names(const struct hall *hall, const char *code);
/* closed, open, calling, serving, paused. */
const char *wire_window_state_text(enum core_window_state state);
/* The view's first members: seq and now. */
void wire_view_put_head(struct buf *buf, const struct wire_view *view);
/* Members `services`, `own_services`, `classes`, `windows`, `reasons` for the window at that
 * position. */
void wire_view_put_choices(struct buf *buf, const struct wire_view *view, int window);
/* Is there anything on that service's card? (wire_card.c) */
bool wire_config_has_card(const struct wire_config *config, const char *service);
/* What a clerk is offered as reasons (wire_config_reasons.c). */
void wire_config_put_reasons(struct buf *buf, const struct wire_config *config);
/* "classes": [{"code","name"}] */
void wire_view_put_classes(struct buf *buf, const struct hall *hall);

#endif
