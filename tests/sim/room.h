/* room: for programs that end when they cannot go on. */
#ifndef ROOM_H
#define ROOM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s\n", what);
        exit(1);
    }
}

/* Room for one more. */
static inline void *grow(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return items;
    }
    *room = *room == 0 ? 1024 : *room * 2;
    void *grown = realloc(items, *room * size);
    must(grown != NULL, "no memory");
    return grown;
}

#endif
