/* What runs of a fleet share: modules with their imports, frames and stacks. Main thread. */
#ifndef TRAIL_PULL_SHARED_H
#define TRAIL_PULL_SHARED_H

#include "pull_rows.h"

/*
 * Brings in what the runs refer to that fit `condition`, SQL on columns that all tables have over
 * there. Returns 0, or -1 and error.
 */
int pull_shared(struct pulling *pulling, const char *condition);

#endif
