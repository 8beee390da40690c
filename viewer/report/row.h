/* A row of a statement, by the names of its columns; the one of facts about a run. Main thread. */
#ifndef TRAIL_REPORT_ROW_H
#define TRAIL_REPORT_ROW_H

#include "viewer.h"

/* "", 0 and false for what is NULL, or a column that is not there. */
const char *row_text(sqlite3_stmt *row, const char *name);
int64_t row_number(sqlite3_stmt *row, const char *name);
bool row_has(sqlite3_stmt *row, const char *name);

/*
 * All that summary.sql has about a run, and report_facts.sql: the statement at its row, which the
 * caller finalizes. NULL and error on failure.
 */
sqlite3_stmt *row_find_facts(const struct run_reference *run, struct trail_error *error);

#endif
