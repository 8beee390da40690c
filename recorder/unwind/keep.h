/* What was found becomes rows: frames and stacks that the file has already are not kept twice. */
#ifndef TRAIL_KEEP_H
#define TRAIL_KEEP_H

#include "error.h"
#include "job.h"

#include <sqlite3.h>

/*
 * Keeps the results of the first `done` stacks of a job (see job.h for `known`), and deletes their
 * copies, in one transaction. Returns 0, or -1 and error: then nothing has changed.
 */
int keep_results(sqlite3 *db, int64_t run_id, struct job *job, struct job *known, uint32_t done,
                 struct trail_error *error);

#endif
