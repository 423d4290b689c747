/* mailbox: a ring of pointers behind one mutex.
 *
 * The receiver is woken only when the ring was empty: while it works, putting costs a lock and no
 * system call, and one wake-up brings it everything that has gathered. */
#include "mailbox.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct mailbox {
    pthread_mutex_t mutex;
    pthread_cond_t
        arrived; /* on the monotonic clock: setting the wall clock must not move a time-out */
    size_t capacity;
    size_t first;
    size_t count;
    bool closed;
    void *items[];
};

struct mailbox *mailbox_create(size_t capacity)
{
    assert(capacity > 0);
    struct mailbox *mailbox = calloc(1, sizeof *mailbox + capacity * sizeof mailbox->items[0]);
    if (mailbox == NULL) {
        return NULL;
    }
    mailbox->capacity = capacity;
    pthread_condattr_t attributes;
    bool ready = pthread_condattr_init(&attributes) == 0;
    if (ready) {
        ready = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(&mailbox->arrived, &attributes) == 0;
        (void)pthread_condattr_destroy(&attributes);
    }
    if (ready && pthread_mutex_init(&mailbox->mutex, NULL) != 0) {
        (void)pthread_cond_destroy(&mailbox->arrived);
        ready = false;
    }
    if (!ready) {
        free(mailbox);
        return NULL;
    }
    return mailbox;
}

void mailbox_destroy(struct mailbox *mailbox)
{
    if (mailbox == NULL) {
        return;
    }
    (void)pthread_cond_destroy(&mailbox->arrived);
    (void)pthread_mutex_destroy(&mailbox->mutex);
    free(mailbox);
}

static void lock(struct mailbox *mailbox)
{
    int failed = pthread_mutex_lock(&mailbox->mutex);
    assert(failed == 0);
    (void)failed;
}

static void unlock(struct mailbox *mailbox)
{
    int failed = pthread_mutex_unlock(&mailbox->mutex);
    assert(failed == 0);
    (void)failed;
}

enum err mailbox_put(struct mailbox *mailbox, void *item)
{
    enum err err = ERR_NONE;
    bool first = false;
    lock(mailbox);
    if (mailbox->closed) {
        err = ERR_STARTING;
    } else if (mailbox->count == mailbox->capacity) {
        err = ERR_BUSY;
    } else {
        mailbox->items[(mailbox->first + mailbox->count) % mailbox->capacity] = item;
        mailbox->count++;
        first = mailbox->count == 1;
    }
    unlock(mailbox);
    if (first) { /* after the lock is free, so that who wakes up does not wait for it at once */
        (void)pthread_cond_signal(&mailbox->arrived);
    }
    return err;
}

/* Sleeps until something is there, the box is closed or the time is reached. Locked. */
static void wait_for_items(struct mailbox *mailbox, int64_t deadline_mono_ms)
{
    int64_t deadline = deadline_mono_ms > 0 ? deadline_mono_ms : 0;
    struct timespec until = {.tv_sec = (time_t)(deadline / 1000),
                             .tv_nsec = (long)(deadline % 1000) * 1000000};
    bool expired = deadline == 0; /* 0: only look */
    while (mailbox->count == 0 && !mailbox->closed && !expired) {
        if (deadline_mono_ms == INT64_MAX) {
            (void)pthread_cond_wait(&mailbox->arrived, &mailbox->mutex);
        } else {
            expired = pthread_cond_timedwait(&mailbox->arrived, &mailbox->mutex, &until) != 0;
        }
    }
}

size_t mailbox_take(struct mailbox *mailbox, void **items, size_t max, int64_t deadline_mono_ms)
{
    size_t taken = 0;
    lock(mailbox);
    wait_for_items(mailbox, deadline_mono_ms);
    while (taken < max && mailbox->count > 0) {
        items[taken++] = mailbox->items[mailbox->first];
        mailbox->first = (mailbox->first + 1) % mailbox->capacity;
        mailbox->count--;
    }
    unlock(mailbox);
    return taken;
}

void mailbox_close(struct mailbox *mailbox)
{
    lock(mailbox);
    mailbox->closed = true;
    (void)pthread_cond_broadcast(&mailbox->arrived);
    unlock(mailbox);
}

bool mailbox_is_closed(struct mailbox *mailbox)
{
    lock(mailbox);
    bool over = mailbox->closed && mailbox->count == 0;
    unlock(mailbox);
    return over;
}
