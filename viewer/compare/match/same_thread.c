/* See same_thread.h. */
#include "same_thread.h"

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

bool is_same_thread(const struct recordings *recordings, const struct recording *a, size_t thread_a,
                    const struct recording *b, size_t thread_b)
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
