/* random_hall: see random_hall.h. */
#include "random_hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "buf.h"

#include "../../src/core/core_internal.h"

/* xorshift64*: Marsaglia 2003, Vigna 2016. */
static uint64_t random_state;

void any_seed(uint64_t seed)
{
    random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

uint32_t any(uint32_t below)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 2685821657736338717ULL) >> 33) % below;
}

static void random_classes(struct hall *hall)
{
    for (int c = 0; c < hall->class_count; c++) {
        struct hall_class *cls = &hall->classes[c];
        cls->head_ms = any(4) * 300000;
        cls->rate_pm = (int32_t)any(5) * 500;
        cls->cap = any(3) == 0 ? -1 : (int32_t)any(5);
        cls->max_wait_ms = any(2) == 0 ? 0 : any(60) * 30000;
        cls->rank = (int32_t)any(3);
        cls->group = (int32_t)any(3);
    }
    hall->policy.rule = (enum hall_rule)any(5);
    hall->policy.w_share = (int32_t)any(101);
    hall->policy.idle_help = any(2) == 0;
    hall->policy.idle_early = any(2) == 0;
    for (int g = 0; g < HALL_CLASS_MAX; g++) {
        hall->policy.group_weights[g] = 1 + (int32_t)any(3);
    }
    hall->policy.urgent_burst = 1 + (int32_t)any(3);
    hall->policy.urgent_refill_ms = 60000;
    hall->policy.urgent_per_day = 50;
    hall->no_show_min_calls = 1;
    hall->no_show_mode = any(2) == 0 ? HALL_NO_SHOW_AUTO : HALL_NO_SHOW_RETURN;
}

void random_hall(struct hall *hall)
{
    fixture_small_hall(hall);
    hall->service_count = 1 + (int)any(3);
    hall->window_count = 1 + (int)any(4);
    for (int s = 0; s < hall->service_count; s++) {
        hall->services[s].head_ms = any(3) * 60000;
    }
    for (int w = 0; w < hall->window_count; w++) {
        struct hall_window *window = &hall->windows[w];
        window->kind = HALL_WINDOW_GENERAL;
        window->service_count = 0;
        window->classes = any(4) == 0 ? (uint16_t)(1 + any(63)) : 0;
        for (int s = 0; s < hall->service_count; s++) {
            if (any(3) != 0) {
                window->services[window->service_count++] = (struct hall_window_service){
                    .service = (int16_t)s,
                    .tier = any(3) == 0 ? HALL_TIER_BACKUP : HALL_TIER_PRIMARY,
                    .after_ms = any(4) * 120000,
                    .pref_ms = any(3) * 30000};
            }
        }
    }
    random_classes(hall);
}

void random_ticket_command(struct fixture *f)
{
    static const enum cmd_kind kinds[] = {
        CMD_START,  CMD_FINISH, CMD_NO_SHOW, CMD_RESTORE, CMD_HOLD,  CMD_RESUME, CMD_RETURN,
        CMD_CANCEL, CMD_RECALL, CMD_UNDO,    CMD_ABANDON, CMD_DEFER, CMD_ANOTHER};
    int32_t count = core_visit_count(f->core);
    if (count == 0) {
        return;
    }
    int32_t back = (int32_t)any(count < 30 ? (uint32_t)count : 30);
    char number[TICKET_NUMBER_SIZE];
    text_copy_cut(number, sizeof number, f->core->visits[count - 1 - back].number);
    enum cmd_kind kind = kinds[any(sizeof kinds / sizeof kinds[0])];
    struct cmd *cmd = fixture_cmd(f, kind);
    text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, f->core->visits[count - 1 - back].id);
    text_copy_cut(cmd->reason, sizeof cmd->reason, "random");
    cmd->after = kind == CMD_DEFER ? 1 + (int32_t)any(4) : -1;
    if (kind == CMD_ANOTHER) {
        text_copy_cut(cmd->service, sizeof cmd->service,
                      f->hall.services[any((uint32_t)f->hall.service_count)].code);
    }
    (void)fixture_step(f);
}

void random_change(struct fixture *f)
{
    int32_t count = core_visit_count(f->core);
    if (count == 0) {
        return;
    }
    const struct core_visit *visit =
        &f->core->visits[count - 1 - (int32_t)any(count < 30 ? (uint32_t)count : 30)];
    bool transfer = any(2) == 0;
    struct cmd *cmd = fixture_cmd(f, transfer ? CMD_TRANSFER : CMD_AMEND);
    text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, visit->id);
    text_copy_cut(cmd->reason, sizeof cmd->reason, "random");
    text_copy_cut(cmd->approver, sizeof cmd->approver, "boss");
    text_copy_cut(cmd->service, sizeof cmd->service,
                  f->hall.services[any((uint32_t)f->hall.service_count)].code);
    text_copy_cut(cmd->cls, sizeof cmd->cls,
                  f->hall.classes[any((uint32_t)f->hall.class_count)].code);
    cmd->position = (enum event_position)any(3);
    cmd->target_window =
        transfer && any(3) == 0 ? f->hall.windows[any((uint32_t)f->hall.window_count)].no : 0;
    cmd->changed = any(2) == 0   ? EVENT_CHANGED_URGENT
                   : any(2) == 0 ? EVENT_CHANGED_CLASS
                                 : EVENT_CHANGED_SERVICE;
    (void)fixture_step(f);
}

void random_lobby(struct fixture *f)
{
    int32_t count = core_visit_count(f->core);
    int32_t no = f->hall.windows[any((uint32_t)f->hall.window_count)].no;
    if (count > 0 && any(2) == 0) {
        bool attend = any(2) == 0;
        struct cmd *cmd = fixture_cmd(f, attend ? CMD_ATTEND : CMD_AMEND);
        text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id,
                      f->core->visits[any((uint32_t)count)].id);
        text_copy_cut(cmd->reason, sizeof cmd->reason, "random");
        cmd->changed = attend ? 0 : EVENT_CHANGED_WINDOW;
        cmd->target_window = any(4) == 0 ? 0 : no;
    } else {
        struct cmd *cmd = fixture_cmd(f, CMD_WINDOW_OPEN);
        cmd->window = no;
        for (int s = 0; s < f->hall.service_count; s++) {
            if (any(2) == 0) {
                text_copy_cut(cmd->services[cmd->service_count++], HALL_CODE_SIZE,
                              f->hall.services[s].code);
            }
        }
    }
    (void)fixture_step(f);
}

void random_issue(struct fixture *f)
{
    bool book = any(6) == 0;
    struct cmd *cmd = fixture_cmd(f, book ? CMD_BOOK : CMD_ISSUE);
    text_copy_cut(cmd->service, sizeof cmd->service,
                  f->hall.services[any((uint32_t)f->hall.service_count)].code);
    text_copy_cut(cmd->cls, sizeof cmd->cls,
                  f->hall.classes[any((uint32_t)f->hall.class_count)].code);
    cmd->slot_ms = f->now.ms + 60000 * (int64_t)any(30);
    if (fixture_step(f) == ERR_NONE && book) {
        int32_t slot = f->result.visit;
        cmd = fixture_cmd(f, CMD_CHECK_IN);
        text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, f->core->visits[slot].id);
        assert_int_equal(fixture_step(f), ERR_NONE);
    }
}

/* A clerk does what comes next at a window. */
static void work(struct fixture *f)
{
    int w = (int)any((uint32_t)f->hall.window_count);
    int32_t no = f->hall.windows[w].no;
    const struct core_window *window = &f->core->windows[w];
    if (window->state == CORE_WINDOW_CLOSED) {
        fixture_staff(f, no);
        struct cmd *cmd = fixture_cmd(f, CMD_AUTO_NEXT);
        cmd->window = no;
        cmd->on = true;
        assert_int_equal(fixture_step(f), ERR_NONE);
    } else if (window->leg >= 0) {
        const struct core_leg *leg = &f->core->legs[window->leg];
        (void)fixture_ticket(f, leg->state == TICKET_CALLED ? CMD_START : CMD_FINISH,
                             f->core->visits[leg->visit].number);
    } else {
        (void)fixture_cmd(f, CMD_TICK);
        (void)fixture_step(f);
    }
}

void random_moment(struct fixture *f)
{
    f->now.ms += any(4) == 0 ? 0 : any(60000);
    uint32_t what = any(12);
    if (what < 4) {
        random_issue(f);
    } else if (what < 9) {
        work(f);
    } else if (what < 11) {
        random_ticket_command(f);
    } else {
        random_change(f);
    }
}
