/*
 * From a wait status to an event, and to platform->stop: what platform_resume must do. Loop thread.
 */
#ifndef TRAIL_LINUX_DECODE_H
#define TRAIL_LINUX_DECODE_H

#include "state.h"

/* Decodes the status that tid has stopped or ended with, at platform->stop.t_ns. */
void decode_status(struct platform *platform, pid_t tid, int status, struct event *event);

/* The fault that has waited for the loads found at its stop. */
void decode_fault(struct platform *platform, struct event *event);

/* The first event: the launched program's exec. */
void decode_launch(struct platform *platform, struct event *event);

/*
 * A child that stands still at birth, whose maker (or NULL) was killed before it could tell. If it
 * is to be recorded, it is adopted, and that is the event; else false is returned: it is let go by
 * platform_resume, and has what it copied of the planted bytes.
 */
bool decode_orphan(struct platform *platform, struct task *task, const struct process *maker,
                   struct event *event);

#endif
