/* process: what this process holds and spends, as the kernel tells it. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>

#define PROCESS_TASK_MAX 64

int process_count_threads(void);
int process_count_descriptors(void);
/* Ids of the threads there are; how many. */
int process_list_threads(int ids[PROCESS_TASK_MAX]);
/* What the threads that are not in the list have spent of the processor, those that ended left out.
 */
int64_t process_spent_us(const int *without, int without_count);

#endif
