/*
 * By what the modules, processes and marks of several runs correspond: keys (module_key.h) and
 * roles, and from them elements. Main thread.
 */
#ifndef TRAIL_KEYS_H
#define TRAIL_KEYS_H

#include "compare/model/recordings.h"

/*
 * Fills keys, roles, occurrences, steps and elements once all runs are read. Returns 0, or -1 and
 * error.
 */
int keys_assign(struct recordings *recordings, struct trail_error *error);

#endif
