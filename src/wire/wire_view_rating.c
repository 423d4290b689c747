/* wire_view_rating: what the rating device at a window shows: nothing to do, or an invitation.
 *
 * The core says whom the window finished last and whether the prompt still stands. The newest leg
 * of that ticket which was served here tells who served and until when the prompt stands. */
#include "wire_internal.h"

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
    wire_put_text_or_null(buf, "clerk", leg->clerk);
    wire_put_time(buf, "until", leg->ended_ms + core_hall(view->core)->rating_prompt_ms);
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
    if (invite) {
        put_invitation(buf, view, &info);
    } else {
        wire_put_null(buf, "ticket");
        wire_put_text_or_null(buf, "clerk", info.clerk);
        wire_put_null(buf, "until");
    }
    wire_close_object(buf);
    return ERR_NONE;
}
