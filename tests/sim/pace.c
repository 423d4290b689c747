/* pace: see pace.h. */
#include <math.h>
#include <string.h>

#include "pace.h"
#include "room.h"

#define SLOT_MINUTES 30
#define MINUTES 1440
#define OVER_PACE (2.0 / SLOT_MINUTES)
#define EFFECTS 2
/* A half hour's pace and usual state are drawn to those of the whole day as if this many minutes
 * more had been seen there; a day's factor to 1 as by so many numbers; an effect to 0 likewise.
 * Round numbers: half or twice of each changes the mean error by less than a percent. */
#define PRIOR_MINUTES 30
#define PRIOR_DAY 5
#define PRIOR_EFFECT 20
#define FIT_ROUNDS 8
/* As in forecast.h; and what is assumed of a spread that a single day cannot show. */
#define SPREAD_MIN 0.07
#define SPREAD_ASSUMED 0.25
#define DRIFT_MIN 0.05

/* What happened between two snapshots within one half hour. */
struct piece {
    int day, slot; /* day: position among the past ones */
    double minutes;
    int served;
    double state[EFFECTS];
};

struct pieces {
    struct piece *items; /* owned */
    size_t count, room;
};

struct pace {
    struct forecast_history *all;  /* owned; whatever was served */
    struct forecast_history *busy; /* owned; what was while people waited */
    struct pieces pieces;          /* these times */
    int days;
    double numbers[FORECAST_SLOT_COUNT]; /* a minute */
    double usual[FORECAST_SLOT_COUNT][EFFECTS];
    double effect[EFFECTS];
    double factor[FORECAST_DAY_MAX];
    double clump, spread, drift;
};

static int slot_of(double minute)
{
    int slot = (int)(minute / SLOT_MINUTES);
    return slot < FORECAST_SLOT_COUNT ? slot : FORECAST_SLOT_COUNT - 1;
}

/* How many wait and how many windows are open, so that an effect is a power of either. The numbers
 * added keep a queue that empties from mattering more than one that doubles. */
static void read_state(const struct snapshot *row, double ret_state[EFFECTS])
{
    ret_state[0] = log(row->waiting + 3);
    ret_state[1] = log(row->windows + 1);
}

/* Cuts the time from `row` to the next at the half hours; its numbers are spread evenly. */
static void cut(struct pieces *pieces, int day, const struct snapshot *row)
{
    double whole = row[1].minute - row[0].minute;
    int served = row[1].current > row[0].current ? row[1].current - row[0].current : 0;
    int done = 0;
    for (double at = row[0].minute; at < row[1].minute;) {
        int slot = slot_of(at);
        double end = fmin(row[1].minute, (slot + 1.0) * SLOT_MINUTES);
        int upto = (int)((end - row[0].minute) / whole * served + 0.5);
        pieces->items = grow(pieces->items, pieces->count, &pieces->room, sizeof pieces->items[0]);
        struct piece *piece = &pieces->items[pieces->count++];
        *piece =
            (struct piece){.day = day, .slot = slot, .minutes = end - at, .served = upto - done};
        read_state(row, piece->state);
        done = upto;
        at = end;
    }
}

static bool is_busy(const struct snapshot *row)
{
    return row[0].waiting > 0 && row[1].waiting > 0;
}

static void remember(struct forecast_history *history, const struct piece *piece)
{
    struct forecast_record record = {
        .day = piece->day, .slot = piece->slot, .busy_ms = -1, .called = true};
    for (int i = 0; i < piece->served; i++) {
        must(forecast_history_add(history, &record) == ERR_NONE, "no memory");
    }
}

/* Pace and usual state of each half hour. */
static void learn_usual(struct pace *pace)
{
    double minutes[FORECAST_SLOT_COUNT + 1] = {0};
    double states[FORECAST_SLOT_COUNT + 1][EFFECTS] = {{0}};
    int whole = FORECAST_SLOT_COUNT; /* the last of each is of the whole day */
    double served = 0;
    for (size_t i = 0; i < pace->pieces.count; i++) {
        const struct piece *piece = &pace->pieces.items[i];
        served += piece->served;
        minutes[piece->slot] += piece->minutes;
        minutes[whole] += piece->minutes;
        for (int e = 0; e < EFFECTS; e++) {
            states[piece->slot][e] += piece->minutes * piece->state[e];
            states[whole][e] += piece->minutes * piece->state[e];
        }
    }
    double prior = PRIOR_MINUTES;
    for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
        double seen =
            forecast_history_rate(pace->busy, slot, 0, 0) * forecast_history_days(pace->busy);
        pace->numbers[slot] = (seen + prior * served / minutes[whole]) / (minutes[slot] + prior);
        for (int e = 0; e < EFFECTS; e++) {
            pace->usual[slot][e] = (states[slot][e] + prior * states[whole][e] / minutes[whole]) /
                                   (minutes[slot] + prior);
        }
    }
}

/* What a state makes of the pace of a half hour. */
static double hurry(const struct pace *pace, int slot, const double state[EFFECTS])
{
    double sum = 0;
    for (int e = 0; e < EFFECTS; e++) {
        sum += pace->effect[e] * (state[e] - pace->usual[slot][e]);
    }
    return exp(sum);
}

static double expected(const struct pace *pace, const struct piece *piece)
{
    return pace->numbers[piece->slot] * piece->minutes * hurry(pace, piece->slot, piece->state);
}

static void fit_days(struct pace *pace)
{
    double served[FORECAST_DAY_MAX] = {0};
    double sum[FORECAST_DAY_MAX] = {0};
    for (size_t i = 0; i < pace->pieces.count; i++) {
        const struct piece *piece = &pace->pieces.items[i];
        served[piece->day] += piece->served;
        sum[piece->day] += expected(pace, piece);
    }
    for (int d = 0; d < pace->days; d++) {
        pace->factor[d] = (PRIOR_DAY + served[d]) / (PRIOR_DAY + sum[d]);
    }
}

/* One step of Newton's method for each effect; they hardly depend on each other. */
static void fit_effects(struct pace *pace)
{
    double slope[EFFECTS];
    double curve[EFFECTS];
    for (int e = 0; e < EFFECTS; e++) {
        slope[e] = -PRIOR_EFFECT * pace->effect[e];
        curve[e] = PRIOR_EFFECT;
    }
    for (size_t i = 0; i < pace->pieces.count; i++) {
        const struct piece *piece = &pace->pieces.items[i];
        double mean = pace->factor[piece->day] * expected(pace, piece);
        for (int e = 0; e < EFFECTS; e++) {
            double x = piece->state[e] - pace->usual[piece->slot][e];
            slope[e] += (piece->served - mean) * x;
            curve[e] += mean * x * x;
        }
    }
    for (int e = 0; e < EFFECTS; e++) {
        pace->effect[e] += slope[e] / curve[e];
    }
}

/* Variance by mean of the numbers of a half hour; at least that of chance. */
static double learn_clump(const struct pace *pace)
{
    double served[FORECAST_DAY_MAX][FORECAST_SLOT_COUNT] = {{0}};
    double means[FORECAST_DAY_MAX][FORECAST_SLOT_COUNT] = {{0}};
    for (size_t i = 0; i < pace->pieces.count; i++) {
        const struct piece *piece = &pace->pieces.items[i];
        served[piece->day][piece->slot] += piece->served;
        means[piece->day][piece->slot] += pace->factor[piece->day] * expected(pace, piece);
    }
    double sum = 0;
    int count = 0;
    for (int d = 0; d < pace->days; d++) {
        for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
            double mean = means[d][slot];
            if (mean > 0.5) { /* of less, a number more or less would be the whole sum */
                sum += (served[d][slot] - mean) * (served[d][slot] - mean) / mean;
                count += 1;
            }
        }
    }
    return count > 0 && sum > count ? sum / count : 1;
}

static double learn_spread(const struct pace *pace)
{
    double mean = 0;
    double squares = 0;
    for (int d = 0; d < pace->days; d++) {
        mean += pace->factor[d] / pace->days;
    }
    for (int d = 0; d < pace->days; d++) {
        squares += (pace->factor[d] - mean) * (pace->factor[d] - mean);
    }
    return pace->days > 1 ? fmax(SPREAD_MIN, sqrt(squares / (pace->days - 1))) : SPREAD_ASSUMED;
}

/* How much the halves of a day differ, less what they would by chance. */
static double learn_drift(const struct pace *pace)
{
    double whole[FORECAST_DAY_MAX] = {0};
    double sum[FORECAST_DAY_MAX][2] = {{0}};
    double served[FORECAST_DAY_MAX][2] = {{0}};
    for (size_t i = 0; i < pace->pieces.count; i++) {
        whole[pace->pieces.items[i].day] += expected(pace, &pace->pieces.items[i]);
    }
    for (size_t i = 0; i < pace->pieces.count; i++) {
        const struct piece *piece = &pace->pieces.items[i];
        int half = sum[piece->day][0] < whole[piece->day] / 2 ? 0 : 1;
        sum[piece->day][half] += expected(pace, piece);
        served[piece->day][half] += piece->served;
    }
    double squares = 0;
    for (int d = 0; d < pace->days; d++) {
        double before = served[d][0] + 1;
        double after = served[d][1] + 1;
        double change = log(after / (sum[d][1] + 1)) - log(before / (sum[d][0] + 1));
        squares += (change * change - pace->clump / before - pace->clump / after) / pace->days;
    }
    return squares > DRIFT_MIN * DRIFT_MIN ? sqrt(squares) : DRIFT_MIN;
}

/* Minutes from `minute` until so many numbers are served, at the paces of the half hours. */
static double walk(const double numbers[FORECAST_SLOT_COUNT], double minute, double due)
{
    double at = minute;
    for (int slot = slot_of(at); slot < FORECAST_SLOT_COUNT; slot++) {
        double end = (slot + 1.0) * SLOT_MINUTES;
        double here = numbers[slot] * (end - at);
        if (here >= due) {
            return at + due / numbers[slot] - minute;
        }
        due -= here;
        at = end;
    }
    return MINUTES - minute;
}

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

struct pace *pace_create(const struct hall *hall)
{
    struct pace *pace = calloc(1, sizeof *pace);
    must(pace != NULL, "no memory");
    pace->all = forecast_history_create(hall);
    pace->busy = forecast_history_create(hall);
    must(pace->all != NULL && pace->busy != NULL, "no memory");
    return pace;
}

void pace_destroy(struct pace *pace)
{
    forecast_history_destroy(pace->all);
    forecast_history_destroy(pace->busy);
    free(pace->pieces.items);
    free(pace);
}

void pace_add(struct pace *pace, const struct snapshot *rows, int count)
{
    if (pace->days == FORECAST_DAY_MAX) {
        return;
    }
    struct pieces pieces = {0};
    for (int i = 0; i + 1 < count; i++) {
        cut(&pieces, pace->days, &rows[i]);
        if (is_busy(&rows[i])) {
            cut(&pace->pieces, pace->days, &rows[i]);
        }
    }
    for (size_t i = 0; i < pieces.count; i++) {
        remember(pace->all, &pieces.items[i]);
    }
    free(pieces.items);
    pace->days += 1;
}

bool pace_end(struct pace *pace)
{
    for (size_t i = 0; i < pace->pieces.count; i++) {
        remember(pace->busy, &pace->pieces.items[i]);
    }
    must(forecast_history_end(pace->all) == ERR_NONE, "no memory");
    must(forecast_history_end(pace->busy) == ERR_NONE, "no memory");
    if (forecast_history_days(pace->busy) == 0) {
        return false;
    }
    learn_usual(pace);
    for (int round = 0; round < FIT_ROUNDS; round++) {
        fit_days(pace);
        fit_effects(pace);
    }
    fit_days(pace);
    pace->clump = learn_clump(pace);
    pace->spread = learn_spread(pace);
    pace->drift = learn_drift(pace);
    return true;
}

void pace_today_add(const struct pace *pace, struct pace_today *today, const struct snapshot *row)
{
    struct pieces pieces = {0};
    today->arrived += row[1].current - row[0].current;
    if (is_busy(row)) {
        cut(&pieces, 0, row);
    }
    for (size_t i = 0; i < pieces.count; i++) {
        today->served += pieces.items[i].served;
        today->expected += expected(pace, &pieces.items[i]);
    }
    free(pieces.items);
}

double pace_profile(const struct pace *pace, const struct pace_today *today,
                    const struct snapshot *now)
{
    struct forecast_today seen = {.arrived = today->arrived};
    struct forecast_factors factors;
    forecast_factors_make(pace->all, &seen, now->minute * INT64_C(60000), &factors);
    double factor = factors.load_shape / factors.load_rate;
    double numbers[FORECAST_SLOT_COUNT];
    for (int slot = 0; slot < FORECAST_SLOT_COUNT; slot++) {
        double mean = forecast_history_rate(pace->all, slot, 0, 0) / SLOT_MINUTES;
        numbers[slot] = factor * fmax(mean, OVER_PACE);
    }
    return walk(numbers, now->minute, now->waiting + 1);
}

void pace_foresee(const struct pace *pace, const struct pace_today *today,
                  const struct snapshot *now, struct sim_random *random, int32_t *samples,
                  int count)
{
    struct forecast_factors factors;
    forecast_factors_count(pace->spread, today->served / pace->clump, today->expected / pace->clump,
                           &factors);
    double state[EFFECTS];
    read_state(now, state);
    double numbers = (now->waiting + 1) / hurry(pace, slot_of(now->minute), state);
    double clumps = (now->waiting + 1) / pace->clump;
    for (int r = 0; r < count; r++) {
        double factor = factors.load_shape / factors.load_rate *
                        sim_random_gamma(random, factors.load_shape) *
                        exp(pace->drift * sim_random_normal(random));
        double due = numbers * sim_random_gamma(random, clumps) / factor;
        samples[r] = (int32_t)(walk(pace->numbers, now->minute, due) * 60000);
    }
    qsort(samples, (size_t)count, sizeof samples[0], compare);
}
