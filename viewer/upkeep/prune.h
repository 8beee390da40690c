/*
 * Taking runs out of a trail file, and giving the space back. All on a connection that is open for
 * recording. Main thread.
 */
#ifndef TRAIL_PRUNE_H
#define TRAIL_PRUNE_H

#include "error.h"

#include <sqlite3.h>
#include <stdbool.h>

/* Whether something stands where the ring of that run would: it is somebody's, and stays. */
bool prune_has_ring(sqlite3 *db, sqlite3_int64 run);

/*
 * Takes the run away with all its rows, as a whole or, when it fails or is killed, not at all.
 * Returns 1 if it is gone now, 0 if it is being recorded or has a ring, -1 and error.
 */
int prune_run(sqlite3 *db, sqlite3_int64 run, struct trail_error *error);

/*
 * Takes away the modules, frames and stacks that no run needs any more; nothing while a run is
 * recorded, whose recorder may have looked them up. Returns 0, or -1 and error.
 */
int prune_shared(sqlite3 *db, struct trail_error *error);

/* Gives free pages back to the medium, a few at a time. Returns 0, or -1 and error. */
int prune_give_back(sqlite3 *db, struct trail_error *error);

#endif
