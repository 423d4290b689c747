/* process: reads /proc/self. */
#include "process.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int list(const char *path, int *ids, int max)
{
    DIR *folder = opendir(path);
    int count = 0;

    if (folder == NULL) {
        abort();
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL && count < max;
         entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            ids[count++] = (int)strtol(entry->d_name, NULL, 10);
        }
    }
    closedir(folder);
    return count;
}

int process_count_threads(void)
{
    int ids[PROCESS_TASK_MAX];

    return process_list_threads(ids);
}

int process_count_descriptors(void)
{
    static int ids[4096];

    return list("/proc/self/fd", ids, 4096);
}

int process_list_threads(int ids[PROCESS_TASK_MAX])
{
    return list("/proc/self/task", ids, PROCESS_TASK_MAX);
}

static int64_t thread_us(int id)
{
    char path[64];
    long long spent_ns = 0;

    (void)snprintf(path, sizeof path, "/proc/self/task/%d/schedstat", id);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%lld", &spent_ns) != 1) {
        abort();
    }
    (void)fclose(file);
    return spent_ns / 1000;
}

int64_t process_spent_us(const int *without, int without_count)
{
    int ids[PROCESS_TASK_MAX];
    int count = process_list_threads(ids);
    int64_t spent_us = 0;

    for (int i = 0; i < count; i++) {
        bool counts = true;
        for (int j = 0; j < without_count; j++) {
            counts = counts && ids[i] != without[j];
        }
        spent_us += counts ? thread_us(ids[i]) : 0;
    }
    return spent_us;
}
