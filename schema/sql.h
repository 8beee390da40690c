/*
 * SQL on an open connection: preparing, running, and saying what went wrong. What opens the
 * connection is db.h. A connection belongs to the thread that uses it.
 */
#ifndef TRAIL_SQL_H
#define TRAIL_SQL_H

#include "error.h"

#include <sqlite3.h>

/* Runs SQL that has no parameters and no rows. Returns 0, or -1 and error. */
int sql_run(sqlite3 *db, const char *sql, struct trail_error *error);

/* Prepares one statement; NULL and error on failure. The caller finalizes it. */
sqlite3_stmt *sql_prepare(sqlite3 *db, const char *sql, struct trail_error *error);

/*
 * Runs a statement that has no rows, and finalizes it. Returns 0, or -1 and error; -1 also for
 * NULL, of which error is told already.
 */
int sql_finish(sqlite3 *db, sqlite3_stmt *statement, struct trail_error *error);

/* The first column of the first row of a query. Returns 0, or -1 and error. */
int sql_integer(sqlite3 *db, const char *sql, sqlite3_int64 *value, struct trail_error *error);

/*
 * Fills error from the connection's last failure, with the right code and a sentence for users.
 * Always returns -1.
 */
int sql_error(sqlite3 *db, struct trail_error *error);

/*
 * Bounds each single allocation of SQLite; what is larger is SQLITE_NOMEM: it reads the record of a
 * damaged file, of any size, before it asks for a limit. Call at the start of the program: without
 * effect once SQLite is in use.
 */
void sql_bound_allocations(void);

#endif
