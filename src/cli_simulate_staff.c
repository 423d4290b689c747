/* cli_simulate_staff: `hallcall simulate --staff`: how many windows the days of a database, or of a
 * model, need. Only reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "forecaster.h"
#include "wire_model.h"
#include "wire_staffing.h"

/* A call nobody answers keeps its window this long when the hall has no rule. */
#define ABSENT_MS 60000

/* Everything of one run; large, so not on the stack. */
struct run {
    const struct cli_staff *args;
    struct hall hall;
    struct sim_model model;
    struct staffing_past past;
    struct wire_staffing request;
    struct staffing_input input;
    struct staffing_plan plan;
    struct staffing_result result;
};

/* ---- the past ---- */

static enum err take_past(void *context, const struct store_past *past)
{
    struct run *run = context;
    struct forecast_record record;
    int64_t came_ms = past->place == 0 ? past->issued_ms : past->entered_ms;
    int32_t offset_s = clock_offset_s(came_ms);
    return forecaster_record(&run->hall, past, offset_s, &record)
               ? staffing_past_add(&run->past, &record, came_ms + (int64_t)offset_s * 1000)
               : ERR_NONE;
}

static enum err read_days(struct run *run, struct store *store, int32_t before)
{
    int32_t first;
    enum err err = store_begin(store);
    if (err) {
        return err;
    }
    err = forecaster_first_day(store, before, &first);
    if (err == ERR_NONE) {
        err = staffing_past_init(&run->past, &run->hall);
    }
    if (err == ERR_NONE) {
        err = store_past_each(store, first, before - 1, take_past, run);
    }
    store_rollback(store);
    return err ? err : staffing_past_end(&run->past);
}

/* Days before that one. */
static int read_database(struct run *run, int32_t before)
{
    struct store *store = NULL;
    struct wire_config *config;
    if (!cli_open_store(run->args->db, STORE_READER, &store)) {
        return CLI_FAILED;
    }
    int status = CLI_FAILED;
    if (cli_load_config(store, run->args->db, &config)) {
        cli_set_zone(NULL, config);
        run->hall = *wire_config_hall(config);
        wire_config_destroy(config);
        enum err err = read_days(run, store, before);
        status = err ? cli_store_failed(run->args->db, err, store) : CLI_DONE;
    }
    store_close(store);
    return status;
}

static int read_model(struct run *run)
{
    struct buf text;
    struct wire_problem problem;
    int status = CLI_FAILED;
    buf_init(&text, CLI_FILE_MAX);
    wire_problem_init(&problem, ERR_NONE);
    if (!cli_read_file(run->args->model, &text)) {
        goto out;
    }
    if (wire_model_read(text.data, text.length, &run->model, &problem) != ERR_NONE) {
        status = cli_report_problem(run->args->model, &problem);
        goto out;
    }
    if (run->model.steady) {
        status = cli_fail("%s: /mode: staffing needs days, not a steady run", run->args->model);
        goto out;
    }
    for (int s = 0; s < run->model.hall.service_count; s++) { /* for those who hardly come */
        run->model.hall.services[s].expected_service_ms =
            (int64_t)run->model.service_time[s].mean_ms;
    }
    run->hall = run->model.hall;
    status = staffing_past_make(&run->past, &run->model) == ERR_NONE ? CLI_DONE
                                                                     : cli_fail("out of memory");
out:
    buf_fini(&text);
    return status;
}

/* ---- the question ---- */

static int read_request(struct run *run)
{
    struct buf text;
    struct wire_problem problem;
    int status = CLI_FAILED;
    buf_init(&text, CLI_FILE_MAX);
    wire_problem_init(&problem, ERR_NONE);
    if (cli_read_file(run->args->staff, &text)) {
        status = wire_staffing_read(text.data, text.length, &run->hall, &run->request, &problem) ==
                         ERR_NONE
                     ? CLI_DONE
                     : cli_report_problem(run->args->staff, &problem);
    }
    buf_fini(&text);
    return status;
}

/* Where somebody came, unless the request says; false when nobody ever did. */
static bool find_hours(const struct run *run, int *ret_from, int *ret_to)
{
    *ret_from = FORECAST_SLOT_COUNT;
    *ret_to = 0;
    for (int d = 0; d < run->past.day_count; d++) {
        for (int i = 0; i < run->past.days[d].count; i++) {
            int slot = (int)(run->past.days[d].arrivals[i].at_ms / FORECAST_SLOT_MS);
            *ret_from = slot < *ret_from ? slot : *ret_from;
            *ret_to = slot + 1 > *ret_to ? slot + 1 : *ret_to;
        }
    }
    return *ret_to > 0;
}

static int answer(struct run *run)
{
    int from;
    int to;
    if (!find_hours(run, &from, &to)) {
        return cli_fail("there is no past day to learn from");
    }
    const struct wire_staffing *request = &run->request;
    run->input = (struct staffing_input){
        .hall = &run->hall,
        .history = run->past.history,
        .days = run->past.days,
        .day_count = run->past.day_count,
        .from_slot = request->from_slot >= 0 ? request->from_slot : from,
        .to_slot = request->to_slot >= 0 ? request->to_slot : to,
        .trial_days = request->days,
        .seed = run->args->seed,
        .target_share = request->target_share,
        .absent_ms = run->hall.no_show_answer_ms > 0 ? run->hall.no_show_answer_ms : ABSENT_MS};
    if (run->args->model != NULL && run->model.no_show_share > 0) {
        run->input.absent_ms = run->model.no_show_cost_ms;
    }
    if (run->input.from_slot >= run->input.to_slot) {
        return cli_fail("%s: /from: nobody comes then", run->args->staff);
    }
    run->plan = request->plan;
    enum err err = request->has_plan ? staffing_evaluate(&run->input, &run->plan, &run->result)
                                     : staffing_search(&run->input, &run->plan, &run->result);
    if (err) {
        return cli_fail("the days cannot be played: %s", err_title(err));
    }
    struct buf out;
    buf_init(&out, CLI_FILE_MAX);
    wire_staffing_print(&out, &run->input, &run->plan, &run->result);
    bool failed = buf_failed(&out);
    if (!failed) {
        (void)fwrite(out.data, 1, out.length, stdout);
    }
    buf_fini(&out);
    return failed ? cli_fail("out of memory") : CLI_DONE;
}

int cli_simulate_staff(const struct cli_command *command, const struct cli_staff *args)
{
    int32_t day = INT32_MAX / 2; /* beyond every day */
    if (args->day != NULL && clock_parse_day(args->day, &day) != ERR_NONE) {
        return cli_wrong(command, "--day must be a date YYYY-MM-DD");
    }
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return cli_fail("out of memory");
    }
    run->args = args;
    int status = args->db != NULL ? read_database(run, day) : read_model(run);
    if (status == CLI_DONE) {
        status = read_request(run);
    }
    if (status == CLI_DONE) {
        status = answer(run);
    }
    staffing_result_fini(&run->result);
    staffing_past_fini(&run->past);
    free(run);
    return status;
}
