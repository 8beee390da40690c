/*
 * The tables of tasks and processes. Freed entries are kept for reuse, so that a steady state
 * allocates nothing.
 */
#define _GNU_SOURCE
#include "tracing/tasks.h"

#include <stdlib.h>
#include <string.h>

static size_t bucket_of(pid_t tid)
{
    return (uint32_t)tid & (TASK_BUCKETS - 1);
}

struct task *tasks_find(struct platform *platform, pid_t tid)
{
    struct task *task = platform->tasks[bucket_of(tid)];

    while (task != NULL && task->tid != tid)
        task = task->next;
    return task;
}

struct task *tasks_add(struct platform *platform, pid_t tid, struct process *process)
{
    struct task *task = platform->free_tasks;

    if (task != NULL)
        platform->free_tasks = task->next;
    else if ((task = malloc(sizeof *task)) == NULL)
        return NULL;
    memset(task, 0, sizeof *task);
    task->tid = tid;
    task->process = process;
    if (process != NULL)
        process->threads++;
    task->next = platform->tasks[bucket_of(tid)];
    platform->tasks[bucket_of(tid)] = task;
    return task;
}

void tasks_remove(struct platform *platform, struct task *task)
{
    struct task **link = &platform->tasks[bucket_of(task->tid)];

    while (*link != task)
        link = &(*link)->next;
    *link = task->next;
    if (task->process != NULL && --task->process->threads == 0)
        processes_remove(platform, task->process);
    if (platform->stop.task == task)
        platform->stop.task = NULL;
    task->next = platform->free_tasks;
    platform->free_tasks = task;
}

struct process *processes_find(struct platform *platform, pid_t pid)
{
    struct process *process = platform->processes;

    while (process != NULL && process->pid != pid)
        process = process->next;
    return process;
}

struct process *processes_add(struct platform *platform, pid_t pid)
{
    struct process *process = platform->free_processes;
    struct loaded *loaded = NULL;
    struct probe *probes = NULL;
    unsigned capacity = 0, probe_capacity = 0;

    if (process != NULL) {
        platform->free_processes = process->next;
        loaded = process->loaded;
        capacity = process->loaded_capacity;
        probes = process->probes;
        probe_capacity = process->probe_capacity;
    } else if ((process = malloc(sizeof *process)) == NULL) {
        return NULL;
    }
    memset(process, 0, sizeof *process);
    process->loaded = loaded;
    process->loaded_capacity = capacity;
    process->probes = probes;
    process->probe_capacity = probe_capacity;
    process->pid = process->memory_tid = pid;
    process->next = platform->processes;
    platform->processes = process;
    return process;
}

void processes_remove(struct platform *platform, struct process *process)
{
    struct process **link = &platform->processes;

    while (*link != process)
        link = &(*link)->next;
    *link = process->next;
    process->next = platform->free_processes;
    platform->free_processes = process;
}

void tasks_each(struct platform *platform,
                void (*visit)(struct platform *platform, struct task *task))
{
    for (size_t i = 0; i < TASK_BUCKETS; i++) {
        struct task *task = platform->tasks[i], *next;
        for (; task != NULL; task = next) {
            next = task->next;
            visit(platform, task);
        }
    }
}

static void free_processes(struct process *process)
{
    while (process != NULL) {
        struct process *next = process->next;
        free(process->loaded);
        free(process->probes);
        free(process);
        process = next;
    }
}

void tasks_free_all(struct platform *platform)
{
    tasks_each(platform, tasks_remove);
    while (platform->free_tasks != NULL) {
        struct task *next = platform->free_tasks->next;
        free(platform->free_tasks);
        platform->free_tasks = next;
    }
    free_processes(platform->processes);
    free_processes(platform->free_processes);
}
