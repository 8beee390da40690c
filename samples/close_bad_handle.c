/*
 * Closes what is no handle. Only where a debugger is there, the system raises an exception for
 * that; Trail records it, and the program must get its error as it does alone. The same code raised
 * by the program itself is its own affair.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

static volatile LONG own;

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode != STATUS_INVALID_HANDLE)
        return EXCEPTION_CONTINUE_SEARCH;
    own++;
    return EXCEPTION_CONTINUE_EXECUTION;
}

int main(void)
{
    BOOL closed;
    DWORD error;

    AddVectoredExceptionHandler(1, handle);
    SetLastError(0);
    closed = CloseHandle((HANDLE)(ULONG_PTR)0xBAD0);
    error = GetLastError();
    printf("closed %d, error %lu, exceptions %ld\n", closed, error, (long)own);
    RaiseException(STATUS_INVALID_HANDLE, 0, 0, NULL);
    printf("exceptions %ld\n", (long)own);
    return 0;
}

// EXPECT: Exception code=0xc0000008 first_chance=1
// EXPECT: Exception code=0xc0000008 first_chance=1
// EXPECT-NONE: Exception code=0xc0000008 first_chance=0
// EXPECT-EXIT: 0
