/*
 * Processes with their images and exits, threads, exceptions and debug strings. Main thread.
 */
#ifndef TRAIL_DIFFERENCE_TALLIES_H
#define TRAIL_DIFFERENCE_TALLIES_H

#include "difference_list.h"

/* Adds the rows. Returns 0, or -1 and error. */
int difference_tallies_find(struct differences *differences, struct trail_error *error);

#endif
