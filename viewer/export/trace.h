/*
 * Runs as a trace of Chrome's trace event format, for Perfetto, chrome://tracing and speedscope:
 * processes and threads, slices of phases, gaps and loads, what happened as points in time, what
 * threads were seen doing, arrows from causes to loads, counters of CPU time and of what the
 * recorder held. Events are read and written once, in the order of their numbers: memory is that
 * of the processes that live at the same time. Several runs all begin at 0. Main thread.
 */
#ifndef TRAIL_TRACE_H
#define TRAIL_TRACE_H

#include "progress.h"
#include "sink.h"

#include <sqlite3.h>
#include <stddef.h>

struct trace_run {
    sqlite3 *db; /* open for viewing */
    sqlite3_int64 run;
};

/* `progress` counts events. 0, or -1 and error. */
int trace_write(struct sink *sink, const struct trace_run *runs, size_t count,
                struct progress *progress, struct trail_error *error);

#endif
