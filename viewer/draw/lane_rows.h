/* The lanes of a run as rows: for programs, and for formats that are tables. Main thread. */
#ifndef TRAIL_LANE_ROWS_H
#define TRAIL_LANE_ROWS_H

#include "draw/lanes.h"
#include "output.h"

int lane_rows_begin(struct output *output, struct trail_error *error);
/* Process after process: itself, its phases and bars; then threads, exceptions. Returns 0, or -1,
 * error. */
int lane_rows_print(struct output *output, struct lanes *lanes, struct trail_error *error);

#endif
