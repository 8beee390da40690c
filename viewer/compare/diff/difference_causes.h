/* Differences of why modules were loaded: by whose import, or asked for. */
#ifndef TRAIL_DIFFERENCE_CAUSES_H
#define TRAIL_DIFFERENCE_CAUSES_H

#include "difference_list.h"

/*
 * Adds a row for each load whose cause is one and the same in all runs of a side, and another on
 * the other side, where both that it came by are on both sides. It counts where a side has several
 * runs: of two runs, threads may have taken turns. Returns 0, or -1 and error. Main thread.
 */
int difference_causes_find(struct differences *differences, struct trail_error *error);

#endif
