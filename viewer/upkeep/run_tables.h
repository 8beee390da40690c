/*
 * The tables that hold rows of runs, as the file's own schema has them: each with a column run_id.
 * What copies or deletes runs goes by them, so that a new table needs no word here. Main thread.
 */
#ifndef TRAIL_RUN_TABLES_H
#define TRAIL_RUN_TABLES_H

#include "error.h"

#include <sqlite3.h>
#include <stddef.h>

struct run_tables {
    char **names;
    size_t count;
};

/* Fills (all zero before). Returns 0, or -1 and error; release in either case. */
int run_tables_find(struct run_tables *tables, sqlite3 *db, struct trail_error *error);
void run_tables_release(struct run_tables *tables);

#endif
