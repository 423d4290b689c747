/* core_repurpose: what a window serves, changed while the hall works.
 *
 * The change is told service by service, each event saying one that is added or gone, so that any
 * part of the log can be read alone. It holds until the day ends or is changed again; a new
 * configuration leaves it as it is. Nobody who waits is touched: queues belong to services, and who
 * was sent to this window for what it no longer serves is offered to the others. */
#include <string.h>

#include "buf.h"
#include "core_internal.h"

static int find_ability(const struct hall_window_service *list, int count, int service)
{
    for (int i = 0; i < count; i++) {
        if (list[i].service == service) {
            return i;
        }
    }
    return -1;
}

bool repurpose_is_asked(const struct cmd *cmd)
{
    return cmd->service_count > 0 || cmd->subject[0] != '\0';
}

enum err repurpose_check(struct core_step *step)
{
    const struct hall *hall = &step->core->hall;
    const struct cmd *cmd = step->cmd;
    if (cmd->subject[0] != '\0' && hall_find_profile(hall, cmd->subject) < 0) {
        return step_refuse(step, ERR_INVALID_BODY, "/profile", "there is no such profile");
    }
    for (int i = 0; i < cmd->service_count; i++) {
        if (hall_find_service(hall, cmd->services[i]) < 0) {
            return step_refuse(step, ERR_INVALID_BODY, "/services", "there is no such service");
        }
    }
    return ERR_NONE;
}

/* As the configuration says that the window serves it; false when it says nothing. */
static bool configured(const struct core *core, int window, int service,
                       struct hall_window_service *ret)
{
    const struct hall *fresh = &core->fresh;
    int w = hall_find_window(fresh, core->hall.windows[window].no);
    int s = hall_find_service(fresh, core->hall.services[service].code);
    if (w < 0 || s < 0) {
        return false;
    }
    int at = find_ability(fresh->windows[w].services, fresh->windows[w].service_count, s);
    if (at >= 0) {
        *ret = fresh->windows[w].services[at];
        ret->service = (int16_t)service;
    }
    return at >= 0;
}

/* All that the window shall serve; how many. Codes were checked. */
static int wanted(const struct core_step *step, int window, struct hall_window_service *list)
{
    const struct core *core = step->core;
    const struct cmd *cmd = step->cmd;
    if (cmd->subject[0] != '\0') {
        int p = hall_find_profile(&core->hall, cmd->subject);
        int count = core->hall.profiles[p].service_count;
        memcpy(list, core->hall.profiles[p].services, (size_t)count * sizeof *list);
        return count;
    }
    int count = 0;
    for (int i = 0; i < cmd->service_count; i++) {
        int service = hall_find_service(&core->hall, cmd->services[i]);
        if (find_ability(list, count, service) < 0) {
            list[count] = (struct hall_window_service){.service = (int16_t)service};
            (void)configured(core, window, service, &list[count]);
            count++;
        }
    }
    return count;
}

static void tell(struct core_step *step, int window, const char *subject,
                 const struct hall_window_service *ability)
{
    const struct hall *hall = &step->core->hall;
    bool on = strcmp(subject, "service-on") == 0;
    struct event event;
    emit_init(step, &event, EVENT_WINDOW_UPDATED);
    event.window = hall->windows[window].no;
    text_copy_cut(event.subject, sizeof event.subject, subject);
    text_copy_cut(event.service, sizeof event.service, hall->services[ability->service].code);
    if (on) {
        event.on = ability->tier == HALL_TIER_BACKUP;
        event.count = ability->after_ms;
        event.defer = (int32_t)(ability->pref_ms / 1000);
    }
    emit(step, &event);
}

void repurpose(struct core_step *step, int window)
{
    struct hall_window_service list[HALL_WINDOW_SERVICE_MAX];
    int count = wanted(step, window, list);
    const struct hall_window now = step->core->hall.windows[window];
    for (int i = 0; i < now.service_count; i++) {
        if (find_ability(list, count, now.services[i].service) < 0) {
            tell(step, window, "service-off", &now.services[i]);
        }
    }
    for (int i = 0; i < count; i++) {
        int at = find_ability(now.services, now.service_count, list[i].service);
        if (at < 0 || now.services[at].tier != list[i].tier ||
            now.services[at].after_ms != list[i].after_ms ||
            now.services[at].pref_ms != list[i].pref_ms) {
            tell(step, window, "service-on", &list[i]);
        }
    }
}

/* Does the window serve just what it is configured to? */
static bool as_configured(const struct core *core, int window)
{
    const struct hall_window *place = &core->hall.windows[window];
    int w = hall_find_window(&core->fresh, place->no);
    bool same = w >= 0 && core->fresh.windows[w].service_count == place->service_count;
    for (int i = 0; same && i < place->service_count; i++) {
        struct hall_window_service one;
        same = configured(core, window, place->services[i].service, &one) &&
               one.tier == place->services[i].tier && one.after_ms == place->services[i].after_ms &&
               one.pref_ms == place->services[i].pref_ms;
    }
    return same;
}

static enum err apply_service(struct core *core, int window, const struct event *event)
{
    struct hall_window *place = &core->hall.windows[window];
    int service = hall_find_service(&core->hall, event->service);
    int at = find_ability(place->services, place->service_count, service);
    if (service < 0) {
        return ERR_REPLAY;
    }
    if (strcmp(event->subject, "service-off") == 0) {
        if (at >= 0) {
            place->service_count -= 1;
            memmove(&place->services[at], &place->services[at + 1],
                    (size_t)(place->service_count - at) * sizeof place->services[0]);
        }
        window_unbind_strangers(core, window);
        return ERR_NONE;
    }
    if (at < 0 && place->service_count == HALL_WINDOW_SERVICE_MAX) {
        return ERR_REPLAY;
    }
    at = at < 0 ? place->service_count++ : at;
    place->services[at] =
        (struct hall_window_service){.service = (int16_t)service,
                                     .tier = event->on != 0 ? HALL_TIER_BACKUP : HALL_TIER_PRIMARY,
                                     .after_ms = event->count,
                                     .pref_ms = (int64_t)event->defer * 1000};
    return ERR_NONE;
}

enum err repurpose_apply(struct core *core, int window, const struct event *event)
{
    enum err err = apply_service(core, window, event);
    core->repurposed[window] = !as_configured(core, window);
    return err;
}

void repurpose_keep(struct core *core, struct hall *merged)
{
    for (int w = 0; w < core->hall.window_count; w++) {
        const struct hall_window *before = &core->hall.windows[w];
        struct hall_window kept = merged->windows[w];
        kept.service_count = 0;
        for (int i = 0; core->repurposed[w] && i < before->service_count; i++) {
            if (!merged->services[before->services[i].service].retired) {
                kept.services[kept.service_count++] = before->services[i];
            }
        }
        if (kept.service_count > 0 && !kept.retired) {
            merged->windows[w] = kept;
        } else {
            core->repurposed[w] = false;
        }
    }
}

bool core_window_repurposed(const struct core *core, int window)
{
    return core->repurposed[window];
}
