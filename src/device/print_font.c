/* print_font: a line of text as black and white dots, for printers without a Chinese font.
 *
 * The grid is that of the printers' own fonts: 12 x 24 dots for a half-width character, 24 x 24 for
 * a wide one, so a line is as long as it would be there. Glyphs come from the monospaced face of
 * WenQuanYi Micro Hei, unsmoothed; its half-width letters are 14 dots wide at 24, so they are set
 * at 20. A character that the font lacks is an empty square, as print_text.c has it.
 *
 * This is the only file that knows FreeType. */
#include <ft2build.h>
#include FT_FREETYPE_H
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device_print.h"

#define FONT "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
#define FACE 1 /* monospaced */
#define CELL_WIDTH 12
#define CELL_HEIGHT 24
#define LETTER_HEIGHT 20
#define BASELINE 21 /* from the top; Chinese characters reach 3 below it */
#define SQUARE_EDGE 3

struct print_font {
    FT_Library library;
    FT_Face face;
};

bool print_font_is_there(void)
{
    return access(FONT, R_OK) == 0;
}

enum err print_font_open(struct print_font **ret_font)
{
    struct print_font *font = calloc(1, sizeof *font);

    if (font == NULL) {
        return ERR_NO_MEMORY;
    }
    if (FT_Init_FreeType(&font->library) != 0) {
        free(font);
        return ERR_NO_MEMORY;
    }
    if (FT_New_Face(font->library, FONT, FACE, &font->face) != 0) {
        print_font_close(font);
        return ERR_NOT_FOUND;
    }
    *ret_font = font;
    return ERR_NONE;
}

void print_font_close(struct print_font *font)
{
    if (font == NULL) {
        return;
    }
    if (font->face != NULL) {
        (void)FT_Done_Face(font->face);
    }
    (void)FT_Done_FreeType(font->library);
    free(font);
}

/* ---- dots ---- */

static void set_dot(struct print_dots *dots, int x, int y)
{
    if (x >= 0 && x < dots->row_bytes * 8 && y >= 0 && y < dots->rows) {
        dots->dots[y * dots->row_bytes + x / 8] |= (uint8_t)(0x80 >> x % 8);
    }
}

static void draw_square(struct print_dots *dots, int x, int width, int height)
{
    for (int at = SQUARE_EDGE; at < width - SQUARE_EDGE; at++) {
        set_dot(dots, x + at, SQUARE_EDGE);
        set_dot(dots, x + at, height - SQUARE_EDGE - 1);
    }
    for (int at = SQUARE_EDGE; at < height - SQUARE_EDGE; at++) {
        set_dot(dots, x + SQUARE_EDGE, at);
        set_dot(dots, x + width - SQUARE_EDGE - 1, at);
    }
}

/* In the middle of its cell; `heavy`: each dot one wider. */
static void draw_glyph(struct print_dots *dots, const FT_GlyphSlot glyph, int x, int width,
                       int baseline, bool heavy)
{
    const FT_Bitmap *bitmap = &glyph->bitmap;
    int left = x + (width - (int)bitmap->width) / 2;
    int top = baseline - glyph->bitmap_top;

    for (int row = 0; row < (int)bitmap->rows; row++) {
        const unsigned char *line = bitmap->buffer + (ptrdiff_t)row * bitmap->pitch;
        for (int column = 0; column < (int)bitmap->width; column++) {
            if ((line[column / 8] >> (7 - column % 8) & 1) != 0) {
                set_dot(dots, left + column, top + row);
                set_dot(dots, left + column + (heavy ? 1 : 0), top + row);
            }
        }
    }
}

/* ---- characters ---- */

/* The character of UTF-8 at the front and its length; a byte that begins none is one of its own. */
static uint32_t decode(const char *text, size_t length, size_t *ret_used)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t count = at[0] < 0xc0 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    uint32_t character = count == 1 ? at[0] : at[0] & (0xffu >> (count + 1));

    count = count > length ? 1 : count;
    for (size_t i = 1; i < count; i++) {
        character = character << 6 | (at[i] & 0x3fu);
    }
    *ret_used = count;
    return character;
}

static enum err draw_text(const struct print_font *font, const char *text, size_t length, int size,
                          bool heavy, struct print_dots *dots)
{
    size_t used = 0;
    int x = 0;

    for (size_t at = 0; at < length; at += used) {
        uint32_t character = decode(text + at, length - at, &used);
        bool wide = used >= 3; /* as wire_slip_fit() counts */
        int width = CELL_WIDTH * size * (wide ? 2 : 1);
        FT_UInt height = (FT_UInt)((wide ? CELL_HEIGHT : LETTER_HEIGHT) * size);
        FT_UInt glyph = FT_Get_Char_Index(font->face, character);
        if (glyph == 0) {
            draw_square(dots, x, width, CELL_HEIGHT * size);
        } else if (FT_Set_Pixel_Sizes(font->face, 0, height) != 0 ||
                   FT_Load_Glyph(font->face, glyph, FT_LOAD_RENDER | FT_LOAD_TARGET_MONO) != 0) {
            return ERR_NO_MEMORY;
        } else {
            draw_glyph(dots, font->face->glyph, x, width, BASELINE * size, heavy);
        }
        x += width;
    }
    return ERR_NONE;
}

static int count_columns(const char *text, size_t length)
{
    int columns = 0;
    size_t used = 0;

    for (size_t at = 0; at < length; at += used) {
        (void)decode(text + at, length - at, &used);
        columns += used >= 3 ? 2 : 1;
    }
    return columns;
}

enum err print_font_draw(struct print_font *font, const char *text, size_t length, int size,
                         bool heavy, bool reverse, struct print_dots *ret_dots)
{
    int width = count_columns(text, length) * CELL_WIDTH * size;
    struct print_dots dots = {.rows = CELL_HEIGHT * size, .row_bytes = (width + 7) / 8};

    dots.dots = calloc((size_t)dots.row_bytes + 1, (size_t)dots.rows);
    enum err err =
        dots.dots == NULL ? ERR_NO_MEMORY : draw_text(font, text, length, size, heavy, &dots);
    if (err) {
        print_dots_fini(&dots);
        return err;
    }
    for (int i = 0; reverse && i < dots.row_bytes * dots.rows; i++) {
        dots.dots[i] = (uint8_t)~dots.dots[i];
    }
    *ret_dots = dots;
    return ERR_NONE;
}
