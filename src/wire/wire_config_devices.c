/* wire_config_devices: the sections `ports`, `displays`, `keypads`, `buttons` and
 * `printers`.
 *
 * Ports, displays, keypads and printers become values for the device threads; which kiosk a printer
 * belongs to is of the hall as well. Which drivers and options exist is known on a higher floor,
 * which refuses the others there. */
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "wire_config_internal.h"

/* Modbus uses 1..247, BX cards and RS-485 signs up to 16 bits. */
#define ADDRESS_MAX 65535
#define ROWS_DEFAULT 6
#define COLUMNS_MIN 4

/* One of the schemes and something after it; the device floor reads the rest. */
static const char *const port_schemes[] = {"serial:", "tcp:", "sim:", NULL};
static const char *const printer_schemes[] = {"serial:", "tcp:", "usb:", "sim:", NULL};

static void read_link(const struct wire_object *element, const char *const *schemes, char *link,
                      size_t size)
{
    if (!wire_read_text(element, "link", WIRE_REQUIRED, link, size)) {
        return;
    }
    for (size_t i = 0; schemes[i] != NULL; i++) {
        size_t length = strlen(schemes[i]);
        if (strncmp(link, schemes[i], length) == 0 && link[length] != '\0') {
            return;
        }
    }
    wire_object_add(element, "link", "must begin with %s",
                    schemes == printer_schemes ? "serial:, tcp:, usb: or sim:"
                                               : "serial:, tcp: or sim:");
}

static bool has_port(const struct wire_config *config, const char *code)
{
    for (int i = 0; i < config->port_count; i++) {
        if (strcmp(config->ports[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void read_port_code(const struct wire_object *element, const struct wire_config *config,
                           char *code)
{
    if (wire_config_read_code(element, "port", WIRE_REQUIRED, code) && !has_port(config, code)) {
        wire_object_add(element, "port", "there is no port \"%s\"", code);
    }
}

static void read_window_no(const struct wire_object *element, enum wire_need need,
                           const struct hall *hall, int32_t *no)
{
    if (wire_read_int32(element, "window", need, 1, HALL_WINDOW_NO_MAX, no) &&
        hall_find_window(hall, *no) < 0) {
        wire_object_add(element, "window", "there is no window %d", (int)*no);
    }
}

static void read_ports(const struct wire_object *root, struct wire_config *config)
{
    static const char *const names[] = {"code", "link", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "ports", WIRE_PORT_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        struct wire_port port = {.code = ""};
        if (wire_config_read_element(&array, i, names, &element)) {
            (void)wire_config_read_own_code(&array, i, &element, port.code);
            read_link(&element, port_schemes, port.link, sizeof port.link);
            config->ports[config->port_count++] = port;
        }
    }
}

/* A zone, or "*" for the hall. */
static void read_shown_zone(const struct wire_object *shows, const struct hall *hall,
                            char zone_code[HALL_CODE_SIZE])
{
    const char *zone = json_string_value(json_object_get(shows->json, "zone"));
    if (zone != NULL && strcmp(zone, "*") == 0) {
        text_copy_cut(zone_code, HALL_CODE_SIZE, zone);
    } else if (wire_config_read_code(shows, "zone", WIRE_REQUIRED, zone_code) &&
               hall_find_zone(hall, zone_code) < 0) {
        wire_object_add(shows, "zone", "there is no zone \"%s\"", zone_code);
    }
}

/* What a display shows: one window, the last calls of a zone, or its open services (`welcome`); the
 * last two also of the hall, and with notices. */
static void read_shows(const struct wire_object *element, const struct hall *hall,
                       struct wire_display *display)
{
    static const char *const names[] = {"window",  "zone",    "rows", "welcome",
                                        "notices", "columns", NULL};
    struct wire_object shows;
    if (json_object_get(element->json, "shows") == NULL) {
        wire_object_add(element, "shows", "is required: {\"window\":n} or {\"zone\":code}");
        return;
    }
    if (!wire_config_read_object(element, "shows", names, &shows)) {
        return;
    }
    (void)wire_read_bool(&shows, "welcome", WIRE_OPTIONAL, &display->welcome);
    (void)wire_read_bool(&shows, "notices", WIRE_OPTIONAL, &display->notices);
    bool has_window = json_object_get(shows.json, "window") != NULL;
    bool has_zone = json_object_get(shows.json, "zone") != NULL;
    if (display->welcome ? has_window : has_window == has_zone) {
        wire_object_add(&shows, NULL,
                        display->welcome ? "a welcome sign is not of a window"
                                         : "needs either window or zone");
        return;
    }
    if (has_window && display->notices) {
        wire_object_add(&shows, "notices", "the sign of a window has no room for them");
    }
    (void)wire_read_int32(&shows, "rows", WIRE_OPTIONAL, 1, BOARD_CALL_MAX, &display->rows);
    (void)wire_read_int32(&shows, "columns", WIRE_OPTIONAL, COLUMNS_MIN, BOARD_TEXT_SIZE - 1,
                          &display->columns);
    if (has_window) {
        read_window_no(&shows, WIRE_REQUIRED, hall, &display->window);
    } else if (has_zone) {
        read_shown_zone(&shows, hall, display->zone);
    } else {
        text_copy_cut(display->zone, sizeof display->zone, "*");
    }
}

/* Options are passed on as text, as `--option K=V` gives them: 4 is "4", true is "true". */
static bool set_option(struct wire_option *option, const char *key, const json_t *value)
{
    int length = -1;
    if (json_is_string(value) && text_is_plain(json_string_value(value))) {
        length = snprintf(option->value, sizeof option->value, "%s", json_string_value(value));
    } else if (json_is_integer(value)) {
        length = snprintf(option->value, sizeof option->value, "%lld",
                          (long long)json_integer_value(value));
    } else if (json_is_boolean(value)) {
        length = snprintf(option->value, sizeof option->value, "%s",
                          json_is_true(value) ? "true" : "false");
    }
    bool fits = length >= 0 && (size_t)length < sizeof option->value;
    return fits && text_copy(option->key, sizeof option->key, key) == ERR_NONE;
}

static void read_options(const struct wire_object *element, struct wire_option *list,
                         int *ret_count)
{
    struct wire_object options;
    if (!wire_read_object(element, "options", WIRE_OPTIONAL, &options)) {
        return;
    }
    if (json_object_size(options.json) > WIRE_OPTION_MAX) {
        wire_object_add(&options, NULL, "has more than %d options", WIRE_OPTION_MAX);
        return;
    }
    json_t *json = (json_t *)(uintptr_t)options.json;
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        if (set_option(&list[*ret_count], key, value)) {
            ++*ret_count;
        } else {
            wire_object_add(&options, key, "must be a short text, a whole number, true or false");
        }
    }
}

static void read_displays(const struct wire_object *root, struct wire_config *config)
{
    static const char *const names[] = {"code",  "port",    "driver", "address",
                                        "shows", "options", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "displays", WIRE_DISPLAY_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        struct wire_display display = {.address = 1, .rows = ROWS_DEFAULT};
        if (!wire_config_read_element(&array, i, names, &element)) {
            continue;
        }
        (void)wire_config_read_own_code(&array, i, &element, display.code);
        read_port_code(&element, config, display.port);
        (void)wire_config_read_code(&element, "driver", WIRE_REQUIRED, display.driver);
        (void)wire_read_int32(&element, "address", WIRE_OPTIONAL, 0, ADDRESS_MAX, &display.address);
        read_shows(&element, &config->hall, &display);
        read_options(&element, display.options, &display.option_count);
        config->displays[config->display_count++] = display;
    }
}

/* "keys" (the clerk's) or "rating" (the visitor's). */
static void read_kind(const struct wire_object *element, struct wire_keypad *keypad)
{
    char kind[HALL_CODE_SIZE] = "keys";
    if (wire_config_read_code(element, "kind", WIRE_OPTIONAL, kind) && strcmp(kind, "keys") != 0 &&
        strcmp(kind, "rating") != 0) {
        wire_object_add(element, "kind", "must be keys or rating");
    }
    keypad->rating = strcmp(kind, "rating") == 0;
}

/* Two pads that answer to one address could not be told apart. A keypad and a rating pad can: their
 * frames differ. */
static void check_address(const struct wire_object *element, const struct wire_config *config,
                          const struct wire_keypad *keypad)
{
    for (int i = 0; i < config->keypad_count; i++) {
        const struct wire_keypad *other = &config->keypads[i];
        if (strcmp(other->port, keypad->port) == 0 && strcmp(other->driver, keypad->driver) == 0 &&
            other->address == keypad->address && other->rating == keypad->rating) {
            wire_object_add(element, "address", "is that of \"%s\" on the same port", other->code);
            return;
        }
    }
}

static void read_keypads(const struct wire_object *root, struct wire_config *config)
{
    static const char *const names[] = {"code",   "port",    "driver", "address",
                                        "window", "options", "kind",   NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "keypads", WIRE_KEYPAD_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        struct wire_keypad keypad = {.address = 1};
        if (!wire_config_read_element(&array, i, names, &element)) {
            continue;
        }
        (void)wire_config_read_own_code(&array, i, &element, keypad.code);
        read_port_code(&element, config, keypad.port);
        (void)wire_config_read_code(&element, "driver", WIRE_REQUIRED, keypad.driver);
        (void)wire_read_int32(&element, "address", WIRE_OPTIONAL, 0, ADDRESS_MAX, &keypad.address);
        read_window_no(&element, WIRE_REQUIRED, &config->hall, &keypad.window);
        read_kind(&element, &keypad);
        read_options(&element, keypad.options, &keypad.option_count);
        check_address(&element, config, &keypad);
        config->keypads[config->keypad_count++] = keypad;
    }
}

static void read_from(const struct wire_object *element, struct wire_button *button)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr v4;

    if (!wire_read_text(element, "get_from", WIRE_OPTIONAL, text, sizeof text)) {
        return;
    }
    button->may_get = true;
    if (inet_pton(AF_INET, text, &v4) == 1) {
        button->from[10] = button->from[11] = 0xff;
        memcpy(button->from + 12, &v4, sizeof v4);
    } else if (inet_pton(AF_INET6, text, button->from) != 1) {
        wire_object_add(element, "get_from", "must be an IPv4 or IPv6 address");
    }
}

static void read_push(const struct wire_object *element, const char *name, char *key)
{
    static const char *const keys[] = {"next", "recall", "start", "finish", "no_show", "pause"};

    if (!wire_config_read_code(element, name, WIRE_OPTIONAL, key)) {
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i], key) == 0) {
            return;
        }
    }
    wire_object_add(element, name, "must be next, recall, start, finish, no_show or pause");
}

static void read_buttons(const struct wire_object *root, struct wire_config *config)
{
    static const char *const names[] = {"code", "get_from", "short", "long", "double", NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "buttons", WIRE_BUTTON_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        struct wire_button button = {.key[WIRE_PUSH_SHORT] = "next"};
        if (!wire_config_read_element(&array, i, names, &element)) {
            continue;
        }
        (void)wire_config_read_own_code(&array, i, &element, button.code);
        read_from(&element, &button);
        read_push(&element, "short", button.key[WIRE_PUSH_SHORT]);
        read_push(&element, "long", button.key[WIRE_PUSH_LONG]);
        read_push(&element, "double", button.key[WIRE_PUSH_DOUBLE]);
        config->buttons[config->button_count++] = button;
    }
}

/* The kiosk's printer, or one of those that belong to none; the hall decides by it. */
static void read_kiosk(const struct wire_object *element, struct hall *hall,
                       struct wire_printer *printer)
{
    (void)wire_config_read_code(element, "kiosk", WIRE_OPTIONAL, printer->kiosk);
    for (int i = 0; i < hall->printer_count; i++) {
        if (printer->kiosk[0] != '\0' && strcmp(hall->printers[i].kiosk, printer->kiosk) == 0) {
            wire_object_add(element, "kiosk", "has a printer: \"%s\"", hall->printers[i].code);
            return;
        }
    }
    struct hall_printer *own = &hall->printers[hall->printer_count++];
    memcpy(own->code, printer->code, sizeof own->code);
    memcpy(own->kiosk, printer->kiosk, sizeof own->kiosk);
}

static void read_printers(const struct wire_object *root, struct wire_config *config)
{
    static const char *const names[] = {"code",  "link",    "driver", "width_mm",
                                        "kiosk", "options", "slip",   NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "printers", WIRE_PRINTER_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        struct wire_printer printer = {.width_mm = 80};
        if (!wire_config_read_element(&array, i, names, &element)) {
            continue;
        }
        (void)wire_config_read_own_code(&array, i, &element, printer.code);
        read_link(&element, printer_schemes, printer.link, sizeof printer.link);
        (void)wire_config_read_code(&element, "driver", WIRE_REQUIRED, printer.driver);
        if (wire_read_int32(&element, "width_mm", WIRE_OPTIONAL, 58, 80, &printer.width_mm) &&
            printer.width_mm != 58 && printer.width_mm != 80) {
            wire_object_add(&element, "width_mm", "must be 58 or 80");
        }
        read_kiosk(&element, &config->hall, &printer);
        read_options(&element, printer.options, &printer.option_count);
        config->has_slip[config->printer_count] = wire_config_read_slip(
            &element, &config->hall, &config->printer_slips[config->printer_count]);
        config->printers[config->printer_count++] = printer;
    }
}

void wire_config_read_devices(const struct wire_object *root, struct wire_config *config)
{
    read_ports(root, config);
    read_displays(root, config);
    read_keypads(root, config);
    read_buttons(root, config);
    read_printers(root, config);
}
