/*
 * Bringing in what a recorder that died left behind: the records in its ring's file become rows of
 * its run. Both programs do that when they open a file; the implementation is in recorder/store/,
 * which alone knows how an event becomes rows, and is linked into both.
 *
 * A run is left behind if its state is `recording` and nobody holds its ring's file. A file in the
 * ring's place that is no ring of that run, or of another version, is neither read nor removed.
 */
#ifndef TRAIL_RECOVERY_H
#define TRAIL_RECOVERY_H

#include "error.h"

#include <sqlite3.h>
#include <stdint.h>

/*
 * What was done for one run: how many events came in from its ring, and, if something else stands
 * in the place of its ring, a sentence that names it; else NULL.
 */
typedef void (*recovery_report)(void *context, int64_t run_id, uint64_t events,
                                const char *left_alone);

/*
 * Recovers all runs that were left behind, on a recording connection, and reports each if `report`
 * is not NULL. Returns how many there were, or -1 and error if one could not be recovered; that one
 * stays as it is, and can be later.
 */
int recovery_bring_in(sqlite3 *db, recovery_report report, void *context,
                      struct trail_error *error);

/* The same for a file that is not open; does nothing (0) where no run of it was left behind. */
int recovery_of_file(const char *path, recovery_report report, void *context,
                     struct trail_error *error);

/*
 * Where the ring of a run is: "/data/trail.db-run7.ring", beside the file that is really open, by
 * whatever name or link it was opened. To be freed with sqlite3_free; NULL if out of memory.
 */
char *recovery_ring_path(sqlite3 *db, int64_t run_id);

#endif
