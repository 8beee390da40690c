/*
 * What differs between two sides, as rows. A single run on both sides is compared load by load;
 * where a side has several runs, only what each side always does counts, times are compared as
 * distributions, and an order only if it was learned (order.h). Main thread.
 */
#ifndef TRAIL_DIFFERENCE_H
#define TRAIL_DIFFERENCE_H

#include "difference_list.h"

/*
 * Fills differences (all zero before; a and b are of the same recordings, and the one that an order
 * is learned from - a, if it has the runs - has learned that of loads, if that is asked for).
 * Returns 0, or -1 and error; differences_release in either case.
 */
int differences_find(struct differences *differences, const struct side *a, const struct side *b,
                     const struct difference_options *options, struct trail_error *error);
void differences_release(struct differences *differences);

#endif
