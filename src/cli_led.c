/* cli_led: frames of signs by hand: to look at them, and to send one from the top of a ladder. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "device.h"

#define ANSWER_MAX 256

struct led_args {
    const char *driver, *address, *link;
    struct cli_list options;
    const char *file;
};

static bool take_args(const struct cli_command *command, int argc, char **argv, bool send,
                      struct led_args *args, int *ret_status)
{
    const struct cli_option all[] = {
        {"driver", CLI_TEXT, &args->driver},
        {"address", CLI_TEXT, &args->address},
        {"option", CLI_LIST, &args->options},
        {send ? "link" : NULL, CLI_TEXT, &args->link},
        {0},
    };
    struct cli_list files;
    if (!cli_parse(command, argc, argv, all, &files, 1, ret_status)) {
        return false;
    }
    if (args->driver == NULL || (send && args->link == NULL)) {
        *ret_status = cli_wrong(command, send ? "give --link and --driver" : "give --driver");
        return false;
    }
    args->file = files.count > 0 ? files.items[0] : NULL;
    return true;
}

static void list_drivers(char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; device_driver_at(i) != NULL && length < size; i++) {
        int added = snprintf(text + length, size - length, " %s", device_driver_at(i)->name);
        length += added > 0 ? (size_t)added : 0;
    }
}

/* Is `key` one of the words in the driver's list of options? */
static bool knows_option(const struct device_driver *driver, const char *key, size_t length)
{
    const char *at = driver->options != NULL ? driver->options : "";
    while (*at != '\0') {
        size_t word = strcspn(at, " ");
        if (word == length && strncmp(at, key, length) == 0) {
            return true;
        }
        at += word;
        at += strspn(at, " ");
    }
    return false;
}

static bool take_option(const struct cli_command *command, const struct device_driver *driver,
                        const char *text, struct wire_display *display)
{
    size_t length = strcspn(text, "=");
    if (text[length] != '=' || !knows_option(driver, text, length)) {
        (void)cli_wrong(command, "--option is KEY=VALUE; driver %s knows: %s", driver->name,
                        driver->options != NULL ? driver->options : "");
        return false;
    }
    struct wire_option *option = &display->options[display->option_count];
    if (display->option_count == WIRE_OPTION_MAX || length >= sizeof option->key ||
        text_copy(option->value, sizeof option->value, text + length + 1) != ERR_NONE) {
        (void)cli_wrong(command, "--option %s is too long, or one too many", text);
        return false;
    }
    memcpy(option->key, text, length);
    option->key[length] = '\0';
    display->option_count++;
    return true;
}

/* The sign as the configuration would describe it. */
static bool make_display(const struct cli_command *command, const struct led_args *args,
                         const struct device_driver **ret_driver, struct wire_display *display)
{
    const struct device_driver *driver = device_find_driver(args->driver);
    if (driver == NULL) {
        char names[512];
        list_drivers(names, sizeof names);
        (void)cli_wrong(command, "there is no driver %s; drivers are%s", args->driver, names);
        return false;
    }
    int64_t address = driver->address_min;
    if (args->address != NULL &&
        !cli_number(args->address, driver->address_min, driver->address_max, &address)) {
        (void)cli_wrong(command, "--address of driver %s is a number from %d to %d", driver->name,
                        driver->address_min, driver->address_max);
        return false;
    }
    *display = (struct wire_display){.address = (int32_t)address};
    text_copy_cut(display->code, sizeof display->code, "led");
    text_copy_cut(display->driver, sizeof display->driver, driver->name);
    for (int i = 0; i < args->options.count; i++) {
        if (!take_option(command, driver, args->options.items[i], display)) {
            return false;
        }
    }
    *ret_driver = driver;
    return true;
}

static bool read_sign(const char *name, struct board_sign *ret_sign)
{
    struct buf text;
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_NONE);
    buf_init(&text, 64 * 1024);
    bool done = cli_read_file(name, &text);
    if (done) {
        enum err err = wire_sign_parse(ret_sign, buf_text(&text), text.length, &problem);
        done = err == ERR_NONE;
        if (err && problem.error_count > 0) {
            const char *pointer = problem.errors[0].pointer;
            (void)cli_fail("%s: %s%s%s", name != NULL ? name : "standard input", pointer,
                           pointer[0] != '\0' ? ": " : "", problem.errors[0].detail);
        } else if (err) {
            (void)cli_fail("%s: %s", name != NULL ? name : "standard input", err_title(err));
        }
    }
    buf_fini(&text);
    return done;
}

/* Everything up to the bytes. */
static bool make_frame(const struct cli_command *command, const struct led_args *args,
                       const struct device_driver **ret_driver, uint8_t frame[DEVICE_FRAME_MAX],
                       size_t *ret_length, int *ret_status)
{
    struct wire_display display;
    struct device_content content = {0};
    *ret_status = CLI_USAGE;
    if (!make_display(command, args, ret_driver, &display)) {
        return false;
    }
    *ret_status = CLI_FAILED;
    if (!read_sign(args->file, &content.sign)) {
        return false;
    }
    display.window = content.sign.window; /* else a wall without calls would be meant */
    enum err err = (*ret_driver)->encode(&display, &content, frame, DEVICE_FRAME_MAX, ret_length);
    if (err == ERR_INVALID_OPTION) {
        *ret_status = cli_wrong(command, "driver %s cannot take these options", args->driver);
    } else if (err) {
        (void)cli_fail("driver %s cannot show this: %s", args->driver, err_title(err));
    }
    return err == ERR_NONE;
}

static int run_encode(const struct cli_command *command, int argc, char **argv)
{
    struct led_args args = {0};
    const struct device_driver *driver = NULL;
    uint8_t frame[DEVICE_FRAME_MAX];
    char text[2 * DEVICE_FRAME_MAX + 1];
    size_t length = 0;
    int status = CLI_FAILED;
    if (!take_args(command, argc, argv, false, &args, &status) ||
        !make_frame(command, &args, &driver, frame, &length, &status)) {
        return status;
    }
    digest_hex(frame, length, text);
    (void)printf("%s\n", text);
    return CLI_DONE;
}

/* Reads until the driver has judged, or its time is over. */
static int await_answer(const struct device_driver *driver, const struct device_link *link,
                        struct device_port *port, const uint8_t *frame, size_t length)
{
    uint8_t got[ANSWER_MAX];
    size_t count = 0;
    enum device_answer answer = DEVICE_ANSWER_MORE;
    int64_t until_ms = clock_mono_ms() + (int64_t)driver->answer_ms;
    while (answer == DEVICE_ANSWER_MORE && count < sizeof got) {
        int64_t left_ms = until_ms - clock_mono_ms();
        size_t more = 0;
        if (left_ms <= 0 ||
            link->read(port, got + count, sizeof got - count, (int)left_ms, &more) != ERR_NONE) {
            return cli_fail("the sign did not answer; check address, speed and the two wires");
        }
        count += more;
        answer = driver->judge(frame, length, got, count);
    }
    if (answer == DEVICE_ANSWER_OK) {
        (void)puts("acknowledged");
        return CLI_DONE;
    }
    return cli_fail(answer == DEVICE_ANSWER_REFUSED ? "the sign refused this content"
                    : answer == DEVICE_ANSWER_RETRY ? "the sign is busy; try again"
                                                    : "the answer is not of this protocol");
}

static int send_frame(const struct led_args *args, const struct device_driver *driver,
                      const uint8_t *frame, size_t length)
{
    const struct device_link *link = NULL;
    const char *target = NULL;
    struct device_port *port = NULL;
    enum err err = device_find_link(args->link, &link, &target);
    if (err == ERR_NONE) {
        err = link->open(target, &port);
    }
    if (err) {
        return cli_fail("the link %s cannot be opened: %s", args->link, err_title(err));
    }
    int status = CLI_DONE;
    err = link->write(port, frame, length, 2000);
    if (err) {
        status = cli_fail("the link %s took no bytes: %s", args->link, err_title(err));
    } else if (driver->answers && driver->judge != NULL) {
        status = await_answer(driver, link, port, frame, length);
    }
    link->close(port);
    return status;
}

static int run_send(const struct cli_command *command, int argc, char **argv)
{
    struct led_args args = {0};
    const struct device_driver *driver = NULL;
    uint8_t frame[DEVICE_FRAME_MAX];
    size_t length = 0;
    int status = CLI_FAILED;
    if (!take_args(command, argc, argv, true, &args, &status) ||
        !make_frame(command, &args, &driver, frame, &length, &status)) {
        return status;
    }
    return send_frame(&args, driver, frame, length);
}

#define CONTENT_HELP                                                                               \
    "CONTENT.json (standard input without a file) is {\"window\":3,\"number\":\"A012\",\"state\":" \
    "\"calling\",\n\"text\":{\"zh-CN\":\"...\",\"en\":\"...\"}}; states are calling serving idle " \
    "paused "                                                                                      \
    "closed.\n"

const struct cli_command cli_led_commands[] = {
    {"led encode", run_encode, "--driver NAME [--address N] [--option KEY=VALUE]... [CONTENT.json]",
     "Prints the bytes that would go to the sign as hex.\n" CONTENT_HELP},
    {"led send", run_send,
     "--link LINK --driver NAME [--address N] [--option KEY=VALUE]... [CONTENT.json]",
     "Sends the bytes and waits for the sign's answer where its protocol has one.\n"
     "LINK is serial:DEVICE?baud=9600 or tcp:HOST:PORT.\n" CONTENT_HELP},
    {0},
};
