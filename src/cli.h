/* cli: what the files of the command line share. One process, one command, one thread, except
 * `serve`.
 *
 * A command's function gets the arguments after its name and returns the exit status. Errors are
 * one line on stderr that says what to do. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "http.h"
#include "store.h"
#include "wire.h"

#define CLI_DONE 0
#define CLI_FAILED 1
#define CLI_USAGE 2
#define CLI_LIST_MAX 16
#define CLI_FILE_MAX (4 * 1024 * 1024) /* as a configuration may be through the API */

/* Commands; `name` has one or two words ("serve", "user add"). The table ends with a row without
 * name. */
struct cli_command {
    const char *name;
    int (*run)(const struct cli_command *command, int argc, char **argv);
    const char *usage; /* after the name: "--db FILE [FILE.json]" */
    const char *help;  /* the rest of what --help prints */
};
extern const struct cli_command cli_config_commands[];
extern const struct cli_command cli_user_commands[];
extern const struct cli_command cli_token_commands[];
extern const struct cli_command cli_data_commands[];
extern const struct cli_command cli_led_commands[];
extern const struct cli_command cli_ports_commands[];
extern const struct cli_command cli_device_sim_commands[];
extern const struct cli_command cli_simulate_commands[];
extern const struct cli_command cli_voice_commands[];
extern const struct cli_command cli_serve_commands[];
/* All of these in the order of the help; ends with NULL. */
extern const struct cli_command *const cli_commands[];

/* The whole program behind main(): finds the command and runs it. */
int cli_main(int argc, char **argv);

/* ---- options ---- */

struct cli_list {
    const char *items[CLI_LIST_MAX];
    int count;
};
enum cli_kind { CLI_TEXT, CLI_FLAG, CLI_LIST };
/* One long option and where its value goes. A text option given twice is wrong usage, a list
 * collects. The table ends with a row without name. */
struct cli_option {
    const char *name;
    enum cli_kind kind;
    void *target; /* const char **, bool *, struct cli_list * */
};
/* Reads options into their targets and the other arguments into `files`, at most `file_max`. False:
 * the status to exit with is in `ret_status` (help was printed, or wrong usage was reported). */
bool cli_parse(const struct cli_command *command, int argc, char **argv,
               const struct cli_option *options, struct cli_list *files, int file_max,
               int *ret_status);
/* A whole number from `min` to `max`; false when `text` is not one. */
bool cli_number(const char *text, int64_t min, int64_t max, int64_t *ret_value);

/* ---- messages ---- */

/* One line on stderr; they return CLI_FAILED and CLI_USAGE. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_wrong(const struct cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What an error of the storage floor means for that file and what to do. Returns CLI_FAILED.
 * `store` may be NULL. */
int cli_store_failed(const char *path, enum err err, const struct store *store);

/* ---- files and databases ---- */

/* Reads a file, or stdin when `name` is NULL or "-". False after a message. `buf` is initialised by
 * the caller with the most that may come. */
bool cli_read_file(const char *name, struct buf *buf);
/* Opens or reports. */
bool cli_open_store(const char *path, enum store_mode mode, struct store **ret_store);
/* Makes a configuration of a document; prints one line "path: reason" for each finding. `name` is
 * for messages. */
bool cli_make_config(const char *name, const char *document, size_t length,
                     struct wire_config **ret_config);
/* What is wrong with a file, one line for each finding. Returns CLI_FAILED. */
int cli_report_problem(const char *name, const struct wire_problem *problem);
/* Does this machine know the hall's time zone? False after a message with its path. */
bool cli_check_zone(const struct wire_config *config);
/* Adds a finding for each sign, keypad and printer that its driver does not take. Any thread. */
void cli_check_devices(const struct wire_config *config, struct wire_problem *problem);
/* The same, printed: one line "path: reason" each. */
bool cli_check_drivers(const struct wire_config *config);
/* For engine_options.configured: the hall's time zone becomes the process's. */
void cli_set_zone(void *context, const struct wire_config *config);
/* The newest configuration of an open database; false after a message. */
bool cli_load_config(struct store *store, const char *path, struct wire_config **ret_config);

/* While nobody may administer the hall, makes a code for the page /admin and logs it. `now_ms` is
 * the clock's time; the hall's is never before its last event. Errors of the store. */
MUST_USE enum err cli_offer_setup(struct store *store, int64_t now_ms);

/* ---- people and tokens ---- */

/* What these commands are given; names as text, still to be checked. */
struct cli_identity {
    const char *db, *name, *window;
    struct cli_list roles;
    bool password_stdin;
};
/* Reads the options named in `wanted`, a list of names in one text; requires the database, and the
 * name if wanted. False as cli_parse. */
bool cli_identity_parse(const struct cli_command *command, int argc, char **argv,
                        const char *wanted, struct cli_identity *args, int *ret_status);
/* A name goes into logs, events and answers: plain text without spaces. Reports. */
bool cli_identity_has_name(const struct cli_command *command, const char *name);
bool cli_identity_roles(const struct cli_command *command, const struct cli_list *names,
                        uint32_t *ret_roles, int *ret_status);
/* 0 without text. The window must be one of the configuration, when there is a configuration
 * already. */
bool cli_identity_window(const struct cli_command *command, struct store *store, const char *text,
                         int32_t *ret_window, int *ret_status);

/* ---- simulate ---- */

/* `simulate --db`; NULL: not given. cli_simulate_day.c */
struct cli_day {
    const char *db, *day, *policy, *roster;
    uint64_t seed;
};
int cli_simulate_day(const struct cli_command *command, const struct cli_day *args);
/* `simulate --staff`, of a database or of a model. cli_simulate_staff.c */
struct cli_staff {
    const char *staff, *db, *day, *model;
    uint64_t seed;
};
int cli_simulate_staff(const struct cli_command *command, const struct cli_staff *args);

/* ---- serve ---- */

/* "127.0.0.1:8080", "[::1]:0", "localhost:8080". False when it is not an address and a port. */
bool cli_listen_parse(const char *text, struct http_listen *ret_listen);
bool cli_listen_is_loopback(const struct http_listen *listen);

struct serve_options {
    const char *db_path;
    struct http_listen listen[HTTP_LISTEN_MAX];
    int listen_count;
    const char *tls_cert, *tls_key, *web_dir;
    const char *voice_dir; /* recorded voice pack; NULL: the default one alone */
    bool demo;
    int64_t test_clock_ms; /* 0: the real clock */
};
/* Serves until a signal says to stop. Returns the exit status. serve.c */
int serve_run(const struct serve_options *options);

#endif
