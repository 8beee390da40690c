/*
 * The int3 planted at the loader's r_brk, _dl_debug_state. Loop thread.
 */
#ifndef TRAIL_LINUX_BREAKPOINT_H
#define TRAIL_LINUX_BREAKPOINT_H

#include "process.h"

/*
 * Plants it at the address debug_state. Where r_debug is known (not 0), a task stops only when the
 * loader's list is consistent. Nothing of the process may run meanwhile.
 */
void breakpoint_plant(struct process *process, uint64_t debug_state, uint64_t r_debug);
/*
 * Takes out of the task's memory all that is planted in its process, the probes' and traps' bytes
 * too; or forgets it all, since it went with the old program, or belongs to another.
 */
void breakpoint_remove(struct process *process, pid_t tid);
void breakpoint_forget(struct process *process);
/* Whether this SIGTRAP stop is at our int3. */
bool breakpoint_is_hit(const struct process *process, pid_t tid);
/*
 * Whether the task stands between two of the planted instructions, and must leave by
 * breakpoint_return before they are removed.
 */
bool breakpoint_holds(const struct process *process, pid_t tid);
/* Makes a task that hit it return from the (empty) function it is in, by its registers. */
void breakpoint_return(pid_t tid);

#endif
