/*
 * Recursion without an end: the stack's guard page raises an exception, whose handler, on what
 * stack is left, ends the program.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static volatile int always = 1;

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode == EXCEPTION_STACK_OVERFLOW)
        ExitProcess(5);
    return EXCEPTION_CONTINUE_SEARCH;
}

static int dive(int depth)
{
    volatile char room[4096];

    room[0] = (char)depth;
    return always ? dive(depth + 1) + room[0] : depth;
}

int main(void)
{
    ULONG for_the_handler = 64 * 1024;

    SetThreadStackGuarantee(&for_the_handler);
    AddVectoredExceptionHandler(1, handle);
    return dive(0);
}

// EXPECT: Exception code=0xc00000fd first_chance=1 module=stack_overflow.exe
// EXPECT-NONE: Exception first_chance=0
// EXPECT: ExitProcess exit_code=5
// EXPECT-EXIT: 5
