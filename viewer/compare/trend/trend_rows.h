/* A trend as rows, a build each, and as a line of signs. Main thread. */
#ifndef TRAIL_TREND_ROWS_H
#define TRAIL_TREND_ROWS_H

#include "output.h"
#include "trend.h"

/* Returns 0, or -1 and error. */
int trend_rows_print(const struct trend *trend, struct output *output, struct trail_error *error);

/* A sign for each build, or for several neighbours: as high as the median is. */
void trend_add_spark(const struct trend *trend, struct buffer *out);

#endif
