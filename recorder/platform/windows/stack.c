/* The stack of the thread that stands still with an event (stack_copy.h). */
#include "debuggees.h"
#include "decoding/thread_stack.h"

#include <string.h>

static bool read_registers(uint32_t tid, uint64_t registers[STACK_REGISTERS])
{
    HANDLE thread = OpenThread(THREAD_GET_CONTEXT, FALSE, tid);
    bool is_read = thread != NULL && thread_stack_registers(thread, registers);

    if (thread != NULL)
        CloseHandle(thread);
    return is_read;
}

/* Of a process that has ended its last call says nothing. */
void platform_copy_stack(struct platform *platform, struct event *event)
{
    const struct debuggee *debuggee = debuggees_find(platform, event->pid);
    uint64_t registers[STACK_REGISTERS];
    unsigned char *to;
    size_t room;

    if (debuggee == NULL || !platform->stopped ||
        platform->pending.dwDebugEventCode == EXIT_PROCESS_DEBUG_EVENT ||
        (to = event_free_bytes(event, &room)) == NULL ||
        room < STACK_REGISTERS_BYTES + STACK_COPY_BYTES ||
        !thread_stack_is_real(debuggee->process) || !read_registers(event->tid, registers))
        return;
    memcpy(to, registers, STACK_REGISTERS_BYTES);
    event_keep_stack(event, STACK_REGISTERS_BYTES + thread_stack_bytes(debuggee->process,
                                                                       registers[STACK_RSP],
                                                                       to + STACK_REGISTERS_BYTES));
}
