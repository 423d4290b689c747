/* cli_data: checking and copying the database. */
#include <stdio.h>

#include "cli.h"
#include "engine.h"

#define REPORT_MAX (1024 * 1024)

static int run_verify(const struct cli_command *command, int argc, char **argv)
{
    const char *db = NULL;
    bool rebuild = false;
    const struct cli_option options[] = {
        {"db", CLI_TEXT, &db}, {"rebuild", CLI_FLAG, &rebuild}, {0}};
    struct cli_list files;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 0, &status)) {
        return status;
    }
    if (db == NULL) {
        return cli_wrong(command, "name the database with --db FILE");
    }
    struct buf report;
    buf_init(&report, REPORT_MAX);
    enum err err = engine_verify(db, rebuild, &report);
    (void)fputs(buf_text(&report), stdout);
    if (err == ERR_STORE_LOCKED || err == ERR_STORE_IO || report.length == 0) {
        status = err ? cli_store_failed(db, err, NULL) : CLI_DONE;
    } else if (err) {
        status = rebuild ? cli_fail("%s is not sound; restore a backup", db)
                         : cli_fail("%s is not sound; try hallcall verify --db %s --rebuild, or "
                                    "restore a backup",
                                    db, db);
    } else {
        status = CLI_DONE;
    }
    buf_fini(&report);
    return status;
}

static int run_backup(const struct cli_command *command, int argc, char **argv)
{
    const char *db = NULL;
    const struct cli_option options[] = {{"db", CLI_TEXT, &db}, {0}};
    struct cli_list files;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 1, &status)) {
        return status;
    }
    if (db == NULL || files.count != 1) {
        return cli_wrong(command, "name the database with --db FILE and where the copy goes");
    }
    char message[256] = "";
    enum err err = store_backup(db, files.items[0], message, sizeof message);
    if (err) {
        return cli_fail("no backup was made: %s", message[0] != '\0' ? message : err_title(err));
    }
    return CLI_DONE;
}

const struct cli_command cli_data_commands[] = {
    {"verify", run_verify, "--db FILE [--rebuild]",
     "Checks the chain of the event log, replays it and compares the tables made from it.\n"
     "With --rebuild these tables are written anew from the log; not while serving.\n"},
    {"backup", run_backup, "--db FILE DEST",
     "Writes a consistent copy to DEST, also while serving, and checks it. DEST must not exist.\n"},
    {0},
};
