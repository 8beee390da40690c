/*
 * Phases between marks, totals, and the time to each module from what its thread did before, so
 * that one slow step is not said of all that come after it. Of sets: distributions, with a
 * correction for all that is tested. Half of the chance of a false claim is the phases', which
 * are few. Where the sides did not take turns, a change must stand out from the drift within
 * them too. Of single runs: shown, without a claim. Main thread.
 */
#ifndef TRAIL_DIFFERENCE_TIMES_H
#define TRAIL_DIFFERENCE_TIMES_H

#include "difference_list.h"

/* Adds the rows. Returns 0, or -1 and error. */
int difference_times_find(struct differences *differences, struct trail_error *error);

#endif
