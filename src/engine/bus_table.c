/* bus_table: the newest of what is wanted and of what is known: signs, calls, pads, presses,
 * virtual displays, health, slips. No history: who was away gets what is now. */
#include <assert.h>
#include <string.h>

#include "engine_bus.h"

static bool sign_equal(const struct board_sign *a, const struct board_sign *b)
{
    return a->window == b->window && a->state == b->state && strcmp(a->number, b->number) == 0 &&
           a->calls == b->calls && a->since_ms == b->since_ms &&
           strcmp(a->text_zh, b->text_zh) == 0 && strcmp(a->text_en, b->text_en) == 0 &&
           strcmp(a->detail_zh, b->detail_zh) == 0 && strcmp(a->detail_en, b->detail_en) == 0;
}

void bus_set_sign(struct bus *bus, const struct board_sign *sign)
{
    assert(sign->window >= 1 && sign->window <= HALL_WINDOW_NO_MAX);
    struct bus_tables *tables = bus_lock(bus);
    struct sign_place *place = &tables->signs[sign->window];
    if (place->version == 0 || !sign_equal(&place->sign, sign)) {
        place->sign = *sign;
        place->version++;
    }
    bus_unlock(bus);
}

enum err bus_get_sign(struct bus *bus, int32_t window, struct board_sign *ret_sign,
                      uint64_t *ret_version)
{
    enum err err = ERR_NOT_FOUND;
    if (window < 1 || window > HALL_WINDOW_NO_MAX) {
        return err;
    }
    struct bus_tables *tables = bus_lock(bus);
    const struct sign_place *place = &tables->signs[window];
    if (place->version > 0) {
        *ret_sign = place->sign;
        *ret_version = place->version;
        err = ERR_NONE;
    }
    bus_unlock(bus);
    return err;
}

static bool call_equal(const struct board_call *a, const struct board_call *b)
{
    return strcmp(a->number, b->number) == 0 && a->window == b->window && a->calls == b->calls &&
           a->at_ms == b->at_ms && a->state == b->state && a->priority == b->priority;
}

static bool calls_equal(const struct calls_place *place, const struct board_call *calls, int count)
{
    if (place->count != count) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (!call_equal(&place->calls[i], &calls[i])) {
            return false;
        }
    }
    return true;
}

void bus_set_calls(struct bus *bus, int zone, const struct board_call *calls, int count)
{
    assert(zone >= -1 && zone < HALL_ZONE_MAX);
    assert(count >= 0 && count <= BOARD_CALL_MAX);
    struct bus_tables *tables = bus_lock(bus);
    struct calls_place *place = &tables->calls[zone + 1];
    if (place->version == 0 || !calls_equal(place, calls, count)) {
        for (int i = 0; i < count; i++) {
            place->calls[i] = calls[i];
        }
        place->count = count;
        place->version++;
    }
    bus_unlock(bus);
}

int bus_get_calls(struct bus *bus, int zone, struct board_call calls[BOARD_CALL_MAX],
                  uint64_t *ret_version)
{
    assert(zone >= -1 && zone < HALL_ZONE_MAX);
    struct bus_tables *tables = bus_lock(bus);
    const struct calls_place *place = &tables->calls[zone + 1];
    int count = place->count;
    for (int i = 0; i < count; i++) {
        calls[i] = place->calls[i];
    }
    *ret_version = place->version;
    bus_unlock(bus);
    return count;
}

void bus_set_notices(struct bus *bus, const struct board_notice *notices, int count)
{
    assert(count >= 0 && count <= BOARD_NOTICE_MAX);
    struct bus_tables *tables = bus_lock(bus);
    bool changed = tables->notice_version == 0 || tables->notice_count != count;
    for (int i = 0; i < count; i++) {
        struct notice_place *place = &tables->notices[i];
        if (strcmp(place->zh, notices[i].zh) != 0 || strcmp(place->en, notices[i].en) != 0) {
            text_copy_cut(place->zh, sizeof place->zh, notices[i].zh);
            text_copy_cut(place->en, sizeof place->en, notices[i].en);
            changed = true;
        }
    }
    tables->notice_count = count;
    tables->notice_version += changed ? 1 : 0;
    bus_unlock(bus);
}

int bus_get_notice(struct bus *bus, int index, bool latin, char text[BOARD_NOTICE_SIZE],
                   uint64_t *ret_version)
{
    text[0] = '\0';
    struct bus_tables *tables = bus_lock(bus);
    int count = tables->notice_count;
    if (index >= 0 && index < count) {
        const struct notice_place *place = &tables->notices[index];
        text_copy_cut(text, BOARD_NOTICE_SIZE, latin ? place->en : place->zh);
    }
    *ret_version = tables->notice_version;
    bus_unlock(bus);
    return count;
}

void bus_set_rows(struct bus *bus, int zone, const struct board_row *rows, int count)
{
    assert(zone >= -1 && zone < HALL_ZONE_MAX);
    assert(count >= 0 && count <= HALL_SERVICE_MAX);
    struct bus_tables *tables = bus_lock(bus);
    struct rows_place *place = &tables->rows[zone + 1];
    bool changed = place->version == 0 || place->count != count;
    for (int i = 0; i < count; i++) {
        struct board_row *row = &place->rows[i];
        if (strcmp(row->zh, rows[i].zh) != 0 || strcmp(row->en, rows[i].en) != 0) {
            *row = rows[i];
            changed = true;
        }
    }
    place->count = count;
    place->version += changed ? 1 : 0;
    bus_unlock(bus);
}

int bus_get_rows(struct bus *bus, int zone, int first, struct board_row *rows, int max,
                 uint64_t *ret_version)
{
    assert(zone >= -1 && zone < HALL_ZONE_MAX);
    struct bus_tables *tables = bus_lock(bus);
    const struct rows_place *place = &tables->rows[zone + 1];
    for (int i = 0; i < max && first + i < place->count; i++) {
        rows[i] = place->rows[first + i];
    }
    int count = place->count;
    *ret_version = place->version;
    bus_unlock(bus);
    return count;
}

void bus_set_pad(struct bus *bus, const struct bus_pad *pad)
{
    assert(pad->window >= 1 && pad->window <= HALL_WINDOW_NO_MAX);
    struct bus_tables *tables = bus_lock(bus);
    struct pad_place *place = &tables->pads[pad->window];
    if (place->version == 0 || place->pad.waiting != pad->waiting ||
        place->pad.asked != pad->asked) {
        place->pad = *pad;
        place->version++;
    }
    bus_unlock(bus);
}

enum err bus_get_pad(struct bus *bus, int32_t window, struct bus_pad *ret_pad,
                     uint64_t *ret_version)
{
    assert(window >= 1 && window <= HALL_WINDOW_NO_MAX);
    struct bus_tables *tables = bus_lock(bus);
    const struct pad_place *place = &tables->pads[window];
    bool set = place->version != 0;
    if (set) {
        *ret_pad = place->pad;
        *ret_version = place->version;
    }
    bus_unlock(bus);
    return set ? ERR_NONE : ERR_NOT_FOUND;
}

/* The place of that keypad; else a free one, or that of who was silent for longest. Locked. */
static struct press_place *find_press(struct bus_tables *tables, const char *device)
{
    struct press_place *oldest = &tables->presses[0];
    for (int i = 0; i < BUS_PRESS_MAX; i++) {
        struct press_place *place = &tables->presses[i];
        if (place->version != 0 && strcmp(place->answer.device, device) == 0) {
            return place;
        }
        oldest = place->version < oldest->version ? place : oldest;
    }
    return oldest;
}

void bus_set_press(struct bus *bus, const struct press_answer *answer)
{
    struct bus_tables *tables = bus_lock(bus);
    struct press_place *place = find_press(tables, answer->device);
    place->answer = *answer;
    place->version = ++tables->press_version;
    bus_unlock(bus);
}

enum err bus_get_press(struct bus *bus, const char *device, struct press_answer *ret_answer,
                       uint64_t *ret_version)
{
    struct bus_tables *tables = bus_lock(bus);
    const struct press_place *place = find_press(tables, device);
    bool found = place->version != 0 && strcmp(place->answer.device, device) == 0;
    if (found) {
        *ret_answer = place->answer;
        *ret_version = place->version;
    }
    bus_unlock(bus);
    return found ? ERR_NONE : ERR_NOT_FOUND;
}

/* The place of that name, or a free one; NULL when all are taken. Locked. */
static struct bus_sim *find_sim(struct bus_tables *tables, const char *name)
{
    for (int i = 0; i < tables->sim_count; i++) {
        if (strcmp(tables->sims[i].name, name) == 0) {
            return &tables->sims[i];
        }
    }
    if (tables->sim_count == BUS_SIM_MAX) {
        return NULL;
    }
    struct bus_sim *sim = &tables->sims[tables->sim_count++];
    *sim = (struct bus_sim){0};
    return sim;
}

void bus_set_sim(struct bus *bus, const struct bus_sim *sim)
{
    assert(sim->length >= 0 && sim->length <= BUS_SIM_BYTES);
    struct bus_tables *tables = bus_lock(bus);
    struct bus_sim *kept = find_sim(tables, sim->name);
    if (kept != NULL) {
        int64_t frames = kept->frames + 1;
        *kept = *sim;
        kept->frames = frames;
        kept->version = ++tables->sim_version;
    }
    bus_unlock(bus);
}

int bus_get_sims(struct bus *bus, struct bus_sim *sims, int max)
{
    struct bus_tables *tables = bus_lock(bus);
    int count = tables->sim_count < max ? tables->sim_count : max;
    for (int i = 0; i < count; i++) {
        sims[i] = tables->sims[i];
    }
    bus_unlock(bus);
    return count;
}

void bus_clear_sims(struct bus *bus)
{
    struct bus_tables *tables = bus_lock(bus);
    tables->sim_count = 0;
    bus_unlock(bus);
}

void bus_set_health(struct bus *bus, const struct bus_health *health)
{
    int at = 0;
    struct bus_tables *tables = bus_lock(bus);
    while (at < tables->health_count && strcmp(tables->healths[at].name, health->name) != 0) {
        at++;
    }
    if (at < BUS_HEALTH_MAX) {
        tables->health_count += at == tables->health_count ? 1 : 0;
        tables->healths[at] = *health;
    }
    bus_unlock(bus);
}

int bus_get_health(struct bus *bus, struct bus_health *healths, int max)
{
    struct bus_tables *tables = bus_lock(bus);
    int count = tables->health_count < max ? tables->health_count : max;
    memcpy(healths, tables->healths, sizeof *healths * (size_t)count);
    bus_unlock(bus);
    return count;
}

void bus_clear_health(struct bus *bus)
{
    struct bus_tables *tables = bus_lock(bus);
    tables->health_count = 0;
    bus_unlock(bus);
}

/* The place of that printer; NULL when it has none. Locked. */
static struct bus_print *find_print(struct bus_tables *tables, const char *printer)
{
    for (int i = 0; i < tables->print_count; i++) {
        if (strcmp(tables->prints[i].printer, printer) == 0) {
            return &tables->prints[i];
        }
    }
    return NULL;
}

void bus_set_print(struct bus *bus, const char *printer, const struct bus_print *print)
{
    struct bus_tables *tables = bus_lock(bus);
    struct bus_print *place = find_print(tables, printer);
    if (place == NULL) {
        assert(tables->print_count < HALL_PRINTER_MAX);
        place = &tables->prints[tables->print_count++];
    }
    place->version = 0;
    if (print != NULL) {
        *place = *print;
        place->version = ++tables->print_version;
    }
    text_copy_cut(place->printer, sizeof place->printer, printer);
    bus_unlock(bus);
}

enum err bus_get_print(struct bus *bus, const char *printer, uint64_t seen,
                       struct bus_print *ret_print)
{
    enum err err = ERR_NOT_FOUND;
    struct bus_tables *tables = bus_lock(bus);
    const struct bus_print *place = find_print(tables, printer);
    if (place != NULL && place->version != 0) {
        err = place->version == seen ? ERR_TIMEOUT : ERR_NONE;
    }
    if (err == ERR_NONE) {
        *ret_print = *place;
    }
    bus_unlock(bus);
    return err;
}

void bus_clear_prints(struct bus *bus)
{
    struct bus_tables *tables = bus_lock(bus);
    tables->print_count = 0;
    bus_unlock(bus);
}
