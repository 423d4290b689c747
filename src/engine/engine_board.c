/* engine_board: puts on the bus what signs shall show: windows, the last calls, and for signs that
 * tell more the notices in force and the services that are open.
 *
 * Windows and calls follow each commit. The rest depends on the time of day as well and is looked
 * at again every TEXTS_EVERY_MS, and only where a display asks for it. */
#include <string.h>

#include "clock.h"
#include "engine_internal.h"

#define TEXTS_EVERY_MS 2000

static void publish_calls(struct engine *engine)
{
    struct board_call calls[BOARD_CALL_MAX];
    const struct hall *hall = core_hall(engine->core);
    for (int zone = -1; zone < hall->zone_count; zone++) {
        int count = core_get_calls(engine->core, zone, calls, BOARD_CALL_MAX);
        bus_set_calls(engine->options.bus, zone, calls, count);
    }
    engine->calls_dirty = false;
}

/* A window that is not served says so as long as the hall is open. */
static void say_words(struct engine *engine, int window, struct board_sign *sign)
{
    struct core_window_info info;
    struct core_now now = engine_now(engine);
    if (core_day_is_open(engine->core) && !core_hall(engine->core)->windows[window].retired) {
        core_get_window(engine->core, &now, window, false, &info);
        wire_sign_words(sign, info.reason, info.until_ms, now.offset_s);
    }
}

static void publish_windows(struct engine *engine)
{
    const struct hall *hall = core_hall(engine->core);
    for (int w = 0; w < hall->window_count; w++) {
        if (engine->windows_dirty[w]) {
            struct board_sign sign;
            core_get_sign(engine->core, w, &sign);
            say_words(engine, w, &sign);
            bus_set_sign(engine->options.bus, &sign);
            engine->windows_dirty[w] = false;
        }
    }
}

static void publish_welcome(struct engine *engine, const struct core_now *now, int zone)
{
    struct board_row rows[HALL_SERVICE_MAX];
    int count = wire_sign_welcome(engine->core, now, zone, rows);
    bus_set_rows(engine->options.bus, zone, rows, count);
}

/* Only what some display shows. */
static void publish_texts(struct engine *engine)
{
    const struct hall *hall = core_hall(engine->core);
    struct core_now now = engine_now(engine);
    bool noticed = false;
    bool any = false;
    bool welcome[HALL_ZONE_MAX + 1] = {false};
    for (int i = 0; i < wire_config_display_count(engine->config); i++) {
        const struct wire_display *display = wire_config_display(engine->config, i);
        noticed = noticed || display->notices;
        if (display->welcome) {
            any = true;
            welcome[hall_find_zone(hall, display->zone) + 1] =
                true; /* "*" is not found: the hall */
        }
    }
    for (int zone = -1; zone < hall->zone_count; zone++) {
        if (welcome[zone + 1]) {
            publish_welcome(engine, &now, zone);
        }
    }
    if (noticed) {
        struct board_notice notices[BOARD_NOTICE_MAX];
        int count = wire_sign_notices(engine->config, &now, notices);
        bus_set_notices(engine->options.bus, notices, count);
    }
    engine->texts_due_ms = noticed || any ? clock_mono_ms() + TEXTS_EVERY_MS : INT64_MAX;
}

void engine_publish_signs(struct engine *engine)
{
    publish_windows(engine);
    if (engine->calls_dirty) {
        publish_calls(engine);
    }
    if (clock_mono_ms() >= engine->texts_due_ms) {
        publish_texts(engine);
    }
}

void engine_publish_all_signs(struct engine *engine)
{
    memset(engine->windows_dirty, 1, sizeof engine->windows_dirty);
    engine->calls_dirty = true;
    engine->texts_due_ms = 0;
    engine_publish_pads(engine, true);
    engine_publish_signs(engine);
    engine_forget_prints(engine);
    engine_publish_prints(engine);
    bus_wake(engine->options.bus);
}
