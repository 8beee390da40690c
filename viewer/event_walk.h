/*
 * All events and all rows of details, each table read once, side by side in the order of their
 * keys: what 'trailview verify' says of them. Memory is that of the ids of processes, threads,
 * modules and runs. Main thread.
 */
#ifndef TRAIL_EVENT_WALK_H
#define TRAIL_EVENT_WALK_H

#include "buffer.h"
#include "progress.h"

#include <sqlite3.h>

/* Which check a problem belongs to. */
enum walk_check {
    WALK_SEQUENCE,   /* events are numbered from 1 without gaps */
    WALK_EVENTS,     /* what an event itself says */
    WALK_DETAILS,    /* each row of details has its event, of its kind, and the other way round */
    WALK_TYPES,      /* values are of the type that their column is declared with */
    WALK_REFERENCES, /* modules and processes that details name are there */
    WALK_PROCESSES,  /* so are the processes and threads of events */
    WALK_CHECKS
};

typedef void walk_problem(void *context, enum walk_check check, const char *sentence);

/*
 * Calls `problem` for each problem; what SQLite cannot read, and want of memory, is one. Adds how
 * many events there are to `counts`: a JSON array of [run, kind, events], kind 0 for unknown ones.
 * `progress` counts events.
 */
void event_walk(sqlite3 *db, walk_problem *problem, void *context, struct buffer *counts,
                struct progress *progress);

#endif
