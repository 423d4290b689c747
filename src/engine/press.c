/* press: the words for keys, and the rule against bouncing fingers. */
#include "press.h"

#include <stddef.h>
#include <string.h>

static const char *const words[PRESS_KEY_COUNT] = {
    [PRESS_NEXT] = "next",     [PRESS_RECALL] = "recall",     [PRESS_START] = "start",
    [PRESS_FINISH] = "finish", [PRESS_NO_SHOW] = "no_show",   [PRESS_PAUSE] = "pause",
    [PRESS_CALL] = "call",     [PRESS_END] = "end",           [PRESS_HOLD] = "hold",
    [PRESS_RESUME] = "resume", [PRESS_TRANSFER] = "transfer", [PRESS_INVITE] = "invite",
    [PRESS_RATE] = "rate",
};

enum press_key press_key_parse(const char *word)
{
    for (int i = 0; i < PRESS_KEY_COUNT; i++) {
        if (strcmp(words[i], word) == 0) {
            return (enum press_key)i;
        }
    }
    return PRESS_KEY_COUNT;
}

const char *press_key_text(enum press_key key)
{
    return key < PRESS_KEY_COUNT ? words[key] : NULL;
}

bool press_bounces(int64_t last_ms, int64_t now_ms)
{
    return now_ms - last_ms < PRESS_GUARD_MS;
}
