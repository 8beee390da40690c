/* The processes of a run with several, on the page of `trailview summary`. Main thread. */
#ifndef TRAIL_PAGE_PROCESSES_H
#define TRAIL_PAGE_PROCESSES_H

#include "summary/page.h"

/*
 * Adds which programs ran, how often, how long and how often they failed; the chain of processes
 * that ended last; through which programs processes went; the longest gaps, each of a process that
 * started no other. Of a run with one process only that it had children, if it had.
 */
void page_add_processes(struct page *page);

#endif
