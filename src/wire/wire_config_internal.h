/* wire_config_internal: what the files that read the configuration document share.
 *
 * Every finding goes to the problem with its JSON pointer, and reading goes on, so that one check
 * shows all mistakes. A reader leaves its target alone when the member is missing or wrong: the
 * default is in it. */
#ifndef WIRE_CONFIG_INTERNAL_H
#define WIRE_CONFIG_INTERNAL_H

#include "wire_internal.h"

/* Collections that only the document keeps. A hall shows a handful of notices and has one keypad a
 * window; a calendar of a thousand dates lasts some thirty years. */
#define WIRE_NOTICE_MAX BOARD_NOTICE_MAX
#define WIRE_CALENDAR_MAX 1000

/* What stands on a slip, and when. */
struct wire_slip_block {
    enum wire_slip_role show;
    struct wire_slip_style style;
    bool zh, en;                            /* the languages it speaks */
    bool only_services;                     /* `services` counts */
    uint8_t services[HALL_SERVICE_MAX / 8]; /* bit per service */
    uint16_t classes;                       /* bit per class; 0 all */
    bool queueing;                          /* only where somebody is ahead */
    struct hall_text text;                  /* of WIRE_SLIP_TEXT; heading of documents */
};
struct wire_slip_layout {
    struct wire_slip_block blocks[WIRE_SLIP_BLOCK_MAX];
    int block_count;
};
_Static_assert(HALL_CLASS_MAX <= 16, "a bit each");

/* Reasons that are offered for an act. */
#define WIRE_REASON_MAX 12
struct wire_reasons {
    struct hall_text list[WIRE_REASON_MAX];
    int count;
};

/* Who sits at the windows, in the order of `clerk`. As many as can be on duty in a day. */
#define WIRE_PERSON_MAX 512
struct wire_person {
    char clerk[TICKET_ACTOR_SIZE]; /* as the user signs in */
    char number[17];
    struct hall_text name;
    struct hall_text title;
    bool party_member;
};
struct wire_staff {
    unsigned show; /* bits of wire_config_staff.c: what is told of them */
    struct wire_person people[WIRE_PERSON_MAX];
    int person_count;
};

struct wire_config {
    json_t *root; /* owned; the document as given */
    struct hall hall;
    struct wire_port ports[WIRE_PORT_MAX];
    int port_count;
    struct wire_display displays[WIRE_DISPLAY_MAX];
    int display_count;
    struct wire_keypad keypads[WIRE_KEYPAD_MAX];
    int keypad_count;
    struct wire_button buttons[WIRE_BUTTON_MAX];
    int button_count;
    struct wire_printer printers[WIRE_PRINTER_MAX];
    int printer_count;
    struct wire_reasons pause_reasons, hold_reasons;
    struct wire_slip_layout slip;                            /* the hall's, */
    struct wire_slip_layout printer_slips[WIRE_PRINTER_MAX]; /* and those of printers, */
    bool has_slip[WIRE_PRINTER_MAX];                         /* which have one */
    struct wire_staff staff;
};

/* ---- readers beside those of wire_internal.h (wire_config_read.c) ---- */

/* `json` as the member or element `name` of `object`: the same problem, one step further. */
void wire_config_step(const struct wire_object *object, const char *name, const json_t *json,
                      struct wire_object *ret_step);
void wire_config_step_index(const struct wire_object *array, size_t index,
                            struct wire_object *ret_step);
/* A finding for each member that is not in `names`, which ends with NULL. */
void wire_config_check_members(const struct wire_object *object, const char *const *names);
/* An optional member that is an object with no members but `names`. */
bool wire_config_read_object(const struct wire_object *object, const char *name,
                             const char *const *names, struct wire_object *ret_object);
/* An optional array of at most `max` elements; how many it has, 0 when it is missing or wrong. */
size_t wire_config_read_array(const struct wire_object *object, const char *name, size_t max,
                              struct wire_object *ret_array);
/* Element `index` of an array: an object with no members but `names`. */
bool wire_config_read_element(const struct wire_object *array, size_t index,
                              const char *const *names, struct wire_object *ret_element);
/* Seconds in the document, fractions allowed; milliseconds in the result. */
void wire_config_read_seconds(const struct wire_object *object, const char *name, int32_t min_s,
                              int32_t max_s, int64_t *ret_ms);
/* {"zh-CN","en"}; one language stands in for the other. False when wrong. */
bool wire_config_read_texts(const struct wire_object *object, struct hall_text *ret_name);
/* A member of that kind. False when missing or wrong. */
bool wire_config_read_name(const struct wire_object *object, const char *name, enum wire_need need,
                           struct hall_text *ret_name);
/* "HH:MM" as minutes 0..max_min. */
bool wire_config_read_minutes(const struct wire_object *object, const char *name, int32_t max_min,
                              int32_t *ret_minutes);
/* An array of weekdays 1..7 (1 is Monday) as a mask, bit 0 Monday. */
bool wire_config_read_weekdays(const struct wire_object *object, const char *name,
                               uint8_t *ret_mask);
/* An array of at most `max` codes, checked only. */
void wire_config_check_codes(const struct wire_object *object, const char *name, size_t max);
/* The text of an array element when it is a code; NULL with a finding. */
const char *wire_config_element_code(const struct wire_object *array, size_t index);
/* As wire_read_code(), and leaves the bytes behind the end alone: equal documents make equal halls,
 * byte by byte. */
bool wire_config_read_code(const struct wire_object *object, const char *name, enum wire_need need,
                           char *ret_code);
/* Reads the required member `code` and adds a finding when an earlier element of the array has it.
 */
bool wire_config_read_own_code(const struct wire_object *array, size_t index,
                               const struct wire_object *element, char *ret_code);

/* The value as JSON text; `flags` are jansson's. Without memory the buffer is marked failed. */
void wire_config_put_json(struct buf *buf, const json_t *json, size_t flags);
/* The notices in force at `now`; NULL: all, with their times. */
void wire_config_print_notices_at(struct buf *buf, const struct wire_config *config,
                                  const struct core_now *now);

/* What the hall tells of that clerk, and nothing else: {"number","name","title","party_member"},
 * each where the hall shows it and it is known. Null for a clerk of whom nothing is told. */
void wire_put_staff(struct buf *buf, const char *key, const struct wire_config *config,
                    const char *clerk);

/* ---- slips (wire_slip_layout.c, wire_slip.c) ---- */

/* The word of a kind of block in the document. */
const char *wire_slip_word(enum wire_slip_role role);
/* What is printed where nothing else is said. */
void wire_slip_set_default(struct wire_slip_layout *layout);
/* The optional member `slip`; the services and classes it names are the hall's. True when there is
 * one, right or wrong. */
bool wire_config_read_slip(const struct wire_object *object, const struct hall *hall,
                           struct wire_slip_layout *layout);
void wire_slip_lay(struct wire_slip *slip, const struct ticket *ticket,
                   const struct wire_config *config, const struct wire_slip_layout *layout);
/* What that service says is to be brought, as lines; returns how many. */
int wire_config_slip_documents(const struct wire_config *config, const char *service,
                               struct wire_slip_line *lines, int max);

/* ---- bounds ---- */

/* Windows that take a service first and admit a class. */
struct wire_bounds_windows {
    int count[HALL_SERVICE_MAX][HALL_CLASS_MAX];
};
void wire_bounds_count(const struct hall *hall, struct wire_bounds_windows *windows);
/* One line per fact and per warning. */
void wire_bounds_check(struct buf *buf, const struct wire_config *config);

/* ---- the sections, in the order in which they refer to each other ---- */

void wire_config_read_hall(const struct wire_object *root, struct hall *hall);
void wire_config_read_zones(const struct wire_object *root, struct hall *hall);
void wire_config_read_classes(const struct wire_object *root, struct hall *hall);
void wire_config_read_policy(const struct wire_object *root, struct hall *hall);
void wire_config_read_services(const struct wire_object *root, struct hall *hall);
void wire_config_read_windows(const struct wire_object *root, struct hall *hall);
void wire_config_read_profiles(const struct wire_object *root, struct hall *hall);
void wire_config_read_devices(const struct wire_object *root, struct wire_config *config);
void wire_config_check_calendar(const struct wire_object *root);
void wire_config_check_notices(const struct wire_object *root);
void wire_config_read_reasons(const struct wire_object *root, struct wire_config *config);
void wire_config_read_rating(const struct wire_object *root, struct hall *hall);
void wire_config_read_voice(const struct wire_object *root, struct hall *hall);
void wire_config_read_staff(const struct wire_object *root, struct wire_staff *staff);

#endif
