/* What the configuration document may not be, and where the finding points to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

#define TEXT_MAX 1000000

#define NAME "\"name\":{\"en\":\"N\"}"
#define SERVICE_A "{\"code\":\"a\",\"prefix\":\"A\"," NAME "}"
#define SERVICES "\"services\":[" SERVICE_A "]"
#define WINDOWS "\"windows\":[{\"no\":1}]"
#define PORTS "\"ports\":[{\"code\":\"p\",\"link\":\"sim:p\"}]"

struct refusal {
    const char *document;
    const char *pointer;
    const char *detail; /* a part of it */
};

static const struct refusal refusals[] = {
    {"{\"halls\":{}}", "/halls", "unknown member"},
    {"{\"a/b~c\":1}", "/a~1b~0c", "unknown member"},
    {"{\"hall\":[]}", "/hall", "must be an object"},
    {"{\"hall\":{\"nmae\":1}}", "/hall/nmae", "unknown member"},
    {"{\"hall\":{\"code\":\"Big\"}}", "/hall/code", "code"},
    {"{\"hall\":{\"code\":\"\"}}", "/hall/code", "empty"},
    {"{\"hall\":{\"code\":\"a23456789012345678901234567890xy\"}}", "/hall/code", "31"},
    {"{\"hall\":{\"name\":{\"de\":\"Amt\"}}}", "/hall/name/de", "unknown member"},
    {"{\"hall\":{\"name\":{}}}", "/hall/name", "zh-CN or en"},
    {"{\"hall\":{\"name\":\"Hall\"}}", "/hall/name", "must be an object"},
    {"{\"hall\":{\"name\":{\"en\":\"a\\nb\"}}}", "/hall/name/en", "control"},
    {"{\"hall\":{\"timezone\":\"../../etc/passwd\"}}", "/hall/timezone", "tz database"},
    {"{\"hall\":{\"timezone\":\"/etc/localtime\"}}", "/hall/timezone", "tz database"},
    {"{\"hall\":{\"day_close\":\"24:00\"}}", "/hall/day_close", "23:59"},
    {"{\"hall\":{\"day_close\":\"9:30\"}}", "/hall/day_close", "HH:MM"},
    {"{\"hall\":{\"day_close\":2330}}", "/hall/day_close", "HH:MM"},
    {"{\"hall\":{\"next_on_called\":\"maybe\"}}", "/hall/next_on_called", "ask, finish, no_show"},
    {"{\"hall\":{\"auto_start_s\":-1}}", "/hall/auto_start_s", "0 to 3600"},
    {"{\"hall\":{\"auto_start_s\":\"5\"}}", "/hall/auto_start_s", "number of seconds"},
    {"{\"hall\":{\"recall_max\":1.5}}", "/hall/recall_max", "whole number"},
    {"{\"hall\":{\"no_show\":{\"mode\":\"x\"}}}", "/hall/no_show/mode", "return, auto"},
    {"{\"hall\":{\"no_show\":{\"min_calls\":0}}}", "/hall/no_show/min_calls", "1 to 20"},
    {"{\"zones\":{}}", "/zones", "list"},
    {"{\"staff\":{\"show\":[\"photo\"]}}", "/staff/show/0", "number, name, initial, title"},
    {"{\"staff\":{\"show\":[\"name\",\"initial\"]}}", "/staff/show", "either name or initial"},
    {"{\"staff\":{\"people\":[{\"number\":\"1\"}]}}", "/staff/people/0/clerk", "required"},
    {"{\"staff\":{\"people\":[{\"clerk\":\"a\"},{\"clerk\":\"a\"}]}}", "/staff/people/1/clerk",
     "earlier person"},
    {"{\"staff\":{\"people\":[{\"clerk\":\"a\",\"number\":\"12345678901234567\"}]}}",
     "/staff/people/0/number", "16"},
    {"{\"staff\":{\"people\":[{\"clerk\":\"a\",\"phone\":\"1\"}]}}", "/staff/people/0/phone",
     "unknown member"},
    {"{\"voice\":{\"repeat\":2}}", "/voice/repeat", "unknown member"},
    {"{\"voice\":{\"repeats\":4}}", "/voice/repeats", "1 to 3"},
    {"{\"voice\":{\"languages\":[\"de\"]}}", "/voice/languages/0", "zh-CN or en"},
    {"{\"voice\":{\"languages\":[]}}", "/voice/languages", "zh-CN"},
    {"{\"voice\":{\"stale_s\":60}}", "/voice/stale_s", "longer than alarm_s"},
    {"{\"voice\":{\"volume\":[{\"percent\":101}]}}", "/voice/volume/0/percent", "0 to 100"},
    {"{\"voice\":{\"volume\":[{\"from\":\"08:00\"}]}}", "/voice/volume/0/percent", "required"},
    {"{\"voice\":{\"quiet\":[{\"zone\":\"attic\"}]}}", "/voice/quiet/0/zone", "no zone"},
    {"{\"voice\":{\"quiet\":[{\"from\":\"08:00\",\"to\":\"08:00\"}]}}", "/voice/quiet/0/to",
     "another time"},
    {"{" SERVICES ",\"windows\":[{\"no\":1,\"voice\":\"desk\"}]}", "/windows/0/voice",
     "window, room, pharmacy"},
    {"{\"zones\":[7]}", "/zones/0", "must be an object"},
    {"{\"classes\":[{\"code\":\"vip\",\"greet\":1}]}", "/classes/0/greet", "true or false"},
    {"{\"reasons\":{\"hold\":[\"lunch\"]}}", "/reasons/hold/0", "must be an object"},
    {"{\"reasons\":{\"break\":[]}}", "/reasons/break", "unknown member"},
    {"{\"reasons\":{\"hold\":[{\"en\":\"1234567890123456789012345678901234567890123456789012345678901234"
     "\"}]}}",
     "/reasons/hold/0", "longer than 63 bytes"},
    {"{\"zones\":[{" NAME "}]}", "/zones/0/code", "required"},
    {"{\"zones\":[{\"code\":\"a\"}]}", "/zones/0/name", "required"},
    {"{\"zones\":[{\"code\":\"a\"," NAME "},{\"code\":\"a\"," NAME "}]}", "/zones/1/code",
     "already"},
    {"{\"classes\":[{\"head_s\":1}]}", "/classes/0/code", "required"},
    {"{\"classes\":[{\"code\":\"a\"},{\"code\":\"a\"}]}", "/classes/1/code", "already"},
    {"{\"classes\":[{\"code\":\"a\",\"head_s\":86401}]}", "/classes/0/head_s", "-86400 to 86400"},
    {"{\"classes\":[{\"code\":\"a\",\"rate_pm\":100001}]}", "/classes/0/rate_pm", "0 to 100000"},
    {"{\"classes\":[{\"code\":\"a\",\"rate_pm\":-1}]}", "/classes/0/rate_pm", "0 to 100000"},
    {"{\"classes\":[{\"code\":\"a\",\"cap\":-2}]}", "/classes/0/cap", "-1 to"},
    {"{\"classes\":[{\"code\":\"a\",\"max_wait_s\":604801}]}", "/classes/0/max_wait_s", "604800"},
    {"{\"classes\":[{\"code\":\"a\",\"group\":16}]}", "/classes/0/group", "0 to 15"},
    {"{\"classes\":[{\"code\":\"a\",\"basis\":\"no\"}]}", "/classes/0/basis", "self, card, staff"},
    {"{\"policy\":{\"rule\":\"lifo\"}}", "/policy/rule", "score, fifo"},
    {"{\"policy\":{\"w_share\":101}}", "/policy/w_share", "0 to 100"},
    {"{\"policy\":{\"idle_help\":1}}", "/policy/idle_help", "true or false"},
    {"{\"policy\":{\"group_weights\":[1,-1]}}", "/policy/group_weights/1", "0 to 1000"},
    {"{\"policy\":{\"group_weights\":[1,true]}}", "/policy/group_weights/1", "0 to 1000"},
    {"{\"policy\":{\"urgent\":{\"refill_s\":0}}}", "/policy/urgent/refill_s", "1 to"},
    {"{\"policy\":{\"appointment\":{\"late_s\":0}}}", "/policy/appointment/late_s",
     "unknown member"},
    {"{"
     "\"services\":[" SERVICE_A ",{\"code\":\"b\",\"prefx\":1,\"prefix\":\"B\"," NAME "}]}",
     "/services/1/prefx", "unknown member"},
    {"{\"services\":[{\"prefix\":\"A\"," NAME "}]}", "/services/0/code", "required"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\"}]}", "/services/0/name", "required"},
    {"{\"services\":[{\"code\":\"a\"," NAME "}]}", "/services/0/prefix", "required"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"a\"," NAME "}]}", "/services/0/prefix", "A-Z"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"ABCD\"," NAME "}]}", "/services/0/prefix", "3"},
    {"{\"services\":[" SERVICE_A ",{\"code\":\"a\",\"prefix\":\"B\"," NAME "}]}",
     "/services/1/code", "already"},
    {"{\"services\":[" SERVICE_A ",{\"code\":\"b\",\"prefix\":\"A\",\"last\":99," NAME "}]}",
     "/services/1/prefix", "same prefix"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"first\":5,\"last\":4," NAME "}]}",
     "/services/0/last", "first"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"last\":10000," NAME "}]}",
     "/services/0/last", "9999"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"expected_service_s\":0," NAME "}]}",
     "/services/0/expected_service_s", "1 to"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"hours\":[{\"days\":[0]}]," NAME "}]}",
     "/services/0/hours/0/days/0", "1 (Monday) to 7"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"hours\":[{\"days\":[]}]," NAME "}]}",
     "/services/0/hours/0/days", "at least one"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"hours\":[{\"from\":\"09:00\",\"to\":\"09:"
     "00\"}]," NAME "}]}",
     "/services/0/hours/0/to", "later"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"card\":{\"fee\":3}," NAME "}]}",
     "/services/0/card/fee", "text"},
    {"{\"services\":[{\"code\":\"a\",\"prefix\":\"A\",\"personal\":[\"Name\"]," NAME "}]}",
     "/services/0/personal/0", "code"},
    {"{\"windows\":[{}]}", "/windows/0/no", "required"},
    {"{\"windows\":[{\"no\":0}]}", "/windows/0/no", "1 to 999"},
    {"{\"windows\":[{\"no\":1},{\"no\":1}]}", "/windows/1/no", "already"},
    {"{\"windows\":[{\"no\":1,\"zone\":\"x\"}]}", "/windows/0/zone", "no zone \"x\""},
    {"{\"windows\":[{\"no\":1,\"kind\":\"big\"}]}", "/windows/0/kind", "general"},
    {"{\"windows\":[{\"no\":1,\"services\":[\"x\"]}]}", "/windows/0/services/0",
     "no service \"x\""},
    {"{\"windows\":[{\"no\":1,\"services\":[5]}]}", "/windows/0/services/0", "code"},
    {"{" SERVICES ",\"windows\":[{\"no\":1,\"services\":[\"a\",{\"code\":\"a\"}]}]}",
     "/windows/0/services/1", "already"},
    {"{" SERVICES ",\"windows\":[{\"no\":1,\"services\":[{\"code\":\"a\",\"tier\":\"x\"}]}]}",
     "/windows/0/services/0/tier", "primary, backup"},
    {"{" SERVICES ",\"windows\":[{\"no\":1,\"services\":[{\"code\":\"a\",\"after\":1}]}]}",
     "/windows/0/services/0/after", "unknown member"},
    {"{\"windows\":[{\"no\":1,\"classes\":[\"x\"]}]}", "/windows/0/classes/0", "no class \"x\""},
    {"{\"ports\":[{\"code\":\"p\"}]}", "/ports/0/link", "required"},
    {"{\"ports\":[{\"code\":\"p\",\"link\":\"usb:1\"}]}", "/ports/0/link", "serial:"},
    {"{\"ports\":[{\"code\":\"p\",\"link\":\"sim:\"}]}", "/ports/0/link", "serial:"},
    {"{\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":{\"zone\":\"*\"}}]}",
     "/displays/0/port", "no port \"p\""},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"shows\":{\"zone\":\"*\"}}]}",
     "/displays/0/driver", "required"},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\"}]}",
     "/displays/0/shows", "required"},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":{}}]}",
     "/displays/0/shows", "either"},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":"
     "{\"window\":2}}]}",
     "/displays/0/shows/window", "no window 2"},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":"
     "{\"zone\":\"z\"}}]}",
     "/displays/0/shows/zone", "no zone \"z\""},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":"
     "{\"zone\":\"*\",\"rows\":21}}]}",
     "/displays/0/shows/rows", "1 to 20"},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":"
     "{\"zone\":\"*\",\"columns\":3}}]}",
     "/displays/0/shows/columns", "4 to 127"},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":"
     "{\"zone\":\"*\",\"notices\":\"all\"}}]}",
     "/displays/0/shows/notices", "true or false"},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":"
     "{\"welcome\":true,\"window\":1}}]}",
     "/displays/0/shows", "not of a window"},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":"
     "{\"welcome\":true,\"zone\":\"z\"}}]}",
     "/displays/0/shows/zone", "no zone \"z\""},
    {"{" PORTS ",\"displays\":[{\"code\":\"d\",\"port\":\"p\",\"driver\":\"x\",\"shows\":"
     "{\"zone\":\"*\"},\"options\":{\"x\":[]}}]}",
     "/displays/0/options/x", "short text"},
    {"{\"buttons\":[{\"code\":\"b\",\"get_from\":\"10.0.0\"}]}", "/buttons/0/get_from",
     "must be an IPv4 or IPv6 address"},
    {"{\"buttons\":[{\"code\":\"b\",\"long\":\"jump\"}]}", "/buttons/0/long",
     "must be next, recall"},
    {"{\"buttons\":[{\"code\":\"b\",\"key\":\"next\"}]}", "/buttons/0/key", ""},
    {"{\"buttons\":[{\"code\":\"b\"},{\"code\":\"b\"}]}", "/buttons/1/code", ""},
    {"{" PORTS "," WINDOWS ",\"keypads\":[{\"code\":\"k\",\"port\":\"q\",\"driver\":\"x\","
     "\"window\":1}]}",
     "/keypads/0/port", "no port \"q\""},
    {"{" PORTS "," WINDOWS ",\"keypads\":[{\"code\":\"k\",\"port\":\"p\",\"driver\":\"x\","
     "\"window\":9}]}",
     "/keypads/0/window", "no window 9"},
    {"{" PORTS "," WINDOWS ",\"keypads\":[{\"code\":\"k\",\"port\":\"p\",\"driver\":\"x\","
     "\"window\":1,\"kind\":\"organ\"}]}",
     "/keypads/0/kind", "keys or rating"},
    {"{" PORTS "," WINDOWS ",\"keypads\":[{\"code\":\"k\",\"port\":\"p\",\"driver\":\"x\","
     "\"window\":1,\"options\":{\"x\":[]}}]}",
     "/keypads/0/options/x", "short text"},
    {"{" PORTS "," WINDOWS ",\"keypads\":[{\"code\":\"k\",\"port\":\"p\",\"driver\":\"x\","
     "\"window\":1},{\"code\":\"l\",\"port\":\"p\",\"driver\":\"x\",\"window\":1}]}",
     "/keypads/1/address", "that of \"k\""},
    {"{\"printers\":[{\"code\":\"r\",\"link\":\"lpt1\",\"driver\":\"escpos\"}]}",
     "/printers/0/link", "serial:"},
    {"{\"printers\":[{\"code\":\"r\",\"link\":\"tcp:a:1\",\"driver\":\"escpos\",\"width_mm\":5}]}",
     "/printers/0/width_mm", "58 to 80"},
    {"{\"printers\":[{\"code\":\"r\",\"link\":\"tcp:a:1\",\"driver\":\"escpos\",\"width_mm\":76}]}",
     "/printers/0/width_mm", "58 or 80"},
    {"{\"printers\":[{\"code\":\"r\",\"link\":\"tcp:a:1\"}]}", "/printers/0/driver", "required"},
    {"{\"printers\":[{\"code\":\"r\",\"link\":\"tcp:a:1\",\"driver\":\"escpos\",\"paper\":1}]}",
     "/printers/0/paper", "unknown member"},
    {"{\"printers\":[{\"code\":\"r\",\"link\":\"sim:a\",\"driver\":\"escpos\"},"
     "{\"code\":\"r\",\"link\":\"usb:/dev/usb/lp0\",\"driver\":\"escpos\"}]}",
     "/printers/1/code", "r"},
    {"{\"printers\":[{\"code\":\"r\",\"link\":\"sim:a\",\"driver\":\"escpos\",\"kiosk\":\"k1\"},"
     "{\"code\":\"s\",\"link\":\"sim:b\",\"driver\":\"escpos\",\"kiosk\":\"k1\"}]}",
     "/printers/1/kiosk", "has a printer: \"r\""},
    {"{\"printers\":[{\"code\":\"r\",\"link\":\"sim:a\",\"driver\":\"escpos\",\"options\":{\"cut\":"
     "[]}}]}",
     "/printers/0/options/cut", "short text"},
    {"{\"hall\":{\"public_url\":\"q.example.cn\"}}", "/hall/public_url", "https://"},
    {"{\"hall\":{\"public_url\":\"https://q.example.cn/\"}}", "/hall/public_url", "slash"},
    {"{\"notices\":[{}]}", "/notices/0/text", "required"},
    {"{\"notices\":[{\"text\":{}}]}", "/notices/0/text", "zh-CN or en"},
    {"{\"notices\":[{\"text\":{\"en\":\"x\"},\"start\":\"soon\"}]}", "/notices/0/start", "date"},
    {"{\"notices\":[{\"text\":{\"en\":\"x\"},\"colour\":1}]}", "/notices/0/colour",
     "unknown member"},
    {"{\"calendar\":{\"weekend\":[8]}}", "/calendar/weekend/0", "7"},
    {"{\"calendar\":{\"holidays\":[\"2026-02-30\"]}}", "/calendar/holidays/0", "date"},
    {"{\"rating\":{\"scale\":\"ten\"}}", "/rating/scale", "five"},
    {"{\"rating\":{\"clerk\":\"photo\"}}", "/rating/clerk", "name"},
    {"{\"rating\":{\"reasons\":{\"items\":[]}}}", "/rating/reasons/version", "required"},
    {"{\"rating\":{\"reasons\":{\"version\":\"a-version-of-17-ch\",\"items\":[]}}}",
     "/rating/reasons/version", "16"},
    {"{\"rating\":{\"reasons\":{\"version\":\"2\",\"items\":[{\"code\":\"x\"}]}}}",
     "/rating/reasons/items/0/name", "required"},
    {"{\"rating\":{\"reasons\":{\"version\":\"2\",\"items\":[{\"code\":\"x\",\"name\":{\"en\":"
     "\"x\"}},"
     "{\"code\":\"x\",\"name\":{\"en\":\"y\"}}]}}}",
     "/rating/reasons/items/1/code", "x"},
};

static void test_each_refusal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *refusal = &refusals[i];
        struct wire_problem problem;
        struct wire_config *config = NULL;
        enum err err =
            wire_config_create(refusal->document, strlen(refusal->document), &problem, &config);
        if (err != ERR_INVALID_BODY || problem.error_count != 1) {
            print_message("%s: %d, %d findings\n", refusal->document, err, problem.error_count);
        }
        assert_int_equal(err, ERR_INVALID_BODY);
        assert_int_equal(problem.err, ERR_INVALID_BODY);
        assert_null(config);
        assert_int_equal(problem.error_count, 1);
        assert_string_equal(problem.errors[0].pointer, refusal->pointer);
        if (strstr(problem.errors[0].detail, refusal->detail) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", refusal->pointer, problem.errors[0].detail,
                     refusal->detail);
        }
    }
}

static void test_all_findings_up_to_the_bound(void **state)
{
    (void)state;
    struct wire_problem problem;
    struct wire_config *config = NULL;
    const char *three = "{\"x\":1,\"hall\":{\"day_close\":1},\"windows\":[{\"no\":1},{\"no\":-1}]}";
    assert_int_equal(wire_config_create(three, strlen(three), &problem, &config), ERR_INVALID_BODY);
    assert_int_equal(problem.error_count, 3);
    assert_string_equal(problem.errors[0].pointer, "/x");
    assert_string_equal(problem.errors[1].pointer, "/hall/day_close");
    assert_string_equal(problem.errors[2].pointer, "/windows/1/no");
    const char *many = "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1}";
    assert_int_equal(wire_config_create(many, strlen(many), &problem, &config), ERR_INVALID_BODY);
    assert_int_equal(problem.error_count, WIRE_PROBLEM_ERROR_MAX);
    assert_null(config);
}

static void test_not_json(void **state)
{
    (void)state;
    static const char *const documents[] = {"", "{", "{\"hall\":{}}x", "{\"hall\":{},\"hall\":{}}",
                                            "{\"hall\":{\"code\":\"\xff\"}}"};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct wire_problem problem;
        struct wire_config *config = NULL;
        assert_int_equal(wire_config_create(documents[i], strlen(documents[i]), &problem, &config),
                         ERR_MALFORMED_BODY);
        assert_true(problem.error_count > 0);
        assert_null(config);
    }
}

/* One element more than fits, of the kinds where arrays of fixed size are filled. */
static void check_too_many(const char *collection, const char *format, int count)
{
    static char text[TEXT_MAX];
    size_t length = (size_t)snprintf(text, sizeof text, "{\"%s\":[", collection);
    for (int i = 0; i < count; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, i > 0 ? "," : "");
        char element[200];
        char *mark = NULL;
        (void)snprintf(element, sizeof element, "%s", format);
        mark = strchr(element, '#');
        assert_non_null(mark);
        *mark = '\0';
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%d%s", element, i + 1,
                                   mark + 1);
    }
    length += (size_t)snprintf(text + length, sizeof text - length, "]}");
    struct wire_problem problem;
    struct wire_config *config = NULL;
    assert_int_equal(wire_config_create(text, length, &problem, &config), ERR_INVALID_BODY);
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/%s", collection);
    assert_memory_equal(problem.errors[0].pointer, pointer, strlen(pointer));
    assert_null(config);
}

static void test_too_many(void **state)
{
    (void)state;
    check_too_many("zones", "{\"code\":\"z#\"," NAME "}", HALL_ZONE_MAX + 1);
    check_too_many("classes", "{\"code\":\"c#\"}", HALL_CLASS_MAX - 6 + 1);
    check_too_many("services", "{\"code\":\"s#\",\"prefix\":\"A\"," NAME "}", HALL_SERVICE_MAX + 1);
    check_too_many("windows", "{\"no\":#}", HALL_WINDOW_MAX + 1);
    check_too_many("ports", "{\"code\":\"p#\",\"link\":\"sim:x\"}", WIRE_PORT_MAX + 1);
    check_too_many("displays", "{\"code\":\"d#\"}", WIRE_DISPLAY_MAX + 1);
    check_too_many("notices", "{\"code\":\"n#\",\"text\":{\"en\":\"x\"}}", 65);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_refusal),
        cmocka_unit_test(test_all_findings_up_to_the_bound),
        cmocka_unit_test(test_not_json),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
