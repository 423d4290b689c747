/* device_ports: the lasting name of a serial port. udev keeps a folder of links named after make
 * and serial number: they stay when an adapter comes back under another number. */
#include "device_ports.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define ENTRY_MAX 4096 /* of a folder that has as many entries as ports */
#define PATH_SIZE 512

static bool leads_to(const char *path, const char *device)
{
    char *target = realpath(path, NULL);
    char *real = realpath(device, NULL);
    bool same = target != NULL && real != NULL && strcmp(target, real) == 0;

    free(target);
    free(real);
    return same;
}

void device_find_by_id(const char *folder, const char *device, char *link, size_t size)
{
    DIR *entries = opendir(folder);
    char path[PATH_SIZE];

    link[0] = '\0';
    for (int i = 0; entries != NULL && i < ENTRY_MAX; i++) {
        const struct dirent *entry = readdir(entries);
        if (entry == NULL) {
            break;
        }
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (length > 0 && length < PATH_SIZE && entry->d_name[0] != '.' && leads_to(path, device) &&
            text_copy(link, size, path) == ERR_NONE) {
            break;
        }
    }
    if (entries != NULL) {
        (void)closedir(entries);
    }
}
