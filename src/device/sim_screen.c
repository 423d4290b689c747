/* sim_screen: what one sign shows, told once for each change that a person would see. */
#include <stdio.h>
#include <string.h>

#include "device_sim_internal.h"

#define TURN_MS 1200 /* text and dark of a blink take turns sooner than this */

void sim_screen_take(struct sim_screen *screen, const struct sim_heard *heard, int64_t now_ms)
{
    bool dark = heard->text[0] == '\0';
    bool soon = now_ms - screen->changed_ms < TURN_MS;

    screen->state = heard->state;
    if (dark && !screen->dark) {
        screen->dark = true;
        screen->changed_ms = now_ms;
    } else if (!dark && strcmp(heard->text, screen->text) != 0) {
        memcpy(screen->text, heard->text, sizeof screen->text);
        screen->dark = false;
        screen->blinking = false;
        screen->changed_ms = now_ms;
    } else if (!dark && screen->dark) {
        screen->dark = false;
        screen->blinking = soon;
        screen->changed_ms = now_ms;
    }
    screen->due = true;
}

/* Dark within a blink is not told: it may be over at once. */
static bool is_settled(const struct sim_screen *screen, int64_t now_ms)
{
    return screen->state != NULL || !screen->told || now_ms - screen->changed_ms >= TURN_MS ||
           !screen->dark;
}

bool sim_screen_line(struct sim_screen *screen, int64_t now_ms, char line[DEVICE_SIM_LINE_SIZE])
{
    char row[16] = "";
    const char *state = screen->state;

    if (!screen->due || !is_settled(screen, now_ms)) {
        return false;
    }
    bool still = now_ms - screen->changed_ms >= TURN_MS;
    screen->blinking = screen->blinking && !still;
    screen->due = screen->blinking; /* its end is told by time alone */
    if (state == NULL && screen->blinking) {
        state = "calling";
    }
    const char *text = screen->dark ? "" : screen->text;
    if (screen->told && strcmp(text, screen->said) == 0 && state == screen->said_state) {
        return false;
    }
    if (screen->dark) {
        screen->text[0] = '\0';
    }
    (void)snprintf(screen->said, sizeof screen->said, "%s", text);
    screen->said_state = state;
    screen->told = true;
    if (screen->row > 0) {
        (void)snprintf(row, sizeof row, ".%d", screen->row);
    }
    (void)snprintf(line, DEVICE_SIM_LINE_SIZE, "%d%s %s%s%s", screen->address, row,
                   text[0] != '\0' ? text : "dark", state != NULL ? " " : "",
                   state != NULL ? state : "");
    return true;
}

int64_t sim_screen_due_ms(const struct sim_screen *screen)
{
    return screen->due ? screen->changed_ms + TURN_MS : INT64_MAX;
}
