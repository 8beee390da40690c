/*
 * One run against another: processes, threads, exceptions and debug strings that come in another
 * order. How many there are is said elsewhere. Main thread.
 */
#ifndef TRAIL_DIFFERENCE_STEPS_H
#define TRAIL_DIFFERENCE_STEPS_H

#include "difference_list.h"

/* Adds the rows. Returns 0, or -1 and error. */
int difference_steps_find(struct differences *differences, struct trail_error *error);

#endif
