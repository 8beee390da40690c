/*
 * See perf_times.h. What is remembered is one array that is written over from its oldest entry on:
 * enough for the start-up of a very large program, and small enough to be searched as a whole for
 * each load.
 */
#include "perf_times.h"

#include <stdbool.h>
#include <stdlib.h>

enum { ENTRIES_MAX = 2048 };

struct entry {
    struct perf_record record;
    /*
     * PERF_EXECED: when the debugger was told; PERF_MAPPED: the stop that it was given to. 0: not
     * yet
     */
    uint64_t stop_ns;
};

struct perf_times {
    size_t next, count;
    struct entry entries[ENTRIES_MAX];
};

/*
 * What a module may have been mapped as: a record after the exec and before the stop, in its range.
 */
struct question {
    uint32_t pid;
    uint64_t base, size, stop_ns, exec_ns;
};

struct perf_times *perf_times_new(void)
{
    return calloc(1, sizeof(struct perf_times));
}

void perf_times_free(struct perf_times *times)
{
    free(times);
}

static void add(void *context, const struct perf_record *record)
{
    struct perf_times *times = context;
    struct entry *entry = &times->entries[times->next];

    entry->record = *record;
    entry->stop_ns = 0;
    times->next = (times->next + 1) % ENTRIES_MAX;
    if (times->count < ENTRIES_MAX)
        times->count++;
}

void perf_times_read(struct perf_times *times, struct perf_buffer *buffer)
{
    perf_buffer_read(buffer, add, times);
}

/* The last exec of the process up to a time; NULL if none is remembered. */
static struct entry *last_exec(struct perf_times *times, uint32_t pid, uint64_t until_ns)
{
    struct entry *last = NULL;

    for (size_t i = 0; i < times->count; i++) {
        struct entry *entry = &times->entries[i];
        if (entry->record.kind == PERF_EXECED && entry->record.pid == pid &&
            entry->record.time_ns <= until_ns &&
            (last == NULL || entry->record.time_ns > last->record.time_ns))
            last = entry;
    }
    return last;
}

void perf_times_image(struct perf_times *times, uint32_t pid, uint64_t stop_ns)
{
    struct entry *exec = last_exec(times, pid, stop_ns);

    if (exec != NULL)
        exec->stop_ns = stop_ns;
}

static bool may_be(const struct entry *entry, const struct question *question)
{
    const struct perf_record *record = &entry->record;

    return record->kind == PERF_MAPPED && record->pid == question->pid &&
           record->address >= question->base && record->address - question->base < question->size &&
           record->time_ns > question->exec_ns && record->time_ns <= question->stop_ns &&
           (entry->stop_ns == 0 || entry->stop_ns == question->stop_ns);
}

static bool is_same_file(const struct perf_record *a, const struct perf_record *b)
{
    return a->inode == b->inode && a->inode_generation == b->inode_generation &&
           a->device_major == b->device_major && a->device_minor == b->device_minor;
}

/* Whether records may be missing that would change the answer. */
static bool is_doubtful(const struct perf_times *times, uint64_t mapped_ns, uint64_t stop_ns)
{
    for (size_t i = 0; i < times->count; i++) {
        const struct entry *entry = &times->entries[i];
        if (entry->record.kind == PERF_LOST && entry->record.since_ns < stop_ns &&
            entry->record.time_ns > mapped_ns)
            return true;
    }
    return false;
}

/*
 * The last mapping in the range is the module's, and the first of the same file is when it came:
 * later ones are further segments.
 */
static uint64_t first_mapping(struct perf_times *times, const struct question *question)
{
    const struct perf_record *last = NULL;
    uint64_t first_ns = UINT64_MAX;

    for (size_t i = 0; i < times->count; i++)
        if (may_be(&times->entries[i], question) &&
            (last == NULL || times->entries[i].record.time_ns > last->time_ns))
            last = &times->entries[i].record;
    if (last == NULL)
        return 0;
    for (size_t i = 0; i < times->count; i++) {
        struct entry *entry = &times->entries[i];
        if (!may_be(entry, question))
            continue;
        if (is_same_file(&entry->record, last) && entry->record.time_ns < first_ns)
            first_ns = entry->record.time_ns;
        entry->stop_ns = question->stop_ns;
    }
    return first_ns;
}

uint64_t perf_times_of_module(struct perf_times *times, uint32_t pid, uint64_t base, uint64_t size,
                              uint64_t stop_ns)
{
    const struct entry *exec = last_exec(times, pid, stop_ns);
    struct question question = {pid, base, size, stop_ns, exec != NULL ? exec->record.time_ns : 0};
    uint64_t mapped_ns = first_mapping(times, &question);

    if (mapped_ns == 0 || is_doubtful(times, mapped_ns, stop_ns))
        return 0;
    return exec != NULL && exec->stop_ns > mapped_ns ? exec->stop_ns : mapped_ns;
}
