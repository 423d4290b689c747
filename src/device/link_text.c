/* link_text: takes the text of a link apart: "name?key=value&key=value".
 *
 * Values are not decoded: device paths, host names and numbers need no escapes. */
#include <string.h>

#include "buf.h"
#include "device_internal.h"

bool link_text_lists(const char *list, const char *word)
{
    size_t length = strlen(word);

    while (*list != '\0' && length > 0) {
        size_t item = strcspn(list, " ");
        if (item == length && memcmp(list, word, length) == 0) {
            return true;
        }
        list += item;
        list += strspn(list, " ");
    }
    return false;
}

static enum err copy_part(char *dst, size_t size, const char *from, size_t length)
{
    if (length == 0 || length >= size) {
        return ERR_INVALID_OPTION;
    }
    memcpy(dst, from, length);
    dst[length] = '\0';
    return ERR_NONE;
}

static enum err parse_option(struct link_text *text, const char *pair, size_t length,
                             const char *known)
{
    const char *equals = memchr(pair, '=', length);

    if (equals == NULL || text->option_count == LINK_OPTION_MAX) {
        return ERR_INVALID_OPTION;
    }
    struct wire_option *option = &text->options[text->option_count];
    size_t key_length = (size_t)(equals - pair);
    enum err err = copy_part(option->key, sizeof option->key, pair, key_length);
    if (err) {
        return err;
    }
    err = copy_part(option->value, sizeof option->value, equals + 1, length - key_length - 1);
    if (err) {
        return err;
    }
    if (!link_text_lists(known, option->key)) {
        return ERR_INVALID_OPTION;
    }
    text->option_count++;
    return ERR_NONE;
}

enum err link_text_parse(struct link_text *text, const char *target, const char *known)
{
    size_t length = strcspn(target, "?");
    enum err err = copy_part(text->name, sizeof text->name, target, length);

    text->option_count = 0;
    if (err || target[length] == '\0') {
        return err;
    }
    const char *pair = target + length + 1;
    for (int i = 0; i <= LINK_OPTION_MAX; i++) {
        size_t pair_length = strcspn(pair, "&");
        err = parse_option(text, pair, pair_length, known);
        if (err || pair[pair_length] == '\0') {
            return err;
        }
        pair += pair_length + 1;
    }
    return ERR_INVALID_OPTION;
}

const char *link_text_get(const struct link_text *text, const char *key, const char *fallback)
{
    for (int i = 0; i < text->option_count; i++) {
        if (strcmp(text->options[i].key, key) == 0) {
            return text->options[i].value;
        }
    }
    return fallback;
}
