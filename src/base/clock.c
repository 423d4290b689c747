/* clock: the hall's clock and the calendar.
 *
 * The hall clock is the larger of the wall clock and "the last reading plus half of what has really
 * passed". While the wall clock is right, that is the wall clock, a jump forward included. After
 * the wall clock was set back, the second one wins until both meet again, so hall time goes on,
 * never back.
 *
 * Calendar: days are counted in eras of 400 years, in which the calendar repeats, and in years that
 * begin in March, so that the leap day is the last one of its year. */
#include "clock.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_MS 86400000
#define ERA_DAYS 146097         /* days in 400 years */
#define ERA_OFFSET_DAYS 719468  /* from 0000-03-01 to 1970-01-01 */
#define DAY_FIRST (-719528)     /* 0000-01-01 */
#define DAY_LAST 2932896        /* 9999-12-31 */
#define QUARTER_MS (15 * 60000) /* zone rules change on quarter hours only */
#define ZONE_FOLDER "/usr/share/zoneinfo" /* where the C library looks without TZDIR */
#define OFFSET_CACHE_SIZE 16    /* power of two; a thread works with few different times */

struct offset_entry {
    int64_t quarter;
    unsigned zone; /* number of the zone setting it was made under; 0: empty */
    int32_t offset_s;
};

static atomic_uint zone_count = 1; /* grows with each clock_set_zone */

static int64_t read_ms(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);
    assert(failed == 0);
    (void)failed;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Division that rounds down, also below zero. */
static int64_t floor_div(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

int64_t clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_mono_us(void)
{
    struct timespec now;
    int failed = clock_gettime(CLOCK_MONOTONIC, &now);
    assert(failed == 0);
    (void)failed;
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

void clock_init(struct clock *clock, int64_t not_before_ms)
{
    int64_t wall = clock_wall_ms();
    *clock = (struct clock){.hall_ms = wall > not_before_ms ? wall : not_before_ms,
                            .mono_ms = clock_mono_ms()};
}

void clock_init_test(struct clock *clock, int64_t start_ms)
{
    *clock = (struct clock){.hall_ms = start_ms,
                            .mono_ms = clock_mono_ms(),
                            .shift_ms = start_ms - clock_wall_ms(),
                            .test = true};
}

int64_t clock_now_ms(struct clock *clock)
{
    int64_t mono = clock_mono_ms();
    int64_t passed = mono - clock->mono_ms;
    assert(passed >= 0);
    if (clock->test) {
        clock->hall_ms += passed;
        clock->mono_ms = mono;
        return clock->hall_ms;
    }
    int64_t wall = clock_wall_ms();
    int64_t slow = clock->hall_ms + passed / 2;
    if (wall >= slow) {
        clock->hall_ms = wall;
        clock->mono_ms = mono;
    } else {
        /* An odd millisecond stays for the next reading, or frequent readings would stop the clock.
         */
        clock->hall_ms = slow;
        clock->mono_ms += passed / 2 * 2;
    }
    return clock->hall_ms;
}

enum err clock_set(struct clock *clock, int64_t to_ms)
{
    assert(clock->test);
    if (to_ms < clock_now_ms(clock)) {
        return ERR_INVALID_BODY;
    }
    clock->hall_ms = to_ms;
    clock->shift_ms = to_ms - clock_wall_ms();
    return ERR_NONE;
}

void clock_set_zone(const char *name)
{
    if (setenv("TZ", name, 1) == 0) {
        tzset();
        atomic_fetch_add(&zone_count, 1);
    }
}

bool clock_zone_exists(const char *name)
{
    /* As the C library looks for it, except that only names inside the database are taken. */
    const char *folder = getenv("TZDIR");
    char path[512];
    char start[4] = "";
    int length = snprintf(path, sizeof path, "%s/%s",
                          folder != NULL && folder[0] != '\0' ? folder : ZONE_FOLDER, name);
    if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL || length < 0 ||
        (size_t)length >= sizeof path) {
        return false;
    }
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return false;
    }
    /* A folder of zones opens as well, but has no bytes. */
    bool found = fread(start, 1, sizeof start, file) == sizeof start &&
                 memcmp(start, "TZif", sizeof start) == 0;
    (void)fclose(file);
    return found;
}

int32_t clock_offset_s(int64_t at_ms)
{
    static _Thread_local struct offset_entry cache[OFFSET_CACHE_SIZE];
    int64_t quarter = floor_div(at_ms, QUARTER_MS);
    unsigned zone = atomic_load(&zone_count);
    struct offset_entry *entry = &cache[(uint64_t)quarter % OFFSET_CACHE_SIZE];
    if (entry->zone != zone || entry->quarter != quarter) {
        time_t seconds = (time_t)floor_div(at_ms, 1000);
        struct tm local;
        int32_t offset_s = localtime_r(&seconds, &local) == NULL ? 0 : (int32_t)local.tm_gmtoff;
        *entry = (struct offset_entry){.quarter = quarter, .zone = zone, .offset_s = offset_s};
    }
    return entry->offset_s;
}

static int32_t day_of_date(int year, int month, int day)
{
    int march_year = month > 2 ? year : year - 1;
    int march_month = (month + 9) % 12; /* March is 0, February 11 */
    int era = (int)floor_div(march_year, 400);
    int year_of_era = march_year - era * 400;
    /* Months of 31 and 30 days alternate such that 153 days are five months from March on. */
    int day_of_year = (153 * march_month + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - ERA_OFFSET_DAYS;
}

static void date_of_day(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t shifted = (int64_t)day + ERA_OFFSET_DAYS;
    int era = (int)floor_div(shifted, ERA_DAYS);
    int day_of_era = (int)(shifted - (int64_t)era * ERA_DAYS);
    /* Take out the leap days passed: one in 1461 days, none in 36525, and the last day of the era.
     */
    int plain = day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1);
    int year_of_era = plain / 365;
    int day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * march_month + 2) / 5 + 1;
    *ret_month = march_month < 10 ? march_month + 3 : march_month - 9;
    *ret_year = era * 400 + year_of_era + (*ret_month <= 2 ? 1 : 0);
}

static int32_t clamp_day(int64_t day)
{
    if (day < DAY_FIRST) {
        return DAY_FIRST;
    }
    return day > DAY_LAST ? DAY_LAST : (int32_t)day;
}

/* `count` digits and a character: times are printed too often for snprintf. */
static void put_number(char **at, int value, int count, char after)
{
    for (int i = count - 1; i >= 0; i--) {
        (*at)[i] = (char)('0' + value % 10);
        value /= 10;
    }
    (*at)[count] = after;
    *at += count + 1;
}

void clock_format(int64_t at_ms, char *text)
{
    int offset_min = clock_offset_s(at_ms) / 60;
    int64_t local_ms = at_ms + (int64_t)offset_min * 60000;
    int64_t day_number = floor_div(local_ms, DAY_MS);
    int rest_ms = (int)(local_ms - day_number * DAY_MS);
    int year = 0;
    int month = 0;
    int day = 0;
    date_of_day(clamp_day(day_number), &year, &month, &day);
    int east = offset_min < 0 ? -offset_min : offset_min;
    char *at = text;
    put_number(&at, year, 4, '-');
    put_number(&at, month, 2, '-');
    put_number(&at, day, 2, 'T');
    put_number(&at, rest_ms / 3600000, 2, ':');
    put_number(&at, rest_ms / 60000 % 60, 2, ':');
    put_number(&at, rest_ms / 1000 % 60, 2, '.');
    put_number(&at, rest_ms % 1000, 3, offset_min < 0 ? '-' : '+');
    put_number(&at, east / 60, 2, ':');
    put_number(&at, east % 60, 2, '\0');
}

/* Reads exactly `count` digits and, when `end` is not 0, that character after them. */
static bool take_number(const char **text, int count, char end, int *ret_value)
{
    int value = 0;
    const char *at = *text;
    for (int i = 0; i < count; i++, at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        value = value * 10 + (*at - '0');
    }
    if (end != '\0') {
        if (*at != end) {
            return false;
        }
        at++;
    }
    *text = at;
    *ret_value = value;
    return true;
}

static int month_length(int year, int month)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : length[month - 1];
}

static bool take_date(const char **text, int32_t *ret_day)
{
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_number(text, 4, '-', &year) || !take_number(text, 2, '-', &month) ||
        !take_number(text, 2, '\0', &day)) {
        return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > month_length(year, month)) {
        return false;
    }
    *ret_day = day_of_date(year, month, day);
    return true;
}

/* Milliseconds of the day with an optional fraction: ".5", at most nine digits, cut after the
 * third. */
static bool take_time(const char **text, int32_t *ret_ms)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_number(text, 2, ':', &hour) || !take_number(text, 2, ':', &minute) ||
        !take_number(text, 2, '\0', &second) || hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    int fraction = 0;
    if (**text == '.') {
        (*text)++;
        int digits = 0;
        for (int weight = 100; **text >= '0' && **text <= '9'; weight /= 10) {
            fraction += weight * (**text - '0');
            (*text)++;
            digits++;
            if (digits > 9) {
                return false;
            }
        }
        if (digits == 0) {
            return false;
        }
    }
    *ret_ms = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
    return true;
}

static bool take_offset(const char **text, int *ret_offset_min)
{
    char sign = **text;
    if (sign == 'Z' || sign == 'z') {
        (*text)++;
        *ret_offset_min = 0;
        return true;
    }
    int hour = 0;
    int minute = 0;
    if (sign != '+' && sign != '-') {
        return false;
    }
    (*text)++;
    if (!take_number(text, 2, ':', &hour) || !take_number(text, 2, '\0', &minute) || hour > 23 ||
        minute > 59) {
        return false;
    }
    *ret_offset_min = (hour * 60 + minute) * (sign == '-' ? -1 : 1);
    return true;
}

enum err clock_parse(const char *text, int64_t *ret_ms)
{
    int32_t day = 0;
    int32_t time_ms = 0;
    int offset_min = 0;
    if (!take_date(&text, &day) || (*text != 'T' && *text != 't')) {
        return ERR_INVALID_BODY;
    }
    text++;
    if (!take_time(&text, &time_ms) || !take_offset(&text, &offset_min) || *text != '\0') {
        return ERR_INVALID_BODY;
    }
    *ret_ms = (int64_t)day * DAY_MS + time_ms - (int64_t)offset_min * 60000;
    return ERR_NONE;
}

void clock_format_day(int32_t day, char *text)
{
    int year = 0;
    int month = 0;
    int day_of_month = 0;
    date_of_day(clamp_day(day), &year, &month, &day_of_month);
    /* The widths are exact for years 0 to 9999, which the clamp makes sure of. */
    const int digits[] = {
        year / 1000, year / 100 % 10,   year / 10 % 10,   year % 10, -1, month / 10, month % 10,
        -1,          day_of_month / 10, day_of_month % 10};
    for (int i = 0; i < 10; i++) {
        text[i] = digits[i] < 0 ? '-' : (char)('0' + digits[i]);
    }
    text[10] = '\0';
}

enum err clock_parse_day(const char *text, int32_t *ret_day)
{
    int32_t day = 0;
    if (!take_date(&text, &day) || *text != '\0') {
        return ERR_INVALID_BODY;
    }
    *ret_day = day;
    return ERR_NONE;
}
