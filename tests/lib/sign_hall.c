/* sign_hall: the fixture of the device tests: a configuration as text, one table of reports. */
#include "sign_hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define WAIT_S 10
#define SIGN_TEXT                                                                                  \
    "{\"code\":\"%s%d\",\"port\":\"%s\",\"driver\":\"modbus\",\"address\":%d,"                     \
    "\"shows\":{\"window\":%d}}"

/* ---- what was reported ---- */

struct report {
    char code[HALL_CODE_SIZE];
    bool online;
    char detail[64];
    int changes;
};

struct reports {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct report list[64];
    int count;
};

static struct press presses[64];
static int press_count; /* guarded by the mutex of `reports` */

static struct reports reports = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                                 .changed = PTHREAD_COND_INITIALIZER};

static struct report *find_report(const char *code)
{
    for (int i = 0; i < reports.count; i++) {
        if (strcmp(reports.list[i].code, code) == 0) {
            return &reports.list[i];
        }
    }
    return NULL;
}

static void take_report(void *context, const char *code, bool online, const char *detail)
{
    pthread_mutex_lock(&reports.mutex);
    struct report *report = find_report(code);
    if (report == NULL) {
        report = &reports.list[reports.count++];
        memset(report, 0, sizeof *report);
        (void)snprintf(report->code, sizeof report->code, "%s", code);
    }
    report->online = online;
    (void)snprintf(report->detail, sizeof report->detail, "%s", detail);
    report->changes++;
    pthread_cond_broadcast(&reports.changed);
    pthread_mutex_unlock(&reports.mutex);
    assert_null(context);
}

static void take_press(void *context, const struct press *press)
{
    pthread_mutex_lock(&reports.mutex);
    if (press_count < (int)(sizeof presses / sizeof presses[0])) {
        presses[press_count++] = *press;
    }
    pthread_cond_broadcast(&reports.changed);
    pthread_mutex_unlock(&reports.mutex);
    assert_null(context);
}

int sign_hall_presses(void)
{
    pthread_mutex_lock(&reports.mutex);
    int count = press_count;
    pthread_mutex_unlock(&reports.mutex);
    return count;
}

struct press sign_hall_wait_press(int n)
{
    struct timespec until;
    int failed = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&reports.mutex);
    while (press_count <= n && failed == 0) {
        failed = pthread_cond_timedwait(&reports.changed, &reports.mutex, &until);
    }
    bool found = press_count > n;
    struct press press = presses[n];
    pthread_mutex_unlock(&reports.mutex);
    if (!found) {
        fail_msg("press %d did not come", n);
    }
    return press;
}

static bool is_reported(const char *code, bool online, const char *detail)
{
    const struct report *report = find_report(code);

    return report != NULL && report->online == online && strstr(report->detail, detail) != NULL;
}

void sign_hall_wait_report(const char *code, bool online, const char *detail)
{
    struct timespec until;
    int failed = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&reports.mutex);
    while (!is_reported(code, online, detail) && failed == 0) {
        failed = pthread_cond_timedwait(&reports.changed, &reports.mutex, &until);
    }
    bool found = is_reported(code, online, detail);
    pthread_mutex_unlock(&reports.mutex);
    if (!found) {
        fail_msg("%s was not reported %s \"%s\"", code, online ? "online" : "offline", detail);
    }
}

int64_t sign_hall_cpu_ms(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

int sign_hall_changes(const char *code)
{
    pthread_mutex_lock(&reports.mutex);
    const struct report *report = find_report(code);
    int changes = report == NULL ? 0 : report->changes;
    pthread_mutex_unlock(&reports.mutex);
    return changes;
}

/* ---- a hall with displays ---- */

void sign_hall_add_port(struct sign_hall *hall, const char *code, const char *link)
{
    size_t at = strlen(hall->ports);

    (void)snprintf(hall->ports + at, sizeof hall->ports - at, "%s{\"code\":\"%s\",\"link\":\"%s\"}",
                   at > 0 ? "," : "", code, link);
}

void sign_hall_add_display(struct sign_hall *hall, const char *text)
{
    size_t at = strlen(hall->displays);

    assert_true(at + strlen(text) + 2 < sizeof hall->displays);
    (void)snprintf(hall->displays + at, sizeof hall->displays - at, "%s%s", at > 0 ? "," : "",
                   text);
}

void sign_hall_add_keypad(struct sign_hall *hall, const char *code, const char *driver, int address,
                          int window, const char *more)
{
    size_t at = strlen(hall->keypads);

    (void)snprintf(hall->keypads + at, sizeof hall->keypads - at,
                   "%s{\"code\":\"%s\",\"port\":\"p\",\"driver\":\"%s\",\"address\":%d,"
                   "\"window\":%d%s}",
                   at > 0 ? "," : "", code, driver, address, window, more);
}

void sign_hall_add_range(struct sign_hall *hall, const char *port, const char *prefix, int first,
                         int last)
{
    for (int i = first; i <= last; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, SIGN_TEXT, prefix, i, port, i, i);
        sign_hall_add_display(hall, text);
    }
}

/* Displays led1.. on the port, each of the window with its number. */
void sign_hall_add_signs(struct sign_hall *hall, const char *port, const char *prefix, int count)
{
    sign_hall_add_range(hall, port, prefix, 1, count);
}

static void make_config(struct sign_hall *hall)
{
    static char document[16384];
    struct wire_problem problem;
    size_t at =
        (size_t)snprintf(document, sizeof document,
                         "{\"hall\":{\"code\":\"t\",\"name\":{\"zh-CN\":\"t\",\"en\":\"t\"},"
                         "\"timezone\":\"Asia/Shanghai\"},\"services\":[{\"code\":\"a\",\"name\":"
                         "{\"zh-CN\":\"a\",\"en\":\"a\"},\"prefix\":\"A\"}],\"windows\":[");

    for (int i = 1; i <= SIGN_MAX; i++) {
        at += (size_t)snprintf(document + at, sizeof document - at,
                               "%s{\"no\":%d,\"name\":{\"zh-CN\":\"w\",\"en\":\"w\"},"
                               "\"services\":[\"a\"]}",
                               i > 1 ? "," : "", i);
    }
    (void)snprintf(document + at, sizeof document - at,
                   "],\"ports\":[%s],\"displays\":[%s],\"keypads\":[%s]}", hall->ports,
                   hall->displays, hall->keypads);
    wire_problem_init(&problem, ERR_NONE);
    enum err err = wire_config_create(document, strlen(document), &problem, &hall->config);
    if (err) {
        fail_msg("%s: %s %s", err_slug(err), problem.errors[0].pointer, problem.errors[0].detail);
    }
}

void sign_hall_start(struct sign_hall *hall)
{
    struct device_options options = {.bus = hall->bus, .report = take_report, .press = take_press};

    make_config(hall);
    assert_int_equal(device_start(&options, hall->config, &hall->device), ERR_NONE);
}

/* One line of `count` displays, all of them shown to be alive. `options`: of the link. */
void sign_hall_start_line(struct sign_hall *hall, int count, const char *options)
{
    char link[64];

    (void)snprintf(link, sizeof link, "tcp:127.0.0.1:%d%s", hall->port, options);
    sign_hall_add_port(hall, "p", link);
    sign_hall_add_signs(hall, "p", "led", count);
    sign_hall_start(hall);
}

void sign_hall_wait_online(int count)
{
    for (int i = 1; i <= count; i++) {
        char code[HALL_CODE_SIZE];
        (void)snprintf(code, sizeof code, "led%d", i);
        sign_hall_wait_report(code, true, "");
    }
}

void sign_hall_set(struct sign_hall *hall, int window, enum board_state state, const char *number)
{
    struct board_sign sign = {.window = window, .state = state, .calls = 1};

    (void)snprintf(sign.number, sizeof sign.number, "%s", number);
    bus_set_sign(hall->bus, &sign);
}

void sign_hall_show(struct sign_hall *hall, int window, enum board_state state, const char *number)
{
    sign_hall_set(hall, window, state, number);
    bus_wake(hall->bus);
}

int sign_hall_setup(void **state)
{
    struct sign_hall *hall = calloc(1, sizeof *hall);

    if (hall == NULL) {
        return -1;
    }
    reports.count = 0;
    press_count = 0;
    hall->bus = bus_create();
    hall->line = modbus_line_listen(&hall->port);
    *state = hall;
    return hall->bus == NULL ? -1 : 0;
}

int sign_hall_teardown(void **state)
{
    struct sign_hall *hall = *state;

    device_stop(hall->device);
    modbus_line_destroy(hall->line);
    wire_config_destroy(hall->config);
    bus_destroy(hall->bus);
    free(hall);
    return 0;
}
