/* led_onbon: Onbon BX controllers of the K series (BX-5K, 5MK, 6K), which hold fonts and take text
 * in GB2312. Not the 5E/6E series, which takes bitmaps.
 *
 * The text stands in a "dynamic area" of the screen (A3 06); led_onbon_frame.c makes and reads the
 * frame around it. A sign of a window is one area; a wall is one area for each row, the newest call
 * first, rows without a call being deleted in the same frame. Dark: the areas are deleted. Options,
 * in pixels where a size:
 *
 *   area=0..255  x y width=64 height=16    the first area; each row of a wall stands `height` lower
 *                                          and has the next area number
 *   single_line=2 (1 one line, 2 several)  newline=2 (1 as written, 2 wraps)   effect=1 (1 static,
 *   2 quick, 3 left, 4 right, 5 up, 6 down)   speed=0..24 (0 fastest)   stay=2 (half seconds)
 *   run=0..2  timeout (seconds)  spacing   as in the protocol, by default 0
 *   font_zh=N font_en=N colour=N           put before the text as \FO00N \FE00N \CN; which fonts
 *                                          there are depends on what was loaded, colour 1 is red
 *   reply=1|2                              2: the controller shall not answer
 *
 * A backslash in a text would begin an escape and is left out, a line feed becomes one (\n), other
 * control characters are left out. A character outside GB2312 is ERR_UNSHOWABLE (GBK has characters
 * whose second byte is a backslash), a frame beyond DEVICE_FRAME_MAX ERR_TOO_LONG, a wall of more
 * than ROWS_MAX rows ERR_INVALID_OPTION.
 *
 * Address is the screen number; 65534 is any. Every update starts the effect anew, so nothing
 * blinks and the refresh is long. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "device_internal.h"

enum { GROUP_ANSWER = 0xa0, ANSWER_ACK = 0, ANSWER_NACK = 1 };
enum { AREA_HEAD = 27, ROWS_MAX = 8, REPLY_NONE = 2 };
enum { ERROR_BUSY = 3, ERROR_CHECKSUM = 5 };

enum setting {
    AREA,
    X,
    Y,
    WIDTH,
    HEIGHT,
    SINGLE_LINE,
    NEWLINE,
    EFFECT,
    SPEED,
    STAY,
    RUN,
    TIMEOUT,
    SPACING,
    REPLY,
    FONT_ZH,
    FONT_EN,
    COLOUR,
    SETTING_COUNT
};
#define NOT_SET 1000
static const struct {
    const char *key;
    int min, fallback, max;
} rows[SETTING_COUNT] = {
    [AREA] = {"area", 0, 0, 255},
    [X] = {"x", 0, 0, 0x7fff},
    [Y] = {"y", 0, 0, 0x7fff},
    [WIDTH] = {"width", 1, 64, 0x7fff},
    [HEIGHT] = {"height", 1, 16, 0x7fff},
    [SINGLE_LINE] = {"single_line", 1, 2, 2},
    [NEWLINE] = {"newline", 1, 2, 2},
    [EFFECT] = {"effect", 1, 1, 6},
    [SPEED] = {"speed", 0, 0, 24},
    [STAY] = {"stay", 0, 2, 255},
    [RUN] = {"run", 0, 0, 2},
    [TIMEOUT] = {"timeout", 0, 0, 0xffff},
    [SPACING] = {"spacing", 0, 0, 255},
    [REPLY] = {"reply", 1, 1, 2},
    [FONT_ZH] = {"font_zh", 0, NOT_SET, 999},
    [FONT_EN] = {"font_en", 0, NOT_SET, 999},
    [COLOUR] = {"colour", 1, NOT_SET, 9},
};

static bool is_wall(const struct wire_display *display)
{
    return display->zone[0] != '\0';
}

static enum err read_settings(const struct wire_display *display, int values[SETTING_COUNT])
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        enum err err =
            device_option_number(display, rows[i].key, rows[i].fallback, rows[i].max, &values[i]);
        if (err || values[i] < rows[i].min) {
            return ERR_INVALID_OPTION;
        }
    }
    int count = is_wall(display) && display->rows > 1 ? display->rows : 1;
    if (count > ROWS_MAX || values[AREA] + count - 1 > rows[AREA].max ||
        values[Y] + count * values[HEIGHT] > rows[Y].max) {
        return ERR_INVALID_OPTION;
    }
    return ERR_NONE;
}

static int count_areas(const struct wire_display *display)
{
    return is_wall(display) && display->rows > 1 ? display->rows : 1;
}

/* ---- text ---- */

static void put_prefix(const int values[SETTING_COUNT], struct device_text *text)
{
    static const struct {
        enum setting setting;
        const char *form;
    } parts[] = {{FONT_ZH, "\\FO%03d"}, {FONT_EN, "\\FE%03d"}, {COLOUR, "\\C%d"}};

    text->length = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char part[16];
        if (values[parts[i].setting] != NOT_SET) {
            int length = snprintf(part, sizeof part, parts[i].form, values[parts[i].setting]);
            memcpy(text->bytes + text->length, part, (size_t)length);
            text->length += (size_t)length;
        }
    }
}

static enum err make_text(const int values[SETTING_COUNT], const char *line,
                          struct device_text *text)
{
    struct device_text plain;
    enum err err = device_text_chinese(line, DEVICE_GB2312, true, &plain);

    if (err) {
        return err;
    }
    put_prefix(values, text);
    for (size_t i = 0; i < plain.length; i++) {
        bool line_end = plain.bytes[i] == '\n';
        if (text->length + 2 > sizeof text->bytes) {
            return ERR_TOO_LONG;
        }
        if (line_end) {
            memcpy(text->bytes + text->length, "\\n", 2);
            text->length += 2;
        } else if (plain.bytes[i] != '\\') {
            text->bytes[text->length++] = plain.bytes[i];
        }
    }
    return ERR_NONE;
}

/* ---- data ---- */

static void put_byte(struct led_onbon_frame *plain, int byte)
{
    if (plain->length < ONBON_DATA_MAX) {
        plain->data[plain->length] = (uint8_t)byte;
    }
    plain->length++;
}

static void put_word(struct led_onbon_frame *plain, int word)
{
    put_byte(plain, word & 0xff);
    put_byte(plain, word >> 8 & 0xff);
}

/* Steps of eight pixels where that is enough, as most published frames have it. */
static int make_steps(int pixels)
{
    return pixels % 8 == 0 ? pixels / 8 : 0x8000 | pixels;
}

static void put_area(struct led_onbon_frame *plain, const int values[SETTING_COUNT], int row,
                     const struct device_text *text)
{
    put_word(plain, AREA_HEAD + (int)text->length);
    put_byte(plain, 0);
    put_word(plain, make_steps(values[X]));
    put_word(plain, values[Y] + row * values[HEIGHT]);
    put_word(plain, make_steps(values[WIDTH]));
    put_word(plain, values[HEIGHT]);
    put_byte(plain, values[AREA] + row);
    put_byte(plain, values[SPACING]);
    put_byte(plain, values[RUN]);
    put_word(plain, values[TIMEOUT]);
    put_byte(plain, 0); /* no sound, */
    put_byte(plain, 0); /* no extension, */
    put_byte(plain, 0); /* alignment */
    put_byte(plain, values[SINGLE_LINE]);
    put_byte(plain, values[NEWLINE]);
    put_byte(plain, values[EFFECT]);
    put_byte(plain, 0); /* exit mode */
    put_byte(plain, values[SPEED]);
    put_byte(plain, values[STAY]);
    put_word(plain, (int)text->length);
    put_word(plain, 0);
    for (size_t i = 0; i < text->length; i++) {
        put_byte(plain, text->bytes[i]);
    }
}

/* Areas that shall be empty are named before those that shall not: the controller deletes first. */
static void put_head(struct led_onbon_frame *plain, const int values[SETTING_COUNT], int lit,
                     int all)
{
    put_byte(plain, 0xa3);
    put_byte(plain, 0x06);
    put_byte(plain, values[REPLY]);
    put_word(plain, 0);
    put_byte(plain, all - lit);
    for (int i = lit; i < all; i++) {
        put_byte(plain, values[AREA] + i);
    }
    put_byte(plain, lit);
}

/* What stands in the row; false when it is empty. */
static bool make_line(const struct wire_display *display, const struct device_content *content,
                      int row, char line[DEVICE_LINE_SIZE])
{
    int below = row - content->call_count;

    if (content->blank) {
        return false;
    }
    if (is_wall(display) && below < 0) {
        device_text_call(&content->calls[row], false, line);
    } else if (is_wall(display) && below < content->line_count) {
        memcpy(line, content->lines[below], DEVICE_LINE_SIZE);
    } else if (row == 0) {
        device_text_line(display, content, false, line);
    } else {
        return false;
    }
    return line[0] != '\0';
}

static enum err put_rows(struct led_onbon_frame *plain, const struct wire_display *display,
                         const struct device_content *content, const int values[SETTING_COUNT])
{
    int all = count_areas(display);
    int lit = 0;
    char line[DEVICE_LINE_SIZE];

    while (lit < all && make_line(display, content, lit, line)) {
        lit++;
    }
    put_head(plain, values, lit, all);
    for (int i = 0; i < lit && make_line(display, content, i, line); i++) {
        struct device_text text;
        enum err err = make_text(values, line, &text);
        if (err) {
            return err;
        }
        put_area(plain, values, i, &text);
    }
    return plain->length > ONBON_DATA_MAX ? ERR_TOO_LONG : ERR_NONE;
}

/* Fonts are as high as a row, a half-width character half as wide as that. */
static int onbon_columns(const struct wire_display *display)
{
    int values[SETTING_COUNT];
    if (read_settings(display, values) || values[HEIGHT] > 2 * values[WIDTH]) {
        return 1;
    }
    return 2 * values[WIDTH] / values[HEIGHT];
}

static enum err onbon_encode(const struct wire_display *display,
                             const struct device_content *content, uint8_t *bytes, size_t size,
                             size_t *ret_length)
{
    int values[SETTING_COUNT];
    struct led_onbon_frame plain = {
        .to = display->address, .from = ONBON_HOST, .device = 0xfe, .length = 0};
    struct device_frame frame = {.length = 0};
    enum err err = read_settings(display, values);

    if (!err) {
        err = put_rows(&plain, display, content, values);
    }
    if (err) {
        return err;
    }
    led_onbon_pack(&plain, &frame);
    return device_frame_give(&frame, bytes, size, ret_length);
}

/* Whether it lives: a repaint would start its effect anew. */
static enum err onbon_ping(const struct wire_display *display, uint8_t *bytes, size_t size,
                           size_t *ret_length)
{
    static const uint8_t question[] = {0xa2, 0x00, 0x01, 0x00, 0x00};
    int values[SETTING_COUNT];
    struct led_onbon_frame plain = {
        .to = display->address, .from = ONBON_HOST, .device = 0xfe, .length = sizeof question};
    struct device_frame frame = {.length = 0};
    enum err err = read_settings(display, values);

    if (err || values[REPLY] == REPLY_NONE) {
        return ERR_INVALID_OPTION;
    }
    memcpy(plain.data, question, sizeof question);
    led_onbon_pack(&plain, &frame);
    return device_frame_give(&frame, bytes, size, ret_length);
}

/* ---- answers ---- */

/* The error number stands where a question has its reply request (not confirmed by a maker's
 * paper): busy and a frame garbled on the way may pass, the rest will not. */
static enum device_answer judge_answer(const struct led_onbon_frame *sent,
                                       const struct led_onbon_frame *got)
{
    bool ours = got->to == sent->from && (got->from == sent->to || sent->to == ONBON_ANY);

    if (!ours || got->length < 3 || got->data[0] != GROUP_ANSWER) {
        return DEVICE_ANSWER_GARBAGE;
    }
    if (got->data[1] == ANSWER_ACK) {
        return DEVICE_ANSWER_OK;
    }
    if (got->data[1] != ANSWER_NACK) {
        return DEVICE_ANSWER_GARBAGE;
    }
    bool passes = got->data[2] == ERROR_BUSY || got->data[2] == ERROR_CHECKSUM;
    return passes ? DEVICE_ANSWER_RETRY : DEVICE_ANSWER_REFUSED;
}

/* Other controllers of the line may be heard as well: the first frame that is our answer counts.
 * Each round takes at least one byte, so the loop ends. */
static enum device_answer onbon_judge(const uint8_t *sent, size_t sent_length, const uint8_t *got,
                                      size_t got_length)
{
    struct led_onbon_frame question;
    struct led_onbon_frame answer;
    enum device_answer verdict = DEVICE_ANSWER_MORE;
    size_t used = 0;

    if (led_onbon_unpack(sent, sent_length, &question, &used) != DEVICE_ANSWER_OK ||
        question.length < 3) {
        return DEVICE_ANSWER_GARBAGE;
    }
    if (question.data[2] == REPLY_NONE) {
        return DEVICE_ANSWER_OK;
    }
    while (got_length > 0) {
        enum device_answer whole = led_onbon_unpack(got, got_length, &answer, &used);
        if (whole == DEVICE_ANSWER_MORE) {
            return whole;
        }
        verdict = whole == DEVICE_ANSWER_OK ? judge_answer(&question, &answer) : whole;
        if (verdict != DEVICE_ANSWER_GARBAGE) {
            return verdict;
        }
        assert(used > 0 && used <= got_length);
        got += used;
        got_length -= used;
    }
    return verdict;
}

const struct device_driver led_onbon = {
    .name = "onbon",
    .longname = "Onbon BX-5K, 5MK, 6K controller",
    .options = "area x y width height single_line newline effect speed stay run timeout spacing "
               "font_zh font_en colour reply",
    .answers = true,
    .blinks = false,
    .script = DEVICE_SCRIPT_CHINESE,
    .walls = true,
    .columns = onbon_columns,
    .address_min = 1,
    .address_max = ONBON_ANY,
    .refresh_ms = 600000,
    .gap_ms = 5,
    .answer_ms = 500,
    .ping_ms = 5000, /* three tries, and it is known within ten seconds that it is gone */
    .encode = onbon_encode,
    .judge = onbon_judge,
    .ping = onbon_ping,
};
