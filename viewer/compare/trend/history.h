/* What history prints, and what check asks of it. Main thread. */
#ifndef TRAIL_HISTORY_H
#define TRAIL_HISTORY_H

#include "trend.h"

/*
 * Prints the trend of the runs that the command line names (all, if none) in the format that was
 * asked for. `last`: if not 0, whether a change began in so many of the last builds is said, and
 * makes the result 1. Returns 0, 1, or -1 and error.
 */
int history_print(struct viewer *viewer, size_t last, struct trail_error *error);

/* The same of a trend that was found. */
int history_print_trend(struct viewer *viewer, const struct trend *trend, size_t last,
                        struct trail_error *error);

#endif
