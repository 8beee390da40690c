/*
 * Opening a trail file. Everything about PRAGMAs, locking, versions and hardening is here; all
 * other code just uses the connection. A connection belongs to the thread that uses it.
 */
#ifndef TRAIL_DB_H
#define TRAIL_DB_H

#include "error.h"

#include <sqlite3.h>

/*
 * Opens path for recording: creates it if it is not there, sets WAL and synchronous=NORMAL. Returns
 * 0 and fills *db (close with db_close), or -1 with one of the codes NOT_A_TRAIL, OTHER_VERSION,
 * DAMAGED, LOCKED, READ_ONLY, NO_SPACE, FAILED; a file that is not ours is not touched.
 */
int db_open_for_recording(const char *path, sqlite3 **db, struct trail_error *error);

/*
 * The same, but a file that has no views gets none: the caller makes them with tables_make_views
 * when there is time, or the next one that opens the file for recording.
 */
int db_open_without_views(const char *path, sqlite3 **db, struct trail_error *error);

/*
 * Makes an empty trail file that nobody else sees, on the medium for temporary files, and that is
 * gone once it is closed; it has no views. Returns 0, or -1 and error.
 */
int db_open_scratch(sqlite3 **db, struct trail_error *error);

/*
 * Opens an existing trail file for reading only, also on a read-only medium; who may not write it
 * leaves nothing beside it. Returns 0, or -1 with a code as above or NOT_FOUND.
 */
int db_open_read_only(const char *path, sqlite3 **db, struct trail_error *error);

/*
 * The same, and lays Trail's own views and name tables as TEMP over its tables: nothing that the
 * file brought along is run.
 */
int db_open_for_viewing(const char *path, sqlite3 **db, struct trail_error *error);

/*
 * What stands at path, as file_look says, and -1 also for what SQLite takes for no file: ":memory:"
 * and URIs, and if beside it something foreign has the name of a log: SQLite itself would open a
 * FIFO, and wait.
 */
int db_look(const char *path, struct trail_error *error);

/*
 * How long this connection waits for another one's lock before it is TRAIL_LOCKED. It looks often
 * enough to find the moments that a busy recorder leaves to others.
 */
void db_set_patience(sqlite3 *db, int patience_ms);

/*
 * Keeps the triggers, views and functions that a file brought along from being run, and bounds the
 * size of a value.
 */
void db_distrust_schema(sqlite3 *db);

/*
 * Closes; the last connection puts everything into the one file, if it can be written. All
 * statements must be finalized. NULL is accepted.
 */
void db_close(sqlite3 *db);

#endif
