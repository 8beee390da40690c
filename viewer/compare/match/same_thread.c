/* See same_thread.h. */
#include "same_thread.h"

bool is_same_thread(const struct recordings *recordings, const struct recording *a, size_t thread_a,
                    const struct recording *b, size_t thread_b)
{
    const struct recorded_thread *of_a, *of_b;

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
    return !identity_equal(&recordings->modules[of_a->start_module].identity,
                           &recordings->modules[of_b->start_module].identity);
}
