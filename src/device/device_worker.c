/* device_worker: the thread of one port: keeps it open and its signs right, and hears its pads.
 *
 * The loop: take the newest contents from the bus; open the port if it is closed and its time has
 * come; write the one most urgent thing; when there is none, sleep until the bus has news, the port
 * stirs, something falls due, or the order to stop. One request is under way at a time, and every
 * wait has an end, so that the worker looks at the bus again soon.
 *
 * When the port is gone it is closed at once and opened again, at first after 250 ms, then after
 * twice as long, up to BACKOFF_MAX_MS: short enough for signs to be right two seconds after a
 * repair. The wait starts at the beginning again only when a display was reached, not when the port
 * merely opened. Then everything is written again. */
#include <assert.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "device_internal.h"
#include "log.h"

#define BACKOFF_MIN_MS 250
#define BACKOFF_MAX_MS 1500
#define TRIES 3
#define LOOK_MS 5        /* between two looks at the input: less than a frame of a pad takes */
#define IDLE_MS 1000     /* longest sleep: a lost wake-up costs no more */
#define NO_BUS_MS 100    /* the same where the bus has no listener left for us */
#define SILENT_RUN_MAX 2 /* displays in a row without an answer: the line is cut, one try each */

bool device_worker_is_stopping(const struct device_worker *worker)
{
    return atomic_load(worker->stopping);
}

bool device_worker_wait(const struct device_worker *worker, int64_t wait_ms)
{
    struct pollfd item = {.fd = worker->stop_fd, .events = POLLIN};

    return poll(&item, 1, wait_ms > IDLE_MS ? IDLE_MS : (int)wait_ms) <= 0 &&
           !device_worker_is_stopping(worker);
}

/* ---- health ---- */

static void set_health(struct device_worker *worker, struct device_sign *sign, enum bus_state state,
                       const char *detail)
{
    const char *code = sign->display.code;
    bool online = state == BUS_STATE_ONLINE;

    device_health_set(&sign->health, state, detail);

    if (device_worker_is_stopping(worker) ||
        (sign->reported && sign->online == online && strcmp(sign->detail, detail) == 0)) {
        return;
    }
    sign->reported = true;
    sign->online = online;
    sign->detail = detail;
    if (online) {
        log_info("device", "sign=%s port=%s online", code, worker->port.code);
    } else {
        log_warn("device", "sign=%s port=%s offline: %s", code, worker->port.code, detail);
    }
    if (worker->options.report != NULL) {
        worker->options.report(worker->options.context, code, online, detail);
    }
}

static void set_all(struct device_worker *worker, enum bus_state state, const char *detail)
{
    for (int i = 0; i < worker->sign_count; i++) {
        if (worker->signs[i].fault == NULL) {
            set_health(worker, &worker->signs[i], state, detail);
        }
    }
    device_pads_set_offline(worker, detail);
}

static void report_result(struct device_worker *worker, struct device_sign *sign,
                          enum device_outcome outcome)
{
    if (outcome == DEVICE_OUTCOME_OK && sign->unshown == ERR_NONE) {
        set_health(worker, sign, BUS_STATE_ONLINE, "");
    } else if (outcome == DEVICE_OUTCOME_OK) {
        set_health(worker, sign, BUS_STATE_FAULTY,
                   sign->unshown == ERR_TOO_LONG ? "too long for the display"
                                                 : "a character the display does not have");
    } else if (outcome == DEVICE_OUTCOME_REFUSED) {
        set_health(worker, sign, BUS_STATE_FAULTY, "refused by the display");
    } else if (outcome == DEVICE_OUTCOME_SILENT) {
        set_health(worker, sign, BUS_STATE_OFFLINE, "no answer");
    } else if (outcome == DEVICE_OUTCOME_GARBLED) {
        set_health(worker, sign, BUS_STATE_FAULTY, "garbled answer");
    }
}

/* All of the port are hit by its loss. */
static void count_port_trouble(struct device_worker *worker)
{
    for (int i = 0; i < worker->sign_count; i++) {
        device_health_count(&worker->signs[i].health, BUS_TROUBLE_PORT);
    }
    for (int i = 0; i < worker->pads.count; i++) {
        device_health_count(&worker->pads.list[i].health, BUS_TROUBLE_PORT);
    }
}

/* What is known goes to the bus, where views and metrics find it. */
static void publish_health(struct device_worker *worker)
{
    if (device_worker_is_stopping(worker)) {
        return;
    }
    for (int i = 0; i < worker->sign_count; i++) {
        device_health_publish(&worker->signs[i].health, worker->options.bus,
                              worker->handle != NULL);
    }
    for (int i = 0; i < worker->pads.count; i++) {
        device_health_publish(&worker->pads.list[i].health, worker->options.bus,
                              worker->handle != NULL);
    }
}

/* ---- the port ---- */

void device_worker_reached(struct device_worker *worker)
{
    worker->failed = false;
    worker->backoff_ms = BACKOFF_MIN_MS;
}

void device_worker_plan_reopen(struct device_worker *worker)
{
    worker->reopen_ms = clock_mono_ms() + worker->backoff_ms;
    worker->backoff_ms *= 2;
    if (worker->backoff_ms > BACKOFF_MAX_MS) {
        worker->backoff_ms = BACKOFF_MAX_MS;
    }
}

static void lose_port(struct device_worker *worker)
{
    const char *detail = worker->blocked ? "the port takes no bytes" : "the port is gone";

    if (!worker->failed && !device_worker_is_stopping(worker)) {
        log_warn("device", "port=%s: %s, opening it again", worker->port.code, detail);
    }
    worker->failed = true;
    worker->link->close(worker->handle);
    worker->handle = NULL;
    worker->lost = false;
    worker->blocked = false;
    device_worker_plan_reopen(worker);
    device_pads_lost(worker);
    count_port_trouble(worker);
    set_all(worker, BUS_STATE_OFFLINE, detail);
}

static void give_up(struct device_worker *worker)
{
    log_error("device", "port=%s link=%s cannot be used: unknown form or option", worker->port.code,
              worker->port.link);
    worker->reopen_ms = INT64_MAX;
    set_all(worker, BUS_STATE_FAULTY, "the link of the port is wrong");
}

static void open_port(struct device_worker *worker)
{
    enum err err = worker->link->open(worker->target, &worker->handle);

    if (device_worker_is_stopping(worker)) {
        return; /* device_stop() may have gone on without us: touch nothing of the bus */
    }
    if (err == ERR_INVALID_OPTION) {
        give_up(worker);
        return;
    }
    if (err) {
        const char *detail =
            err == ERR_BUSY ? "another program uses the port" : "the port cannot be opened";
        if (!worker->failed) {
            log_warn("device", "port=%s: %s (%s), trying again", worker->port.code, detail,
                     err_slug(err));
            count_port_trouble(worker);
        }
        worker->failed = true;
        device_worker_plan_reopen(worker);
        set_all(worker, BUS_STATE_OFFLINE, detail);
        return;
    }
    log_info("device", "port=%s is open", worker->port.code);
    worker->quiet_ms = clock_mono_ms();
    worker->silent_run = 0;
    for (int i = 0; i < worker->sign_count; i++) {
        device_sign_forget(&worker->signs[i], worker->quiet_ms);
    }
    worker->look_ms = 0;
    device_pads_opened(worker);
}

/* ---- the signs ---- */

/* The sign with the most urgent job that is due; NULL when none is, with the time of the next. */
static struct device_sign *pick_sign(struct device_worker *worker, int64_t now_ms,
                                     int64_t *ret_next_ms)
{
    struct device_sign *best = NULL;
    enum device_job best_job = DEVICE_JOB_NONE;
    int64_t best_ms = INT64_MAX;

    *ret_next_ms = INT64_MAX;
    for (int i = 0; i < worker->sign_count; i++) {
        int64_t ms = 0;
        enum device_job job = device_sign_due(&worker->signs[i], now_ms, &ms);
        if (job == DEVICE_JOB_NONE) {
            *ret_next_ms = ms < *ret_next_ms ? ms : *ret_next_ms;
        } else if (job < best_job || (job == best_job && ms < best_ms)) {
            best = &worker->signs[i];
            best_job = job;
            best_ms = ms;
        }
    }
    return best;
}

static bool has_neighbours(const struct device_worker *worker, const struct device_sign *sign)
{
    for (int i = 0; i < worker->sign_count; i++) {
        const struct device_sign *other = &worker->signs[i];
        if (other != sign && other->fault == NULL && other->reported && other->online) {
            return true;
        }
    }
    return false;
}

/* One display answers again: what cut it off may have cut off others, so all are asked at once. */
static void probe_all(struct device_worker *worker, int64_t now_ms)
{
    for (int i = 0; i < worker->sign_count; i++) {
        if (worker->signs[i].offline) {
            worker->signs[i].probe_ms = now_ms;
        }
    }
}

static void publish_sim(struct device_worker *worker, const struct device_sign *sign,
                        const struct device_frame *frame)
{
    struct bus_sim sim = {.window = sign->display.window, .address = sign->display.address};

    assert(frame->length <= sizeof sim.bytes);
    memcpy(sim.name, sign->display.code, sizeof sim.name);
    memcpy(sim.driver, sign->display.driver, sizeof sim.driver);
    memcpy(sim.bytes, frame->bytes, frame->length);
    sim.length = (int)frame->length;
    bus_set_sim(worker->options.bus, &sim);
}

static void write_sign(struct device_worker *worker, struct device_sign *sign)
{
    const struct device_frame *frame = device_sign_frame(sign, clock_mono_ms());
    bool was_offline = sign->offline;
    int tries = was_offline || worker->silent_run >= SILENT_RUN_MAX ? 1 : TRIES;
    worker->noting = &sign->health;
    enum device_outcome outcome = device_exchange(worker, sign->driver, frame, tries);
    int64_t now_ms = clock_mono_ms();

    worker->noting = NULL;
    if (frame == &sign->ping && outcome == DEVICE_OUTCOME_REFUSED) {
        outcome = DEVICE_OUTCOME_OK; /* it does not know the question, so it lives */
    }
    device_sign_result(sign, outcome, frame, has_neighbours(worker, sign), now_ms);
    if (outcome == DEVICE_OUTCOME_GONE) {
        lose_port(worker);
        return;
    }
    if (device_worker_is_stopping(worker)) {
        return;
    }
    report_result(worker, sign, outcome);
    if (outcome == DEVICE_OUTCOME_SILENT) {
        worker->silent_run++;
        return;
    }
    worker->silent_run = 0;
    device_worker_reached(worker);
    if (was_offline && !sign->offline) {
        probe_all(worker, now_ms);
    }
    if (outcome == DEVICE_OUTCOME_OK && worker->link == &link_sim && frame != &sign->ping) {
        publish_sim(worker, sign, frame);
    }
}

/* ---- the loop ---- */

static void empty_eventfd(int fd)
{
    uint64_t count = 0;

    /* It does not block, and a count that is not there is no news. */
    if (read(fd, &count, sizeof count) < 0) {
        return;
    }
}

/* Input while nothing is asked: a hang-up, what pads say, or bytes nobody waits for. False: gone.
 */
static bool look_at_port(struct device_worker *worker)
{
    uint8_t bytes[256];
    size_t length = 0;
    enum err err = worker->link->read(worker->handle, bytes, sizeof bytes, 0, &length);

    for (size_t i = 0; i < length; i++) {
        (void)device_pads_hear(worker, bytes[i], false);
    }
    worker->look_ms = clock_mono_ms() + LOOK_MS;
    worker->quiet_ms = length > 0 ? clock_mono_ms() : worker->quiet_ms;
    return !err || err == ERR_TIMEOUT;
}

bool device_worker_listen(struct device_worker *worker, int64_t wait_ms)
{
    int64_t until_ms = clock_mono_ms() + wait_ms;
    int64_t now_ms = clock_mono_ms();

    /* Bounded by time: each round waits for LOOK_MS at least, or to the end. */
    for (; now_ms < until_ms && !device_worker_is_stopping(worker); now_ms = clock_mono_ms()) {
        bool may_look = now_ms >= worker->look_ms;
        int64_t next_ms = may_look || worker->look_ms > until_ms ? until_ms : worker->look_ms;
        struct pollfd items[2] = {
            {.fd = worker->stop_fd, .events = POLLIN},
            {.fd = may_look ? worker->link->descriptor(worker->handle) : -1, .events = POLLIN},
        };
        if (poll(items, 2, (int)(next_ms - now_ms)) > 0 && items[1].revents != 0 &&
            !look_at_port(worker)) {
            worker->lost = true;
            return !device_worker_is_stopping(worker);
        }
        device_pads_settle(worker, clock_mono_ms());
    }
    return !device_worker_is_stopping(worker);
}

bool device_worker_sleep(struct device_worker *worker, int64_t next_ms)
{
    int64_t now_ms = clock_mono_ms();
    int64_t most_ms = worker->bus_fd < 0 ? NO_BUS_MS : IDLE_MS;
    bool may_look = now_ms >= worker->look_ms;
    int64_t left_ms = (may_look || next_ms < worker->look_ms ? next_ms : worker->look_ms) - now_ms;
    struct pollfd items[3] = {
        {.fd = worker->stop_fd, .events = POLLIN},
        {.fd = worker->bus_fd, .events = POLLIN},
        {.fd = worker->handle == NULL || !may_look ? -1 : worker->link->descriptor(worker->handle),
         .events = POLLIN},
    };

    left_ms = left_ms < 0 ? 0 : left_ms > most_ms ? most_ms : left_ms;
    if (poll(items, 3, (int)left_ms) <= 0 || device_worker_is_stopping(worker)) {
        return false;
    }
    if (items[1].revents != 0) {
        empty_eventfd(worker->bus_fd);
    }
    return items[2].revents != 0;
}

static void report_faults(struct device_worker *worker)
{
    for (int i = 0; i < worker->sign_count; i++) {
        if (worker->signs[i].fault != NULL) {
            set_health(worker, &worker->signs[i], BUS_STATE_FAULTY, worker->signs[i].fault);
        }
    }
}

/* One frame, for a pad or a sign. False when nothing is due, with the time of the next. */
static bool do_most_urgent(struct device_worker *worker, int64_t now_ms, int64_t *next_ms)
{
    struct device_sign *sign = pick_sign(worker, now_ms, next_ms);
    int64_t since_ms = 0;
    enum device_job job = sign == NULL ? DEVICE_JOB_NONE : device_sign_due(sign, now_ms, &since_ms);
    enum device_outcome outcome = device_pads_run(worker, job, now_ms, next_ms);

    if (outcome == DEVICE_OUTCOME_GONE || worker->lost) {
        lose_port(worker);
        return true;
    }
    if (outcome == DEVICE_OUTCOME_SILENT && sign != NULL) {
        write_sign(worker, sign);
    }
    return outcome != DEVICE_OUTCOME_SILENT || sign != NULL;
}

/* Takes the news, does the one most urgent thing or sleeps. */
static void run_once(struct device_worker *worker)
{
    int64_t now_ms = clock_mono_ms();
    int64_t next_ms = worker->reopen_ms;

    publish_health(worker);
    for (int i = 0; i < worker->sign_count; i++) {
        device_sign_update(&worker->signs[i], worker->options.bus, now_ms);
    }
    device_pads_update(worker, now_ms);
    if (worker->handle == NULL && now_ms >= worker->reopen_ms) {
        open_port(worker);
        return;
    }
    if (worker->handle != NULL && do_most_urgent(worker, now_ms, &next_ms)) {
        return;
    }
    if (device_worker_sleep(worker, next_ms) && !look_at_port(worker)) {
        lose_port(worker);
    }
}

void device_worker_loop(struct device_worker *worker, void (*once)(struct device_worker *worker))
{
    const uint64_t one = 1;

    while (!device_worker_is_stopping(worker)) {
        once(worker);
    }
    if (worker->handle != NULL) {
        worker->link->close(worker->handle);
    }
    int done_fd = worker->done_fd;
    atomic_store(&worker->done, true);
    if (write(done_fd, &one, sizeof one) < 0) {
        return; /* device_stop() looks at `done` before it gives up */
    }
}

void *device_worker_run(void *argument)
{
    struct device_worker *worker = argument;

    device_worker_reached(worker);
    report_faults(worker);
    if (worker->link == NULL) {
        give_up(worker);
    }
    device_worker_loop(worker, run_once);
    return NULL;
}
