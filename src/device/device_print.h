/* device_print: what the files about printers share.
 *
 * print_escpos.c says what is printed, print_text.c its characters, print_code.c a QR code as dots,
 * print_font.c text as dots, print_status.c understands what a printer says, printer.c is the
 * worker. */
#ifndef DEVICE_PRINT_H
#define DEVICE_PRINT_H

#include "buf.h"
#include "device.h"

/* ---- commands, one function each (print_escpos.c) ---- */

enum escpos_align { ESCPOS_LEFT, ESCPOS_CENTRE, ESCPOS_RIGHT };
enum escpos_level { ESCPOS_LEVEL_L = 0x30, ESCPOS_LEVEL_M, ESCPOS_LEVEL_Q, ESCPOS_LEVEL_H };

void escpos_init(struct buf *out);
void escpos_align(struct buf *out, enum escpos_align align);
void escpos_bold(struct buf *out, bool on);
void escpos_underline(struct buf *out, bool on);
void escpos_reverse(struct buf *out, bool on);
/* 1 to 8 times as wide and high, ASCII and Chinese alike. */
void escpos_size(struct buf *out, int width, int height);
void escpos_feed(struct buf *out, int lines);
/* Chinese mode; sent before Chinese text whatever the printer starts with. */
void escpos_chinese(struct buf *out, bool on);
/* Feeds so many units beyond the cutter's own way and cuts. */
void escpos_cut(struct buf *out, bool partial, int feed);
/* A QR code by the printer's own command: `dot` 1 to 16. ERR_TOO_LONG. */
MUST_USE enum err escpos_qr(struct buf *out, const char *text, int dot, enum escpos_level level);
/* Rows of `row_bytes` bytes, the first dot in bit 7, 1 is black. */
void escpos_raster(struct buf *out, const uint8_t *dots, int row_bytes, int rows);
/* Question 1 to 4 for the status now. */
void escpos_ask(struct buf *out, int question);
/* Status unasked on each change. */
void escpos_watch(struct buf *out);

/* May this printer be asked how it is? */
bool device_printer_asks(const struct wire_printer *printer);

/* ---- characters (print_text.c) ---- */

/* GB18030 for the printer's Chinese mode. Control characters are left out. What has no code of two
 * bytes there (rare characters have four, which most printers lack; emoji) becomes one white
 * square, so that a reader sees that something is missing. */
void print_text_chinese(struct buf *out, const char *text, size_t length);
/* ASCII alone: each other character becomes a question mark. */
void print_text_latin(struct buf *out, const char *text, size_t length);

/* ---- dots, as escpos_raster() takes them ---- */

struct print_dots {
    uint8_t *dots; /* owned */
    int row_bytes;
    int rows;
};
void print_dots_fini(struct print_dots *dots);

/* A QR code with its quiet zone, each module `dot` dots wide (print_code.c). ERR_TOO_LONG,
 * ERR_NO_MEMORY. */
MUST_USE enum err print_code_make(const char *text, int dot, struct print_dots *ret_dots);

/* Text in a font of this machine (print_font.c); a font belongs to one thread. */
struct print_font;
bool print_font_is_there(void);
/* ERR_NOT_FOUND: it is not, ERR_NO_MEMORY. */
MUST_USE enum err print_font_open(struct print_font **ret_font);
void print_font_close(struct print_font *font);
/* One line of UTF-8, `size` times 24 dots high, white on black if `reverse`. ERR_NO_MEMORY. */
MUST_USE enum err print_font_draw(struct print_font *font, const char *text, size_t length,
                                  int size, bool heavy, bool reverse, struct print_dots *ret_dots);

/* ---- status (print_status.c) ---- */

struct print_status {
    bool offline;
    bool cover_open;
    bool paper_out;
    bool paper_low;
    bool cutter;  /* blocked */
    bool broken;  /* cannot go on before it is switched off and on */
    bool waiting; /* will go on by itself: too hot */
    bool error;   /* some error, not told which */
};

/* What a byte from the printer was. */
enum print_heard {
    PRINT_HEARD_NOTHING, /* flow control, part of an unasked status, or no status at all */
    PRINT_HEARD_ANSWER,  /* to the question asked: it is in the status now */
    PRINT_HEARD_CHANGE   /* a whole unasked status: the status is what it says */
};

/* Takes apart what a printer sends: answers, unasked status, XON and XOFF between them. */
struct print_reader {
    struct print_status status;
    int asked;         /* 1 to 4; 0 nothing is asked */
    uint8_t change[4]; /* of an unasked status */
    int change_length;
};
enum print_heard print_reader_take(struct print_reader *reader, uint8_t byte);
/* Nothing stands in the way of printing? And why not, for people: "cover open"; "" nothing. */
bool print_status_ready(const struct print_status *status);
const char *print_status_text(const struct print_status *status);

#endif
