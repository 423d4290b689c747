/* wire_config: the configuration document as a checked value.
 *
 * The document is parsed once and read section by section (wire_config_*.c). The jansson tree is
 * kept beside what was read from it, so that exporting prints what was given: order of keys and
 * sections that only the pages use included. Nothing changes after creation, so any thread may
 * read. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire_config_internal.h"

static void read_sections(const struct wire_object *root, struct wire_config *config)
{
    static const char *const names[] = {"hall",    "zones",    "classes",  "policy",   "services",
                                        "windows", "profiles", "ports",    "displays", "keypads",
                                        "buttons", "printers", "calendar", "rating",   "notices",
                                        "voice",   "slip",     "reasons",  "staff",    NULL};
    wire_config_check_members(root, names);
    wire_config_read_hall(root, &config->hall);
    wire_config_read_zones(root, &config->hall);
    wire_config_read_classes(root, &config->hall);
    wire_config_read_policy(root, &config->hall);
    wire_config_read_services(root, &config->hall);
    wire_config_read_windows(root, &config->hall);
    wire_config_read_profiles(root, &config->hall);
    wire_slip_set_default(&config->slip);
    (void)wire_config_read_slip(root, &config->hall, &config->slip);
    wire_config_read_devices(root, config);
    wire_config_check_calendar(root);
    wire_config_read_rating(root, &config->hall);
    wire_config_read_voice(root, &config->hall);
    wire_config_check_notices(root);
    wire_config_read_reasons(root, config);
    wire_config_read_staff(root, &config->staff);
}

enum err wire_config_create(const char *document, size_t length, struct wire_problem *problem,
                            struct wire_config **ret_config)
{
    assert(document != NULL || length == 0);
    wire_problem_init(problem, ERR_NONE);
    struct wire_config *config = calloc(1, sizeof *config);
    if (config == NULL) {
        problem->err = ERR_NO_MEMORY;
        return ERR_NO_MEMORY;
    }
    enum err err = wire_json_parse(document, length, problem, &config->root);
    if (err) {
        wire_config_destroy(config);
        return err;
    }
    struct wire_object root;
    wire_object_init(&root, config->root, problem);
    hall_set_defaults(&config->hall);
    read_sections(&root, config);
    if (problem->error_count > 0) {
        wire_config_destroy(config);
        problem->err = ERR_INVALID_BODY;
        return ERR_INVALID_BODY;
    }
    *ret_config = config;
    return ERR_NONE;
}

void wire_config_destroy(struct wire_config *config)
{
    if (config != NULL) {
        json_decref(config->root);
        free(config);
    }
}

const struct hall *wire_config_hall(const struct wire_config *config)
{
    return &config->hall;
}

int wire_config_port_count(const struct wire_config *config)
{
    return config->port_count;
}

const struct wire_port *wire_config_port(const struct wire_config *config, int index)
{
    assert(index >= 0);
    assert(index < config->port_count);
    return &config->ports[index];
}

int wire_config_display_count(const struct wire_config *config)
{
    return config->display_count;
}

const struct wire_display *wire_config_display(const struct wire_config *config, int index)
{
    assert(index >= 0);
    assert(index < config->display_count);
    return &config->displays[index];
}

int wire_config_keypad_count(const struct wire_config *config)
{
    return config->keypad_count;
}

const struct wire_keypad *wire_config_keypad(const struct wire_config *config, int index)
{
    assert(index >= 0 && index < config->keypad_count);
    return &config->keypads[index];
}

const struct wire_button *wire_config_find_button(const struct wire_config *config,
                                                  const char *code)
{
    for (int i = 0; i < config->button_count; i++) {
        if (strcmp(config->buttons[i].code, code) == 0) {
            return &config->buttons[i];
        }
    }
    return NULL;
}

int wire_config_printer_count(const struct wire_config *config)
{
    return config->printer_count;
}

const struct wire_printer *wire_config_printer(const struct wire_config *config, int index)
{
    assert(index >= 0);
    assert(index < config->printer_count);
    return &config->printers[index];
}

static int take_bytes(const char *bytes, size_t size, void *context)
{
    struct buf *buf = context;
    buf_add(buf, bytes, size);
    return buf_failed(buf) ? -1 : 0;
}

void wire_config_put_json(struct buf *buf, const json_t *json, size_t flags)
{
    /* jansson fails without memory for its own notes: the buffer must not look complete then. */
    if (json_dump_callback(json, take_bytes, buf, flags | JSON_ENCODE_ANY) != 0) {
        buf->failed = true;
    }
}

void wire_config_print(struct buf *buf, const struct wire_config *config)
{
    wire_config_put_json(buf, config->root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    buf_add_char(buf, '\n');
}
