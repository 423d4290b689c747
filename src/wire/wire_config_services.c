/* wire_config_services: the section `services`: what people come for.
 *
 * Services with the same prefix draw from one number series, so they must agree on where it begins
 * and ends. `card` (the service card shown at the kiosk) and `personal` are checked by shape and
 * stay in the document. */
#include <string.h>

#include "wire_config_internal.h"

#define DAY_S 86400
#define DAY_MIN 1440
/* Four digits fit every sign. */
#define NUMBER_MAX 9999
#define CARD_LIST_MAX 64
#define CARD_TEXT_MAX 2000
#define PERSONAL_MAX 8
#define ALL_WEEK 0x7f

static const char *const service_names[] = {"code",
                                            "group",
                                            "name",
                                            "prefix",
                                            "first",
                                            "last",
                                            "head_s",
                                            "target_wait_s",
                                            "expected_service_s",
                                            "quota_day",
                                            "hours",
                                            "card",
                                            "personal",
                                            "sensitive",
                                            "fast",
                                            "slip_check",
                                            NULL};

static void read_hours(const struct wire_object *parent, struct hall_service *service)
{
    static const char *const names[] = {"days", "from", "to", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(parent, "hours", HALL_HOURS_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        if (!wire_config_read_element(&array, i, names, &element)) {
            continue;
        }
        struct hall_hours *hours = &service->hours[service->hours_count++];
        hours->weekdays = ALL_WEEK;
        int32_t from = 0;
        int32_t to = DAY_MIN;
        if (wire_config_read_weekdays(&element, "days", &hours->weekdays) && hours->weekdays == 0) {
            wire_object_add(&element, "days", "needs at least one weekday");
        }
        (void)wire_config_read_minutes(&element, "from", DAY_MIN - 1, &from);
        (void)wire_config_read_minutes(&element, "to", DAY_MIN, &to);
        if (from >= to) {
            wire_object_add(&element, "to", "must be later than from");
        }
        hours->from_min = (int16_t)from;
        hours->to_min = (int16_t)to;
    }
}

/* A text, or the same text in two languages. */
static bool is_card_text(const json_t *value)
{
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        return strlen(text) <= CARD_TEXT_MAX;
    }
    if (!json_is_object(value) || json_object_size(value) == 0) {
        return false;
    }
    size_t known = 0;
    static const char *const languages[] = {"zh-CN", "en"};
    for (size_t i = 0; i < 2; i++) {
        const json_t *text = json_object_get(value, languages[i]);
        if (json_is_string(text) && strlen(json_string_value(text)) <= CARD_TEXT_MAX) {
            known++;
        }
    }
    return known == json_object_size(value);
}

static bool is_card_value(const json_t *value)
{
    if (!json_is_array(value)) {
        return is_card_text(value);
    }
    if (json_array_size(value) > CARD_LIST_MAX) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!is_card_text(json_array_get(value, i))) {
            return false;
        }
    }
    return true;
}

/* The hall chooses what its cards say (basis, procedure, materials, fee, ...): any member, each a
 * text. */
static void check_card(const struct wire_object *service)
{
    struct wire_object card;
    if (!wire_read_object(service, "card", WIRE_OPTIONAL, &card)) {
        return;
    }
    json_t *json = (json_t *)(uintptr_t)card.json;
    const char *name;
    json_t *value;
    json_object_foreach(json, name, value)
    {
        if (!is_card_value(value)) {
            wire_object_add(&card, name, "must be a text, {\"zh-CN\",\"en\"}, or a list of these");
        }
    }
}

static void read_prefix(const struct wire_object *element, struct hall_service *service)
{
    const json_t *value = json_object_get(element->json, "prefix");
    const char *text = json_string_value(value);
    if (value == NULL || json_is_null(value)) {
        wire_object_add(element, "prefix", "is required");
    } else if (text == NULL || strlen(text) >= sizeof service->prefix ||
               strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(text)) {
        wire_object_add(element, "prefix", "must be up to %d letters A-Z",
                        (int)sizeof service->prefix - 1);
    } else {
        text_copy_cut(service->prefix, sizeof service->prefix, text);
    }
}

/* One series has one range, whichever of its services issues the next number. */
static void check_series(const struct wire_object *element, const struct hall *hall,
                         const struct hall_service *service)
{
    if (service->first > service->last) {
        wire_object_add(element, "last", "must not be smaller than first");
        return;
    }
    for (int i = 0; i < hall->service_count; i++) {
        const struct hall_service *other = &hall->services[i];
        bool same = strcmp(other->prefix, service->prefix) == 0;
        if (same && (other->first != service->first || other->last != service->last)) {
            wire_object_add(element, "prefix",
                            "service %d has the same prefix with another first or last", i);
            return;
        }
    }
}

static void read_service(const struct wire_object *element, struct hall_service *service)
{
    (void)wire_config_read_code(element, "group", WIRE_OPTIONAL, service->group);
    (void)wire_config_read_name(element, "name", WIRE_REQUIRED, &service->name);
    read_prefix(element, service);
    (void)wire_read_int32(element, "first", WIRE_OPTIONAL, 1, NUMBER_MAX, &service->first);
    (void)wire_read_int32(element, "last", WIRE_OPTIONAL, 1, NUMBER_MAX, &service->last);
    (void)wire_read_int32(element, "quota_day", WIRE_OPTIONAL, 0, 1000000, &service->quota_day);
    wire_config_read_seconds(element, "head_s", -DAY_S, DAY_S, &service->head_ms);
    wire_config_read_seconds(element, "target_wait_s", 0, DAY_S, &service->target_wait_ms);
    wire_config_read_seconds(element, "expected_service_s", 1, DAY_S,
                             &service->expected_service_ms);
    read_hours(element, service);
    check_card(element);
    wire_config_check_codes(element, "personal", PERSONAL_MAX);
    (void)wire_read_bool(element, "sensitive", WIRE_OPTIONAL, &service->sensitive);
    (void)wire_read_bool(element, "fast", WIRE_OPTIONAL, &service->fast);
    (void)wire_read_bool(element, "slip_check", WIRE_OPTIONAL, &service->slip_check);
}

void wire_config_read_services(const struct wire_object *root, struct hall *hall)
{
    struct wire_object array;
    size_t count = wire_config_read_array(root, "services", HALL_SERVICE_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        if (!wire_config_read_element(&array, i, service_names, &element)) {
            continue;
        }
        /* In place, where all bytes are zero: equal documents then make equal bytes. Three digits,
         * a quarter of an hour, five minutes: the example of the manual. */
        struct hall_service *service = &hall->services[hall->service_count];
        service->first = 1;
        service->last = 999;
        service->target_wait_ms = INT64_C(900000);
        service->expected_service_ms = INT64_C(300000);
        (void)wire_config_read_own_code(&array, i, &element, service->code);
        read_service(&element, service);
        check_series(&element, hall, service);
        hall->service_count++;
    }
}

/* A text is Chinese, as in the card itself. */
static void take_text(struct wire_slip_line *line, const json_t *value)
{
    const char *plain = json_string_value(value);
    const char *zh = plain != NULL ? plain : json_string_value(json_object_get(value, "zh-CN"));
    const char *en = json_string_value(json_object_get(value, "en"));
    text_copy_cut(line->zh, sizeof line->zh, zh != NULL ? zh : "");
    text_copy_cut(line->en, sizeof line->en, en != NULL ? en : "");
}

int wire_config_slip_documents(const struct wire_config *config, const char *service,
                               struct wire_slip_line *lines, int max)
{
    const json_t *services = json_object_get(config->root, "services");
    const json_t *materials = NULL;
    int taken = 0;
    for (size_t i = 0; i < json_array_size(services) && materials == NULL; i++) {
        const json_t *one = json_array_get(services, i);
        const char *code = json_string_value(json_object_get(one, "code"));
        if (code != NULL && strcmp(code, service) == 0) {
            materials = json_object_get(json_object_get(one, "card"), "materials");
        }
    }
    if (materials != NULL && !json_is_array(materials)) {
        take_text(&lines[taken++], materials);
    }
    for (size_t i = 0; i < json_array_size(materials) && taken < max; i++) {
        take_text(&lines[taken++], json_array_get(materials, i));
    }
    return taken;
}

void wire_config_print_cards(struct buf *buf, const struct wire_config *config)
{
    size_t i;
    json_t *service;

    wire_open_object(buf, NULL);
    wire_open_array(buf, "services");
    json_array_foreach(json_object_get(config->root, "services"), i, service)
    {
        const json_t *card = json_object_get(service, "card");
        if (json_object_size(card) > 0) {
            wire_open_object(buf, NULL);
            wire_put_text(buf, "code", json_string_value(json_object_get(service, "code")));
            wire_put_key(buf, "card");
            wire_config_put_json(buf, card, JSON_COMPACT | JSON_PRESERVE_ORDER);
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
    wire_close_object(buf);
}
