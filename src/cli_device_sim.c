/* cli_device_sim: signs without hardware behind a TCP port or a pseudo-terminal, for integrators.
 *
 * One loop over one line: the newest connection counts, as with serial-device servers. */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "clock.h"
#include "device.h"
#include "device_sim.h"

#define DELAY_MAX_MS 60000
#define SEND_MAX 1024

struct sim_args {
    const char *driver, *listen, *delay, *drop, *noise, *seed;
    struct cli_list addresses;
    bool pty, refuse;
};

struct sim_line {
    struct device_sim *sim;
    int listener; /* -1 with a terminal */
    int fd;       /* -1 nobody is connected */
    int slave;    /* keeps the terminal alive while nobody has it open; else -1 */
};

/* A number option with a default; false after a message. */
static bool take_number(const struct cli_command *command, const char *name, const char *text,
                        int64_t max, int64_t *value)
{
    if (text != NULL && !cli_number(text, 0, max, value)) {
        (void)cli_wrong(command, "--%s is a number from 0 to %lld", name, (long long)max);
        return false;
    }
    return true;
}

static bool take_addresses(const struct cli_command *command, const struct sim_args *args,
                           struct device_sim_options *options)
{
    const struct device_driver *driver = device_find_driver(args->driver);
    for (int i = 0; i < args->addresses.count; i++) {
        int64_t address = 0;
        if (!cli_number(args->addresses.items[i], driver->address_min, driver->address_max,
                        &address)) {
            (void)cli_wrong(command, "--address of driver %s is a number from %d to %d",
                            driver->name, driver->address_min, driver->address_max);
            return false;
        }
        options->addresses[options->address_count++] = (int)address;
    }
    return true;
}

static bool make_options(const struct cli_command *command, const struct sim_args *args,
                         struct device_sim_options *options)
{
    int64_t delay = 0;
    int64_t drop = 0;
    int64_t noise = 0;
    int64_t seed = 1;
    if (args->driver == NULL || (args->listen == NULL) != args->pty) {
        (void)cli_wrong(command, "give --driver and one of --listen and --pty");
        return false;
    }
    if (device_find_driver(args->driver) == NULL) {
        (void)cli_wrong(command, "there is no driver %s", args->driver);
        return false;
    }
    if (!take_number(command, "delay-ms", args->delay, DELAY_MAX_MS, &delay) ||
        !take_number(command, "drop", args->drop, 100, &drop) ||
        !take_number(command, "noise", args->noise, 100, &noise) ||
        !take_number(command, "seed", args->seed, INT64_MAX, &seed)) {
        return false;
    }
    *options = (struct device_sim_options){.driver = args->driver,
                                           .delay_ms = (int)delay,
                                           .drop_percent = (int)drop,
                                           .noise_percent = (int)noise,
                                           .seed = (uint64_t)seed,
                                           .refuse = args->refuse};
    return take_addresses(command, args, options);
}

/* ---- the line ---- */

static bool open_listener(const struct cli_command *command, const char *text,
                          struct sim_line *line)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct http_listen listen_at;
    struct addrinfo *address = NULL;
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    char host[NI_MAXHOST];
    char service[NI_MAXSERV];
    if (!cli_listen_parse(text, &listen_at)) {
        (void)cli_wrong(command, "--listen is an address and a port, as 127.0.0.1:4001");
        return false;
    }
    (void)snprintf(service, sizeof service, "%u", (unsigned)listen_at.port);
    if (getaddrinfo(listen_at.address, service, &hints, &address) == 0) {
        const int on = 1;
        line->listener = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        (void)setsockopt(line->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        bool ready = line->listener >= 0 &&
                     bind(line->listener, address->ai_addr, address->ai_addrlen) == 0 &&
                     listen(line->listener, 4) == 0;
        freeaddrinfo(address);
        if (ready && getsockname(line->listener, (struct sockaddr *)&bound, &size) == 0 &&
            getnameinfo((struct sockaddr *)&bound, size, host, sizeof host, service, sizeof service,
                        NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
            bool six = strchr(host, ':') != NULL;
            (void)printf("listening on tcp:%s%s%s:%s\n", six ? "[" : "", host, six ? "]" : "",
                         service);
            return true;
        }
    }
    (void)cli_fail("%s cannot be listened on: %s", text, strerror(errno));
    return false;
}

static bool open_pty(struct sim_line *line)
{
    struct termios termios;
    line->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (line->fd >= 0 && grantpt(line->fd) == 0 && unlockpt(line->fd) == 0) {
        const char *name = ptsname(line->fd);
        line->slave = name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (line->slave >= 0 && tcgetattr(line->slave, &termios) == 0) {
            cfmakeraw(&termios);
            if (tcsetattr(line->slave, TCSANOW, &termios) == 0) {
                (void)printf("pty %s\n", name);
                return true;
            }
        }
    }
    (void)cli_fail("no pseudo-terminal can be opened: %s", strerror(errno));
    return false;
}

static void hang_up(struct sim_line *line)
{
    device_sim_cut(line->sim);
    (void)close(line->fd);
    line->fd = -1;
    (void)puts("disconnected");
}

static void take_connection(struct sim_line *line)
{
    int fd = accept(line->listener, NULL, NULL);
    if (fd < 0) {
        return;
    }
    if (line->fd >= 0) {
        hang_up(line);
    }
    line->fd = fd;
    (void)puts("connected");
}

static void take_bytes(struct sim_line *line)
{
    uint8_t bytes[SEND_MAX];
    ssize_t count = read(line->fd, bytes, sizeof bytes);
    if (count > 0) {
        device_sim_take(line->sim, bytes, (size_t)count, clock_mono_ms());
    } else if (line->slave < 0) {
        hang_up(line);
    }
}

static bool send_bytes(const struct sim_line *line, const uint8_t *bytes, size_t length)
{
    ssize_t count = line->slave >= 0 ? write(line->fd, bytes, length)
                                     : send(line->fd, bytes, length, MSG_NOSIGNAL);
    return count == (ssize_t)length;
}

/* Prints and sends what is due. */
static void work_off(struct sim_line *line)
{
    char text[DEVICE_SIM_LINE_SIZE];
    uint8_t bytes[SEND_MAX];
    while (device_sim_line(line->sim, clock_mono_ms(), text)) {
        (void)puts(text);
    }
    for (size_t length = device_sim_send(line->sim, clock_mono_ms(), bytes, sizeof bytes);
         length > 0; length = device_sim_send(line->sim, clock_mono_ms(), bytes, sizeof bytes)) {
        if (line->fd >= 0 && !send_bytes(line, bytes, length) && line->slave < 0) {
            hang_up(line);
        }
    }
    (void)fflush(stdout);
}

/* Until a signal ends the program, or nobody reads what it prints. */
static int run_line(struct sim_line *line)
{
    while (ferror(stdout) == 0) {
        struct pollfd items[2] = {{.fd = line->listener, .events = POLLIN},
                                  {.fd = line->fd, .events = POLLIN}};
        work_off(line);
        int64_t left_ms = device_sim_due_ms(line->sim) - clock_mono_ms();
        items[1].fd = line->fd;
        int wait_ms = left_ms > DELAY_MAX_MS ? -1 : left_ms > 0 ? (int)left_ms : 0;
        if (poll(items, 2, wait_ms) < 0) {
            return cli_fail("poll: %s", strerror(errno));
        }
        if (items[1].revents != 0) {
            take_bytes(line);
        }
        if (items[0].revents != 0) {
            take_connection(line);
        }
    }
    return CLI_FAILED;
}

static int run_sim(const struct cli_command *command, int argc, char **argv)
{
    struct sim_args args = {0};
    const struct cli_option all[] = {
        {"driver", CLI_TEXT, &args.driver},  {"address", CLI_LIST, &args.addresses},
        {"listen", CLI_TEXT, &args.listen},  {"pty", CLI_FLAG, &args.pty},
        {"delay-ms", CLI_TEXT, &args.delay}, {"drop", CLI_TEXT, &args.drop},
        {"noise", CLI_TEXT, &args.noise},    {"seed", CLI_TEXT, &args.seed},
        {"refuse", CLI_FLAG, &args.refuse},  {0},
    };
    struct sim_line line = {.listener = -1, .fd = -1, .slave = -1};
    struct device_sim_options options;
    struct cli_list files;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, all, &files, 0, &status)) {
        return status;
    }
    if (!make_options(command, &args, &options)) {
        return CLI_USAGE;
    }
    if (device_sim_create(&options, &line.sim) != ERR_NONE) {
        return cli_fail("out of memory; end something else and repeat");
    }
    bool open = args.pty ? open_pty(&line) : open_listener(command, args.listen, &line);
    status = open ? run_line(&line) : CLI_FAILED;
    device_sim_destroy(line.sim);
    return status;
}

const struct cli_command cli_device_sim_commands[] = {
    {"device-sim", run_sim,
     "--driver NAME [--address N]... (--listen ADDRESS:PORT | --pty) [--delay-ms N]\n"
     "       [--drop PERCENT] [--noise PERCENT] [--seed N] [--refuse]",
     "Plays the signs of one line: answers what their protocol answers, and prints a line for "
     "each\n"
     "change of what shows, as \"3 A012 calling\" (address, text, state). Without --address there "
     "is\n"
     "a sign at every address. Frames or answers are lost (--drop) and answers garbled (--noise) "
     "by\n"
     "the seed. The daemon reaches it with the link tcp:ADDRESS:PORT; --pty is for programs that\n"
     "open a pseudo-terminal as a port. Ends with a signal.\n"},
    {0},
};
