/* wire_why: why a ticket was called before others, as numbers and as one sentence for each rule.
 *
 * The sentence names tickets by their number and never a person. Scores are kept in thousandths of
 * a millisecond of waiting; people are told points of one minute,
 * with one decimal. What those who were passed are told stands in wire_passed.c. */
#include <stdio.h>
#include <string.h>

#include "wire_internal.h"

void wire_format_amount(int64_t value, int64_t unit, int64_t scale, char text[WIRE_AMOUNT_SIZE])
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t whole = size / (uint64_t)unit;
    uint64_t part = (size % (uint64_t)unit * (uint64_t)scale * 2 / (uint64_t)unit + 1) / 2;
    if (part == (uint64_t)scale) {
        whole += 1;
        part = 0;
    }
    (void)snprintf(text, WIRE_AMOUNT_SIZE, "%s%llu.%0*llu",
                   value < 0 && whole + part > 0 ? "-" : "", (unsigned long long)whole,
                   scale == 10 ? 1 : 3, (unsigned long long)part);
}

struct phrase {
    const char *zh;
    const char *en;
};

/* What decides under the other policies, behind the called number. */
static const struct phrase decisions[WIRE_POLICY_COUNT] = {
    [HALL_RULE_FIFO] = {" 在本窗口可叫的号中等候最久",
                        " had waited longest of those this window could call"},
    [HALL_RULE_STRICT] = {" 的类别在本窗口可叫的号中排位最先",
                          " is of the class that goes first among those this window could call"},
    [HALL_RULE_RATIO] = {" 所在的组按比例轮到", " was called in the turn of its group of classes"},
    [HALL_RULE_LONGEST] = {" 所在的队列在本窗口可叫的队列中最长",
                           " stood in the longest of the queues this window could call from"},
};

static void explain_policy(struct buf *text, const char *number, const struct event_why *why,
                           bool zh)
{
    if (why->policy != HALL_RULE_SCORE) {
        const char *decision = zh ? decisions[why->policy].zh : decisions[why->policy].en;
        buf_printf(text, "%s%s", number, decision);
    } else {
        char total[WIRE_AMOUNT_SIZE];
        char head[WIRE_AMOUNT_SIZE];
        char aged[WIRE_AMOUNT_SIZE];
        char pref[WIRE_AMOUNT_SIZE];
        wire_format_amount(why->score, WIRE_POINT, 10, total);
        wire_format_amount(why->head, WIRE_POINT, 10, head);
        wire_format_amount(why->aged, WIRE_POINT, 10, aged);
        wire_format_amount(why->pref, WIRE_POINT, 10, pref);
        buf_printf(text,
                   zh ? "%s 得 %s 分，在本窗口可叫的号中最高：起始 %s 分，等候 %s 分，"
                        "窗口偏好 %s 分"
                      : "%s has %s points, the most this window could call: %s head start, %s for "
                        "waiting, %s for this window",
                   number, total, head, aged, pref);
    }
    buf_printf(text, zh ? "；越过先到的 %d 人。" : "; it passed %d who came earlier.",
               (int)why->overtaken);
}

void wire_put_guard_sentence(struct buf *text, const struct event_why *why, bool zh)
{
    char minutes[WIRE_AMOUNT_SIZE];
    bool cap = why->rule == EVENT_RULE_GUARD_K;
    buf_add_text(text, why->guard);
    if (cap && why->guard_times > 0) {
        buf_printf(text, zh ? " 已被越过 %d 次" : " had been passed %d times",
                   (int)why->guard_times);
    } else if (cap) {
        buf_add_text(text, zh ? " 被越过的次数已到上限" : " had been passed as often as allowed");
    } else if (why->guard_age_ms > 0) {
        wire_format_amount(why->guard_age_ms, WIRE_MINUTE_MS, 10, minutes);
        buf_printf(text,
                   zh ? " 已等候 %s 分钟，超过最长时限" : " had waited %s min, beyond the limit",
                   minutes);
    } else {
        buf_add_text(text, zh ? " 的等候已超过最长时限" : " had waited beyond the limit");
    }
    buf_add_text(text, zh ? "，先到的号先办" : ", so older tickets go first");
}

static void explain_urgent(struct buf *text, const char *number, const struct event_why *why,
                           bool zh)
{
    if (why->urgent_no <= 0) {
        buf_printf(text,
                   zh ? "%s 获准急事特办，理由已记录。"
                      : "%s has an urgent grant; the reason is on file.",
                   number);
        return;
    }
    buf_printf(text,
               zh ? "%s 获准急事特办：今日第 %d 次，每日最多 %d 次，理由已记录。"
                  : "%s: urgent grant no. %d of %d today, reason on file.",
               number, (int)why->urgent_no, (int)why->urgent_cap);
}

/* What follows the called number where nothing is to be counted. */
static const struct phrase phrases[] = {
    [EVENT_RULE_DEFERRED] = {" 过号后恢复；没有其他人等候，提前叫到。",
                             " came back after a missed call; nobody else was waiting, so it was "
                             "called early."},
    [EVENT_RULE_EARLY] = {" 是预约号；没有其他人等候，在预约时间前叫到。",
                          " has an appointment; nobody else was waiting, so it was called before "
                          "its time."},
    [EVENT_RULE_CHOSEN] = {" 由工作人员选呼，理由已记录。",
                           " was chosen by staff; the reason is on file."},
    [EVENT_RULE_RESUMED] = {" 原在本窗口挂起，现在恢复办理。",
                            " was on hold at this window and is resumed."},
    [EVENT_RULE_WALK_IN] = {" 在窗口现场办理。", " was taken at the window without a wait."},
};
#define PHRASE_COUNT (sizeof phrases / sizeof phrases[0])

void wire_put_call_sentence(struct buf *text, const char *number, const struct event_why *why,
                            bool zh)
{
    switch (why->rule) {
    case EVENT_RULE_NONE:
        break;
    case EVENT_RULE_POLICY:
        explain_policy(text, number, why, zh);
        break;
    case EVENT_RULE_GUARD_K:
    case EVENT_RULE_GUARD_W:
        buf_printf(text, zh ? "%s 先叫：" : "%s goes first: ", number);
        wire_put_guard_sentence(text, why, zh);
        buf_add_text(text, zh ? "。" : ".");
        break;
    case EVENT_RULE_URGENT:
        explain_urgent(text, number, why, zh);
        break;
    case EVENT_RULE_DEFERRED:
    case EVENT_RULE_EARLY:
    case EVENT_RULE_CHOSEN:
    case EVENT_RULE_RESUMED:
    case EVENT_RULE_WALK_IN:
        buf_printf(text, "%s%s", number, zh ? phrases[why->rule].zh : phrases[why->rule].en);
        break;
    }
}

/* The overtaken as they stood; a log older than that knows their numbers only. */
static void put_passed(struct buf *buf, const struct event_why *why)
{
    wire_open_array(buf, "passed_over");
    for (int i = 0; i < why->detailed && i < EVENT_OVERTOOK_MAX; i++) {
        wire_open_object(buf, NULL);
        wire_put_text(buf, "number", why->numbers[i]);
        wire_put_int(buf, "score", why->passed[i].score);
        wire_put_int(buf, "times", why->passed[i].times);
        wire_put_count(buf, "cap", why->passed[i].cap);
        wire_close_object(buf);
    }
    wire_close_array(buf);
}

void wire_put_why_members(struct buf *buf, const char *number, const struct event_why *why)
{
    struct buf text;
    buf_init(&text, WIRE_SENTENCE_MAX);
    wire_put_text(buf, "rule", event_rule_text(why->rule));
    wire_put_text(buf, "policy", wire_policy_words[why->policy]);
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
    put_passed(buf, why);
    wire_put_int(buf, "overtaken", why->overtaken);
    wire_put_call_sentence(&text, number, why, true);
    wire_put_text(buf, "text", buf_text(&text));
    buf_clear(&text);
    wire_put_call_sentence(&text, number, why, false);
    wire_put_text(buf, "text_en", buf_text(&text));
    buf_fini(&text);
}

void wire_put_why(struct buf *buf, const char *key, const char *number, const struct event_why *why)
{
    if (why == NULL || why->rule == EVENT_RULE_NONE) {
        wire_put_null(buf, key);
        return;
    }
    wire_open_object(buf, key);
    wire_put_why_members(buf, number, why);
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
