/* See asked.h. */
#include "asked.h"

#include <stdlib.h>

size_t asked_by(const struct recording *recording, enum recorded_stream stream,
                const struct recorded_step *step)
{
    if (stream == STREAM_LOADS && !recording->loads[step->item].is_asked)
        return RECORDING_NONE;
    if (step->thread != RECORDING_NONE || step->process == RECORDING_NONE ||
        recording->processes[step->process].main_thread != RECORDING_NONE)
        return step->thread;
    return recording->thread_count + step->process;
}

static int compare_asked(const void *left, const void *right)
{
    const struct asked *a = left, *b = right;

    if (a->by != b->by)
        return a->by < b->by ? -1 : 1;
    return (a->step > b->step) - (a->step < b->step);
}

struct asked *asked_sort(const struct recording *recording, enum recorded_stream stream,
                         size_t *count)
{
    struct asked *sorted = malloc((recording->step_count[stream] + 1) * sizeof *sorted);

    *count = 0;
    for (size_t i = 0; sorted != NULL && i < recording->step_count[stream]; i++) {
        size_t by = asked_by(recording, stream, &recording->steps[stream][i]);
        if (by != RECORDING_NONE)
            sorted[(*count)++] = (struct asked){by, i};
    }
    if (*count > 0)
        qsort(sorted, *count, sizeof *sorted, compare_asked);
    return sorted;
}
