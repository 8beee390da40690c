/* Reads runs of trail files into memory. Main thread. */
#ifndef TRAIL_RECORDINGS_READ_H
#define TRAIL_RECORDINGS_READ_H

#include "recordings.h"
#include "statements.h"

/*
 * Adds one run of an open file by statements that serve all runs of it; `path` must outlive the
 * recordings. Returns 0, or -1 and error.
 */
int recordings_read(struct recordings *recordings, struct statements *statements, sqlite3 *db,
                    const char *path, int64_t run, struct trail_error *error);

#endif
