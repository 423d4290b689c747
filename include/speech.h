/* speech: the sound of announcements: clips of a pack, joined sample by sample.
 *
 * A pack is a folder with `chime.wav` and a folder for each language ("zh-CN", "en") with the clips
 * of phrase.h: WAV, 16 bit PCM, mono, SPEECH_RATE. Two packs lie over each other: a clip is taken
 * from the first that has a good one, so a recorded pack replaces the default one file by file. One
 * thread at a time. */
#ifndef SPEECH_H
#define SPEECH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "announcement.h"
#include "buf.h"
#include "err.h"
#include "phrase.h"

#define SPEECH_RATE 22050
#define SPEECH_CLIP_SAMPLES_MAX (SPEECH_RATE * 15) /* a sentence; longer is a mistake */
#define SPEECH_PAUSE_SAMPLES (SPEECH_RATE * 15 / 100)
#define SPEECH_GAP_SAMPLES (SPEECH_RATE / 2) /* between readings */
#define SPEECH_CHIME_SAMPLES_MAX SPEECH_RATE /* a chime is short */
/* Chime and three readings in two languages of the longest sentence that clips make. */
#define SPEECH_WAV_MAX (16 * 1024 * 1024)
#define SPEECH_FOLDER_MAX 2
#define SPEECH_DETAIL_SIZE 96
#define SPEECH_PATH_SIZE 4096

/* ---- WAV ---- */

struct speech_sound {
    int16_t *samples; /* owned; NULL none */
    size_t count;
};
void speech_sound_fini(struct speech_sound *sound);
/* ERR_INVALID_OPTION, with what is wrong in `detail`: not WAV, another format, empty,
 * longer than `max` samples. */
MUST_USE enum err speech_wav_read(const char *bytes, size_t length, size_t max,
                                  struct speech_sound *ret_sound, char detail[SPEECH_DETAIL_SIZE]);
/* Header of a file with so many samples; they follow. */
void speech_wav_header(struct buf *buf, size_t samples);
/* Cuts silence off both ends and brings the loudest sample to half of full scale. */
void speech_wav_trim(struct speech_sound *sound);
/* Two falling tones, under a second. */
MUST_USE enum err speech_make_chime(struct speech_sound *ret_sound);

/* ---- packs ---- */

struct speech;

/* Where the default pack of this program lies: beside it, or under ../share/hallcall/voice. False:
 * nowhere. */
bool speech_default_folder(char folder[SPEECH_PATH_SIZE]);
/* `folders`: the first counts first; NULL ones are skipped. Nothing is read yet. NULL without
 * memory. */
struct speech *speech_create(const char *const folders[SPEECH_FOLDER_MAX]);
void speech_destroy(struct speech *speech);

/* How many clips a language needs, and how many good ones there are; reads the files. The chime is
 * not counted. */
void speech_count(struct speech *speech, enum phrase_lang lang, int *ret_needed, int *ret_good);
/* Reads the files again: what was recorded meanwhile counts from now on. One line for each clip
 * that is missing or not as it must be, with its file. Returns how many clips cannot be spoken. */
int speech_check(struct speech *speech, struct buf *report);

struct speech_manner {
    int32_t readings; /* 1..3 */
    bool chime;
    bool yao;
};
/* The announcement as a WAV file: chime, then the readings with gaps between. Of two languages one
 * is enough. ERR_NOT_FOUND: neither can be spoken: clips are missing, or a free text has no clip of
 * that very name. ERR_NO_MEMORY. */
MUST_USE enum err speech_say(struct speech *speech, const struct announcement *item,
                             const struct speech_manner *manner, struct buf *wav);
#define SPEECH_ETAG_SIZE 24
/* The same from a small cache, with an ETag (quotes included) of what the file holds. */
MUST_USE enum err speech_fetch(struct speech *speech, const struct announcement *item,
                               const struct speech_manner *manner, struct buf *wav,
                               char etag[SPEECH_ETAG_SIZE]);

#endif
