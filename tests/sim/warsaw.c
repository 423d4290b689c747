/* warsaw: how good the forecast's method is for real queues.
 *
 * usage: warsaw FILE.csv [SCORED.csv]
 *
 * FILE holds snapshots, about every five minutes, of ticket queues in district offices of Warsaw
 * (warsaw.LICENCE.md). At each with three or more waiting it is asked when the number called will
 * have reached the current one + waiting + 1, the ticket of who comes now. With one file each day
 * is scored by what all its other days tell of that queue; with two, the days of SCORED by those of
 * FILE. Of the day itself only what lies before the snapshot is known.
 *
 * The truth is read between the two snapshots around it, along a straight line. Tickets that were
 * not reached on their day have no truth and are left out, for every method; they are counted. So
 * are queues without another day.
 *
 * board     what the office itself showed: waiting x its minutes a person / open windows.
 * trailing  at the pace since the snapshot 45 minutes ago; since opening when nobody was called in
 *           these; else as the board.
 * profile   numbers a half hour on the mean past day x the day's factor (pace.h).
 * forecast  as that, of busy time, with what hurries an office and how much days vary (pace.h).
 *           Nothing was fitted to the day that is scored.
 *
 * Prints one JSON object. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pace.h"
#include "room.h"
#include "score.h"

#define HEADER "queue,date,minute_of_day,waiting,windows,current_no,posted_service_min"
#define NAME_SIZE 40
#define DATE_SIZE 11
#define OFFICE_DAY_MAX 1000 /* queues x dates of both files: years of one, weeks of many */
#define QUEUE_MAX 64
#define NUMBER_MAX 100000 /* what a ticket, a queue or a number of windows stays below */
#define MINUTES 1440
#define ASKED_FROM 3 /* waiting */
#define TRAILING_MINUTES 45
#define REPLICATIONS 400

enum way { WAY_BOARD, WAY_TRAILING, WAY_PROFILE, WAY_FORECAST, WAY_COUNT };
static const char *const WAY_NAMES[] = {"board", "trailing", "profile", "forecast"};

struct office_day {
    char queue[NAME_SIZE];
    char date[DATE_SIZE];
    const struct snapshot *rows;
    size_t first; /* in its file */
    int count;
    bool past, scored;
};

struct tally {
    double *errors; /* absolute, minutes */
    size_t count, room;
    double bias;
};

struct trial {
    struct snapshot *rows[2];
    struct office_day days[OFFICE_DAY_MAX];
    int day_count;
    const char *queues[QUEUE_MAX];
    int queue_count;
    struct hall hall; /* one service, one class: a number is a number */
    struct tally ways[WAY_COUNT];
    struct tally by_queue[QUEUE_MAX];
    struct score score, score_by_queue[QUEUE_MAX];
    struct sim_random random;
    int32_t samples[REPLICATIONS];
    int days_scored, not_reached, unknown;
};

/* ---- the file ---- */

static bool is_sane(const struct snapshot *row)
{
    return row->minute >= 0 && row->minute < MINUTES && row->waiting >= 0 &&
           row->waiting < NUMBER_MAX && row->windows >= 0 && row->windows < NUMBER_MAX &&
           row->current >= 0 && row->current < NUMBER_MAX && row->posted >= 0 &&
           row->posted < NUMBER_MAX;
}

/* Rows of a day stand together, in order of time. */
static struct office_day *day_of(struct trial *trial, const char *queue, const char *date,
                                 size_t index, bool starts_file)
{
    struct office_day *day = &trial->days[trial->day_count > 0 ? trial->day_count - 1 : 0];
    if (starts_file || strcmp(day->queue, queue) != 0 || strcmp(day->date, date) != 0) {
        must(trial->day_count < OFFICE_DAY_MAX, "too many days");
        day = &trial->days[trial->day_count++];
        *day = (struct office_day){.first = index};
        (void)snprintf(day->queue, sizeof day->queue, "%s", queue);
        (void)snprintf(day->date, sizeof day->date, "%s", date);
    }
    return day;
}

static void read_file(struct trial *trial, const char *name, int which, bool past, bool scored)
{
    char line[200];
    char queue[NAME_SIZE];
    char date[DATE_SIZE];
    FILE *file = fopen(name, "r");
    must(file != NULL && fgets(line, sizeof line, file) != NULL, "cannot read");
    must(strncmp(line, HEADER, strlen(HEADER)) == 0, "not the columns that were expected");
    size_t count = 0;
    size_t room = 0;
    int first_day = trial->day_count;
    while (fgets(line, sizeof line, file) != NULL) {
        struct snapshot row;
        int fields = sscanf(line, "%39[^,],%10[^,],%d,%d,%d,%d,%d", queue, date, &row.minute,
                            &row.waiting, &row.windows, &row.current, &row.posted);
        must(fields == 7 && is_sane(&row), line);
        struct office_day *day = day_of(trial, queue, date, count, count == 0);
        trial->rows[which] = grow(trial->rows[which], count, &room, sizeof row);
        must(day->count == 0 || trial->rows[which][count - 1].minute < row.minute,
             "not in order of time");
        trial->rows[which][count++] = row;
        day->count += 1;
        day->past = past;
        day->scored = scored;
    }
    fclose(file);
    for (int d = first_day; d < trial->day_count; d++) {
        trial->days[d].rows = &trial->rows[which][trial->days[d].first];
    }
}

/* ---- the guesses ---- */

/* What the other days tell of a queue; NULL when that is nothing. */
static struct pace *learn(const struct trial *trial, const struct office_day *scored)
{
    struct pace *pace = pace_create(&trial->hall);
    for (int d = 0; d < trial->day_count; d++) {
        const struct office_day *day = &trial->days[d];
        if (day->past && strcmp(day->queue, scored->queue) == 0 &&
            strcmp(day->date, scored->date) != 0) {
            pace_add(pace, day->rows, day->count);
        }
    }
    if (!pace_end(pace)) {
        pace_destroy(pace);
        return NULL;
    }
    return pace;
}

static double guess_board(const struct snapshot *now)
{
    return (double)now->waiting * now->posted / (now->windows > 0 ? now->windows : 1);
}

static double guess_trailing(const struct office_day *day, int index)
{
    const struct snapshot *now = &day->rows[index];
    int then = index;
    while (then > 0 && now->minute - day->rows[then].minute < TRAILING_MINUTES) {
        then -= 1;
    }
    then = now->current > day->rows[then].current ? then : 0;
    int served = now->current - day->rows[then].current;
    return served > 0 ? (now->waiting + 1.0) * (now->minute - day->rows[then].minute) / served
                      : guess_board(now);
}

/* ---- the scores ---- */

static void count(struct tally *tally, double guess, double truth)
{
    tally->errors = grow(tally->errors, tally->count, &tally->room, sizeof tally->errors[0]);
    tally->errors[tally->count++] = fabs(guess - truth);
    tally->bias += guess - truth;
}

/* Minutes until the number is reached; -1 when it is not, on that day. */
static double truth_of(const struct office_day *day, int index)
{
    const struct snapshot *now = &day->rows[index];
    int target = now->current + now->waiting + 1;
    for (int i = index + 1; i < day->count; i++) {
        const struct snapshot *row = &day->rows[i - 1];
        if (row[1].current >= target) {
            double part = (double)(target - row[0].current) / (row[1].current - row[0].current);
            return row[0].minute + part * (row[1].minute - row[0].minute) - now->minute;
        }
    }
    return -1;
}

static int queue_of(struct trial *trial, const char *name)
{
    for (int q = 0; q < trial->queue_count; q++) {
        if (strcmp(trial->queues[q], name) == 0) {
            return q;
        }
    }
    must(trial->queue_count < QUEUE_MAX, "too many queues");
    trial->queues[trial->queue_count] = name;
    return trial->queue_count++;
}

static void ask(struct trial *trial, const struct pace *pace, const struct pace_today *today,
                const struct office_day *day, int index)
{
    double truth = truth_of(day, index);
    if (truth < 0) {
        trial->not_reached += 1;
        return;
    }
    const struct snapshot *now = &day->rows[index];
    pace_foresee(pace, today, now, &trial->random, trial->samples, REPLICATIONS);
    double quantiles[LEVEL_COUNT];
    for (int level = 0; level < LEVEL_COUNT; level++) {
        quantiles[level] =
            (double)forecast_quantile_of(trial->samples, REPLICATIONS, LEVELS[level]);
    }
    double median = quantiles[LEVEL_COUNT / 2] / 60000;
    count(&trial->ways[WAY_BOARD], guess_board(now), truth);
    count(&trial->ways[WAY_TRAILING], guess_trailing(day, index), truth);
    count(&trial->ways[WAY_PROFILE], pace_profile(pace, today, now), truth);
    count(&trial->ways[WAY_FORECAST], median, truth);
    int queue = queue_of(trial, day->queue);
    count(&trial->by_queue[queue], median, truth);
    score_add(&trial->score, quantiles, trial->samples, REPLICATIONS, truth * 60000);
    score_add(&trial->score_by_queue[queue], quantiles, trial->samples, REPLICATIONS,
              truth * 60000);
}

static void play(struct trial *trial, const struct office_day *day)
{
    struct pace *pace = learn(trial, day);
    if (pace == NULL) {
        trial->unknown += 1;
        return;
    }
    trial->days_scored += 1;
    struct pace_today today = {0};
    for (int i = 0; i < day->count; i++) {
        if (i > 0) {
            pace_today_add(pace, &today, &day->rows[i - 1]);
        }
        if (day->rows[i].waiting >= ASKED_FROM) {
            ask(trial, pace, &today, day, i);
        }
    }
    pace_destroy(pace);
}

static int compare_errors(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Members of an object, without its braces. */
static void print(struct tally *tally)
{
    qsort(tally->errors, tally->count, sizeof tally->errors[0], compare_errors);
    double n = (double)tally->count;
    double sum = 0;
    int near = 0;
    for (size_t i = 0; i < tally->count; i++) {
        sum += tally->errors[i];
        near += tally->errors[i] <= 15 ? 1 : 0;
    }
    double median = (tally->errors[(tally->count - 1) / 2] + tally->errors[tally->count / 2]) / 2;
    printf("\"n\":%zu,\"mae_min\":%.2f,\"median_min\":%.2f,\"within_15_min\":%.4f,"
           "\"bias_min\":%.2f",
           tally->count, sum / n, median, near / n, tally->bias / n);
    free(tally->errors);
}

static void print_all(struct trial *trial)
{
    must(trial->score.n > 0, "nothing to score");
    printf("{\"days\":%d,\"days_of_unknown_queues\":%d,\"not_reached\":%d", trial->days_scored,
           trial->unknown, trial->not_reached);
    for (int way = 0; way < WAY_COUNT; way++) {
        printf(",\"%s\":{", WAY_NAMES[way]);
        print(&trial->ways[way]);
        printf("%s", way == WAY_FORECAST ? "," : "}");
    }
    score_print(&trial->score);
    printf(",\"queues\":{");
    for (int q = 0; q < trial->queue_count; q++) {
        printf("%s\"%s\":{", q > 0 ? "," : "", trial->queues[q]);
        print(&trial->by_queue[q]);
        printf(",");
        score_print(&trial->score_by_queue[q]);
        printf("}");
    }
    printf("}}}\n");
}

int main(int argc, char **argv)
{
    static struct trial trial;
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: warsaw FILE.csv [SCORED.csv]\n");
        return 2;
    }
    hall_set_defaults(&trial.hall);
    trial.hall.service_count = 1;
    trial.hall.services[0].expected_service_ms = 60000; /* durations are not asked for */
    sim_random_init(&trial.random, 1, 0);
    read_file(&trial, argv[1], 0, true, argc == 2);
    if (argc == 3) {
        read_file(&trial, argv[2], 1, false, true);
    }
    for (int d = 0; d < trial.day_count; d++) {
        if (trial.days[d].scored) {
            play(&trial, &trial.days[d]);
        }
    }
    print_all(&trial);
    free(trial.rows[0]);
    free(trial.rows[1]);
    return 0;
}
