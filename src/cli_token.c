/* cli_token: bearer tokens of devices and programs.
 *
 * A token leaves on standard output, once; what is kept is the SHA-256 of its printed characters.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "clock.h"

#define TOKEN_BYTES 32

static int run_token(const struct cli_command *command, int argc, char **argv)
{
    struct cli_identity args = {0};
    struct identity_entry entry = {.identity.kind = IDENTITY_TOKEN};
    struct store *store = NULL;
    int status = CLI_FAILED;
    if (!cli_identity_parse(command, argc, argv, "db name role window", &args, &status) ||
        !cli_identity_roles(command, &args.roles, &entry.identity.roles, &status)) {
        return status;
    }
    if (!cli_identity_has_name(command, args.name)) {
        return CLI_USAGE;
    }
    text_copy_cut(entry.identity.name, sizeof entry.identity.name, args.name);
    entry.created_ms = clock_wall_ms();
    status = CLI_FAILED;
    if (!cli_open_store(args.db, STORE_WRITER, &store)) {
        return CLI_FAILED;
    }
    if (cli_identity_window(command, store, args.window, &entry.identity.window, &status)) {
        uint8_t secret[TOKEN_BYTES];
        char text[2 * TOKEN_BYTES + 1];
        digest_random(secret, sizeof secret);
        digest_hex(secret, sizeof secret, text);
        digest_sha256(text, strlen(text), NULL, 0, entry.hash);
        enum err err = store_identity_put(store, &entry);
        status = err ? cli_store_failed(args.db, err, store) : CLI_DONE;
        if (err == ERR_NONE) {
            (void)printf("%s\n", text);
        }
        explicit_bzero(secret, sizeof secret);
        explicit_bzero(text, sizeof text);
    }
    store_close(store);
    return status;
}

const struct cli_command cli_token_commands[] = {
    {"token create", run_token, "--db FILE --role ROLE [--role ROLE]... [--window NO] --name NAME",
     "Makes a bearer token for a device or a program and prints it, alone, this one time.\n"
     "Roles: kiosk clerk button display rating lobby supervisor admin auditor integration "
     "monitoring.\n"},
    {0},
};
