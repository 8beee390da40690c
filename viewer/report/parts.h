/* The parts of a report that show the rows of one run as tables. Main thread. */
#ifndef TRAIL_REPORT_PARTS_H
#define TRAIL_REPORT_PARTS_H

#include "table.h"

enum report_part {
    PART_PROGRAMS, /* where there are several processes */
    PART_PROCESSES,
    PART_LOADS,
    PART_FAILED,
    PART_GAPS,
    PART_EXCEPTIONS,
    PART_OUTPUT,
    PART_THREADS,
    PART_ENVIRONMENT,
    PARTS
};

/* Writes the section of that part. Returns 0, or -1 and error. */
int part_write(struct page *page, const struct run_reference *run, enum report_part part,
               struct trail_error *error);

struct page_entry part_entry(enum report_part part);

#endif
