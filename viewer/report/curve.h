/* The whole time over builds, as a curve: where a report is about runs of several. Main thread. */
#ifndef TRAIL_REPORT_CURVE_H
#define TRAIL_REPORT_CURVE_H

#include "compare/trend/trend.h"
#include "page.h"

#define CURVE_ENTRY              \
    {                            \
        "history", "Over builds" \
    }

/*
 * Finds the trend of the recordings of viewer->runs by --by, else by the label `build`; without
 * three builds or more it stays empty (build_count 0). Returns 0, or -1 and error; trend_release in
 * either case.
 */
int curve_find(struct trend *trend, const struct viewer *viewer, struct recordings *recordings,
               struct trail_error *error);

/* Writes the section. */
void curve_write(struct page *page, const struct trend *trend);

#endif
