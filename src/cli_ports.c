/* cli_ports: which serial ports there are, before one is written into the configuration. */
#include <stdio.h>

#include "cli.h"
#include "device_ports.h"

#define PRINT_MAX (DEVICE_PORTS_MAX * 2048)

static int run_ports(const struct cli_command *command, int argc, char **argv)
{
    static struct wire_serial_port ports[DEVICE_PORTS_MAX];
    bool json = false;
    const struct cli_option options[] = {{"json", CLI_FLAG, &json}, {0}};
    struct cli_list files;
    struct buf text;
    int status = CLI_FAILED;
    int count = 0;
    if (!cli_parse(command, argc, argv, options, &files, 0, &status)) {
        return status;
    }
    if (device_list_ports(ports, DEVICE_PORTS_MAX, &count) != ERR_NONE) {
        return cli_fail("the serial ports cannot be listed; is /sys mounted?");
    }
    buf_init(&text, PRINT_MAX);
    for (int i = 0; i < count && !json; i++) {
        wire_serial_port_line(&text, &ports[i]);
    }
    if (json) {
        wire_serial_ports_print(&text, ports, count);
    } else if (count == 0) {
        buf_add_text(&text, "no serial ports\n");
    }
    (void)fputs(buf_text(&text), stdout);
    buf_fini(&text);
    return CLI_DONE;
}

const struct cli_command cli_ports_commands[] = {
    {"ports", run_ports, "[--json]",
     "Lists the serial ports of this machine, one a line: device, kind, USB vendor and product,\n"
     "texts of the adapter, and the link under /dev/serial/by-id, which is the one to write into\n"
     "the configuration: it stays when the adapter comes back under another number.\n"},
    {0},
};
