/* Any bytes as a day of the demo hall: six bytes choose a command, its target and how much time has
 * passed. After each command the laws of the hall must hold, a refusal must have changed nothing,
 * and a second hall that only reads the events, as text like those in the log, must be in the same
 * state.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "core.h"
#include "web_files.h"
#include "wire.h"

#define START_MS 1795397400000 /* 2026-11-23T09:30:00+08:00 */
#define OFFSET_S 28800
#define VISIT_MAX 48 /* few, so that a full hall is met */
#define STEP_SIZE 6
#define STEP_MAX 300
#define ROUND_MAX 4 /* an input is played over and over, so that a short one makes a day as well   \
                     */
#define HALL_COUNT 4

/* Of the process, made once. */
static struct hall halls[HALL_COUNT]; /* versions 1.. of the configuration */
static struct core *core;
static struct core *copy; /* made from the events alone */
static struct ticket ticket;

/* Of one input. */
static struct core_now now;
static int64_t last_ms;
static int event_count;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static struct hall demo_hall(void)
{
    struct wire_problem problem;
    struct wire_config *config = NULL;
    for (const struct web_file *file = web_files; file->path != NULL; file++) {
        if (strcmp(file->path, "src/demo/hall.json") == 0) {
            require(wire_config_create((const char *)file->begin, (size_t)(file->end - file->begin),
                                       &problem, &config) == ERR_NONE);
        }
    }
    require(config != NULL);
    struct hall hall = *wire_config_hall(config);
    wire_config_destroy(config);
    return hall;
}

/* Other settings, a hall without its last service, and one without its last window. */
static void make_halls(void)
{
    for (int i = 0; i < HALL_COUNT; i++) {
        halls[i] = demo_hall();
        halls[i].version = i + 1;
        halls[i].services[0].last = 6; /* few numbers, so that a series is used up */
        halls[i].services[1].quota_day = 3;
    }
    halls[1].auto_start_ms = 20000;
    halls[1].no_show_answer_ms = 60000;
    halls[1].day_close_min = 120; /* on the morning after */
    halls[1].policy.rule = HALL_RULE_RATIO;
    halls[2].service_count -= 1;
    halls[2].policy.rule = HALL_RULE_STRICT;
    halls[2].hold_max = 1;
    for (int w = 0; w < halls[2].window_count; w++) {
        struct hall_window *window = &halls[2].windows[w];
        for (int i = 0; i < window->service_count; i++) {
            if (window->services[i].service == halls[2].service_count) {
                window->services[i] = window->services[--window->service_count];
            }
        }
    }
    halls[3].window_count -= 1;
    halls[3].policy.rule = HALL_RULE_LONGEST;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct core_limits limits = {.visit_max = VISIT_MAX};
    (void)argc;
    (void)argv;
    clock_set_zone("Asia/Shanghai");
    make_halls();
    core = core_create(&limits, &halls[0]);
    copy = core_create(&limits, &halls[0]);
    require(core != NULL && copy != NULL);
    return 0;
}

/* The configuration that an event brings, or that a new day names, comes before it. */
static void configure_copy(const struct event *event)
{
    char detail[160];
    bool new_day = event->kind == EVENT_HALL_DAY_OPENED && event->day != core_day(copy) &&
                   core_hall(copy)->version != event->count;
    if (new_day || event->kind == EVENT_CONFIG_CHANGED) {
        require(event->count >= 1 && event->count <= HALL_COUNT);
        require(core_configure(copy, &halls[event->count - 1], detail, sizeof detail) == ERR_NONE);
    }
}

static void take_event(void *context, const struct event *event)
{
    struct buf text;
    struct event read;
    (void)context;
    event_count += 1;
    require(event->at_ms >= last_ms);
    last_ms = event->at_ms;
    buf_init(&text, 1 << 16);
    wire_event_data(&text, event);
    require(wire_event_read(event->seq, event->at_ms, event->day, event_kind_text(event->kind),
                            buf_text(&text), text.length, &read) == ERR_NONE);
    buf_fini(&text);
    configure_copy(&read);
    require(core_replay(copy, &read) == ERR_NONE);
}

static enum err step(const struct cmd *cmd, struct core_result *ret_result)
{
    static const struct core_sink sink = {.emit = take_event};
    event_count = 0;
    enum err err = core_step(core, &now, cmd, &sink, ret_result);
    require(ret_result->changed == (event_count > 0));
    require(core_check(core) == NULL);
    require(core_digest(copy) == core_digest(core));
    return err;
}

static void tick(void)
{
    struct cmd cmd;
    struct core_result result;
    cmd_init(&cmd, CMD_TICK);
    cmd.by = CMD_BY_SYSTEM;
    require(step(&cmd, &result) == ERR_NONE);
    /* Otherwise the engine would never sleep again. */
    require(core_deadline_ms(core, &now) > now.ms);
}

static void configure(int version)
{
    char detail[160] = "";
    struct cmd cmd;
    struct core_result result;
    if (core_configure(core, &halls[version], detail, sizeof detail) != ERR_NONE) {
        require(detail[0] != '\0');
        require(core_digest(copy) == core_digest(core));
        return;
    }
    cmd_init(&cmd, CMD_RECORD);
    cmd.by = CMD_BY_SYSTEM;
    cmd.event = EVENT_CONFIG_CHANGED;
    cmd.count = version + 1;
    require(step(&cmd, &result) == ERR_NONE);
}

static void choose_ticket(struct cmd *cmd, uint8_t choice)
{
    int32_t count = core_visit_count(core);
    int32_t slot = count > 0 ? choice % (count + 1) : 0;
    if (slot >= count) {
        text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, "nobody");
        return;
    }
    core_get_ticket(core, &now, slot, &ticket);
    if (choice % 4 == 0 && cmd->kind == CMD_CALL) {
        text_copy_cut(cmd->number, sizeof cmd->number, ticket.number);
    } else {
        text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, ticket.id);
    }
    cmd->if_version = choice >= 250 ? ticket.version : -1;
}

static const char *service_code(uint8_t choice)
{
    int at = choice % (halls[0].service_count + 1);
    return at < halls[0].service_count ? halls[0].services[at].code : "";
}

static const char *class_code(uint8_t choice)
{
    int at = choice % (halls[0].class_count + 1);
    return at < halls[0].class_count ? halls[0].classes[at].code : "";
}

static void choose_rest(struct cmd *cmd, const uint8_t *bytes)
{
    static const char *const clerks[] = {"zhang", "li", "wang", ""};
    static const char *const notes[] = {"", "note", "请慢一点", "x"};
    uint8_t a = bytes[2];
    uint8_t b = bytes[3];
    uint8_t c = bytes[4];
    cmd->window = a % 8;
    cmd->target_window = b % 16 < 8 ? b % 8 : 0;
    text_copy_cut(cmd->service, sizeof cmd->service, service_code(c));
    text_copy_cut(cmd->cls, sizeof cmd->cls, class_code((uint8_t)(c / 16)));
    text_copy_cut(cmd->clerk, sizeof cmd->clerk, clerks[a / 8 % 4]);
    text_copy_cut(cmd->note, sizeof cmd->note, notes[b % 4]);
    text_copy_cut(cmd->reason, sizeof cmd->reason, notes[c % 4]);
    text_copy_cut(cmd->outcome, sizeof cmd->outcome, b % 3 == 0 ? "partial" : "");
    text_copy_cut(cmd->external_ref, sizeof cmd->external_ref, b % 5 == 0 ? "REF" : "");
    cmd->has_identity = c % 4 == 1;
    cmd->identity[0] = (uint8_t)(1 + c / 64);
    cmd->until_ms = b % 3 == 0 ? now.ms + 60000 * (int64_t)c : 0;
    cmd->slot_ms = now.ms + 300000 * ((int64_t)b - 64);
    cmd->has_position = a % 2 == 0;
    cmd->position = (enum event_position)(a / 2 % 3);
    cmd->after = (int32_t)(c % 12) - 1;
    cmd->level = b % 7;
    cmd->changed = c & 0x7f;
    cmd->on = b % 2 == 0;
    cmd->more = c == 255;
    cmd->current = (enum cmd_current)(b % 3);
    if (cmd->kind == CMD_NEXT && b % 8 == 0) {
        text_copy_cut(cmd->services[0], HALL_CODE_SIZE, service_code(c));
        cmd->service_count = 1;
    }
}

/* Who asks: mostly somebody who may do everything. */
static void choose_issuer(struct cmd *cmd, uint8_t choice)
{
    static const uint32_t alone[] = {CMD_BY_KIOSK,   CMD_BY_VISITOR,    CMD_BY_CLERK,
                                     CMD_BY_MANAGER, CMD_BY_SUPERVISOR, CMD_BY_ADMIN};
    bool one = choice >= 192;
    cmd->by = one ? alone[choice % 6]
                  : CMD_BY_KIOSK | CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_SUPERVISOR | CMD_BY_ADMIN;
    cmd->by_window = one && choice % 5 == 0 ? 1 + choice % 6 : 0;
    cmd->actor = one ? EVENT_ACTOR_DEVICE : EVENT_ACTOR_USER;
    text_copy_cut(cmd->actor_id, sizeof cmd->actor_id, one ? "k1" : "zhang");
    if (cmd->by == CMD_BY_VISITOR && core_visit_count(core) > 0) {
        core_get_ticket(core, &now, choice % core_visit_count(core), &ticket);
        cmd->has_token = true;
        memcpy(cmd->token, ticket.token, sizeof cmd->token);
    }
}

static void do_command(const uint8_t *bytes)
{
    struct cmd cmd;
    struct core_result result;
    cmd_init(&cmd, (enum cmd_kind)(bytes[0] % CMD_KIND_COUNT));
    if (cmd.kind == CMD_RECORD) {
        configure(bytes[1] % HALL_COUNT);
        return;
    }
    choose_issuer(&cmd, bytes[1]);
    choose_ticket(&cmd, bytes[3]);
    choose_rest(&cmd, bytes);
    if (cmd.kind == CMD_ISSUE || cmd.kind == CMD_BOOK || cmd.kind == CMD_WALK_IN) {
        int64_t unique = core_next_seq(core); /* as the engine's random ones are */
        memset(cmd.token, 0, sizeof cmd.token);
        memcpy(cmd.token, &unique, sizeof unique);
    }
    uint64_t before = core_digest(core);
    enum err err = step(&cmd, &result);
    /* What was due was done by the tick before, so that this is the command's own doing. */
    require(err == ERR_NONE || (event_count == 0 && core_digest(core) == before));
    require(err < ERR_BUSY && (err != ERR_INVALID_BODY || result.field != NULL));
    require(result.visit >= -1 && result.visit < core_visit_count(core));
}

/* Everything that a page could ask; the sanitizers judge. */
static void look(void)
{
    struct core_window_info window;
    struct core_service_info service;
    struct board_sign sign;
    struct board_call calls[BOARD_CALL_MAX];
    int32_t slots[VISIT_MAX];
    for (int32_t slot = 0; slot < core_visit_count(core); slot++) {
        core_get_ticket(core, &now, slot, &ticket);
        require(core_find_id(core, ticket.id) == slot);
        require(core_find_number(core, ticket.number) == slot);
        require(core_find_token(core, ticket.token) == slot);
    }
    for (int w = 0; w < core_hall(core)->window_count; w++) {
        core_get_window(core, &now, w, true, &window);
        core_get_sign(core, w, &sign);
        require(core_list_waiting(core, &now, w, slots, VISIT_MAX) <= VISIT_MAX);
    }
    for (int s = 0; s < core_hall(core)->service_count; s++) {
        core_get_service(core, &now, s, &service);
        require(service.waiting >= 0);
    }
    for (int zone = -1; zone < core_hall(core)->zone_count; zone++) {
        require(core_get_calls(core, zone, calls, BOARD_CALL_MAX) <= BOARD_CALL_MAX);
    }
}

/* Mostly seconds, sometimes minutes, seldom hours; or to the moment something is due. */
static void wait(uint8_t choice)
{
    if (choice == 255) {
        int64_t due = core_deadline_ms(core, &now);
        now.ms = due != INT64_MAX && due > now.ms ? due : now.ms;
    } else if (choice >= 250) {
        now.ms += 7 * 3600000LL;
    } else if (choice >= 200) {
        now.ms += 60000LL * (choice - 199);
    } else {
        now.ms += 250LL * choice;
    }
}

/* A hall at work: a clerk at each of three windows, and somebody waits. */
static void open_hall(void)
{
    static const uint8_t start[][STEP_SIZE] = {
        {CMD_WINDOW_OPEN, 0, 1, 0, 0, 4},  {CMD_WINDOW_OPEN, 0, 10, 0, 0, 4},
        {CMD_WINDOW_OPEN, 0, 20, 0, 0, 4}, {CMD_ISSUE, 0, 0, 0, 0, 4},
        {CMD_ISSUE, 0, 0, 0, 1, 4},        {CMD_ISSUE, 0, 0, 0, 32, 4},
        {CMD_NEXT, 0, 1, 1, 0, 4},         {CMD_NEXT, 0, 2, 1, 0, 4},
    };
    for (size_t i = 0; i < sizeof start / sizeof start[0]; i++) {
        wait(start[i][5]);
        tick();
        do_command(start[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char detail[160];
    size_t length = size / STEP_SIZE;
    core_reset(core, 1);
    core_reset(copy, 1);
    require(core_configure(core, &halls[0], detail, sizeof detail) == ERR_NONE);
    require(core_configure(copy, &halls[0], detail, sizeof detail) == ERR_NONE);
    now = (struct core_now){.ms = START_MS, .offset_s = OFFSET_S};
    last_ms = 0;
    open_hall();
    for (size_t i = 0; i < STEP_MAX && i < length * ROUND_MAX; i++) {
        const uint8_t *bytes = data + i % length * STEP_SIZE;
        wait(bytes[5]);
        tick();
        do_command(bytes);
    }
    look();
    return 0;
}
