/*
 * Whose turn it is, and what the runs of each side were like: commands that are to be compared take
 * turns, A B B A A B ..., so that whatever else the machine does falls on all of them. Main thread
 * only.
 */
#ifndef TRAIL_TURNS_H
#define TRAIL_TURNS_H

#include "session.h"

/* The runs of one side. */
struct turns_side {
    uint64_t *wall_ns, *hold_ns; /* by run */
    unsigned runs;
    unsigned not_zero; /* how many of them did not end with 0 */
    int64_t only_run;  /* the number of the first */
};

/* Which of `sides` has turn number `turn` (from 0). */
unsigned turns_whose(unsigned turn, unsigned sides);

/* Adds a run. Returns 0, or -1 without memory. */
int turns_add(struct turns_side *side, const struct session_result *result);
void turns_release(struct turns_side *side);

/* The median of what is sorted for that, the least and the most, of at least one value. */
struct turns_times {
    uint64_t median, least, most;
};
struct turns_times turns_times(uint64_t *values, unsigned count);

#endif
