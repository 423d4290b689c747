/* cli_check: what only the drivers know of a configuration: is there such a driver, does it take
 * that address and these options? For `config check`, `config import`, and documents that come over
 * HTTP (the engine asks on its own thread), so that what cannot be driven is refused with its path.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "device.h"
#include "pad.h"

/* The member that a reason of a driver is about. The first word found decides. */
static const char *member_of(const char *reason)
{
    static const struct {
        const char *word, *member;
    } rows[] = {{"option transfer_to", "/options/transfer_to"},
                {"option", "/options"},
                {"chinese=", "/options"},
                {"address", "/address"},
                {"numbers only", "/shows"},
                {"width", "/width_mm"},
                {"rating pads", "/kind"},
                {"driver", "/driver"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strstr(reason, rows[i].word) != NULL) {
            return rows[i].member;
        }
    }
    return "";
}

static void add(struct wire_problem *problem, const char *section, int index, const char *reason)
{
    char pointer[80];
    (void)snprintf(pointer, sizeof pointer, "/%s/%d%s", section, index, member_of(reason));
    wire_problem_add(problem, pointer, reason);
}

static const char *find_pad_fault(const struct wire_config *config,
                                  const struct wire_keypad *keypad)
{
    const struct hall *hall = wire_config_hall(config);
    const char *reason = NULL;
    char service[HALL_CODE_SIZE];
    int32_t window = 0;
    if (pad_check(keypad, &reason) || pad_option_transfer(keypad, service, &window)) {
        return reason;
    }
    bool missing = (service[0] != '\0' && hall_find_service(hall, service) < 0) ||
                   (window != 0 && hall_find_window(hall, window) < 0);
    return missing ? "option transfer_to names nothing there is" : NULL;
}

void cli_check_devices(const struct wire_config *config, struct wire_problem *problem)
{
    const char *reason = NULL;
    for (int i = 0; i < wire_config_display_count(config); i++) {
        if (device_check_display(wire_config_display(config, i), &reason) != ERR_NONE) {
            add(problem, "displays", i, reason);
        }
    }
    for (int i = 0; i < wire_config_keypad_count(config); i++) {
        reason = find_pad_fault(config, wire_config_keypad(config, i));
        if (reason != NULL) {
            add(problem, "keypads", i, reason);
        }
    }
    for (int i = 0; i < wire_config_printer_count(config); i++) {
        if (device_check_printer(wire_config_printer(config, i), &reason) != ERR_NONE) {
            add(problem, "printers", i, reason);
        }
    }
}

bool cli_check_drivers(const struct wire_config *config)
{
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_NONE);
    cli_check_devices(config, &problem);
    for (int i = 0; i < problem.error_count; i++) {
        /* Row by row: the reason names the member. */
        const char *pointer = problem.errors[i].pointer;
        const char *row = strchr(pointer + 1, '/');
        size_t length =
            row == NULL ? strlen(pointer) : (size_t)(row - pointer) + 1 + strcspn(row + 1, "/");
        (void)fprintf(stderr, "%.*s: %s\n", (int)length, pointer, problem.errors[i].detail);
    }
    return problem.error_count == 0;
}
