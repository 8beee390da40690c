/* See recording.h. */
#include "recording.h"

#include "recording_index.h"

#include <inttypes.h>
#include <stdlib.h>

struct recordings *recordings_new(void)
{
    struct recordings *recordings = calloc(1, sizeof *recordings);

    if (recordings == NULL)
        return NULL;
    recordings->texts = text_pool_new();
    recordings->index = calloc(1, sizeof *recordings->index);
    if (recordings->texts == NULL || recordings->index == NULL) {
        recordings_free(recordings);
        return NULL;
    }
    return recordings;
}

static void release_recording(struct recording *recording)
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

void recordings_free(struct recordings *recordings)
{
    if (recordings == NULL)
        return;
    for (size_t i = 0; i < recordings->count; i++)
        release_recording(&recordings->items[i]);
    if (recordings->index != NULL) {
        free(recordings->index->slots);
        buffer_release(&recordings->index->scratch);
    }
    text_pool_free(recordings->texts);
    free(recordings->items);
    free(recordings->modules);
    free(recordings->elements);
    free(recordings->index);
    free(recordings);
}

void *recordings_room(void *array, size_t count, size_t element_bytes)
{
    if ((count & (count - 1)) != 0)
        return array;
    if (count > SIZE_MAX / 2 / element_bytes)
        return NULL;
    return realloc(array, (count > 0 ? 2 * count : 1) * element_bytes);
}

uint32_t recordings_scratch(struct recordings *recordings)
{
    struct buffer *scratch = &recordings->index->scratch;
    uint32_t number = text_pool_add(recordings->texts, buffer_text(scratch), scratch->length);

    buffer_clear(scratch);
    return number;
}

int recordings_add(struct recordings *recordings, sqlite3 *db, const char *path, int64_t run,
                   struct trail_error *error)
{
    struct recording *items = recordings_room(recordings->items, recordings->count, sizeof *items),
                     *item;

    if (items == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    recordings->items = items;
    item = &items[recordings->count++];
    *item = (struct recording){.path = path, .run = run};
    if (recording_read(recordings, db, item, error) != 0)
        return error_context(error, "cannot read run %" PRId64 " of '%s'", run, path);
    return 0;
}

const char *recordings_text(const struct recordings *recordings, uint32_t number)
{
    return text_pool_text(recordings->texts, number);
}

size_t recording_find_role(const struct recording *recording, uint32_t role)
{
    for (size_t i = 0; i < recording->process_count; i++)
        if (recording->processes[i].role == role)
            return i;
    return RECORDING_NONE;
}

static bool differ(int64_t a, int64_t b)
{
    return a != 0 && b != 0 && a != b;
}

bool identity_equal(const struct identity *a, const struct identity *b)
{
    return !differ(a->version, b->version) && !differ(a->build_id, b->build_id) &&
           !differ(a->pdb, b->pdb) && !differ(a->pe_timestamp, b->pe_timestamp) &&
           !differ(a->pe_checksum, b->pe_checksum) && !differ(a->image_bytes, b->image_bytes) &&
           !differ(a->file_bytes, b->file_bytes);
}

/*
 * The identity of the module that a thread starts in, as the process of the run has it; NULL if
 * that cannot be told.
 */
static const struct identity *start_identity(const struct recordings *recordings,
                                             const struct recording *recording,
                                             const struct recorded_thread *thread)
{
    const struct recorded_process *process = &recording->processes[thread->process];

    if (process->module != RECORDING_NONE &&
        recordings->modules[process->module].key == thread->start_key)
        return &recordings->modules[process->module].identity;
    for (size_t i = 0; i < recording->load_count; i++) {
        const struct recorded_load *load = &recording->loads[i];
        if (load->process == thread->process &&
            recordings->modules[load->module].key == thread->start_key)
            return &recordings->modules[load->module].identity;
    }
    return NULL;
}

bool recording_same_thread_role(const struct recordings *recordings, const struct recording *a,
                                size_t thread_a, const struct recording *b, size_t thread_b)
{
    const struct recorded_thread *of_a, *of_b;
    const struct identity *identity_a, *identity_b;

    if (thread_a == RECORDING_NONE || thread_b == RECORDING_NONE)
        return true;
    of_a = &a->threads[thread_a];
    of_b = &b->threads[thread_b];
    if (of_a->is_main || of_b->is_main)
        return of_a->is_main == of_b->is_main;
    if (of_a->name != TEXT_NONE && of_b->name != TEXT_NONE)
        return of_a->name == of_b->name;
    if (of_a->start_key == TEXT_NONE || of_b->start_key == TEXT_NONE)
        return true;
    if (of_a->start_key != of_b->start_key)
        return false;
    if (of_a->start_offset == of_b->start_offset || of_a->start_offset == RECORDING_UNKNOWN ||
        of_b->start_offset == RECORDING_UNKNOWN)
        return true;
    identity_a = start_identity(recordings, a, of_a);
    identity_b = start_identity(recordings, b, of_b);
    return identity_a == NULL || identity_b == NULL || !identity_equal(identity_a, identity_b);
}
