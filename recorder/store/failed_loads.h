/*
 * What a run's start-ups could not load, in sentences for the one who has just recorded it.
 */
#ifndef TRAIL_FAILED_LOADS_H
#define TRAIL_FAILED_LOADS_H

#include <sqlite3.h>
#include <stdint.h>

enum { FAILED_LOADS_MAX = 4, FAILED_LOAD_BYTES = 512 };

struct failed_loads {
    char sentences[FAILED_LOADS_MAX][FAILED_LOAD_BYTES]; /* the first of them; UTF-8 */
    unsigned count;                                      /* of all */
};

/* What cannot be read is not said. */
void failed_loads_find(sqlite3 *db, int64_t run_id, struct failed_loads *loads);

#endif
