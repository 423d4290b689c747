/* reader: one thread that answers what takes long, from its own read-only connection.
 *
 * A job is done when it is taken; there is no transaction over several statements, because the
 * event log only grows and a ticket's row is one row. Tickets are printed with the words of the
 * configuration, which is read again when the database holds a newer one. */
#include "reader.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine_reader.h"
#include "log.h"
#include "mailbox.h"
#include "wire.h"

#define READER_BATCH_MAX 32
#define READER_BODY_MAX (4 * 1024 * 1024)     /* 1000 events of the longest kind */
#define READER_DOCUMENT_MAX (4 * 1024 * 1024) /* as a configuration may be imported */
#define READER_TICKETS_MAX 200
#define READER_CHANGES_MAX 1000

struct reader {
    struct store *store;
    struct mailbox *mailbox;
    struct wire_config *config; /* newest printed with; NULL before the first */
    int64_t config_version;
    char site[HALL_CODE_SIZE * 2];
    int64_t epoch;
    struct speech *speech;                  /* owned; NULL none */
    struct event calls[WIRE_PASSED_BY_MAX]; /* scratch of run_why(): too large for a stack */
    char nobody_hash[128]; /* checked for unknown users, so that they take as long as others */
    pthread_t thread;
    bool started;
};

void reader_job_init(struct reader_job *job, enum reader_what what)
{
    *job = (struct reader_job){.what = what, .passed = -1};
    buf_init(&job->body, READER_BODY_MAX);
}

void reader_job_fini(struct reader_job *job)
{
    buf_fini(&job->body);
    wire_config_destroy(job->config);
    job->config = NULL;
    explicit_bzero(&job->login, sizeof job->login);
    explicit_bzero(job->password_hash, sizeof job->password_hash);
}

/* Reads the configuration again when there is a newer one. */
static enum err refresh_config(struct reader *reader)
{
    struct buf document;
    int64_t version = 0;
    struct wire_problem problem;
    struct wire_config *config = NULL;
    wire_problem_init(&problem, ERR_NONE);
    buf_init(&document, READER_DOCUMENT_MAX);
    enum err err = store_config_get(reader->store, 0, &document, &version);
    if (err == ERR_NONE && (reader->config == NULL || version != reader->config_version)) {
        err = wire_config_create(buf_text(&document), document.length, &problem, &config);
        if (err == ERR_NONE) {
            wire_config_destroy(reader->config);
            reader->config = config;
            reader->config_version = version;
        }
    }
    buf_fini(&document);
    return err;
}

static enum err run_login(struct reader *reader, struct reader_job *job)
{
    struct store_user user;
    enum err err = store_user_get(reader->store, job->login.username, &user);
    bool known = err == ERR_NONE && !user.disabled;
    if (err != ERR_NONE && err != ERR_NOT_FOUND) {
        return err;
    }
    bool right =
        password_check(job->login.password, known ? user.password_hash : reader->nobody_hash);
    explicit_bzero(job->login.password, sizeof job->login.password);
    if (!known || !right) {
        return ERR_UNAUTHORIZED;
    }
    if (job->login.new_password[0] != '\0') {
        err = password_hash(job->login.new_password, job->password_hash);
        explicit_bzero(job->login.new_password, sizeof job->login.new_password);
    } else if (user.must_change) {
        err = ERR_PASSWORD_CHANGE;
    }
    if (err) {
        return err;
    }
    digest_sha256(user.password_hash, strlen(user.password_hash), NULL, 0, job->checked);
    job->identity =
        (struct identity){.kind = IDENTITY_USER, .roles = user.roles, .window = user.window};
    return text_copy(job->identity.name, sizeof job->identity.name, user.name);
}

static enum err run_hash(struct reader_job *job)
{
    enum err err = password_hash(job->login.password, job->password_hash);
    explicit_bzero(job->login.password, sizeof job->login.password);
    return err;
}

/* What the row handlers work with. */
struct listing {
    struct reader *reader;
    struct buf *body;
    int count;
    char last_id[TICKET_ID_SIZE];
    int64_t last_seq;
};

/* What run_why() learns of a ticket from its own events. */
struct life {
    int64_t issued_seq;
    int64_t since_seq;   /* its last leg began to wait */
    int64_t left_seq;    /* it was last taken out of the queue; 0 never */
    int64_t last_seq;    /* its newest event */
    struct event called; /* its newest call; EVENT_KIND_COUNT while none was seen */
};

/* The calls that passed a ticket, in the reader's own memory: an event is large. */
struct passing {
    struct event *calls;
    int count;
};

static void add_comma(struct listing *listing)
{
    if (listing->count > 0) {
        buf_add_char(listing->body, ',');
    }
    listing->count++;
}

static enum err take_ticket(void *context, const struct ticket *ticket)
{
    struct listing *listing = context;
    add_comma(listing);
    wire_ticket_print(listing->body, ticket, listing->reader->config);
    return text_copy(listing->last_id, sizeof listing->last_id, ticket->id);
}

static enum err read_event(const struct store_event *row, struct event *ret_event)
{
    return wire_event_read(row->seq, row->at_ms, row->day, row->kind, row->data, row->data_length,
                           ret_event);
}

static enum err take_history(void *context, const struct store_event *row)
{
    struct listing *listing = context;
    struct event event;
    enum err err = read_event(row, &event);
    if (err == ERR_NONE) {
        add_comma(listing);
        wire_history_item_print(listing->body, &event);
    }
    return err;
}

static enum err take_life(void *context, const struct store_event *row)
{
    struct life *life = context;
    life->last_seq = row->seq;
    switch ((int)event_kind_parse(row->kind)) {
    case EVENT_TICKET_ISSUED:
        life->issued_seq = row->seq;
        life->since_seq = row->seq;
        return ERR_NONE;
    case EVENT_TICKET_TRANSFERRED:
        life->since_seq = row->seq;
        return ERR_NONE;
    case EVENT_TICKET_UNDONE: /* perhaps a transfer, and the leg before it goes on */
        life->since_seq = life->issued_seq;
        return ERR_NONE;
    case EVENT_TICKET_CALLED:
        life->left_seq = row->seq;
        return read_event(row, &life->called);
    case EVENT_TICKET_CANCELLED:
    case EVENT_TICKET_VOIDED:
    case EVENT_TICKET_EXPIRED:
        life->left_seq = row->seq;
        return ERR_NONE;
    default:
        return ERR_NONE;
    }
}

static enum err take_passing(void *context, const struct store_event *row)
{
    struct passing *passing = context;
    assert(passing->count < WIRE_PASSED_BY_MAX); /* as many as were asked for */
    return read_event(row, &passing->calls[passing->count++]);
}

static enum err take_change(void *context, const struct store_event *row)
{
    struct listing *listing = context;
    struct event event;
    enum err err = read_event(row, &event);
    if (err == ERR_NONE) {
        add_comma(listing);
        wire_event_envelope(listing->body, &event, row->epoch, listing->reader->site, WIRE_STAFF);
        listing->last_seq = row->seq;
    }
    return err;
}

static enum err run_tickets(struct reader *reader, struct reader_job *job)
{
    struct listing listing = {.reader = reader, .body = &job->body};
    if (job->filter.limit < 1 || job->filter.limit > READER_TICKETS_MAX) {
        job->filter.limit = READER_TICKETS_MAX;
    }
    enum err err = refresh_config(reader);
    if (err) {
        return err;
    }
    buf_add_text(&job->body, "{\"items\":[");
    err = store_ticket_each(reader->store, &job->filter, take_ticket, &listing);
    if (err) {
        return err;
    }
    if (listing.count == job->filter.limit) {
        /* An id is made of letters and digits: nothing to escape. */
        buf_printf(&job->body, "],\"next_cursor\":\"%s\"}", listing.last_id);
    } else {
        buf_add_text(&job->body, "],\"next_cursor\":null}");
    }
    return ERR_NONE;
}

static enum err run_ticket(struct reader *reader, struct reader_job *job)
{
    struct ticket ticket;
    enum err err = store_ticket_get(reader->store, job->ticket_id, &ticket);
    if (err) {
        return err;
    }
    err = refresh_config(reader);
    if (err == ERR_NONE) {
        wire_ticket_print(&job->body, &ticket, reader->config);
        job->version = ticket.version;
    }
    return err;
}

static enum err run_history(struct reader *reader, struct reader_job *job)
{
    struct listing listing = {.reader = reader, .body = &job->body};
    buf_add_text(&job->body, "{\"items\":[");
    enum err err =
        store_event_each_of_ticket(reader->store, job->ticket_id, take_history, &listing);
    if (err) {
        return err;
    }
    buf_add_text(&job->body, "]}");
    return listing.count > 0 ? ERR_NONE : ERR_NOT_FOUND;
}

/* Behind the last event that can have passed it: nobody is passed who does not wait. */
static int64_t wait_end(const struct life *life, enum ticket_state state)
{
    if (state == TICKET_WAITING || state == TICKET_BOOKED) {
        return INT64_MAX;
    }
    return life->left_seq > life->since_seq ? life->left_seq : life->last_seq;
}

static enum err run_why(struct reader *reader, struct reader_job *job)
{
    struct ticket ticket;
    struct life life = {.called = {.kind = EVENT_KIND_COUNT}};
    struct passing passing = {.calls = reader->calls};
    enum err err = store_ticket_get(reader->store, job->ticket_id, &ticket);
    if (err) {
        return err;
    }
    err = store_event_each_of_ticket(reader->store, job->ticket_id, take_life, &life);
    if (err) {
        return err;
    }
    err = store_event_each_passing(reader->store, life.since_seq, wait_end(&life, ticket.state),
                                   ticket.number, WIRE_PASSED_BY_MAX, take_passing, &passing);
    if (err) {
        return err;
    }
    err = refresh_config(reader);
    if (err) {
        return err;
    }
    const struct wire_why facts = {.ticket = &ticket,
                                   .called = life.called.kind == EVENT_TICKET_CALLED ? &life.called
                                                                                     : NULL,
                                   .calls = passing.calls,
                                   .call_count = passing.count,
                                   .passed = job->passed};
    if (job->what == READER_WHY_OWN) {
        wire_public_why_print(&job->body, &facts, reader->config);
    } else {
        wire_why_print(&job->body, &facts, reader->config);
    }
    return ERR_NONE;
}

static enum err run_edit(struct reader *reader, struct reader_job *job)
{
    enum err err = refresh_config(reader);
    if (err) {
        return err;
    }
    job->version = reader->config_version;
    return reader_edit(reader->config, job);
}

static enum err run_changes(struct reader *reader, struct reader_job *job)
{
    struct listing listing = {.reader = reader, .body = &job->body, .last_seq = job->after};
    int64_t limit = job->limit;
    if (limit < 1 || limit > READER_CHANGES_MAX) {
        limit = READER_CHANGES_MAX;
    }
    buf_add_text(&job->body, "{\"items\":[");
    enum err err = store_event_each(reader->store, job->after, limit, take_change, &listing);
    if (err) {
        return err;
    }
    buf_printf(&job->body, "],\"next_after\":%lld}", (long long)listing.last_seq);
    return ERR_NONE;
}

static enum err run(struct reader *reader, struct reader_job *job)
{
    switch (job->what) {
    case READER_LOGIN:
        return run_login(reader, job);
    case READER_TICKETS:
        return run_tickets(reader, job);
    case READER_TICKET:
        return run_ticket(reader, job);
    case READER_HISTORY:
        return run_history(reader, job);
    case READER_WHY:
    case READER_WHY_OWN:
        return run_why(reader, job);
    case READER_CHANGES:
        return run_changes(reader, job);
    case READER_USERS:
        return reader_list_users(reader->store, job);
    case READER_HASH:
        return run_hash(job);
    case READER_VERSIONS:
        return reader_list_versions(reader->store, job);
    case READER_VERSION:
        return reader_get_version(reader->store, job);
    case READER_CARD:
        return reader_get_card(reader->store, job);
    case READER_PACK: {
        enum err err = refresh_config(reader);
        return err ? err : reader_check_pack(reader->speech, wire_config_hall(reader->config), job);
    }
    case READER_DOCUMENT:
        return reader_read_document(job);
    case READER_RESTORE:
        return reader_restore(reader->store, job);
    case READER_EDIT:
        return run_edit(reader, job);
    case READER_BOUNDS:
        return reader_try_bounds(job);
    case READER_SPEAK:
        return reader->speech == NULL ? ERR_NOT_FOUND
                                      : speech_fetch(reader->speech, &job->announcement,
                                                     &job->manner, &job->body, job->etag);
    }
    return ERR_INTERNAL;
}

static void answer(struct reader *reader, struct reader_job *job)
{
    buf_clear(&job->body);
    job->err = run(reader, job);
    if (job->err == ERR_NONE && buf_failed(&job->body)) {
        job->err = ERR_NO_MEMORY;
    }
    if (job->err == ERR_STORE_IO || job->err == ERR_STORE_CORRUPT || job->err == ERR_REPLAY) {
        log_error("reader", "what=%d err=%s message=%s", (int)job->what, err_slug(job->err),
                  store_message(reader->store));
    }
    job->done(job);
}

static void *run_thread(void *context)
{
    struct reader *reader = context;
    void *jobs[READER_BATCH_MAX];
    for (;;) {
        size_t count = mailbox_take(reader->mailbox, jobs, READER_BATCH_MAX, INT64_MAX);
        if (count == 0) {
            return NULL; /* closed and empty */
        }
        for (size_t i = 0; i < count; i++) {
            answer(reader, jobs[i]);
        }
    }
}

enum err reader_open(const char *db_path, const char *site, int64_t epoch,
                     struct reader **ret_reader)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        return ERR_NO_MEMORY;
    }
    enum err err = ERR_NONE;
    reader->epoch = epoch;
    text_copy_cut(reader->site, sizeof reader->site, site);
    reader->mailbox = mailbox_create(READER_MAILBOX_MAX);
    if (reader->mailbox == NULL) {
        err = ERR_NO_MEMORY;
        goto out;
    }
    err = password_hash("nobody has this password", reader->nobody_hash);
    if (err) {
        goto out;
    }
    err = store_open(db_path, STORE_READER, &reader->store);
out:
    if (err) {
        reader_close(reader);
        return err;
    }
    *ret_reader = reader;
    return ERR_NONE;
}

void reader_set_speech(struct reader *reader, struct speech *speech)
{
    assert(!reader->started && reader->speech == NULL);
    reader->speech = speech;
}

enum err reader_start(struct reader *reader)
{
    assert(!reader->started);
    if (pthread_create(&reader->thread, NULL, run_thread, reader) != 0) {
        return ERR_NO_MEMORY;
    }
    reader->started = true;
    return ERR_NONE;
}

void reader_stop(struct reader *reader)
{
    if (reader == NULL || !reader->started) {
        return;
    }
    mailbox_close(reader->mailbox);
    (void)pthread_join(reader->thread, NULL);
    reader->started = false;
}

void reader_close(struct reader *reader)
{
    if (reader == NULL) {
        return;
    }
    assert(!reader->started);
    speech_destroy(reader->speech);
    wire_config_destroy(reader->config);
    if (reader->store != NULL) {
        store_close(reader->store);
    }
    mailbox_destroy(reader->mailbox);
    free(reader);
}

enum err reader_submit(struct reader *reader, struct reader_job *job)
{
    assert(job->done != NULL);
    return mailbox_put(reader->mailbox, job);
}
