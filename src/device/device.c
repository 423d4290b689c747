/* device: starts and stops the workers, one per port with a display or a pad and one per printer.
 *
 * Everything a worker needs is copied, so that the configuration may go away meanwhile. Stopping
 * writes one descriptor that all workers watch. A worker can hang in the system (a name server that
 * does not answer, a driver that does not close): after STOP_MS it is left behind together with
 * everything it may still touch of ours, and it touches nothing else once it sees the order. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "device_internal.h"
#include "log.h"

#define STOP_MS 4000

struct device {
    int stop_fd;
    int done_fd;
    atomic_bool stopping;
    struct device_worker *workers[WIRE_PORT_MAX + WIRE_PRINTER_MAX]; /* owned */
    int worker_count;
};

static int count_displays(const struct wire_config *config, const char *port)
{
    int count = 0;

    for (int i = 0; i < wire_config_display_count(config); i++) {
        count += strcmp(wire_config_display(config, i)->port, port) == 0;
    }
    return count;
}

/* Without memory there is none of them; ERR_NO_MEMORY. */
static enum err init_pads(struct device_pads *pads, const struct wire_config *config,
                          const char *port)
{
    int total = wire_config_keypad_count(config);

    pads->list = total == 0 ? NULL : calloc((size_t)total, sizeof *pads->list);
    if (total > 0 && pads->list == NULL) {
        return ERR_NO_MEMORY;
    }
    for (int i = 0; i < total; i++) {
        const struct wire_keypad *keypad = wire_config_keypad(config, i);
        if (strcmp(keypad->port, port) == 0) {
            device_pad_init(&pads->list[pads->count++], keypad);
        }
    }
    device_pads_init(pads);
    return ERR_NONE;
}

static void init_signs(struct device_worker *worker, const struct wire_config *config)
{
    int count = 0;

    for (int i = 0; i < wire_config_display_count(config) && count < worker->sign_count; i++) {
        const struct wire_display *display = wire_config_display(config, i);
        if (strcmp(display->port, worker->port.code) != 0) {
            continue;
        }
        bool whole_hall = strcmp(display->zone, "*") == 0;
        int zone = whole_hall ? -1 : hall_find_zone(wire_config_hall(config), display->zone);
        device_sign_init(&worker->signs[count], display, zone, whole_hall || zone >= 0);
        count++;
    }
}

static void read_link(struct device_worker *worker)
{
    struct link_text text;

    if (device_find_link(worker->port.link, &worker->link, &worker->target)) {
        worker->link = NULL;
        return;
    }
    /* The other options are the link's own; it refuses what it does not know. */
    worker->echo = !link_text_parse(&text, worker->target, "baud parity stop bits echo") &&
                   strcmp(link_text_get(&text, "echo", "0"), "1") == 0;
}

static void destroy_worker(struct device_worker *worker)
{
    if (worker->bus_fd >= 0) {
        bus_unlisten(worker->options.bus, worker->bus_fd);
    }
    free(worker->signs);
    free(worker->pads.list);
    free(worker->printer);
    free(worker);
}

/* Makes the thread; the worker is the device's from then on. */
static enum err run_worker(struct device *device, struct device_worker *worker,
                           void *(*run)(void *worker))
{
    if (pthread_create(&worker->thread, NULL, run, worker) != 0) {
        destroy_worker(worker);
        return ERR_NO_MEMORY;
    }
    device->workers[device->worker_count++] = worker;
    return ERR_NONE;
}

/* What any worker needs, and the link of `port`. */
static void init_worker(struct device_worker *worker, struct device *device,
                        const struct device_options *options, const struct wire_port *port)
{
    worker->options = *options;
    worker->port = *port;
    worker->stop_fd = device->stop_fd;
    worker->done_fd = device->done_fd;
    worker->stopping = &device->stopping;
    worker->bus_fd = bus_listen(options->bus);
    atomic_init(&worker->done, false);
    read_link(worker);
}

static enum err start_worker(struct device *device, const struct device_options *options,
                             const struct wire_config *config, const struct wire_port *port)
{
    int count = count_displays(config, port->code);
    struct device_worker *worker = calloc(1, sizeof *worker);

    if (worker == NULL) {
        return ERR_NO_MEMORY;
    }
    worker->signs = calloc((size_t)count + 1, sizeof *worker->signs);
    worker->bus_fd = -1;
    if (worker->signs == NULL || init_pads(&worker->pads, config, port->code)) {
        destroy_worker(worker);
        return ERR_NO_MEMORY;
    }
    worker->sign_count = count;
    init_worker(worker, device, options, port);
    init_signs(worker, config);
    return run_worker(device, worker, device_worker_run);
}

static enum err start_printer(struct device *device, const struct device_options *options,
                              const struct wire_printer *printer)
{
    struct device_worker *worker = calloc(1, sizeof *worker);
    struct wire_port port = {.code = ""}; /* a printer has its own */

    if (worker == NULL) {
        return ERR_NO_MEMORY;
    }
    worker->bus_fd = -1;
    worker->printer = device_printer_create(printer);
    if (worker->printer == NULL) {
        destroy_worker(worker);
        return ERR_NO_MEMORY;
    }
    memcpy(port.code, printer->code, sizeof port.code);
    memcpy(port.link, printer->link, sizeof port.link);
    init_worker(worker, device, options, &port);
    return run_worker(device, worker, device_printer_run);
}

static bool is_used(const struct wire_config *config, const char *port)
{
    bool used = count_displays(config, port) > 0;

    for (int i = 0; i < wire_config_keypad_count(config) && !used; i++) {
        used = strcmp(wire_config_keypad(config, i)->port, port) == 0;
    }
    return used;
}

enum err device_start(const struct device_options *options, const struct wire_config *config,
                      struct device **ret_device)
{
    struct device *device = calloc(1, sizeof *device);
    enum err err = ERR_NONE;

    if (device == NULL) {
        return ERR_NO_MEMORY;
    }
    atomic_init(&device->stopping, false);
    device->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    device->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (device->stop_fd < 0 || device->done_fd < 0) {
        err = ERR_IO;
    }
    for (int i = 0; i < wire_config_port_count(config) && i < WIRE_PORT_MAX && !err; i++) {
        const struct wire_port *port = wire_config_port(config, i);
        if (is_used(config, port->code)) {
            err = start_worker(device, options, config, port);
        }
    }
    for (int i = 0; i < wire_config_printer_count(config) && !err; i++) {
        err = start_printer(device, options, wire_config_printer(config, i));
    }
    if (err) {
        device_stop(device);
        return err;
    }
    *ret_device = device;
    return ERR_NONE;
}

static bool are_all_done(const struct device *device)
{
    for (int i = 0; i < device->worker_count; i++) {
        if (!atomic_load(&device->workers[i]->done)) {
            return false;
        }
    }
    return true;
}

/* Waits for the workers to end; false when one hangs. */
static bool wait_done(struct device *device)
{
    int64_t until_ms = clock_mono_ms() + STOP_MS;

    while (!are_all_done(device)) {
        struct pollfd item = {.fd = device->done_fd, .events = POLLIN};
        int64_t left_ms = until_ms - clock_mono_ms();
        uint64_t count = 0;
        if (left_ms <= 0) {
            return false;
        }
        if (poll(&item, 1, (int)left_ms) > 0 && read(device->done_fd, &count, sizeof count) < 0 &&
            errno != EAGAIN) {
            return false;
        }
    }
    return true;
}

static void abandon(struct device *device)
{
    for (int i = 0; i < device->worker_count; i++) {
        struct device_worker *worker = device->workers[i];
        if (!atomic_load(&worker->done)) {
            log_error("device", "port=%s does not end, left behind", worker->port.code);
        }
        pthread_detach(worker->thread);
    }
}

void device_stop(struct device *device)
{
    const uint64_t one = 1;

    if (device == NULL) {
        return;
    }
    atomic_store(&device->stopping, true);
    if (device->stop_fd >= 0 && write(device->stop_fd, &one, sizeof one) < 0) {
        log_error("device", "the order to stop could not be written");
    }
    if (!wait_done(device)) {
        abandon(device);
        return; /* its memory and descriptors stay: a thread still uses them */
    }
    for (int i = 0; i < device->worker_count; i++) {
        pthread_join(device->workers[i]->thread, NULL);
        destroy_worker(device->workers[i]);
    }
    if (device->stop_fd >= 0) {
        close(device->stop_fd);
    }
    if (device->done_fd >= 0) {
        close(device->done_fd);
    }
    free(device);
}
