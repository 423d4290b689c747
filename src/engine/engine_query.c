/* engine_query: questions, answered from the state just committed. */
#include <string.h>

#include "engine_internal.h"

/* Forecasts that may come between two events before their versions repeat: hours of them. */
#define WAIT_VERSIONS 1024

static struct wire_view view_of(struct engine *engine)
{
    return (struct wire_view){.core = engine->core,
                              .config = engine->config,
                              .now = engine_now(engine),
                              .devices = engine->seen,
                              .device_count = engine->seen_count,
                              .foreseen = engine_foreseen(engine),
                              .read_only = engine->read_only};
}

/* What is said of waits changes without an event: a version that changes with both. */
static int64_t version_with_waits(const struct engine *engine)
{
    return (core_next_seq(engine->core) - 1) * WAIT_VERSIONS +
           engine_forecast_version(engine) % WAIT_VERSIONS;
}

/* And devices fall silent without one. Both parts only grow while `seq` stands still, so the sum
 * does not repeat. */
static int64_t version_with_devices(const struct engine *engine)
{
    return (core_next_seq(engine->core) - 1) * WAIT_VERSIONS +
           (engine_forecast_version(engine) + engine->seen_version) % WAIT_VERSIONS;
}

/* The slip of the ticket just read. */
static void get_slip(struct engine *engine, struct engine_job *job)
{
    struct wire_slip slip;
    wire_slip_make(&slip, &engine->ticket, engine->config, "");
    if (job->width_mm > 0 && engine->options.print_slip == NULL) {
        engine_fail(job, ERR_NOT_FOUND);
    } else if (job->width_mm > 0) {
        engine->options.print_slip(&slip, job->width_mm, &job->body);
    } else if (job->columns > 0) {
        wire_slip_text(&job->body, &slip, job->columns);
    } else {
        wire_slip_html(&job->body, &slip);
    }
}

/* A layout tried on a ticket of today, or on one made up. */
static void preview_slip(struct engine *engine, struct engine_job *job)
{
    char id[TICKET_ID_SIZE];
    int32_t slot = -1;
    wire_slip_preview_ticket(job->document, job->document_length, id);
    if (id[0] != '\0') {
        slot = core_find_id(engine->core, id);
        if (slot < 0) {
            engine_fail(job, ERR_INVALID_BODY);
            wire_problem_add(&job->problem, "/ticket", "there is no such ticket today");
            return;
        }
        engine_read_ticket(engine, slot, &engine->ticket);
    }
    wire_problem_init(&job->problem, ERR_NONE);
    enum err err = wire_slip_preview(&job->body, job->document, job->document_length,
                                     slot >= 0 ? &engine->ticket : NULL, engine->config,
                                     clock_now_ms(&engine->clock), &job->problem);
    if (err) {
        job->problem.err = err;
        engine_fail(job, err);
    }
}

static void get_ticket(struct engine *engine, struct engine_job *job, int32_t slot)
{
    if (slot < 0) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    job->version = core_ticket_version(engine->core, slot);
    bool asks_waits = job->what == ENGINE_GET_PUBLIC || job->what == ENGINE_GET_INQUIRY;
    if (asks_waits && core_ticket_state(engine->core, slot) == TICKET_WAITING) {
        job->version = version_with_waits(engine); /* how many are ahead is news, too */
    }
    core_ticket_id(engine->core, slot, job->cmd.ticket_id); /* for the visitor's own stream */
    if (job->if_none == job->version) {
        job->status = 304;
        return;
    }
    engine_read_ticket(engine, slot, &engine->ticket);
    const struct ticket_leg *leg = &engine->ticket.legs[engine->ticket.leg_count - 1];
    if (job->what == ENGINE_GET_SLIP) {
        get_slip(engine, job);
    } else if (job->what == ENGINE_GET_INQUIRY) {
        wire_inquiry_print(&job->body, &engine->ticket, engine->config);
    } else if (job->what == ENGINE_GET_PUBLIC) {
        bool open = leg->state == TICKET_DONE && leg->rating == 0 &&
                    clock_now_ms(&engine->clock) - leg->ended_ms <=
                        core_hall(engine->core)->rating_window_ms;
        wire_public_ticket_print(&job->body, &engine->ticket, open, engine->config);
    } else {
        wire_ticket_print(&job->body, &engine->ticket, engine->config);
    }
}

static void get_passed(struct engine *engine, struct engine_job *job)
{
    int32_t passed[3]; /* by policy, by urgent grants, by chosen calls */
    int32_t slot = job->cmd.has_token ? core_find_token(engine->core, job->cmd.token)
                                      : core_find_id(engine->core, job->cmd.ticket_id);
    if (slot < 0) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    core_ticket_id(engine->core, slot, job->cmd.ticket_id);
    core_ticket_passed(engine->core, slot, passed);
    job->passed = passed[0];
}

static void get_window(struct engine *engine, struct engine_job *job)
{
    struct core_window_info info;
    struct core_now now = engine_now(engine);
    int w = hall_find_window(core_hall(engine->core), job->cmd.window);
    if (w < 0) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    job->version = core_window_version(engine->core, w);
    if (job->if_none == job->version) {
        job->status = 304;
        return;
    }
    core_get_window(engine->core, &now, w, false, &info);
    if (info.visit >= 0) {
        engine_read_ticket(engine, info.visit, &engine->ticket);
    }
    wire_window_print(&job->body, core_hall(engine->core), &info,
                      info.visit >= 0 ? &engine->ticket : NULL, engine->config);
}

static void print_ready(struct engine *engine, struct engine_job *job)
{
    buf_printf(
        &job->body,
        "{\"checks\":{\"db\":\"%s\",\"disk_free\":\"%s\",\"clock\":\"%s\",\"outbox\":\"ok\"}}",
        engine->read_only ? "read-only" : "ok", engine->read_only ? "full" : "ok",
        engine->clock.test ? "test" : "ok");
    job->version = -1;
    if (engine->read_only) {
        job->err = ERR_READ_ONLY; /* the body still says which check failed */
    }
}

static enum err print_view(struct engine *engine, const struct engine_job *job, struct buf *body)
{
    struct wire_view view = view_of(engine);
    switch ((int)job->what) {
    case ENGINE_VIEW_KIOSK:
        wire_view_kiosk(body, &view);
        return ERR_NONE;
    case ENGINE_VIEW_DISPLAY:
        return wire_view_display(body, &view, job->zone);
    case ENGINE_VIEW_CLERK:
        return wire_view_clerk(body, &view, job->cmd.window);
    case ENGINE_VIEW_RATING:
        return wire_view_rating(body, &view, job->cmd.window);
    case ENGINE_VIEW_LOBBY:
        wire_view_lobby(body, &view);
        return ERR_NONE;
    default:
        wire_view_windows(body, &view);
        return ERR_NONE;
    }
}

/* Views that many screens ask for alike are printed once a second and once per change. */
static bool cacheable(enum engine_what what)
{
    return what == ENGINE_VIEW_KIOSK || what == ENGINE_VIEW_DISPLAY || what == ENGINE_VIEW_LOBBY;
}

static struct engine_view_cache *find_cache(struct engine *engine, const struct engine_job *job)
{
    for (int i = 0; i < ENGINE_VIEW_CACHE_MAX; i++) {
        struct engine_view_cache *entry = &engine->cache[i];
        if (entry->what == job->what && strcmp(entry->zone, job->zone) == 0) {
            return entry;
        }
    }
    struct engine_view_cache *entry = &engine->cache[engine->cache_next];
    engine->cache_next = (engine->cache_next + 1) % ENGINE_VIEW_CACHE_MAX;
    entry->what = job->what;
    entry->seq = -1;
    text_copy_cut(entry->zone, sizeof entry->zone, job->zone);
    return entry;
}

static void get_view(struct engine *engine, struct engine_job *job)
{
    enum err err = ERR_NONE;
    job->version = version_with_waits(engine);
    if (job->what == ENGINE_VIEW_LOBBY) {
        engine_see_devices(engine);
        job->version = version_with_devices(engine);
    }
    if (job->if_none == job->version) {
        job->status = 304;
        return;
    }
    if (!cacheable(job->what)) {
        err = print_view(engine, job, &job->body);
    } else {
        struct engine_view_cache *entry = find_cache(engine, job);
        int64_t second = clock_now_ms(&engine->clock) / 1000;
        if (entry->seq != job->version || entry->second != second) {
            buf_clear(&entry->body);
            err = print_view(engine, job, &entry->body);
            entry->seq = err ? -1 : job->version;
            entry->second = second;
        }
        buf_add(&job->body, entry->body.data, entry->body.length);
    }
    if (err) {
        engine_fail(job, err);
    }
}

static void get_config(struct engine *engine, struct engine_job *job)
{
    job->version = engine->config_version;
    if (job->if_none == job->version) {
        job->status = 304;
    } else if (job->what == ENGINE_GET_SECTION) {
        enum err err =
            wire_section_print(&job->body, engine->config, job->edit.section, job->edit.code);
        if (err) {
            engine_fail(job, err);
        }
    } else if (job->what == ENGINE_GET_CARDS) {
        wire_config_print_cards(&job->body, engine->config);
    } else {
        wire_config_print(&job->body, engine->config);
    }
}

void engine_do_query(struct engine *engine, struct engine_job *job)
{
    job->status = 200;
    switch ((int)job->what) {
    case ENGINE_GET_TICKET:
    case ENGINE_GET_SLIP:
        get_ticket(engine, job, core_find_id(engine->core, job->cmd.ticket_id));
        break;
    case ENGINE_GET_PUBLIC:
        get_ticket(engine, job, core_find_token(engine->core, job->cmd.token));
        break;
    case ENGINE_GET_INQUIRY:
        get_ticket(engine, job, core_find_number(engine->core, job->cmd.number));
        break;
    case ENGINE_GET_PASSED:
        get_passed(engine, job);
        break;
    case ENGINE_GET_WINDOW:
        get_window(engine, job);
        break;
    case ENGINE_GET_CONFIG:
    case ENGINE_GET_SECTION:
    case ENGINE_GET_CARDS:
        get_config(engine, job);
        break;
    case ENGINE_BOUNDS:
        job->version = engine->config_version;
        wire_config_bounds(&job->body, engine->config);
        break;
    case ENGINE_PREVIEW_SLIP:
        preview_slip(engine, job);
        break;
    case ENGINE_READY:
        print_ready(engine, job);
        break;
    case ENGINE_FORECAST:
        engine_take_forecast(engine);
        break;
    case ENGINE_GET_ANNOUNCEMENTS: {
        struct wire_view view = view_of(engine);
        engine_get_announcements(engine, job, &view);
        break;
    }
    case ENGINE_GET_ANNOUNCEMENT:
        engine_get_announcement(engine, job);
        break;
    case ENGINE_LEASE:
        engine_do_lease(engine, job);
        break;
    case ENGINE_GET_DEVICES:
        engine_get_devices(engine, job);
        break;
    case ENGINE_METRICS:
        engine_print_metrics(engine, &job->body);
        break;
    default:
        get_view(engine, job);
        break;
    }
    if (buf_failed(&job->body) && job->err == ERR_NONE) {
        engine_fail(job, ERR_NO_MEMORY);
    }
}
