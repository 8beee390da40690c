/* The copy of a stack (stack_copy.h): it ends where what is mapped ends. */
#define _GNU_SOURCE
#include "stack.h"

#include "memory.h"
#include "state.h"

#include <string.h>
#include <sys/ptrace.h>

void stack_order_registers(const struct user_regs_struct *r, uint64_t ordered[STACK_REGISTERS])
{
    const uint64_t all[STACK_REGISTERS] = {r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi,
                                           r->rbp, r->rsp, r->r8,  r->r9,  r->r10, r->r11,
                                           r->r12, r->r13, r->r14, r->r15, r->rip};

    memcpy(ordered, all, sizeof all);
}

void platform_copy_stack(struct platform *platform, struct event *event)
{
    const struct stop *stop = &platform->stop;
    uint64_t registers[STACK_REGISTERS];
    struct user_regs_struct r;
    unsigned char *to;
    size_t room;

    if (stop->task == NULL || stop->task->process == NULL || stop->action == RESUME_NOTHING ||
        (to = event_free_bytes(event, &room)) == NULL ||
        room < STACK_REGISTERS_BYTES + STACK_COPY_BYTES ||
        ptrace(PTRACE_GETREGS, stop->tid, NULL, &r) != 0)
        return;
    /* behind our int3 there may be no function any more: where the loader's own code goes on */
    if (stop->task->process->returns_itself && stop->task->process->breakpoint != 0 &&
        r.rip == stop->task->process->breakpoint + 1)
        r.rip = stop->task->process->planted;
    stack_order_registers(&r, registers);
    memcpy(to, registers, sizeof registers);
    event_keep_stack(event, STACK_REGISTERS_BYTES + memory_read_up_to(stop->tid, r.rsp,
                                                                      to + STACK_REGISTERS_BYTES,
                                                                      STACK_COPY_BYTES));
}
