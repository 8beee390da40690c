/*
 * The byte planted at the loader's r_brk, _dl_debug_state: a function that exists to be stopped at and does nothing. So the stop is
 * left by returning from it (rip = [rsp], rsp += 8), which needs no second stop for a single step, and is right whatever the function
 * consists of (a bare ret, endbr64 + ret, a frame).
 */
#define _GNU_SOURCE
#include "linux_platform.h"

#include <sys/ptrace.h>

enum { INT3 = 0xCC };

void breakpoint_plant(struct process *process, uint64_t address)
{
    if (memory_poke_byte(process->pid, address, INT3, &process->original_byte) == 0)
        process->breakpoint = address;
}

void breakpoint_remove(struct process *process, pid_t tid)
{
    if (process->breakpoint != 0)
        memory_poke_byte(tid, process->breakpoint, process->original_byte, NULL);
}

bool breakpoint_step_over(struct process *process, pid_t tid)
{
    struct user_regs_struct registers;

    if (process->breakpoint == 0 || ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0 ||
        registers.rip - 1 != process->breakpoint)
        return false;
    if (memory_read_exactly(tid, registers.rsp, &registers.rip, sizeof registers.rip)) {
        registers.rsp += sizeof registers.rip;
        ptrace(PTRACE_SETREGS, tid, NULL, &registers);
    }
    return true;
}
