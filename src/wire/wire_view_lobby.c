/* wire_view_lobby: the lobby manager's page: every service and window, devices, what would help,
 * and (wire_view_alerts.c) what needs a person. */
#include <string.h>

#include "wire_lobby.h"

static int per_cent(double share)
{
    return (int)(share * 100 + 0.5);
}

static void put_service(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct hall_service *service = &lobby->hall->services[index];
    const struct core_service_info *info = &lobby->services[index];
    wire_open_object(buf, NULL);
    wire_put_text(buf, "code", service->code);
    wire_put_names(buf, "name", &service->name);
    wire_put_int(buf, "waiting", info->waiting);
    wire_put_count(buf, "oldest_s", lobby_age_s(lobby, info->oldest_ms));
    wire_put_int(buf, "target_s", service->target_wait_ms / 1000);
    wire_put_int(buf, "issued", info->issued);
    wire_open_object(buf, "diverted");
    for (int to = 0; to < CORE_DIVERT_COUNT; to++) {
        wire_put_int(buf, core_divert_text((enum core_divert)to), info->diverted[to]);
    }
    wire_close_object(buf);
    wire_put_int(buf, "numbers_left", info->numbers_left);
    wire_put_count(buf, "quota", service->quota_day == 0 ? -1 : service->quota_day);
    wire_put_bool(buf, "open", info->open);
    wire_put_bool(buf, "suspended", info->suspended);
    wire_put_text_or_null(buf, "reason", info->reason);
    wire_put_text_or_null(buf, "code_reason", info->open ? "" : err_slug(info->closed_by));
    wire_put_int(buf, "windows", info->windows);
    wire_put_eta(buf, "eta", &info->eta);
    const struct wire_foreseen *foreseen = lobby->view->foreseen;
    wire_put_count(buf, "late_pct", foreseen != NULL ? per_cent(foreseen->late[index]) : -1);
    wire_close_object(buf);
}

static void put_abilities(struct buf *buf, const char *key, const struct hall *hall,
                          const struct hall_window_service *list, int count)
{
    wire_open_array(buf, key);
    for (int i = 0; i < count; i++) {
        wire_open_object(buf, NULL);
        wire_put_text(buf, "code", hall->services[list[i].service].code);
        wire_put_bool(buf, "backup", list[i].tier == HALL_TIER_BACKUP);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

/* What the window serves now, what it would by the document, and whether somebody changed that. */
static void put_served(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct hall_window *now = &lobby->hall->windows[index];
    const struct hall *document = wire_config_hall(lobby->view->config);
    int w = hall_find_window(document, now->no);
    put_abilities(buf, "services", lobby->hall, now->services, now->service_count);
    put_abilities(buf, "configured", document, w < 0 ? NULL : document->windows[w].services,
                  w < 0 ? 0 : document->windows[w].service_count);
    wire_put_bool(buf, "changed", core_window_repurposed(lobby->view->core, index));
}

static void put_window(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct core_window_info *info = &lobby->windows[index];
    struct board_sign sign;
    core_get_sign(lobby->view->core, index, &sign);
    wire_open_object(buf, NULL);
    wire_put_int(buf, "no", info->no);
    wire_put_names(buf, "name", &lobby->hall->windows[index].name);
    wire_put_text(buf, "state", wire_window_state_text(info->state));
    wire_put_text_or_null(buf, "clerk", info->clerk);
    wire_put_text_or_null(buf, "number", sign.number);
    wire_put_time(buf, "since", info->since_ms);
    wire_put_bool(buf, "assist", info->assist);
    wire_put_text_or_null(buf, "reason", info->reason);
    wire_put_time(buf, "until", info->until_ms);
    wire_put_bool(buf, "auto_next", info->auto_next);
    wire_put_int(buf, "held", info->held_count);
    wire_put_int(buf, "served", info->served);
    wire_put_int(buf, "waiting", info->waiting);
    put_served(buf, lobby, index);
    wire_close_object(buf);
}

/* ---- whom to see to ---- */

static void put_attend(struct buf *buf, const struct lobby *lobby)
{
    static const char *const reasons[] = {"late", "passed", "absent", "alone", "greet"};
    struct core_attend items[CORE_ATTEND_MAX];
    const struct wire_view *view = lobby->view;
    int count = core_list_attend(view->core, &view->now, items, CORE_ATTEND_MAX);
    wire_open_array(buf, "attend");
    for (int i = 0; i < count; i++) {
        struct ticket ticket;
        core_get_ticket(view->core, &view->now, items[i].visit, &ticket);
        wire_open_object(buf, NULL);
        wire_put_text(buf, "ticket", ticket.id);
        wire_put_text(buf, "number", ticket.number);
        wire_put_text(buf, "state", ticket_state_text(ticket.state));
        wire_put_text(buf, "service", ticket.legs[ticket.leg_count - 1].service);
        wire_put_text(buf, "class", ticket.cls);
        wire_put_count(buf, "ahead", ticket.ahead);
        wire_put_count(buf, "waiting_s", lobby_age_s(lobby, items[i].since_ms));
        wire_open_array(buf, "why");
        for (int bit = 0; bit < 5; bit++) {
            if ((items[i].why & 1u << bit) != 0) {
                wire_put_text(buf, NULL, reasons[bit]);
            }
        }
        wire_close_array(buf);
        wire_put_time(buf, "attended_at", items[i].attended_ms);
        wire_put_text_or_null(buf, "attended_by", items[i].attended_by);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}
_Static_assert(CORE_ATTEND_LATE == 1 && CORE_ATTEND_PASSED == 2 && CORE_ATTEND_ABSENT == 4 &&
                   CORE_ATTEND_ALONE == 8 && CORE_ATTEND_GREET == 16,
               "the words stand in the order of the bits");

/* ---- what can be chosen ---- */

static void put_choices(struct buf *buf, const struct lobby *lobby)
{
    const struct hall *hall = lobby->hall;
    wire_view_put_classes(buf, hall);
    wire_open_array(buf, "profiles");
    for (int i = 0; i < hall->profile_count; i++) {
        const struct hall_profile *profile = &hall->profiles[i];
        wire_open_object(buf, NULL);
        wire_put_text(buf, "code", profile->code);
        wire_put_names(buf, "name", &profile->name);
        put_abilities(buf, "services", hall, profile->services, profile->service_count);
        wire_close_object(buf);
    }
    wire_close_array(buf);
    wire_open_object(buf, "urgent");
    wire_put_int(buf, "today", core_urgent_today(lobby->view->core));
    wire_put_int(buf, "per_day", hall->policy.urgent_per_day);
    wire_put_bool(buf, "other_approver", hall->policy.urgent_other);
    wire_close_object(buf);
}

/* ---- what would help ---- */

/* As the hall is now it may be done already. */
static bool is_done(const struct lobby *lobby, const struct wire_advice *advice)
{
    enum core_window_state state = lobby->windows[advice->window].state;
    bool works = state != CORE_WINDOW_CLOSED && state != CORE_WINDOW_PAUSED;
    return works == advice->opens || lobby->hall->windows[advice->window].retired;
}

static void put_advice(struct buf *buf, const struct lobby *lobby, const struct wire_advice *advice)
{
    wire_open_object(buf, NULL);
    wire_put_text(buf, "kind", advice->opens ? "open-window" : "add-service");
    wire_put_int(buf, "window", lobby->hall->windows[advice->window].no);
    wire_put_text(buf, "service", lobby->hall->services[advice->service].code);
    wire_put_text(buf, "by", "forecast");
    wire_put_int(buf, "late_now_pct", per_cent(advice->late_now));
    wire_put_int(buf, "late_then_pct", per_cent(advice->late_then));
    wire_put_eta(buf, "eta_now", &advice->now);
    wire_put_eta(buf, "eta_then", &advice->then);
    wire_close_object(buf);
}

/* Without a forecast's word on a service that waits too long: whoever is free and could. */
static void put_plain_advice(struct buf *buf, const struct lobby *lobby, int service)
{
    struct lobby_help help;
    if (!lobby_is_red(lobby, service) || !lobby_find_help(lobby, service, &help)) {
        return;
    }
    wire_open_object(buf, NULL);
    wire_put_text(buf, "kind", lobby_help_text(help.kind));
    wire_put_int(buf, "window", lobby->windows[help.window].no);
    wire_put_text(buf, "service", lobby->hall->services[service].code);
    wire_put_text(buf, "by", "rule");
    wire_put_null(buf, "late_now_pct");
    wire_put_null(buf, "late_then_pct");
    wire_put_null(buf, "eta_now");
    wire_put_null(buf, "eta_then");
    wire_close_object(buf);
}

static void put_foreseen(struct buf *buf, const struct lobby *lobby)
{
    const struct wire_foreseen *foreseen = lobby->view->foreseen;
    bool advised[HALL_SERVICE_MAX] = {false};
    wire_open_array(buf, "suggestions");
    for (int i = 0; foreseen != NULL && i < foreseen->advice_count; i++) {
        if (!is_done(lobby, &foreseen->advice[i])) {
            put_advice(buf, lobby, &foreseen->advice[i]);
            advised[foreseen->advice[i].service] = true;
        }
    }
    for (int i = 0; i < lobby->hall->service_count; i++) {
        if (!advised[i] && !lobby->hall->services[i].retired) {
            put_plain_advice(buf, lobby, i);
        }
    }
    wire_close_array(buf);
    if (foreseen == NULL) {
        wire_put_null(buf, "forecast");
        return;
    }
    wire_open_object(buf, "forecast");
    wire_put_time(buf, "at", foreseen->at_ms);
    wire_put_int(buf, "level_pct", (foreseen->level_pm + 5) / 10);
    wire_put_count(buf, "covered_pct",
                   foreseen->covered_pm < 0 ? -1 : (foreseen->covered_pm + 5) / 10);
    wire_close_object(buf);
}

static void read_lobby(struct lobby *lobby, const struct wire_view *view)
{
    lobby->view = view;
    lobby->hall = core_hall(view->core);
    for (int i = 0; i < lobby->hall->service_count; i++) {
        core_get_service(view->core, &view->now, i, &lobby->services[i]);
    }
    for (int i = 0; i < lobby->hall->window_count; i++) {
        core_get_window(view->core, &view->now, i, false, &lobby->windows[i]);
    }
}

void wire_view_lobby(struct buf *buf, const struct wire_view *view)
{
    /* Some 80 KiB, and the engine's stack has room for it. */
    struct lobby lobby;
    read_lobby(&lobby, view);
    wire_open_object(buf, NULL);
    wire_view_put_head(buf, view);
    wire_put_day(buf, "day", core_day(view->core));
    wire_put_bool(buf, "open", core_day_is_open(view->core));
    wire_put_bool(buf, "read_only", view->read_only);
    wire_open_array(buf, "services");
    for (int i = 0; i < lobby.hall->service_count; i++) {
        if (!lobby.hall->services[i].retired) {
            put_service(buf, &lobby, i);
        }
    }
    wire_close_array(buf);
    wire_open_array(buf, "windows");
    for (int i = 0; i < lobby.hall->window_count; i++) {
        if (!lobby.hall->windows[i].retired) {
            put_window(buf, &lobby, i);
        }
    }
    wire_close_array(buf);
    lobby_put_alerts(buf, &lobby);
    put_attend(buf, &lobby);
    put_choices(buf, &lobby);
    put_foreseen(buf, &lobby);
    wire_view_put_devices(buf, view);
    wire_close_object(buf);
}
