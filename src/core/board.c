/* board: the words for the states of a sign and the one line that a simple sign shows.
 *
 * Pure functions over struct board_sign; the order of the names is that of enum board_state. */
#include "board.h"

#include <assert.h>
#include <string.h>

#define STATE_COUNT (BOARD_PAUSED + 1)

static const char *const state_names[] = {"closed", "idle", "calling", "serving", "paused"};
_Static_assert(sizeof state_names / sizeof state_names[0] == STATE_COUNT, "one name per state");

const char *board_state_text(enum board_state state)
{
    assert((int)state >= 0 && (int)state < STATE_COUNT);
    return state_names[state];
}

enum board_state board_state_parse(const char *text)
{
    int i = 0;

    assert(text != NULL);
    while (i < STATE_COUNT && strcmp(text, state_names[i]) != 0) {
        i++;
    }
    return (enum board_state)i;
}

const char *board_line(const struct board_sign *sign, bool latin)
{
    assert(sign != NULL);
    const char *text = latin ? sign->text_en : sign->text_zh;

    if (text[0] != '\0') {
        return text;
    }
    if (sign->state == BOARD_CALLING || sign->state == BOARD_SERVING) {
        return sign->number;
    }
    return text; /* the empty string */
}
