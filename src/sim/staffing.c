/* staffing: the judgement of a plan, and the search; see staffing.h. */
#include "staffing.h"

#include <stdlib.h>
#include <string.h>

#include "erlang.h"
#include "sim_staffing.h"

/* Windows that are tried where most are late, in that half hour and the one before. */
#define HELPERS_MAX 4

/* ---- the judgement ---- */

static int by_pair(const void *a, const void *b)
{
    const struct trial_wait *x = a;
    const struct trial_wait *y = b;
    if (x->service != y->service || x->cls != y->cls) {
        return (x->service - y->service) * HALL_CLASS_MAX + x->cls - y->cls;
    }
    return (x->wait_ms > y->wait_ms) - (x->wait_ms < y->wait_ms);
}

/* Waits of the pair that begin at `from`, in order; how many. */
static size_t put_waits(const struct trial *trial, size_t from, struct staffing_queue *queue)
{
    size_t count = 0;
    double sum = 0;
    while (from + count < trial->wait_count &&
           trial->waits[from + count].service == queue->service &&
           trial->waits[from + count].cls == queue->cls) {
        sum += trial->waits[from + count].wait_ms;
        count += 1;
    }
    queue->called = (int64_t)count;
    if (count > 0) {
        queue->mean_wait_s = sum / (double)count / 1000;
        queue->p90_s =
            trial->waits[from + (count * 90 + 99) / 100 - 1].wait_ms / 1000.0; /* nearest rank */
    }
    return count;
}

static enum err put_queues(struct trial *trial, struct staffing_result *result)
{
    const struct hall *hall = trial->input->hall;
    size_t at = 0;
    result->queues =
        calloc((size_t)hall->service_count * (size_t)hall->class_count + 1, sizeof *result->queues);
    if (result->queues == NULL) {
        return ERR_NO_MEMORY;
    }
    qsort(trial->waits, trial->wait_count, sizeof *trial->waits, by_pair);
    for (int16_t s = 0; s < hall->service_count; s++) {
        for (int16_t c = 0; c < hall->class_count; c++) {
            if (trial->pairs[s][c] == 0) {
                continue;
            }
            struct staffing_queue *queue = &result->queues[result->queue_count++];
            queue->service = s;
            queue->cls = c;
            queue->share.n = trial->pairs[s][c];
            queue->share.share = (double)trial->pairs_within[s][c] / trial->pairs[s][c];
            queue->share.share_low = -1; /* too few people for a bound of their own */
            at += put_waits(trial, at, queue);
        }
    }
    return ERR_NONE;
}

static void put_windows(const struct trial *trial, struct staffing_result *result)
{
    const struct staffing_input *input = trial->input;
    for (int w = 0; w < input->hall->window_count; w++) {
        int slots = 0;
        for (int slot = input->from_slot; slot < input->to_slot; slot++) {
            slots += trial->plan->open[slot][w] ? 1 : 0;
        }
        double planned_ms = slots * (double)FORECAST_SLOT_MS * input->trial_days;
        result->hours[w] = slots * (double)FORECAST_SLOT_MS / 3600000;
        result->window_hours += result->hours[w];
        result->utilisation[w] = slots > 0 ? trial->busy_total_ms[w] / planned_ms : 0;
    }
}

static enum err judge(struct trial *trial, struct staffing_result *result)
{
    const struct staffing_input *input = trial->input;
    memset(result, 0, sizeof *result);
    result->met = trial_is_met(trial);
    result->tries = trial->tries;
    result->all = trial_share_of(&trial->all, input->trial_days);
    for (int c = 0; c < input->hall->class_count; c++) {
        result->classes[c] = trial_share_of(&trial->classes[c], input->trial_days);
    }
    for (int s = 0; s < input->hall->service_count; s++) {
        result->services[s] = trial_share_of(&trial->services[s], input->trial_days);
    }
    for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
        double n = trial->slot_n[slot];
        result->slot_arrivals[slot] = n / input->trial_days;
        result->slot_share[slot] = n > 0 ? trial->slot_within[slot] / n : 1;
    }
    put_windows(trial, result);
    return put_queues(trial, result);
}

void staffing_result_fini(struct staffing_result *result)
{
    free(result->queues);
    result->queues = NULL;
}

enum err staffing_evaluate(const struct staffing_input *input, const struct staffing_plan *plan,
                           struct staffing_result *ret_result)
{
    memset(ret_result, 0, sizeof *ret_result);
    struct trial *trial = trial_create(input, true);
    enum err err = trial == NULL ? ERR_NO_MEMORY : trial_run(trial, plan);
    if (err == ERR_NONE) {
        err = judge(trial, ret_result);
    }
    trial_destroy(trial);
    return err;
}

/* ---- the search ---- */

/* Windows that an M/M/c hall of that service alone would need in that half hour. */
static double need_of(const struct staffing_input *input, int slot, int service)
{
    double arrivals = 0;
    for (int c = 0; c < input->hall->class_count; c++) {
        arrivals += forecast_history_rate(input->history, slot, service, c);
    }
    double mean_ms = forecast_history_mean_ms(input->history, service);
    double load = arrivals * mean_ms / (double)FORECAST_SLOT_MS;
    double target_ms = (double)input->hall->services[service].target_wait_ms;
    int servers = load > 0 ? erlang_servers(load, mean_ms, target_ms, input->target_share) : 0;
    return servers < 0 ? HALL_WINDOW_MAX : servers;
}

/* What the window would take off the needs: at most one window's work. */
static double worth_of(const struct hall_window *window, const double *needs)
{
    double worth = 0;
    for (int i = 0; i < window->service_count; i++) {
        worth += hall_window_is_for(window, window->services[i].service)
                     ? needs[window->services[i].service]
                     : 0;
    }
    return worth < 1 ? worth : 1;
}

static void take_off(const struct hall_window *window, double *needs)
{
    double left = 1;
    while (left > 1e-9 &&
           worth_of(window, needs) > 1e-9) { /* each round empties a need or the window */
        int most = -1;
        for (int i = 0; i < window->service_count; i++) {
            int s = window->services[i].service;
            most = hall_window_is_for(window, s) && (most < 0 || needs[s] > needs[most]) ? s : most;
        }
        double taken = needs[most] < left ? needs[most] : left;
        needs[most] -= taken;
        left -= taken;
    }
}

/* The window that is worth most opens, the one with fewest services among equals, until no need is
 * left. Services that share windows need fewer together than apart, so this starts high; the
 * dropping at the end sees to that. */
static void start_slot(const struct staffing_input *input, int slot, struct staffing_plan *plan)
{
    double needs[HALL_SERVICE_MAX];
    for (int s = 0; s < input->hall->service_count; s++) {
        needs[s] = need_of(input, slot, s);
    }
    for (int opened = 0; opened < input->hall->window_count; opened++) {
        int best = -1;
        double best_worth = 1e-9;
        for (int w = 0; w < input->hall->window_count; w++) {
            const struct hall_window *window = &input->hall->windows[w];
            double worth = plan->open[slot][w] || window->retired ? 0 : worth_of(window, needs);
            if (worth > best_worth ||
                (best >= 0 && worth == best_worth &&
                 window->service_count < input->hall->windows[best].service_count)) {
                best = w;
                best_worth = worth;
            }
        }
        if (best < 0) {
            return;
        }
        plan->open[slot][best] = true;
        take_off(&input->hall->windows[best], needs);
    }
}

/* The half hour in which most late people came and some window is still closed, then or beside it;
 * -1 none. */
static int worst_slot(const struct trial *trial, const struct staffing_plan *plan)
{
    const struct staffing_input *input = trial->input;
    int worst = -1;
    double most = 0;
    for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
        double late = trial->slot_n[slot] - trial->slot_within[slot];
        bool closed = false;
        for (int w = 0; w < input->hall->window_count; w++) {
            bool now = slot >= input->from_slot && slot < input->to_slot && !plan->open[slot][w];
            bool before = slot - 1 >= input->from_slot && slot - 1 < input->to_slot &&
                          !plan->open[slot - 1][w];
            bool after = slot + 1 >= input->from_slot && slot + 1 < input->to_slot &&
                         !plan->open[slot + 1][w];
            closed = closed || now || before || after;
        }
        if (closed && late > most) {
            worst = slot;
            most = late;
        }
    }
    return worst;
}

/* Opens the window, in that half hour or beside it, that leaves fewest late; *ret_added is false
 * when none can be. Who comes is late for what stood in line before, and may be helped in the next.
 */
static enum err add_best(struct trial *trial, int slot, struct staffing_plan *plan, bool *ret_added)
{
    const struct staffing_input *input = trial->input;
    int best_slot = -1;
    int best_window = -1;
    double best_late = 0;
    for (int at = slot - 1; at <= slot + 1; at++) {
        int tried = 0;
        for (int w = 0; w < input->hall->window_count && tried < HELPERS_MAX; w++) {
            bool usable = at >= input->from_slot && at < input->to_slot && !plan->open[at][w] &&
                          !input->hall->windows[w].retired;
            if (!usable || trial->tries >= STAFFING_TRIES_MAX) {
                continue;
            }
            tried += 1;
            plan->open[at][w] = true;
            enum err err = trial_run(trial, plan);
            plan->open[at][w] = false;
            if (err) {
                return err;
            }
            double late = trial_late(trial);
            if (best_window < 0 || late < best_late) {
                best_slot = at;
                best_window = w;
                best_late = late;
            }
        }
    }
    *ret_added = best_window >= 0;
    if (*ret_added) {
        plan->open[best_slot][best_window] = true;
    }
    return ERR_NONE;
}

static enum err add_until_met(struct trial *trial, struct staffing_plan *plan)
{
    enum err err = trial_run(trial, plan);
    while (err == ERR_NONE && !trial_is_met(trial) && trial->tries < STAFFING_TRIES_MAX) {
        bool added = false;
        int slot = worst_slot(trial, plan);
        if (slot < 0) {
            break;
        }
        err = add_best(trial, slot, plan, &added);
        if (err == ERR_NONE && !added) {
            break;
        }
        err = err == ERR_NONE ? trial_run(trial, plan) : err;
    }
    return err;
}

/* Once through the plan, the emptiest half hour first: what can go, goes. */
static enum err drop_spare(struct trial *trial, struct staffing_plan *plan)
{
    const struct staffing_input *input = trial->input;
    bool seen[FORECAST_SLOT_COUNT] = {false};
    for (int turn = input->from_slot; turn < input->to_slot; turn++) {
        int slot = -1;
        for (int i = input->from_slot; i < input->to_slot; i++) {
            slot = !seen[i] && (slot < 0 || trial->slot_n[i] < trial->slot_n[slot]) ? i : slot;
        }
        seen[slot] = true;
        for (int w = input->hall->window_count - 1; w >= 0; w--) {
            if (!plan->open[slot][w]) {
                continue;
            }
            plan->open[slot][w] = false;
            enum err err = trial_run(trial, plan);
            if (err) {
                return err;
            }
            plan->open[slot][w] = !trial_is_met(trial);
        }
    }
    return ERR_NONE;
}

static void open_all(const struct staffing_input *input, struct staffing_plan *plan)
{
    for (int slot = input->from_slot; slot < input->to_slot; slot++) {
        for (int w = 0; w < input->hall->window_count; w++) {
            plan->open[slot][w] = !input->hall->windows[w].retired;
        }
    }
}

static enum err search(struct trial *trial, struct staffing_plan *plan)
{
    const struct staffing_input *input = trial->input;
    open_all(input, plan);
    enum err err = trial_run(trial, plan);
    if (err || !trial_is_met(trial)) {
        return err; /* more there is not */
    }
    memset(plan, 0, sizeof *plan);
    for (int slot = input->from_slot; slot < input->to_slot; slot++) {
        start_slot(input, slot, plan);
    }
    err = add_until_met(trial, plan);
    if (err == ERR_NONE && !trial_is_met(trial)) {
        open_all(input, plan); /* the tries were too few: begin at the other end */
    }
    return err ? err : drop_spare(trial, plan);
}

enum err staffing_search(const struct staffing_input *input, struct staffing_plan *ret_plan,
                         struct staffing_result *ret_result)
{
    memset(ret_plan, 0, sizeof *ret_plan);
    memset(ret_result, 0, sizeof *ret_result);
    struct trial *trial = trial_create(input, false);
    enum err err = trial == NULL ? ERR_NO_MEMORY : search(trial, ret_plan);
    int tries = trial != NULL ? trial->tries : 0;
    trial_destroy(trial);
    if (err == ERR_NONE) {
        err = staffing_evaluate(input, ret_plan, ret_result);
        ret_result->tries += tries;
    }
    return err;
}
