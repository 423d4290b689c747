/* cli_serve: the options of `serve`; the serving itself is in serve.c. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "clock.h"
#include "log.h"

bool cli_listen_parse(const char *text, struct http_listen *ret_listen)
{
    const char *colon = strrchr(text, ':');
    char address[sizeof ret_listen->address];
    int64_t port = 0;
    unsigned char bytes[sizeof(struct in6_addr)];
    if (colon == NULL || !cli_number(colon + 1, 0, UINT16_MAX, &port)) {
        return false;
    }
    size_t length = (size_t)(colon - text);
    bool bracket = length >= 2 && text[0] == '[' && colon[-1] == ']';
    if (bracket) {
        text++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof address) {
        return false;
    }
    memcpy(address, text, length);
    address[length] = '\0';
    if (!bracket && strcmp(address, "localhost") == 0) {
        text_copy_cut(address, sizeof address, "127.0.0.1");
    }
    if (inet_pton(bracket ? AF_INET6 : AF_INET, address, bytes) != 1) {
        return false;
    }
    *ret_listen = (struct http_listen){.port = (uint16_t)port};
    text_copy_cut(ret_listen->address, sizeof ret_listen->address, address);
    return true;
}

bool cli_listen_is_loopback(const struct http_listen *listen)
{
    return strncmp(listen->address, "127.", 4) == 0 || strcmp(listen->address, "::1") == 0;
}

/* The options as they come. */
struct serve_args {
    const char *db, *tls_cert, *tls_key, *web, *voice, *level, *test_clock;
    struct cli_list listen;
    bool demo;
};

static bool take_level(const char *text)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(names[i], text) == 0) {
            log_set_level((enum log_level)i);
            return true;
        }
    }
    return false;
}

static bool take_listeners(const struct cli_command *command, const struct cli_list *list,
                           struct serve_options *options)
{
    if (list->count > HTTP_LISTEN_MAX) {
        (void)cli_wrong(command, "at most %d times --listen", HTTP_LISTEN_MAX);
        return false;
    }
    for (int i = 0; i < list->count; i++) {
        if (!cli_listen_parse(list->items[i], &options->listen[i])) {
            (void)cli_wrong(command, "--listen %s is not ADDRESS:PORT, such as 127.0.0.1:8080",
                            list->items[i]);
            return false;
        }
        options->listen_count++;
    }
    if (options->listen_count == 0) {
        options->listen_count = 1;
        return cli_listen_parse("127.0.0.1:8080", &options->listen[0]);
    }
    return true;
}

static bool take_test_clock(const struct cli_command *command, const char *text,
                            struct serve_options *options)
{
    if (text == NULL) {
        return true;
    }
    if (clock_parse(text, &options->test_clock_ms) != ERR_NONE || options->test_clock_ms <= 0) {
        (void)cli_wrong(command, "--test-clock is a time such as 2026-11-23T08:00:00+08:00");
        return false;
    }
    return true;
}

/* Whoever reaches a demo or a test clock may do everything: not for the network. */
static bool check_loopback(const struct cli_command *command, const struct serve_options *options)
{
    for (int i = 0; i < options->listen_count; i++) {
        if (!cli_listen_is_loopback(&options->listen[i])) {
            (void)cli_wrong(command, "%s needs every --listen on 127.0.0.1 or [::1]",
                            options->demo ? "--demo" : "--test-clock");
            return false;
        }
    }
    return true;
}

static bool check_files(const struct cli_command *command, const struct serve_options *options)
{
    struct stat status;
    if ((options->tls_cert == NULL) != (options->tls_key == NULL)) {
        (void)cli_wrong(command, "--tls-cert and --tls-key go together");
        return false;
    }
    if (options->web_dir != NULL &&
        (stat(options->web_dir, &status) != 0 || !S_ISDIR(status.st_mode))) {
        (void)cli_wrong(command, "--web %s is not a directory", options->web_dir);
        return false;
    }
    if (options->voice_dir != NULL &&
        (stat(options->voice_dir, &status) != 0 || !S_ISDIR(status.st_mode))) {
        (void)cli_wrong(command, "--voice %s is not a directory", options->voice_dir);
        return false;
    }
    return true;
}

static int run_serve(const struct cli_command *command, int argc, char **argv)
{
    struct serve_args args = {0};
    const struct cli_option table[] = {
        {"db", CLI_TEXT, &args.db},
        {"listen", CLI_LIST, &args.listen},
        {"tls-cert", CLI_TEXT, &args.tls_cert},
        {"tls-key", CLI_TEXT, &args.tls_key},
        {"demo", CLI_FLAG, &args.demo},
        {"web", CLI_TEXT, &args.web},
        {"voice", CLI_TEXT, &args.voice},
        {"log-level", CLI_TEXT, &args.level},
        {"test-clock", CLI_TEXT, &args.test_clock},
        {0},
    };
    struct cli_list files;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, table, &files, 0, &status)) {
        return status;
    }
    struct serve_options options = {.db_path = args.db != NULL ? args.db : "hallcall.db",
                                    .tls_cert = args.tls_cert,
                                    .tls_key = args.tls_key,
                                    .web_dir = args.web,
                                    .voice_dir = args.voice,
                                    .demo = args.demo};
    if (!take_level(args.level != NULL ? args.level : "info")) {
        return cli_wrong(command, "--log-level is debug, info, warn or error");
    }
    if (!take_listeners(command, &args.listen, &options) ||
        !take_test_clock(command, args.test_clock, &options) || !check_files(command, &options)) {
        return CLI_USAGE;
    }
    if ((options.demo || args.test_clock != NULL) && !check_loopback(command, &options)) {
        return CLI_USAGE;
    }
    return serve_run(&options);
}

const struct cli_command cli_serve_commands[] = {
    {"serve", run_serve,
     "[--db FILE] [--listen ADDRESS:PORT]... [--tls-cert FILE --tls-key FILE] [--demo] [--web DIR] "
     "[--voice DIR] "
     "[--log-level LEVEL] [--test-clock TIME]",
     "Serves the hall until SIGINT or SIGTERM.\n"
     "\n"
     "  --db FILE              the database; hallcall.db without it\n"
     "  --listen ADDRESS:PORT  numeric address, at most four times; 127.0.0.1:8080 without it, "
     "port 0: any\n"
     "  --tls-cert, --tls-key  files in PEM form: HTTPS on every listener\n"
     "  --demo                 loads the demo hall into a new database; every browser may do "
     "everything\n"
     "  --web DIR              pages from this directory, not those in the program\n"
     "  --voice DIR            a recorded voice pack, over the default one file by file\n"
     "  --log-level LEVEL      debug, info (without it), warn or error\n"
     "  --test-clock TIME      starts the hall's clock there, and lets an administrator move it\n"
     "\n"
     "--demo and --test-clock need every listener on 127.0.0.1 or [::1].\n"},
    {0},
};
