/*
 * A run that is judged, so that what belongs to one of its processes, or has a name, is found
 * without looking at all of it. Main thread.
 */
#ifndef TRAIL_RUN_INDEX_H
#define TRAIL_RUN_INDEX_H

#include "rules/names.h"

#include "compare/model/recordings.h"

/* What of an array is in a scope: positions, ascending; `items` is NULL where it is all of it. */
struct part {
    const size_t *items;
    size_t count;
};

/* An array's positions, those of a process together; those of none are left out. */
struct grouped {
    size_t *positions, *starts;
};

struct run_index {
    const struct recording *run;
    struct grouped loads, threads, exceptions, marks;
    struct names programs;   /* keys and names of processes */
    struct names mark_names; /* of marks */
};

/* Returns 0, or -1 without memory; release also after a failure. */
int run_index_init(struct run_index *index, const struct recordings *recordings,
                   const struct recording *run);
void run_index_release(struct run_index *index);

/* What of it a process has. */
struct part grouped_part(const struct grouped *grouped, size_t process);

static inline size_t part_at(const struct part *part, size_t i)
{
    return part->items != NULL ? part->items[i] : i;
}

#endif
