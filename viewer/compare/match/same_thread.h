/* Which threads of two runs correspond. Pure. */
#ifndef TRAIL_SAME_THREAD_H
#define TRAIL_SAME_THREAD_H

#include "compare/model/recordings.h"

/*
 * Whether two threads (of two runs) do the same job, as far as can be told; never false where it
 * cannot be told.
 */
bool is_same_thread(const struct recordings *recordings, const struct recording *a, size_t thread_a,
                    const struct recording *b, size_t thread_b);

#endif
