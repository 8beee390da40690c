/* The rows of some runs of a fleet, brought into an empty trail file. Main thread. */
#ifndef TRAIL_PULL_TABLES_H
#define TRAIL_PULL_TABLES_H

#include "fleet/server.h"

#include <sqlite3.h>

/*
 * Fills the tables of `to` with what the server has of the runs that fit `condition`, which is SQL
 * on the columns program, build, start and copy over there. Then the table temp.counted has of each
 * run (id) its copy, and how many rows there are of it, with those that only the server has.
 * Returns 0, or -1 and error.
 */
int pull_tables(struct server *server, const char *condition, sqlite3 *to,
                struct trail_error *error);

#endif
