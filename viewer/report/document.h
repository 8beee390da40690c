/*
 * A report as one page: of one run, of two, of a set of runs or of two sets. Main thread.
 */
#ifndef TRAIL_REPORT_DOCUMENT_H
#define TRAIL_REPORT_DOCUMENT_H

#include "comparison.h"
#include "curve.h"

struct document {
    struct viewer *viewer;
    size_t counts[2];              /* how many of viewer->runs are whose */
    struct comparison comparison;  /* of more than one run */
    struct trend trend;            /* over their builds; empty where there are few */
    struct run_reference shown[2]; /* of each side the run whose details are shown */
    sqlite3_stmt *facts[2];        /* about those (row.h) */
    struct buffer title;
    struct buffer file_name; /* for a report that no name was given for */
};

/*
 * Finds out what the report is about: `names` is how the user called each side, whose runs are in
 * viewer->runs. `document` is all zero before. Returns 0, or -1 and error; document_release in
 * either case.
 */
int document_init(struct document *document, struct viewer *viewer, const char *const *names,
                  const size_t *counts, size_t side_count, struct trail_error *error);
void document_release(struct document *document);

/* Writes the page. Returns 0, or -1 and error. */
int document_write(struct document *document, FILE *stream, struct trail_error *error);

#endif
