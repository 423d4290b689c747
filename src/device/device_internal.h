/* device_internal: what the files of this folder share: the worker of a port, its signs, link
 * helpers.
 *
 * device.c owns workers, device_worker.c runs one, device_sign.c decides what a sign needs next,
 * device_exchange.c puts one request through. All of a worker belongs to its thread, except what is
 * marked otherwise. Times are clock_mono_ms(). */
#ifndef DEVICE_INTERNAL_H
#define DEVICE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "device.h"
#include "device_health.h"
#include "device_pad.h"

/* ---- signs ---- */

/* What a sign needs next, the most urgent first. */
enum device_job {
    DEVICE_JOB_CALL,   /* a call that no one sees yet */
    DEVICE_JOB_CHANGE, /* another state, or everything again after a reconnect */
    DEVICE_JOB_BLINK,  /* the other half of a blink, or what has waited long for its turn */
    DEVICE_JOB_REFRESH,
    DEVICE_JOB_NONE
};

enum device_outcome {
    DEVICE_OUTCOME_OK,      /* written and, where the protocol does that, acknowledged */
    DEVICE_OUTCOME_SILENT,  /* no answer */
    DEVICE_OUTCOME_GARBLED, /* only answers that are none */
    DEVICE_OUTCOME_REFUSED, /* the device will never take this */
    DEVICE_OUTCOME_GONE,    /* the port is gone: says nothing about the sign */
    DEVICE_OUTCOME_STOPPED  /* the worker is told to end */
};

struct device_frame {
    uint8_t bytes[DEVICE_FRAME_MAX];
    size_t length;
};

/* One frame was written, and that came of it after so many microseconds. */
void device_health_note(struct device_health *health, enum device_outcome outcome,
                        int64_t spent_us);

/* What a sign that has more to tell than fits shows in turn (device_page.c). */
struct device_pages {
    int columns, rows; /* of the sign; rows 1 where the driver shows one */
    bool latin;
    int page;        /* of the body: the words of a pause, or the rows of a welcome sign */
    int page_count;  /* at least 1 */
    int64_t turn_ms; /* when the body turns; 0 not planned yet, INT64_MAX never */
    bool noticing;   /* one row: a notice stands in the place of the body */
    uint64_t notice_version;
    int notice;             /* the one on show or next, */
    size_t from;            /* the byte where its part begins, */
    size_t length;          /* how long that is */
    bool more;              /* and whether another part follows */
    uint64_t left_out;      /* notices that the driver refuses; bit 0 of a window: the detail */
    int64_t notice_turn_ms; /* the same as turn_ms, for a notice in the last row */
};

struct device_sign;
/* How a sign turns its pages, by its display and driver. */
void device_pages_start(struct device_sign *sign);
/* How many rows are left for calls or services. */
int device_pages_body_rows(const struct device_sign *sign);
/* A new call, or another state of the window: from the front, and nothing in its place. */
void device_pages_reset(struct device_pages *pages);
/* Turns what is due. True: something was. */
bool device_pages_turn(struct device_sign *sign, int64_t now_ms);
/* Makes the page on show of the sign and the calls in `content`, and plans the next turn. */
void device_pages_fill(struct device_sign *sign, struct bus *bus, struct device_content *content,
                       int64_t now_ms);
/* The driver refuses the page: true when something could be left out, and it is to be filled
 * again. */
bool device_pages_refused(struct device_sign *sign);
/* When the next turn is due; INT64_MAX never. */
int64_t device_pages_next_ms(const struct device_pages *pages);

struct device_sign {
    struct wire_display display;
    const struct device_driver *driver; /* NULL with a fault */
    int zone;                           /* where display.window is 0; -1 the hall */
    const char *fault;                  /* why it can never be written; NULL none */

    /* Wanted: from the bus. */
    uint64_t version; /* 0: never set, the sign shall be dark */
    struct device_content content;
    struct device_frame lit;
    struct device_frame dark;
    struct device_frame ping; /* empty: the driver has none */
    struct device_pages pages;
    enum err unshown; /* why `lit` does not say what was wanted; ERR_NONE when it does */
    int64_t wanted_ms;

    /* Shown: what was got through. */
    bool known;   /* `lit` or `dark` is what the sign shows */
    bool called;  /* not known, and it is a new call */
    bool refused; /* this content: not tried again before another */
    bool dark_shown;
    int64_t blink_until_ms; /* 0 not blinking */
    int64_t blink_ms;
    int64_t refresh_ms; /* when to write it again; 0 never */
    int64_t ping_ms;    /* when to ask whether it lives; 0 never */

    /* Health. */
    struct device_health health;
    bool offline;
    int64_t offline_ms; /* since */
    int64_t probe_ms;   /* when to try again */
    bool reported;      /* `online` and `detail` were reported */
    bool online;
    const char *detail;
};

/* Is there a driver, and can it take this address and these options? Sets `fault`. */
void device_sign_init(struct device_sign *sign, const struct wire_display *display, int zone,
                      bool zone_known);
/* Takes the newest content from the bus and encodes it. */
void device_sign_update(struct device_sign *sign, struct bus *bus, int64_t now_ms);
/* What is due now. With DEVICE_JOB_NONE *ret_ms is when to ask again (INT64_MAX: only after news),
 * otherwise since when it is due. */
enum device_job device_sign_due(const struct device_sign *sign, int64_t now_ms, int64_t *ret_ms);
/* The frame to write now: `lit`, `dark` (the dark half of a blink) or `ping`. */
const struct device_frame *device_sign_frame(const struct device_sign *sign, int64_t now_ms);
/* Notes a result. `frame`: which was written. `neighbours`: another sign of the port is online and
 * would be slowed by probes. */
void device_sign_result(struct device_sign *sign, enum device_outcome outcome,
                        const struct device_frame *frame, bool neighbours, int64_t now_ms);
/* The port is open afresh: nothing is known of what the sign shows. */
void device_sign_forget(struct device_sign *sign, int64_t now_ms);

/* ---- workers ---- */

struct device_printer;
struct device_worker {
    struct device_printer *printer; /* owned; NULL: a port with signs */
    struct device_options options;
    struct wire_port port;
    const struct device_link *link; /* NULL: the link of the configuration is none */
    const char *target;             /* into port.link */
    bool echo;
    struct device_sign *signs; /* owned */
    int sign_count;
    struct device_pads pads;
    int stop_fd; /* of struct device: readable for good once it is to stop */
    int done_fd;
    int bus_fd; /* -1: no room for another listener, then the bus is asked every now and then */
    pthread_t thread;
    atomic_bool *stopping; /* of struct device */
    atomic_bool done;      /* set by the thread, read by device_stop */

    struct device_port *handle; /* NULL while the port is closed */
    bool failed;                /* the last opening failed: logged */
    int64_t reopen_ms;
    int backoff_ms;
    int64_t quiet_ms; /* last byte in or out */
    bool blocked;     /* it was lost by taking no bytes */
    bool lost;        /* found while listening: to be closed */
    int64_t look_ms;  /* the input is not looked at before: a line that chatters must not spin us */
    int silent_run;   /* exchanges without an answer since the last with one */
    struct device_health *noting; /* of whom the exchange under way is; NULL nobody's */
};

/* The thread: `argument` is its struct device_worker. */
void *device_worker_run(void *argument);
/* What every worker does, whatever hangs on its port: `once` again and again until the order to
 * stop, then the port is closed. */
void device_worker_loop(struct device_worker *worker, void (*once)(struct device_worker *worker));
bool device_worker_is_stopping(const struct device_worker *worker);
/* When to open the port again: each time after twice as long, until something was reached. */
void device_worker_plan_reopen(struct device_worker *worker);
void device_worker_reached(struct device_worker *worker);
/* Sleeps until that time, news on the bus, or the port stirs: then true. */
bool device_worker_sleep(struct device_worker *worker, int64_t next_ms);
/* The worker of a printer: the same with `worker->printer`. */
void *device_printer_run(void *argument);
/* NULL without memory; given back with free(). */
struct device_printer *device_printer_create(const struct wire_printer *config);
/* Waits, but not beyond the order to stop. False when it came. */
bool device_worker_wait(const struct device_worker *worker, int64_t wait_ms);
/* The same, and hears what pads say meanwhile. */
bool device_worker_listen(struct device_worker *worker, int64_t wait_ms);
/* Writes the frame and waits for its answer, at most `tries` times. */
enum device_outcome device_exchange(struct device_worker *worker,
                                    const struct device_driver *driver,
                                    const struct device_frame *frame, int tries);

/* ---- pads (device_pads.c) ---- */

/* Finds out which streams are needed; `list` and `count` are set. */
void device_pads_init(struct device_pads *pads);
/* The port was opened; it is gone; it cannot be used. */
void device_pads_opened(struct device_worker *worker);
void device_pads_lost(struct device_worker *worker);
void device_pads_set_offline(struct device_worker *worker, const char *detail);
/* Takes a byte that arrived, `exchange`: while a sign's answer is awaited. The length of the frame
 * of a pad that ended with it; 0 none. */
size_t device_pads_hear(struct device_worker *worker, uint8_t byte, bool exchange);
/* Silence may have ended a frame. */
void device_pads_settle(struct device_worker *worker, int64_t now_ms);
/* What was heard last was a sign's answer: it is not part of what a pad says next. */
void device_pads_answered(struct device_worker *worker);
/* Is a frame under way? And a short wait for its end, so that we do not talk into it; false when it
 * is time to stop. */
bool device_pads_are_speaking(const struct device_worker *worker);
bool device_pads_hush(struct device_worker *worker);
/* Takes the news of the bus. */
void device_pads_update(struct device_worker *worker, int64_t now_ms);
/* Writes one answer to a pad if one is due. False: the port is gone. */
bool device_pads_answer(struct device_worker *worker, bool *ret_written);
/* Does one thing that pads need, if it may go before a sign's job. OK: done, SILENT: nothing to do,
 * with *next_ms lowered to when there will be; GONE. */
enum device_outcome device_pads_run(struct device_worker *worker, enum device_job job,
                                    int64_t now_ms, int64_t *next_ms);

/* ---- links ---- */

extern const struct device_link link_serial;
extern const struct device_link link_tcp;
extern const struct device_link link_sim;
extern const struct device_link link_usb;

/* "name?key=value&key=value" taken apart. */
#define LINK_OPTION_MAX 8
struct link_text {
    char name[192];
    struct wire_option options[LINK_OPTION_MAX];
    int option_count;
};
/* ERR_INVALID_OPTION when it is not of this form or a key is not among `known` (separated by
 * spaces). */
MUST_USE enum err link_text_parse(struct link_text *text, const char *target, const char *known);
const char *link_text_get(const struct link_text *text, const char *key, const char *fallback);
/* Is `word` one of the words of `list`, which are separated by spaces? */
bool link_text_lists(const char *list, const char *word);

/* Bounded I/O on a descriptor that does not block; the contracts of struct device_link. */
MUST_USE enum err link_fd_write(int fd, bool socket, const uint8_t *bytes, size_t length,
                                int timeout_ms);
MUST_USE enum err link_fd_read(int fd, uint8_t *bytes, size_t size, int timeout_ms,
                               size_t *ret_length);

/* ---- drivers ---- */

extern const struct device_driver led_alpha;
extern const struct device_driver led_cd5220;
extern const struct device_driver led_dump;
extern const struct device_driver led_imm9002;
extern const struct device_driver led_imm90061;
extern const struct device_driver led_imm9012;
extern const struct device_driver led_imm9013;
extern const struct device_driver led_imm9003;
extern const struct device_driver led_kanban;
extern const struct device_driver led_led8;
extern const struct device_driver led_modbus;
extern const struct device_driver led_onbon;
extern const struct device_driver led_qsystem;

/* A frame being written: `length` counts on past the end, and device_frame_give() refuses what did
 * not fit (ERR_TOO_LONG). */
void device_frame_put(struct device_frame *frame, unsigned byte);
void device_frame_put_bytes(struct device_frame *frame, const void *bytes, size_t length);
MUST_USE enum err device_frame_give(const struct device_frame *frame, uint8_t *bytes, size_t size,
                                    size_t *ret_length);

/* The value of an option of a display or a keypad, or `fallback`. */
const char *device_find_option(const struct wire_option *options, int count, const char *key,
                               const char *fallback);
/* An option as a number from 0 to `max`, or as one of `words` (the first is the default; NULL ends
 * them). ERR_INVALID_OPTION. */
MUST_USE enum err device_option_number(const struct wire_display *display, const char *key,
                                       int fallback, int max, int *ret_value);
MUST_USE enum err device_option_word(const struct wire_display *display, const char *key,
                                     const char *const *words, int *ret_index);

/* Characters as the sign takes them. Two bytes for each of UTF-8 are more than any charset wants.
 */
struct device_text {
    uint8_t bytes[2 * DEVICE_LINE_SIZE];
    size_t length;
};
/* What a sign of one line shows, empty when it is dark: board_line(), or the newest call of a zone
 * with its window. */
void device_text_line(const struct wire_display *display, const struct device_content *content,
                      bool latin, char line[DEVICE_LINE_SIZE]);
void device_text_call(const struct board_call *call, bool latin, char line[DEVICE_LINE_SIZE]);
/* Printable ASCII, control characters left out. ERR_UNSHOWABLE for anything else. */
MUST_USE enum err device_text_latin(const char *line, struct device_text *text);
/* In GB2312 or GBK, control characters left out (line feeds only if not kept). ERR_UNSHOWABLE for a
 * character outside, ERR_TOO_LONG. */
#define DEVICE_GB2312 "GB2312"
#define DEVICE_GBK "GBK"
MUST_USE enum err device_text_chinese(const char *line, const char *charset, bool keep_line_ends,
                                      struct device_text *text);
/* The digits at the end of a ticket number; empty for an empty line. ERR_UNSHOWABLE when the line
 * is not a number. Points into `line`. */
MUST_USE enum err device_text_digits(const char *line, const char **ret_digits);

/* A frame of Onbon's K series taken apart: header words and the plain data. */
#define ONBON_DATA_MAX 320
struct led_onbon_frame {
    int to, from; /* screen number, ONBON_HOST or ONBON_ANY */
    int device;   /* type of the controller; FE any */
    uint8_t data[ONBON_DATA_MAX];
    size_t length;
};
#define ONBON_HOST 0x8000
#define ONBON_ANY 0xFFFE
uint16_t led_onbon_crc(const uint8_t *bytes, size_t length);
void led_onbon_pack(const struct led_onbon_frame *plain, struct device_frame *frame);
/* The first whole frame in the bytes: DEVICE_ANSWER_MORE while there is none, DEVICE_ANSWER_GARBAGE
 * when it is not right in itself, else DEVICE_ANSWER_OK; *ret_used is what it took of the bytes. */
enum device_answer led_onbon_unpack(const uint8_t *bytes, size_t length,
                                    struct led_onbon_frame *plain, size_t *ret_used);

/* Modbus' checksum, low byte first on the wire; shared with the simulated device. */
uint16_t led_modbus_crc(const uint8_t *bytes, size_t length);
/* What segments without a dot show; '?' where nobody could tell. */
char led_modbus_char(uint8_t shape);

#endif
