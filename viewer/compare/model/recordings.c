/* See recordings.h. */
#include "recordings.h"

#include <stdlib.h>
#include <string.h>

struct recordings *recordings_new(void)
{
    struct recordings *recordings = calloc(1, sizeof *recordings);

    if (recordings != NULL && (recordings->texts = text_pool_new()) == NULL) {
        free(recordings);
        return NULL;
    }
    return recordings;
}

void recordings_forget_runs(struct recordings *recordings)
{
    for (size_t i = 0; i < recordings->count; i++)
        recording_release(&recordings->items[i]);
    recordings->count = recordings->element_count = 0;
}

void recordings_free(struct recordings *recordings)
{
    if (recordings == NULL)
        return;
    recordings_forget_runs(recordings);
    for (size_t i = 0; i < recordings->module_count; i++)
        free(recordings->modules[i].imports);
    tuple_map_release(&recordings->module_index);
    buffer_release(&recordings->scratch);
    text_pool_free(recordings->texts);
    free(recordings->items);
    free(recordings->modules);
    free(recordings->elements);
    free(recordings);
}

const char *recordings_text(const struct recordings *recordings, uint32_t number)
{
    return text_pool_text(recordings->texts, number);
}

uint32_t recordings_scratch_text(struct recordings *recordings)
{
    struct buffer *scratch = &recordings->scratch;
    uint32_t number = text_pool_add(recordings->texts, buffer_text(scratch), scratch->length);

    buffer_clear(scratch);
    return number;
}

bool recordings_know_cause(const struct recordings *recordings, const struct recorded_load *load)
{
    const char *cause = recordings_text(recordings, load->cause);

    return *cause != '\0' && strcmp(cause, "unknown") != 0 &&
           (load->by != TEXT_NONE || strcmp(cause, "asked") != 0);
}

bool recordings_have_failed(const struct recordings *recordings)
{
    return recordings->scratch.failed || text_pool_has_failed(recordings->texts);
}
