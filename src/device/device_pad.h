/* device_pad: one pad: what it said, what it shall show, and so what it needs next. Pure decisions
 * over a struct, as device_sign is for signs; times are clock_mono_ms().
 *
 * And device_pads: the pads of a worker and what is heard on its port. */
#ifndef DEVICE_PAD_H
#define DEVICE_PAD_H

#include "bus.h"
#include "device_health.h"
#include "pad.h"

#define DEVICE_PAD_ONCE_MAX 2

struct device_pad {
    struct wire_keypad keypad;
    const struct pad_driver *driver; /* NULL with a fault */
    const char *fault;               /* why it can never be used; NULL none */

    /* Said. */
    struct pad_frame last;
    int64_t last_ms;
    struct pad_frame answer;
    bool answer_due;
    int64_t answered_ms;
    struct press press;
    bool press_due;
    bool pressed; /* `press_ms` counts against the next press */
    int64_t press_ms;

    /* To show: from the bus. */
    bool primed; /* what the bus said before us is not news */
    uint64_t sign_version, told_version, answer_version;
    struct pad_view view;
    struct bus_pad told;
    struct press_answer result; /* of the newest press */
    bool result_news;           /* not logged yet */
    int64_t refused_until_ms;   /* 0: not refused */
    struct pad_frame frames[PAD_SHOW_MAX];
    int frame_count;
    int next; /* the frame to write next; frame_count: all is shown */
    struct pad_frame once[DEVICE_PAD_ONCE_MAX]; /* sounds and questions: written once */
    int once_count;
    int64_t refresh_ms;

    /* Health: a pad cannot be asked. */
    struct device_health health;
    bool heard; /* since the port was opened */
    bool reported;
    bool online;
    const char *detail;
};

void device_pad_init(struct device_pad *pad, const struct wire_keypad *keypad);
/* Takes what it said: what must be answered, and what was pressed. A key repeated within 300 ms is
 * the same press, and is answered once in that time at most; any within 1.5 s is a bounce. */
void device_pad_take(struct device_pad *pad, const struct pad_said *said, int64_t now_ms);
/* Takes what the bus says. */
void device_pad_update(struct device_pad *pad, struct bus *bus, int64_t now_ms);
/* The press is refused without asking anybody. */
void device_pad_refuse(struct device_pad *pad, int64_t now_ms);
/* The frame to write now; NULL when there is none, with the time to ask again. */
const struct pad_frame *device_pad_due(const struct device_pad *pad, int64_t now_ms,
                                       int64_t *ret_ms);
/* That frame was written. */
void device_pad_written(struct device_pad *pad, int64_t now_ms);
/* The port is open afresh: nothing is known of what the pad shows. */
void device_pad_forget(struct device_pad *pad);

/* ---- the pads of a port (device_pads.c) ---- */

#define DEVICE_STREAM_MAX 2 /* as there are drivers */
#define DEVICE_ECHO_MAX 32  /* more than go out while an echo is on its way */

/* A frame of ours that may come back as if a pad had said it. */
struct device_echo {
    struct pad_frame frame;
    int64_t until_ms; /* 0: came back, or never sent */
};

struct device_pads {
    struct device_pad *list; /* owned */
    int count;
    const struct pad_driver *drivers[DEVICE_STREAM_MAX];
    struct pad_stream streams[DEVICE_STREAM_MAX];
    int stream_count;
    struct device_echo echoes[DEVICE_ECHO_MAX];
    int echo_next;
    uint8_t strangers[256 / 8]; /* bits of addresses without a pad: said once */
    bool wrote_last;            /* a frame for a pad: a call goes before the next one */
};

#endif
