/*
 * Which load was caused by which event, of those that a trace can draw as arrows: cause and effect
 * are of one process, and the cause came first. Main thread.
 */
#ifndef TRAIL_TRACE_FLOWS_H
#define TRAIL_TRACE_FLOWS_H

#include "error.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACE_FLOWS_AT_MOST = 100000 }; /* of a run; the first ones */

struct trace_flow {
    int64_t cause, effect; /* seq */
};

struct trace_flows {
    struct trace_flow *items; /* by cause, then effect */
    size_t count;
};

/* Reads those of a run (all zero before). 0, or -1 and error; release in either case. */
int trace_flows_read(struct trace_flows *flows, sqlite3 *db, int64_t run,
                     struct trail_error *error);
void trace_flows_release(struct trace_flows *flows);

/* The first of a cause; the others follow it. */
size_t trace_flows_of(const struct trace_flows *flows, int64_t cause);
bool trace_flows_has(const struct trace_flows *flows, int64_t cause, int64_t effect);

#endif
