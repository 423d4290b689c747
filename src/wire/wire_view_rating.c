/* wire_view_rating: what the rating device at a window shows: nothing to do, or an invitation.
 *
 * The core says whom the window finished last and whether the prompt still stands. The newest leg
 * of that ticket which was served here tells who served and until when the prompt stands. */
#include <stdio.h>

#include "wire_config_internal.h"

/* The newest leg of the ticket that ended at that window; the last one when there is none. */
static const struct ticket_leg *find_leg(const struct ticket *ticket, int32_t window_no)
{
    for (int i = ticket->leg_count - 1; i >= 0; i--) {
        if (ticket->legs[i].state == TICKET_DONE && ticket->legs[i].window == window_no) {
            return &ticket->legs[i];
        }
    }
    return &ticket->legs[ticket->leg_count - 1];
}

/* Of whom the question is, as the hall wants it: the card it shows of its staff; where it says
 * nothing of them the name to sign in with; or nobody. */
static void put_clerk(struct buf *buf, const struct wire_view *view, const char *clerk)
{
    const char *shown = core_hall(view->core)->rating_shows_clerk ? clerk : "";
    wire_put_text_or_null(buf, "clerk", view->config->staff.person_count > 0 ? "" : shown);
    wire_put_staff(buf, "staff", view->config, shown);
}

void wire_put_rating_offer(struct buf *buf, const struct hall *hall)
{
    char version[2 * HALL_CODE_SIZE];
    (void)snprintf(version, sizeof version, "five/%s", hall->rating_reasons_version);
    wire_put_text(buf, "scale_version", version);
    wire_put_int(buf, "reasons_up_to", HALL_RATING_BAD_MAX);
    wire_open_array(buf, "reasons");
    for (int i = 0; i < hall->rating_reason_count; i++) {
        wire_open_object(buf, NULL);
        wire_put_text(buf, "code", hall->rating_reasons[i].code);
        wire_put_names(buf, "name", &hall->rating_reasons[i].name);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

static void put_invitation(struct buf *buf, const struct wire_view *view,
                           const struct core_window_info *info)
{
    struct ticket ticket;
    core_get_ticket(view->core, &view->now, info->rating_visit, &ticket);
    const struct ticket_leg *leg = find_leg(&ticket, info->no);
    wire_open_object(buf, "ticket");
    wire_put_text(buf, "id", ticket.id);
    wire_put_text(buf, "number", ticket.number);
    wire_close_object(buf);
    put_clerk(buf, view, leg->clerk);
    wire_put_time(buf, "until", info->rating_until_ms);
}

enum err wire_view_rating(struct buf *buf, const struct wire_view *view, int32_t window_no)
{
    int index = hall_find_window(core_hall(view->core), window_no);
    if (index < 0) {
        return ERR_NOT_FOUND;
    }
    struct core_window_info info;
    core_get_window(view->core, &view->now, index, false, &info);
    bool invite = info.rating_visit >= 0;
    wire_open_object(buf, NULL);
    wire_view_put_head(buf, view);
    wire_put_int(buf, "window", window_no);
    wire_put_text(buf, "state", invite ? "invite" : "idle");
    wire_put_text(buf, "scale", "five");
    wire_put_rating_offer(buf, core_hall(view->core));
    if (invite) {
        put_invitation(buf, view, &info);
    } else {
        wire_put_null(buf, "ticket");
        put_clerk(buf, view, info.clerk);
        wire_put_null(buf, "until");
    }
    wire_close_object(buf);
    return ERR_NONE;
}
