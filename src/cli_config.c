/* cli_config: the configuration document in and out.
 *
 * The first document goes straight into the table: there is no hall yet that could refuse it. Every
 * later one goes through the engine like one that comes over HTTP, so that it is an event and never
 * loses a waiting ticket. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "engine.h"
#include "mailbox.h"

static int run_export(const struct cli_command *command, int argc, char **argv)
{
    const char *db = NULL;
    const struct cli_option options[] = {{"db", CLI_TEXT, &db}, {0}};
    struct cli_list files;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 1, &status)) {
        return status;
    }
    if (db == NULL) {
        return cli_wrong(command, "name the database with --db FILE");
    }
    struct store *store = NULL;
    struct wire_config *config = NULL;
    struct buf text;
    FILE *file = stdout;
    status = CLI_FAILED;
    buf_init(&text, CLI_FILE_MAX);
    if (!cli_open_store(db, STORE_READER, &store) || !cli_load_config(store, db, &config)) {
        goto out;
    }
    wire_config_print(&text, config);
    if (text.length > 0 && text.data[text.length - 1] != '\n') {
        buf_add_char(&text, '\n');
    }
    if (buf_failed(&text)) {
        (void)cli_store_failed(db, ERR_NO_MEMORY, store);
        goto out;
    }
    if (files.count > 0) {
        file = fopen(files.items[0], "wbe");
    }
    bool written = file != NULL && fwrite(text.data, 1, text.length, file) == text.length;
    if (file != NULL && file != stdout) {
        written = fclose(file) == 0 && written;
    }
    status = written
                 ? CLI_DONE
                 : cli_fail("%s cannot be written: %s",
                            files.count > 0 ? files.items[0] : "standard output", strerror(errno));
out:
    buf_fini(&text);
    wire_config_destroy(config);
    if (store != NULL) {
        store_close(store);
    }
    return status;
}

/* Reads the document and checks it. `text` is initialised here; both belong to the caller. */
static bool read_document(const char *name, struct buf *text, struct wire_config **ret_config)
{
    buf_init(text, CLI_FILE_MAX);
    return cli_read_file(name, text) &&
           cli_make_config(name != NULL ? name : "standard input", buf_text(text), text->length,
                           ret_config) &&
           cli_check_zone(*ret_config) && cli_check_drivers(*ret_config);
}

static void hand_back(struct engine_job *job)
{
    enum err err = mailbox_put(job->owner, job);
    (void)err; /* a mailbox of one for one job */
}

/* Gives the document to an engine of our own. `version`: the one that it replaces. */
static int put_through_engine(const char *db, const struct buf *document, int64_t version)
{
    struct engine *engine = NULL;
    struct engine_job job;
    struct mailbox *answers = mailbox_create(1);
    struct bus *bus = bus_create();
    struct engine_options options = {.db_path = db, .bus = bus, .configured = cli_set_zone};
    int status = CLI_FAILED;
    engine_job_init(&job, ENGINE_PUT_CONFIG);
    job.document = document->data;
    job.document_length = document->length;
    job.if_version = version;
    job.cmd.by = CMD_BY_ADMIN;
    job.done = hand_back;
    job.owner = answers;
    enum err err = answers == NULL || bus == NULL ? ERR_NO_MEMORY : engine_open(&options, &engine);
    if (err) {
        status = cli_store_failed(db, err, NULL);
        goto out;
    }
    err = engine_start(engine);
    if (err == ERR_NONE) {
        err = engine_submit(engine, &job);
    }
    if (err == ERR_NONE) {
        void *item = NULL;
        (void)mailbox_take(answers, &item, 1, INT64_MAX);
        err = job.err;
    }
    engine_stop(engine);
    if (err == ERR_NONE) {
        (void)printf("configuration version %lld is stored in %s\n", (long long)job.version, db);
        status = CLI_DONE;
    } else {
        const struct wire_problem *problem = &job.problem;
        status = cli_fail("the configuration was refused: %s",
                          problem->detail_en[0] != '\0' ? problem->detail_en : err_title(err));
    }
out:
    engine_close(engine);
    engine_job_fini(&job);
    bus_destroy(bus);
    mailbox_destroy(answers);
    return status;
}

static int run_import(const struct cli_command *command, int argc, char **argv)
{
    const char *db = NULL;
    const struct cli_option options[] = {{"db", CLI_TEXT, &db}, {0}};
    struct cli_list files;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 1, &status)) {
        return status;
    }
    if (db == NULL) {
        return cli_wrong(command, "name the database with --db FILE");
    }
    struct buf document;
    struct buf old;
    struct wire_config *config = NULL;
    struct store *store = NULL;
    int64_t version = 0;
    status = CLI_FAILED;
    buf_init(&old, CLI_FILE_MAX);
    if (!read_document(files.count > 0 ? files.items[0] : NULL, &document, &config) ||
        !cli_open_store(db, STORE_WRITER, &store)) {
        goto out;
    }
    enum err err = store_config_get(store, 0, &old, &version);
    if (err == ERR_NOT_FOUND) {
        err = store_config_put(store, clock_wall_ms(), "system", document.data, document.length,
                               &version);
        status = err ? cli_store_failed(db, err, store) : CLI_DONE;
        if (err == ERR_NONE) {
            (void)printf("configuration version %lld is stored in %s\n", (long long)version, db);
        }
    } else if (err) {
        status = cli_store_failed(db, err, store);
    } else {
        store_close(store);
        store = NULL;
        status = put_through_engine(db, &document, version);
    }
out:
    if (store != NULL) {
        store_close(store);
    }
    wire_config_destroy(config);
    buf_fini(&old);
    buf_fini(&document);
    return status;
}

static int run_check(const struct cli_command *command, int argc, char **argv)
{
    const char *db = NULL;
    const struct cli_option options[] = {{"db", CLI_TEXT, &db}, {0}};
    struct cli_list files;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 1, &status)) {
        return status;
    }
    if ((db == NULL) == (files.count == 0)) {
        return cli_wrong(command, "name either a file or a database with --db FILE");
    }
    struct buf text;
    struct store *store = NULL;
    struct wire_config *config = NULL;
    bool valid = false;
    buf_init(&text, CLI_FILE_MAX);
    if (db == NULL) {
        buf_fini(&text);
        valid = read_document(files.items[0], &text, &config);
    } else if (cli_open_store(db, STORE_READER, &store)) {
        valid = cli_load_config(store, db, &config) && cli_check_zone(config) &&
                cli_check_drivers(config);
    }
    status = CLI_FAILED;
    if (valid) {
        struct buf bounds;
        buf_init(&bounds, CLI_FILE_MAX);
        wire_config_bounds(&bounds, config);
        (void)fputs(buf_text(&bounds), stdout);
        status = buf_failed(&bounds) ? CLI_FAILED : CLI_DONE;
        buf_fini(&bounds);
    }
    wire_config_destroy(config);
    if (store != NULL) {
        store_close(store);
    }
    buf_fini(&text);
    return status;
}

const struct cli_command cli_config_commands[] = {
    {"config export", run_export, "--db FILE [FILE.json]",
     "Writes the configuration in force to FILE.json or to standard output. Also while serving.\n"},
    {"config import", run_import, "--db FILE [FILE.json]",
     "Checks the document (standard input without a file) and makes it the configuration in "
     "force.\n"
     "Creates the database when there is none. Not while serving: use the administrator's page "
     "then.\n"},
    {"config check", run_check, "FILE.json | --db FILE",
     "Prints for each service and class by how much a ticket can be overtaken, then warnings.\n"
     "An invalid document gives one line \"path: reason\" for each finding and exit status 1.\n"},
    {0},
};
