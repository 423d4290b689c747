/* store_lock: one writer at a time, by an advisory lock on FILE.lock beside the database.
 *
 * SQLite's own locks would let a second process write between our transactions; this lock is held
 * as long as the writer lives, and the kernel drops it with the process. It is a file of its own
 * because opening and closing the database file by hand would drop SQLite's locks on it. The file
 * is never removed: a remover could take away the name under which the next writer has just locked
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "store_internal.h"

/* A signal may interrupt the call; this often in a row it never does. */
#define STORE_LOCK_TRIES_MAX 100

enum err store_lock_take(const char *db_path, int *ret_lock)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s.lock", db_path);
    if (length < 0 || (size_t)length >= sizeof path) {
        return ERR_STORE_IO;
    }
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) {
        return ERR_STORE_IO;
    }
    for (int i = 0; i < STORE_LOCK_TRIES_MAX; i++) {
        if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
            *ret_lock = lock;
            return ERR_NONE;
        }
        if (errno != EINTR) {
            break;
        }
    }
    enum err err = errno == EWOULDBLOCK ? ERR_STORE_LOCKED : ERR_STORE_IO;
    close(lock);
    return err;
}

void store_lock_release(int lock)
{
    if (lock >= 0) {
        close(lock);
    }
}
