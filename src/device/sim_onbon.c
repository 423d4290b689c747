/* sim_onbon: a controller of Onbon's K series: acknowledges whole frames that ask for an answer,
 * and tells the texts of the areas that a frame updates. */
#include <string.h>

#include "device_sim_internal.h"

enum { GROUP_CONTROL = 0xa3, COMMAND_AREAS = 0x06, DELETE_ALL = 0xff };
enum { AT_REPLY = 2, AT_DELETES = 5, REPLY_WANTED = 1 };
enum { AREA_HEAD = 27, AT_AREA_TEXT_LENGTH = 23 };

static void answer(const struct led_onbon_frame *question, int nack, struct device_frame *frame)
{
    struct led_onbon_frame reply = {
        .to = question->from, .from = question->to, .device = question->device, .length = 5};

    reply.data[0] = 0xa0;
    reply.data[1] = (uint8_t)nack;
    reply.data[2] = nack != 0 ? 2 : 0; /* unknown command */
    led_onbon_pack(&reply, frame);
}

/* A text without its escapes: \FO000 and \FE000 choose fonts, \C1 a colour, \n is a new line. */
static size_t strip_escapes(const uint8_t *from, size_t length, uint8_t *to)
{
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        if (from[i] != '\\' || i + 1 == length) {
            to[at++] = from[i];
        } else if (from[i + 1] == 'F') {
            i += 5;
        } else if (from[i + 1] == 'C' || from[i + 1] == 'D') {
            i += 2;
        } else {
            to[at++] = ' ';
            i++;
        }
    }
    return at;
}

static void add_area(struct sim_heard *heard, const uint8_t *text, size_t length)
{
    uint8_t plain[ONBON_DATA_MAX];
    char utf8[SIM_TEXT_SIZE];
    size_t at = strlen(heard->text);

    sim_text_put(utf8, plain, strip_escapes(text, length, plain));
    if (at + strlen(utf8) + 4 < SIM_TEXT_SIZE) {
        memcpy(heard->text + at, " / ", at > 0 ? 3 : 0);
        memcpy(heard->text + at + (at > 0 ? 3 : 0), utf8, strlen(utf8) + 1);
    }
}

/* Deletes come first, then areas; a frame that is cut short in itself shows what it got to. */
static void take_areas(struct sim_heard *heard, const struct led_onbon_frame *frame)
{
    size_t deletes = frame->data[AT_DELETES];
    size_t at = AT_DELETES + 1 + (deletes == DELETE_ALL ? 0 : deletes);
    int areas = at < frame->length ? frame->data[at] : 0;

    heard->shows = true;
    at++;
    for (int i = 0; i < areas && at + 2 + AREA_HEAD <= frame->length; i++) {
        const uint8_t *area = frame->data + at + 2;
        size_t size = (size_t)(frame->data[at] | frame->data[at + 1] << 8);
        size_t length = (size_t)(area[AT_AREA_TEXT_LENGTH] | area[AT_AREA_TEXT_LENGTH + 1] << 8);
        if (size < AREA_HEAD || length > size - AREA_HEAD || at + 2 + size > frame->length) {
            return;
        }
        add_area(heard, area + AREA_HEAD, length);
        at += 2 + size;
    }
}

bool sim_onbon_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard)
{
    struct led_onbon_frame question;
    size_t used = 0;
    enum device_answer whole = led_onbon_unpack(bytes, length, &question, &used);

    if (whole == DEVICE_ANSWER_MORE) {
        heard->used = silent ? length : 0;
        return silent;
    }
    heard->used = used;
    if (whole != DEVICE_ANSWER_OK) {
        return true;
    }
    heard->whole = true;
    heard->address = question.to;
    if (question.length > AT_DELETES && question.data[0] == GROUP_CONTROL &&
        question.data[1] == COMMAND_AREAS) {
        take_areas(heard, &question);
    }
    if (question.length > AT_REPLY && question.data[AT_REPLY] == REPLY_WANTED) {
        answer(&question, 0, &heard->answer);
        answer(&question, 1, &heard->refusal);
    }
    return true;
}
