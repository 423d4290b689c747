/* wire_pairing: what an administrator, a device that wants in, and a device that is in send, and
 * what they are told. */
#include <string.h>

#include "wire_internal.h"
#include "wire_pairing.h"

/* Errors in a device's report that are looked at. */
#define ERROR_MAX 16
/* A code as people type it, with spaces and dashes. */
#define TYPED_SIZE 32

/* Without 0 O, 1 I L. */
const char wire_code_alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
_Static_assert(sizeof wire_code_alphabet == WIRE_CODE_LETTERS + 1, "as the header says");

/* Bytes from here on would make the first letters of the alphabet likelier. */
#define BYTE_END (256 / WIRE_CODE_LETTERS * WIRE_CODE_LETTERS)

void wire_code_make(char code[WIRE_CODE_LENGTH + 1])
{
    int length = 0;
    /* One byte in thirty is thrown away. */
    while (length < WIRE_CODE_LENGTH) {
        uint8_t byte;
        digest_random(&byte, 1);
        if (byte < BYTE_END) {
            code[length++] = wire_code_alphabet[byte % WIRE_CODE_LETTERS];
        }
    }
    code[length] = '\0';
}

void wire_code_hash(const uint8_t hall_key[DIGEST_SIZE], const char *code,
                    uint8_t ret_hash[DIGEST_SIZE])
{
    digest_sha256(hall_key, DIGEST_SIZE, code, strlen(code), ret_hash);
}

enum err wire_pairing_parse(struct identity *identity, const char *body, size_t length,
                            struct wire_problem *problem)
{
    static const char *const roles[] = {"kiosk", "display", "rating", "button"};
    json_t *root;
    struct wire_object object;
    *identity = (struct identity){.kind = IDENTITY_TOKEN};
    enum err err = wire_body_begin(body, length, problem, &root, &object);
    if (err) {
        return err;
    }
    int role = 0;
    char name[HALL_CODE_SIZE] = "";
    if (wire_read_word(&object, "role", WIRE_REQUIRED, roles, 4, &role)) {
        identity->roles = identity_role_parse(roles[role]);
    }
    (void)wire_read_code(&object, "name", WIRE_REQUIRED, name);
    text_copy_cut(identity->name, sizeof identity->name, name);
    bool needed = (identity->roles & (ROLE_RATING | ROLE_BUTTON)) != 0;
    (void)wire_read_int32(&object, "window", needed ? WIRE_REQUIRED : WIRE_OPTIONAL, 1,
                          HALL_WINDOW_NO_MAX, &identity->window);
    return wire_body_end(problem, root);
}

/* ERR_NOT_FOUND when it cannot be one. */
static enum err read_code(const char *typed, char ret_code[WIRE_CODE_LENGTH + 1])
{
    size_t length = 0;
    for (const char *s = typed; *s != '\0'; s++) {
        char c = *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s;
        if (c == ' ' || c == '-') {
            continue;
        }
        if (length == WIRE_CODE_LENGTH || strchr(wire_code_alphabet, c) == NULL) {
            return ERR_NOT_FOUND;
        }
        ret_code[length++] = c;
    }
    ret_code[length] = '\0';
    return length == WIRE_CODE_LENGTH ? ERR_NONE : ERR_NOT_FOUND;
}

enum err wire_enroll_parse(char ret_code[WIRE_CODE_LENGTH + 1], const char *body, size_t length,
                           struct wire_problem *problem)
{
    json_t *root;
    struct wire_object object;
    char typed[TYPED_SIZE] = "";
    ret_code[0] = '\0';
    enum err err = wire_body_begin(body, length, problem, &root, &object);
    if (err) {
        return err;
    }
    if (wire_read_text(&object, "code", WIRE_REQUIRED, typed, sizeof typed) &&
        read_code(typed, ret_code) != ERR_NONE) {
        ret_code[0] = '\0';
    }
    return wire_body_end(problem, root);
}

enum err wire_status_parse(struct wire_status *status, const char *body, size_t length,
                           struct wire_problem *problem)
{
    static const char *const papers[] = {"ok", "low", "out"};
    json_t *root;
    struct wire_object object;
    *status = (struct wire_status){0};
    enum err err = wire_body_begin(body, length, problem, &root, &object);
    if (err) {
        return err;
    }
    int paper = 0;
    const json_t *errors = NULL;
    if (wire_read_word(&object, "paper", WIRE_OPTIONAL, papers, 3, &paper)) {
        status->paper = (enum wire_paper)(WIRE_PAPER_OK + paper);
    }
    if (wire_read_array(&object, "errors", WIRE_OPTIONAL, ERROR_MAX, &errors) &&
        json_array_size(errors) > 0) {
        const char *text = json_string_value(json_array_get(errors, 0));
        if (text == NULL || !text_is_plain(text)) {
            wire_object_add(&object, "errors", "must be a list of texts, without controls");
        } else {
            text_copy_cut(status->error, sizeof status->error, text);
        }
    }
    (void)wire_read_text(&object, "version", WIRE_OPTIONAL, status->version,
                         sizeof status->version);
    (void)wire_read_text(&object, "screen", WIRE_OPTIONAL, status->screen, sizeof status->screen);
    return wire_body_end(problem, root);
}

/* A device has one role; a program's token may have several, of which the first is told. */
static const char *role_of(const struct identity *identity)
{
    return identity_role_text(identity->roles & (~identity->roles + 1));
}

void wire_paired_print(struct buf *buf, const struct wire_paired *paired)
{
    static const char *const papers[] = {"", "ok", "low", "out"};
    wire_open_object(buf, NULL);
    wire_put_text(buf, "id", paired->identity.name);
    wire_put_text(buf, "name", paired->identity.name);
    wire_put_text_or_null(buf, "role",
                          paired->identity.roles == 0 ? "" : role_of(&paired->identity));
    wire_put_window_no(buf, "window", paired->identity.window);
    wire_put_text(buf, "state", paired->state);
    wire_put_time(buf, "paired_at", paired->made_ms);
    wire_put_time(buf, "last_seen_at", paired->seen_ms);
    wire_put_time(buf, "expires_at", paired->expires_ms);
    wire_put_text_or_null(buf, "paper", papers[paired->status.paper]);
    wire_put_text_or_null(buf, "error", paired->status.error);
    wire_put_text_or_null(buf, "version", paired->status.version);
    wire_put_text_or_null(buf, "screen", paired->status.screen);
    wire_close_object(buf);
}

void wire_enrolled_print(struct buf *buf, const struct identity *identity, const char *token)
{
    wire_open_object(buf, NULL);
    wire_put_text(buf, "device_id", identity->name);
    wire_put_text(buf, "token", token);
    wire_put_text(buf, "role", role_of(identity));
    wire_put_window_no(buf, "window", identity->window);
    wire_close_object(buf);
}

void wire_pairing_print(struct buf *buf, const struct identity *identity, const char *code,
                        int64_t expires_ms)
{
    wire_open_object(buf, NULL);
    wire_put_text(buf, "id", identity->name);
    wire_put_text(buf, "code", code);
    wire_put_text(buf, "role", role_of(identity));
    wire_put_window_no(buf, "window", identity->window);
    wire_put_time(buf, "expires_at", expires_ms);
    wire_close_object(buf);
}
