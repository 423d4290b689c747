/* engine_event: what becomes of an event: a row of the log inside the batch's transaction, and,
 * once that is committed, a frame for the streams, a sign for the ports and rows of derived tables.
 */
#include <stdio.h>
#include <string.h>

#include "engine_internal.h"
#include "log.h"

/* Counts and estimates per service are told to the pages at most once a second. */
#define QUEUE_EVERY_MS 1000

static void actor_text(const struct event *event, char *text, size_t size)
{
    static const char *const kinds[] = {"system", "user", "device", "visitor"};
    if (event->actor_id[0] != '\0') {
        (void)snprintf(text, size, "%s:%s", kinds[event->actor], event->actor_id);
    } else {
        (void)snprintf(text, size, "%s", kinds[event->actor]);
    }
}

static enum err store_row(struct engine *engine, const struct event *event)
{
    char actor[TICKET_ACTOR_SIZE + 16];
    const struct engine_job *job = engine->job;
    buf_clear(&engine->data);
    wire_event_data(&engine->data, event);
    if (buf_failed(&engine->data)) {
        return ERR_NO_MEMORY;
    }
    actor_text(event, actor, sizeof actor);
    struct store_event row = {
        .seq = event->seq,
        .epoch = engine->epoch,
        .at_ms = event->at_ms,
        .wall_ms = clock_wall_ms(),
        .day = event->day,
        .kind = event_kind_text(event->kind),
        .ticket_id = event->ticket_id[0] != '\0' ? event->ticket_id : NULL,
        .visit = event->visit,
        .leg = event->leg,
        .window = event->window,
        .actor = actor,
        .device = job != NULL && job->device[0] != '\0' ? job->device : NULL,
        .request_id = job != NULL && job->request_id[0] != '\0' ? job->request_id : NULL,
        .data = engine->data.data,
        .data_length = engine->data.length};
    return store_event_put(engine->store, &row);
}

static void add_frame_text(struct buf *buf, const struct engine *engine, const struct event *event,
                           enum wire_audience audience, size_t *ret_at, size_t *ret_length)
{
    size_t start = buf->length;
    buf_add_text(buf, "id: ");
    buf_add_int(buf, event->seq);
    buf_add_text(buf, "\nevent: ");
    buf_add_text(buf, event_kind_text(event->kind));
    buf_add_text(buf, "\ndata: ");
    size_t before = buf->length;
    wire_event_envelope(buf, event, engine->epoch, engine->site, audience);
    if (buf->length == before) { /* nothing for this audience */
        buf->length = start;
    } else {
        buf_add_text(buf, "\n\n");
    }
    *ret_at = start;
    *ret_length = buf->length - start;
}

static void keep_frame(struct engine *engine, const struct event *event)
{
    if (engine->frame_count == ENGINE_FRAME_MAX || engine->options.bus == NULL) {
        engine->frames_lost = true;
        return;
    }
    struct engine_frame *kept = &engine->frames[engine->frame_count];
    struct bus_frame *frame = &kept->frame;
    memset(frame, 0, sizeof *frame);
    frame->seq = event->seq;
    frame->at_ms = event->at_ms;
    frame->window = event->window;
    frame->zone = -1;
    int w = event->window != 0 ? hall_find_window(core_hall(engine->core), event->window) : -1;
    if (w >= 0) {
        frame->zone = core_hall(engine->core)->windows[w].zone;
    }
    if (event->announcement != 0) { /* where it is heard, wherever its window is */
        frame->zone = (int16_t)hall_find_zone(core_hall(engine->core), event->zone);
    }
    text_copy_cut(frame->service, sizeof frame->service, event->service);
    text_copy_cut(frame->kind, sizeof frame->kind, event_kind_text(event->kind));
    text_copy_cut(frame->ticket_id, sizeof frame->ticket_id, event->ticket_id);
    add_frame_text(&engine->staff, engine, event, WIRE_STAFF, &kept->staff_at,
                   &frame->staff_length);
    add_frame_text(&engine->public_text, engine, event, WIRE_PUBLIC, &kept->public_at,
                   &frame->public_length);
    if (buf_failed(&engine->staff) || buf_failed(&engine->public_text)) {
        engine->frames_lost = true;
        return;
    }
    engine->frame_count += 1;
}

static void mark_dirty(struct engine *engine, const struct event *event)
{
    /* An announcement names a ticket and leaves it as it is. */
    bool of_ticket = event->visit >= 0 && event->announcement == 0;
    if (of_ticket && engine->dirty_flags[event->visit] == 0) {
        engine->dirty_flags[event->visit] = 1;
        engine->dirty[engine->dirty_count++] = event->visit;
    }
    int w = event->window != 0 ? hall_find_window(core_hall(engine->core), event->window) : -1;
    if (w >= 0 && event->announcement == 0) {
        engine->windows_dirty[w] = true;
    }
    if (event->kind == EVENT_HALL_DAY_OPENED || event->kind == EVENT_HALL_DAY_CLOSED) {
        memset(engine->windows_dirty, 1, sizeof engine->windows_dirty);
    }
    engine->raters_stale = engine->raters_stale || event->kind == EVENT_HALL_DAY_OPENED;
    engine->calls_dirty = engine->calls_dirty || of_ticket;
    engine->queue_dirty = true;
    engine->issued += event->kind == EVENT_TICKET_ISSUED ? 1 : 0;
    engine->called += event->kind == EVENT_TICKET_CALLED ? 1 : 0;
}

static enum wire_paper paper_after(enum event_kind kind)
{
    return kind == EVENT_DEVICE_PAPER_OUT   ? WIRE_PAPER_OUT
           : kind == EVENT_DEVICE_PAPER_LOW ? WIRE_PAPER_LOW
                                            : WIRE_PAPER_OK;
}

void engine_forget_pages(struct engine *engine)
{
    int kept = 0;
    for (int i = 0; i < engine->device_count; i++) {
        if (engine->devices[i].role[0] == '\0') {
            engine->devices[kept] = engine->devices[i];
            engine->devices[kept++].help_ms = 0;
        }
    }
    engine->device_count = kept;
}

static void forget_device(struct engine *engine, const char *code)
{
    for (int i = 0; i < engine->device_count; i++) {
        if (strcmp(engine->devices[i].code, code) == 0) {
            engine->devices[i] = engine->devices[--engine->device_count];
            return;
        }
    }
}

void engine_track_device(struct engine *engine, const struct event *event)
{
    if (event->kind < EVENT_DEVICE_ONLINE || event->kind > EVENT_DEVICE_ERROR) {
        if (event->kind == EVENT_DEVICE_REVOKED) {
            forget_device(engine, event->subject);
        }
        return;
    }
    int at = 0;
    while (at < engine->device_count && strcmp(engine->devices[at].code, event->subject) != 0) {
        at++;
    }
    if (at == (int)(sizeof engine->devices / sizeof engine->devices[0])) {
        return;
    }
    bool is_new = at == engine->device_count;
    struct wire_device *device = &engine->devices[at];
    if (is_new) {
        engine->device_count += 1;
        *device = (struct wire_device){0};
    }
    if (event->kind != EVENT_DEVICE_HELP) {
        text_copy_cut(device->role, sizeof device->role, event->role);
        device->window = event->window;
    }
    text_copy_cut(device->code, sizeof device->code, event->subject);
    if (event->kind >= EVENT_DEVICE_PAPER_LOW && event->kind <= EVENT_DEVICE_PAPER_OK) {
        device->paper = paper_after(event->kind);
        device->paper_ms = event->at_ms;
        return;
    }
    if (event->kind == EVENT_DEVICE_HELP) {
        device->help_ms = event->on != 0 ? event->at_ms : 0;
        device->online = device->online || is_new; /* whoever calls is there */
        return;
    }
    device->online = event->kind == EVENT_DEVICE_ONLINE;
    device->since_ms = event->at_ms;
    text_copy_cut(device->detail, sizeof device->detail, event->reason);
}

void engine_take_event(void *context, const struct event *event)
{
    struct engine *engine = context;
    if (engine->batch_err == ERR_NONE && !engine->in_transaction) {
        engine->batch_err = store_begin(engine->store);
        engine->in_transaction = engine->batch_err == ERR_NONE;
    }
    if (engine->batch_err == ERR_NONE) {
        engine->batch_err = store_row(engine, event);
    }
    mark_dirty(engine, event);
    if (event->kind == EVENT_TICKET_CALLED) {
        engine_forecast_note_call(engine, event);
    }
    if (engine->batch_err == ERR_NONE && !core_day_is_open(engine->core)) {
        /* A rating after the close as well: the next event may open a day that takes the slots. */
        engine->batch_err = engine_flush_tickets(engine);
    }
    engine_track_device(engine, event);
    keep_frame(engine, event);
}

void engine_read_ticket(struct engine *engine, int32_t slot, struct ticket *ret_ticket)
{
    struct core_now now = engine_now(engine);
    core_get_ticket(engine->core, &now, slot, ret_ticket);
}

enum err engine_flush_tickets(struct engine *engine)
{
    enum err err = ERR_NONE;
    for (int32_t i = 0; i < engine->dirty_count; i++) {
        int32_t slot = engine->dirty[i];
        engine->dirty_flags[slot] = 0;
        if (err == ERR_NONE) {
            engine_read_ticket(engine, slot, &engine->ticket);
            err = store_ticket_put(engine->store, &engine->ticket);
        }
    }
    engine->dirty_count = 0;
    return err;
}

void engine_forget_batch(struct engine *engine)
{
    for (int32_t i = 0; i < engine->dirty_count; i++) {
        engine->dirty_flags[engine->dirty[i]] = 0;
    }
    engine->dirty_count = 0;
    engine->frame_count = 0;
    engine->frames_lost = false;
    buf_clear(&engine->staff);
    buf_clear(&engine->public_text);
}

/* ---- after the commit ---- */

static int64_t queue_deadline_ms(const struct engine *engine)
{
    return engine->queue_dirty ? engine->queue_sent_ms + QUEUE_EVERY_MS : INT64_MAX;
}

int64_t engine_publish_deadline_ms(const struct engine *engine)
{
    int64_t queue_ms = queue_deadline_ms(engine);
    if (engine->options.bus == NULL) {
        return INT64_MAX;
    }
    return queue_ms < engine->texts_due_ms ? queue_ms : engine->texts_due_ms;
}

static void publish_queue(struct engine *engine)
{
    if (clock_mono_ms() < queue_deadline_ms(engine)) {
        return;
    }
    struct wire_view view = {
        .core = engine->core, .config = engine->config, .now = engine_now(engine)};
    struct bus_frame frame = {.zone = -1, .kind = "queue.updated", .at_ms = view.now.ms};
    buf_clear(&engine->data);
    buf_add_text(&engine->data, "event: queue.updated\ndata: ");
    wire_queue_envelope(&engine->data, &view, engine->epoch);
    buf_add_text(&engine->data, "\n\n");
    if (buf_failed(&engine->data)) {
        log_warn("engine", "queue.updated is longer than its buffer");
    } else {
        frame.staff_bytes = engine->data.data;
        frame.staff_length = engine->data.length;
        frame.public_bytes = engine->data.data;
        frame.public_length = engine->data.length;
        if (bus_publish(engine->options.bus, &frame) != ERR_NONE) {
            log_warn("engine", "no memory for the streams: they start afresh");
        }
    }
    engine_publish_pads(engine, true);
    engine->queue_dirty = false;
    engine->queue_sent_ms = clock_mono_ms();
}

void engine_publish(struct engine *engine)
{
    if (engine->options.bus == NULL) {
        return;
    }
    for (int i = 0; i < engine->frame_count; i++) {
        struct engine_frame *kept = &engine->frames[i];
        kept->frame.staff_bytes = engine->staff.data + kept->staff_at;
        kept->frame.public_bytes = engine->public_text.data + kept->public_at;
        if (bus_publish(engine->options.bus, &kept->frame) != ERR_NONE) {
            log_warn("engine", "no memory for the streams: they start afresh");
        }
        if (strcmp(kept->frame.kind, event_kind_text(EVENT_RATING_INVITED)) == 0) {
            engine->asked[kept->frame.window] = kept->frame.seq;
        }
    }
    if (engine->frames_lost) {
        bus_skip(engine->options.bus, core_next_seq(engine->core) - 1);
    }
    engine_publish_pads(engine, false);
    engine_publish_signs(engine);
    engine_publish_prints(engine);
    publish_queue(engine);
    bus_wake(engine->options.bus);
}
