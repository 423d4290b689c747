/* wire_view: what kiosks and hall displays show, printed from the core on the engine's thread.
 *
 * Every view begins with `seq`, the number of the last event it contains: a page reads its view
 * once and then follows the events after it. Retired services and windows are left out. */
#include <string.h>

#include "wire_config_internal.h"
#include "wire_internal.h"

void wire_view_put_head(struct buf *buf, const struct wire_view *view)
{
    wire_put_int(buf, "seq", core_next_seq(view->core) - 1);
    wire_put_time(buf, "now", view->now.ms);
}

static void put_hall(struct buf *buf, const struct hall *hall)
{
    wire_open_object(buf, "hall");
    wire_put_text(buf, "code", hall->code);
    wire_put_names(buf, "name", &hall->name);
    wire_close_object(buf);
}

static void put_notices(struct buf *buf, const struct wire_view *view)
{
    wire_put_key(buf, "notices");
    wire_config_print_notices_at(buf, view->config, &view->now);
}

/* ---- kiosk ---- */

/* Is this service the first one of its group? Then the group is printed with it. */
static bool is_first_of_group(const struct hall *hall, int index)
{
    const char *group = hall->services[index].group;
    for (int i = 0; i < index; i++) {
        if (!hall->services[i].retired && strcmp(hall->services[i].group, group) == 0) {
            return false;
        }
    }
    return group[0] != '\0';
}

static void put_groups(struct buf *buf, const struct hall *hall)
{
    wire_open_array(buf, "groups");
    for (int i = 0; i < hall->service_count; i++) {
        if (!hall->services[i].retired && is_first_of_group(hall, i)) {
            wire_open_object(buf, NULL);
            wire_put_text(buf, "code", hall->services[i].group);
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
}

static void put_kiosk_service(struct buf *buf, const struct wire_view *view,
                              const struct hall_service *service, int index)
{
    struct core_service_info info;
    core_get_service(view->core, &view->now, index, &info);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "code", service->code);
    wire_put_text_or_null(buf, "group", service->group);
    wire_put_names(buf, "name", &service->name);
    wire_put_text(buf, "prefix", service->prefix);
    wire_put_int(buf, "waiting", info.waiting);
    wire_put_eta(buf, "eta", &info.eta);
    wire_put_bool(buf, "open", info.open);
    wire_put_text_or_null(buf, "reason", info.reason);
    wire_put_text_or_null(buf, "code_reason", info.open ? "" : err_slug(info.closed_by));
    wire_put_bool(buf, "fast", service->fast);
    wire_close_object(buf);
}

static void put_classes(struct buf *buf, const struct hall *hall)
{
    static const char *const basis[] = {"self", "card", "staff"};
    wire_open_array(buf, "classes");
    for (int i = 0; i < hall->class_count; i++) {
        wire_open_object(buf, NULL);
        wire_put_text(buf, "code", hall->classes[i].code);
        wire_put_names(buf, "name", &hall->classes[i].name);
        wire_put_text(buf, "basis", basis[hall->classes[i].basis]);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

void wire_view_kiosk(struct buf *buf, const struct wire_view *view)
{
    const struct hall *hall = core_hall(view->core);
    wire_open_object(buf, NULL);
    wire_view_put_head(buf, view);
    put_hall(buf, hall);
    wire_put_bool(buf, "open", core_day_is_open(view->core) && !view->read_only);
    wire_put_day(buf, "day", core_day(view->core));
    put_groups(buf, hall);
    wire_open_array(buf, "services");
    for (int i = 0; i < hall->service_count; i++) {
        if (!hall->services[i].retired) {
            put_kiosk_service(buf, view, &hall->services[i], i);
        }
    }
    wire_close_array(buf);
    put_classes(buf, hall);
    put_notices(buf, view);
    wire_close_object(buf);
}

/* ---- display ---- */

static void put_display_window(struct buf *buf, const struct wire_view *view,
                               const struct hall_window *window, int index)
{
    struct core_window_info info;
    struct board_sign sign;
    core_get_window(view->core, &view->now, index, false, &info);
    core_get_sign(view->core, index, &sign);
    bool paused = info.state == CORE_WINDOW_PAUSED;
    wire_open_object(buf, NULL);
    wire_put_int(buf, "no", window->no);
    wire_put_names(buf, "name", &window->name);
    wire_put_text_or_null(buf, "zone",
                          window->zone < 0 ? "" : core_hall(view->core)->zones[window->zone].code);
    wire_put_text(buf, "state", wire_window_state_text(info.state));
    wire_put_text_or_null(buf, "number", sign.number);
    wire_put_text_or_null(buf, "reason", paused ? info.reason : "");
    wire_put_time(buf, "until", paused ? info.until_ms : 0);
    wire_put_int(buf, "calls", sign.calls);
    wire_put_time(buf, "since", info.since_ms);
    wire_put_staff(buf, "staff", view->config, info.state == CORE_WINDOW_CLOSED ? "" : info.clerk);
    wire_close_object(buf);
}

static void put_display_windows(struct buf *buf, const struct wire_view *view, int zone)
{
    const struct hall *hall = core_hall(view->core);
    wire_open_array(buf, "windows");
    for (int i = 0; i < hall->window_count; i++) {
        const struct hall_window *window = &hall->windows[i];
        if (!window->retired && (zone < 0 || window->zone == zone)) {
            put_display_window(buf, view, window, i);
        }
    }
    wire_close_array(buf);
}

static void put_calls(struct buf *buf, const struct wire_view *view, int zone)
{
    struct board_call calls[BOARD_CALL_MAX];
    int count = core_get_calls(view->core, zone, calls, BOARD_CALL_MAX);
    wire_open_array(buf, "calls");
    for (int i = 0; i < count; i++) {
        wire_open_object(buf, NULL);
        wire_put_text(buf, "number", calls[i].number);
        wire_put_int(buf, "window", calls[i].window);
        wire_put_int(buf, "calls", calls[i].calls);
        wire_put_time(buf, "at", calls[i].at_ms);
        wire_put_text(buf, "state", ticket_state_text(calls[i].state));
        wire_put_bool(buf, "priority", calls[i].priority);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

/* What is being said there, so that the eye finds what the ear hears: on every screen of the zone,
 * also on those that are silent. */
static void put_speaking(struct buf *buf, const struct wire_view *view, int zone)
{
    const struct hall *hall = core_hall(view->core);
    int first = zone >= 0 ? zone : 0;
    int last = zone >= 0 ? zone : hall->zone_count - 1;
    struct announcement item = {.started_ms = 0};
    for (int z = first; item.started_ms == 0 && (z <= last || z == 0); z++) {
        const char *code = hall->zone_count > 0 ? hall->zones[z].code : "";
        if (core_list_announcements(view->core, code, &item, 1) == 0) {
            item.started_ms = 0;
        }
    }
    if (item.started_ms == 0 || item.number[0] == '\0') {
        wire_put_null(buf, "speaking");
        return;
    }
    wire_open_object(buf, "speaking");
    wire_put_text(buf, "number", item.number);
    wire_put_window_no(buf, "window", item.window);
    wire_close_object(buf);
}

static void put_waiting(struct buf *buf, const struct wire_view *view, int zone)
{
    const struct hall *hall = core_hall(view->core);
    wire_open_array(buf, "waiting");
    for (int i = 0; i < hall->service_count; i++) {
        if (hall->services[i].retired || !wire_zone_serves(hall, zone, i)) {
            continue;
        }
        struct core_service_info info;
        core_get_service(view->core, &view->now, i, &info);
        wire_open_object(buf, NULL);
        wire_put_text(buf, "service", hall->services[i].code);
        wire_put_names(buf, "name", &hall->services[i].name);
        wire_put_int(buf, "count", info.waiting);
        wire_put_bool(buf, "open", info.open);
        wire_put_eta(buf, "eta", &info.eta);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

enum err wire_view_display(struct buf *buf, const struct wire_view *view, const char *zone)
{
    const struct hall *hall = core_hall(view->core);
    int index = zone[0] == '\0' ? -1 : hall_find_zone(hall, zone);
    if (zone[0] != '\0' && index < 0) {
        return ERR_NOT_FOUND;
    }
    wire_open_object(buf, NULL);
    wire_view_put_head(buf, view);
    put_hall(buf, hall);
    wire_put_text_or_null(buf, "zone", zone);
    put_display_windows(buf, view, index);
    put_calls(buf, view, index);
    put_speaking(buf, view, index);
    put_waiting(buf, view, index);
    put_notices(buf, view);
    wire_close_object(buf);
    return ERR_NONE;
}

/* ---- all windows ---- */

void wire_view_windows(struct buf *buf, const struct wire_view *view)
{
    const struct hall *hall = core_hall(view->core);
    wire_open_object(buf, NULL);
    wire_open_array(buf, "items");
    for (int i = 0; i < hall->window_count; i++) {
        if (hall->windows[i].retired) {
            continue;
        }
        struct core_window_info info;
        struct ticket current;
        core_get_window(view->core, &view->now, i, false, &info);
        if (info.visit >= 0) {
            core_get_ticket(view->core, &view->now, info.visit, &current);
        }
        wire_put_key(buf, NULL);
        wire_window_print(buf, core_hall(view->core), &info, info.visit >= 0 ? &current : NULL,
                          view->config);
    }
    wire_close_array(buf);
    wire_put_null(buf, "next_cursor");
    wire_close_object(buf);
}
