/* wire_passed: what a ticket that was passed is told: "why before mine?", and how often it can
 * still happen.
 *
 * Each call that passed it becomes one sentence from its own point of view, out of what was stored
 * with that call, so that a later change of the configuration does not change what is said of the
 * past (but for the names of classes and services). Numbers stand for people; nobody is named. */
#include <ctype.h>
#include <string.h>

#include "wire_internal.h"

/* ---- one call ---- */

/* A call, as the ticket that it passed sees it. */
struct view {
    const struct event *call;
    const struct event_passed *mine; /* NULL: a log that does not say how it stood */
    const struct ticket *ticket;
    const struct hall *hall;
    bool zh;
};

/* A score taken apart; scores in points, but for the age and the rate. */
struct side {
    int64_t score, head, pref;
    int64_t age_ms;
    int32_t rate_pm;
};

/* An amount as people say it: without zeros behind the point. */
static void brief(int64_t value, int64_t unit, int64_t scale, char text[WIRE_AMOUNT_SIZE])
{
    wire_format_amount(value, unit, scale, text);
    size_t length = strlen(text);
    while (text[length - 1] == '0') { /* the point stops it */
        length--;
    }
    text[text[length - 1] == '.' ? length - 1 : length] = '\0';
}

/* The class's name as it stands inside a sentence: "elderly", but "VIP". */
static struct hall_text class_names(const struct hall *hall, const char *code)
{
    struct hall_text names;
    int index = hall_find_class(hall, code);
    if (index >= 0) {
        names = hall->classes[index].name;
    } else {
        text_copy_cut(names.zh, sizeof names.zh, code);
        text_copy_cut(names.en, sizeof names.en, code);
    }
    if (isupper((unsigned char)names.en[0]) && islower((unsigned char)names.en[1])) {
        names.en[0] = (char)tolower((unsigned char)names.en[0]);
    }
    return names;
}

/* "10 min head start + 2 × 4 min waited = 18 points"; rate 1 and a head start of 0 are not worth a
 * word. */
static void add_side(struct buf *text, const struct side *side, const char *waited, int64_t scale,
                     bool zh)
{
    char amount[WIRE_AMOUNT_SIZE];
    if (side->head != 0) {
        brief(side->head, WIRE_POINT, scale, amount);
        buf_printf(text, zh ? "起始 %s 分钟 + " : "%s min head start + ", amount);
    }
    if (side->rate_pm != 1000) {
        brief(side->rate_pm, 1000, 1000, amount);
        buf_printf(text, "%s × ", amount);
    }
    brief(side->age_ms, WIRE_MINUTE_MS, scale, amount);
    if (zh) {
        buf_printf(text, "%s%s 分钟", waited, amount);
    } else {
        buf_printf(text, "%s min%s", amount, waited);
    }
    if (side->pref != 0) {
        brief(side->pref, WIRE_POINT, scale, amount);
        buf_printf(text, zh ? " + 窗口偏好 %s 分钟" : " + %s min for this window", amount);
    }
    brief(side->score, WIRE_POINT, scale, amount);
    buf_printf(text, zh ? " = %s 分" : " = %s points", amount);
}

/* Own points: the window's preference is the called ticket's where both want the same service, else
 * it is counted with the head start. Unsigned, since a damaged log must not overflow here. */
static struct side own_side(const struct view *view)
{
    const struct event_passed *mine = view->mine;
    const struct ticket_leg *leg = &view->ticket->legs[view->ticket->leg_count - 1];
    bool same = strcmp(leg->service, view->call->service) == 0;
    struct side side = {.score = mine->score,
                        .pref = same ? view->call->why.pref : 0,
                        .age_ms = mine->age_ms,
                        .rate_pm = mine->rate_pm};
    side.head = (int64_t)((uint64_t)mine->score - (uint64_t)mine->rate_pm * (uint64_t)mine->age_ms -
                          (uint64_t)side.pref);
    return side;
}

/* "E012 is elderly: ... = 18 points; yours: 14 min = 14 points." */
static void add_scores(struct buf *text, const struct view *view)
{
    const struct event_why *why = &view->call->why;
    struct hall_text names = class_names(view->hall, view->call->cls);
    struct side theirs = {why->score, why->head, why->pref, why->age_ms, why->rate_pm};
    struct side mine = own_side(view);
    char a[WIRE_AMOUNT_SIZE];
    char b[WIRE_AMOUNT_SIZE];
    wire_format_amount(theirs.score, WIRE_POINT, 10, a);
    wire_format_amount(mine.score, WIRE_POINT, 10, b);
    int64_t scale = strcmp(a, b) == 0 ? 1000 : 10; /* as fine as shows who has more */
    buf_add_text(text, view->call->number);
    if (strcmp(view->call->cls, view->ticket->cls) != 0) {
        buf_printf(text, view->zh ? "（%s）" : " is %s", view->zh ? names.zh : names.en);
    }
    buf_add_text(text, view->zh ? "：" : ": ");
    add_side(text, &theirs, view->zh ? "等候 " : " waited", scale, view->zh);
    buf_add_text(text, view->zh ? "；您：" : "; yours: ");
    add_side(text, &mine, "", scale, view->zh);
    buf_add_text(text, view->zh ? "。" : ".");
}

/* What decided, under the policy of that call. */
static void add_decision(struct buf *text, const struct view *view)
{
    const struct event *call = view->call;
    struct hall_text theirs = class_names(view->hall, call->cls);
    struct hall_text mine = class_names(view->hall, view->ticket->cls);
    struct hall_text service = wire_service_names(view->hall, call->service);
    switch (call->why.policy) {
    case HALL_RULE_SCORE:
        if (view->mine != NULL) {
            add_scores(text, view);
        } else {
            wire_put_call_sentence(text, call->number, &call->why, view->zh);
        }
        break;
    case HALL_RULE_FIFO:
        buf_printf(text,
                   view->zh ? "先到先办：%s 的计时早于您。"
                            : "Whoever waits longest goes first: %s has waited longer than you.",
                   call->number);
        break;
    case HALL_RULE_STRICT:
        buf_printf(text,
                   view->zh ? "%s（%s）的类别排在您的类别（%s）之前。"
                            : "%s is %s, a class that goes before yours (%s).",
                   call->number, view->zh ? theirs.zh : theirs.en, view->zh ? mine.zh : mine.en);
        break;
    case HALL_RULE_RATIO:
        buf_printf(text,
                   view->zh ? "各组按比例轮流：这次轮到 %s（%s）所在的组。"
                            : "Groups take turns: it was that of %s (%s).",
                   call->number, view->zh ? theirs.zh : theirs.en);
        break;
    case HALL_RULE_LONGEST:
        buf_printf(text,
                   view->zh ? "最长的队列先办：那是 %s 所在的队列（%s）。"
                            : "The longest queue goes first: that of %s (%s).",
                   call->number, view->zh ? service.zh : service.en);
        break;
    }
}

static const char *times_word(int32_t times)
{
    return times == 1 ? "time" : "times";
}

static void add_passed(struct buf *text, int32_t times, int32_t cap, bool zh)
{
    if (cap >= 0) {
        buf_printf(text,
                   zh ? "您已被越过 %d 次，最多 %d 次。"
                      : "You have been passed %d of at most %d times.",
                   (int)times, (int)cap);
    } else if (zh) {
        buf_printf(text, "您已被越过 %d 次，次数没有上限。", (int)times);
    } else {
        buf_printf(text, "You have been passed %d %s; there is no limit to that.", (int)times,
                   times_word(times));
    }
}

static void add_view(struct buf *text, const struct view *view)
{
    const struct event *call = view->call;
    enum event_rule rule = call->why.rule;
    bool guarded = rule == EVENT_RULE_GUARD_K || rule == EVENT_RULE_GUARD_W;
    if (!guarded && rule != EVENT_RULE_POLICY) {
        wire_put_call_sentence(text, call->number, &call->why, view->zh);
        return; /* it does not count against the limit */
    }
    const char *gap = view->zh ? "" : " ";
    bool among = !guarded || strcmp(call->why.guard, call->number) != 0;
    if (guarded) {
        wire_put_guard_sentence(text, &call->why, view->zh);
        if (among) {
            buf_printf(text, view->zh ? "，%s 也在其中" : ", %s among them", call->number);
        }
        buf_printf(text, "%s%s", view->zh ? "。" : ".", among ? gap : "");
    }
    if (among) {
        add_decision(text, view);
    }
    if (view->mine != NULL) {
        buf_add_text(text, gap);
        add_passed(text, view->mine->times, view->mine->cap, view->zh);
    }
}

static int32_t find_listed(const struct event_why *why, const char *number)
{
    for (int32_t i = 0; i < why->listed; i++) {
        if (strcmp(why->numbers[i], number) == 0) {
            return i;
        }
    }
    return -1;
}

/* A member `key` and a member `key`_en: the sentence in both languages. */
struct sentences {
    struct buf zh, en;
};

static void sentences_init(struct sentences *sentences)
{
    buf_init(&sentences->zh, WIRE_SENTENCE_MAX);
    buf_init(&sentences->en, WIRE_SENTENCE_MAX);
}

static void put_sentences(struct buf *buf, struct sentences *sentences)
{
    wire_put_text(buf, "text", buf_text(&sentences->zh));
    wire_put_text(buf, "text_en", buf_text(&sentences->en));
    buf_fini(&sentences->zh);
    buf_fini(&sentences->en);
}

static void put_call(struct buf *buf, const struct wire_why *facts, const struct event *call,
                     const struct hall *hall)
{
    struct view view = {.call = call, .ticket = facts->ticket, .hall = hall};
    int32_t place = find_listed(&call->why, facts->ticket->number);
    view.mine = place >= 0 && place < call->why.detailed ? &call->why.passed[place] : NULL;
    struct sentences sentences;
    sentences_init(&sentences);
    add_view(&sentences.en, &view);
    view.zh = true;
    add_view(&sentences.zh, &view);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "number", call->number);
    wire_put_time(buf, "called_at", call->at_ms);
    wire_put_window_no(buf, "window", call->window);
    wire_put_text(buf, "rule", event_rule_text(call->why.rule));
    put_sentences(buf, &sentences);
    wire_close_object(buf);
}

/* ---- the answers ---- */

/* How a ticket stands to being passed. */
struct bound {
    int32_t passed;
    int32_t cap; /* -1 none */
    bool waits;
    int32_t urgent_per_day;
};

static struct bound bound_of(const struct wire_why *facts, const struct hall *hall)
{
    const struct ticket *ticket = facts->ticket;
    const struct hall_policy *policy = &hall->policy;
    int index = hall_find_class(hall, ticket->cls);
    return (struct bound){
        .passed =
            facts->passed >= 0 ? facts->passed : ticket->legs[ticket->leg_count - 1].overtakes,
        .cap = index < 0 ? -1 : hall->classes[index].cap,
        .waits = ticket->state == TICKET_WAITING || ticket->state == TICKET_BOOKED,
        .urgent_per_day = policy->urgent_burst > 0 ? policy->urgent_per_day : 0};
}

static int32_t more_of(const struct bound *bound)
{
    if (!bound->waits || bound->cap < 0) {
        return -1;
    }
    return bound->passed < bound->cap ? bound->cap - bound->passed : 0;
}

/* What can still come before a waiting ticket. */
static void add_future(struct buf *text, const struct bound *bound, bool zh)
{
    if (more_of(bound) >= 0) {
        buf_printf(text,
                   zh ? "您的顺序还可能变化：最多再被越过 %d 次。"
                      : " Your order can still change: at most %d more.",
                   (int)more_of(bound));
    } else {
        buf_add_text(text, zh ? "您的顺序还可能变化。" : " Your order can still change.");
    }
    if (bound->urgent_per_day > 0) {
        buf_printf(text,
                   zh ? "急事特办另计，全厅每日最多 %d 次。"
                      : " Urgent grants come on top: at most %d a day in the whole hall.",
                   (int)bound->urgent_per_day);
    }
}

/* For the visitor. */
static void add_own_bound(struct buf *text, const struct bound *bound, bool zh)
{
    if (bound->waits) {
        add_passed(text, bound->passed, bound->cap, zh);
        add_future(text, bound, zh);
        return;
    }
    if (zh) {
        buf_printf(text, "等候期间您被越过 %d 次。", (int)bound->passed);
    } else {
        buf_printf(text, "While you waited you were passed %d %s.", (int)bound->passed,
                   times_word(bound->passed));
    }
}

/* For staff: a ticket that was not called yet. */
static void add_waiting(struct buf *text, const char *number, const struct bound *bound, bool zh)
{
    if (!bound->waits) {
        buf_printf(text, zh ? "%s 没有被呼叫过。" : "%s was never called.", number);
        return;
    }
    if (zh) {
        buf_printf(text, "%s 还在等候，已被越过 %d 次", number, (int)bound->passed);
    } else {
        buf_printf(text, "%s still waits and was passed %d %s", number, (int)bound->passed,
                   times_word(bound->passed));
    }
    if (bound->cap < 0) {
        buf_add_text(text, zh ? "。" : ".");
    } else if (zh) {
        buf_printf(text, "；顺序还可能变化，最多再被越过 %d 次。", (int)more_of(bound));
    } else {
        buf_printf(text, "; its order can still change, at most %d %s more.", (int)more_of(bound),
                   times_word(more_of(bound)));
    }
}

static bool counts(enum event_rule rule)
{
    return rule == EVENT_RULE_POLICY || rule == EVENT_RULE_GUARD_K || rule == EVENT_RULE_GUARD_W;
}

/* `unnamed`: passings that no call tells of, because it names only the oldest of those it passed.
 */
static void put_passed_by(struct buf *buf, const struct wire_why *facts, const struct bound *bound,
                          const struct hall *hall)
{
    int32_t named = 0;
    wire_open_array(buf, "passed_by");
    for (int i = 0; i < facts->call_count; i++) {
        put_call(buf, facts, &facts->calls[i], hall);
        named += counts(facts->calls[i].why.rule) ? 1 : 0;
    }
    wire_close_array(buf);
    bool all = facts->call_count < WIRE_PASSED_BY_MAX;
    wire_put_int(buf, "unnamed", all && bound->passed > named ? bound->passed - named : 0);
}

static void put_bound(struct buf *buf, const struct wire_why *facts, const struct bound *bound)
{
    wire_put_text(buf, "number", facts->ticket->number);
    wire_put_text(buf, "state", ticket_state_text(facts->ticket->state));
    wire_put_int(buf, "passed", bound->passed);
    wire_put_count(buf, "cap", bound->cap);
    wire_put_count(buf, "more", more_of(bound));
    wire_put_int(buf, "urgent_per_day", bound->urgent_per_day);
}

void wire_why_print(struct buf *buf, const struct wire_why *facts, const struct wire_config *config)
{
    const struct hall *hall = wire_config_hall(config);
    const struct event *called = facts->called;
    struct bound bound = bound_of(facts, hall);
    wire_open_object(buf, NULL);
    wire_put_text(buf, "id", facts->ticket->id);
    put_bound(buf, facts, &bound);
    wire_put_bool(buf, "called", called != NULL);
    if (called != NULL) {
        wire_put_time(buf, "called_at", called->at_ms);
        wire_put_window_no(buf, "window", called->window);
        wire_put_why_members(buf, facts->ticket->number, &called->why);
    } else {
        struct sentences sentences;
        sentences_init(&sentences);
        add_waiting(&sentences.zh, facts->ticket->number, &bound, true);
        add_waiting(&sentences.en, facts->ticket->number, &bound, false);
        wire_put_null(buf, "rule");
        put_sentences(buf, &sentences);
    }
    put_passed_by(buf, facts, &bound, hall);
    wire_close_object(buf);
}

void wire_public_why_print(struct buf *buf, const struct wire_why *facts,
                           const struct wire_config *config)
{
    const struct hall *hall = wire_config_hall(config);
    struct bound bound = bound_of(facts, hall);
    struct sentences sentences;
    sentences_init(&sentences);
    add_own_bound(&sentences.zh, &bound, true);
    add_own_bound(&sentences.en, &bound, false);
    wire_open_object(buf, NULL);
    put_bound(buf, facts, &bound);
    put_sentences(buf, &sentences);
    put_passed_by(buf, facts, &bound, hall);
    wire_close_object(buf);
}
