/* storm: 500 calls over 16 signs of two lines, whose cables are pulled and plugged in again 20
 * times while they come; and then what must be true. */
#ifndef STORM_H
#define STORM_H

#include <stdint.h>

#include "sign_hall.h"

#define STORM_LINES 2

struct storm_line {
    struct modbus_line *line; /* of half the signs each: 1 to 8, 9 to 16 */
    void (*pull)(struct storm_line *line);
    void (*plug)(struct storm_line *line);
    void *context; /* of these two */
};

/* The hall runs with signs led1 to led16 on the lines, all shown to be online. Fails when a sign
 * does not end on its desired content within two seconds of the last fault, or a line received
 * anything but whole frames, one after the other, none older than the one before. */
void storm_run(struct sign_hall *hall, struct storm_line lines[STORM_LINES], uint32_t seed);

#endif
