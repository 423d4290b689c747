/* forecast: the replications. See forecast.h for what is drawn and why.
 *
 * Slots of the line are legs 0..n-1, then probes, then whoever arrives; a slot given back is taken
 * by a later arrival, so `who` tells whom a slot is asked for. Durations are drawn when somebody
 * joins, not when called: two runs that differ in one window then see the same people, which makes
 * their difference sharp (common random numbers). */
#include "forecast.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim_floor.h"
#include "sim_history.h"
#include "sim_random.h"

/* Nobody is followed longer than this. */
#define HORIZON_MS (INT64_C(12) * 3600 * 1000)
/* Legs that may be in line at once: those copied, the probes, and who arrives meanwhile. */
#define ROOM (LINE_LEG_MAX + FORECAST_PROBE_MAX + 8192)
#define ASKED_MAX (LINE_LEG_MAX + FORECAST_PROBE_MAX)
#define PAIR_MAX                                                                                   \
    512 /* of service and class that come at all; rarer ones than these are left out               \
         */

struct pair {
    int16_t service, cls;
};

struct forecast {
    struct core *core; /* owned */
    int replications_max;
    int32_t *waits;        /* owned; ASKED_MAX times replications_max */
    int32_t busy_ms[ROOM]; /* by slot */
    int32_t who[ROOM];     /* by slot: index asked about, -1 none */
    bool asked[ASKED_MAX];
    struct pair pairs[PAIR_MAX];
    double shares[FORECAST_SLOT_COUNT][PAIR_MAX]; /* cumulated */
    int pair_count;
    /* the run */
    const struct forecast_input *input;
    int leg_count;
    int asked_count;
    struct sim_floor floor;
    struct sim_random random;
    double speed, load; /* of this replication */
    int replication, left;
    double next_at; /* of the next arrival; infinite when nobody comes */
    double absent;
};

struct forecast *forecast_create(int replications_max, const struct hall *hall)
{
    struct core_limits limits = {.visit_max = ROOM};
    struct forecast *forecast = calloc(1, sizeof *forecast);
    if (forecast == NULL) {
        return NULL;
    }
    forecast->replications_max = replications_max;
    forecast->core = core_create(&limits, hall);
    forecast->waits = malloc((size_t)ASKED_MAX * (size_t)replications_max * sizeof(int32_t));
    if (forecast->core == NULL || forecast->waits == NULL) {
        forecast_destroy(forecast);
        return NULL;
    }
    return forecast;
}

void forecast_destroy(struct forecast *forecast)
{
    if (forecast != NULL) {
        core_destroy(forecast->core);
        free(forecast->waits);
        free(forecast);
    }
}

/* ---- drawing ---- */

/* How long somebody of that service keeps a window. */
static int32_t draw_busy(struct forecast *forecast, int service)
{
    if (forecast->absent > 0 && sim_random_unit(&forecast->random) < forecast->absent) {
        return (int32_t)forecast->input->absent_ms;
    }
    const struct forecast_service *of = &forecast->input->history->services[service];
    int at = (int)(sim_random_unit(&forecast->random) * of->count);
    return (int32_t)(forecast->speed * of->samples[at]);
}

/* How much longer, after `passed_ms`. When nobody ever took so long, what is left is a mean
 * duration without memory. */
static int64_t draw_rest(struct forecast *forecast, int service, int64_t passed_ms)
{
    const struct forecast_service *of = &forecast->input->history->services[service];
    double u = sim_random_unit(&forecast->random);
    int low = 0;
    int high = of->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (of->samples[middle] * forecast->speed > (double)passed_ms) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if (low == of->count) {
        return (int64_t)(-log(u) * of->mean_ms * forecast->speed);
    }
    int at = low + (int)(u * (of->count - low));
    return (int64_t)(of->samples[at] * forecast->speed) - passed_ms;
}

static int slot_of(const struct forecast *forecast, double at_ms)
{
    int64_t local = (int64_t)at_ms + (int64_t)forecast->input->offset_s * 1000;
    return (int)(local / FORECAST_SLOT_MS % FORECAST_SLOT_COUNT);
}

/* Poisson with a rate that is constant within each half hour: an exponential amount of "expected
 * arrivals" is used up half hour by half hour. */
static void draw_arrival(struct forecast *forecast, double from_ms)
{
    double end = (double)(forecast->input->state->now_ms + HORIZON_MS);
    double left = sim_random_exp(&forecast->random);
    double at = from_ms;
    while (at < end) { /* at most 25 half hours */
        double rate = forecast->input->history->totals[slot_of(forecast, at)] * forecast->load /
                      (double)FORECAST_SLOT_MS;
        double edge = (floor(at / (double)FORECAST_SLOT_MS) + 1) * (double)FORECAST_SLOT_MS;
        if (rate > 0 && left / rate <= edge - at) {
            forecast->next_at = at + left / rate;
            return;
        }
        left -= rate * (edge - at);
        at = edge;
    }
    forecast->next_at = HUGE_VAL;
}

static struct pair draw_pair(struct forecast *forecast)
{
    const double *shares = forecast->shares[slot_of(forecast, forecast->next_at)];
    double u = sim_random_unit(&forecast->random) * shares[forecast->pair_count - 1];
    int low = 0;
    int high = forecast->pair_count - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (shares[middle] > u) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return forecast->pairs[low];
}

/* ---- one replication ---- */

static int64_t serve(void *context, int window, int32_t leg)
{
    struct forecast *forecast = context;
    int32_t index = forecast->who[leg];
    (void)window;
    if (index < 0) {
        return forecast->busy_ms[leg];
    }
    int64_t wait = forecast->floor.now_ms - forecast->input->state->now_ms;
    forecast->waits[index * forecast->replications_max + forecast->replication] = (int32_t)wait;
    forecast->left -= 1;
    return index < forecast->leg_count ? forecast->busy_ms[leg] : -1;
}

static enum err arrive(struct forecast *forecast, int16_t service, int16_t cls, int32_t who)
{
    int32_t slot = line_arrive(forecast->core, service, cls, forecast->floor.now_ms);
    if (slot < 0) {
        return ERR_HALL_FULL;
    }
    forecast->who[slot] = who;
    forecast->busy_ms[slot] = draw_busy(forecast, service);
    return ERR_NONE;
}

static void place_window(struct forecast *forecast, int w)
{
    struct sim_floor *floor = &forecast->floor;
    const struct line_window *window = &forecast->input->state->windows[w];
    int64_t now_ms = floor->now_ms;
    bool busy = (window->state == CORE_WINDOW_CALLING || window->state == CORE_WINDOW_SERVING) &&
                window->service >= 0;
    /* Drawn for every busy window, so that those after it see the same numbers whatever is assumed
     * about this one. */
    if (busy) {
        int64_t passed = now_ms > window->since_ms ? now_ms - window->since_ms : 0;
        bool absent = window->state == CORE_WINDOW_CALLING && forecast->absent > 0 &&
                      sim_random_unit(&forecast->random) < forecast->absent;
        int64_t rest = draw_rest(forecast, window->service, passed);
        int64_t absent_rest =
            forecast->input->absent_ms > passed ? forecast->input->absent_ms - passed : 0;
        sim_floor_set_busy(floor, w, now_ms + (absent ? absent_rest : rest));
    }
    floor->idle_ms[w] = window->state == CORE_WINDOW_OPEN ? window->idle_ms : now_ms;
    bool stays = window->state != CORE_WINDOW_CLOSED && window->state != CORE_WINDOW_PAUSED &&
                 !window->pauses;
    if (!stays && w != forecast->input->open_window) {
        sim_floor_set_closed(floor, w);
        bool comes_back = window->state != CORE_WINDOW_CLOSED && window->until_ms > now_ms;
        floor->opens_ms[w] = comes_back ? window->until_ms : SIM_NEVER;
        floor->shifts = floor->shifts || comes_back;
    }
}

static enum err begin(struct forecast *forecast)
{
    const struct forecast_input *input = forecast->input;
    line_restore(forecast->core, input->state);
    sim_floor_begin(&forecast->floor, input->state->now_ms);
    forecast->left = forecast->asked_count;
    for (int32_t i = 0; i < forecast->leg_count; i++) {
        forecast->who[i] = forecast->asked[i] ? i : -1;
        forecast->busy_ms[i] = draw_busy(forecast, input->state->legs[i].service);
    }
    for (int w = 0; w < input->hall->window_count; w++) {
        place_window(forecast, w);
    }
    for (int i = 0; i < input->probe_count; i++) {
        if (forecast->asked[forecast->leg_count + i]) {
            enum err err = arrive(forecast, input->probes[i].service, input->probes[i].cls,
                                  forecast->leg_count + i);
            if (err) {
                return err;
            }
        }
    }
    draw_arrival(forecast, (double)input->state->now_ms);
    sim_floor_dispatch(&forecast->floor);
    return ERR_NONE;
}

static enum err play(struct forecast *forecast)
{
    struct sim_floor *floor = &forecast->floor;
    int64_t end_ms = forecast->input->state->now_ms + HORIZON_MS;
    enum err err = begin(forecast);
    while (err == ERR_NONE && forecast->left > 0) {
        int64_t at;
        int window = 0;
        enum sim_floor_what what = sim_floor_next(floor, &at, &window);
        if (forecast->next_at < (double)at) {
            floor->now_ms = (int64_t)forecast->next_at;
            struct pair pair = draw_pair(forecast);
            err = arrive(forecast, pair.service, pair.cls, -1);
            draw_arrival(forecast, forecast->next_at);
            if (floor->free_count > 0) {
                sim_floor_dispatch(floor);
            }
        } else if (what == SIM_FLOOR_NOTHING || at > end_ms) {
            break;
        } else {
            floor->now_ms = at;
            sim_floor_do(floor, what, window);
        }
    }
    return err;
}

/* ---- the whole ---- */

/* Can it be called at all by who is at work, or comes back? */
static bool is_served(const struct forecast_input *input, int16_t service, int16_t cls,
                      int16_t bound)
{
    for (int w = 0; w < input->hall->window_count; w++) {
        const struct hall_window *window = &input->hall->windows[w];
        const struct line_window *state = &input->state->windows[w];
        bool works = state->state != CORE_WINDOW_CLOSED &&
                     ((state->state != CORE_WINDOW_PAUSED && !state->pauses) ||
                      state->until_ms > input->state->now_ms);
        if ((!works && w != input->open_window) || (bound >= 0 && bound != w) ||
            (window->classes != 0 && (window->classes & (1U << cls)) == 0)) {
            continue;
        }
        for (int i = 0; i < window->service_count; i++) {
            if (window->services[i].service == service) {
                return true;
            }
        }
    }
    return false;
}

static int by_visit(const void *a, const void *b)
{
    int32_t x = ((const struct line_leg *)a)->visit;
    int32_t y = ((const struct line_leg *)b)->visit;
    return (x > y) - (x < y);
}

static void ask_for(struct forecast *forecast, int index, bool served)
{
    int32_t *waits = &forecast->waits[index * forecast->replications_max];
    forecast->asked[index] = served;
    forecast->asked_count += served ? 1 : 0;
    for (int r = 0; served && r < forecast->input->replications; r++) {
        waits[r] = INT32_MAX;
    }
}

static void ask(struct forecast *forecast)
{
    const struct forecast_input *input = forecast->input;
    forecast->asked_count = 0;
    for (int i = 0; i < forecast->leg_count; i++) {
        const struct line_leg *leg = &input->state->legs[i];
        ask_for(forecast, i, is_served(input, leg->service, leg->cls, leg->bound));
    }
    for (int i = 0; i < input->probe_count; i++) {
        const struct forecast_probe *probe = &input->probes[i];
        ask_for(forecast, forecast->leg_count + i,
                is_served(input, probe->service, probe->cls, -1));
    }
}

static void gather_pairs(struct forecast *forecast)
{
    const struct forecast_history *history = forecast->input->history;
    forecast->pair_count = 0;
    for (int16_t s = 0; s < history->service_count; s++) {
        for (int16_t c = 0; c < history->class_count; c++) {
            bool comes = false;
            for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
                comes = comes || history->rates[slot][s][c] > 0;
            }
            if (comes && forecast->pair_count < PAIR_MAX) {
                forecast->pairs[forecast->pair_count++] = (struct pair){.service = s, .cls = c};
            }
        }
    }
    for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
        double sum = 0;
        for (int i = 0; i < forecast->pair_count; i++) {
            sum += history->rates[slot][forecast->pairs[i].service][forecast->pairs[i].cls];
            forecast->shares[slot][i] = sum;
        }
    }
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void draw_factors(struct forecast *forecast, const struct forecast_factors *factors)
{
    forecast->speed = 1;
    forecast->load = 1;
    if (forecast->input->today != NULL) {
        forecast->speed =
            exp(factors->speed_mean + factors->speed_sd * sim_random_normal(&forecast->random));
        forecast->load = sim_random_gamma(&forecast->random, factors->load_shape) *
                         factors->load_shape / factors->load_rate;
    }
}

enum err forecast_run(struct forecast *forecast, const struct forecast_input *input)
{
    struct forecast_factors factors = {0};
    assert(input->replications > 0 && input->replications <= forecast->replications_max);
    assert(input->probe_count <= FORECAST_PROBE_MAX);
    forecast->input = input;
    forecast->leg_count = input->state->leg_count;
    forecast->absent = forecast_history_absent(input->history);
    qsort(input->state->legs, (size_t)forecast->leg_count, sizeof input->state->legs[0], by_visit);
    line_set_hall(forecast->core, input->hall);
    sim_floor_init(&forecast->floor, forecast->core, input->hall);
    forecast->floor.serve = serve;
    forecast->floor.context = forecast;
    if (input->today != NULL) {
        int64_t local = input->state->now_ms + (int64_t)input->offset_s * 1000;
        forecast_factors_make(input->history, input->today,
                              local % (FORECAST_SLOT_COUNT * FORECAST_SLOT_MS), &factors);
    }
    gather_pairs(forecast);
    ask(forecast);
    enum err err = ERR_NONE;
    for (int r = 0; err == ERR_NONE && forecast->asked_count > 0 && r < input->replications; r++) {
        forecast->replication = r;
        sim_random_init(&forecast->random, input->seed, (uint64_t)r);
        draw_factors(forecast, &factors);
        err = play(forecast);
    }
    for (int i = 0; i < forecast->leg_count + input->probe_count; i++) {
        if (forecast->asked[i]) {
            qsort(&forecast->waits[i * forecast->replications_max], (size_t)input->replications,
                  sizeof(int32_t), by_value);
        }
    }
    return err;
}

int forecast_leg_count(const struct forecast *forecast)
{
    return forecast->leg_count;
}

const int32_t *forecast_samples(const struct forecast *forecast, int index)
{
    return forecast->asked[index] ? &forecast->waits[index * forecast->replications_max] : NULL;
}

int64_t forecast_quantile_ms(const struct forecast *forecast, int index, double p)
{
    const int32_t *sorted = forecast_samples(forecast, index);
    return sorted != NULL ? forecast_quantile_of(sorted, forecast->input->replications, p) : -1;
}

int64_t forecast_quantile_of(const int32_t *sorted, int count, double p)
{
    double rank = p * (count + 1) - 1; /* from 0 */
    int below = rank < 0 ? 0 : rank > count - 1 ? count - 1 : (int)rank;
    int above = below + 1 < count ? below + 1 : below;
    double part = rank < 0 ? 0 : rank - below;
    part = above == below ? 0 : part;
    if (sorted[below] == INT32_MAX || (part > 0 && sorted[above] == INT32_MAX)) {
        return -1;
    }
    return (int64_t)(sorted[below] + part * (sorted[above] - sorted[below]) + 0.5);
}

double forecast_share_late(const struct forecast *forecast, int service)
{
    const struct forecast_input *input = forecast->input;
    int64_t late = 0;
    int64_t all = 0;
    for (int i = 0; i < forecast->leg_count; i++) {
        const struct line_leg *leg = &input->state->legs[i];
        if (leg->service != service) {
            continue;
        }
        int64_t left = input->hall->services[service].target_wait_ms -
                       (input->state->now_ms - leg->entered_ms);
        const int32_t *waits = forecast_samples(forecast, i);
        for (int r = 0; r < input->replications; r++) {
            late += waits == NULL || waits[r] > left ? 1 : 0;
        }
        all += input->replications;
    }
    return all > 0 ? (double)late / (double)all : 0;
}
