/* engine_answer: the body, status and version of an answer to a command, printed right after the
 * command so that it shows what the command did and can be kept under its idempotency key. */
#include <stdio.h>

#include "engine_internal.h"

static void answer_ticket(struct engine *engine, struct engine_job *job, int32_t slot)
{
    engine_read_ticket(engine, slot, &engine->ticket);
    job->version = engine->ticket.version;
    if (job->visitor) {
        wire_public_ticket_print(&job->body, &engine->ticket, false, engine->config);
    } else if (job->reply == ENGINE_REPLY_ISSUED) {
        wire_issue_print(&job->body, &engine->ticket, engine->config);
    } else {
        wire_ticket_print(&job->body, &engine->ticket, engine->config);
    }
}

static void answer_next(struct engine *engine, struct engine_job *job,
                        const struct core_result *result)
{
    const struct ticket *ticket = NULL;
    const struct ticket *finished = NULL;
    if (!result->changed || (result->visit < 0 && result->finished < 0 && result->window == 0)) {
        job->status = 204;
        return;
    }
    if (result->visit >= 0) {
        engine_read_ticket(engine, result->visit, &engine->ticket);
        ticket = &engine->ticket;
        job->version = engine->ticket.version;
    }
    if (result->finished >= 0) {
        engine_read_ticket(engine, result->finished, &engine->other);
        finished = &engine->other;
    }
    if (ticket == NULL && finished == NULL && !result->changed) {
        job->status = 204;
        return;
    }
    wire_next_print(&job->body, ticket, finished, ticket != NULL ? &result->why : NULL,
                    engine->config);
    job->status = 200;
}

static void answer_window(struct engine *engine, struct engine_job *job, int32_t no)
{
    struct core_window_info info;
    struct core_now now = engine_now(engine);
    int w = hall_find_window(core_hall(engine->core), no);
    if (w < 0) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    core_get_window(engine->core, &now, w, false, &info);
    if (info.visit >= 0) {
        engine_read_ticket(engine, info.visit, &engine->ticket);
    }
    wire_window_print(&job->body, core_hall(engine->core), &info,
                      info.visit >= 0 ? &engine->ticket : NULL, engine->config);
    job->version = info.version;
}

static void answer_announced(struct engine *engine, struct engine_job *job, int64_t id)
{
    const struct wire_view view = {
        .core = engine->core, .config = engine->config, .now = engine_now(engine)};
    wire_announced_print(&job->body, &view, id);
}

void engine_answer_command(struct engine *engine, struct engine_job *job,
                           const struct core_result *result)
{
    job->status = 200;
    switch (job->reply) {
    case ENGINE_REPLY_NONE:
        job->status = 204;
        break;
    case ENGINE_REPLY_ISSUED:
        job->status = 201;
        answer_ticket(engine, job, result->visit);
        (void)snprintf(job->location, sizeof job->location, "/api/v1/tickets/%s",
                       engine->ticket.id);
        break;
    case ENGINE_REPLY_TICKET:
        answer_ticket(engine, job, result->visit);
        break;
    case ENGINE_REPLY_RATED:
        job->status = 201;
        answer_ticket(engine, job, result->visit);
        break;
    case ENGINE_REPLY_ANNOUNCED:
        job->status = 201;
        answer_announced(engine, job, result->announcement);
        break;
    case ENGINE_REPLY_NEXT:
        answer_next(engine, job, result);
        break;
    case ENGINE_REPLY_WINDOW:
        answer_window(engine, job, job->cmd.window);
        break;
    case ENGINE_REPLY_PRESSED:
        engine_answer_press(engine, job, result->visit);
        break;
    case ENGINE_REPLY_DAY:
        wire_day_print(&job->body, core_day(engine->core), core_day_is_open(engine->core),
                       result->counts);
        break;
    }
}
