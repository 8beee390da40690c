/*
 * The timeline of one run, or of two on one scale: a picture for who has no script or prints, and
 * the lanes as data, from which the page's script draws one that can be zoomed and searched. Main
 * thread.
 */
#ifndef TRAIL_REPORT_TIMELINE_H
#define TRAIL_REPORT_TIMELINE_H

#include "page.h"

#define TIMELINE_ENTRY         \
    {                          \
        "timeline", "Timeline" \
    }

/* Writes the section. Returns 0, or -1 and error. */
int timeline_write(struct page *page, const struct run_reference *runs, size_t count,
                   struct trail_error *error);

#endif
