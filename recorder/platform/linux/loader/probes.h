/*
 * Static probes (USDT) of the provider "trail": `mark` and `string`, each with a C string.
 * samples/trail.h makes them, <sys/sdt.h> does too. A probe is a nop; while its process is recorded
 * an int3 stands there, behind which a stopped task need only go on. Loop thread only.
 */
#ifndef TRAIL_LINUX_PROBES_H
#define TRAIL_LINUX_PROBES_H

#include "loader/probe_sites.h"
#include "process.h"

/*
 * Goes all ways once with this very program, so that the first target does not stand still while
 * our own memory comes in.
 */
void probes_prepare(void);

/*
 * Plants the image's probes. `processes` are all there are. The process stands still.
 */
void probes_add(const struct process *processes, struct process *process,
                const struct probed_image *image);
/* The image at that base is gone, with all that was planted; or, at an exec, all are. */
void probes_forget(struct process *process, uint64_t base);
void probes_forget_all(struct process *process);
/* A fork's child starts with what its parent has. */
void probes_copy(struct process *child, const struct process *parent);
/*
 * Takes the probes' bytes out of the task's memory, where they are there, and says to the
 * semaphores that nobody listens.
 */
void probes_remove(const struct process *process, pid_t tid);

/* Whether the task stands right behind a planted probe. */
bool probes_is_behind(const struct process *processes, const struct process *process, pid_t tid);
/*
 * Whether this SIGTRAP stop at event->t_ns is at a probe, which then is the event (its kind is
 * EVENT_NONE if the process is not recorded).
 */
bool probes_decode(const struct process *processes, const struct process *process, pid_t tid,
                   struct event *event);

#endif
