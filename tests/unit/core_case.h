/* core_case: what the tests of the core's commands share: one small hall a test, replayed at its
 * end. */
#ifndef CORE_CASE_H
#define CORE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "fixture.h"

static struct fixture f;

static inline int open_hall(void **state)
{
    static struct hall hall;
    (void)state;
    fixture_small_hall(&hall);
    fixture_open(&f, &hall);
    return 0;
}

static inline int close_hall(void **state)
{
    (void)state;
    fixture_check_replay(&f);
    fixture_close(&f);
    return 0;
}

static inline int drop_hall(void **state)
{
    (void)state;
    fixture_close(&f);
    return 0;
}

static inline enum core_window_state window_state(int window)
{
    struct core_window_info info;
    core_get_window(f.core, &f.now, window, false, &info);
    return info.state;
}

static inline enum err on_ticket(enum cmd_kind kind, const char *number)
{
    return fixture_ticket(&f, kind, number);
}

static inline enum err on_window(enum cmd_kind kind, int32_t window)
{
    return fixture_window(&f, kind, window);
}

/* A called ticket at window 1. */
static inline void call_one(void)
{
    assert_true(fixture_issue(&f, "a", "") >= 0);
    fixture_staff(&f, 1);
    assert_int_equal(on_window(CMD_NEXT, 1), ERR_NONE);
    assert_int_equal(f.result.visit, 0);
}

#endif
