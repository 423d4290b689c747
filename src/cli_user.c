/* cli_user: people who sign in, and tokens of devices and programs.
 *
 * Secrets come on standard input and leave on standard output only, never in an argument, where
 * every process on the machine could read them. A token is kept as the SHA-256 of its printed
 * characters. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "reader.h"
#include "wire_admin.h"

/* One line of standard input. `password` has WIRE_PASSWORD_SIZE bytes and is wiped by the caller.
 */
static bool read_password(char *password)
{
    /* One byte more than may come: then it is known to be too long. */
    char line[WIRE_PASSWORD_SIZE + 2];
    bool got = fgets(line, (int)sizeof line, stdin) != NULL;
    if (got) {
        line[strcspn(line, "\r\n")] = '\0';
    }
    bool right = got && text_copy(password, WIRE_PASSWORD_SIZE, line) == ERR_NONE;
    explicit_bzero(line, sizeof line);
    if (!right) {
        (void)cli_fail(got ? "the password is longer than 128 bytes"
                           : "there is no password on standard input");
        return false;
    }
    if (!wire_password_is_good(password)) {
        (void)cli_fail("the password needs at least %d characters and no control characters",
                       WIRE_PASSWORD_MIN);
        return false;
    }
    return true;
}

static bool hash_password(char *ret_hash)
{
    char password[WIRE_PASSWORD_SIZE];
    bool done = read_password(password);
    if (done && password_hash(password, ret_hash) != ERR_NONE) {
        (void)cli_fail("the password could not be hashed; is memory short?");
        done = false;
    }
    explicit_bzero(password, sizeof password);
    return done;
}

static int run_add(const struct cli_command *command, int argc, char **argv)
{
    struct cli_identity args = {0};
    struct store_user user = {0};
    struct store_user present;
    struct store *store = NULL;
    int status = CLI_FAILED;
    if (!cli_identity_parse(command, argc, argv, "db name role window password-stdin", &args,
                            &status) ||
        !cli_identity_roles(command, &args.roles, &user.roles, &status)) {
        return status;
    }
    if (!cli_identity_has_name(command, args.name)) {
        return CLI_USAGE;
    }
    if (!args.password_stdin) {
        return cli_wrong(command, "give the password on standard input with --password-stdin");
    }
    status = CLI_FAILED;
    text_copy_cut(user.name, sizeof user.name, args.name);
    user.created_ms = clock_wall_ms();
    if (!cli_open_store(args.db, STORE_WRITER, &store)) {
        return CLI_FAILED;
    }
    if (!cli_identity_window(command, store, args.window, &user.window, &status)) {
        goto out;
    }
    enum err err = store_user_get(store, args.name, &present);
    if (err == ERR_NONE) {
        status =
            cli_fail("user %s exists already; change it with hallcall user password", args.name);
        goto out;
    }
    if (err == ERR_NOT_FOUND && hash_password(user.password_hash)) {
        err = store_user_put(store, &user);
        status = err ? cli_store_failed(args.db, err, store) : CLI_DONE;
    } else if (err != ERR_NOT_FOUND) {
        status = cli_store_failed(args.db, err, store);
    }
out:
    store_close(store);
    return status;
}

static enum err print_user(void *context, const struct store_user *user)
{
    (void)context;
    bool first = true;
    (void)printf("%s\t", user->name);
    for (uint32_t role = 1; role <= ROLE_ALL; role <<= 1) {
        if ((user->roles & role) != 0) {
            (void)printf("%s%s", first ? "" : ",", identity_role_text(role));
            first = false;
        }
    }
    (void)printf("\t%d\t%s\n", (int)user->window, user->disabled ? "disabled" : "active");
    return ERR_NONE;
}

static int run_list(const struct cli_command *command, int argc, char **argv)
{
    struct cli_identity args = {0};
    struct store *store = NULL;
    int status = CLI_FAILED;
    if (!cli_identity_parse(command, argc, argv, "db", &args, &status)) {
        return status;
    }
    if (!cli_open_store(args.db, STORE_READER, &store)) {
        return CLI_FAILED;
    }
    enum err err = store_user_each(store, print_user, NULL);
    status = err ? cli_store_failed(args.db, err, store) : CLI_DONE;
    store_close(store);
    return status;
}

/* What the next three commands do to the user they find. */
enum user_change { USER_PASSWORD, USER_DISABLE, USER_ENABLE };

static enum err store_change(struct store *store, const struct store_user *user)
{
    enum err err = store_begin(store);
    if (err) {
        return err;
    }
    err = store_user_put(store, user);
    if (err == ERR_NONE) {
        /* A new password or a disabled account must count at once. */
        err = store_identity_delete_sessions(store, user->name);
    }
    if (err == ERR_NONE) {
        return store_commit(store);
    }
    store_rollback(store);
    return err;
}

static int change_user(const struct cli_identity *args, enum user_change change)
{
    struct store *store = NULL;
    struct store_user user;
    int status = CLI_FAILED;
    if (!cli_open_store(args->db, STORE_WRITER, &store)) {
        return CLI_FAILED;
    }
    enum err err = store_user_get(store, args->name, &user);
    if (err == ERR_NOT_FOUND) {
        status =
            cli_fail("there is no user %s; see hallcall user list --db %s", args->name, args->db);
        goto out;
    }
    if (err == ERR_NONE) {
        if (change == USER_PASSWORD && !hash_password(user.password_hash)) {
            goto out;
        }
        if (change == USER_PASSWORD) {
            user.must_change = false;
        } else {
            user.disabled = change == USER_DISABLE;
        }
        err = store_change(store, &user);
    }
    status = err ? cli_store_failed(args->db, err, store) : CLI_DONE;
out:
    store_close(store);
    return status;
}

static int run_password(const struct cli_command *command, int argc, char **argv)
{
    struct cli_identity args = {0};
    int status = CLI_FAILED;
    if (!cli_identity_parse(command, argc, argv, "db name password-stdin", &args, &status)) {
        return status;
    }
    if (!args.password_stdin) {
        return cli_wrong(command, "give the password on standard input with --password-stdin");
    }
    return change_user(&args, USER_PASSWORD);
}

static int run_disable(const struct cli_command *command, int argc, char **argv)
{
    struct cli_identity args = {0};
    int status = CLI_FAILED;
    if (!cli_identity_parse(command, argc, argv, "db name", &args, &status)) {
        return status;
    }
    return change_user(&args, USER_DISABLE);
}

static int run_enable(const struct cli_command *command, int argc, char **argv)
{
    struct cli_identity args = {0};
    int status = CLI_FAILED;
    if (!cli_identity_parse(command, argc, argv, "db name", &args, &status)) {
        return status;
    }
    return change_user(&args, USER_ENABLE);
}

const struct cli_command cli_user_commands[] = {
    {"user add", run_add,
     "--db FILE --name NAME --role ROLE [--role ROLE]... [--window NO] --password-stdin",
     "Adds a person who signs in. The password is one line on standard input, at least 8 "
     "characters.\n"
     "Roles: clerk lobby supervisor admin auditor, and those of devices (hallcall token create "
     "--help).\n"
     "With --window the person works at that window only.\n"},
    {"user list", run_list, "--db FILE",
     "Prints one line for each person: name, roles, window (0: any), active or disabled.\n"},
    {"user password", run_password, "--db FILE --name NAME --password-stdin",
     "Sets the password from standard input and signs the person out everywhere.\n"},
    {"user disable", run_disable, "--db FILE --name NAME",
     "The person can no longer sign in and is signed out everywhere; the name stays in the "
     "records.\n"},
    {"user enable", run_enable, "--db FILE --name NAME", "Takes a disable back.\n"},
    {0},
};
