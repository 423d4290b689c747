/* announcement: what is to be said in a zone, as a value.
 *
 * The core keeps one queue of these for each zone (core_voice.c); phrase.h makes words of one, the
 * voice pack sound of the words. Nobody is named: a number and a window. */
#ifndef ANNOUNCEMENT_H
#define ANNOUNCEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "hall.h"
#include "ticket.h"

enum announcement_kind {
    ANNOUNCEMENT_CALL,
    ANNOUNCEMENT_RECALL,
    ANNOUNCEMENT_TRANSFER, /* a waiting ticket is sent to one window */
    ANNOUNCEMENT_SOON,     /* those who are called next; `text` has their numbers, by commas */
    ANNOUNCEMENT_RATING,
    ANNOUNCEMENT_LOST,   /* lost property was found; window 0: at the service desk */
    ANNOUNCEMENT_RETURN, /* please return to that window */
    ANNOUNCEMENT_TEXT, /* anything else: spoken only where the pack has a clip of that very text */
    ANNOUNCEMENT_KIND_COUNT
};

#define ANNOUNCEMENT_PLAYER_SIZE 32
#define ANNOUNCEMENT_TEXT_SIZE TICKET_NOTE_SIZE

struct announcement {
    int64_t id; /* sequence number of its announcement.queued */
    enum announcement_kind kind;
    enum hall_place place;     /* how its window is spoken of */
    int32_t window;            /* number; 0 none */
    int32_t calls;             /* recall: which call this is, from 2 */
    int32_t visit;             /* slot; -1 none */
    char zone[HALL_CODE_SIZE]; /* "" in a hall without zones */
    char number[TICKET_NUMBER_SIZE];
    char lang[TICKET_LANG_SIZE]; /* "zh-CN", "en" or "zh-CN,en" */
    char text[ANNOUNCEMENT_TEXT_SIZE];
    int64_t queued_ms;
    int64_t started_ms;                    /* 0: not spoken yet */
    char player[ANNOUNCEMENT_PLAYER_SIZE]; /* who speaks it */
    bool late;                             /* an alert was raised for it */
    /* As the backlog behind it is now; from its start on, as it was then. */
    int32_t readings;
    bool chime;
};

/* "call", "recall", "transfer", "soon", "rating", "lost_property", "return_to_window", "text". */
const char *announcement_kind_text(enum announcement_kind kind);
/* ANNOUNCEMENT_KIND_COUNT when unknown. */
enum announcement_kind announcement_kind_parse(const char *text);

#endif
