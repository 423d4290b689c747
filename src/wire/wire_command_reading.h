/* wire_command_reading: what the readers of command bodies share. */
#ifndef WIRE_COMMAND_READING_H
#define WIRE_COMMAND_READING_H

#include "wire_internal.h"

struct reading {
    struct wire_object body;
    struct cmd *cmd;
    const uint8_t *hall_key;
};

/* A text member into cmd->note. */
bool wire_reading_note(struct reading *reading, const char *name, enum wire_need need);
bool wire_reading_is_code(const char *text);

/* wire_command_voice.c */
void wire_reading_announce(struct reading *reading);
void wire_reading_announce_state(struct reading *reading);

#endif
