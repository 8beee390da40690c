/*
 * The tables, views and names of a trail file: making them in a new file, and laying the views over
 * a file that is only viewed. Until version 1.0 there is one format, and no way from another.
 */
#ifndef TRAIL_TABLES_H
#define TRAIL_TABLES_H

#include "error.h"

#include <sqlite3.h>
#include <stdbool.h>

enum {
    TABLES_APPLICATION_ID = 0x5472616C, /* "Tral" in PRAGMA application_id */
    TABLES_VERSION = 4                  /* PRAGMA user_version: the number of the format */
};

/*
 * Makes an empty file a trail file, inside the caller's transaction; its views are still missing.
 * Returns 0, or -1 and error.
 */
int tables_make(sqlite3 *db, struct trail_error *error);

/*
 * Whether the file has views, and making them if it has none, inside the caller's transaction: that
 * takes as long as all the rest. Returns 0, or -1 and error.
 */
bool tables_have_views(sqlite3 *db);
int tables_make_views(sqlite3 *db, struct trail_error *error);

/*
 * Lays Trail's own views and the names of kinds and codes as TEMP over the tables of the file,
 * which is not changed. Returns 0, or -1 and error.
 */
int tables_lay_views(sqlite3 *db, struct trail_error *error);

#endif
