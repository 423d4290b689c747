/* fuzz_pad: any bytes as what arrives at a port with pads, the first byte of each pair as the pause
 * before the second: the stream stays within its bounds, and what it hears is really in the bytes.
 */
#ifndef FUZZ_PAD_H
#define FUZZ_PAD_H

#include <stdlib.h>
#include <string.h>

#include "pad.h"

static void fuzz_pad_check(const struct pad_said *said, const uint8_t *bytes, size_t length)
{
    size_t own = said->frame.length;

    if (own == 0 || own > PAD_FRAME_MAX || own > length ||
        memcmp(bytes + length - own, said->frame.bytes, own) != 0) {
        abort();
    }
}

static void fuzz_pad_play(const struct pad_driver *driver, const uint8_t *data, size_t size,
                          bool silence)
{
    static uint8_t heard[65536];
    struct pad_stream stream = {.length = 0};
    struct pad_said said;
    int64_t now_ms = 1000;

    for (size_t i = 0; 2 * i + 1 < size && i < sizeof heard; i++) {
        now_ms += data[2 * i];
        if (driver->settle != NULL && driver->settle(&stream, now_ms, &said)) {
            fuzz_pad_check(&said, heard, i);
        }
        heard[i] = data[2 * i + 1];
        if (driver->feed(&stream, heard[i], silence, now_ms, &said)) {
            fuzz_pad_check(&said, heard, i + 1);
        }
        if (stream.length > PAD_FRAME_MAX) {
            abort();
        }
    }
}

#endif
