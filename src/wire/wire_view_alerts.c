/* wire_view_alerts: what in the hall needs a person, each with what can be done about it at once.
 *
 * Alerts are derived here, for every page alike, from what the core and the devices say now; they
 * are not events, so they are gone as soon as their cause is. Nothing here walks along a queue:
 * the work grows with services, windows and devices, never with those who wait. */
#include <stdio.h>
#include <string.h>

#include "wire_lobby.h"

int64_t lobby_age_s(const struct lobby *lobby, int64_t since_ms)
{
    if (since_ms == 0) {
        return -1;
    }
    int64_t now_ms = lobby->view->now.ms;
    return now_ms > since_ms ? (now_ms - since_ms) / 1000 : 0;
}

/* ---- who could help ---- */

bool lobby_is_red(const struct lobby *lobby, int service)
{
    const struct hall_service *s = &lobby->hall->services[service];
    const struct core_service_info *info = &lobby->services[service];
    return info->waiting > 0 && s->target_wait_ms > 0 &&
           lobby_age_s(lobby, info->oldest_ms) > s->target_wait_ms / 1000;
}

const char *lobby_help_text(enum lobby_help_kind kind)
{
    static const char *const names[] = {"resume-window", "open-window", "add-service"};
    return names[kind];
}

bool lobby_window_has(const struct lobby *lobby, int window, int service)
{
    const struct hall_window *place = &lobby->hall->windows[window];
    for (int i = 0; i < place->service_count; i++) {
        if (place->services[i].service == service) {
            return true;
        }
    }
    return false;
}

bool lobby_find_help(const struct lobby *lobby, int service, struct lobby_help *ret_help)
{
    /* From the worst to the best, so that the last found is kept: a clerk who is away may be gone,
     * a closed window wants a clerk fetched, a free one is there. */
    bool found = false;
    for (int kind = LOBBY_HELP_RESUME; kind <= LOBBY_HELP_ADD; kind++) {
        for (int w = lobby->hall->window_count - 1; w >= 0; w--) {
            const struct core_window_info *info = &lobby->windows[w];
            bool has = lobby_window_has(lobby, w, service);
            bool can = kind == LOBBY_HELP_RESUME ? has && info->state == CORE_WINDOW_PAUSED
                       : kind == LOBBY_HELP_OPEN
                           ? has && info->state == CORE_WINDOW_CLOSED
                           : !has && info->state == CORE_WINDOW_OPEN && info->waiting == 0;
            if (can && !lobby->hall->windows[w].retired) {
                *ret_help = (struct lobby_help){.kind = (enum lobby_help_kind)kind, .window = w};
                found = true;
            }
        }
    }
    return found;
}

/* ---- alerts ---- */

/* Slips listed by number; more than these are one cause, and the printer's alert says it. */
#define PRINT_ALERT_MAX 10
/* A bad rating is shown for as long as its visitor may still be met. */
#define BAD_RATING_MS (60 * 60 * 1000)

/* Nobody is told that a service takes long before so many times what it is expected to take, nor
 * before ten minutes; without an expectation, before half an hour. */
#define LONG_SERVICE_TIMES 2
#define LONG_SERVICE_MIN_S 600
#define LONG_SERVICE_UNKNOWN_S 1800

/* What the page offers beside an alert: words of the contract. */
#define ALERT_ACTION_MAX 3

struct action {
    const char *what;
    int32_t window;      /* or 0 */
    const char *service; /* or NULL */
};

struct alert {
    const char *code;
    const char *service; /* or NULL */
    int32_t window;      /* or 0 */
    const char *device;  /* or NULL */
    const char *ticket;  /* id, or NULL */
    const char *number;  /* of a ticket, or NULL */
    int64_t since_ms;
    struct hall_text text;
    struct action actions[ALERT_ACTION_MAX];
    int action_count;
};

static void offer(struct alert *alert, const char *what, int32_t window, const char *service)
{
    if (alert->action_count < ALERT_ACTION_MAX) {
        alert->actions[alert->action_count++] =
            (struct action){.what = what, .window = window, .service = service};
    }
}

static void put_alert(struct buf *buf, const struct alert *alert)
{
    wire_open_object(buf, NULL);
    wire_put_text(buf, "code", alert->code);
    wire_put_text_or_null(buf, "service", alert->service != NULL ? alert->service : "");
    wire_put_window_no(buf, "window", alert->window);
    wire_put_text_or_null(buf, "device", alert->device != NULL ? alert->device : "");
    wire_put_text_or_null(buf, "ticket", alert->ticket != NULL ? alert->ticket : "");
    wire_put_time(buf, "since", alert->since_ms);
    wire_put_text_or_null(buf, "number", alert->number != NULL ? alert->number : "");
    wire_put_names(buf, "text", &alert->text);
    wire_open_array(buf, "actions");
    for (int i = 0; i < alert->action_count; i++) {
        const struct action *action = &alert->actions[i];
        wire_open_object(buf, NULL);
        wire_put_text(buf, "do", action->what);
        wire_put_window_no(buf, "window", action->window);
        wire_put_text_or_null(buf, "service", action->service != NULL ? action->service : "");
        wire_close_object(buf);
    }
    wire_close_array(buf);
    wire_close_object(buf);
}

static void offer_help(struct alert *alert, const struct lobby *lobby, int service)
{
    struct lobby_help help;
    if (lobby_find_help(lobby, service, &help)) {
        offer(alert, lobby_help_text(help.kind), lobby->windows[help.window].no,
              lobby->hall->services[service].code);
    }
}

static void put_late_alert(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct hall_service *service = &lobby->hall->services[index];
    const struct core_service_info *info = &lobby->services[index];
    long long minutes = (long long)lobby_age_s(lobby, info->oldest_ms) / 60;
    struct alert alert = {.code = "wait-over-target",
                          .service = service->code,
                          .since_ms = info->oldest_ms + service->target_wait_ms};
    (void)snprintf(alert.text.zh, sizeof alert.text.zh, "最长等候 %lld 分钟,超过目标 %lld 分钟",
                   minutes, (long long)service->target_wait_ms / 60000);
    (void)snprintf(alert.text.en, sizeof alert.text.en, "longest wait %lld min, target %lld min",
                   minutes, (long long)service->target_wait_ms / 60000);
    offer_help(&alert, lobby, index);
    put_alert(buf, &alert);
}

static void put_no_window_alert(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct core_service_info *info = &lobby->services[index];
    struct alert alert = {.code = "no-open-window",
                          .service = lobby->hall->services[index].code,
                          .since_ms = info->oldest_ms};
    (void)snprintf(alert.text.zh, sizeof alert.text.zh, "%d 人等候,没有窗口上岗", info->waiting);
    (void)snprintf(alert.text.en, sizeof alert.text.en, "%d waiting and no window open",
                   info->waiting);
    offer_help(&alert, lobby, index);
    if (!info->suspended) {
        offer(&alert, "suspend", 0, alert.service);
    }
    put_alert(buf, &alert);
}

/* The numbers of a series run out while people still come: tomorrow's setting, or no more today. */
static void put_series_alert(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct hall_service *service = &lobby->hall->services[index];
    const struct core_service_info *info = &lobby->services[index];
    struct alert alert = {.code = info->numbers_left > 0 ? "numbers-low" : "numbers-exhausted",
                          .service = service->code};
    (void)snprintf(alert.text.zh, sizeof alert.text.zh,
                   info->numbers_left > 0 ? "号码将用完,还剩 %d 个" : "号码已用完",
                   info->numbers_left);
    (void)snprintf(alert.text.en, sizeof alert.text.en,
                   info->numbers_left > 0 ? "the numbers run out, %d left" : "no numbers are left",
                   info->numbers_left);
    if (!info->suspended) {
        offer(&alert, "suspend", 0, alert.service);
    }
    put_alert(buf, &alert);
}

/* Free windows that could call them and do not, and the first that serves something else. */
static void put_idle_alerts(struct buf *buf, const struct lobby *lobby, int index)
{
    bool offered = false;
    for (int w = 0; w < lobby->hall->window_count; w++) {
        const struct core_window_info *info = &lobby->windows[w];
        bool idle = info->state == CORE_WINDOW_OPEN && !lobby->hall->windows[w].retired;
        bool has = lobby_window_has(lobby, w, index);
        if (!idle || (has ? info->waiting == 0 : info->waiting > 0 || offered)) {
            continue;
        }
        offered = offered || !has;
        struct alert alert = {.code = "idle-window",
                              .window = info->no,
                              .service = lobby->hall->services[index].code,
                              .since_ms = info->since_ms,
                              .text = {"窗口空闲,而这项业务有人等候超时",
                                       "free, while people wait too long for this service"}};
        if (has) {
            offer(&alert, "window", info->no, NULL);
        } else {
            offer(&alert, "add-service", info->no, alert.service);
        }
        put_alert(buf, &alert);
    }
}

static void put_service_alerts(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct hall_service *service = &lobby->hall->services[index];
    const struct core_service_info *info = &lobby->services[index];
    int32_t numbers = service->last - service->first + 1;
    if (lobby_is_red(lobby, index)) {
        put_late_alert(buf, lobby, index);
        put_idle_alerts(buf, lobby, index);
    }
    if (info->waiting > 0 && info->windows == 0) {
        put_no_window_alert(buf, lobby, index);
    }
    if ((int64_t)info->numbers_left * 10 <= numbers && core_day_is_open(lobby->view->core)) {
        put_series_alert(buf, lobby, index);
    }
}

static void put_long_service_alert(struct buf *buf, const struct lobby *lobby,
                                   const struct core_window_info *info)
{
    struct ticket ticket;
    core_get_ticket(lobby->view->core, &lobby->view->now, info->visit, &ticket);
    const struct ticket_leg *leg = &ticket.legs[ticket.leg_count - 1];
    int service = hall_find_service(lobby->hall, leg->service);
    int64_t expected_s =
        service >= 0 ? lobby->hall->services[service].expected_service_ms / 1000 : 0;
    int64_t limit_s = expected_s * LONG_SERVICE_TIMES;
    limit_s = expected_s == 0                ? LONG_SERVICE_UNKNOWN_S
              : limit_s < LONG_SERVICE_MIN_S ? LONG_SERVICE_MIN_S
                                             : limit_s;
    int64_t age_s = lobby_age_s(lobby, leg->started_ms);
    if (age_s <= limit_s) {
        return;
    }
    struct alert alert = {.code = "service-long",
                          .window = info->no,
                          .service = leg->service,
                          .ticket = ticket.id,
                          .number = ticket.number,
                          .since_ms = leg->started_ms + limit_s * 1000};
    (void)snprintf(alert.text.zh, sizeof alert.text.zh, "%s 号已办理 %lld 分钟", ticket.number,
                   (long long)age_s / 60);
    (void)snprintf(alert.text.en, sizeof alert.text.en, "%s has been served for %lld min",
                   ticket.number, (long long)age_s / 60);
    offer(&alert, "ticket", 0, NULL);
    put_alert(buf, &alert);
}

static void put_window_alerts(struct buf *buf, const struct lobby *lobby, int index)
{
    const struct core_window_info *info = &lobby->windows[index];
    if (info->assist) {
        struct alert alert = {.code = "assist",
                              .window = info->no,
                              .since_ms = info->since_ms,
                              .text = {"窗口求助", "the window asks for help"}};
        offer(&alert, "clear-help", info->no, NULL);
        put_alert(buf, &alert);
    }
    if (info->state == CORE_WINDOW_SERVING && info->visit >= 0) {
        put_long_service_alert(buf, lobby, info);
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
    offer(&alert, "devices", 0, NULL);
    put_alert(buf, &alert);
}

static void put_help_alert(struct buf *buf, const struct wire_device *device)
{
    struct alert alert = {.code = "help",
                          .device = device->code,
                          .since_ms = device->help_ms,
                          .text = {"取号机旁有人需要帮助", "somebody at the kiosk needs help"}};
    offer(&alert, "clear-help", 0, NULL);
    put_alert(buf, &alert);
}

static void put_device_alerts(struct buf *buf, const struct wire_view *view)
{
    for (int i = 0; i < view->device_count; i++) {
        const struct wire_device *device = &view->devices[i];
        bool printer = is_printer(view, device->code);
        if (device->help_ms != 0) {
            put_help_alert(buf, device);
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
            offer(&alert, "devices", 0, NULL);
            put_alert(buf, &alert);
        }
        if (printer && device->online && device->detail[0] != '\0') {
            struct alert alert = {
                .code = "printer-mute",
                .device = device->code,
                .since_ms = device->since_ms,
                .text = {"打印机状态未知,请看是否出票",
                         "the printer does not tell its status: watch the slips"}};
            offer(&alert, "devices", 0, NULL);
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
                              .number = ticket.number,
                              .since_ms = ticket.issued_ms};
        offer(&alert, "reprint", 0, NULL);
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
                offer(&alert, "voice", 0, NULL);
                put_alert(buf, &alert);
            }
        }
    }
}

/* A visitor was not content: somebody should speak with them while they are here. */
static void put_rating_alerts(struct buf *buf, const struct wire_view *view)
{
    struct core_bad items[CORE_BAD_RATING_MAX];
    int count =
        core_list_bad_ratings(view->core, view->now.ms - BAD_RATING_MS, items, CORE_BAD_RATING_MAX);
    for (int i = 0; i < count; i++) {
        struct ticket ticket;
        core_get_ticket(view->core, &view->now, items[i].visit, &ticket);
        struct alert alert = {.code = "bad-rating",
                              .window = items[i].window,
                              .ticket = ticket.id,
                              .number = ticket.number,
                              .since_ms = items[i].at_ms};
        (void)snprintf(alert.text.zh, sizeof alert.text.zh, "%s 号差评（%d 星）", ticket.number,
                       (int)items[i].level);
        (void)snprintf(alert.text.en, sizeof alert.text.en, "%s gave a bad rating (%d of 5)",
                       ticket.number, (int)items[i].level);
        offer(&alert, "ticket", 0, NULL);
        put_alert(buf, &alert);
    }
}

void lobby_put_alerts(struct buf *buf, const struct lobby *lobby)
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
    put_rating_alerts(buf, lobby->view);
    wire_close_array(buf);
}
