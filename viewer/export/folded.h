/*
 * The stacks of the looks as flame graphs want them: "process;module!function;...;call count", a
 * line each, the outermost first. Main thread.
 */
#ifndef TRAIL_FOLDED_H
#define TRAIL_FOLDED_H

#include "sink.h"

#include <sqlite3.h>

/* `db` is open for viewing. 0, or -1 and error; *lines counts up. */
int folded_write(struct sink *sink, sqlite3 *db, sqlite3_int64 run, size_t *lines,
                 struct trail_error *error);

#endif
