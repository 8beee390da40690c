/*
 * Touches a guard page: one exception, which takes the guard away, so that the second touch is
 * none.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

static volatile LONG alarms;

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    alarms++;
    return EXCEPTION_CONTINUE_EXECUTION;
}

int main(void)
{
    volatile int *page =
        VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);

    AddVectoredExceptionHandler(1, handle);
    *page = 1;
    *page += 1;
    printf("alarms %ld, the page holds %d\n", (long)alarms, *page);
    return 0;
}

// EXPECT: Exception code=0x80000001 first_chance=1 module=guard_page.exe parameters=[[]1,*[]]
// EXPECT-COUNT: Exception code=0x80000001 = 1
// EXPECT-NONE: Exception first_chance=0
// EXPECT-EXIT: 0
