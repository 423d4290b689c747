/* engine_replay: the hall out of the log, in the one way there is: at start, and after a failed
 * commit. */
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"
#include "log.h"

struct hall *engine_hall_copy(const struct wire_config *config, int64_t version)
{
    struct hall *hall = malloc(sizeof *hall);
    if (hall != NULL) {
        *hall = *wire_config_hall(config);
        hall->version = version;
    }
    return hall;
}

static enum err read_config(struct store *store, int64_t version, struct wire_config **ret_config,
                            int64_t *ret_version)
{
    struct buf document;
    struct wire_problem problem;
    buf_init(&document, ENGINE_REPLY_MAX);
    enum err err = store_config_get(store, version, &document, ret_version);
    if (err == ERR_NONE) {
        wire_problem_init(&problem, ERR_NONE);
        err = wire_config_create(document.data, document.length, &problem, ret_config);
        if (err) {
            log_error("engine", "stored configuration version=%lld is refused: %s %s",
                      (long long)*ret_version,
                      problem.error_count > 0 ? problem.errors[0].pointer : "",
                      problem.error_count > 0 ? problem.errors[0].detail : "");
            err = ERR_INVALID_CONFIG;
        }
    }
    buf_fini(&document);
    return err;
}

enum err engine_load_config(struct engine *engine, int64_t version)
{
    struct wire_config *config;
    int64_t found;
    enum err err = read_config(engine->store, version, &config, &found);
    if (err) {
        return err;
    }
    wire_config_destroy(engine->config);
    engine->config = config;
    engine->config_version = found;
    return ERR_NONE;
}

/* A replay in progress: the log walks through here. */
struct replay {
    struct store *store;
    struct core *core;
    struct event event;
    int64_t count;
    int32_t day; /* verify: the day whose rows were last compared */
    enum err (*day_done)(struct replay *replay);
    engine_day_handler *before; /* of each event; may be NULL */
    void *context;
};

static enum err configure(struct replay *replay, int64_t version)
{
    char detail[160];
    struct wire_config *config;
    int64_t found;
    enum err err = read_config(replay->store, version, &config, &found);
    if (err) {
        return err;
    }
    struct hall *hall = engine_hall_copy(config, found);
    wire_config_destroy(config);
    if (hall == NULL) {
        return ERR_NO_MEMORY;
    }
    if (replay->core == NULL) {
        struct core_limits limits = {.visit_max = CORE_VISIT_MAX_DEFAULT};
        replay->core = core_create(&limits, hall);
        err = replay->core == NULL ? ERR_NO_MEMORY : ERR_NONE;
    } else {
        err = core_configure(replay->core, hall, detail, sizeof detail);
    }
    free(hall);
    return err;
}

/* The configuration in force when an event happened: a new day names it, a change brings it. */
static enum err configure_for(struct replay *replay)
{
    const struct event *event = &replay->event;
    if (event->count <= 0) {
        return ERR_NONE;
    }
    bool new_day = event->kind == EVENT_HALL_DAY_OPENED && event->day != core_day(replay->core) &&
                   core_hall(replay->core)->version != event->count;
    return new_day || event->kind == EVENT_CONFIG_CHANGED ? configure(replay, event->count)
                                                          : ERR_NONE;
}

static enum err replay_row(void *context, const struct store_event *row)
{
    struct replay *replay = context;
    enum err err = wire_event_read(row->seq, row->at_ms, row->day, row->kind, row->data,
                                   row->data_length, &replay->event);
    if (err == ERR_NONE && replay->day_done != NULL &&
        replay->event.kind == EVENT_HALL_DAY_OPENED &&
        replay->event.day != core_day(replay->core)) {
        err = replay->day_done(replay);
    }
    if (err == ERR_NONE) {
        err = configure_for(replay);
    }
    if (err == ERR_NONE && replay->before != NULL) {
        err = replay->before(replay->context, replay->core, &replay->event);
    }
    if (err == ERR_NONE) {
        err = core_replay(replay->core, &replay->event);
    }
    if (err) {
        log_error("engine", "seq=%lld kind=%s does not replay: %s", (long long)row->seq, row->kind,
                  err_slug(err));
        return err == ERR_REPLAY ? ERR_REPLAY : err;
    }
    replay->count += 1;
    return ERR_NONE;
}

/* The configuration that the first event to be replayed was made under. */
static enum err first_version(void *context, const struct store_event *row)
{
    int64_t *version = context;
    struct event event;
    enum err err = wire_event_read(row->seq, row->at_ms, row->day, row->kind, row->data,
                                   row->data_length, &event);
    if (err == ERR_NONE && event.kind == EVENT_HALL_DAY_OPENED) {
        *version = event.count;
    }
    return err;
}

/* Makes the core as it was when row `start` was written, or, when that is 0, an empty one whose
 * first event will be `next`. */
static enum err begin_at(struct replay *replay, int64_t start, int64_t next)
{
    int64_t version = 0;
    enum err err = start > 0
                       ? store_event_each(replay->store, start - 1, 1, first_version, &version)
                       : ERR_NONE;
    if (err == ERR_NONE) {
        err = configure(replay, version);
    }
    if (err == ERR_NONE) {
        core_reset(replay->core, start > 0 ? start : next);
    }
    return err;
}

/* Ports tell anew how their signs are; pages are believed as the log has them, for a while, and who
 * called for help waits on. */
static enum err track_page(void *context, struct core *core, const struct event *event)
{
    (void)core;
    if (event->role[0] != '\0' || event->kind == EVENT_DEVICE_HELP) {
        engine_track_device(context, event);
    }
    return ERR_NONE;
}

enum err engine_rebuild(struct engine *engine)
{
    struct replay replay = {.store = engine->store, .before = track_page, .context = engine};
    engine_forget_pages(engine);
    int64_t start;
    int64_t last;
    int64_t at_ms;
    int64_t epoch;
    enum err err = store_event_day_start(engine->store, &start);
    if (err == ERR_NONE) {
        err = store_event_last(engine->store, &last, &at_ms, &epoch);
    }
    if (err == ERR_NONE) {
        err = begin_at(&replay, start, last + 1);
    }
    if (err == ERR_NONE && start > 0) {
        err = store_event_each(engine->store, start - 1, 0, replay_row, &replay);
    }
    if (err == ERR_NONE && core_hall(replay.core)->version != engine->config_version) {
        err = configure(&replay, engine->config_version); /* imported while nobody served */
    }
    if (err) {
        core_destroy(replay.core);
        return err;
    }
    core_destroy(engine->core);
    engine->core = replay.core;
    engine->replayed = replay.count;
    engine_forecast_forget_hall(engine);
    return ERR_NONE;
}

enum err engine_replay_day(struct store *store, int32_t day, engine_day_handler *handler,
                           void *context, struct core **ret_core)
{
    struct replay replay = {.store = store, .before = handler, .context = context};
    int64_t start;
    int64_t count;
    enum err err = store_event_day_span(store, day, &start, &count);
    if (err) {
        return err;
    }
    err = begin_at(&replay, start, 0);
    if (err == ERR_NOT_FOUND) {
        err = ERR_REPLAY; /* an event names a configuration that is gone */
    }
    if (err == ERR_NONE) {
        err = store_event_each(store, start - 1, count, replay_row, &replay);
    }
    if (err) {
        core_destroy(replay.core);
        return err;
    }
    *ret_core = replay.core;
    return ERR_NONE;
}

/* ---- verify ---- */

struct verify {
    struct buf *report;
    bool rebuild;
    int64_t tickets, differing, missing;
    struct ticket expected, stored;
};

/* Not compared: what changes with others' events and is written with the ticket's next one: times
 * parked, overtakes, and the window it was sent to, which is forgotten when that window closes. */
static bool legs_equal(const struct ticket_leg *a, const struct ticket_leg *b)
{
    return a->no == b->no && a->state == b->state && a->window == b->window &&
           a->entered_ms == b->entered_ms && a->called_ms == b->called_ms &&
           a->started_ms == b->started_ms && a->ended_ms == b->ended_ms && a->calls == b->calls &&
           a->no_shows == b->no_shows && a->rating == b->rating &&
           a->last_called_ms == b->last_called_ms && a->held_until_ms == b->held_until_ms &&
           strcmp(a->service, b->service) == 0 && strcmp(a->clerk, b->clerk) == 0 &&
           strcmp(a->outcome, b->outcome) == 0;
}

static bool tickets_equal(const struct ticket *a, const struct ticket *b)
{
    bool equal = strcmp(a->number, b->number) == 0 && a->day == b->day && a->state == b->state &&
                 strcmp(a->cls, b->cls) == 0 && strcmp(a->lang, b->lang) == 0 &&
                 strcmp(a->note, b->note) == 0 && strcmp(a->channel, b->channel) == 0 &&
                 strcmp(a->external_ref, b->external_ref) == 0 && a->urgent == b->urgent &&
                 a->copies == b->copies && a->time_inaccurate == b->time_inaccurate &&
                 memcmp(a->token, b->token, TICKET_TOKEN_SIZE) == 0 &&
                 a->issued_ms == b->issued_ms && a->version == b->version && a->print == b->print &&
                 a->leg_count == b->leg_count;
    for (int i = 0; equal && i < a->leg_count; i++) {
        equal = legs_equal(&a->legs[i], &b->legs[i]);
    }
    return equal;
}

static enum err compare_ticket(struct replay *replay, int32_t slot)
{
    struct verify *verify = replay->context;
    struct core_now now = {.ms = replay->event.at_ms, .offset_s = 0};
    core_get_ticket(replay->core, &now, slot, &verify->expected);
    verify->tickets += 1;
    if (verify->rebuild) {
        return store_ticket_put(replay->store, &verify->expected);
    }
    enum err err = store_ticket_get(replay->store, verify->expected.id, &verify->stored);
    if (err != ERR_NONE && err != ERR_NOT_FOUND && err != ERR_STORE_CORRUPT) {
        return err;
    }
    if (err != ERR_NONE || !tickets_equal(&verify->expected, &verify->stored)) {
        verify->differing += 1;
        verify->missing += err == ERR_NOT_FOUND ? 1 : 0;
        if (verify->differing <= 20) {
            buf_printf(verify->report, "ticket %s %s: the stored row %s\n", verify->expected.id,
                       verify->expected.number,
                       err == ERR_NOT_FOUND       ? "is missing"
                       : err == ERR_STORE_CORRUPT ? "cannot be read"
                                                  : "differs from the log");
        }
    }
    return ERR_NONE;
}

static enum err compare_day(struct replay *replay)
{
    struct verify *verify = replay->context;
    const char *broken = core_check(replay->core);
    if (broken != NULL) {
        buf_printf(verify->report, "day %d: %s\n", (int)core_day(replay->core), broken);
        return ERR_REPLAY;
    }
    for (int32_t slot = 0; slot < core_visit_count(replay->core); slot++) {
        enum err err = compare_ticket(replay, slot);
        if (err) {
            return err;
        }
    }
    return ERR_NONE;
}

/* Rows that no event made: the others were compared one by one. */
static enum err count_strays(struct replay *replay)
{
    struct verify *verify = replay->context;
    int64_t rows = 0;
    enum err err = store_ticket_count(replay->store, &rows);
    int64_t known = verify->tickets - verify->missing;
    if (err == ERR_NONE && rows > known) {
        buf_printf(verify->report, "%lld rows of tickets that the log does not know\n",
                   (long long)(rows - known));
        verify->differing += rows - known;
    }
    return err;
}

static enum err verify_chain(struct store *store, struct buf *report)
{
    int64_t count;
    int64_t bad = 0;
    enum err err = store_event_check_chain(store, &count, &bad);
    if (err == ERR_STORE_CORRUPT) {
        buf_printf(report, "event %lld: the hash chain is broken here\n", (long long)bad);
    } else if (err == ERR_NONE) {
        buf_printf(report, "chain: %lld events, unbroken\n", (long long)count);
    }
    return err;
}

static enum err verify_state(struct store *store, bool rebuild, struct buf *report)
{
    struct verify *verify = calloc(1, sizeof *verify);
    struct replay replay = {.store = store, .day_done = compare_day, .context = verify};
    if (verify == NULL) {
        return ERR_NO_MEMORY;
    }
    verify->report = report;
    verify->rebuild = rebuild;
    enum err err = configure(&replay, 1);
    if (err == ERR_NONE) {
        core_reset(replay.core, 1);
        err = store_event_each(store, 0, 0, replay_row, &replay);
    }
    if (err == ERR_NONE) {
        err = compare_day(&replay);
    }
    if (err == ERR_NONE) {
        err = count_strays(&replay);
    }
    if (err == ERR_REPLAY) {
        buf_printf(report, "event %lld: does not replay\n", (long long)core_next_seq(replay.core));
    } else if (err == ERR_NONE) {
        buf_printf(report, "state: %lld events replayed, %lld tickets %s, %lld differing\n",
                   (long long)replay.count, (long long)verify->tickets,
                   rebuild ? "written" : "compared", (long long)verify->differing);
        err = verify->differing > 0 ? ERR_STORE_CORRUPT : ERR_NONE;
    }
    core_destroy(replay.core);
    free(verify);
    return err;
}

enum err engine_verify(const char *db_path, bool rebuild, struct buf *report)
{
    struct store *store;
    enum err err = store_open(db_path, rebuild ? STORE_WRITER : STORE_READER, &store);
    if (err) {
        return err;
    }
    err = store_check(store, true);
    if (err) {
        buf_printf(report, "the database file is damaged: %s\n", store_message(store));
    }
    if (err == ERR_NONE) {
        err = store_begin(store); /* one snapshot, also while somebody serves */
    }
    if (err == ERR_NONE) {
        err = verify_chain(store, report);
        if (err == ERR_NONE && rebuild) {
            err = store_ticket_delete_all(store);
        }
        if (err == ERR_NONE) {
            err = verify_state(store, rebuild, report);
        }
        if (err == ERR_NONE && rebuild) {
            err = store_commit(store);
        } else {
            store_rollback(store);
        }
    }
    store_close(store);
    return err;
}
