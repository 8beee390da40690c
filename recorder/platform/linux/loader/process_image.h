/*
 * What a process runs after an exec, or when it is attached to. Loop thread.
 */
#ifndef TRAIL_LINUX_PROCESS_IMAGE_H
#define TRAIL_LINUX_PROCESS_IMAGE_H

#include "process.h"

/*
 * Begins to observe the process: tells in the event what it runs, and plants the breakpoints and
 * probes. `processes` are all there are. Nothing of the process may run meanwhile.
 */
void process_image_observe(const struct process *processes, struct process *process,
                           struct event *event);

/*
 * Whether a process's memory was copied from this one's, or both from a third, since the last exec:
 * each exec chooses addresses anew.
 */
bool process_image_is_shared(const struct process *process, pid_t pid);

#endif
