/*
 * What each run did, step by step, with the names by which steps of several runs are the same. Main
 * thread.
 */
#ifndef TRAIL_STEPS_H
#define TRAIL_STEPS_H

#include "compare/model/recordings.h"

/*
 * Fills the steps and elements of all runs, once their loads have keys and their processes roles.
 * Returns 0, or -1 and error.
 */
int steps_make(struct recordings *recordings, struct trail_error *error);

#endif
