/* wire_command: bodies of commands into struct cmd.
 *
 * One reader for each kind of body, found by a table. A reader takes the members it knows, through
 * the typed readers that note what is wrong; at the end any note means ERR_INVALID_BODY. Unknown
 * members are ignored: they can have no effect, and clients may be newer than this hall. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "wire_command_reading.h"

/* Places a visitor may let pass, and the calls after which a desk may put a ticket back: more would
 * be the end of the queue, for which there is "back". */
#define DEFER_PLACES_MAX 20
#define RESTORE_AFTER_MAX 99
/* The text of an identity: a card number, a phone number, or what a reader makes of them. */
#define ID_TOKEN_SIZE 128
/* Of a slip: the hall's address and a secret, or a number. */
#define SCAN_SIZE 256

/* Keeps a hash that only this hall can make, so that the log never holds a card number. */
static void read_identity(struct reading *reading)
{
    char text[ID_TOKEN_SIZE];
    if (!wire_read_text(&reading->body, "id_token", WIRE_OPTIONAL, text, sizeof text) ||
        text[0] == '\0') {
        return;
    }
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(reading->hall_key, DIGEST_SIZE, text, strlen(text), digest);
    memcpy(reading->cmd->identity, digest, sizeof reading->cmd->identity);
    reading->cmd->has_identity = true;
    explicit_bzero(text, sizeof text);
}

static void read_service_and_class(struct reading *reading, enum wire_need need)
{
    wire_read_code(&reading->body, "service", need, reading->cmd->service);
    wire_read_code(&reading->body, "class", WIRE_OPTIONAL, reading->cmd->cls);
}

static bool read_reference(struct reading *reading)
{
    return wire_read_text(&reading->body, "external_ref", WIRE_OPTIONAL, reading->cmd->external_ref,
                          sizeof reading->cmd->external_ref);
}

bool wire_reading_note(struct reading *reading, const char *name, enum wire_need need)
{
    return wire_read_text(&reading->body, name, need, reading->cmd->note,
                          sizeof reading->cmd->note);
}

static bool read_reason(struct reading *reading, enum wire_need need)
{
    return wire_read_text(&reading->body, "reason", need, reading->cmd->reason,
                          sizeof reading->cmd->reason);
}

static bool read_lang(struct reading *reading)
{
    char lang[TICKET_LANG_SIZE];
    if (!wire_read_text(&reading->body, "lang", WIRE_OPTIONAL, lang, sizeof lang)) {
        return false;
    }
    if (lang[strspn(lang, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] !=
        '\0') {
        wire_object_add(&reading->body, "lang", "must be a language tag like zh-CN");
        return false;
    }
    memcpy(reading->cmd->lang, lang, sizeof lang);
    return true;
}

static void read_channel(struct reading *reading)
{
    char channel[HALL_CODE_SIZE];
    if (!wire_read_code(&reading->body, "channel", WIRE_OPTIONAL, channel)) {
        return;
    }
    if (text_copy(reading->cmd->channel, sizeof reading->cmd->channel, channel)) {
        wire_object_add(&reading->body, "channel", "must be at most %d bytes long",
                        TICKET_CHANNEL_SIZE - 1);
    }
}

static bool read_window(struct reading *reading)
{
    return wire_read_int32(&reading->body, "window", WIRE_OPTIONAL, 1, HALL_WINDOW_NO_MAX,
                           &reading->cmd->target_window);
}

static bool read_clerk(struct reading *reading)
{
    return wire_read_text(&reading->body, "clerk", WIRE_OPTIONAL, reading->cmd->clerk,
                          sizeof reading->cmd->clerk);
}

static void read_issue(struct reading *reading)
{
    read_service_and_class(reading, WIRE_REQUIRED);
    read_lang(reading);
    read_channel(reading);
    read_identity(reading);
    read_reference(reading);
    wire_reading_note(reading, "note", WIRE_OPTIONAL);
}

static void read_book(struct reading *reading)
{
    read_service_and_class(reading, WIRE_REQUIRED);
    wire_read_time(&reading->body, "start", WIRE_REQUIRED, &reading->cmd->slot_ms);
    read_lang(reading);
    read_identity(reading);
    read_reference(reading);
}

/* {id_token|code}; the code of a booking is its ticket's id or its number. */
static void read_check_in(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    char code[TICKET_ID_SIZE];
    read_identity(reading);
    if (wire_read_text(&reading->body, "code", WIRE_OPTIONAL, code, sizeof code)) {
        if (text_copy(cmd->number, sizeof cmd->number, code)) {
            memcpy(cmd->ticket_id, code, sizeof code);
        }
    }
    bool named =
        cmd->ticket_id[0] != '\0' || cmd->number[0] != '\0' || cmd->has_identity || cmd->has_token;
    if (!named && reading->body.problem->error_count == 0) {
        wire_object_add(&reading->body, "code", "code or id_token is required");
    }
}

bool wire_reading_is_code(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
    return text[length] == '\0' && length > 0 && length < HALL_CODE_SIZE;
}

static void read_services(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    const json_t *list;
    if (!wire_read_array(&reading->body, "services", WIRE_OPTIONAL, HALL_WINDOW_SERVICE_MAX,
                         &list)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));
        if (code == NULL || !wire_reading_is_code(code)) {
            wire_object_add(&reading->body, "services", "item %zu must be the code of a service",
                            i);
            return;
        }
        text_copy_cut(cmd->services[i], sizeof cmd->services[i], code);
    }
    cmd->service_count = (int)json_array_size(list);
}

static void read_next(struct reading *reading)
{
    read_services(reading);
}

static void read_call(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    int before = reading->body.problem->error_count;
    bool by_id = wire_read_text(&reading->body, "ticket", WIRE_OPTIONAL, cmd->ticket_id,
                                sizeof cmd->ticket_id);
    bool by_number =
        wire_read_text(&reading->body, "number", WIRE_OPTIONAL, cmd->number, sizeof cmd->number);
    if (by_id && by_number) {
        wire_object_add(&reading->body, "number", "give ticket or number, not both");
    } else if (!by_id && !by_number && reading->body.problem->error_count == before) {
        wire_object_add(&reading->body, "ticket", "ticket or number is required");
    }
    read_reason(reading, WIRE_REQUIRED);
}

static void read_finish(struct reading *reading)
{
    reading->cmd->on = true;
    wire_read_code(&reading->body, "outcome_code", WIRE_OPTIONAL, reading->cmd->outcome);
    read_reference(reading);
    wire_read_bool(&reading->body, "request_rating", WIRE_OPTIONAL, &reading->cmd->on);
}

/* "after:n" into n; -1 when it is not of that form. */
static int32_t parse_after(const char *text)
{
    static const char prefix[] = "after:";
    if (strncmp(text, prefix, sizeof prefix - 1) != 0) {
        return -1;
    }
    const char *digits = text + sizeof prefix - 1;
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 2 || digits[length] != '\0') {
        return -1;
    }
    return (int32_t)strtol(digits, NULL, 10);
}
_Static_assert(RESTORE_AFTER_MAX == 99, "two digits are read");

static void read_restore(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    char text[16];
    if (!wire_read_text(&reading->body, "position", WIRE_OPTIONAL, text, sizeof text)) {
        return;
    }
    cmd->has_position = true;
    cmd->after = parse_after(text);
    if (cmd->after >= 0) {
        cmd->position = EVENT_POSITION_KEEP_TIME;
    } else if (strcmp(text, "front") == 0) {
        cmd->position = EVENT_POSITION_FRONT;
    } else if (strcmp(text, "back") == 0) {
        cmd->position = EVENT_POSITION_BACK;
    } else {
        wire_object_add(&reading->body, "position", "must be front, back or after:n with n to %d",
                        RESTORE_AFTER_MAX);
    }
}

static void read_reason_and_until(struct reading *reading)
{
    read_reason(reading, WIRE_REQUIRED);
    wire_read_time(&reading->body, "until", WIRE_OPTIONAL, &reading->cmd->until_ms);
}

static void read_divert(struct reading *reading)
{
    wire_read_code(&reading->body, "to", WIRE_REQUIRED, reading->cmd->subject);
}

static void read_resume(struct reading *reading)
{
    read_window(reading);
}

static void read_transfer(struct reading *reading)
{
    static const char *const words[] = {"keep_time", "front", "back"};
    struct cmd *cmd = reading->cmd;
    int before = reading->body.problem->error_count;
    bool service = wire_read_code(&reading->body, "service", WIRE_OPTIONAL, cmd->service);
    bool window = read_window(reading);
    bool clerk = read_clerk(reading);
    if (!service && !window && !clerk && reading->body.problem->error_count == before) {
        wire_object_add(&reading->body, "service", "service, window or clerk is required");
    }
    int position;
    if (wire_read_word(&reading->body, "position", WIRE_OPTIONAL, words, 3, &position)) {
        cmd->position = (enum event_position)position;
        cmd->has_position = true;
    }
    wire_reading_note(reading, "note", WIRE_OPTIONAL);
}
_Static_assert(EVENT_POSITION_KEEP_TIME == 0 && EVENT_POSITION_FRONT == 1 &&
                   EVENT_POSITION_BACK == 2,
               "the words stand in the order of the enum");

/* A note or a reference is emptied by null. */
static bool is_null(const struct reading *reading, const char *name)
{
    return json_is_null(json_object_get(reading->body.json, name));
}

static void read_urgent(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    struct wire_object urgent;
    if (!wire_read_object(&reading->body, "urgent", WIRE_OPTIONAL, &urgent)) {
        return;
    }
    cmd->changed |= EVENT_CHANGED_URGENT;
    cmd->on = true;
    enum wire_need need = cmd->reason[0] != '\0' ? WIRE_OPTIONAL : WIRE_REQUIRED;
    wire_read_text(&urgent, "reason", need, cmd->reason, sizeof cmd->reason);
    wire_read_text(&urgent, "approver", WIRE_OPTIONAL, cmd->approver, sizeof cmd->approver);
}

static void read_amend_details(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    bool inaccurate;
    if (wire_reading_note(reading, "note", WIRE_OPTIONAL) || is_null(reading, "note")) {
        cmd->changed |= EVENT_CHANGED_NOTE;
    }
    if (read_reference(reading) || is_null(reading, "external_ref")) {
        cmd->changed |= EVENT_CHANGED_REF;
    }
    if (read_lang(reading)) {
        cmd->changed |= EVENT_CHANGED_LANG;
    }
    if (wire_read_bool(&reading->body, "time_inaccurate", WIRE_OPTIONAL, &inaccurate)) {
        if ((cmd->changed & EVENT_CHANGED_URGENT) != 0) {
            wire_object_add(&reading->body, "time_inaccurate", "cannot go together with urgent");
        }
        cmd->changed |= EVENT_CHANGED_INACCURATE;
        cmd->on = inaccurate;
    }
}

static void read_amend(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    cmd->changed = 0;
    if (wire_read_code(&reading->body, "class", WIRE_OPTIONAL, cmd->cls)) {
        cmd->changed |= EVENT_CHANGED_CLASS;
    }
    if (wire_read_code(&reading->body, "service", WIRE_OPTIONAL, cmd->service)) {
        cmd->changed |= EVENT_CHANGED_SERVICE;
    }
    if (read_window(reading) || is_null(reading, "window")) {
        cmd->changed |= EVENT_CHANGED_WINDOW;
    }
    bool ranked = cmd->changed != 0;
    read_reason(reading, ranked ? WIRE_REQUIRED : WIRE_OPTIONAL);
    read_urgent(reading);
    read_amend_details(reading);
    if (cmd->changed == 0 && reading->body.problem->error_count == 0) {
        wire_object_add(&reading->body, NULL, "nothing to change is given");
    }
}

static void read_optional_reason(struct reading *reading)
{
    read_reason(reading, WIRE_OPTIONAL);
}

static void read_required_reason(struct reading *reading)
{
    read_reason(reading, WIRE_REQUIRED);
}

static void read_print_result(struct reading *reading)
{
    wire_read_bool(&reading->body, "ok", WIRE_REQUIRED, &reading->cmd->on);
    read_reason(reading, WIRE_OPTIONAL);
}

static void read_reprint(struct reading *reading)
{
    (void)wire_read_code(&reading->body, "printer", WIRE_OPTIONAL, reading->cmd->subject);
}

static void read_defer(struct reading *reading)
{
    wire_read_int32(&reading->body, "places", WIRE_REQUIRED, 1, DEFER_PLACES_MAX,
                    &reading->cmd->after);
}

static void read_rate(struct reading *reading)
{
    wire_read_int32(&reading->body, "level", WIRE_REQUIRED, 1, 5, &reading->cmd->level);
    (void)wire_read_codes(&reading->body, "reasons", HALL_RATING_REASON_MAX, reading->cmd->reason,
                          sizeof reading->cmd->reason);
    wire_reading_note(reading, "comment", WIRE_OPTIONAL);
}

/* What a scanner types: the address of the visitor's page, which ends with the ticket's secret, or
 * the number alone. Anything else is a slip of somebody else. */
static void read_check(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    char scan[SCAN_SIZE];
    if (!wire_read_text(&reading->body, "scan", WIRE_REQUIRED, scan, sizeof scan)) {
        return;
    }
    const char *slash = strrchr(scan, '/');
    const char *last = slash != NULL ? slash + 1 : scan;
    if (strlen(last) == TICKET_TOKEN_TEXT - 1 &&
        digest_unhex(last, cmd->token, sizeof cmd->token) == ERR_NONE) {
        cmd->has_token = true;
        return;
    }
    for (size_t i = 0; i + 1 < sizeof cmd->number && last[i] != '\0'; i++) {
        bool small = last[i] >= 'a' && last[i] <= 'z';
        cmd->number[i] = small ? (char)(last[i] - 'a' + 'A') : last[i];
    }
}

static void read_another(struct reading *reading)
{
    wire_read_code(&reading->body, "service", WIRE_REQUIRED, reading->cmd->service);
    wire_read_code(&reading->body, "outcome_code", WIRE_OPTIONAL, reading->cmd->outcome);
    wire_reading_note(reading, "note", WIRE_OPTIONAL);
}

static void read_on(struct reading *reading)
{
    wire_read_bool(&reading->body, "on", WIRE_REQUIRED, &reading->cmd->on);
}

static void read_walk_in(struct reading *reading)
{
    read_service_and_class(reading, WIRE_REQUIRED);
}

/* {clerk?, profile? | services?, reason?}: an empty list would be a window that can do nothing. */
static void read_open(struct reading *reading)
{
    read_clerk(reading);
    bool profile = wire_read_code(&reading->body, "profile", WIRE_OPTIONAL, reading->cmd->subject);
    read_services(reading);
    const json_t *list = json_object_get(reading->body.json, "services");
    if (json_is_array(list) && json_array_size(list) == 0) {
        wire_object_add(&reading->body, "services", "must name at least one service");
    } else if (profile && json_is_array(list)) {
        wire_object_add(&reading->body, "services", "give profile or services, not both");
    }
    read_reason(reading, WIRE_OPTIONAL);
}

static void read_attend(struct reading *reading)
{
    wire_reading_note(reading, "note", WIRE_OPTIONAL);
}

static void read_clerk_only(struct reading *reading)
{
    read_clerk(reading);
}

static void read_close(struct reading *reading)
{
    static const char *const words[] = {"finish", "return"};
    int word;
    if (wire_read_word(&reading->body, "current", WIRE_OPTIONAL, words, 2, &word)) {
        reading->cmd->current = word == 0 ? CMD_CURRENT_FINISH : CMD_CURRENT_RETURN;
    }
}

/* What the lobby does with a ticket or a window it may say why: a reason of its own beside what
 * the reader takes. */
static const bool may_say_why[CMD_KIND_COUNT] = {
    [CMD_RESTORE] = true,  [CMD_ABANDON] = true,      [CMD_RESUME] = true,
    [CMD_TRANSFER] = true, [CMD_REPRINT] = true,      [CMD_DEFER] = true,
    [CMD_ATTEND] = true,   [CMD_WINDOW_CLOSE] = true, [CMD_WINDOW_RESUME] = true,
    [CMD_ASSIST] = true,
};

/* Kinds without an entry take no members. */
static void (*const readers[CMD_KIND_COUNT])(struct reading *reading) = {
    [CMD_ISSUE] = read_issue,
    [CMD_BOOK] = read_book,
    [CMD_CHECK_IN] = read_check_in,
    [CMD_NEXT] = read_next,
    [CMD_CALL] = read_call,
    [CMD_FINISH] = read_finish,
    [CMD_RESTORE] = read_restore,
    [CMD_HOLD] = read_reason_and_until,
    [CMD_RESUME] = read_resume,
    [CMD_TRANSFER] = read_transfer,
    [CMD_AMEND] = read_amend,
    [CMD_CANCEL] = read_optional_reason,
    [CMD_VOID] = read_required_reason,
    [CMD_REPRINT] = read_reprint,
    [CMD_PRINT_RESULT] = read_print_result,
    [CMD_ANNOUNCE] = wire_reading_announce,
    [CMD_ANNOUNCE_STATE] = wire_reading_announce_state,
    [CMD_DEFER] = read_defer,
    [CMD_RATE] = read_rate,
    [CMD_CHECK] = read_check,
    [CMD_ANOTHER] = read_another,
    [CMD_ATTEND] = read_attend,
    [CMD_AUTO_NEXT] = read_on,
    [CMD_WALK_IN] = read_walk_in,
    [CMD_WINDOW_OPEN] = read_open,
    [CMD_WINDOW_CLOSE] = read_close,
    [CMD_WINDOW_PAUSE] = read_reason_and_until,
    [CMD_WINDOW_TAKE_OVER] = read_clerk_only,
    [CMD_ASSIST] = read_on,
    [CMD_HELP] = read_on,
    [CMD_DIVERT] = read_divert,
    [CMD_SUSPEND_SERVICE] = read_required_reason,
    [CMD_RESUME_SERVICE] = read_optional_reason,
};

/* Verbs of POST /tickets/{id}/..., /windows/{no}/... and /services/{code}/... */
static const char *const verbs[CMD_KIND_COUNT] = {
    [CMD_CHECK_IN] = "check-in",
    [CMD_NEXT] = "next",
    [CMD_CALL] = "call",
    [CMD_RECALL] = "recall",
    [CMD_START] = "start",
    [CMD_FINISH] = "finish",
    [CMD_NO_SHOW] = "no-show",
    [CMD_RESTORE] = "restore",
    [CMD_ABANDON] = "abandon",
    [CMD_HOLD] = "hold",
    [CMD_RESUME] = "resume",
    [CMD_TRANSFER] = "transfer",
    [CMD_RETURN] = "return",
    [CMD_CANCEL] = "cancel",
    [CMD_VOID] = "void",
    [CMD_REPRINT] = "reprint",
    [CMD_PRINT_RESULT] = "print-result",
    [CMD_UNDO] = "undo",
    [CMD_DEFER] = "defer",
    [CMD_RATE] = "rating",
    [CMD_INVITE] = "invite",
    [CMD_CHECK] = "check",
    [CMD_ANOTHER] = "another",
    [CMD_ATTEND] = "attended",
    [CMD_AUTO_NEXT] = "auto-next",
    [CMD_WALK_IN] = "walk-in",
    [CMD_WINDOW_OPEN] = "open",
    [CMD_WINDOW_CLOSE] = "close",
    [CMD_WINDOW_PAUSE] = "pause",
    [CMD_WINDOW_RESUME] = "resume",
    [CMD_WINDOW_TAKE_OVER] = "take-over",
    [CMD_ASSIST] = "assist",
    [CMD_HELP] = "help",
    [CMD_DIVERT] = "divert",
    [CMD_SUSPEND_SERVICE] = "suspend",
    [CMD_RESUME_SERVICE] = "resume",
    [CMD_DAY_OPEN] = "open",
    [CMD_DAY_CLOSE] = "close",
};

const char *wire_command_verb(enum cmd_kind kind)
{
    return kind < CMD_KIND_COUNT ? verbs[kind] : NULL;
}

static bool is_empty(const char *body, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (memchr(" \t\r\n", body[i], 4) == NULL) {
            return false;
        }
    }
    return true;
}

enum err wire_command_parse(struct cmd *cmd, const char *body, size_t length,
                            const uint8_t *hall_key, struct wire_problem *problem)
{
    assert(cmd->kind < CMD_KIND_COUNT);
    json_t *root;
    bool empty = is_empty(body, length);
    struct reading reading = {.cmd = cmd, .hall_key = hall_key};
    enum err err =
        wire_body_begin(empty ? "{}" : body, empty ? 2 : length, problem, &root, &reading.body);
    if (err) {
        return err;
    }
    if (readers[cmd->kind] != NULL) {
        readers[cmd->kind](&reading);
    }
    if (may_say_why[cmd->kind]) {
        read_optional_reason(&reading);
    }
    return wire_body_end(problem, root);
}
