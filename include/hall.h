/* hall: what the hall is made of, as plain values: codes, names, classes, services, windows,
 * policy.
 *
 * `struct hall` is the part of the configuration document (README, "Configuration") that the core
 * decides by. wire_config.c fills it from JSON; the core copies it. Times are milliseconds, indices
 * are positions in these arrays, -1 is "none". */
#ifndef HALL_H
#define HALL_H

#include <stdbool.h>
#include <stdint.h>

/* Sizes of text, in bytes with the end. Codes are [a-z0-9_.-], lower case, chosen by the operator.
 */
#define HALL_CODE_SIZE 32
#define HALL_NAME_SIZE 96 /* 31 Chinese characters */
#define HALL_PREFIX_SIZE 4
#define HALL_URL_SIZE 96

/* The largest hall. A city hall has some 60 windows and 100 queues; the pick looks at a window's
 * own services only, so generous limits cost memory, not time. */
#define HALL_ZONE_MAX 16
#define HALL_CLASS_MAX 16
#define HALL_SERVICE_MAX 128
#define HALL_WINDOW_MAX 128
#define HALL_WINDOW_SERVICE_MAX 32
#define HALL_HOURS_MAX 14
#define HALL_PRINTER_MAX 32
#define HALL_WINDOW_NO_MAX 999
#define HALL_BAND_MAX 16
#define HALL_PROFILE_MAX 32

struct hall_text {
    char zh[HALL_NAME_SIZE];
    char en[HALL_NAME_SIZE];
};

struct hall_zone {
    char code[HALL_CODE_SIZE];
    struct hall_text name;
};

/* Which slips a printer makes; how, is in wire_config. */
struct hall_printer {
    char code[HALL_CODE_SIZE];
    char kiosk[HALL_CODE_SIZE]; /* name of its kiosk; "" the slips of those without one */
};

enum hall_basis { HALL_BASIS_SELF, HALL_BASIS_CARD, HALL_BASIS_STAFF };

/* A class of visitors: what it is worth in the choice (pick.c). Head starts are at most a day,
 * rates 0..100000. */
struct hall_class {
    char code[HALL_CODE_SIZE];
    struct hall_text name;
    enum hall_basis basis;
    int32_t rank;  /* policy strict: smaller goes first */
    int32_t group; /* policy ratio: 0..HALL_CLASS_MAX-1 */
    int32_t cap;   /* most policy overtakes suffered; -1 off */
    int32_t rate_pm;
    int64_t head_ms;
    int64_t max_wait_ms; /* 0 off */
    bool greet;          /* somebody of the hall meets them when they arrive */
};

/* Opening hours: minutes of the local day on the weekdays of the mask (bit 0 Monday). */
struct hall_hours {
    uint8_t weekdays;
    int16_t from_min;
    int16_t to_min; /* not included; up to 1440 */
};

struct hall_service {
    char code[HALL_CODE_SIZE];
    char group[HALL_CODE_SIZE];
    struct hall_text name;
    char prefix[HALL_PREFIX_SIZE]; /* equal prefixes share one number series */
    int32_t first;
    int32_t last;
    int32_t quota_day; /* 0 none */
    int64_t head_ms;   /* head start of the service in the score */
    int64_t target_wait_ms;
    int64_t expected_service_ms;
    struct hall_hours hours[HALL_HOURS_MAX];
    int hours_count; /* 0: always open */
    bool sensitive;
    bool fast;
    bool slip_check; /* nobody is done before the slip of the called number was scanned */
    bool retired;    /* gone from the document, kept for today's closed tickets */
};

enum hall_tier { HALL_TIER_PRIMARY, HALL_TIER_BACKUP };

struct hall_window_service {
    int16_t service;
    enum hall_tier tier;
    int64_t after_ms; /* backup: only legs that waited this long */
    int64_t pref_ms;
};

enum hall_window_kind {
    HALL_WINDOW_GENERAL,
    HALL_WINDOW_FAST,
    HALL_WINDOW_INTEGRATED,
    HALL_WINDOW_GREEN,
    HALL_WINDOW_BACK_OFFICE
};

/* What a window is called aloud, and what people come there for. */
enum hall_place { HALL_PLACE_WINDOW, HALL_PLACE_ROOM, HALL_PLACE_PHARMACY };

struct hall_window {
    int32_t no; /* 1..HALL_WINDOW_NO_MAX, unique */
    struct hall_text name;
    int16_t zone; /* index, -1 none */
    enum hall_window_kind kind;
    struct hall_window_service services[HALL_WINDOW_SERVICE_MAX];
    int service_count;
    uint16_t classes; /* bit per class; 0 means all */
    enum hall_place place;
    bool retired;
};

/* What a window can be turned into for the time being: a list of services under a name. */
struct hall_profile {
    char code[HALL_CODE_SIZE];
    struct hall_text name;
    struct hall_window_service services[HALL_WINDOW_SERVICE_MAX];
    int service_count;
};

/* A part of the local day, in minutes; one that ends before it begins goes over midnight. */
struct hall_band {
    int16_t zone; /* index, -1 everywhere */
    int16_t from_min;
    int16_t to_min;  /* not included */
    int32_t percent; /* volume 0..100 */
};

/* What is spoken, and how. */
struct hall_voice {
    bool on;          /* the document has a section `voice` */
    bool zh, en;      /* always spoken; of a ticket in English, English is spoken as well */
    bool yao;         /* the digit 1 of a number is yao */
    bool chime;       /* before each announcement */
    bool rating;      /* invitations to rate are spoken */
    int32_t repeats;  /* readings, 1..3 */
    int32_t soon;     /* how many are told to get ready after a call, 0..3 */
    int64_t alarm_ms; /* a call that went unspoken so long is an alert */
    int64_t stale_ms; /* what went unspoken so long is not spoken any more */
    struct hall_band volumes[HALL_BAND_MAX]; /* the first that fits counts, else 100 */
    int volume_count;
    struct hall_band quiet[HALL_BAND_MAX]; /* nothing is announced; signs flash */
    int quiet_count;
};

enum hall_rule {
    HALL_RULE_SCORE,
    HALL_RULE_FIFO,
    HALL_RULE_STRICT,
    HALL_RULE_RATIO,
    HALL_RULE_LONGEST
};
enum hall_on_called { HALL_ON_CALLED_ASK, HALL_ON_CALLED_FINISH, HALL_ON_CALLED_NO_SHOW };
enum hall_no_show_mode { HALL_NO_SHOW_RETURN, HALL_NO_SHOW_AUTO };

struct hall_policy {
    enum hall_rule rule;
    int32_t w_share; /* per cent, 0..100 */
    bool idle_help;
    bool idle_early;
    bool longest_idle; /* idle_order "longest_idle" instead of "specialist" */
    int32_t group_weights[HALL_CLASS_MAX];
    int64_t early_ms, grace_ms, appointment_head_ms;
    bool appointment_greet; /* as hall_class.greet */
    int32_t urgent_burst, urgent_per_day;
    bool urgent_other; /* who approves must be another person than who asks */
    int64_t urgent_refill_ms;
};

/* What may be said beside one of the two lowest levels. As many as fit a small screen. */
#define HALL_RATING_REASON_MAX 12
#define HALL_RATING_BAD_MAX 2 /* this level and below ask for reasons and alert the lobby */
struct hall_rating_reason {
    char code[HALL_CODE_SIZE];
    struct hall_text name;
};

struct hall {
    int64_t version; /* of the document this came from; 0 unknown. Recorded when a day opens */
    char code[HALL_CODE_SIZE];
    struct hall_text name;
    char public_url[HALL_URL_SIZE]; /* where phones reach the server, no slash at its end; or "" */
    char timezone[64];              /* tz database name; the daemon's TZ */
    int32_t day_close_min;          /* minutes of the local day; below 720: on the morning after */
    enum hall_on_called next_on_called;
    int64_t auto_start_ms; /* 0 off */
    int32_t recall_max;
    int64_t recall_gap_ms;
    int64_t undo_ms;
    int32_t hold_max;
    int64_t hold_ms;
    int32_t another_max; /* further matters of one visit at the window; 0 off */
    enum hall_no_show_mode no_show_mode;
    int32_t no_show_min_calls;
    int64_t no_show_answer_ms;
    int32_t restore_after_calls;
    int32_t restore_max;
    int64_t restore_gap_ms;
    int64_t rating_prompt_ms;
    int64_t rating_window_ms;
    bool rating_shows_clerk; /* to whom is asked */
    struct hall_rating_reason rating_reasons[HALL_RATING_REASON_MAX];
    int rating_reason_count;
    char rating_reasons_version[HALL_CODE_SIZE];
    struct hall_policy policy;
    struct hall_zone zones[HALL_ZONE_MAX];
    int zone_count;
    struct hall_class classes[HALL_CLASS_MAX]; /* index 0 is the default class, "ordinary" */
    int class_count;
    struct hall_service services[HALL_SERVICE_MAX];
    int service_count;
    struct hall_window windows[HALL_WINDOW_MAX];
    int window_count;
    struct hall_profile profiles[HALL_PROFILE_MAX];
    int profile_count;
    struct hall_printer printers[HALL_PRINTER_MAX];
    int printer_count;
    struct hall_voice voice;
};

/* Index of a code or number, -1 when there is none (or it is retired). Linear over a small array.
 */
int hall_find_class(const struct hall *hall, const char *code);
int hall_find_service(const struct hall *hall, const char *code);
int hall_find_window(const struct hall *hall, int32_t no);
int hall_find_zone(const struct hall *hall, const char *code);
int hall_find_profile(const struct hall *hall, const char *code);

/* Does the window serve it first, and not only as backup? */
bool hall_window_is_for(const struct hall_window *window, int service);

/* Fills every knob with its default; no zones, services or
 * windows; the six classes ordinary, elderly, child, disabled, pregnant, vip. */
void hall_set_defaults(struct hall *hall);

/* The business day at local time `local_ms` (UTC milliseconds plus offset), as days since
 * 1970-01-01: the first whose close is still to come. In a hall that closes before midnight it has
 * begun only at its own midnight. */
int32_t hall_business_day(const struct hall *hall, int64_t local_ms);
/* Local time at which that business day closes. */
int64_t hall_day_close_local_ms(const struct hall *hall, int32_t day);
/* Is the service open for new numbers by its hours at that local time? */
bool hall_service_in_hours(const struct hall_service *service, int64_t local_ms);

/* Loudness of a zone (index, -1 the hall) at that local time, 0..100; 0 in quiet hours. */
int32_t hall_volume(const struct hall *hall, int zone, int64_t local_ms);
bool hall_is_quiet(const struct hall *hall, int zone, int64_t local_ms);

#endif
