/* bus: what the engine publishes after a commit: event frames for streams, desired signs for ports.
 *
 * Frames: a ring of the newest BUS_FRAME_MAX events, each printed once and shared by reference. A
 * reader keeps the sequence number it has seen; if the next one has left the ring, it must start
 * afresh from a view. Signs: one desired content per window and the last calls per zone, newest
 * only, each with a version. Readers sleep on their own eventfd, which the bus writes after each
 * publication. Any thread. */
#ifndef BUS_H
#define BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "err.h"
#include "hall.h"
#include "press.h"
#include "ticket.h"
#include "wire.h"

/* Two hours of a busy hall, about 4 MB with both texts; a page that was away longer re-reads its
 * view. */
#define BUS_FRAME_MAX 2048
#define BUS_LISTENER_MAX 128 /* http thread and at most one per port and printer */

/* One event as bytes ready for a stream ("id: ..\nevent: ..\ndata: ..\n\n"). Immutable once
 * published. */
struct bus_frame {
    int64_t seq; /* 0: derived (queue.updated), not kept in the ring's order of seq but delivered
                    once */
    int64_t at_ms;
    int32_t window;               /* 0 none */
    char service[HALL_CODE_SIZE]; /* "" none */
    int16_t zone;                 /* of the window; -1 none */
    char kind[32];                /* "ticket.called" */
    char ticket_id[TICKET_ID_SIZE];
    int references;          /* guarded by the bus */
    size_t staff_length;     /* bytes for staff and integration */
    size_t public_length;    /* bytes for displays; 0: not for the public */
    const char *staff_bytes; /* both owned by the frame */
    const char *public_bytes;
};

struct bus;

struct bus *bus_create(void);
void bus_destroy(struct bus *bus);

/* A listener's eventfd is written after each publication. Closed by bus_destroy. -1 when there are
 * too many. */
int bus_listen(struct bus *bus);
/* Gives the eventfd back (and closes it) before bus_destroy: ports come and go with the
 * configuration. */
void bus_unlisten(struct bus *bus, int listener);

/* Publishes a frame (copies the texts). Frames with seq > 0 come in order. Engine only.
 * ERR_NO_MEMORY: the ring is emptied, so that every reader starts afresh rather than miss one. */
MUST_USE enum err bus_publish(struct bus *bus, const struct bus_frame *frame);
/* Events up to `seq` were not published one by one: who has not seen them starts afresh. Engine
 * only. */
void bus_skip(struct bus *bus, int64_t seq);
/* Wakes the listeners: once per batch. Engine only. */
void bus_wake(struct bus *bus);

/* Position after the newest frame: where a new reader without a history begins. */
uint64_t bus_head(struct bus *bus);
/* Position right after the frame with that seq. ERR_NOT_FOUND when it is no longer (or not yet) in
 * the ring, except that the newest seq known is always found. */
MUST_USE enum err bus_seek(struct bus *bus, int64_t seq, uint64_t *ret_position);
/* Takes a reference to the frame at *position and moves on. ERR_TIMEOUT: nothing new. ERR_GONE: it
 * left the ring. Give it back with bus_release. */
MUST_USE enum err bus_take(struct bus *bus, uint64_t *position, const struct bus_frame **ret_frame);
void bus_release(struct bus *bus, const struct bus_frame *frame);
/* Newest seq published, 0 before the first. */
int64_t bus_last_seq(struct bus *bus);

/* Desired signs. Versions start at 1 and grow with each change; 0 is "never set". */
void bus_set_sign(struct bus *bus,
                  const struct board_sign *sign); /* by sign->window; engine only */
/* ERR_NOT_FOUND when that window was never set. */
MUST_USE enum err bus_get_sign(struct bus *bus, int32_t window, struct board_sign *ret_sign,
                               uint64_t *ret_version);
void bus_set_calls(struct bus *bus, int zone, const struct board_call *calls,
                   int count); /* zone -1: the hall */
int bus_get_calls(struct bus *bus, int zone, struct board_call calls[BOARD_CALL_MAX],
                  uint64_t *ret_version);

/* What else signs have to tell: the notices in force, in their order, and the lines of a zone's
 * welcome sign. Newest only. */
/* Copies the texts. At most BOARD_NOTICE_MAX. Engine only. */
void bus_set_notices(struct bus *bus, const struct board_notice *notices, int count);
/* One of them in one language, "" beyond the last; returns how many there are. */
int bus_get_notice(struct bus *bus, int index, bool latin, char text[BOARD_NOTICE_SIZE],
                   uint64_t *ret_version);
/* zone -1: the hall; at most HALL_SERVICE_MAX rows. Engine only. */
void bus_set_rows(struct bus *bus, int zone, const struct board_row *rows, int count);
/* Copies up to `max` from the row `first` on; returns how many there are in all. */
int bus_get_rows(struct bus *bus, int zone, int first, struct board_row *rows, int max,
                 uint64_t *ret_version);

/* What the pads of a window are told beside its sign. Newest only, as signs are. */
struct bus_pad {
    int32_t window;
    int32_t waiting; /* whom the window could call */
    int64_t asked;   /* grows with each invitation to rate; 0 none since the start */
};
/* By pad->window; the version grows only with a change. Engine only. */
void bus_set_pad(struct bus *bus, const struct bus_pad *pad);
/* ERR_NOT_FOUND when that window was never set. */
MUST_USE enum err bus_get_pad(struct bus *bus, int32_t window, struct bus_pad *ret_pad,
                              uint64_t *ret_version);
/* What came of the newest press of a keypad, by its code; of the BUS_PRESS_MAX that pressed last.
 * Any thread. */
#define BUS_PRESS_MAX 128
void bus_set_press(struct bus *bus, const struct press_answer *answer);
/* ERR_NOT_FOUND when there is none. */
MUST_USE enum err bus_get_press(struct bus *bus, const char *device,
                                struct press_answer *ret_answer, uint64_t *ret_version);

/* The slip that a printer shall make now: one at a time, the next one when the engine has its
 * result. */
struct bus_print {
    char printer[HALL_CODE_SIZE];
    char ticket_id[TICKET_ID_SIZE];
    int32_t copies; /* of the ticket when it was queued: names the job together with the ticket */
    bool uncertain; /* queued before the start: it may have come out already */
    int64_t age_ms; /* since it was queued, when published */
    struct wire_slip slip;
    uint64_t version; /* counted by the bus, over all printers */
};
/* By printer; NULL slip: nothing to print. At most HALL_PRINTER_MAX printers. Engine only. */
void bus_set_print(struct bus *bus, const char *printer, const struct bus_print *print);
/* The slip of that printer if it is another than that with version `seen`. ERR_NOT_FOUND: there is
 * none, ERR_TIMEOUT: still the same. */
MUST_USE enum err bus_get_print(struct bus *bus, const char *printer, uint64_t seen,
                                struct bus_print *ret_print);
/* Forgets all slips: another configuration may have other printers. Engine only. */
void bus_clear_prints(struct bus *bus);

/* Virtual displays (`sim:` links): the bytes last written to each, for the page that decodes them.
 */
#define BUS_SIM_MAX 128
#define BUS_SIM_BYTES 512
struct bus_sim {
    char name[HALL_CODE_SIZE];   /* of the sign (display code) */
    char driver[HALL_CODE_SIZE]; /* how to read the bytes */
    int32_t window;
    int32_t address;
    uint8_t bytes[BUS_SIM_BYTES];
    int length;
    int64_t frames;   /* how many were written since start; counted by the bus */
    uint64_t version; /* counted by the bus, over all displays */
};
/* By name; beyond BUS_SIM_MAX dropped. Device threads. */
void bus_set_sim(struct bus *bus, const struct bus_sim *sim);
/* Copies up to `max`, in the order in which they first came; returns how many. */
int bus_get_sims(struct bus *bus, struct bus_sim *sims, int max);
/* Forgets all: another configuration may have other displays. */
void bus_clear_sims(struct bus *bus);

/* Health of devices, as the thread of their port knows it. Times are clock_mono_ms(). */
enum bus_state {
    BUS_STATE_UNKNOWN, /* not tried yet */
    BUS_STATE_ONLINE,
    BUS_STATE_OFFLINE, /* no answer, or no port */
    BUS_STATE_FAULTY   /* it cannot show what it shall: settings, a refusal, garbled answers */
};
enum bus_trouble {
    BUS_TROUBLE_SILENT,     /* a frame without an answer */
    BUS_TROUBLE_GARBLED,    /* only answers that are none */
    BUS_TROUBLE_REFUSED,    /* "no, for good" */
    BUS_TROUBLE_PORT,       /* its port was lost, or could not be opened for the first time */
    BUS_TROUBLE_UNSHOWABLE, /* a content that the device has no means for */
    BUS_TROUBLE_COUNT
};
/* All displays, keypads and printers of a configuration. */
#define BUS_HEALTH_MAX 288
struct bus_health {
    char name[HALL_CODE_SIZE]; /* of the device */
    char driver[HALL_CODE_SIZE];
    char port[HALL_CODE_SIZE];
    char detail[64];
    enum bus_state state;
    int64_t since_ms;   /* of the state */
    int64_t known_ms;   /* when the state was last true for sure: an answer came or, where the
                           protocol has none, a frame was out and the port still open */
    int64_t last_ok_ms; /* last good frame; 0 never */
    int64_t frames;     /* written since the start */
    int64_t troubles[BUS_TROUBLE_COUNT];
    int64_t latency_us; /* of the last exchange that was acknowledged, */
    int64_t latency_sum_us;
    int64_t latency_count; /* 0: none was */
};
/* By name; beyond BUS_HEALTH_MAX dropped. Device threads. */
void bus_set_health(struct bus *bus, const struct bus_health *health);
/* Copies up to `max`, in the order in which they first came; returns how many. */
int bus_get_health(struct bus *bus, struct bus_health *healths, int max);
/* Forgets all: another configuration may have other devices. */
void bus_clear_health(struct bus *bus);

#endif
