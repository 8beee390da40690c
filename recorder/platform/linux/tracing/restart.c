/*
 * Calls that a stop of ours ends. Most calls that wait go on by themselves after a stop without a
 * handler; a few end with EINTR each time they are woken (signal(7), "Interruption of system calls
 * and library functions by stop signals"). Alone an ignored signal does not even wake them; traced,
 * the kernel delivers it so that we can see it. Such a call is set back to its beginning, if it has
 * no time limit, which would begin anew: those end with EINTR.
 */
#define _GNU_SOURCE
#include "tracing/restart.h"

#include "proc.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

enum { SYSCALL_INSTRUCTION_BYTES = 2 };

static bool waits_for_ever(const struct user_regs_struct *registers)
{
    switch (registers->orig_rax) {
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
        return (int)registers->r10 < 0;
    case SYS_epoll_pwait2:
    case SYS_semtimedop:
        return registers->r10 == 0;
    case SYS_rt_sigtimedwait:
        return registers->rdx == 0;
    case SYS_io_getevents:
        return registers->r8 == 0;
    case SYS_semop:
        return true;
    default:
        return false;
    }
}

static bool ended_early(const struct user_regs_struct *registers)
{
    return (int64_t)registers->rax == -EINTR && waits_for_ever(registers);
}

static void begin_again(pid_t tid, struct user_regs_struct registers)
{
    registers.rax = registers.orig_rax;
    registers.rip -= SYSCALL_INSTRUCTION_BYTES;
    ptrace(PTRACE_SETREGS, tid, NULL, &registers);
}

void restart_call(pid_t tid)
{
    struct user_regs_struct registers;

    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) == 0 && ended_early(&registers))
        begin_again(tid, registers);
}

/* SIGCONT is left out: behind a stop the call ends with EINTR alone too. */
static bool is_ignored_by_default(int signal)
{
    return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH;
}

static bool is_in_set(pid_t pid, const char *name, int signal)
{
    return (proc_status_mask(pid, name) >> (signal - 1) & 1) != 0;
}

void restart_behind_ignored(pid_t pid, pid_t tid, int signal,
                            const struct user_regs_struct *registers)
{
    if (!ended_early(registers) || signal == SIGCONT)
        return;
    if (is_in_set(pid, "SigIgn:", signal) ||
        (is_ignored_by_default(signal) && !is_in_set(pid, "SigCgt:", signal)))
        begin_again(tid, *registers);
}

/*
 * A trap that happens while SIGTRAP is blocked takes it out of the mask (the kernel's force_sig).
 * Ours must not: it goes back in if it was there when the program began, until its libraries are
 * loaded, and later if all other signals are blocked that tell of a fault.
 */
void restart_masked_trap(const struct process *process, pid_t tid)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS};
    uint64_t mask = 0, wanted = 0;

    if (ptrace(PTRACE_GETSIGMASK, tid, (void *)sizeof mask, &mask) != 0)
        return;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        wanted |= UINT64_C(1) << (faults[i] - 1);
    if ((process->started || !process->begins_with_trap_blocked) && (mask & wanted) != wanted)
        return;
    mask |= UINT64_C(1) << (SIGTRAP - 1);
    ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof mask, &mask);
}

void restart_note_mask(struct process *process)
{
    uint64_t mask = 0;

    process->begins_with_trap_blocked =
        ptrace(PTRACE_GETSIGMASK, process->memory_tid, (void *)sizeof mask, &mask) == 0 &&
        (mask >> (SIGTRAP - 1) & 1) != 0;
}
