/* The copy of a stack (stack_copy.h), of a 64-bit process. */
#include "debuggees.h"
#include "decoding/target_memory.h"
#include "stack_copy.h"

#include <string.h>

enum { PAGE_BYTES = 4096 };

/* All at once, else page by page up to the stack's end. */
static size_t copy_memory(HANDLE process, uint64_t address, unsigned char *to)
{
    size_t copied = 0, part = PAGE_BYTES - (size_t)(address % PAGE_BYTES);

    if (target_memory_read(process, address, to, STACK_COPY_BYTES))
        return STACK_COPY_BYTES;
    while (copied + part <= STACK_COPY_BYTES &&
           target_memory_read(process, address + copied, to + copied, part)) {
        copied += part;
        part = PAGE_BYTES;
    }
    return copied;
}

static bool read_registers(DWORD tid, uint64_t *out)
{
#if defined(__x86_64__) || defined(_M_X64)
    HANDLE thread = OpenThread(THREAD_GET_CONTEXT, FALSE, tid);
    CONTEXT r;
    bool has;

    memset(&r, 0, sizeof r);
    r.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
    has = thread != NULL && GetThreadContext(thread, &r);
    if (thread != NULL)
        CloseHandle(thread);
    memcpy(out,
           (const uint64_t[STACK_REGISTERS]){r.Rax, r.Rdx, r.Rcx, r.Rbx, r.Rsi, r.Rdi, r.Rbp, r.Rsp,
                                             r.R8, r.R9, r.R10, r.R11, r.R12, r.R13, r.R14, r.R15,
                                             r.Rip},
           STACK_REGISTERS_BYTES);
    return has;
#else
    (void)tid, (void)out;
    return false;
#endif
}

void platform_copy_stack(struct platform *platform, struct event *event)
{
    const struct debuggee *debuggee = debuggees_find(platform, event->pid);
    uint64_t registers[STACK_REGISTERS];
    size_t room;
    unsigned char *to = event_free_bytes(event, &room);

    if (!platform->stopped || debuggee == NULL || debuggee->wow64 ||
        room < STACK_REGISTERS_BYTES + STACK_COPY_BYTES ||
        !read_registers(platform->pending.dwThreadId, registers))
        return;
    memcpy(to, registers, sizeof registers);
    event_keep_stack(event,
                     STACK_REGISTERS_BYTES + copy_memory(debuggee->process, registers[STACK_RSP],
                                                         to + STACK_REGISTERS_BYTES));
}
