/*
 * See entry_point.h. The registers are set while CREATE_PROCESS is held: what is set at the
 * loader's breakpoint is lost when the system puts the thread's first context into force.
 */
#include "decoding/entry_point.h"

#include <string.h>

#if defined(_M_X64) || defined(__x86_64__) || defined(_M_IX86) || defined(__i386__)

/* Of Dr7: breakpoint 0 is on in this task, in all tasks; its kind (0: execution) and length. */
enum { LOCAL_0 = 1, GLOBAL_0 = 2, KIND_0 = 0xF0000 };

void entry_point_set(struct entry_point *entry, uint32_t tid, const CREATE_PROCESS_DEBUG_INFO *info)
{
    CONTEXT context;

    if (info->lpStartAddress == NULL)
        return;
    memset(&context, 0, sizeof context);
    context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
    context.Dr0 = (uintptr_t)info->lpStartAddress;
    context.Dr7 = LOCAL_0;
    if (!SetThreadContext(info->hThread, &context))
        return;
    *entry = (struct entry_point){
        .thread = info->hThread, .tid = tid, .address = (uintptr_t)info->lpStartAddress};
}

/* The program may have set the registers for itself: then they are its own, and stay. */
static bool clear(struct entry_point *entry)
{
    HANDLE thread = entry->thread;
    CONTEXT context;

    entry->thread = NULL;
    memset(&context, 0, sizeof context);
    context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
    if (!GetThreadContext(thread, &context) || context.Dr0 != entry->address ||
        (context.Dr7 & LOCAL_0) == 0 || (context.Dr7 & KIND_0) != 0)
        return false;
    context.Dr0 = context.Dr6 = 0;
    context.Dr7 &= ~(uintptr_t)(LOCAL_0 | GLOBAL_0);
    return SetThreadContext(thread, &context) != 0;
}

#else

void entry_point_set(struct entry_point *entry, uint32_t tid, const CREATE_PROCESS_DEBUG_INFO *info)
{
    (void)entry, (void)tid, (void)info;
}

static bool clear(struct entry_point *entry)
{
    (void)entry;
    return false;
}

#endif

bool entry_point_decode(struct entry_point *entry, const EXCEPTION_RECORD *record,
                        struct event *event)
{
    if (entry->thread == NULL || record->ExceptionCode != EXCEPTION_SINGLE_STEP ||
        event->tid != entry->tid || (uintptr_t)record->ExceptionAddress != entry->address ||
        !clear(entry))
        return false;
    event->kind = EVENT_ENTRY_POINT;
    event_set(event, FIELD(ENTRY_POINT, address), entry->address);
    return true;
}

void entry_point_clear(struct entry_point *entry)
{
    HANDLE thread = entry->thread;

    if (thread == NULL || SuspendThread(thread) == (DWORD)-1)
        return;
    clear(entry);
    ResumeThread(thread);
}
