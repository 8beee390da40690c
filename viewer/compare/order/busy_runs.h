/*
 * Runs that were recorded while the machine was busier than for the others that they are compared
 * with: by the load and by who waited for a processor before the run, by what a hypervisor took
 * and by how little stayed idle in it. What runs of one side do themselves is no reason: what was
 * idle counts among the runs of a side only. Main thread.
 */
#ifndef TRAIL_BUSY_RUNS_H
#define TRAIL_BUSY_RUNS_H

#include "buffer.h"
#include "viewer.h"

/*
 * Says in `said`, in whole lines, which of viewer->runs those are, of which the first counts[0] are
 * of one side, the next counts[1] of another ...; nothing if there is none. With --quiet-only it
 * takes them out of viewer->runs and counts, and fails if a side has none left. Returns 0, or -1
 * and error.
 */
int busy_runs(struct viewer *viewer, size_t *counts, size_t sides, struct buffer *said,
              struct trail_error *error);

#endif
