/* hall_a: how good the forecast is, in a hall whose truth is known.
 *
 * usage: hall_a DAYS REPLICATIONS EVERY known|unknown|blind [SEED]
 *
 * "Hall A" of tests/sim/oracles.json at load 1 under the default policy; 4 % of calls are not
 * answered, cost 40 s, and those people are gone. 20 days make the history; then at every EVERY-th
 * arrival of DAYS other days that has to wait, the forecast says what it thinks, and the day goes
 * on and tells the truth. Factors of speed (standard deviation 0.15) and arrivals (0.20) change
 * from day to day with "unknown" and "blind"; with "blind" the forecast does not look for them,
 * with "known" there are none. Beside it stand four simpler ways to guess: rank and people times
 * the mean duration over the windows, the wait of the one called last, and that of the head of the
 * line.
 *
 * Prints one JSON object: for each way the mean absolute error in minutes, for the forecast also
 * what else a forecast is judged by; each also for the priority classes alone. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "forecast.h"
#include "score.h"
#include "sim_floor.h"
#include "sim_random.h"

#define SERVICES 3
#define CLASSES 6
#define HOURS 8
#define HOUR_MS 3600000
#define OPEN_MS (INT64_C(20780) * 86400000 + 9 * HOUR_MS) /* 09:00 */
#define PEOPLE_MAX 2000
#define ABSENT_SHARE 0.04
#define ABSENT_MS 40000

static const double PROFILE[HOURS] = {0.8, 1.25, 1.3, 1.0, 0.7, 1.05, 1.1, 0.8};
static const double SHARES[SERVICES] = {0.6, 0.25, 0.15};
static const double MEANS_S[SERVICES] = {300, 660, 540};
static const double SPREADS[SERVICES] = {0.9, 0.8, 0.8};
/* In the order of the hall's classes: ordinary, elderly, child, disabled, pregnant, vip. */
static const double MIX[CLASSES] = {0.78, 0.12, 0.03, 0.015, 0.015, 0.04};

enum way { WAY_FORECAST, WAY_RANK, WAY_PEOPLE, WAY_LAST, WAY_HEAD, WAY_COUNT };
static const char *const WAY_NAMES[] = {"forecast", "rank", "people", "les", "hol"};

struct person {
    int64_t at_ms, busy_ms, called_ms;
    int16_t service, cls;
    bool absent, asked;
    double guess_ms[WAY_COUNT];
    double quantile_ms[LEVEL_COUNT];
};

struct tally {
    int64_t n, near;
    double error[WAY_COUNT], square, bias;
    struct score score;
};

struct trial {
    struct hall hall;
    struct core *core;
    struct sim_floor floor;
    struct sim_random random;
    struct forecast_history *history;
    struct forecast *forecast;
    struct forecast_today today;
    struct line_state state;
    struct person people[PEOPLE_MAX];
    int32_t *samples; /* of each person asked about */
    int32_t at_slot[PEOPLE_MAX];
    int count;
    int replications, every;
    bool factors, looks;
    int64_t last_ms[SERVICES][2]; /* wait of the one called last, ordinary and others; -1 none */
    int32_t at_window[HALL_WINDOW_MAX];
    int64_t since_ms[HALL_WINDOW_MAX];
    struct tally all, priority;
    double seconds;
    int64_t legs;
};

static void make_hall(struct hall *hall)
{
    static const int able[6][3] = {{0, -1, -1}, {0, -1, -1}, {0, 1, -1},
                                   {0, 1, -1},  {1, 2, -1},  {2, 0, -1}};
    memset(hall, 0, sizeof *hall);
    hall_set_defaults(hall);
    hall->service_count = SERVICES;
    hall->window_count = 6;
    for (int s = 0; s < SERVICES; s++) {
        (void)snprintf(hall->services[s].code, HALL_CODE_SIZE, "s%d", s);
        hall->services[s].expected_service_ms = (int64_t)(MEANS_S[s] * 1000);
        hall->services[s].target_wait_ms = 900000;
    }
    for (int w = 0; w < 6; w++) {
        hall->windows[w].no = w + 1;
        hall->windows[w].zone = -1;
        for (int i = 0; i < 3 && able[w][i] >= 0; i++) {
            hall->windows[w].services[i] =
                (struct hall_window_service){.service = (int16_t)able[w][i]};
            hall->windows[w].service_count = i + 1;
        }
    }
    hall->windows[5].services[1].tier = HALL_TIER_BACKUP;
    hall->windows[5].services[1].after_ms = 1200000;
}

static int draw(struct sim_random *random, const double *shares, int count)
{
    double u = sim_random_unit(random);
    int i = 0;
    for (; i < count - 1 && u >= shares[i]; i++) {
        u -= shares[i];
    }
    return i;
}

static void make_people(struct trial *trial)
{
    double speed = trial->factors ? exp(0.15 * sim_random_normal(&trial->random)) : 1;
    double load = trial->factors ? sim_random_gamma(&trial->random, 1 / (0.2 * 0.2)) : 1;
    trial->count = 0;
    for (int hour = 0; hour < HOURS; hour++) {
        double rate = 44 * PROFILE[hour] * load / HOUR_MS;
        double at = sim_random_exp(&trial->random) / rate;
        for (; at < HOUR_MS && trial->count < PEOPLE_MAX;
             at += sim_random_exp(&trial->random) / rate) {
            struct person *person = &trial->people[trial->count++];
            memset(person, 0, sizeof *person);
            person->at_ms = OPEN_MS + (int64_t)hour * HOUR_MS + (int64_t)at;
            person->service = (int16_t)draw(&trial->random, SHARES, SERVICES);
            person->cls = (int16_t)draw(&trial->random, MIX, CLASSES);
            struct sim_time time = {.dist = SIM_LOGNORMAL,
                                    .mean_ms = MEANS_S[person->service] * 1000,
                                    .cv = SPREADS[person->service]};
            person->busy_ms = (int64_t)((double)sim_random_time(&trial->random, &time) * speed);
            person->absent = sim_random_unit(&trial->random) < ABSENT_SHARE;
        }
    }
}

static struct forecast_record record_of(const struct person *person, int day)
{
    return (struct forecast_record){
        .day = day,
        .service = person->service,
        .cls = person->cls,
        .slot = (int)(person->at_ms / FORECAST_SLOT_MS % FORECAST_SLOT_COUNT),
        .busy_ms = person->absent ? -1 : person->busy_ms,
        .called = true,
        .absent = person->absent};
}

static void learn(struct trial *trial)
{
    for (int day = 0; day < FORECAST_DAY_MAX; day++) {
        make_people(trial);
        for (int i = 0; i < trial->count; i++) {
            struct forecast_record record = record_of(&trial->people[i], day);
            if (forecast_history_add(trial->history, &record) != ERR_NONE) {
                exit(1);
            }
        }
    }
    if (forecast_history_end(trial->history) != ERR_NONE) {
        exit(1);
    }
}

/* ---- one day ---- */

static int64_t serve(void *context, int window, int32_t leg)
{
    struct trial *trial = context;
    struct person *person = &trial->people[trial->at_slot[leg]];
    person->called_ms = trial->floor.now_ms;
    trial->last_ms[person->service][person->cls != 0] = person->called_ms - person->at_ms;
    trial->at_window[window] = trial->at_slot[leg];
    trial->since_ms[window] = person->called_ms;
    return person->absent ? ABSENT_MS : person->busy_ms;
}

static void read_windows(struct trial *trial)
{
    for (int w = 0; w < trial->hall.window_count; w++) {
        struct line_window *window = &trial->state.windows[w];
        bool busy = trial->floor.ends_ms[w] != SIM_NEVER;
        *window = (struct line_window){.state = busy ? CORE_WINDOW_SERVING : CORE_WINDOW_OPEN,
                                       .service = busy ? trial->people[trial->at_window[w]].service
                                                       : (int16_t)-1,
                                       .since_ms = busy ? trial->since_ms[w] : 0,
                                       .idle_ms = trial->floor.idle_ms[w]};
    }
}

static void guess_simply(struct trial *trial, struct person *person)
{
    int64_t now_ms = trial->floor.now_ms;
    int people = 1;
    int rank = 1;
    int64_t oldest = now_ms;
    for (int i = 0; i < trial->state.leg_count; i++) {
        const struct line_leg *leg = &trial->state.legs[i];
        const struct hall_class *cls = &trial->hall.classes[leg->cls];
        bool self = leg->base_ms == person->at_ms && leg->cls == person->cls;
        if (leg->service != person->service || self) {
            continue;
        }
        people += 1;
        oldest = leg->base_ms < oldest ? leg->base_ms : oldest;
        int64_t points = 1000 * cls->head_ms + cls->rate_pm * (now_ms - leg->base_ms);
        rank += points >= 1000 * trial->hall.classes[person->cls].head_ms ? 1 : 0;
    }
    int windows = person->service == 0 ? 4 : person->service == 1 ? 3 : 2;
    double mean = forecast_history_mean_ms(trial->history, person->service);
    int64_t last = trial->last_ms[person->service][person->cls != 0];
    person->guess_ms[WAY_RANK] = rank * mean / windows;
    person->guess_ms[WAY_PEOPLE] = people * mean / windows;
    person->guess_ms[WAY_LAST] = last < 0 ? 0 : (double)last;
    person->guess_ms[WAY_HEAD] = (double)(now_ms - oldest);
}

static double now_seconds(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void ask(struct trial *trial, int index)
{
    struct person *person = &trial->people[index];
    if (!line_read(trial->core, trial->floor.now_ms, &trial->state)) {
        exit(1);
    }
    read_windows(trial);
    guess_simply(trial, person);
    struct forecast_input input = {.hall = &trial->hall,
                                   .history = trial->history,
                                   .today = trial->looks ? &trial->today : NULL,
                                   .state = &trial->state,
                                   .seed = (uint64_t)person->at_ms,
                                   .replications = trial->replications,
                                   .open_window = -1,
                                   .absent_ms = ABSENT_MS};
    double before = now_seconds();
    if (forecast_run(trial->forecast, &input) != ERR_NONE) {
        exit(1);
    }
    trial->seconds += now_seconds() - before;
    trial->legs += trial->state.leg_count;
    for (int i = 0; i < trial->state.leg_count; i++) {
        const struct line_leg *leg = &trial->state.legs[i];
        if (trial->at_slot[leg->visit] != index) {
            continue;
        }
        for (int level = 0; level < LEVEL_COUNT; level++) {
            person->quantile_ms[level] =
                (double)forecast_quantile_ms(trial->forecast, i, LEVELS[level]);
        }
        person->guess_ms[WAY_FORECAST] = person->quantile_ms[2];
        person->asked = true;
        memcpy(&trial->samples[(size_t)index * (size_t)trial->replications],
               forecast_samples(trial->forecast, i), (size_t)trial->replications * sizeof(int32_t));
    }
}

static void arrive(struct trial *trial, int index)
{
    struct person *person = &trial->people[index];
    int32_t slot = line_arrive(trial->core, person->service, person->cls, person->at_ms);
    trial->at_slot[slot] = index;
    trial->today.arrived += 1;
    if (trial->floor.free_count > 0) {
        sim_floor_dispatch(&trial->floor);
    }
    if (line_is_waiting(trial->core, slot) && index % trial->every == 0) {
        ask(trial, index);
    }
}

static void count(const struct trial *trial, struct tally *tally, const struct person *person)
{
    double wait = (double)(person->called_ms - person->at_ms);
    tally->n += 1;
    for (int way = 0; way < WAY_COUNT; way++) {
        tally->error[way] += fabs(person->guess_ms[way] - wait);
    }
    double off = person->guess_ms[WAY_FORECAST] - wait;
    tally->square += off * off;
    tally->bias += off;
    tally->near += fabs(off) <= 300000 ? 1 : 0;
    size_t index = (size_t)(person - trial->people);
    score_add(&tally->score, person->quantile_ms,
              &trial->samples[index * (size_t)trial->replications], trial->replications, wait);
}

static void run_day(struct trial *trial)
{
    make_people(trial);
    line_reset(trial->core);
    sim_floor_begin(&trial->floor, OPEN_MS);
    memset(&trial->today, 0, sizeof trial->today);
    memset(trial->last_ms, -1, sizeof trial->last_ms);
    for (int next = 0;;) {
        int64_t at;
        int window = 0;
        enum sim_floor_what what = sim_floor_next(&trial->floor, &at, &window);
        if (next < trial->count && trial->people[next].at_ms < at) {
            trial->floor.now_ms = trial->people[next].at_ms;
            arrive(trial, next++);
        } else if (what == SIM_FLOOR_NOTHING) {
            break;
        } else {
            trial->floor.now_ms = at;
            const struct person *ended = &trial->people[trial->at_window[window < 0 ? 0 : window]];
            if (what == SIM_FLOOR_END && !ended->absent) {
                struct forecast_record record = record_of(ended, 0);
                record.slot = -1;
                forecast_today_add(trial->history, &trial->today, &record);
            }
            sim_floor_do(&trial->floor, what, window);
        }
    }
    for (int i = 0; i < trial->count; i++) {
        if (trial->people[i].asked) {
            count(trial, &trial->all, &trial->people[i]);
            if (trial->people[i].cls != 0) {
                count(trial, &trial->priority, &trial->people[i]);
            }
        }
    }
}

static void print(const char *name, const struct tally *tally, const char *end)
{
    double n = (double)tally->n;
    printf("\"%s\":{\"n\":%lld,\"mae_min\":{", name, (long long)tally->n);
    for (int way = 0; way < WAY_COUNT; way++) {
        printf("%s\"%s\":%.3f", way > 0 ? "," : "", WAY_NAMES[way], tally->error[way] / n / 60000);
    }
    printf("},\"rmse_min\":%.3f,\"bias_min\":%.3f,\"within_5_min\":%.3f,",
           sqrt(tally->square / n) / 60000, tally->bias / n / 60000, (double)tally->near / n);
    score_print(&tally->score);
    printf("}%s", end);
}

int main(int argc, char **argv)
{
    static struct trial trial;
    struct core_limits limits = {.visit_max = PEOPLE_MAX};
    if (argc < 5) {
        fprintf(stderr, "usage: hall_a DAYS REPLICATIONS EVERY known|unknown|blind [SEED]\n");
        return 2;
    }
    long days = strtol(argv[1], NULL, 10);
    trial.replications = (int)strtol(argv[2], NULL, 10);
    trial.every = (int)strtol(argv[3], NULL, 10);
    trial.factors = strcmp(argv[4], "known") != 0;
    trial.looks = strcmp(argv[4], "unknown") == 0;
    make_hall(&trial.hall);
    sim_random_init(&trial.random, argc > 5 ? strtoull(argv[5], NULL, 10) : 1, 0);
    trial.core = core_create(&limits, &trial.hall);
    trial.history = forecast_history_create(&trial.hall);
    trial.forecast = forecast_create(trial.replications, &trial.hall);
    trial.samples = calloc((size_t)PEOPLE_MAX * (size_t)trial.replications, sizeof(int32_t));
    if (trial.samples == NULL || trial.core == NULL || trial.history == NULL ||
        trial.forecast == NULL) {
        return 1;
    }
    sim_floor_init(&trial.floor, trial.core, &trial.hall);
    trial.floor.serve = serve;
    trial.floor.context = &trial;
    learn(&trial);
    for (long day = 0; day < days; day++) {
        run_day(&trial);
    }
    printf("{\"days\":%ld,\"replications\":%d,\"every\":%d,\"day\":\"%s\",", days,
           trial.replications, trial.every, argv[4]);
    print("all", &trial.all, ",");
    print("priority", &trial.priority, ",");
    printf("\"ms_per_forecast\":%.2f,\"waiting_mean\":%.1f}\n",
           trial.seconds * 1000 / (double)trial.all.n, (double)trial.legs / (double)trial.all.n);
    forecast_destroy(trial.forecast);
    forecast_history_destroy(trial.history);
    core_destroy(trial.core);
    free(trial.samples);
    return 0;
}
