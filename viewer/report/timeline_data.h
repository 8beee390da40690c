/* The lanes of a run as JSON that can stand in a page: page.js reads it. Main thread. */
#ifndef TRAIL_REPORT_TIMELINE_DATA_H
#define TRAIL_REPORT_TIMELINE_DATA_H

#include "draw/lanes.h"
#include "page.h"

/* Writes one object. Returns 0, or -1 and error. */
int timeline_data_write(struct page *page, struct lanes *lanes, struct trail_error *error);

#endif
