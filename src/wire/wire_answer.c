/* wire_answer: the other answers: windows, a line of history, who is signed in, a day's close. */
#include <assert.h>

#include "wire_internal.h"

const char *wire_window_state_text(enum core_window_state state)
{
    static const char *const words[] = {"closed", "open", "calling", "serving", "paused"};
    assert(state <= CORE_WINDOW_PAUSED);
    return words[state];
}

/* Name, zone and services of the window. */
static void put_window_card(struct buf *buf, const struct hall *hall, int32_t no)
{
    int index = hall_find_window(hall, no);
    if (index < 0 || hall->windows[index].retired) {
        wire_put_null(buf, "name");
        wire_put_null(buf, "zone");
        wire_open_array(buf, "services");
        wire_close_array(buf);
        return;
    }
    const struct hall_window *window = &hall->windows[index];
    wire_put_names(buf, "name", &window->name);
    wire_put_text_or_null(buf, "zone", window->zone < 0 ? "" : hall->zones[window->zone].code);
    wire_open_array(buf, "services");
    for (int i = 0; i < window->service_count; i++) {
        wire_put_text(buf, NULL, hall->services[window->services[i].service].code);
    }
    wire_close_array(buf);
}

void wire_window_print(struct buf *buf, const struct hall *hall,
                       const struct core_window_info *info, const struct ticket *current,
                       const struct wire_config *config)
{
    wire_open_object(buf, NULL);
    wire_put_int(buf, "no", info->no);
    put_window_card(buf, hall, info->no);
    wire_put_text(buf, "state", wire_window_state_text(info->state));
    wire_put_text_or_null(buf, "clerk", info->clerk);
    wire_put_key(buf, "ticket");
    if (current != NULL) {
        wire_ticket_print(buf, current, config);
    } else {
        wire_put_null(buf, NULL);
    }
    wire_put_time(buf, "since", info->since_ms);
    wire_put_text_or_null(buf, "reason", info->reason);
    wire_put_time(buf, "until", info->until_ms);
    wire_put_bool(buf, "pause_pending", info->pause_pending);
    wire_put_bool(buf, "auto_next", info->auto_next);
    wire_put_bool(buf, "assist", info->assist);
    wire_put_int(buf, "waiting", info->waiting);
    wire_put_int(buf, "held", info->held_count);
    wire_put_int(buf, "served", info->served);
    wire_put_int(buf, "version", info->version);
    wire_close_object(buf);
}

void wire_history_item_print(struct buf *buf, const struct event *event)
{
    wire_open_object(buf, NULL);
    wire_put_int(buf, "seq", event->seq);
    wire_put_time(buf, "at", event->at_ms);
    wire_put_text(buf, "type", event_kind_text(event->kind));
    wire_event_put_members(buf, event, WIRE_FORM_STAFF);
    wire_close_object(buf);
}

void wire_identity_print(struct buf *buf, const struct identity *identity, const char *csrf)
{
    wire_open_object(buf, NULL);
    if (identity->kind == IDENTITY_USER) {
        wire_open_object(buf, "user");
        wire_put_text(buf, "name", identity->name);
        wire_close_object(buf);
    } else {
        wire_put_null(buf, "user");
        wire_put_text_or_null(buf, "device", identity->name);
    }
    wire_put_roles(buf, "roles", identity->roles);
    wire_put_window_no(buf, "window", identity->window);
    wire_put_text_or_null(buf, "csrf", csrf != NULL ? csrf : "");
    wire_close_object(buf);
}

void wire_day_print(struct buf *buf, int32_t day, bool open, const int64_t counts[4])
{
    wire_open_object(buf, NULL);
    wire_put_day(buf, "day", day);
    wire_put_bool(buf, "open", open);
    wire_put_int(buf, "done", counts[0]);
    wire_put_int(buf, "expired", counts[1]);
    wire_put_int(buf, "unclosed", counts[2]);
    wire_put_int(buf, "cancelled", counts[3]);
    wire_close_object(buf);
}
