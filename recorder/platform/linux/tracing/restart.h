/*
 * Undoes what our stops do to a task beyond stopping it. Loop thread.
 */
#ifndef TRAIL_LINUX_RESTART_H
#define TRAIL_LINUX_RESTART_H

#include "process.h"
#include <sys/user.h>

/* A call that waits for ever and that our stop has ended begins again. */
void restart_call(pid_t tid);

/* The same behind a signal, if the target ignores it; registers are the task's at its stop. */
void restart_behind_ignored(pid_t pid, pid_t tid, int signal,
                            const struct user_regs_struct *registers);

/* Blocks SIGTRAP again behind our int3, if it was blocked. */
void restart_masked_trap(const struct process *process, pid_t tid);

/* At an exec's stop: notes whether SIGTRAP is blocked there. */
void restart_note_mask(struct process *process);

#endif
