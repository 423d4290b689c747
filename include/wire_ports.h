/* wire_ports: serial ports of this machine as `hallcall ports` tells of them. */
#ifndef WIRE_PORTS_H
#define WIRE_PORTS_H

#include <stdbool.h>

#include "buf.h"

#define WIRE_SERIAL_TEXT 128
/* Plain values; texts are printable ASCII, empty where nothing is known. */
struct wire_serial_port {
    char name[WIRE_SERIAL_TEXT]; /* the device: "/dev/ttyUSB0" */
    char description[WIRE_SERIAL_TEXT];
    char transport[16]; /* "native", "usb", "bluetooth" */
    bool usb;           /* vid and pid are known */
    int vid, pid;
    char manufacturer[WIRE_SERIAL_TEXT];
    char product[WIRE_SERIAL_TEXT];
    char serial[WIRE_SERIAL_TEXT];
    char link[2 * WIRE_SERIAL_TEXT]; /* a name that stays: "/dev/serial/by-id/..." */
};
/* One line for people; and all as an array of objects. */
void wire_serial_port_line(struct buf *buf, const struct wire_serial_port *port);
void wire_serial_ports_print(struct buf *buf, const struct wire_serial_port *ports, int count);

#endif
