/*
 * Debug registers of the program's own: one that is set before its first instruction, at which
 * trailrec has a hardware breakpoint itself, and is still there after it, alone; and a breakpoint
 * of a thread, which the program's handler sees.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

enum { LOCAL_0 = 1, LOCAL_1 = 4, WRITES_1 = 0x100000, RESUME_FLAG = 0x10000 };

static volatile LONG watched, hits;

static void change_registers(HANDLE thread, void (*change)(CONTEXT *context))
{
    CONTEXT context = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};

    GetThreadContext(thread, &context);
    change(&context);
    SetThreadContext(thread, &context);
}

static void watch(CONTEXT *context)
{
    context->Dr1 = (ULONG_PTR)&watched;
    context->Dr7 |= LOCAL_1 | WRITES_1;
}

static void NTAPI watch_early(PVOID module, DWORD reason, PVOID reserved)
{
    (void)module;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH)
        change_registers(GetCurrentThread(), watch);
}

#if defined(_MSC_VER)
#pragma comment(linker, "/INCLUDE:_tls_used")
#pragma section(".CRT$XLB", read)
__declspec(allocate(".CRT$XLB")) const PIMAGE_TLS_CALLBACK early = watch_early;
#else
__attribute__((section(".CRT$XLB"), used)) static const PIMAGE_TLS_CALLBACK early = watch_early;
#endif

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode != EXCEPTION_SINGLE_STEP)
        return EXCEPTION_CONTINUE_SEARCH;
    hits++;
    exception->ContextRecord->EFlags |= RESUME_FLAG;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static DWORD WINAPI work(void *argument)
{
    (void)argument;
    return 0;
}

static void break_at_work(CONTEXT *context)
{
    context->Dr0 = (ULONG_PTR)work;
    context->Dr7 |= LOCAL_0;
}

int main(void)
{
    CONTEXT context = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};
    HANDLE thread = CreateThread(NULL, 0, work, NULL, CREATE_SUSPENDED, NULL);

    GetThreadContext(GetCurrentThread(), &context);
    AddVectoredExceptionHandler(1, handle);
    change_registers(thread, break_at_work);
    ResumeThread(thread);
    WaitForSingleObject(thread, INFINITE);
    printf("0: %d, 1: %d, on: %d, hits: %ld\n", context.Dr0 != 0,
           context.Dr1 == (ULONG_PTR)&watched, (int)context.Dr7 & 0xF, (long)hits);
    return 0;
}

// EXPECT: Exception code=0x80000003
// EXPECT: EntryPoint module=debug_registers.exe tid=main
// EXPECT: Exception code=0x80000004 first_chance=1 module=debug_registers.exe
// EXPECT-COUNT: EntryPoint = 1
// EXPECT-COUNT: Exception code=0x80000004 = 1
// EXPECT-EXIT: 0
