/* A row of a statement, by the names of its columns. Main thread. */
#ifndef TRAIL_REPORT_ROW_H
#define TRAIL_REPORT_ROW_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* "", 0 and false for what is NULL, or a column that is not there. */
const char *row_text(sqlite3_stmt *row, const char *name);
int64_t row_number(sqlite3_stmt *row, const char *name);
bool row_has(sqlite3_stmt *row, const char *name);

#endif
