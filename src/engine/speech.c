/* speech: packs of clips, read when they are first needed and then kept.
 *
 * A language is some eighty words of half a second: two megabytes. What an announcement says is
 * put together by copying samples, so there is nothing between two words but what is put there. */
#include "speech.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"

#define LANG_CLIP_MAX 128
#define FILE_MAX ((size_t)SPEECH_CLIP_SAMPLES_MAX * 2 + 65536)
#define NAME_SIZE (ANNOUNCEMENT_TEXT_SIZE + 32)

/* What was said lately: two displays and a repeated request ask for the same. Sixteen of the
 * longest usual announcements are eight megabytes, a quarter of them two. */
#define KEPT_MAX 16

struct kept {
    struct announcement item; /* id 0: free */
    struct speech_manner manner;
    struct buf wav;
    char etag[SPEECH_ETAG_SIZE];
};

struct speech {
    char folders[SPEECH_FOLDER_MAX][SPEECH_PATH_SIZE]; /* "" none */
    bool loaded;
    struct speech_sound clips[PHRASE_LANG_COUNT][LANG_CLIP_MAX];
    struct speech_sound chime;
    struct kept kept[KEPT_MAX];
    int kept_next;
};

struct speech *speech_create(const char *const folders[SPEECH_FOLDER_MAX])
{
    struct speech *speech = calloc(1, sizeof *speech);
    for (int i = 0; speech != NULL && i < KEPT_MAX; i++) {
        buf_init(&speech->kept[i].wav, SPEECH_WAV_MAX);
    }
    for (int i = 0; speech != NULL && i < SPEECH_FOLDER_MAX; i++) {
        if (folders[i] != NULL) {
            text_copy_cut(speech->folders[i], sizeof speech->folders[i], folders[i]);
        }
    }
    return speech;
}

void speech_destroy(struct speech *speech)
{
    if (speech == NULL) {
        return;
    }
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        for (int i = 0; i < LANG_CLIP_MAX; i++) {
            speech_sound_fini(&speech->clips[lang][i]);
        }
    }
    speech_sound_fini(&speech->chime);
    for (int i = 0; i < KEPT_MAX; i++) {
        buf_fini(&speech->kept[i].wav);
    }
    free(speech);
}

bool speech_default_folder(char folder[SPEECH_PATH_SIZE])
{
    /* In the build folder, in that of a variant, and installed. */
    static const char *const places[] = {"voice", "../voice", "../share/hallcall/voice"};
    char own[SPEECH_PATH_SIZE];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length <= 0) {
        return false;
    }
    own[length] = '\0';
    char *slash = strrchr(own, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct stat status;
        int written = snprintf(folder, SPEECH_PATH_SIZE, "%s/%s", own, places[i]);
        if (written > 0 && written < SPEECH_PATH_SIZE && stat(folder, &status) == 0 &&
            S_ISDIR(status.st_mode)) {
            return true;
        }
    }
    folder[0] = '\0';
    return false;
}

/* ---- files ---- */

static enum err read_file(const char *path, struct buf *bytes)
{
    char block[16384];
    size_t got = 0;
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    }
    do {
        got = fread(block, 1, sizeof block, file);
        buf_add(bytes, block, got);
    } while (got > 0 && !buf_failed(bytes));
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    return failed ? ERR_IO : ERR_NONE;
}

static enum err read_sound(const char *path, size_t max, struct speech_sound *ret_sound,
                           char detail[SPEECH_DETAIL_SIZE])
{
    struct buf bytes;
    buf_init(&bytes, FILE_MAX);
    detail[0] = '\0';
    enum err err = read_file(path, &bytes);
    if (err == ERR_NONE && buf_failed(&bytes)) {
        (void)snprintf(detail, SPEECH_DETAIL_SIZE, "too large");
        err = ERR_INVALID_OPTION;
    } else if (err == ERR_NONE) {
        err = speech_wav_read(bytes.data != NULL ? bytes.data : "", bytes.length, max, ret_sound,
                              detail);
    } else if (err == ERR_IO) {
        (void)snprintf(detail, SPEECH_DETAIL_SIZE, "cannot be read");
    }
    buf_fini(&bytes);
    return err;
}

/* The first good file of that name. What is wrong with a file goes to `report`, if there is one. */
static bool find_sound(struct speech *speech, const char *name, size_t max, struct buf *report,
                       struct speech_sound *ret_sound)
{
    for (int i = 0; i < SPEECH_FOLDER_MAX; i++) {
        char path[SPEECH_PATH_SIZE + NAME_SIZE];
        char detail[SPEECH_DETAIL_SIZE];
        if (speech->folders[i][0] == '\0') {
            continue;
        }
        (void)snprintf(path, sizeof path, "%s/%s", speech->folders[i], name);
        enum err err = read_sound(path, max, ret_sound, detail);
        if (err == ERR_NONE) {
            return true;
        }
        if (err != ERR_NOT_FOUND && report != NULL) {
            buf_printf(report, "%s: %s\n", path, detail);
        }
    }
    return false;
}

/* Reads every file, anew where there was one; returns how many words cannot be spoken. */
static int load(struct speech *speech, struct buf *report)
{
    int missing = 0;
    for (int i = 0; i < KEPT_MAX; i++) {
        buf_clear(&speech->kept[i].wav); /* of the old files */
    }
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        int count;
        const struct phrase_clip *clips = phrase_clips((enum phrase_lang)lang, &count);
        assert(count <= LANG_CLIP_MAX);
        for (int i = 0; i < count; i++) {
            char name[64];
            (void)snprintf(name, sizeof name, "%s/%s.wav", phrase_lang_text((enum phrase_lang)lang),
                           clips[i].name);
            speech_sound_fini(&speech->clips[lang][i]);
            if (!find_sound(speech, name, SPEECH_CLIP_SAMPLES_MAX, report,
                            &speech->clips[lang][i])) {
                missing++;
                if (report != NULL) {
                    buf_printf(report, "%s: missing (%s)\n", name, clips[i].text);
                }
            }
        }
    }
    speech_sound_fini(&speech->chime);
    if (!find_sound(speech, "chime.wav", SPEECH_CHIME_SAMPLES_MAX, report, &speech->chime) &&
        report != NULL) {
        buf_add_text(report, "chime.wav: missing; announcements come without\n");
    }
    speech->loaded = true;
    return missing;
}

void speech_count(struct speech *speech, enum phrase_lang lang, int *ret_needed, int *ret_good)
{
    if (!speech->loaded) {
        (void)load(speech, NULL);
    }
    (void)phrase_clips(lang, ret_needed);
    *ret_good = 0;
    for (int i = 0; i < *ret_needed; i++) {
        *ret_good += speech->clips[lang][i].samples != NULL ? 1 : 0;
    }
}

int speech_check(struct speech *speech, struct buf *report)
{
    return load(speech, report);
}

/* ---- joining ---- */

/* Samples in the order of being heard; NULL is silence. */
struct piece {
    const int16_t *samples;
    size_t count;
};
#define PIECE_MAX (1 + 3 * 2 * (PHRASE_CLIP_MAX + 1))

struct row {
    struct piece pieces[PIECE_MAX];
    int count;
};

static void row_add(struct row *row, const int16_t *samples, size_t count)
{
    assert(row->count < PIECE_MAX);
    row->pieces[row->count++] = (struct piece){.samples = samples, .count = count};
}

/* False when a clip is missing; the row is as it was then. */
static bool row_add_phrase(struct row *row, const struct speech *speech,
                           const struct phrase *phrase)
{
    int before = row->count;
    for (int i = 0; i < phrase->count; i++) {
        int clip = phrase->clips[i];
        if (clip == PHRASE_PAUSE) {
            row_add(row, NULL, SPEECH_PAUSE_SAMPLES);
            continue;
        }
        const struct speech_sound *sound = &speech->clips[phrase->lang][clip];
        if (sound->samples == NULL) {
            row->count = before;
            return false;
        }
        row_add(row, sound->samples, sound->count);
    }
    return true;
}

static void row_write(const struct row *row, struct buf *wav)
{
    static const int16_t silence[1024];
    size_t total = 0;
    for (int i = 0; i < row->count; i++) {
        total += row->pieces[i].count;
    }
    speech_wav_header(wav, total);
    for (int i = 0; i < row->count; i++) {
        const struct piece *piece = &row->pieces[i];
        if (piece->samples != NULL) {
            buf_add(wav, piece->samples, piece->count * sizeof(int16_t));
            continue;
        }
        for (size_t left = piece->count; left > 0;) {
            size_t part = left < 1024 ? left : 1024;
            buf_add(wav, silence, part * sizeof(int16_t));
            left -= part;
        }
    }
}
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "samples are copied as they are in memory, and a WAV file is little-endian"
#endif

static bool speaks(const struct announcement *item, enum phrase_lang lang)
{
    return strstr(item->lang, phrase_lang_text(lang)) != NULL;
}

/* A free text is spoken where somebody has recorded it: the file has its text as name. */
static bool find_text(struct speech *speech, const struct announcement *item, enum phrase_lang lang,
                      struct speech_sound *ret_sound)
{
    char name[NAME_SIZE];
    if (item->text[0] == '\0' || item->text[0] == '.' || strchr(item->text, '/') != NULL) {
        return false;
    }
    (void)snprintf(name, sizeof name, "%s/%s.wav", phrase_lang_text(lang), item->text);
    return find_sound(speech, name, SPEECH_CLIP_SAMPLES_MAX, NULL, ret_sound);
}

/* What is said in one reading: each language, apart by a gap. */
static void add_reading(struct row *row, const struct speech *speech,
                        const struct announcement *item, bool yao,
                        const struct speech_sound texts[PHRASE_LANG_COUNT])
{
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        struct phrase phrase;
        int before = row->count;
        if (!speaks(item, (enum phrase_lang)lang)) {
            continue;
        }
        if (before > 0) {
            row_add(row, NULL, SPEECH_GAP_SAMPLES);
        }
        int begin = row->count;
        if (texts[lang].samples != NULL) {
            row_add(row, texts[lang].samples, texts[lang].count);
        } else if (phrase_make(&phrase, (enum phrase_lang)lang, item, yao)) {
            (void)row_add_phrase(row, speech, &phrase);
        }
        row->count = row->count > begin ? row->count : before;
    }
}

enum err speech_say(struct speech *speech, const struct announcement *item,
                    const struct speech_manner *manner, struct buf *wav)
{
    struct speech_sound texts[PHRASE_LANG_COUNT] = {{0}};
    struct row row = {.count = 0};
    if (!speech->loaded) {
        (void)load(speech, NULL);
    }
    for (int lang = 0; item->kind == ANNOUNCEMENT_TEXT && lang < PHRASE_LANG_COUNT; lang++) {
        if (speaks(item, (enum phrase_lang)lang)) {
            (void)find_text(speech, item, (enum phrase_lang)lang, &texts[lang]);
        }
    }
    assert(manner->readings >= 1 && manner->readings <= 3);
    for (int i = 0; i < manner->readings; i++) {
        add_reading(&row, speech, item, manner->yao, texts);
    }
    enum err err = row.count > 0 ? ERR_NONE : ERR_NOT_FOUND;
    if (err == ERR_NONE && manner->chime && speech->chime.samples != NULL) {
        /* The chime goes before all of it. */
        assert(row.count < PIECE_MAX);
        memmove(&row.pieces[1], &row.pieces[0], (size_t)row.count * sizeof row.pieces[0]);
        row.pieces[0] = (struct piece){speech->chime.samples, speech->chime.count};
        row.count += 1;
    }
    if (err == ERR_NONE) {
        row_write(&row, wav);
        err = buf_failed(wav) ? ERR_NO_MEMORY : ERR_NONE;
    }
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        speech_sound_fini(&texts[lang]);
    }
    return err;
}

/* ---- what was said lately ---- */

static bool is_same(const struct kept *kept, const struct announcement *item,
                    const struct speech_manner *manner)
{
    const struct announcement *old = &kept->item;
    return kept->wav.length > 0 && old->kind == item->kind && old->place == item->place &&
           old->window == item->window && old->calls == item->calls &&
           strcmp(old->number, item->number) == 0 && strcmp(old->lang, item->lang) == 0 &&
           strcmp(old->text, item->text) == 0 && kept->manner.readings == manner->readings &&
           kept->manner.chime == manner->chime && kept->manner.yao == manner->yao;
}

static struct kept *find_kept(struct speech *speech, const struct announcement *item,
                              const struct speech_manner *manner)
{
    for (int i = 0; i < KEPT_MAX; i++) {
        if (is_same(&speech->kept[i], item, manner)) {
            return &speech->kept[i];
        }
    }
    return NULL;
}

static void make_etag(const struct buf *wav, char etag[SPEECH_ETAG_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    char hex[2 * 8 + 1];
    digest_sha256(wav->data, wav->length, NULL, 0, digest);
    digest_hex(digest, 8, hex);
    (void)snprintf(etag, SPEECH_ETAG_SIZE, "\"%s\"", hex);
}

enum err speech_fetch(struct speech *speech, const struct announcement *item,
                      const struct speech_manner *manner, struct buf *wav,
                      char etag[SPEECH_ETAG_SIZE])
{
    struct kept *kept = find_kept(speech, item, manner);
    if (kept == NULL) {
        kept = &speech->kept[speech->kept_next];
        speech->kept_next = (speech->kept_next + 1) % KEPT_MAX;
        buf_clear(&kept->wav);
        enum err err = speech_say(speech, item, manner, &kept->wav);
        if (err) {
            buf_clear(&kept->wav);
            return err;
        }
        kept->item = *item;
        kept->manner = *manner;
        make_etag(&kept->wav, kept->etag);
    }
    buf_add(wav, kept->wav.data, kept->wav.length);
    memcpy(etag, kept->etag, SPEECH_ETAG_SIZE);
    if (item->kind == ANNOUNCEMENT_TEXT) {
        buf_clear(&kept->wav); /* its file may be recorded anew while we serve */
    }
    return buf_failed(wav) ? ERR_NO_MEMORY : ERR_NONE;
}
