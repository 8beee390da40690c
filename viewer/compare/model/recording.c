/* See recording.h. */
#include "recording.h"

#include <stdlib.h>

void recording_release(struct recording *recording)
{
    free(recording->processes);
    free(recording->by_role);
    free(recording->threads);
    free(recording->loads);
    free(recording->exceptions);
    free(recording->outputs);
    free(recording->failures);
    free(recording->marks);
    free(recording->variables);
    free(recording->looks);
    free(recording->cpus);
    for (int stream = 0; stream < STREAMS; stream++)
        free(recording->steps[stream]);
}

size_t recording_find_role(const struct recording *recording, uint32_t role)
{
    size_t low = 0, high = recording->process_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (recording->by_role[middle].role < role)
            low = middle + 1;
        else
            high = middle;
    }
    return low < recording->process_count && recording->by_role[low].role == role
               ? recording->by_role[low].process
               : RECORDING_NONE;
}

static int64_t cpu_at(const struct recording *recording, int64_t seq)
{
    size_t low = 0, high = recording->cpu_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (recording->cpus[middle].seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low < recording->cpu_count && recording->cpus[low].seq == seq
               ? recording->cpus[low].cpu_ns
               : RECORDING_UNKNOWN;
}

int64_t recording_cpu_between(const struct recording *recording, int64_t from_seq, int64_t to_seq)
{
    int64_t from = cpu_at(recording, from_seq), to = cpu_at(recording, to_seq);

    return from != RECORDING_UNKNOWN && to >= from && from >= 0 ? to - from : RECORDING_UNKNOWN;
}
