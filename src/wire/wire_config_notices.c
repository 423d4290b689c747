/* wire_config_notices: the section `notices`: what runs below the calls on the hall's screens.
 *
 * A notice has a text in one or two languages, and may have a code, a category, a place in the
 * order (smaller first, 0 by itself; equal ones as in the document) and a time from `start` to
 * `end`. Both are either a moment (RFC 3339) or a local date; a date as `end` is the last day. */
#include <assert.h>
#include <string.h>

#include "clock.h"
#include "wire_config_internal.h"

#define DAY_MS INT64_C(86400000)
#define ORDER_MAX 100000
/* Some two minutes of reading at five characters a second. */
#define NOTICE_TEXT_SIZE BOARD_NOTICE_SIZE

static bool is_moment(const char *text)
{
    int64_t ms = 0;
    int32_t day = 0;
    return text != NULL &&
           (clock_parse(text, &ms) == ERR_NONE || clock_parse_day(text, &day) == ERR_NONE);
}

static void check_moment(const struct wire_object *notice, const char *name)
{
    const json_t *value = json_object_get(notice->json, name);
    if (value != NULL && !json_is_null(value) && !is_moment(json_string_value(value))) {
        wire_object_add(notice, name, "must be a date YYYY-MM-DD or a time in RFC 3339");
    }
}

static void check_text(const struct wire_object *notice)
{
    static const char *const names[] = {"zh-CN", "en", NULL};
    char text[NOTICE_TEXT_SIZE];
    struct wire_object object;
    if (!wire_read_object(notice, "text", WIRE_REQUIRED, &object)) {
        return;
    }
    int before = object.problem->error_count;
    wire_config_check_members(&object, names);
    bool has_zh = wire_read_text(&object, "zh-CN", WIRE_OPTIONAL, text, sizeof text) && text[0];
    bool has_en = wire_read_text(&object, "en", WIRE_OPTIONAL, text, sizeof text) && text[0];
    if (!has_zh && !has_en && object.problem->error_count == before) {
        wire_object_add(&object, NULL, "needs zh-CN or en");
    }
}

void wire_config_check_notices(const struct wire_object *root)
{
    static const char *const names[] = {"code", "text", "category", "start", "end", "order", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "notices", WIRE_NOTICE_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object notice;
        char code[HALL_CODE_SIZE];
        int32_t order = 0;
        if (!wire_config_read_element(&array, i, names, &notice)) {
            continue;
        }
        if (json_object_get(notice.json, "code") != NULL) {
            (void)wire_config_read_own_code(&array, i, &notice, code);
        }
        (void)wire_config_read_code(&notice, "category", WIRE_OPTIONAL, code);
        check_text(&notice);
        check_moment(&notice, "start");
        check_moment(&notice, "end");
        (void)wire_read_int32(&notice, "order", WIRE_OPTIONAL, -ORDER_MAX, ORDER_MAX, &order);
    }
}

/* A moment of a notice in hall time. A date begins at local midnight, by the offset of now. */
static int64_t moment_ms(const char *text, const struct core_now *now, bool end)
{
    int64_t ms = 0;
    int32_t day = 0;
    if (clock_parse(text, &ms) == ERR_NONE) {
        return ms;
    }
    if (clock_parse_day(text, &day) == ERR_NONE) {
        int64_t local_ms = ((int64_t)day + (end ? 1 : 0)) * DAY_MS;
        return local_ms - (int64_t)now->offset_s * 1000;
    }
    return end ? INT64_MAX : INT64_MIN;
}

static bool is_in_force(const json_t *notice, const struct core_now *now)
{
    if (now == NULL) {
        return true;
    }
    const char *start = json_string_value(json_object_get(notice, "start"));
    const char *end = json_string_value(json_object_get(notice, "end"));
    return (start == NULL || moment_ms(start, now, false) <= now->ms) &&
           (end == NULL || now->ms < moment_ms(end, now, true));
}

static void put_member(struct buf *buf, const json_t *notice, const char *name)
{
    const char *text = json_string_value(json_object_get(notice, name));
    if (text != NULL) {
        wire_put_text(buf, name, text);
    }
}

static struct board_notice read_notice(const json_t *notice)
{
    const json_t *text = json_object_get(notice, "text");
    const char *zh = json_string_value(json_object_get(text, "zh-CN"));
    const char *en = json_string_value(json_object_get(text, "en"));
    return (struct board_notice){.zh = zh != NULL ? zh : "", .en = en != NULL ? en : ""};
}

static void put_notice(struct buf *buf, const json_t *notice)
{
    struct board_notice text = read_notice(notice);
    bool has_zh = text.zh[0] != '\0';
    bool has_en = text.en[0] != '\0';
    assert(has_zh || has_en);
    wire_open_object(buf, NULL);
    put_member(buf, notice, "code");
    put_member(buf, notice, "category");
    wire_open_object(buf, "text");
    wire_put_text(buf, "zh-CN", has_zh ? text.zh : text.en);
    wire_put_text(buf, "en", has_en ? text.en : text.zh);
    wire_close_object(buf);
    put_member(buf, notice, "start");
    put_member(buf, notice, "end");
    wire_close_object(buf);
}

static json_int_t notice_order(const json_t *notice)
{
    return json_integer_value(json_object_get(notice, "order"));
}

/* Those of category "slip" stand on the slips, the others on the screens. */
static bool is_for_slips(const json_t *notice)
{
    const char *category = json_string_value(json_object_get(notice, "category"));
    return category != NULL && strcmp(category, "slip") == 0;
}

/* The notices for screens or for slips that are in force, in their order; returns how many. */
static size_t sort_notices(const struct wire_config *config, const struct core_now *now,
                           bool for_slips, const json_t *sorted[WIRE_NOTICE_MAX])
{
    const json_t *array = json_object_get(config->root, "notices");
    size_t count = 0;
    assert(json_array_size(array) <= WIRE_NOTICE_MAX);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *notice = json_array_get(array, i);
        if (!is_in_force(notice, now) || is_for_slips(notice) != for_slips) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && notice_order(sorted[at - 1]) > notice_order(notice); at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = notice;
    }
    return count;
}

int wire_config_slip_notices(const struct wire_config *config, const struct core_now *now,
                             struct wire_slip_line *lines, int max)
{
    const json_t *sorted[WIRE_NOTICE_MAX];
    size_t count = sort_notices(config, now, true, sorted);
    int taken = 0;
    for (size_t i = 0; i < count && taken < max; i++) {
        struct board_notice notice = read_notice(sorted[i]);
        struct wire_slip_line *line = &lines[taken++];
        text_copy_cut(line->zh, sizeof line->zh, notice.zh);
        text_copy_cut(line->en, sizeof line->en, notice.en);
    }
    return taken;
}

int wire_sign_notices(const struct wire_config *config, const struct core_now *now,
                      struct board_notice notices[BOARD_NOTICE_MAX])
{
    const json_t *sorted[WIRE_NOTICE_MAX];
    size_t count = sort_notices(config, now, false, sorted);
    for (size_t i = 0; i < count; i++) {
        notices[i] = read_notice(sorted[i]);
    }
    return (int)count;
}

void wire_config_print_notices_at(struct buf *buf, const struct wire_config *config,
                                  const struct core_now *now)
{
    const json_t *sorted[WIRE_NOTICE_MAX];
    size_t count = sort_notices(config, now, false, sorted);
    wire_open_array(buf, NULL);
    for (size_t i = 0; i < count; i++) {
        put_notice(buf, sorted[i]);
    }
    wire_close_array(buf);
}
