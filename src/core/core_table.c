/* core_table: from a public token, a printed number or a person's identity to the visit, in
 * constant time.
 *
 * Three open-addressing tables, twice as large as the visits may be many, emptied with the day. An
 * entry is the visit's slot + 1 (0 is free) and, in the bits left, the upper ones of its key's
 * hash: a search then looks at hardly any ticket but the one it finds. On a long day the others
 * have left the caches. */
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

static const void *key_of(const struct core *core, const uint32_t *table, int32_t visit,
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

static bool has_key(const struct core *core, const uint32_t *table, int32_t visit, const void *key,
                    size_t length)
{
    size_t own_length;
    const void *own = key_of(core, table, visit, &own_length);
    return own_length == length && memcmp(own, key, length) == 0;
}

static int32_t visit_of(uint32_t entry, uint32_t mask)
{
    return (int32_t)(entry & mask) - 1;
}

/* Where the entry of that key is, or the free one where it belongs. */
static uint32_t probe(const struct core *core, const uint32_t *table, const void *key,
                      size_t length, uint32_t hash)
{
    uint32_t mask = core->slot_mask;
    uint32_t at = hash % (uint32_t)core->table_size;
    for (int32_t i = 0; i < core->table_size && table[at] != 0; i++) {
        if (((table[at] ^ hash) & ~mask) == 0 &&
            has_key(core, table, visit_of(table[at], mask), key, length)) {
            break;
        }
        at = at + 1 < (uint32_t)core->table_size ? at + 1 : 0;
    }
    return at;
}

/* Returns who had the key before, -1 nobody. */
static int32_t put(struct core *core, uint32_t *table, const void *key, size_t length,
                   int32_t visit)
{
    uint32_t hash = hash_bytes(key, length);
    uint32_t *entry = &table[probe(core, table, key, length, hash)];
    uint32_t mask = core->slot_mask;
    int32_t before = visit_of(*entry, mask);
    *entry = (hash & ~mask) | ((uint32_t)visit + 1);
    return before;
}

static int32_t find(const struct core *core, const uint32_t *table, const void *key, size_t length)
{
    uint32_t at = probe(core, table, key, length, hash_bytes(key, length));
    return visit_of(table[at], core->slot_mask);
}

void table_reset(struct core *core)
{
    size_t bytes = (size_t)core->table_size * sizeof(uint32_t);
    memset(core->by_token, 0, bytes);
    memset(core->by_number, 0, bytes);
    memset(core->by_identity, 0, bytes);
}

void table_add(struct core *core, int32_t visit)
{
    struct core_visit *v = &core->visits[visit];
    (void)put(core, core->by_token, v->token, TICKET_TOKEN_SIZE, visit);
    (void)put(core, core->by_number, v->number, strlen(v->number), visit);
    v->same_identity = -1;
    if (v->has_identity) {
        v->same_identity = put(core, core->by_identity, v->identity, TICKET_TOKEN_SIZE, visit);
    }
}

int32_t table_find_identity(const struct core *core, const uint8_t identity[TICKET_TOKEN_SIZE])
{
    return find(core, core->by_identity, identity, TICKET_TOKEN_SIZE);
}

int32_t core_find_number(const struct core *core, const char *number)
{
    return find(core, core->by_number, number, strlen(number));
}

int32_t core_find_token(const struct core *core, const uint8_t token[TICKET_TOKEN_SIZE])
{
    return find(core, core->by_token, token, TICKET_TOKEN_SIZE);
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
