/*
 * The kernel's own account of when files are mapped executable (perf_event_open(2),
 * PERF_RECORD_MMAP2), as a second opinion on the times of loads: no stop, and no cost but that of a
 * record in a buffer.
 *
 * Threads: perf_events_open and perf_events_close on the loop thread, before the writer has an
 * event and after it has ended; in between everything is the writer's.
 */
#ifndef TRAIL_PERF_EVENTS_H
#define TRAIL_PERF_EVENTS_H

#include "error.h"
#include "event.h"

/*
 * Has what the calling thread forks from here on observed from its next exec on, and all its
 * children with it. The first such event of a second on a machine takes the kernel 5 to 40 ms (it
 * waits until every core has noticed), the others 0.1 ms. Returns 0, or -1 and error if the system
 * refuses.
 */
int perf_events_open(struct trail_error *error);
void perf_events_close(void);

/*
 * Takes notice of an event that has an image. For a load: when it was mapped, on the clock of
 * os_monotonic_ns, if the kernel said so; else, and if nothing was opened, 0.
 */
uint64_t perf_events_time_of(const struct event *event);

#endif
