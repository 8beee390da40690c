/*
 * After a recording: the copies of stacks (raw_stack) become frames (frame, stack, kept_stack),
 * and are deleted. The files that this reads are the target's, so it is done in a process of its
 * own with limits (walk.h); what cannot be unwound is kept as unknown. The thread of the
 * connection.
 */
#ifndef TRAIL_UNWIND_H
#define TRAIL_UNWIND_H

#include "error.h"

#include <sqlite3.h>
#include <stdbool.h>

/*
 * For all runs of the file that are not being recorded: also what a killed recorder left. No
 * run is begun after time_ms, and its stacks have as long; what is not done then stays for the next
 * time. Returns 0, or -1 and error
 * if the file cannot be written.
 */
int unwind_all(sqlite3 *db, bool asks_debuginfod, unsigned time_ms, struct trail_error *error);

#endif
