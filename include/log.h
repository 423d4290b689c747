/* log: one line per record on stderr: time level area key=value...
 *
 * Any thread. Lines are written whole. Never pass personal data, tokens or keys. */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Records below `level` are dropped. Default LOG_INFO. Call before threads start. */
void log_set_level(enum log_level level);
void log_debug(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_error(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
