/*
 * Int3s that stand at instructions of the target's which do something, unlike the loader's r_brk
 * and the nop of a probe: a task that has met one goes on as if the instruction had been there.
 * Loop thread.
 */
#ifndef TRAIL_LINUX_TRAPS_H
#define TRAIL_LINUX_TRAPS_H

#include "process.h"
#include <sys/user.h>

/*
 * Plants one at the trap's address. Its code is what stands there, as far as its user needs it; the
 * first byte is kept in any case. Nothing of the process may run meanwhile. Whether it is there
 * now.
 */
bool traps_plant(struct process *process, enum trap_place place, const struct trap *trap);
/* Takes them out of the task's memory; or forgets them, since they are in no memory of its own. */
void traps_remove(const struct process *process, pid_t tid);
void traps_forget(struct process *process);

/* The one that the task stands behind is needed no longer: the task is before the instruction. */
void traps_take_out(struct process *process, pid_t tid, enum trap_place place);

/* Behind which the task stands; TRAPS if behind none. */
enum trap_place traps_hit(const struct process *process, pid_t tid);
/* Sets the task back before the int3 that it stands behind. */
void traps_go_before(pid_t tid);
/*
 * Does in the registers, and in the task's memory, what the replaced instruction does, for a task
 * that stands behind its int3. The registers still have to be set. False, and nothing is done, if
 * it is none of those that are known here: tid 0 asks just that.
 */
bool traps_emulate(const struct trap *trap, pid_t tid, struct user_regs_struct *registers);

#endif
