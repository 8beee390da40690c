/*
 * Exceptions that the program handles itself, with a vectored handler: one raised with parameters,
 * one from a write to a page that the handler then makes writable. There is a first chance each,
 * and no second.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

static volatile LONG raised, faults;

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    DWORD old;

    if (record->ExceptionCode == 0xE0001234) {
        raised++;
        return EXCEPTION_CONTINUE_EXECUTION;
    }
    if (record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION) {
        faults++;
        if (VirtualProtect((void *)record->ExceptionInformation[1], 1, PAGE_READWRITE, &old))
            return EXCEPTION_CONTINUE_EXECUTION;
    }
    return EXCEPTION_CONTINUE_SEARCH;
}

int main(void)
{
    ULONG_PTR parameters[] = {11, 22, 33};
    volatile int *page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS);

    AddVectoredExceptionHandler(1, handle);
    RaiseException(0xE0001234, 0, 3, parameters);
    *page = 5;
    printf("raised %ld, faults %ld, the page holds %d\n", (long)raised, (long)faults, *page);
    return raised == 1 && faults == 1 && *page == 5 ? 0 : 1;
}

// EXPECT: Exception code=0xe0001234 first_chance=1 flags=0 parameters=[[]11,22,33[]]
// EXPECT: Exception code=0xc0000005 first_chance=1 module=exceptions_handled.exe parameters=[[]1,*[]]
// EXPECT-NONE: Exception first_chance=0
// EXPECT-COUNT: Exception code=0xe0001234 = 1
// EXPECT-EXIT: 0
