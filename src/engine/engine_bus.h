/* engine_bus: the tables of the bus, between its two files. */
#ifndef ENGINE_BUS_H
#define ENGINE_BUS_H

#include "bus.h"

struct sign_place {
    struct board_sign sign;
    uint64_t version;
};

struct calls_place {
    struct board_call calls[BOARD_CALL_MAX];
    int count;
    uint64_t version;
};

struct notice_place {
    char zh[BOARD_NOTICE_SIZE];
    char en[BOARD_NOTICE_SIZE];
};

struct rows_place {
    struct board_row rows[HALL_SERVICE_MAX];
    int count;
    uint64_t version;
};

struct pad_place {
    struct bus_pad pad;
    uint64_t version;
};

struct press_place {
    struct press_answer answer;
    uint64_t version; /* over all of them; 0 free */
};

struct bus_tables {
    struct sign_place signs[HALL_WINDOW_NO_MAX + 1]; /* by window number */
    struct calls_place calls[HALL_ZONE_MAX + 1];     /* by zone plus one: 0 is the hall */
    struct notice_place notices[BOARD_NOTICE_MAX];
    int notice_count;
    uint64_t notice_version;
    struct rows_place rows[HALL_ZONE_MAX + 1];     /* by zone plus one: 0 is the hall */
    struct pad_place pads[HALL_WINDOW_NO_MAX + 1]; /* by window number */
    struct press_place presses[BUS_PRESS_MAX];
    uint64_t press_version;
    struct bus_sim sims[BUS_SIM_MAX];
    int sim_count;
    uint64_t sim_version;
    struct bus_health healths[BUS_HEALTH_MAX];
    int health_count;
    struct bus_print prints[HALL_PRINTER_MAX]; /* version 0: nothing to print */
    int print_count;
    uint64_t print_version;
};

/* The tables may be touched until bus_unlock(). */
struct bus_tables *bus_lock(struct bus *bus);
void bus_unlock(struct bus *bus);

#endif
