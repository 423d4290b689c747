/* test_device_ports: how serial ports are told of, and the link that leads to one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device_ports.h"

static const struct wire_serial_port adapter = {.name = "/dev/ttyUSB0",
                                                .description = "USB2.0-Serial",
                                                .transport = "usb",
                                                .usb = true,
                                                .vid = 0x1a86,
                                                .pid = 0x7523,
                                                .product = "USB2.0-Serial",
                                                .link = "/dev/serial/by-id/usb-1a86-if00"};
static const struct wire_serial_port plain = {.name = "/dev/ttyS0", .transport = "native"};

static void a_port_is_one_line(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 4096);
    wire_serial_port_line(&buf, &adapter);
    wire_serial_port_line(&buf, &plain);
    assert_string_equal(buf_text(&buf),
                        "/dev/ttyUSB0 usb usb=1a86:7523 description=\"USB2.0-Serial\" "
                        "product=\"USB2.0-Serial\" link=serial:/dev/serial/by-id/usb-1a86-if00\n"
                        "/dev/ttyS0 native\n");
    buf_fini(&buf);
}

static void ports_are_an_array(void **state)
{
    const struct wire_serial_port ports[] = {plain};
    struct buf buf;

    (void)state;
    buf_init(&buf, 4096);
    wire_serial_ports_print(&buf, ports, 0);
    wire_serial_ports_print(&buf, ports, 1);
    assert_string_equal(
        buf_text(&buf),
        "[]\n[{\"name\":\"/dev/ttyS0\",\"description\":null,\"transport\":\"native\","
        "\"usb_vid\":null,\"usb_pid\":null,\"manufacturer\":null,\"product\":null,"
        "\"serial\":null,\"by_id\":null}]\n");
    buf_fini(&buf);
}

static void a_link_is_found_by_where_it_leads(void **state)
{
    char folder[] = "/tmp/hallcall-ports-XXXXXX";
    char path[64];
    char link[64] = "x";

    (void)state;
    assert_non_null(mkdtemp(folder));
    device_find_by_id(folder, "/dev/null", link, sizeof link);
    assert_string_equal(link, "");
    (void)snprintf(path, sizeof path, "%s/usb-adapter-if00", folder);
    assert_int_equal(symlink("/dev/null", path), 0);
    device_find_by_id(folder, "/dev/null", link, sizeof link);
    assert_string_equal(link, path);
    device_find_by_id(folder, "/dev/zero", link, sizeof link);
    assert_string_equal(link, "");
    device_find_by_id("/no/such/folder", "/dev/null", link, sizeof link);
    assert_string_equal(link, "");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void listing_does_not_fail(void **state)
{
    static struct wire_serial_port ports[DEVICE_PORTS_MAX];
    int count = -1;

    (void)state;
    assert_int_equal(device_list_ports(ports, DEVICE_PORTS_MAX, &count), ERR_NONE);
    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        assert_true(strncmp(ports[i].name, "/dev/", 5) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_is_one_line),
        cmocka_unit_test(ports_are_an_array),
        cmocka_unit_test(a_link_is_found_by_where_it_leads),
        cmocka_unit_test(listing_does_not_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
