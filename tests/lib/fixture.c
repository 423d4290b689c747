/* fixture: see fixture.h. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"

static void add_service(struct hall *hall, const char *code, const char *prefix)
{
    struct hall_service *service = &hall->services[hall->service_count++];
    memset(service, 0, sizeof *service);
    text_copy_cut(service->code, sizeof service->code, code);
    text_copy_cut(service->prefix, sizeof service->prefix, prefix);
    service->first = 1;
    service->last = 999;
    service->expected_service_ms = 300000;
    service->target_wait_ms = 900000;
}

static struct hall_window *add_window(struct hall *hall, int32_t no)
{
    struct hall_window *window = &hall->windows[hall->window_count++];
    memset(window, 0, sizeof *window);
    window->no = no;
    window->zone = 0;
    return window;
}

static void add_ability(struct hall_window *window, int16_t service, enum hall_tier tier,
                        int64_t after_ms)
{
    window->services[window->service_count++] =
        (struct hall_window_service){.service = service, .tier = tier, .after_ms = after_ms};
}

void fixture_small_hall(struct hall *hall)
{
    hall_set_defaults(hall);
    text_copy_cut(hall->code, sizeof hall->code, "test");
    hall->version = 1;
    hall->zone_count = 1;
    text_copy_cut(hall->zones[0].code, sizeof hall->zones[0].code, "main");
    add_service(hall, "a", "A");
    add_service(hall, "b", "B");
    add_service(hall, "c", "C");
    add_ability(add_window(hall, 1), 0, HALL_TIER_PRIMARY, 0);
    struct hall_window *window = add_window(hall, 2);
    add_ability(window, 0, HALL_TIER_PRIMARY, 0);
    add_ability(window, 1, HALL_TIER_PRIMARY, 0);
    window = add_window(hall, 3);
    add_ability(window, 1, HALL_TIER_PRIMARY, 0);
    add_ability(window, 0, HALL_TIER_BACKUP, 20 * 60000);
    window = add_window(hall, 4);
    window->kind = HALL_WINDOW_FAST;
    add_ability(window, 2, HALL_TIER_PRIMARY, 0);
}

void fixture_open(struct fixture *fixture, const struct hall *hall)
{
    struct core_limits limits = {.visit_max = 4096};
    memset(fixture, 0, sizeof *fixture);
    fixture->hall = *hall;
    fixture->core = core_create(&limits, hall);
    fixture->events = calloc(FIXTURE_EVENT_MAX, sizeof *fixture->events);
    fixture->now = (struct core_now){.ms = FIXTURE_START_MS, .offset_s = FIXTURE_OFFSET_S};
    assert_non_null(fixture->core);
    assert_non_null(fixture->events);
}

void fixture_close(struct fixture *fixture)
{
    core_destroy(fixture->core);
    free(fixture->events);
    free(fixture->log);
}

struct cmd *fixture_cmd(struct fixture *fixture, enum cmd_kind kind)
{
    cmd_init(&fixture->cmd, kind);
    fixture->cmd.by =
        CMD_BY_KIOSK | CMD_BY_CLERK | CMD_BY_MANAGER | CMD_BY_SUPERVISOR | CMD_BY_ADMIN;
    fixture->cmd.actor = EVENT_ACTOR_USER;
    text_copy_cut(fixture->cmd.actor_id, sizeof fixture->cmd.actor_id, "boss");
    return &fixture->cmd;
}

static void keep(void *context, const struct event *event)
{
    struct fixture *fixture = context;
    assert_true(fixture->event_count < FIXTURE_EVENT_MAX);
    fixture->events[fixture->event_count++] = *event;
    if (fixture->log_count == fixture->log_size) {
        fixture->log_size = fixture->log_size * 2 + 256;
        fixture->log = realloc(fixture->log, (size_t)fixture->log_size * sizeof *fixture->log);
        assert_non_null(fixture->log);
    }
    fixture->log[fixture->log_count++] = *event;
}

enum err fixture_step(struct fixture *fixture)
{
    struct core_sink sink = {.emit = keep, .context = fixture};
    fixture->event_count = 0;
    if (fixture->cmd.kind == CMD_ISSUE || fixture->cmd.kind == CMD_WALK_IN ||
        fixture->cmd.kind == CMD_BOOK) {
        int32_t slot = core_visit_count(fixture->core);
        memcpy(fixture->cmd.token, &slot,
               sizeof slot); /* unique, as the engine's random ones are */
        fixture->cmd.token[15] = 1;
    }
    enum err err = core_step(fixture->core, &fixture->now, &fixture->cmd, &sink, &fixture->result);
    const char *broken = core_check(fixture->core);
    if (broken != NULL) {
        fail_msg("after command %d: %s", (int)fixture->cmd.kind, broken);
    }
    return err;
}

enum err fixture_ticket(struct fixture *fixture, enum cmd_kind kind, const char *number)
{
    int32_t slot = core_find_number(fixture->core, number);
    struct cmd *cmd = fixture_cmd(fixture, kind);
    if (slot >= 0) {
        struct ticket *ticket = malloc(sizeof *ticket);
        assert_non_null(ticket);
        core_get_ticket(fixture->core, &fixture->now, slot, ticket);
        text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, ticket->id);
        free(ticket);
    } else {
        text_copy_cut(cmd->number, sizeof cmd->number, number);
    }
    text_copy_cut(cmd->reason, sizeof cmd->reason, "test");
    return fixture_step(fixture);
}

enum err fixture_window(struct fixture *fixture, enum cmd_kind kind, int32_t window)
{
    struct cmd *cmd = fixture_cmd(fixture, kind);
    cmd->window = window;
    text_copy_cut(cmd->reason, sizeof cmd->reason, "test");
    return fixture_step(fixture);
}

int32_t fixture_issue(struct fixture *fixture, const char *service, const char *cls)
{
    struct cmd *cmd = fixture_cmd(fixture, CMD_ISSUE);
    text_copy_cut(cmd->service, sizeof cmd->service, service);
    text_copy_cut(cmd->cls, sizeof cmd->cls, cls);
    return fixture_step(fixture) == ERR_NONE ? fixture->result.visit : -1;
}

void fixture_staff(struct fixture *fixture, int32_t window)
{
    struct cmd *cmd = fixture_cmd(fixture, CMD_WINDOW_OPEN);
    cmd->window = window;
    (void)snprintf(cmd->clerk, sizeof cmd->clerk, "c%d", (int)window);
    assert_int_equal(fixture_step(fixture), ERR_NONE);
}

void fixture_wait(struct fixture *fixture, int64_t seconds)
{
    fixture->now.ms += seconds * 1000;
}

enum ticket_state fixture_state(const struct fixture *fixture, const char *number)
{
    struct ticket *ticket = malloc(sizeof *ticket);
    assert_non_null(ticket);
    int32_t slot = core_find_number(fixture->core, number);
    assert_true(slot >= 0);
    core_get_ticket(fixture->core, &fixture->now, slot, ticket);
    enum ticket_state state = ticket->state;
    free(ticket);
    return state;
}

void fixture_check_replay(const struct fixture *fixture)
{
    struct core_limits limits = {.visit_max = 4096};
    struct core *copy = core_create(&limits, &fixture->hall);
    assert_non_null(copy);
    for (int i = 0; i < fixture->log_count; i++) {
        enum err err = core_replay(copy, &fixture->log[i]);
        if (err != ERR_NONE) {
            fail_msg("event %d (%s) does not replay", i, event_kind_text(fixture->log[i].kind));
        }
    }
    assert_null(core_check(copy));
    assert_true(core_digest(copy) == core_digest(fixture->core));
    core_destroy(copy);
}
