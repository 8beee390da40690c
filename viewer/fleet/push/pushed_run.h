/*
 * A run on its way: what it is found by over there, and its row in the table run, the last one of a
 * copy. Main thread.
 */
#ifndef TRAIL_PUSHED_RUN_H
#define TRAIL_PUSHED_RUN_H

#include "mirror.h"

/*
 * Fills (all zero before) what a file says of a run. Returns 1, 0 if it is still being recorded, or
 * -1 and error; pushed_run_release in any case.
 */
int pushed_run_describe(struct pushed_run *pushed, struct statements *statements, sqlite3 *db,
                        sqlite3_int64 run, struct trail_error *error);
void pushed_run_release(struct pushed_run *pushed);

/*
 * Makes it a new copy, of which nothing was sent: a random number that begins with what is sent,
 * in both of its halves, of which ClickHouse sorts by one.
 */
void pushed_run_new_copy(struct pushed_run *pushed, unsigned sent);

/* The rows of table run; `mirror` has the file open. */
struct run_rows {
    struct row_source source;
    struct mirror *mirror; /* all of this is private */
    struct statements *statements;
    struct buffer columns;
    sqlite3 *db;
    unsigned sent;
    struct pushed_run *next;
};

/* Returns 0, or -1 and error; run_rows_release in either case. */
int run_rows_open(struct run_rows *rows, struct mirror *mirror, struct statements *statements,
                  sqlite3 *db, unsigned sent, struct trail_error *error);
void run_rows_release(struct run_rows *rows);

#endif
