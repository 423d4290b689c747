/* sim_list: the protocols that can be simulated, by driver. A new one is one line here: keypads as
 * well, whose take() answers what the host asks. */
#include <string.h>

#include "device_sim_internal.h"

static const struct sim_codec codecs[] = {
    {"modbus", sim_modbus_take}, {"onbon", sim_onbon_take},     {"dump", sim_dump_take},
    {"kanban", sim_kanban_take}, {"qsystem", sim_qsystem_take},
};

static const struct sim_codec bytes_codec = {"", sim_bytes_take};

const struct sim_codec *sim_find_codec(const char *driver)
{
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        if (strcmp(codecs[i].driver, driver) == 0) {
            return &codecs[i];
        }
    }
    return &bytes_codec;
}
