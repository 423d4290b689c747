/* pty: opens it, or ends the test. */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "pty.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void pty_open(struct pty *pty)
{
    pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty->master < 0 || grantpt(pty->master) != 0 || unlockpt(pty->master) != 0) {
        abort();
    }
    (void)snprintf(pty->name, sizeof pty->name, "%s", ptsname(pty->master));
    pty->slave = open(pty->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty->slave < 0) {
        abort();
    }
}

void pty_point(const char *link, const struct pty *pty)
{
    char fresh[128];

    (void)snprintf(fresh, sizeof fresh, "%s.new", link);
    (void)unlink(fresh);
    if (symlink(pty->name, fresh) != 0 || rename(fresh, link) != 0) {
        abort();
    }
}
