/* wire_staffing: see wire_staffing.h. */
#include <string.h>

#include "wire_config_internal.h"
#include "wire_staffing.h"

#define SLOT_MIN 30
#define DAY_MIN 1440
#define DEFAULT_SHARE 0.9

/* A time on the half hour as the number of half hours since midnight; *ret stays when it is not
 * given. */
static void read_slot(const struct wire_object *object, const char *name, enum wire_need need,
                      int32_t *ret_slot)
{
    int32_t minutes;
    bool missing = json_object_get(object->json, name) == NULL;
    if (missing && need == WIRE_REQUIRED) {
        wire_object_add(object, name, "is required");
    } else if (wire_config_read_minutes(object, name, DAY_MIN, &minutes)) {
        if (minutes % SLOT_MIN != 0) {
            wire_object_add(object, name, "must be on the half hour");
        } else {
            *ret_slot = minutes / SLOT_MIN;
        }
    }
}

static void read_plan_windows(const struct wire_object *item, const struct hall *hall, int from,
                              int to, struct staffing_plan *plan)
{
    struct wire_object array;
    size_t count = wire_config_read_array(item, "windows", HALL_WINDOW_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        wire_config_step_index(&array, i, &element);
        const json_t *no = json_array_get(array.json, i);
        int w = json_is_integer(no) && json_integer_value(no) > 0 &&
                        json_integer_value(no) <= HALL_WINDOW_NO_MAX
                    ? hall_find_window(hall, (int32_t)json_integer_value(no))
                    : -1;
        if (w < 0) {
            wire_object_add(&element, NULL, "there is no such window");
            continue;
        }
        for (int slot = from; slot < to; slot++) {
            plan->open[slot][w] = true;
        }
    }
}

static void read_plan(const struct wire_object *root, const struct hall *hall,
                      struct wire_staffing *request)
{
    static const char *const names[] = {"from", "to", "windows", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "plan", FORECAST_SLOT_COUNT, &array);
    request->has_plan = count > 0;
    for (size_t i = 0; i < count; i++) {
        struct wire_object item;
        int32_t from = -1;
        int32_t to = -1;
        wire_config_step_index(&array, i, &item);
        if (!json_is_object(item.json)) {
            wire_object_add(&item, NULL, "must be an object");
            continue;
        }
        wire_config_check_members(&item, names);
        read_slot(&item, "from", WIRE_REQUIRED, &from);
        read_slot(&item, "to", WIRE_REQUIRED, &to);
        if (from >= 0 && to >= 0 && from >= to) {
            wire_object_add(&item, "to", "must be after from");
        } else if (from >= 0 && to >= 0) {
            read_plan_windows(&item, hall, from, to, &request->plan);
        }
    }
}

enum err wire_staffing_read(const char *text, size_t length, struct hall *hall,
                            struct wire_staffing *ret_request, struct wire_problem *problem)
{
    static const char *const names[] = {"target_share", "target_wait_s", "days", "windows", "from",
                                        "to",           "plan",          NULL};
    json_t *json;
    struct wire_object root;
    int32_t target_s;
    enum err err = wire_json_parse(text, length, problem, &json);
    if (err) {
        return err;
    }
    memset(ret_request, 0, sizeof *ret_request);
    ret_request->target_share = DEFAULT_SHARE;
    ret_request->days = STAFFING_DAYS_MIN;
    ret_request->from_slot = -1;
    ret_request->to_slot = -1;
    wire_object_init(&root, json, problem);
    wire_config_check_members(&root, names);
    (void)wire_read_real(&root, "target_share", WIRE_OPTIONAL, 0, 0.999,
                         &ret_request->target_share);
    if (wire_read_int32(&root, "target_wait_s", WIRE_OPTIONAL, 1, 86400, &target_s)) {
        for (int s = 0; s < hall->service_count; s++) {
            hall->services[s].target_wait_ms = (int64_t)target_s * 1000;
        }
    }
    (void)wire_read_int32(&root, "days", WIRE_OPTIONAL, 2, STAFFING_DAYS_MAX, &ret_request->days);
    read_slot(&root, "from", WIRE_OPTIONAL, &ret_request->from_slot);
    read_slot(&root, "to", WIRE_OPTIONAL, &ret_request->to_slot);
    if (ret_request->from_slot >= 0 && ret_request->to_slot >= 0 &&
        ret_request->from_slot >= ret_request->to_slot) {
        wire_object_add(&root, "to", "must be after from");
    }
    if (json_object_get(json, "windows") != NULL) {
        memset(hall->windows, 0, sizeof hall->windows);
        hall->window_count = 0;
        wire_config_read_windows(&root, hall);
    }
    read_plan(&root, hall, ret_request);
    json_decref(json);
    problem->err = problem->error_count > 0 ? ERR_INVALID_BODY : ERR_NONE;
    return problem->err;
}

/* ---- the answer ---- */

static void put_slot(struct buf *buf, const char *key, int slot)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%02d:%02d", slot * SLOT_MIN / 60, slot * SLOT_MIN % 60);
    wire_put_text(buf, key, text);
}

static void put_open(struct buf *buf, const struct staffing_input *input,
                     const struct staffing_plan *plan, int slot)
{
    wire_open_array(buf, "windows");
    for (int w = 0; w < input->hall->window_count; w++) {
        if (plan->open[slot][w]) {
            wire_put_int(buf, NULL, input->hall->windows[w].no);
        }
    }
    wire_close_array(buf);
}

/* Half hours with the same windows are one row. */
static void put_plan(struct buf *buf, const struct staffing_input *input,
                     const struct staffing_plan *plan)
{
    wire_open_array(buf, "plan");
    for (int from = input->from_slot; from < input->to_slot;) {
        int to = from + 1;
        while (to < input->to_slot &&
               memcmp(plan->open[to], plan->open[from], sizeof plan->open[to]) == 0) {
            to++;
        }
        wire_open_object(buf, NULL);
        put_slot(buf, "from", from);
        put_slot(buf, "to", to);
        put_open(buf, input, plan, from);
        wire_close_object(buf);
        from = to;
    }
    wire_close_array(buf);
}

static void put_share(struct buf *buf, const struct staffing_share *share)
{
    wire_put_int(buf, "n", share->n);
    wire_put_decimal(buf, "share", share->share, 4);
    if (share->share_low >= 0) {
        wire_put_decimal(buf, "share_low", share->share_low, 4);
    }
}

static void put_groups(struct buf *buf, const struct staffing_input *input,
                       const struct staffing_result *result)
{
    const struct hall *hall = input->hall;
    wire_open_array(buf, "classes");
    for (int c = 0; c < hall->class_count; c++) {
        if (result->classes[c].n > 0) {
            wire_open_object(buf, NULL);
            wire_put_text(buf, "class", hall->classes[c].code);
            put_share(buf, &result->classes[c]);
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
    wire_open_array(buf, "services");
    for (int s = 0; s < hall->service_count; s++) {
        if (result->services[s].n > 0) {
            wire_open_object(buf, NULL);
            wire_put_text(buf, "service", hall->services[s].code);
            put_share(buf, &result->services[s]);
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
}

static void put_queues(struct buf *buf, const struct staffing_input *input,
                       const struct staffing_result *result)
{
    wire_open_array(buf, "queues");
    for (int i = 0; i < result->queue_count; i++) {
        const struct staffing_queue *queue = &result->queues[i];
        wire_open_object(buf, NULL);
        wire_put_text(buf, "service", input->hall->services[queue->service].code);
        wire_put_text(buf, "class", input->hall->classes[queue->cls].code);
        put_share(buf, &queue->share);
        wire_put_decimal(buf, "mean_wait_s", queue->mean_wait_s, 1);
        wire_put_decimal(buf, "p90_s", queue->p90_s, 1);
        wire_put_int(buf, "uncalled", queue->share.n - queue->called);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

static void put_half_hours(struct buf *buf, const struct staffing_input *input,
                           const struct staffing_plan *plan, const struct staffing_result *result)
{
    wire_open_array(buf, "half_hours");
    for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
        if ((slot < input->from_slot || slot >= input->to_slot) &&
            result->slot_arrivals[slot] <= 0) {
            continue;
        }
        wire_open_object(buf, NULL);
        put_slot(buf, "from", slot);
        wire_put_decimal(buf, "arrivals", result->slot_arrivals[slot], 2);
        wire_put_decimal(buf, "share", result->slot_share[slot], 4);
        put_open(buf, input, plan, slot);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

void wire_staffing_print(struct buf *buf, const struct staffing_input *input,
                         const struct staffing_plan *plan, const struct staffing_result *result)
{
    wire_open_object(buf, NULL);
    wire_put_bool(buf, "met", result->met);
    wire_put_decimal(buf, "target_share", input->target_share, 4);
    wire_put_int(buf, "days", input->trial_days);
    wire_put_int(buf, "past_days", input->day_count);
    wire_put_int(buf, "tries", result->tries);
    wire_put_decimal(buf, "window_hours", result->window_hours, 1);
    wire_open_object(buf, "all");
    put_share(buf, &result->all);
    wire_close_object(buf);
    put_plan(buf, input, plan);
    put_groups(buf, input, result);
    put_queues(buf, input, result);
    put_half_hours(buf, input, plan, result);
    wire_open_array(buf, "windows");
    for (int w = 0; w < input->hall->window_count; w++) {
        wire_open_object(buf, NULL);
        wire_put_int(buf, "no", input->hall->windows[w].no);
        wire_put_decimal(buf, "hours", result->hours[w], 1);
        wire_put_decimal(buf, "utilisation", result->utilisation[w], 4);
        wire_close_object(buf);
    }
    wire_close_array(buf);
    wire_close_object(buf);
    buf_add_char(buf, '\n');
}
