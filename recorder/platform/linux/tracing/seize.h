/*
 * Bringing all threads of a process that runs to a stop. Loop thread.
 */
#ifndef TRAIL_LINUX_SEIZE_H
#define TRAIL_LINUX_SEIZE_H

#include "state.h"
#include <sys/ptrace.h>

/* What every task is traced with. */
enum {
    SEIZE_OPTIONS =
        PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
};

/*
 * Seizes and stops all threads of a process, which may run other programs meanwhile: then
 * it is stopped in the new one. Its tasks are held or out of reach then. Gives up after timeout_ms
 * (negative: never), and when platform_interrupt is called, if what it waits for does not come.
 * Returns 0; ESRCH: it has ended; EAGAIN: given up, in an exec; EBUSY: given up, it does not stop;
 * ELOOP: it ran another program each time; ENOMEM; or the errno of PTRACE_SEIZE. Then the process
 * has no task, and goes on at the latest when we end.
 */
int seize_process(struct platform *platform, struct process *process, int timeout_ms);

#endif
