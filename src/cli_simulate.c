/* cli_simulate: plays cases on a virtual clock and prints what was called. The same input gives the
 * same bytes. */
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "clock.h"
#include "wire_model.h"
#include "wire_trace.h"

struct lists {
    struct buf calls, notes, finals;
};

static void on_call(void *context, int64_t at_ms, int32_t window, const struct sim_ticket *ticket,
                    const struct event_why *why, const struct sim_ticket *const *overtaken)
{
    wire_trace_call(&((struct lists *)context)->calls, at_ms, window, ticket, why, overtaken);
}

static void on_note(void *context, int64_t at_ms, const char *what, const struct sim_ticket *ticket)
{
    wire_trace_note(&((struct lists *)context)->notes, at_ms, what, ticket);
}

static void on_final(void *context, const struct sim_ticket *ticket, enum ticket_state state,
                     int32_t overtakes, int32_t urgent_overtakes)
{
    wire_trace_final(&((struct lists *)context)->finals, ticket, state, overtakes,
                     urgent_overtakes);
}

static int play(const char *name, const struct sim_case *plan)
{
    struct lists lists;
    struct buf out;
    const struct sim_report report = {
        .call = on_call, .note = on_note, .final = on_final, .context = &lists};
    buf_init(&lists.calls, CLI_FILE_MAX);
    buf_init(&lists.notes, CLI_FILE_MAX);
    buf_init(&lists.finals, CLI_FILE_MAX);
    buf_init(&out, 3 * CLI_FILE_MAX);
    int status = CLI_DONE;
    enum err err = sim_play(plan, &report);
    if (err == ERR_NONE) {
        wire_trace_print(&out, &lists.calls, &lists.notes, &lists.finals);
        err = buf_failed(&out) ? ERR_NO_MEMORY : ERR_NONE;
    }
    if (err) {
        status = cli_fail("%s: the case cannot be played: %s", name, err_title(err));
    } else {
        (void)fwrite(out.data, 1, out.length, stdout);
    }
    buf_fini(&lists.calls);
    buf_fini(&lists.notes);
    buf_fini(&lists.finals);
    buf_fini(&out);
    return status;
}

static int run_trace(const char *name, const struct buf *text)
{
    static struct sim_case plan;
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_NONE);
    enum err err = wire_trace_read(text->data, text->length, &plan, &problem);
    int status = err ? cli_report_problem(name, &problem) : play(name, &plan);
    sim_case_fini(&plan);
    return status;
}

static int run_model(const char *name, const struct buf *text, const uint64_t *seed)
{
    static struct sim_model model;
    static struct sim_model_result result;
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_NONE);
    if (wire_model_read(text->data, text->length, &model, &problem) != ERR_NONE) {
        return cli_report_problem(name, &problem);
    }
    model.seed = seed != NULL ? *seed : model.seed;
    int64_t before_us = clock_mono_us();
    enum err err = sim_model_run(&model, &result);
    if (err) {
        return cli_fail("%s: %s", name,
                        err == ERR_HALL_FULL
                            ? "the line grows without end: more arrives than the windows can serve"
                            : err_title(err));
    }
    double seconds = (double)(clock_mono_us() - before_us) / 1e6;
    struct buf out;
    buf_init(&out, CLI_FILE_MAX);
    wire_model_print(&out, &model, &result);
    (void)fwrite(out.data, 1, out.length, stdout);
    buf_fini(&out);
    (void)fprintf(stderr, "customers_per_second %.0f\n", (double)result.customers / seconds);
    return CLI_DONE;
}

/* The options, and what can be told of them before anything is read. */
struct args {
    const char *trace, *model, *seed, *staff;
    struct cli_day day;
};

/* CLI_DONE when they fit together. */
static int check_args(const struct cli_command *command, struct args *args)
{
    int64_t seed = 1;
    bool of_day = args->day.day != NULL || args->day.policy != NULL || args->day.roster != NULL;
    if ((args->trace != NULL) + (args->model != NULL) + (args->day.db != NULL) != 1) {
        return cli_wrong(command, "give --model FILE.json, --trace FILE.json or --db FILE");
    }
    if (args->staff != NULL &&
        (args->trace != NULL || args->day.policy != NULL || args->day.roster != NULL)) {
        return cli_wrong(
            command, "--staff goes with --db FILE or --model FILE, and says itself what it needs");
    }
    if (args->day.db == NULL && of_day) {
        return cli_wrong(command, "--day, --policy and --roster go with --db FILE");
    }
    if (args->day.db != NULL && args->day.day == NULL && args->staff == NULL) {
        return cli_wrong(command, "say which day with --day YYYY-MM-DD");
    }
    if (args->seed != NULL && !cli_number(args->seed, 0, INT64_MAX, &seed)) {
        return cli_wrong(command, "--seed must be a whole number");
    }
    args->day.seed = (uint64_t)seed;
    return CLI_DONE;
}

static int simulate(const struct cli_command *command, int argc, char **argv)
{
    struct args args = {0};
    bool json = false;
    const struct cli_option options[] = {{"trace", CLI_TEXT, &args.trace},
                                         {"model", CLI_TEXT, &args.model},
                                         {"db", CLI_TEXT, &args.day.db},
                                         {"day", CLI_TEXT, &args.day.day},
                                         {"policy", CLI_TEXT, &args.day.policy},
                                         {"roster", CLI_TEXT, &args.day.roster},
                                         {"staff", CLI_TEXT, &args.staff},
                                         {"seed", CLI_TEXT, &args.seed},
                                         {"json", CLI_FLAG, &json},
                                         {0}};
    struct cli_list files;
    int status;
    if (!cli_parse(command, argc, argv, options, &files, 0, &status)) {
        return status;
    }
    status = check_args(command, &args);
    if (status == CLI_DONE && args.staff != NULL) {
        const struct cli_staff staff = {.staff = args.staff,
                                        .db = args.day.db,
                                        .day = args.day.day,
                                        .model = args.model,
                                        .seed = args.day.seed};
        return cli_simulate_staff(command, &staff);
    }
    if (status != CLI_DONE || args.day.db != NULL) {
        return status != CLI_DONE ? status : cli_simulate_day(command, &args.day);
    }
    struct buf text;
    buf_init(&text, CLI_FILE_MAX);
    status = CLI_FAILED;
    if (cli_read_file(args.trace != NULL ? args.trace : args.model, &text)) {
        status = args.trace != NULL
                     ? run_trace(args.trace, &text)
                     : run_model(args.model, &text, args.seed != NULL ? &args.day.seed : NULL);
    }
    buf_fini(&text);
    return status;
}

const struct cli_command cli_simulate_commands[] = {
    {"simulate", simulate,
     "--model FILE.json | --trace FILE.json | --db FILE --day YYYY-MM-DD [--policy FILE.json] "
     "[--roster FILE.json] | --staff FILE.json (--db FILE [--day YYYY-MM-DD] | --model FILE.json) "
     "[--seed N] [--json]",
     "Runs the hall's own chooser on a virtual clock. The same seed gives the same bytes.\n"
     "  --model   arrivals, service times, windows and policy; prints waits, overtakes and\n"
     "            utilisation as JSON, and the speed on stderr\n"
     "  --trace   one case; prints each call:\n"
     "            calls  [ms, window, ticket, rule, points, [tickets passed]]\n"
     "            notes  [ms, what, ticket]\n"
     "            final  state and times passed of each ticket that was not served\n"
     "  --db      a recorded day, also while serving: asks the chooser again at every call, and\n"
     "            prints the calls it would make differently and the measures of the day\n"
     "  --day     which one\n"
     "  --policy  the day under another policy: {\"policy\":{...},\"classes\":[...]} as in the\n"
     "            configuration; what is left out stays as it was\n"
     "  --roster  the day with other windows: {\"windows\":[{\"no\":3,\"services\":[...],\n"
     "            \"open\":[[\"09:00\",\"11:30\"]]}]}\n"
     "  --staff   how many windows the past days need (20 of the database, before --day, or 20 of\n"
     "            the model): "
     "{\"target_share\":0.9,\"plan\":[{\"from\":\"09:00\",\"to\":\"12:00\",\n"
     "            \"windows\":[1,2]}]} judges a plan, without `plan` one is looked for\n"
     "  --seed    instead of the model's own, or 1\n"},
    {0},
};
