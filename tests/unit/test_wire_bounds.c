/* The bounds on waiting that `config check` prints, against figures worked out by hand, and its
 * warnings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web_files.h"
#include "wire.h"

#define TEXT_MAX 1000000
#define NAME "\"name\":{\"en\":\"N\"}"
#define SERVICES "\"services\":[{\"code\":\"a\",\"prefix\":\"A\"," NAME "}]"

static struct wire_config *create(const char *text)
{
    struct wire_problem problem;
    struct wire_config *config = NULL;
    enum err err = wire_config_create(text, strlen(text), &problem, &config);
    if (err) {
        print_message("%s %s\n", problem.errors[0].pointer, problem.errors[0].detail);
    }
    assert_int_equal(err, ERR_NONE);
    assert_int_equal(problem.error_count, 0);
    assert_non_null(config);
    return config;
}

static const char *demo_text(void)
{
    for (const struct web_file *file = web_files; file->path != NULL; file++) {
        if (strcmp(file->path, "src/demo/hall.json") == 0) {
            return (const char *)file->begin;
        }
    }
    fail_msg("the demo hall is not part of the program");
    return NULL;
}

static char *bounds_of(const char *document)
{
    struct wire_config *config = create(document);
    struct buf buf;
    buf_init(&buf, TEXT_MAX);
    wire_config_bounds(&buf, config);
    assert_false(buf_failed(&buf));
    buf_add_char(&buf, '\0');
    size_t length = 0;
    char *text = buf_take(&buf, &length);
    assert_non_null(text);
    buf_fini(&buf);
    wire_config_destroy(config);
    return text;
}

/* The row of service and class, as its numbers. */
static void find_row(const char *text, const char *service, const char *class, int *windows,
                     int *calls, double *typical, double *bad)
{
    char name[2][32];
    const char *line = text;
    while (line != NULL) {
        int got =
            sscanf(line, "%31s %31s %d %d %lf %lf", name[0], name[1], windows, calls, typical, bad);
        if (got == 6 && strcmp(name[0], service) == 0 && strcmp(name[1], class) == 0) {
            return;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    fail_msg("no row %s %s", service, class);
}

static void assert_near(double value, double expected)
{
    assert_true(value > expected - 0.0501 && value < expected + 0.0501);
}

#define WINDOW(no) "{\"no\":" #no ",\"services\":[\"a\"]}"
#define SIX_WINDOWS WINDOW(1) "," WINDOW(2) "," WINDOW(3) "," WINDOW(4) "," WINDOW(5) "," WINDOW(6)
#define SEVEN_MINUTES                                                                              \
    "\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"expected_service_s\":420," NAME "}]"

/* K = 8, 7 minutes, 6 windows: 8 * 7 / 6 = 9.33 minutes. The bad day by the lognormal: with s*s =
 * ln 2 the percentile is 7 * exp(1.64485 * 0.83255 - 0.34657) = 19.468 minutes, times 8 / 6
 * is 25.96. */
static void test_bounds_figures(void **state)
{
    (void)state;
    int windows = 0;
    int calls = 0;
    double typical = 0;
    double bad = 0;
    char *text = bounds_of("{" SEVEN_MINUTES ",\"windows\":[" SIX_WINDOWS "]}");
    find_row(text, "a", "ordinary", &windows, &calls, &typical, &bad);
    assert_int_equal(windows, 6);
    assert_int_equal(calls, 8);
    assert_near(typical, 9.333);
    assert_near(bad, 25.957);
    free(text);
    /* Backup windows and windows for other classes do not count: 1 window, cap 3, 3 * 7 = 21
     * minutes. */
    text = bounds_of("{" SEVEN_MINUTES
                     ",\"classes\":[{\"code\":\"ordinary\",\"cap\":3}],\"windows\":[" WINDOW(
                         1) ",{\"no\":2,\"services\":[{\"code\":\"a\",\"tier\":\"backup\"}]},"
                            "{\"no\":3,\"services\":[\"a\"],\"classes\":[\"elderly\"]}]}");
    find_row(text, "a", "ordinary", &windows, &calls, &typical, &bad);
    assert_int_equal(windows, 1);
    assert_int_equal(calls, 3);
    assert_near(typical, 21.0);
    assert_near(bad, 58.404);
    find_row(text, "a", "elderly", &windows, &calls, &typical, &bad);
    assert_int_equal(windows, 2);
    assert_near(typical, 8 * 7 / 2.0);
    free(text);
}

/* B 2, R 20 min, wait 60 min: 2 * 2 + 3 + 1 = 8; but never more than a day's 5. */
static void test_bounds_urgent(void **state)
{
    (void)state;
    char *text = bounds_of("{\"policy\":{\"urgent\":{\"burst\":2,\"refill_s\":1200}}}");
    assert_non_null(strstr(text, "60 min at most 8 times"));
    free(text);
    text = bounds_of("{\"policy\":{\"urgent\":{\"burst\":2,\"refill_s\":1200,\"per_day\":5}}}");
    assert_non_null(strstr(text, "60 min at most 5 times"));
    free(text);
}

#define CLASS(members) "{\"classes\":[{\"code\":\"vip\"," members "}]}"

static void test_bounds_warnings(void **state)
{
    (void)state;
    static const struct {
        const char *document;
        const char *warning;
    } traps[] = {
        {"{\"policy\":{\"w_share\":100}}", "w_share 100"},
        {"{\"policy\":{\"w_share\":0}}", "w_share 0"},
        {CLASS("\"cap\":2"), "class vip: cap 2"},
        {CLASS("\"cap\":-1"), "class vip: cap -1"},
        {CLASS("\"head_s\":-1"), "class vip: head_s -1"},
        {CLASS("\"rate_pm\":900"), "class vip: rate_pm 900"},
        {CLASS("\"max_wait_s\":0"), "class vip: max_wait_s 0"},
        {"{" SERVICES ",\"classes\":[{\"code\":\"vip\",\"max_wait_s\":600}]}",
         "class vip: max_wait_s 600 is below target_wait_s 900 of service a"},
        {"{\"policy\":{\"rule\":\"strict\"}}", "/policy/rule strict"},
        {"{\"policy\":{\"rule\":\"ratio\"}}", "/policy/rule ratio"},
        {"{\"policy\":{\"rule\":\"longest\"}}", "/policy/rule longest"},
        {"{\"policy\":{\"rule\":\"ratio\",\"group_weights\":[0]}}", "/policy/group_weights/0 is 0"},
        {"{" SERVICES "}", "service a, class ordinary: no window takes it"},
        {"{" SERVICES
         ",\"windows\":[{\"no\":1,\"services\":[{\"code\":\"a\",\"tier\":\"backup\"}]}]}",
         "only as backup"},
        {"{\"windows\":[{\"no\":1}]}", "window 1 has no services"},
        {"{}", "none of category complaint"},
    };
    char *demo = bounds_of(demo_text());
    assert_null(strstr(demo, "warning:"));
    assert_non_null(strstr(demo, "ok: no warnings"));
    for (size_t i = 0; i < sizeof traps / sizeof traps[0]; i++) {
        char *text = bounds_of(traps[i].document);
        const char *found = strstr(text, traps[i].warning);
        if (found == NULL) {
            fail_msg("no \"%s\" in:\n%s", traps[i].warning, text);
        }
        assert_non_null(strstr(text, "warning: "));
        assert_null(strstr(text, "ok: no warnings"));
        free(text);
    }
    free(demo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_figures),
        cmocka_unit_test(test_bounds_urgent),
        cmocka_unit_test(test_bounds_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
