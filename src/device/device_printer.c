/* device_printer: the thread of one printer: makes the slip that the bus shows, and says what
 * became of it.
 *
 * There is at most one job, the bus has it until its result is committed, so nothing is kept here
 * that a restart could lose. Before a slip and after its cut the printer is asked how it is (DLE
 * EOT, never between the bytes of a slip: some take the question for part of a picture). One that
 * does not answer twice is *mute*: its slips are believed to come out, and the lobby is warned.
 *
 * A slip whose bytes may have gone out when the line broke is sent once more, marked as a copy: two
 * slips of one number harm nobody, none does. The same holds for what an earlier process left
 * behind. A printer that cannot print is waited for only GRACE_MS from when it stopped: people
 * stand before it, and are told to take a photo of the number instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "device_internal.h"
#include "device_print.h"
#include "log.h"

#define ASK_MS 250         /* for one answer; the printer gives it even when busy */
#define ASK_WRITE_MS 500   /* three bytes on any line */
#define MUTE_AFTER 2       /* questions without an answer */
#define LOOK_MS 2000       /* how it is between slips */
#define LOOK_MUTE_MS 30000 /* a mute one may have been repaired */
#define GRACE_MS 5000      /* a cover being closed, a cable put back */
#define SETTLE_MS 1000     /* a slip is 10 cm, at 100 mm/s or more: out of paper shows by then */
#define AGE_MAX_MS 120000  /* whoever had that number is not at the kiosk any more */
#define SENT_MAX 2         /* times the bytes of one slip may go out */
#define CHUNK 512          /* between two looks at the order to stop; half a second at 9600 baud */
#define CHUNK_MS 3000      /* one that does not take so much in this time takes nothing */
#define RETRY_MS 200       /* before a result that was not taken is told again */
#define TELL_AGAIN_MS 2000 /* before one that was taken, but changed nothing, is */

struct device_printer {
    struct wire_printer config;
    const char *fault; /* why it can never print; NULL none */
    bool asks;         /* option status */
    struct print_reader reader;
    bool mute;
    bool trouble;                  /* it said that it cannot print */
    int64_t down_ms;               /* since when nothing can be printed; 0: it can */
    int64_t look_ms;               /* when to ask again though nothing is printed */
    const char *why;               /* it is down */
    enum event_kind health, paper; /* as reported; 0 (no event of a device) not yet */
    const char *detail;
    struct device_health seen; /* the same and more, for the bus */

    struct bus_print job; /* version 0: none */
    int sent;             /* times its bytes may have gone out */
    bool settled;         /* it has a result, */
    bool told;            /* which the engine has taken, ... */
    bool printed;
    const char *reason;
    int64_t retry_ms; /* ... before it is told again */
};

/* ---- what the lobby is told ---- */

static void report(struct device_worker *worker, enum event_kind kind, const char *detail)
{
    if (worker->options.report_printer != NULL && !device_worker_is_stopping(worker)) {
        worker->options.report_printer(worker->options.context, worker->port.code, kind, detail);
    }
}

static enum bus_state state_of(enum event_kind kind)
{
    return kind == EVENT_DEVICE_ONLINE    ? BUS_STATE_ONLINE
           : kind == EVENT_DEVICE_OFFLINE ? BUS_STATE_OFFLINE
                                          : BUS_STATE_FAULTY;
}

static void set_health(struct device_worker *worker, enum event_kind kind, const char *detail)
{
    struct device_printer *printer = worker->printer;

    if (printer->health == kind && strcmp(printer->detail, detail) == 0) {
        return;
    }
    printer->health = kind;
    printer->detail = detail;
    device_health_set(&printer->seen, state_of(kind), detail);
    if (kind == EVENT_DEVICE_ONLINE && detail[0] == '\0') {
        log_info("device", "printer=%s online", worker->port.code);
    } else {
        log_warn("device", "printer=%s %s: %s", worker->port.code, event_kind_text(kind), detail);
    }
    report(worker, kind, detail);
}

static void set_paper(struct device_worker *worker, enum event_kind kind)
{
    if (worker->printer->paper != kind) {
        worker->printer->paper = kind;
        report(worker, kind, "");
    }
}

static void set_down(struct device_worker *worker, enum event_kind kind, const char *why)
{
    struct device_printer *printer = worker->printer;

    printer->why = why;
    if (printer->down_ms == 0) {
        printer->down_ms = clock_mono_ms();
    }
    set_health(worker, kind, why);
}

static void set_up(struct device_worker *worker)
{
    worker->printer->down_ms = 0;
    set_health(worker, EVENT_DEVICE_ONLINE, worker->printer->mute ? "status unknown" : "");
}

/* ---- the port ---- */

static void lose_port(struct device_worker *worker)
{
    worker->link->close(worker->handle);
    worker->handle = NULL;
    worker->failed = true;
    device_health_count(&worker->printer->seen, BUS_TROUBLE_PORT);
    device_worker_plan_reopen(worker);
    if (!device_worker_is_stopping(worker)) {
        set_down(worker, EVENT_DEVICE_OFFLINE, "no connection");
    }
}

static void open_port(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;
    enum err err = worker->link->open(worker->target, &worker->handle);

    if (device_worker_is_stopping(worker)) {
        return; /* device_stop() may have gone on without us */
    }
    if (err == ERR_INVALID_OPTION) {
        printer->fault = "the link is wrong";
        set_down(worker, EVENT_DEVICE_ERROR, printer->fault);
        return;
    }
    if (err) {
        if (!worker->failed) {
            device_health_count(&printer->seen, BUS_TROUBLE_PORT);
        }
        worker->failed = true;
        device_worker_plan_reopen(worker);
        set_down(worker, EVENT_DEVICE_OFFLINE, "no connection");
        return;
    }
    worker->failed = false;
    printer->reader = (struct print_reader){.asked = 0};
    printer->mute = false;
    printer->trouble = false;
    printer->look_ms = 0;
}

/* ---- how it is ---- */

/* What arrives within that time, until an answer when one is awaited. */
static enum err listen_to(struct device_worker *worker, int wait_ms, bool *ret_answered)
{
    struct print_reader *reader = &worker->printer->reader;
    int64_t until_ms = clock_mono_ms() + wait_ms;
    bool answered = false;

    for (int64_t left_ms = wait_ms; !answered && left_ms >= 0;
         left_ms = until_ms - clock_mono_ms()) {
        uint8_t bytes[64];
        size_t length = 0;
        enum err err =
            worker->link->read(worker->handle, bytes, sizeof bytes, (int)left_ms, &length);
        if (err == ERR_TIMEOUT) {
            break;
        }
        if (err) {
            return err;
        }
        for (size_t i = 0; i < length; i++) {
            answered = print_reader_take(reader, bytes[i]) == PRINT_HEARD_ANSWER || answered;
        }
        if (left_ms == 0) {
            break;
        }
    }
    *ret_answered = answered;
    return ERR_NONE;
}

static enum err ask(struct device_worker *worker, int question, bool *ret_answered)
{
    struct device_printer *printer = worker->printer;
    int64_t began_us = clock_mono_us();
    struct buf bytes;

    buf_init(&bytes, 8);
    escpos_ask(&bytes, question);
    printer->reader.asked = question;
    enum err err = buf_failed(&bytes)
                       ? ERR_NO_MEMORY
                       : worker->link->write(worker->handle, (const uint8_t *)bytes.data,
                                             bytes.length, ASK_WRITE_MS);
    buf_fini(&bytes);
    err = err ? err : listen_to(worker, ASK_MS, ret_answered);
    if (!err) {
        device_health_note(&printer->seen,
                           *ret_answered ? DEVICE_OUTCOME_OK : DEVICE_OUTCOME_SILENT,
                           clock_mono_us() - began_us);
    }
    return err;
}

/* Asks the four questions one by one, so that each answer has its question. */
static enum err ask_all(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;
    int silent = 0;
    bool answered = false;

    printer->reader.asked = 0;
    enum err err = listen_to(worker, 0, &answered); /* late answers, which are none to these */
    for (int question = 1; !err && question <= 4 && silent < MUTE_AFTER; question++) {
        err = ask(worker, question, &answered);
        silent += answered ? 0 : 1;
    }
    printer->reader.asked = 0;
    printer->mute = silent >= MUTE_AFTER;
    printer->seen.answers = !printer->mute;
    return err;
}

/* From what the printer said last to what the lobby sees. */
static void judge(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;
    const struct print_status *status = &printer->reader.status;
    bool known = printer->asks && !printer->mute;

    printer->trouble = known && !print_status_ready(status);
    if (known) {
        set_paper(worker, status->paper_out   ? EVENT_DEVICE_PAPER_OUT
                          : status->paper_low ? EVENT_DEVICE_PAPER_LOW
                                              : EVENT_DEVICE_PAPER_OK);
    }
    if (printer->trouble) {
        bool broken = status->cutter || status->broken || status->error;
        set_down(worker, broken ? EVENT_DEVICE_ERROR : EVENT_DEVICE_OFFLINE,
                 print_status_text(status));
    } else {
        set_up(worker);
    }
}

/* Asks, unless it never answers; false when the port is gone. */
static bool look(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;

    if (printer->asks && (!printer->mute || clock_mono_ms() >= printer->look_ms) &&
        ask_all(worker) != ERR_NONE) {
        lose_port(worker);
        return false;
    }
    printer->look_ms = clock_mono_ms() + (printer->mute ? LOOK_MUTE_MS : LOOK_MS);
    device_worker_reached(worker);
    judge(worker);
    return true;
}

/* ---- the job ---- */

static void settle(struct device_printer *printer, bool printed, const char *reason)
{
    printer->settled = true;
    printer->told = false;
    printer->printed = printed;
    printer->reason = reason;
    printer->retry_ms = 0;
}

/* Tells the result, again and again until the bus has something else: a full disk may have kept the
 * engine from noting it. */
static void tell(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;
    enum err err = ERR_NONE;

    if (worker->options.report_print != NULL) {
        err = worker->options.report_print(worker->options.context, &printer->job, printer->printed,
                                           printer->reason);
    }
    printer->retry_ms = clock_mono_ms() + (err ? RETRY_MS : TELL_AGAIN_MS);
    if (!err && !printer->told && !printer->printed) {
        log_warn("device", "printer=%s ticket=%s not printed: %s", worker->port.code,
                 printer->job.ticket_id, printer->reason);
    }
    printer->told = printer->told || !err;
}

static bool is_same_job(const struct bus_print *a, const struct bus_print *b)
{
    return a->version != 0 && a->copies == b->copies && strcmp(a->ticket_id, b->ticket_id) == 0;
}

/* Takes the newest job, and forgets one that is wanted no longer or whose result was noted. */
static void take_job(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;
    struct bus_print job;
    enum err err =
        bus_get_print(worker->options.bus, worker->port.code, printer->job.version, &job);

    if (err == ERR_NOT_FOUND) {
        printer->job.version = 0;
        printer->settled = false;
    } else if (err == ERR_NONE && is_same_job(&printer->job, &job)) {
        printer->job.version = job.version; /* shown anew: what was done of it is done */
    } else if (err == ERR_NONE) {
        printer->job = job;
        printer->look_ms = 0; /* the paper may have come since */
        printer->sent = 0;
        printer->settled = false;
        if (job.age_ms > AGE_MAX_MS) {
            settle(printer, false, "too late");
        }
    }
}

static enum err write_all(struct device_worker *worker, const struct buf *bytes)
{
    const uint8_t *at = (const uint8_t *)bytes->data;

    for (size_t done = 0; done < bytes->length;) {
        size_t length = bytes->length - done < CHUNK ? bytes->length - done : CHUNK;
        enum err err = device_worker_is_stopping(worker)
                           ? ERR_STARTING
                           : worker->link->write(worker->handle, at + done, length, CHUNK_MS);
        if (err) {
            return err;
        }
        done += length;
    }
    return ERR_NONE;
}

static enum err make_bytes(struct device_printer *printer, struct buf *bytes)
{
    if (printer->job.uncertain || printer->sent > 0) {
        wire_slip_mark(&printer->job.slip);
    }
    return device_print_slip(&printer->config, &printer->job.slip, bytes);
}

/* The bytes are out; did the paper come out as well? */
static void look_after(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;

    if (printer->asks && !printer->mute &&
        (!device_worker_wait(worker, SETTLE_MS) || !look(worker))) {
        return; /* stopping, or the line broke: not known */
    }
    if (printer->trouble) {
        device_health_count(&printer->seen, BUS_TROUBLE_REFUSED);
    } else {
        device_health_heard(&printer->seen);
    }
    settle(printer, !printer->trouble, printer->trouble ? printer->why : "");
}

static void print_job(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;
    struct buf bytes;

    if (!look(worker) || printer->trouble) {
        return;
    }
    buf_init(&bytes, DEVICE_SLIP_MAX);
    if (make_bytes(printer, &bytes) != ERR_NONE) {
        device_health_count(&printer->seen, BUS_TROUBLE_UNSHOWABLE);
        settle(printer, false, "the slip cannot be made");
    } else {
        printer->sent++;
        printer->seen.now.frames++;
        if (write_all(worker, &bytes) != ERR_NONE) {
            lose_port(worker); /* half a slip may be out: only a new start helps */
        } else {
            look_after(worker);
        }
    }
    buf_fini(&bytes);
}

/* Does what the job needs now; false when it can only wait. */
static bool do_job(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;
    int64_t now_ms = clock_mono_ms();

    if (printer->settled) {
        if (now_ms < printer->retry_ms) {
            return false;
        }
        tell(worker);
        return true;
    }
    if (printer->sent >= SENT_MAX) {
        settle(printer, false, "the line broke twice");
        return true;
    }
    if (worker->handle != NULL && (!printer->trouble || now_ms >= printer->look_ms)) {
        print_job(worker);
        return true;
    }
    if (printer->fault != NULL ||
        (printer->down_ms != 0 && now_ms >= printer->down_ms + GRACE_MS)) {
        settle(printer, false, printer->why);
        return true;
    }
    return false;
}

/* ---- the loop ---- */

static int64_t next_time(const struct device_worker *worker)
{
    const struct device_printer *printer = worker->printer;
    int64_t next_ms = worker->handle == NULL ? worker->reopen_ms : printer->look_ms;

    if (printer->job.version != 0) {
        int64_t job_ms = printer->settled ? printer->retry_ms : printer->down_ms + GRACE_MS;
        next_ms = job_ms < next_ms ? job_ms : next_ms;
    }
    return next_ms;
}

/* A status nobody asked for, or a hang-up. */
static void look_at_port(struct device_worker *worker)
{
    bool answered = false;

    if (listen_to(worker, 0, &answered) != ERR_NONE) {
        lose_port(worker);
    } else if (worker->printer->asks) {
        worker->printer->look_ms = 0; /* something is different: ask what */
    }
}

static void run_once(struct device_worker *worker)
{
    struct device_printer *printer = worker->printer;
    int64_t now_ms = clock_mono_ms();

    if (!device_worker_is_stopping(worker)) {
        device_health_publish(&printer->seen, worker->options.bus, worker->handle != NULL);
    }
    take_job(worker);
    if (worker->handle == NULL && printer->fault == NULL && now_ms >= worker->reopen_ms) {
        open_port(worker);
        return;
    }
    if (printer->job.version != 0 && do_job(worker)) {
        return;
    }
    if (worker->handle != NULL && now_ms >= printer->look_ms) {
        (void)look(worker);
        return;
    }
    if (device_worker_sleep(worker, next_time(worker))) {
        look_at_port(worker);
    }
}

struct device_printer *device_printer_create(const struct wire_printer *config)
{
    struct device_printer *printer = calloc(1, sizeof *printer);

    if (printer != NULL) {
        printer->config = *config;
        printer->detail = "";
        printer->why = "no connection";
    }
    return printer;
}

void *device_printer_run(void *argument)
{
    struct device_worker *worker = argument;
    struct device_printer *printer = worker->printer;

    if (device_check_printer(&printer->config, &printer->fault) == ERR_NONE) {
        printer->fault = worker->link == NULL ? "the link is wrong" : NULL;
        printer->asks = device_printer_asks(&printer->config);
    }
    device_health_init(&printer->seen, worker->port.code, printer->config.driver, worker->port.code,
                       printer->asks);
    device_worker_reached(worker);
    printer->down_ms = clock_mono_ms(); /* until it was reached */
    if (printer->fault != NULL) {
        worker->reopen_ms = INT64_MAX;
        set_down(worker, EVENT_DEVICE_ERROR, printer->fault);
    }
    device_worker_loop(worker, run_once);
    return NULL;
}
