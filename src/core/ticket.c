/* ticket: words, ids and numbers of tickets. */
#include "ticket.h"

#include <string.h>

#include "buf.h"

static const char *const state_texts[TICKET_STATE_COUNT] = {
    "booked", "waiting",     "called",    "serving",   "held",    "no_show",
    "done",   "transferred", "abandoned", "cancelled", "expired", "void",
};

const char *ticket_state_text(enum ticket_state state)
{
    return state < TICKET_STATE_COUNT ? state_texts[state] : "unknown";
}

enum ticket_state ticket_state_parse(const char *text)
{
    for (int i = 0; i < TICKET_STATE_COUNT; i++) {
        if (strcmp(state_texts[i], text) == 0) {
            return (enum ticket_state)i;
        }
    }
    return TICKET_STATE_COUNT;
}

bool ticket_state_is_final(enum ticket_state state)
{
    return state >= TICKET_DONE;
}

const char *ticket_print_text(enum ticket_print print)
{
    static const char *const texts[] = {"none", "queued", "printed", "failed"};
    return texts[print];
}

/* Crockford's base 32: no I, L, O, U, so that an id survives being read aloud. Sorts like the
 * number. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#define ID_TIME_LENGTH 10 /* 50 bits of milliseconds: until the year 37,000 */
#define ID_DAY_LENGTH 4   /* 20 bits of days */
#define ID_SLOT_LENGTH 5  /* 25 bits of slots */
_Static_assert(ID_TIME_LENGTH + ID_DAY_LENGTH + ID_SLOT_LENGTH + 1 == TICKET_ID_SIZE,
               "the id fills its array");

static void put_digits(char *text, int64_t value, int length)
{
    for (int i = length - 1; i >= 0; i--) {
        text[i] = digits[value & 31];
        value >>= 5;
    }
}

static bool get_digits(const char *text, int length, int64_t *ret_value)
{
    int64_t value = 0;
    for (int i = 0; i < length; i++) {
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
        if (digit == NULL) {
            return false;
        }
        value = value << 5 | (digit - digits);
    }
    *ret_value = value;
    return true;
}

void ticket_id_make(int64_t issued_ms, int32_t day, int32_t slot, char id[TICKET_ID_SIZE])
{
    put_digits(id, issued_ms, ID_TIME_LENGTH);
    put_digits(id + ID_TIME_LENGTH, day, ID_DAY_LENGTH);
    put_digits(id + ID_TIME_LENGTH + ID_DAY_LENGTH, slot, ID_SLOT_LENGTH);
    id[TICKET_ID_SIZE - 1] = '\0';
}

enum err ticket_id_read(const char *id, int64_t *ret_issued_ms, int32_t *ret_day, int32_t *ret_slot)
{
    int64_t issued;
    int64_t day;
    int64_t slot;
    if (strlen(id) != TICKET_ID_SIZE - 1 || !get_digits(id, ID_TIME_LENGTH, &issued) ||
        !get_digits(id + ID_TIME_LENGTH, ID_DAY_LENGTH, &day) ||
        !get_digits(id + ID_TIME_LENGTH + ID_DAY_LENGTH, ID_SLOT_LENGTH, &slot)) {
        return ERR_NOT_FOUND;
    }
    *ret_issued_ms = issued;
    *ret_day = (int32_t)day;
    *ret_slot = (int32_t)slot;
    return ERR_NONE;
}

void ticket_number_make(const char *prefix, int32_t value, int32_t last,
                        char number[TICKET_NUMBER_SIZE])
{
    int width = 1;
    for (int32_t rest = last / 10; rest > 0 && width < 6; rest /= 10) {
        width += 1;
    }
    size_t length = strnlen(prefix, HALL_PREFIX_SIZE - 1);
    memcpy(number, prefix, length);
    for (int i = width - 1; i >= 0; i--) {
        number[length + (size_t)i] = (char)('0' + value % 10);
        value /= 10;
    }
    number[length + (size_t)width] = '\0';
}
