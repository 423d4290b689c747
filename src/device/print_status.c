/* print_status: what an ESC/POS printer says of itself.
 *
 * Three things come over one line and are told apart by their fixed bits. The answer to a question
 * is one byte with (b & 93h) == 12h. A status nobody asked for is four bytes, the first with
 * (b & 93h) == 10h, the others with bits 4 and 7 clear. XON (11h) and XOFF (13h) of the flow
 * control are neither, and may stand between the four. Any other byte, like the 00h with which a
 * clone answers everything, is no status. */
#include <string.h>

#include "device_print.h"

#define FIXED_BITS 0x93
#define FIXED_ANSWER 0x12
#define FIXED_CHANGE 0x10
#define FIXED_FOLLOWING 0x90 /* clear in all bytes but the first */
#define XON 0x11
#define XOFF 0x13

static bool has(uint8_t byte, unsigned bits)
{
    return (byte & bits) != 0;
}

static void take_answer(struct print_status *status, int question, uint8_t byte)
{
    switch (question) {
    case 1:
        status->offline = has(byte, 0x08);
        break;
    case 2:
        status->cover_open = has(byte, 0x04);
        status->paper_out = has(byte, 0x20);
        status->error = has(byte, 0x40);
        break;
    case 3:
        status->cutter = has(byte, 0x08);
        status->broken = has(byte, 0x20);
        status->waiting = has(byte, 0x40);
        break;
    default:
        status->paper_low = has(byte, 0x0c);
        status->paper_out = has(byte, 0x60);
        break;
    }
}

static void take_change(struct print_status *status, const uint8_t bytes[4])
{
    *status = (struct print_status){.offline = has(bytes[0], 0x08),
                                    .cover_open = has(bytes[0], 0x20),
                                    .error = has(bytes[1], 0x04),
                                    .cutter = has(bytes[1], 0x08),
                                    .broken = has(bytes[1], 0x20),
                                    .waiting = has(bytes[1], 0x40),
                                    .paper_low = has(bytes[2], 0x03),
                                    .paper_out = has(bytes[2], 0x0c)};
}

enum print_heard print_reader_take(struct print_reader *reader, uint8_t byte)
{
    if (byte == XON || byte == XOFF) {
        return PRINT_HEARD_NOTHING;
    }
    if (reader->change_length > 0 && !has(byte, FIXED_FOLLOWING)) {
        reader->change[reader->change_length++] = byte;
        if (reader->change_length < 4) {
            return PRINT_HEARD_NOTHING;
        }
        reader->change_length = 0;
        take_change(&reader->status, reader->change);
        return PRINT_HEARD_CHANGE;
    }
    reader->change_length = 0; /* what was begun is broken off */
    if ((byte & FIXED_BITS) == FIXED_CHANGE) {
        reader->change[0] = byte;
        reader->change_length = 1;
        return PRINT_HEARD_NOTHING;
    }
    if ((byte & FIXED_BITS) == FIXED_ANSWER && reader->asked != 0) {
        take_answer(&reader->status, reader->asked, byte);
        reader->asked = 0;
        return PRINT_HEARD_ANSWER;
    }
    return PRINT_HEARD_NOTHING;
}

/* Paper near its end, and a head that cools down, do not keep it from printing. */
bool print_status_ready(const struct print_status *status)
{
    return !status->offline && !status->cover_open && !status->paper_out && !status->cutter &&
           !status->broken && !status->error;
}

const char *print_status_text(const struct print_status *status)
{
    return status->cover_open  ? "cover open"
           : status->paper_out ? "paper out"
           : status->cutter    ? "cutter blocked"
           : status->broken    ? "broken: switch it off and on"
           : status->waiting   ? "head too hot"
           : status->error     ? "error"
           : status->offline   ? "off line"
                               : "";
}
