/*
 * What runs are like in numbers (measures.h) as a source of rows; on the way each run learns how
 * long it took without what was held. Main thread.
 */
#ifndef TRAIL_MEASURE_ROWS_H
#define TRAIL_MEASURE_ROWS_H

#include "fleet/measures.h"
#include "row_stream.h"
#include "viewer.h"

struct measure_rows {
    struct row_source source;
    const struct database *database; /* private, as all below */
    struct measures measures;
    struct pushed_run *run;
    struct buffer rows; /* of the run: each with its length before it */
    size_t taken;
};

/* Of this file. */
void measure_rows_open(struct measure_rows *rows, const struct database *database);
void measure_rows_release(struct measure_rows *rows);

#endif
