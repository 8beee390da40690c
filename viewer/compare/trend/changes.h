/*
 * Where a quantity that is measured in groups, one after the other, changes to stay: change points
 * by binary segmentation of the ranks. What is tested is that all groups are alike, by permutation,
 * so that nothing is assumed of how the values are spread: of runs, or, where groups differ more
 * from their neighbours than their own runs do, of whole groups. All tests of a series together
 * claim a change in 1 of 100 series that have none. Pure functions, the same each time.
 */
#ifndef TRAIL_CHANGES_H
#define TRAIL_CHANGES_H

#include "error.h"

#include <stddef.h>

#define CHANGES_ALPHA 0.01

struct series {
    const double *values; /* group after group */
    const size_t *ends;   /* of each group in them; none is empty */
    size_t groups;
};

struct change {
    size_t group; /* the first after it */
    double p;     /* by how many permutations were as far apart; at most its part of the alpha */
};

/*
 * In the order of the groups; `changes` has room for one less than there are groups. Returns 0, or
 * -1 and error without memory.
 */
int changes_find(const struct series *series, struct change *changes, size_t *count,
                 struct trail_error *error);

#endif
