/* cli_simulate_day: `hallcall simulate --db`: a recorded day asked again, or played once more under
 * another policy or roster. Only reads, in one snapshot, so it works beside a daemon that serves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "engine.h"
#include "wire_day.h"

#define DAY_MS 86400000LL

/* Everything of one run; large, so not on the stack. */
struct run {
    const struct cli_day *args;
    int32_t date;
    struct sim_day *day;
    struct sim_case own, changed;
    struct measure_result recorded, replayed, other;
};

/* Hall time of the local midnight at which that date begins. */
static int64_t midnight_of(int32_t date)
{
    int64_t local_ms = date * DAY_MS;
    int64_t near_ms = local_ms - clock_offset_s(local_ms) * 1000LL;
    return local_ms - clock_offset_s(near_ms) * 1000LL;
}

static enum err take_event(void *context, struct core *core, const struct event *event)
{
    return sim_day_take(context, core, event);
}

static int report_failure(const struct run *run, enum err err, const struct store *store)
{
    if (err == ERR_NOT_FOUND) {
        return cli_fail("the database %s has no events of %s", run->args->db, run->args->day);
    }
    return cli_store_failed(run->args->db, err, store);
}

/* The day out of the log. */
static int read_day(struct run *run, struct store *store)
{
    struct core *core = NULL;
    struct wire_config *config;
    if (!cli_load_config(store, run->args->db, &config)) {
        return CLI_FAILED;
    }
    cli_set_zone(NULL, config);
    wire_config_destroy(config);
    run->day = sim_day_create(midnight_of(run->date));
    enum err err = run->day == NULL ? ERR_NO_MEMORY : store_begin(store);
    if (err == ERR_NONE) {
        err = engine_replay_day(store, run->date, take_event, run->day, &core);
        store_rollback(store);
    }
    if (err == ERR_NONE) {
        err = sim_day_end(run->day, core);
    }
    core_destroy(core);
    return err ? report_failure(run, err, store) : CLI_DONE;
}

/* `what`: of the three runs. */
static int report_unplayable(const struct run *run, const char *what, enum err err)
{
    return cli_fail("%s: the day cannot be played%s: %s", run->args->day, what, err_title(err));
}

static int measure_recorded(struct run *run)
{
    enum err err = sim_day_case(run->day, run->args->seed, &run->own);
    if (err == ERR_NONE) {
        err = sim_day_measure(run->day, &run->own, &run->recorded);
    }
    return err ? report_unplayable(run, "", err) : CLI_DONE;
}

/* ---- what is changed ---- */

static enum err read_policy(struct run *run, const struct buf *text, struct wire_problem *problem)
{
    return wire_day_read_policy(text->data, text->length, &run->changed.hall, problem);
}

static enum err read_roster(struct run *run, const struct buf *text, struct wire_problem *problem)
{
    return wire_day_read_roster(text->data, text->length, &run->changed, problem);
}

static int apply_file(struct run *run, const char *name,
                      enum err (*read)(struct run *run, const struct buf *text,
                                       struct wire_problem *problem))
{
    struct buf text;
    struct wire_problem problem;
    int status = CLI_FAILED;
    if (name == NULL) {
        return CLI_DONE;
    }
    buf_init(&text, CLI_FILE_MAX);
    wire_problem_init(&problem, ERR_NONE);
    if (cli_read_file(name, &text)) {
        enum err err = read(run, &text, &problem);
        status = err == ERR_NO_MEMORY ? cli_fail("out of memory")
                 : err                ? cli_report_problem(name, &problem)
                                      : CLI_DONE;
    }
    buf_fini(&text);
    return status;
}

static int measure_changed(struct run *run)
{
    enum err err = sim_day_case(run->day, run->args->seed, &run->changed);
    if (err) {
        return report_unplayable(run, "", err);
    }
    int status = apply_file(run, run->args->policy, read_policy);
    if (status == CLI_DONE) {
        status = apply_file(run, run->args->roster, read_roster);
    }
    if (status != CLI_DONE) {
        return status;
    }
    err = sim_measure(&run->own, &run->replayed);
    if (err) {
        return report_unplayable(run, " under its own rules", err);
    }
    err = sim_measure(&run->changed, &run->other);
    return err ? report_unplayable(run, " with the change", err) : CLI_DONE;
}

/* ---- the whole ---- */

static int print(const struct run *run, bool changed)
{
    struct buf out;
    int status = CLI_DONE;
    buf_init(&out, CLI_FILE_MAX);
    if (changed) {
        wire_day_print_changed(&out, run->date, run->day, &run->recorded, &run->replayed,
                               &run->other, &run->changed.hall);
    } else {
        wire_day_print_recorded(&out, run->date, run->day, &run->recorded);
    }
    if (buf_failed(&out)) {
        status = cli_fail("out of memory");
    } else {
        (void)fwrite(out.data, 1, out.length, stdout);
    }
    buf_fini(&out);
    return status;
}

static int run_day(struct run *run, struct store *store)
{
    bool changed = run->args->policy != NULL || run->args->roster != NULL;
    int status = read_day(run, store);
    if (status == CLI_DONE) {
        status = measure_recorded(run);
    }
    if (status == CLI_DONE && changed) {
        status = measure_changed(run);
    }
    if (status == CLI_DONE && sim_day_in_progress(run->day)) {
        (void)fprintf(stderr, "%s is still going on: what has not ended is not known\n",
                      run->args->day);
    }
    return status == CLI_DONE ? print(run, changed) : status;
}

int cli_simulate_day(const struct cli_command *command, const struct cli_day *args)
{
    struct store *store = NULL;
    int32_t date;
    if (clock_parse_day(args->day, &date) != ERR_NONE) {
        return cli_wrong(command, "--day must be a date YYYY-MM-DD");
    }
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return cli_fail("out of memory");
    }
    run->args = args;
    run->date = date;
    int status = CLI_FAILED;
    if (cli_open_store(args->db, STORE_READER, &store)) {
        status = run_day(run, store);
    }
    store_close(store);
    sim_day_destroy(run->day);
    sim_case_fini(&run->own);
    sim_case_fini(&run->changed);
    free(run);
    return status;
}
