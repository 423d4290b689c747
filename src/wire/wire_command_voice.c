/* wire_command_voice: bodies of commands about what is said aloud. */
#include <string.h>

#include "wire_command_reading.h"

static void read_zones(struct reading *reading)
{
    struct cmd *cmd = reading->cmd;
    const json_t *list;
    if (!wire_read_array(&reading->body, "zones", WIRE_OPTIONAL, HALL_ZONE_MAX, &list)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));
        if (code == NULL || !wire_reading_is_code(code)) {
            wire_object_add(&reading->body, "zones", "item %zu must be the code of a zone", i);
            return;
        }
        text_copy_cut(cmd->zones[i], sizeof cmd->zones[i], code);
    }
    cmd->zone_count = (int)json_array_size(list);
}

static void read_langs(struct reading *reading)
{
    const json_t *list;
    bool zh = false;
    bool en = false;
    if (!wire_read_array(&reading->body, "langs", WIRE_OPTIONAL, 2, &list)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        bool is_zh = text != NULL && strcmp(text, "zh-CN") == 0;
        if (!is_zh && (text == NULL || strcmp(text, "en") != 0)) {
            wire_object_add(&reading->body, "langs", "item %zu must be zh-CN or en", i);
            return;
        }
        zh = zh || is_zh;
        en = en || !is_zh;
    }
    text_copy_cut(reading->cmd->lang, sizeof reading->cmd->lang,
                  zh && en ? "zh-CN,en"
                  : en     ? "en"
                  : zh     ? "zh-CN"
                           : "");
}

/* {template | text, number?, window?, zones?, langs?} */
void wire_reading_announce(struct reading *reading)
{
    static const char *const words[] = {"lost_property", "return_to_window"};
    struct cmd *cmd = reading->cmd;
    int word = 0;
    int before = reading->body.problem->error_count;
    bool template = wire_read_word(&reading->body, "template", WIRE_OPTIONAL, words, 2, &word);
    bool text = wire_reading_note(reading, "text", WIRE_OPTIONAL);
    cmd->announcement = text        ? ANNOUNCEMENT_TEXT
                        : word == 0 ? ANNOUNCEMENT_LOST
                                    : ANNOUNCEMENT_RETURN;
    if (template == text && reading->body.problem->error_count == before) {
        wire_object_add(&reading->body, "template", "exactly one of template and text is required");
    }
    bool back = template && word == 1;
    wire_read_text(&reading->body, "number", back ? WIRE_REQUIRED : WIRE_OPTIONAL, cmd->number,
                   sizeof cmd->number);
    wire_read_int32(&reading->body, "window", WIRE_OPTIONAL, 1, HALL_WINDOW_NO_MAX, &cmd->window);
    read_zones(reading);
    read_langs(reading);
}

void wire_reading_announce_state(struct reading *reading)
{
    static const char *const words[] = {"started", "ended", "failed"};
    int word = 0;
    wire_read_word(&reading->body, "state", WIRE_REQUIRED, words, 3, &word);
    reading->cmd->spoken = (enum cmd_spoken)word;
    (void)wire_read_code(&reading->body, "player", WIRE_OPTIONAL, reading->cmd->subject);
}
_Static_assert(CMD_SPOKEN_STARTED == 0 && CMD_SPOKEN_ENDED == 1 && CMD_SPOKEN_FAILED == 2,
               "the words stand in the order of the enum");
