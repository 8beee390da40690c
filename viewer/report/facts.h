/* The one row of facts about a run: all that summary.sql has, and more. Main thread. */
#ifndef TRAIL_REPORT_FACTS_H
#define TRAIL_REPORT_FACTS_H

#include "viewer.h"

/*
 * The statement at its row, for row.h; its columns are those of summary.sql and report_facts.sql.
 * The caller finalizes it. NULL and error on failure.
 */
sqlite3_stmt *facts_find(const struct run_reference *run, struct trail_error *error);

#endif
