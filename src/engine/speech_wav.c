/* speech_wav: WAV files of the one format that packs have, and what a raw recording needs to become
 * one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speech.h"

#define HEADER_SIZE 44
#define SILENCE 350      /* of 32767: below it nothing is heard */
#define KEEP_SAMPLES 220 /* ten milliseconds left on each side: consonants begin softly */
#define PEAK 16384
#define PI 3.14159265358979323846

void speech_sound_fini(struct speech_sound *sound)
{
    free(sound->samples);
    *sound = (struct speech_sound){0};
}

static uint32_t get(const char *bytes, int size)
{
    uint32_t value = 0;
    for (int i = size - 1; i >= 0; i--) {
        value = value << 8 | (uint8_t)bytes[i];
    }
    return value;
}

static enum err refuse(char detail[SPEECH_DETAIL_SIZE], const char *text)
{
    (void)snprintf(detail, SPEECH_DETAIL_SIZE, "%s", text);
    return ERR_INVALID_OPTION;
}

static enum err check_format(const char *chunk, uint32_t size, char detail[SPEECH_DETAIL_SIZE])
{
    if (size < 16) {
        return refuse(detail, "not a WAV file");
    }
    uint32_t format = get(chunk, 2);
    uint32_t channels = get(chunk + 2, 2);
    uint32_t rate = get(chunk + 4, 4);
    uint32_t bits = get(chunk + 14, 2);
    if (format != 1 || channels != 1 || rate != SPEECH_RATE || bits != 16) {
        (void)snprintf(detail, SPEECH_DETAIL_SIZE,
                       "format %u, %u channels, %u Hz, %u bit; must be PCM, 1, %d, 16", format,
                       channels, rate, bits, SPEECH_RATE);
        return ERR_INVALID_OPTION;
    }
    return ERR_NONE;
}

static enum err take_samples(const char *bytes, uint32_t size, size_t max,
                             struct speech_sound *ret_sound, char detail[SPEECH_DETAIL_SIZE])
{
    size_t count = size / 2;
    if (count == 0) {
        return refuse(detail, "empty");
    }
    if (count > max) {
        (void)snprintf(detail, SPEECH_DETAIL_SIZE, "%.1f s long, at most %.1f s",
                       (double)count / SPEECH_RATE, (double)max / SPEECH_RATE);
        return ERR_INVALID_OPTION;
    }
    int16_t *samples = malloc(count * sizeof *samples);
    if (samples == NULL) {
        return ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        samples[i] = (int16_t)(uint16_t)get(bytes + 2 * i, 2);
    }
    *ret_sound = (struct speech_sound){.samples = samples, .count = count};
    return ERR_NONE;
}

enum err speech_wav_read(const char *bytes, size_t length, size_t max,
                         struct speech_sound *ret_sound, char detail[SPEECH_DETAIL_SIZE])
{
    bool known = false;
    detail[0] = '\0';
    if (length < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0) {
        return refuse(detail, "not a WAV file");
    }
    /* Chunks are at least eight bytes, so this ends. */
    for (size_t at = 12; at + 8 <= length;) {
        const char *chunk = bytes + at;
        uint32_t size = get(chunk + 4, 4);
        size_t rest = length - at - 8;
        if (memcmp(chunk, "fmt ", 4) == 0 && size <= rest) {
            enum err err = check_format(chunk + 8, size, detail);
            if (err) {
                return err;
            }
            known = true;
        } else if (memcmp(chunk, "data", 4) == 0 && known) {
            /* Programs that write to a pipe do not know the length beforehand. */
            return take_samples(chunk + 8, size <= rest ? size : (uint32_t)rest, max, ret_sound,
                                detail);
        }
        if (size > rest) {
            break;
        }
        at += 8 + (size_t)size + (size & 1);
    }
    return refuse(detail, "not a WAV file with samples");
}

static void put(char *at, uint32_t value, int size)
{
    for (int i = 0; i < size; i++) {
        at[i] = (char)(uint8_t)(value >> (8 * i));
    }
}

void speech_wav_header(struct buf *buf, size_t samples)
{
    char header[HEADER_SIZE] = "RIFF    WAVEfmt ";
    uint32_t bytes = (uint32_t)(samples * 2);
    put(header + 4, HEADER_SIZE - 8 + bytes, 4);
    put(header + 16, 16, 4);
    put(header + 20, 1, 2);               /* PCM */
    put(header + 22, 1, 2);               /* channels */
    put(header + 24, SPEECH_RATE, 4);     /* samples a second */
    put(header + 28, SPEECH_RATE * 2, 4); /* bytes a second */
    put(header + 32, 2, 2);               /* bytes a sample */
    put(header + 34, 16, 2);              /* bits a sample */
    memcpy(header + 36, "data", 4);
    put(header + 40, bytes, 4);
    buf_add(buf, header, sizeof header);
}

void speech_wav_trim(struct speech_sound *sound)
{
    size_t begin = 0;
    size_t end = sound->count;
    int peak = 1;
    while (begin < end && abs(sound->samples[begin]) < SILENCE) {
        begin++;
    }
    while (end > begin && abs(sound->samples[end - 1]) < SILENCE) {
        end--;
    }
    if (begin == end) {
        return; /* nothing but silence: the check will say so by its length, not we */
    }
    begin -= begin < KEEP_SAMPLES ? begin : KEEP_SAMPLES;
    end += sound->count - end < KEEP_SAMPLES ? sound->count - end : KEEP_SAMPLES;
    for (size_t i = begin; i < end; i++) {
        peak = abs(sound->samples[i]) > peak ? abs(sound->samples[i]) : peak;
    }
    for (size_t i = begin; i < end; i++) {
        sound->samples[i - begin] = (int16_t)(sound->samples[i] * PEAK / peak);
    }
    sound->count = end - begin;
}

enum err speech_make_chime(struct speech_sound *ret_sound)
{
    /* A falling third, each tone fading by itself: heard through talk, and no alarm. */
    static const double tones[] = {783.99, 659.26};
    const size_t step = SPEECH_RATE * 3 / 10;
    const size_t count = SPEECH_RATE * 9 / 10;
    int16_t *samples = calloc(count, sizeof *samples);
    if (samples == NULL) {
        return ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        double value = 0;
        for (size_t k = 0; k < 2; k++) {
            if (i >= k * step) {
                double t = (double)(i - k * step) / SPEECH_RATE;
                double attack = t < 0.01 ? t / 0.01 : 1;
                value += attack * exp(-5 * t) * sin(2 * PI * tones[k] * t);
            }
        }
        double left = (double)(count - i) / SPEECH_RATE;
        value *= left < 0.05 ? left / 0.05 : 1;
        samples[i] = (int16_t)(value * 9000);
    }
    *ret_sound = (struct speech_sound){.samples = samples, .count = count};
    return ERR_NONE;
}
