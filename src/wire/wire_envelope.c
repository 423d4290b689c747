/* wire_envelope: events as CloudEvents 1.0 JSON, for staff and for displays.
 *
 * Displays get only kinds that change what hangs on a wall, and of those only the members that may
 * hang there; for any other kind nothing is printed at all. */
#include <stdio.h>

#include "wire_internal.h"

static bool is_public(enum event_kind kind)
{
    switch (kind) {
    case EVENT_TICKET_ISSUED:
    case EVENT_TICKET_CALLED:
    case EVENT_TICKET_RECALLED:
    case EVENT_TICKET_STARTED:
    case EVENT_TICKET_FINISHED:
    case EVENT_TICKET_NO_SHOW:
    case EVENT_TICKET_RESTORED:
    case EVENT_TICKET_RETURNED:
    case EVENT_TICKET_ABANDONED:
    case EVENT_TICKET_HELD:
    case EVENT_TICKET_RESUMED:
    case EVENT_TICKET_TRANSFERRED:
    case EVENT_TICKET_CONTINUED:
    case EVENT_TICKET_DEFERRED:
    case EVENT_TICKET_CANCELLED:
    case EVENT_TICKET_VOIDED:
    case EVENT_TICKET_EXPIRED:
    case EVENT_TICKET_UNDONE:
    case EVENT_RATING_INVITED:
    case EVENT_APPOINTMENT_CHECKED_IN:
    case EVENT_WINDOW_OPENED:
    case EVENT_WINDOW_CLOSED:
    case EVENT_WINDOW_PAUSED:
    case EVENT_WINDOW_RESUMED:
    case EVENT_SERVICE_SUSPENDED:
    case EVENT_SERVICE_RESUMED:
    case EVENT_HALL_DAY_OPENED:
    case EVENT_HALL_DAY_CLOSED:
    case EVENT_ANNOUNCEMENT_QUEUED:
    case EVENT_ANNOUNCEMENT_STARTED:
    case EVENT_ANNOUNCEMENT_ENDED:
    case EVENT_ANNOUNCEMENT_DROPPED:
        return true;
    default:
        return false;
    }
}

/* What the event is about: "tickets/<id>", "windows/<no>", ... */
static void put_subject(struct buf *buf, const struct event *event)
{
    char text[64];
    if (event->kind <= EVENT_APPOINTMENT_CHECKED_IN) {
        (void)snprintf(text, sizeof text, "tickets/%s", event->ticket_id);
    } else if (event->kind <= EVENT_WINDOW_UPDATED) {
        (void)snprintf(text, sizeof text, "windows/%d", event->window);
    } else if (event->kind <= EVENT_SERVICE_DIVERTED) {
        (void)snprintf(text, sizeof text, "services/%s", event->service);
    } else if (event->kind <= EVENT_HALL_ALERT_CLEARED) {
        (void)snprintf(text, sizeof text, "hall");
    } else if (event->kind <= EVENT_ANNOUNCEMENT_DROPPED) {
        (void)snprintf(text, sizeof text, "announcements/%lld", (long long)event->announcement);
    } else if (event->kind <= EVENT_DEVICE_REVOKED) {
        (void)snprintf(text, sizeof text, "devices/%s", event->subject);
    } else if (event->kind == EVENT_CONFIG_CHANGED) {
        (void)snprintf(text, sizeof text, "config");
    } else {
        (void)snprintf(text, sizeof text, "users/%s", event->subject);
    }
    wire_put_text(buf, "subject", text);
}
/* put_subject() goes by the order of the kinds. */
_Static_assert(EVENT_APPOINTMENT_CHECKED_IN + 1 == EVENT_WINDOW_OPENED, "tickets, then windows");
_Static_assert(EVENT_WINDOW_UPDATED + 1 == EVENT_SERVICE_SUSPENDED, "windows, then services");
_Static_assert(EVENT_SERVICE_DIVERTED + 1 == EVENT_HALL_DAY_OPENED, "services, then the hall");
_Static_assert(EVENT_HALL_ALERT_CLEARED + 1 == EVENT_ANNOUNCEMENT_QUEUED, "the hall, then voice");
_Static_assert(EVENT_ANNOUNCEMENT_DROPPED + 1 == EVENT_DEVICE_ONLINE, "voice, then devices");
_Static_assert(EVENT_DEVICE_REVOKED + 1 == EVENT_CONFIG_CHANGED, "devices, then the rest");

void wire_event_envelope(struct buf *buf, const struct event *event, int64_t epoch,
                         const char *site, enum wire_audience audience)
{
    if (audience == WIRE_PUBLIC && !is_public(event->kind)) {
        return;
    }
    char id[HALL_CODE_SIZE + 48];
    char source[HALL_CODE_SIZE + 16];
    (void)snprintf(id, sizeof id, "%s-%lld-%lld", site, (long long)epoch, (long long)event->seq);
    (void)snprintf(source, sizeof source, "/halls/%s", site);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "specversion", "1.0");
    wire_put_text(buf, "id", id);
    wire_put_text(buf, "source", source);
    wire_put_text(buf, "type", event_kind_text(event->kind));
    wire_put_time(buf, "time", event->at_ms);
    put_subject(buf, event);
    wire_put_int(buf, "seq", event->seq);
    wire_open_object(buf, "data");
    wire_event_put_members(buf, event,
                           audience == WIRE_PUBLIC ? WIRE_FORM_PUBLIC : WIRE_FORM_STAFF);
    wire_close_object(buf);
    wire_close_object(buf);
}

void wire_queue_envelope(struct buf *buf, const struct wire_view *view, int64_t epoch)
{
    const struct hall *hall = core_hall(view->core);
    long long seq = (long long)core_next_seq(view->core) - 1;
    char id[HALL_CODE_SIZE + 80];
    char source[HALL_CODE_SIZE + 16];
    /* Derived, so it has no place in the log: the id says which state it describes. */
    (void)snprintf(id, sizeof id, "%s-%lld-queue-%lld-%lld", hall->code, (long long)epoch, seq,
                   (long long)view->now.ms);
    (void)snprintf(source, sizeof source, "/halls/%s", hall->code);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "specversion", "1.0");
    wire_put_text(buf, "id", id);
    wire_put_text(buf, "source", source);
    wire_put_text(buf, "type", "queue.updated");
    wire_put_time(buf, "time", view->now.ms);
    wire_put_text(buf, "subject", "hall");
    wire_open_object(buf, "data");
    wire_open_array(buf, "services");
    for (int i = 0; i < hall->service_count; i++) {
        if (hall->services[i].retired) {
            continue;
        }
        struct core_service_info info;
        core_get_service(view->core, &view->now, i, &info);
        wire_open_object(buf, NULL);
        wire_put_text(buf, "service", hall->services[i].code);
        wire_put_int(buf, "waiting", info.waiting);
        wire_put_eta(buf, "eta", &info.eta);
        wire_close_object(buf);
    }
    wire_close_array(buf);
    wire_close_object(buf);
    wire_close_object(buf);
}
