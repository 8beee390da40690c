/*
 * From a DEBUG_EVENT to a struct event: fixed fields, and what must be read from memory that the
 * target may change or free. Loop thread, while the target stands still.
 */
#ifndef TRAIL_WINDOWS_DECODE_H
#define TRAIL_WINDOWS_DECODE_H

#include "debuggees.h"

/* Turns platform->pending into an event, and sets continue_status and ended_pid. */
void decode_event(struct platform *platform, uint64_t t_ns, struct event *event);

#endif
