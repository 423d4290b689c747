/* wire_device: the health of signs, pads and printers in words. */
#include "wire_internal.h"

enum wire_device_state wire_device_state(const struct wire_device *device, int64_t now_ms)
{
    bool stale = now_ms - device->known_ms >= WIRE_DEVICE_KNOWN_MS;
    return device->state == WIRE_DEVICE_ONLINE && stale ? WIRE_DEVICE_UNKNOWN : device->state;
}

const char *wire_device_state_text(enum wire_device_state state)
{
    static const char *const names[] = {"reported", "unknown", "online", "offline", "faulty"};
    return names[state];
}

const char *wire_trouble_text(int trouble)
{
    static const char *const names[WIRE_TROUBLE_MAX] = {"silent", "garbled", "refused", "port",
                                                        "unshowable"};
    return names[trouble];
}

static void put_health(struct buf *buf, const struct wire_device *device)
{
    wire_put_text(buf, "driver", device->driver);
    wire_put_text(buf, "port", device->port);
    wire_put_time(buf, "last_ok_at", device->last_ok_ms);
    wire_open_object(buf, "errors");
    for (int i = 0; i < WIRE_TROUBLE_MAX; i++) {
        wire_put_int(buf, wire_trouble_text(i), device->troubles[i]);
    }
    wire_close_object(buf);
    wire_put_int(buf, "frames", device->frames);
    wire_put_count(buf, "latency_ms",
                   device->latency_us < 0 ? -1 : (device->latency_us + 500) / 1000);
}

void wire_view_put_devices(struct buf *buf, const struct wire_view *view)
{
    static const char *const papers[] = {"", "ok", "low", "out"};
    wire_open_array(buf, "devices");
    for (int i = 0; i < view->device_count; i++) {
        const struct wire_device *device = &view->devices[i];
        enum wire_device_state state = wire_device_state(device, view->now.ms);
        bool reported = state == WIRE_DEVICE_REPORTED;
        wire_open_object(buf, NULL);
        wire_put_text(buf, "code", device->code);
        wire_put_bool(buf, "online", reported ? device->online : state == WIRE_DEVICE_ONLINE);
        wire_put_time(buf, "since", device->since_ms);
        wire_put_text_or_null(buf, "detail", device->detail);
        wire_put_text_or_null(buf, "paper", papers[device->paper]);
        if (device->role[0] != '\0') {
            wire_put_text(buf, "role", device->role);
            wire_put_window_no(buf, "window", device->window);
        }
        if (!reported) {
            wire_put_text(buf, "state", wire_device_state_text(state));
            put_health(buf, device);
        }
        wire_close_object(buf);
    }
    wire_close_array(buf);
}
