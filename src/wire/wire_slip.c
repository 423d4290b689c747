/* wire_slip: what stands on the slip of paper: once as lines, which become JSON, plain text, a
 * page, or the bytes of a printer (on the device floor).
 *
 * A printer for 80 mm has 48 columns, one for 58 mm 32; a Chinese character takes two. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "wire_internal.h"

static struct wire_slip_line *add_line(struct wire_slip *slip, enum wire_slip_role role)
{
    struct wire_slip_line *line = &slip->lines[slip->line_count++];
    line->role = role;
    line->zh[0] = '\0';
    line->en[0] = '\0';
    return line;
}

static void add_names(struct wire_slip *slip, enum wire_slip_role role, const char *zh,
                      const char *en)
{
    struct wire_slip_line *line = add_line(slip, role);
    text_copy_cut(line->zh, sizeof line->zh, zh);
    text_copy_cut(line->en, sizeof line->en, strcmp(zh, en) != 0 ? en : "");
}

/* The wait as a range, never a number alone that would promise too much. */
static void add_wait(struct wire_slip *slip, const struct eta *eta)
{
    struct eta_said said;
    struct wire_slip_line *line = add_line(slip, WIRE_SLIP_WAIT);
    eta_say(eta, &said);
    if (said.high_min == 0) {
        text_copy_cut(line->zh, sizeof line->zh, "无需等候");
        text_copy_cut(line->en, sizeof line->en, "no wait");
        return;
    }
    (void)snprintf(line->zh, sizeof line->zh, "预计等候约 %d 分钟(%d-%d)", (int)said.about_min,
                   (int)said.low_min, (int)said.high_min);
    (void)snprintf(line->en, sizeof line->en, "about %d min (%d-%d)", (int)said.about_min,
                   (int)said.low_min, (int)said.high_min);
}

static void add_forecast(struct wire_slip *slip, const struct ticket *ticket)
{
    if (ticket->ahead >= 0) {
        struct wire_slip_line *line = add_line(slip, WIRE_SLIP_AHEAD);
        (void)snprintf(line->zh, sizeof line->zh, "前面还有 %d 位", (int)ticket->ahead);
        (void)snprintf(line->en, sizeof line->en, "%d ahead of you", (int)ticket->ahead);
    }
    if (ticket->eta.p50_ms >= 0) {
        add_wait(slip, &ticket->eta);
    }
}

static void add_time(struct wire_slip *slip, int64_t at_ms)
{
    char time[CLOCK_TEXT_SIZE];
    clock_format(at_ms, time);
    time[10] = ' ';
    time[16] = '\0'; /* "2025-03-14 09:30" */
    add_names(slip, WIRE_SLIP_TIME, time, "");
}

/* Behind what the ticket says, before what stands below the code. */
void wire_slip_mark(struct wire_slip *slip)
{
    int at = slip->line_count;
    for (int i = slip->line_count - 1; i >= 0; i--) {
        if (slip->lines[i].role == WIRE_SLIP_MARK) {
            return;
        }
        at = slip->lines[i].role > WIRE_SLIP_MARK ? i : at;
    }
    struct wire_slip_line *line = &slip->lines[at];
    memmove(line + 1, line, (size_t)(slip->line_count - at) * sizeof *line);
    slip->line_count++;
    line->role = WIRE_SLIP_MARK;
    text_copy_cut(line->zh, sizeof line->zh, "补打");
    text_copy_cut(line->en, sizeof line->en, "copy");
}

void wire_slip_make(struct wire_slip *slip, const struct ticket *ticket,
                    const struct wire_config *config)
{
    const struct hall *hall = wire_config_hall(config);
    struct hall_text service =
        wire_service_names(hall, ticket->legs[ticket->leg_count - 1].service);
    struct core_now issued = {.ms = ticket->issued_ms,
                              .offset_s = clock_offset_s(ticket->issued_ms)};
    char token[TICKET_TOKEN_TEXT];
    slip->line_count = 0;
    add_names(slip, WIRE_SLIP_HALL, hall->name.zh, hall->name.en);
    add_names(slip, WIRE_SLIP_NUMBER, ticket->number, "");
    add_names(slip, WIRE_SLIP_SERVICE, service.zh, service.en);
    add_forecast(slip, ticket);
    add_time(slip, ticket->issued_ms);
    if (ticket->copies > 0) {
        wire_slip_mark(slip);
    }
    slip->line_count += wire_config_slip_notices(config, &issued, &slip->lines[slip->line_count],
                                                 WIRE_SLIP_NOTICE_MAX);
    add_names(slip, WIRE_SLIP_ID, ticket->id, "");
    digest_hex(ticket->token, TICKET_TOKEN_SIZE, token);
    (void)snprintf(slip->url, sizeof slip->url, "%s/t/%s", hall->public_url, token);
}

void wire_slip_join(const struct wire_slip_line *line, char text[WIRE_SLIP_LINE_SIZE])
{
    bool both = line->zh[0] != '\0' && line->en[0] != '\0';
    (void)snprintf(text, WIRE_SLIP_LINE_SIZE, "%s%s%s", line->zh, both ? " / " : "", line->en);
}

void wire_put_slip(struct buf *buf, const struct ticket *ticket, const struct wire_config *config)
{
    struct wire_slip slip;
    char text[WIRE_SLIP_LINE_SIZE];
    wire_slip_make(&slip, ticket, config);
    wire_open_object(buf, "slip");
    wire_open_array(buf, "lines");
    for (int i = 0; i < slip.line_count; i++) {
        wire_slip_join(&slip.lines[i], text);
        wire_put_text(buf, NULL, text);
    }
    wire_close_array(buf);
    wire_put_public_url(buf, "qr", ticket->token);
    wire_close_object(buf);
}

/* Bytes of the character at `text`, and its columns: what UTF-8 writes in three or four bytes is
 * wide here. */
static size_t character(const char *text, int *ret_columns)
{
    unsigned char c = (unsigned char)text[0];
    size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    *ret_columns = length >= 3 ? 2 : 1;
    return strnlen(text, length);
}

size_t wire_slip_fit(const char *line, int columns)
{
    size_t at = 0;
    size_t space = 0;
    int used = 0;
    while (line[at] != '\0') {
        int wide;
        size_t length = character(line + at, &wide);
        if (used + wide > columns) {
            /* Paper too narrow for one character still moves on. */
            return space > 0 ? space : at > 0 ? at : length;
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
        size_t length = wire_slip_fit(line, columns);
        buf_add(buf, line, length);
        buf_add_char(buf, '\n');
        line += length;
        line += *line == ' ' ? 1 : 0;
    } while (*line != '\0');
}

void wire_slip_text(struct buf *buf, const struct wire_slip *slip, int columns)
{
    char text[WIRE_SLIP_LINE_SIZE];
    for (int i = 0; i < slip->line_count; i++) {
        wire_slip_join(&slip->lines[i], text);
        add_wrapped(buf, text, columns);
    }
    add_wrapped(buf, slip->url, columns);
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

void wire_slip_html(struct buf *buf, const struct wire_slip *slip)
{
    char text[WIRE_SLIP_LINE_SIZE];
    buf_add_text(buf, "<!doctype html>\n<html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>");
    for (int i = 0; i < slip->line_count; i++) {
        if (slip->lines[i].role == WIRE_SLIP_NUMBER) {
            add_escaped(buf, slip->lines[i].zh);
        }
    }
    buf_add_text(buf, "</title>\n<body>\n");
    for (int i = 0; i < slip->line_count; i++) {
        bool number = slip->lines[i].role == WIRE_SLIP_NUMBER;
        wire_slip_join(&slip->lines[i], text);
        buf_add_text(buf, number ? "<h1>" : "<p>");
        add_escaped(buf, text);
        buf_add_text(buf, number ? "</h1>\n" : "</p>\n");
    }
    buf_add_text(buf, "</body></html>\n");
}
