/* engine_page: whether the devices that have a page live: each says so every 15 seconds.
 *
 * What changes becomes an event: it came, it fell silent, its paper, an error of its own. Nothing
 * is stored of a beat that says nothing new. */
#include <string.h>

#include "engine_internal.h"
#include "log.h"

/* Two beats may be lost, and the third be late. */
#define SILENT_MS 40000

struct engine_page *engine_find_page(struct engine *engine, const char *name)
{
    for (int i = 0; i < engine->page_count; i++) {
        if (strcmp(engine->pages[i].identity.name, name) == 0) {
            return &engine->pages[i];
        }
    }
    return NULL;
}

const struct wire_device *engine_find_device(const struct engine *engine, const char *code)
{
    for (int i = 0; i < engine->device_count; i++) {
        if (strcmp(engine->devices[i].code, code) == 0) {
            return &engine->devices[i];
        }
    }
    return NULL;
}

enum err engine_record_page(struct engine *engine, const struct identity *identity,
                            enum event_kind kind, const char *reason)
{
    struct cmd cmd;
    struct core_result result;
    cmd_init(&cmd, CMD_RECORD);
    cmd.by = CMD_BY_SYSTEM;
    cmd.event = kind;
    if (engine->job != NULL) {
        cmd.actor = engine->job->cmd.actor;
        text_copy_cut(cmd.actor_id, sizeof cmd.actor_id, engine->job->cmd.actor_id);
    }
    text_copy_cut(cmd.subject, sizeof cmd.subject, identity->name);
    text_copy_cut(cmd.role, sizeof cmd.role,
                  identity_role_text(identity->roles & (~identity->roles + 1)));
    text_copy_cut(cmd.reason, sizeof cmd.reason, reason);
    cmd.window = identity->window;
    return engine_step(engine, &cmd, &result);
}

static void record(struct engine *engine, const struct engine_page *page, enum event_kind kind,
                   const char *reason)
{
    if (engine->batch_err == ERR_NONE) {
        enum err err = engine_record_page(engine, &page->identity, kind, reason);
        if (err) {
            log_warn("engine", "device=%s %s not recorded: %s", page->identity.name,
                     event_kind_text(kind), err_slug(err));
        }
    }
}

static void take_changes(struct engine *engine, struct engine_page *page,
                         const struct wire_status *status)
{
    static const enum event_kind kinds[] = {
        [WIRE_PAPER_OK] = EVENT_DEVICE_PAPER_OK,
        [WIRE_PAPER_LOW] = EVENT_DEVICE_PAPER_LOW,
        [WIRE_PAPER_OUT] = EVENT_DEVICE_PAPER_OUT,
    };
    const struct wire_device *device = engine_find_device(engine, page->identity.name);
    bool online = device != NULL && device->online;
    enum wire_paper paper = device == NULL ? WIRE_PAPER_UNKNOWN : device->paper;
    const char *told = device == NULL ? "" : device->detail;
    if (status->error[0] != '\0' && (online || strcmp(told, status->error) != 0)) {
        record(engine, page, EVENT_DEVICE_ERROR, status->error);
    } else if (status->error[0] == '\0' && !online) {
        record(engine, page, EVENT_DEVICE_ONLINE, "");
    }
    if (status->paper != WIRE_PAPER_UNKNOWN && status->paper != paper) {
        record(engine, page, kinds[status->paper], "");
    }
    page->status = *status;
    page->heard_ms = clock_now_ms(&engine->clock);
    page->lives = true;
}

void engine_take_status(struct engine *engine, struct engine_job *job)
{
    struct engine_page *page = engine_find_page(engine, job->entry.identity.name);
    if (page == NULL) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    take_changes(engine, page, &job->told);
    job->status = 204;
}

/* A day starts with nothing known of its windows: what the devices were is said again. */
static void tell_raters(struct engine *engine)
{
    engine->raters_stale = false;
    for (int i = 0; i < engine->device_count; i++) {
        struct wire_device *device = &engine->devices[i];
        if (device->window != 0 && strcmp(device->role, "rating") == 0) {
            struct engine_page page = {
                .identity = {.roles = ROLE_RATING, .window = device->window}};
            text_copy_cut(page.identity.name, sizeof page.identity.name, device->code);
            record(engine, &page, device->online ? EVENT_DEVICE_ONLINE : EVENT_DEVICE_OFFLINE,
                   device->detail);
        }
    }
}

void engine_page_tick(struct engine *engine)
{
    if (engine->raters_stale) {
        tell_raters(engine);
    }
    int64_t now_ms = clock_now_ms(&engine->clock);
    for (int i = 0; i < engine->page_count; i++) {
        struct engine_page *page = &engine->pages[i];
        if (page->lives && now_ms - page->heard_ms >= SILENT_MS) {
            const struct wire_device *device = engine_find_device(engine, page->identity.name);
            if (device == NULL || device->online) {
                record(engine, page, EVENT_DEVICE_OFFLINE, "");
            }
            page->lives = false;
        }
    }
}

int64_t engine_page_deadline_ms(const struct engine *engine)
{
    int64_t due_ms = INT64_MAX;
    for (int i = 0; i < engine->page_count; i++) {
        const struct engine_page *page = &engine->pages[i];
        if (page->lives && page->heard_ms + SILENT_MS < due_ms) {
            due_ms = page->heard_ms + SILENT_MS;
        }
    }
    return due_ms;
}
