/* wire_view_lobby: the lobby manager's page: every service and window, devices, and what needs a
 * person.
 *
 * Alerts are derived here from what the core and the devices say now; they are not events, so they
 * are gone as soon as their cause is. */
#include <stdio.h>
#include <string.h>

#include "wire_internal.h"

/* Everything a view of the lobby looks at more than once. */
struct lobby {
    const struct wire_view *view;
    const struct hall *hall;
    struct core_service_info services[HALL_SERVICE_MAX];
    struct core_window_info windows[HALL_WINDOW_MAX];
};

static int64_t age_s(const struct wire_view *view, int64_t since_ms)
{
    if (since_ms == 0) {
        return -1;
    }
    return view->now.ms > since_ms ? (view->now.ms - since_ms) / 1000 : 0;
}

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
    wire_put_count(buf, "oldest_s", age_s(lobby->view, info->oldest_ms));
    wire_put_int(buf, "target_s", service->target_wait_ms / 1000);
    wire_put_int(buf, "issued", info->issued);
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
    wire_close_object(buf);
}

/* ---- alerts ---- */

/* Slips listed by number; more than these are one cause, and the printer's alert says it. */
#define PRINT_ALERT_MAX 10

struct alert {
    const char *code;
    const char *service; /* or NULL */
    int32_t window;      /* or 0 */
    const char *device;  /* or NULL */
    const char *ticket;  /* id, or NULL */
    int64_t since_ms;
    struct hall_text text;
};

static void put_alert(struct buf *buf, const struct alert *alert)
{
    wire_open_object(buf, NULL);
    wire_put_text(buf, "code", alert->code);
    wire_put_text_or_null(buf, "service", alert->service != NULL ? alert->service : "");
    wire_put_window_no(buf, "window", alert->window);
    wire_put_text_or_null(buf, "device", alert->device != NULL ? alert->device : "");
    wire_put_text_or_null(buf, "ticket", alert->ticket != NULL ? alert->ticket : "");
    wire_put_time(buf, "since", alert->since_ms);
    wire_put_names(buf, "text", &alert->text);
    wire_close_object(buf);
}

static void put_service_alerts(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct hall_service *service = &lobby->hall->services[index];
    const struct core_service_info *info = &lobby->services[index];
    int64_t oldest_s = age_s(lobby->view, info->oldest_ms);
    bool late = info->waiting > 0 && service->target_wait_ms > 0 &&
                oldest_s > service->target_wait_ms / 1000;
    struct alert alert = {.service = service->code, .since_ms = info->oldest_ms};
    if (late) {
        long long minutes = (long long)oldest_s / 60;
        alert.code = "wait-over-target";
        alert.since_ms += service->target_wait_ms;
        (void)snprintf(alert.text.zh, sizeof alert.text.zh, "最长等候 %lld 分钟,超过目标", minutes);
        (void)snprintf(alert.text.en, sizeof alert.text.en, "longest wait %lld min, over target",
                       minutes);
        put_alert(buf, &alert);
    }
    if (info->waiting > 0 && info->windows == 0) {
        alert.code = "no-open-window";
        alert.since_ms = info->oldest_ms;
        (void)snprintf(alert.text.zh, sizeof alert.text.zh, "%d 人等候,没有窗口上岗",
                       info->waiting);
        (void)snprintf(alert.text.en, sizeof alert.text.en, "%d waiting and no window open",
                       info->waiting);
        put_alert(buf, &alert);
    }
}

static void put_window_alerts(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct core_window_info *info = &lobby->windows[index];
    if (info->assist) {
        struct alert alert = {.code = "assist",
                              .window = info->no,
                              .since_ms = info->since_ms,
                              .text = {"窗口求助", "the window asks for help"}};
        put_alert(buf, &alert);
    }
}

/* What a person is told of a device that is sick; NULL: nothing, not yet at least. */
static const struct alert *find_device_alert(const struct wire_device *device, int64_t now_ms)
{
    static const struct alert unknown = {
        .code = "device-unknown", .text = {"设备状态不明", "the state of the device is unknown"}};
    static const struct alert offline = {.code = "device-offline",
                                         .text = {"显示屏没有应答", "the sign does not answer"}};
    static const struct alert faulty = {.code = "device-faulty",
                                        .text = {"设备有故障", "the device is faulty"}};
    switch (wire_device_state(device, now_ms)) {
    case WIRE_DEVICE_UNKNOWN:
        return now_ms - device->known_ms >= WIRE_DEVICE_KNOWN_MS ? &unknown : NULL;
    case WIRE_DEVICE_REPORTED:
        return device->online ? NULL : &offline;
    case WIRE_DEVICE_OFFLINE:
        return &offline;
    case WIRE_DEVICE_FAULTY:
        return &faulty;
    case WIRE_DEVICE_ONLINE:
        break;
    }
    return NULL;
}

static bool is_printer(const struct wire_view *view, const char *code)
{
    for (int i = 0; i < wire_config_printer_count(view->config); i++) {
        if (strcmp(wire_config_printer(view->config, i)->code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void put_paper_alert(struct buf *buf, const struct wire_device *device)
{
    struct alert alert = {.device = device->code, .since_ms = device->paper_ms};
    if (device->paper == WIRE_PAPER_OUT) {
        alert.code = "paper-out";
        alert.text = (struct hall_text){"打印机缺纸", "the printer is out of paper"};
    } else {
        alert.code = "paper-low";
        alert.text = (struct hall_text){"打印机纸将尽", "the printer's paper is nearly used up"};
    }
    put_alert(buf, &alert);
}

static void put_device_alerts(struct buf *buf, const struct wire_view *view)
{
    for (int i = 0; i < view->device_count; i++) {
        const struct wire_device *device = &view->devices[i];
        bool printer = is_printer(view, device->code);
        if (device->help_ms != 0) {
            struct alert alert = {
                .code = "help",
                .device = device->code,
                .since_ms = device->help_ms,
                .text = {"取号机旁有人需要帮助", "somebody at the kiosk needs help"}};
            put_alert(buf, &alert);
        }
        const struct alert *found = find_device_alert(device, view->now.ms);
        if (found != NULL) {
            struct alert alert = *found;
            bool unknown = wire_device_state(device, view->now.ms) == WIRE_DEVICE_UNKNOWN;
            alert.device = device->code;
            alert.since_ms = unknown ? device->known_ms : device->since_ms;
            if (printer && !unknown) {
                alert.text = (struct hall_text){"打印机不能打印", "the printer cannot print"};
            }
            put_alert(buf, &alert);
        }
        if (printer && device->online && device->detail[0] != '\0') {
            struct alert alert = {
                .code = "printer-mute",
                .device = device->code,
                .since_ms = device->since_ms,
                .text = {"打印机状态未知,请看是否出票",
                         "the printer does not tell its status: watch the slips"}};
            put_alert(buf, &alert);
        }
        if (printer && device->paper >= WIRE_PAPER_LOW) {
            put_paper_alert(buf, device);
        }
    }
}

/* Somebody waits with a number that is on no paper: it can be printed again. */
static void put_print_alerts(struct buf *buf, const struct wire_view *view)
{
    int32_t slots[PRINT_ALERT_MAX];
    int count = core_list_unprinted(view->core, slots, PRINT_ALERT_MAX);
    for (int i = 0; i < count; i++) {
        struct ticket ticket;
        core_get_ticket(view->core, &view->now, slots[i], &ticket);
        struct alert alert = {.code = "print-failed",
                              .service = ticket.legs[ticket.leg_count - 1].service,
                              .ticket = ticket.id,
                              .since_ms = ticket.issued_ms};
        (void)snprintf(alert.text.zh, sizeof alert.text.zh, "%s 号小票没有打印出来", ticket.number);
        (void)snprintf(alert.text.en, sizeof alert.text.en, "the slip of %s was not printed",
                       ticket.number);
        put_alert(buf, &alert);
    }
}

/* Called and not said aloud for too long: nothing speaks there, or too much is to be said. */
static void put_voice_alerts(struct buf *buf, const struct lobby *lobby)
{
    struct announcement items[CORE_VOICE_MAX];
    for (int z = 0; z < lobby->hall->zone_count || (z == 0 && lobby->hall->zone_count == 0); z++) {
        const char *zone = lobby->hall->zone_count > 0 ? lobby->hall->zones[z].code : "";
        int count = core_list_announcements(lobby->view->core, zone, items, CORE_VOICE_MAX);
        for (int i = 0; i < count; i++) {
            struct alert alert = {
                .code = "voice-late", .window = items[i].window, .since_ms = items[i].queued_ms};
            (void)snprintf(alert.text.zh, sizeof alert.text.zh, "%s 号的呼叫还没有播报",
                           items[i].number);
            (void)snprintf(alert.text.en, sizeof alert.text.en, "the call of %s was not spoken yet",
                           items[i].number);
            if (items[i].late) {
                put_alert(buf, &alert);
            }
        }
    }
}

static void put_alerts(struct buf *buf, const struct lobby *lobby)
{
    wire_open_array(buf, "alerts");
    if (lobby->view->read_only) {
        struct alert alert = {.code = "read-only",
                              .text = {"磁盘已满,现在只读", "the disk is full, reading only"}};
        put_alert(buf, &alert);
    }
    for (int i = 0; i < lobby->hall->service_count; i++) {
        if (!lobby->hall->services[i].retired) {
            put_service_alerts(buf, lobby, i);
        }
    }
    for (int i = 0; i < lobby->hall->window_count; i++) {
        if (!lobby->hall->windows[i].retired) {
            put_window_alerts(buf, lobby, i);
        }
    }
    put_device_alerts(buf, lobby->view);
    put_print_alerts(buf, lobby->view);
    put_voice_alerts(buf, lobby);
    wire_close_array(buf);
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
    wire_put_int(buf, "late_now_pct", per_cent(advice->late_now));
    wire_put_int(buf, "late_then_pct", per_cent(advice->late_then));
    wire_put_eta(buf, "eta_now", &advice->now);
    wire_put_eta(buf, "eta_then", &advice->then);
    wire_close_object(buf);
}

static void put_foreseen(struct buf *buf, const struct lobby *lobby)
{
    const struct wire_foreseen *foreseen = lobby->view->foreseen;
    wire_open_array(buf, "suggestions");
    for (int i = 0; foreseen != NULL && i < foreseen->advice_count; i++) {
        if (!is_done(lobby, &foreseen->advice[i])) {
            put_advice(buf, lobby, &foreseen->advice[i]);
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
    put_alerts(buf, &lobby);
    put_foreseen(buf, &lobby);
    wire_view_put_devices(buf, view);
    wire_close_object(buf);
}
