/* bench_core: one command to the core with few and with many people waiting, for every policy.
 *
 * usage: bench_core [MANY [PAIRS [REPEATS]]]
 *
 * A hall of 8 services, 5 classes and one window that serves them all. FEW or MANY tickets are
 * issued first; then each measured pair is one issue and one next (which also finishes the ticket
 * before), so that as many wait at the end as at the beginning. Blocks with few and with many
 * waiting take turns on two cores of their own, so that noise strikes both. One JSON object for
 * each policy and command: nanoseconds with many waiting, the ceiling is the same with few, both
 * medians of the blocks. "unguarded" is the score with caps and longest waits off, where a call
 * passes tens of thousands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "core.h"

#define FEW 100
#define SERVICES 8
#define CLASSES 5
#define BLOCK 500
#define BLOCK_MAX 64
#define DAY_MS (INT64_C(20780) * 86400000)
#define GAP_MS 10 /* between arrivals */

struct side {
    struct core *core;
    int64_t now_ms;
    int64_t issued;
    int64_t events;
    int64_t issue_ns[BLOCK_MAX], next_ns[BLOCK_MAX];
};

static void count_event(void *context, const struct event *event)
{
    (void)event;
    ((struct side *)context)->events++;
}

static void step(struct side *side, const struct cmd *cmd)
{
    struct core_sink sink = {.emit = count_event, .context = side};
    struct core_now now = {.ms = side->now_ms, .offset_s = 0};
    struct core_result result;
    enum err err = core_step(side->core, &now, cmd, &sink, &result);

    if (err != ERR_NONE) {
        bench_fail("command %d: %s %s", (int)cmd->kind, err_slug(err),
                   result.detail != NULL ? result.detail : "");
    }
    if (cmd->kind == CMD_NEXT && result.visit < 0) {
        bench_fail("nobody waits");
    }
}

/* Services and classes change in step with numbers that share no factor, so that all queues fill.
 */
static void issue(struct side *side)
{
    struct cmd cmd;

    cmd_init(&cmd, CMD_ISSUE);
    cmd.by = CMD_BY_KIOSK;
    cmd.actor = EVENT_ACTOR_DEVICE;
    (void)snprintf(cmd.service, sizeof cmd.service, "s%d", (int)(side->issued % SERVICES));
    memcpy(cmd.cls, core_hall(side->core)->classes[side->issued * 3 % CLASSES].code,
           sizeof cmd.cls);
    cmd.has_token = true;
    uint64_t token = (uint64_t)(side->issued + 1) * UINT64_C(0x9e3779b97f4a7c15);
    memcpy(cmd.token, &token, sizeof token);
    side->issued++;
    side->now_ms += GAP_MS;
    step(side, &cmd);
}

static void next(struct side *side)
{
    struct cmd cmd;

    cmd_init(&cmd, CMD_NEXT);
    cmd.by = CMD_BY_CLERK;
    cmd.actor = EVENT_ACTOR_USER;
    (void)snprintf(cmd.actor_id, sizeof cmd.actor_id, "zhang");
    cmd.window = 1;
    step(side, &cmd);
}

/* A row of the table: a policy. */
struct row {
    const char *name;
    enum hall_rule rule;
    bool unguarded;
};

static void hall_make(struct hall *hall, const struct row *row)
{
    memset(hall, 0, sizeof *hall);
    hall_set_defaults(hall);
    (void)snprintf(hall->code, sizeof hall->code, "bench");
    (void)snprintf(hall->timezone, sizeof hall->timezone, "UTC");
    hall->day_close_min = 0;
    hall->next_on_called = HALL_ON_CALLED_FINISH;
    hall->policy.rule = row->rule;
    for (int c = 0; row->unguarded && c < hall->class_count; c++) {
        hall->classes[c].cap = -1;
        hall->classes[c].max_wait_ms = 0;
    }
    hall->service_count = SERVICES;
    hall->window_count = 1;
    hall->windows[0].no = 1;
    hall->windows[0].zone = -1;
    hall->windows[0].service_count = SERVICES;
    for (int i = 0; i < SERVICES; i++) {
        struct hall_service *service = &hall->services[i];
        (void)snprintf(service->code, sizeof service->code, "s%d", i);
        (void)snprintf(service->prefix, sizeof service->prefix, "%c", 'A' + i);
        service->first = 1;
        service->last = 99999;
        service->target_wait_ms = 900000;
        service->expected_service_ms = 300000;
        hall->windows[0].services[i] = (struct hall_window_service){.service = (int16_t)i};
    }
}

static void side_open(struct side *side, const struct row *row, int waiting)
{
    static struct hall hall;
    struct core_limits limits = {.visit_max = CORE_VISIT_MAX_DEFAULT};
    struct cmd cmd;

    memset(side, 0, sizeof *side);
    hall_make(&hall, row);
    side->core = core_create(&limits, &hall);
    side->now_ms = DAY_MS + 8 * 3600000;
    if (side->core == NULL) {
        bench_fail("no memory");
    }
    cmd_init(&cmd, CMD_WINDOW_OPEN);
    cmd.by = CMD_BY_CLERK;
    cmd.actor = EVENT_ACTOR_USER;
    (void)snprintf(cmd.actor_id, sizeof cmd.actor_id, "zhang");
    cmd.window = 1;
    (void)snprintf(cmd.clerk, sizeof cmd.clerk, "zhang");
    step(side, &cmd);
    for (int i = 0; i < waiting; i++) {
        issue(side);
    }
}

static void run_block(struct side *side, int block)
{
    int64_t issue_ns = 0;
    int64_t start_ns = bench_now_ns();

    for (int i = 0; i < BLOCK; i++) {
        int64_t begun_ns = bench_now_ns();
        issue(side);
        issue_ns += bench_now_ns() - begun_ns;
        next(side);
    }
    side->issue_ns[block] = issue_ns / BLOCK;
    side->next_ns[block] = (bench_now_ns() - start_ns - issue_ns) / BLOCK;
}

static void print(const char *policy, const char *command, int many, int64_t *values,
                  int64_t *ceilings, size_t count)
{
    bench_sort(values, count);
    bench_sort(ceilings, count);
    int64_t value = bench_percentile(values, count, 0.5);
    int64_t ceiling = bench_percentile(ceilings, count, 0.5);
    (void)printf(
        "{\"figure\":\"core_%s_%s\",\"method\":\"%d waiting against %d, median of %zu blocks of "
        "%d\","
        "\"value\":%lld,\"min\":%lld,\"max\":%lld,\"unit\":\"ns\",\"ceiling\":%lld,\"ratio\":%.2f,"
        "\"goal\":\"<= 1.2\"}\n",
        command, policy, many, FEW, count, BLOCK, (long long)value, (long long)values[0],
        (long long)values[count - 1], (long long)ceiling, (double)value / (double)ceiling);
}

int main(int argc, char **argv)
{
    static const struct row rows[] = {
        {"score", HALL_RULE_SCORE, false},     {"fifo", HALL_RULE_FIFO, false},
        {"strict", HALL_RULE_STRICT, false},   {"ratio", HALL_RULE_RATIO, false},
        {"longest", HALL_RULE_LONGEST, false}, {"unguarded", HALL_RULE_SCORE, true},
    };
    static struct side few, many;
    int waiting = argc > 1 ? (int)bench_number(argv[1], 1, CORE_VISIT_MAX_DEFAULT) : 100000;
    long pairs = argc > 2 ? bench_number(argv[2], BLOCK, BLOCK * BLOCK_MAX) : 12000;
    long repeats = argc > 3 ? bench_number(argv[3], 1, 20) : 1;
    int blocks = (int)(pairs / BLOCK);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        for (long repeat = 0; repeat < repeats; repeat++) {
            side_open(&few, row, FEW);
            side_open(&many, row, waiting);
            for (int block = -1; block < blocks; block++) {
                /* The first block of each only warms up and is overwritten. */
                run_block(&few, block < 0 ? 0 : block);
                run_block(&many, block < 0 ? 0 : block);
            }
            print(row->name, "issue", waiting, many.issue_ns, few.issue_ns, (size_t)blocks);
            print(row->name, "next", waiting, many.next_ns, few.next_ns, (size_t)blocks);
            core_destroy(few.core);
            core_destroy(many.core);
        }
    }
    return 0;
}
