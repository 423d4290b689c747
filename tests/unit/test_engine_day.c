/* test_engine_day: days of random commands through the engine, with closes, restarts and new
 * configurations in between: after each restart every ticket and window is as it was, and at the
 * end the database verifies.
 *
 * ENGINE_DAY_SEED in the environment plays another day; a failure prints the seed. */
#include "engine_fixture.h"

#include <math.h>

#include "sim_day.h"

#define STEPS 6000
#define BLOCK 48 /* jobs that are submitted together and so share batches */
#define TICKET_MAX STEPS
#define DATE_FIRST 20700 /* some time before the first day of the fixture, ... */
#define DATES 1000       /* ... and the days after it that are looked for */

static struct {
    uint64_t random;
    char ids[TICKET_MAX][TICKET_ID_SIZE];
    int count; /* of ids */
    int first; /* of the present day */
    int done, refused;
    int kinds[CMD_KIND_COUNT]; /* how often each kind had an effect */
    struct engine_job jobs[BLOCK];
} day;

static uint32_t pick(uint32_t below)
{
    day.random = day.random * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(day.random >> 33) % below;
}

static const char *pick_text(const char *const *texts, uint32_t count)
{
    return texts[pick(count)];
}

#define PICK(...)                                                                                  \
    pick_text((const char *const[]){__VA_ARGS__},                                                  \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* Mostly a ticket of late, since older ones are done with. */
static const char *pick_id(void)
{
    uint32_t known = (uint32_t)(day.count - day.first);
    if (known == 0) {
        return day.count > 0 && pick(2) == 0 ? day.ids[0] : "0";
    }
    uint32_t back = pick(pick(4) == 0 ? known : known < 40 ? known : 40);
    return day.ids[day.count - 1 - (int)back];
}

static enum cmd_kind pick_kind(void)
{
    /* As a hall does it: numbers are taken and called more often than anything else. */
    static const enum cmd_kind often[] = {CMD_ISSUE, CMD_ISSUE,  CMD_ISSUE,       CMD_NEXT,
                                          CMD_NEXT,  CMD_START,  CMD_START,       CMD_FINISH,
                                          CMD_RATE,  CMD_FINISH, CMD_WINDOW_OPEN, CMD_NO_SHOW};
    if (pick(3) > 0) {
        return often[pick(sizeof often / sizeof often[0])];
    }
    enum cmd_kind kind = (enum cmd_kind)pick(CMD_KIND_COUNT);
    bool rare = kind == CMD_RECORD || kind == CMD_TICK || kind == CMD_DAY_CLOSE;
    return rare && pick(30) > 0 ? CMD_ISSUE : kind;
}

static void fill_command(struct cmd *cmd)
{
    cmd->window = 1 + (int32_t)pick(6);
    text_copy_cut(cmd->ticket_id, sizeof cmd->ticket_id, pick_id());
    text_copy_cut(cmd->reason, sizeof cmd->reason, "reason");
    text_copy_cut(cmd->clerk, sizeof cmd->clerk,
                  PICK("zhang", "li", "wang", "zhao", "qian", "sun"));
    if (cmd->kind == CMD_TRANSFER || cmd->kind == CMD_ISSUE || cmd->kind == CMD_WALK_IN ||
        cmd->kind == CMD_BOOK || cmd->kind == CMD_AMEND || cmd->kind == CMD_SUSPEND_SERVICE ||
        cmd->kind == CMD_RESUME_SERVICE) {
        text_copy_cut(
            cmd->service, sizeof cmd->service,
            PICK("pension", "medical", "card", "household", "marriage", "tax", "invoice"));
    }
    if (cmd->kind == CMD_TRANSFER) {
        cmd->clerk[0] = '\0';
        cmd->target_window = pick(3) == 0 ? 4 : 0;
    }
    text_copy_cut(cmd->cls, sizeof cmd->cls,
                  PICK("", "", "ordinary", "elderly", "disabled", "vip"));
    text_copy_cut(cmd->note, sizeof cmd->note, PICK("", "请慢一点", "two children"));
    text_copy_cut(cmd->lang, sizeof cmd->lang, PICK("", "zh-CN", "en"));
    text_copy_cut(cmd->external_ref, sizeof cmd->external_ref, PICK("", "", "REF-1"));
    cmd->has_position = pick(2) == 0;
    cmd->position = (enum event_position)pick(3);
    cmd->after = cmd->kind == CMD_DEFER ? 1 + (int32_t)pick(4) : -1;
    cmd->level = 1 + (int32_t)pick(5);
    cmd->on = pick(2) == 0;
    cmd->changed = 1 << pick(7);
    cmd->current = (enum cmd_current)pick(3);
    cmd->slot_ms = cmd->kind == CMD_BOOK ? NOW + (int64_t)pick(48) * HOUR_MS / 2 : 0;
    if (cmd->kind == CMD_RECORD) {
        cmd->event = pick(2) == 0 ? EVENT_DEVICE_ONLINE : EVENT_DEVICE_OFFLINE;
        text_copy_cut(cmd->subject, sizeof cmd->subject, "led1");
    }
    if (cmd->kind == CMD_SUSPEND_SERVICE && pick(4) > 0) {
        cmd->kind = CMD_RESUME_SERVICE;
    }
}

static void make_job(struct engine_job *job, struct mailbox *answers, int number)
{
    enum cmd_kind kind = pick_kind();
    if (pick(60) == 0) {
        job_make(job, answers, ENGINE_SET_CLOCK);
        job->test_clock.advance_ms = 1 + (int64_t)pick(pick(12) == 0 ? 9 * 3600000 : 900000);
        return;
    }
    bool issues = kind == CMD_ISSUE || kind == CMD_BOOK || kind == CMD_WALK_IN;
    job_make_command(job, answers, kind, issues ? ENGINE_REPLY_ISSUED : ENGINE_REPLY_NONE);
    fill_command(&job->cmd);
    if (pick(2) == 0) {
        char key[32];
        (void)snprintf(key, sizeof key, "key-%d", number);
        job_set_key(job, key, "body");
    }
}

static void take_answer(const struct engine_job *job)
{
    if (job->err != ERR_NONE) {
        /* Refusals are part of a day; failures of the machine are not. */
        if (job->err >= ERR_BUSY) {
            fail_msg("command %d failed: %s", (int)job->cmd.kind, err_slug(job->err));
        }
        day.refused++;
        return;
    }
    day.done++;
    if (job->what == ENGINE_COMMAND) {
        day.kinds[job->cmd.kind]++;
    }
    const char *id = strrchr(job->location, '/');
    if (id != NULL) {
        text_copy_cut(day.ids[day.count++], TICKET_ID_SIZE, id + 1);
    }
}

static void do_block(struct fixture *fixture, int number)
{
    void *item = NULL;
    for (int i = 0; i < BLOCK; i++) {
        make_job(&day.jobs[i], fixture->answers, number + i);
        ok(engine_submit(fixture->engine, &day.jobs[i]));
    }
    for (int i = 0; i < BLOCK; i++) {
        assert_int_equal(mailbox_take(fixture->answers, &item, 1, INT64_MAX), 1);
    }
    for (int i = 0; i < BLOCK; i++) {
        take_answer(&day.jobs[i]);
        engine_job_fini(&day.jobs[i]);
    }
}

/* Without what goes with the time alone. */
static void drop_estimates(json_t *object)
{
    (void)json_object_del(object, "eta");
    (void)json_object_del(object, "ahead");
    (void)json_object_del(object, "waiting");
}

/* Everything that is known of the tickets of the day and the windows, without what a clock changes.
 * Freed by json_decref. */
static json_t *everything(struct fixture *fixture)
{
    json_t *all = json_object();
    int first = day.first;
    for (int i = first; i < day.count; i++) {
        enum err err = ask_ticket(fixture, day.ids[i]);
        if (err != ERR_NONE) {
            assert_int_equal(err, ERR_NOT_FOUND); /* a day before: the reader has it */
            day.first = i + 1;
            continue;
        }
        json_t *ticket = json_loadb(fixture->job.body.data, fixture->job.body.length, 0, NULL);
        assert_non_null(ticket);
        drop_estimates(ticket);
        assert_int_equal(json_object_set_new(all, day.ids[i], ticket), 0);
    }
    for (int32_t no = 1; no <= 6; no++) {
        char name[8];
        fixture_job(fixture, ENGINE_GET_WINDOW)->cmd.window = no;
        ok(ask(fixture));
        json_t *window = json_loadb(fixture->job.body.data, fixture->job.body.length, 0, NULL);
        assert_non_null(window);
        drop_estimates(window);
        drop_estimates(json_object_get(window, "ticket"));
        (void)snprintf(name, sizeof name, "%d", (int)no);
        assert_int_equal(json_object_set_new(all, name, window), 0);
    }
    return all;
}

static void check_restart(struct fixture *fixture)
{
    json_t *before = everything(fixture);
    fixture_reopen(fixture);
    json_t *after = everything(fixture);
    if (!json_equal(before, after)) {
        const char *name;
        json_t *value;
        json_object_foreach(before, name, value)
        {
            json_t *other = json_object_get(after, name);
            if (!json_equal(value, other)) {
                char *is = json_dumps(value, JSON_COMPACT);
                char *was = other != NULL ? json_dumps(other, JSON_COMPACT) : NULL;
                print_error("%s\n  before %s\n  after  %s\n", name, is, was != NULL ? was : "-");
                free(is);
                free(was);
            }
        }
        fail_msg("the hall is another one after a restart");
    }
    json_decref(before);
    json_decref(after);
}

static void verify(struct fixture *fixture)
{
    struct buf report;
    buf_init(&report, 1 << 20);
    enum err err = engine_verify(fixture->path, false, &report);
    if (err != ERR_NONE || strstr(buf_text(&report), " 0 differing") == NULL) {
        fail_msg("verify: %s\n%s", err_slug(err), buf_text(&report));
    }
    buf_fini(&report);
}

/* ---- the days once more, for the simulator ---- */

static enum err read_again(void *context, struct core *core, const struct event *event)
{
    return sim_day_take(context, core, event);
}

/* The chooser asked again chooses the same, and the day can be measured and played. */
static void ask_again(struct store *store, int32_t date)
{
    static struct sim_case play;
    static struct measure_result result;
    struct core *core = NULL;
    struct sim_day *again = sim_day_create(date * 86400000LL - 8 * 3600000LL);
    assert_non_null(again);
    ok(engine_replay_day(store, date, read_again, again, &core));
    ok(sim_day_end(again, core));
    const struct sim_day_choices *choices = sim_day_choices(again);
    for (int i = 0; i < choices->difference_count; i++) {
        const struct sim_day_difference *difference = &choices->differences[i];
        print_error("seq %lld: %s by %s, now %s by %s\n", (long long)difference->seq,
                    difference->number, event_rule_text(difference->rule), difference->choice,
                    event_rule_text(difference->choice_rule));
    }
    assert_int_equal(choices->same, choices->automatic);
    ok(sim_day_case(again, 1, &play));
    ok(sim_day_measure(again, &play, &result));
    assert_true(fabs(result.discrimination_sum_ms) < 1);
    print_message("day %d: %lld calls, %lld by the chooser, %d tickets, %lld of %lld legs called\n",
                  (int)date, (long long)choices->calls, (long long)choices->automatic,
                  play.ticket_count, (long long)result.all.n, (long long)result.all.legs);
    ok(sim_measure(&play, &result));
    assert_true(fabs(result.discrimination_sum_ms) < 1);
    sim_case_fini(&play);
    sim_day_destroy(again);
    core_destroy(core);
}

static void ask_all_again(const struct fixture *fixture)
{
    struct store *store;
    int days = 0;
    ok(store_open(fixture->path, STORE_READER, &store));
    for (int32_t date = DATE_FIRST; date < DATE_FIRST + DATES; date++) {
        int64_t seq;
        int64_t count;
        if (store_event_day_span(store, date, &seq, &count) == ERR_NONE) {
            ask_again(store, date);
            days += 1;
        }
    }
    store_close(store);
    assert_true(days > 1);
}

static void random_days_replay_and_verify(void **state)
{
    struct fixture *fixture = *state;
    const char *seed = getenv("ENGINE_DAY_SEED");
    day.random = seed != NULL ? strtoull(seed, NULL, 10) : 20261123;
    print_message("seed %llu\n", (unsigned long long)day.random);
    for (int32_t no = 1; no <= 6; no++) {
        char clerk[8];
        (void)snprintf(clerk, sizeof clerk, "c%d", (int)no);
        ok(ask_window(fixture, CMD_WINDOW_OPEN, no, clerk));
    }
    for (int number = 0; number < STEPS; number += BLOCK) {
        do_block(fixture, number);
        if (number / BLOCK % 10 == 9) {
            check_restart(fixture);
            verify(fixture); /* while it serves, from another connection */
        }
    }
    fixture_close(fixture);
    verify(fixture);
    ask_all_again(fixture);
    print_message("done=%d refused=%d tickets=%d\n", day.done, day.refused, day.count);
    /* The day was a real one: most kinds of commands had an effect. */
    int effective = 0;
    for (int kind = 0; kind < CMD_KIND_COUNT; kind++) {
        effective += day.kinds[kind] > 0;
    }
    assert_in_range(day.done, STEPS / 4, STEPS);
    assert_in_range(effective, 25, CMD_KIND_COUNT);
    assert_true(stored(fixture, "hall.day_opened").count > 1);
    fixture_open(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_days_replay_and_verify, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests_name("engine_day", tests, NULL, NULL);
}
