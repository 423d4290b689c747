/* device_ports: the serial ports that this machine has now. */
#ifndef DEVICE_PORTS_H
#define DEVICE_PORTS_H

#include <stddef.h>

#include "err.h"
#include "wire_ports.h"

#define DEVICE_PORTS_MAX 64
/* As libserialport lists them, at most `max`: it leaves out pseudo-terminals, and a port it lists
 * may still refuse to open. ERR_IO when it cannot list. */
MUST_USE enum err device_list_ports(struct wire_serial_port *ports, int max, int *ret_count);
/* The entry of the folder of links (/dev/serial/by-id) that leads to the device; empty when none
 * does. */
void device_find_by_id(const char *folder, const char *device, char *link, size_t size);

#endif
