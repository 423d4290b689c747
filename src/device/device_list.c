/* device_list: the drivers and links there are, by name. A new driver is one line here. */
#include <string.h>

#include "device_internal.h"

/* clang-format off */
static const struct device_driver *const drivers[] = {
    &led_modbus,
    &led_kanban,
    &led_alpha,
    &led_onbon,
    &led_qsystem,
    &led_imm9002,
    &led_imm90061,
    &led_imm9012,
    &led_imm9013,
    &led_imm9003,
    &led_cd5220,
    &led_led8,
    &led_dump,
};
/* clang-format on */

static const struct device_link *const links[] = {
    &link_serial,
    &link_tcp,
    &link_usb,
    &link_sim,
};

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

const struct device_driver *device_driver_at(int index)
{
    return index >= 0 && index < COUNT(drivers) ? drivers[index] : NULL;
}

const struct device_driver *device_find_driver(const char *name)
{
    for (int i = 0; i < COUNT(drivers); i++) {
        if (strcmp(drivers[i]->name, name) == 0) {
            return drivers[i];
        }
    }
    return NULL;
}

const char *device_find_option(const struct wire_option *options, int count, const char *key,
                               const char *fallback)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(options[i].key, key) == 0) {
            return options[i].value;
        }
    }
    return fallback;
}

const char *device_option(const struct wire_display *display, const char *key, const char *fallback)
{
    return device_find_option(display->options, display->option_count, key, fallback);
}

enum err device_find_link(const char *link, const struct device_link **ret_link,
                          const char **ret_target)
{
    for (int i = 0; i < COUNT(links); i++) {
        size_t length = strlen(links[i]->scheme);
        if (strncmp(link, links[i]->scheme, length) == 0 && link[length] == ':') {
            *ret_link = links[i];
            *ret_target = link + length + 1;
            return ERR_NONE;
        }
    }
    return ERR_INVALID_OPTION;
}
