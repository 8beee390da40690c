/*
 * Filling a roster from a file: what was alive after the last event that the file holds. Writer
 * thread, or recovery.
 */
#ifndef TRAIL_ROSTER_LOAD_H
#define TRAIL_ROSTER_LOAD_H

#include "error.h"
#include "roster.h"

#include <sqlite3.h>

/*
 * Fills an empty roster with the run's living processes, their threads and modules. Returns 0, or
 * -1 and error.
 */
int roster_load(struct roster *roster, sqlite3 *db, int64_t run_id, struct trail_error *error);

#endif
