/* core_internal: the hall in memory, shared by the files of src/core.
 *
 * Everything is fixed arrays made by core_create(); things refer to each other by index, -1 is
 * none. State changes in core_apply*.c only, by applying events; the command files look, decide and
 * emit. */
#ifndef CORE_INTERNAL_H
#define CORE_INTERNAL_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "core.h"

#define CORE_CLERK_MAX 512 /* different clerks in one day */
#define CORE_URGENT_MAX 64 /* granted and still waiting: the burst setting is at most this */
#define CORE_ABSENT_MAX                                                                            \
    64                      /* missed twice and still in the hall: more are not one person's care  \
                             */
#define CORE_UNDO_LEG_MAX 3 /* next touches two legs, transfer opens one more */
#define CORE_ZONE_CALLS (HALL_ZONE_MAX + 1)
#define CORE_VOICE_ZONE_MAX (HALL_ZONE_MAX + 1)
#define CORE_BOUND_QUEUE_MAX 4096 /* windows with legs sent to them, times service, class */
#define CORE_QUEUE_PER_SERVICE (HALL_CLASS_MAX * 2)
#define CORE_QUEUE_UNBOUND (HALL_SERVICE_MAX * CORE_QUEUE_PER_SERVICE)
#define CORE_QUEUE_MAX (CORE_QUEUE_UNBOUND + CORE_BOUND_QUEUE_MAX)

/* Where a waiting leg is kept. */
enum core_place { CORE_PLACE_NONE, CORE_PLACE_QUEUE, CORE_PLACE_DEFERRED, CORE_PLACE_EARLY };

/* Kinds of overtaking counted per leg. */
enum core_pass { CORE_PASS_POLICY, CORE_PASS_URGENT, CORE_PASS_CHOSEN, CORE_PASS_COUNT };

/* A node of a queue's search tree: see core_queue.c. What a walk down the tree needs, and nothing
 * else, so that a step touches one cache line. */
struct core_node {
    int64_t base_ms; /* copies of the leg's, */
    int32_t order;   /* and of its visit */
    int32_t parent, left, right;
    int32_t previous, next; /* in order of age, -1 none */
    int32_t size;
    int32_t max_pass; /* largest policy count in the subtree */
    /* Suffered by this leg. In a queue, without what its ancestors hand down. */
    int32_t pass[CORE_PASS_COUNT];
    int32_t add[CORE_PASS_COUNT]; /* suffered by all below, and not noted there */
};
_Static_assert(sizeof(struct core_node) <= 64, "a node fits a cache line");

struct core_leg {
    int32_t visit;
    int32_t no;   /* 1.. within the visit */
    int32_t next; /* leg of the same visit */
    int16_t service;
    int16_t window; /* index; has it now or had it last */
    int16_t bound;  /* window index it may be called at only */
    int16_t clerk;  /* who called it last */
    enum ticket_state state;
    enum core_place place;
    int32_t list_previous, list_next; /* in the deferred or early list of its service */
    int32_t defer;                    /* calls to let pass */
    int32_t calls;
    int32_t no_shows;
    int32_t rating;
    int32_t told_low_s, told_s, told_high_s, told_pm; /* as in struct event */
    bool appointment;                                 /* has the appointment head start */
    int32_t rating_facts;                             /* bits of ticket.h */
    int64_t asked_ms;      /* when a rating was asked for last; 0 never */
    bool checked;          /* its slip was scanned at the window */
    bool continued;        /* opened by `another`, without a wait */
    int64_t base_ms;       /* age counts from here */
    int64_t not_before_ms; /* an appointment's time less the early allowance, or the end of a gap; 0
                              none */
    int64_t slot_ms;
    int64_t opened_ms; /* when the leg came to be; entered_ms restarts with a restore */
    int64_t entered_ms, called_ms, last_called_ms, started_ms, ended_ms, until_ms;
    int64_t since_ms;                     /* in this state */
    int64_t spent_ms[TICKET_STATE_COUNT]; /* in each state before */
    int64_t touched;                      /* seq of the last event about it */
    int64_t due_ms;                       /* timer, INT64_MAX none */
    int32_t timer;                        /* position in the timer heap, -1 none */
    char outcome[HALL_CODE_SIZE];
    char held_reason[CORE_HELD_REASON_SIZE];
};

struct core_visit {
    int32_t first_leg, last_leg, leg_count;
    int32_t series_value;
    int16_t cls;
    char number[TICKET_NUMBER_SIZE];
    char id[TICKET_ID_SIZE];
    char lang[TICKET_LANG_SIZE];
    char channel[TICKET_CHANNEL_SIZE];
    char external_ref[TICKET_REF_SIZE];
    char note[TICKET_NOTE_SIZE];
    uint8_t token[TICKET_TOKEN_SIZE];
    uint8_t identity[TICKET_TOKEN_SIZE];
    bool has_identity;
    int32_t same_identity; /* earlier visit of the same person */
    int64_t issued_ms;
    int64_t urgent_ms; /* when granted; 0 not urgent */
    int32_t urgent_no; /* which grant of the day, from 1 */
    enum ticket_print print;
    int32_t copies;
    char printer[HALL_CODE_SIZE];      /* where it was last to be printed; "" never */
    int64_t print_ms, print_seq;       /* since when, and by which event */
    int32_t print_before, print_after; /* neighbours in the list of slips that wait; -1 none */
    bool time_inaccurate;
    int64_t attended_ms; /* when somebody of the hall last spoke with the visitor; 0 never */
    int16_t attended_by; /* as clerk of a leg */
    bool reclassed;      /* its class was amended: its count may exceed the new class's cap */
    int64_t version;     /* seq of the last event about it */
};

struct core_bad_rating {
    int32_t leg;
    int64_t at_ms;
};

/* The rating device of a window, as its events say. */
enum core_rater { CORE_RATER_UNKNOWN, CORE_RATER_ONLINE, CORE_RATER_OFFLINE };

struct core_window {
    enum core_window_state state;
    int16_t clerk;
    int32_t leg; /* called or serving here */
    bool auto_next, assist, pause_pending;
    char reason[TICKET_REASON_SIZE];
    int64_t until_ms;
    int64_t since_ms;
    int64_t idle_ms; /* open and free since: the longest idle is served first */
    int64_t version;
    int32_t held[CORE_HELD_MAX];
    int32_t held_count;
    int32_t served;
    int32_t last_done; /* leg finished last, for the rating device */
    enum core_rater rater;
    int32_t bound_first; /* list of queues of legs bound to this window */
};

struct core_tree {
    int32_t first, last; /* the oldest and the youngest leg, -1 empty */
    int32_t root;        /* of all but the oldest, -1 none */
};

struct core_queue {
    struct core_tree tree;
    int32_t next; /* bound queues: in the window's list or the free list */
    int16_t service, cls, bound;
    bool appointment;
};

struct core_service {
    bool suspended;
    char reason[TICKET_REASON_SIZE];
    int32_t issued;
    int32_t diverted[CORE_DIVERT_COUNT];
    int32_t series; /* index of the service that keeps the series' counter */
    int32_t series_next;
    bool series_alerted;
    int32_t w_account;             /* share of calls owed to those over their longest wait */
    int32_t ratio[HALL_CLASS_MAX]; /* turns of the policy ratio, by group */
    int32_t deferred_first, early_first;
    uint32_t filled;     /* bit per unbound queue that is not empty */
    int64_t finished_ms; /* sum and number of today's service times */
    int32_t finished;
};

/* What a window's last command did, to take it back. */
struct core_undo {
    bool valid;
    int64_t at_ms;
    int32_t opened; /* leg opened by a transfer or by `another`, -1 none */
    int count;
    int32_t legs[CORE_UNDO_LEG_MAX];
    int64_t touched[CORE_UNDO_LEG_MAX]; /* seq after the command */
    struct core_leg before[CORE_UNDO_LEG_MAX];
    int32_t pass[CORE_UNDO_LEG_MAX][CORE_PASS_COUNT];
    struct core_visit visits[CORE_UNDO_LEG_MAX];
    struct core_window window;
};

/* A choice of the scheduler, before anything changes. */
struct core_pick {
    int32_t leg; /* -1 nobody */
    enum event_rule rule;
    int64_t score, head, aged, pref;
    int64_t age_ms; /* `aged` is the product of these two */
    int32_t rate_pm;
    int32_t guard;   /* leg protected, -1 none */
    int16_t account; /* service whose w_account changes, -1 none */
    int32_t account_value;
    int16_t ratio_service; /* -1 none */
    int32_t ratio[HALL_CLASS_MAX];
};

/* What a newcomer was foreseen to wait, and how many stood in front then. */
struct core_newcomer {
    struct eta eta;
    int32_t ahead;
    int64_t at_ms;
};

struct core {
    struct core_limits limits;
    struct hall hall;  /* in force, with retired entries */
    struct hall fresh; /* as configured; taken over at the next day */
    int64_t next_seq;
    int64_t now_ms; /* of the last event or step */
    int32_t offset_s;
    int32_t day;
    bool day_open;
    bool recapped; /* the classes were changed during the day: older counts may exceed a new cap */
    bool reopened; /* by hand after its close: not closed again by the clock */

    struct core_visit *visits;
    int32_t visit_count;
    struct core_leg *legs;
    struct core_node *nodes; /* one for each leg */
    int32_t leg_count, leg_max;
    uint32_t *by_token, *by_number, *by_identity; /* table_size entries: core_table.c */
    int32_t table_size;
    uint32_t slot_mask; /* of an entry */
    int32_t *timers;    /* heap of legs by due_ms */
    int32_t timer_count;
    int64_t early_ms;  /* earliest not_before of the early lists */
    int64_t counts[4]; /* of the last day close */

    struct core_queue *queues;
    int32_t queue_free;
    struct core_service services[HALL_SERVICE_MAX];
    struct core_window windows[HALL_WINDOW_MAX];
    struct core_undo *undos; /* one per window */
    char clerks[CORE_CLERK_MAX][TICKET_ACTOR_SIZE];
    int32_t clerk_count;
    int32_t urgent[CORE_URGENT_MAX]; /* waiting legs with a grant */
    int32_t urgent_count;
    int32_t absent[CORE_ABSENT_MAX]; /* legs missed twice or more, the latest last; some may have
                                        left meanwhile */
    int32_t absent_count;
    bool repurposed[HALL_WINDOW_MAX]; /* serves what somebody set today */
    int32_t urgent_tokens, urgent_today;
    int64_t urgent_last_ms;
    struct board_call calls[CORE_ZONE_CALLS][BOARD_CALL_MAX]; /* [0] the hall, then zones */
    int32_t call_visits[CORE_ZONE_CALLS][BOARD_CALL_MAX];
    int32_t call_counts[CORE_ZONE_CALLS];

    int32_t print_first, print_last; /* ends of the list of slips that wait; -1 none */
    int32_t prints_failed;           /* visits in that state */
    int32_t prints_lost;             /* of those that wait: at a printer that is gone */

    struct core_bad_rating bad_ratings[CORE_BAD_RATING_MAX]; /* of the day, newest first */
    int32_t bad_rating_count;

    struct eta *foreseen; /* by visit: points in hall time; p50_ms 0: nothing */
    struct core_newcomer newcomers[HALL_SERVICE_MAX][HALL_CLASS_MAX];
    int64_t foreseen_ms; /* when the hall was as the newest forecast saw it; 0 never */
    int32_t foreseen_pm;

    struct core_voice *voices; /* CORE_VOICE_ZONE_MAX */
    int voice_count;           /* queues in use */
    int32_t voice_items;       /* announcements in all of them */

    struct core_pick picked; /* the choice just made by a command, for the event that follows */
    int16_t picked_window;
    int64_t picked_seq; /* seq of that event; 0 none */
};

/* The announcements of a zone, the one that is spoken or is next first. */
struct core_voice {
    char zone[HALL_CODE_SIZE];
    char player[ANNOUNCEMENT_PLAYER_SIZE]; /* who spoke last */
    struct announcement items[CORE_VOICE_MAX];
    int32_t count;
};

/* The command being done. */
struct core_step {
    struct core *core;
    const struct core_now *now;
    const struct cmd *cmd;
    const struct core_sink *sink;
    struct core_result *result;
    int32_t part;
    bool system; /* events are the clock's doing */
};

/* core_tree.c: the order inside a queue. */
void tree_insert(struct core *core, struct core_tree *tree, int32_t leg);
void tree_remove(struct core *core, struct core_tree *tree, int32_t leg);
int32_t tree_pass(const struct core *core, int32_t leg, enum core_pass pass);
int32_t tree_first_capped(const struct core *core, const struct core_tree *tree, int32_t cap);
/* About the legs with base <= base_ms that are older than `than` (-1: any). */
int32_t tree_count(const struct core *core, const struct core_tree *tree, int64_t base_ms,
                   int32_t than);
void tree_add_pass(struct core *core, const struct core_tree *tree, int64_t base_ms, int32_t than,
                   enum core_pass pass);
int32_t tree_after(const struct core *core, int32_t leg); /* next younger one, -1 none */

/* core_rating.c */
bool leg_is_asked(const struct core_leg *leg);
bool rating_is_silence(const struct event *event);                   /* does not touch its leg */
void rating_begin(struct core_step *step, int32_t leg, bool invite); /* after it was finished */
void rating_lapse(struct core_step *step, int32_t leg);
void rating_device_lost(struct core_step *step); /* after it was recorded */
enum err rating_submit(struct core_step *step, int32_t leg);
enum err rating_invite(struct core_step *step, int32_t leg);
void rating_apply(struct core *core, const struct event *event);
void rating_apply_device(struct core *core, const struct event *event);

/* core_queue.c: waiting legs. */
void queue_reset(struct core *core);
void queue_clear(struct core *core);              /* nobody waits any more; the hall is the same */
void queue_place(struct core *core, int32_t leg); /* by state, defer, not-before and binding */
void queue_unplace(struct core *core, int32_t leg); /* wherever it is */
void queue_release_early(struct core *core, int64_t at_ms);
int32_t queue_pass(const struct core *core, int32_t leg, enum core_pass pass);
bool queue_before(const struct core *core, int32_t a,
                  int32_t b); /* a is older: by base, then by order of issue */
int32_t queue_first(const struct core *core, int32_t queue);
int32_t queue_first_capped(const struct core *core, int32_t queue, int32_t cap);
/* Legs with base <= base_ms and older than `than` (-1: any). */
int32_t queue_count(const struct core *core, int32_t queue, int64_t base_ms, int32_t than);
void queue_add_pass(struct core *core, int32_t queue, int64_t base_ms, int32_t than,
                    enum core_pass pass);
/* Is a bound queue still to be had? Asked before a leg is bound. */
bool queue_can_bind(const struct core *core, int16_t service, int16_t window);
int64_t queue_oldest_base(const struct core *core,
                          int16_t service); /* INT64_MAX when nobody waits */
void queue_unbind_window(struct core *core, int16_t window);

/* The queues a window may call from at a time, with how far into each. */
struct queue_cursor {
    int32_t queue;
    int64_t base_ms; /* only legs with base <= this */
    int64_t pref_ms;
    int32_t leg; /* first of them, for merging */
};
/* Unbound queues of at most 32 services and bound ones; beyond that a window's oldest are still
 * found first. */
#define QUEUE_CURSOR_MAX 512
struct queue_set {
    struct queue_cursor cursors[QUEUE_CURSOR_MAX];
    int count;
};
/* `mask`: bits of positions in the window's service list, 0 all. `help`: backup services from the
 * start. */
void queue_collect(const struct core *core, int window, int64_t at_ms, uint32_t mask, bool help,
                   struct queue_set *set);
/* Takes the oldest leg of the set, -1 when there is none left; for walking in order of age. */
int32_t queue_set_take(const struct core *core, struct queue_set *set);

/* pick.c */
void pick_choose(struct core *core, int window, int64_t at_ms, uint32_t mask,
                 struct core_pick *pick);
/* The choice as it stands, for showing who is next; appointments due since the last step do not
 * count yet. */
void pick_peek(const struct core *core, int window, int64_t at_ms, struct core_pick *pick);
/* Counts what choosing `pick` does to others; before the leg leaves its queue. */
void pick_commit(struct core *core, int window, int64_t at_ms, uint32_t mask,
                 const struct core_pick *pick);
/* The next ones in the order in which the window would call them as things stand, urgent and guards
 * told by the first: at most `max` legs, how many. */
int pick_list(const struct core *core, int window, int64_t at_ms, int32_t *legs, int max);
void pick_commit_chosen(struct core *core, int window, int64_t at_ms, int32_t leg);
void pick_explain(struct core *core, int window, int64_t at_ms, uint32_t mask,
                  const struct core_pick *pick, struct event_why *why);
/* Places in front of a waiting leg. */
int32_t pick_ahead(const struct core *core, int32_t leg, int64_t at_ms);
int32_t pick_ahead_newcomer(const struct core *core, int16_t service, int16_t cls, int64_t at_ms);
int64_t pick_urgent_retry(struct core *core, int64_t at_ms); /* 0: a grant is free now */

/* core_timer.c */
void timer_set(struct core *core, int32_t leg, int64_t due_ms); /* INT64_MAX: none */
int32_t timer_due(const struct core *core, int64_t at_ms);      /* leg, -1 none */

/* core_apply.c */
enum err apply_event(struct core *core, const struct event *event) MUST_USE;
/* core_apply_ticket.c, core_apply_window.c: by kind. */
enum err apply_issued(struct core *core, const struct event *event) MUST_USE;
enum err apply_called(struct core *core, const struct event *event) MUST_USE;
enum err apply_transferred(struct core *core, const struct event *event) MUST_USE;
enum err apply_continued(struct core *core, const struct event *event) MUST_USE;
enum err apply_amended(struct core *core, const struct event *event) MUST_USE;
enum err apply_window(struct core *core, const struct event *event) MUST_USE;
enum err apply_day(struct core *core, const struct event *event) MUST_USE;
/* Tools of the apply files. */
void core_set_series(struct core *core);
void core_begin_day(struct core *core, int32_t day, int64_t at_ms);
void leg_set_state(struct core *core, int32_t leg, enum ticket_state state, int64_t at_ms);
void leg_release_window(struct core *core, int32_t leg, int64_t at_ms);
void leg_arm_timer(struct core *core, int32_t leg);
void held_remove(struct core *core, int32_t leg);
int16_t clerk_intern(struct core *core, const char *name); /* -1: none or no room */
void calls_note(struct core *core, int window, int32_t leg, int64_t at_ms);

/* core_attend.c */
void attend_note_absent(struct core *core, int32_t leg);

/* core_undo.c */
void undo_begin(struct core *core, int window, int64_t at_ms);
void undo_save(struct core *core, int window, int32_t leg);
void undo_seal(struct core *core, int window);
/* Nothing later has touched what the window's last command did. */
bool undo_is_untouched(const struct core *core, const struct core_undo *undo);
enum err undo_apply(struct core *core, const struct event *event) MUST_USE;

/* core_table.c */
void table_reset(struct core *core);
void table_add(struct core *core, int32_t visit); /* token, number, identity */
int32_t table_find_identity(const struct core *core, const uint8_t identity[TICKET_TOKEN_SIZE]);

/* core_emit.c: events out of commands. */
void emit_init(const struct core_step *step, struct event *event, enum event_kind kind);
void emit_init_leg(const struct core_step *step, struct event *event, enum event_kind kind,
                   int32_t leg);
/* Applies and hands out; a failure to apply is our own mistake and ends the process. */
void emit(struct core_step *step, struct event *event);
enum err step_refuse(struct core_step *step, enum err err, const char *field, const char *detail);

/* core_ticket.c, core_window.c, core_day.c, core_issue.c: one handler per command. */

/* core_print.c: the printer for a ticket's slip ("" none), what events do to slips, and their law.
 */
const char *print_choose(const struct core_step *step, const char *channel);
void print_apply(struct core *core, const struct event *event);
void print_forget(struct core *core, int32_t slot);
void print_reset(struct core *core);
void print_due(struct core_step *step);
void print_configured(struct core *core); /* other printers may be there */
const char *print_check(const struct core *core);

/* core_voice.c: what a ticket's event means for the queues of announcements, and what the clock
 * does to them; all of them emit events. */
void voice_follow(struct core_step *step, const struct event *event);
void voice_due(struct core_step *step);
int64_t voice_deadline_ms(const struct core *core); /* INT64_MAX none */
void voice_close(struct core_step *step);           /* drops all that is left of the day */
enum err do_announce(struct core_step *step) MUST_USE;
enum err do_announce_state(struct core_step *step) MUST_USE;
/* core_voice_state.c */
enum err voice_apply(struct core *core, const struct event *event) MUST_USE;
void voice_reset(struct core *core);
struct core_voice *voice_find(struct core *core, const char *zone); /* NULL none */
/* Its place in its queue, 0 the first; -1 when there is none with that id. */
int32_t voice_get(const struct core *core, int64_t id, struct announcement *ret_item);
const char *voice_check(const struct core *core);

enum err do_issue(struct core_step *step) MUST_USE;
enum err do_book(struct core_step *step) MUST_USE;
enum err do_check_in(struct core_step *step) MUST_USE;
enum err do_walk_in(struct core_step *step) MUST_USE;
enum err do_next(struct core_step *step) MUST_USE;
enum err do_call(struct core_step *step) MUST_USE;
enum err do_resume(struct core_step *step, int32_t leg) MUST_USE;
enum err do_transfer(struct core_step *step, int32_t leg) MUST_USE;
enum err do_amend(struct core_step *step, int32_t leg) MUST_USE;
enum err do_another(struct core_step *step, int32_t leg) MUST_USE;
enum err do_undo(struct core_step *step, int32_t leg) MUST_USE;
enum err do_reprint(struct core_step *step, int32_t leg) MUST_USE;
enum err do_print_result(struct core_step *step, int32_t leg) MUST_USE;
enum err do_ticket(struct core_step *step) MUST_USE; /* finds the ticket, checks, dispatches */
enum err do_window(struct core_step *step) MUST_USE;
enum err do_service(struct core_step *step) MUST_USE;
enum err do_divert(struct core_step *step) MUST_USE;
/* CORE_DIVERT_COUNT for another word. */
enum core_divert divert_of(const char *text);
/* core_repurpose.c: what a window serves, changed while the hall works. */
bool repurpose_is_asked(const struct cmd *cmd);
enum err repurpose_check(struct core_step *step) MUST_USE; /* before anything is emitted */
void repurpose(struct core_step *step, int window);
enum err repurpose_apply(struct core *core, int window, const struct event *event) MUST_USE;
/* After a new configuration was merged in: a window keeps what was set by hand today. */
void repurpose_keep(struct core *core, struct hall *merged);
enum err do_day_open(struct core_step *step) MUST_USE;
enum err do_day_close(struct core_step *step) MUST_USE;
void do_due(struct core_step *step);      /* time-outs and day change */
void do_dispatch(struct core_step *step); /* armed windows */
/* Parts that several commands share. */
enum err window_for_call(struct core_step *step, int *ret_window) MUST_USE;
enum err window_free_for_call(struct core_step *step, int window, bool *ret_paused) MUST_USE;
enum err window_own(struct core_step *step, int *ret_window) MUST_USE;
void window_after_leg(struct core_step *step, int window);
void call_leg(struct core_step *step, int window, const struct core_pick *pick, uint32_t mask);
void finish_leg(struct core_step *step, int32_t leg, const char *outcome, bool invite);
void no_show_leg(struct core_step *step, int32_t leg);
/* ERR_SLIP_UNCHECKED when the leg may not be finished yet, and then says whose it is. */
enum err check_slip(struct core_step *step, int32_t leg) MUST_USE;
/* Is its slip to be scanned at all? (core_read.c) */
bool leg_wants_slip(const struct core *core, int32_t leg);
bool clerk_only(const struct cmd *cmd);
int clerk_window(const struct core *core, const struct cmd *cmd); /* index, -1 none */
enum err ticket_find(struct core_step *step, int32_t *ret_visit) MUST_USE;
bool window_serves(const struct core *core, int window, int service);
void window_unbind_strangers(struct core *core, int window); /* sent there, and not served there */
uint32_t ticket_allowed(enum ticket_state state);

/* estimate.c: a first guess of the wait with `ahead` in front at that service; unknown when nobody
 * serves it. */
struct eta estimate_wait(const struct core *core, int16_t service, int32_t ahead);

/* core_foresee.c: the best that is known, from `at_ms`. */
struct eta foresee_visit(const struct core *core, int32_t visit, int32_t ahead, int64_t at_ms);
struct eta foresee_newcomer(const struct core *core, int16_t service, int16_t cls, int64_t at_ms);
/* The same, but only what a forecast says, else unknown and 0: what may be promised. `ret_pm`: how
 * many in a thousand such ranges shall hold. Looks along no queue unless there is a forecast. */
struct eta foresee_promise(const struct core *core, int16_t service, int16_t cls, int64_t at_ms,
                           int32_t *ret_pm);

#endif
