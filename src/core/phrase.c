/* phrase: from an announcement to words.
 *
 * The characters of a ticket's number are said one by one; a window is a numeral. */
#include "phrase.h"

#include <assert.h>
#include <string.h>

#include "buf.h"
#include "core_phrase.h"

static const struct phrase_clip zh_clips[] = {
#define X(name, file, text, say) {file, text, say},
    PHRASE_ZH_LIST(X)
#undef X
#define X(name, file) {file, file, file},
        PHRASE_LETTER_LIST(X)
#undef X
};

static const struct phrase_clip en_clips[] = {
#define X(name, file, text, say) {file, text, say},
    PHRASE_EN_LIST(X)
#undef X
#define X(name, file) {file, file, file},
        PHRASE_LETTER_LIST(X)
#undef X
};

#define NUMERAL_MAX 999
_Static_assert(HALL_WINDOW_NO_MAX <= NUMERAL_MAX, "every window has a numeral");

const char *phrase_lang_text(enum phrase_lang lang)
{
    return lang == PHRASE_ZH ? "zh-CN" : "en";
}

const struct phrase_clip *phrase_clips(enum phrase_lang lang, int *ret_count)
{
    *ret_count = lang == PHRASE_ZH ? ZH_CLIP_COUNT : EN_CLIP_COUNT;
    return lang == PHRASE_ZH ? zh_clips : en_clips;
}

/* ---- parts ---- */

static void add(struct phrase *phrase, int clip)
{
    assert(phrase->count < PHRASE_CLIP_MAX);
    phrase->clips[phrase->count++] = (int16_t)clip;
}

/* One by one. False when there is no clip for a character. */
static bool add_number(struct phrase *phrase, const char *number, size_t length, bool yao)
{
    bool zh = phrase->lang == PHRASE_ZH;
    if (length == 0 || length >= TICKET_NUMBER_SIZE) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char c = number[i];
        if (c >= 'A' && c <= 'Z') {
            add(phrase, (zh ? ZH_LETTER_A : EN_LETTER_A) + (c - 'A'));
        } else if (c < '0' || c > '9') {
            return false;
        } else if (c == '1' && zh && yao) {
            add(phrase, ZH_YAO);
        } else {
            add(phrase, (zh ? ZH_0 : EN_0) + (c - '0'));
        }
    }
    return true;
}

static void add_zh_numeral(struct phrase *phrase, int32_t value)
{
    int32_t hundreds = value / 100;
    int32_t tens = value / 10 % 10;
    int32_t ones = value % 10;
    if (hundreds > 0) {
        add(phrase, ZH_0 + hundreds);
        add(phrase, ZH_HUNDRED);
    }
    if (hundreds > 0 && tens == 0 && ones > 0) {
        add(phrase, ZH_0);
    }
    if (tens > 1 || (tens == 1 && hundreds > 0)) { /* twelve is ten-two, without a one */
        add(phrase, ZH_0 + tens);
    }
    if (tens > 0) {
        add(phrase, ZH_TEN);
    }
    if (ones > 0) {
        add(phrase, ZH_0 + ones);
    }
}

static void add_en_numeral(struct phrase *phrase, int32_t value)
{
    int32_t rest = value % 100;
    if (value >= 100) {
        add(phrase, EN_0 + value / 100);
        add(phrase, EN_HUNDRED);
    }
    if (value >= 100 && rest > 0) {
        add(phrase, EN_AND);
    }
    if (rest >= 20) {
        add(phrase, EN_20 + rest / 10 - 2);
        rest %= 10;
    }
    if (rest > 0) {
        add(phrase, EN_0 + rest);
    }
}

static bool has_window(const struct announcement *item)
{
    return item->window >= 1 && item->window <= NUMERAL_MAX;
}

static void add_zh_window(struct phrase *phrase, const struct announcement *item)
{
    add_zh_numeral(phrase, item->window);
    add(phrase, item->place == HALL_PLACE_ROOM ? ZH_ROOM : ZH_WINDOW);
    if (item->place == HALL_PLACE_PHARMACY) {
        add(phrase, ZH_PHARMACY);
    }
}

static void add_en_window(struct phrase *phrase, const struct announcement *item)
{
    add(phrase, item->place == HALL_PLACE_ROOM ? EN_ROOM : EN_WINDOW);
    add_en_numeral(phrase, item->window);
    if (item->place == HALL_PLACE_PHARMACY) {
        add(phrase, EN_PHARMACY);
    }
}

/* ---- who is told to get ready ---- */

struct names {
    const char *at[3];
    size_t length[3];
    int count;
};

static bool split(struct names *names, const char *text)
{
    names->count = 0;
    for (const char *at = text; *at != '\0';) {
        const char *comma = strchr(at, ',');
        size_t length = comma != NULL ? (size_t)(comma - at) : strlen(at);
        if (names->count == 3) {
            return false;
        }
        names->at[names->count] = at;
        names->length[names->count++] = length;
        at += length + (at[length] == ',' ? 1 : 0);
    }
    return names->count > 0;
}

/* The number right behind the other: the same letters, and one more. */
static bool follows(const char *a, const char *b, size_t length)
{
    size_t at = length;
    while (at > 0 && a[at - 1] == '9' && b[at - 1] == '0') {
        at--;
    }
    bool next = at > 0 && a[at - 1] >= '0' && a[at - 1] < '9' && b[at - 1] == a[at - 1] + 1;
    return next && strncmp(a, b, at - 1) == 0;
}

static bool is_row(const struct names *names)
{
    for (int i = 1; i < names->count; i++) {
        if (names->length[i] != names->length[0] ||
            !follows(names->at[i - 1], names->at[i], names->length[0])) {
            return false;
        }
    }
    return names->count > 1;
}

static bool make_soon(struct phrase *phrase, const struct announcement *item, bool yao)
{
    bool zh = phrase->lang == PHRASE_ZH;
    struct names names;
    if (!split(&names, item->text)) {
        return false;
    }
    bool row = is_row(&names);
    add(phrase, zh ? ZH_PLEASE : names.count > 1 ? EN_TICKETS : EN_TICKET);
    for (int i = 0; i < names.count; i++) {
        if (row && i > 0 && i < names.count - 1) {
            continue;
        }
        if (i > 0) {
            add(phrase, row ? (zh ? ZH_UNTIL : EN_TO) : PHRASE_PAUSE);
        }
        if (!add_number(phrase, names.at[i], names.length[i], yao)) {
            return false;
        }
        if (zh && (!row || i == names.count - 1)) {
            add(phrase, ZH_NUMBER);
        }
    }
    if (!zh) {
        add(phrase, PHRASE_PAUSE);
    }
    add(phrase, zh ? ZH_READY : EN_READY);
    return true;
}

/* ---- sentences ---- */

static void make_lost(struct phrase *phrase, const struct announcement *item)
{
    bool zh = phrase->lang == PHRASE_ZH;
    add(phrase, zh ? ZH_LOST : EN_LOST);
    if (!has_window(item)) {
        add(phrase, zh ? ZH_DESK : EN_DESK);
    } else if (zh) {
        add_zh_numeral(phrase, item->window);
        add(phrase, ZH_WINDOW);
    } else {
        add(phrase, EN_WINDOW);
        add_en_numeral(phrase, item->window);
    }
    add(phrase, zh ? ZH_CLAIM : EN_CLAIM);
}

static bool make_zh(struct phrase *phrase, const struct announcement *item, bool yao)
{
    if (item->kind == ANNOUNCEMENT_RECALL && item->calls >= 2 && item->calls <= NUMERAL_MAX) {
        add(phrase, ZH_ORDINAL);
        add_zh_numeral(phrase, item->calls);
        add(phrase, ZH_CALL);
        add(phrase, PHRASE_PAUSE);
    }
    add(phrase, ZH_PLEASE);
    if (!add_number(phrase, item->number, strlen(item->number), yao)) {
        return false;
    }
    add(phrase, ZH_NUMBER);
    add(phrase, item->kind == ANNOUNCEMENT_TRANSFER ? ZH_MOVE
                : item->kind == ANNOUNCEMENT_RETURN ? ZH_RETURN
                                                    : ZH_TO);
    add_zh_window(phrase, item);
    return true;
}

static int en_opening(const struct announcement *item)
{
    if (item->kind != ANNOUNCEMENT_RECALL) {
        return EN_TICKET;
    }
    return item->calls >= 2 && item->calls <= 5 ? EN_SECOND + item->calls - 2 : EN_AGAIN;
}

static bool make_en(struct phrase *phrase, const struct announcement *item)
{
    add(phrase, en_opening(item));
    if (!add_number(phrase, item->number, strlen(item->number), false)) {
        return false;
    }
    add(phrase, PHRASE_PAUSE);
    if (item->kind == ANNOUNCEMENT_TRANSFER || item->kind == ANNOUNCEMENT_RETURN) {
        add(phrase, item->kind == ANNOUNCEMENT_TRANSFER ? EN_MOVE : EN_RETURN);
    }
    add_en_window(phrase, item);
    return true;
}

bool phrase_make(struct phrase *phrase, enum phrase_lang lang, const struct announcement *item,
                 bool yao)
{
    phrase->lang = lang;
    phrase->count = 0;
    switch (item->kind) {
    case ANNOUNCEMENT_RATING:
        add(phrase, lang == PHRASE_ZH ? ZH_RATE : EN_RATE);
        return true;
    case ANNOUNCEMENT_LOST:
        make_lost(phrase, item);
        return true;
    case ANNOUNCEMENT_SOON:
        return make_soon(phrase, item, yao);
    case ANNOUNCEMENT_CALL:
    case ANNOUNCEMENT_RECALL:
    case ANNOUNCEMENT_TRANSFER:
    case ANNOUNCEMENT_RETURN:
        if (!has_window(item)) {
            return false;
        }
        return lang == PHRASE_ZH ? make_zh(phrase, item, yao) : make_en(phrase, item);
    case ANNOUNCEMENT_TEXT:
    case ANNOUNCEMENT_KIND_COUNT:
        break;
    }
    return false;
}

void phrase_print(const struct phrase *phrase, char text[PHRASE_TEXT_SIZE])
{
    bool zh = phrase->lang == PHRASE_ZH;
    size_t length = 0;
    int count;
    const struct phrase_clip *clips = phrase_clips(phrase->lang, &count);
    text[0] = '\0';
    for (int i = 0; i < phrase->count; i++) {
        int clip = phrase->clips[i];
        const char *word = clip == PHRASE_PAUSE ? (zh ? "，" : ",") : clips[clip].text;
        if (!zh && i > 0 && clip != PHRASE_PAUSE) {
            text_copy_cut(text + length, PHRASE_TEXT_SIZE - length, " ");
            length = strlen(text);
        }
        text_copy_cut(text + length, PHRASE_TEXT_SIZE - length, word);
        length = strlen(text);
    }
    if (text[0] >= 'a' && text[0] <= 'z') {
        text[0] = (char)(text[0] - 'a' + 'A');
    }
}
