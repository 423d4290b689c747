/* print_escpos: a slip as ESC/POS, the language of Epson and of most Chinese 58 and 80 mm printers.
 *
 * A line of size 4 is four times as large as other text: 96 dots of 8 to the millimetre are 12 mm;
 * one that does not fit is made smaller rather than broken. Chinese
 * mode is switched on for the whole slip, since a printer may start in either; in it ASCII is
 * printed as ever. Sizes by 1D 21, the one command that means both kinds of character on all
 * printers.
 *
 * Options, the default first:
 *   cut=partial|full|none
 *   qr=command|raster|none   raster where the printer does not know the command
 *   chinese=gb18030|raster|none   where the printer has no Chinese font: lines with Chinese as
 *                            pictures, or the English of each line
 *   feed=3                   lines between the text and the cut, 0 to 20
 *   status=ask|none          none: a printer that takes questions for text is never asked */
#include <string.h>

#include "device_internal.h"
#include "device_print.h"

#define CODE_DOT 6       /* 0.75 mm a module: phones read it at arm's length */
#define HEAD_BYTES_58 48 /* 384 dots */
#define HEAD_BYTES_80 72 /* 576 dots */
#define COLUMNS_58 32
#define COLUMNS_80 48
#define FEED_MAX 20

/* ---- commands ---- */

static void add2(struct buf *out, unsigned a, unsigned b)
{
    buf_add_char(out, (char)a);
    buf_add_char(out, (char)b);
}

static void add3(struct buf *out, unsigned a, unsigned b, unsigned c)
{
    add2(out, a, b);
    buf_add_char(out, (char)c);
}

static void add_word(struct buf *out, size_t value)
{
    add2(out, (unsigned)(value & 0xff), (unsigned)(value >> 8 & 0xff));
}

void escpos_init(struct buf *out)
{
    add2(out, 0x1b, 0x40);
}

void escpos_align(struct buf *out, enum escpos_align align)
{
    add3(out, 0x1b, 0x61, (unsigned)align);
}

void escpos_bold(struct buf *out, bool on)
{
    add3(out, 0x1b, 0x45, on);
}

void escpos_underline(struct buf *out, bool on)
{
    add3(out, 0x1b, 0x2d, on);
}

void escpos_reverse(struct buf *out, bool on)
{
    add3(out, 0x1d, 0x42, on);
}

void escpos_size(struct buf *out, int width, int height)
{
    add3(out, 0x1d, 0x21, (unsigned)((width - 1) << 4 | (height - 1)));
}

void escpos_feed(struct buf *out, int lines)
{
    add3(out, 0x1b, 0x64, (unsigned)lines);
}

void escpos_chinese(struct buf *out, bool on)
{
    add2(out, 0x1c, on ? 0x26 : 0x2e);
}

void escpos_cut(struct buf *out, bool partial, int feed)
{
    add2(out, 0x1d, 0x56);
    add2(out, partial ? 0x42 : 0x41, (unsigned)feed);
}

/* The parts of 1D 28 6B; its length counts from the 31h on. */
static void add_qr_part(struct buf *out, size_t length, unsigned function)
{
    add3(out, 0x1d, 0x28, 0x6b);
    add_word(out, length);
    add2(out, 0x31, function);
}

enum err escpos_qr(struct buf *out, const char *text, int dot, enum escpos_level level)
{
    size_t length = strlen(text);
    if (length > 0xffff - 3) {
        return ERR_TOO_LONG;
    }
    add_qr_part(out, 4, 0x41);
    add2(out, 0x32, 0x00); /* model 2 */
    add_qr_part(out, 3, 0x43);
    buf_add_char(out, (char)dot);
    add_qr_part(out, 3, 0x45);
    buf_add_char(out, (char)level);
    add_qr_part(out, length + 3, 0x50);
    buf_add_char(out, 0x30);
    buf_add(out, text, length);
    add_qr_part(out, 3, 0x51);
    buf_add_char(out, 0x30);
    return ERR_NONE;
}

void escpos_raster(struct buf *out, const uint8_t *dots, int row_bytes, int rows)
{
    add3(out, 0x1d, 0x76, 0x30);
    buf_add_char(out, 0);
    add_word(out, (size_t)row_bytes);
    add_word(out, (size_t)rows);
    buf_add(out, dots, (size_t)row_bytes * (size_t)rows);
}

void escpos_ask(struct buf *out, int question)
{
    add3(out, 0x10, 0x04, (unsigned)question);
}

void escpos_watch(struct buf *out)
{
    add3(out, 0x1d, 0x61, 0x0f);
}

/* ---- options ---- */

enum cut { CUT_PARTIAL, CUT_FULL, CUT_NONE };
enum chinese { CHINESE_FONT, CHINESE_RASTER, CHINESE_NONE };
enum code { CODE_COMMAND, CODE_RASTER, CODE_NONE };

struct choice {
    int columns;
    int head_bytes;
    int cut;     /* enum cut */
    int code;    /* enum code */
    int chinese; /* enum chinese */
    bool english;
    int feed;
    int silent; /* never asked */

    struct print_font *font;      /* for pictures; NULL none */
    struct wire_slip_style style; /* of the line being printed */
};

static enum err read_choice(const struct wire_printer *printer, struct choice *choice)
{
    static const char *const cuts[] = {"partial", "full", "none", NULL};
    static const char *const codes[] = {"command", "raster", "none", NULL};
    static const char *const charsets[] = {"gb18030", "raster", "none", NULL};
    static const char *const asks[] = {"ask", "none", NULL};
    /* The readers of options know displays. */
    struct wire_display options = {.option_count = printer->option_count};
    memcpy(options.options, printer->options, sizeof options.options);
    bool narrow = printer->width_mm == 58;
    choice->columns = narrow ? COLUMNS_58 : COLUMNS_80;
    choice->head_bytes = narrow ? HEAD_BYTES_58 : HEAD_BYTES_80;
    enum err err = device_option_word(&options, "cut", cuts, &choice->cut);
    if (!err) {
        err = device_option_word(&options, "qr", codes, &choice->code);
    }
    if (!err) {
        err = device_option_word(&options, "chinese", charsets, &choice->chinese);
        choice->english = choice->chinese == CHINESE_NONE;
    }
    if (!err) {
        err = device_option_word(&options, "status", asks, &choice->silent);
    }
    return err ? err : device_option_number(&options, "feed", 3, FEED_MAX, &choice->feed);
}

enum err device_check_printer(const struct wire_printer *printer, const char **ret_reason)
{
    struct choice choice;
    *ret_reason = NULL;
    if (strcmp(printer->driver, "escpos") != 0) {
        *ret_reason = "there is no such driver: escpos";
    } else if (printer->width_mm != 58 && printer->width_mm != 80) {
        *ret_reason = "the width is 58 or 80";
    }
    for (int i = 0; i < printer->option_count; i++) {
        if (!link_text_lists("cut qr chinese feed status", printer->options[i].key)) {
            *ret_reason = "options are cut, qr, chinese, feed, status";
        }
    }
    if (*ret_reason == NULL && read_choice(printer, &choice) != ERR_NONE) {
        *ret_reason = "an option has a value that it does not take";
    }
    if (*ret_reason == NULL && choice.chinese == CHINESE_RASTER && !print_font_is_there()) {
        *ret_reason = "chinese=raster needs the font package fonts-wqy-microhei";
    }
    return *ret_reason == NULL ? ERR_NONE : ERR_INVALID_OPTION;
}

bool device_printer_asks(const struct wire_printer *printer)
{
    struct choice choice;
    return read_choice(printer, &choice) == ERR_NONE && !choice.silent;
}

/* ---- the slip ---- */

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] > 0x7f) {
            return false;
        }
    }
    return true;
}

/* It ends its line. */
static void add_picture(struct buf *out, const struct choice *choice, const char *text,
                        size_t length, int size)
{
    struct print_dots dots;
    if (print_font_draw(choice->font, text, length, size, choice->style.bold, choice->style.reverse,
                        &dots) != ERR_NONE) {
        out->failed = true;
        return;
    }
    escpos_raster(out, dots.dots, dots.row_bytes, dots.rows);
    print_dots_fini(&dots);
}

static void add_text(struct buf *out, const struct choice *choice, const char *text, size_t length,
                     int size)
{
    if (choice->font != NULL && !is_ascii(text, length)) {
        add_picture(out, choice, text, length, size);
        return;
    }
    if (choice->chinese != CHINESE_FONT) {
        print_text_latin(out, text, length);
    } else {
        print_text_chinese(out, text, length);
    }
    buf_add_char(out, '\n');
}

/* Broken where the paper ends, between words. */
static void add_wrapped(struct buf *out, const struct choice *choice, const char *text, int size)
{
    while (*text != '\0') {
        size_t length = wire_slip_fit(text, choice->columns / size);
        add_text(out, choice, text, length, size);
        text += length;
        text += *text == ' ' ? 1 : 0;
    }
}

/* As large as it fits on one line, up to `size`; one that never fits is broken at size 1. */
static void add_fitting(struct buf *out, const struct choice *choice, const char *text, int size)
{
    while (size > 1 && wire_slip_fit(text, choice->columns / size) < strlen(text)) {
        size--;
    }
    escpos_size(out, size, size);
    add_wrapped(out, choice, text, size);
    escpos_size(out, 1, 1);
}

static void add_rule(struct buf *out, const struct choice *choice)
{
    for (int i = 0; i < choice->columns; i++) {
        buf_add_char(out, '-');
    }
    buf_add_char(out, '\n');
}

/* Words in the languages that the printer has, as large as they fit. */
static void add_words(struct buf *out, const struct choice *choice,
                      const struct wire_slip_line *line)
{
    char both[WIRE_SLIP_LINE_SIZE];
    bool below = line->style.below && !choice->english && line->zh[0] != '\0';
    const char *text = both;
    wire_slip_join(line, both);
    if (below) {
        text = line->zh;
    } else if (choice->english && line->en[0] != '\0') {
        text = line->en;
    }
    if (line->style.size > 1) {
        add_fitting(out, choice, text, line->style.size);
    } else {
        add_wrapped(out, choice, text, 1);
    }
    if (below) {
        add_wrapped(out, choice, line->en, 1);
    }
}

static void add_line(struct buf *out, const struct choice *choice,
                     const struct wire_slip_line *line)
{
    if (line->style.bold) {
        escpos_bold(out, true);
    }
    if (line->style.reverse) {
        escpos_reverse(out, true);
    }
    switch (line->role) {
    case WIRE_SLIP_RULE:
        add_rule(out, choice);
        break;
    case WIRE_SLIP_SPACE:
        buf_add_char(out, '\n');
        break;
    default:
        add_words(out, choice, line);
        break;
    }
    if (line->style.reverse) {
        escpos_reverse(out, false);
    }
    if (line->style.bold) {
        escpos_bold(out, false);
    }
}

static enum err add_raster_code(struct buf *out, const struct choice *choice, const char *url)
{
    struct print_dots code;
    enum err err = print_code_make(url, CODE_DOT, &code);
    /* A long address makes a wide code: smaller modules rather than a cut code. */
    for (int dot = CODE_DOT - 1; !err && code.row_bytes > choice->head_bytes && dot > 0; dot--) {
        print_dots_fini(&code);
        err = print_code_make(url, dot, &code);
    }
    if (!err) {
        escpos_raster(out, code.dots, code.row_bytes, code.rows);
        print_dots_fini(&code);
    }
    return err;
}

static enum err add_code(struct buf *out, const struct choice *choice, const char *url)
{
    switch (choice->code) {
    case CODE_COMMAND:
        return escpos_qr(out, url, CODE_DOT, ESCPOS_LEVEL_M);
    case CODE_RASTER:
        return add_raster_code(out, choice, url);
    default:
        return ERR_NONE;
    }
}

static void add_end(struct buf *out, const struct choice *choice)
{
    escpos_feed(out, choice->feed);
    if (choice->cut != CUT_NONE) {
        escpos_cut(out, choice->cut == CUT_PARTIAL, 0);
    }
}

/* The printer's word for an alignment of the slip. */
static enum escpos_align align_of(const struct wire_slip_line *line)
{
    switch ((enum wire_slip_align)line->style.align) {
    case WIRE_SLIP_LEFT:
        return ESCPOS_LEFT;
    case WIRE_SLIP_RIGHT:
        return ESCPOS_RIGHT;
    case WIRE_SLIP_CENTRE:
        break;
    }
    return ESCPOS_CENTRE;
}

static enum err add_lines(struct buf *out, struct choice *choice, const struct wire_slip *slip)
{
    enum escpos_align align = ESCPOS_CENTRE;
    enum err err = ERR_NONE;
    escpos_align(out, align);
    for (int i = 0; i < slip->line_count && !err; i++) {
        const struct wire_slip_line *line = &slip->lines[i];
        if (align_of(line) != align) {
            align = align_of(line);
            escpos_align(out, align);
        }
        choice->style = line->style;
        if (line->role == WIRE_SLIP_CODE) {
            err = add_code(out, choice, slip->url);
        } else {
            add_line(out, choice, line);
        }
    }
    return err;
}

enum err device_print_slip(const struct wire_printer *printer, const struct wire_slip *slip,
                           struct buf *bytes)
{
    struct choice choice = {.font = NULL};
    enum err err = read_choice(printer, &choice);
    if (!err && choice.chinese == CHINESE_RASTER) {
        err = print_font_open(&choice.font);
    }
    if (err) {
        return err;
    }
    escpos_init(bytes);
    if (choice.chinese == CHINESE_FONT) {
        escpos_chinese(bytes, true);
    }
    err = add_lines(bytes, &choice, slip);
    add_end(bytes, &choice);
    print_font_close(choice.font);
    return err ? err : buf_failed(bytes) ? ERR_NO_MEMORY : ERR_NONE;
}
