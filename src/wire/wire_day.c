/* wire_day: see wire_day.h. Policy, classes and windows are read by the readers of the
 * configuration document, which leave alone what is not given: so a change is written over the hall
 * of the day. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wire_config_internal.h"
#include "wire_day.h"

#define MINUTE_MS 60000
#define OPEN_MAX 48        /* openings of one window in a day: every half hour */
#define OPEN_LAST_MIN 2160 /* 36:00, noon of the next day: halls that close after midnight */

/* ---- what shall be changed ---- */

static enum err finish(json_t *json, struct wire_problem *problem)
{
    json_decref(json);
    problem->err = problem->error_count > 0 ? ERR_INVALID_BODY : ERR_NONE;
    return problem->err;
}

/* A null counts as missing, as with the readers. */
static bool is_missing(const json_t *json, const char *name)
{
    const json_t *member = json_object_get(json, name);
    return member == NULL || json_is_null(member);
}

enum err wire_day_read_policy(const char *text, size_t length, struct hall *hall,
                              struct wire_problem *problem)
{
    static const char *const names[] = {"policy", "classes", NULL};
    json_t *json;
    struct wire_object root;
    enum err err = wire_json_parse(text, length, problem, &json);
    if (err) {
        return err;
    }
    wire_object_init(&root, json, problem);
    wire_config_check_members(&root, names);
    if (is_missing(json, "policy") && is_missing(json, "classes")) {
        wire_object_add(&root, "policy", "is required, or classes");
    }
    wire_config_read_classes(&root, hall);
    wire_config_read_policy(&root, hall);
    return finish(json, problem);
}

/* "HH:MM" as minutes; -1 with a finding. */
static int32_t read_minutes(const struct wire_object *array, size_t index)
{
    int32_t minutes = -1;
    struct wire_object element;
    wire_config_step_index(array, index, &element);
    /* The reader of the document wants a member; its finding would stand at the wrong place. */
    json_t *member = json_pack("{s:O}", "time", (json_t *)(uintptr_t)element.json);
    struct wire_problem aside;
    struct wire_object object;
    wire_problem_init(&aside, ERR_NONE);
    wire_object_init(&object, member, &aside);
    if (!wire_config_read_minutes(&object, "time", OPEN_LAST_MIN, &minutes)) {
        wire_object_add(&element, NULL, "must be a time HH:MM up to %02d:00", OPEN_LAST_MIN / 60);
    }
    json_decref(member);
    return minutes;
}

/* From and to; false with a finding. */
static bool read_opening(const struct wire_object *array, size_t index, int64_t not_before_ms,
                         struct sim_span *span)
{
    struct wire_object pair;
    wire_config_step_index(array, index, &pair);
    if (!json_is_array(pair.json) || json_array_size(pair.json) != 2) {
        wire_object_add(&pair, NULL, "must be two times, from and to");
        return false;
    }
    int32_t from = read_minutes(&pair, 0);
    int32_t to = read_minutes(&pair, 1);
    if (from < 0 || to < 0) {
        return false;
    }
    span->open_ms = (int64_t)from * MINUTE_MS;
    span->close_ms = (int64_t)to * MINUTE_MS;
    if (to <= from || span->open_ms < not_before_ms) {
        wire_object_add(&pair, NULL, "must end after it begins, and begin after the one before");
        return false;
    }
    return true;
}

static void read_openings(const struct wire_object *window, int16_t position, struct sim_case *play)
{
    struct wire_object array;
    size_t count = wire_config_read_array(window, "open", OPEN_MAX, &array);
    int64_t not_before_ms = 0;
    if (is_missing(window->json, "open")) {
        wire_object_add(window, "open", "is required");
    }
    for (size_t i = 0; i < count; i++) {
        struct sim_span *span = &play->spans[play->span_count];
        span->window = position;
        if (read_opening(&array, i, not_before_ms, span)) {
            not_before_ms = span->close_ms;
            play->span_count += 1;
        }
    }
}

/* The same without the member that the document does not know. */
static json_t *without_openings(const json_t *json)
{
    json_t *copy = json_deep_copy(json);
    json_t *windows = json_object_get(copy, "windows");
    for (size_t i = 0; i < json_array_size(windows); i++) {
        (void)json_object_del(json_array_get(windows, i), "open");
    }
    return copy;
}

static void read_roster(const json_t *json, const json_t *plain, struct sim_case *play,
                        struct wire_problem *problem)
{
    static const char *const names[] = {"windows", NULL};
    struct wire_object root;
    struct wire_object array;
    wire_object_init(&root, plain, problem);
    wire_config_check_members(&root, names);
    memset(play->hall.windows, 0, sizeof play->hall.windows);
    play->hall.window_count = 0;
    wire_config_read_windows(&root, &play->hall);
    if (play->hall.window_count == 0 && problem->error_count == 0) {
        wire_object_add(&root, "windows", "must have at least one window");
    }
    if (problem->error_count > 0) {
        return; /* then positions need not be those of the list */
    }
    wire_object_init(&root, json, problem);
    (void)wire_config_read_array(&root, "windows", HALL_WINDOW_MAX, &array);
    for (int16_t w = 0; w < play->hall.window_count; w++) {
        struct wire_object window;
        wire_config_step_index(&array, (size_t)w, &window);
        read_openings(&window, w, play);
    }
}

enum err wire_day_read_roster(const char *text, size_t length, struct sim_case *play,
                              struct wire_problem *problem)
{
    json_t *json;
    enum err err = wire_json_parse(text, length, problem, &json);
    if (err) {
        return err;
    }
    json_t *plain = without_openings(json);
    free(play->spans);
    play->span_count = 0;
    play->spans = calloc((size_t)HALL_WINDOW_MAX * OPEN_MAX, sizeof *play->spans);
    if (plain == NULL || play->spans == NULL) {
        json_decref(plain);
        json_decref(json);
        return ERR_NO_MEMORY;
    }
    read_roster(json, plain, play, problem);
    sim_case_begin(play);
    json_decref(plain);
    return finish(json, problem);
}

/* ---- measures ---- */

static void put_share(struct buf *buf, const char *key, int64_t part, int64_t of)
{
    if (of > 0) {
        wire_put_decimal(buf, key, (double)part / (double)of, 6);
    } else {
        wire_put_null(buf, key);
    }
}

static void put_row(struct buf *buf, const char *key, const struct measure_row *row)
{
    wire_open_object(buf, key);
    wire_put_int(buf, "legs", row->legs);
    wire_put_int(buf, "n", row->n);
    wire_put_int(buf, "abandoned", row->abandoned);
    wire_put_int(buf, "no_show", row->no_show);
    wire_put_int(buf, "not_called", row->not_called);
    wire_put_decimal(buf, "mean_ms", row->mean_ms, 3);
    wire_put_int(buf, "p50_ms", row->p50_ms);
    wire_put_int(buf, "p90_ms", row->p90_ms);
    wire_put_int(buf, "p95_ms", row->p95_ms);
    wire_put_int(buf, "max_ms", row->max_ms);
    wire_put_int(buf, "sum_ms", row->sum_ms);
    put_share(buf, "within_target", row->within, row->targeted);
    if (row->mean_ratio >= 0) {
        wire_put_decimal(buf, "ratio_to_ordinary", row->mean_ratio, 6);
    } else {
        wire_put_null(buf, "ratio_to_ordinary");
    }
    wire_put_int(buf, "overtakes", row->overtakes);
    wire_put_int(buf, "max_overtakes", row->max_overtakes);
    wire_close_object(buf);
}

static void put_rows(struct buf *buf, const struct measure_result *result, const struct hall *hall)
{
    wire_open_object(buf, "by_class");
    for (int i = 0; i < hall->class_count; i++) {
        if (result->classes[i].legs > 0) {
            put_row(buf, hall->classes[i].code, &result->classes[i]);
        }
    }
    wire_close_object(buf);
    wire_open_object(buf, "by_service");
    for (int i = 0; i < hall->service_count; i++) {
        if (result->services[i].legs > 0) {
            put_row(buf, hall->services[i].code, &result->services[i]);
        }
    }
    wire_close_object(buf);
}

static void put_fairness(struct buf *buf, const struct measure_result *result,
                         const struct hall *hall)
{
    const struct measure_row *all = &result->all;
    const struct measure_row *ordinary = &result->classes[0];
    wire_open_object(buf, "overtakes");
    wire_put_int(buf, "total", all->overtakes);
    wire_put_decimal(buf, "mean", all->mean_overtakes, 6);
    wire_put_int(buf, "max", all->max_overtakes);
    wire_put_int(buf, "tickets_overtaken", all->overtaken);
    put_share(buf, "share_overtaken", all->overtaken, all->legs);
    wire_put_int(buf, "calls_that_overtook", all->overtaking_calls);
    wire_close_object(buf);
    wire_open_object(buf, "displacement_vs_fifo_ordinary");
    wire_put_int(buf, "n", ordinary->displaced);
    wire_put_decimal(buf, "mean_ms", ordinary->displacement_mean_ms, 3);
    wire_put_int(buf, "p95_ms", ordinary->displacement_p95_ms);
    wire_put_int(buf, "max_ms", ordinary->displacement_max_ms);
    wire_close_object(buf);
    wire_put_decimal(buf, "gini", result->gini, 9);
    wire_open_object(buf, "raqfm");
    wire_put_decimal(buf, "sum", result->discrimination_sum_ms, 3);
    wire_put_decimal(buf, "mean_sq_ms2", result->discrimination_mean_square_ms2, 3);
    wire_open_object(buf, "mean_by_class_ms");
    for (int i = 0; i < hall->class_count; i++) {
        if (result->classes[i].discriminated > 0) {
            wire_put_decimal(buf, hall->classes[i].code, result->classes[i].discrimination_mean_ms,
                             3);
        }
    }
    wire_close_object(buf);
    wire_close_object(buf);
}

/* The people are named in the day alone: the simulator has none. */
static void put_people(struct buf *buf, const struct measure_result *result,
                       const struct sim_day *day)
{
    wire_open_array(buf, "urgent_by_approver");
    for (int i = 0; sim_day_approver(day, i)[0] != '\0'; i++) {
        if (result->approvers[i] > 0) {
            wire_open_object(buf, NULL);
            wire_put_text(buf, "name", sim_day_approver(day, i));
            wire_put_int(buf, "urgent", result->approvers[i]);
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
    wire_open_array(buf, "by_clerk");
    for (int i = 0; sim_day_clerk(day, i)[0] != '\0'; i++) {
        if (result->clerks[i].urgent + result->clerks[i].chosen > 0) {
            wire_open_object(buf, NULL);
            wire_put_text(buf, "name", sim_day_clerk(day, i));
            wire_put_int(buf, "urgent", result->clerks[i].urgent);
            wire_put_int(buf, "chosen", result->clerks[i].chosen);
            wire_close_object(buf);
        }
    }
    wire_close_array(buf);
}

/* `day` NULL: a run of the simulator. */
static void put_measures(struct buf *buf, const char *key, const struct measure_result *result,
                         const struct hall *hall, const struct sim_day *day)
{
    wire_open_object(buf, key);
    put_row(buf, "overall", &result->all);
    put_rows(buf, result, hall);
    put_fairness(buf, result, hall);
    wire_put_int(buf, "urgent_calls", result->urgent_calls);
    if (day != NULL) {
        wire_put_int(buf, "chosen_calls", result->chosen_calls);
        put_people(buf, result, day);
    }
    wire_close_object(buf);
}

/* ---- what came out ---- */

static void put_difference(struct buf *buf, const struct sim_day_difference *difference)
{
    wire_open_object(buf, NULL);
    wire_put_int(buf, "seq", difference->seq);
    wire_put_time(buf, "at", difference->at_ms);
    wire_put_int(buf, "window", difference->window);
    wire_put_text(buf, "number", difference->number);
    wire_put_text(buf, "rule", event_rule_text(difference->rule));
    wire_put_text_or_null(buf, "choice", difference->choice);
    wire_put_text(buf, "choice_rule", event_rule_text(difference->choice_rule));
    wire_close_object(buf);
}

void wire_day_print_recorded(struct buf *buf, int32_t date, const struct sim_day *day,
                             const struct measure_result *recorded)
{
    const struct sim_day_choices *choices = sim_day_choices(day);
    wire_open_object(buf, NULL);
    wire_put_day(buf, "day", date);
    wire_put_bool(buf, "in_progress", sim_day_in_progress(day));
    wire_put_int(buf, "calls", choices->calls);
    wire_put_int(buf, "automatic_calls", choices->automatic);
    wire_put_int(buf, "same_choices", choices->same);
    wire_put_int(buf, "different_choices", choices->automatic - choices->same);
    wire_open_array(buf, "differences");
    for (int i = 0; i < choices->difference_count; i++) {
        put_difference(buf, &choices->differences[i]);
    }
    wire_close_array(buf);
    put_measures(buf, "measures", recorded, sim_day_hall(day), day);
    wire_close_object(buf);
    buf_add_char(buf, '\n');
}

void wire_day_print_changed(struct buf *buf, int32_t date, const struct sim_day *day,
                            const struct measure_result *recorded,
                            const struct measure_result *replayed,
                            const struct measure_result *changed, const struct hall *hall)
{
    wire_open_object(buf, NULL);
    wire_put_day(buf, "day", date);
    wire_put_bool(buf, "in_progress", sim_day_in_progress(day));
    put_measures(buf, "recorded", recorded, sim_day_hall(day), day);
    put_measures(buf, "replayed", replayed, sim_day_hall(day), NULL);
    put_measures(buf, "changed", changed, hall, NULL);
    wire_close_object(buf);
    buf_add_char(buf, '\n');
}
