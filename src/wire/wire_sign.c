/* wire_sign: what signs say beside numbers, in words: pauses, welcome lines, notices; and the
 * content of one sign as JSON, for `hallcall led`. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "wire_config_internal.h"
#include "wire_internal.h"

static const char *const sign_names[] = {"window", "number", "state", "text", "calls", NULL};
/* In the order of enum board_state. */
static const char *const state_words[] = {"closed", "idle", "calling", "serving", "paused"};
_Static_assert(sizeof state_words / sizeof state_words[0] == BOARD_PAUSED + 1, "a word a state");

/* A sign with Chinese shows an English text too; one without cannot show a Chinese text, so that
 * there only `en` counts and without it the number stands. */
static void read_text(const struct wire_object *object, struct board_sign *sign)
{
    static const char *const names[] = {"zh-CN", "en", NULL};
    struct wire_object text;
    if (!wire_config_read_object(object, "text", names, &text)) {
        return;
    }
    (void)wire_read_text(&text, "zh-CN", WIRE_OPTIONAL, sign->text_zh, sizeof sign->text_zh);
    (void)wire_read_text(&text, "en", WIRE_OPTIONAL, sign->text_en, sizeof sign->text_en);
    if (sign->text_zh[0] == '\0') {
        text_copy_cut(sign->text_zh, sizeof sign->text_zh, sign->text_en);
    }
}

enum err wire_sign_parse(struct board_sign *sign, const char *text, size_t length,
                         struct wire_problem *problem)
{
    json_t *root = NULL;
    struct wire_object object;
    enum err err = wire_body_begin(text, length, problem, &root, &object);
    if (err) {
        return err;
    }
    struct board_sign content = {.window = 0, .state = BOARD_CALLING, .calls = 1};
    wire_config_check_members(&object, sign_names);
    (void)wire_read_int32(&object, "window", WIRE_OPTIONAL, 0, HALL_WINDOW_NO_MAX, &content.window);
    (void)wire_read_text(&object, "number", WIRE_OPTIONAL, content.number, sizeof content.number);
    int state = BOARD_CALLING;
    (void)wire_read_word(&object, "state", WIRE_OPTIONAL, state_words, BOARD_PAUSED + 1, &state);
    content.state = (enum board_state)state;
    (void)wire_read_int32(&object, "calls", WIRE_OPTIONAL, 0, 100, &content.calls);
    read_text(&object, &content);
    err = wire_body_end(problem, root);
    if (err == ERR_NONE) {
        *sign = content;
    }
    return err;
}

/* ---- words ---- */

static bool is_ascii(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if ((unsigned char)text[i] > 0x7f) {
            return false;
        }
    }
    return true;
}

static void say_detail(struct board_sign *sign, const char *reason, const char *time)
{
    const char *en = is_ascii(reason) ? reason : "";
    bool back = time[0] != '\0';
    (void)snprintf(sign->detail_zh, sizeof sign->detail_zh, "%s%s%s%s", reason,
                   reason[0] != '\0' && back ? " " : "", back ? "至" : "", time);
    (void)snprintf(sign->detail_en, sizeof sign->detail_en, "%s%s%s%s", en,
                   en[0] != '\0' && back ? " " : "", back ? "to " : "", time);
}

void wire_sign_words(struct board_sign *sign, const char *reason, int64_t until_ms,
                     int32_t offset_s)
{
    /* In the order of enum board_state; with a number there is no need of words. */
    static const char *const zh[] = {"暂停服务", "空闲", "", "", "暂停服务"};
    static const char *const en[] = {"CLOSED", "OPEN", "", "", "PAUSED"};
    char time[8] = "";
    text_copy_cut(sign->text_zh, sizeof sign->text_zh, zh[sign->state]);
    text_copy_cut(sign->text_en, sizeof sign->text_en, en[sign->state]);
    if (sign->state != BOARD_PAUSED) {
        return;
    }
    if (until_ms != 0) {
        int64_t minute = (until_ms / 1000 + offset_s) / 60 % 1440;
        (void)snprintf(time, sizeof time, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
    }
    say_detail(sign, reason, time);
}

bool wire_zone_serves(const struct hall *hall, int zone, int service)
{
    if (zone < 0) {
        return true;
    }
    for (int i = 0; i < hall->window_count; i++) {
        const struct hall_window *window = &hall->windows[i];
        for (int k = 0; !window->retired && window->zone == zone && k < window->service_count;
             k++) {
            if (window->services[k].service == service) {
                return true;
            }
        }
    }
    return false;
}

int wire_sign_welcome(const struct core *core, const struct core_now *now, int zone,
                      struct board_row rows[HALL_SERVICE_MAX])
{
    const struct hall *hall = core_hall(core);
    int count = 0;
    for (int i = 0; i < hall->service_count; i++) {
        const struct hall_service *service = &hall->services[i];
        struct core_service_info info;
        if (service->retired || !wire_zone_serves(hall, zone, i)) {
            continue;
        }
        core_get_service(core, now, i, &info);
        if (info.open) {
            struct board_row *row = &rows[count++];
            (void)snprintf(row->zh, sizeof row->zh, "%s 等候%d", service->name.zh,
                           (int)info.waiting);
            (void)snprintf(row->en, sizeof row->en, "%s: %d", service->name.en, (int)info.waiting);
        }
    }
    return count;
}
