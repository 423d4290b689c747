/* device_health: what the thread of a port knows of each of its devices: the state, the last good
 * frame, what went wrong how often, how long an answer takes.
 *
 * It belongs to the thread and goes to the bus as a value: at once when it changes, and each second
 * while nothing does, so that a thread that hangs shows in `known_ms`, which then stands still. A
 * device that never answers is known while its port is open and the last frame went out. */
#include "clock.h"
#include "device_internal.h"

#define PUBLISH_MS 1000

void device_health_init(struct device_health *health, const char *code, const char *driver,
                        const char *port, bool answers)
{
    int64_t now_ms = clock_mono_ms();

    *health = (struct device_health){.answers = answers, .changed = true};
    text_copy_cut(health->now.name, sizeof health->now.name, code);
    text_copy_cut(health->now.driver, sizeof health->now.driver, driver);
    text_copy_cut(health->now.port, sizeof health->now.port, port);
    health->now.since_ms = now_ms;
    health->now.known_ms = now_ms;
}

void device_health_set(struct device_health *health, enum bus_state state, const char *detail)
{
    if (health->now.state != state) {
        health->now.since_ms = clock_mono_ms();
    }
    health->now.state = state;
    health->changed = true;
    text_copy_cut(health->now.detail, sizeof health->now.detail, detail);
}

void device_health_heard(struct device_health *health)
{
    health->now.last_ok_ms = clock_mono_ms();
    health->changed = true;
}

void device_health_count(struct device_health *health, enum bus_trouble trouble)
{
    health->now.troubles[trouble]++;
    health->changed = true;
}

void device_health_note(struct device_health *health, enum device_outcome outcome, int64_t spent_us)
{
    struct bus_health *now = &health->now;

    now->frames++;
    health->changed = true;
    if (outcome == DEVICE_OUTCOME_OK) {
        now->last_ok_ms = clock_mono_ms();
        now->known_ms = now->last_ok_ms;
        if (health->answers) {
            now->latency_us = spent_us;
            now->latency_sum_us += spent_us;
            now->latency_count++;
        }
    } else if (outcome == DEVICE_OUTCOME_SILENT) {
        device_health_count(health, BUS_TROUBLE_SILENT);
    } else if (outcome == DEVICE_OUTCOME_GARBLED) {
        device_health_count(health, BUS_TROUBLE_GARBLED);
    } else if (outcome == DEVICE_OUTCOME_REFUSED) {
        device_health_count(health, BUS_TROUBLE_REFUSED);
    }
}

void device_health_publish(struct device_health *health, struct bus *bus, bool open)
{
    int64_t now_ms = clock_mono_ms();

    if (!health->changed && now_ms - health->published_ms < PUBLISH_MS) {
        return;
    }
    if (open && !health->answers && health->now.state == BUS_STATE_ONLINE) {
        health->now.known_ms = now_ms;
    }
    health->changed = false;
    health->published_ms = now_ms;
    bus_set_health(bus, &health->now);
}
