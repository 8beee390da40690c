/*
 * The tables of tasks and processes. Freed entries are kept for reuse. Loop thread.
 */
#ifndef TRAIL_LINUX_TASKS_H
#define TRAIL_LINUX_TASKS_H

#include "state.h"

/* Adding returns NULL only if out of memory. A process is removed with its last task. */
struct task *tasks_find(struct platform *platform, pid_t tid);
struct task *tasks_add(struct platform *platform, pid_t tid, struct process *process);
void tasks_remove(struct platform *platform, struct task *task);
struct process *processes_find(struct platform *platform, pid_t pid);
struct process *processes_add(struct platform *platform, pid_t pid);
void processes_remove(struct platform *platform, struct process *process);
void tasks_free_all(struct platform *platform);
/* Calls visit for each task; visit may remove the task it is given. */
void tasks_each(struct platform *platform,
                void (*visit)(struct platform *platform, struct task *task));

#endif
