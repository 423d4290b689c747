/* test_speech: announcements joined of clips, to the sample; packs over each other; and files that
 * are no clips. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "speech.h"

#define HEADER 44

static char base[64];
static char second[80];

static void write_bytes(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* A clip of `count` samples that all are `value`: so every sample tells where it came from. */
static void write_clip(const char *folder, const char *name, int16_t value, size_t count)
{
    char path[256];
    struct buf wav;
    buf_init(&wav, 1000000);
    speech_wav_header(&wav, count);
    for (size_t i = 0; i < count; i++) {
        buf_add(&wav, &value, sizeof value);
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    write_bytes(path, wav.data, wav.length);
    buf_fini(&wav);
}

/* The value of a clip in the pack of the tests: by language and position in the table. */
static int16_t value_of(enum phrase_lang lang, const char *name)
{
    int count;
    const struct phrase_clip *clips = phrase_clips(lang, &count);
    for (int i = 0; i < count; i++) {
        if (strcmp(clips[i].name, name) == 0) {
            return (int16_t)((lang == PHRASE_ZH ? 1000 : 2000) + i);
        }
    }
    fail_msg("there is no clip %s", name);
    return 0;
}

static size_t length_of(int16_t value)
{
    return 100 + (size_t)value % 50;
}

static void make_folder(const char *folder)
{
    char path[160];
    assert_true(mkdir(folder, 0700) == 0 || errno == EEXIST);
    (void)snprintf(path, sizeof path, "%s/zh-CN", folder);
    assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
    (void)snprintf(path, sizeof path, "%s/en", folder);
    assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
}

static int make_pack(void **state)
{
    (void)state;
    (void)snprintf(base, sizeof base, "/tmp/hallcall-speech-XXXXXX");
    assert_non_null(mkdtemp(base));
    (void)snprintf(second, sizeof second, "%s/recorded", base);
    make_folder(base);
    make_folder(second);
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        int count;
        const struct phrase_clip *clips = phrase_clips((enum phrase_lang)lang, &count);
        for (int i = 0; i < count; i++) {
            char name[64];
            int16_t value = value_of((enum phrase_lang)lang, clips[i].name);
            (void)snprintf(name, sizeof name, "%s/%s.wav", lang == PHRASE_ZH ? "zh-CN" : "en",
                           clips[i].name);
            write_clip(base, name, value, length_of(value));
        }
    }
    write_clip(base, "chime.wav", 77, 500);
    return 0;
}

static int drop_pack(void **state)
{
    (void)state;
    static const char *const folders[] = {"recorded/zh-CN", "recorded/en", "recorded",
                                          "zh-CN",          "en",          "."};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char folder[160];
        char path[512];
        (void)snprintf(folder, sizeof folder, "%s/%s", base, folders[i]);
        DIR *entries = opendir(folder);
        assert_non_null(entries);
        for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
            (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            (void)unlink(path); /* not the folders */
        }
        (void)closedir(entries);
        (void)rmdir(folder);
    }
    assert_int_equal(rmdir(base), 0);
    return 0;
}

static struct speech *open_pack(const char *first, const char *other)
{
    const char *const folders[SPEECH_FOLDER_MAX] = {first, other};
    struct speech *speech = speech_create(folders);
    assert_non_null(speech);
    return speech;
}

/* ---- what is expected, sample by sample ---- */

static struct buf expected;

static void expect(int16_t value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add(&expected, &value, sizeof value);
    }
}

static void expect_words(enum phrase_lang lang, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(*names, ",") == 0) {
            expect(0, 3307); /* 0.15 s */
        } else {
            expect(value_of(lang, *names), length_of(value_of(lang, *names)));
        }
    }
}

static const char *const zh_call[] = {"please", "A",  "0", "1",      "2",
                                      "number", "to", "3", "window", NULL};
static const char *const en_call[] = {"ticket", "A", "0", "1", "2", ",", "window", "3", NULL};

static struct announcement call_a012(const char *lang)
{
    struct announcement item = {.kind = ANNOUNCEMENT_CALL, .window = 3, .visit = -1};
    text_copy_cut(item.number, sizeof item.number, "A012");
    text_copy_cut(item.lang, sizeof item.lang, lang);
    return item;
}

static void compare(struct speech *speech, const struct announcement *item,
                    const struct speech_manner *manner)
{
    struct buf wav;
    buf_init(&wav, SPEECH_WAV_MAX);
    assert_int_equal(speech_say(speech, item, manner, &wav), ERR_NONE);
    assert_int_equal(wav.length, HEADER + expected.length);
    assert_memory_equal(wav.data + HEADER, expected.data, expected.length);
    struct speech_sound sound;
    char detail[SPEECH_DETAIL_SIZE];
    assert_int_equal(speech_wav_read(wav.data, wav.length, SIZE_MAX, &sound, detail), ERR_NONE);
    assert_int_equal(sound.count, expected.length / 2);
    speech_sound_fini(&sound);
    buf_fini(&wav);
    buf_fini(&expected);
}

static void a_call_is_joined_to_the_sample(void **state)
{
    (void)state;
    struct speech *speech = open_pack(NULL, base);
    struct announcement item = call_a012("zh-CN");
    buf_init(&expected, 10000000);
    expect(77, 500);
    expect_words(PHRASE_ZH, zh_call);
    expect(0, 11025); /* half a second */
    expect_words(PHRASE_ZH, zh_call);
    compare(speech, &item, &(struct speech_manner){.readings = 2, .chime = true});
    buf_init(&expected, 10000000);
    expect_words(PHRASE_ZH, zh_call);
    compare(speech, &item, &(struct speech_manner){.readings = 1});
    speech_destroy(speech);
}

static void two_languages_follow_each_other(void **state)
{
    (void)state;
    struct speech *speech = open_pack(base, NULL);
    struct announcement item = call_a012("zh-CN,en");
    buf_init(&expected, 10000000);
    for (int i = 0; i < 3; i++) {
        if (i > 0) {
            expect(0, 11025);
        }
        expect_words(PHRASE_ZH, zh_call);
        expect(0, 11025);
        expect_words(PHRASE_EN, en_call);
    }
    compare(speech, &item, &(struct speech_manner){.readings = 3});
    speech_destroy(speech);
}

/* File by file: what the recorded pack has comes from there. */
static void a_recorded_pack_lies_over_the_other(void **state)
{
    (void)state;
    write_clip(second, "zh-CN/A.wav", 55, 33);
    write_clip(second, "zh-CN/0.wav", 56, SPEECH_CLIP_SAMPLES_MAX + 1); /* too long: not taken */
    struct speech *speech = open_pack(second, base);
    struct announcement item = call_a012("zh-CN");
    buf_init(&expected, 10000000);
    expect_words(PHRASE_ZH, (const char *const[]){"please", NULL});
    expect(55, 33);
    expect_words(PHRASE_ZH, zh_call + 2);
    compare(speech, &item, &(struct speech_manner){.readings = 1});
    struct buf report;
    buf_init(&report, 100000);
    assert_int_equal(speech_check(speech, &report), 0);
    assert_non_null(strstr(buf_text(&report), "recorded/zh-CN/0.wav: 15.0 s long, at most 15.0 s"));
    assert_null(strstr(buf_text(&report), "missing"));
    buf_fini(&report);
    speech_destroy(speech);
    speech = open_pack(second, NULL); /* alone it lacks nearly all */
    int needed;
    int good;
    speech_count(speech, PHRASE_ZH, &needed, &good);
    assert_int_equal(good, 1);
    assert_true(needed > 50);
    speech_destroy(speech);
}

/* Of two languages the one that can be spoken is. */
static void a_missing_word_silences_its_language(void **state)
{
    (void)state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/zh-CN/number.wav", base);
    assert_int_equal(unlink(path), 0);
    struct speech *speech = open_pack(base, NULL);
    struct announcement item = call_a012("zh-CN,en");
    buf_init(&expected, 10000000);
    expect(77, 500);
    expect_words(PHRASE_EN, en_call);
    compare(speech, &item, &(struct speech_manner){.readings = 1, .chime = true});
    item = call_a012("zh-CN");
    struct buf wav;
    buf_init(&wav, SPEECH_WAV_MAX);
    assert_int_equal(speech_say(speech, &item, &(struct speech_manner){.readings = 1}, &wav),
                     ERR_NOT_FOUND);
    assert_int_equal(wav.length, 0);
    buf_fini(&wav);
    struct buf report;
    buf_init(&report, 100000);
    assert_int_equal(speech_check(speech, &report), 1);
    assert_string_equal(buf_text(&report), "zh-CN/number.wav: missing (号)\n");
    buf_fini(&report);
    speech_destroy(speech);
}

/* A free text is spoken if its very words are a file; never any other file. */
static void a_free_text_is_a_file_of_that_name(void **state)
{
    (void)state;
    static const char *const not_files[] = {"另一句", "../chime", "..",
                                            "",       ".hidden",  "/etc/hostname"};
    write_clip(second, "zh-CN/停电演练.wav", 99, 1234);
    write_clip(second, "zh-CN/.hidden.wav", 98, 10);
    struct speech *speech = open_pack(second, base);
    struct announcement item = {.kind = ANNOUNCEMENT_TEXT, .lang = "zh-CN,en", .text = "停电演练"};
    buf_init(&expected, 10000000);
    expect(99, 1234);
    compare(speech, &item, &(struct speech_manner){.readings = 1});
    for (size_t i = 0; i < sizeof not_files / sizeof not_files[0]; i++) {
        struct buf wav;
        buf_init(&wav, SPEECH_WAV_MAX);
        text_copy_cut(item.text, sizeof item.text, not_files[i]);
        assert_int_equal(speech_say(speech, &item, &(struct speech_manner){.readings = 1}, &wav),
                         ERR_NOT_FOUND);
        buf_fini(&wav);
    }
    speech_destroy(speech);
}

static void refuses(const char *bytes, size_t length, const char *why)
{
    struct speech_sound sound;
    char detail[SPEECH_DETAIL_SIZE];
    assert_int_equal(speech_wav_read(bytes, length, 1000, &sound, detail), ERR_INVALID_OPTION);
    assert_non_null(strstr(detail, why));
}

static void other_files_are_refused(void **state)
{
    (void)state;
    struct buf wav;
    static const int16_t samples[2] = {1, -2};
    buf_init(&wav, 10000);
    speech_wav_header(&wav, 2);
    buf_add(&wav, samples, sizeof samples);
    struct speech_sound sound;
    char detail[SPEECH_DETAIL_SIZE];
    assert_int_equal(speech_wav_read(wav.data, wav.length, 2, &sound, detail), ERR_NONE);
    assert_int_equal(sound.count, 2);
    assert_int_equal(sound.samples[1], -2);
    speech_sound_fini(&sound);
    for (size_t cut = 0; cut < wav.length - sizeof samples + 2; cut++) {
        char *copy = malloc(cut + 1); /* so that a read past the end is seen */
        memcpy(copy, wav.data, cut);
        refuses(copy, cut, cut < HEADER ? "not a WAV file" : "empty");
        free(copy);
    }
    wav.data[24] = 0x44; /* 44,100 Hz */
    wav.data[25] = (char)0xac;
    refuses(wav.data, wav.length, "44100 Hz");
    wav.data[22] = 2;
    refuses(wav.data, wav.length, "2 channels");
    buf_clear(&wav);
    speech_wav_header(&wav, 1001);
    for (int i = 0; i < 1001; i++) {
        buf_add(&wav, samples, 2);
    }
    refuses(wav.data, wav.length, "at most");
    buf_fini(&wav);
    refuses("ID3\x03 something else entirely, quite long", 40, "not a WAV file");
}

/* Of a raw recording: silence off, the rest kept whole and at half of full scale. */
static void a_recording_is_trimmed(void **state)
{
    (void)state;
    struct speech_sound sound = {.samples = calloc(10000, sizeof(int16_t)), .count = 10000};
    assert_non_null(sound.samples);
    for (int i = 4000; i < 6000; i++) {
        sound.samples[i] = (int16_t)(i % 2 == 0 ? 8000 : -4000);
    }
    speech_wav_trim(&sound);
    assert_int_equal(sound.count, 2000 + 2 * 220);
    assert_int_equal(sound.samples[219], 0);
    assert_int_equal(sound.samples[220], 16384);
    assert_int_equal(sound.samples[221], -8192);
    speech_sound_fini(&sound);
    assert_int_equal(speech_make_chime(&sound), ERR_NONE);
    assert_true(sound.count <= SPEECH_CHIME_SAMPLES_MAX);
    int peak = 0;
    for (size_t i = 0; i < sound.count; i++) {
        peak = abs(sound.samples[i]) > peak ? abs(sound.samples[i]) : peak;
    }
    assert_in_range(peak, 5000, 32000);
    speech_sound_fini(&sound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_is_joined_to_the_sample, make_pack, drop_pack),
        cmocka_unit_test_setup_teardown(two_languages_follow_each_other, make_pack, drop_pack),
        cmocka_unit_test_setup_teardown(a_recorded_pack_lies_over_the_other, make_pack, drop_pack),
        cmocka_unit_test_setup_teardown(a_missing_word_silences_its_language, make_pack, drop_pack),
        cmocka_unit_test_setup_teardown(a_free_text_is_a_file_of_that_name, make_pack, drop_pack),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(a_recording_is_trimmed),
    };
    return cmocka_run_group_tests_name("speech", tests, NULL, NULL);
}
