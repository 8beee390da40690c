/*
 * The int3 planted at the loader's r_brk, _dl_debug_state: a function that exists to be stopped at and does nothing. In all known loaders it
 * is a bare ret (behind an endbr64 where the distribution wants one), aligned, with padding behind it. There the int3 replaces the ret
 * and a ret the first byte of padding: a task that was stopped need only go on, and its shadow stack, if it has one, stays right. Where
 * the function looks otherwise, the task is made to return by its registers (rip = [rsp], rsp += 8).
 */
#define _GNU_SOURCE
#include "linux_platform.h"

#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>

enum { INT3 = 0xCC, RET = 0xC3 };

/* What assemblers and linkers fill the space between functions with: int3, zero, and the first bytes of nops. */
static bool is_padding(unsigned char byte)
{
    return byte == 0xCC || byte == 0x00 || byte == 0x90 || byte == 0x66 || byte == 0x0F || byte == 0x2E;
}

void breakpoint_plant(struct process *process, uint64_t address)
{
    static const unsigned char endbr64[] = {0xF3, 0x0F, 0x1E, 0xFA}, planted[] = {INT3, RET};
    unsigned char code[8] = {0};

    if (address % sizeof code == 0 && memory_read_exactly(process->pid, address, code, sizeof code)) {
        unsigned ret = memcmp(code, endbr64, sizeof endbr64) == 0 ? sizeof endbr64 : 0;
        process->returns_itself = code[ret] == RET && is_padding(code[ret + 1]);
        address += process->returns_itself ? ret : 0;
    }
    if (memory_poke(process->pid, address, planted, process->returns_itself ? 2 : 1, process->original) == 0)
        process->breakpoint = address;
}

void breakpoint_remove(struct process *process, pid_t tid)
{
    if (process->breakpoint != 0)
        memory_poke(tid, process->breakpoint, process->original, process->returns_itself ? 2 : 1, NULL);
}

bool breakpoint_is_hit(const struct process *process, pid_t tid)
{
    return process->breakpoint != 0 &&
           (uint64_t)ptrace(PTRACE_PEEKUSER, tid, (void *)offsetof(struct user, regs.rip), NULL) == process->breakpoint + 1;
}

void breakpoint_return(pid_t tid)
{
    struct user_regs_struct registers;

    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0 ||
        !memory_read_exactly(tid, registers.rsp, &registers.rip, sizeof registers.rip))
        return;
    registers.rsp += sizeof registers.rip;
    ptrace(PTRACE_SETREGS, tid, NULL, &registers);
}
