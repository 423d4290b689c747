/* ptyshim: lets the real libserialport open a pseudo-terminal, for tests. A library to preload:
 *
 *     LD_PRELOAD=build/release/tests/ptyshim.so build/hallcall serve ...
 *
 * libserialport 0.1.1 refuses a pseudo-terminal for two reasons: it has no entry under
 * /sys/class/tty, and it has no modem lines to read. Both are answered here, for /dev/pts/N alone;
 * everything else goes to libc. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char entry_of_pty[] = "/sys/class/tty/pts/";
static const char target_of_entry[] = "../../devices/virtual/tty/pts";

/* glibc before 2.33 gave lstat() this name, and libraries built then still ask for it. */
int __lxstat(int version, const char *path, struct stat *status);

static bool is_entry(const char *path)
{
    return strncmp(path, entry_of_pty, sizeof entry_of_pty - 1) == 0;
}

static int answer_lstat(struct stat *status)
{
    memset(status, 0, sizeof *status);
    status->st_mode = S_IFLNK | 0777;
    return 0;
}

int __lxstat(int version, const char *path, struct stat *status)
{
    int (*next)(int, const char *, struct stat *) = NULL;

    if (is_entry(path)) {
        return answer_lstat(status);
    }
    *(void **)&next = dlsym(RTLD_NEXT, "__lxstat");
    return next(version, path, status);
}

int lstat(const char *path, struct stat *status)
{
    int (*next)(const char *, struct stat *) = NULL;

    if (is_entry(path)) {
        return answer_lstat(status);
    }
    *(void **)&next = dlsym(RTLD_NEXT, "lstat");
    return next(path, status);
}

ssize_t readlink(const char *path, char *text, size_t size)
{
    ssize_t (*next)(const char *, char *, size_t) = NULL;

    if (is_entry(path)) {
        size_t length = sizeof target_of_entry - 1;
        length = length < size ? length : size;
        memcpy(text, target_of_entry, length);
        return (ssize_t)length;
    }
    *(void **)&next = dlsym(RTLD_NEXT, "readlink");
    return next(path, text, size);
}

/* Is it a pseudo-terminal that is still there? A hung-up line must keep failing with EIO. */
static bool is_pty(int fd)
{
    char name[64];

    return ttyname_r(fd, name, sizeof name) == 0 && strncmp(name, "/dev/pts/", 9) == 0;
}

int ioctl(int fd, unsigned long request, ...)
{
    int (*next)(int, unsigned long, void *) = NULL;
    va_list list;

    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    *(void **)&next = dlsym(RTLD_NEXT, "ioctl");
    int result = next(fd, request, argument);
    if (result == 0 || (errno != ENOTTY && errno != EINVAL) || !is_pty(fd)) {
        return result;
    }
    if (request == TIOCMGET) {
        *(int *)argument = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
        return 0;
    }
    return request == TIOCMSET || request == TIOCMBIS || request == TIOCMBIC ? 0 : result;
}
