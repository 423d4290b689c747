/* store_answer_index: where the answer given under a key stands, in memory.
 *
 * Keys are scattered, so an index in the database would make every answer touch another page of it:
 * 64 answers, 64 pages to write. Instead rows stand in the order given, each with 8 bytes of its
 * key's hash in `answer_key`, and the writer keeps a table from those 8 bytes to the row, filled at
 * open. An entry is a hint: the row found is compared with the whole hash, so entries of rows that
 * were rolled back or purged do no harm. */
#include <stdlib.h>

#include "store_internal.h"

#define INDEX_SIZE_MIN 1024

struct store_answer_entry {
    int64_t place;
    int64_t row; /* 0 free */
};

static size_t slot_of(const struct store_answer_index *index, int64_t place)
{
    return (size_t)((uint64_t)place & (index->size - 1)); /* hashes already */
}

static void put(struct store_answer_index *index, int64_t place, int64_t row)
{
    size_t at = slot_of(index, place);
    while (index->entries[at].row != 0) {
        at = (at + 1) & (index->size - 1);
    }
    index->entries[at] = (struct store_answer_entry){.place = place, .row = row};
    index->used += 1;
}

/* Twice as many as there are live rows, without those that are gone. */
static enum err grow(struct store_answer_index *index)
{
    struct store_answer_index old = *index;
    size_t live = 0;
    for (size_t i = 0; i < old.size; i++) {
        live += old.entries[i].row >= old.oldest && old.entries[i].row < old.next ? 1 : 0;
    }
    index->size = INDEX_SIZE_MIN;
    while (index->size < live * 4) {
        index->size *= 2;
    }
    index->used = 0;
    index->entries = calloc(index->size, sizeof *index->entries);
    if (index->entries == NULL) {
        *index = old;
        return ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < old.size; i++) {
        if (old.entries[i].row >= old.oldest && old.entries[i].row < old.next &&
            old.entries[i].row != 0) {
            put(index, old.entries[i].place, old.entries[i].row);
        }
    }
    free(old.entries);
    return ERR_NONE;
}

enum err store_answer_index_add(struct store_answer_index *index, int64_t place, int64_t row)
{
    if (index->size == 0 || index->used * 2 >= index->size) {
        enum err err = grow(index);
        if (err) {
            return err;
        }
    }
    put(index, place, row);
    index->next = row + 1;
    return ERR_NONE;
}

int64_t store_answer_index_find(const struct store_answer_index *index, int64_t place,
                                size_t *cursor)
{
    if (index->size == 0) {
        return 0;
    }
    /* `cursor` counts the entries looked at, so that a second row of the same place can be asked
     * for. */
    for (; *cursor < index->size; *cursor += 1) {
        const struct store_answer_entry *entry =
            &index->entries[(slot_of(index, place) + *cursor) & (index->size - 1)];
        if (entry->row == 0) {
            return 0;
        }
        if (entry->place == place && entry->row >= index->oldest && entry->row < index->next) {
            *cursor += 1;
            return entry->row;
        }
    }
    return 0;
}

enum err store_answer_index_load(struct store *store)
{
    struct store_answer_index *index = &store->answers;
    sqlite3_stmt *statement = store_use(store, STORE_SQL_ANSWER_KEY_EACH);
    bool row = true;
    index->oldest = 0;
    index->next = 1;
    enum err err = store_step(store, statement, &row);
    while (err == ERR_NONE && row) {
        int64_t number = sqlite3_column_int64(statement, 0);
        index->oldest = index->oldest == 0 ? number : index->oldest;
        index->next = number + 1;
        err = store_answer_index_add(index, sqlite3_column_int64(statement, 1), number);
        err = err ? err : store_step(store, statement, &row);
    }
    store_done(statement);
    index->oldest = index->oldest == 0 ? 1 : index->oldest;
    index->committed = index->next;
    return err;
}

void store_answer_index_free(struct store_answer_index *index)
{
    free(index->entries);
    index->entries = NULL;
}
