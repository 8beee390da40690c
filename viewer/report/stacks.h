/* The stacks that events of a run kept, each below a line that can be opened. Main thread. */
#ifndef TRAIL_REPORT_STACKS_H
#define TRAIL_REPORT_STACKS_H

#include "page.h"

/* A SELECT of that column of the first of :run's kept stacks: those that a report shows. */
#define STACKS_SHOWN(column)                                                              \
    "SELECT k." column " FROM main.kept_stack k WHERE k.run_id = :run AND k.seq > 0 AND " \
    "k.stack_id IS NOT NULL ORDER BY k.seq LIMIT 500"

#define STACKS_ENTRY       \
    {                      \
        "stacks", "Stacks" \
    }

/* Writes the section. Returns 0, or -1 and error. */
int stacks_write(struct page *page, const struct run_reference *run, struct trail_error *error);

#endif
