/* reader_config: documents: those somebody sends, and the versions of the configuration.
 *
 * To read the largest document takes longer than anybody at a kiosk should stand behind. So it is
 * read here, and the engine gets what came of it.
 *
 * What a version changed is not stored: it follows from the document and the one before, which are
 * compared when somebody asks. */
#include "engine_reader.h"
#include "wire_admin.h"

#define VERSIONS_DEFAULT 20
#define VERSIONS_MAX 50                /* each is parsed and compared */
#define DOCUMENT_MAX (4 * 1024 * 1024) /* as a configuration may be imported */

/* The list walks from the newest to the oldest, so a version is printed when the next one has told
 * what stood before it. */
struct versions {
    struct buf *body;
    int64_t newest; /* in force */
    int64_t left;   /* that may still be printed */
    int64_t last;   /* printed last; 0 none */
    bool held;
    bool more;
    struct store_version version;  /* held, but for its texts: */
    char actor[TICKET_ACTOR_SIZE]; /* ... */
    struct buf document;
};

static enum err print_held(struct versions *versions, const struct store_version *older)
{
    const struct store_version *held = &versions->version;
    const struct wire_version version = {.version = held->version,
                                         .at_ms = held->at_ms,
                                         .by = versions->actor,
                                         .restored_from = held->restored_from,
                                         .in_force = held->version == versions->newest};
    const struct wire_document document = {buf_text(&versions->document),
                                           versions->document.length};
    const struct wire_document before = {older != NULL ? older->document : NULL,
                                         older != NULL ? older->length : 0};
    if (versions->last > 0) {
        buf_add_char(versions->body, ',');
    }
    versions->last = held->version;
    versions->left--;
    versions->held = false;
    return wire_version_print(versions->body, &version, &document, older != NULL ? &before : NULL);
}

static enum err take_version(void *context, const struct store_version *row)
{
    struct versions *versions = context;
    enum err err = versions->held ? print_held(versions, row) : ERR_NONE;
    if (err || versions->left == 0) {
        versions->more = true;
        return err;
    }
    versions->version = *row;
    text_copy_cut(versions->actor, sizeof versions->actor, row->actor);
    buf_clear(&versions->document);
    buf_add(&versions->document, row->document, row->length);
    versions->held = true;
    return buf_failed(&versions->document) ? ERR_NO_MEMORY : ERR_NONE;
}

enum err reader_list_versions(struct store *store, struct reader_job *job)
{
    int64_t limit = job->limit < 1 ? VERSIONS_DEFAULT : job->limit;
    struct versions versions = {.body = &job->body,
                                .left = limit > VERSIONS_MAX ? VERSIONS_MAX : limit};
    buf_init(&versions.document, DOCUMENT_MAX);
    enum err err = store_config_get(store, 0, &versions.document, &versions.newest);
    if (err == ERR_NONE) {
        job->version = versions.newest;
        buf_add_text(&job->body, "{\"items\":[");
        /* One more than is shown: the last is compared with it. */
        err =
            store_config_each(store, job->before, (int)versions.left + 1, take_version, &versions);
    }
    if (err == ERR_NONE && versions.held) {
        err = print_held(&versions, NULL);
    }
    buf_fini(&versions.document);
    if (err == ERR_NONE && versions.more) {
        buf_printf(&job->body, "],\"next_before\":%lld}", (long long)versions.last);
    } else if (err == ERR_NONE) {
        buf_add_text(&job->body, "],\"next_before\":null}");
    }
    return err;
}

enum err reader_get_version(struct store *store, struct reader_job *job)
{
    struct buf document;
    struct buf other;
    int64_t version = 0;
    if (job->config_version < 1) {
        return ERR_NOT_FOUND;
    }
    if (job->against == 0) {
        return store_config_get(store, job->config_version, &job->body, &job->version);
    }
    buf_init(&document, DOCUMENT_MAX);
    buf_init(&other, DOCUMENT_MAX);
    enum err err = store_config_get(store, job->config_version, &document, &version);
    if (err == ERR_NONE) {
        err = store_config_get(store, job->against, &other, &version);
    }
    if (err == ERR_NONE) {
        const struct wire_document from = {buf_text(&other), other.length};
        const struct wire_document to = {buf_text(&document), document.length};
        err = wire_document_diff(&job->body, &from, &to);
    }
    buf_fini(&other);
    buf_fini(&document);
    return err;
}

static enum err read_document(struct reader_job *job, const char *document, size_t length)
{
    wire_problem_init(&job->problem, ERR_NONE);
    enum err err = wire_config_create(document, length, &job->problem, &job->config);
    job->problem.err = err;
    return err;
}

enum err reader_read_document(struct reader_job *job)
{
    return read_document(job, job->document, job->document_length);
}

enum err reader_restore(struct store *store, struct reader_job *job)
{
    enum err err = reader_get_version(store, job);
    if (err == ERR_NONE && buf_failed(&job->body)) {
        err = ERR_NO_MEMORY;
    }
    return err ? err : read_document(job, buf_text(&job->body), job->body.length);
}

enum err reader_edit(const struct wire_config *config, struct reader_job *job)
{
    enum err err = wire_config_edit(&job->body, config, &job->edit, job->document,
                                    job->document_length, &job->problem);
    if (err) {
        return err;
    }
    err = read_document(job, buf_text(&job->body), job->body.length);
    if (err) {
        wire_edit_relate(&job->problem, &job->edit);
    }
    return err;
}

enum err reader_try_bounds(struct reader_job *job)
{
    enum err err = reader_read_document(job);
    if (err == ERR_NONE) {
        wire_config_print_bounds(&job->body, job->config);
    }
    return err;
}

enum err reader_get_card(struct store *store, struct reader_job *job)
{
    struct ticket ticket;
    struct buf document;
    int64_t version = 0;
    enum err err = store_ticket_get(store, job->ticket_id, &ticket);
    buf_init(&document, DOCUMENT_MAX);
    err = err ? err : store_config_at(store, ticket.issued_ms, &document, &version);
    err = err ? err
              : wire_card_print(&job->body, buf_text(&document), document.length, version,
                                ticket.number, ticket.legs[0].service);
    buf_fini(&document);
    return err;
}
