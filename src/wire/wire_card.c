/* wire_card: the service card as it was when a number was given: what a visitor was told at once
 * and for all is held to those words, whatever the card says today. */
#include <string.h>

#include "wire_config_internal.h"

static const json_t *find_service(const json_t *root, const char *code)
{
    const json_t *services = json_object_get(root, "services");
    for (size_t i = 0; i < json_array_size(services); i++) {
        const json_t *one = json_array_get(services, i);
        const char *own = json_string_value(json_object_get(one, "code"));
        if (own != NULL && strcmp(own, code) == 0) {
            return one;
        }
    }
    return NULL;
}

static void put_json(struct buf *buf, const char *key, const json_t *value)
{
    if (json_object_size(value) == 0) {
        wire_put_null(buf, key);
        return;
    }
    wire_put_key(buf, key);
    wire_config_put_json(buf, value, JSON_COMPACT | JSON_PRESERVE_ORDER);
}

enum err wire_card_print(struct buf *buf, const char *document, size_t length, int64_t version,
                         const char *number, const char *service)
{
    struct wire_problem problem;
    json_t *root;
    wire_problem_init(&problem, ERR_NONE);
    if (wire_json_parse(document, length, &problem, &root)) {
        return ERR_STORE_CORRUPT;
    }
    const json_t *found = find_service(root, service);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "number", number);
    wire_put_text(buf, "service", service);
    put_json(buf, "service_name", json_object_get(found, "name"));
    wire_put_int(buf, "version", version);
    put_json(buf, "card", json_object_get(found, "card"));
    wire_close_object(buf);
    json_decref(root);
    return ERR_NONE;
}

bool wire_config_has_card(const struct wire_config *config, const char *service)
{
    const json_t *found = find_service(config->root, service);
    return json_object_size(json_object_get(found, "card")) > 0;
}
