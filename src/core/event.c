/* event: words of events and commands, and their empty values. */
#include "event.h"

#include <string.h>

#include "cmd.h"

static const char *const kind_texts[EVENT_KIND_COUNT] = {
#define X(name, text) text,
    EVENT_KIND_LIST(X)
#undef X
};

static const char *const rule_texts[] = {"NONE",     "POLICY", "GUARD_K", "GUARD_W", "URGENT",
                                         "DEFERRED", "EARLY",  "CHOSEN",  "RESUMED", "WALK_IN"};

const char *event_kind_text(enum event_kind kind)
{
    return kind < EVENT_KIND_COUNT ? kind_texts[kind] : "unknown";
}

enum event_kind event_kind_parse(const char *text)
{
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        if (strcmp(kind_texts[i], text) == 0) {
            return (enum event_kind)i;
        }
    }
    return EVENT_KIND_COUNT;
}

const char *event_rule_text(enum event_rule rule)
{
    return rule_texts[rule];
}

enum event_rule event_rule_parse(const char *text)
{
    for (int i = EVENT_RULE_POLICY; i <= EVENT_RULE_WALK_IN; i++) {
        if (strcmp(rule_texts[i], text) == 0) {
            return (enum event_rule)i;
        }
    }
    return EVENT_RULE_NONE;
}

void event_init(struct event *event, enum event_kind kind)
{
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->visit = -1;
    event->leg = -1;
    event->new_leg = -1;
    event->told_low_s = -1;
    event->told_s = -1;
    event->told_high_s = -1;
    event->state = TICKET_STATE_COUNT;
}

void cmd_init(struct cmd *cmd, enum cmd_kind kind)
{
    memset(cmd, 0, sizeof *cmd);
    cmd->kind = kind;
    cmd->if_version = -1;
    cmd->after = -1;
    cmd->on = kind == CMD_FINISH; /* a finish invites to rate unless it says otherwise */
}
