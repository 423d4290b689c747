/* phrase: the words of an announcement, as a row of clips.
 *
 * A clip is a word, a letter or a part of a sentence that never changes; its table here is the list
 * of what a voice pack has to have. Words are put together by us and not by an engine, which would
 * read 012 as twelve. Pure; any thread. */
#ifndef PHRASE_H
#define PHRASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "announcement.h"

enum phrase_lang { PHRASE_ZH, PHRASE_EN, PHRASE_LANG_COUNT };

struct phrase_clip {
    const char *name; /* of its file, without ".wav" */
    const char *text; /* as it is written */
    const char *say;  /* for a synthesiser: Chinese as pinyin with tones */
};

/* A short silence, written as a comma. */
#define PHRASE_PAUSE (-1)
/* Three numbers of eleven characters, told to get ready, with what stands between them. */
#define PHRASE_CLIP_MAX 64
#define PHRASE_TEXT_SIZE 512

struct phrase {
    enum phrase_lang lang;
    int count;
    int16_t clips[PHRASE_CLIP_MAX]; /* positions in the table of the language, or PHRASE_PAUSE */
};

/* "zh-CN", "en". */
const char *phrase_lang_text(enum phrase_lang lang);
const struct phrase_clip *phrase_clips(enum phrase_lang lang, int *ret_count);

/* `yao`: the digit 1 of a number is said as yao in Chinese. False when it cannot be put into clips:
 * a free text, a number with other characters than A-Z and 0-9, a window that is none. */
bool phrase_make(struct phrase *phrase, enum phrase_lang lang, const struct announcement *item,
                 bool yao);
/* As a sentence: Chinese without spaces, English with a capital. Cut when longer than
 * PHRASE_TEXT_SIZE. */
void phrase_print(const struct phrase *phrase, char text[PHRASE_TEXT_SIZE]);

#endif
