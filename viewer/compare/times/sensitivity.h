/*
 * What a comparison of times could have shown: the smallest change that samples like these would
 * give away, by the error of the step between them. Pure functions.
 */
#ifndef TRAIL_SENSITIVITY_H
#define TRAIL_SENSITIVITY_H

#include "evidence.h"

struct sensitivity {
    double share;        /* of the median of a: such a slowdown is found in 19 of 20 comparisons */
    double runs_of_five; /* runs a side, taking turns, for 5 % to be found as often */
};

/*
 * Of the whole, as questions.h tests it. Both are NAN where no change up to 16 times the median
 * would be found. Returns 0, or -1 and error without memory.
 */
int sensitivity_find(const struct evidence_samples *samples, const struct evidence_floors *floors,
                     struct sensitivity *sensitivity, struct trail_error *error);

#endif
