/*
 * Differences as rows of output: columns for people in formats for people, else the documented data
 * columns. Main thread.
 */
#ifndef TRAIL_DIFFERENCE_ROWS_H
#define TRAIL_DIFFERENCE_ROWS_H

#include "difference.h"
#include "output.h"

/* Prints all rows; data without those that only give context. Returns 0, or -1 and error. */
int difference_rows_print(const struct differences *differences, struct output *output,
                          struct trail_error *error);

#endif
