/* modbus_line: a bus of digit displays that a worker cannot tell from real ones, for tests.
 *
 * It stands behind a TCP port, as a serial-device server does, or at the other end of a terminal.
 * Each of its units keeps what it was told to show, as a display does, and forgets it when the line
 * is cut. Written without a line of the driver: its checksum is another routine. One thread of its
 * own; all functions from any thread. */
#ifndef MODBUS_LINE_H
#define MODBUS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODBUS_LINE_UNITS 32
#define MODBUS_LINE_TEXT 40
#define MODBUS_LINE_LOG 8192
#define MODBUS_LINE_RAW 65536

enum modbus_line_mood {
    MODBUS_LINE_FINE,
    MODBUS_LINE_DEAD,    /* never answers, shows nothing new */
    MODBUS_LINE_REFUSES, /* exception 02 */
    MODBUS_LINE_BUSY,    /* exception 04 */
    MODBUS_LINE_NOISY,   /* answers two bytes of noise, once, then is fine */
    MODBUS_LINE_WRONG_CRC,
    MODBUS_LINE_SHORT, /* half of its answer */
    MODBUS_LINE_LONG   /* its answer, and more than any answer behind it */
};

struct modbus_line;

/* Behind a free port of the loopback interface. */
struct modbus_line *modbus_line_listen(int *ret_port);
/* At an open descriptor, which it owns from now on. */
struct modbus_line *modbus_line_attach(int fd);
void modbus_line_destroy(struct modbus_line *line);

void modbus_line_set_mood(struct modbus_line *line, int unit, enum modbus_line_mood mood);
/* Two-wire adapter: everything sent comes back first. */
void modbus_line_set_echo(struct modbus_line *line, bool echo);
/* No answers until released; the requests wait. */
void modbus_line_hold(struct modbus_line *line, bool hold);
/* Sends bytes as another device on the line does, now, or right after the next answer. */
void modbus_line_say(struct modbus_line *line, const uint8_t *bytes, size_t length);
void modbus_line_say_after(struct modbus_line *line, const uint8_t *bytes, size_t length);
/* Ends the connection, and all units go dark. Returns when that is done. */
void modbus_line_cut(struct modbus_line *line);
/* The same, and nobody is let in before it is plugged in again: behind a port with -1, at a
 * terminal with a new descriptor. */
void modbus_line_pull(struct modbus_line *line);
void modbus_line_plug(struct modbus_line *line, int fd);
/* Says endless bytes, as a stuck device does. */
void modbus_line_chatter(struct modbus_line *line, bool chatter);

/* Waits (ten seconds at most) until the unit shows the text, without its leading spaces. */
bool modbus_line_wait_text(struct modbus_line *line, int unit, const char *text);
/* Waits until a request waits while held. */
bool modbus_line_wait_held(struct modbus_line *line);
/* Waits until the unit has been sent that many frames. */
bool modbus_line_wait_frames(struct modbus_line *line, int unit, int frames);

/* Waits until the bytes were received in this order that many times; and how many times they were,
 * or at which place they were first (-1 never), of the first MODBUS_LINE_RAW received. */
bool modbus_line_wait_bytes(struct modbus_line *line, const uint8_t *bytes, size_t length,
                            int times);
int modbus_line_count_bytes(struct modbus_line *line, const uint8_t *bytes, size_t length);
int modbus_line_find_bytes(struct modbus_line *line, const uint8_t *bytes, size_t length, int from);
int modbus_line_received(struct modbus_line *line);

/* Since the start: frames to a unit (0: to all), connections taken. */
int modbus_line_frames(struct modbus_line *line, int unit);
int modbus_line_connections(struct modbus_line *line);
/* Bytes that were of no whole frame, and frames that came before the one before was answered. The
 * stump that a cut leaves is none of them. */
int modbus_line_strays(struct modbus_line *line);
int modbus_line_overlaps(struct modbus_line *line);
/* The frames in their order: unit and text of the n-th. False beyond the last. */
bool modbus_line_log(struct modbus_line *line, int n, int *ret_unit, char text[MODBUS_LINE_TEXT]);

#endif
