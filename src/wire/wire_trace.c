/* wire_trace: a case for the simulator as JSON, in the form of the traces that the chooser is
 * checked against. */
#include <stdlib.h>
#include <string.h>

#include "wire_internal.h"
#include "wire_trace.h"

#define DAY_MS (24LL * 3600 * 1000)

static void read_classes(const struct wire_object *config, struct hall *hall)
{
    const json_t *array;
    hall->class_count = 0;
    if (!wire_read_array(config, "classes", WIRE_REQUIRED, HALL_CLASS_MAX, &array)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct wire_object item;
        struct hall_class *cls = &hall->classes[hall->class_count];
        memset(cls, 0, sizeof *cls);
        if (!wire_read_item(config, "classes", array, i, &item)) {
            continue;
        }
        (void)wire_read_text(&item, "id", WIRE_REQUIRED, cls->code, sizeof cls->code);
        (void)wire_read_int(&item, "head_ms", WIRE_REQUIRED, 0, DAY_MS, &cls->head_ms);
        (void)wire_read_int32(&item, "rate_pm", WIRE_REQUIRED, 0, 100000, &cls->rate_pm);
        (void)wire_read_int32(&item, "rank", WIRE_OPTIONAL, 0, 100, &cls->rank);
        (void)wire_read_int32(&item, "group", WIRE_OPTIONAL, 0, HALL_CLASS_MAX - 1, &cls->group);
        (void)wire_read_int32(&item, "cap", WIRE_REQUIRED, -1, 1000000, &cls->cap);
        (void)wire_read_int(&item, "max_wait_ms", WIRE_REQUIRED, 0, 7 * DAY_MS, &cls->max_wait_ms);
        hall->class_count += 1;
    }
}

static void read_services(const struct wire_object *config, struct hall *hall)
{
    const json_t *array;
    hall->service_count = 0;
    if (!wire_read_array(config, "services", WIRE_REQUIRED, HALL_SERVICE_MAX, &array)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *code = json_string_value(json_array_get(array, i));
        struct hall_service *service = &hall->services[hall->service_count];
        memset(service, 0, sizeof *service);
        if (code == NULL || text_copy(service->code, sizeof service->code, code) != ERR_NONE) {
            wire_object_add(config, "services", "must be a list of short texts");
            return;
        }
        service->prefix[0] = (char)('A' + i % 26);
        service->first = 1;
        service->last = 9999;
        service->expected_service_ms = 300000;
        hall->service_count += 1;
    }
}

static void read_abilities(const struct wire_object *services, const struct hall *hall,
                           struct hall_window *window)
{
    /* In the order of the hall's services, as the specification's ties need it. */
    for (int16_t s = 0; s < hall->service_count && window->service_count < HALL_WINDOW_SERVICE_MAX;
         s++) {
        static const char *const tiers[] = {"primary", "backup"};
        struct wire_object ability;
        int tier = HALL_TIER_PRIMARY;
        if (!wire_read_object(services, hall->services[s].code, WIRE_OPTIONAL, &ability)) {
            continue;
        }
        struct hall_window_service *out = &window->services[window->service_count++];
        memset(out, 0, sizeof *out);
        out->service = s;
        (void)wire_read_word(&ability, "tier", WIRE_OPTIONAL, tiers, 2, &tier);
        (void)wire_read_int(&ability, "after_ms", WIRE_OPTIONAL, 0, DAY_MS, &out->after_ms);
        (void)wire_read_int(&ability, "pref_ms", WIRE_OPTIONAL, -DAY_MS, DAY_MS, &out->pref_ms);
        out->tier = (enum hall_tier)tier;
    }
}

static void read_windows(const struct wire_object *config, struct sim_case *play)
{
    const json_t *array;
    play->hall.window_count = 0;
    if (!wire_read_array(config, "windows", WIRE_REQUIRED, HALL_WINDOW_MAX, &array)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct wire_object item;
        struct wire_object services;
        struct hall_window *window = &play->hall.windows[play->hall.window_count];
        memset(window, 0, sizeof *window);
        window->zone = -1;
        if (!wire_read_item(config, "windows", array, i, &item)) {
            continue;
        }
        (void)wire_read_int32(&item, "id", WIRE_REQUIRED, 1, HALL_WINDOW_NO_MAX, &window->no);
        struct sim_span *span = &play->spans[play->span_count++];
        *span =
            (struct sim_span){.window = (int16_t)play->hall.window_count, .close_ms = INT64_MAX};
        (void)wire_read_int(&item, "open_ms", WIRE_OPTIONAL, 0, DAY_MS, &span->open_ms);
        if (wire_read_object(&item, "services", WIRE_REQUIRED, &services)) {
            read_abilities(&services, &play->hall, window);
        }
        play->hall.window_count += 1;
    }
}

/* The traces write switches as 0 and 1. */
static void read_switch(const struct wire_object *object, const char *name, bool *ret)
{
    int32_t value = *ret ? 1 : 0;
    (void)wire_read_int32(object, name, WIRE_OPTIONAL, 0, 1, &value);
    *ret = value != 0;
}

static void read_policy(const struct wire_object *config, struct hall *hall)
{
    struct wire_object object;
    const json_t *weights;
    int rule = HALL_RULE_SCORE;
    (void)wire_read_word(config, "rule", WIRE_REQUIRED, wire_policy_words, WIRE_POLICY_COUNT,
                         &rule);
    hall->policy.rule = (enum hall_rule)rule;
    (void)wire_read_int32(config, "w_share", WIRE_OPTIONAL, 0, 100, &hall->policy.w_share);
    read_switch(config, "idle_help", &hall->policy.idle_help);
    read_switch(config, "idle_early", &hall->policy.idle_early);
    if (wire_read_array(config, "group_weights", WIRE_OPTIONAL, HALL_CLASS_MAX, &weights)) {
        for (size_t g = 0; g < json_array_size(weights); g++) {
            hall->policy.group_weights[g] = (int32_t)json_integer_value(json_array_get(weights, g));
        }
    }
    if (wire_read_object(config, "appointment", WIRE_OPTIONAL, &object)) {
        (void)wire_read_int(&object, "early_ms", WIRE_OPTIONAL, 0, DAY_MS, &hall->policy.early_ms);
        (void)wire_read_int(&object, "grace_ms", WIRE_OPTIONAL, 0, DAY_MS, &hall->policy.grace_ms);
        (void)wire_read_int(&object, "head_ms", WIRE_OPTIONAL, 0, DAY_MS,
                            &hall->policy.appointment_head_ms);
    }
    hall->policy.urgent_per_day = 1000; /* the traces have no daily cap */
    if (wire_read_object(config, "urgent", WIRE_OPTIONAL, &object)) {
        (void)wire_read_int32(&object, "burst", WIRE_OPTIONAL, 0, 64, &hall->policy.urgent_burst);
        (void)wire_read_int(&object, "refill_ms", WIRE_OPTIONAL, 1, DAY_MS,
                            &hall->policy.urgent_refill_ms);
    }
}

static void read_no_show(const struct wire_object *config, struct hall *hall)
{
    static const char *const modes[] = {"return", "auto"};
    struct wire_object object;
    int mode = HALL_NO_SHOW_RETURN;
    hall->no_show_min_calls = 1; /* one call, then the time to answer */
    if (wire_read_object(config, "no_show", WIRE_OPTIONAL, &object)) {
        (void)wire_read_word(&object, "mode", WIRE_OPTIONAL, modes, 2, &mode);
        hall->no_show_mode = (enum hall_no_show_mode)mode;
        (void)wire_read_int32(&object, "restore_after_calls", WIRE_OPTIONAL, 0, 1000,
                              &hall->restore_after_calls);
        (void)wire_read_int32(&object, "restore_max", WIRE_OPTIONAL, 0, 1000, &hall->restore_max);
        (void)wire_read_int(&object, "answer_ms", WIRE_OPTIONAL, 1, DAY_MS,
                            &hall->no_show_answer_ms);
        (void)wire_read_int(&object, "gap_ms", WIRE_OPTIONAL, 0, DAY_MS, &hall->restore_gap_ms);
    }
}

static int16_t find_service(const struct wire_object *object, const struct hall *hall)
{
    char code[HALL_CODE_SIZE] = "";
    (void)wire_read_text(object, "service", WIRE_REQUIRED, code, sizeof code);
    int service = hall_find_service(hall, code);
    if (service < 0) {
        wire_object_add(object, "service", "there is no such service");
        return 0;
    }
    return (int16_t)service;
}

static void read_legs(const struct wire_object *item, const struct hall *hall,
                      struct sim_ticket *ticket)
{
    const json_t *array;
    ticket->services[0] = ticket->service;
    if (wire_read_array(item, "service_ms", WIRE_REQUIRED, SIM_LEG_MAX, &array)) {
        ticket->leg_count = (int)json_array_size(array);
        if (ticket->leg_count == 0) {
            wire_object_add(item, "service_ms", "must have at least one");
        }
        for (int i = 0; i < ticket->leg_count; i++) {
            ticket->service_ms[i] = json_integer_value(json_array_get(array, (size_t)i));
        }
    }
    if (wire_read_array(item, "transfer", WIRE_OPTIONAL, SIM_LEG_MAX - 1, &array)) {
        for (size_t i = 0; i < json_array_size(array); i++) {
            struct wire_object leg;
            if (wire_read_item(item, "transfer", array, i, &leg)) {
                ticket->services[i + 1] = find_service(&leg, hall);
            }
        }
    }
    if (wire_read_array(item, "absent", WIRE_OPTIONAL, 31, &array)) {
        for (size_t i = 0; i < json_array_size(array); i++) {
            ticket->absent |= 1U << ((unsigned)json_integer_value(json_array_get(array, i)) & 31U);
        }
    }
}

static void read_ticket(const struct wire_object *item, const struct hall *hall,
                        struct sim_ticket *ticket)
{
    char cls[HALL_CODE_SIZE] = "";
    ticket->slot_ms = -1;
    ticket->restore_ms = -1;
    ticket->urgent_ms = -1;
    ticket->cancel_ms = -1;
    (void)wire_read_text(item, "id", WIRE_REQUIRED, ticket->id, sizeof ticket->id);
    (void)wire_read_text(item, "class", WIRE_REQUIRED, cls, sizeof cls);
    ticket->service = find_service(item, hall);
    ticket->cls = (int16_t)hall_find_class(hall, cls);
    if (ticket->cls < 0) {
        wire_object_add(item, "class", "there is no such class");
        ticket->cls = 0;
    }
    (void)wire_read_int(item, "t", WIRE_REQUIRED, 0, DAY_MS, &ticket->arrive_ms);
    (void)wire_read_int(item, "slot_ms", WIRE_OPTIONAL, 0, DAY_MS, &ticket->slot_ms);
    (void)wire_read_int(item, "restore_ms", WIRE_OPTIONAL, 0, DAY_MS, &ticket->restore_ms);
    (void)wire_read_int(item, "urgent_ms", WIRE_OPTIONAL, 0, DAY_MS, &ticket->urgent_ms);
    (void)wire_read_int(item, "cancel_ms", WIRE_OPTIONAL, 0, DAY_MS, &ticket->cancel_ms);
    read_legs(item, hall, ticket);
}

static enum err read_tickets(const struct wire_object *root, struct sim_case *play)
{
    const json_t *array;
    if (!wire_read_array(root, "tickets", WIRE_REQUIRED, SIM_TICKET_MAX, &array)) {
        return ERR_INVALID_BODY;
    }
    play->tickets = calloc(json_array_size(array) + 1, sizeof *play->tickets);
    if (play->tickets == NULL) {
        return ERR_NO_MEMORY;
    }
    play->ticket_count = (int)json_array_size(array);
    for (int i = 0; i < play->ticket_count; i++) {
        struct wire_object item;
        if (wire_read_item(root, "tickets", array, (size_t)i, &item)) {
            read_ticket(&item, &play->hall, &play->tickets[i]);
        }
    }
    return ERR_NONE;
}

enum err wire_trace_read(const char *text, size_t length, struct sim_case *play,
                         struct wire_problem *problem)
{
    json_t *json;
    struct wire_object root;
    struct wire_object config;
    memset(play, 0, sizeof *play);
    enum err err = wire_json_parse(text, length, problem, &json);
    if (err) {
        return err;
    }
    play->spans = calloc(HALL_WINDOW_MAX, sizeof *play->spans);
    if (play->spans == NULL) {
        json_decref(json);
        return ERR_NO_MEMORY;
    }
    wire_object_init(&root, json, problem);
    hall_set_defaults(&play->hall);
    if (wire_read_object(&root, "config", WIRE_REQUIRED, &config)) {
        read_services(&config, &play->hall);
        read_classes(&config, &play->hall);
        read_windows(&config, play);
        read_policy(&config, &play->hall);
        read_no_show(&config, &play->hall);
    }
    err = problem->error_count > 0 ? ERR_INVALID_BODY : read_tickets(&root, play);
    json_decref(json);
    if (err == ERR_NONE && problem->error_count > 0) {
        err = ERR_INVALID_BODY;
    }
    return err;
}

void wire_trace_call(struct buf *buf, int64_t at_ms, int32_t window,
                     const struct sim_ticket *ticket, const struct event_why *why,
                     const struct sim_ticket *const *overtaken)
{
    wire_open_array(buf, NULL);
    wire_put_int(buf, NULL, at_ms);
    wire_put_int(buf, NULL, window);
    wire_put_text(buf, NULL, ticket->id);
    wire_put_text(buf, NULL, event_rule_text(why->rule));
    wire_put_int(buf, NULL, why->score);
    wire_open_array(buf, NULL);
    for (int i = 0; i < why->listed; i++) {
        wire_put_text(buf, NULL, overtaken[i]->id);
    }
    wire_close_array(buf);
    wire_close_array(buf);
}

void wire_trace_note(struct buf *buf, int64_t at_ms, const char *what,
                     const struct sim_ticket *ticket)
{
    wire_open_array(buf, NULL);
    wire_put_int(buf, NULL, at_ms);
    wire_put_text(buf, NULL, what);
    wire_put_text(buf, NULL, ticket->id);
    wire_close_array(buf);
}

void wire_trace_final(struct buf *buf, const struct sim_ticket *ticket, enum ticket_state state,
                      int32_t overtakes, int32_t urgent_overtakes)
{
    static const char *const words[TICKET_STATE_COUNT] = {
        "BOOKED", "WAITING",     "CALLED",    "SERVING",   "HELD",    "NO_SHOW",
        "DONE",   "TRANSFERRED", "ABANDONED", "CANCELLED", "EXPIRED", "VOID"};
    wire_open_array(buf, ticket->id);
    wire_put_text(buf, NULL, words[state]);
    wire_put_int(buf, NULL, overtakes);
    wire_put_int(buf, NULL, urgent_overtakes);
    wire_close_array(buf);
}

void wire_trace_print(struct buf *buf, struct buf *calls, struct buf *notes, struct buf *finals)
{
    buf_printf(buf, "{\"calls\":[%s],", buf_text(calls));
    buf_printf(buf, "\"notes\":[%s],", buf_text(notes));
    buf_printf(buf, "\"final\":{%s}}\n", buf_text(finals));
}
