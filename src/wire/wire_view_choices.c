/* wire_view_choices: what a clerk's questions offer: services and classes by name, windows with who
 * is on duty there, and reasons. */
#include "wire_internal.h"

static void put_service(struct buf *buf, const struct hall_service *service)
{
    wire_open_object(buf, NULL);
    wire_put_text(buf, "code", service->code);
    wire_put_names(buf, "name", &service->name);
    wire_close_object(buf);
}

static void put_services(struct buf *buf, const struct hall *hall, int window)
{
    const struct hall_window *place = &hall->windows[window];
    wire_open_array(buf, "services");
    for (int i = 0; i < hall->service_count; i++) {
        if (!hall->services[i].retired) {
            put_service(buf, &hall->services[i]);
        }
    }
    wire_close_array(buf);
    wire_open_array(buf, "own_services");
    for (int i = 0; i < place->service_count; i++) {
        wire_put_text(buf, NULL, hall->services[place->services[i].service].code);
    }
    wire_close_array(buf);
}

void wire_view_put_classes(struct buf *buf, const struct hall *hall)
{
    wire_open_array(buf, "classes");
    for (int i = 0; i < hall->class_count; i++) {
        wire_open_object(buf, NULL);
        wire_put_text(buf, "code", hall->classes[i].code);
        wire_put_names(buf, "name", &hall->classes[i].name);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

static void put_windows(struct buf *buf, const struct wire_view *view, const struct hall *hall)
{
    wire_open_array(buf, "windows");
    for (int i = 0; i < hall->window_count; i++) {
        if (!hall->windows[i].retired) {
            struct core_window_info info;
            core_get_window(view->core, &view->now, i, false, &info);
            wire_open_object(buf, NULL);
            wire_put_int(buf, "no", info.no);
            wire_put_names(buf, "name", &hall->windows[i].name);
            wire_put_text(buf, "state", wire_window_state_text(info.state));
            wire_put_text_or_null(buf, "clerk", info.clerk);
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
}

void wire_view_put_choices(struct buf *buf, const struct wire_view *view, int window)
{
    const struct hall *hall = core_hall(view->core);
    put_services(buf, hall, window);
    wire_view_put_classes(buf, hall);
    put_windows(buf, view, hall);
    wire_config_put_reasons(buf, view->config);
}
