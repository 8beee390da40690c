/*
 * What a set of runs has in common, as rows of output: columns for people in formats for people,
 * else the documented data columns. Main thread.
 */
#ifndef TRAIL_STATS_ROWS_H
#define TRAIL_STATS_ROWS_H

#include "output.h"
#include "compare/model/recordings.h"

enum stats_part { STATS_LOADS, STATS_TIME, STATS_GAPS, STATS_FLAKY, STATS_ORDER, STATS_PARTS };

/* What a row says; NULL, SIZE_MAX and NAN are nothing. */
struct stats_row {
    enum stats_part part;
    uint32_t role, name, other;
    const char *presence, *note;
    size_t runs, of_runs, least, most, builds, group;
    double median, low, high, mad, step, held; /* ns */
};

/* A result while its rows are printed. */
struct stats_rows {
    struct output *output;
    const struct recordings *all;
};

const char *stats_part_name(enum stats_part part); /* "loads" */

/* A row of that part that says nothing yet. */
struct stats_row stats_row_of(enum stats_part part);

/* As output_begin and output_row; output_end ends it */
int stats_rows_begin(struct stats_rows *rows, struct output *output, const struct recordings *all,
                     struct trail_error *error);
int stats_rows_add(struct stats_rows *rows, const struct stats_row *row, struct trail_error *error);

#endif
