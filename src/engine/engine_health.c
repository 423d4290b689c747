/* engine_health: devices as the views and the metrics show them: what their ports know of them,
 * from the bus, in hall time.
 *
 * A port that hangs cannot report it: its news only grow old. So the state is taken anew whenever
 * somebody asks, and who asks with a version (If-None-Match) gets another one when any state has
 * changed since. */
#include <string.h>

#include "engine_internal.h"

_Static_assert(BUS_HEALTH_MAX == ENGINE_PORT_MAX, "all that the bus has");
_Static_assert((int)BUS_TROUBLE_COUNT == WIRE_TROUBLE_MAX, "the same kinds in the same order");
_Static_assert(BUS_TROUBLE_SILENT == 0 && BUS_TROUBLE_UNSHOWABLE == 4, "silent to unshowable");

static enum wire_device_state state_of(enum bus_state state)
{
    switch (state) {
    case BUS_STATE_ONLINE:
        return WIRE_DEVICE_ONLINE;
    case BUS_STATE_OFFLINE:
        return WIRE_DEVICE_OFFLINE;
    case BUS_STATE_FAULTY:
        return WIRE_DEVICE_FAULTY;
    case BUS_STATE_UNKNOWN:
        break;
    }
    return WIRE_DEVICE_UNKNOWN;
}

static struct wire_device *find_seen(struct engine *engine, const char *code)
{
    for (int i = 0; i < engine->seen_count; i++) {
        if (strcmp(engine->seen[i].code, code) == 0) {
            return &engine->seen[i];
        }
    }
    return NULL;
}

/* `ago_ms`: hall time less monotonic time. */
static void take_health(struct wire_device *device, const struct bus_health *health, int64_t ago_ms)
{
    *device = (struct wire_device){
        .state = state_of(health->state),
        .online = health->state == BUS_STATE_ONLINE,
        .since_ms = health->since_ms + ago_ms,
        .known_ms = health->known_ms + ago_ms,
        .last_ok_ms = health->last_ok_ms == 0 ? 0 : health->last_ok_ms + ago_ms,
        .frames = health->frames,
        .latency_us = health->latency_count == 0 ? -1 : health->latency_us,
    };
    text_copy_cut(device->code, sizeof device->code, health->name);
    text_copy_cut(device->driver, sizeof device->driver, health->driver);
    text_copy_cut(device->port, sizeof device->port, health->port);
    text_copy_cut(device->detail, sizeof device->detail, health->detail);
    memcpy(device->troubles, health->troubles, sizeof device->troubles);
}

/* A kiosk is heard of when it calls for help, and of that only while it does. */
static bool is_told(const struct wire_device *reported)
{
    return reported->since_ms != 0 || reported->paper_ms != 0 || reported->help_ms != 0;
}

/* What was reported beside: the time of the event is that of the log, and devices that no port
 * speaks of are shown as they were reported. */
static void take_reports(struct engine *engine)
{
    for (int i = 0; i < engine->device_count; i++) {
        const struct wire_device *reported = &engine->devices[i];
        struct wire_device *seen = find_seen(engine, reported->code);
        if (seen != NULL) {
            seen->paper = reported->paper;
            seen->paper_ms = reported->paper_ms;
            seen->help_ms = reported->help_ms;
        }
        if (seen != NULL && seen->state != WIRE_DEVICE_UNKNOWN &&
            seen->online == reported->online) {
            seen->since_ms = reported->since_ms;
        } else if (seen == NULL && is_told(reported) && engine->seen_count < ENGINE_DEVICE_MAX) {
            engine->seen[engine->seen_count++] = *reported;
        }
    }
}

/* Another number for every other list of states. */
static uint64_t states_digest(const struct engine *engine, int64_t now_ms)
{
    uint64_t digest = (uint64_t)engine->seen_count;
    for (int i = 0; i < engine->seen_count; i++) {
        const struct wire_device *device = &engine->seen[i];
        bool told = now_ms - device->known_ms >= WIRE_DEVICE_KNOWN_MS;
        enum wire_device_state state = wire_device_state(device, now_ms);
        unsigned kind = 2 * (unsigned)state + (state == WIRE_DEVICE_UNKNOWN && told ? 1 : 0);
        digest = (digest ^ kind) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return digest;
}

void engine_see_devices(struct engine *engine)
{
    int64_t now_ms = clock_now_ms(&engine->clock);
    int count = 0;
    if (engine->options.bus != NULL) {
        count = bus_get_health(engine->options.bus, engine->healths, BUS_HEALTH_MAX);
    }
    for (int i = 0; i < count; i++) {
        take_health(&engine->seen[i], &engine->healths[i], now_ms - clock_mono_ms());
    }
    engine->health_count = count;
    engine->seen_count = count;
    take_reports(engine);
    uint64_t digest = states_digest(engine, now_ms);
    engine->seen_version += digest != engine->seen_digest ? 1 : 0;
    engine->seen_digest = digest;
}

/* ---- metrics ---- */

static void head(struct buf *buf, const char *name, const char *type, const char *help)
{
    buf_printf(buf, "# HELP hallcall_device_%s %s\n# TYPE hallcall_device_%s %s\n", name, help,
               name, type);
}

static void print_counts(struct engine *engine, struct buf *buf)
{
    head(buf, "errors_total", "counter", "What went wrong with it, by kind.");
    for (int i = 0; i < engine->health_count; i++) {
        for (int kind = 0; kind < WIRE_TROUBLE_MAX; kind++) {
            buf_printf(buf, "hallcall_device_errors_total{device=\"%s\",kind=\"%s\"} %lld\n",
                       engine->healths[i].name, wire_trouble_text(kind),
                       (long long)engine->healths[i].troubles[kind]);
        }
    }
    head(buf, "frames_total", "counter", "Frames written to it.");
    for (int i = 0; i < engine->health_count; i++) {
        buf_printf(buf, "hallcall_device_frames_total{device=\"%s\"} %lld\n",
                   engine->healths[i].name, (long long)engine->healths[i].frames);
    }
}

static void print_times(struct engine *engine, struct buf *buf)
{
    int64_t ago_ms = clock_wall_ms() - clock_mono_ms();
    head(buf, "latency_seconds", "summary", "From a frame to its acknowledgement.");
    for (int i = 0; i < engine->health_count; i++) {
        const struct bus_health *health = &engine->healths[i];
        buf_printf(buf,
                   "hallcall_device_latency_seconds_sum{device=\"%s\"} %.6f\n"
                   "hallcall_device_latency_seconds_count{device=\"%s\"} %lld\n",
                   health->name, (double)health->latency_sum_us / 1e6, health->name,
                   (long long)health->latency_count);
    }
    head(buf, "last_ok_timestamp_seconds", "gauge", "When the last good frame was, by the clock.");
    for (int i = 0; i < engine->health_count; i++) {
        const struct bus_health *health = &engine->healths[i];
        if (health->last_ok_ms != 0) {
            buf_printf(buf, "hallcall_device_last_ok_timestamp_seconds{device=\"%s\"} %.3f\n",
                       health->name, (double)(health->last_ok_ms + ago_ms) / 1e3);
        }
    }
}

void engine_print_device_metrics(struct engine *engine, struct buf *buf)
{
    int64_t now_ms = clock_now_ms(&engine->clock);
    engine_see_devices(engine);
    head(buf, "up", "gauge", "1 when the device answers, or where it never does is written to.");
    for (int i = 0; i < engine->seen_count; i++) {
        const struct wire_device *device = &engine->seen[i];
        enum wire_device_state state = wire_device_state(device, now_ms);
        bool up = state == WIRE_DEVICE_REPORTED ? device->online : state == WIRE_DEVICE_ONLINE;
        buf_printf(buf, "hallcall_device_up{device=\"%s\"", device->code);
        if (device->role[0] != '\0') {
            buf_printf(buf, ",role=\"%s\"", device->role);
        }
        buf_printf(buf, "} %d\n", up ? 1 : 0);
    }
    print_counts(engine, buf);
    print_times(engine, buf);
}
