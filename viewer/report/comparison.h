/*
 * The runs of a report in memory, as one or two sides, and what differs between two. Main thread.
 */
#ifndef TRAIL_REPORT_COMPARISON_H
#define TRAIL_REPORT_COMPARISON_H

#include "compare/diff/difference.h"
#include "page.h"

#define DIFFERENCES_ENTRY            \
    {                                \
        "differences", "Differences" \
    }
#define RUNS_ENTRY     \
    {                  \
        "runs", "Runs" \
    }

struct comparison {
    struct recordings *recordings;
    struct side sides[2];
    size_t side_count;
    const char *names[2]; /* as the user called the sides */
    struct difference_options options;
    struct differences differences; /* of two sides */
    struct buffer answer;           /* the sentences about them, a line each */
    struct buffer conclusion;       /* what diff says of order and times below its table */
    struct buffer busy;             /* which runs were on a busier machine */
};

/*
 * Reads all of viewer->runs, of which `counts` are those of each side, and compares two sides.
 * `comparison` is all zero before but for the names and side_count. Returns 0, or -1 and error;
 * comparison_release in either case.
 */
int comparison_init(struct comparison *comparison, struct viewer *viewer, size_t *counts,
                    struct trail_error *error);
void comparison_release(struct comparison *comparison);

/* The run of a side that took neither long nor short: its place in viewer->runs. */
size_t comparison_typical_run(const struct comparison *comparison, size_t side);

/* A line about a side. */
void comparison_describe(const struct comparison *comparison, size_t side, struct buffer *out);

/* The sections. Each returns 0, or -1 and error. */
int comparison_write_differences(struct page *page, const struct comparison *comparison,
                                 struct trail_error *error);
int comparison_write_runs(struct page *page, const struct comparison *comparison,
                          struct trail_error *error);

#endif
