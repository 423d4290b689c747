/* wire_slip: what stands on the slip of paper, as lines; wire_slip_print.c makes JSON, plain text
 * or a page of them, the device floor the bytes of a printer.
 *
 * Which lines, in which order, is said by a layout (wire_slip_layout.c). A layout has a bounded
 * number of blocks of which two make several lines, so the lines have a place each. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "wire_config_internal.h"

static struct wire_slip_line *add_line(struct wire_slip *slip, const struct wire_slip_block *block)
{
    struct wire_slip_line *line = &slip->lines[slip->line_count++];
    line->role = block->show;
    line->style = block->style;
    line->zh[0] = '\0';
    line->en[0] = '\0';
    return line;
}

static void add_names(struct wire_slip *slip, const struct wire_slip_block *block, const char *zh,
                      const char *en)
{
    struct wire_slip_line *line = add_line(slip, block);
    text_copy_cut(line->zh, sizeof line->zh, zh);
    text_copy_cut(line->en, sizeof line->en, strcmp(zh, en) != 0 ? en : "");
}

/* The wait as a range, never a number alone that would promise too much. */
static void add_wait(struct wire_slip *slip, const struct wire_slip_block *block,
                     const struct eta *eta)
{
    struct eta_said said;
    struct wire_slip_line *line = add_line(slip, block);
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

static void add_ahead(struct wire_slip *slip, const struct wire_slip_block *block, int32_t ahead)
{
    struct wire_slip_line *line = add_line(slip, block);
    (void)snprintf(line->zh, sizeof line->zh, "前面还有 %d 位", (int)ahead);
    (void)snprintf(line->en, sizeof line->en, "%d ahead of you", (int)ahead);
}

static void add_time(struct wire_slip *slip, const struct wire_slip_block *block, int64_t at_ms)
{
    char time[CLOCK_TEXT_SIZE];
    clock_format(at_ms, time);
    time[10] = ' ';
    time[16] = '\0'; /* "2025-03-14 09:30" */
    add_names(slip, block, time, "");
}

static void add_class(struct wire_slip *slip, const struct wire_slip_block *block,
                      const struct hall *hall, const char *code)
{
    int class = hall_find_class(hall, code);
    if (class >= 0) {
        add_names(slip, block, hall->classes[class].name.zh, hall->classes[class].name.en);
    }
}

static bool serves(const struct hall_window *window, int service)
{
    for (int i = 0; i < window->service_count; i++) {
        if (window->services[i].service == service &&
            window->services[i].tier == HALL_TIER_PRIMARY) {
            return !window->retired;
        }
    }
    return false;
}

/* "1-4, 6": the numbers of the windows that take the service first. */
static void list_windows(const struct hall *hall, int service, char *text, size_t size)
{
    bool numbers[HALL_WINDOW_NO_MAX + 2] = {false};
    size_t end = 0;
    text[0] = '\0';
    for (int w = 0; w < hall->window_count; w++) {
        numbers[hall->windows[w].no] = serves(&hall->windows[w], service);
    }
    for (int first = 1; first <= HALL_WINDOW_NO_MAX && end + 16 < size; first++) {
        int last = first;
        while (numbers[first] && numbers[last + 1]) {
            last++;
        }
        if (numbers[first]) {
            end += (size_t)snprintf(text + end, size - end, last > first ? "%s%d-%d" : "%s%d",
                                    end > 0 ? ", " : "", first, last);
            first = last;
        }
    }
}

/* The names of their zones, in the order of the zones. */
static void list_zones(const struct hall *hall, int service, struct hall_text *names)
{
    *names = (struct hall_text){.zh = ""};
    for (int z = 0; z < hall->zone_count; z++) {
        bool here = false;
        for (int w = 0; w < hall->window_count && !here; w++) {
            here = hall->windows[w].zone == z && serves(&hall->windows[w], service);
        }
        size_t zh = strlen(names->zh);
        size_t en = strlen(names->en);
        if (here) {
            (void)snprintf(names->zh + zh, sizeof names->zh - zh, "%s%s", zh > 0 ? "、" : "",
                           hall->zones[z].name.zh);
            (void)snprintf(names->en + en, sizeof names->en - en, "%s%s", en > 0 ? ", " : "",
                           hall->zones[z].name.en);
        }
    }
}

/* Where to wait, and for which windows. */
static void add_windows(struct wire_slip *slip, const struct wire_slip_block *block,
                        const struct hall *hall, int service)
{
    char windows[96];
    struct hall_text zones;
    list_windows(hall, service, windows, sizeof windows);
    list_zones(hall, service, &zones);
    if (windows[0] != '\0') {
        struct wire_slip_line *line = add_line(slip, block);
        (void)snprintf(line->zh, sizeof line->zh, "%s%s%s号窗口", zones.zh,
                       zones.zh[0] != '\0' ? " " : "", windows);
        (void)snprintf(line->en, sizeof line->en, "%s%swindow %s", zones.en,
                       zones.en[0] != '\0' ? ", " : "", windows);
    }
}

static void style_lines(struct wire_slip *slip, const struct wire_slip_block *block, int count)
{
    for (int i = 0; i < count; i++) {
        struct wire_slip_line *line = &slip->lines[slip->line_count++];
        line->role = block->show;
        line->style = block->style;
    }
}

static void add_documents(struct wire_slip *slip, const struct wire_slip_block *block,
                          const struct wire_config *config, const char *service)
{
    bool own = block->text.zh[0] != '\0';
    /* Behind the heading, which stands there only with something below it. */
    int count = wire_config_slip_documents(config, service, &slip->lines[slip->line_count + 1],
                                           WIRE_SLIP_DOCUMENT_MAX);
    if (count > 0) {
        add_names(slip, block,
                  own ? block->text.zh : "请携带:", own ? block->text.en : "Please bring:");
        style_lines(slip, block, count);
    }
}

/* Leaves the languages the block has, but never a line without words. */
static void keep_languages(struct wire_slip_line *line, const struct wire_slip_block *block)
{
    if (!block->zh && line->en[0] != '\0') {
        line->zh[0] = '\0';
    } else if (!block->en && line->zh[0] != '\0') {
        line->en[0] = '\0';
    }
}

static bool applies(const struct wire_slip_block *block, const struct ticket *ticket,
                    const struct hall *hall, int service)
{
    int class = hall_find_class(hall, ticket->cls);
    bool served = !block->only_services ||
                  (service >= 0 && (block->services[service / 8] >> service % 8 & 1) != 0);
    return served && (block->classes == 0 || (class >= 0 && (block->classes >> class & 1) != 0)) &&
           (!block->queueing || ticket->ahead > 0);
}

/* The mark has its place whether the slip is marked or not. */
static void place_mark(struct wire_slip *slip, const struct wire_slip_block *block,
                       const struct ticket *ticket)
{
    slip->mark = block->style;
    slip->mark_at = slip->line_count;
    if (ticket->copies > 0) {
        wire_slip_mark(slip);
    }
}

static void add_block(struct wire_slip *slip, const struct wire_slip_block *block,
                      const struct ticket *ticket, const struct wire_config *config)
{
    const struct hall *hall = wire_config_hall(config);
    const char *code = ticket->legs[ticket->leg_count - 1].service;
    struct core_now issued = {.ms = ticket->issued_ms,
                              .offset_s = clock_offset_s(ticket->issued_ms)};
    struct hall_text service;
    switch (block->show) {
    case WIRE_SLIP_HALL:
        add_names(slip, block, hall->name.zh, hall->name.en);
        break;
    case WIRE_SLIP_NUMBER:
        add_names(slip, block, ticket->number, "");
        break;
    case WIRE_SLIP_SERVICE:
        service = wire_service_names(hall, code);
        add_names(slip, block, service.zh, service.en);
        break;
    case WIRE_SLIP_CLASS:
        add_class(slip, block, hall, ticket->cls);
        break;
    case WIRE_SLIP_AHEAD:
        if (ticket->ahead >= 0) {
            add_ahead(slip, block, ticket->ahead);
        }
        break;
    case WIRE_SLIP_WAIT:
        if (ticket->eta.p50_ms >= 0) {
            add_wait(slip, block, &ticket->eta);
        }
        break;
    case WIRE_SLIP_TIME:
        add_time(slip, block, ticket->issued_ms);
        break;
    case WIRE_SLIP_WINDOWS:
        add_windows(slip, block, hall, hall_find_service(hall, code));
        break;
    case WIRE_SLIP_MARK:
        place_mark(slip, block, ticket);
        break;
    case WIRE_SLIP_NOTICE:
        style_lines(slip, block,
                    wire_config_slip_notices(config, &issued, &slip->lines[slip->line_count],
                                             WIRE_SLIP_NOTICE_MAX));
        break;
    case WIRE_SLIP_DOCUMENT:
        add_documents(slip, block, config, code);
        break;
    case WIRE_SLIP_TEXT:
        add_names(slip, block, block->text.zh, block->text.en);
        break;
    case WIRE_SLIP_ID:
        add_names(slip, block, ticket->id, "");
        break;
    case WIRE_SLIP_CODE:
    case WIRE_SLIP_RULE:
    case WIRE_SLIP_SPACE:
        (void)add_line(slip, block);
        break;
    case WIRE_SLIP_ROLE_COUNT:
        break;
    }
}

void wire_slip_lay(struct wire_slip *slip, const struct ticket *ticket,
                   const struct wire_config *config, const struct wire_slip_layout *layout)
{
    const struct hall *hall = wire_config_hall(config);
    int service = hall_find_service(hall, ticket->legs[ticket->leg_count - 1].service);
    char token[TICKET_TOKEN_TEXT];
    slip->line_count = 0;
    for (int i = 0; i < layout->block_count; i++) {
        int first = slip->line_count;
        if (applies(&layout->blocks[i], ticket, hall, service)) {
            add_block(slip, &layout->blocks[i], ticket, config);
        }
        for (int line = first; line < slip->line_count; line++) {
            keep_languages(&slip->lines[line], &layout->blocks[i]);
        }
    }
    digest_hex(ticket->token, TICKET_TOKEN_SIZE, token);
    (void)snprintf(slip->url, sizeof slip->url, "%s/t/%s", hall->public_url, token);
}

void wire_slip_make(struct wire_slip *slip, const struct ticket *ticket,
                    const struct wire_config *config, const char *printer)
{
    const struct wire_slip_layout *layout = &config->slip;
    for (int i = 0; i < config->printer_count; i++) {
        if (config->has_slip[i] && strcmp(config->printers[i].code, printer) == 0) {
            layout = &config->printer_slips[i];
        }
    }
    wire_slip_lay(slip, ticket, config, layout);
}

void wire_slip_mark(struct wire_slip *slip)
{
    for (int i = 0; i < slip->line_count; i++) {
        if (slip->lines[i].role == WIRE_SLIP_MARK) {
            return;
        }
    }
    assert(slip->line_count < WIRE_SLIP_LINE_MAX);
    assert(slip->mark_at <= slip->line_count);
    struct wire_slip_line *line = &slip->lines[slip->mark_at];
    memmove(line + 1, line, (size_t)(slip->line_count - slip->mark_at) * sizeof *line);
    slip->line_count++;
    line->role = WIRE_SLIP_MARK;
    line->style = slip->mark;
    text_copy_cut(line->zh, sizeof line->zh, "补打");
    text_copy_cut(line->en, sizeof line->en, "copy");
}
