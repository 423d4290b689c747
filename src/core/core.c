/* core: the hall as a whole: made once, stepped by commands, rebuilt by events. */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "core_internal.h"

struct core *core_create(const struct core_limits *limits, const struct hall *hall)
{
    assert(limits->visit_max > 0);
    struct core *core = calloc(1, sizeof *core);
    if (core == NULL) {
        return NULL;
    }
    core->limits = *limits;
    core->leg_max = limits->visit_max + limits->visit_max / 2;
    core->table_size = limits->visit_max * 2 + 1;
    while (core->slot_mask < (uint32_t)limits->visit_max) {
        core->slot_mask = core->slot_mask << 1 | 1;
    }
    core->visits = calloc((size_t)limits->visit_max, sizeof *core->visits);
    core->foreseen = calloc((size_t)limits->visit_max, sizeof *core->foreseen);
    core->legs = calloc((size_t)core->leg_max, sizeof *core->legs);
    core->nodes = calloc((size_t)core->leg_max, sizeof *core->nodes);
    core->timers = calloc((size_t)core->leg_max, sizeof *core->timers);
    core->by_token = malloc((size_t)core->table_size * sizeof(uint32_t));
    core->by_number = malloc((size_t)core->table_size * sizeof(uint32_t));
    core->by_identity = malloc((size_t)core->table_size * sizeof(uint32_t));
    core->queues = calloc(CORE_QUEUE_MAX, sizeof *core->queues);
    core->undos = calloc(HALL_WINDOW_MAX, sizeof *core->undos);
    core->voices = calloc(CORE_VOICE_ZONE_MAX, sizeof *core->voices);
    if (core->visits == NULL || core->foreseen == NULL || core->legs == NULL ||
        core->nodes == NULL || core->timers == NULL || core->by_token == NULL ||
        core->by_number == NULL || core->by_identity == NULL || core->queues == NULL ||
        core->undos == NULL || core->voices == NULL) {
        core_destroy(core);
        return NULL;
    }
    core->hall = *hall;
    core->fresh = *hall;
    core_reset(core, 1);
    return core;
}

void core_destroy(struct core *core)
{
    if (core == NULL) {
        return;
    }
    free(core->visits);
    free(core->foreseen);
    free(core->legs);
    free(core->nodes);
    free(core->timers);
    free(core->by_token);
    free(core->by_number);
    free(core->by_identity);
    free(core->queues);
    free(core->undos);
    free(core->voices);
    free(core);
}

void core_reset(struct core *core, int64_t next_seq)
{
    core->now_ms = 0;
    core->day = 0;
    core->day_open = false;
    core->picked_seq = 0;
    core->foreseen_ms = 0;
    core_begin_day(core, 0, 0);
    core->next_seq = next_seq;
}

/* ---- configuration ---- */

static bool service_in_use(const struct core *core, int service)
{
    for (int32_t v = 0; v < core->visit_count; v++) {
        const struct core_leg *leg = &core->legs[core->visits[v].last_leg];
        if (leg->service == service && !ticket_state_is_final(leg->state)) {
            return true;
        }
    }
    return false;
}

static bool class_in_use(const struct core *core, int cls)
{
    for (int32_t v = 0; v < core->visit_count; v++) {
        if (core->visits[v].cls == cls &&
            !ticket_state_is_final(core->legs[core->visits[v].last_leg].state)) {
            return true;
        }
    }
    return false;
}

static bool window_in_use(const struct core *core, int w)
{
    return core->windows[w].state != CORE_WINDOW_CLOSED || core->windows[w].held_count > 0 ||
           core->windows[w].bound_first >= 0;
}

/* Copies `from` into the place that the same code has in `merged`, or behind the last. -1 when
 * full. */
static int merge_service(struct hall *merged, const struct hall_service *from)
{
    int at = 0;
    while (at < merged->service_count && strcmp(merged->services[at].code, from->code) != 0) {
        at++;
    }
    if (at == HALL_SERVICE_MAX) {
        return -1;
    }
    merged->services[at] = *from;
    merged->service_count += at == merged->service_count ? 1 : 0;
    return at;
}

static int merge_window(struct hall *merged, const struct hall_window *from)
{
    int at = 0;
    while (at < merged->window_count && merged->windows[at].no != from->no) {
        at++;
    }
    if (at == HALL_WINDOW_MAX) {
        return -1;
    }
    merged->windows[at] = *from;
    merged->window_count += at == merged->window_count ? 1 : 0;
    return at;
}

static int merge_class(struct hall *merged, const struct hall_class *from)
{
    int at = 0;
    while (at < merged->class_count && strcmp(merged->classes[at].code, from->code) != 0) {
        at++;
    }
    if (at == HALL_CLASS_MAX) {
        return -1;
    }
    merged->classes[at] = *from;
    merged->class_count += at == merged->class_count ? 1 : 0;
    return at;
}

/* Today's tickets refer to services, classes and windows by position, so those keep theirs until
 * the day ends; what the document no longer has stays as `retired`. */
static bool merge_lists(const struct hall *hall, struct hall *merged)
{
    int16_t services[HALL_SERVICE_MAX];
    int16_t classes[HALL_CLASS_MAX];
    for (int s = 0; s < merged->service_count; s++) {
        merged->services[s].retired = true;
    }
    for (int w = 0; w < merged->window_count; w++) {
        merged->windows[w].retired = true;
        merged->windows[w].service_count = 0;
    }
    for (int s = 0; s < hall->service_count; s++) {
        services[s] = (int16_t)merge_service(merged, &hall->services[s]);
        if (services[s] < 0) {
            return false;
        }
    }
    for (int c = 0; c < hall->class_count; c++) {
        classes[c] = (int16_t)merge_class(merged, &hall->classes[c]);
        if (classes[c] < 0) {
            return false;
        }
    }
    for (int w = 0; w < hall->window_count; w++) {
        int at = merge_window(merged, &hall->windows[w]);
        if (at < 0) {
            return false;
        }
        struct hall_window *window = &merged->windows[at];
        window->classes = 0;
        for (int c = 0; c < hall->class_count; c++) {
            if ((hall->windows[w].classes & (1U << c)) != 0) {
                window->classes = (uint16_t)(window->classes | (1U << classes[c]));
            }
        }
        for (int i = 0; i < window->service_count; i++) {
            window->services[i].service = services[window->services[i].service];
        }
    }
    for (int p = 0; p < merged->profile_count; p++) {
        struct hall_profile *profile = &merged->profiles[p];
        for (int i = 0; i < profile->service_count; i++) {
            profile->services[i].service = services[profile->services[i].service];
        }
    }
    return true;
}

static enum err check_uses(const struct core *core, const struct hall *hall, char *detail,
                           size_t size)
{
    for (int s = 0; s < core->hall.service_count; s++) {
        if (hall_find_service(hall, core->hall.services[s].code) < 0 && service_in_use(core, s)) {
            (void)snprintf(detail, size, "service %s still has open tickets",
                           core->hall.services[s].code);
            return ERR_INVALID_CONFIG;
        }
    }
    for (int c = 0; c < core->hall.class_count; c++) {
        if (hall_find_class(hall, core->hall.classes[c].code) < 0 && class_in_use(core, c)) {
            (void)snprintf(detail, size, "class %s still has open tickets",
                           core->hall.classes[c].code);
            return ERR_INVALID_CONFIG;
        }
    }
    for (int w = 0; w < core->hall.window_count; w++) {
        if (hall_find_window(hall, core->hall.windows[w].no) < 0 && window_in_use(core, w)) {
            (void)snprintf(detail, size, "window %d is in use", (int)core->hall.windows[w].no);
            return ERR_INVALID_CONFIG;
        }
    }
    return ERR_NONE;
}

enum err core_configure(struct core *core, const struct hall *hall, char *detail,
                        size_t detail_size)
{
    enum err err = check_uses(core, hall, detail, detail_size);
    if (err) {
        return err;
    }
    /* The settings are the new ones; the lists are the old ones with the new merged in. */
    struct hall *merged = malloc(sizeof *merged);
    if (merged == NULL) {
        return ERR_NO_MEMORY;
    }
    *merged = *hall;
    memcpy(merged->services, core->hall.services, sizeof merged->services);
    memcpy(merged->classes, core->hall.classes, sizeof merged->classes);
    memcpy(merged->windows, core->hall.windows, sizeof merged->windows);
    merged->service_count = core->hall.service_count;
    merged->class_count = core->hall.class_count;
    merged->window_count = core->hall.window_count;
    if (!merge_lists(hall, merged)) {
        free(merged);
        (void)snprintf(detail, detail_size,
                       "too many services, classes or windows changed in one day");
        return ERR_INVALID_CONFIG;
    }
    repurpose_keep(core, merged);
    core->hall = *merged;
    core->fresh = *hall;
    free(merged);
    core->recapped = true;
    print_configured(core);
    core_set_series(core);
    for (int w = 0; w < core->hall.window_count; w++) {
        window_unbind_strangers(core, w);
    }
    return ERR_NONE;
}

/* ---- stepping ---- */

static enum err do_record(struct core_step *step)
{
    struct event event;
    emit_init(step, &event, step->cmd->event);
    text_copy_cut(event.subject, sizeof event.subject, step->cmd->subject);
    text_copy_cut(event.role, sizeof event.role, step->cmd->role);
    event.window = step->cmd->window;
    event.count = step->cmd->count;
    event.on = step->cmd->on;
    emit(step, &event);
    if ((event.kind == EVENT_DEVICE_OFFLINE || event.kind == EVENT_DEVICE_ERROR) &&
        strcmp(event.role, "rating") == 0) {
        rating_device_lost(step);
    }
    return ERR_NONE;
}

/* A kiosk calls for its own visitor; who manages the hall may say that it was seen to. */
static enum err do_help(struct core_step *step)
{
    const struct cmd *cmd = step->cmd;
    bool manages = (cmd->by & (CMD_BY_MANAGER | CMD_BY_SUPERVISOR)) != 0;
    bool own = (cmd->by & CMD_BY_KIOSK) != 0 && strcmp(cmd->subject, cmd->actor_id) == 0;

    if (!manages && !own) {
        return ERR_FORBIDDEN;
    }
    struct event event;
    emit_init(step, &event, EVENT_DEVICE_HELP);
    text_copy_cut(event.subject, sizeof event.subject, cmd->subject);
    event.on = cmd->on;
    emit(step, &event);
    return ERR_NONE;
}

static enum err do_command(struct core_step *step)
{
    switch ((int)step->cmd->kind) {
    case CMD_ISSUE:
    case CMD_BOOK:
        if ((step->cmd->by & (CMD_BY_KIOSK | CMD_BY_VISITOR | CMD_BY_CLERK | CMD_BY_MANAGER)) ==
            0) {
            return ERR_FORBIDDEN;
        }
        return step->cmd->kind == CMD_ISSUE ? do_issue(step) : do_book(step);
    case CMD_NEXT:
    case CMD_CALL:
    case CMD_AUTO_NEXT:
    case CMD_WALK_IN:
    case CMD_WINDOW_OPEN:
    case CMD_WINDOW_CLOSE:
    case CMD_WINDOW_PAUSE:
    case CMD_WINDOW_RESUME:
    case CMD_WINDOW_TAKE_OVER:
    case CMD_ASSIST:
        return do_window(step);
    case CMD_SUSPEND_SERVICE:
    case CMD_RESUME_SERVICE:
        return do_service(step);
    case CMD_DAY_OPEN:
        return do_day_open(step);
    case CMD_DAY_CLOSE:
        return do_day_close(step);
    case CMD_ANNOUNCE:
        return do_announce(step);
    case CMD_ANNOUNCE_STATE:
        return do_announce_state(step);
    case CMD_DIVERT:
        return do_divert(step);
    case CMD_HELP:
        return do_help(step);
    case CMD_TICK:
        return ERR_NONE;
    case CMD_RECORD:
        return do_record(step);
    default:
        return do_ticket(step);
    }
}

enum err core_step(struct core *core, const struct core_now *now, const struct cmd *cmd,
                   const struct core_sink *sink, struct core_result *ret_result)
{
    assert(cmd->kind < CMD_KIND_COUNT);
    memset(ret_result, 0, sizeof *ret_result);
    ret_result->visit = -1;
    ret_result->finished = -1;
    ret_result->state = TICKET_STATE_COUNT;
    /* Hall time never goes back: a step in the past happens at the time of the last event. */
    struct core_now at = *now;
    at.ms = now->ms > core->now_ms ? now->ms : core->now_ms;
    core->now_ms = at.ms;
    core->offset_s = now->offset_s;
    struct core_step step = {
        .core = core, .now = &at, .cmd = cmd, .sink = sink, .result = ret_result};
    do_due(&step);
    enum err err = do_command(&step);
    if (!cmd->more) {
        do_dispatch(&step);
    }
    return err;
}

int64_t core_next_seq(const struct core *core)
{
    return core->next_seq;
}

int32_t core_day(const struct core *core)
{
    return core->day;
}

bool core_day_is_open(const struct core *core)
{
    return core->day_open;
}

const struct hall *core_hall(const struct core *core)
{
    return &core->hall;
}
