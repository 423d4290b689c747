/* http_button: call buttons that speak HTTP: one press, one answer of a word and a light.
 *
 * A button knows no tickets. Its token's name is its id and the token's window is where it works.
 * Presses carry a counter: the same counter, or a second press within the bounce of a finger, gets
 * the first answer again. `next` is one command; the others ask the engine first who is at the
 * window. The body is a flat object of a few members, which is read here by hand: a button's JSON
 * has no nesting, and what has is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http_internal.h"

#define BOUNCE_MS 1500
#define MEMBER_MAX 16 /* a press has three */

struct press {
    char key[16];
    char kind[16];
    int64_t n;
};

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* A string without escapes; cut to what we could know. NULL: it is none. */
static const char *take_string(const char *at, char *dst, size_t size)
{
    size_t length = *at == '"' ? strcspn(at + 1, "\"\\") : 0;

    if (*at != '"' || at[1 + length] != '"') {
        return NULL;
    }
    size_t part = length < size ? length : size - 1;
    memcpy(dst, at + 1, part);
    dst[part] = 0;
    return at + length + 2;
}

static const char *take_value(const char *at, const char *name, struct press *press)
{
    char text[32];
    size_t length = strspn(at, "-+.0123456789eEtrufalsn");

    if (*at == '"') {
        at = take_string(at, text, sizeof(text));
        if (at && strcmp(name, "key") == 0) {
            text_copy_cut(press->key, sizeof(press->key), text);
        } else if (at && strcmp(name, "press") == 0) {
            text_copy_cut(press->kind, sizeof(press->kind), text);
        }
        return at;
    }
    if (length == 0 || length >= sizeof(text)) {
        return NULL;
    }
    if (strcmp(name, "n") == 0) {
        if (strspn(at, "0123456789") != length || length > 15) {
            return NULL;
        }
        press->n = strtoll(at, NULL, 10);
    }
    return at + length;
}

/* {"key":"next","press":"short","n":17} */
static enum err press_parse(const char *text, struct press *press)
{
    char name[32];
    const char *at = skip_space(text);

    *press = (struct press){.n = -1};
    if (*at++ != '{') {
        return ERR_MALFORMED_BODY;
    }
    if (*skip_space(at) == '}') {
        return skip_space(at)[1] == 0 ? ERR_NONE : ERR_MALFORMED_BODY;
    }
    for (int i = 0; i < MEMBER_MAX; i++) {
        at = take_string(skip_space(at), name, sizeof(name));
        at = at ? skip_space(at) : NULL;
        if (!at || *at != ':') {
            return ERR_MALFORMED_BODY;
        }
        at = take_value(skip_space(at + 1), name, press);
        at = at ? skip_space(at) : NULL;
        if (!at || (*at != ',' && *at != '}')) {
            return ERR_MALFORMED_BODY;
        }
        if (*at++ == '}') {
            return *skip_space(at) == 0 ? ERR_NONE : ERR_MALFORMED_BODY;
        }
    }
    return ERR_MALFORMED_BODY;
}

/* The record of a button, or the one that was quiet for longest. */
static struct http_button *button_find(struct http *http, const char *name)
{
    struct http_button *oldest = &http->buttons[0];

    for (int i = 0; i < HTTP_BUTTON_MAX; i++) {
        struct http_button *button = &http->buttons[i];
        if (strcmp(button->name, name) == 0) {
            return button;
        }
        oldest = button->at_ms < oldest->at_ms ? button : oldest;
    }
    *oldest = (struct http_button){.n = -1};
    text_copy_cut(oldest->name, sizeof(oldest->name), name);
    return oldest;
}

static void button_reply(struct http_req *req, const struct http_button *button)
{
    struct http_reply reply;
    struct buf body;

    if (button->status == 0) {
        http_reply_problem(req, ERR_KEY_IN_FLIGHT);
        return;
    }
    buf_init(&body, sizeof(button->answer));
    buf_add_text(&body, button->answer);
    http_reply_init(&reply, button->status);
    reply.type = "application/json";
    reply.body = &body;
    http_reply_send(req, &reply);
    buf_fini(&body);
}

static void button_keep(struct http_req *req, const char *text, const char *led)
{
    struct http_button *button = button_find(req->http, req->params.id);

    button->status = 200;
    (void)snprintf(button->answer, sizeof(button->answer), "{\"text\":\"%s\",\"led\":\"%s\"}", text,
                   led);
    button_reply(req, button);
}

/* The text value that follows `before` in an answer that we printed ourselves. */
static bool answer_find(struct engine_job *job, const char *before, char *dst, size_t size)
{
    const char *at = strstr(buf_text(&job->body), before);
    size_t length = at ? strcspn(at + strlen(before), "\"") : size;

    if (length >= size) {
        return false;
    }
    memcpy(dst, at + strlen(before), length);
    dst[length] = 0;
    return true;
}

/* The hall's answer as a word on the button. What it refuses by its rules is an answer too, in red.
 */
static void press_answer(struct http_req *req)
{
    struct engine_job *job = req->job;
    char number[TICKET_NUMBER_SIZE] = "";

    if (job->err && http_status(job->err) != 409) {
        button_find(req->http, req->params.id)->n = -1; /* so that pressing again tries again */
        http_reply_job(req);
        return;
    }
    if (job->err) {
        button_keep(req, err_slug(job->err), "red");
        return;
    }
    (void)answer_find(job, "\"number\":\"", number, sizeof(number));
    button_keep(req, number, number[0] ? "green" : "off");
}

static void press_submit(struct http_req *req, enum cmd_kind kind, const char *ticket_id)
{
    struct engine_job *job = http_job_make(req, ENGINE_COMMAND);

    if (!job) {
        return;
    }
    cmd_init(&job->cmd, kind);
    job->cmd.window = req->caller.identity.window;
    text_copy_cut(job->cmd.ticket_id, sizeof(job->cmd.ticket_id), ticket_id);
    if (kind == CMD_WINDOW_PAUSE) {
        text_copy_cut(job->cmd.reason, sizeof(job->cmd.reason), "button");
    }
    job->reply = kind == CMD_NEXT                                        ? ENGINE_REPLY_NEXT
                 : kind == CMD_WINDOW_PAUSE || kind == CMD_WINDOW_RESUME ? ENGINE_REPLY_WINDOW
                                                                         : ENGINE_REPLY_TICKET;
    http_command_actor(req, &job->cmd);
    http_job_submit(req, press_answer);
}

static enum cmd_kind kind_of(const char *key)
{
    static const struct {
        const char *key;
        enum cmd_kind kind;
    } keys[] = {
        {"next", CMD_NEXT},     {"recall", CMD_RECALL},   {"start", CMD_START},
        {"finish", CMD_FINISH}, {"no_show", CMD_NO_SHOW}, {"pause", CMD_WINDOW_PAUSE},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(keys[i].key, key) == 0) {
            return keys[i].kind;
        }
    }
    return CMD_KIND_COUNT;
}

/* The window is known now: what is to be done with whom. */
static void press_window(struct http_req *req)
{
    char id[TICKET_ID_SIZE] = "";
    char state[16] = "";
    struct press press;

    if (req->job->err || press_parse(buf_text(&req->body), &press)) {
        press_answer(req);
        return;
    }
    enum cmd_kind kind = kind_of(press.key);
    (void)answer_find(req->job, "\"state\":\"", state, sizeof(state));
    (void)answer_find(req->job, "\"ticket\":{\"id\":\"", id, sizeof(id));
    if (kind == CMD_WINDOW_PAUSE) {
        press_submit(req, strcmp(state, "paused") == 0 ? CMD_WINDOW_RESUME : kind, "");
    } else if (id[0] == 0) {
        button_keep(req, "", "off");
    } else {
        press_submit(req, kind, id);
    }
}

static void press_begin(struct http_req *req, const struct press *press, struct http_button *button)
{
    struct engine_job *job;

    button->n = press->n;
    button->at_ms = clock_mono_ms();
    button->status = 0;
    if (strcmp(press->key, "next") == 0) {
        press_submit(req, CMD_NEXT, "");
        return;
    }
    job = http_job_make(req, ENGINE_GET_WINDOW);
    if (job) {
        job->if_none = -1;
        job->cmd.window = req->caller.identity.window;
        http_command_actor(req, &job->cmd);
        http_job_submit(req, press_window);
    }
}

void http_handle_press(struct http_req *req)
{
    struct http_button *button;
    struct press press;

    if (strcmp(req->caller.identity.name, req->params.id) != 0 ||
        req->caller.identity.window == 0) {
        http_reply_problem(req, ERR_FORBIDDEN);
        return;
    }
    if (strlen(buf_text(&req->body)) != req->body.length ||
        press_parse(buf_text(&req->body), &press)) {
        http_reply_problem(req, ERR_MALFORMED_BODY);
        return;
    }
    if (kind_of(press.key) == CMD_KIND_COUNT || press.n < 0) {
        http_reply_problem_at(
            req, ERR_INVALID_BODY, press.n < 0 ? "/n" : "/key",
            "key is next, recall, start, finish, no_show or pause; n counts presses");
        return;
    }
    button = button_find(req->http, req->params.id);
    if (button->n >= 0 && (button->n == press.n || clock_mono_ms() - button->at_ms < BOUNCE_MS)) {
        button_reply(req, button);
        return;
    }
    press_begin(req, &press, button);
}
