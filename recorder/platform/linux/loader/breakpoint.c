/*
 * The int3 planted at the loader's r_brk, _dl_debug_state: a function that exists to be stopped at
 * and does nothing. In all known loaders it is a bare ret (behind an endbr64 where the distribution
 * wants one), aligned, with padding up to the next function. The loader calls it before and after
 * each change of its list, with r_debug.r_state telling which; only the second call is of use, so
 * that, where there is room,
 *
 *     cmpl $RT_CONSISTENT, r_debug.r_state(%rip);  jne 1f;  int3;  1: ret
 *
 * is planted, and the task does not even stop at the first. Where there is less room, it is int3
 * and ret. In both a stopped task need only go on, and its shadow stack, if it has one, stays
 * right. Where the function looks otherwise, an int3 stands at its start and the task is made to
 * return by its registers (rip = [rsp], rsp += 8).
 */
#define _GNU_SOURCE
#include "loader/breakpoint.h"

#include "loader/probes.h"
#include "loader/traps.h"
#include "memory.h"

#include <link.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

enum {
    INT3 = 0xCC,
    RET = 0xC3,
    COMPARE_BYTES = 7, /* cmpl with a 4-byte distance from its own end, and a 1-byte value */
    FILTERED_BYTES = 11
};

static const unsigned char filtered[FILTERED_BYTES] = {0x83,          0x3D, 0,    0,    0,  0,
                                                       RT_CONSISTENT, 0x75, 0x01, INT3, RET};
static const unsigned char unfiltered[] = {INT3, RET};

/*
 * How long the filler that begins here is: an int3, a zero, a nop of any length; 0 if it is none.
 * Intel's manual lists the nops.
 */
static unsigned filler_bytes(const unsigned char *code, unsigned room)
{
    static const struct {
        unsigned char mod_rm, bytes;
    } long_nops[] = {{0x00, 3}, {0x40, 4}, {0x44, 5}, {0x80, 7}, {0x84, 8}};
    unsigned prefixes = 0;

    if (room > 0 && (code[0] == INT3 || code[0] == 0))
        return 1;
    while (prefixes < room && (code[prefixes] == 0x66 || code[prefixes] == 0x2E))
        prefixes++;
    if (prefixes < room && code[prefixes] == 0x90)
        return prefixes + 1;
    if (prefixes + 3 > room || code[prefixes] != 0x0F || code[prefixes + 1] != 0x1F)
        return 0;
    for (unsigned i = 0; i < sizeof long_nops / sizeof long_nops[0]; i++)
        if (code[prefixes + 2] == long_nops[i].mod_rm && prefixes + long_nops[i].bytes <= room)
            return prefixes + long_nops[i].bytes;
    return 0;
}

/*
 * How many bytes from the ret at `code` on are free for us: it and the filler behind it. 0 if it is
 * no ret with filler.
 */
static unsigned free_bytes(const unsigned char *code, unsigned room)
{
    unsigned used = 1, filler;

    if (code[0] != RET)
        return 0;
    while (used < room && (filler = filler_bytes(code + used, room - used)) > 0)
        used += filler;
    return used > 1 ? used : 0;
}

/*
 * The code with which a task stops only when the list is consistent; false if r_state is too far
 * away.
 */
static bool filter_for(uint64_t address, uint64_t r_debug, unsigned char *bytes)
{
    int64_t distance =
        (int64_t)(r_debug + offsetof(struct r_debug, r_state) - address - COMPARE_BYTES);
    int32_t near = (int32_t)distance;

    if (r_debug == 0 || near != distance)
        return false;
    memcpy(bytes, filtered, sizeof filtered);
    memcpy(bytes + 2, &near, sizeof near);
    return true;
}

static void plant(struct process *process, uint64_t address, const unsigned char *bytes,
                  unsigned count)
{
    if (memory_poke(process->memory_tid, address, bytes, count, process->original) != 0)
        return;
    process->planted = address;
    process->planted_bytes = count;
    process->breakpoint = address + (count == FILTERED_BYTES ? FILTERED_BYTES - 2 : 0);
    process->returns_itself = count > 1;
}

void breakpoint_plant(struct process *process, uint64_t debug_state, uint64_t r_debug)
{
    static const unsigned char endbr64[] = {0xF3, 0x0F, 0x1E, 0xFA};
    unsigned char code[BREAKPOINT_BYTES_MAX], bytes[FILTERED_BYTES];
    unsigned ret = 0, room = 0;

    if (debug_state % sizeof code == 0 &&
        memory_read_exactly(process->memory_tid, debug_state, code, sizeof code)) {
        ret = memcmp(code, endbr64, sizeof endbr64) == 0 ? sizeof endbr64 : 0;
        room = free_bytes(code + ret, (unsigned)sizeof code - ret);
    }
    if (room >= FILTERED_BYTES && filter_for(debug_state + ret, r_debug, bytes))
        plant(process, debug_state + ret, bytes, sizeof bytes);
    else if (room >= sizeof unfiltered)
        plant(process, debug_state + ret, unfiltered, sizeof unfiltered);
    else
        plant(process, debug_state, unfiltered, 1);
}

void breakpoint_remove(struct process *process, pid_t tid)
{
    if (process->breakpoint != 0)
        memory_poke(tid, process->planted, process->original, process->planted_bytes, NULL);
    traps_remove(process, tid);
    probes_remove(process, tid);
}

void breakpoint_forget(struct process *process)
{
    process->breakpoint = 0;
    traps_forget(process);
    probes_forget_all(process);
}

static uint64_t instruction_pointer(pid_t tid)
{
    return (uint64_t)ptrace(PTRACE_PEEKUSER, tid, (void *)offsetof(struct user, regs.rip), NULL);
}

bool breakpoint_is_hit(const struct process *process, pid_t tid)
{
    return process->breakpoint != 0 && instruction_pointer(tid) == process->breakpoint + 1;
}

bool breakpoint_holds(const struct process *process, pid_t tid)
{
    uint64_t at = process->breakpoint == 0 ? 0 : instruction_pointer(tid);

    return at > process->planted && at <= process->breakpoint + 1;
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
