/* cli_identity: what the commands for people and for tokens have in common: name, roles, window. */
#include <string.h>

#include "cli.h"
#include "wire_admin.h"

bool cli_identity_parse(const struct cli_command *command, int argc, char **argv,
                        const char *wanted, struct cli_identity *args, int *ret_status)
{
    const struct cli_option all[] = {
        {"db", CLI_TEXT, &args->db},
        {"name", CLI_TEXT, &args->name},
        {"window", CLI_TEXT, &args->window},
        {"role", CLI_LIST, &args->roles},
        {"password-stdin", CLI_FLAG, &args->password_stdin},
    };
    struct cli_option options[sizeof all / sizeof all[0] + 1] = {{0}};
    struct cli_list files;
    int count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strstr(wanted, all[i].name) != NULL) {
            options[count++] = all[i];
        }
    }
    if (!cli_parse(command, argc, argv, options, &files, 0, ret_status)) {
        return false;
    }
    *ret_status = CLI_USAGE;
    if (args->db == NULL) {
        (void)cli_wrong(command, "name the database with --db FILE");
        return false;
    }
    if (strstr(wanted, "name") != NULL && args->name == NULL) {
        (void)cli_wrong(command, "give --name");
        return false;
    }
    return true;
}

bool cli_identity_has_name(const struct cli_command *command, const char *name)
{
    if (!wire_user_name_is_good(name)) {
        (void)cli_wrong(command, "--name is 1 to %d bytes without spaces and / : \" \\",
                        IDENTITY_NAME_SIZE - 1);
        return false;
    }
    return true;
}

bool cli_identity_roles(const struct cli_command *command, const struct cli_list *names,
                        uint32_t *ret_roles, int *ret_status)
{
    uint32_t roles = 0;
    *ret_status = CLI_USAGE;
    for (int i = 0; i < names->count; i++) {
        uint32_t role = identity_role_parse(names->items[i]);
        if (role == 0) {
            (void)cli_wrong(command,
                            "there is no role %s; roles are kiosk clerk button display rating "
                            "lobby supervisor admin auditor integration monitoring",
                            names->items[i]);
            return false;
        }
        roles |= role;
    }
    if (roles == 0) {
        (void)cli_wrong(command, "give at least one --role");
        return false;
    }
    *ret_roles = roles;
    return true;
}

bool cli_identity_window(const struct cli_command *command, struct store *store, const char *text,
                         int32_t *ret_window, int *ret_status)
{
    int64_t no = 0;
    *ret_window = 0;
    if (text == NULL) {
        return true;
    }
    if (!cli_number(text, 1, HALL_WINDOW_NO_MAX, &no)) {
        *ret_status = cli_wrong(command, "--window is a number from 1 to %d", HALL_WINDOW_NO_MAX);
        return false;
    }
    struct buf document;
    int64_t version = 0;
    struct wire_config *config = NULL;
    bool found = true;
    buf_init(&document, CLI_FILE_MAX);
    if (store_config_get(store, 0, &document, &version) == ERR_NONE) {
        found =
            cli_make_config("the configuration", buf_text(&document), document.length, &config) &&
            hall_find_window(wire_config_hall(config), (int32_t)no) >= 0;
    }
    wire_config_destroy(config);
    buf_fini(&document);
    if (!found) {
        *ret_status = cli_fail("there is no window %d in the configuration", (int)no);
        return false;
    }
    *ret_window = (int32_t)no;
    return true;
}
