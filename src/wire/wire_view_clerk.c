/* wire_view_clerk: what the clerk at a window sees: own window, current and next ticket, who waits,
 * what may be done now, and the choices for transfers and pauses. */
#include <string.h>

#include "wire_internal.h"

/* Waiting tickets shown: a console strip has room for three, the wide page for ten. */
#define SHOWN_WAITING_MAX 10

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
    wire_close_object(buf);
}

static void put_waiting(struct buf *buf, const struct wire_view *view, int index)
{
    int32_t slots[SHOWN_WAITING_MAX];
    int count = core_list_waiting(view->core, &view->now, index, slots, SHOWN_WAITING_MAX);
    wire_open_array(buf, "waiting");
    for (int i = 0; i < count; i++) {
        struct ticket ticket;
        get_ticket(view, slots[i], &ticket);
        wire_open_object(buf, NULL);
        put_brief(buf, &ticket);
        put_age(buf, "waited_s", view, ticket.legs[ticket.leg_count - 1].entered_ms);
        wire_put_text(buf, "state", ticket_state_text(ticket.state));
        wire_close_object(buf);
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
        get_ticket(view, info->held[i], &ticket);
        wire_open_object(buf, NULL);
        put_brief(buf, &ticket);
        wire_put_text_or_null(buf, "note", ticket.note);
        wire_put_time(buf, "until", ticket.legs[ticket.leg_count - 1].held_until_ms);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

/* ---- what may be done ---- */

static uint32_t bit(enum cmd_kind kind)
{
    return UINT32_C(1) << kind;
}
_Static_assert(CMD_ASSIST < 32, "a window's commands fit the bits");

/* Commands for which the window's state leaves room; whether one then succeeds, the core decides.
 */
static uint32_t window_actions(const struct hall *hall, const struct core_window_info *info)
{
    uint32_t any = bit(CMD_ASSIST) | bit(CMD_WINDOW_TAKE_OVER);
    uint32_t leave = info->held_count == 0 ? bit(CMD_WINDOW_CLOSE) : 0;
    uint32_t at_work = any | leave | bit(CMD_AUTO_NEXT);
    uint32_t send_on = bit(CMD_HOLD) | bit(CMD_TRANSFER) | bit(CMD_WINDOW_PAUSE);
    uint32_t next_called = hall->next_on_called == HALL_ON_CALLED_ASK ? 0 : bit(CMD_NEXT);
    switch (info->state) {
    case CORE_WINDOW_CLOSED:
        return bit(CMD_WINDOW_OPEN);
    case CORE_WINDOW_OPEN:
        return at_work | bit(CMD_NEXT) | bit(CMD_CALL) | bit(CMD_WALK_IN) | bit(CMD_WINDOW_PAUSE);
    case CORE_WINDOW_CALLING:
        return at_work | send_on | next_called | bit(CMD_RECALL) | bit(CMD_START) |
               bit(CMD_FINISH) | bit(CMD_NO_SHOW) | bit(CMD_RETURN) | bit(CMD_ABANDON);
    case CORE_WINDOW_SERVING:
        return at_work | send_on | bit(CMD_NEXT) | bit(CMD_FINISH);
    case CORE_WINDOW_PAUSED:
        return any | leave | bit(CMD_WINDOW_RESUME);
    }
    return 0;
}

static void put_actions(struct buf *buf, const struct wire_view *view,
                        const struct core_window_info *info)
{
    uint32_t actions = window_actions(core_hall(view->core), info);
    bool undo = info->undo_until_ms != 0;
    if (undo) {
        actions |= bit(CMD_UNDO);
    }
    wire_open_array(buf, "actions");
    for (int kind = 0; kind < 32; kind++) {
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
    wire_close_object(buf);
}

/* ---- choices ---- */

static void put_reasons(struct buf *buf, const char *key, const struct hall_text *reasons,
                        int count)
{
    wire_open_array(buf, key);
    for (int i = 0; i < count; i++) {
        wire_put_names(buf, NULL, &reasons[i]);
    }
    wire_close_array(buf);
}

static void put_choices(struct buf *buf, const struct wire_view *view)
{
    static const struct hall_text pause[] = {{"午餐", "Lunch"},
                                             {"会议", "Meeting"},
                                             {"系统故障", "System fault"},
                                             {"暂离", "Back soon"}};
    static const struct hall_text hold[] = {
        {"填表", "Filling in a form"}, {"复印", "Making copies"}, {"缺材料", "Papers missing"}};
    const struct hall *hall = core_hall(view->core);
    wire_open_array(buf, "services");
    for (int i = 0; i < hall->service_count; i++) {
        if (!hall->services[i].retired) {
            wire_open_object(buf, NULL);
            wire_put_text(buf, "code", hall->services[i].code);
            wire_put_names(buf, "name", &hall->services[i].name);
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
    wire_open_array(buf, "windows");
    for (int i = 0; i < hall->window_count; i++) {
        if (!hall->windows[i].retired) {
            struct core_window_info info;
            core_get_window(view->core, &view->now, i, false, &info);
            wire_open_object(buf, NULL);
            wire_put_int(buf, "no", info.no);
            wire_put_names(buf, "name", &hall->windows[i].name);
            wire_put_text(buf, "state", wire_window_state_text(info.state));
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
    wire_open_object(buf, "reasons");
    put_reasons(buf, "pause", pause, (int)(sizeof pause / sizeof pause[0]));
    put_reasons(buf, "hold", hold, (int)(sizeof hold / sizeof hold[0]));
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
    wire_put_key(buf, "window");
    /* The current ticket stands beside the window, so it is not printed twice. */
    wire_window_print(buf, &info, NULL, view->config);
    put_current(buf, view, info.visit);
    put_next(buf, view, info.next_visit);
    put_waiting(buf, view, index);
    put_counts(buf, &info);
    put_queues(buf, view, &hall->windows[index]);
    put_held(buf, view, &info);
    put_actions(buf, view, &info);
    put_choices(buf, view);
    wire_close_object(buf);
    return ERR_NONE;
}
