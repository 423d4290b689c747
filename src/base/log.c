/* log: one record, one line, one write.
 *
 * A line is put together on the stack, cut at LINE_MAX_BYTES, and written under a mutex: short
 * writes can then be continued without another thread's bytes between. Line feeds inside a record
 * become spaces, so that no argument can forge a second record. */
#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

#define LINE_MAX_BYTES 1024

static const char *const level_text[] = {"debug", "info", "warn", "error"};
static enum log_level lowest = LOG_INFO;
static pthread_mutex_t write_mutex = PTHREAD_MUTEX_INITIALIZER;

void log_set_level(enum log_level level)
{
    lowest = level;
}

static void write_line(const char *line, size_t length)
{
    (void)pthread_mutex_lock(&write_mutex);
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, line, length);
        if (written <= 0) {
            if (written < 0 && errno == EINTR) {
                continue;
            }
            break; /* nobody reads the log: there is no other place to say so */
        }
        line += written;
        length -= (size_t)written;
    }
    (void)pthread_mutex_unlock(&write_mutex);
}

__attribute__((format(printf, 3, 0))) static void log_write(enum log_level level, const char *area,
                                                            const char *format, va_list args)
{
    if (level < lowest) {
        return;
    }
    char line[LINE_MAX_BYTES];
    char time[CLOCK_TEXT_SIZE];
    clock_format(clock_wall_ms(), time);
    int head = snprintf(line, sizeof line - 1, "%s %s %s ", time, level_text[level], area);
    size_t length = head < 0 ? 0 : (size_t)head;
    if (length >= sizeof line - 1) {
        length = sizeof line - 2;
    }
    int body = vsnprintf(line + length, sizeof line - 1 - length, format, args);
    length += body < 0 ? 0 : strlen(line + length);
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\n' || line[i] == '\r') {
            line[i] = ' ';
        }
    }
    line[length] = '\n';
    write_line(line, length + 1);
}

void log_debug(const char *area, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_write(LOG_DEBUG, area, format, args);
    va_end(args);
}

void log_info(const char *area, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_write(LOG_INFO, area, format, args);
    va_end(args);
}

void log_warn(const char *area, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_write(LOG_WARN, area, format, args);
    va_end(args);
}

void log_error(const char *area, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_write(LOG_ERROR, area, format, args);
    va_end(args);
}
