/* wire_slip_layout: the member `slip` of the configuration, of a printer, or of a preview: which
 * blocks stand on the paper, in which order, how large, and when.
 *
 *   {"blocks": [{"show": "number", "size": 4, "bold": true}, {"show": "notices", "classes":
 * [...]}]}
 *
 * Each kind of block stands there once, texts, rules and spaces as often as wanted. Two may not be
 * missing: the number, at least 10 mm high, without which the paper is none, and the mark of a
 * copy, without which two people could stand there with the same number. */
#include <string.h>

#include "wire_config_internal.h"

#define NUMBER_SIZE_MIN 4 /* 12 mm; the next smaller one is 9 */

enum languages { BOTH, BELOW, CHINESE, ENGLISH };

/* In the order of enum wire_slip_role. */
static const char *const kinds[] = {"hall", "number",  "service", "class", "ahead",   "wait",
                                    "time", "windows", "mark",    "code",  "notices", "documents",
                                    "text", "rule",    "space",   "id"};
_Static_assert(sizeof kinds / sizeof kinds[0] == WIRE_SLIP_ROLE_COUNT, "a word for each");

const char *wire_slip_word(enum wire_slip_role role)
{
    return kinds[role];
}

void wire_slip_set_default(struct wire_slip_layout *layout)
{
    static const struct wire_slip_block blocks[] = {
        {.show = WIRE_SLIP_HALL},
        {.show = WIRE_SLIP_NUMBER, .style = {.size = 4, .bold = true}},
        {.show = WIRE_SLIP_SERVICE, .style = {.size = 2, .below = true}},
        {.show = WIRE_SLIP_WINDOWS},
        {.show = WIRE_SLIP_AHEAD},
        {.show = WIRE_SLIP_WAIT},
        {.show = WIRE_SLIP_TIME},
        {.show = WIRE_SLIP_MARK, .style = {.size = 2, .reverse = true}},
        {.show = WIRE_SLIP_CODE},
        {.show = WIRE_SLIP_NOTICE},
        {.show = WIRE_SLIP_ID},
    };
    layout->block_count = (int)(sizeof blocks / sizeof blocks[0]);
    memcpy(layout->blocks, blocks, sizeof blocks);
    for (int i = 0; i < layout->block_count; i++) {
        layout->blocks[i].zh = true;
        layout->blocks[i].en = true;
        if (layout->blocks[i].style.size == 0) {
            layout->blocks[i].style.size = 1;
        }
    }
}

static void read_style(const struct wire_object *element, struct wire_slip_block *block)
{
    static const char *const aligns[] = {"center", "left", "right"};
    static const char *const languages[] = {"both", "below", "zh-CN", "en"};
    bool number = block->show == WIRE_SLIP_NUMBER;
    bool mark = block->show == WIRE_SLIP_MARK;
    int32_t size = number ? NUMBER_SIZE_MIN : mark ? 2 : 1;
    int align = WIRE_SLIP_CENTRE;
    int language = BOTH;
    block->style.bold = number;
    block->style.reverse = mark;
    (void)wire_read_int32(element, "size", WIRE_OPTIONAL, number ? NUMBER_SIZE_MIN : 1,
                          WIRE_SLIP_SIZE_MAX, &size);
    (void)wire_read_word(element, "align", WIRE_OPTIONAL, aligns, 3, &align);
    (void)wire_read_bool(element, "bold", WIRE_OPTIONAL, &block->style.bold);
    (void)wire_read_bool(element, "reverse", WIRE_OPTIONAL, &block->style.reverse);
    (void)wire_read_word(element, "languages", WIRE_OPTIONAL, languages, 4, &language);
    block->style.size = (uint8_t)size;
    block->style.align = (uint8_t)align;
    block->style.below = language == BELOW;
    block->zh = language != ENGLISH;
    block->en = language != CHINESE;
}

static void read_services(const struct wire_object *element, const struct hall *hall,
                          struct wire_slip_block *block)
{
    struct wire_object array;
    size_t count = wire_config_read_array(element, "services", HALL_SERVICE_MAX, &array);
    block->only_services = count > 0;
    for (size_t i = 0; i < count; i++) {
        const char *code = wire_config_element_code(&array, i);
        int service = code == NULL ? -1 : hall_find_service(hall, code);
        struct wire_object item;
        wire_config_step_index(&array, i, &item);
        if (service >= 0) {
            block->services[service / 8] |= (uint8_t)(1 << service % 8);
        } else if (code != NULL) {
            wire_object_add(&item, NULL, "there is no service \"%s\"", code);
        }
    }
}

static void read_classes(const struct wire_object *element, const struct hall *hall,
                         struct wire_slip_block *block)
{
    struct wire_object array;
    size_t count = wire_config_read_array(element, "classes", HALL_CLASS_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        const char *code = wire_config_element_code(&array, i);
        int class = code == NULL ? -1 : hall_find_class(hall, code);
        struct wire_object item;
        wire_config_step_index(&array, i, &item);
        if (class >= 0) {
            block->classes |= (uint16_t)(1 << class);
        } else if (code != NULL) {
            wire_object_add(&item, NULL, "there is no class \"%s\"", code);
        }
    }
}

/* The mark stands on every copy: it takes no condition. */
static void read_conditions(const struct wire_object *element, const struct hall *hall,
                            struct wire_slip_block *block)
{
    static const char *const members[] = {"services", "classes", "queueing"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if ((block->show == WIRE_SLIP_MARK || block->show == WIRE_SLIP_NUMBER) &&
            json_object_get(element->json, members[i]) != NULL) {
            wire_object_add(element, members[i], "number and mark stand on every slip");
        }
    }
    read_services(element, hall, block);
    read_classes(element, hall, block);
    (void)wire_read_bool(element, "queueing", WIRE_OPTIONAL, &block->queueing);
}

static bool may_repeat(enum wire_slip_role show)
{
    return show == WIRE_SLIP_TEXT || show == WIRE_SLIP_RULE || show == WIRE_SLIP_SPACE;
}

static bool read_block(const struct wire_object *element, const struct hall *hall,
                       struct wire_slip_block *block)
{
    int show = 0;
    if (!wire_read_word(element, "show", WIRE_REQUIRED, kinds, WIRE_SLIP_ROLE_COUNT, &show)) {
        return false;
    }
    *block = (struct wire_slip_block){.show = (enum wire_slip_role)show};
    read_style(element, block);
    read_conditions(element, hall, block);
    if (show == WIRE_SLIP_TEXT || show == WIRE_SLIP_DOCUMENT) {
        enum wire_need need = show == WIRE_SLIP_TEXT ? WIRE_REQUIRED : WIRE_OPTIONAL;
        (void)wire_config_read_name(element, "text", need, &block->text);
    } else if (json_object_get(element->json, "text") != NULL) {
        wire_object_add(element, "text", "is for show text and documents");
    }
    return true;
}

static bool has_kind(const struct wire_slip_layout *layout, enum wire_slip_role show)
{
    for (int i = 0; i < layout->block_count; i++) {
        if (layout->blocks[i].show == show) {
            return true;
        }
    }
    return false;
}

bool wire_config_read_slip(const struct wire_object *object, const struct hall *hall,
                           struct wire_slip_layout *layout)
{
    static const char *const members[] = {"blocks", NULL};
    static const char *const names[] = {"show",     "size",      "align",    "bold",
                                        "reverse",  "languages", "services", "classes",
                                        "queueing", "text",      NULL};
    struct wire_object member;
    struct wire_object array;
    if (!wire_config_read_object(object, "slip", members, &member)) {
        return false;
    }
    int before = member.problem->error_count;
    struct wire_slip_layout read = {.block_count = 0};
    size_t count = wire_config_read_array(&member, "blocks", WIRE_SLIP_BLOCK_MAX, &array);
    for (size_t i = 0; i < count; i++) {
        struct wire_object element;
        struct wire_slip_block block;
        if (!wire_config_read_element(&array, i, names, &element) ||
            !read_block(&element, hall, &block)) {
            continue;
        }
        if (!may_repeat(block.show) && has_kind(&read, block.show)) {
            wire_object_add(&element, "show", "\"%s\" stands there already", kinds[block.show]);
        }
        read.blocks[read.block_count++] = block;
    }
    if (member.problem->error_count == before &&
        (!has_kind(&read, WIRE_SLIP_NUMBER) || !has_kind(&read, WIRE_SLIP_MARK))) {
        wire_object_add(&member, "blocks", "needs a block number and a block mark");
    }
    *layout = read;
    return true;
}
