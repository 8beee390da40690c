/*
 * What is said of one run before anything else: a few sentences, which follow from what was
 * recorded. Main thread.
 */
#ifndef TRAIL_REPORT_ANSWER_H
#define TRAIL_REPORT_ANSWER_H

#include "buffer.h"

#include <sqlite3.h>

/* Adds the sentences, a line each, not escaped; `facts` is row_find_facts's. */
void answer_of_run(struct buffer *out, sqlite3_stmt *facts);

/* How the run ended, in words: "exit code 0". */
void answer_ending(struct buffer *out, sqlite3_stmt *facts);

#endif
