/* See roster.h. Two hash tables with chains; modules in a sorted array per process. */
#include "roster.h"

#include "causes.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024 };

struct roster {
    struct roster_process *processes[BUCKETS];
    struct roster_thread *threads[BUCKETS];
    int64_t last_process_id, last_thread_id;
};

static size_t bucket_of(uint32_t number)
{
    return (number * 2654435761u) >> 22 & (BUCKETS - 1);
}

struct roster *roster_new(void)
{
    return calloc(1, sizeof(struct roster));
}

void roster_free(struct roster *roster)
{
    if (roster == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (roster->processes[i] != NULL)
            roster_end_process(roster, roster->processes[i], NULL, NULL);
    free(roster);
}

void roster_set_last_ids(struct roster *roster, int64_t process_id, int64_t thread_id)
{
    roster->last_process_id = process_id;
    roster->last_thread_id = thread_id;
}

struct roster_process *roster_process(const struct roster *roster, uint32_t pid)
{
    struct roster_process *process = roster->processes[bucket_of(pid)];

    while (process != NULL && process->pid != pid)
        process = process->next;
    return process;
}

struct roster_thread *roster_thread(const struct roster *roster, uint32_t pid, uint32_t tid)
{
    struct roster_thread *thread = roster->threads[bucket_of(tid)];

    while (thread != NULL && (thread->tid != tid || thread->process->pid != pid))
        thread = thread->next;
    return thread;
}

struct roster_process *roster_add_process(struct roster *roster, uint32_t pid)
{
    struct roster_process *process = roster_process(roster, pid);

    if (process != NULL)
        roster_end_process(roster, process, NULL, NULL);
    process = calloc(1, sizeof *process);
    if (process == NULL)
        return NULL;
    process->pid = pid;
    process->id = ++roster->last_process_id;
    process->next = roster->processes[bucket_of(pid)];
    roster->processes[bucket_of(pid)] = process;
    return process;
}

struct roster_thread *roster_add_thread(struct roster *roster, struct roster_process *process,
                                        uint32_t tid)
{
    struct roster_thread *thread = roster_thread(roster, process->pid, tid);

    if (thread != NULL)
        roster_end_thread(roster, thread);
    thread = calloc(1, sizeof *thread);
    if (thread == NULL)
        return NULL;
    thread->tid = tid;
    thread->id = ++roster->last_thread_id;
    thread->process = process;
    thread->next = roster->threads[bucket_of(tid)];
    roster->threads[bucket_of(tid)] = thread;
    return thread;
}

void roster_end_thread(struct roster *roster, struct roster_thread *thread)
{
    struct roster_thread **link = &roster->threads[bucket_of(thread->tid)];

    while (*link != thread)
        link = &(*link)->next;
    *link = thread->next;
    free(thread);
}

void roster_end_threads_but(struct roster *roster, const struct roster_process *process,
                            const struct roster_thread *except,
                            void (*ended)(void *context, int64_t thread_id), void *context)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct roster_thread *thread = roster->threads[i], *next;
        for (; thread != NULL; thread = next) {
            next = thread->next;
            if (thread->process != process || thread == except)
                continue;
            if (ended != NULL)
                ended(context, thread->id);
            roster_end_thread(roster, thread);
        }
    }
}

void roster_end_process(struct roster *roster, struct roster_process *process,
                        void (*ended)(void *context, int64_t thread_id), void *context)
{
    struct roster_process **link = &roster->processes[bucket_of(process->pid)];

    roster_end_threads_but(roster, process, NULL, ended, context);
    while (*link != process)
        link = &(*link)->next;
    *link = process->next;
    causes_free(process->causes);
    free(process->modules);
    free(process);
}

/* The index of the first module whose base is above the address. */
static size_t upper_bound(const struct roster_process *process, uint64_t address)
{
    size_t low = 0, high = process->module_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (process->modules[middle].base <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int grow_modules(struct roster_process *process, size_t needed)
{
    size_t capacity = process->module_capacity ? process->module_capacity : 16;
    struct roster_module *modules;

    if (needed <= process->module_capacity)
        return 0;
    while (capacity < needed)
        capacity *= 2;
    modules = realloc(process->modules, capacity * sizeof *modules);
    if (modules == NULL)
        return -1;
    process->modules = modules;
    process->module_capacity = capacity;
    return 0;
}

int roster_add_module(struct roster_process *process, const struct roster_module *module)
{
    size_t at = upper_bound(process, module->base);

    if (at > 0 && process->modules[at - 1].base == module->base) {
        process->modules[at - 1] = *module;
        return 0;
    }
    if (grow_modules(process, process->module_count + 1) != 0)
        return -1;
    memmove(&process->modules[at + 1], &process->modules[at],
            (process->module_count - at) * sizeof *module);
    process->modules[at] = *module;
    process->module_count++;
    return 0;
}

bool roster_remove_module(struct roster_process *process, uint64_t base,
                          struct roster_module *removed)
{
    size_t at = upper_bound(process, base);

    if (at == 0 || process->modules[at - 1].base != base)
        return false;
    *removed = process->modules[at - 1];
    memmove(&process->modules[at - 1], &process->modules[at],
            (process->module_count - at) * sizeof *removed);
    process->module_count--;
    return true;
}

void roster_remove_all_modules(struct roster_process *process)
{
    process->module_count = 0;
}

int roster_copy_modules(struct roster_process *child, const struct roster_process *parent)
{
    if (grow_modules(child, parent->module_count) != 0)
        return -1;
    if (parent->module_count > 0)
        memcpy(child->modules, parent->modules, parent->module_count * sizeof *child->modules);
    child->module_count = parent->module_count;
    for (size_t i = 0; i < child->module_count; i++)
        child->modules[i].inherited = true;
    return 0;
}

const struct roster_module *roster_module_at(const struct roster_process *process, uint64_t address)
{
    size_t at = upper_bound(process, address);
    const struct roster_module *module = at > 0 ? &process->modules[at - 1] : NULL;

    return module != NULL && address - module->base < (module->bytes ? module->bytes : 1) ? module
                                                                                          : NULL;
}
