/* test_wire_command: bodies of every kind: what they set, and what is wrong with bad ones and
 * where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest.h"
#include "wire.h"

static const uint8_t hall_key[DIGEST_SIZE] = {1, 2, 3};

static enum err parse(struct cmd *cmd, enum cmd_kind kind, const char *body,
                      struct wire_problem *problem)
{
    cmd_init(cmd, kind);
    return wire_command_parse(cmd, body, strlen(body), hall_key, problem);
}

static void take(struct cmd *cmd, enum cmd_kind kind, const char *body)
{
    struct wire_problem problem;
    enum err err = parse(cmd, kind, body, &problem);
    if (err) {
        print_message("%d %s: %s %s\n", (int)kind, body, problem.errors[0].pointer,
                      problem.errors[0].detail);
    }
    assert_int_equal(err, ERR_NONE);
    assert_int_equal(problem.error_count, 0);
}

static void refuse(enum cmd_kind kind, const char *body, const char *pointer)
{
    struct wire_problem problem;
    struct cmd cmd;
    enum err err = parse(&cmd, kind, body, &problem);
    if (err != ERR_INVALID_BODY || strcmp(problem.errors[0].pointer, pointer) != 0) {
        print_message("%d %s\n", (int)kind, body);
    }
    assert_int_equal(err, ERR_INVALID_BODY);
    assert_int_equal(problem.err, ERR_INVALID_BODY);
    assert_string_equal(problem.errors[0].pointer, pointer);
}

static void issue_sets_all_members(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_ISSUE,
         "{\"service\":\"pension\",\"class\":\"elderly\",\"lang\":\"zh-CN\",\"channel\":\"kiosk\","
         "\"external_ref\":\"X 1\",\"note\":\"轮椅\",\"unknown\":{\"deep\":[1]}}");
    assert_string_equal(cmd.service, "pension");
    assert_string_equal(cmd.cls, "elderly");
    assert_string_equal(cmd.lang, "zh-CN");
    assert_string_equal(cmd.channel, "kiosk");
    assert_string_equal(cmd.external_ref, "X 1");
    assert_string_equal(cmd.note, "轮椅");
    assert_false(cmd.has_identity);
}

static void issue_hashes_the_identity(void **state)
{
    (void)state;
    struct cmd cmd;
    struct cmd other;
    uint8_t text[DIGEST_SIZE + 3];
    uint8_t digest[DIGEST_SIZE];
    take(&cmd, CMD_ISSUE, "{\"service\":\"a\",\"id_token\":\"id7\"}");
    assert_true(cmd.has_identity);
    memcpy(text, hall_key, DIGEST_SIZE);
    memcpy(text + DIGEST_SIZE, "id7", 3);
    digest_sha256(text, sizeof text, NULL, 0, digest);
    assert_memory_equal(cmd.identity, digest, TICKET_TOKEN_SIZE);
    take(&other, CMD_ISSUE, "{\"service\":\"a\",\"id_token\":\"id8\"}");
    assert_memory_not_equal(cmd.identity, other.identity, TICKET_TOKEN_SIZE);
    const char *bytes = (const char *)&cmd;
    for (size_t i = 0; i + 3 <= sizeof cmd; i++) {
        assert_true(memcmp(bytes + i, "id7", 3) != 0);
    }
}

static void issue_refuses_bad_members(void **state)
{
    (void)state;
    refuse(CMD_ISSUE, "", "/service");
    refuse(CMD_ISSUE, "{}", "/service");
    refuse(CMD_ISSUE, "{\"service\":null}", "/service");
    refuse(CMD_ISSUE, "{\"service\":\"\"}", "/service");
    refuse(CMD_ISSUE, "{\"service\":7}", "/service");
    refuse(CMD_ISSUE, "{\"service\":[\"a\"]}", "/service");
    refuse(CMD_ISSUE, "{\"service\":\"a b\"}", "/service");
    refuse(CMD_ISSUE, "{\"service\":\"a23456789012345678901234567890123\"}", "/service");
    refuse(CMD_ISSUE, "{\"service\":\"a\",\"class\":false}", "/class");
    refuse(CMD_ISSUE, "{\"service\":\"a\",\"lang\":\"zh_CN\"}", "/lang");
    refuse(CMD_ISSUE, "{\"service\":\"a\",\"lang\":\"abcdefghijkl\"}", "/lang");
    refuse(CMD_ISSUE, "{\"service\":\"a\",\"channel\":\"a234567890123456\"}", "/channel");
    refuse(CMD_ISSUE, "{\"service\":\"a\",\"id_token\":1101}", "/id_token");
    refuse(CMD_ISSUE, "{\"service\":\"a\",\"note\":\"a\\u0007\"}", "/note");
    refuse(CMD_ISSUE, "{\"service\":\"a\",\"note\":\"two\\nlines\"}", "/note");
}

static void all_findings_are_told(void **state)
{
    (void)state;
    struct cmd cmd;
    struct wire_problem problem;
    assert_int_equal(parse(&cmd, CMD_ISSUE, "{\"class\":1,\"lang\":2,\"note\":3}", &problem),
                     ERR_INVALID_BODY);
    assert_int_equal(problem.error_count, 4);
    assert_string_equal(problem.errors[0].pointer, "/service");
    assert_string_equal(problem.errors[1].pointer, "/class");
    assert_string_equal(problem.errors[2].pointer, "/lang");
    assert_string_equal(problem.errors[3].pointer, "/note");
}

static void texts_fit_to_the_byte(void **state)
{
    (void)state;
    char note[TICKET_NOTE_SIZE + 1];
    char body[TICKET_NOTE_SIZE + 64];
    struct cmd cmd;
    memset(note, 'n', sizeof note);
    note[TICKET_NOTE_SIZE - 1] = '\0';
    (void)snprintf(body, sizeof body, "{\"service\":\"a\",\"note\":\"%s\"}", note);
    take(&cmd, CMD_ISSUE, body);
    assert_string_equal(cmd.note, note);
    note[TICKET_NOTE_SIZE - 1] = 'n';
    note[TICKET_NOTE_SIZE] = '\0';
    (void)snprintf(body, sizeof body, "{\"service\":\"a\",\"note\":\"%s\"}", note);
    refuse(CMD_ISSUE, body, "/note");
}

static void bookings_and_check_in(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_BOOK, "{\"service\":\"a\",\"start\":\"1970-01-01T00:00:02Z\"}");
    assert_int_equal(cmd.slot_ms, 2000);
    refuse(CMD_BOOK, "{\"service\":\"a\"}", "/start");
    refuse(CMD_BOOK, "{\"service\":\"a\",\"start\":2000}", "/start");
    take(&cmd, CMD_CHECK_IN, "{\"code\":\"A012\"}");
    assert_string_equal(cmd.number, "A012");
    assert_string_equal(cmd.ticket_id, "");
    take(&cmd, CMD_CHECK_IN, "{\"code\":\"0123456789ABCDEFGH\"}");
    assert_string_equal(cmd.ticket_id, "0123456789ABCDEFGH");
    assert_string_equal(cmd.number, "");
    take(&cmd, CMD_CHECK_IN, "{\"id_token\":\"x\"}");
    assert_true(cmd.has_identity);
    refuse(CMD_CHECK_IN, "{}", "/code");
}

static void next_and_call(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_NEXT, " \r\n");
    assert_int_equal(cmd.service_count, 0);
    take(&cmd, CMD_NEXT, "{\"services\":[\"a\",\"b\"]}");
    assert_int_equal(cmd.service_count, 2);
    assert_string_equal(cmd.services[1], "b");
    refuse(CMD_NEXT, "{\"services\":\"a\"}", "/services");
    refuse(CMD_NEXT, "{\"services\":[\"a\",1]}", "/services");
    refuse(CMD_NEXT, "{\"services\":[\"\"]}", "/services");
    take(&cmd, CMD_CALL, "{\"number\":\"A012\",\"reason\":\"old man\"}");
    assert_string_equal(cmd.number, "A012");
    assert_string_equal(cmd.reason, "old man");
    take(&cmd, CMD_CALL, "{\"ticket\":\"0123456789ABCDEFGH\",\"reason\":\"r\"}");
    assert_string_equal(cmd.ticket_id, "0123456789ABCDEFGH");
    refuse(CMD_CALL, "{\"number\":\"A012\"}", "/reason");
    refuse(CMD_CALL, "{\"number\":\"A012\",\"reason\":\" \"}", "/reason");
    refuse(CMD_CALL, "{\"reason\":\"r\"}", "/ticket");
    refuse(CMD_CALL, "{\"ticket\":\"x\",\"number\":\"A1\",\"reason\":\"r\"}", "/number");
    refuse(CMD_CALL, "{\"number\":\"A01234567890\",\"reason\":\"r\"}", "/number");
}

static void finish_and_restore(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_FINISH, "");
    assert_true(cmd.on);
    take(&cmd, CMD_FINISH,
         "{\"outcome_code\":\"ok\",\"external_ref\":\"C1\",\"request_rating\":false}");
    assert_false(cmd.on);
    assert_string_equal(cmd.outcome, "ok");
    assert_string_equal(cmd.external_ref, "C1");
    refuse(CMD_FINISH, "{\"request_rating\":\"yes\"}", "/request_rating");
    take(&cmd, CMD_RESTORE, "");
    assert_false(cmd.has_position);
    assert_int_equal(cmd.after, -1);
    take(&cmd, CMD_RESTORE, "{\"position\":\"front\"}");
    assert_true(cmd.has_position);
    assert_int_equal(cmd.position, EVENT_POSITION_FRONT);
    assert_int_equal(cmd.after, -1);
    take(&cmd, CMD_RESTORE, "{\"position\":\"back\"}");
    assert_int_equal(cmd.position, EVENT_POSITION_BACK);
    take(&cmd, CMD_RESTORE, "{\"position\":\"after:12\"}");
    assert_int_equal(cmd.after, 12);
    refuse(CMD_RESTORE, "{\"position\":\"after:\"}", "/position");
    refuse(CMD_RESTORE, "{\"position\":\"after:-1\"}", "/position");
    refuse(CMD_RESTORE, "{\"position\":\"after:100\"}", "/position");
    refuse(CMD_RESTORE, "{\"position\":\"after:4294967297\"}", "/position");
    refuse(CMD_RESTORE, "{\"position\":\"middle\"}", "/position");
    refuse(CMD_RESTORE, "{\"position\":3}", "/position");
}

static void a_rating(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_RATE, "{\"level\":5}");
    assert_int_equal(cmd.level, 5);
    assert_string_equal(cmd.reason, "");
    take(&cmd, CMD_RATE, "{\"level\":1,\"reasons\":[\"attitude\",\"other\"],\"comment\":\"c\"}");
    assert_string_equal(cmd.reason, "attitude,other");
    assert_string_equal(cmd.note, "c");
    take(&cmd, CMD_RATE, "{\"level\":2,\"reasons\":[]}");
    assert_string_equal(cmd.reason, "");
    refuse(CMD_RATE, "{}", "/level");
    refuse(CMD_RATE, "{\"level\":0}", "/level");
    refuse(CMD_RATE, "{\"level\":6}", "/level");
    refuse(CMD_RATE, "{\"level\":1,\"reasons\":\"attitude\"}", "/reasons");
    refuse(CMD_RATE, "{\"level\":1,\"reasons\":[7]}", "/reasons");
    refuse(CMD_RATE, "{\"level\":1,\"reasons\":[\"\"]}", "/reasons");
    refuse(CMD_RATE, "{\"level\":1,\"reasons\":[\"a,b\"]}", "/reasons");
    refuse(CMD_RATE, "{\"level\":1,\"reasons\":[1,2,3,4,5,6,7,8,9,10,11,12,13]}", "/reasons");
}

static void a_scanned_slip(void **state)
{
    static const uint8_t token[TICKET_TOKEN_SIZE] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
                                                     0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
                                                     0xcc, 0xdd, 0xee, 0xff};
    static const char *const codes[] = {
        "{\"scan\":\"https://hall.example/t/00112233445566778899aabbccddeeff\"}",
        "{\"scan\":\"/t/00112233445566778899aabbccddeeff\"}",
        "{\"scan\":\"00112233445566778899aabbccddeeff\"}"};
    struct cmd cmd;
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        take(&cmd, CMD_CHECK, codes[i]);
        assert_true(cmd.has_token);
        assert_memory_equal(cmd.token, token, sizeof token);
    }
    take(&cmd, CMD_CHECK, "{\"scan\":\"a012\"}");
    assert_false(cmd.has_token);
    assert_string_equal(cmd.number, "A012");
    take(&cmd, CMD_CHECK, "{\"scan\":\"6901234567892 is a box of pills\"}");
    assert_false(cmd.has_token);
    assert_string_equal(cmd.number, "69012345678"); /* cut: longer than any number, so of no slip */
    refuse(CMD_CHECK, "{}", "/scan");
    refuse(CMD_CHECK, "{\"scan\":12}", "/scan");
}

static void another_matter(void **state)
{
    struct cmd cmd;
    (void)state;
    take(&cmd, CMD_ANOTHER,
         "{\"service\":\"b\",\"outcome_code\":\"papers-pending\",\"note\":\"n\"}");
    assert_string_equal(cmd.service, "b");
    assert_string_equal(cmd.outcome, "papers-pending");
    assert_string_equal(cmd.note, "n");
    refuse(CMD_ANOTHER, "{}", "/service");
}

static void hold_resume_transfer(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_HOLD, "{\"reason\":\"填表\",\"until\":\"1970-01-01T00:00:03.5Z\"}");
    assert_string_equal(cmd.reason, "填表");
    assert_int_equal(cmd.until_ms, 3500);
    refuse(CMD_HOLD, "", "/reason");
    refuse(CMD_HOLD, "{\"reason\":\"x\",\"until\":\"1970-01-01T00:00:03\"}", "/until");
    take(&cmd, CMD_RESUME, "{\"window\":7}");
    assert_int_equal(cmd.target_window, 7);
    take(&cmd, CMD_RESUME, "");
    refuse(CMD_RESUME, "{\"window\":4294967297}", "/window");
    refuse(CMD_RESUME, "{\"window\":0}", "/window");
    take(&cmd, CMD_TRANSFER, "{\"service\":\"b\",\"window\":2,\"note\":\"n\"}");
    assert_string_equal(cmd.service, "b");
    assert_int_equal(cmd.target_window, 2);
    assert_false(cmd.has_position);
    take(&cmd, CMD_TRANSFER, "{\"clerk\":\"zhang\",\"position\":\"back\"}");
    assert_string_equal(cmd.clerk, "zhang");
    assert_true(cmd.has_position);
    assert_int_equal(cmd.position, EVENT_POSITION_BACK);
    refuse(CMD_TRANSFER, "{}", "/service");
    refuse(CMD_TRANSFER, "{\"window\":\"2\"}", "/window");
    refuse(CMD_TRANSFER, "{\"service\":\"b\",\"position\":\"after:3\"}", "/position");
}

static void amend_says_what_changed(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_AMEND,
         "{\"note\":\"n\",\"lang\":\"en\",\"external_ref\":\"e\",\"time_inaccurate\":true}");
    assert_int_equal(cmd.changed, EVENT_CHANGED_NOTE | EVENT_CHANGED_LANG | EVENT_CHANGED_REF |
                                      EVENT_CHANGED_INACCURATE);
    assert_true(cmd.on);
    take(&cmd, CMD_AMEND, "{\"time_inaccurate\":false}");
    assert_false(cmd.on);
    take(&cmd, CMD_AMEND, "{\"note\":null}");
    assert_int_equal(cmd.changed, EVENT_CHANGED_NOTE);
    assert_string_equal(cmd.note, "");
    take(&cmd, CMD_AMEND, "{\"class\":\"elderly\",\"service\":\"b\",\"reason\":\"r\"}");
    assert_int_equal(cmd.changed, EVENT_CHANGED_CLASS | EVENT_CHANGED_SERVICE);
    take(&cmd, CMD_AMEND, "{\"urgent\":{\"reason\":\"train\",\"approver\":\"chief\"}}");
    assert_int_equal(cmd.changed, EVENT_CHANGED_URGENT);
    assert_string_equal(cmd.reason, "train");
    assert_string_equal(cmd.approver, "chief");
    assert_true(cmd.on);
    refuse(CMD_AMEND, "", "");
    refuse(CMD_AMEND, "{\"other\":1}", "");
    refuse(CMD_AMEND, "{\"class\":\"elderly\"}", "/reason");
    refuse(CMD_AMEND, "{\"service\":\"b\"}", "/reason");
    refuse(CMD_AMEND, "{\"urgent\":{}}", "/urgent/reason");
    refuse(CMD_AMEND, "{\"urgent\":true}", "/urgent");
    refuse(CMD_AMEND, "{\"urgent\":{\"reason\":\"r\",\"approver\":1}}", "/urgent/approver");
    refuse(CMD_AMEND, "{\"note\":1}", "/note");
    refuse(CMD_AMEND, "{\"urgent\":{\"reason\":\"r\"},\"time_inaccurate\":true}",
           "/time_inaccurate");
}

static void small_bodies(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_CANCEL, "");
    take(&cmd, CMD_CANCEL, "{\"reason\":\"left\"}");
    assert_string_equal(cmd.reason, "left");
    refuse(CMD_CANCEL, "{\"reason\":5}", "/reason");
    refuse(CMD_VOID, "{}", "/reason");
    take(&cmd, CMD_PRINT_RESULT, "{\"ok\":false,\"reason\":\"paper\"}");
    assert_false(cmd.on);
    assert_string_equal(cmd.reason, "paper");
    take(&cmd, CMD_PRINT_RESULT, "{\"ok\":true}");
    assert_true(cmd.on);
    refuse(CMD_PRINT_RESULT, "{}", "/ok");
    refuse(CMD_PRINT_RESULT, "{\"ok\":1}", "/ok");
    take(&cmd, CMD_DEFER, "{\"places\":20}");
    assert_int_equal(cmd.after, 20);
    refuse(CMD_DEFER, "{\"places\":21}", "/places");
    refuse(CMD_DEFER, "{\"places\":0}", "/places");
    refuse(CMD_DEFER, "{\"places\":4294967297}", "/places");
    refuse(CMD_DEFER, "{}", "/places");
    take(&cmd, CMD_RATE, "{\"level\":5,\"reasons\":[\"slow\"],\"scale_version\":\"five\"}");
    assert_int_equal(cmd.level, 5);
    refuse(CMD_RATE, "{\"level\":6}", "/level");
    refuse(CMD_RATE, "{\"level\":0}", "/level");
    refuse(CMD_RATE, "{\"level\":4294967297}", "/level");
    refuse(CMD_RATE, "{\"level\":5.0}", "/level");
    refuse(CMD_RATE, "{}", "/level");
}

static void window_bodies(void **state)
{
    (void)state;
    struct cmd cmd;
    take(&cmd, CMD_AUTO_NEXT, "{\"on\":true}");
    assert_true(cmd.on);
    refuse(CMD_AUTO_NEXT, "{}", "/on");
    take(&cmd, CMD_ASSIST, "{\"on\":false}");
    assert_false(cmd.on);
    refuse(CMD_ASSIST, "{\"on\":\"true\"}", "/on");
    take(&cmd, CMD_WALK_IN, "{\"service\":\"a\",\"class\":\"vip\"}");
    assert_string_equal(cmd.cls, "vip");
    refuse(CMD_WALK_IN, "{}", "/service");
    take(&cmd, CMD_WINDOW_OPEN, "{\"clerk\":\"zhang\"}");
    assert_string_equal(cmd.clerk, "zhang");
    take(&cmd, CMD_WINDOW_OPEN, "");
    refuse(CMD_WINDOW_OPEN, "{\"clerk\":3}", "/clerk");
    take(&cmd, CMD_WINDOW_TAKE_OVER, "{\"clerk\":\"li\"}");
    assert_string_equal(cmd.clerk, "li");
    take(&cmd, CMD_WINDOW_CLOSE, "");
    assert_int_equal(cmd.current, CMD_CURRENT_NONE);
    take(&cmd, CMD_WINDOW_CLOSE, "{\"current\":\"finish\"}");
    assert_int_equal(cmd.current, CMD_CURRENT_FINISH);
    take(&cmd, CMD_WINDOW_CLOSE, "{\"current\":\"return\"}");
    assert_int_equal(cmd.current, CMD_CURRENT_RETURN);
    refuse(CMD_WINDOW_CLOSE, "{\"current\":\"drop\"}", "/current");
    take(&cmd, CMD_WINDOW_PAUSE, "{\"reason\":\"午餐\"}");
    refuse(CMD_WINDOW_PAUSE, "", "/reason");
    refuse(CMD_SUSPEND_SERVICE, "{}", "/reason");
    take(&cmd, CMD_RESUME_SERVICE, "");
}

/* A clerk's own name, set by the caller, stays when the body names nobody. */
static void keeps_what_the_caller_set(void **state)
{
    (void)state;
    struct cmd cmd;
    struct wire_problem problem;
    cmd_init(&cmd, CMD_WINDOW_OPEN);
    text_copy_cut(cmd.clerk, sizeof cmd.clerk, "zhang");
    cmd.window = 3;
    assert_int_equal(wire_command_parse(&cmd, "{}", 2, hall_key, &problem), ERR_NONE);
    assert_string_equal(cmd.clerk, "zhang");
    assert_int_equal(cmd.window, 3);
}

static void no_kind_takes_malformed_bodies(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{",
        "[",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\xff\"}",
        "{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}",
        "{\"a\":1}x",
        "x",
    };
    for (int kind = 0; kind < CMD_KIND_COUNT; kind++) {
        for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
            struct cmd cmd;
            struct wire_problem problem;
            assert_int_equal(parse(&cmd, (enum cmd_kind)kind, bodies[i], &problem),
                             ERR_MALFORMED_BODY);
            assert_int_equal(problem.err, ERR_MALFORMED_BODY);
        }
        struct cmd cmd;
        struct wire_problem problem;
        assert_int_equal(parse(&cmd, (enum cmd_kind)kind, "[]", &problem), ERR_INVALID_BODY);
    }
}

static void kinds_without_members_take_any_object(void **state)
{
    (void)state;
    static const enum cmd_kind kinds[] = {CMD_RECALL, CMD_START,  CMD_NO_SHOW,  CMD_RETURN,
                                          CMD_UNDO,   CMD_INVITE, CMD_DAY_OPEN, CMD_DAY_CLOSE};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct cmd cmd;
        struct cmd untouched;
        cmd_init(&untouched, kinds[i]);
        take(&cmd, kinds[i], "{\"reason\":7,\"window\":\"x\"}");
        assert_memory_equal(&cmd, &untouched, sizeof cmd);
    }
}

/* What the lobby does may say why, and what a window shall serve is named once. */
static void interventions_of_the_lobby(void **state)
{
    (void)state;
    static const enum cmd_kind kinds[] = {CMD_RESTORE,      CMD_ABANDON,       CMD_RESUME,
                                          CMD_REPRINT,      CMD_ATTEND,        CMD_ASSIST,
                                          CMD_WINDOW_CLOSE, CMD_WINDOW_RESUME, CMD_WINDOW_OPEN};
    struct cmd cmd;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        take(&cmd, kinds[i], "{\"reason\":\"wrong window\",\"on\":false}");
        assert_string_equal(cmd.reason, "wrong window");
        refuse(kinds[i], "{\"reason\":7,\"on\":false}", "/reason");
    }
    take(&cmd, CMD_WINDOW_OPEN, "{\"services\":[\"pension\",\"medical\"]}");
    assert_int_equal(cmd.service_count, 2);
    assert_string_equal(cmd.services[1], "medical");
    take(&cmd, CMD_WINDOW_OPEN, "{\"profile\":\"relief\",\"clerk\":\"li\"}");
    assert_string_equal(cmd.subject, "relief");
    assert_string_equal(cmd.clerk, "li");
    refuse(CMD_WINDOW_OPEN, "{\"services\":[]}", "/services");
    refuse(CMD_WINDOW_OPEN, "{\"services\":[7]}", "/services");
    refuse(CMD_WINDOW_OPEN, "{\"profile\":\"a\",\"services\":[\"b\"]}", "/services");
    take(&cmd, CMD_AMEND, "{\"window\":3,\"reason\":\"same desk\"}");
    assert_int_equal(cmd.changed, EVENT_CHANGED_WINDOW);
    assert_int_equal(cmd.target_window, 3);
    take(&cmd, CMD_AMEND, "{\"window\":null,\"reason\":\"any desk\"}");
    assert_int_equal(cmd.target_window, 0);
    refuse(CMD_AMEND, "{\"window\":3}", "/reason");
}

static void sign_in_and_test_clock(void **state)
{
    (void)state;
    struct wire_login login;
    struct wire_clock clock;
    struct wire_problem problem;
    const char *body = "{\"username\":\"li\",\"password\":\"p w\"}";
    assert_int_equal(wire_login_parse(&login, body, strlen(body), &problem), ERR_NONE);
    assert_string_equal(login.username, "li");
    assert_string_equal(login.password, "p w");
    assert_int_equal(wire_login_parse(&login, "{}", 2, &problem), ERR_INVALID_BODY);
    assert_int_equal(problem.error_count, 2);
    assert_int_equal(wire_login_parse(&login, "", 0, &problem), ERR_MALFORMED_BODY);
    body = "{\"advance_s\":3600}";
    assert_int_equal(wire_clock_parse(&clock, body, strlen(body), &problem), ERR_NONE);
    assert_int_equal(clock.advance_ms, 3600000);
    body = "{\"set\":\"1970-01-01T00:00:09Z\"}";
    assert_int_equal(wire_clock_parse(&clock, body, strlen(body), &problem), ERR_NONE);
    assert_int_equal(clock.advance_ms, 0);
    assert_int_equal(clock.set_ms, 9000);
    body = "{\"advance_s\":1,\"set\":\"1970-01-01T00:00:09Z\"}";
    assert_int_equal(wire_clock_parse(&clock, body, strlen(body), &problem), ERR_INVALID_BODY);
    assert_int_equal(wire_clock_parse(&clock, "{}", 2, &problem), ERR_INVALID_BODY);
    body = "{\"advance_s\":-5}";
    assert_int_equal(wire_clock_parse(&clock, body, strlen(body), &problem), ERR_INVALID_BODY);
    assert_string_equal(problem.errors[0].pointer, "/advance_s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issue_sets_all_members),
        cmocka_unit_test(issue_hashes_the_identity),
        cmocka_unit_test(issue_refuses_bad_members),
        cmocka_unit_test(all_findings_are_told),
        cmocka_unit_test(texts_fit_to_the_byte),
        cmocka_unit_test(bookings_and_check_in),
        cmocka_unit_test(next_and_call),
        cmocka_unit_test(finish_and_restore),
        cmocka_unit_test(hold_resume_transfer),
        cmocka_unit_test(amend_says_what_changed),
        cmocka_unit_test(small_bodies),
        cmocka_unit_test(window_bodies),
        cmocka_unit_test(keeps_what_the_caller_set),
        cmocka_unit_test(no_kind_takes_malformed_bodies),
        cmocka_unit_test(kinds_without_members_take_any_object),
        cmocka_unit_test(interventions_of_the_lobby),
        cmocka_unit_test(sign_in_and_test_clock),
        cmocka_unit_test(a_rating),
        cmocka_unit_test(a_scanned_slip),
        cmocka_unit_test(another_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
