/* engine_pairing: how a thing on a wall becomes a device of the hall, and how it ends.
 *
 * An administrator has a code made; whoever types it once within a quarter of an hour gets a token
 * of that role. What is stored of the code is a hash keyed with the hall's own key; each waiting
 * one is compared in constant time. Tokens that were made on the command line are devices too. */
#include <string.h>

#include "engine_internal.h"

#define CODE_MS (15 * 60 * 1000)
/* What may be left of a code's time when the clock was corrected meanwhile. With more the clock was
 * set back, and the code is an old one that came to life again. */
#define LEFT_MS (4 * CODE_MS)

static enum err take_token(void *context, const struct identity_entry *entry)
{
    struct engine *engine = context;
    if (entry->identity.kind == IDENTITY_TOKEN && !entry->session &&
        engine->page_count < ENGINE_PAGE_MAX &&
        engine_find_page(engine, entry->identity.name) == NULL) {
        struct engine_page *page = &engine->pages[engine->page_count++];
        *page = (struct engine_page){.identity = entry->identity, .made_ms = entry->created_ms};
        /* It lived when the log ended: it has its time to say so again. */
        const struct wire_device *device = engine_find_device(engine, entry->identity.name);
        page->lives = device != NULL && device->online;
        page->heard_ms = page->lives ? clock_now_ms(&engine->clock) : 0;
    }
    return ERR_NONE;
}

enum err engine_load_pages(struct engine *engine)
{
    engine->page_count = 0;
    return store_identity_each(engine->store, clock_now_ms(&engine->clock), take_token, engine);
}

static bool is_taken(struct engine *engine, const char *name)
{
    for (int i = 0; i < engine->seen_count; i++) {
        if (strcmp(engine->seen[i].code, name) == 0) {
            return true; /* a sign or a printer of that code: events would mix them up */
        }
    }
    return engine_find_page(engine, name) != NULL;
}

struct count {
    const char *name; /* not this one */
    int others;
};

static enum err count_pairing(void *context, const struct store_pairing *pairing)
{
    struct count *count = context;
    count->others += strcmp(pairing->identity.name, count->name) != 0 ? 1 : 0;
    return ERR_NONE;
}

void engine_put_pairing(struct engine *engine, struct engine_job *job)
{
    const struct identity *identity = &job->entry.identity;
    int64_t now_ms = clock_now_ms(&engine->clock);
    engine_see_devices(engine);
    if (is_taken(engine, identity->name)) {
        engine_fail(job, ERR_DEVICE_EXISTS);
        return;
    }
    if (identity->window != 0 && hall_find_window(core_hall(engine->core), identity->window) < 0) {
        engine_fail(job, ERR_INVALID_BODY);
        wire_problem_add(&job->problem, "/window", "is no window of this hall");
        return;
    }
    struct count count = {.name = identity->name};
    enum err err = store_pairing_each(engine->store, now_ms, count_pairing, &count);
    if (err == ERR_NONE && (count.others >= STORE_PAIRING_MAX ||
                            engine->page_count + count.others >= ENGINE_PAGE_MAX)) {
        engine_fail(job, ERR_HALL_FULL);
        return;
    }
    struct store_pairing pairing = {.identity = *identity, .expires_ms = now_ms + CODE_MS};
    memcpy(pairing.hash, job->code_hash, DIGEST_SIZE);
    if (err == ERR_NONE && engine->batch_err == ERR_NONE && !engine->in_transaction) {
        err = store_begin(engine->store);
        engine->in_transaction = err == ERR_NONE;
    }
    err = err ? err : store_pairing_put(engine->store, now_ms, &pairing);
    engine->batch_err = engine->batch_err ? engine->batch_err : err;
    job->entry.expires_ms = pairing.expires_ms;
    job->status = 201;
}

struct search {
    const uint8_t *hash;
    int64_t latest_ms; /* a code that ends later is not good now */
    struct store_pairing found;
    bool any;
};

/* Looks at every one, also after the right one. */
static enum err compare_pairing(void *context, const struct store_pairing *pairing)
{
    struct search *search = context;
    if (digest_equal(pairing->hash, search->hash, DIGEST_SIZE) &&
        pairing->expires_ms <= search->latest_ms) {
        search->found = *pairing;
        search->any = true;
    }
    return ERR_NONE;
}

void engine_enroll(struct engine *engine, struct engine_job *job)
{
    int64_t now_ms = clock_now_ms(&engine->clock);
    struct search search = {.hash = job->code_hash, .latest_ms = now_ms + LEFT_MS};
    enum err err = store_pairing_each(engine->store, now_ms, compare_pairing, &search);
    if (err) {
        engine->batch_err = err;
        return;
    }
    if (!search.any || engine->page_count >= ENGINE_PAGE_MAX) {
        engine_fail(job, search.any ? ERR_HALL_FULL : ERR_NOT_PAIRED);
        return;
    }
    struct identity_entry *entry = &job->entry;
    entry->identity = search.found.identity;
    entry->session = false;
    entry->created_ms = now_ms;
    entry->expires_ms = 0;
    err = engine_record_page(engine, &entry->identity, EVENT_DEVICE_ENROLLED, "");
    if (err) {
        engine_fail(job, err);
        return;
    }
    err = store_pairing_delete(engine->store, entry->identity.name);
    err = err ? err : store_identity_put(engine->store, entry);
    engine->batch_err = engine->batch_err ? engine->batch_err : err;
    if (engine_find_page(engine, entry->identity.name) == NULL) {
        engine->pages[engine->page_count++] =
            (struct engine_page){.identity = entry->identity, .made_ms = now_ms};
    }
    job->status = 201;
}

static enum err find_pairing(void *context, const struct store_pairing *pairing)
{
    struct search *search = context;
    if (strcmp(pairing->identity.name, search->found.identity.name) == 0) {
        search->found = *pairing;
        search->any = true;
    }
    return ERR_NONE;
}

void engine_delete_device(struct engine *engine, struct engine_job *job)
{
    const char *name = job->entry.identity.name;
    struct engine_page *page = engine_find_page(engine, name);
    struct search search = {.found = {.identity = job->entry.identity}};
    enum err err =
        store_pairing_each(engine->store, clock_now_ms(&engine->clock), find_pairing, &search);
    if (err == ERR_NONE && page == NULL && !search.any) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    struct identity identity = page != NULL ? page->identity : search.found.identity;
    err = err ? err : engine_record_page(engine, &identity, EVENT_DEVICE_REVOKED, "");
    err = err ? err : store_pairing_delete(engine->store, name);
    err = err ? err : store_identity_delete_named(engine->store, name);
    engine->batch_err = engine->batch_err ? engine->batch_err : err;
    if (page != NULL) {
        *page = engine->pages[--engine->page_count];
    }
    job->status = 204;
}

static enum err print_pairing(void *context, const struct store_pairing *pairing)
{
    struct wire_paired paired = {
        .identity = pairing->identity, .state = "pairing", .expires_ms = pairing->expires_ms};
    struct buf *buf = context;
    if (buf->length > 0 && buf->data[buf->length - 1] == '}') {
        buf_add_text(buf, ",");
    }
    wire_paired_print(buf, &paired);
    return ERR_NONE;
}

static const char *state_of(const struct engine_page *page, const struct wire_device *device)
{
    if (device == NULL) {
        return "unknown"; /* it never said a word */
    }
    return page->lives && !device->online ? "error" : device->online ? "online" : "offline";
}

void engine_get_devices(struct engine *engine, struct engine_job *job)
{
    struct buf *buf = &job->body;
    buf_add_text(buf, "{\"items\":[");
    for (int i = 0; i < engine->page_count; i++) {
        const struct engine_page *page = &engine->pages[i];
        const struct wire_device *device = engine_find_device(engine, page->identity.name);
        struct wire_paired paired = {.identity = page->identity,
                                     .state = state_of(page, device),
                                     .made_ms = page->made_ms,
                                     .seen_ms = page->heard_ms,
                                     .status = page->status};
        buf_add_text(buf, i > 0 ? "," : "");
        wire_paired_print(buf, &paired);
    }
    if (store_pairing_each(engine->store, clock_now_ms(&engine->clock), print_pairing, buf)) {
        engine_fail(job, ERR_INTERNAL);
        return;
    }
    buf_add_text(buf, "],\"next_cursor\":null}");
    job->status = 200;
}
