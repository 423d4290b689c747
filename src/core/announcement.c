/* announcement: the words of its kinds. */
#include "announcement.h"

#include <string.h>

static const char *const kind_texts[ANNOUNCEMENT_KIND_COUNT] = {
    "call", "recall", "transfer", "soon", "rating", "lost_property", "return_to_window", "text"};

const char *announcement_kind_text(enum announcement_kind kind)
{
    return kind < ANNOUNCEMENT_KIND_COUNT ? kind_texts[kind] : "unknown";
}

enum announcement_kind announcement_kind_parse(const char *text)
{
    for (int i = 0; i < ANNOUNCEMENT_KIND_COUNT; i++) {
        if (strcmp(kind_texts[i], text) == 0) {
            return (enum announcement_kind)i;
        }
    }
    return ANNOUNCEMENT_KIND_COUNT;
}
