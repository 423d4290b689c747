/* wire_view_clerk: what the clerk at a window sees: own window, current ticket and the one finished
 * last, who comes next, who waits, who is held and why, and what may be done now. What there is to
 * choose from stands in wire_view_choices.c. */
#include <string.h>

#include "wire_internal.h"

/* Waiting tickets shown: a console strip has room for three, the wide page for ten. */
#define SHOWN_WAITING_MAX 10
#define SHOWN_NEXT_MAX 3

static void get_ticket(const struct wire_view *view, int32_t slot, struct ticket *ret_ticket)
{
    core_get_ticket(view->core, &view->now, slot, ret_ticket);
}

/* Whole seconds since then; null when it never was. */
static void put_age(struct buf *buf, const char *key, const struct wire_view *view,
                    int64_t since_ms)
{
    int64_t age_ms = view->now.ms - since_ms;
    wire_put_count(buf, key, since_ms == 0 ? -1 : (age_ms > 0 ? age_ms / 1000 : 0));
}

static void put_current(struct buf *buf, const struct wire_view *view, int32_t visit)
{
    wire_put_key(buf, "current");
    if (visit < 0) {
        wire_put_null(buf, NULL);
        return;
    }
    struct ticket ticket;
    get_ticket(view, visit, &ticket);
    wire_ticket_print(buf, &ticket, view->config);
}

/* The members by which a ticket is told in a list, without braces. */
static void put_brief(struct buf *buf, const struct ticket *ticket)
{
    wire_put_text(buf, "id", ticket->id);
    wire_put_text(buf, "number", ticket->number);
    wire_put_text(buf, "service", ticket->legs[ticket->leg_count - 1].service);
    wire_put_text(buf, "class", ticket->cls);
}

/* Who is coming, so that the clerk knows before: class, language, note. */
static void put_next(struct buf *buf, const struct wire_view *view, int32_t visit)
{
    if (visit < 0) {
        wire_put_null(buf, "next");
        return;
    }
    struct ticket ticket;
    get_ticket(view, visit, &ticket);
    wire_open_object(buf, "next");
    put_brief(buf, &ticket);
    wire_put_text_or_null(buf, "lang", ticket.lang);
    wire_put_text_or_null(buf, "note", ticket.note);
    wire_put_bool(buf, "urgent", ticket.urgent);
    wire_put_int(buf, "matters", ticket.leg_count);
    wire_close_object(buf);
}

static void put_one_waiting(struct buf *buf, const struct wire_view *view, int32_t slot)
{
    struct ticket ticket;
    get_ticket(view, slot, &ticket);
    wire_open_object(buf, NULL);
    put_brief(buf, &ticket);
    put_age(buf, "waited_s", view, ticket.legs[ticket.leg_count - 1].entered_ms);
    wire_put_text(buf, "state", ticket_state_text(ticket.state));
    wire_close_object(buf);
}

/* Whom next would call, and then, as things stand. */
static void put_following(struct buf *buf, const struct wire_view *view, int index)
{
    int32_t slots[SHOWN_NEXT_MAX];
    int count = core_list_next(view->core, &view->now, index, slots, SHOWN_NEXT_MAX);
    wire_open_array(buf, "following");
    for (int i = 0; i < count; i++) {
        put_one_waiting(buf, view, slots[i]);
    }
    wire_close_array(buf);
}

static void put_waiting(struct buf *buf, const struct wire_view *view, int index)
{
    int32_t slots[SHOWN_WAITING_MAX];
    int count = core_list_waiting(view->core, &view->now, index, slots, SHOWN_WAITING_MAX);
    wire_open_array(buf, "waiting");
    for (int i = 0; i < count; i++) {
        put_one_waiting(buf, view, slots[i]);
    }
    wire_close_array(buf);
}

static void put_queues(struct buf *buf, const struct wire_view *view,
                       const struct hall_window *window)
{
    const struct hall *hall = core_hall(view->core);
    wire_open_array(buf, "queues");
    for (int i = 0; i < window->service_count; i++) {
        int index = window->services[i].service;
        const struct hall_service *service = &hall->services[index];
        struct core_service_info info;
        core_get_service(view->core, &view->now, index, &info);
        wire_open_object(buf, NULL);
        wire_put_text(buf, "service", service->code);
        wire_put_names(buf, "name", &service->name);
        wire_put_int(buf, "waiting", info.waiting);
        put_age(buf, "oldest_s", view, info.oldest_ms);
        wire_put_int(buf, "target_s", service->target_wait_ms / 1000);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

static void put_held(struct buf *buf, const struct wire_view *view,
                     const struct core_window_info *info)
{
    wire_open_array(buf, "held");
    for (int i = 0; i < info->held_count && i < CORE_HELD_MAX; i++) {
        struct ticket ticket;
        struct core_held held;
        get_ticket(view, info->held[i], &ticket);
        core_get_held(view->core, info->held[i], &held);
        wire_open_object(buf, NULL);
        put_brief(buf, &ticket);
        wire_put_text_or_null(buf, "reason", held.reason);
        wire_put_time(buf, "since", held.since_ms);
        wire_put_text_or_null(buf, "note", ticket.note);
        wire_put_time(buf, "until", ticket.legs[ticket.leg_count - 1].held_until_ms);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

/* ---- what may be done ---- */

static uint64_t bit(enum cmd_kind kind)
{
    return UINT64_C(1) << kind;
}
_Static_assert(CMD_KIND_COUNT <= 64, "a window's commands fit the bits");

/* Commands for which the window's state leaves room; whether one then succeeds, the core decides.
 */
static uint64_t window_actions(const struct hall *hall, const struct core_window_info *info)
{
    uint64_t any = bit(CMD_ASSIST) | bit(CMD_WINDOW_TAKE_OVER);
    uint64_t leave = info->held_count == 0 ? bit(CMD_WINDOW_CLOSE) : 0;
    uint64_t at_work = any | leave | bit(CMD_AUTO_NEXT);
    uint64_t send_on = bit(CMD_HOLD) | bit(CMD_TRANSFER) | bit(CMD_WINDOW_PAUSE);
    uint64_t next_called = hall->next_on_called == HALL_ON_CALLED_ASK ? 0 : bit(CMD_NEXT);
    uint64_t another = hall->another_max > 0 ? bit(CMD_ANOTHER) : 0;
    switch (info->state) {
    case CORE_WINDOW_CLOSED:
        return bit(CMD_WINDOW_OPEN);
    case CORE_WINDOW_OPEN:
        return at_work | bit(CMD_NEXT) | bit(CMD_CALL) | bit(CMD_WALK_IN) | bit(CMD_WINDOW_PAUSE);
    case CORE_WINDOW_CALLING:
        return at_work | send_on | next_called | bit(CMD_RECALL) | bit(CMD_START) |
               bit(CMD_FINISH) | bit(CMD_NO_SHOW) | bit(CMD_RETURN) | bit(CMD_ABANDON);
    case CORE_WINDOW_SERVING:
        return at_work | send_on | another | bit(CMD_NEXT) | bit(CMD_FINISH);
    case CORE_WINDOW_PAUSED:
        return any | leave | bit(CMD_WINDOW_RESUME);
    }
    return 0;
}

static void put_actions(struct buf *buf, const struct wire_view *view,
                        const struct core_window_info *info)
{
    uint64_t actions = window_actions(core_hall(view->core), info);
    if (info->slip_wanted && !info->slip_checked) {
        actions |= bit(CMD_CHECK);
    }
    if (info->done_visit >= 0 && !info->done_asked) {
        actions |= bit(CMD_INVITE);
    }
    bool undo = info->undo_until_ms != 0;
    if (undo) {
        actions |= bit(CMD_UNDO);
    }
    wire_open_array(buf, "actions");
    for (int kind = 0; kind < CMD_KIND_COUNT; kind++) {
        if ((actions >> kind & 1u) != 0) {
            wire_put_text(buf, NULL, wire_command_verb((enum cmd_kind)kind));
        }
    }
    wire_close_array(buf);
    if (!undo || info->undo_visit < 0) {
        wire_put_null(buf, "undo");
        return;
    }
    struct ticket ticket;
    get_ticket(view, info->undo_visit, &ticket);
    wire_open_object(buf, "undo");
    wire_put_text(buf, "ticket", ticket.id);
    wire_put_text(buf, "number", ticket.number);
    wire_put_time(buf, "until", info->undo_until_ms);
    wire_put_int(buf, "version", ticket.version);
    wire_close_object(buf);
}

/* The ticket finished last: an invitation to rate, or a note that its time was not right, is often
 * said when it is done already. */
static void put_last(struct buf *buf, const struct wire_view *view,
                     const struct core_window_info *info)
{
    if (info->done_visit < 0) {
        wire_put_null(buf, "last");
        return;
    }
    struct ticket ticket;
    get_ticket(view, info->done_visit, &ticket);
    wire_open_object(buf, "last");
    put_brief(buf, &ticket);
    wire_put_bool(buf, "invited", info->done_asked);
    wire_put_bool(buf, "rated", info->done_rated);
    wire_put_bool(buf, "time_inaccurate", ticket.time_inaccurate);
    wire_close_object(buf);
}

static void put_slip(struct buf *buf, const struct core_window_info *info)
{
    wire_open_object(buf, "slip");
    wire_put_bool(buf, "wanted", info->slip_wanted);
    wire_put_bool(buf, "checked", info->slip_checked);
    wire_close_object(buf);
}

/* The hall's limits on what the clerk does, so that a button can say why it would be refused. */
static void put_rules(struct buf *buf, const struct wire_view *view, int index, int32_t visit)
{
    const struct hall *hall = core_hall(view->core);
    int64_t recall_from_ms = 0;
    if (visit >= 0) {
        struct ticket ticket;
        get_ticket(view, visit, &ticket);
        recall_from_ms = ticket.legs[ticket.leg_count - 1].last_called_ms + hall->recall_gap_ms;
    }
    wire_open_object(buf, "rules");
    wire_put_int(buf, "recall_max", hall->recall_max);
    wire_put_time(buf, "recall_from", recall_from_ms);
    wire_put_int(buf, "min_calls", hall->no_show_min_calls);
    wire_put_int(buf, "hold_max", hall->hold_max < CORE_HELD_MAX ? hall->hold_max : CORE_HELD_MAX);
    wire_put_int(buf, "another_max", hall->another_max);
    wire_put_bool(buf, "fast", hall->windows[index].kind == HALL_WINDOW_FAST);
    wire_close_object(buf);
}

static void put_counts(struct buf *buf, const struct core_window_info *info)
{
    wire_put_int(buf, "waiting_count", info->waiting);
    wire_open_object(buf, "counts");
    wire_put_int(buf, "served", info->served);
    wire_put_int(buf, "waiting", info->waiting);
    wire_put_int(buf, "held", info->held_count);
    wire_close_object(buf);
}

enum err wire_view_clerk(struct buf *buf, const struct wire_view *view, int32_t window_no)
{
    const struct hall *hall = core_hall(view->core);
    int index = hall_find_window(hall, window_no);
    if (index < 0) {
        return ERR_NOT_FOUND;
    }
    struct core_window_info info;
    core_get_window(view->core, &view->now, index, true, &info);
    wire_open_object(buf, NULL);
    wire_view_put_head(buf, view);
    wire_put_bool(buf, "read_only", view->read_only);
    wire_put_bool(buf, "open", core_day_is_open(view->core));
    wire_put_key(buf, "window");
    /* The current ticket stands beside the window, so it is not printed twice. */
    wire_window_print(buf, core_hall(view->core), &info, NULL, view->config);
    put_current(buf, view, info.visit);
    put_slip(buf, &info);
    put_last(buf, view, &info);
    put_next(buf, view, info.next_visit);
    put_following(buf, view, index);
    put_waiting(buf, view, index);
    put_counts(buf, &info);
    put_queues(buf, view, &hall->windows[index]);
    put_held(buf, view, &info);
    put_actions(buf, view, &info);
    put_rules(buf, view, index, info.visit);
    wire_view_put_choices(buf, view, index);
    wire_close_object(buf);
    return ERR_NONE;
}
