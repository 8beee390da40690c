/*
 * What happened in a run: loads, exceptions, debug strings, failed loads and marks, in order. Main
 * thread.
 */
#ifndef TRAIL_READING_DETAILS_H
#define TRAIL_READING_DETAILS_H

#include "reading.h"

/*
 * Takes a row of recording_details.sql that is of this event. Returns 0, or -1 and error.
 */
int reading_take_detail(struct reading *reading, const struct moment *moment, sqlite3_stmt *row);

/* Adds a failed load, whose key is found here. Returns 0, or -1 and error. */
int reading_add_failure(struct reading *reading, const struct recorded_failure *failure);

#endif
