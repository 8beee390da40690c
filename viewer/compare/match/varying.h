/*
 * Names and folders that chance makes, learned from the runs: what is left over by name, but is the
 * same build, is one module with a name that varies; and a build that comes from another folder in
 * each run lies in one that varies. Main thread.
 */
#ifndef TRAIL_VARYING_H
#define TRAIL_VARYING_H

#include "compare/model/recordings.h"

/*
 * Writes {any} (place.h) into keys and places, once all runs are read and before anything is made
 * of them. In time n log n for n loads. Returns 0, or -1 and error without memory.
 */
int varying_find(struct recordings *recordings, struct trail_error *error);

#endif
