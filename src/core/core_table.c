/* core_table: from a public token, a printed number or a person's identity to the visit, in
 * constant time.
 *
 * Three open-addressing tables of visit slots, twice as large as the visits may be many, emptied
 * with the day. */
#include <string.h>

#include "core_internal.h"

/* FNV-1a, 32 bit. */
static uint32_t hash_bytes(const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ p[i]) * 16777619U;
    }
    return hash;
}

static const void *key_of(const struct core *core, const int32_t *table, int32_t visit,
                          size_t *ret_length)
{
    const struct core_visit *v = &core->visits[visit];
    if (table == core->by_number) {
        *ret_length = strlen(v->number);
        return v->number;
    }
    *ret_length = TICKET_TOKEN_SIZE;
    return table == core->by_token ? v->token : v->identity;
}

/* The entry of that key, or the free entry where it belongs. */
static int32_t probe(const struct core *core, const int32_t *table, const void *key, size_t length)
{
    uint32_t at = hash_bytes(key, length) % (uint32_t)core->table_size;
    for (int32_t i = 0; i < core->table_size; i++) {
        size_t other_length;
        if (table[at] < 0) {
            break;
        }
        const void *other = key_of(core, table, table[at], &other_length);
        if (other_length == length && memcmp(other, key, length) == 0) {
            break;
        }
        at = (at + 1) % (uint32_t)core->table_size;
    }
    return (int32_t)at;
}

void table_reset(struct core *core)
{
    size_t bytes = (size_t)core->table_size * sizeof(int32_t);
    memset(core->by_token, 0xff, bytes);
    memset(core->by_number, 0xff, bytes);
    memset(core->by_identity, 0xff, bytes);
}

void table_add(struct core *core, int32_t visit)
{
    struct core_visit *v = &core->visits[visit];
    core->by_token[probe(core, core->by_token, v->token, TICKET_TOKEN_SIZE)] = visit;
    core->by_number[probe(core, core->by_number, v->number, strlen(v->number))] = visit;
    v->same_identity = -1;
    if (v->has_identity) {
        int32_t at = probe(core, core->by_identity, v->identity, TICKET_TOKEN_SIZE);
        v->same_identity = core->by_identity[at];
        core->by_identity[at] = visit;
    }
}

int32_t table_find_identity(const struct core *core, const uint8_t identity[TICKET_TOKEN_SIZE])
{
    return core->by_identity[probe(core, core->by_identity, identity, TICKET_TOKEN_SIZE)];
}

int32_t core_find_number(const struct core *core, const char *number)
{
    return core->by_number[probe(core, core->by_number, number, strlen(number))];
}

int32_t core_find_token(const struct core *core, const uint8_t token[TICKET_TOKEN_SIZE])
{
    return core->by_token[probe(core, core->by_token, token, TICKET_TOKEN_SIZE)];
}

int32_t core_find_id(const struct core *core, const char *id)
{
    int64_t issued_ms;
    int32_t day;
    int32_t slot;
    if (ticket_id_read(id, &issued_ms, &day, &slot) != ERR_NONE || day != core->day ||
        slot >= core->visit_count || core->visits[slot].issued_ms != issued_ms) {
        return -1;
    }
    return slot;
}
