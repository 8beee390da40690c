/*
 * Which runs rules were learned from: comments in the learned part, "# runs UUID UUID", so that who
 * takes runs away knows which are still needed, in any file. Main thread.
 */
#ifndef TRAIL_NAMED_RUNS_H
#define TRAIL_NAMED_RUNS_H

#include "buffer.h"
#include "rules/rules.h"

#include <sqlite3.h>

/* Adds the uuid of a run, nothing if it has none. Returns 0, or -1 and error. */
int named_runs_uuid(struct buffer *out, sqlite3 *db, sqlite3_int64 run, struct trail_error *error);

/*
 * Adds the uuid of one more run to the comments in `out`, which hold nothing else. One that no
 * trailrec makes is left out. Returns 0, or -1 and error.
 */
int named_runs_add(struct buffer *out, sqlite3 *db, sqlite3_int64 run, struct trail_error *error);

/*
 * The next uuid of a rules file, not terminated: *at is NULL before the first. NULL: no more.
 */
const char *named_runs_next(const struct rules *rules, const char **at, size_t *length);

#endif
