/* device_page: what a sign that has more to tell than fits shows in turn: the words of a pause cut
 * to its width, the rows of a welcome sign, notices.
 *
 * Notices have the last row. A sign of one row shows one of them after each round of its own pages,
 * and a wall does so only while nobody is called: a call is never covered. A page stands as long as
 * a slow reader needs: 200 ms for a wide character (five a second, as notices of public halls are
 * set), 70 ms for a narrow one, at least STAY_MIN_MS. What a driver refuses is left out and told as
 * a fault of the sign. */
#include <stdio.h>
#include <string.h>

#include "device_internal.h"

#define STAY_MIN_MS 3000
#define WIDE_MS 200
#define NARROW_MS 70
#define LOOK_AGAIN_MS 5000 /* there is no notice: there may be one later */
#define COLUMNS_WINDOW 8   /* of a sign that does not tell: 暂停服务 */
#define COLUMNS_WALL 16

void device_pages_start(struct device_sign *sign)
{
    const struct wire_display *display = &sign->display;
    struct device_pages *pages = &sign->pages;
    bool window = display->window != 0;

    memset(pages, 0, sizeof *pages);
    pages->latin = sign->driver->script == DEVICE_SCRIPT_LATIN;
    pages->rows = !window && sign->driver->walls && display->rows > 1 ? display->rows : 1;
    pages->columns = display->columns;
    if (pages->columns == 0) {
        pages->columns = sign->driver->columns != NULL ? sign->driver->columns(display)
                         : window                      ? COLUMNS_WINDOW
                                                       : COLUMNS_WALL;
    }
    pages->page_count = 1;
    pages->turn_ms = INT64_MAX;
    pages->notice_turn_ms = INT64_MAX;
}

int device_pages_body_rows(const struct device_sign *sign)
{
    const struct device_pages *pages = &sign->pages;
    return sign->display.notices && pages->rows > 1 ? pages->rows - 1 : pages->rows;
}

void device_pages_reset(struct device_pages *pages)
{
    pages->page = 0;
    pages->noticing = false;
    pages->turn_ms = 0;
}

int64_t device_pages_next_ms(const struct device_pages *pages)
{
    return pages->turn_ms < pages->notice_turn_ms ? pages->turn_ms : pages->notice_turn_ms;
}

/* ---- turning ---- */

/* To the part of the notice after that on show. False: it was the last. */
static bool next_part(struct device_pages *pages)
{
    bool more = pages->more;

    pages->from = more ? pages->from + pages->length : 0;
    pages->notice += more ? 0 : 1;
    return more;
}

bool device_pages_turn(struct device_sign *sign, int64_t now_ms)
{
    struct device_pages *pages = &sign->pages;
    bool body = now_ms >= pages->turn_ms;
    bool row = now_ms >= pages->notice_turn_ms;

    if (body && pages->noticing) {
        pages->noticing = next_part(pages);
    } else if (body && ++pages->page >= pages->page_count) {
        pages->page = 0;
        pages->noticing = sign->display.notices && pages->rows == 1;
    }
    if (row) {
        (void)next_part(pages);
    }
    pages->turn_ms = body ? 0 : pages->turn_ms;
    pages->notice_turn_ms = row ? 0 : pages->notice_turn_ms;
    return body || row;
}

/* ---- pages ---- */

/* The first part of the text that fits; returns how many bytes it and the space after it take. */
static size_t cut(const char *text, int columns, char line[DEVICE_LINE_SIZE])
{
    size_t length = wire_slip_fit(text, columns);

    while (length >= DEVICE_LINE_SIZE) {
        length = wire_slip_fit(text, --columns);
    }
    memcpy(line, text, length);
    line[length] = '\0';
    return length + strspn(text + length, " ");
}

static int64_t stay_ms(const char *text)
{
    int64_t ms = 0;

    for (size_t i = 0; text[i] != '\0'; i++) {
        unsigned char c = (unsigned char)text[i];
        bool begins = c < 0x80 || c >= 0xc0; /* of UTF-8; wide ones have three bytes or more */
        ms += !begins ? 0 : c >= 0xe0 ? WIDE_MS : NARROW_MS;
    }
    return ms;
}

/* The part of a notice that is on show, or of the next that has one. False: there is none. */
static bool take_notice(struct device_pages *pages, struct bus *bus, char line[DEVICE_LINE_SIZE])
{
    char text[BOARD_NOTICE_SIZE];
    uint64_t version = 0;

    for (int tries = 0; tries < 2 * BOARD_NOTICE_MAX; tries++) {
        int count = bus_get_notice(bus, pages->notice, pages->latin, text, &version);
        if (text[0] == '\0' && !pages->latin) {
            count = bus_get_notice(bus, pages->notice, true, text, &version);
        }
        if (version != pages->notice_version || pages->notice >= count) {
            pages->left_out = version == pages->notice_version ? pages->left_out : 0;
            pages->notice_version = version;
            pages->notice = 0;
            pages->from = 0;
            if (count == 0) {
                break;
            }
        } else if (pages->from >= strlen(text) || (pages->left_out >> pages->notice & 1) != 0) {
            pages->notice++;
            pages->from = 0;
        } else {
            pages->length = cut(text + pages->from, pages->columns, line);
            pages->more = text[pages->from + pages->length] != '\0';
            return true;
        }
    }
    pages->more = false;
    return false;
}

/* The words of a window without a number, page by page. A sign of digits has none. */
static void fill_window(const struct device_sign *sign, struct device_pages *pages,
                        struct board_sign *board)
{
    char words[BOARD_TEXT_SIZE + BOARD_DETAIL_SIZE];
    char line[DEVICE_LINE_SIZE];
    const char *text = pages->latin ? board->text_en : board->text_zh;
    const char *detail = pages->latin ? board->detail_en : board->detail_zh;
    size_t from = 0;

    pages->page_count = 1;
    if (board->number[0] != '\0') {
        return;
    }
    if (sign->driver->script == DEVICE_SCRIPT_DIGITS) {
        board->text_zh[0] = '\0';
        board->text_en[0] = '\0';
        return;
    }
    detail = pages->left_out != 0 ? "" : detail;
    (void)snprintf(words, sizeof words, "%s%s%s", text, detail[0] != '\0' ? " " : "", detail);
    for (int page = 0; words[from] != '\0'; page++) {
        from += cut(words + from, pages->columns, line);
        if (page == pages->page) {
            text_copy_cut(board->text_zh, sizeof board->text_zh, line);
            text_copy_cut(board->text_en, sizeof board->text_en, line);
        }
        pages->page_count = page + 1;
    }
}

static void add_line(struct device_content *content, const char *line)
{
    if (content->line_count < BOARD_CALL_MAX) {
        text_copy_cut(content->lines[content->line_count++], DEVICE_LINE_SIZE, line);
    }
}

static void fill_welcome(const struct device_sign *sign, struct device_pages *pages,
                         struct bus *bus, struct device_content *content)
{
    struct board_row rows[BOARD_CALL_MAX];
    char line[DEVICE_LINE_SIZE];
    int max = device_pages_body_rows(sign);
    uint64_t version = 0;
    int count = bus_get_rows(bus, sign->zone, pages->page * max, rows, max, &version);

    if (pages->page * max >= count) {
        pages->page = 0;
        count = bus_get_rows(bus, sign->zone, 0, rows, max, &version);
    }
    pages->page_count = count <= max ? 1 : (count + max - 1) / max;
    for (int i = 0; i < max && pages->page * max + i < count; i++) {
        (void)cut(pages->latin ? rows[i].en : rows[i].zh, pages->columns, line);
        add_line(content, line);
    }
}

static bool is_calling(const struct device_content *content)
{
    for (int i = 0; i < content->call_count; i++) {
        if (content->calls[i].state == TICKET_CALLED) {
            return true;
        }
    }
    return false;
}

/* One row: a notice in the place of what the sign shows by itself. */
static void fill_noticing(struct device_pages *pages, struct bus *bus,
                          struct device_content *content)
{
    char line[DEVICE_LINE_SIZE];

    if (is_calling(content) || !take_notice(pages, bus, line)) {
        pages->noticing = false;
        pages->turn_ms = 0;
        return;
    }
    content->call_count = 0;
    content->line_count = 0;
    add_line(content, line);
}

static int64_t body_stay_ms(const struct device_content *content)
{
    int64_t ms = stay_ms(content->sign.text_zh);

    for (int i = 0; i < content->line_count; i++) {
        ms += stay_ms(content->lines[i]);
    }
    return ms < STAY_MIN_MS ? STAY_MIN_MS : ms;
}

static void plan_body(const struct device_sign *sign, struct device_pages *pages,
                      const struct device_content *content, int64_t now_ms)
{
    bool turns = pages->page_count > 1 || (sign->display.notices && pages->rows == 1);

    if (!turns) {
        pages->turn_ms = INT64_MAX;
    } else if (pages->turn_ms == 0 || pages->turn_ms == INT64_MAX) {
        pages->turn_ms = now_ms + body_stay_ms(content);
    }
}

static void fill_last_row(struct device_pages *pages, struct bus *bus,
                          struct device_content *content, int64_t now_ms)
{
    char line[DEVICE_LINE_SIZE] = "";
    bool any = take_notice(pages, bus, line);

    if (pages->notice_turn_ms == 0 || pages->notice_turn_ms == INT64_MAX) {
        int64_t ms = any ? stay_ms(line) : LOOK_AGAIN_MS;
        pages->notice_turn_ms = now_ms + (ms < STAY_MIN_MS ? STAY_MIN_MS : ms);
    }
    if (any) {
        add_line(content, line);
    }
}

void device_pages_fill(struct device_sign *sign, struct bus *bus, struct device_content *content,
                       int64_t now_ms)
{
    struct device_pages *pages = &sign->pages;

    if (sign->display.window != 0) {
        fill_window(sign, pages, &content->sign);
    } else if (sign->display.welcome) {
        fill_welcome(sign, pages, bus, content);
    }
    if (pages->noticing) {
        fill_noticing(pages, bus, content);
    }
    plan_body(sign, pages, content, now_ms);
    if (sign->display.notices && pages->rows > 1) {
        fill_last_row(pages, bus, content, now_ms);
    }
}

bool device_pages_refused(struct device_sign *sign)
{
    struct device_pages *pages = &sign->pages;
    bool notice = pages->noticing || (sign->display.notices && pages->rows > 1);
    uint64_t bit = notice && pages->notice < BOARD_NOTICE_MAX ? UINT64_C(1) << pages->notice : 1;

    bool detail = sign->content.sign.detail_zh[0] != '\0';

    if ((!notice && !detail) || (pages->left_out & bit) != 0) {
        return false;
    }
    pages->left_out |= bit;
    if (!notice) {
        device_pages_reset(pages);
    }
    return true;
}
