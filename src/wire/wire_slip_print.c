/* wire_slip_print: a slip as JSON, as plain text, as a page, and a layout tried out.
 *
 * A printer for 80 mm has 48 columns, one for 58 mm 32; a Chinese character takes two. */
#include <stdio.h>
#include <string.h>

#include "wire_config_internal.h"

/* All lines at their longest, each character escaped. */
#define PREVIEW_MAX (8 * WIRE_SLIP_LINE_MAX * WIRE_SLIP_LINE_SIZE)

void wire_slip_join(const struct wire_slip_line *line, char text[WIRE_SLIP_LINE_SIZE])
{
    bool both = line->zh[0] != '\0' && line->en[0] != '\0';
    (void)snprintf(text, WIRE_SLIP_LINE_SIZE, "%s%s%s", line->zh, both ? " / " : "", line->en);
}

void wire_put_slip(struct buf *buf, const struct ticket *ticket, const struct wire_config *config)
{
    struct wire_slip slip;
    char text[WIRE_SLIP_LINE_SIZE];
    wire_slip_make(&slip, ticket, config, "");
    wire_open_object(buf, "slip");
    wire_open_array(buf, "lines");
    for (int i = 0; i < slip.line_count; i++) {
        wire_slip_join(&slip.lines[i], text);
        if (text[0] != '\0') { /* a code, a rule and a space have no words */
            wire_put_text(buf, NULL, text);
        }
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

static void add_rule(struct buf *buf, int columns)
{
    for (int i = 0; i < columns; i++) {
        buf_add_char(buf, '-');
    }
    buf_add_char(buf, '\n');
}

void wire_slip_text(struct buf *buf, const struct wire_slip *slip, int columns)
{
    char text[WIRE_SLIP_LINE_SIZE];
    for (int i = 0; i < slip->line_count; i++) {
        if (slip->lines[i].role == WIRE_SLIP_RULE) {
            add_rule(buf, columns);
        } else if (slip->lines[i].role == WIRE_SLIP_CODE) {
            add_wrapped(buf, slip->url, columns);
        } else {
            wire_slip_join(&slip->lines[i], text);
            add_wrapped(buf, text, columns);
        }
    }
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
        case '"':
            buf_add_text(buf, "&quot;");
            break;
        default:
            buf_add_char(buf, *text);
        }
    }
}

/* Sizes as headings: the page has no style sheet, which the policy of answers would not let in. */
static void add_html_line(struct buf *buf, const struct wire_slip *slip,
                          const struct wire_slip_line *line)
{
    char text[WIRE_SLIP_LINE_SIZE];
    const char *tag = line->role == WIRE_SLIP_NUMBER ? "h1" : line->style.size > 1 ? "h2" : "p";
    if (line->role == WIRE_SLIP_RULE) {
        buf_add_text(buf, "<hr>\n");
        return;
    }
    buf_printf(buf, "<%s>", tag);
    if (line->role == WIRE_SLIP_CODE) {
        buf_add_text(buf, "<a href=\"");
        add_escaped(buf, slip->url);
        buf_add_text(buf, "\">");
        add_escaped(buf, slip->url);
        buf_add_text(buf, "</a>");
    } else {
        wire_slip_join(line, text);
        buf_add_text(buf, line->role != WIRE_SLIP_NUMBER && line->style.bold ? "<b>" : "");
        add_escaped(buf, text);
        buf_add_text(buf, line->role != WIRE_SLIP_NUMBER && line->style.bold ? "</b>" : "");
    }
    buf_printf(buf, "</%s>\n", tag);
}

void wire_slip_html(struct buf *buf, const struct wire_slip *slip)
{
    buf_add_text(buf, "<!doctype html>\n<html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>");
    for (int i = 0; i < slip->line_count; i++) {
        if (slip->lines[i].role == WIRE_SLIP_NUMBER) {
            add_escaped(buf, slip->lines[i].zh);
        }
    }
    buf_add_text(buf, "</title>\n<body>\n");
    for (int i = 0; i < slip->line_count; i++) {
        add_html_line(buf, slip, &slip->lines[i]);
    }
    buf_add_text(buf, "</body></html>\n");
}

/* ---- the preview ---- */

/* What a layout is tried on when there is no ticket at hand. */
static void make_up(struct ticket *ticket, const struct hall *hall, int64_t now_ms)
{
    *ticket = (struct ticket){.issued_ms = now_ms, .ahead = 5, .leg_count = 1};
    ticket->eta =
        (struct eta){.low_ms = 300000, .p50_ms = 660000, .p90_ms = 1200000, .high_ms = 1200000};
    text_copy_cut(ticket->id, sizeof ticket->id, "00000000000000000000000000");
    if (hall->class_count > 0) {
        text_copy_cut(ticket->cls, sizeof ticket->cls, hall->classes[0].code);
    }
    text_copy_cut(ticket->number, sizeof ticket->number, "A012");
    if (hall->service_count > 0) {
        const struct hall_service *service = &hall->services[0];
        text_copy_cut(ticket->legs[0].service, sizeof ticket->legs[0].service, service->code);
        ticket_number_make(service->prefix, service->first, service->last, ticket->number);
    }
}

/* Each line with its look, so that a page can draw the paper to scale. */
static void put_lines(struct buf *buf, const struct wire_slip *slip)
{
    static const char *const aligns[] = {"center", "left", "right"};
    wire_open_array(buf, "lines");
    for (int i = 0; i < slip->line_count; i++) {
        const struct wire_slip_line *line = &slip->lines[i];
        wire_open_object(buf, NULL);
        wire_put_text(buf, "show", wire_slip_word(line->role));
        wire_put_text(buf, "zh-CN", line->zh);
        wire_put_text(buf, "en", line->en);
        wire_put_int(buf, "size", line->style.size);
        wire_put_text(buf, "align", aligns[line->style.align]);
        wire_put_bool(buf, "bold", line->style.bold);
        wire_put_bool(buf, "reverse", line->style.reverse);
        wire_put_bool(buf, "below", line->style.below);
        wire_close_object(buf);
    }
    wire_close_array(buf);
    wire_put_text(buf, "url", slip->url);
}

static void put_preview(struct buf *buf, const struct wire_slip *slip, int columns)
{
    struct buf form;
    buf_init(&form, PREVIEW_MAX);
    wire_open_object(buf, NULL);
    wire_slip_text(&form, slip, columns);
    wire_put_text(buf, "text", buf_text(&form));
    buf_clear(&form);
    wire_slip_html(&form, slip);
    wire_put_text(buf, "html", buf_text(&form));
    put_lines(buf, slip);
    wire_close_object(buf);
    buf_fini(&form);
}

enum err wire_slip_preview(struct buf *buf, const char *body, size_t length,
                           const struct ticket *ticket, const struct wire_config *config,
                           int64_t now_ms, struct wire_problem *problem)
{
    static const char *const names[] = {"slip", "width", "ticket", NULL};
    struct wire_slip_layout layout = config->slip;
    struct wire_object object;
    struct ticket sample;
    struct wire_slip slip;
    json_t *root;
    char id[TICKET_ID_SIZE];
    int32_t width_mm = 80;
    enum err err = wire_body_begin(body, length, problem, &root, &object);
    if (err) {
        return err;
    }
    wire_config_check_members(&object, names);
    (void)wire_read_text(&object, "ticket", WIRE_OPTIONAL, id, sizeof id);
    if (wire_read_int32(&object, "width", WIRE_OPTIONAL, 58, 80, &width_mm) && width_mm != 58 &&
        width_mm != 80) {
        wire_object_add(&object, "width", "must be 58 or 80");
    }
    (void)wire_config_read_slip(&object, &config->hall, &layout);
    err = wire_body_end(problem, root);
    if (err) {
        return err;
    }
    if (ticket == NULL) {
        make_up(&sample, &config->hall, now_ms);
    }
    wire_slip_lay(&slip, ticket != NULL ? ticket : &sample, config, &layout);
    put_preview(buf, &slip, width_mm == 58 ? 32 : 48);
    return ERR_NONE;
}

void wire_slip_preview_ticket(const char *body, size_t length, char ticket_id[TICKET_ID_SIZE])
{
    struct wire_problem problem;
    json_t *root;
    ticket_id[0] = '\0';
    wire_problem_init(&problem, ERR_NONE);
    if (wire_json_parse(body, length, &problem, &root) == ERR_NONE) {
        const char *id = json_string_value(json_object_get(root, "ticket"));
        text_copy_cut(ticket_id, TICKET_ID_SIZE, id != NULL ? id : "");
        json_decref(root);
    }
}
