/* device_health: what a worker knows of one of its devices, on its way to the bus. */
#ifndef DEVICE_HEALTH_H
#define DEVICE_HEALTH_H

#include "bus.h"

struct device_health {
    struct bus_health now;
    bool answers;         /* silence means something */
    bool changed;         /* `now` is not on the bus yet */
    int64_t published_ms; /* when it was put there */
};

/* Nothing is known yet. */
void device_health_init(struct device_health *health, const char *code, const char *driver,
                        const char *port, bool answers);
void device_health_set(struct device_health *health, enum bus_state state, const char *detail);
/* It spoke by itself: a pad. */
void device_health_heard(struct device_health *health);
void device_health_count(struct device_health *health, enum bus_trouble trouble);
/* Puts it on the bus when it changed, or a second has passed. `open`: the port is. */
void device_health_publish(struct device_health *health, struct bus *bus, bool open);

#endif
