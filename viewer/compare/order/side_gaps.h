/*
 * The gaps of a side: how long it takes in a thread from one thing that bounds gaps to the next -
 * its start, the program's entry point, a load, the process's end. A gap is known by both of its
 * ends, so that like is compared with like: where something else came before, it is another gap.
 * Main thread.
 */
#ifndef TRAIL_SIDE_GAPS_H
#define TRAIL_SIDE_GAPS_H

#include "compare/model/recordings.h"
#include "compare/model/tuple_map.h"

struct side_gap {
    uint32_t role, from, to; /* of loads their keys */
    double *times; /* ns, net; the first in each run that has it, in the order of the runs */
    size_t *runs;  /* which runs these are, counted from the side's first */
    size_t count;
};

struct side_gaps {
    struct side_gap *items; /* in the order of the first run that has them */
    size_t count;
    struct tuple_map index; /* private */
};

/* Adds those of a run; `run` counts the side's. Returns 0, or -1 without memory. */
int side_gaps_take(struct side_gaps *gaps, const struct recordings *all,
                   const struct recording *recording, size_t run);
void side_gaps_release(struct side_gaps *gaps);

/* The gap of that role between these ends, or NULL. */
const struct side_gap *side_gaps_find(const struct side_gaps *gaps, uint32_t role, uint32_t from,
                                      uint32_t to);

#endif
