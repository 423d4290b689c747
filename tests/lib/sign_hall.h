/* sign_hall: a small hall with displays, a bus and running workers, for tests of the device floor.
 *
 * Windows 1 to SIGN_MAX, a modbus_line behind a TCP port for those displays that shall answer, and
 * what the workers report. A test adds ports and displays, starts, sets signs, and waits for frames
 * or reports. One at a time: what is reported is kept in one table. */
#ifndef SIGN_HALL_H
#define SIGN_HALL_H

#include "device.h"
#include "modbus_line.h"

#define SIGN_MAX 16

struct sign_hall {
    struct bus *bus;
    struct wire_config *config;
    struct device *device;
    struct modbus_line *line;
    int port;
    char ports[512];
    char displays[4096];
    char keypads[4096];
};

/* For cmocka: *state is the struct sign_hall. */
int sign_hall_setup(void **state);
int sign_hall_teardown(void **state);

void sign_hall_add_port(struct sign_hall *hall, const char *code, const char *link);
/* `text`: one display of the configuration document. */
void sign_hall_add_display(struct sign_hall *hall, const char *text);
/* A pad of the window: `more` are members that follow, as ",\"kind\":\"rating\"", or "". */
void sign_hall_add_keypad(struct sign_hall *hall, const char *code, const char *driver, int address,
                          int window, const char *more);
/* Digit displays PREFIX1.. on the port, each with the address and window of its number. */
void sign_hall_add_signs(struct sign_hall *hall, const char *port, const char *prefix, int count);
/* The same from a first to a last number. */
void sign_hall_add_range(struct sign_hall *hall, const char *port, const char *prefix, int first,
                         int last);
/* Makes the configuration and starts the workers. */
void sign_hall_start(struct sign_hall *hall);
/* The same with displays led1.. on the line; `options` of the link, as "?echo=1". */
void sign_hall_start_line(struct sign_hall *hall, int count, const char *options);

/* Sets a sign on the bus; `show` wakes the workers too. */
void sign_hall_set(struct sign_hall *hall, int window, enum board_state state, const char *number);
void sign_hall_show(struct sign_hall *hall, int window, enum board_state state, const char *number);

/* Waits until the last report of the display is this (its detail contains the text), or fails. */
void sign_hall_wait_report(const char *code, bool online, const char *detail);
/* Waits for the n-th press since the start, counted from 0, or fails; and how many there were. */
struct press sign_hall_wait_press(int n);
int sign_hall_presses(void);
/* What this process has spent of the processor. */
int64_t sign_hall_cpu_ms(void);
/* How often something else was reported of it. */
int sign_hall_changes(const char *code);
/* Waits until led1 to led<count> are online. */
void sign_hall_wait_online(int count);

#endif
