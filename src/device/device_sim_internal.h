/* device_sim_internal: the other end of a protocol, and what one sign of it shows. */
#ifndef DEVICE_SIM_INTERNAL_H
#define DEVICE_SIM_INTERNAL_H

#include "device_internal.h"
#include "device_sim.h"

#define SIM_TEXT_SIZE 512

/* What was heard. */
struct sim_heard {
    size_t used;                 /* bytes it took */
    bool whole;                  /* a good frame; else noise to be thrown away */
    bool shows;                  /* it changes what shows */
    int address;                 /* whose; 0 also where the protocol has none */
    int row;                     /* of a wall; 0 the whole sign */
    char text[SIM_TEXT_SIZE];    /* UTF-8; empty: dark */
    const char *state;           /* as the protocol tells it; NULL: it does not */
    struct device_frame answer;  /* empty: none */
    struct device_frame refusal; /* the same from a device that cannot do it; empty: none */
};

/* One row for each protocol that can be simulated, in sim_list.c. */
struct sim_codec {
    const char *driver; /* as in the configuration */
    /* The next frame at the front of the bytes. False: more must come first. `silent`: nothing
     * came for a while, which ends a frame where nothing else does. */
    bool (*take)(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard);
};

/* Never NULL: a protocol without a row of its own is told as text and bytes. */
const struct sim_codec *sim_find_codec(const char *driver);

bool sim_modbus_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard);
bool sim_onbon_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard);
bool sim_dump_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard);
bool sim_kanban_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard);
bool sim_qsystem_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard);
bool sim_bytes_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard);

/* Text of a sign in UTF-8, without control characters; what is in no charset is left out. */
void sim_text_put(char text[SIM_TEXT_SIZE], const uint8_t *bytes, size_t length);

/* ---- one sign ----
 *
 * A protocol without states shows a call by blinking: text and dark take turns within a second. */
struct sim_screen {
    int address, row;
    char text[SIM_TEXT_SIZE];
    const char *state;
    bool dark;
    bool blinking;
    int64_t changed_ms; /* between text and dark, or to another text */
    bool due;           /* something may be to be said */
    bool told;          /* `said` was */
    char said[SIM_TEXT_SIZE];
    const char *said_state;
};
void sim_screen_take(struct sim_screen *screen, const struct sim_heard *heard, int64_t now_ms);
/* What is to be said of it now; false: nothing new. */
bool sim_screen_line(struct sim_screen *screen, int64_t now_ms, char line[DEVICE_SIM_LINE_SIZE]);
int64_t sim_screen_due_ms(const struct sim_screen *screen);

#endif
