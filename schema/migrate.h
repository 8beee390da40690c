/*
 * The tables, views and names of a trail file: making them in a new file, bringing an older file up
 * to date, and laying them over one that is only viewed. Which version a file has, and whether it
 * is a trail file at all, db.c has found out.
 */
#ifndef TRAIL_MIGRATE_H
#define TRAIL_MIGRATE_H

#include "error.h"

#include <sqlite3.h>

/*
 * Brings the file from `version` (0: it is empty) to DB_VERSION, inside the caller's transaction.
 * Returns 0, or -1 and error.
 */
int migrate_to_current(sqlite3 *db, sqlite3_int64 version, struct trail_error *error);

/*
 * Lays Trail's own views and the names of kinds and codes as TEMP over the tables of a file of that
 * version; the TEMP tables kind and code are there already. The file itself is not changed. Returns
 * 0, or -1 and error.
 */
int migrate_lay_views(sqlite3 *db, sqlite3_int64 version, struct trail_error *error);

#endif
