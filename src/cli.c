/* cli: finds the command in the tables, reads its options by getopt_long, and prints messages.
 *
 * The tables of all commands are searched for the longest name first, so "user add" is one command
 * and "user" alone gets a list of what could follow. */
#include "cli.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define OPTION_MAX 24

static const char about[] = "hallcall: queue tickets, calls and signs for a service hall\n"
                            "\n"
                            "usage: hallcall COMMAND [--OPTION VALUE]...\n"
                            "\n";

const struct cli_command *const cli_commands[] = {
    cli_serve_commands,
    cli_config_commands,
    cli_user_commands,
    cli_token_commands,
    cli_data_commands,
    cli_led_commands,
    cli_ports_commands,
    cli_device_sim_commands,
    cli_simulate_commands,
    cli_voice_commands,
    NULL,
};

static void print_message(const char *format, va_list args, const char *tail)
{
    (void)fputs("hallcall: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputs(tail, stderr);
    (void)fputc('\n', stderr);
}

__attribute__((format(printf, 1, 2))) int cli_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_message(format, args, "");
    va_end(args);
    return CLI_FAILED;
}

__attribute__((format(printf, 2, 3))) int cli_wrong(const struct cli_command *command,
                                                    const char *format, ...)
{
    char tail[96];
    (void)snprintf(tail, sizeof tail, "; see hallcall%s%s --help", command != NULL ? " " : "",
                   command != NULL ? command->name : "");
    va_list args;
    va_start(args, format);
    print_message(format, args, tail);
    va_end(args);
    return CLI_USAGE;
}

static void print_help(const struct cli_command *command)
{
    (void)printf("usage: hallcall %s %s\n\n%s", command->name, command->usage, command->help);
}

static void print_commands(FILE *to)
{
    for (const struct cli_command *const *table = cli_commands; *table != NULL; table++) {
        for (const struct cli_command *command = *table; command->name != NULL; command++) {
            (void)fprintf(to, "  hallcall %s %s\n", command->name, command->usage);
        }
    }
}

/* The option with that name; NULL when the command has none. */
static const struct cli_option *find_option(const struct cli_option *options, const char *name)
{
    for (; options->name != NULL; options++) {
        if (strcmp(options->name, name) == 0) {
            return options;
        }
    }
    return NULL;
}

static bool take_option(const struct cli_option *option, const char *value)
{
    if (option->kind == CLI_FLAG) {
        *(bool *)option->target = true;
        return true;
    }
    if (option->kind == CLI_TEXT) {
        const char **text = option->target;
        bool first = *text == NULL;
        *text = value;
        return first;
    }
    struct cli_list *list = option->target;
    if (list->count == CLI_LIST_MAX) {
        return false;
    }
    list->items[list->count++] = value;
    return true;
}

static void fill_long_options(const struct cli_option *options, struct option *long_options)
{
    int count = 0;
    for (; options->name != NULL; options++) {
        assert(count < OPTION_MAX - 2);
        int argument = options->kind == CLI_FLAG ? no_argument : required_argument;
        long_options[count++] = (struct option){.name = options->name, .has_arg = argument};
    }
    long_options[count++] = (struct option){.name = "help", .has_arg = no_argument, .val = 'h'};
    long_options[count] = (struct option){0};
}

/* One step of getopt_long. 1: go on, 0: at the end, -1: exit with *ret_status. */
static int parse_step(const struct cli_command *command, int argc, char **argv,
                      const struct cli_option *options, const struct option *long_options,
                      int *ret_status)
{
    int at = optind;
    int index = -1;
    int found = getopt_long(argc, argv, ":", long_options, &index);
    const char *given = at > 0 && at < argc ? argv[at] : "";
    switch (found) {
    case -1:
        return 0;
    case 0:
        if (!take_option(find_option(options, long_options[index].name), optarg)) {
            *ret_status = cli_wrong(command, "--%s is given too often", long_options[index].name);
            return -1;
        }
        return 1;
    case 'h':
        print_help(command);
        *ret_status = CLI_DONE;
        return -1;
    case ':':
        *ret_status = cli_wrong(command, "%s needs a value", argv[optind - 1]);
        return -1;
    default:
        /* With arguments before the option, optind has moved past them: the last one looked at is
         * it. */
        *ret_status =
            cli_wrong(command, "unknown option %s", given[0] == '-' ? given : argv[optind - 1]);
        return -1;
    }
}

bool cli_parse(const struct cli_command *command, int argc, char **argv,
               const struct cli_option *options, struct cli_list *files, int file_max,
               int *ret_status)
{
    assert(file_max <= CLI_LIST_MAX);
    struct option long_options[OPTION_MAX];
    fill_long_options(options, long_options);
    optind = 0; /* makes getopt_long start afresh, which tests need */
    opterr = 0;
    int step = 1;
    while (step == 1) {
        step = parse_step(command, argc, argv, options, long_options, ret_status);
    }
    if (step < 0) {
        return false;
    }
    files->count = 0;
    for (; optind < argc; optind++) {
        if (files->count == file_max) {
            *ret_status = cli_wrong(command, "unexpected argument %s", argv[optind]);
            return false;
        }
        files->items[files->count++] = argv[optind];
    }
    return true;
}

bool cli_number(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == ' ' || text[0] == '+' ||
        value < min || value > max) {
        return false;
    }
    *ret_value = value;
    return true;
}

/* Number of words of the command's name that the arguments begin with; 0: another command. */
static int match_command(const struct cli_command *command, int argc, char **argv)
{
    size_t length = strcspn(command->name, " ");
    const char *second = command->name[length] == ' ' ? command->name + length + 1 : NULL;
    if (argc < 1 || strlen(argv[0]) != length || strncmp(argv[0], command->name, length) != 0) {
        return 0;
    }
    if (second == NULL) {
        return 1;
    }
    return argc >= 2 && strcmp(argv[1], second) == 0 ? 2 : 0;
}

/* Prints the commands with that first word, one a line with usage, or only their second words;
 * nothing when `to` is NULL. False: none has it. */
static bool print_group(FILE *to, const char *word, bool with_usage)
{
    bool any = false;
    size_t length = strlen(word);
    for (const struct cli_command *const *table = cli_commands; *table != NULL; table++) {
        for (const struct cli_command *command = *table; command->name != NULL; command++) {
            if (strncmp(command->name, word, length) != 0 || command->name[length] != ' ') {
                continue;
            }
            if (to == NULL) {
                return true;
            }
            if (with_usage) {
                (void)fprintf(to, "  hallcall %s %s\n", command->name, command->usage);
            } else {
                (void)fprintf(to, "%s %s", any ? "," : "", command->name + length + 1);
            }
            any = true;
        }
    }
    return any;
}

static int run_unknown(int argc, char **argv)
{
    if (!print_group(NULL, argv[0], false)) {
        return cli_wrong(NULL, "there is no command %s", argv[0]);
    }
    if (argc >= 2 && strcmp(argv[1], "--help") == 0) {
        (void)print_group(stdout, argv[0], true);
        return CLI_DONE;
    }
    (void)fprintf(stderr, "hallcall: after %s say one of:", argv[0]);
    (void)print_group(stderr, argv[0], false);
    (void)fputc('\n', stderr);
    return CLI_USAGE;
}

static int run_command(int argc, char **argv)
{
    for (const struct cli_command *const *table = cli_commands; *table != NULL; table++) {
        for (const struct cli_command *command = *table; command->name != NULL; command++) {
            int words = match_command(command, argc, argv);
            if (words > 0) {
                /* getopt_long skips the first argument, as it does for main(). */
                return command->run(command, argc - words + 1, argv + words - 1);
            }
        }
    }
    return run_unknown(argc, argv);
}

int cli_main(int argc, char **argv)
{
    int status = CLI_USAGE;
    /* What a short command is asked for is its output; its log is for trouble. `serve` sets its own
     * level. */
    log_set_level(LOG_WARN);
    if (argc < 2) {
        return cli_wrong(NULL, "give a command");
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("hallcall %s\n", HALLCALL_VERSION);
        status = CLI_DONE;
    } else if (strcmp(argv[1], "--help") == 0) {
        (void)fputs(about, stdout);
        print_commands(stdout);
        (void)fputs(
            "\nEvery command has its own --help. Exit status: 0 done, 1 failed, 2 wrong usage.\n",
            stdout);
        status = CLI_DONE;
    } else {
        status = run_command(argc - 1, argv + 1);
    }
    if (status == CLI_DONE && (fflush(stdout) != 0 || ferror(stdout))) {
        return cli_fail("the output could not be written: %s", strerror(errno));
    }
    return status;
}
