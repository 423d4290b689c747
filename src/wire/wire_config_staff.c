/* wire_config_staff: the section `staff`: what the hall tells visitors of who sits at a window.
 *
 * `people` says who is who, `show` what of it is told. Without `show` nothing is: the document may
 * hold names that no screen ever gets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire_config_internal.h"

enum show { SHOW_NUMBER, SHOW_NAME, SHOW_INITIAL, SHOW_TITLE, SHOW_PARTY_MEMBER, SHOW_COUNT };
static const char *const show_words[] = {"number", "name", "initial", "title", "party_member"};
_Static_assert(sizeof show_words / sizeof show_words[0] == SHOW_COUNT, "a word each");

static bool is_shown(const struct wire_staff *staff, enum show what)
{
    return (staff->show & 1u << what) != 0;
}

static void read_show(const struct wire_object *object, struct wire_staff *staff)
{
    struct wire_object array;
    size_t count = wire_config_read_array(object, "show", SHOW_COUNT, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        wire_config_step_index(&array, i, &element);
        const char *text = json_string_value(element.json);
        int what = 0;
        while (what < SHOW_COUNT && (text == NULL || strcmp(text, show_words[what]) != 0)) {
            what++;
        }
        if (what == SHOW_COUNT) {
            wire_object_add(&element, NULL, "must be number, name, initial, title or party_member");
        } else {
            staff->show |= 1u << what;
        }
    }
    if (is_shown(staff, SHOW_NAME) && is_shown(staff, SHOW_INITIAL)) {
        wire_object_add(object, "show", "has either name or initial");
    }
}

static const struct wire_person *find_first(const struct wire_staff *staff, const char *clerk)
{
    for (int i = 0; i < staff->person_count; i++) {
        if (strcmp(staff->people[i].clerk, clerk) == 0) {
            return &staff->people[i];
        }
    }
    return NULL;
}

static void read_person(const struct wire_object *element, struct wire_staff *staff)
{
    struct wire_person *person = &staff->people[staff->person_count];
    if (wire_read_text(element, "clerk", WIRE_REQUIRED, person->clerk, sizeof person->clerk) &&
        find_first(staff, person->clerk) != NULL) {
        wire_object_add(element, "clerk", "an earlier person is \"%s\"", person->clerk);
    }
    (void)wire_read_text(element, "number", WIRE_OPTIONAL, person->number, sizeof person->number);
    (void)wire_config_read_name(element, "name", WIRE_OPTIONAL, &person->name);
    (void)wire_config_read_name(element, "title", WIRE_OPTIONAL, &person->title);
    (void)wire_read_bool(element, "party_member", WIRE_OPTIONAL, &person->party_member);
    staff->person_count++;
}

static int compare_clerks(const void *a, const void *b)
{
    const struct wire_person *left = a;
    const struct wire_person *right = b;
    return strcmp(left->clerk, right->clerk);
}

void wire_config_read_staff(const struct wire_object *root, struct wire_staff *staff)
{
    static const char *const names[] = {"show", "people", NULL};
    static const char *const person_names[] = {"clerk", "number",       "name",
                                               "title", "party_member", NULL};
    struct wire_object object;
    struct wire_object array;
    if (!wire_config_read_object(root, "staff", names, &object)) {
        return;
    }
    read_show(&object, staff);
    size_t count = wire_config_read_array(&object, "people", WIRE_PERSON_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        if (wire_config_read_element(&array, i, person_names, &element)) {
            read_person(&element, staff);
        }
    }
    qsort(staff->people, (size_t)staff->person_count, sizeof staff->people[0], compare_clerks);
}

/* The first character of a name, and a star for the rest. The text is UTF-8: the parser saw to it.
 */
static void cut_name(char *name)
{
    size_t length = 1;
    while ((name[length] & 0xc0) == 0x80) {
        length++;
    }
    if (name[length] != '\0') {
        text_copy_cut(name + length, 2, "*");
    }
}

void wire_put_staff(struct buf *buf, const char *key, const struct wire_config *config,
                    const char *clerk)
{
    const struct wire_staff *staff = &config->staff;
    struct wire_person wanted;
    text_copy_cut(wanted.clerk, sizeof wanted.clerk, clerk);
    const struct wire_person *person = bsearch(&wanted, staff->people, (size_t)staff->person_count,
                                               sizeof staff->people[0], compare_clerks);
    if (person == NULL || staff->show == 0) {
        wire_put_null(buf, key);
        return;
    }
    struct hall_text name = person->name;
    if (is_shown(staff, SHOW_INITIAL) && name.zh[0] != '\0') {
        cut_name(name.zh);
        cut_name(name.en);
    }
    wire_open_object(buf, key);
    if (is_shown(staff, SHOW_NUMBER) && person->number[0] != '\0') {
        wire_put_text(buf, "number", person->number);
    }
    if ((is_shown(staff, SHOW_NAME) || is_shown(staff, SHOW_INITIAL)) && name.zh[0] != '\0') {
        wire_put_names(buf, "name", &name);
    }
    if (is_shown(staff, SHOW_TITLE) && person->title.zh[0] != '\0') {
        wire_put_names(buf, "title", &person->title);
    }
    if (is_shown(staff, SHOW_PARTY_MEMBER) && person->party_member) {
        wire_put_bool(buf, "party_member", true);
    }
    wire_close_object(buf);
}
