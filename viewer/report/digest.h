/* A run at a glance: numbers, and what ran, where, recorded how. Main thread. */
#ifndef TRAIL_REPORT_DIGEST_H
#define TRAIL_REPORT_DIGEST_H

#include "page.h"

#define DIGEST_ENTRY            \
    {                           \
        "digest", "At a glance" \
    }

/* Writes the section; `facts` is row_find_facts's. */
void digest_write(struct page *page, sqlite3_stmt *facts);

#endif
