/*
 * Breakpoints and single steps of the program's own, which its handler counts: they are not the
 * loader's breakpoint, nor the debugger's, and the handler must see each of them.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <intrin.h>
#include <stdio.h>

enum { TRAP_FLAG = 0x100 };

static volatile LONG breakpoints, steps;

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    CONTEXT *context = exception->ContextRecord;

    if (exception->ExceptionRecord->ExceptionCode == EXCEPTION_BREAKPOINT) {
        breakpoints++;
        if (*(const unsigned char *)context->Rip == 0xCC)
            context->Rip++;
        return EXCEPTION_CONTINUE_EXECUTION;
    }
    if (exception->ExceptionRecord->ExceptionCode == EXCEPTION_SINGLE_STEP) {
        steps++;
        return EXCEPTION_CONTINUE_EXECUTION;
    }
    return EXCEPTION_CONTINUE_SEARCH;
}

int main(void)
{
    AddVectoredExceptionHandler(1, handle);
    __debugbreak();
    DebugBreak();
    __writeeflags(__readeflags() | TRAP_FLAG);
    printf("breakpoints %ld, steps %ld\n", (long)breakpoints, (long)steps);
    return 0;
}

// EXPECT: Exception code=0x80000003 first_chance=1
// EXPECT: Exception code=0x80000003 first_chance=1 module=own_breakpoints.exe
// EXPECT: Exception code=0x80000003 first_chance=1
// EXPECT: Exception code=0x80000004 first_chance=1 module=own_breakpoints.exe
// EXPECT-COUNT: Exception code=0x80000003 = 3
// EXPECT-COUNT: Exception code=0x80000004 = 1
// EXPECT-NONE: Exception first_chance=0
// EXPECT-EXIT: 0
