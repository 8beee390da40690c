/* From the rows of a run to a job: its raw stacks, and which modules lay where. */
#ifndef TRAIL_COLLECT_H
#define TRAIL_COLLECT_H

#include "error.h"
#include "job.h"
#include "os_shared.h"

#include <sqlite3.h>

/*
 * The job of a run in memory to be freed with os_shared_free; at most JOB_STACKS_MAX of its stacks.
 * NULL and error on failure.
 */
struct os_shared *collect_job(sqlite3 *db, int64_t run_id, struct trail_error *error);

#endif
