/* pty: a pseudo-terminal as the far end of a serial line. */
#ifndef PTY_H
#define PTY_H

struct pty {
    int master;
    int slave; /* ours: keeps the terminal alive while nobody else has it open */
    char name[64];
};
/* Both ends are the caller's to close: the master's end hangs the line up. */
void pty_open(struct pty *pty);
/* The stable name of the adapter now means this terminal, as /dev/serial/by-id does after plugging
 * in. */
void pty_point(const char *link, const struct pty *pty);

#endif
