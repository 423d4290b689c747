/* wire_bounds_check: the traps a correct document may still hold, one line each.
 *
 * Each warning names its place in the document, says what will happen in the hall and what to do.
 * What is fine is said as well, so that an empty list is not mistaken for a check that did not run.
 */
#include <string.h>

#include "wire_config_internal.h"

/* More than this many lines of one kind help nobody. */
#define SAME_MAX 10

struct check {
    struct buf *buf;
    const struct hall *hall;
    int warnings;
};

static void check_share(struct check *check)
{
    int share = check->hall->policy.w_share;
    if (share == 100) {
        buf_add_text(check->buf,
                     "warning: /policy/w_share 100: when the hall is overloaded everybody is over "
                     "max_wait_s, so it turns\n         into first come first served and the "
                     "elderly wait as long as all; 50 is a good value\n");
        check->warnings++;
    } else if (share == 0) {
        buf_add_text(check->buf, "warning: /policy/w_share 0: max_wait_s has no effect\n");
        check->warnings++;
    }
}

static void check_rule(struct check *check)
{
    const char *text = NULL;
    switch (check->hall->policy.rule) {
    case HALL_RULE_STRICT:
        text = "strict: a lower class waits until no higher one is left; only cap and max_wait_s "
               "protect it";
        break;
    case HALL_RULE_FIFO:
        text = "fifo: head_s and rate_pm have no effect, nobody is served before others";
        break;
    case HALL_RULE_LONGEST:
        text = "longest: people in short queues may wait without end; meant for comparison only";
        break;
    case HALL_RULE_RATIO:
        text = "ratio: priority visitors wait longer than others as soon as they are more than "
               "their share of calls";
        break;
    case HALL_RULE_SCORE:
        return;
    }
    buf_printf(check->buf, "warning: /policy/rule %s\n", text);
    check->warnings++;
}

/* Rule ratio: each group's share of the calls when all groups wait, and groups that never get one.
 */
static void check_weights(struct check *check)
{
    const struct hall *hall = check->hall;
    bool used[HALL_CLASS_MAX] = {false};
    int64_t total = 0;
    if (hall->policy.rule != HALL_RULE_RATIO) {
        return;
    }
    for (int i = 0; i < hall->class_count; i++) {
        int32_t group = hall->classes[i].group;
        total += used[group] ? 0 : hall->policy.group_weights[group];
        used[group] = true;
    }
    for (int group = 0; group < HALL_CLASS_MAX; group++) {
        int64_t weight = hall->policy.group_weights[group];
        if (used[group] && weight == 0) {
            buf_printf(check->buf,
                       "warning: /policy/group_weights/%d is 0: this group is called only when no "
                       "other waits\n",
                       group);
            check->warnings++;
        } else if (used[group]) {
            buf_printf(check->buf,
                       "note: group %d gets %lld of %lld calls; more than %lld %% of the visitors "
                       "in it makes it slower than the others\n",
                       group, (long long)weight, (long long)total,
                       (long long)(100 * weight / total));
        }
    }
}

static void check_cap(struct check *check, const struct hall_class *class)
{
    if (class->cap < 0) {
        buf_printf(check->buf,
                   "warning: class %s: cap -1: no ticket of it has a promise, any number of later "
                   "visitors may pass it\n",
                   class->code);
        check->warnings++;
    } else if (class->cap <= 2) {
        buf_printf(check->buf,
                   "warning: class %s: cap %d: nearly first come first served, priority hardly "
                   "helps when this class waits\n",
                   class->code, (int)class->cap);
        check->warnings++;
    }
}

static void check_class(struct check *check, const struct hall_class *class)
{
    const struct hall_class *ordinary = &check->hall->classes[0];
    check_cap(check, class);
    if (class->head_ms < ordinary->head_ms) {
        buf_printf(check->buf,
                   "warning: class %s: head_s %lld is smaller than that of %s (%lld): it starts "
                   "behind\n",
                   class->code, (long long)(class->head_ms / 1000), ordinary->code,
                   (long long)(ordinary->head_ms / 1000));
        check->warnings++;
    }
    if (class->rate_pm < ordinary->rate_pm) {
        buf_printf(check->buf,
                   "warning: class %s: rate_pm %d is smaller than that of %s (%d): it falls behind "
                   "while it waits\n",
                   class->code, (int)class->rate_pm, ordinary->code, (int)ordinary->rate_pm);
        check->warnings++;
    }
    if (class->max_wait_ms == 0) {
        buf_printf(check->buf,
                   "warning: class %s: max_wait_s 0: nothing speeds up those who wait very long\n",
                   class->code);
        check->warnings++;
    }
}

/* The longest target that a class is to be served within, against when the guard for old tickets
 * begins. */
static void check_target(struct check *check, const struct hall_class *class)
{
    const struct hall_service *worst = NULL;
    for (int i = 0; i < check->hall->service_count; i++) {
        const struct hall_service *service = &check->hall->services[i];
        if (worst == NULL || service->target_wait_ms > worst->target_wait_ms) {
            worst = service;
        }
    }
    if (worst != NULL && class->max_wait_ms > 0 && class->max_wait_ms < worst->target_wait_ms) {
        buf_printf(check->buf,
                   "warning: class %s: max_wait_s %lld is below target_wait_s %lld of service %s: "
                   "waits as planned count as too long\n",
                   class->code, (long long)(class->max_wait_ms / 1000),
                   (long long)(worst->target_wait_ms / 1000), worst->code);
        check->warnings++;
    }
}

/* Is there a window that takes the service at all, for that class? */
static bool is_served(const struct hall *hall, int service, int class)
{
    for (int i = 0; i < hall->window_count; i++) {
        const struct hall_window *window = &hall->windows[i];
        bool admits = window->classes == 0 || (window->classes >> class & 1) != 0;
        for (int k = 0; admits && k < window->service_count; k++) {
            if (window->services[k].service == service) {
                return true;
            }
        }
    }
    return false;
}

/* Counts what is unserved; says the first SAME_MAX. */
static void check_services(struct check *check)
{
    const struct hall *hall = check->hall;
    int found = 0;
    struct wire_bounds_windows windows;
    wire_bounds_count(hall, &windows);
    for (int service = 0; service < hall->service_count; service++) {
        for (int cls = 0; cls < hall->class_count; cls++) {
            if (windows.count[service][cls] > 0) {
                continue;
            }
            if (found++ < SAME_MAX) {
                buf_printf(check->buf, "warning: service %s, class %s: no window %s\n",
                           hall->services[service].code, hall->classes[cls].code,
                           is_served(hall, service, cls)
                               ? "takes it first, only as backup"
                               : "takes it: these numbers are never called");
            }
        }
    }
    if (found > SAME_MAX) {
        buf_printf(check->buf, "warning: ... and %d more of these\n", found - SAME_MAX);
    }
    if (found == 0 && hall->service_count > 0) {
        buf_add_text(check->buf,
                     "ok: every service has a window that takes it first, for every class\n");
    }
    check->warnings += found;
}

static void check_windows(struct check *check)
{
    for (int i = 0; i < check->hall->window_count; i++) {
        if (check->hall->windows[i].service_count == 0) {
            buf_printf(check->buf, "warning: window %d has no services\n",
                       (int)check->hall->windows[i].no);
            check->warnings++;
        }
    }
}

/* Public halls must show these three; the words are the categories of our demo document. */
static void check_notices(struct check *check, const struct wire_config *config)
{
    static const char *const needed[] = {"guide", "promise", "complaint"};
    const json_t *notices = json_object_get(config->root, "notices");
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        bool found = false;
        for (size_t k = 0; k < json_array_size(notices); k++) {
            const char *category =
                json_string_value(json_object_get(json_array_get(notices, k), "category"));
            found = found || (category != NULL && strcmp(category, needed[i]) == 0);
        }
        if (!found) {
            buf_printf(check->buf, "warning: /notices: none of category %s\n", needed[i]);
            check->warnings++;
        }
    }
}

static void put_facts(struct buf *buf, const struct wire_config *config)
{
    const struct hall *hall = &config->hall;
    buf_printf(
        buf, "ok: hall %s: %d zones, %d classes, %d services, %d windows, %d ports, %d displays\n",
        hall->code, hall->zone_count, hall->class_count, hall->service_count, hall->window_count,
        config->port_count, config->display_count);
    buf_printf(buf, "ok: the business day closes at %02d:%02d%s, %s\n",
               (int)hall->day_close_min / 60, (int)hall->day_close_min % 60,
               hall->day_close_min < 720 ? " of the next morning" : "", hall->timezone);
    int32_t most = 0;
    for (int i = 0; i < hall->class_count; i++) {
        int32_t cap = hall->classes[i].cap;
        most = cap < 0 || most < 0 ? -1 : (cap > most ? cap : most);
    }
    if (most >= 0) {
        buf_printf(buf, "ok: no ticket is passed by policy more than %d times\n", (int)most);
    }
}

void wire_bounds_check(struct buf *buf, const struct wire_config *config)
{
    struct check check = {.buf = buf, .hall = &config->hall};
    put_facts(buf, config);
    check_services(&check);
    check_windows(&check);
    check_share(&check);
    check_rule(&check);
    check_weights(&check);
    for (int i = 0; i < config->hall.class_count; i++) {
        check_class(&check, &config->hall.classes[i]);
        check_target(&check, &config->hall.classes[i]);
    }
    check_notices(&check, config);
    if (check.warnings == 0) {
        buf_add_text(buf, "ok: no warnings\n");
    } else {
        buf_printf(buf, "%d warnings\n", check.warnings);
    }
}
