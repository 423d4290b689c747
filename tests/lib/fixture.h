/* fixture: a core on a virtual clock, for tests: commands in short, events kept. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "core.h"

#define FIXTURE_EVENT_MAX 4096

struct fixture {
    struct hall hall;
    struct core *core;
    struct core_now now;
    struct cmd cmd;            /* prepared by fixture_cmd */
    struct core_result result; /* of the last step */
    struct event *events;      /* of the last step */
    int event_count;
    struct event *log; /* all since the start, for replay; grows */
    int log_count, log_size;
};

/* Monday 2026-11-23, 08:00 at UTC+8, as hall time. */
#define FIXTURE_START_MS 1795392000000LL
#define FIXTURE_OFFSET_S 28800

/* The small hall of the unit tests: services a, b, c (prefixes A, B, C); windows 1: a, 2: a and b,
 * 3: b with a as backup after 20 minutes, 4: fast, c; no day quota. */
void fixture_small_hall(struct hall *hall);
void fixture_open(struct fixture *fixture, const struct hall *hall);
void fixture_close(struct fixture *fixture);

/* A command with every right, at no window. */
struct cmd *fixture_cmd(struct fixture *fixture, enum cmd_kind kind);
/* Does fixture->cmd; checks the laws afterwards. */
enum err fixture_step(struct fixture *fixture);
/* Shorthand: the command on the ticket with that number, on a window, or an issue (slot returned,
 * -1 refused). */
enum err fixture_ticket(struct fixture *fixture, enum cmd_kind kind, const char *number);
enum err fixture_window(struct fixture *fixture, enum cmd_kind kind, int32_t window);
int32_t fixture_issue(struct fixture *fixture, const char *service, const char *cls);
/* Opens the window with clerk "cN". */
void fixture_staff(struct fixture *fixture, int32_t window);
void fixture_wait(struct fixture *fixture, int64_t seconds);
enum ticket_state fixture_state(const struct fixture *fixture, const char *number);
/* A second core made from the log: equal digest, or the test fails. */
void fixture_check_replay(const struct fixture *fixture);

#endif
