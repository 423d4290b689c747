/* wire_bounds: what the configuration promises those who wait, as text a hall manager can read.
 *
 * Scheduling lets later visitors with a need pass earlier ones, but no visitor is passed more than
 * `cap` times, whatever happens. So the price of priority has a bound, which follows from the
 * document alone: cap calls, and in minutes cap * service time / windows, with m windows that take
 * the service first. Typical uses the expected service time. The bad day uses its 95th percentile
 * when service times are lognormal with a coefficient of variation of 1, the shape that forecasts
 * assume before they have a history: exp(1.6449 s - s*s/2) times the mean with s*s = ln 2, which
 * is 2.781. */
#include <assert.h>

#include "wire_config_internal.h"

#define P95_PER_MILLE 2781
#define MINUTE_MS 60000
/* The wait for which the urgent calls are counted out. */
#define URGENT_EXAMPLE_MIN 60
/* 128 services times 16 classes, a line of 80 bytes each, and the warnings. */
#define BOUNDS_MAX ((size_t)512 * 1024)

/* Each window once: the largest hall has 2048 rows, and each would look at every window. */
void wire_bounds_count(const struct hall *hall, struct wire_bounds_windows *windows)
{
    *windows = (struct wire_bounds_windows){0};
    for (int i = 0; i < hall->window_count; i++) {
        const struct hall_window *window = &hall->windows[i];
        for (int k = 0; k < window->service_count; k++) {
            const struct hall_window_service *ability = &window->services[k];
            for (int class = 0; class < hall->class_count; class ++) {
                bool admits = window->classes == 0 || (window->classes >> class & 1) != 0;
                windows->count[ability->service][class] +=
                    admits && ability->tier == HALL_TIER_PRIMARY;
            }
        }
    }
}

/* Tenths of a minute, to the nearest. */
static int64_t extra_tenths(int64_t calls, int64_t service_ms, int windows)
{
    int64_t divisor = (int64_t)windows * (MINUTE_MS / 10);
    return (calls * service_ms + divisor / 2) / divisor;
}

/* What one row promises. */
struct bound {
    int windows;   /* 0: nobody takes it first, and minutes mean nothing */
    int64_t calls; /* below 0: no bound */
    int64_t typical_tenths;
    int64_t bad_tenths;
};

static struct bound bound_of(const struct hall *hall, const struct wire_bounds_windows *windows,
                             int service_index, int class_index)
{
    const struct hall_service *service = &hall->services[service_index];
    /* First come first served overtakes nobody, whatever the cap says. */
    bool fifo = hall->policy.rule == HALL_RULE_FIFO;
    struct bound bound = {.windows = windows->count[service_index][class_index],
                          .calls = fifo ? 0 : hall->classes[class_index].cap};
    if (bound.calls >= 0 && bound.windows > 0) {
        int64_t p95_ms = service->expected_service_ms * P95_PER_MILLE / 1000;
        bound.typical_tenths =
            extra_tenths(bound.calls, service->expected_service_ms, bound.windows);
        bound.bad_tenths = extra_tenths(bound.calls, p95_ms, bound.windows);
    }
    return bound;
}

static void put_tenths(struct buf *buf, int64_t tenths)
{
    buf_printf(buf, "  %11lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
}

static void put_row(struct buf *buf, const struct hall *hall,
                    const struct wire_bounds_windows *windows, int service, int class)
{
    struct bound bound = bound_of(hall, windows, service, class);
    buf_printf(buf, "%-16s  %-12s  %7d", hall->services[service].code, hall->classes[class].code,
               bound.windows);
    if (bound.calls < 0) {
        buf_printf(buf, "  %8s  %13s  %13s\n", "no bound", "no bound", "no bound");
        return;
    }
    buf_printf(buf, "  %8lld", (long long)bound.calls);
    if (bound.windows == 0) {
        buf_printf(buf, "  %13s  %13s\n", "no window", "no window");
        return;
    }
    put_tenths(buf, bound.typical_tenths);
    put_tenths(buf, bound.bad_tenths);
    buf_add_char(buf, '\n');
}

static void put_table(struct buf *buf, const struct hall *hall)
{
    buf_add_text(
        buf, "What others can add to a wait, beyond first come first served\n"
             "calls    most later visitors that are let pass (cap), for every single ticket\n"
             "typical  minutes: calls x expected_service_s / windows\n"
             "bad day  minutes: calls x 95th percentile / windows, where the percentile is 2.78 x\n"
             "         expected_service_s (lognormal service times, coefficient of variation 1.0)\n"
             "windows  those that take service and class first, all of them open; where they take\n"
             "         longer services as well, who is let pass may need longer than this\n\n");
    buf_printf(buf, "%-16s  %-12s  %7s  %8s  %13s  %13s\n", "service", "class", "windows", "calls",
               "typical (min)", "bad day (min)");
    struct wire_bounds_windows windows;
    wire_bounds_count(hall, &windows);
    for (int service = 0; service < hall->service_count; service++) {
        for (int cls = 0; cls < hall->class_count; cls++) {
            put_row(buf, hall, &windows, service, cls);
        }
    }
}

/* scheduling: in a wait of length T at most 2 B + T / R + 1 urgent calls, and never more than a
 * day's. */
static void put_urgent(struct buf *buf, const struct hall_policy *policy)
{
    if (policy->urgent_burst == 0 || policy->urgent_per_day == 0) {
        buf_add_text(buf, "\nurgent: never granted\n");
        return;
    }
    assert(policy->urgent_refill_ms > 0);
    int64_t wait_ms = (int64_t)URGENT_EXAMPLE_MIN * MINUTE_MS;
    int64_t calls = 2 * (int64_t)policy->urgent_burst + wait_ms / policy->urgent_refill_ms + 1;
    if (calls > policy->urgent_per_day) {
        calls = policy->urgent_per_day;
    }
    buf_printf(
        buf,
        "\nurgent: at most %d at once, one more every %lld s, %d a day; they come on top of the "
        "calls above\n        and pass someone who waits %d min at most %lld times\n",
        (int)policy->urgent_burst, (long long)(policy->urgent_refill_ms / 1000),
        (int)policy->urgent_per_day, URGENT_EXAMPLE_MIN, (long long)calls);
}

static void put_max_wait(struct buf *buf, const struct hall *hall)
{
    for (int i = 0; i < hall->class_count; i++) {
        const struct hall_class *class = &hall->classes[i];
        if (class->max_wait_ms == 0 || hall->policy.w_share == 0) {
            continue;
        }
        buf_printf(buf,
                   "max wait: %s over %lld min: of 100 calls of the service at least %d go to "
                   "tickets as old or older\n",
                   class->code, (long long)(class->max_wait_ms / MINUTE_MS),
                   (int)hall->policy.w_share);
    }
}

void wire_config_bounds(struct buf *buf, const struct wire_config *config)
{
    const struct hall *hall = &config->hall;
    put_table(buf, hall);
    put_urgent(buf, &hall->policy);
    put_max_wait(buf, hall);
    buf_add_char(buf, '\n');
    wire_bounds_check(buf, config);
}

static void put_minutes(struct buf *buf, const char *key, const struct bound *bound, int64_t tenths)
{
    if (bound->calls < 0 || bound->windows == 0) {
        wire_put_null(buf, key);
    } else {
        wire_put_decimal(buf, key, (double)tenths / 10.0, 1);
    }
}

static void put_bound(struct buf *buf, const struct hall *hall,
                      const struct wire_bounds_windows *windows, int service, int class)
{
    struct bound bound = bound_of(hall, windows, service, class);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "service", hall->services[service].code);
    wire_put_text(buf, "class", hall->classes[class].code);
    wire_put_int(buf, "windows", bound.windows);
    if (bound.calls < 0) {
        wire_put_null(buf, "calls");
    } else {
        wire_put_int(buf, "calls", bound.calls);
    }
    put_minutes(buf, "typical_min", &bound, bound.typical_tenths);
    put_minutes(buf, "bad_day_min", &bound, bound.bad_tenths);
    wire_close_object(buf);
}

void wire_config_print_bounds(struct buf *buf, const struct wire_config *config)
{
    const struct hall *hall = &config->hall;
    struct buf text;
    buf_init(&text, BOUNDS_MAX);
    struct wire_bounds_windows windows;
    wire_config_bounds(&text, config);
    wire_bounds_count(hall, &windows);
    wire_open_object(buf, NULL);
    wire_open_array(buf, "rows");
    for (int service = 0; service < hall->service_count; service++) {
        for (int class = 0; class < hall->class_count; class ++) {
            put_bound(buf, hall, &windows, service, class);
        }
    }
    wire_close_array(buf);
    wire_put_text(buf, "text", buf_text(&text));
    wire_close_object(buf);
    buf->failed = buf->failed || buf_failed(&text);
    buf_fini(&text);
}
