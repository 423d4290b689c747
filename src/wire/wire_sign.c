/* wire_sign: the content of one sign as JSON, for `hallcall led`. */
#include <string.h>

#include "wire_config_internal.h"

static const char *const sign_names[] = {"window", "number", "state", "text", "calls", NULL};
/* In the order of enum board_state. */
static const char *const state_words[] = {"closed", "idle", "calling", "serving", "paused"};
_Static_assert(sizeof state_words / sizeof state_words[0] == BOARD_PAUSED + 1, "a word a state");

/* A sign with Chinese shows an English text too; one without cannot show a Chinese text, so that
 * there only `en` counts and without it the number stands. */
static void read_text(const struct wire_object *object, struct board_sign *sign)
{
    static const char *const names[] = {"zh-CN", "en", NULL};
    struct wire_object text;
    if (!wire_config_read_object(object, "text", names, &text)) {
        return;
    }
    (void)wire_read_text(&text, "zh-CN", WIRE_OPTIONAL, sign->text_zh, sizeof sign->text_zh);
    (void)wire_read_text(&text, "en", WIRE_OPTIONAL, sign->text_en, sizeof sign->text_en);
    if (sign->text_zh[0] == '\0') {
        text_copy_cut(sign->text_zh, sizeof sign->text_zh, sign->text_en);
    }
}

enum err wire_sign_parse(struct board_sign *sign, const char *text, size_t length,
                         struct wire_problem *problem)
{
    json_t *root = NULL;
    wire_problem_init(problem, ERR_NONE);
    enum err err = wire_json_parse(text, length, problem, &root);
    if (err) {
        return err;
    }
    struct wire_object object;
    struct board_sign content = {.window = 0, .state = BOARD_CALLING, .calls = 1};
    wire_object_init(&object, root, problem);
    wire_config_check_members(&object, sign_names);
    (void)wire_read_int32(&object, "window", WIRE_OPTIONAL, 0, HALL_WINDOW_NO_MAX, &content.window);
    (void)wire_read_text(&object, "number", WIRE_OPTIONAL, content.number, sizeof content.number);
    int state = BOARD_CALLING;
    (void)wire_read_word(&object, "state", WIRE_OPTIONAL, state_words, BOARD_PAUSED + 1, &state);
    content.state = (enum board_state)state;
    (void)wire_read_int32(&object, "calls", WIRE_OPTIONAL, 0, 100, &content.calls);
    read_text(&object, &content);
    json_decref(root);
    if (problem->error_count > 0) {
        problem->err = ERR_INVALID_BODY;
        return ERR_INVALID_BODY;
    }
    *sign = content;
    return ERR_NONE;
}
