/* See run_index.h. */
#include "run_index.h"

#include <stdlib.h>
#include <string.h>

static size_t load_process(const void *run, size_t i)
{
    return ((const struct recording *)run)->loads[i].process;
}

static size_t thread_process(const void *run, size_t i)
{
    return ((const struct recording *)run)->threads[i].process;
}

static size_t exception_process(const void *run, size_t i)
{
    return ((const struct recording *)run)->exceptions[i].process;
}

static size_t mark_process(const void *run, size_t i)
{
    return ((const struct recording *)run)->marks[i].process;
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

static int note_exceptions(struct run_index *index, const struct recordings *recordings)
{
    const struct recording *run = index->run;

    index->exception_keys = calloc(run->exception_count + 1, sizeof *index->exception_keys);
    for (size_t i = 0; index->exception_keys != NULL && i < run->step_count[STREAM_EXCEPTIONS]; i++)
        index->exception_keys[run->steps[STREAM_EXCEPTIONS][i].item] =
            recordings->elements[run->steps[STREAM_EXCEPTIONS][i].element].key;
    return index->exception_keys != NULL ? 0 : -1;
}

int run_index_init(struct run_index *index, const struct recordings *recordings,
                   const struct recording *run)
{
    size_t groups = run->process_count;

    memset(index, 0, sizeof *index);
    index->run = run;
    return grouped_init(&index->loads, groups, run->load_count, load_process, run) != 0 ||
                   grouped_init(&index->threads, groups, run->thread_count, thread_process, run) !=
                       0 ||
                   grouped_init(&index->exceptions, groups, run->exception_count, exception_process,
                                run) != 0 ||
                   grouped_init(&index->marks, groups, run->mark_count, mark_process, run) != 0 ||
                   index_programs(index, recordings) != 0 || index_marks(index, recordings) != 0 ||
                   note_exceptions(index, recordings) != 0
               ? -1
               : 0;
}

void run_index_release(struct run_index *index)
{
    grouped_release(&index->loads);
    grouped_release(&index->threads);
    grouped_release(&index->exceptions);
    grouped_release(&index->marks);
    names_release(&index->programs);
    names_release(&index->mark_names);
    free(index->exception_keys);
    memset(index, 0, sizeof *index);
}
