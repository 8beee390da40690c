/*
 * Differences as rows of output: columns for people in formats for people, else the documented data
 * columns. Main thread.
 */
#ifndef TRAIL_DIFFERENCE_ROWS_H
#define TRAIL_DIFFERENCE_ROWS_H

#include "difference.h"
#include "output.h"

/*
 * Prints all rows; data without those that only give context, and behind the sentences of the
 * answer, a line each, which formats for people have around the rows. Returns 0, or -1 and error.
 */
int difference_rows_print(const struct differences *differences, const char *answer,
                          struct output *output, struct trail_error *error);

#endif
