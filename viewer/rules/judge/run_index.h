/*
 * A run that is judged, so that what belongs to one of its processes, or has a name, is found
 * without looking at all of it. Main thread.
 */
#ifndef TRAIL_RUN_INDEX_H
#define TRAIL_RUN_INDEX_H

#include "rules/names.h"

#include "compare/model/grouped.h"
#include "compare/model/recordings.h"

struct run_index {
    const struct recording *run;
    struct grouped loads, threads, exceptions, marks; /* by process */
    struct names programs;                            /* keys and names of processes */
    struct names mark_names;                          /* of marks */
    uint32_t *exception_keys; /* of exceptions: what they are, or TEXT_NONE: none that counts */
};

/* Returns 0, or -1 without memory; release also after a failure. */
int run_index_init(struct run_index *index, const struct recordings *recordings,
                   const struct recording *run);
void run_index_release(struct run_index *index);

#endif
