/* cli_file: files, databases and configurations for the commands, each failure with one line that
 * says what to do about it. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "clock.h"

int cli_store_failed(const char *path, enum err err, const struct store *store)
{
    const char *message = store != NULL ? store_message(store) : "";
    switch (err) {
    case ERR_STORE_LOCKED:
        return cli_fail("the database %s is in use by a running hallcall; stop it first", path);
    case ERR_STORE_NEWER:
        return cli_fail("the database %s was made by a newer hallcall; use that version", path);
    case ERR_STORE_CORRUPT:
        return cli_fail("the database %s is damaged or no database; restore a backup%s%s", path,
                        message[0] != '\0' ? ": " : "", message);
    case ERR_STORE_FULL:
        return cli_fail("the disk of %s is full; make room and repeat", path);
    case ERR_NOT_FOUND:
        return cli_fail("the database %s has no configuration; load one with hallcall config "
                        "import --db %s FILE.json",
                        path, path);
    case ERR_REPLAY:
        return cli_fail("the events in %s do not replay; run hallcall verify --db %s", path, path);
    case ERR_NO_MEMORY:
        return cli_fail("out of memory; end something else and repeat");
    case ERR_STORE_IO:
        return cli_fail("the database %s cannot be opened, read or written; check that the file "
                        "and its directory exist and belong to you%s%s",
                        path, message[0] != '\0' ? ": " : "", message);
    default:
        return cli_fail("the database %s: %s (%s)", path, err_title(err), err_slug(err));
    }
}

bool cli_read_file(const char *name, struct buf *buf)
{
    bool standard = name == NULL || strcmp(name, "-") == 0;
    const char *shown = standard ? "standard input" : name;
    FILE *file = standard ? stdin : fopen(name, "rbe");
    if (file == NULL) {
        (void)cli_fail("%s cannot be opened: %s", shown, strerror(errno));
        return false;
    }
    char bytes[16384];
    size_t got = 0;
    do {
        got = fread(bytes, 1, sizeof bytes, file);
        buf_add(buf, bytes, got);
    } while (got > 0 && !buf_failed(buf));
    bool failed = ferror(file) != 0;
    int error = errno;
    if (!standard) {
        (void)fclose(file);
    }
    if (failed) {
        (void)cli_fail("%s cannot be read: %s", shown, strerror(error));
        return false;
    }
    if (buf_failed(buf)) {
        (void)cli_fail("%s is longer than %zu bytes", shown, buf->max);
        return false;
    }
    return true;
}

bool cli_open_store(const char *path, enum store_mode mode, struct store **ret_store)
{
    enum err err = store_open(path, mode, ret_store);
    if (err == ERR_STORE_OLDER) { /* written by an earlier version and not opened since */
        err = store_open(path, STORE_WRITER, ret_store);
        if (err == ERR_NONE) {
            store_close(*ret_store);
            err = store_open(path, mode, ret_store);
        }
    }
    if (err) {
        (void)cli_store_failed(path, err, NULL);
        return false;
    }
    return true;
}

bool cli_make_config(const char *name, const char *document, size_t length,
                     struct wire_config **ret_config)
{
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_NONE);
    enum err err = wire_config_create(document, length, &problem, ret_config);
    if (err == ERR_NONE) {
        return true;
    }
    for (int i = 0; i < problem.error_count; i++) {
        const char *pointer = problem.errors[i].pointer;
        (void)fprintf(stderr, "%s: %s\n", pointer[0] != '\0' ? pointer : "/",
                      problem.errors[i].detail);
    }
    if (problem.error_count == 0) {
        (void)cli_fail("%s: %s", name,
                       problem.detail_en[0] != '\0' ? problem.detail_en : err_title(err));
    }
    return false;
}

int cli_report_problem(const char *name, const struct wire_problem *problem)
{
    for (int i = 0; i < problem->error_count; i++) {
        (void)cli_fail("%s: %s: %s", name, problem->errors[i].pointer, problem->errors[i].detail);
    }
    return problem->error_count > 0 ? CLI_FAILED : cli_fail("%s: %s", name, problem->detail_en);
}

bool cli_check_zone(const struct wire_config *config)
{
    const char *zone = wire_config_hall(config)->timezone;
    if (clock_zone_exists(zone)) {
        return true;
    }
    (void)fprintf(stderr,
                  "/hall/timezone: this machine has no time zone %s; correct the name or install "
                  "tzdata\n",
                  zone);
    return false;
}

void cli_set_zone(void *context, const struct wire_config *config)
{
    (void)context;
    clock_set_zone(wire_config_hall(config)->timezone);
}

bool cli_load_config(struct store *store, const char *path, struct wire_config **ret_config)
{
    struct buf document;
    int64_t version = 0;
    bool done = false;
    buf_init(&document, CLI_FILE_MAX);
    enum err err = store_config_get(store, 0, &document, &version);
    if (err) {
        (void)cli_store_failed(path, err, store);
    } else {
        done = cli_make_config(path, buf_text(&document), document.length, ret_config);
    }
    buf_fini(&document);
    return done;
}
