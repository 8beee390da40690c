/*
 * Rows that a fleet's server sends, brought into the tables of a trail file. What is shared there
 * by names - UUIDs of runs (their copies), modules, frames, stacks - has numbers here. Main thread.
 */
#ifndef TRAIL_PULL_ROWS_H
#define TRAIL_PULL_ROWS_H

#include "fleet/server.h"
#include "fleet/tsv.h"

#include <sqlite3.h>

enum pulled_kind { PULLED_RUN, PULLED_MODULE, PULLED_FRAME, PULLED_STACK, PULLED_KINDS };

/* All zero but for server and to, of which both outlive it. Error is where all of it fails. */
struct pulling {
    struct server *server;
    sqlite3 *to;
    struct trail_error *error;
    sqlite3_stmt *find, *add; /* private */
};

/*
 * Makes the table temp.pulled (kind, name, id), which has what was pulled so far. Returns 0, or -1
 * and error; pull_rows_end in either case.
 */
int pull_rows_begin(struct pulling *pulling);
void pull_rows_end(struct pulling *pulling);

/* The number of what has that name, 0 for none; an error if there is no such thing. 0 or -1. */
int pull_rows_find(struct pulling *pulling, enum pulled_kind kind, const struct tsv_value *name,
                   sqlite3_int64 *id);
int pull_rows_add(struct pulling *pulling, enum pulled_kind kind, const struct tsv_value *name,
                  sqlite3_int64 id);

/* Asks SELECT ... FROM ... and hands the rows, of so many columns, to `take`. 0 or -1. */
int pull_rows_ask(struct pulling *pulling, const char *select, const char *from, size_t columns,
                  tsv_take take, void *context);

/*
 * Brings in all rows of a table that `from` has, with the table's own columns. `find`: of a table
 * that has each row once, how the one that is there is found; its parameters are the columns. 0 or
 * -1.
 */
int pull_rows_of(struct pulling *pulling, const char *table, const char *from, const char *find);

#endif
