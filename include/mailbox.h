/* mailbox: a bounded queue of pointers from many threads to one.
 *
 * Putting never blocks. The receiver takes everything that waits in one go and sleeps until
 * something comes or a time on the monotonic clock is reached. */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct mailbox;

/* `capacity`: the most items that may wait. NULL without memory. */
struct mailbox *mailbox_create(size_t capacity);
/* Only when nobody can be inside mailbox_put() any more, not even about to return from it. */
void mailbox_destroy(struct mailbox *mailbox);
/* ERR_BUSY when full, ERR_STARTING when closed: the item stays with the caller. Any thread. */
MUST_USE enum err mailbox_put(struct mailbox *mailbox, void *item);
/* Moves up to `max` items, oldest first, into `items`; waits for the first until `deadline_mono_ms`
 * (INT64_MAX: for ever, 0: not at all). Returns their number; 0 on time-out, or when closed and empty. */
size_t mailbox_take(struct mailbox *mailbox, void **items, size_t max, int64_t deadline_mono_ms);
/* No more puts; the receiver drains what is there and then gets 0 at once. Any thread. */
void mailbox_close(struct mailbox *mailbox);
/* Closed and empty: nothing will ever come again. A receiver with a time-out asks this when it got
 * nothing. */
bool mailbox_is_closed(struct mailbox *mailbox);

#endif
