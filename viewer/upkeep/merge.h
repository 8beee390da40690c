/*
 * Copying the runs of one trail file into another. A run is known by its uuid: one that is there
 * already is left as it is, so that merging again changes nothing. Main thread.
 */
#ifndef TRAIL_MERGE_H
#define TRAIL_MERGE_H

#include "error.h"

#include <sqlite3.h>

/* What became of a run: its number here and there, and whether it was copied just now. */
typedef int (*merge_report)(void *context, sqlite3_int64 run, sqlite3_int64 there, int is_new,
                            struct trail_error *error);

/*
 * Copies all runs of `from`, open for viewing, into `to`, open for recording: all of them or, when
 * it fails or is killed, none. A run that is still being recorded is refused. Returns 0, or -1 and
 * error.
 */
int merge_runs(sqlite3 *from, sqlite3 *to, merge_report report, void *context,
               struct trail_error *error);

#endif
