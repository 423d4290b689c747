/* device: signs and pads on ports. One thread per port, each an independent failure domain.
 *
 * Two seams: what is said (struct device_driver, one pure encoder per protocol) and how bytes
 * travel (struct device_link: serial port, TCP, simulated). The worker compares the desired sign
 * (from the bus, newest only) with what it last got through, writes differences first, re-sends
 * everything after a reconnect, and refreshes. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "bus.h"
#include "err.h"
#include "event.h"
#include "wire.h"

#define DEVICE_FRAME_MAX 512

/* What an encoder is given: one sign or the last calls of a zone, an address and the driver's
 * options. */
#define DEVICE_LINE_SIZE (BOARD_TEXT_SIZE + 32)
struct device_content {
    struct board_sign sign;
    bool blank; /* the dark half of a blink */
    struct board_call calls[BOARD_CALL_MAX];
    int call_count; /* wall displays: rows to show */
    /* Walls and welcome signs: the rows after the calls, in the driver's language. A driver for one
     * line shows the first where there is no call. */
    char lines[BOARD_CALL_MAX][DEVICE_LINE_SIZE];
    int line_count;
};

/* What characters a sign has. */
enum device_script {
    DEVICE_SCRIPT_DIGITS, /* numbers only: never sent a text of ours */
    DEVICE_SCRIPT_LATIN,
    DEVICE_SCRIPT_CHINESE
};

/* What came back, as a driver understands it. */
enum device_answer {
    DEVICE_ANSWER_MORE,    /* not complete yet */
    DEVICE_ANSWER_OK,      /* acknowledged */
    DEVICE_ANSWER_REFUSED, /* the device says no, for good: wrong model or value */
    DEVICE_ANSWER_RETRY,   /* the device says not now */
    DEVICE_ANSWER_GARBAGE  /* not an answer to this */
};

struct device_driver {
    const char *name;     /* as in the configuration */
    const char *longname; /* for people */
    const char *options;  /* names it takes, separated by spaces */
    bool answers;         /* the protocol acknowledges */
    enum device_script script;
    bool walls;  /* it shows several rows; else the first alone */
    bool blinks; /* the host alternates text and blank while calling */
    int address_min, address_max;
    unsigned refresh_ms; /* everything again this often */
    unsigned gap_ms;     /* silence between frames */
    unsigned answer_ms;  /* time-out for an answer */
    unsigned ping_ms;    /* `ping` this often; 0: the refresh is often enough */
    /* Half-width characters in a row, where that is known; NULL where it is not. */
    int (*columns)(const struct wire_display *display);
    /* Frame for the content. ERR_INVALID_OPTION, ERR_UNSHOWABLE (a character the sign does not
     * have), ERR_TOO_LONG. */
    enum err (*encode)(const struct wire_display *display, const struct device_content *content,
                       uint8_t *frame, size_t frame_size, size_t *ret_length);
    /* Judges the bytes received so far for a frame sent. NULL when the protocol never answers. */
    enum device_answer (*judge)(const uint8_t *sent, size_t sent_length, const uint8_t *got,
                                size_t got_length);
    /* A frame that asks whether the device lives and changes nothing that it shows; NULL with
     * ping_ms 0. ERR_INVALID_OPTION: this display is set not to answer. */
    enum err (*ping)(const struct wire_display *display, uint8_t *frame, size_t frame_size,
                     size_t *ret_length);
};

/* Driver by name; NULL when there is none. And all of them, for lists. */
const struct device_driver *device_find_driver(const char *name);
const struct device_driver *device_driver_at(int index);
/* The value of an option, or `fallback`. */
const char *device_option(const struct wire_display *display, const char *key,
                          const char *fallback);

/* Is there such a driver, and does it take this address and these options? ERR_INVALID_OPTION, with
 * a reason for people (a constant). For `config check`, `led encode` and the workers alike. */
MUST_USE enum err device_check_display(const struct wire_display *display, const char **ret_reason);

struct device_port;
struct device_link {
    const char *scheme; /* "serial", "tcp", "sim" */
    /* `target`: the text after "scheme:". ERR_INVALID_OPTION (bad text), ERR_BUSY (another program
     * has it), ERR_GONE or ERR_IO (not there now). */
    enum err (*open)(const char *target, struct device_port **ret_port);
    /* Writes all or fails; at most `timeout_ms`. ERR_TIMEOUT, ERR_GONE. */
    enum err (*write)(struct device_port *port, const uint8_t *bytes, size_t length,
                      int timeout_ms);
    /* What has arrived within the time, at least one byte. ERR_TIMEOUT, ERR_GONE. */
    enum err (*read)(struct device_port *port, uint8_t *bytes, size_t size, int timeout_ms,
                     size_t *ret_length);
    /* Descriptor to poll for hang-up and input; -1 none. */
    int (*descriptor)(struct device_port *port);
    void (*close)(struct device_port *port);
};
/* By the scheme of "scheme:target"; ERR_INVALID_OPTION for another. `ret_target` points into
 * `link`. */
MUST_USE enum err device_find_link(const char *link, const struct device_link **ret_link,
                                   const char **ret_target);

/* ---- printers ---- */

/* A slip of a hall with long notices and a raster code is some 8 KiB, with raster Chinese as many
 * pictures of 2 KiB as it has lines. */
#define DEVICE_SLIP_MAX (128 * 1024)

/* Is there such a driver, does it take this width and these options? ERR_INVALID_OPTION, with a
 * reason for people (a constant). */
MUST_USE enum err device_check_printer(const struct wire_printer *printer, const char **ret_reason);
/* The slip as that printer takes it, from initialising to the cut. ERR_INVALID_OPTION, ERR_TOO_LONG
 * (an address too long for a code), ERR_NOT_FOUND (chinese=raster without its font), ERR_NO_MEMORY.
 * Pure: nothing is sent. */
MUST_USE enum err device_print_slip(const struct wire_printer *printer,
                                    const struct wire_slip *slip, struct buf *bytes);

/* ---- running ---- */

struct device_options {
    struct bus *bus;
    /* Health of a sign or a pad changed. Device threads. */
    void (*report)(void *context, const char *code, bool online, const char *detail);
    /* A key or a value was pressed. Must not block; what came of it is awaited on the bus
     * (bus_get_press). NULL: presses are answered and come to nothing. Device threads. */
    void (*press)(void *context, const struct press *press);
    /* A printer's: online, offline, error, paper_low, paper_out, paper_ok. Device threads. */
    void (*report_printer)(void *context, const char *code, enum event_kind kind,
                           const char *detail);
    /* What became of a slip. Not ERR_NONE: it was not taken, and is told again. Device threads. */
    enum err (*report_print)(void *context, const struct bus_print *print, bool printed,
                             const char *reason);
    void *context;
};

struct device;
/* Starts one thread per port of the configuration that has a display or a pad, and one per printer.
 * A port that cannot be opened is retried for ever and never an error here. */
MUST_USE enum err device_start(const struct device_options *options,
                               const struct wire_config *config, struct device **ret_device);
/* Ends the threads; at most some seconds even when a port hangs. */
void device_stop(struct device *device);

#endif
