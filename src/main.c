/* main: the program's first steps; everything else is in the library, where tests reach it.
 *
 * Descriptors 0 to 2 are opened when they are closed: otherwise the database would get one of their
 * numbers, and the next error message would be written into it. Output that nobody can get is an
 * error: a closed 1 or 2 becomes a descriptor that cannot be written. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include "cli.h"

static void open_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            continue;
        }
        /* The lowest free number is taken, which is this one. */
        if (open("/dev/null", O_RDONLY) != fd) {
            abort();
        }
    }
}

int main(int argc, char **argv)
{
    open_standard_descriptors();
    /* A visitor who goes away, or a pipe that closes, is an error code and not the end. */
    (void)signal(SIGPIPE, SIG_IGN);
    return cli_main(argc, argv);
}
