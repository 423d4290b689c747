/* pad_list: the pad drivers there are, by name, and what their options have in common. A new driver
 * is one line here. */
#include <stdlib.h>
#include <string.h>

#include "device_internal.h"
#include "pad.h"

/* clang-format off */
static const struct pad_driver *const drivers[] = {
    &pad_ff68,
    &pad_qsystem,
};
/* clang-format on */

#define COUNT ((int)(sizeof drivers / sizeof drivers[0]))
#define CODES 256    /* keys and rating values are bytes */
#define CONFIRMED 10 /* what a key confirms is a digit */

const struct pad_driver *pad_driver_at(int index)
{
    return index >= 0 && index < COUNT ? drivers[index] : NULL;
}

const struct pad_driver *pad_find_driver(const char *name)
{
    for (int i = 0; i < COUNT; i++) {
        if (strcmp(drivers[i]->name, name) == 0) {
            return drivers[i];
        }
    }
    return NULL;
}

const char *pad_option(const struct wire_keypad *keypad, const char *key, const char *fallback)
{
    return device_find_option(keypad->options, keypad->option_count, key, fallback);
}

enum err pad_option_action(const struct wire_keypad *keypad, const char *key,
                           enum press_key fallback, enum press_key *ret_key)
{
    const char *word = pad_option(keypad, key, NULL);

    *ret_key = word == NULL ? fallback : press_key_parse(word);
    /* A keypad is the clerk's; a rating must not come from there. */
    bool known = word == NULL || strcmp(word, "none") == 0 ||
                 (*ret_key != PRESS_KEY_COUNT && *ret_key != PRESS_RATE);
    return known ? ERR_NONE : ERR_INVALID_OPTION;
}

enum err pad_option_transfer(const struct wire_keypad *keypad, char service[HALL_CODE_SIZE],
                             int32_t *ret_window)
{
    static const char to_service[] = "service:";
    static const char to_window[] = "window:";
    const char *text = pad_option(keypad, "transfer_to", "");

    service[0] = '\0';
    *ret_window = 0;
    if (text[0] == '\0') {
        return ERR_NONE;
    }
    if (strncmp(text, to_service, strlen(to_service)) == 0) {
        text += strlen(to_service);
        return text[0] != '\0' && text_copy(service, HALL_CODE_SIZE, text) == ERR_NONE
                   ? ERR_NONE
                   : ERR_INVALID_OPTION;
    }
    if (strncmp(text, to_window, strlen(to_window)) != 0) {
        return ERR_INVALID_OPTION;
    }
    text += strlen(to_window);
    if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 4) {
        return ERR_INVALID_OPTION;
    }
    *ret_window = (int32_t)strtol(text, NULL, 10);
    return *ret_window >= 1 && *ret_window <= HALL_WINDOW_NO_MAX ? ERR_NONE : ERR_INVALID_OPTION;
}

/* Every key there could be, so that a wrong word is known before somebody presses. */
static bool are_actions_right(const struct pad_driver *driver, const struct wire_keypad *keypad)
{
    for (int key = 0; key < CODES; key++) {
        for (int before = -1; before < CONFIRMED; before++) {
            struct pad_said said = {.rating = keypad->rating, .key = key, .before = before};
            enum press_key does = PRESS_KEY_COUNT;
            int32_t level = 0;
            if (driver->press(keypad, &said, &does, &level)) {
                return false;
            }
            if (keypad->rating) {
                break; /* nothing is confirmed there */
            }
        }
    }
    return true;
}

static bool are_words_right(const struct wire_keypad *keypad)
{
    return link_text_lists("start stars none", pad_option(keypad, "ask", "start")) &&
           link_text_lists("light text", pad_option(keypad, "shows", "light"));
}

static const char *find_fault(const struct wire_keypad *keypad)
{
    const struct pad_driver *driver = pad_find_driver(keypad->driver);
    char service[HALL_CODE_SIZE];
    int32_t window = 0;

    if (driver == NULL) {
        return "unknown driver";
    }
    if (keypad->rating && driver->ratings == NULL) {
        return "the driver has no rating pads";
    }
    if (keypad->address < driver->address_min || keypad->address > driver->address_max) {
        return "address out of the driver's range";
    }
    for (int i = 0; i < keypad->option_count; i++) {
        if (!link_text_lists(keypad->rating ? driver->ratings : driver->options,
                             keypad->options[i].key)) {
            return "option the driver does not have";
        }
    }
    if (!are_actions_right(driver, keypad) || !are_words_right(keypad) ||
        pad_option_transfer(keypad, service, &window)) {
        return "option with an impossible value";
    }
    return NULL;
}

enum err pad_check(const struct wire_keypad *keypad, const char **ret_reason)
{
    const char *fault = find_fault(keypad);

    if (fault == NULL) {
        return ERR_NONE;
    }
    *ret_reason = fault;
    return ERR_INVALID_OPTION;
}
