/* store_backup: a consistent copy of the database, also while another process serves it.
 *
 * One read-only connection copies one moment of the database with VACUUM INTO, under a temporary
 * name in the folder of the destination; it neither writes to the database nor checkpoints it. The
 * copy is opened as any database is, its pages and its hash chain are checked, and it is synced.
 * Only then it gets its name; so a file under that name is always whole. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_internal.h"

struct store_backup {
    char *message;
    size_t message_size;
    char folder[PATH_MAX]; /* of the destination */
    char copy[PATH_MAX];   /* temporary name in it */
};

__attribute__((format(printf, 2, 3))) static void store_backup_say(struct store_backup *backup,
                                                                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(backup->message, backup->message_size, format, args);
    va_end(args);
}

/* Fills the names. ERR_TOO_LONG. */
static enum err store_backup_name(struct store_backup *backup, const char *destination)
{
    const char *slash = strrchr(destination, '/');
    int folder_length = slash == NULL ? 1 : slash == destination ? 1 : (int)(slash - destination);
    int folder = snprintf(backup->folder, sizeof backup->folder, "%.*s", folder_length,
                          slash == NULL ? "." : destination);
    int copy =
        snprintf(backup->copy, sizeof backup->copy, "%s.%ld.part", destination, (long)getpid());
    if (folder < 0 || (size_t)folder >= sizeof backup->folder || copy < 0 ||
        (size_t)copy >= sizeof backup->copy) {
        store_backup_say(backup, "the name of the copy is too long");
        return ERR_TOO_LONG;
    }
    return ERR_NONE;
}

/* The copy by SQLite itself, into an empty file that nobody else may read. */
static enum err store_backup_copy(struct store_backup *backup, const char *path)
{
    int file = open(backup->copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        store_backup_say(backup, "cannot write to %s: %s", backup->folder, strerror(errno));
        return ERR_IO;
    }
    close(file);
    struct store *store = NULL;
    enum err err = store_open(path, STORE_READER, &store);
    if (err) {
        store_backup_say(backup, "cannot open %s: %s", path, err_title(err));
        return err;
    }
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, store_script_vacuum_into, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        store_bind_text(statement, 1, backup->copy);
        code = sqlite3_step(statement);
    }
    if (code != SQLITE_DONE) {
        err = store_error(store, code);
        store_backup_say(backup, "cannot copy %s: %s", path, store_message(store));
    }
    sqlite3_finalize(statement);
    store_close(store);
    return err;
}

static enum err store_backup_check(struct store_backup *backup)
{
    struct store *store = NULL;
    enum err err = store_open(backup->copy, STORE_READER, &store);
    if (err) {
        store_backup_say(backup, "the copy cannot be opened: %s", err_title(err));
        return err;
    }
    int64_t count = 0;
    int64_t bad_seq = 0;
    err = store_check(store, true);
    if (!err) {
        err = store_event_check_chain(store, &count, &bad_seq);
    }
    if (err) {
        store_backup_say(backup, "the copy is not sound, so the original may not be: %s",
                         store_message(store));
    }
    store_close(store);
    return err;
}

/* fsync by name; a folder, too. */
static enum err store_backup_sync(struct store_backup *backup, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int failed = file < 0 || fsync(file) != 0;
    if (failed) {
        store_backup_say(backup, "cannot sync %s: %s", path, strerror(errno));
    }
    if (file >= 0) {
        close(file);
    }
    return failed ? ERR_IO : ERR_NONE;
}

/* Gives the copy its name, unless somebody else has taken it meanwhile. */
static enum err store_backup_rename(struct store_backup *backup, const char *destination)
{
    /* A rename would replace a file that has appeared meanwhile; a link does not. */
    int failed = link(backup->copy, destination);
    if (failed == 0) {
        unlink(backup->copy);
    } else if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
        /* A memory stick has no links. */
        failed = access(destination, F_OK) == 0 ? -1 : rename(backup->copy, destination);
    }
    if (failed != 0) {
        store_backup_say(backup, "cannot give the copy its name %s: %s", destination,
                         strerror(errno));
        return ERR_IO;
    }
    return store_backup_sync(backup, backup->folder);
}

enum err store_backup(const char *path, const char *destination, char *message, size_t message_size)
{
    struct store_backup backup = {.message = message, .message_size = message_size};
    store_backup_say(&backup, "%s", "");
    struct stat status;
    if (lstat(destination, &status) == 0) {
        store_backup_say(&backup, "%s exists already; choose another name", destination);
        return ERR_IO;
    }
    enum err err = store_backup_name(&backup, destination);
    if (err) {
        return err;
    }
    err = store_backup_copy(&backup, path);
    if (!err) {
        err = store_backup_check(&backup);
    }
    if (!err) {
        err = store_backup_sync(&backup, backup.copy);
    }
    if (!err) {
        err = store_backup_rename(&backup, destination);
    }
    if (err) {
        /* Nothing to do about a part that cannot be removed: its name says what it is. */
        unlink(backup.copy);
    }
    return err;
}
