/* wire_config_reasons: the section `reasons`: what a clerk is offered as the reason of a pause and
 * of parking somebody. Others may be typed. A list that is given replaces the built-in one. */
#include <string.h>

#include "wire_config_internal.h"

static const struct hall_text default_pause[] = {{"午餐", "Lunch"},
                                                 {"会议", "Meeting"},
                                                 {"系统故障", "System fault"},
                                                 {"暂离", "Back soon"},
                                                 {"后台处理", "Back-office work"}};
static const struct hall_text default_hold[] = {{"填表", "Filling in a form"},
                                                {"复印", "Making copies"},
                                                {"缺材料", "Papers missing"},
                                                {"缴费", "Paying"}};

static void set(struct wire_reasons *reasons, const struct hall_text *list, size_t size)
{
    memcpy(reasons->list, list, size);
    reasons->count = (int)(size / sizeof *list);
}

/* `size`: of the text that keeps such a reason. */
static void read_list(const struct wire_object *parent, const char *name, size_t size,
                      struct wire_reasons *reasons)
{
    struct wire_object array;
    if (json_object_get(parent->json, name) == NULL) {
        return;
    }
    size_t count = wire_config_read_array(parent, name, WIRE_REASON_MAX, &array);
    reasons->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        struct hall_text text;
        wire_config_step_index(&array, i, &element);
        if (!wire_config_read_texts(&element, &text)) {
            continue;
        }
        if (strlen(text.zh) >= size || strlen(text.en) >= size) {
            wire_object_add(&element, NULL, "is longer than %d bytes", (int)size - 1);
        } else {
            reasons->list[reasons->count++] = text;
        }
    }
}

void wire_config_read_reasons(const struct wire_object *root, struct wire_config *config)
{
    static const char *const names[] = {"pause", "hold", NULL};
    struct wire_object object;
    set(&config->pause_reasons, default_pause, sizeof default_pause);
    set(&config->hold_reasons, default_hold, sizeof default_hold);
    if (wire_config_read_object(root, "reasons", names, &object)) {
        read_list(&object, "pause", TICKET_REASON_SIZE, &config->pause_reasons);
        read_list(&object, "hold", CORE_HELD_REASON_SIZE, &config->hold_reasons);
    }
}

static void put_list(struct buf *buf, const char *name, const struct wire_reasons *reasons)
{
    wire_open_array(buf, name);
    for (int i = 0; i < reasons->count; i++) {
        wire_put_names(buf, NULL, &reasons->list[i]);
    }
    wire_close_array(buf);
}

void wire_config_put_reasons(struct buf *buf, const struct wire_config *config)
{
    wire_open_object(buf, "reasons");
    put_list(buf, "pause", &config->pause_reasons);
    put_list(buf, "hold", &config->hold_reasons);
    wire_close_object(buf);
}
