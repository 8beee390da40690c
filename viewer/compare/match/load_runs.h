/* The runs that the command line named, brought into memory for comparing. Main thread. */
#ifndef TRAIL_LOAD_RUNS_H
#define TRAIL_LOAD_RUNS_H

#include "compare/model/recordings.h"
#include "viewer.h"

/* How much of each run: see recordings.h. */
enum load_extent { LOAD_ALL, LOAD_LOADS, LOAD_LOADS_WITHOUT_STEPS };

/*
 * All of viewer->runs, in order. NULL and error on failure; free with recordings_free. load_sides:
 * all of each run, as the two sides of a comparison, of which the second begins at that run; 0:
 * there is only one.
 */
struct recordings *load_runs(const struct viewer *viewer, enum load_extent extent,
                             struct trail_error *error);
struct recordings *load_sides(const struct viewer *viewer, size_t second_side,
                              struct trail_error *error);

#endif
