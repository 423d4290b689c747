/* http_command: the rows of the table that are one command to the hall or one question to the
 * engine.
 *
 * What such a row needs is in the row: the command's kind and the shape of its answer. Members of
 * the path go into the command first, then the body is read over them, then who acts is written
 * last, so that nothing in a body can change who sent it. */
#include <string.h>

#include "http_internal.h"

#define MANAGERS (ROLE_LOBBY | ROLE_SUPERVISOR | ROLE_ADMIN | ROLE_INTEGRATION)

/* The core's commands name their issuers; a person with several roles may do what any of them may.
 */
static uint32_t by_of(uint32_t roles, enum cmd_kind kind)
{
    static const struct {
        uint32_t role, by;
    } rights[] = {
        {ROLE_KIOSK, CMD_BY_KIOSK},
        {ROLE_CLERK, CMD_BY_CLERK},
        {ROLE_BUTTON, CMD_BY_CLERK},
        {ROLE_LOBBY, CMD_BY_MANAGER},
        {ROLE_SUPERVISOR, CMD_BY_SUPERVISOR | CMD_BY_MANAGER},
        {ROLE_ADMIN, CMD_BY_ADMIN | CMD_BY_SUPERVISOR | CMD_BY_MANAGER},
        {ROLE_INTEGRATION, CMD_BY_KIOSK | CMD_BY_CLERK | CMD_BY_MANAGER},
    };
    uint32_t by = 0;

    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
        by |= roles & rights[i].role ? rights[i].by : 0;
    }
    /* A rating device speaks for the visitor in front of it. */
    if (kind == CMD_RATE && roles & (ROLE_DISPLAY | ROLE_RATING | ROLE_INTEGRATION)) {
        by |= CMD_BY_VISITOR;
    }
    return by;
}

/* Who manages the hall may act at every window, also when one of the windows is theirs. */
static int32_t bound_window(const struct identity *identity)
{
    return identity->roles & MANAGERS ? 0 : identity->window;
}

bool http_command_is_plain_clerk(const struct http_req *req)
{
    uint32_t roles = req->caller.identity.roles;

    return req->caller.known && roles && !(roles & ~(uint32_t)(ROLE_CLERK | ROLE_BUTTON));
}

enum err http_command_check_window(const struct http_req *req, int32_t no)
{
    const struct identity *identity = &req->caller.identity;
    int32_t bound = bound_window(identity);

    if (bound == 0 || bound == no) {
        return ERR_NONE;
    }
    return identity->kind == IDENTITY_TOKEN ? ERR_FORBIDDEN : ERR_NOT_YOUR_WINDOW;
}

void http_command_actor(const struct http_req *req, struct cmd *cmd)
{
    const struct identity *identity = &req->caller.identity;

    if (!req->caller.known || req->route->roles == HTTP_ANYONE) {
        cmd->by = CMD_BY_VISITOR;
        cmd->actor = EVENT_ACTOR_VISITOR;
        cmd->actor_id[0] = 0;
        return;
    }
    cmd->by = by_of(identity->roles, cmd->kind);
    cmd->by_window = bound_window(identity);
    cmd->actor = identity->kind == IDENTITY_TOKEN ? EVENT_ACTOR_DEVICE : EVENT_ACTOR_USER;
    text_copy_cut(cmd->actor_id, sizeof(cmd->actor_id), identity->name);
}

/* Path members into the command. ERR_NOT_FOUND when they cannot name anything. */
static enum err command_path(const struct http_req *req, struct cmd *cmd)
{
    const struct http_params *params = &req->params;

    cmd->window = params->no;
    if (cmd->kind == CMD_ANNOUNCE_STATE) {
        return http_announcement_id(params->id, &cmd->count) ? ERR_NONE : ERR_NOT_FOUND;
    }
    if (params->id[0] && text_copy(cmd->ticket_id, sizeof(cmd->ticket_id), params->id)) {
        return ERR_NOT_FOUND;
    }
    char *code = cmd->kind == CMD_HELP ? cmd->subject : cmd->service;
    memcpy(code, params->code, sizeof(params->code));
    if (params->token[0]) {
        cmd->has_token = true;
        return digest_unhex(params->token, cmd->token, sizeof(cmd->token)) ? ERR_NOT_FOUND
                                                                           : ERR_NONE;
    }
    return ERR_NONE;
}

static void default_clerk(const struct http_req *req, struct cmd *cmd)
{
    bool takes = cmd->kind == CMD_WINDOW_OPEN || cmd->kind == CMD_WINDOW_TAKE_OVER;

    if (takes && cmd->clerk[0] == 0) {
        text_copy_cut(cmd->clerk, sizeof(cmd->clerk), req->caller.identity.name);
    }
}

/* What an issue needs beside its body: the secret of the public link, and where it came from. */
static void command_defaults(const struct http_req *req, struct cmd *cmd)
{
    uint32_t roles = req->caller.identity.roles;

    default_clerk(req, cmd);
    if (cmd->kind != CMD_ISSUE && cmd->kind != CMD_WALK_IN) {
        return;
    }
    cmd->has_token = true;
    digest_random(cmd->token, sizeof(cmd->token));
    if (cmd->kind == CMD_ISSUE && cmd->channel[0] == 0) {
        const char *channel = roles == ROLE_INTEGRATION ? "api"
                              : roles & (ROLE_LOBBY | ROLE_SUPERVISOR) && !(roles & ROLE_KIOSK)
                                  ? "desk"
                                  : "kiosk";
        text_copy_cut(cmd->channel, sizeof(cmd->channel), channel);
    }
}

/* A kiosk repeats after a lost answer; without a key that would print a second number. */
static bool key_is_missing(const struct http_req *req)
{
    bool issues = req->route->kind == CMD_ISSUE || req->route->kind == CMD_CHECK_IN;

    return issues && req->caller.identity.roles == ROLE_KIOSK && !req->job->has_key;
}

static enum err command_read(struct http_req *req, struct wire_problem *problem)
{
    struct cmd *cmd = &req->job->cmd;
    enum err err = command_path(req, cmd);

    if (!err && req->params.no) {
        err = http_command_check_window(req, req->params.no);
    }
    if (!err && key_is_missing(req)) {
        err = ERR_KEY_REQUIRED;
    }
    if (err) {
        wire_problem_init(problem, err == ERR_NOT_FOUND && http_command_is_plain_clerk(req) &&
                                           req->params.id[0]
                                       ? ERR_NOT_YOUR_TICKET
                                       : err);
        return err;
    }
    default_clerk(req, cmd);
    err = wire_command_parse(cmd, req->body.data ? req->body.data : "", req->body.length,
                             engine_hall_key(req->http->options.engine), problem);
    if (err) {
        return err;
    }
    command_defaults(req, cmd);
    http_command_actor(req, cmd);
    if (cmd->kind == CMD_ANNOUNCE_STATE && cmd->subject[0] == 0) {
        text_copy_cut(cmd->subject, sizeof(cmd->subject), cmd->actor_id);
    }
    return ERR_NONE;
}

void http_handle_command(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, ENGINE_COMMAND);
    struct wire_problem problem;
    struct http_reply reply;

    if (!job) {
        return;
    }
    job->visitor = req->route->roles == HTTP_ANYONE;
    wire_problem_init(&problem, ERR_NONE);
    if (command_read(req, &problem)) {
        http_reply_init(&reply, 0);
        http_reply_problem_full(req, &problem, &reply);
        return;
    }
    http_job_submit(req, NULL);
}

void http_handle_query(struct http_req *req)
{
    struct engine_job *job = http_job_make(req, req->route->what);

    if (!job) {
        return;
    }
    job->visitor = req->route->roles == HTTP_ANYONE;
    if (command_path(req, &job->cmd)) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return;
    }
    http_command_actor(req, &job->cmd);
    http_job_submit(req, NULL);
}

void http_command_ask_by_token(struct http_req *req, enum engine_what what, http_handler *resume)
{
    struct engine_job *job = http_job_make(req, what);

    if (!job) {
        return;
    }
    job->visitor = true;
    job->if_none = -1;
    if (command_path(req, &job->cmd)) {
        http_reply_problem(req, ERR_NOT_FOUND);
        return;
    }
    http_command_actor(req, &job->cmd);
    http_job_submit(req, resume);
}
