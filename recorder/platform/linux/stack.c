/*
 * The copy of a stack (stack_copy.h). A read of several pages ends before the first that is not
 * mapped if each page is an iovec of its own (process_vm_readv(2)), so nobody need know where the
 * stack ends.
 */
#define _GNU_SOURCE
#include "stack_copy.h"
#include "state.h"

#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

enum { PAGE = 4096, PAGES = STACK_COPY_BYTES / PAGE + 1 };

static size_t copy_memory(pid_t tid, uint64_t address, unsigned char *to, size_t size)
{
    struct iovec local = {to, size}, remote[PAGES];
    unsigned count = 0;
    ssize_t copied;

    for (size_t done = 0, part; done < size && count < PAGES; done += part) {
        part = PAGE - (size_t)((address + done) % PAGE);
        part = part < size - done ? part : size - done;
        remote[count++] = (struct iovec){(void *)(uintptr_t)(address + done), part};
    }
    copied = process_vm_readv(tid, &local, 1, remote, count, 0);
    return copied > 0 ? (size_t)copied : 0;
}

void platform_copy_stack(struct platform *platform, struct event *event)
{
    const struct stop *stop = &platform->stop;
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
    memcpy(to,
           (const uint64_t[STACK_REGISTERS]){r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp,
                                             r.r8, r.r9, r.r10, r.r11, r.r12, r.r13, r.r14, r.r15,
                                             r.rip},
           STACK_REGISTERS_BYTES);
    event_keep_stack(event, STACK_REGISTERS_BYTES + copy_memory(stop->tid, r.rsp,
                                                                to + STACK_REGISTERS_BYTES,
                                                                STACK_COPY_BYTES));
}
