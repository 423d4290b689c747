/* device_sim: signs without hardware: takes the bytes that a host sends, answers as such a sign
 * does, and says in words what would show.
 *
 * No port, no clock: bytes and time come in, bytes and lines come out. The faults of a line are
 * drawn from the seed, so the same bytes at the same times meet the same faults. One thread. */
#ifndef DEVICE_SIM_H
#define DEVICE_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define DEVICE_SIM_ADDRESS_MAX 64
#define DEVICE_SIM_LINE_SIZE 640

struct device_sim_options {
    const char *driver;                    /* borrowed for the call */
    int addresses[DEVICE_SIM_ADDRESS_MAX]; /* of the signs on the line */
    int address_count;                     /* 0: one at every address */
    int delay_ms;                          /* before an answer */
    int drop_percent;                      /* frames or answers lost, one as often as the other */
    int noise_percent;                     /* answers with a wrong, missing or extra byte */
    uint64_t seed;
    bool refuse; /* every frame, as a wrong model does */
};

struct device_sim;

/* ERR_INVALID_OPTION: no such driver; ERR_NO_MEMORY. */
MUST_USE enum err device_sim_create(const struct device_sim_options *options,
                                    struct device_sim **ret_sim);
void device_sim_destroy(struct device_sim *sim);
/* Bytes arrived. They may be split or joined anywhere. */
void device_sim_take(struct device_sim *sim, const uint8_t *bytes, size_t length, int64_t now_ms);
/* The next change of what shows, in words, without a line end. False: there is none. */
bool device_sim_line(struct device_sim *sim, int64_t now_ms, char line[DEVICE_SIM_LINE_SIZE]);
/* Bytes that are due to be sent; 0 none. */
size_t device_sim_send(struct device_sim *sim, int64_t now_ms, uint8_t *bytes, size_t size);
/* When one of the two has something without more bytes; INT64_MAX: never. */
int64_t device_sim_due_ms(const struct device_sim *sim);
/* The line was cut: half frames and waiting answers are gone, what shows stays. */
void device_sim_cut(struct device_sim *sim);

#endif
