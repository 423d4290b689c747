/* staffing_trial: a plan played over the days of a trial; see staffing.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "sim_history.h"
#include "sim_staffing.h"

/* One-sided 95 % of the normal distribution. */
#define NORMAL_Q95 1.6448536269514722
/* Streams of random numbers of the trials; a model makes its past days with the first ones. */
#define TRIAL_STREAM 1000

struct trial *trial_create(const struct staffing_input *input, bool waits)
{
    struct core_limits limits = {.visit_max = STAFFING_LINE_MAX};
    struct trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL) {
        return NULL;
    }
    trial->input = input;
    trial->core = core_create(&limits, input->hall);
    size_t room = 0;
    for (int d = 0; waits && d < input->day_count; d++) {
        size_t count = (size_t)input->days[d].count;
        room = count > room ? count : room;
    }
    trial->wait_room = room * (size_t)input->trial_days;
    trial->waits = waits ? malloc((trial->wait_room + 1) * sizeof *trial->waits) : NULL;
    if (trial->core == NULL || (waits && trial->waits == NULL)) {
        trial_destroy(trial);
        return NULL;
    }
    return trial;
}

void trial_destroy(struct trial *trial)
{
    if (trial != NULL) {
        core_destroy(trial->core);
        free(trial->waits);
        free(trial);
    }
}

/* ---- counting ---- */

static void count_arrival(struct trial *trial, const struct staffing_arrival *arrival, int slot)
{
    trial->all.day_n += 1;
    trial->classes[arrival->cls].day_n += 1;
    trial->services[arrival->service].day_n += 1;
    trial->pairs[arrival->service][arrival->cls] += 1;
    trial->slot_n[slot] += 1;
}

static void count_within(struct trial *trial, int16_t service, int16_t cls, int slot)
{
    trial->all.day_within += 1;
    trial->classes[cls].day_within += 1;
    trial->services[service].day_within += 1;
    trial->pairs_within[service][cls] += 1;
    trial->slot_within[slot] += 1;
}

static void end_day_of(struct trial_share *share)
{
    share->n += share->day_n;
    share->within += share->day_within;
    share->nn += share->day_n * share->day_n;
    share->nw += share->day_n * share->day_within;
    share->ww += share->day_within * share->day_within;
    share->day_n = 0;
    share->day_within = 0;
}

static void end_day(struct trial *trial)
{
    end_day_of(&trial->all);
    for (int c = 0; c < trial->input->hall->class_count; c++) {
        end_day_of(&trial->classes[c]);
    }
    for (int s = 0; s < trial->input->hall->service_count; s++) {
        end_day_of(&trial->services[s]);
    }
}

struct staffing_share trial_share_of(const struct trial_share *share, int days)
{
    struct staffing_share result = {.n = (int64_t)share->n, .share = 1, .share_low = 1};
    if (share->n > 0) {
        double r = share->within / share->n;
        double squares = share->ww - 2 * r * share->nw + r * r * share->nn;
        double se = days > 1 ? sqrt(fabs(squares) * days / (days - 1)) / share->n : 0;
        result.share = r;
        result.share_low = r - NORMAL_Q95 * se > 0 ? r - NORMAL_Q95 * se : 0;
    }
    return result;
}

bool trial_is_met(const struct trial *trial)
{
    int days = trial->input->trial_days;
    double target = trial->input->target_share;
    for (int c = 0; c < trial->input->hall->class_count; c++) {
        if (trial_share_of(&trial->classes[c], days).share_low < target) {
            return false;
        }
    }
    for (int s = 0; s < trial->input->hall->service_count; s++) {
        if (trial_share_of(&trial->services[s], days).share_low < target) {
            return false;
        }
    }
    for (int slot = trial->input->from_slot; slot < trial->input->to_slot; slot++) {
        if (trial->slot_within[slot] < target * trial->slot_n[slot]) {
            return false;
        }
    }
    return true;
}

double trial_late(const struct trial *trial)
{
    return (trial->all.n - trial->all.within) / trial->input->trial_days;
}

/* ---- one day ---- */

static int64_t serve(void *context, int window, int32_t leg)
{
    struct trial *trial = context;
    int16_t service = line_service(trial->core, leg);
    int16_t cls = line_class(trial->core, leg);
    int64_t wait_ms = trial->floor.now_ms - line_arrived_ms(trial->core, leg);
    int64_t target_ms = trial->input->hall->services[service].target_wait_ms;
    if (target_ms == 0 || wait_ms <= target_ms) {
        count_within(trial, service, cls, trial->slot_of[leg]);
    }
    if (trial->waits != NULL && trial->wait_count < trial->wait_room) {
        trial->waits[trial->wait_count++] =
            (struct trial_wait){.wait_ms = (int32_t)wait_ms, .service = service, .cls = cls};
    }
    trial->busy_total_ms[window] += trial->busy_ms[leg];
    return trial->busy_ms[leg];
}

/* Drawn at arrival and in order of arrival, so that every plan meets the same people. */
static int32_t draw_busy(struct trial *trial, int service)
{
    const struct forecast_service *of = &trial->input->history->services[service];
    double absent = forecast_history_absent(trial->input->history);
    double luck = sim_random_unit(&trial->random);
    double u = sim_random_unit(&trial->random);
    return luck < absent ? (int32_t)trial->input->absent_ms : of->samples[(int)(u * of->count)];
}

static enum err arrive(struct trial *trial, const struct staffing_arrival *arrival)
{
    int slot = (int)(arrival->at_ms / FORECAST_SLOT_MS % FORECAST_SLOT_COUNT);
    trial->floor.now_ms = arrival->at_ms;
    int32_t busy_ms = draw_busy(trial, arrival->service);
    count_arrival(trial, arrival, slot);
    int32_t leg = line_arrive(trial->core, arrival->service, arrival->cls, arrival->at_ms);
    if (leg < 0) {
        return ERR_HALL_FULL;
    }
    trial->busy_ms[leg] = busy_ms;
    trial->slot_of[leg] = slot;
    if (trial->floor.free_count > 0) {
        sim_floor_dispatch(&trial->floor);
    }
    return ERR_NONE;
}

/* The half hour begins: windows close, then others open, so that none calls whom another was to
 * call a moment ago. After the last half hour all close. */
static void turn(struct trial *trial, int slot)
{
    for (int opening = 0; opening < 2; opening++) {
        for (int w = 0; w < trial->input->hall->window_count; w++) {
            bool open = slot < trial->input->to_slot && trial->plan->open[slot][w];
            if (open == (opening == 1) && open == trial->floor.closed[w]) {
                sim_floor_do(&trial->floor, open ? SIM_FLOOR_OPEN : SIM_FLOOR_CLOSE, w);
            }
        }
    }
}

static void begin(struct trial *trial)
{
    line_reset(trial->core);
    sim_floor_begin(&trial->floor, 0);
    for (int w = 0; w < trial->input->hall->window_count; w++) {
        sim_floor_set_closed(&trial->floor, w);
    }
}

static enum err play(struct trial *trial, const struct staffing_day *day)
{
    int next = 0;
    int slot = trial->input->from_slot;
    begin(trial);
    for (;;) {
        int64_t at;
        int window = 0;
        enum sim_floor_what what = sim_floor_next(&trial->floor, &at, &window);
        int64_t turn_ms = slot <= trial->input->to_slot ? slot * FORECAST_SLOT_MS : SIM_NEVER;
        int64_t arrival_ms = next < day->count ? day->arrivals[next].at_ms : SIM_NEVER;
        if (turn_ms != SIM_NEVER && turn_ms <= arrival_ms && turn_ms <= at) {
            /* Before an end of service of that moment: who closes then calls nobody any more. */
            trial->floor.now_ms = turn_ms;
            turn(trial, slot++);
        } else if (arrival_ms < at) {
            enum err err = arrive(trial, &day->arrivals[next++]);
            if (err) {
                return err;
            }
        } else if (what == SIM_FLOOR_NOTHING) {
            return ERR_NONE;
        } else {
            trial->floor.now_ms = at;
            sim_floor_do(&trial->floor, what, window);
        }
    }
}

static void forget(struct trial *trial)
{
    trial->all = (struct trial_share){0};
    memset(trial->classes, 0, sizeof trial->classes);
    memset(trial->services, 0, sizeof trial->services);
    memset(trial->slot_n, 0, sizeof trial->slot_n);
    memset(trial->slot_within, 0, sizeof trial->slot_within);
    memset(trial->busy_total_ms, 0, sizeof trial->busy_total_ms);
    memset(trial->pairs, 0, sizeof trial->pairs);
    memset(trial->pairs_within, 0, sizeof trial->pairs_within);
    trial->wait_count = 0;
}

enum err trial_run(struct trial *trial, const struct staffing_plan *plan)
{
    const struct staffing_input *input = trial->input;
    enum err err = ERR_NONE;
    forget(trial);
    trial->plan = plan;
    trial->tries += 1;
    sim_floor_init(&trial->floor, trial->core, input->hall);
    trial->floor.serve = serve;
    trial->floor.context = trial;
    for (int d = 0; err == ERR_NONE && d < input->trial_days; d++) {
        sim_random_init(&trial->random, input->seed, TRIAL_STREAM + (uint64_t)d);
        int drawn = (int)(sim_random_unit(&trial->random) * input->day_count);
        err = play(trial, &input->days[drawn]);
        end_day(trial);
    }
    return err;
}
