/*
 * One run against another, load by load: the sequences of each process are aligned, and what is
 * on one side only is an addition, a removal or, with its like on the other side, a move. Main
 * thread.
 */
#ifndef TRAIL_DIFFERENCE_LOADS_H
#define TRAIL_DIFFERENCE_LOADS_H

#include "difference_list.h"

/* Adds the rows. Returns 0, or -1 and error. */
int difference_loads_find(struct differences *differences, struct trail_error *error);

#endif
