/* The timeline as a picture that stands still: SVG in the page. Main thread. */
#ifndef TRAIL_REPORT_TIMELINE_PICTURE_H
#define TRAIL_REPORT_TIMELINE_PICTURE_H

#include "draw/lanes.h"
#include "page.h"

/* Of a run so many processes; there are as many more as the page says. */
enum { PICTURE_LANES_AT_MOST = 40 };

/* Writes the picture of these runs on one scale. */
void timeline_picture_write(struct page *page, const struct lanes *runs, size_t count);

#endif
