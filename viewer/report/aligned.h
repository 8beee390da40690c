/* The loads of two runs side by side, aligned process by process. Main thread. */
#ifndef TRAIL_REPORT_ALIGNED_H
#define TRAIL_REPORT_ALIGNED_H

#include "compare/model/recordings.h"
#include "page.h"

#define ALIGNED_ENTRY             \
    {                             \
        "aligned", "Side by side" \
    }

/* Writes the section, of two of the recordings. Returns 0, or -1 and error. */
int aligned_write(struct page *page, const struct recordings *all, const struct recording *a,
                  const struct recording *b, struct trail_error *error);

#endif
