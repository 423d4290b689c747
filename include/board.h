/* board: what a sign shall show: the desired content, as a value.
 *
 * The core says it per window (core_get_sign) and per zone (core_get_calls); device threads compare
 * it with what their sign shows. An LED driver encodes exactly this. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "hall.h"
#include "ticket.h"

#define BOARD_TEXT_SIZE 128
#define BOARD_DETAIL_SIZE 192
#define BOARD_CALL_MAX 20

enum board_state { BOARD_CLOSED, BOARD_IDLE, BOARD_CALLING, BOARD_SERVING, BOARD_PAUSED };

struct board_sign {
    int32_t window;
    enum board_state state;
    char number[TICKET_NUMBER_SIZE]; /* while calling or serving */
    int32_t calls; /* of this attempt: grows with a recall, so that signs blink again */
    int64_t since_ms;
    char text_zh[BOARD_TEXT_SIZE]; /* overrides the number where given */
    char text_en[BOARD_TEXT_SIZE];
    char detail_zh[BOARD_DETAIL_SIZE]; /* more to that text, for signs that have room or turn pages
                                        */
    char detail_en[BOARD_DETAIL_SIZE];
};

/* A notice; less than BOARD_NOTICE_SIZE bytes a text, "" where that language is missing. */
#define BOARD_NOTICE_MAX 64
#define BOARD_NOTICE_SIZE 2000
struct board_notice {
    const char *zh;
    const char *en;
};

/* A line of a welcome sign. */
struct board_row {
    char zh[BOARD_TEXT_SIZE];
    char en[BOARD_TEXT_SIZE];
};

struct board_call {
    char number[TICKET_NUMBER_SIZE];
    int32_t window;
    int32_t calls;
    int64_t at_ms;
    enum ticket_state state;
    bool priority; /* not of the default class */
};

const char *board_state_text(enum board_state state);
/* BOARD_PAUSED + 1 when unknown. */
enum board_state board_state_parse(const char *text);

/* What a driver that shows one line prints: the text (zh for `latin` false, en for true) if given,
 * else the number while calling or serving, else nothing. Points into `sign`. */
const char *board_line(const struct board_sign *sign, bool latin);

#endif
