/*
 * Rows as a table of the page, in a section of its own. The first rows stand in a table; where
 * there are more, the rest stands in a noscript element, from which the page's script takes it.
 * Main thread.
 */
#ifndef TRAIL_REPORT_TABLE_H
#define TRAIL_REPORT_TABLE_H

#include "page.h"
#include "query.h"

/* What stands around the rows; id and heading are markup of ours. */
struct table_words {
    const char *id, *heading;
    const char *note;    /* what the rows are, below the heading; may be NULL */
    const char *nothing; /* instead of a table without rows */
    const char *all;     /* the command that prints all rows where a page has not all */
};

/*
 * The page's `output` makes a table of the next rows that are put through it, within a section that
 * has these words.
 */
void table_prepare(struct page *page, const struct table_words *words);

/* The rows of a query over one run. Returns 0, or -1 and error. */
int table_query(struct page *page, const struct run_reference *run, const struct query *query,
                const struct table_words *words, struct trail_error *error);

#endif
