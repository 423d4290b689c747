/* measure: see measure.h. Counts are one pass; for the quantiles the values are sorted by group
 * (class, service, or all in one) and size, so that each group is a slice in order. */
#include "measure.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum grouping { BY_ALL, BY_CLASS, BY_SERVICE };

struct value {
    int64_t value;
    int32_t group;
};

/* Room for one pass over the legs. */
struct work {
    const struct measure_leg *legs;
    size_t count;
    struct value *values; /* owned */
    int64_t *sorted;      /* owned */
    struct measure_result *result;
};

int64_t measure_quantile(const int64_t *sorted, size_t count, int percent)
{
    assert(count > 0);
    assert(percent >= 1 && percent <= 100);
    return sorted[(count * (size_t)percent + 99) / 100 - 1];
}

double measure_gini(const int64_t *sorted, size_t count)
{
    double n = (double)count;
    double sum = 0;
    double weighted = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)sorted[i];
        weighted += (2 * (double)(i + 1) - n - 1) * (double)sorted[i];
    }
    return sum > 0 ? weighted / (n * sum) : 0;
}

static struct measure_row *row_of(struct measure_result *result, enum grouping grouping, int group)
{
    switch (grouping) {
    case BY_CLASS:
        return &result->classes[group];
    case BY_SERVICE:
        return &result->services[group];
    case BY_ALL:
    default:
        return &result->all;
    }
}

static int group_of(enum grouping grouping, const struct measure_leg *leg)
{
    return grouping == BY_CLASS ? leg->cls : grouping == BY_SERVICE ? leg->service : 0;
}

/* ---- what is only counted ---- */

static void check_leg(const struct measure_leg *leg)
{
    assert(leg->service >= 0 && leg->service < HALL_SERVICE_MAX);
    assert(leg->cls >= 0 && leg->cls < HALL_CLASS_MAX);
    assert(leg->entered_ms >= 0);
    assert(leg->start_ms == MEASURE_UNKNOWN || leg->start_ms >= leg->entered_ms);
    assert(leg->served_ms == MEASURE_UNKNOWN || leg->served_ms >= leg->entered_ms);
    assert(leg->end_ms == MEASURE_UNKNOWN ||
           (leg->end_ms >= leg->entered_ms && leg->end_ms >= leg->served_ms));
    assert(leg->approver < MEASURE_PERSON_MAX && leg->clerk < MEASURE_PERSON_MAX);
}

static void count_leg(struct measure_row *row, const struct measure_leg *leg)
{
    bool targeted = leg->start_ms != MEASURE_UNKNOWN && leg->target_ms > 0;
    row->legs += 1;
    row->abandoned += leg->outcome == MEASURE_ABANDONED ? 1 : 0;
    row->no_show += leg->outcome == MEASURE_NO_SHOW ? 1 : 0;
    row->not_called += leg->outcome == MEASURE_NOT_CALLED ? 1 : 0;
    row->targeted += targeted ? 1 : 0;
    row->within += targeted && leg->start_ms - leg->entered_ms <= leg->target_ms ? 1 : 0;
    row->overtakes += leg->overtakes;
    row->max_overtakes = leg->overtakes > row->max_overtakes ? leg->overtakes : row->max_overtakes;
    row->overtaken += leg->overtakes > 0 ? 1 : 0;
    row->overtaking_calls += leg->overtook > 0 ? 1 : 0;
    row->mean_overtakes = (double)row->overtakes / (double)row->legs;
}

static void count_people(struct measure_result *result, const struct measure_leg *leg)
{
    result->urgent_calls += leg->urgent_calls;
    result->chosen_calls += leg->chosen_calls;
    if (leg->approver >= 0) {
        result->approvers[leg->approver] += leg->urgent_calls;
    }
    if (leg->clerk >= 0) {
        result->clerks[leg->clerk].urgent += leg->urgent_calls;
        result->clerks[leg->clerk].chosen += leg->chosen_calls;
    }
}

static void count_all(struct work *work)
{
    struct measure_result *result = work->result;
    for (size_t i = 0; i < work->count; i++) {
        const struct measure_leg *leg = &work->legs[i];
        check_leg(leg);
        count_leg(&result->all, leg);
        count_leg(&result->classes[leg->cls], leg);
        count_leg(&result->services[leg->service], leg);
        count_people(result, leg);
    }
}

/* ---- what needs an order ---- */

static void put_waits(struct measure_row *row, const int64_t *sorted, size_t count)
{
    row->n = (int64_t)count;
    for (size_t i = 0; i < count; i++) {
        row->sum_ms += sorted[i];
    }
    row->mean_ms = (double)row->sum_ms / (double)count;
    row->p50_ms = measure_quantile(sorted, count, 50);
    row->p90_ms = measure_quantile(sorted, count, 90);
    row->p95_ms = measure_quantile(sorted, count, 95);
    row->max_ms = sorted[count - 1];
}

static void put_displacements(struct measure_row *row, const int64_t *sorted, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += sorted[i];
    }
    row->displaced = (int64_t)count;
    row->displacement_mean_ms = (double)sum / (double)count;
    row->displacement_p95_ms = measure_quantile(sorted, count, 95);
    row->displacement_max_ms = sorted[count - 1];
}

static int compare_values(const void *a, const void *b)
{
    const struct value *x = a;
    const struct value *y = b;
    if (x->group != y->group) {
        return x->group < y->group ? -1 : 1;
    }
    return x->value < y->value ? -1 : x->value > y->value ? 1 : 0;
}

/* Waits (`fifo` false) or displacements of the legs that have one, in order; how many. */
static size_t sort_values(struct work *work, enum grouping grouping, bool fifo)
{
    size_t n = 0;
    for (size_t i = 0; i < work->count; i++) {
        const struct measure_leg *leg = &work->legs[i];
        int64_t from = fifo ? leg->fifo_start_ms : leg->entered_ms;
        if (leg->start_ms != MEASURE_UNKNOWN && from != MEASURE_UNKNOWN) {
            work->values[n++] =
                (struct value){.value = leg->start_ms - from, .group = group_of(grouping, leg)};
        }
    }
    qsort(work->values, n, sizeof *work->values, compare_values);
    for (size_t i = 0; i < n; i++) {
        work->sorted[i] = work->values[i].value;
    }
    return n;
}

static void fill_rows(struct work *work, enum grouping grouping, bool fifo)
{
    size_t n = sort_values(work, grouping, fifo);
    size_t from = 0;
    for (size_t i = 1; i <= n; i++) {
        if (i < n && work->values[i].group == work->values[from].group) {
            continue;
        }
        struct measure_row *row = row_of(work->result, grouping, work->values[from].group);
        (fifo ? put_displacements : put_waits)(row, work->sorted + from, i - from);
        from = i;
    }
    if (grouping == BY_ALL && !fifo) {
        work->result->gini = measure_gini(work->sorted, n);
    }
}

static void put_ratio(struct measure_row *row, const struct measure_row *ordinary)
{
    bool known = row->n > 0 && ordinary->sum_ms > 0;
    row->mean_ratio = known ? row->mean_ms / ordinary->mean_ms : MEASURE_UNKNOWN;
}

static void put_ratios(struct measure_result *result)
{
    const struct measure_row ordinary = result->classes[0];
    put_ratio(&result->all, &ordinary);
    for (int i = 0; i < HALL_CLASS_MAX; i++) {
        put_ratio(&result->classes[i], &ordinary);
    }
    for (int i = 0; i < HALL_SERVICE_MAX; i++) {
        put_ratio(&result->services[i], &ordinary);
    }
}

/* ---- discrimination ---- */

static void add_discrimination(struct measure_row *row, double value_ms)
{
    row->discriminated += 1;
    row->discrimination_mean_ms +=
        (value_ms - row->discrimination_mean_ms) / (double)row->discriminated;
}

static enum err fill_discrimination(struct work *work)
{
    struct measure_result *result = work->result;
    double *values = calloc(work->count + 1, sizeof *values);
    enum err err =
        values == NULL ? ERR_NO_MEMORY : measure_discrimination(work->legs, work->count, values);
    double squares = 0;
    for (size_t i = 0; err == ERR_NONE && i < work->count; i++) {
        const struct measure_leg *leg = &work->legs[i];
        if (leg->end_ms != MEASURE_UNKNOWN) {
            add_discrimination(&result->all, values[i]);
            add_discrimination(&result->classes[leg->cls], values[i]);
            add_discrimination(&result->services[leg->service], values[i]);
            result->discrimination_sum_ms += values[i];
            squares += values[i] * values[i];
        }
    }
    if (result->all.discriminated > 0) {
        result->discrimination_mean_square_ms2 = squares / (double)result->all.discriminated;
    }
    free(values);
    return err;
}

enum err measure_day(const struct measure_leg *legs, size_t count,
                     struct measure_result *ret_result)
{
    struct work work = {.legs = legs, .count = count, .result = ret_result};
    memset(ret_result, 0, sizeof *ret_result);
    work.values = calloc(count + 1, sizeof *work.values);
    work.sorted = calloc(count + 1, sizeof *work.sorted);
    enum err err = work.values == NULL || work.sorted == NULL ? ERR_NO_MEMORY : ERR_NONE;
    if (err == ERR_NONE) {
        count_all(&work);
        for (enum grouping grouping = BY_ALL; grouping <= BY_SERVICE; grouping++) {
            fill_rows(&work, grouping, false);
            fill_rows(&work, grouping, true);
        }
        put_ratios(ret_result);
        err = fill_discrimination(&work);
    }
    free(work.values);
    free(work.sorted);
    return err;
}
