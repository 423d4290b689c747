/* core_apply_window: events of windows, services and the business day. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

static void open_window(struct core *core, int w, const struct event *event)
{
    struct core_window *window = &core->windows[w];
    window->state = CORE_WINDOW_OPEN;
    window->clerk = clerk_intern(core, event->clerk);
    window->pause_pending = false;
    window->reason[0] = '\0';
    window->until_ms = 0;
    window->idle_ms = event->at_ms;
}

static void pause_window(struct core *core, int w, const struct event *event)
{
    struct core_window *window = &core->windows[w];
    text_copy_cut(window->reason, sizeof window->reason, event->reason);
    window->until_ms = event->until_ms;
    window->pause_pending = event->on != 0;
    if (!window->pause_pending) {
        window->state = CORE_WINDOW_PAUSED;
        queue_unbind_window(core, (int16_t)w);
    }
}

static void update_window(struct core *core, int w, const struct event *event)
{
    struct core_window *window = &core->windows[w];
    if (strcmp(event->subject, "auto_next") == 0) {
        window->auto_next = event->on != 0;
    } else if (strcmp(event->subject, "assist") == 0) {
        window->assist = event->on != 0;
    } else if (strcmp(event->subject, "clerk") == 0) {
        window->clerk = clerk_intern(core, event->clerk);
    }
}

enum err apply_window(struct core *core, const struct event *event)
{
    int w = hall_find_window(&core->hall, event->window);
    if (w < 0) {
        return ERR_REPLAY;
    }
    struct core_window *window = &core->windows[w];
    enum core_window_state before = window->state;
    switch ((int)event->kind) {
    case EVENT_WINDOW_OPENED:
        open_window(core, w, event);
        break;
    case EVENT_WINDOW_CLOSED:
        window->state = CORE_WINDOW_CLOSED;
        window->clerk = -1;
        window->auto_next = false;
        window->pause_pending = false;
        window->reason[0] = '\0';
        queue_unbind_window(core, (int16_t)w);
        break;
    case EVENT_WINDOW_PAUSED:
        pause_window(core, w, event);
        break;
    case EVENT_WINDOW_RESUMED:
        window->pause_pending = false;
        window->reason[0] = '\0';
        window->until_ms = 0;
        if (window->state == CORE_WINDOW_PAUSED) {
            window->state = CORE_WINDOW_OPEN;
            window->idle_ms = event->at_ms;
        }
        break;
    default:
        if (strncmp(event->subject, "service-", 8) == 0) {
            enum err err = repurpose_apply(core, w, event);
            if (err) {
                return err;
            }
        }
        update_window(core, w, event);
        break;
    }
    if (window->state != before) {
        window->since_ms = event->at_ms;
    }
    if (event->part == 0 && event->kind != EVENT_WINDOW_UPDATED) {
        core->undos[w].valid = false;
    }
    window->version = event->seq;
    return ERR_NONE;
}

/* Services whose prefixes are equal draw from one series, kept with the first of them. */
static void set_series(struct core *core, int s)
{
    core->services[s].series = s;
    for (int i = 0; i < s; i++) {
        if (strcmp(core->hall.services[i].prefix, core->hall.services[s].prefix) == 0) {
            core->services[s].series = core->services[i].series;
            return;
        }
    }
}

void core_set_series(struct core *core)
{
    for (int s = 0; s < core->hall.service_count; s++) {
        set_series(core, s);
        if (core->services[s].series_next < core->hall.services[s].first) {
            core->services[s].series_next = core->hall.services[s].first;
        }
    }
}

void core_begin_day(struct core *core, int32_t day, int64_t at_ms)
{
    core->hall = core->fresh;
    core->day = day;
    core->visit_count = 0;
    print_reset(core);
    core->recapped = false;
    core->leg_count = 0;
    core->timer_count = 0;
    core->clerk_count = 0;
    memset(core->services, 0, sizeof core->services);
    memset(core->windows, 0, sizeof core->windows);
    memset(core->call_counts, 0, sizeof core->call_counts);
    for (int w = 0; w < HALL_WINDOW_MAX; w++) {
        core->windows[w].leg = -1;
        core->windows[w].clerk = -1;
        core->windows[w].last_done = -1;
        core->windows[w].since_ms = at_ms;
        core->undos[w].valid = false;
    }
    core->urgent_tokens = core->hall.policy.urgent_burst;
    core->urgent_last_ms = at_ms;
    core->urgent_today = 0;
    core->absent_count = 0;
    memset(core->repurposed, 0, sizeof core->repurposed);
    voice_reset(core);
    core->bad_rating_count = 0;
    queue_reset(core);
    table_reset(core);
    core_set_series(core);
}

static enum err apply_service(struct core *core, const struct event *event)
{
    int s = hall_find_service(&core->hall, event->service);
    if (s < 0) {
        return ERR_REPLAY;
    }
    if (event->kind == EVENT_SERVICE_DIVERTED) {
        enum core_divert to = divert_of(event->subject);
        if (to == CORE_DIVERT_COUNT) {
            return ERR_REPLAY;
        }
        core->services[s].diverted[to] += 1;
        return ERR_NONE;
    }
    core->services[s].suspended = event->kind == EVENT_SERVICE_SUSPENDED;
    text_copy_cut(core->services[s].reason, TICKET_REASON_SIZE,
                  core->services[s].suspended ? event->reason : "");
    return ERR_NONE;
}

enum err apply_day(struct core *core, const struct event *event)
{
    if (event->kind == EVENT_HALL_DAY_OPENED) {
        core->reopened = event->day == core->day && core->day != 0;
        if (!core->reopened) {
            core_begin_day(core, event->day, event->at_ms);
        }
        core->day_open = true;
        return ERR_NONE;
    }
    if (event->kind == EVENT_HALL_DAY_CLOSED) {
        core->day_open = false;
        core->reopened = false;
        for (int w = 0; w < HALL_WINDOW_MAX; w++) {
            core->undos[w].valid = false;
        }
        return ERR_NONE;
    }
    return apply_service(core, event);
}
