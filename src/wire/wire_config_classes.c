/* wire_config_classes: the sections `classes` and `policy`: who goes first.
 *
 * The six built-in classes are always there (hall_set_defaults). A class of the document with one
 * of their codes changes the members it gives; any other code is a new class that starts like
 * "ordinary". */
#include <string.h>

#include "wire_config_internal.h"

#define DAY_S 86400
#define WEEK_S (7 * DAY_S)

static void read_class(const struct wire_object *element, struct hall_class *class)
{
    static const char *const bases[] = {"self", "card", "staff"};
    (void)wire_config_read_name(element, "name", WIRE_OPTIONAL, &class->name);
    int basis = (int)class->basis;
    (void)wire_read_word(element, "basis", WIRE_OPTIONAL, bases, 3, &basis);
    class->basis = (enum hall_basis)basis;
    /* These three bound the score to 2^47, which scheduling relies on. */
    wire_config_read_seconds(element, "head_s", -DAY_S, DAY_S, &class->head_ms);
    (void)wire_read_int32(element, "rate_pm", WIRE_OPTIONAL, 0, 100000, &class->rate_pm);
    wire_config_read_seconds(element, "max_wait_s", 0, WEEK_S, &class->max_wait_ms);
    (void)wire_read_int32(element, "cap", WIRE_OPTIONAL, -1, 100000, &class->cap);
    (void)wire_read_int32(element, "rank", WIRE_OPTIONAL, -1000, 1000, &class->rank);
    (void)wire_read_int32(element, "group", WIRE_OPTIONAL, 0, HALL_CLASS_MAX - 1, &class->group);
    (void)wire_read_bool(element, "greet", WIRE_OPTIONAL, &class->greet);
}

/* The class of that code: a built-in one, or a new one named by its code. NULL when there is no
 * room. */
static struct hall_class *take_class(struct hall *hall, const char *code)
{
    int index = hall_find_class(hall, code);
    if (index >= 0) {
        return &hall->classes[index];
    }
    if (hall->class_count == HALL_CLASS_MAX) {
        return NULL;
    }
    struct hall_class *class = &hall->classes[hall->class_count++];
    *class = hall->classes[0];
    text_copy_cut(class->code, sizeof class->code, code);
    text_copy_cut(class->name.zh, sizeof class->name.zh, code);
    text_copy_cut(class->name.en, sizeof class->name.en, code);
    return class;
}

void wire_config_read_classes(const struct wire_object *root, struct hall *hall)
{
    static const char *const names[] = {"code",       "name", "basis", "head_s", "rate_pm", "cap",
                                        "max_wait_s", "rank", "group", "greet",  NULL};
    struct wire_object array;
    size_t count = wire_config_read_array(root, "classes", HALL_CLASS_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        char code[HALL_CODE_SIZE];
        if (!wire_config_read_element(&array, i, names, &element) ||
            !wire_config_read_own_code(&array, i, &element, code)) {
            continue;
        }
        struct hall_class *class = take_class(hall, code);
        if (class == NULL) {
            wire_object_add(&element, NULL, "a hall has at most %d classes with the built-in ones",
                            HALL_CLASS_MAX);
            return;
        }
        read_class(&element, class);
    }
}

/* Weights of the groups 0, 1, ...; those not given keep their default. */
static void read_weights(const struct wire_object *object, struct hall_policy *policy)
{
    struct wire_object array;
    size_t count = wire_config_read_array(object, "group_weights", HALL_CLASS_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        wire_config_step_index(&array, i, &element);
        json_int_t weight = json_integer_value(element.json);
        if (!json_is_integer(element.json) || weight < 0 || weight > 1000) {
            wire_object_add(&element, NULL, "must be 0 to 1000");
        } else {
            policy->group_weights[i] = (int32_t)weight;
        }
    }
}

static void read_appointment(const struct wire_object *parent, struct hall_policy *policy)
{
    static const char *const names[] = {"early_s", "grace_s", "head_s", "greet", NULL};
    struct wire_object object;
    if (wire_config_read_object(parent, "appointment", names, &object)) {
        wire_config_read_seconds(&object, "early_s", 0, DAY_S, &policy->early_ms);
        wire_config_read_seconds(&object, "grace_s", 0, DAY_S, &policy->grace_ms);
        wire_config_read_seconds(&object, "head_s", -DAY_S, DAY_S, &policy->appointment_head_ms);
        (void)wire_read_bool(&object, "greet", WIRE_OPTIONAL, &policy->appointment_greet);
    }
}

static void read_urgent(const struct wire_object *parent, struct hall_policy *policy)
{
    static const char *const names[] = {"burst", "refill_s", "per_day", "other_approver", NULL};
    struct wire_object object;
    if (wire_config_read_object(parent, "urgent", names, &object)) {
        (void)wire_read_int32(&object, "burst", WIRE_OPTIONAL, 0, 100, &policy->urgent_burst);
        wire_config_read_seconds(&object, "refill_s", 1, WEEK_S, &policy->urgent_refill_ms);
        (void)wire_read_int32(&object, "per_day", WIRE_OPTIONAL, 0, 10000, &policy->urgent_per_day);
        (void)wire_read_bool(&object, "other_approver", WIRE_OPTIONAL, &policy->urgent_other);
    }
}

void wire_config_read_policy(const struct wire_object *root, struct hall *hall)
{
    static const char *const names[] = {"rule",        "w_share",    "idle_help",
                                        "idle_early",  "idle_order", "group_weights",
                                        "appointment", "urgent",     NULL};
    static const char *const orders[] = {"specialist", "longest_idle"};
    struct hall_policy *policy = &hall->policy;
    struct wire_object object;
    if (!wire_config_read_object(root, "policy", names, &object)) {
        return;
    }
    int rule = (int)policy->rule;
    (void)wire_read_word(&object, "rule", WIRE_OPTIONAL, wire_policy_words, WIRE_POLICY_COUNT,
                         &rule);
    policy->rule = (enum hall_rule)rule;
    (void)wire_read_int32(&object, "w_share", WIRE_OPTIONAL, 0, 100, &policy->w_share);
    (void)wire_read_bool(&object, "idle_help", WIRE_OPTIONAL, &policy->idle_help);
    (void)wire_read_bool(&object, "idle_early", WIRE_OPTIONAL, &policy->idle_early);
    int order = policy->longest_idle ? 1 : 0;
    (void)wire_read_word(&object, "idle_order", WIRE_OPTIONAL, orders, 2, &order);
    policy->longest_idle = order == 1;
    read_weights(&object, policy);
    read_appointment(&object, policy);
    read_urgent(&object, policy);
}
