/* What happened in a run: loads, exceptions, debug strings and marks, in order. Main thread. */
#ifndef TRAIL_READING_DETAILS_H
#define TRAIL_READING_DETAILS_H

#include "reading.h"

/*
 * Takes a row of recording_details.sql - a load, an exception, a debug string or a mark - that is
 * of this event. Returns 0, or -1 and error.
 */
int reading_take_detail(struct reading *reading, const struct moment *moment, sqlite3_stmt *row);

#endif
