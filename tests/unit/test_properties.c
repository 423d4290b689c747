/* test_properties: what must not change the choice, over random halls: when the clock began, the
 * unit of time, a head start for all, people whom nobody can serve, a restart in the middle; what
 * must come to the same: points that only count the wait and first come first served; and what no
 * policy can change: the work to be done. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "fixture.h"
#include "played.h"
#include "random_hall.h"
#include "sim_model.h"

#define CASES 300
#define MINUTE_MS 60000

static struct played first, second;

static void deal(uint64_t seed, unsigned features)
{
    any_seed(seed);
    played_make(&first, features);
}

/* How the second play should differ from the first: times and points by a factor, then by a
 * constant, and tickets by their place. */
struct change {
    int64_t factor, shift_ms, score;
    const int *places; /* NULL: the same */
};

static bool is_so(const struct played_call *a, const struct played_call *b,
                  const struct change *change)
{
    return b->at_ms == a->at_ms * change->factor + change->shift_ms && b->window == a->window &&
           b->ticket == (change->places != NULL ? change->places[a->ticket] : a->ticket) &&
           b->rule == a->rule && b->score == a->score * change->factor + change->score &&
           b->overtaken == a->overtaken;
}

static void expect(uint64_t seed, const struct change *change)
{
    for (int c = 0; c < first.call_count && c < second.call_count; c++) {
        const struct played_call *a = &first.calls[c];
        const struct played_call *b = &second.calls[c];
        if (!is_so(a, b, change)) {
            fail_msg("seed %llu: call %d: ticket %d at %lld, window %d, %s, E %lld, passing %d "
                     "becomes ticket %d at %lld, window %d, %s, E %lld, passing %d",
                     (unsigned long long)seed, c, a->ticket, (long long)a->at_ms, a->window,
                     event_rule_text(a->rule), (long long)a->score, (int)a->overtaken, b->ticket,
                     (long long)b->at_ms, b->window, event_rule_text(b->rule), (long long)b->score,
                     (int)b->overtaken);
        }
    }
    if (first.call_count != second.call_count) {
        fail_msg("seed %llu: %d calls become %d", (unsigned long long)seed, first.call_count,
                 second.call_count);
    }
}

static void play_both(uint64_t seed, struct change change)
{
    played_play(&first);
    played_play(&second);
    expect(seed, &change);
}

/* ---- the clock ---- */

static int64_t moved(int64_t at_ms, int64_t factor, int64_t shift_ms)
{
    return at_ms < 0 ? at_ms : at_ms * factor + shift_ms; /* -1: never */
}

static void move_plan(struct sim_case *plan, int64_t factor, int64_t shift_ms)
{
    for (int i = 0; i < plan->ticket_count; i++) {
        struct sim_ticket *t = &plan->tickets[i];
        t->arrive_ms = moved(t->arrive_ms, factor, shift_ms);
        t->slot_ms = moved(t->slot_ms, factor, shift_ms);
        t->restore_ms = moved(t->restore_ms, factor, shift_ms);
        t->urgent_ms = moved(t->urgent_ms, factor, shift_ms);
        t->cancel_ms = moved(t->cancel_ms, factor, shift_ms);
        for (int leg = 0; leg < t->leg_count; leg++) {
            t->service_ms[leg] *= factor;
        }
    }
    for (int w = 0; w < plan->hall.window_count; w++) {
        plan->spans[w].open_ms = moved(plan->spans[w].open_ms, factor, shift_ms);
    }
}

static void test_shift(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        deal(seed, PLAYED_ALL);
        played_copy(&second, &first);
        int64_t shift_ms = 1 + any(120 * MINUTE_MS);
        move_plan(&second.plan, 1, shift_ms);
        play_both(seed, (struct change){.factor = 1, .shift_ms = shift_ms});
    }
}

/* All settings that are times. */
static void stretch_hall(struct hall *hall, int64_t factor)
{
    int64_t *const times[] = {
        &hall->no_show_answer_ms,       &hall->restore_gap_ms,   &hall->auto_start_ms,
        &hall->policy.early_ms,         &hall->policy.grace_ms,  &hall->policy.appointment_head_ms,
        &hall->policy.urgent_refill_ms, &hall->rating_prompt_ms, &hall->rating_window_ms};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        *times[i] *= factor;
    }
    for (int c = 0; c < hall->class_count; c++) {
        hall->classes[c].head_ms *= factor;
        hall->classes[c].max_wait_ms *= factor;
    }
    for (int s = 0; s < hall->service_count; s++) {
        hall->services[s].head_ms *= factor;
    }
    for (int w = 0; w < hall->window_count; w++) {
        for (int i = 0; i < hall->windows[w].service_count; i++) {
            hall->windows[w].services[i].after_ms *= factor;
            hall->windows[w].services[i].pref_ms *= factor;
        }
    }
}

static void test_scale(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        deal(seed, PLAYED_ALL);
        played_copy(&second, &first);
        int64_t factor = 2 + any(2);
        move_plan(&second.plan, factor, 0);
        stretch_hall(&second.plan.hall, factor);
        play_both(seed, (struct change){.factor = factor});
    }
}

/* ---- the policy ---- */

static void test_same_head(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        deal(seed, PLAYED_ALL);
        played_copy(&second, &first);
        int64_t head_ms = 1 + any(600 * MINUTE_MS);
        for (int c = 0; c < second.plan.hall.class_count; c++) {
            second.plan.hall.classes[c].head_ms += head_ms;
        }
        play_both(seed, (struct change){.factor = 1, .score = 1000 * head_ms});
    }
}

static void test_score_is_fifo(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        deal(seed, PLAYED_ALL);
        struct hall *hall = &first.plan.hall;
        int32_t rate_pm = (int32_t)any(3000);
        for (int c = 0; c < hall->class_count; c++) {
            hall->classes[c].head_ms = 0;
            hall->classes[c].rate_pm = rate_pm;
        }
        for (int s = 0; s < hall->service_count; s++) {
            hall->services[s].head_ms = 0;
        }
        for (int w = 0; w < hall->window_count; w++) {
            for (int i = 0; i < hall->windows[w].service_count; i++) {
                hall->windows[w].services[i].pref_ms = 0;
            }
        }
        hall->policy.appointment_head_ms = 0;
        hall->policy.rule = HALL_RULE_SCORE;
        played_copy(&second, &first);
        second.plan.hall.policy.rule = HALL_RULE_FIFO;
        play_both(seed, (struct change){.factor = 1});
    }
}

/* The second play has strangers in between: a service that no window has. */
static void add_strangers(int places[PLAYED_TICKET_MAX])
{
    struct hall *hall = &second.plan.hall;
    int16_t service = (int16_t)hall->service_count++;
    hall->services[service] = hall->services[0];
    text_copy_cut(hall->services[service].code, HALL_CODE_SIZE, "nobody");
    text_copy_cut(hall->services[service].prefix, HALL_PREFIX_SIZE, "X");
    second.plan.ticket_count = 0;
    for (int i = 0; i < first.plan.ticket_count; i++) {
        int rest = first.plan.ticket_count - i;
        if (any(4) == 0 && second.plan.ticket_count + rest < PLAYED_TICKET_MAX) {
            struct sim_ticket *stranger = &second.tickets[second.plan.ticket_count++];
            *stranger = first.tickets[i];
            stranger->service = service;
            stranger->services[0] = service;
            stranger->leg_count = 1;
            stranger->urgent_ms = -1; /* a grant would be one less for the others */
            text_copy_cut(stranger->id, sizeof stranger->id, "stranger");
        }
        places[i] = second.plan.ticket_count;
        second.tickets[second.plan.ticket_count++] = first.tickets[i];
    }
}

static void test_strangers(void **state)
{
    (void)state;
    int strangers = 0;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        int places[PLAYED_TICKET_MAX];
        deal(seed, PLAYED_ALL);
        played_copy(&second, &first);
        add_strangers(places);
        strangers += second.plan.ticket_count - first.plan.ticket_count;
        play_both(seed, (struct change){.factor = 1, .places = places});
    }
    assert_true(strangers > CASES);
}

/* ---- the work to be done ---- */

/* One pool of windows, one length for all. */
static void level_plan(struct sim_case *plan)
{
    struct hall *hall = &plan->hall;
    for (int w = 0; w < hall->window_count; w++) {
        hall->windows[w].classes = 0;
        hall->windows[w].service_count = hall->service_count;
        for (int s = 0; s < hall->service_count; s++) {
            hall->windows[w].services[s] = (struct hall_window_service){
                .service = (int16_t)s, .tier = HALL_TIER_PRIMARY, .pref_ms = any(3) * 30000};
        }
    }
    for (int i = 0; i < plan->ticket_count; i++) {
        plan->tickets[i].service_ms[0] = plan->tickets[0].service_ms[0];
    }
}

static int64_t total_wait(uint64_t seed, struct played *p)
{
    int64_t total_ms = 0;
    played_play(p);
    if (p->call_count != p->plan.ticket_count) {
        fail_msg("seed %llu: %d of %d called", (unsigned long long)seed, p->call_count,
                 p->plan.ticket_count);
    }
    for (int c = 0; c < p->call_count; c++) {
        total_ms += p->calls[c].at_ms - p->tickets[p->calls[c].ticket].arrive_ms;
    }
    return total_ms;
}

static bool same_order(const struct played *a, const struct played *b)
{
    for (int c = 0; c < a->call_count; c++) {
        if (a->calls[c].ticket != b->calls[c].ticket) {
            return false;
        }
    }
    return true;
}

static void test_constant_service(void **state)
{
    (void)state;
    int reordered = 0;
    for (uint64_t seed = 1; seed <= CASES / 3; seed++) {
        deal(seed, PLAYED_URGENT);
        level_plan(&first.plan);
        played_copy(&second, &first);
        first.plan.hall.policy.rule = HALL_RULE_FIFO;
        int64_t fifo_ms = total_wait(seed, &first);
        for (int rule = HALL_RULE_SCORE; rule <= HALL_RULE_LONGEST; rule++) {
            second.plan.hall.policy.rule = (enum hall_rule)rule;
            int64_t total_ms = total_wait(seed, &second);
            reordered += same_order(&first, &second) ? 0 : 1;
            if (total_ms != fifo_ms) {
                fail_msg("seed %llu: rule %d waits %lld ms in all, fifo %lld",
                         (unsigned long long)seed, rule, (long long)total_ms, (long long)fifo_ms);
            }
        }
    }
    assert_true(reordered > CASES / 3); /* the policies were at work */
}

/* ---- the same in the long run: sum of lambda W ---- */

#define RUNS 16
#define UNIT_MS 100000

/* M/M/4 at 85 per cent, three classes and two services with equal rates. */
static void make_model(struct sim_model *model)
{
    static const double shares[] = {0.5, 0.2, 0.3};
    memset(model, 0, sizeof *model);
    fixture_small_hall(&model->hall);
    model->hall.service_count = 2;
    for (int w = 0; w < model->hall.window_count; w++) {
        model->hall.windows[w].service_count = 2;
        for (int s = 0; s < 2; s++) {
            model->hall.windows[w].services[s] =
                (struct hall_window_service){.service = (int16_t)s};
        }
    }
    for (int s = 0; s < 2; s++) {
        model->service_time[s] = (struct sim_time){.dist = SIM_EXP, .mean_ms = UNIT_MS, .cv = 1};
    }
    for (int i = 0; i < 6; i++) {
        struct sim_stream *stream = &model->streams[model->stream_count++];
        stream->service = (int16_t)(i % 2);
        stream->cls = (int16_t)(i / 2);
        stream->hours = 1;
        stream->rate_per_hour[0] =
            0.85 * model->hall.window_count * shares[i / 2] / 2 * 3600000 / UNIT_MS;
    }
    model->steady = true;
    model->warmup = 2000;
    model->customers = 25000;
}

static double mean_wait(struct sim_model *model, uint64_t seed)
{
    static struct sim_model_result result;
    double sum = 0;
    double n = 0;
    model->seed = seed;
    assert_int_equal(sim_model_run(model, &result), ERR_NONE);
    for (int i = 0; i < result.queue_count; i++) {
        sum += result.queues[i].mean_wait_s * (double)result.queues[i].n;
        n += (double)result.queues[i].n;
    }
    return sum / n;
}

/* The runs of a policy against runs of first come first served with the same arrivals: the mean
 * difference within 5 standard errors of nothing. */
static void compare_policy(struct sim_model *model, const double fifo[RUNS], const char *what)
{
    double sum = 0;
    double squares = 0;
    for (int r = 0; r < RUNS; r++) {
        double difference = mean_wait(model, (uint64_t)r + 1) - fifo[r];
        sum += difference;
        squares += difference * difference;
    }
    double mean = sum / RUNS;
    double error = sqrt((squares / RUNS - mean * mean) / (RUNS - 1));
    printf("%s: %+.3f +- %.3f s\n", what, mean, error);
    if (fabs(mean) > 5 * error || error > 0.03 * fifo[0]) {
        fail_msg("%s: waits %g s longer than first come first served, error %g", what, mean, error);
    }
}

static void test_conservation(void **state)
{
    static const char *const names[] = {"score", "fifo", "strict", "ratio", "longest"};
    static struct sim_model model;
    double fifo[RUNS];
    (void)state;
    make_model(&model);
    model.hall.policy.rule = HALL_RULE_FIFO;
    for (int r = 0; r < RUNS; r++) {
        fifo[r] = mean_wait(&model, (uint64_t)r + 1);
    }
    for (int rule = HALL_RULE_SCORE; rule <= HALL_RULE_LONGEST; rule++) {
        model.hall.policy.rule = (enum hall_rule)rule;
        if (rule != HALL_RULE_FIFO) {
            compare_policy(&model, fifo, names[rule]);
        }
    }
}

/* ---- a restart in the middle ---- */

static bool same_event(const struct event *a, const struct event *b)
{
    return a->seq == b->seq && a->kind == b->kind && a->at_ms == b->at_ms && a->leg == b->leg &&
           a->visit == b->visit && a->window == b->window && a->state == b->state &&
           a->why.rule == b->why.rule && a->why.score == b->why.score &&
           a->why.overtaken == b->why.overtaken && strcmp(a->why.guard, b->why.guard) == 0;
}

static void live(struct fixture *f, uint64_t seed)
{
    any_seed(seed);
    for (int i = 0; i < 120; i++) {
        random_moment(f);
    }
}

static void test_restart(void **state)
{
    static struct fixture f, again;
    static struct hall hall;
    (void)state;
    for (uint64_t seed = 1; seed <= CASES / 3; seed++) {
        any_seed(seed);
        random_hall(&hall);
        fixture_open(&f, &hall);
        fixture_open(&again, &hall);
        live(&f, seed + CASES);
        int restart = f.log_count;
        for (int i = 0; i < restart; i++) {
            assert_int_equal(core_replay(again.core, &f.log[i]), ERR_NONE);
        }
        again.now = f.now;
        live(&f, seed);
        live(&again, seed);
        for (int i = 0; i < again.log_count && restart + i < f.log_count; i++) {
            const struct event *event = &f.log[restart + i];
            if (!same_event(event, &again.log[i])) {
                fail_msg("seed %llu: event %lld (%s) differs after a restart at %d",
                         (unsigned long long)seed, (long long)event->seq,
                         event_kind_text(event->kind), restart);
            }
        }
        if (f.log_count != restart + again.log_count ||
            core_digest(f.core) != core_digest(again.core)) {
            fail_msg("seed %llu: another end after a restart", (unsigned long long)seed);
        }
        fixture_close(&f);
        fixture_close(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shift),        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_same_head),    cmocka_unit_test(test_score_is_fifo),
        cmocka_unit_test(test_strangers),    cmocka_unit_test(test_constant_service),
        cmocka_unit_test(test_conservation), cmocka_unit_test(test_restart),
    };
    return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
