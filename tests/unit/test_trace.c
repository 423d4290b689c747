/* test_trace: plays every day of tests/trace on a virtual clock and compares what happens with what
 * is written. tests/trace/README.md tells the format. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "fixture.h"

#define WORD_MAX 6
#define SAID_MAX 4
#define LINE_SIZE 256
#define FOLDER "tests/trace"

struct player {
    struct fixture f;
    struct hall hall;
    bool opened;
    char file[128];
    int line;
    struct buf happened; /* what the last command caused, line by line */
    struct buf expected;
};

static const struct {
    const char *word;
    enum cmd_kind kind;
} number_words[] = {
    {"recall", CMD_RECALL},   {"start", CMD_START},       {"finish", CMD_FINISH},
    {"no-show", CMD_NO_SHOW}, {"restore", CMD_RESTORE},   {"abandon", CMD_ABANDON},
    {"hold", CMD_HOLD},       {"resume", CMD_RESUME},     {"return", CMD_RETURN},
    {"cancel", CMD_CANCEL},   {"void", CMD_VOID},         {"undo", CMD_UNDO},
    {"invite", CMD_INVITE},   {"transfer", CMD_TRANSFER}, {"send", CMD_TRANSFER},
    {"urgent", CMD_AMEND},    {"class", CMD_AMEND},       {"defer", CMD_DEFER},
    {"rate", CMD_RATE},       {"another", CMD_ANOTHER},
};

static const struct {
    const char *word;
    enum cmd_kind kind;
} window_words[] = {
    {"open", CMD_WINDOW_OPEN},
    {"close", CMD_WINDOW_CLOSE},
    {"pause", CMD_WINDOW_PAUSE},
    {"unpause", CMD_WINDOW_RESUME},
    {"auto", CMD_AUTO_NEXT},
    {"next", CMD_NEXT},
    {"call", CMD_CALL},
    {"walk-in", CMD_WALK_IN},
    {"take-over", CMD_WINDOW_TAKE_OVER},
};

static const struct {
    const char *word;
    enum cmd_kind kind;
} other_words[] = {
    {"issue", CMD_ISSUE}, {"suspend", CMD_SUSPEND_SERVICE}, {"resume-service", CMD_RESUME_SERVICE},
    {"tick", CMD_TICK},   {"day-open", CMD_DAY_OPEN},       {"day-close", CMD_DAY_CLOSE},
};

static void fill_number(struct cmd *cmd, char words[WORD_MAX][LINE_SIZE])
{
    text_copy_cut(cmd->number, sizeof cmd->number, words[1]);
    text_copy_cut(cmd->reason, sizeof cmd->reason, "trace");
    text_copy_cut(cmd->approver, sizeof cmd->approver, "boss");
    if (strcmp(words[0], "transfer") == 0) {
        text_copy_cut(cmd->service, sizeof cmd->service, words[2]);
        cmd->position = strcmp(words[3], "front") == 0  ? EVENT_POSITION_FRONT
                        : strcmp(words[3], "back") == 0 ? EVENT_POSITION_BACK
                                                        : EVENT_POSITION_KEEP_TIME;
    } else if (strcmp(words[0], "send") == 0) {
        cmd->target_window = (int32_t)strtol(words[2], NULL, 10);
    } else if (strcmp(words[0], "urgent") == 0) {
        cmd->changed = EVENT_CHANGED_URGENT;
    } else if (strcmp(words[0], "class") == 0) {
        cmd->changed = EVENT_CHANGED_CLASS;
        text_copy_cut(cmd->cls, sizeof cmd->cls, words[2]);
    } else if (strcmp(words[0], "defer") == 0) {
        cmd->after = (int32_t)strtol(words[2], NULL, 10);
    } else if (strcmp(words[0], "rate") == 0) {
        cmd->level = (int32_t)strtol(words[2], NULL, 10);
        text_copy_cut(cmd->reason, sizeof cmd->reason, words[3]);
    } else if (strcmp(words[0], "another") == 0) {
        text_copy_cut(cmd->service, sizeof cmd->service, words[2]);
    }
}

/* What the scanner read is not what the ticket is found by. */
static void fill_check(struct player *p, char words[WORD_MAX][LINE_SIZE])
{
    struct cmd *cmd = fixture_cmd(&p->f, CMD_CHECK);
    int32_t visit = core_find_number(p->f.core, words[1]);
    assert_true(visit >= 0);
    core_ticket_id(p->f.core, visit, cmd->ticket_id);
    text_copy_cut(cmd->number, sizeof cmd->number, words[2]);
}

static void fill_window(struct cmd *cmd, char words[WORD_MAX][LINE_SIZE])
{
    cmd->window = (int32_t)strtol(words[1], NULL, 10);
    text_copy_cut(cmd->reason, sizeof cmd->reason, "trace");
    text_copy_cut(cmd->clerk, sizeof cmd->clerk, words[2]);
    text_copy_cut(cmd->number, sizeof cmd->number, words[2]);
    text_copy_cut(cmd->service, sizeof cmd->service, words[2]);
    cmd->on = strcmp(words[2], "on") == 0;
    cmd->current = strcmp(words[2], "finish") == 0   ? CMD_CURRENT_FINISH
                   : strcmp(words[2], "return") == 0 ? CMD_CURRENT_RETURN
                                                     : CMD_CURRENT_NONE;
}

/* What whoever speaks in the hall says of the announcement that is next there. */
static void make_speak(struct player *p, const char *word)
{
    struct announcement next[SAID_MAX];
    struct cmd *cmd = fixture_cmd(&p->f, CMD_ANNOUNCE_STATE);
    assert_true(core_list_announcements(p->f.core, "main", next, SAID_MAX) > 0);
    cmd->count = next[0].id;
    cmd->spoken = strcmp(word, "started") == 0 ? CMD_SPOKEN_STARTED
                  : strcmp(word, "ended") == 0 ? CMD_SPOKEN_ENDED
                                               : CMD_SPOKEN_FAILED;
    text_copy_cut(cmd->subject, sizeof cmd->subject, "p1");
}

/* The rating device of a window is heard or has fallen silent. */
static void make_rater(struct player *p, char words[WORD_MAX][LINE_SIZE])
{
    struct cmd *cmd = fixture_cmd(&p->f, CMD_RECORD);
    cmd->event = strcmp(words[2], "online") == 0 ? EVENT_DEVICE_ONLINE : EVENT_DEVICE_OFFLINE;
    cmd->window = (int32_t)strtol(words[1], NULL, 10);
    text_copy_cut(cmd->subject, sizeof cmd->subject, "rater");
    text_copy_cut(cmd->role, sizeof cmd->role, "rating");
}

static void make_announce(struct player *p, char words[WORD_MAX][LINE_SIZE])
{
    struct cmd *cmd = fixture_cmd(&p->f, CMD_ANNOUNCE);
    cmd->announcement = announcement_kind_parse(words[1]);
    if (cmd->announcement == ANNOUNCEMENT_RETURN) {
        text_copy_cut(cmd->number, sizeof cmd->number, words[2]);
        cmd->window = (int32_t)strtol(words[3], NULL, 10);
    } else {
        text_copy_cut(cmd->note, sizeof cmd->note, words[2]);
    }
}

/* The command of the words; false when the first is unknown. */
static bool make_command(struct player *p, char words[WORD_MAX][LINE_SIZE])
{
    if (strcmp(words[0], "check") == 0) {
        fill_check(p, words);
        return true;
    }
    for (size_t i = 0; i < sizeof number_words / sizeof number_words[0]; i++) {
        if (strcmp(words[0], number_words[i].word) == 0) {
            fill_number(fixture_cmd(&p->f, number_words[i].kind), words);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof window_words / sizeof window_words[0]; i++) {
        if (strcmp(words[0], window_words[i].word) == 0) {
            fill_window(fixture_cmd(&p->f, window_words[i].kind), words);
            return true;
        }
    }
    if (strcmp(words[0], "speak") == 0) {
        make_speak(p, words[1]);
        return true;
    }
    if (strcmp(words[0], "announce") == 0) {
        make_announce(p, words);
        return true;
    }
    if (strcmp(words[0], "rater") == 0) {
        make_rater(p, words);
        return true;
    }
    for (size_t i = 0; i < sizeof other_words / sizeof other_words[0]; i++) {
        if (strcmp(words[0], other_words[i].word) == 0) {
            struct cmd *cmd = fixture_cmd(&p->f, other_words[i].kind);
            text_copy_cut(cmd->service, sizeof cmd->service, words[1]);
            text_copy_cut(cmd->cls, sizeof cmd->cls, words[2]);
            text_copy_cut(cmd->reason, sizeof cmd->reason, "trace");
            return true;
        }
    }
    return false;
}

static bool change_voice(struct hall_voice *voice, const char *name, int32_t number)
{
    if (strcmp(name, "voice") == 0) {
        voice->on = number != 0;
    } else if (strcmp(name, "repeats") == 0) {
        voice->repeats = number;
    } else if (strcmp(name, "soon") == 0) {
        voice->soon = number;
    } else if (strcmp(name, "say-rating") == 0) {
        voice->rating = number != 0;
    } else if (strcmp(name, "quiet-from-min") == 0) {
        voice->quiet[voice->quiet_count++] =
            (struct hall_band){.zone = -1, .from_min = (int16_t)number, .to_min = 1440};
    } else {
        return false;
    }
    return true;
}

static bool change_setting(struct hall *hall, const char *name, const char *value)
{
    int32_t number = (int32_t)strtol(value, NULL, 10);
    if (strcmp(name, "next-on-called") == 0) {
        hall->next_on_called = strcmp(value, "finish") == 0    ? HALL_ON_CALLED_FINISH
                               : strcmp(value, "no-show") == 0 ? HALL_ON_CALLED_NO_SHOW
                                                               : HALL_ON_CALLED_ASK;
    } else if (strcmp(name, "min-calls") == 0) {
        hall->no_show_min_calls = number;
    } else if (strcmp(name, "auto-start") == 0) {
        hall->auto_start_ms = number * 1000LL;
    } else if (strcmp(name, "restore-mode") == 0) {
        hall->no_show_mode = strcmp(value, "auto") == 0 ? HALL_NO_SHOW_AUTO : HALL_NO_SHOW_RETURN;
    } else if (strcmp(name, "day-close-min") == 0) {
        hall->day_close_min = number;
    } else if (strcmp(name, "another-max") == 0) {
        hall->another_max = number;
    } else if (strcmp(name, "rating-window") == 0) {
        hall->rating_window_ms = number * 1000LL;
    } else if (strcmp(name, "slip-check") == 0) {
        hall->services[hall_find_service(hall, value)].slip_check = true;
    } else if (strcmp(name, "cap") == 0) {
        for (int c = 0; c < hall->class_count; c++) {
            hall->classes[c].cap = number;
        }
    } else {
        return change_voice(&hall->voice, name, number);
    }
    return true;
}

static void describe_said(struct buf *buf, const struct event *event)
{
    if (event->kind == EVENT_ANNOUNCEMENT_QUEUED) {
        buf_printf(buf, " %s", event->words);
    }
    const char *texts[] = {event->number, event->note, event->reason};
    for (int i = 0; i < 3; i++) {
        if (texts[i][0] != '\0') {
            buf_printf(buf, " %s", texts[i]);
        }
    }
    if (event->window != 0) {
        buf_printf(buf, " window %d", (int)event->window);
    }
    if (event->kind == EVENT_ANNOUNCEMENT_QUEUED) {
        buf_printf(buf, " place %d", (int)event->count);
    } else if (event->kind == EVENT_ANNOUNCEMENT_STARTED) {
        buf_printf(buf, " readings %d%s", (int)event->count, event->on ? " chime" : "");
    }
    buf_add_char(buf, '\n');
}

static void describe_rating(struct buf *buf, const struct event *event)
{
    if (event->kind == EVENT_RATING_SUBMITTED) {
        buf_printf(buf, " level %d", (int)event->level);
    } else if (event->kind == EVENT_HALL_ALERT_RAISED) {
        buf_printf(buf, " %s", event->subject);
    } else if (event->kind != EVENT_RATING_EXEMPTED) {
        return;
    }
    if (event->reason[0] != '\0') {
        buf_printf(buf, " %s", event->reason);
    }
}

static void describe(struct player *p, const struct event *event)
{
    struct buf *buf = &p->happened;
    buf_add_text(buf, event_kind_text(event->kind));
    if (event->announcement != 0) {
        describe_said(buf, event);
        return;
    }
    if (event->visit >= 0) {
        buf_printf(buf, " %s %s", event->number, ticket_state_text(event->state));
    }
    if (event->kind == EVENT_TICKET_TRANSFERRED || event->kind == EVENT_TICKET_CONTINUED) {
        buf_printf(buf, " %s", event->service);
    }
    if (event->window != 0 && event->kind != EVENT_TICKET_TRANSFERRED) {
        buf_printf(buf, " window %d", (int)event->window);
    }
    if (event->target_window != 0) {
        buf_printf(buf, " window %d", (int)event->target_window);
    }
    if (event->kind == EVENT_TICKET_CALLED) {
        buf_printf(buf, " %s", event_rule_text(event->why.rule));
        for (int i = 0; i < event->why.listed; i++) {
            buf_printf(buf, "%s%s", i == 0 ? " over " : ",", event->why.numbers[i]);
        }
    }
    if (event->kind == EVENT_WINDOW_OPENED ||
        (event->kind == EVENT_WINDOW_UPDATED && event->clerk[0] != '\0')) {
        buf_printf(buf, " %s", event->clerk);
    }
    if (event->kind == EVENT_WINDOW_PAUSED && event->on != 0) {
        buf_add_text(buf, " after this one");
    }
    describe_rating(buf, event);
    buf_add_char(buf, '\n');
}

static void compare(struct player *p)
{
    if (strcmp(buf_text(&p->happened), buf_text(&p->expected)) != 0) {
        fail_msg("%s before line %d:\nexpected:\n%shappened:\n%s", p->file, p->line,
                 buf_text(&p->expected), buf_text(&p->happened));
    }
    buf_clear(&p->happened);
    buf_clear(&p->expected);
}

static void play(struct player *p, char words[WORD_MAX][LINE_SIZE], int window)
{
    if (!p->opened) {
        fixture_open(&p->f, &p->hall);
        p->opened = true;
    }
    if (!make_command(p, words)) {
        fail_msg("%s:%d: unknown command %s", p->file, p->line, words[0]);
    }
    if (window != 0) {
        p->f.cmd.by = CMD_BY_CLERK;
        p->f.cmd.by_window = window;
    }
    enum err err = fixture_step(&p->f);
    for (int i = 0; i < p->f.event_count; i++) {
        describe(p, &p->f.events[i]);
    }
    if (err) {
        buf_printf(&p->happened, "! %s\n", err_slug(err));
    }
}

/* "HH:MM:SS words..." or "dN HH:MM:SS words..." for the N-th day after the first. */
static void play_line(struct player *p, const char *line)
{
    char words[WORD_MAX][LINE_SIZE] = {{0}};
    int hour;
    int minute;
    int second;
    int used = 0;
    int day = 0;
    if (line[0] == 'd') {
        assert_int_equal(sscanf(line, "d%d %n", &day, &used), 1);
        line += used;
    }
    if (sscanf(line, "%d:%d:%d %n", &hour, &minute, &second, &used) != 3) {
        fail_msg("%s:%d: no time", p->file, p->line);
    }
    line += used;
    int window = 0;
    if (sscanf(line, "clerk %d %n", &window, &used) == 1) {
        line += used;
    }
    (void)sscanf(line, "%255s %255s %255s %255s", words[0], words[1], words[2], words[3]);
    p->f.now.ms = FIXTURE_START_MS + ((day * 24LL + hour - 8) * 3600 + minute * 60 + second) * 1000;
    struct core_now now = {.ms = p->f.now.ms, .offset_s = FIXTURE_OFFSET_S};
    play(p, words, window);
    p->f.now = now;
}

static void play_file(struct player *p, const char *name)
{
    char path[256];
    char line[LINE_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", FOLDER, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    memset(p, 0, sizeof *p);
    text_copy_cut(p->file, sizeof p->file, name);
    fixture_small_hall(&p->hall);
    buf_init(&p->happened, 65536);
    buf_init(&p->expected, 65536);
    struct core_now start = {.ms = FIXTURE_START_MS, .offset_s = FIXTURE_OFFSET_S};
    while (fgets(line, sizeof line, file) != NULL) {
        char name_text[64];
        char value[64];
        p->line += 1;
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        if (line[0] == ' ') {
            buf_add_text(&p->expected, line + strspn(line, " "));
        } else if (sscanf(line, "set %63s %63s", name_text, value) == 2) {
            assert_true(change_setting(&p->hall, name_text, value));
        } else {
            compare(p);
            if (!p->opened) {
                fixture_open(&p->f, &p->hall);
                p->f.now = start;
                p->opened = true;
            }
            play_line(p, line);
        }
    }
    compare(p);
    (void)fclose(file);
    fixture_check_replay(&p->f);
    fixture_close(&p->f);
    buf_fini(&p->happened);
    buf_fini(&p->expected);
}

static int is_trace(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 6 && strcmp(entry->d_name + length - 6, ".trace") == 0;
}

static void play_one(void **state)
{
    static struct player player;
    play_file(&player, *state);
}

int main(void)
{
    struct dirent **entries;
    int count = scandir(FOLDER, &entries, is_trace, alphasort);
    if (count <= 0) {
        (void)fprintf(stderr, "no traces in %s: run from the top of the tree\n", FOLDER);
        return 1;
    }
    struct CMUnitTest *tests = calloc((size_t)count, sizeof *tests);
    for (int i = 0; i < count; i++) {
        tests[i] = (struct CMUnitTest){
            .name = entries[i]->d_name, .test_func = play_one, .initial_state = entries[i]->d_name};
    }
    int failed = _cmocka_run_group_tests("trace", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++) {
        free(entries[i]);
    }
    free(entries);
    free(tests);
    return failed;
}
