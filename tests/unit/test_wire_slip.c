/* test_wire_slip: slips laid out by the configuration: what stands where, what is refused, and that
 * nothing a layout can ask for is more than the slip has room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "wire.h"

#define DOCUMENT_SIZE 16384

static char document[DOCUMENT_SIZE];
static struct wire_config *config;
static struct wire_problem problem;
static struct wire_slip slip;
static struct buf buf;

static const char *const head =
    "{\"hall\":{\"code\":\"h\",\"name\":{\"zh-CN\":\"大厅\",\"en\":\"Hall\"},"
    "\"public_url\":\"https://q.example.cn\",\"timezone\":\"Asia/Shanghai\"},"
    "\"classes\":[{\"code\":\"ordinary\",\"name\":{\"zh-CN\":\"普通\",\"en\":\"Ordinary\"}},"
    "{\"code\":\"elderly\",\"name\":{\"zh-CN\":\"老人\",\"en\":\"Elderly\"},\"cap\":8}],"
    "\"zones\":[{\"code\":\"a\",\"name\":{\"zh-CN\":\"一区\",\"en\":\"A\"}},"
    "{\"code\":\"b\",\"name\":{\"zh-CN\":\"二区\",\"en\":\"B\"}}],"
    "\"services\":[{\"code\":\"pension\",\"name\":{\"zh-CN\":\"养老\",\"en\":\"Pension\"},"
    "\"prefix\":\"A\",\"first\":1,\"last\":999,\"card\":{\"materials\":[%s]}},"
    "{\"code\":\"tax\",\"name\":{\"zh-CN\":\"税务\",\"en\":\"Tax\"},\"prefix\":\"B\"}],"
    "\"windows\":[{\"no\":3,\"zone\":\"a\",\"name\":{\"zh-CN\":\"三号\",\"en\":\"Three\"},"
    "\"services\":[\"pension\"]},{\"no\":4,\"zone\":\"a\",\"services\":[\"pension\"]},"
    "{\"no\":7,\"zone\":\"b\",\"name\":{\"zh-CN\":\"七号\",\"en\":\"Seven\"},\"services\":"
    "[\"tax\",\"pension\"]},{\"no\":9,\"name\":{\"zh-CN\":\"九号\",\"en\":\"Nine\"},\"services\":"
    "[\"tax\",{\"code\":\"pension\",\"tier\":\"backup\"}]}],"
    "\"notices\":[%s],\"printers\":[{\"code\":\"p1\",\"link\":\"sim:p1\",\"driver\":\"escpos\"},"
    "{\"code\":\"p2\",\"link\":\"sim:p2\",\"driver\":\"escpos\",\"slip\":{\"blocks\":["
    "{\"show\":\"number\"},{\"show\":\"mark\"}]}}]%s%s}";

/* With these blocks for the hall; NULL none. */
static enum err configure(const char *materials, const char *notices, const char *slip_json)
{
    wire_config_destroy(config);
    config = NULL;
    int length =
        snprintf(document, sizeof document, head, materials, notices,
                 slip_json != NULL ? ",\"slip\":" : "", slip_json != NULL ? slip_json : "");
    assert_true(length > 0 && (size_t)length < sizeof document);
    return wire_config_create(document, (size_t)length, &problem, &config);
}

static void make_ticket(struct ticket *ticket, const char *class, int32_t ahead)
{
    *ticket = (struct ticket){.issued_ms = INT64_C(1795397400000), .ahead = ahead, .leg_count = 1};
    ticket->eta = (struct eta){.low_ms = -1, .p50_ms = -1, .p90_ms = -1, .high_ms = -1};
    text_copy_cut(ticket->id, sizeof ticket->id, "01J9ID");
    text_copy_cut(ticket->number, sizeof ticket->number, "A012");
    text_copy_cut(ticket->cls, sizeof ticket->cls, class);
    text_copy_cut(ticket->legs[0].service, sizeof ticket->legs[0].service, "pension");
}

static const char *text_of(const struct ticket *ticket, const char *printer)
{
    wire_slip_make(&slip, ticket, config, printer);
    buf_clear(&buf);
    wire_slip_text(&buf, &slip, 32);
    return buf_text(&buf);
}

static int set_up(void **state)
{
    (void)state;
    buf_init(&buf, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_fini(&buf);
    wire_config_destroy(config);
    config = NULL;
    return 0;
}

static void blocks_stand_in_their_order(void **state)
{
    (void)state;
    struct ticket ticket;
    make_ticket(&ticket, "elderly", 5);
    assert_int_equal(
        configure("{\"zh-CN\":\"身份证\",\"en\":\"Identity card\"},\"照片\"", "",
                  "{\"blocks\":[{\"show\":\"time\",\"align\":\"left\"},{\"show\":\"mark\"},"
                  "{\"show\":\"number\",\"size\":6},{\"show\":\"class\"},{\"show\":\"rule\"},"
                  "{\"show\":\"windows\"},{\"show\":\"service\",\"languages\":\"en\"},"
                  "{\"show\":\"documents\",\"languages\":\"zh-CN\"},{\"show\":\"space\"},"
                  "{\"show\":\"text\",\"text\":{\"zh-CN\":\"欢迎\",\"en\":\"Welcome\"}},"
                  "{\"show\":\"code\"}]}"),
        ERR_NONE);
    /* Window 9 only helps out. */
    static const char body[] = "A012\n"
                               "老人 / Elderly\n"
                               "--------------------------------\n"
                               "一区、二区 3-4, 7号窗口 / A, B,\n"
                               "window 3-4, 7\n"
                               "Pension\n"
                               "请携带:\n身份证\n照片\n"
                               "\n"
                               "欢迎 / Welcome\n";
    const char *text = text_of(&ticket, "p1");
    assert_non_null(strstr(text, body));
    assert_memory_equal(strstr(text, body) + strlen(body), "https://q.example.cn/t/0", 24);
    assert_memory_equal(text, "2026-11-2", 9);
    assert_int_equal(slip.lines[0].style.align, WIRE_SLIP_LEFT);
    assert_int_equal(slip.lines[1].style.size, 6);
    wire_slip_mark(&slip);
    wire_slip_mark(&slip);
    assert_int_equal(slip.lines[1].role, WIRE_SLIP_MARK);
    assert_true(slip.lines[1].style.reverse);
    assert_int_equal(slip.lines[2].role, WIRE_SLIP_NUMBER);
    assert_int_not_equal(slip.lines[3].role, WIRE_SLIP_MARK);
}

static void printer_has_its_own(void **state)
{
    (void)state;
    struct ticket ticket;
    make_ticket(&ticket, "ordinary", 5);
    assert_int_equal(configure("", "", NULL), ERR_NONE);
    assert_string_equal(text_of(&ticket, "p2"), "A012\n");
    ticket.copies = 1;
    assert_string_equal(text_of(&ticket, "p2"), "A012\n补打 / copy\n");
    assert_non_null(strstr(text_of(&ticket, "p1"), "大厅 / Hall\nA012\n养老 / Pension\n"));
}

static void conditions_hold(void **state)
{
    (void)state;
    struct ticket ticket;
    assert_int_equal(
        configure("", "",
                  "{\"blocks\":[{\"show\":\"number\"},{\"show\":\"mark\"},"
                  "{\"show\":\"ahead\",\"queueing\":true},"
                  "{\"show\":\"text\",\"classes\":[\"elderly\"],\"text\":{\"en\":\"Sit\"}},"
                  "{\"show\":\"text\",\"services\":[\"tax\"],\"text\":{\"en\":\"Pay\"}},"
                  "{\"show\":\"text\",\"services\":[\"tax\",\"pension\"],\"text\":{\"en\":\"Go\"}}"
                  "]}"),
        ERR_NONE);
    make_ticket(&ticket, "ordinary", 0);
    assert_string_equal(text_of(&ticket, ""), "A012\nGo\n");
    make_ticket(&ticket, "elderly", 1);
    assert_string_equal(text_of(&ticket, ""), "A012\n前面还有 1 位 / 1 ahead of you\nSit\nGo\n");
    text_copy_cut(ticket.legs[0].service, sizeof ticket.legs[0].service, "tax");
    ticket.ahead = -1;
    assert_string_equal(text_of(&ticket, ""), "A012\nSit\nPay\nGo\n");
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        const char *pointer;
    } cases[] = {
        {"{\"blocks\":[{\"show\":\"number\"}]}", "/slip/blocks"},
        {"{\"blocks\":[{\"show\":\"mark\"}]}", "/slip/blocks"},
        {"{}", "/slip/blocks"},
        {"{\"block\":[]}", "/slip/block"},
        {"[]", "/slip"},
        {"{\"blocks\":[{\"size\":2}]}", "/slip/blocks/0/show"},
        {"{\"blocks\":[{\"show\":\"photo\"}]}", "/slip/blocks/0/show"},
        {"{\"blocks\":[{\"show\":\"number\",\"size\":3}]}", "/slip/blocks/0/size"},
        {"{\"blocks\":[{\"show\":\"hall\",\"size\":9}]}", "/slip/blocks/0/size"},
        {"{\"blocks\":[{\"show\":\"hall\",\"align\":\"top\"}]}", "/slip/blocks/0/align"},
        {"{\"blocks\":[{\"show\":\"hall\",\"color\":1}]}", "/slip/blocks/0/color"},
        {"{\"blocks\":[{\"show\":\"text\"}]}", "/slip/blocks/0/text"},
        {"{\"blocks\":[{\"show\":\"hall\",\"text\":{\"en\":\"x\"}}]}", "/slip/blocks/0/text"},
        {"{\"blocks\":[{\"show\":\"hall\"},{\"show\":\"hall\"}]}", "/slip/blocks/1/show"},
        {"{\"blocks\":[{\"show\":\"mark\",\"classes\":[\"elderly\"]}]}", "/slip/blocks/0/classes"},
        {"{\"blocks\":[{\"show\":\"hall\",\"classes\":[\"nobody\"]}]}", "/slip/blocks/0/classes/0"},
        {"{\"blocks\":[{\"show\":\"hall\",\"services\":[\"tax\",\"no\"]}]}",
         "/slip/blocks/0/services/1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].json);
        assert_int_equal(configure("", "", cases[i].json), ERR_INVALID_BODY);
        assert_string_equal(problem.errors[0].pointer, cases[i].pointer);
    }
}

/* 24 blocks with all notices and documents, and the mark of a copy: each line has its place. */
static void longest_slip_fits(void **state)
{
    (void)state;
    struct ticket ticket;
    char blocks[4096] = "{\"blocks\":[{\"show\":\"number\"},{\"show\":\"mark\"},"
                        "{\"show\":\"notices\"},{\"show\":\"documents\"}";
    char notices[1024] = "";
    char materials[1024] = "";
    for (int i = 0; i < WIRE_SLIP_BLOCK_MAX - 4; i++) {
        strncat(blocks, ",{\"show\":\"text\",\"text\":{\"en\":\"x\"}}",
                sizeof blocks - strlen(blocks) - 1);
    }
    for (int i = 0; i < 12; i++) {
        strncat(materials, i == 0 ? "\"m\"" : ",\"m\"", sizeof materials - strlen(materials) - 1);
        strncat(notices, i == 0 ? "" : ",", sizeof notices - strlen(notices) - 1);
        strncat(notices, "{\"category\":\"slip\",\"text\":{\"en\":\"n\"}}",
                sizeof notices - strlen(notices) - 1);
    }
    char more[4200];
    (void)snprintf(more, sizeof more, "%s,{\"show\":\"rule\"}]}", blocks);
    assert_int_equal(configure(materials, notices, more), ERR_INVALID_BODY);
    assert_string_equal(problem.errors[0].pointer, "/slip/blocks");
    strncat(blocks, "]}", sizeof blocks - strlen(blocks) - 1);
    assert_int_equal(configure(materials, notices, blocks), ERR_NONE);
    make_ticket(&ticket, "ordinary", 1);
    (void)text_of(&ticket, "");
    wire_slip_mark(&slip);
    assert_int_equal(slip.line_count, 1 + 1 + 3 + (1 + 8) + 20);
    assert_true(slip.line_count <= WIRE_SLIP_LINE_MAX);
}

static json_t *preview(const char *body, enum err wanted)
{
    struct ticket ticket;
    make_ticket(&ticket, "ordinary", 1);
    buf_clear(&buf);
    wire_problem_init(&problem, ERR_NONE);
    enum err err =
        wire_slip_preview(&buf, body, strlen(body), strstr(body, "01J9ID") ? &ticket : NULL, config,
                          INT64_C(1795397400000), &problem);
    assert_int_equal(err, wanted);
    return err ? NULL : json_loads(buf_text(&buf), 0, NULL);
}

static void preview_shows_both_forms(void **state)
{
    (void)state;
    assert_int_equal(configure("", "", NULL), ERR_NONE);
    json_t *root = preview("{\"slip\":{\"blocks\":[{\"show\":\"number\"},{\"show\":\"mark\"},"
                           "{\"show\":\"rule\"}]},\"width\":58,\"ticket\":\"01J9ID\"}",
                           ERR_NONE);
    assert_string_equal(json_string_value(json_object_get(root, "text")),
                        "A012\n--------------------------------\n");
    assert_non_null(
        strstr(json_string_value(json_object_get(root, "html")), "<h1>A012</h1>\n<hr>"));
    json_decref(root);
    root = preview("{}", ERR_NONE);
    const char *html = json_string_value(json_object_get(root, "html"));
    /* made up, by the layout in force: the first number of the first service, and the address */
    assert_non_null(strstr(html, "<h1>A001</h1>"));
    assert_non_null(strstr(html, "<a href=\"https://q.example.cn/t/"));
    json_decref(root);
    (void)preview("{\"width\":60}", ERR_INVALID_BODY);
    assert_string_equal(problem.errors[0].pointer, "/width");
    (void)preview("{\"slip\":{\"blocks\":[{\"show\":\"photo\"}]}}", ERR_INVALID_BODY);
    assert_string_equal(problem.errors[0].pointer, "/slip/blocks/0/show");
    (void)preview("{", ERR_MALFORMED_BODY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_stand_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(printer_has_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(conditions_hold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mistakes_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(longest_slip_fits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(preview_shows_both_forms, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
