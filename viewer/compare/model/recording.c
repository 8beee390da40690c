/* See recording.h. */
#include "recording.h"

#include <stdlib.h>

void recording_release(struct recording *recording)
{
    free(recording->processes);
    free(recording->threads);
    free(recording->loads);
    free(recording->exceptions);
    free(recording->outputs);
    free(recording->marks);
    for (int stream = 0; stream < STREAMS; stream++)
        free(recording->steps[stream]);
}

size_t recording_find_role(const struct recording *recording, uint32_t role)
{
    for (size_t i = 0; i < recording->process_count; i++)
        if (recording->processes[i].role == role)
            return i;
    return RECORDING_NONE;
}
