/* The failed loads of runs, as the view failed_loads has them, as a source of rows. Main thread. */
#ifndef TRAIL_FAILED_ROWS_H
#define TRAIL_FAILED_ROWS_H

#include "compare/model/statements.h"
#include "row_stream.h"

struct failed_rows {
    struct row_source source;
    sqlite3 *db;
    struct statements statements; /* private, as is `row` */
    sqlite3_stmt *row;
};

/* Of this file. */
void failed_rows_open(struct failed_rows *failed, sqlite3 *db);
void failed_rows_release(struct failed_rows *failed);

#endif
