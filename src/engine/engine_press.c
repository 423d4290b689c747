/* engine_press: what a key means at its window now, and what pads are told.
 *
 * A key becomes one command with the rights of its device, chosen by who is at the window in the
 * same batch that does it. Where there is nobody to do it with, that is an answer, not an error: an
 * empty queue is not a failure. Buttons over HTTP get theirs as any job does; keypads on serial
 * lines find theirs on the bus, so that no thread of theirs needs to live until then. */
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"
#include "log.h"

static enum cmd_kind kind_of(enum press_key key, const struct core_window_info *info)
{
    bool called = info->state == CORE_WINDOW_CALLING;

    switch (key) {
    case PRESS_NEXT:
        return CMD_NEXT;
    case PRESS_CALL:
        return called ? CMD_RECALL : CMD_NEXT;
    case PRESS_RECALL:
        return CMD_RECALL;
    case PRESS_START:
        return CMD_START;
    case PRESS_FINISH:
        return CMD_FINISH;
    case PRESS_END:
        return called ? CMD_NO_SHOW : CMD_FINISH;
    case PRESS_NO_SHOW:
        return CMD_NO_SHOW;
    case PRESS_HOLD:
        return CMD_HOLD;
    case PRESS_RESUME:
        return CMD_RESUME;
    case PRESS_TRANSFER:
        return CMD_TRANSFER;
    case PRESS_INVITE:
        return info->state == CORE_WINDOW_SERVING ? CMD_FINISH : CMD_INVITE;
    case PRESS_RATE:
        return CMD_RATE;
    case PRESS_PAUSE:
        return info->state == CORE_WINDOW_PAUSED || info->pause_pending ? CMD_WINDOW_RESUME
                                                                        : CMD_WINDOW_PAUSE;
    case PRESS_KEY_COUNT:
        break;
    }
    return CMD_KIND_COUNT;
}

static bool is_of_window(enum cmd_kind kind)
{
    return kind == CMD_NEXT || kind == CMD_WINDOW_PAUSE || kind == CMD_WINDOW_RESUME;
}

/* The visit that a command of this kind is about; -1 nobody. */
static int32_t visit_of(enum cmd_kind kind, const struct core_window_info *info)
{
    switch ((int)kind) {
    case CMD_RESUME:
        return info->held_count > 0 ? info->held[0] : -1;
    case CMD_INVITE:
        return info->visit >= 0 ? info->visit : info->done_visit;
    case CMD_RATE:
        return info->rating_visit;
    default:
        return info->visit;
    }
}

static void fill_command(struct engine_job *job, enum cmd_kind kind)
{
    const struct press *press = &job->press;
    struct cmd *cmd = &job->cmd;

    cmd->kind = kind;
    cmd->window = press->window;
    cmd->on = kind == CMD_FINISH; /* whoever finishes by a key asks for a rating, as next does */
    cmd->level = press->level;
    if (kind == CMD_WINDOW_PAUSE || kind == CMD_HOLD) {
        text_copy_cut(cmd->reason, sizeof cmd->reason, press->reason);
    }
    if (kind == CMD_TRANSFER) {
        memcpy(cmd->service, press->service, sizeof cmd->service);
        cmd->target_window = press->target_window;
    }
}

/* What only the configuration knows of a button: whether it may press by GET, and what its pushes
 * mean. */
static enum err resolve_button(const struct engine *engine, struct press *press)
{
    _Static_assert((int)PRESS_PUSH_COUNT == (int)WIRE_PUSH_COUNT, "the same pushes");
    const struct wire_button *button = wire_config_find_button(engine->config, press->device);

    if (press->by_get && (button == NULL || !button->may_get ||
                          memcmp(button->from, press->from, sizeof button->from) != 0)) {
        return ERR_FORBIDDEN;
    }
    if (press->key == PRESS_KEY_COUNT && button != NULL) {
        press->key = press_key_parse(button->key[press->push]);
    }
    return press->key == PRESS_KEY_COUNT ? ERR_INVALID_BODY : ERR_NONE;
}

bool engine_read_press(struct engine *engine, struct engine_job *job)
{
    struct core_window_info info;
    struct core_now now = engine_now(engine);
    int w = hall_find_window(core_hall(engine->core), job->press.window);
    enum err err = w < 0 ? ERR_NOT_FOUND : resolve_button(engine, &job->press);

    if (err) {
        engine_fail(job, err);
        return false;
    }
    core_get_window(engine->core, &now, w, false, &info);
    enum cmd_kind kind = kind_of(job->press.key, &info);
    if (job->press.key == PRESS_CALL && info.state == CORE_WINDOW_SERVING) {
        engine_fail(job, ERR_WRONG_STATE); /* the box has a key of its own to finish with */
        return false;
    }
    int32_t visit = is_of_window(kind) ? -1 : visit_of(kind, &info);
    if (visit < 0 && !is_of_window(kind)) {
        job->pressed.nobody = true;
        job->status = 200;
        engine_answer_press(engine, job, -1);
        return false;
    }
    fill_command(job, kind);
    if (visit >= 0) {
        core_ticket_id(engine->core, visit, job->cmd.ticket_id);
    }
    job->reply = ENGINE_REPLY_PRESSED;
    return true;
}

void engine_answer_press(struct engine *engine, struct engine_job *job, int32_t visit)
{
    struct core_window_info info;
    struct core_now now = engine_now(engine);
    int w = hall_find_window(core_hall(engine->core), job->press.window);

    if (visit < 0 && job->cmd.kind != CMD_NEXT && w >= 0) { /* a pause: who is here meanwhile */
        core_get_window(engine->core, &now, w, false, &info);
        visit = job->pressed.nobody ? -1 : info.visit;
    }
    if (visit >= 0) {
        engine_read_ticket(engine, visit, &engine->ticket);
        memcpy(job->pressed.number, engine->ticket.number, sizeof job->pressed.number);
    } else if (job->cmd.kind == CMD_NEXT) {
        job->pressed.nobody = true;
    }
    buf_printf(&job->body, "{\"number\":\"%s\"}", job->pressed.number);
}

/* ---- keypads ---- */

static void give_answer(struct bus *bus, const struct press *press, enum err err,
                        const struct press_answer *pressed)
{
    struct press_answer answer = *pressed;

    memcpy(answer.device, press->device, sizeof answer.device);
    answer.n = press->n;
    answer.err = err;
    bus_set_press(bus, &answer);
}

/* The batch wakes the bus after its answers. */
static void press_done(struct engine_job *job)
{
    give_answer(job->owner, &job->press, job->err, &job->pressed);
    engine_job_fini(job);
    free(job);
}

static struct engine_job *make_job(struct engine *engine, const struct press *press)
{
    struct engine_job *job = malloc(sizeof *job);

    if (job == NULL) {
        return NULL;
    }
    engine_job_init(job, ENGINE_PRESS);
    cmd_init(&job->cmd, CMD_KIND_COUNT);
    job->press = *press;
    job->cmd.by = press->key == PRESS_RATE ? CMD_BY_VISITOR : CMD_BY_CLERK;
    job->cmd.by_window = press->window;
    job->cmd.actor = EVENT_ACTOR_DEVICE;
    text_copy_cut(job->cmd.actor_id, sizeof job->cmd.actor_id, press->device);
    text_copy_cut(job->device, sizeof job->device, press->device);
    job->done = press_done;
    job->owner = engine->options.bus;
    return job;
}

void engine_press(struct engine *engine, const struct press *press)
{
    const struct press_answer none = {.nobody = false};
    struct engine_job *job = make_job(engine, press);
    enum err err = job == NULL ? ERR_NO_MEMORY : engine_submit(engine, job);

    if (err == ERR_NONE) {
        return;
    }
    log_warn("engine", "device=%s key=%s not done: %s", press->device, press_key_text(press->key),
             err_slug(err));
    give_answer(engine->options.bus, press, err, &none);
    bus_wake(engine->options.bus);
    if (job != NULL) {
        engine_job_fini(job);
        free(job);
    }
}

void engine_publish_pads(struct engine *engine, bool all)
{
    const struct hall *hall = core_hall(engine->core);
    struct core_now now = engine_now(engine);

    for (int i = 0; i < wire_config_keypad_count(engine->config); i++) {
        int w = hall_find_window(hall, wire_config_keypad(engine->config, i)->window);
        if (w < 0 || (!all && !engine->windows_dirty[w])) {
            continue;
        }
        struct core_window_info info;
        core_get_window(engine->core, &now, w, false, &info);
        const struct bus_pad pad = {
            .window = info.no, .waiting = info.waiting, .asked = engine->asked[info.no]};
        bus_set_pad(engine->options.bus, &pad);
    }
}
