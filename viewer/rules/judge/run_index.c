/* See run_index.h. */
#include "run_index.h"

#include <stdlib.h>
#include <string.h>

static size_t load_process(const struct recording *run, size_t i)
{
    return run->loads[i].process;
}

static size_t thread_process(const struct recording *run, size_t i)
{
    return run->threads[i].process;
}

static size_t exception_process(const struct recording *run, size_t i)
{
    return run->exceptions[i].process;
}

static size_t mark_process(const struct recording *run, size_t i)
{
    return run->marks[i].process;
}

static int group(struct grouped *grouped, const struct recording *run, size_t count,
                 size_t (*process_of)(const struct recording *, size_t))
{
    size_t processes = run->process_count, *starts = calloc(processes + 2, sizeof *starts),
           *positions = malloc((count + 1) * sizeof *positions);

    grouped->starts = starts;
    grouped->positions = positions;
    if (starts == NULL || positions == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (process_of(run, i) < processes)
            starts[process_of(run, i) + 1]++;
    for (size_t i = 0; i < processes; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < count; i++)
        if (process_of(run, i) < processes)
            positions[starts[process_of(run, i)]++] = i;
    /* each now stands at its end, which is the next one's start */
    memmove(starts + 1, starts, processes * sizeof *starts);
    starts[0] = 0;
    return 0;
}

struct part grouped_part(const struct grouped *grouped, size_t process)
{
    size_t start = grouped->starts[process];

    return (struct part){grouped->positions + start, grouped->starts[process + 1] - start};
}

static int index_programs(struct run_index *index, const struct recordings *recordings)
{
    for (size_t i = 0; i < index->run->process_count; i++) {
        const struct recorded_process *process = &index->run->processes[i];
        if (names_add(&index->programs, recordings_text(recordings, process->key), i) != 0 ||
            (process->name != process->key &&
             names_add(&index->programs, recordings_text(recordings, process->name), i) != 0))
            return -1;
    }
    names_sort(&index->programs);
    return 0;
}

static int index_marks(struct run_index *index, const struct recordings *recordings)
{
    for (size_t i = 0; i < index->run->mark_count; i++)
        if (names_add(&index->mark_names, recordings_text(recordings, index->run->marks[i].name),
                      i) != 0)
            return -1;
    names_sort(&index->mark_names);
    return 0;
}

int run_index_init(struct run_index *index, const struct recordings *recordings,
                   const struct recording *run)
{
    memset(index, 0, sizeof *index);
    index->run = run;
    return group(&index->loads, run, run->load_count, load_process) != 0 ||
                   group(&index->threads, run, run->thread_count, thread_process) != 0 ||
                   group(&index->exceptions, run, run->exception_count, exception_process) != 0 ||
                   group(&index->marks, run, run->mark_count, mark_process) != 0 ||
                   index_programs(index, recordings) != 0 || index_marks(index, recordings) != 0
               ? -1
               : 0;
}

void run_index_release(struct run_index *index)
{
    struct grouped *all[] = {&index->loads, &index->threads, &index->exceptions, &index->marks};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(all[i]->positions);
        free(all[i]->starts);
    }
    names_release(&index->programs);
    names_release(&index->mark_names);
    memset(index, 0, sizeof *index);
}
