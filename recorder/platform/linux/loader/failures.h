/*
 * What the loader could not load: glibc's makes an exception (dl-exception.c) for each failure,
 * with the name of what it was about and its message. Loop thread.
 */
#ifndef TRAIL_LINUX_FAILURES_H
#define TRAIL_LINUX_FAILURES_H

#include "loader/loader.h"
#include "loader/traps.h"

/*
 * Plants the traps that tell it. False, and none is there, if the loader has no such functions or
 * their first instructions are not known.
 */
bool failures_watch(struct process *process, const struct loader_symbols *symbols);

/*
 * For a task that stands behind one of these traps: makes it go on behind the instruction, and, if
 * the process is recorded, tells the failure as an event at event->t_ns.
 */
void failures_decode(const struct process *process, pid_t tid, enum trap_place place,
                     struct event *event);

#endif
