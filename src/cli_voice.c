/* cli_voice: voice packs by hand: what a pack needs, what one lacks, and making a clip of a
 * recording. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "speech.h"

#define REPORT_MAX (1024 * 1024)
#define RECORDING_MAX (32 * 1024 * 1024)

static int run_list(const struct cli_command *command, int argc, char **argv)
{
    const struct cli_option options[] = {{0}};
    struct cli_list files;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 0, &status)) {
        return status;
    }
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        int count;
        const struct phrase_clip *clips = phrase_clips((enum phrase_lang)lang, &count);
        for (int i = 0; i < count; i++) {
            (void)printf("%s\t%s\t%s\t%s\n", phrase_lang_text((enum phrase_lang)lang),
                         clips[i].name, clips[i].text, clips[i].say);
        }
    }
    return CLI_DONE;
}

static int run_check(const struct cli_command *command, int argc, char **argv)
{
    const struct cli_option options[] = {{0}};
    struct cli_list files;
    char folder[SPEECH_PATH_SIZE];
    struct buf report;
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 1, &status)) {
        return status;
    }
    bool has_default = speech_default_folder(folder);
    const char *const folders[SPEECH_FOLDER_MAX] = {files.count > 0 ? files.items[0] : NULL,
                                                    has_default ? folder : NULL};
    if (folders[0] == NULL && folders[1] == NULL) {
        return cli_fail("there is no default pack; run make with espeak-ng, or name a folder");
    }
    struct speech *speech = speech_create(folders);
    if (speech == NULL) {
        return cli_fail("out of memory; end something else and repeat");
    }
    buf_init(&report, REPORT_MAX);
    int missing = speech_check(speech, &report);
    bool faulty = report.length > 0;
    (void)fputs(buf_text(&report), stdout);
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        int needed;
        int good;
        speech_count(speech, (enum phrase_lang)lang, &needed, &good);
        (void)printf("%s: %d of %d clips%s\n", phrase_lang_text((enum phrase_lang)lang), good,
                     needed, good == needed ? "" : ", cannot be spoken as a whole");
    }
    buf_fini(&report);
    speech_destroy(speech);
    return missing > 0 || faulty ? CLI_FAILED : CLI_DONE;
}

static int write_clip(const char *name, const struct speech_sound *sound)
{
    struct buf wav;
    buf_init(&wav, RECORDING_MAX);
    speech_wav_header(&wav, sound->count);
    buf_add(&wav, sound->samples, sound->count * sizeof *sound->samples);
    FILE *file = buf_failed(&wav) ? NULL : fopen(name, "wbe");
    bool good = file != NULL && fwrite(wav.data, 1, wav.length, file) == wav.length;
    good = file != NULL && fclose(file) == 0 && good;
    buf_fini(&wav);
    return good ? CLI_DONE : cli_fail("%s cannot be written: %s", name, strerror(errno));
}

static int run_clip(const struct cli_command *command, int argc, char **argv)
{
    const struct cli_option options[] = {{0}};
    struct cli_list files;
    struct speech_sound sound = {0};
    struct buf bytes;
    char detail[SPEECH_DETAIL_SIZE];
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 2, &status)) {
        return status;
    }
    if (files.count != 2) {
        return cli_wrong(command, "give the recording and the clip to be written");
    }
    buf_init(&bytes, RECORDING_MAX);
    if (!cli_read_file(files.items[0], &bytes)) {
        buf_fini(&bytes);
        return CLI_FAILED;
    }
    enum err err = speech_wav_read(bytes.data != NULL ? bytes.data : "", bytes.length,
                                   RECORDING_MAX / 2, &sound, detail);
    buf_fini(&bytes);
    if (err) {
        return cli_fail("%s: %s", files.items[0], detail[0] != '\0' ? detail : err_title(err));
    }
    speech_wav_trim(&sound);
    status = write_clip(files.items[1], &sound);
    speech_sound_fini(&sound);
    return status;
}

static int run_chime(const struct cli_command *command, int argc, char **argv)
{
    const struct cli_option options[] = {{0}};
    struct cli_list files;
    struct speech_sound sound = {0};
    int status = CLI_FAILED;
    if (!cli_parse(command, argc, argv, options, &files, 1, &status)) {
        return status;
    }
    if (files.count != 1) {
        return cli_wrong(command, "give the file to be written");
    }
    if (speech_make_chime(&sound) != ERR_NONE) {
        return cli_fail("out of memory; end something else and repeat");
    }
    status = write_clip(files.items[0], &sound);
    speech_sound_fini(&sound);
    return status;
}

const struct cli_command cli_voice_commands[] = {
    {"voice check", run_check, "[DIR]",
     "Looks through a voice pack: what is missing, and what is not WAV, PCM, 16 bit, mono, 22050\n"
     "Hz. DIR is a recorded pack; what it does not have is looked for in the default one, as\n"
     "`serve --voice DIR` does. Exit status 1 when something is missing or wrong.\n"},
    {"voice list", run_list, "",
     "Every clip that a pack has to have: language, file without .wav, its words, and the words\n"
     "for a synthesiser, apart by tabs. What to read to a microphone.\n"},
    {"voice clip", run_clip, "RECORDING.wav CLIP.wav",
     "Makes a clip of a recording: silence is cut off, the loudness made even.\n"},
    {"voice chime", run_chime, "CHIME.wav", "Writes the chime of the default pack.\n"},
    {0},
};
