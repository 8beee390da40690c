/*
 * See traps.h. The instructions that are known are those with which compilers begin a function: a
 * register is pushed, or copied to another, or room is made on the stack.
 */
#define _GNU_SOURCE
#include <sys/types.h>
#include <sys/user.h>

#include "loader/traps.h"

#include "memory.h"

#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>

enum {
    INT3 = 0xCC,
    REX = 0x40, /* or'ed: 8 = 64 bits wide, 4 = the second eight for the field reg, 1 = for rm */
    REX_MASK = 0xF0,
    WIDE = 8,
    HIGH_REG = 4,
    HIGH_RM = 1,
    PUSH = 0x50,
    MOVE_TO_RM = 0x89,
    MOVE_TO_REG = 0x8B,
    SUBTRACT_BYTE = 0x83,
    SUBTRACT_WORD = 0x81,
    STACK_POINTER_RM = 0xEC, /* of sub: rm is rsp */
    BOTH_REGISTERS = 0xC0
};

bool traps_plant(struct process *process, enum trap_place place, const struct trap *trap)
{
    static const unsigned char int3[] = {INT3};
    struct trap *planted = &process->traps[place];

    *planted = *trap;
    if (memory_poke(process->memory_tid, trap->address, int3, 1, planted->code) == 0)
        return true;
    planted->address = 0;
    return false;
}

void traps_remove(const struct process *process, pid_t tid)
{
    for (unsigned i = 0; i < TRAPS; i++)
        if (process->traps[i].address != 0)
            memory_poke(tid, process->traps[i].address, process->traps[i].code, 1, NULL);
}

void traps_forget(struct process *process)
{
    memset(process->traps, 0, sizeof process->traps);
}

static void *instruction_pointer(void)
{
    return (void *)offsetof(struct user, regs.rip);
}

enum trap_place traps_hit(const struct process *process, pid_t tid)
{
    uint64_t address = (uint64_t)ptrace(PTRACE_PEEKUSER, tid, instruction_pointer(), NULL) - 1;
    unsigned place = 0;

    while (place < TRAPS &&
           (process->traps[place].address == 0 || process->traps[place].address != address))
        place++;
    return (enum trap_place)place;
}

void traps_go_before(pid_t tid)
{
    long address = ptrace(PTRACE_PEEKUSER, tid, instruction_pointer(), NULL) - 1;

    ptrace(PTRACE_POKEUSER, tid, instruction_pointer(), (void *)address);
}

void traps_take_out(struct process *process, pid_t tid, enum trap_place place)
{
    memory_poke(tid, process->traps[place].address, process->traps[place].code, 1, NULL);
    process->traps[place].address = 0;
    traps_go_before(tid);
}

static unsigned long long *register_of(struct user_regs_struct *registers, unsigned number)
{
    unsigned long long *const in_order[] = {
        &registers->rax, &registers->rcx, &registers->rdx, &registers->rbx,
        &registers->rsp, &registers->rbp, &registers->rsi, &registers->rdi,
        &registers->r8,  &registers->r9,  &registers->r10, &registers->r11,
        &registers->r12, &registers->r13, &registers->r14, &registers->r15};

    return in_order[number & 15];
}

/* By ptrace's own request, which lets a stack grow as a push does. */
static bool push(pid_t tid, struct user_regs_struct *registers, unsigned number)
{
    uint64_t value = *register_of(registers, number), to = registers->rsp - sizeof value;

    if (tid != 0 && ptrace(PTRACE_POKEDATA, tid, (void *)(uintptr_t)to, (void *)value) != 0)
        return false;
    registers->rsp = to;
    return true;
}

static unsigned move(struct user_regs_struct *registers, unsigned rex, const unsigned char *code)
{
    unsigned reg = (code[1] >> 3 & 7) + ((rex & HIGH_REG) != 0 ? 8 : 0);
    unsigned rm = (code[1] & 7) + ((rex & HIGH_RM) != 0 ? 8 : 0);

    if ((code[1] & BOTH_REGISTERS) != BOTH_REGISTERS)
        return 0;
    if (code[0] == MOVE_TO_RM)
        *register_of(registers, rm) = *register_of(registers, reg);
    else
        *register_of(registers, reg) = *register_of(registers, rm);
    return 2;
}

/* Its flags nobody reads at the beginning of a function. */
static unsigned subtract(struct user_regs_struct *registers, const unsigned char *code)
{
    int32_t distance = (int8_t)code[2];

    if (code[1] != STACK_POINTER_RM)
        return 0;
    if (code[0] == SUBTRACT_WORD)
        memcpy(&distance, code + 2, sizeof distance);
    registers->rsp -= (unsigned long long)(int64_t)distance;
    return code[0] == SUBTRACT_WORD ? 6 : 3;
}

bool traps_emulate(const struct trap *trap, pid_t tid, struct user_regs_struct *registers)
{
    const unsigned char *code = trap->code;
    unsigned rex = (code[0] & REX_MASK) == REX ? *code++ : 0, bytes = 0;

    if ((code[0] & ~7u) == PUSH)
        bytes = push(tid, registers, (code[0] & 7) + ((rex & HIGH_RM) != 0 ? 8 : 0)) ? 1 : 0;
    else if ((rex & WIDE) != 0 && (code[0] == MOVE_TO_RM || code[0] == MOVE_TO_REG))
        bytes = move(registers, rex, code);
    else if (rex == (REX | WIDE) && (code[0] == SUBTRACT_BYTE || code[0] == SUBTRACT_WORD))
        bytes = subtract(registers, code);
    if (bytes == 0)
        return false;
    registers->rip = trap->address + (unsigned)(code - trap->code) + bytes;
    return true;
}
