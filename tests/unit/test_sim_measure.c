/* test_sim_measure: cases played and measured: the exact measures that come with the call traces
 * (tests/sim/traces.json), and what a case of a recorded day has beyond those: windows that close
 * and open again, calls given up after their own time, returns. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "fixture.h"
#include "sim_day.h"
#include "wire_trace.h"

#define TRACES "tests/sim/traces.json"
#define ok(expression) assert_int_equal((expression), ERR_NONE)
#define MINUTE 60000

static struct measure_result result; /* large */

/* ---- the traces ---- */

/* Their numbers are printed to a thousandth. */
static void same(const json_t *object, const char *name, double value)
{
    const json_t *member = json_object_get(object, name);
    assert_true(json_is_number(member));
    assert_true(fabs(json_number_value(member) - value) <= 0.0005 + 1e-6);
}

static void same_row(const json_t *expected, const struct measure_row *row)
{
    same(expected, "n", (double)row->n);
    same(expected, "mean_ms", row->mean_ms);
    same(expected, "p50_ms", (double)row->p50_ms);
    same(expected, "p90_ms", (double)row->p90_ms);
    same(expected, "max_ms", (double)row->max_ms);
}

static void same_classes(const json_t *metrics, const struct hall *hall)
{
    const char *code;
    json_t *expected;
    json_t *means = json_object_get(json_object_get(metrics, "raqfm"), "mean_by_class_ms");
    assert_int_equal(json_object_size(means), 5);
    json_object_foreach(json_object_get(metrics, "by_class"), code, expected)
    {
        const struct measure_row *row = &result.classes[hall_find_class(hall, code)];
        same_row(expected, row);
        same(means, code, row->discrimination_mean_ms);
    }
}

static void same_metrics(const json_t *metrics, const struct hall *hall)
{
    const json_t *overtakes = json_object_get(metrics, "overtakes");
    const json_t *displacement = json_object_get(metrics, "displacement_vs_fifo_ordinary");
    const json_t *raqfm = json_object_get(metrics, "raqfm");
    double gini = json_real_value(json_object_get(metrics, "gini"));
    same_classes(metrics, hall);
    same_row(json_object_get(metrics, "overall"), &result.all);
    same(json_object_get(metrics, "overall"), "sum_ms", (double)result.all.sum_ms);
    assert_true(fabs(gini - result.gini) <= 0.5e-9);
    same(overtakes, "total", (double)result.all.overtakes);
    same(overtakes, "max", (double)result.all.max_overtakes);
    same(overtakes, "tickets_overtaken", (double)result.all.overtaken);
    same(overtakes, "calls_that_overtook", (double)result.all.overtaking_calls);
    same(displacement, "mean_ms", result.classes[0].displacement_mean_ms);
    same(displacement, "max_ms", (double)result.classes[0].displacement_max_ms);
    same(raqfm, "sum", result.discrimination_sum_ms);
    same(raqfm, "mean_sq_ms2", result.discrimination_mean_square_ms2);
}

static void read_trace(const json_t *item, struct sim_case *play)
{
    struct wire_problem problem;
    char *text = json_dumps(item, JSON_COMPACT);
    wire_problem_init(&problem, ERR_NONE);
    ok(wire_trace_read(text, strlen(text), play, &problem));
    free(text);
}

static void measure_trace(const json_t *item)
{
    static struct sim_case play;
    read_trace(item, &play);
    ok(sim_measure(&play, &result));
    same_metrics(json_object_get(item, "metrics"), &play.hall);
    sim_case_fini(&play);
}

static void test_traces(void **state)
{
    (void)state;
    json_t *root = json_load_file(TRACES, 0, NULL);
    assert_non_null(root);
    size_t at;
    json_t *item;
    int measured = 0;
    json_array_foreach(json_object_get(root, "cases"), at, item)
    {
        if (json_object_get(item, "metrics") != NULL) {
            measure_trace(item);
            measured += 1;
        }
    }
    assert_int_equal(measured, 4);
    json_decref(root);
}

/* ---- a case played is a day recorded ---- */

struct recorder {
    struct core *core; /* replays beside */
    struct sim_day *day;
};

static void record_event(void *context, const struct event *event)
{
    struct recorder *recorder = context;
    if (recorder->day == NULL) {
        recorder->day = sim_day_create(event->day * 24LL * 3600 * 1000);
        assert_non_null(recorder->day);
    }
    ok(sim_day_take(recorder->day, recorder->core, event));
    ok(core_replay(recorder->core, event));
}

/* Plays the case and reads its events as those of a recorded day, of which a case is made again:
 * the day as it was, that case, and the one it came from must measure alike, and the chooser asked
 * again must choose the same. */
static void check_round(const struct sim_case *play)
{
    static struct sim_case again;
    static struct measure_result other;
    struct core_limits limits = {.visit_max = SIM_TICKET_MAX};
    struct recorder recorder = {.core = core_create(&limits, &play->hall)};
    const struct sim_report report = {.event = record_event, .context = &recorder};
    assert_non_null(recorder.core);
    ok(sim_play(play, &report));
    ok(sim_day_end(recorder.day, recorder.core));
    const struct sim_day_choices *choices = sim_day_choices(recorder.day);
    assert_true(choices->automatic > 0);
    assert_int_equal(choices->same, choices->automatic);
    assert_int_equal(choices->calls, choices->automatic);
    ok(sim_day_case(recorder.day, 1, &again));
    ok(sim_measure(play, &result));
    ok(sim_measure(&again, &other));
    assert_memory_equal(&result, &other, sizeof result);
    ok(sim_day_measure(recorder.day, &again, &other));
    for (int i = 0; i < MEASURE_PERSON_MAX; i++) { /* the simulator has no people */
        other.approvers[i] = 0;
        other.clerks[i] = (struct measure_person){0};
    }
    assert_memory_equal(&result, &other, sizeof result);
    sim_case_fini(&again);
    sim_day_destroy(recorder.day);
    core_destroy(recorder.core);
}

static void test_rounds(void **state)
{
    static struct sim_case play;
    (void)state;
    json_t *root = json_load_file(TRACES, 0, NULL);
    assert_non_null(root);
    size_t at;
    json_t *item;
    json_array_foreach(json_object_get(root, "cases"), at, item)
    {
        read_trace(item, &play);
        print_message("%s\n", json_string_value(json_object_get(item, "id")));
        check_round(&play);
        sim_case_fini(&play);
    }
    assert_true(at >= 16);
    json_decref(root);
}

/* ---- cases of recorded days ---- */

#define TICKET_MAX 8
#define SPAN_MAX 4

struct small {
    struct sim_case play;
    struct sim_ticket tickets[TICKET_MAX];
    struct sim_span spans[SPAN_MAX];
    struct sim_leg legs[TICKET_MAX];
    int64_t closed_ms[SPAN_MAX]; /* when the window was closed */
    int closed_count;
};

static int small_setup(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    assert_non_null(small);
    fixture_small_hall(&small->play.hall);
    small->play.hall.policy.rule = HALL_RULE_FIFO;
    small->play.hall.no_show_min_calls = 1;
    small->play.hall.no_show_answer_ms = 0;
    small->play.hall.restore_after_calls = 0;
    small->play.tickets = small->tickets;
    small->play.spans = small->spans;
    *state = small;
    return 0;
}

static int small_teardown(void **state)
{
    free(*state);
    return 0;
}

static struct sim_ticket *add_ticket(struct small *small, int64_t arrive_ms, int64_t service_ms)
{
    struct sim_ticket *ticket = &small->tickets[small->play.ticket_count++];
    *ticket = (struct sim_ticket){.arrive_ms = arrive_ms,
                                  .slot_ms = -1,
                                  .restore_ms = -1,
                                  .urgent_ms = -1,
                                  .cancel_ms = -1,
                                  .leg_count = 1};
    ticket->service_ms[0] = service_ms;
    return ticket;
}

/* Of the first window, which serves the first service. */
static void add_span(struct small *small, int64_t open_ms, int64_t close_ms)
{
    small->spans[small->play.span_count++] =
        (struct sim_span){.window = 0, .open_ms = open_ms, .close_ms = close_ms};
}

static void keep_leg(void *context, int ticket, int leg, const struct sim_leg *leg_result)
{
    struct small *small = context;
    if (leg == 0) {
        small->legs[ticket] = *leg_result;
    }
}

static void keep_close(void *context, const struct event *event)
{
    struct small *small = context;
    if (event->kind == EVENT_WINDOW_CLOSED) {
        small->closed_ms[small->closed_count++] = event->at_ms - event->day * 24LL * 60 * MINUTE;
    }
}

static void play_small(struct small *small)
{
    const struct sim_report report = {.leg = keep_leg, .event = keep_close, .context = small};
    ok(sim_play(&small->play, &report));
}

/* Open 0-10 and 20-30 minutes. The first is served beyond the close, the second must wait for the
 * window to open again, the third comes after the last close. */
static void test_windows_open_again(void **state)
{
    struct small *small = *state;
    add_span(small, 0, 10 * MINUTE);
    add_span(small, 20 * MINUTE, 30 * MINUTE);
    add_ticket(small, 8 * MINUTE, 5 * MINUTE);
    add_ticket(small, 9 * MINUTE, 5 * MINUTE);
    add_ticket(small, 31 * MINUTE, 5 * MINUTE);
    play_small(small);
    assert_int_equal(small->legs[0].called_ms, 8 * MINUTE);
    assert_int_equal(small->legs[0].ended_ms, 13 * MINUTE);
    assert_int_equal(small->legs[1].called_ms, 20 * MINUTE);
    assert_int_equal(small->legs[1].ended_ms, 25 * MINUTE);
    assert_int_equal(small->legs[2].called_ms, -1);
    assert_int_equal(small->legs[2].state, TICKET_WAITING);
    assert_int_equal(small->closed_count, 2);
    assert_int_equal(small->closed_ms[0], 13 * MINUTE);
    assert_int_equal(small->closed_ms[1], 30 * MINUTE);
}

/* Reopened before the last one is done: the window just goes on. */
static void test_window_never_left(void **state)
{
    struct small *small = *state;
    add_span(small, 0, 10 * MINUTE);
    add_span(small, 12 * MINUTE, 30 * MINUTE);
    add_ticket(small, 8 * MINUTE, 5 * MINUTE);
    add_ticket(small, 9 * MINUTE, 5 * MINUTE);
    play_small(small);
    assert_int_equal(small->legs[1].called_ms, 13 * MINUTE);
    assert_int_equal(small->closed_count, 1);
}

/* The first misses its call, costs the window two minutes, and is back three minutes later. */
static void test_missed_call(void **state)
{
    struct small *small = *state;
    add_span(small, 0, INT64_MAX);
    struct sim_ticket *absent = add_ticket(small, 0, 5 * MINUTE);
    absent->absent = 1U << 1;
    absent->miss_count = 1;
    absent->misses[0] = (struct sim_miss){.lost_ms = 2 * MINUTE, .back_ms = 3 * MINUTE};
    add_ticket(small, 1 * MINUTE, 5 * MINUTE);
    play_small(small);
    assert_int_equal(small->legs[0].called_ms, 0);
    assert_int_equal(small->legs[1].called_ms, 2 * MINUTE);
    assert_int_equal(small->legs[0].served_ms, 7 * MINUTE);
    assert_int_equal(small->legs[0].ended_ms, 12 * MINUTE);
}

/* Never comes, whenever called: passed for good two minutes after its only call. */
static void test_never_back(void **state)
{
    struct small *small = *state;
    add_span(small, 0, INT64_MAX);
    struct sim_ticket *absent = add_ticket(small, 0, 5 * MINUTE);
    absent->absent = ~1U;
    absent->miss_count = 1;
    absent->misses[0] = (struct sim_miss){.lost_ms = 2 * MINUTE, .back_ms = -1};
    play_small(small);
    assert_int_equal(small->legs[0].state, TICKET_NO_SHOW);
    assert_int_equal(small->legs[0].served_ms, -1);
    assert_int_equal(small->legs[0].ended_ms, 2 * MINUTE);
    ok(sim_measure(&small->play, &result));
    assert_int_equal(result.all.no_show, 1);
    assert_int_equal(result.all.n, 1);
}

/* What is open at the close of the day stays as it is; the case ends. */
static void test_day_closes(void **state)
{
    struct small *small = *state;
    int64_t close_ms = small->play.hall.day_close_min * (int64_t)MINUTE;
    add_span(small, close_ms - 10 * MINUTE, INT64_MAX);
    add_ticket(small, close_ms - 10 * MINUTE, 15 * MINUTE);
    add_ticket(small, close_ms - 9 * MINUTE, MINUTE);
    sim_case_begin(&small->play);
    assert_int_equal(small->play.start_ms, close_ms - 10 * MINUTE);
    play_small(small);
    assert_int_equal(small->legs[0].state, TICKET_SERVING);
    assert_int_equal(small->legs[0].ended_ms, -1);
    assert_int_equal(small->legs[1].called_ms, -1);
}

/* The uncounted one takes its time, but is not measured. */
static void test_uncounted(void **state)
{
    struct small *small = *state;
    add_span(small, 0, INT64_MAX);
    add_ticket(small, 0, 5 * MINUTE)->uncounted = true;
    add_ticket(small, 0, 5 * MINUTE);
    ok(sim_measure(&small->play, &result));
    assert_int_equal(result.all.legs, 1);
    assert_int_equal(result.all.sum_ms, 5 * MINUTE);
    assert_int_equal(result.classes[0].displaced, 1);
    assert_int_equal(result.classes[0].displacement_max_ms, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traces),
        cmocka_unit_test(test_rounds),
        cmocka_unit_test_setup_teardown(test_windows_open_again, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(test_window_never_left, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(test_missed_call, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(test_never_back, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(test_day_closes, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(test_uncounted, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
