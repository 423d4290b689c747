/* hall: lookups, defaults, business day and opening hours.
 *
 * Days are counted since 1970-01-01 in local time: the caller adds the zone's offset, so that
 * nothing here knows about time zones and every local day has 24 hours. On the day of a clock
 * change the local time jumps and the day simply is shorter or longer in real time.
 *
 * A business day closes `day_close_min` minutes after its midnight, or after the next one when that
 * is before noon; the next business day begins at that very millisecond, so the days follow each
 * other without a gap. */
#include "hall.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)
#define NOON_MIN 720
#define DAY_MIN 1440

/* The built-in reasons of a bad rating, version 1. A changed list is another version. */
static const struct hall_rating_reason default_reasons[] = {
    {"attitude", {"服务态度", "Manner"}},
    {"waiting", {"等候时间长", "Long wait"}},
    {"skill", {"业务不熟练", "Lack of skill"}},
    {"informing", {"未一次性告知", "Not told everything at once"}},
    {"papers", {"要求材料过多", "Too many papers"}},
    {"other", {"其他", "Other"}},
};

/* The built-in classes. Everybody may claim a need; only staff grant a commercial
 * one. */
/* clang-format off */
static const struct hall_class default_classes[] = {
    {"ordinary", {"普通", "Ordinary"}, HALL_BASIS_SELF, 2, 0, 8, 1000, 0, 3600000, false},
    {"elderly", {"老人", "Elderly"}, HALL_BASIS_SELF, 1, 1, 8, 2000, 600000, 3600000, false},
    {"child", {"带小孩", "With a small child"}, HALL_BASIS_SELF, 1, 1, 8, 2000, 600000, 3600000, false},
    {"disabled", {"残疾人", "Disabled"}, HALL_BASIS_SELF, 0, 1, 8, 2500, 900000, 3600000, false},
    {"pregnant", {"孕妇", "Pregnant"}, HALL_BASIS_SELF, 0, 1, 8, 2500, 900000, 3600000, false},
    {"vip", {"贵宾", "VIP"}, HALL_BASIS_STAFF, 1, 1, 8, 1500, 300000, 3600000, true},
};
/* clang-format on */
#define DEFAULT_CLASS_COUNT ((int)(sizeof default_classes / sizeof default_classes[0]))
_Static_assert(sizeof default_classes / sizeof default_classes[0] <= HALL_CLASS_MAX, "classes fit");

int hall_find_class(const struct hall *hall, const char *code)
{
    assert(hall != NULL);
    assert(code != NULL);
    for (int i = 0; i < hall->class_count; i++) {
        if (strcmp(hall->classes[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

int hall_find_service(const struct hall *hall, const char *code)
{
    assert(hall != NULL);
    assert(code != NULL);
    for (int i = 0; i < hall->service_count; i++) {
        const struct hall_service *service = &hall->services[i];
        if (!service->retired && strcmp(service->code, code) == 0) {
            return i;
        }
    }
    return -1;
}

int hall_find_window(const struct hall *hall, int32_t no)
{
    assert(hall != NULL);
    for (int i = 0; i < hall->window_count; i++) {
        if (!hall->windows[i].retired && hall->windows[i].no == no) {
            return i;
        }
    }
    return -1;
}

int hall_find_zone(const struct hall *hall, const char *code)
{
    assert(hall != NULL);
    assert(code != NULL);
    for (int i = 0; i < hall->zone_count; i++) {
        if (strcmp(hall->zones[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

int hall_find_profile(const struct hall *hall, const char *code)
{
    assert(hall != NULL);
    assert(code != NULL);
    for (int i = 0; i < hall->profile_count; i++) {
        if (strcmp(hall->profiles[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

static void set_policy_defaults(struct hall_policy *policy)
{
    policy->rule = HALL_RULE_SCORE;
    policy->w_share = 50;
    policy->idle_help = true;
    policy->idle_early = true;
    policy->longest_idle = false;
    policy->group_weights[0] = 2;
    policy->group_weights[1] = 1;
    policy->early_ms = 300000;
    policy->grace_ms = 600000;
    policy->appointment_head_ms = 900000;
    policy->urgent_burst = 1;
    policy->urgent_refill_ms = 1800000;
    policy->urgent_per_day = 10;
}

bool hall_window_is_for(const struct hall_window *window, int service)
{
    for (int i = 0; i < window->service_count; i++) {
        if (window->services[i].service == service &&
            window->services[i].tier == HALL_TIER_PRIMARY) {
            return true;
        }
    }
    return false;
}

static void set_voice_defaults(struct hall_voice *voice)
{
    voice->zh = true;
    voice->chime = true;
    voice->repeats = 2;
    voice->alarm_ms = 60000;
    voice->stale_ms = 120000;
}

void hall_set_defaults(struct hall *hall)
{
    assert(hall != NULL);
    memset(hall, 0, sizeof *hall);
    memcpy(hall->code, "hall", sizeof "hall");
    memcpy(hall->name.zh, "服务大厅", sizeof "服务大厅");
    memcpy(hall->name.en, "Service Hall", sizeof "Service Hall");
    memcpy(hall->timezone, "Asia/Shanghai", sizeof "Asia/Shanghai");
    hall->day_close_min = 23 * 60 + 30;
    hall->next_on_called = HALL_ON_CALLED_ASK;
    hall->auto_start_ms = 0;
    hall->recall_max = 3;
    hall->recall_gap_ms = 5000;
    hall->undo_ms = 30000;
    hall->hold_max = 5;
    hall->hold_ms = 1800000;
    hall->another_max = 3;
    hall->no_show_mode = HALL_NO_SHOW_RETURN;
    hall->no_show_min_calls = 2;
    hall->no_show_answer_ms = 60000;
    hall->restore_after_calls = 3;
    hall->restore_max = 2;
    hall->restore_gap_ms = 180000;
    hall->rating_prompt_ms = 20000;
    hall->rating_window_ms = DAY_MS;
    hall->rating_shows_clerk = true;
    memcpy(hall->rating_reasons, default_reasons, sizeof default_reasons);
    hall->rating_reason_count = (int)(sizeof default_reasons / sizeof default_reasons[0]);
    memcpy(hall->rating_reasons_version, "1", sizeof "1");
    set_policy_defaults(&hall->policy);
    set_voice_defaults(&hall->voice);
    memcpy(hall->classes, default_classes, sizeof default_classes);
    hall->class_count = DEFAULT_CLASS_COUNT;
}

/* Milliseconds from a business day's own midnight to its close. */
static int64_t close_offset_ms(const struct hall *hall)
{
    assert(hall->day_close_min >= 0);
    assert(hall->day_close_min < DAY_MIN);
    int64_t offset = (int64_t)hall->day_close_min * MINUTE_MS;
    return hall->day_close_min < NOON_MIN ? offset + DAY_MS : offset;
}

/* Rounds towards the past, also before 1970. */
static int64_t floor_day(int64_t ms)
{
    int64_t day = ms / DAY_MS;
    return ms % DAY_MS < 0 ? day - 1 : day;
}

int32_t hall_business_day(const struct hall *hall, int64_t local_ms)
{
    assert(hall != NULL);
    /* The first day whose close is still to come. */
    return (int32_t)(floor_day(local_ms - close_offset_ms(hall)) + 1);
}

int64_t hall_day_close_local_ms(const struct hall *hall, int32_t day)
{
    assert(hall != NULL);
    return (int64_t)day * DAY_MS + close_offset_ms(hall);
}

bool hall_service_in_hours(const struct hall_service *service, int64_t local_ms)
{
    assert(service != NULL);
    assert(service->hours_count >= 0);
    assert(service->hours_count <= HALL_HOURS_MAX);
    if (service->hours_count == 0) {
        return true;
    }
    int64_t day = floor_day(local_ms);
    int64_t minute = (local_ms - day * DAY_MS) / MINUTE_MS;
    /* 1970-01-01 was a Thursday, three days after Monday; the second % keeps days before it
     * positive. */
    unsigned weekday = (unsigned)(((day + 3) % 7 + 7) % 7);
    for (int i = 0; i < service->hours_count; i++) {
        const struct hall_hours *hours = &service->hours[i];
        bool on_day = (hours->weekdays >> weekday & 1u) != 0;
        if (on_day && minute >= hours->from_min && minute < hours->to_min) {
            return true;
        }
    }
    return false;
}

static bool in_band(const struct hall_band *band, int zone, int64_t local_ms)
{
    int64_t minute = (local_ms - floor_day(local_ms) * DAY_MS) / MINUTE_MS;
    if (band->zone >= 0 && band->zone != zone) {
        return false;
    }
    if (band->from_min <= band->to_min) {
        return minute >= band->from_min && minute < band->to_min;
    }
    return minute >= band->from_min || minute < band->to_min;
}

bool hall_is_quiet(const struct hall *hall, int zone, int64_t local_ms)
{
    assert(hall != NULL);
    for (int i = 0; i < hall->voice.quiet_count; i++) {
        if (in_band(&hall->voice.quiet[i], zone, local_ms)) {
            return true;
        }
    }
    return false;
}

int32_t hall_volume(const struct hall *hall, int zone, int64_t local_ms)
{
    assert(hall != NULL);
    if (hall_is_quiet(hall, zone, local_ms)) {
        return 0;
    }
    for (int i = 0; i < hall->voice.volume_count; i++) {
        if (in_band(&hall->voice.volumes[i], zone, local_ms)) {
            return hall->voice.volumes[i].percent;
        }
    }
    return 100;
}
