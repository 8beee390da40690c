/* How times are spread over the runs of one or two sides: a dot for each run. Main thread. */
#ifndef TRAIL_REPORT_DOTS_H
#define TRAIL_REPORT_DOTS_H

#include "comparison.h"

#define DOTS_ENTRY                     \
    {                                  \
        "times", "Times over the runs" \
    }

/* Writes the section. Returns 0, or -1 and error. */
int dots_write(struct page *page, const struct comparison *comparison, struct trail_error *error);

#endif
