/*
 * Sets of runs: which modules a side always or never loads, how often, and which builds of them
 * from where. Main thread.
 */
#ifndef TRAIL_DIFFERENCE_MODULES_H
#define TRAIL_DIFFERENCE_MODULES_H

#include "difference_list.h"

/* Adds the rows. Returns 0, or -1 and error. */
int difference_modules_find(struct differences *differences, struct trail_error *error);

#endif
