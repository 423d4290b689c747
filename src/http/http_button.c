/* http_button: call buttons that speak HTTP: one press, one answer of a word and a light.
 *
 * A button knows no tickets. Its token's name is its id and the token's window is where it works.
 * Presses carry a counter: the same counter, or a second press within the bounce of a finger, gets
 * the first answer again. What a key means with whom is the engine's to say (engine_press.c). The
 * body is a flat object of a few members, which is read here by hand: a button's JSON
 * has no nesting, and what has is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http_internal.h"

#define MEMBER_MAX 16       /* a press has three */
#define UNCOUNTED INT64_MAX /* of a press without a counter: only the bounce is kept from it */

struct press_body {
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

static const char *take_value(const char *at, const char *name, struct press_body *press)
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

/* {"key":"next","press":"short","n":17}; without a key `press` says which is meant. */
static enum err press_parse(const char *text, struct press_body *press)
{
    char name[32];
    const char *at = skip_space(text);

    *press = (struct press_body){.n = -1};
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

/* The keys of a button; pads on serial lines know more. */
static enum press_key key_of(const char *word)
{
    enum press_key key = press_key_parse(word);

    return key <= PRESS_PAUSE ? key : PRESS_KEY_COUNT;
}

static enum press_push push_of(const char *word)
{
    static const char *const words[PRESS_PUSH_COUNT] = {"short", "long", "double"};
    int push = 0;

    while (push < PRESS_PUSH_COUNT && strcmp(words[push], word) != 0) {
        push++;
    }
    return (enum press_push)push;
}

static void press_begin(struct http_req *req, const struct press *press, int64_t n,
                        struct http_button *button)
{
    struct engine_job *job;

    button->n = n;
    button->at_ms = clock_mono_ms();
    button->status = 0;
    job = http_job_make(req, ENGINE_PRESS);
    if (job) {
        job->press = *press;
        http_command_actor(req, &job->cmd);
        http_job_submit(req, press_answer);
    }
}

/* The same press again gets the same answer. */
static void press_once(struct http_req *req, struct press *press, int64_t n)
{
    struct http_button *button = button_find(req->http, req->params.id);

    press->window = req->caller.identity.window;
    text_copy_cut(press->reason, sizeof(press->reason), "button");
    text_copy_cut(press->device, sizeof(press->device), req->params.id);
    if (button->n >= 0 &&
        ((n != UNCOUNTED && button->n == n) || press_bounces(button->at_ms, clock_mono_ms()))) {
        button_reply(req, button);
        return;
    }
    press_begin(req, press, n, button);
}

static bool press_is_own(struct http_req *req)
{
    if (strcmp(req->caller.identity.name, req->params.id) == 0 &&
        req->caller.identity.window != 0) {
        return true;
    }
    http_reply_problem(req, ERR_FORBIDDEN);
    return false;
}

void http_handle_press(struct http_req *req)
{
    struct press_body body;

    if (!press_is_own(req)) {
        return;
    }
    if (strlen(buf_text(&req->body)) != req->body.length ||
        press_parse(buf_text(&req->body), &body)) {
        http_reply_problem(req, ERR_MALFORMED_BODY);
        return;
    }
    struct press press = {.key = key_of(body.key), .push = push_of(body.kind)};
    bool meant = body.key[0] ? press.key != PRESS_KEY_COUNT : press.push != PRESS_PUSH_COUNT;
    if (!meant || body.n < 0) {
        http_reply_problem_at(
            req, ERR_INVALID_BODY,
            body.n < 0    ? "/n"
            : body.key[0] ? "/key"
                          : "/press",
            "key is next, recall, start, finish, no_show or pause; without a key press is short, "
            "long or double; n counts presses");
        return;
    }
    press_once(req, &press, body.n);
}

/* For a button that can do nothing else: off unless its row in the configuration has its address.
 * What follows the address is a key, or how it was pushed. */
void http_handle_press_get(struct http_req *req)
{
    struct press press = {
        .key = key_of(req->params.code), .push = push_of(req->params.code), .by_get = true};

    if (!press_is_own(req)) {
        return;
    }
    if (strcmp(req->method, MHD_HTTP_METHOD_GET) != 0) { /* HEAD looks, it does not press */
        http_reply_problem(req, ERR_METHOD_NOT_ALLOWED);
        return;
    }
    if (press.key == PRESS_KEY_COUNT && press.push == PRESS_PUSH_COUNT) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return;
    }
    http_peer_address(req->connection, press.from);
    press_once(req, &press, UNCOUNTED);
}
