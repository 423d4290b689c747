/* wire_event: events as JSON, from one table.
 *
 * The table names every member of struct event that the log keeps, with its type, its place and who
 * may see it. Printing leaves out what event_init() would put there anyway, so a row is short;
 * reading takes exactly those names and nothing else, since a log that says more than this program
 * understands would replay to another hall. Sequence, time and kind are columns of their own and
 * come in as arguments; so does the day, which stands in the data as well for those who read the
 * log from outside.
 *
 * Members are printed in the order of the table and read in that order only, so that a name is
 * looked for from where the one before was found: a whole event costs one walk over the table, and
 * no name can come twice. */
#include <assert.h>
#include <string.h>

#include "clock.h"
#include "digest.h"
#include "wire_internal.h"

enum type { TEXT, INT32, INT64, TIME, STATE, POSITION, POLICY, HEX };

/* Who sees a member besides the log. */
enum {
    SEEN_BY_STAFF = 1,
    SEEN_BY_ALL = 2,   /* of a ticket: what a display shows */
    SEEN_OF_PLACES = 4 /* by all, where the event is about a window or a service */
};
#define STAFF SEEN_BY_STAFF
#define ALL (SEEN_BY_STAFF | SEEN_BY_ALL)
#define PLACES (SEEN_BY_STAFF | SEEN_OF_PLACES)

struct member {
    const char *name;     /* in envelopes */
    const char *log_name; /* in the log: times say their unit there */
    enum type type;
    int seen;
    size_t offset;
    size_t size;
};

#define MEMBER(name, type, seen, field) MEMBER2(name, name, type, seen, field)
#define MEMBER2(name, log_name, type, seen, field)                                                 \
    {                                                                                              \
        name, log_name, type, seen, offsetof(struct event, field),                                 \
            sizeof(((struct event *)NULL)->field)                                                  \
    }

static const struct member members[] = {
    MEMBER("number", TEXT, ALL, number),
    MEMBER("window", INT32, ALL, window),
    MEMBER("service", TEXT, ALL, service),
    MEMBER("class", TEXT, ALL, cls),
    MEMBER("leg", INT32, STAFF, leg),
    MEMBER("calls", INT32, ALL, calls),
    MEMBER("state", STATE, ALL, state),
    MEMBER("reason", TEXT, PLACES, reason),
    MEMBER2("until", "until_ms", TIME, PLACES, until_ms),
    MEMBER("part", INT32, STAFF, part),
    MEMBER("ticket", TEXT, STAFF, ticket_id),
    MEMBER("visit", INT32, STAFF, visit),
    MEMBER("target_window", INT32, STAFF, target_window),
    MEMBER("clerk", TEXT, STAFF, clerk),
    MEMBER("series_value", INT32, STAFF, series_value),
    MEMBER("new_leg", INT32, STAFF, new_leg),
    MEMBER("lang", TEXT, STAFF, lang),
    MEMBER("channel", TEXT, STAFF, channel),
    MEMBER("external_ref", TEXT, STAFF, external_ref),
    MEMBER("note", TEXT, STAFF, note),
    MEMBER("outcome_code", TEXT, STAFF, outcome),
    MEMBER("approver", TEXT, STAFF, approver),
    MEMBER("token", HEX, 0, token),
    MEMBER("identity", HEX, 0, identity),
    MEMBER2("base", "base_ms", TIME, STAFF, base_ms),
    MEMBER2("slot", "slot_ms", TIME, STAFF, slot_ms),
    MEMBER("told_low_s", INT32, STAFF, told_low_s),
    MEMBER("told_s", INT32, STAFF, told_s),
    MEMBER("told_high_s", INT32, STAFF, told_high_s),
    MEMBER("told_pm", INT32, STAFF, told_pm),
    MEMBER("defer", INT32, STAFF, defer),
    MEMBER("level", INT32, STAFF, level),
    MEMBER("scale", TEXT, STAFF, scale),
    MEMBER("on", INT32, STAFF, on),
    MEMBER("changed", INT32, STAFF, changed),
    MEMBER("position", POSITION, STAFF, position),
    MEMBER("announcement", INT64, ALL, announcement),
    MEMBER("zone", TEXT, ALL, zone),
    MEMBER("template", TEXT, ALL, words),
    MEMBER("subject", TEXT, STAFF, subject),
    MEMBER("role", TEXT, STAFF, role),
    MEMBER("count", INT64, STAFF, count),
};
#define MEMBER_COUNT (sizeof members / sizeof members[0])

/* Of an explanation, behind the members that each one has; in the log only. */
#define WHY(name, type, field)                                                                     \
    {                                                                                              \
        name, name, type, 0, offsetof(struct event_why, field),                                    \
            sizeof(((struct event_why *)NULL)->field)                                              \
    }
static const struct member why_members[] = {
    WHY("guard", TEXT, guard),
    WHY("policy", POLICY, policy),
    WHY("age", INT64, age_ms),
    WHY("rate", INT32, rate_pm),
    WHY("guard_times", INT32, guard_times),
    WHY("guard_age", INT64, guard_age_ms),
    WHY("urgent_no", INT32, urgent_no),
    WHY("urgent_cap", INT32, urgent_cap),
};
#define WHY_COUNT (sizeof why_members / sizeof why_members[0])

_Static_assert(sizeof(enum hall_rule) == sizeof(int32_t), "enums are handled as int32");
_Static_assert(sizeof(enum ticket_state) == sizeof(int32_t), "enums are handled as int32");
_Static_assert(sizeof(enum event_position) == sizeof(int32_t), "enums are handled as int32");

const char *const wire_policy_words[WIRE_POLICY_COUNT] = {
    [HALL_RULE_SCORE] = "score", [HALL_RULE_FIFO] = "fifo",       [HALL_RULE_STRICT] = "strict",
    [HALL_RULE_RATIO] = "ratio", [HALL_RULE_LONGEST] = "longest",
};
static const char *const position_words[] = {"keep_time", "front", "back"};
static const char *const actor_words[] = {"system", "user", "device", "visitor"};
#define POSITION_COUNT 3
#define ACTOR_COUNT 4

/* ---- printing ---- */

static int32_t get_int32(const char *place)
{
    int32_t value;
    memcpy(&value, place, sizeof value);
    return value;
}

static int64_t get_int64(const char *place)
{
    int64_t value;
    memcpy(&value, place, sizeof value);
    return value;
}

static bool is_none(const struct member *member, const char *place, const char *none)
{
    if (member->type == TEXT) {
        return strcmp(place, none) == 0;
    }
    return memcmp(place, none, member->size) == 0;
}

static void put_member(struct buf *buf, const struct member *member, const char *place,
                       enum wire_form form)
{
    const char *key = form == WIRE_FORM_LOG ? member->log_name : member->name;
    switch (member->type) {
    case TEXT:
        wire_put_text(buf, key, place);
        break;
    case INT32:
        wire_put_int(buf, key, get_int32(place));
        break;
    case INT64:
        wire_put_int(buf, key, get_int64(place));
        break;
    case TIME:
        if (form == WIRE_FORM_LOG) {
            wire_put_int(buf, key, get_int64(place));
        } else {
            wire_put_time(buf, key, get_int64(place));
        }
        break;
    case STATE:
        wire_put_text(buf, key, ticket_state_text((enum ticket_state)get_int32(place)));
        break;
    case POSITION:
        wire_put_text(buf, key, position_words[get_int32(place)]);
        break;
    case POLICY:
        wire_put_text(buf, key, wire_policy_words[get_int32(place)]);
        break;
    case HEX:
        wire_put_hex(buf, key, (const uint8_t *)place, member->size);
        break;
    }
}

static void put_actor(struct buf *buf, const struct event *event)
{
    assert((int)event->actor < ACTOR_COUNT);
    wire_open_object(buf, "actor");
    wire_put_text(buf, "kind", actor_words[event->actor]);
    if (event->actor_id[0] != '\0') {
        wire_put_text(buf, "id", event->actor_id);
    }
    wire_close_object(buf);
}

static bool why_is_none(const struct event_why *why)
{
    return why->rule == EVENT_RULE_NONE && why->score == 0 && why->head == 0 && why->aged == 0 &&
           why->pref == 0 && why->guard[0] == '\0' && why->overtaken == 0 && why->listed == 0;
}

/* The overtaken as they stood: rows without names, since a call may pass twenty. */
static void put_passed(struct buf *buf, const struct event_why *why)
{
    wire_open_array(buf, "passed");
    for (int i = 0; i < why->detailed && i < EVENT_OVERTOOK_MAX; i++) {
        const struct event_passed *passed = &why->passed[i];
        wire_open_array(buf, NULL);
        wire_put_int(buf, NULL, passed->score);
        wire_put_int(buf, NULL, passed->age_ms);
        wire_put_int(buf, NULL, passed->rate_pm);
        wire_put_int(buf, NULL, passed->times);
        wire_put_int(buf, NULL, passed->cap);
        wire_close_array(buf);
    }
    wire_close_array(buf);
}

/* The whole explanation, with the slots that the core knows the overtaken by. */
static void put_why_for_log(struct buf *buf, const struct event_why *why)
{
    wire_open_object(buf, "why");
    wire_put_text(buf, "rule", event_rule_text(why->rule));
    wire_put_int(buf, "score", why->score);
    wire_put_int(buf, "head", why->head);
    wire_put_int(buf, "aged", why->aged);
    wire_put_int(buf, "pref", why->pref);
    wire_put_int(buf, "overtaken", why->overtaken);
    static const struct event_why none;
    for (size_t i = 0; i < WHY_COUNT; i++) {
        const char *place = (const char *)why + why_members[i].offset;
        if (!is_none(&why_members[i], place, (const char *)&none + why_members[i].offset)) {
            put_member(buf, &why_members[i], place, WIRE_FORM_LOG);
        }
    }
    if (why->listed > 0) {
        wire_open_array(buf, "overtook");
        for (int i = 0; i < why->listed && i < EVENT_OVERTOOK_MAX; i++) {
            wire_put_text(buf, NULL, why->numbers[i]);
        }
        wire_close_array(buf);
        wire_open_array(buf, "visits");
        for (int i = 0; i < why->listed && i < EVENT_OVERTOOK_MAX; i++) {
            wire_put_int(buf, NULL, why->overtook[i]);
        }
        wire_close_array(buf);
    }
    if (why->detailed > 0) {
        put_passed(buf, why);
    }
    wire_close_object(buf);
}

static bool says_why(enum event_kind kind)
{
    return kind == EVENT_WINDOW_PAUSED || kind == EVENT_SERVICE_SUSPENDED ||
           kind == EVENT_ANNOUNCEMENT_DROPPED;
}

static bool is_seen(const struct member *member, enum event_kind kind, enum wire_form form)
{
    switch (form) {
    case WIRE_FORM_LOG:
        return true;
    case WIRE_FORM_STAFF:
        return (member->seen & SEEN_BY_STAFF) != 0;
    case WIRE_FORM_PUBLIC:
        return (member->seen & SEEN_BY_ALL) != 0 ||
               ((member->seen & SEEN_OF_PLACES) != 0 && says_why(kind));
    }
    return false;
}

void wire_event_put_members(struct buf *buf, const struct event *event, enum wire_form form)
{
    struct event none;
    event_init(&none, event->kind);
    wire_put_day(buf, "day", event->day);
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        const struct member *member = &members[i];
        const char *place = (const char *)event + member->offset;
        if (is_seen(member, event->kind, form) &&
            !is_none(member, place, (const char *)&none + member->offset)) {
            put_member(buf, member, place, form);
        }
    }
    if (form == WIRE_FORM_PUBLIC) {
        return;
    }
    put_actor(buf, event);
    if (!why_is_none(&event->why)) {
        if (form == WIRE_FORM_LOG) {
            put_why_for_log(buf, &event->why);
        } else {
            wire_put_why(buf, "why", event->number, &event->why);
        }
    }
}

void wire_event_data(struct buf *buf, const struct event *event)
{
    wire_open_object(buf, NULL);
    wire_event_put_members(buf, event, WIRE_FORM_LOG);
    wire_close_object(buf);
}

/* ---- reading ---- */

static int32_t take_int32(struct wire_cursor *cursor)
{
    return (int32_t)wire_cursor_int(cursor, INT32_MIN, INT32_MAX);
}

static int64_t take_int64(struct wire_cursor *cursor)
{
    return wire_cursor_int(cursor, INT64_MIN, INT64_MAX);
}

/* The position of the word that comes next; any other makes the cursor bad. */
static int32_t take_word(struct wire_cursor *cursor, const char *const *words, int count)
{
    char text[16];
    wire_cursor_text(cursor, text, sizeof text);
    for (int i = 0; !cursor->bad && i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            return i;
        }
    }
    cursor->bad = true;
    return 0;
}

static int32_t take_state(struct wire_cursor *cursor)
{
    char text[16];
    wire_cursor_text(cursor, text, sizeof text);
    if (cursor->bad) {
        return 0;
    }
    enum ticket_state state = ticket_state_parse(text);
    cursor->bad = state == TICKET_STATE_COUNT;
    return (int32_t)state;
}

static void take_hex(struct wire_cursor *cursor, char *place, size_t size)
{
    char text[DIGEST_HEX_SIZE];
    wire_cursor_text(cursor, text, sizeof text);
    if (!cursor->bad && digest_unhex(text, (uint8_t *)place, size) != ERR_NONE) {
        cursor->bad = true;
    }
}

static void take_member(struct wire_cursor *cursor, const struct member *member, char *place)
{
    int32_t small = 0;
    int64_t large = 0;
    switch (member->type) {
    case TEXT:
        wire_cursor_text(cursor, place, member->size);
        return;
    case HEX:
        take_hex(cursor, place, member->size);
        return;
    case INT64:
    case TIME:
        large = take_int64(cursor);
        memcpy(place, &large, sizeof large);
        return;
    case INT32:
        small = take_int32(cursor);
        break;
    case STATE:
        small = take_state(cursor);
        break;
    case POSITION:
        small = take_word(cursor, position_words, POSITION_COUNT);
        break;
    case POLICY:
        small = take_word(cursor, wire_policy_words, WIRE_POLICY_COUNT);
        break;
    }
    memcpy(place, &small, sizeof small);
}

/* Takes `"name":`, which must be that name. */
static void take_name(struct wire_cursor *cursor, const char *name)
{
    char text[16];
    wire_cursor_text(cursor, text, sizeof text);
    wire_cursor_take(cursor, ':');
    if (!cursor->bad && strcmp(text, name) != 0) {
        cursor->bad = true;
    }
}

static void take_actor(struct wire_cursor *cursor, struct event *event)
{
    wire_cursor_take(cursor, '{');
    take_name(cursor, "kind");
    event->actor = (enum event_actor)take_word(cursor, actor_words, ACTOR_COUNT);
    if (wire_cursor_try(cursor, ',')) {
        take_name(cursor, "id");
        wire_cursor_text(cursor, event->actor_id, sizeof event->actor_id);
    }
    wire_cursor_take(cursor, '}');
}

/* The numbers of the overtaken, then their slots: as many. */
static void take_overtaken(struct wire_cursor *cursor, struct event_why *why)
{
    int32_t count = 0;
    bool first = true;
    wire_cursor_take(cursor, '[');
    while (wire_cursor_next(cursor, ']', &first)) {
        if (count == EVENT_OVERTOOK_MAX) {
            cursor->bad = true;
            return;
        }
        wire_cursor_text(cursor, why->numbers[count], sizeof why->numbers[count]);
        count++;
    }
    wire_cursor_take(cursor, ',');
    take_name(cursor, "visits");
    wire_cursor_take(cursor, '[');
    for (int32_t i = 0; i < count; i++) {
        if (i > 0) {
            wire_cursor_take(cursor, ',');
        }
        why->overtook[i] = take_int32(cursor);
    }
    wire_cursor_take(cursor, ']');
    why->listed = count;
}

/* A row for each of those listed, in their order. */
static void take_passed(struct wire_cursor *cursor, struct event_why *why)
{
    bool first = true;
    wire_cursor_take(cursor, '[');
    while (wire_cursor_next(cursor, ']', &first)) {
        if (why->detailed == why->listed) {
            cursor->bad = true;
            return;
        }
        struct event_passed *passed = &why->passed[why->detailed++];
        wire_cursor_take(cursor, '[');
        passed->score = take_int64(cursor);
        wire_cursor_take(cursor, ',');
        passed->age_ms = take_int64(cursor);
        wire_cursor_take(cursor, ',');
        passed->rate_pm = take_int32(cursor);
        wire_cursor_take(cursor, ',');
        passed->times = take_int32(cursor);
        wire_cursor_take(cursor, ',');
        passed->cap = take_int32(cursor);
        wire_cursor_take(cursor, ']');
    }
}

static void take_rule(struct wire_cursor *cursor, struct event_why *why)
{
    char text[16];
    take_name(cursor, "rule");
    wire_cursor_text(cursor, text, sizeof text);
    if (!cursor->bad) {
        why->rule = event_rule_parse(text);
        cursor->bad = strcmp(event_rule_text(why->rule), text) != 0;
    }
}

static int64_t take_part(struct wire_cursor *cursor, const char *name)
{
    wire_cursor_take(cursor, ',');
    take_name(cursor, name);
    return take_int64(cursor);
}

/* The member of that name at or behind `start`; `count` when there is none. */
static size_t find_member(const struct member *list, size_t count, const char *name, size_t start)
{
    size_t at = start;
    while (at < count && strcmp(list[at].log_name, name) != 0) {
        at++;
    }
    return at;
}

/* What may follow: the members of the table, then the lists. */
static void take_why_rest(struct wire_cursor *cursor, struct event_why *why)
{
    size_t next = 0;
    while (wire_cursor_try(cursor, ',')) {
        char name[16];
        wire_cursor_text(cursor, name, sizeof name);
        wire_cursor_take(cursor, ':');
        if (cursor->bad) {
            return;
        }
        size_t at = find_member(why_members, WHY_COUNT, name, next);
        if (at < WHY_COUNT) {
            take_member(cursor, &why_members[at], (char *)why + why_members[at].offset);
            next = at + 1;
        } else if (strcmp(name, "overtook") == 0 && why->listed == 0) {
            take_overtaken(cursor, why);
            next = WHY_COUNT;
        } else if (strcmp(name, "passed") == 0 && why->detailed == 0 && why->listed > 0) {
            take_passed(cursor, why);
        } else {
            cursor->bad = true;
        }
    }
}

static void take_why(struct wire_cursor *cursor, struct event_why *why)
{
    wire_cursor_take(cursor, '{');
    take_rule(cursor, why);
    why->score = take_part(cursor, "score");
    why->head = take_part(cursor, "head");
    why->aged = take_part(cursor, "aged");
    why->pref = take_part(cursor, "pref");
    wire_cursor_take(cursor, ',');
    take_name(cursor, "overtaken");
    why->overtaken = take_int32(cursor);
    take_why_rest(cursor, why);
    wire_cursor_take(cursor, '}');
}

/* Day, actor and why stand around the members of the table: one before, two behind. */
static void take_event(struct wire_cursor *cursor, struct event *event)
{
    bool first = true;
    bool day_due = true;
    size_t next = 0;
    char name[24];
    wire_cursor_take(cursor, '{');
    while (wire_cursor_next(cursor, '}', &first)) {
        wire_cursor_text(cursor, name, sizeof name);
        wire_cursor_take(cursor, ':');
        if (cursor->bad) {
            return;
        }
        if (next <= MEMBER_COUNT && strcmp(name, "actor") == 0) {
            take_actor(cursor, event);
            next = MEMBER_COUNT + 1;
        } else if (next <= MEMBER_COUNT + 1 && strcmp(name, "why") == 0) {
            take_why(cursor, &event->why);
            next = MEMBER_COUNT + 2;
        } else if (day_due && strcmp(name, "day") == 0) {
            char day[16];
            wire_cursor_text(cursor, day, sizeof day);
            day_due = false;
        } else {
            next = find_member(members, MEMBER_COUNT, name, next);
            if (next >= MEMBER_COUNT) {
                cursor->bad = true;
                return;
            }
            take_member(cursor, &members[next], (char *)event + members[next].offset);
            next++;
        }
    }
}

enum err wire_event_read(int64_t seq, int64_t at_ms, int32_t day, const char *kind,
                         const char *data, size_t length, struct event *ret_event)
{
    enum event_kind parsed = event_kind_parse(kind);
    if (parsed == EVENT_KIND_COUNT) {
        return ERR_REPLAY;
    }
    struct wire_cursor cursor;
    wire_cursor_init(&cursor, data, length);
    struct event event;
    event_init(&event, parsed);
    event.seq = seq;
    event.at_ms = at_ms;
    event.day = day;
    take_event(&cursor, &event);
    if (!wire_cursor_at_end(&cursor)) {
        return ERR_REPLAY;
    }
    *ret_event = event;
    return ERR_NONE;
}
