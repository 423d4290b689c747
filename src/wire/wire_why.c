/* wire_why: why a ticket was called before others, as numbers and as one sentence for each rule.
 *
 * The sentence names tickets by their number and never a person. Scores are kept in thousandths of
 * a millisecond of waiting; people are told points of one minute,
 * with one decimal. */
#include <stdio.h>
#include <string.h>

#include "wire_internal.h"

#define POINT INT64_C(60000000)

#define SENTENCE_SIZE 320
struct sentence {
    char zh[SENTENCE_SIZE];
    char en[SENTENCE_SIZE];
};

/* Points with one decimal, rounded half away from zero. */
static void format_points(int64_t score, char text[32])
{
    int64_t twentieths = score / (POINT / 20);
    int64_t tenths = (twentieths + (score < 0 ? -1 : 1)) / 2;
    int64_t size = tenths < 0 ? -tenths : tenths;
    (void)snprintf(text, 32, "%s%lld.%d", tenths < 0 ? "-" : "", (long long)(size / 10),
                   (int)(size % 10));
}

static void explain_policy(const char *number, const struct event_why *why,
                           struct sentence *sentence)
{
    char total[32];
    char head[32];
    char aged[32];
    char pref[32];
    format_points(why->score, total);
    format_points(why->head, head);
    format_points(why->aged, aged);
    format_points(why->pref, pref);
    (void)snprintf(sentence->zh, sizeof sentence->zh,
                   "%s 得 %s 分,在本窗口可叫的号中最高:起始 %s 分,等候 %s 分,"
                   "窗口偏好 %s 分;越过先到的 %d 人。",
                   number, total, head, aged, pref, why->overtaken);
    (void)snprintf(sentence->en, sizeof sentence->en,
                   "%s has %s points, the most this window could call: %s head start, %s for "
                   "waiting, %s for this window; it passed %d who came earlier.",
                   number, total, head, aged, pref, why->overtaken);
}

/* What follows the called number; and what follows the number that a guard protects, where there is
 * one. */
static const struct {
    const char *zh;
    const char *zh_guard;
    const char *en;
    const char *en_guard;
} phrases[] = {
    [EVENT_RULE_NONE] = {"", NULL, "", NULL},
    [EVENT_RULE_POLICY] = {"", NULL, "", NULL},
    [EVENT_RULE_GUARD_K] = {" 先叫:", " 被越过的次数已到上限,先到的号先办。", " goes first: ",
                            " had been passed as often as allowed, so older tickets go first."},
    [EVENT_RULE_GUARD_W] = {" 先叫:", " 的等候已超过最长时限,先到的号先办。", " goes first: ",
                            " had waited beyond the limit, so older tickets go first."},
    [EVENT_RULE_URGENT] = {" 获准急事急办,理由已记录。", NULL,
                           " has an urgent grant; the reason is on file.", NULL},
    [EVENT_RULE_DEFERRED] = {" 过号后恢复;没有其他人等候,提前叫到。", NULL,
                             " came back after a missed call; nobody else was waiting, so it was "
                             "called early.",
                             NULL},
    [EVENT_RULE_EARLY] = {" 是预约号;没有其他人等候,在预约时间前叫到。", NULL,
                          " has an appointment; nobody else was waiting, so it was called before "
                          "its time.",
                          NULL},
    [EVENT_RULE_CHOSEN] = {" 由工作人员选呼,理由已记录。", NULL,
                           " was chosen by staff; the reason is on file.", NULL},
    [EVENT_RULE_RESUMED] = {" 原在本窗口挂起,现在恢复办理。", NULL,
                            " was on hold at this window and is resumed.", NULL},
    [EVENT_RULE_WALK_IN] = {" 在窗口现场办理。", NULL, " was taken at the window without a wait.",
                            NULL},
};
#define PHRASE_COUNT (sizeof phrases / sizeof phrases[0])

static void explain(const char *number, const struct event_why *why, struct sentence *sentence)
{
    memset(sentence, 0, sizeof *sentence);
    if (why->rule == EVENT_RULE_POLICY) {
        explain_policy(number, why, sentence);
        return;
    }
    if (why->rule == EVENT_RULE_NONE || (size_t)why->rule >= PHRASE_COUNT) {
        return;
    }
    const char *zh_guard = phrases[why->rule].zh_guard;
    const char *en_guard = phrases[why->rule].en_guard;
    const char *guard = zh_guard != NULL ? why->guard : "";
    (void)snprintf(sentence->zh, sizeof sentence->zh, "%s%s%s%s", number, phrases[why->rule].zh,
                   guard, zh_guard != NULL ? zh_guard : "");
    (void)snprintf(sentence->en, sizeof sentence->en, "%s%s%s%s", number, phrases[why->rule].en,
                   guard, en_guard != NULL ? en_guard : "");
}

/* The members of an explanation, without braces. */
static void put_why_members(struct buf *buf, const char *number, const struct event_why *why)
{
    struct sentence sentence;
    explain(number, why, &sentence);
    wire_put_text(buf, "rule", event_rule_text(why->rule));
    wire_put_int(buf, "score", why->score);
    wire_put_int(buf, "head", why->head);
    wire_put_int(buf, "aged", why->aged);
    wire_put_int(buf, "pref", why->pref);
    wire_put_text_or_null(buf, "guard", why->guard);
    wire_open_array(buf, "overtook");
    for (int i = 0; i < why->listed && i < EVENT_OVERTOOK_MAX; i++) {
        wire_put_text(buf, NULL, why->numbers[i]);
    }
    wire_close_array(buf);
    wire_put_int(buf, "overtaken", why->overtaken);
    wire_put_text(buf, "text", sentence.zh);
    wire_put_text(buf, "text_en", sentence.en);
}

void wire_put_why(struct buf *buf, const char *key, const char *number, const struct event_why *why)
{
    if (why == NULL || why->rule == EVENT_RULE_NONE) {
        wire_put_null(buf, key);
        return;
    }
    wire_open_object(buf, key);
    put_why_members(buf, number, why);
    wire_close_object(buf);
}

void wire_next_print(struct buf *buf, const struct ticket *ticket, const struct ticket *finished,
                     const struct event_why *why, const struct wire_config *config)
{
    wire_open_object(buf, NULL);
    wire_put_key(buf, "ticket");
    if (ticket != NULL) {
        wire_ticket_print(buf, ticket, config);
    } else {
        wire_put_null(buf, NULL);
    }
    wire_put_key(buf, "finished");
    if (finished != NULL) {
        wire_ticket_print(buf, finished, config);
    } else {
        wire_put_null(buf, NULL);
    }
    wire_put_why(buf, "why", ticket != NULL ? ticket->number : "", ticket != NULL ? why : NULL);
    wire_close_object(buf);
}

/* The cap of the ticket's class; -1 when it has none or is unknown. */
static int32_t class_cap(const struct ticket *ticket, const struct wire_config *config)
{
    const struct hall *hall = wire_config_hall(config);
    int index = hall_find_class(hall, ticket->cls);
    return index < 0 ? -1 : hall->classes[index].cap;
}

/* A ticket that was not called yet: how often it was passed, and how often it can still be. */
static void explain_waiting(const struct ticket *ticket, int32_t overtakes, int32_t cap,
                            struct sentence *sentence)
{
    if (ticket->state != TICKET_WAITING && ticket->state != TICKET_BOOKED) {
        (void)snprintf(sentence->zh, sizeof sentence->zh, "%s 没有被呼叫过。", ticket->number);
        (void)snprintf(sentence->en, sizeof sentence->en, "%s was never called.", ticket->number);
    } else if (cap < 0) {
        (void)snprintf(sentence->zh, sizeof sentence->zh, "%s 还在等候,已被越过 %d 次。",
                       ticket->number, overtakes);
        (void)snprintf(sentence->en, sizeof sentence->en, "%s still waits and was passed %d times.",
                       ticket->number, overtakes);
    } else {
        int32_t left = overtakes < cap ? cap - overtakes : 0;
        (void)snprintf(sentence->zh, sizeof sentence->zh,
                       "%s 还在等候,已被越过 %d 次;顺序还可能变化,最多再被越过 %d 次。",
                       ticket->number, overtakes, left);
        (void)snprintf(sentence->en, sizeof sentence->en,
                       "%s still waits and was passed %d times; its order can still change, at "
                       "most %d times more.",
                       ticket->number, overtakes, left);
    }
}

void wire_why_print(struct buf *buf, const struct ticket *ticket, const struct event *called,
                    const struct wire_config *config)
{
    const struct ticket_leg *leg = &ticket->legs[ticket->leg_count - 1];
    int32_t cap = class_cap(ticket, config);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "id", ticket->id);
    wire_put_text(buf, "number", ticket->number);
    wire_put_text(buf, "state", ticket_state_text(ticket->state));
    wire_put_int(buf, "passed", leg->overtakes);
    wire_put_count(buf, "cap", cap);
    wire_put_bool(buf, "called", called != NULL);
    if (called != NULL) {
        wire_put_time(buf, "called_at", called->at_ms);
        wire_put_window_no(buf, "window", called->window);
        put_why_members(buf, ticket->number, &called->why);
    } else {
        struct sentence sentence;
        explain_waiting(ticket, leg->overtakes, cap, &sentence);
        wire_put_null(buf, "rule");
        wire_put_text(buf, "text", sentence.zh);
        wire_put_text(buf, "text_en", sentence.en);
    }
    wire_close_object(buf);
}
