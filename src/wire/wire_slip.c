/* wire_slip: what stands on the slip of paper: once as lines, which become JSON, plain text or a
 * page.
 *
 * A printer for 80 mm has 48 columns, one for 58 mm 32; a Chinese character takes two. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "wire_internal.h"

#define SLIP_MAX 2048 /* six lines of at most two names */

static void add_names(struct buf *lines, const char *zh, const char *en)
{
    bool both = zh[0] != '\0' && en[0] != '\0' && strcmp(zh, en) != 0;
    buf_printf(lines, "%s%s%s\n", zh, both ? " / " : "", both || zh[0] == '\0' ? en : "");
}

/* The wait as a range, never a number alone that would promise too much. */
static void add_wait(struct buf *lines, const struct eta *eta)
{
    struct eta_said said;
    eta_say(eta, &said);
    if (said.high_min == 0) {
        buf_add_text(lines, "无需等候 / no wait\n");
        return;
    }
    buf_printf(lines, "预计等候约 %d 分钟(%d-%d) / about %d min (%d-%d)\n", (int)said.about_min,
               (int)said.low_min, (int)said.high_min, (int)said.about_min, (int)said.low_min,
               (int)said.high_min);
}

static void add_forecast(struct buf *lines, const struct ticket *ticket)
{
    if (ticket->ahead >= 0) {
        buf_printf(lines, "前面还有 %d 位 / %d ahead of you\n", (int)ticket->ahead,
                   (int)ticket->ahead);
    }
    if (ticket->eta.p50_ms >= 0) {
        add_wait(lines, &ticket->eta);
    }
}

/* The lines of the slip, each with its end. None has anybody's name. */
static void add_lines(struct buf *lines, const struct ticket *ticket,
                      const struct wire_config *config)
{
    const struct hall *hall = wire_config_hall(config);
    struct hall_text service =
        wire_service_names(hall, ticket->legs[ticket->leg_count - 1].service);
    char time[CLOCK_TEXT_SIZE];
    clock_format(ticket->issued_ms, time);
    time[10] = ' ';
    time[16] = '\0'; /* "2025-03-14 09:30" */
    add_names(lines, hall->name.zh, hall->name.en);
    buf_printf(lines, "%s\n", ticket->number);
    add_names(lines, service.zh, service.en);
    add_forecast(lines, ticket);
    buf_printf(lines, "%s\n", time);
    if (ticket->copies > 0) {
        buf_add_text(lines, "补打 / copy\n");
    }
}

/* Takes the first line off `*rest`; NULL when there is none. */
static char *take_line(char **rest)
{
    char *line = *rest;
    char *end = strchr(line, '\n');
    if (end == NULL) {
        return NULL;
    }
    *end = '\0';
    *rest = end + 1;
    return line;
}

/* The lines in memory of the caller's. */
static char *make_lines(struct buf *lines, const struct ticket *ticket,
                        const struct wire_config *config)
{
    buf_init(lines, SLIP_MAX);
    add_lines(lines, ticket, config);
    (void)buf_text(lines); /* ends it */
    return buf_failed(lines) ? NULL : lines->data;
}

void wire_put_slip(struct buf *buf, const struct ticket *ticket, const struct wire_config *config)
{
    struct buf lines;
    char *rest = make_lines(&lines, ticket, config);
    wire_open_object(buf, "slip");
    wire_open_array(buf, "lines");
    for (char *line = rest != NULL ? take_line(&rest) : NULL; line != NULL;
         line = take_line(&rest)) {
        wire_put_text(buf, NULL, line);
    }
    wire_close_array(buf);
    wire_put_public_url(buf, "qr", ticket->token);
    wire_close_object(buf);
    buf_fini(&lines);
}

/* Bytes of the character at `text`, and its columns: what UTF-8 writes in three or four bytes is
 * wide here. */
static size_t character(const char *text, int *ret_columns)
{
    unsigned char c = (unsigned char)text[0];
    size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    *ret_columns = length >= 3 ? 2 : 1;
    return length;
}

/* Bytes of `line` that fit: up to the last space of a line that does not fit as a whole, if that
 * leaves no more than half of it empty. */
static size_t fitting(const char *line, int columns)
{
    size_t at = 0;
    size_t space = 0;
    int used = 0;
    while (line[at] != '\0') {
        int wide;
        size_t length = character(line + at, &wide);
        if (used + wide > columns) {
            return space > 0 ? space : at;
        }
        if (line[at] == ' ' && used >= columns / 2) {
            space = at;
        }
        used += wide;
        at += length;
    }
    return at;
}

/* A line broken where the paper ends. */
static void add_wrapped(struct buf *buf, const char *line, int columns)
{
    do {
        size_t length = fitting(line, columns);
        buf_add(buf, line, length);
        buf_add_char(buf, '\n');
        line += length;
        line += *line == ' ' ? 1 : 0;
    } while (*line != '\0');
}

void wire_slip_text(struct buf *buf, const struct ticket *ticket, const struct wire_config *config,
                    int columns)
{
    struct buf lines;
    char *rest = make_lines(&lines, ticket, config);
    char url[8 + TICKET_TOKEN_TEXT] = "/t/";
    for (char *line = rest != NULL ? take_line(&rest) : NULL; line != NULL;
         line = take_line(&rest)) {
        add_wrapped(buf, line, columns);
    }
    digest_hex(ticket->token, TICKET_TOKEN_SIZE, url + 3);
    add_wrapped(buf, url, columns);
    buf_fini(&lines);
}

static void add_escaped(struct buf *buf, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            buf_add_text(buf, "&lt;");
            break;
        case '&':
            buf_add_text(buf, "&amp;");
            break;
        default:
            buf_add_char(buf, *text);
        }
    }
}

void wire_slip_html(struct buf *buf, const struct ticket *ticket, const struct wire_config *config)
{
    struct buf lines;
    char *rest = make_lines(&lines, ticket, config);
    buf_add_text(buf, "<!doctype html>\n<html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>");
    buf_add_text(buf, ticket->number);
    buf_add_text(buf, "</title>\n<body>\n");
    for (char *line = rest != NULL ? take_line(&rest) : NULL; line != NULL;
         line = take_line(&rest)) {
        bool number = strcmp(line, ticket->number) == 0;
        buf_add_text(buf, number ? "<h1>" : "<p>");
        add_escaped(buf, line);
        buf_add_text(buf, number ? "</h1>\n" : "</p>\n");
    }
    buf_add_text(buf, "</body></html>\n");
    buf_fini(&lines);
}
