/* serial_test: the real link_serial, with the real libserialport, on pseudo-terminals.
 *
 * Run with ptyshim.so preloaded. The master end is held by the test or by tests/lib/modbus_line;
 * closing it hangs the line up as pulling an adapter does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "device.h"
#include "log.h"
#include "modbus_line.h"
#include "pty.h"
#include "sign_hall.h"

#define WAIT_MS 10000

static char folder[64];
static char link_path[96];

static enum err open_link(const char *options, const struct device_link **ret_link,
                          struct device_port **ret_port)
{
    static char text[192];
    const char *target = NULL;

    (void)snprintf(text, sizeof text, "serial:%s%s", link_path, options);
    assert_int_equal(device_find_link(text, ret_link, &target), ERR_NONE);
    return (*ret_link)->open(target, ret_port);
}

static void the_line_is_set_whole(void **state)
{
    const struct device_link *link = NULL;
    struct device_port *port = NULL;
    struct termios termios;
    struct pty pty;
    int exclusive = 0;

    (void)state;
    pty_open(&pty);
    pty_point(link_path, &pty);
    /* Left by the program before us. */
    assert_int_equal(tcgetattr(pty.slave, &termios), 0);
    termios.c_cflag |= CRTSCTS;
    termios.c_iflag |= IXON | IXOFF;
    termios.c_lflag |= ICANON | ECHO;
    assert_int_equal(tcsetattr(pty.slave, TCSANOW, &termios), 0);
    assert_int_equal(open_link("?baud=19200&stop=2", &link, &port), ERR_NONE);
    assert_int_equal(tcgetattr(pty.slave, &termios), 0);
    assert_int_equal(cfgetospeed(&termios), B19200);
    assert_true((termios.c_cflag & CSTOPB) != 0);
    assert_true((termios.c_cflag & CSIZE) == CS8);
    assert_true((termios.c_cflag & CRTSCTS) == 0);
    assert_true((termios.c_iflag & (IXON | IXOFF | ICRNL)) == 0);
    assert_true((termios.c_lflag & (ICANON | ECHO | ISIG)) == 0);
    assert_true((termios.c_oflag & OPOST) == 0);
    assert_true((fcntl(link->descriptor(port), F_GETFD) & FD_CLOEXEC) != 0);
    assert_int_equal(ioctl(pty.slave, TIOCGEXCL, &exclusive), 0);
    assert_int_equal(exclusive, 1);
    link->close(port);
    close(pty.slave);
    close(pty.master);
}

static void bytes_travel_both_ways_until_the_line_hangs_up(void **state)
{
    static const uint8_t sent[] = {0x00, 0x11, 0x13, 0x0A, 0x0D, 0x03, 0xFF, 0x7F};
    const struct device_link *link = NULL;
    struct device_port *port = NULL;
    uint8_t got[16];
    size_t length = 0;
    struct pty pty;

    (void)state;
    pty_open(&pty);
    pty_point(link_path, &pty);
    assert_int_equal(open_link("", &link, &port), ERR_NONE);
    assert_int_equal(link->write(port, sent, sizeof sent, 1000), ERR_NONE);
    assert_int_equal(read(pty.master, got, sizeof got), sizeof sent);
    assert_memory_equal(got, sent, sizeof sent);
    assert_int_equal(link->read(port, got, sizeof got, 20, &length), ERR_TIMEOUT);
    assert_int_equal(write(pty.master, sent, sizeof sent), sizeof sent);
    assert_int_equal(link->read(port, got, sizeof got, 1000, &length), ERR_NONE);
    assert_int_equal(length, sizeof sent);
    assert_memory_equal(got, sent, sizeof sent);
    close(pty.slave);
    close(pty.master);
    int64_t from_ms = clock_mono_ms();
    assert_int_equal(link->read(port, got, sizeof got, 5000, &length), ERR_GONE);
    assert_int_equal(link->write(port, sent, sizeof sent, 5000), ERR_GONE);
    link->close(port);
    assert_true(clock_mono_ms() - from_ms < 1000);
}

static void a_full_line_ends_in_a_timeout(void **state)
{
    const struct device_link *link = NULL;
    struct device_port *port = NULL;
    static uint8_t many[256 * 1024];
    struct pty pty;

    (void)state;
    pty_open(&pty);
    pty_point(link_path, &pty);
    assert_int_equal(open_link("", &link, &port), ERR_NONE);
    int64_t from_ms = clock_mono_ms();
    assert_int_equal(link->write(port, many, sizeof many, 100), ERR_TIMEOUT); /* nobody reads */
    link->close(port);
    assert_true(clock_mono_ms() - from_ms < 3000);
    close(pty.slave);
    close(pty.master);
}

static void what_is_no_port_is_told_from_a_wrong_option(void **state)
{
    static const char *const wrong[] = {"?baud=9601",  "?baud=x",    "?parity=mark", "?stop=3",
                                        "?bits=9",     "?speed=300", "?baud",        "?baud=9600&",
                                        "?baud=-9600", "?stop="};
    const struct device_link *link = NULL;
    struct device_port *port = NULL;
    struct pty pty;

    (void)state;
    pty_open(&pty);
    pty_point(link_path, &pty);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(open_link(wrong[i], &link, &port), ERR_INVALID_OPTION);
    }
    assert_int_equal(link->open("ttyS0", &port), ERR_INVALID_OPTION);
    assert_int_equal(link->open("/dev/no-such-port", &port), ERR_GONE);
    assert_int_equal(link->open("/dev/null", &port), ERR_GONE);
    assert_int_equal(link->open("/etc/passwd", &port), ERR_GONE);
    assert_null(port);
    close(pty.slave);
    close(pty.master);
}

/* ---- a worker on it ---- */

static atomic_int online;
static atomic_int offline;

static void take_report(void *context, const char *code, bool is_online, const char *detail)
{
    (void)context;
    (void)code;
    (void)detail;
    atomic_fetch_add(is_online ? &online : &offline, 1);
}

static void wait_count(atomic_int *count, int wanted)
{
    int64_t until_ms = clock_mono_ms() + WAIT_MS;

    while (atomic_load(count) < wanted && clock_mono_ms() < until_ms) {
        poll(NULL, 0, 1);
    }
    assert_true(atomic_load(count) >= wanted);
}

static struct wire_config *make_config(const char *keypads)
{
    static const char form[] =
        "{\"hall\":{\"code\":\"t\",\"name\":{\"zh-CN\":\"t\",\"en\":\"t\"},\"timezone\":\"Asia/"
        "Shanghai\"},"
        "\"services\":[{\"code\":\"a\",\"name\":{\"zh-CN\":\"a\",\"en\":\"a\"},\"prefix\":\"A\"}],"
        "\"windows\":[{\"no\":1,\"name\":{\"zh-CN\":\"w\",\"en\":\"w\"},\"services\":[\"a\"]},"
        "{\"no\":2,\"name\":{\"zh-CN\":\"w\",\"en\":\"w\"},\"services\":[\"a\"]}],"
        "\"ports\":[{\"code\":\"p\",\"link\":\"serial:%s?baud=9600\"}],\"displays\":["
        "{\"code\":\"led1\",\"port\":\"p\",\"driver\":\"modbus\",\"address\":1,\"shows\":{"
        "\"window\":1}},"
        "{\"code\":\"led2\",\"port\":\"p\",\"driver\":\"modbus\",\"address\":2,\"shows\":{"
        "\"window\":2}}],\"keypads\":[%s]}";
    struct wire_problem problem;
    struct wire_config *config = NULL;
    char document[2048];

    (void)snprintf(document, sizeof document, form, link_path, keypads);
    wire_problem_init(&problem, ERR_NONE);
    if (wire_config_create(document, strlen(document), &problem, &config)) {
        fail_msg("%s %s", problem.errors[0].pointer, problem.errors[0].detail);
    }
    return config;
}

static void a_pulled_adapter_comes_back_under_another_name(void **state)
{
    struct device_options options = {.bus = bus_create(), .report = take_report};
    struct wire_config *config = make_config("");
    struct board_sign signs[2] = {{.window = 1, .state = BOARD_SERVING, .number = "A012"},
                                  {.window = 2, .state = BOARD_SERVING, .number = "B007"}};
    struct device *device = NULL;
    struct pty first;
    struct pty second;

    (void)state;
    pty_open(&first);
    pty_point(link_path, &first);
    struct modbus_line *line = modbus_line_attach(first.master);
    bus_set_sign(options.bus, &signs[0]);
    bus_set_sign(options.bus, &signs[1]);
    assert_int_equal(device_start(&options, config, &device), ERR_NONE);
    assert_true(modbus_line_wait_text(line, 1, "A012"));
    assert_true(modbus_line_wait_text(line, 2, "B007"));
    wait_count(&online, 2);
    pty_open(&second); /* while the old one lives: surely another name */
    assert_string_not_equal(first.name, second.name);

    int64_t from_ms = clock_mono_ms();
    int64_t from_cpu_ms = sign_hall_cpu_ms();
    close(first.slave);
    modbus_line_destroy(line);
    wait_count(&offline, 2);
    memcpy(signs[1].number, "B008", 5); /* changes while nobody can see it */
    bus_set_sign(options.bus, &signs[1]);
    bus_wake(options.bus);
    /* Some failed openings later. */
    while (clock_mono_ms() - from_ms < 600) {
        poll(NULL, 0, 5);
    }
    line = modbus_line_attach(second.master);
    pty_point(link_path, &second);
    int64_t repaired_ms = clock_mono_ms();
    assert_true(modbus_line_wait_text(line, 1, "A012"));
    assert_true(modbus_line_wait_text(line, 2, "B008"));
    wait_count(&online, 4);
    assert_true(clock_mono_ms() - repaired_ms < 2500);
    /* Neither a hung-up line nor a missing one keeps the processor busy. */
    assert_true(sign_hall_cpu_ms() - from_cpu_ms < (clock_mono_ms() - from_ms) / 2);

    device_stop(device);
    close(second.slave);
    modbus_line_destroy(line);
    wire_config_destroy(config);
    bus_destroy(options.bus);
}

/* ---- pads beside the signs ---- */

static atomic_int presses;
static atomic_int last_key;

static void take_press(void *context, const struct press *press)
{
    (void)context;
    atomic_store(&last_key, (int)press->key);
    atomic_fetch_add(&presses, 1);
}

static const uint8_t next_key[] = {0xFF, 0x68, 0x03, 0x03, 0x68, 0x01, 0x01, 0x0C, 0x0E, 0x16};
static const uint8_t digits[] = {0xFF, 0x68, 0x08, 0x08, 0x68, 0x01, 0x02, 0x0A,
                                 0x0A, 0x0A, 0x00, 0x01, 0x03, 0x25, 0x16};
static const uint8_t light[] = {0x01, 0x20, 0x32, 0x07};
static const uint8_t call_key[] = {0x01, 0x20, 0x31, 0x07};

static void pass_ms(int64_t ms)
{
    int64_t from_ms = clock_mono_ms();

    while (clock_mono_ms() - from_ms < ms) {
        poll(NULL, 0, 5);
    }
}

/* Silence tells the frames of boxes apart here, as it does on a wire. */
static void say_boxes(struct modbus_line *line)
{
    static const uint8_t both[] = {0x01, 0x20, 0x31, 0x07, 0x01, 0x20, 0x34, 0x07};

    modbus_line_say(line, both, sizeof both); /* without a silence: a collision */
    pass_ms(100);
    assert_int_equal(atomic_load(&presses), 1);
    modbus_line_say(line, call_key, sizeof call_key);
    wait_count(&presses, 2);
    assert_int_equal(atomic_load(&last_key), PRESS_CALL);
}

static void a_pad_and_a_sign_share_a_bus(void **state)
{
    static const char pads[] =
        "{\"code\":\"key1\",\"port\":\"p\",\"driver\":\"ff68\",\"address\":1,\"window\":1},"
        "{\"code\":\"box1\",\"port\":\"p\",\"driver\":\"qsystem\",\"address\":32,"
        "\"window\":1}";
    struct device_options options = {
        .bus = bus_create(), .report = take_report, .press = take_press};
    struct wire_config *config = make_config(pads);
    struct board_sign sign = {.window = 1, .state = BOARD_SERVING, .number = "A012"};
    struct device *device = NULL;
    struct pty pty;

    (void)state;
    atomic_store(&presses, 0);
    pty_open(&pty);
    pty_point(link_path, &pty);
    struct modbus_line *line = modbus_line_attach(pty.master);
    bus_set_sign(options.bus, &sign);
    assert_int_equal(device_start(&options, config, &device), ERR_NONE);
    assert_true(modbus_line_wait_text(line, 1, "A012"));
    /* A key while the sign's answer is awaited. */
    modbus_line_hold(line, true);
    memcpy(sign.number, "A013", 5);
    bus_set_sign(options.bus, &sign);
    bus_wake(options.bus);
    assert_true(modbus_line_wait_held(line));
    modbus_line_say(line, next_key, sizeof next_key);
    modbus_line_hold(line, false);
    assert_true(modbus_line_wait_text(line, 1, "A013"));
    wait_count(&presses, 1);
    assert_int_equal(atomic_load(&last_key), PRESS_NEXT);
    assert_true(modbus_line_wait_bytes(line, next_key, sizeof next_key, 1));
    /* Nothing is asked any more: the digits and the light are the last to go out. */
    assert_true(modbus_line_wait_bytes(line, digits, sizeof digits, 1));
    assert_true(modbus_line_wait_bytes(line, light, sizeof light, 1));
    pass_ms(100);
    say_boxes(line);
    device_stop(device);
    close(pty.slave);
    modbus_line_destroy(line);
    wire_config_destroy(config);
    bus_destroy(options.bus);
}

static int make_folder(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    (void)snprintf(folder, sizeof folder, "%.40s/serialXXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(link_path, sizeof link_path, "%s/adapter", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(link_path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_set_whole),
        cmocka_unit_test(bytes_travel_both_ways_until_the_line_hangs_up),
        cmocka_unit_test(a_full_line_ends_in_a_timeout),
        cmocka_unit_test(what_is_no_port_is_told_from_a_wrong_option),
        cmocka_unit_test(a_pulled_adapter_comes_back_under_another_name),
        cmocka_unit_test(a_pad_and_a_sign_share_a_bus),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
