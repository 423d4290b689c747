/* print_code: a QR code as black and white dots, for printers that have no command for one.
 *
 * This is the only file that knows libqrencode. */
#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>

#include "device_print.h"

#define QUIET 4 /* modules of white around the code, by its standard */

static void set_module(struct print_dots *code, int x, int y, int dot)
{
    for (int row = y * dot; row < (y + 1) * dot; row++) {
        for (int column = x * dot; column < (x + 1) * dot; column++) {
            code->dots[row * code->row_bytes + column / 8] |= (uint8_t)(0x80 >> column % 8);
        }
    }
}

enum err print_code_make(const char *text, int dot, struct print_dots *ret_dots)
{
    QRcode *qr = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (qr == NULL) {
        return errno == ERANGE ? ERR_TOO_LONG : ERR_NO_MEMORY;
    }
    int rows = (qr->width + 2 * QUIET) * dot;
    struct print_dots code = {.rows = rows, .row_bytes = (rows + 7) / 8};
    code.dots = calloc((size_t)code.row_bytes, (size_t)rows);
    for (int y = 0; code.dots != NULL && y < qr->width; y++) {
        for (int x = 0; x < qr->width; x++) {
            if ((qr->data[y * qr->width + x] & 1) != 0) {
                set_module(&code, x + QUIET, y + QUIET, dot);
            }
        }
    }
    QRcode_free(qr);
    if (code.dots == NULL) {
        return ERR_NO_MEMORY;
    }
    *ret_dots = code;
    return ERR_NONE;
}

void print_dots_fini(struct print_dots *dots)
{
    free(dots->dots);
    dots->dots = NULL;
}
