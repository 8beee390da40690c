/*
 * Where a quantity that is measured in groups, one after the other, changes to stay: change points
 * by binary segmentation of the ranks. What is tested is that all groups are alike, by permutation
 * of the values, so that nothing is assumed of how they are spread. All tests of a series together
 * claim a change in 1 of 100 series of groups that are alike. Of those changes only such count as
 * stand out against how the groups' levels drift (wander.h): those are found in at most 5 of 100
 * series that only drift. Pure functions, the same each time.
 */
#ifndef TRAIL_CHANGES_H
#define TRAIL_CHANGES_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#define CHANGES_ALPHA 0.01
#define CHANGES_DRIFT_ALPHA 0.05

struct series {
    const double *values; /* group after group */
    const size_t *ends;   /* of each group in them; none is empty */
    size_t groups;
};

struct change {
    size_t group; /* the first after it */
    double p;     /* by how many permutations were as far apart; at most its part of the alpha */
};

/* What the levels do by themselves, of the level, or absolute; all 0 if there is no change to
 * judge. */
struct changes_drift {
    bool is_relative;
    size_t withheld;            /* changes that do not stand out against it */
    double walk, growth, least; /* as wander.h has them */
};

/*
 * In the order of the groups; `changes` has room for one less than there are groups. Returns 0, or
 * -1 and error without memory.
 */
int changes_find(const struct series *series, struct change *changes, size_t *count,
                 struct changes_drift *drift, struct trail_error *error);

#endif
