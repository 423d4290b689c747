/* wire_ports: serial ports in words and in JSON. */
#include "wire_ports.h"

#include "wire_internal.h"

static void add_part(struct buf *buf, const char *name, const char *text)
{
    if (text[0] != '\0') {
        buf_printf(buf, " %s=\"%s\"", name, text);
    }
}

void wire_serial_port_line(struct buf *buf, const struct wire_serial_port *port)
{
    buf_printf(buf, "%s %s", port->name, port->transport);
    if (port->usb) {
        buf_printf(buf, " usb=%04x:%04x", (unsigned)port->vid, (unsigned)port->pid);
    }
    add_part(buf, "description", port->description);
    add_part(buf, "manufacturer", port->manufacturer);
    add_part(buf, "product", port->product);
    add_part(buf, "serial", port->serial);
    if (port->link[0] != '\0') {
        buf_printf(buf, " link=serial:%s", port->link);
    }
    buf_add_text(buf, "\n");
}

static void put_port(struct buf *buf, const struct wire_serial_port *port)
{
    char id[8];
    wire_open_object(buf, NULL);
    wire_put_text(buf, "name", port->name);
    wire_put_text_or_null(buf, "description", port->description);
    wire_put_text(buf, "transport", port->transport);
    (void)snprintf(id, sizeof id, "%04x", (unsigned)port->vid & 0xffff);
    wire_put_text_or_null(buf, "usb_vid", port->usb ? id : "");
    (void)snprintf(id, sizeof id, "%04x", (unsigned)port->pid & 0xffff);
    wire_put_text_or_null(buf, "usb_pid", port->usb ? id : "");
    wire_put_text_or_null(buf, "manufacturer", port->manufacturer);
    wire_put_text_or_null(buf, "product", port->product);
    wire_put_text_or_null(buf, "serial", port->serial);
    wire_put_text_or_null(buf, "by_id", port->link);
    wire_close_object(buf);
}

void wire_serial_ports_print(struct buf *buf, const struct wire_serial_port *ports, int count)
{
    wire_open_array(buf, NULL);
    for (int i = 0; i < count; i++) {
        put_port(buf, &ports[i]);
    }
    wire_close_array(buf);
    buf_add_text(buf, "\n");
}
