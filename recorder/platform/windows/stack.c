/*
 * The copy of a stack (stack_copy.h). A read across several pages fails whole if one of them is not
 * there, so the system is asked where the region ends.
 */
#include "stack_copy.h"
#include "debuggees.h"
#include "decoding/target_memory.h"

#include <string.h>

static size_t stack_bytes(HANDLE process, uint64_t pointer)
{
    MEMORY_BASIC_INFORMATION region;
    uint64_t left;

    if (VirtualQueryEx(process, (void *)(uintptr_t)pointer, &region, sizeof region) !=
            sizeof region ||
        region.State != MEM_COMMIT)
        return 0;
    left = (uintptr_t)region.BaseAddress + region.RegionSize - pointer;
    return left < STACK_COPY_BYTES ? (size_t)left : STACK_COPY_BYTES;
}

static bool read_registers(uint32_t tid, uint64_t registers[STACK_REGISTERS])
{
    HANDLE thread = OpenThread(THREAD_GET_CONTEXT, FALSE, tid);
    CONTEXT c = {.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER};
    bool is_read = thread != NULL && GetThreadContext(thread, &c);

    if (is_read)
        memcpy(registers,
               (const uint64_t[STACK_REGISTERS]){c.Rax, c.Rdx, c.Rcx, c.Rbx, c.Rsi, c.Rdi, c.Rbp,
                                                 c.Rsp, c.R8, c.R9, c.R10, c.R11, c.R12, c.R13,
                                                 c.R14, c.R15, c.Rip},
               STACK_REGISTERS_BYTES);
    if (thread != NULL)
        CloseHandle(thread);
    return is_read;
}

/*
 * Of a process that has ended its last call says nothing. Of a 32-bit one, or on a system of
 * another machine, the 64-bit registers are an emulator's.
 */
void platform_copy_stack(struct platform *platform, struct event *event)
{
    const struct debuggee *debuggee = debuggees_find(platform, event->pid);
    uint64_t registers[STACK_REGISTERS];
    unsigned char *to;
    size_t room, size;

    if (debuggee == NULL || debuggee->wow64 || platform->is_emulated || !platform->stopped ||
        platform->pending.dwDebugEventCode == EXIT_PROCESS_DEBUG_EVENT ||
        (to = event_free_bytes(event, &room)) == NULL ||
        room < STACK_REGISTERS_BYTES + STACK_COPY_BYTES || !read_registers(event->tid, registers))
        return;
    memcpy(to, registers, STACK_REGISTERS_BYTES);
    to += STACK_REGISTERS_BYTES;
    size = stack_bytes(debuggee->process, registers[STACK_RSP]);
    if (size > 0 && !target_memory_read(debuggee->process, registers[STACK_RSP], to, size))
        size = 0;
    event_keep_stack(event, STACK_REGISTERS_BYTES + size);
}
