/* The labels of a run: adding, changing, taking away. Main thread. */
#ifndef TRAIL_LABELS_H
#define TRAIL_LABELS_H

#include "error.h"

#include <sqlite3.h>

/*
 * What `text`, "KEY=VALUE" or, to take it away, "KEY=", does to a run: "added", "changed",
 * "removed", or why nothing is to be done. On a connection that is open for recording. NULL and
 * error on failure.
 */
const char *labels_set(sqlite3 *db, sqlite3_int64 run, const char *text, struct trail_error *error);

#endif
